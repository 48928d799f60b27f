"""usage: control.py PATH WHAT [WORD ...]: a client of a control socket.

ask LINE ...         each line, and its answer; 0 if the last one was ok
half BYTES           a line that is not finished: closed in time?
raw BYTES            these bytes (escapes as in Python): what is answered, and
                     whether it closes then
many N               N clients at once: how many are served, what the others
                     are told
deaf N LINE          N clients that ask again and again and never read
often N              connect, ping and leave, N times
sets N WORD A B ...  set the words to the first and to the second value, N
                     times each, and ask for the status at once: how many
                     were wrong (and, as a comment, how long it took)
load PORT N FILE     N clients that ask an echo service again and again until
                     there is a file of that name; how many were lost
relay UID UID:TEXT ...  UID connects and hands the connection on: each TEXT
                     (escapes as in Python) is sent by a process of that
                     user, one after the other; the answers, until the end
give N LINE          LINE, with a hundred descriptors to each of its bytes, N
                     times: the last answer; it stays until standard input
                     ends
eof LINE             seconds from the answer of LINE to the connection's end

AS=UID and GROUPS_TOO='GID ...' make it somebody else.
"""
import array
import ast
import os
import select
import signal
import socket
import sys
import threading
import time


def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect(path)
    return s


def is_last(line):
    return line == b"ok\n" or line.startswith(b"error ")


class Client:
    def __init__(self):
        self.s = connect()
        self.f = self.s.makefile("rb")

    def ask(self, line):
        try:
            self.s.sendall(line.encode() + b"\n")
        except BrokenPipeError:
            pass    # it may have said why before
        return self.answer()

    def answer(self):
        lines = []
        while not lines or not is_last(lines[-1]):
            line = self.f.readline()
            if line == b"":
                lines.append(b"eof\n")
                break
            lines.append(line)
        return lines


def fields(line):
    return dict(f.split("=", 1) for f in line.decode().split() if "=" in f)


def ask(*lines):
    k = Client()
    for line in lines:
        answer = k.ask(line)
        sys.stdout.buffer.write(b"".join(answer))
    return 0 if answer[-1] == b"ok\n" else 1


def half(text):
    begun = time.monotonic()
    s = connect()
    s.sendall(text.encode())
    got = s.recv(100)
    took = time.monotonic() - begun
    print("# closed after %.1f s" % took, file=sys.stderr)
    print("closed" if got == b"" and took > 4 else (got, took))


def raw(text):
    s = connect()
    try:
        s.sendall(ast.literal_eval('b"' + text + '"'))
    except OSError:
        pass
    got = b""
    end = "stays"
    try:
        while True:
            part = s.recv(4096)
            if part == b"":
                end = "closed"
                break
            got += part
            # One that has answered and stays would let us wait.
            s.settimeout(2)
    except ConnectionResetError:
        end = "closed"
    except TimeoutError:
        pass
    print(got.decode().strip().replace("\n", "|"), end)


def long(count):
    """A line that never ends."""
    s = connect()
    sent = 0
    try:
        while sent < int(count):
            sent += s.send(b"x" * 4096)
    except OSError:
        pass
    try:
        print(s.recv(4096).decode().strip())
        print("closed" if s.recv(100) == b"" else "stays")
    except ConnectionResetError:
        print("closed")


def many(n):
    served = 0
    others = []
    clients = []
    for _ in range(int(n)):
        k = Client()
        clients.append(k)
        answer = k.ask("ping")
        if answer == [b"ok\n"]:
            served += 1
        else:
            others.append(answer[0].decode().strip())
    again = sum(k.ask("ping") == [b"ok\n"] for k in clients[:served])
    print(served, again, *others)


def deaf(n, line):
    """Never reads; how many of them the server does not bear."""
    all_of_them = [connect() for _ in range(int(n))]
    begun = time.monotonic()
    data = (line + "\n").encode() * 100
    gone = 0
    for s in all_of_them:
        s.setblocking(False)
    while all_of_them and time.monotonic() - begun < 100:
        _, can, _ = select.select([], all_of_them, [], 1)
        for s in can:
            try:
                s.send(data)
            except BlockingIOError:
                pass
            except OSError:
                all_of_them.remove(s)
                gone += 1
    print("# %.1f s" % (time.monotonic() - begun), file=sys.stderr)
    print(gone)


