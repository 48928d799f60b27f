#!/usr/bin/env python3
"""In-process serving, as ratios to a bare loop and to peers, in one run.

greet.py BUILD-FOLDER	BUILD has greet and load; see bench.sh how to build

Processor time is that of all the server's processes, from /proc; peers that
are not installed are left out and named.  Times are of processors, not of the
clock, so other work on the machine matters little."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")
build = sys.argv[1]
rounds = int(os.environ.get("ROUNDS", "5"))


def family(pid):
    try:
        text = open(f"/proc/{pid}/task/{pid}/children").read()
    except OSError:
        return [pid]
    found = [pid]
    for child in text.split():
        found += family(int(child))
    return found


def used(pid):
    """Processor seconds and context switches, of it and its descendants."""
    seconds = switches = 0
    for p in family(pid):
        try:
            f = open(f"/proc/{p}/schedstat").read().split()
            seconds += int(f[0]) / 1e9
            for line in open(f"/proc/{p}/status"):
                if "ctxt_switches" in line:
                    switches += int(line.split()[1])
        except OSError:
            pass
    return seconds, switches


class Greet:
    def __init__(self, what, children):
        self.name = what
        self.p = subprocess.Popen(
            [f"{build}/greet", what, str(children)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.p.stdout.readline())
        self.pid = self.p.pid
        wait_children(self.pid, children)
        self.text = "hello\n"

    def end(self):
        self.p.stdin.close()
        self.p.terminate()
        self.p.wait()


def wait_children(pid, n):
    until = time.time() + 20
    while len(family(pid)) <= n and time.time() < until:
        time.sleep(0.01)


class Nginx:
    name = "nginx"

    def __init__(self, workers):
        self.t = tempfile.mkdtemp()
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        self.port = s.getsockname()[1]
        s.close()
        conf = f"{self.t}/conf"
        open(conf, "w").write(
            f"daemon off; worker_processes {workers}; pid {self.t}/pid;"
            "error_log stderr crit; events { worker_connections 512; }"
            "http { access_log off; keepalive_timeout 0; server {"
            f"listen 127.0.0.1:{self.port} backlog=4096;"
            'location / { return 200 "hello\\n"; } } }')
        self.p = subprocess.Popen(["nginx", "-p", self.t, "-c", conf],
                                  stderr=subprocess.DEVNULL)
        self.pid = self.p.pid
        wait_children(self.pid, workers)

    def end(self):
        self.p.terminate()
        self.p.wait()
        shutil.rmtree(self.t)


def http_load(port, clients, n):
    """A closed loop over HTTP/1.0, by ApacheBench."""
    subprocess.run(["ab", "-q", "-c", str(clients), "-n", str(n),
                    f"http://127.0.0.1:{port}/"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def load(server, clients, n):
    if server.name in ("nginx", "apache"):
        http_load(server.port, clients, n)
    else:
        subprocess.run([f"{build}/load", "-c", str(clients), "-n", str(n),
                        str(server.port)], check=True,
                       stdout=subprocess.DEVNULL)


def cost(server, clients, n=10000):
    a = used(server.pid)
    load(server, clients, n)
    time.sleep(0.05)
    b = used(server.pid)
    return (b[0] - a[0]) / n * 1e6, (b[1] - a[1]) / n


def median(v):
    return sorted(v)[len(v) // 2]


def compare(servers, clients):
    got = {s.name: [] for s in servers}
    for _ in range(rounds):
        for s in servers:
            got[s.name].append(cost(s, clients)[0])
    for name, v in got.items():
        print(f"  {clients:3} clients  {name:8} {median(v):6.2f} us a "
              f"connection, {median(v) / median(got['bare']):.2f} of bare")


def echo(server, window, n=60000):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("127.0.0.1", server.port))
    s.settimeout(2)
    a = used(server.pid)[0]
    begun = time.perf_counter()
    done = 0
    while done < n:
        for _ in range(window):
            s.send(b"x" * 64)
        for _ in range(window):
            s.recv(100)
        done += window
    took = time.perf_counter() - begun
    s.close()
    return (used(server.pid)[0] - a) / done * 1e6, done / took


def main():
    print("a greeting, 32 children; processor time:")
    servers = [Greet("bare", 32), Greet("brood", 32)]
    if shutil.which("nginx") and shutil.which("ab"):
        servers.append(Nginx(2))
    else:
        print("  nginx or ab is not installed: left out")
    for clients in 8, 64:
        compare(servers, clients)
    for s in servers:
        s.end()
    print("by the number of children, 8 clients:")
    for n in 8, 64, 512, 4096:
        pair = [Greet("bare", n), Greet("brood", n)]
        for s in pair:
            v = [cost(s, 8, 5000) for _ in range(3)]
            print(f"  {n:4} children  {s.name:8} {median([x[0] for x in v]):6.2f}"
                  f" us, {median([x[1] for x in v]):.2f} context switches")
            s.end()
    print("datagrams, one child, 32 in flight:")
    pair = [Greet("bare-echo", 1), Greet("brood-echo", 1)]
    got = {s.name: [] for s in pair}
    for _ in range(rounds):
        for s in pair:
            got[s.name].append(echo(s, 32))
    for s in pair:
        v = got[s.name]
        print(f"  {s.name:10} {median([x[0] for x in v]):5.2f} us each, "
              f"{median([x[1] for x in v]):.0f} a second")
        s.end()


signal.alarm(300)
main()
