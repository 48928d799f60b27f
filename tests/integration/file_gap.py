"""usage: file_gap.py LOG NAME PORT CLIENTS KILLS

CLIENTS connect all the while to a service whose program says the pid of its
master and then echoes; one in four stays a while each time.  KILLS times its
master is killed, each time the next one has served and nobody serves for
another yet.  A client's connection must be served whole, whoever dies.
Prints how many failed, and `gap` with the median and the longest time, in ms,
from a kill to the first words of the next master's children."""
import os
import re
import signal
import socket
import statistics
import sys
import threading
import time

from clients import all_of

log, name, port = sys.argv[1:4]
clients, kills = int(sys.argv[4]), int(sys.argv[5])
lock = threading.Condition()
failed = []
first = {}			# master: when it was first heard of
done = False


def one(long):
    s = socket.create_connection(("127.0.0.1", int(port)), timeout=60)
    got = b""
    while b"\n" not in got:
        part = s.recv(1000)
        if not part:
            raise OSError("cut after %r" % got)
        got += part
    master, _, got = got.partition(b"\n")
    with lock:
        if int(master) not in first:
            first[int(master)] = time.monotonic()
            lock.notify_all()
    sent = os.urandom(30).hex().encode()
    if long:
        time.sleep(0.2)
    s.sendall(sent)
    s.shutdown(socket.SHUT_WR)
    got += all_of(s)
    s.close()
    if got != sent:
        raise OSError("sent %r got %r" % (sent, got))


def client(number):
    while not done:
        try:
            one(number % 4 == 0)
        except OSError as e:
            failed.append(repr(e))


def masters():
    with open(log, errors="replace") as f:
        return [int(pid) for pid in re.findall(
            r" master-start service=%s pid=([0-9]+)" % name, f.read())]


def heard(dead):
    """Who serves after them.  Children of a dead one name another parent."""
    return {p for p in first if p in masters()} - dead


def kill_one(dead):
    """How long it took; None if nobody came."""
    with lock:
        if not lock.wait_for(lambda: heard(dead), 60):
            return None
        victim = heard(dead).pop()
    time.sleep(0.2)		# it shall have clients
    dead.add(victim)
    killed = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    with lock:
        if not lock.wait_for(lambda: heard(dead), 60):
            return None
        return first[heard(dead).pop()] - killed


threads = [threading.Thread(target=client, args=(n,), daemon=True)
           for n in range(clients)]
for t in threads:
    t.start()
dead = set()
gaps = [kill_one(dead) for _ in range(kills)]
done = True
for t in threads:
    t.join(60)
if None in gaps or any(t.is_alive() for t in threads):
    failed.append("nobody came")
gaps = [g for g in gaps if g is not None] or [0]
for line in failed[:5]:
    print(line)
print("failed %d" % len(failed))
print("gap median %.1f longest %.1f" %
      (1000 * statistics.median(gaps), 1000 * max(gaps)))
