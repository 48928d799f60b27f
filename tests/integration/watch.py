"""usage: watch.py MASTER: samples the master's children until it gets TERM,
then prints the most that were alive at once, the most that served, and the
least that waited: "alive 8 busy 8 idle 0".

The list is taken first and then each is looked at, so a child that is counted
was alive when the list was taken: the sum was true at one instant."""
import signal
import sys
import time

master = int(sys.argv[1])
over = []
signal.signal(signal.SIGTERM, lambda *_: over.append(1))
print("watching", flush=True)
most_alive = most_busy = 0
least_idle = 1 << 30
while not over:
    try:
        with open("/proc/%d/task/%d/children" % (master, master)) as f:
            children = f.read().split()
    except OSError:
        break
    alive = busy = 0
    for pid in children:
        try:
            with open("/proc/%s/stat" % pid) as f:
                name, rest = f.read().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        if rest.split()[0] in "ZX":
            continue
        alive += 1
        busy += name != "brood"
    most_alive = max(most_alive, alive)
    most_busy = max(most_busy, busy)
    least_idle = min(least_idle, alive - busy)
    time.sleep(0.001)
print("alive %d busy %d idle %d" % (most_alive, most_busy, least_idle))
