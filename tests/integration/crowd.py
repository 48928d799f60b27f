"""usage: crowd.py PORT N: N connections at once, all held.  A line for each
step: "connected N", then "served N" once as many as standard input asks for
(a number a line) have got their own bytes back; at its end all are closed."""
import resource
import select
import socket
import sys

port, n = int(sys.argv[1]), int(sys.argv[2])
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, n + 50)), hard))
socks = {}
for i in range(n):
    s = socket.create_connection(("127.0.0.1", port), timeout=60)
    s.sendall(b"%06d" % i)
    socks[s.fileno()] = (s, b"%06d" % i)
print("connected %d" % n, flush=True)
served, wrong, got = 0, 0, {}
poll = select.poll()
for fd in socks:
    poll.register(fd, select.POLLIN)
for line in sys.stdin:
    wanted = int(line)
    while served < wanted:
        events = poll.poll(30000)
        if not events:
            break
        for fd, _ in events:
            s, sent = socks[fd]
            part = s.recv(6)
            got[fd] = got.get(fd, b"") + part
            if len(got[fd]) == 6 or not part:
                poll.unregister(fd)
                served += 1
                wrong += got[fd] != sent
    print("served %d wrong %d" % (served, wrong), flush=True)
