"""usage: workers_dgram.py PORT [HOST [COUNT [PAUSE]]] <PAYLOAD >REPLY

Send one datagram to HOST (127.0.0.1) and print the reply, which must come
from that very address; fails without one after a minute.  With COUNT, that
many clients at once send `PAYLOAD N' PAUSE seconds apart, each must get its
own text back, and the number of those that did is printed."""
import socket
import sys
import time

port = int(sys.argv[1])
host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
payload = sys.stdin.buffer.read()


def client():
    s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET,
                      socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    s.settimeout(60)
    s.connect((host, port))
    return s


if len(sys.argv) > 3:
    pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0
    clients = []
    for n in range(int(sys.argv[3])):
        s = client()
        s.send(payload + b" %d" % n)
        clients.append(s)
        time.sleep(pause)
    good = 0
    for n, s in enumerate(clients):
        try:
            good += s.recv(70000) == payload + b" %d" % n
        except OSError:
            pass
    print(good)
else:
    with client() as s:
        s.send(payload)
        try:
            sys.stdout.buffer.write(s.recv(70000))
        except OSError as e:
            sys.exit("no reply: %s" % e)
