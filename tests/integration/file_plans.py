"""usage: file_plans.py BROODCTL SOCKET LOG NEW CONF

Asks for the plan, once NEW is in CONF, reloads, and compares what was said
with what was done: of each service the process that serves it, of each
listener the lines of the log, and the line of numbers.  Prints the plan in
short, sorted: `+ADDRESS -ADDRESS NAME=ACTION(BECAUSE)'; kept ones are left
out.  Then a line for each thing that was done otherwise."""
import json
import re
import shutil
import subprocess
import sys

ctl, sock, log, new, conf = sys.argv[1:]


def ask(*words):
    done = subprocess.run([ctl, "-s", sock, *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode().strip()


def masters():
    return {one["service"]: one["pid"]
            for one in json.loads(ask("--json", "services")[1])
            if one["state"] in ("running", "starting")}


def lines(offset):
    with open(log, errors="replace") as f:
        f.seek(offset)
        return f.read()


def any_port(addr):
    """The file says any port where the log knows which."""
    return re.sub(r":[0-9]+$", ":?", addr)


def done_to_sockets(text):
    opened = re.findall(r" info listen addr=(\S+) service=(\S+)$", text, re.M)
    closed = re.findall(r" info unlisten addr=(\S+)$", text, re.M)
    return (sorted((any_port(a), s) for a, s in opened),
            sorted(any_port(a) for a in closed))


words = dict(keep="kept", limits="limits set live", replace="replaced",
             start="started", stop="stopped")
shutil.copyfile(new, conf)
before = masters()
with open(log) as f:
    offset = f.seek(0, 2)
status, text, wrong = ask("plan")
status2, body, wrong2 = ask("--json", "plan")
after_plan = masters()
odd = []
if (status, wrong) != (status2, wrong2):
    odd.append("--json: %d %s; without: %d %s" % (status2, wrong2, status, wrong))
if after_plan != before or " reload" in lines(offset):
    odd.append("the plan did something")
reloaded, _, why = ask("reload")
after = masters()
said = lines(offset)
opened, closed = done_to_sockets(said)
if status != 0:
    print("refused %d" % status)
    if (reloaded, why.rpartition("brood.conf:")[2]) != \
            (status, wrong.rpartition("brood.conf:")[2]):
        odd.append("plan: %d %s; reload: %d %s" % (status, wrong, reloaded, why))
    if before != after or opened or closed:
        odd.append("a refused file did something")
    print("\n".join(odd), end="")
    sys.exit()

rows = json.loads(body)
services = [r for r in rows if "because" in r]
sockets = [r for r in rows if "listener" in r]
short = ["%s%s" % (dict(open="+", close="-")[r["action"]], r["listener"])
         for r in sockets if r["action"] != "keep"]
short += ["%s=%s%s" % (r["service"], r["action"],
                       "(%s)" % r["because"] if r["because"] else "")
          for r in services if r["action"] != "keep"]
print(" ".join(sorted(short)) or "nothing")

# The text is the same plan.
for r in sockets:
    addr = r["listener"].replace("tcp:", "tcp ").replace("udp:", "udp ")
    if "%s %s (%s)" % (r["action"], addr, r["service"]) not in text:
        odd.append("not in the text: %r" % r)
for r in services:
    if "%s: %s" % (r["service"], words[r["action"]]) not in text:
        odd.append("not in the text: %r" % r)
if rows[-1] != {"connections-cut": 0} or "connections cut: none\n" not in text:
    odd.append("connections are cut")

# And what was done.
if reloaded != 0:
    odd.append("the reload was refused: %d %s" % (reloaded, why))
for r in services:
    name = r["service"]
    old, now = before.get(name), after.get(name)
    fits = dict(keep=old == now is not None, limits=old == now is not None,
                replace=None not in (old, now) and old != now,
                start=old is None is not now, stop=now is None is not old)
    if not fits[r["action"]]:
        odd.append("%s: plan %s, master %s, then %s" %
                   (name, r["action"], old, now))
if set(before) | set(after) != {r["service"] for r in services}:
    odd.append("the plan lacks a service")
plan_opens = sorted((any_port(r["listener"]), r["service"])
                    for r in sockets if r["action"] == "open")
plan_closes = sorted(any_port(r["listener"])
                     for r in sockets if r["action"] == "close")
if opened != plan_opens:
    odd.append("opened %r, plan %r" % (opened, plan_opens))
if closed != plan_closes:
    odd.append("closed %r, plan %r" % (closed, plan_closes))
count = lambda action: sum(r["action"] == action for r in services)
numbers = "kept=%d limits=%d replaced=%d started=%d stopped=%d" % tuple(
    count(a) for a in ("keep", "limits", "replace", "start", "stop"))
if numbers not in said:
    odd.append("plan %s, log %s" %
               (numbers, re.findall(r" reloaded .*", said)))
print("\n".join(odd), end="")
