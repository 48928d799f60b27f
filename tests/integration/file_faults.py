"""usage: file_faults.py BROOD BROODCTL FOLDER start|run|last [STEP [ONLY]]

System calls of a supervisor fail, one at a time: each that it makes while it
starts (start), or while it does something (run), with each error that it may
have; or one kind of them for as long as it lasts (last).  STEP takes only each
STEP-th of them; ONLY those whose name has that text.

What must hold:
	start	it gets ready and serves, or ends with a status of brood(8) and
		a line that says why, and leaves nothing
	run	it lives on, and as soon as nothing fails any more it serves all
		of its file, reloads it, and answers who asks
	last	the same, and meanwhile it does not spin

Prints a line for each that does not hold, and "runs N broken M"."""
import os
import re
import signal
import socket
import subprocess
import sys
import time

BROOD, CTL, FOLDER, MODE = sys.argv[1:5]
BROOD, CTL, FOLDER = map(os.path.abspath, (BROOD, CTL, FOLDER))
STEP = int(sys.argv[5]) if len(sys.argv) > 5 else 1
ONLY = sys.argv[6] if len(sys.argv) > 6 else ""
USER = "nobody" if os.getuid() == 0 else str(os.getuid())
HANG = 60		# seconds: something hangs
QUIET = 1500		# calls of a second that are no spinning

# What each call may fail with.  Those that are not here cannot fail, or their
# failing alone is a leak (close), or a lie about a child of ours (wait4).
ERRORS = {
    "accept4": "EMFILE ENFILE ECONNABORTED ENOMEM",
    "bind": "EADDRINUSE EACCES ENOMEM",
    "brk": "0", "mmap": "ENOMEM", "mremap": "ENOMEM",
    "clone": "EAGAIN ENOMEM", "connect": "ECONNREFUSED EAGAIN",
    "dup2": "EMFILE", "dup3": "EMFILE",
    "epoll_create1": "EMFILE ENOMEM", "epoll_ctl": "ENOSPC ENOMEM",
    "epoll_wait": "EINTR EINVAL", "eventfd2": "EMFILE",
    "fchmodat": "EPERM", "chmod": "EPERM", "fchownat": "EPERM",
    "fcntl": "EMFILE", "flock": "ENOLCK EAGAIN", "ftruncate": "EIO",
    "getdents64": "ENOENT EIO", "getsockname": "ENOBUFS",
    "getsockopt": "ENOBUFS", "listen": "EADDRINUSE", "mkdir": "EACCES",
    "newfstatat": "EACCES ENOMEM", "openat": "EMFILE ENFILE EACCES",
    "pipe2": "EMFILE ENFILE", "poll": "ENOMEM", "prlimit64": "EPERM",
    "pwrite64": "ENOSPC EIO", "read": "EIO EINTR", "readlink": "ENOENT",
    "recvfrom": "ECONNRESET ENOMEM EINTR", "recvmsg": "ENOMEM EINTR",
    "sendto": "EPIPE ENOBUFS EAGAIN", "setsockopt": "ENOMEM",
    "signalfd4": "EMFILE ENOMEM", "socket": "EMFILE ENFILE ENOBUFS",
    "unlink": "EPERM", "unlinkat": "EPERM", "write": "ENOSPC EPIPE",
    "rename": "EACCES", "umask": "", "access": "ENOENT",
}
# The kernel's brk tells no error, but the old end; 0 is below what was asked.

def fails(name, error):
    return "%s:%s=%s" % (name, "retval" if error == "0" else "error", error)


# For as long as they last.
LASTING = [
    ("accept4", "EMFILE"), ("clone", "EAGAIN"), ("socket", "EMFILE"),
    ("bind", "EADDRINUSE"), ("epoll_ctl", "ENOMEM"), ("epoll_wait", "EINVAL"),
    ("openat", "EMFILE"), ("pipe2", "EMFILE"), ("recvmsg", "ENOMEM"),
    ("sendto", "ENOBUFS"), ("write", "ENOSPC"), ("fcntl", "EMFILE"),
    ("mmap,mremap", "ENOMEM"), ("brk", "0"), ("connect", "EAGAIN"), ("read", "EIO"),
    ("recvfrom", "ENOMEM"),
]
STATUS = {0, 69, 70, 71, 75, 77, 78}


class Broken(Exception):
    pass


def wait_until(what, condition):
    end = time.monotonic() + HANG
    while not condition():
        if time.monotonic() > end:
            raise Broken("in vain: " + what)
        time.sleep(0.005)


def path(name):
    return os.path.join(FOLDER, name)


