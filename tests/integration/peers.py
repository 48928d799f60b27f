#!/usr/bin/env python3
"""Peers of a datagram service, and the programs that serve them.

peers.py serve [LEAVE_AFTER]     a handler: answers "PID NUMBER DATA"
peers.py many PORT PEERS EACH    each peer sends EACH at once; prints what is
                                 wrong, then "answers N programs M"
peers.py ask HOST PORT LOCAL TEXT...  one peer, one answer after the other
"""
import os
import select
import socket
import sys
import threading


def serve(leave_after):
    number = 0
    with socket.socket(fileno=0) as s:
        while leave_after == 0 or number < leave_after:
            data = s.recv(70000)
            if not data:
                return
            number += 1
            os.write(1, b"%d %d " % (os.getpid(), number) + data)


def one(i, port, each, out):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("127.0.0.1", port))
    sent = [b"%d:%d" % (i, k) for k in range(each)]
    for d in sent:
        s.send(d)
    got = []
    while len(got) < each and select.select([s], [], [], 60)[0]:
        got.append(s.recv(70000).split(b" ", 2))
    if sorted(g[2] for g in got) != sorted(sent):
        print("peer", i, "sent", len(sent), "got", got)
    out.extend(got)


def many(port, peers, each):
    out = []
    threads = [threading.Thread(target=one, args=(i, port, each, out))
               for i in range(peers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print("answers", len(out), "programs", len({g[0] for g in out}))


def ask(host, port, local, texts):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(local)
    for text in texts:
        s.sendto(text.encode(), (host, port))
        if not select.select([s], [], [], 60)[0]:
            print("no answer")
            continue
        data, peer = s.recvfrom(70000)
        print(*data.decode().split()[1:], "from", peer[0])


def main(what, *a):
    if what == "serve":
        serve(int(a[0]) if a else 0)
    elif what == "many":
        many(*map(int, a))
    else:
        host, _, port = a[2].rpartition(":")
        ask(a[0], int(a[1]), (host, int(port)), a[3:])


main(*sys.argv[1:])
