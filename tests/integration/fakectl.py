"""Plays a supervisor and its masters, and some who misbehave, for broodctl.

usage: fakectl.py FOLDER

Sockets in FOLDER: sup (supervisor of git and echo), git, echo, and one for
each of the bad ones below.  What was asked is in FOLDER/asked, a line each:
`git set minimum-available 9`.  A request `fake NAME KEY VALUE` at sup changes
a master (or `sup`) at once; what a verb changes comes true after `lag`."""
import os
import queue
import shlex
import socket
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.RLock()
asked = open(folder + "/asked", "a", buffering=1)


class Server(threading.Thread):
    """One socket; answer(words) yields lines, of which the last is the end."""

    def __init__(self, name):
        super().__init__(daemon=True)
        self.name, self.path = name, f"{folder}/{name}"
        self.clients, self.over = [], False
        self.due = queue.SimpleQueue()
        threading.Thread(target=self.change, daemon=True).start()
        self.open()
        self.start()

    def open(self):
        self.listener = socket.socket(socket.AF_UNIX)
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener.bind(self.path)
        self.listener.listen(16)

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self.serve, args=(client,),
                             daemon=True).start()

    def serve(self, client):
        try:
            for line in client.makefile("rb"):
                words = shlex.split(line.decode())
                if words[0] != "fake":
                    asked.write(f"{self.name} {' '.join(words)}\n")
                for answer in self.answer(words):
                    client.sendall(answer.encode() + b"\n")
        except (OSError, ValueError):
            pass
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        client.close()

    def end(self):
        """As the end of a process does."""
        self.over = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def later(self, work):
        self.due.put((time.monotonic() + float(self.lag), work))

    def change(self):
        """What was asked for comes true in that order."""
        while True:
            when, work = self.due.get()
            time.sleep(max(0, when - time.monotonic()))
            with lock:
                work()


class Master(Server):
    def __init__(self, name, pid, **more):
        self.service, self.pid, self.lag = name.split(".")[0], pid, 0.05
        self.state, self.generation, self.renewing = "running", 1, 0
        self.min, self.max, self.most = 4, 200, 10
        self.available, self.connected, self.served = 4, 0, 17
        self.enough, self.why, self.born = 1, "", time.time() - 130
        self.leaving = 0
        self.level, self.mute, self.spoilt = "info", 0, 0
        self.because = "minimum-available"
        self.peers = {}         # pid -> peer
        self.__dict__.update(more)
        super().__init__(name)

    def status(self):
        return (f"service={self.service} pid={self.pid} "
                f"generation={self.generation} state={self.state} kind=exec "
                f"minimum-available={self.min} maximum-available={self.most} "
                f"maximum-connected={self.max} children=0 "
                f"available={self.available} "
                f"connected={self.connected + len(self.peers)} starting=0 "
                f"leaving={self.leaving} served={self.served} deaths=0 "
                f"renewing={self.renewing} wanted={self.min} "
                f"uptime={time.time() - self.born:.3f}")

    def answer(self, words):
        with lock:
            if int(self.mute):
                time.sleep(600)
            verb = "do_" + words[0].replace("-", "_")
            if not hasattr(self, verb):
                return ['error 64 "unknown verb, expected another"']
            return list(getattr(self, verb)(*words[1:]))

    def do_ping(self):
        yield "ok"

    def do_version(self):
        yield f"version=0.1.0 kind=master pid={self.pid}"
        yield "ok"

    def do_status(self):
        yield self.status()
        yield "ok"

    def do_children(self):
        yield "pid=71 state=idle generation=1 age=5 served=0"
        for pid in self.peers:
            yield f"pid={pid} state=busy generation=1 age=190 served=1"
        yield "ok"

    def do_connections(self):
        for pid, peer in self.peers.items():
            yield f"pid={pid} peer={peer} local=127.0.0.1:9418 age=90000"
        yield "ok"

    def do_addresses(self):
        yield "addr=127.0.0.1:9418 state=listening queued=2 backlog=128 inherited=1"
        yield 'addr="unix:/run/a \\033[31mb" state=paused queued=0 backlog=5 inherited=0'
        yield "ok"

    def do_why(self):
        yield 'age=7200 what=start count=4 because="available 0 < 4"'
        yield 'age=3 what=full count=1 because="connected 200 reached \\"200\\""'
        yield "ok"

    def do_set(self, *pairs):
        words = dict(zip(pairs[::2], pairs[1::2]))
        names = {"minimum-available": "min", "maximum-connected": "max",
                 "maximum-available": "most"}
        for word, value in words.items():
            if word not in names:
                yield (f'error 1 "{word}: cannot be changed while it runs, '
                       'expected one of minimum-available"')
                return
            if not value.isdigit():
                yield f'error 64 "{word} {value}: expected a number"'
                return

        def come_true():
            for word, value in words.items():
                setattr(self, names[word], int(value))
            if int(self.enough):
                self.available = self.min
        self.later(come_true)
        yield "ok"

    def do_pause(self, how="keep"):
        if how == "refuse" and self.service == "echo":
            yield 'error 1 "unix:/run/echo.sock: cannot refuse, expected tcp"'
            return

        def gone():
            self.leaving = 0

        def come_true():
            self.state, self.leaving = "paused", self.available
            self.available = 0
            self.later(gone)
        self.later(come_true)
        yield "ok"

    def do_resume(self):
        def come_true():
            self.state, self.available = "running", self.min
        self.later(come_true)
        yield "ok"

    def do_renew(self):
        self.renewing = 1

        def come_true():
            self.renewing = 0
            self.generation += not int(self.spoilt)
        self.later(come_true)
        yield "ok"

    def do_kick(self, whom):
        hit = [p for p, peer in self.peers.items()
               if whom in (str(p), peer, peer.rpartition(":")[0])]
        if not hit:
            yield f'error 1 "{whom}: nobody, expected a peer or a pid"'
            return

        def come_true():
            for p in hit:
                self.peers.pop(p, None)
        self.later(come_true)
        yield f"kicked={len(hit)}"
        yield "ok"

    def do_log(self, level):
        if level not in ("error", "warn", "info", "debug"):
            yield f'error 64 "log {level}: expected error, warn, info or debug"'
            return
        self.level = level
        yield "ok"

    def do_stop(self, how=""):
        self.later(self.end)
        yield "ok"

    do_drain = do_stop