def write_conf(word, minimum=2, more=False):
    text = """user %s
service echo {
	listen unix:%s udp:127.0.0.1:0
	inline echo
	minimum-available %d
}
service word {
	listen unix:%s
	exec sh -c "cat; echo $WORD"
	env WORD=%s
}
""" % (USER, path("echo"), minimum, path("word"), word)
    if more:
        text += "service more {\n\tlisten unix:%s\n\tinline echo\n}\n" % \
            path("more")
    with open(path("conf.next"), "w") as f:
        f.write(text)
    os.rename(path("conf.next"), path("conf"))


def ask(name, text=b"hello\n"):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(HANG)
    try:
        s.connect(path(name))
        s.sendall(text)
        s.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            part = s.recv(100)
            if not part:
                return got.decode().split()[-1]
            got += part
    except (OSError, IndexError) as e:
        return str(e)
    finally:
        s.close()


def ctl(*words):
    p = subprocess.run([CTL, "-s", path("run/control"), "--timeout", "20s",
        *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=HANG, check=False)
    return p.returncode, p.stdout


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(n) for n in f.read().split()]
    except OSError:
        return []


def start(before=()):
    log = open(path("log"), "w")
    p = subprocess.Popen([*before, BROOD, "-f", path("conf"), "--control",
        path("run/control"), "--pidfile", path("pid")],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
    log.close()
    return p


def log_has(text):
    with open(path("log")) as f:
        return text in f.read()


def nothing_left():
    for name in ("echo", "word", "more", "pid", "run/control"):
        if os.path.exists(path(name)):
            raise Broken("%s is left" % name)


class Faults:
    """strace -e inject on a supervisor that runs; not on its children."""

    def __init__(self, pid, inject):
        self.trace = path("trace")
        args = ["strace", "-qq", "-o", self.trace, "-p", str(pid)]
        self.p = subprocess.Popen(args + (["-e", "inject=" + inject]
            if inject else []), stderr=subprocess.DEVNULL)
        wait_until("strace", lambda: self.traced(pid))

    @staticmethod
    def traced(pid):
        with open("/proc/%d/status" % pid) as f:
            return not re.search(r"TracerPid:\t0\n", f.read())

    def end(self):
        self.p.terminate()
        self.p.wait()
        with open(self.trace) as f:
            return f.readlines()


def names(lines):
    return [m.group(1) for m in (re.match(r"(\w+)\(", l) for l in lines) if m]


# ---- while it starts

def main_begins(lines):
    """The number of calls of each name that the loader of libraries makes."""
    made = {}
    for name in names(lines):
        if name == "rt_sigaction":
            break
        made[name] = made.get(name, 0) + 1
    return made


def stop(p, pid):
    os.kill(pid, signal.SIGTERM)
    if p.wait(HANG) != 0:
        raise Broken("stop: status %d" % p.returncode)
    nothing_left()


def try_start(name, n, error):
    p = start(["strace", "-qq", "-o", path("trace"), "-e",
        "inject=%s:when=%d" % (fails(name, error), n)])
    wait_until("start", lambda: p.poll() is not None or
        (ask("word") == "zero" and ask("echo") == "hello"))
    if p.poll() is None:
        with open("/proc/%d/task/%d/children" % (p.pid, p.pid)) as f:
            pid = int(f.read().split()[0])
        os.kill(pid, signal.SIGTERM)
        wait_until("stop", lambda: p.poll() is not None)
        # What cannot be removed is left.
        if name.startswith("unlink"):
            clean()
    elif name != "write" and os.path.getsize(path("log")) == 0:
        raise Broken("no line: status %d" % p.returncode)
    if p.returncode not in STATUS:
        raise Broken("status %d" % p.returncode)
    # These are how it is removed; libbsd leaves a pid file it could not empty.
    if name not in ("unlink", "flock", "newfstatat", "ftruncate"):
        nothing_left()


def walk_start():
    write_conf("zero")
    p = start(["strace", "-qq", "-o", path("trace")])
    wait_until("ready", lambda: log_has(" services="))
    stop(p, children(p.pid)[0])
    with open(path("trace")) as f:
        lines = f.readlines()
    made = main_begins(lines)
    seen, todo = {}, []
    for name in names(lines):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > made.get(name, 0):
            todo += [(name, seen[name], e) for e in ERRORS.get(name, "").split()]
    return todo


def clean():
    for name in ("echo", "word", "more", "pid", "run/control"):
        try:
            os.unlink(path(name))
        except OSError:
            pass


# ---- while it runs

class Server:
    def __init__(self):
        self.round = 0
        self.minimum = 2
        self.more = False
        self.begin()

    def begin(self):
        clean()
        self.conf()
        self.p = start()
        wait_until("ready", lambda: log_has(" services="))

    def conf(self):
        write_conf("w%d" % self.round, self.minimum, self.more)

    def alive(self):
        if self.p.poll() is not None:
            raise Broken("it ended with %d" % self.p.returncode)

    def well(self):
        """Nothing fails any more: it answers, and serves what it shall."""
        self.alive()
        wait_until("ping", lambda: ctl("ping")[0] == 0)
        wait_until("reload", lambda: ctl("reload")[0] == 0)
        self.alive()
        wait_until("plan", lambda: ctl("plan")[1].count(": kept") ==
            (3 if self.more else 2))
        wait_until("word", lambda: ask("word") == "w%d" % self.round)
        wait_until("echo", lambda: ask("echo") == "hello")
        wait_until("more", lambda: (ask("more") == "hello") == self.more)
        wait_until("old masters", lambda: len(children(self.p.pid)) ==
            (3 if self.more else 2))

    # What it does meanwhile.

    def do_replace(self):
        self.round += 1
        self.conf()
        ctl("reload")

    def do_limits(self):
        self.minimum = 5 - self.minimum
        self.conf()
        ctl("reload")

    def do_more(self):
        self.more = not self.more
        self.conf()
        ctl("reload")

    def do_death(self):
        pids = children(self.p.pid)
        os.kill(pids[self.round % len(pids)], signal.SIGKILL)
        wait_until("death", lambda: log_has("pid=%d signal=KILL" %
            pids[self.round % len(pids)]) or log_has("pid=%d" %
            pids[self.round % len(pids)]))
        time.sleep(0.1)

    def do_verbs(self):
        for verb in ("status", "services", "plan"):
            ctl(verb)

    def do_logs(self):
        os.kill(self.p.pid, signal.SIGUSR1)
        ctl("ping")

    def do(self, what):
        getattr(self, "do_" + what)()


ACTIONS = ("replace", "limits", "more", "death", "verbs", "logs")


def walk_run(server):
    todo = []
    for action in ACTIONS:
        f = Faults(server.p.pid, None)
        server.do(action)
        seen = {}
        for name in names(f.end()):
            seen[name] = seen.get(name, 0) + 1
        server.well()
        for name, n in seen.items():
            for e in ERRORS.get(name, "").split():
                todo += [(action, "%s:when=%d" % (fails(name, e), i))
                    for i in range(1, min(n, 50) + 1)]
    return todo


def walk_last():
    return [(a, fails(n, e)) for n, e in LASTING
        for a in ("replace", "limits", "death", "verbs")]


def calls_a_second():
    before = os.path.getsize(path("trace"))
    end = time.monotonic() + 1
    while time.monotonic() < end:
        time.sleep(0.05)
    with open(path("trace")) as f:
        f.seek(before)
        return len(f.readlines())


def short(action, server):
    """As the fault lasts, broodctl is not waited for."""
    if action == "death":
        os.kill(children(server.p.pid)[0], signal.SIGKILL)
        return
    if action == "replace":
        server.round += 1
    elif action == "limits":
        server.minimum = 5 - server.minimum
    server.conf()
    try:
        subprocess.run([CTL, "-s", path("run/control"), "--timeout", "300ms",
            "status" if action == "verbs" else "reload"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=HANG,
            check=False)
    except subprocess.TimeoutExpired:
        pass


def try_run(server, action, inject):
    f = Faults(server.p.pid, inject)
    try:
        if MODE == "last":
            short(action, server)
            n = calls_a_second()
            if n > QUIET:
                raise Broken("it spins: %d calls a second" % n)
        else:
            server.do(action)
    finally:
        f.end()
    server.well()


def main():
    broken = 0
    os.makedirs(path("run"), exist_ok=True)
    server = None if MODE == "start" else Server()
    todo = walk_start() if MODE == "start" else walk_last() if MODE == "last" \
        else walk_run(server)
    todo = [t for t in todo if ONLY in " ".join(map(str, t))][::STEP]
    for t in todo:
        try:
            if MODE == "start":
                try_start(*t)
            else:
                try_run(server, *t)
        except (Broken, subprocess.TimeoutExpired, OSError) as e:
            broken += 1
            print("broken: %s: %s" % (" ".join(map(str, t)), e), flush=True)
            if MODE == "start":
                clean()
            else:
                os.rename(path("log"), path("log.%d" % broken))
                server.p.kill()
                server.p.wait()
                time.sleep(0.5)
                server.begin()
    if server is not None:
        try:
            stop(server.p, server.p.pid)
        except Broken as e:
            broken += 1
            print("broken: %s" % e)
    print("runs %d broken %d" % (len(todo), broken))


main()