def often(n):
    well = 0
    for _ in range(int(n)):
        k = Client()
        well += k.ask("ping") == [b"ok\n"]
        k.f.close()
        k.s.close()
    print(well)


def sets(n, *words):
    k = Client()
    names, a, b = words[0::3], words[1::3], words[2::3]
    wrong = []
    took = []
    for _ in range(int(n)):
        for values in (a, b):
            want = dict(zip(names, values))
            line = "set " + " ".join(w + " " + v for w, v in want.items())
            begun = time.monotonic()
            answer = k.ask(line)
            status = fields(k.ask("status")[0])
            took.append(time.monotonic() - begun)
            if answer != [b"ok\n"]:
                wrong.append(answer)
            wrong += [(w, v, status.get(w)) for w, v in want.items()
                      if status.get(w) != v]
    took.sort()
    print("# median %.1f ms, longest %.1f ms" % (
        took[len(took) // 2] * 1000, took[-1] * 1000), file=sys.stderr)
    print(len(wrong), *wrong[:3])


def echo(port, over, lost):
    while not os.path.exists(over):
        try:
            s = socket.create_connection(("127.0.0.1", port), timeout=60)
            s.sendall(b"hello")
            s.shutdown(socket.SHUT_WR)
            got = b""
            while part := s.recv(100):
                got += part
            s.close()
            if got != b"hello":
                lost.append(got)
        except OSError as e:
            lost.append(e)


def load(port, n, over):
    lost = []
    threads = [threading.Thread(target=echo, args=(int(port), over, lost))
               for _ in range(int(n))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(len(lost), *lost[:3])


def eof(line):
    k = Client()
    answer = k.ask(line)
    begun = time.monotonic()
    rest = k.f.readline()
    print(answer[-1].decode().strip(), rest.decode() or "eof",
          "%.1f" % (time.monotonic() - begun))


def become(uid):
    os.setgroups([int(g) for g in os.environ.get("GROUPS_TOO", "").split()])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def as_user(uid, do, give=()):
    """Do something in a process of that user; what it gives back, if it is a
    socket."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        become(uid)
        theirs.recv(1)
        held = [socket.socket(fileno=fd) for fd in
                socket.recv_fds(theirs, 1, len(give))[1]]
        made = do(*held)
        socket.send_fds(theirs, [b"x"], [made.fileno()] if made else [])
        os._exit(0)
    ours.sendall(b"x")
    socket.send_fds(ours, [b"x"], [s.fileno() for s in give])
    fds = socket.recv_fds(ours, 1, 1)[1]
    os.waitpid(pid, 0)
    if not fds:
        return None
    s = socket.socket(fileno=fds[0])
    s.settimeout(20)
    return s


def relay(uid, *pieces):
    s = as_user(int(uid), connect)
    for piece in pieces:
        sender, text = piece.split(":", 1)
        data = ast.literal_eval('b"' + text + '"')
        as_user(int(sender), lambda k: k.sendall(data), [s])
    s.shutdown(socket.SHUT_WR)
    print("# all is sent", file=sys.stderr, flush=True)
    got = b""
    while part := s.recv(4096):
        got += part
    print(got.decode().strip().replace("\n", "|"))


def give(n, line):
    k = Client()
    fds = array.array("i", [k.s.fileno()] * 100)
    for _ in range(int(n)):
        for byte in line.encode() + b"\n":
            k.s.sendmsg([bytes([byte])],
                        [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        answer = k.answer()
    print(answer[-1].decode().strip())
    sys.stdout.flush()
    sys.stdin.read()


signal.alarm(600)
path = sys.argv[1]
if "AS" in os.environ:
    become(int(os.environ["AS"]))
try:
    sys.exit(globals()[sys.argv[2]](*sys.argv[3:]))
except (ConnectionRefusedError, FileNotFoundError, PermissionError) as e:
    sys.exit("# %s" % e)
