"""usage: workers_roll.py MASTER LOG ROLLS TARGET [cuts]

Ask a server again and again, on a new connection each time, while its master
gets HUP so often.  TARGET is a port of 127.0.0.1 or a unix socket; a page is
`pid N', a line of 30000 x, and `end', and nothing else is right.  Each roll
must end with a `renewed' in LOG and none of the old children.

With `cuts' the server is one that cuts the request it is at when it is told to
end: for each old child one page may end early, or be an error of its own.

Prints one line of what came of it, and details to standard error.  What the
children are is found in /proc."""
import os
import re
import signal
import socket
import sys
import threading
import time

master, log, rolls, target = \
    int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
cuts_allowed = "cuts" in sys.argv[5:]
CLIENTS = 4
PAUSE = 0.008       # seconds between two requests of one client
PATIENCE = 100      # seconds for whatever must come true
PAGE = re.compile(rb"\r?\n\r?\npid \d+\n" + b"x" * 30000 + rb"\nend\n\Z")
CUT = re.compile(rb"HTTP/1\.[01] (200 (?s:.*)\r\n\r\n(pid \d+\n)?x*\Z"
                 rb"|502 )")

failed = []
cut = []
served = [0] * CLIENTS
over = threading.Event()


def connect():
    if target.isdigit():
        return socket.create_connection(("127.0.0.1", int(target)), timeout=60)
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect(target)
    return s


def one():
    """Why a request failed, or None."""
    got = b""
    try:
        with connect() as s:
            s.sendall(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
            while True:
                part = s.recv(65536)
                if not part:
                    break
                got += part
    except OSError as e:
        return "%r after %d bytes" % (e, len(got))
    if cuts_allowed and CUT.match(got):
        cut.append(time.time())
    elif not re.match(rb"HTTP/1\.[01] 200 ", got) or not PAGE.search(got):
        return "%d bytes: %r ... %r" % (len(got), got[:60], got[-30:])
    return None


def client(n):
    while not over.is_set():
        why = one()
        if why:
            failed.append("%.3f %s" % (time.time(), why))
        else:
            served[n] += 1
        time.sleep(PAUSE)


def children():
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    rest = f.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(rest[1]) == master and rest[0] != "Z":
                found.add(int(name))
    return found


def renewals():
    with open(log, errors="replace") as f:
        return sum(" renewed " in line for line in f)


def until(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def more(count):
    """Wait until so many more requests were answered."""
    wanted = sum(served) + count
    return until(lambda: sum(served) >= wanted)


def roll():
    """None, or what went wrong."""
    old, done = children(), renewals()
    told.extend(old)
    os.kill(master, signal.SIGHUP)
    if not until(lambda: renewals() > done):
        return "a roll does not end"
    if not until(lambda: not old & children()):
        return "%d of %d old ones stay" % (len(old & children()), len(old))
    if not until(lambda: len(children()) == len(old)):
        return "%d children became %d" % (len(old), len(children()))
    return None


threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
for t in threads:
    t.start()
told = []
wrong = [] if more(50) else ["nobody answers"]
done = 0
while not wrong and done < rolls:
    why = roll()
    done += 1
    if why:
        wrong.append("roll %d: %s" % (done, why))
    elif not more(50):
        wrong.append("nobody answers after roll %d" % done)
over.set()
for t in threads:
    t.join()
sys.stderr.write("# %d requests, %d cut\n" % (sum(served) + len(failed),
                                             len(cut)))
for line in failed[:10]:
    sys.stderr.write("# %s\n" % line)
if failed:
    wrong.append("%d of %d requests failed" % (len(failed),
                                               sum(served) + len(failed)))
if len(cut) > len(told):
    wrong.append("%d requests cut by %d" % (len(cut), len(told)))
print("; ".join(wrong) or
      "%d rolls, all children new, no request failed" % done)
