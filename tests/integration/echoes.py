"""usage: echoes.py PORT N CLIENTS [SECONDS]: N echo connections by so many
clients, or as many as there is time for; prints how many failed, and how."""
import errno
import sys
import threading
import time

from clients import echo

port, left, clients = (int(a) for a in sys.argv[1:4])
end = time.monotonic() + float(sys.argv[4]) if len(sys.argv) > 4 else None
lock = threading.Lock()
failed = []
slowest = 0.0


def one():
    sent, got = echo(port, 60)
    if got != sent:
        failed.append("cut" if sent.startswith(got) else "wrong")


def client():
    global left, slowest
    while end is None or time.monotonic() < end:
        with lock:
            if left <= 0:
                return
            left -= 1
        begun = time.monotonic()
        try:
            one()
        except ConnectionResetError:
            failed.append("reset")
        except OSError as e:
            # What shutdown() says of a connection that was reset.
            failed.append("reset" if e.errno == errno.ENOTCONN else repr(e))
        slowest = max(slowest, time.monotonic() - begun)


threads = [threading.Thread(target=client) for _ in range(clients)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for what in sorted(set(failed)):
    print("%d %s" % (failed.count(what), what))
print("# slowest %.1f s" % slowest)
print("failed %d" % len(failed))
