"""usage: workers_serve.py FOLDER [WORD...]

A worker: finds its listeners, says that it is ready, serves pages until TERM,
and misbehaves as asked.  Each start adds a line with its pid to FOLDER/starts.
While a file of that name is in FOLDER when it starts, it is
  bad       dead at once, with status 7
  late      never ready
  closed    waiting for the file `open' before it is ready
  stubborn  not ending at TERM
  silent    never saying WATCHDOG=1
WORDs:
  zero, server-starter, einhorn    where the listener is, instead of LISTEN_FDS
  notify, fd:N                     how it says that it is ready
  stop:NAME                        the signal at which it ends, instead of TERM
Pages: / (pid, 30000 bytes, end), /pid, /crash (dies), /hang (stops for ever),
/close (closes its listeners), /shutdown (shuts them down for all),
/slow (answers when FOLDER/go is there)."""
import os
import selectors
import signal
import socket
import sys
import time

folder, words = sys.argv[1], sys.argv[2:]


def has(name):
    return os.path.exists(os.path.join(folder, name))


def note(name, text):
    fd = os.open(os.path.join(folder, name),
                 os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(fd, text.encode())
    os.close(fd)


def listeners():
    if "zero" in words:
        fds = [0]
    elif "server-starter" in words:
        fds = [int(one.rpartition("=")[2])
               for one in os.environ["SERVER_STARTER_PORT"].split(";")]
    elif "einhorn" in words:
        fds = [int(os.environ["EINHORN_FD_%d" % n])
               for n in range(int(os.environ["EINHORN_FD_COUNT"]))]
    elif os.environ.get("LISTEN_PID") == str(os.getpid()):
        fds = range(3, 3 + int(os.environ["LISTEN_FDS"]))
    else:
        sys.exit("LISTEN_PID is not mine")
    return [socket.socket(fileno=fd) for fd in fds]


def tell(text):
    name = os.environ["NOTIFY_SOCKET"]
    if name[0] == "@":
        name = "\0" + name[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.sendto(text, name)


def ready():
    for word in words:
        if word == "notify":
            tell(b"STATUS=up\nREADY=1")
        elif word.startswith("fd:"):
            fd = int(word[3:])
            os.write(fd, b"up\n")
            os.close(fd)


def page(what):
    if what == "/pid":
        return b"%d\n" % os.getpid()
    if what == "/crash":
        os._exit(9)
    if what == "/hang":
        while True:
            time.sleep(1000)
    if what == "/close":
        for one in socks:
            choice.unregister(one)
            one.close()
        socks.clear()
    if what == "/shutdown":
        for one in socks:
            choice.unregister(one)
            one.shutdown(socket.SHUT_RDWR)
            one.close()
        socks.clear()
    if what == "/slow":
        while not has("go"):
            time.sleep(0.02)
    return b"pid %d\n%s\nend\n" % (os.getpid(), b"x" * 30000)


def serve(conn):
    with conn:
        conn.settimeout(10)
        asked = b""
        while b"\r\n\r\n" not in asked:
            part = conn.recv(4096)
            if not part:
                return
            asked += part
        conn.sendall(b"HTTP/1.0 200 OK\r\n\r\n" +
                     page(asked.split()[1].decode()))


note("starts", "%d\n" % os.getpid())
if has("bad"):
    sys.exit(7)
# A signal only wakes the loop: nothing that was accepted is ever lost.
wake, waker = socket.socketpair()
waker.setblocking(False)
signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
end = "SIG" + next((w[5:] for w in words if w.startswith("stop:")), "TERM")
signal.signal(signal.Signals[end], lambda *_: None)
stubborn = has("stubborn")
socks = listeners()
choice = selectors.DefaultSelector()
choice.register(wake, selectors.EVENT_READ)
for one in socks:
    one.setblocking(False)
    choice.register(one, selectors.EVENT_READ)
if has("closed"):
    while not has("open"):
        time.sleep(0.02)
if has("late"):
    words = []
ready()
every = None
if "WATCHDOG_USEC" in os.environ and not has("silent") and \
        os.environ.get("WATCHDOG_PID") == str(os.getpid()):
    every = int(os.environ["WATCHDOG_USEC"]) / 3e6
going = True
# Not even a test that was killed leaves one behind.
while going and os.path.isdir(folder):
    if every:
        tell(b"WATCHDOG=1")
    for key, _ in choice.select(every or 1):
        if key.fileobj is wake:
            wake.recv(100)
            going = stubborn
            continue
        try:
            conn, _ = key.fileobj.accept()
        except BlockingIOError:
            continue
        except OSError as e:
            note("errors", "%d %s\n" % (os.getpid(), e))
            time.sleep(0.1)
            continue
        try:
            serve(conn)
        except OSError as e:
            note("errors", "%d %s\n" % (os.getpid(), e))
