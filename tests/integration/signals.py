"""usage: signals.py BROOD BROODCTL FOLDER KIND WHAT [SECONDS]

KIND is master (of one service) or supervisor (of a file).  WHAT:

pairs	each signal, and each verb that stops or reloads, is followed at once
	by each other one: it ends with 0 if one of them tells it to, serves on
	if not, and leaves nothing in the end
storm	all signals that do not end it, as fast as they can be sent, while
	clients ask and the file changes: it lives, nobody fails, and the last
	file is served
deaf	every other signal that can be ignored is
again	(supervisor) a file that is refused and one that is good, SECONDS times:
	its signals and descriptors are as before
early	HUP each millisecond from the start on, until it is ready; TERM a
	moment after the start, each time a little later; SECONDS is how often

Prints what does not hold, and "failed N"."""
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
import time

BROOD, CTL, FOLDER, KIND, WHAT = sys.argv[1:6]
BROOD, CTL, FOLDER = map(os.path.abspath, (BROOD, CTL, FOLDER))
SECONDS = float(sys.argv[6]) if len(sys.argv) > 6 else 2
USER = "nobody" if os.getuid() == 0 else str(os.getuid())
HANG = 60
BOTH = threading.Lock()
failed = []


def wait_until(condition, hang=HANG):
    end = time.monotonic() + hang
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class Server:
    def __init__(self, name, block=()):
        self.dir = os.path.join(FOLDER, name)
        os.makedirs(self.dir)
        # A master removes what it made when it is nobody already.
        if os.getuid() == 0 and KIND == "master":
            os.chown(self.dir, pwd.getpwnam(USER).pw_uid, -1)
        self.word = 0
        if KIND == "supervisor":
            self.conf()
            args = ["-f", "conf", "--control", "run/control"]
        else:
            args = ["--control", "control", "--name", "echo", "--user", USER,
                "--stop-time", "100ms", "unix:sock", "cat"]
        with open(self.path("log"), "w") as log:
            self.p = subprocess.Popen([BROOD, "--pidfile", "pid", *args],
                cwd=self.dir, stdin=subprocess.DEVNULL, stderr=log,
                stdout=subprocess.DEVNULL, preexec_fn=lambda:
                signal.pthread_sigmask(signal.SIG_BLOCK, block))

    def path(self, name):
        return os.path.join(self.dir, name)

    def log_count(self, text):
        with open(self.path("log")) as f:
            return f.read().count(text)

    def log_tail(self, text, most):
        with open(self.path("log")) as f:
            return "".join([l for l in f if text in l][-most:])

    def log_has(self, text):
        with open(self.path("log")) as f:
            return text in f.read()

    def is_ready(self):
        return self.log_has(" ready pid=%d " % self.p.pid)

    def conf(self):
        self.word += 1
        with open(self.path("next"), "w") as f:
            f.write("""user %s
service echo {
	listen unix:%s
	exec sh -c "cat; echo $WORD"
	env WORD=w%d
	minimum-available %d
	stop-time 100ms
}
service other {
	listen unix:%s
	inline echo
	minimum-available %d
}
""" % (USER, self.path("sock"), self.word, 1 + self.word % 3,
                self.path("other"), 1 + self.word % 4))
        os.rename(self.path("next"), self.path("conf"))

    def ask(self, name="sock"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(HANG)
        try:
            s.connect(self.path(name))
            s.sendall(b"hello\n")
            s.shutdown(socket.SHUT_WR)
            got = b""
            while True:
                part = s.recv(100)
                if not part:
                    return got.decode()
                got += part
        except OSError as e:
            return str(e)
        finally:
            s.close()

    def hold(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(HANG)
        s.connect(self.path("sock"))
        s.sendall(b"hello\n")
        s.recv(100)
        return s

    def serves_last(self):
        return self.ask() == "hello\n" + ("w%d\n" % self.word
            if KIND == "supervisor" else "")

    def processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink("/proc/%s/cwd" % pid) == self.dir:
                    found.append(pid)
            except OSError:
                pass
        return found

    def say(self, verb):
        """Without waiting for the answer."""
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(self.path("run/control" if KIND == "supervisor"
                else "control"))
            s.sendall(verb.encode() + b"\n")
        except OSError:
            pass        # it is gone already
        return s

    def do(self, what):
        if what.islower():
            return self.say(what)
        if what == "HUP" and KIND == "supervisor":
            self.conf()
        try:
            os.kill(self.p.pid, getattr(signal, "SIG" + what))
        except ProcessLookupError:
            pass
        return None

    def ends(self):
        try:
            status = self.p.wait(HANG)
        except subprocess.TimeoutExpired:
            self.p.kill()
            return "it hangs"
        left = self.processes() + [n for n in ("sock", "other", "pid",
            "control", "run/control") if os.path.exists(self.path(n))]
        return "" if status == 0 and not left else "status %d, left: %s" % (
            status, left)

    def stop(self):
        self.p.terminate()
        return self.ends()


def fail(name, why):
    with BOTH:
        if why:
            failed.append("%s: %s" % (name, why))


# ---- pairs

FORCE = ("TERM", "INT", "stop")
ENDS = ("TERM", "INT", "QUIT", "stop", "drain")
OTHERS = ("HUP", "USR1", "TTIN", "TTOU") + \
    (("reload",) if KIND == "supervisor" else ("renew",))


def pair(first, second):
    name = "%s, %s" % (first, second)
    s = Server(name.replace(", ", "-"))
    if not wait_until(s.is_ready):
        return fail(name, "it does not start")
    # Who is connected does not go by himself.
    kept = [s.hold()] if first in FORCE or second in FORCE else []
    kept += [s.do(first), s.do(second)]
    if first in ENDS or second in ENDS:
        fail(name, s.ends())
    else:
        if not wait_until(s.serves_last):
            fail(name, "it does not serve the last file")
        fail(name, s.stop())
    del kept
    return None


def pairs():
    todo = [(a, b) for a in ENDS + OTHERS for b in ENDS + OTHERS]

    def work():
        while True:
            with BOTH:
                if not todo:
                    return
                one = todo.pop()
            pair(*one)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


# ---- storm

def storm():
    s = Server("storm")
    if not wait_until(s.is_ready):
        return fail("storm", "it does not start")
    over = threading.Event()
    rain = [getattr(signal, "SIG" + n) for n in ("HUP", "USR1", "TTIN",
        "TTOU", "CHLD", "PIPE", "ALRM", "WINCH", "URG", "IO")]
    counts = {"sent": 0, "asked": 0}

    def send():
        while not over.is_set():
            for number in rain:
                try:
                    os.kill(s.p.pid, number)
                except ProcessLookupError:
                    return
            counts["sent"] += len(rain)
            time.sleep(0.001)

    def client():
        while not over.is_set():
            got = s.ask()
            if not got.startswith("hello\n"):
                fail("storm", "a client got " + repr(got))
            counts["asked"] += 1

    threads = [threading.Thread(target=f) for f in (send, send, client, client)]
    for t in threads:
        t.start()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if KIND == "supervisor":
            s.conf()
        time.sleep(0.05)
    over.set()
    for t in threads:
        t.join()
    s.do("HUP")
    if s.p.poll() is not None or not wait_until(s.serves_last):
        fail("storm", "the last file is not served")
    # One that failed to start meanwhile may have a pause of a minute.
    if KIND == "supervisor" and not wait_until(lambda: s.say("ping") and
            len(children(s.p.pid)) == 2, 4 * HANG):
        fail("storm", "there are %s: %s" % (children(s.p.pid),
            s.log_tail("master-", 8)))
    print("# %d signals, %d clients" % (counts["sent"], counts["asked"]))
    fail("storm", s.stop())
    return None


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return f.read().split()


# ---- deaf

def deaf():
    # Those that say that it is broken keep their effect, and the keyboard's
    # own stop.
    heard = {signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT,
        signal.SIGQUIT, signal.SIGTSTP, signal.SIGSEGV, signal.SIGBUS,
        signal.SIGFPE, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP,
        signal.SIGSYS, signal.SIGUSR2}
    s = Server("deaf")
    if not wait_until(s.is_ready):
        return fail("deaf", "it does not start")
    for number in sorted(set(range(1, signal.SIGRTMAX + 1)) - heard):
        os.kill(s.p.pid, number)
        if not s.ask().startswith("hello\n"):
            fail("signal %d" % number, "it does not serve")
        if s.p.poll() is not None:
            fail("signal %d" % number, "it ends with %d" % s.p.returncode)
            return None
    fail("deaf", s.stop())
    return None


# ---- again

def state(pid):
    with open("/proc/%d/status" % pid) as f:
        return [l for l in f if l.startswith("Sig")] + \
            sorted(os.listdir("/proc/%d/fd" % pid))


def again():
    s = Server("again")
    if not wait_until(s.is_ready):
        return fail("again", "it does not start")

    def reload(wanted):
        n = s.log_count(wanted)
        if wanted == " reload-refused ":
            with open(s.path("conf"), "w") as f:
                f.write("nonsense here\n")
            os.kill(s.p.pid, signal.SIGHUP)
        else:
            s.do("HUP")
        return wait_until(lambda: s.log_count(wanted) > n)

    before = None
    for i in range(int(SECONDS)):
        if not reload(" reload-refused "):
            fail("again", "round %d: it is not refused" % i)
            break
        if not reload(" reloaded ") or not wait_until(s.serves_last):
            fail("again", "round %d: it is not served" % i)
            break
        wait_until(lambda: len(children(s.p.pid)) == 2)
        if before is None:
            before = state(s.p.pid)
    if not wait_until(lambda: state(s.p.pid) == before):
        fail("again", "before %s, after %s" % (before, state(s.p.pid)))
    fail("again", s.stop())
    return None


# ---- early

def early():
    for i in range(int(SECONDS)):
        s = Server("early%d" % i, {signal.SIGHUP})
        sent = 0
        while not s.is_ready() and s.p.poll() is None:
            try:
                os.kill(s.p.pid, signal.SIGHUP)
            except ProcessLookupError:
                break
            sent += 1
            time.sleep(0.001)
        if not wait_until(s.serves_last):
            fail("early", "it does not serve")
        wanted = " reloaded " if KIND == "supervisor" else " renewed "
        # It may have been faster than we.
        if sent > 0 and not wait_until(lambda s=s, w=wanted: s.log_has(w)):
            fail("early", "nothing follows")
        fail("early", s.stop())
    for i in range(int(SECONDS)):
        s = Server("ended%d" % i, {signal.SIGTERM})
        time.sleep(i / 1000)
        fail("TERM after %d ms" % i, s.stop())


{"pairs": pairs, "storm": storm, "deaf": deaf, "again": again,
    "early": early}[WHAT]()
for line in failed[:20]:
    print(line)
print("failed %d" % len(failed))