class Supervisor(Master):
    def __init__(self, *masters):
        self.masters = {m.name: m for m in masters}
        self.file, self.reload, self.busy = folder + "/brood.conf", "none", 0
        self.own = ""
        super().__init__("sup", 50)

    def status(self):
        return (f"supervisor=1 pid=50 generation={self.generation} "
                f"state={self.state} services=2 running=2 failed=0 "
                f"file={self.file} reload={self.reload} reason=\"{self.why}\" "
                f"uptime={time.time() - self.born:.3f}")

    def do_version(self):
        yield "version=0.1.0 kind=supervisor pid=50"
        yield "ok"

    def do_services(self):
        for m in self.masters.values():
            if m.over:
                yield (f"service={m.service} state=failed pid=0 serial=1 "
                       f"control=none age=1 restarts=1 reason=\"it ended\"")
                continue
            state = getattr(m, "role", "running")
            yield (f"service={m.service} state={state} pid={m.pid} serial=1 "
                   f"control={m.path} age=130 restarts=0 reason=\"{m.why}\"")
        yield "ok"

    def do_plan(self, file=None):
        if file is not None and not os.path.exists(file):
            yield f'error 78 "{file}: no such file, expected one"'
            return
        if self.why:
            yield "mistake=\"brood.conf:2:1: no such word\""
            yield "mistake=\"brood.conf:9:1: no such value\""
            yield "error 78 \"brood.conf:2:1: no such word\""
            return
        git = self.masters["git"]
        yield "listener=tcp:127.0.0.1:7000 action=keep service=echo"
        yield "listener=udp:127.0.0.1:7000 action=open service=echo"
        yield (f"service=git action=limits because=\"{git.because}\" "
               "minimum-available=8 maximum-connected=200")
        yield ("service=echo action=keep because=\"\" minimum-available=4 "
               "maximum-connected=200")
        yield "service=web action=replace because=\"exec, env\""
        yield "connections-cut=0"
        yield "ok"

    def do_reload(self):
        if int(self.busy):
            yield "waits=1"
        if self.why:
            yield f'error 78 "{self.why}"'
            return
        self.generation += 1
        yield "ok"

    def do_fake(self, name, key, value):
        who = self if name == "sup" else self.masters.get(name)
        if key == "born":       # a process of another generation
            self.masters[name] = Master(name, int(value), lag=0.05)
        elif key == "kill":
            who.end()
        elif key == "peer":
            pid, _, peer = value.partition("@")
            who.peers[pid] = peer
        elif key in ("mute", "min", "max", "available", "connected", "pid",
                     "generation"):
            setattr(who, key, int(value))
        else:
            setattr(who, key, value)
        yield "ok"


class Bad(Server):
    """Says one text to whatever is asked, after the version."""

    def __init__(self, name, text, close=True, version=True):
        self.text, self.close, self.version = text, close, version
        super().__init__(name)

    def serve(self, client):
        try:
            while True:
                line = client.recv(4096)
                if not line:
                    return
                if line == b"version\n" and self.version:
                    client.sendall(b"version=0.1.0 kind=master pid=1\nok\n")
                    continue
                if callable(self.text):
                    self.text(client)
                else:
                    client.sendall(self.text)
                if self.close:
                    client.shutdown(socket.SHUT_RDWR)
                    client.close()
                    return
        except OSError:
            pass


def endless(piece):
    def send(client):
        while True:
            client.sendall(piece)
    return send


def drip(client):
    while True:
        client.sendall(b"a=b ")
        time.sleep(0.02)


class Full(Server):
    """Accepts nobody, and its queue is full."""

    def run(self):
        pass

    def open(self):
        super().open()
        self.listener.listen(0)
        self.guests = []
        for _ in range(4):
            guest = socket.socket(socket.AF_UNIX)
            guest.setblocking(False)
            try:
                guest.connect(self.path)
            except BlockingIOError:
                pass
            self.guests.append(guest)


git, echo = Master("git", 61), Master("echo", 62)
Supervisor(git, echo)
bad = [
    Bad("silent", b"", close=False, version=False),
    Bad("mute", b"", close=False),
    Bad("gone", b""),
    Bad("half", b"service=git pid=1\nservice=echo pi"),
    Bad("garbage", b"HTTP/1.1 400 Bad Request\r\n\r\n", version=False),
    Bad("nul", b"service=\0\nok\n"),
    Bad("twice", b"service=a\nservice=b\nok\n"),
    Bad("empty", b"ok\n"),
    Bad("quotes", b'service="a b\nok\n'),
    Bad("status", b"error 3 \"what\"\n"),
    Bad("bare", b"error 1\n"),
    Bad("hidden", b'error 1 "a\\033[31mb\\nc"\n'),
    Bad("busy", b'error 75 "too many clients"\n', version=False),
    Bad("line", endless(b"x" * 65536)),
    Bad("lines", endless(b"service=git pid=1\n" * 4096)),
    Bad("drip", drip, close=False),
    Full("full"),
]
asked.flush()
open(folder + "/ready", "w").close()
threading.Event().wait()
