"""usage: killer.py MASTER SIGNAL SECONDS RATE: signals one waiting child at
random, RATE times a second; with RATE 0 every one, as soon as it is there.
Prints how many were hit."""
import os
import random
import signal
import sys
import time

master = int(sys.argv[1])
number = getattr(signal, "SIG" + sys.argv[2])
end = time.monotonic() + float(sys.argv[3])
rate = float(sys.argv[4])


def waiting():
    found = []
    with open("/proc/%d/task/%d/children" % (master, master)) as f:
        for pid in f.read().split():
            try:
                with open("/proc/%s/stat" % pid) as stat:
                    name, rest = stat.read().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            if name == "brood" and rest.split()[0] not in "ZX":
                found.append(int(pid))
    return found


hit = 0
while time.monotonic() < end:
    found = waiting()
    if rate > 0:
        found = random.sample(found, min(1, len(found)))
    for pid in found:
        try:
            os.kill(pid, number)
            hit += 1
        except ProcessLookupError:
            pass
    time.sleep(1 / rate if rate > 0 else 0.005)
print("hit %d" % hit)
