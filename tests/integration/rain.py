"""usage: rain.py MASTER PORT N: N echo connections by 8 clients, while HUP,
TTIN, TTOU and the deaths of waiting children rain, about 3 a second each.

A child is killed only when it surely waits: it is stopped first, and must not
have a connection (no descriptor 0) nor be a program (its name is brood)."""
import os
import random
import signal
import sys
import threading
import time

from clients import echo

master, port, left = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
lock = threading.Lock()
failed = []


def one():
    sent, got = echo(port, 60)
    if got != sent:
        failed.append("sent %r got %r" % (sent, got))


def client():
    global left
    while True:
        with lock:
            if left <= 0:
                return
            left -= 1
        try:
            one()
        except OSError as e:
            failed.append(repr(e))


def look(pid):
    """State letter and name; None when it is gone."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            name, rest = f.read().split("(", 1)[1].rsplit(")", 1)
        return rest.split()[0], name
    except OSError:
        return None, None


def children():
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    rest = f.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(rest[1]) == master:
                found.append(int(name))
    return found


def kill_one_that_waits():
    waiting = [c for c in children() if look(c)[1] == "brood"]
    if not waiting:
        return
    pid = random.choice(waiting)
    try:
        os.kill(pid, signal.SIGSTOP)
        while look(pid)[0] not in ("T", "Z", None):
            time.sleep(0.0005)
        state, name = look(pid)
        if state == "T" and name == "brood" and \
                not os.path.lexists("/proc/%d/fd/0" % pid):
            os.kill(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


threads = [threading.Thread(target=client) for _ in range(8)]
for t in threads:
    t.start()
while any(t.is_alive() for t in threads):
    for number in (signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU):
        os.kill(master, number)
        time.sleep(0.02)
    kill_one_that_waits()
    time.sleep(0.27)
for line in failed[:5]:
    print(line)
print("failed %d" % len(failed))
