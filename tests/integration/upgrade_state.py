"""usage: upgrade_state.py WHAT BINARY --handover=N [ARG...]: execute a binary
with what a supervisor hands over, after that was made wrong.

version, damaged, short    its head
nothing, no-number         no state at all
line, plain                what it says
file, other, closed, silent, udp, address   the first listener (of TCP): its
                           descriptor is a file, another socket, none, does
                           not listen, is for datagrams; its address differs
control, notify, pidfile, lock   theirs
strangers                  its masters are processes of others
log                        the command line says a log that cannot be"""
import fcntl
import os
import re
import socket
import sys

what, binary, words = sys.argv[1], sys.argv[2], sys.argv[3:]
state_fd = int(words[0].split("=")[1])
text = os.pread(state_fd, 1 << 24, 0)
body = text.split(b"\n", 1)[1]
version = 1


def checksum(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return value


def edit(pattern, *new):
    """The groups of the first line that matches become something else."""
    global body
    found = re.search(pattern, body, re.M)
    if found is None:
        sys.exit("no %r in %r" % (pattern, body))
    for i in range(len(new), 0, -1):
        if new[i - 1] is not None:
            body = (body[:found.start(i)] + str(new[i - 1]).encode() +
                    body[found.end(i):])


def keep(fd):
    os.set_inheritable(fd, True)
    return fd, os.fstat(fd).st_ino


tcp = rb"^socket (\d+) (\d+) \d+ \d+ \d+ \d \d (\d+\S+) 127.0.0.1:0 cat"
unix = rb"^socket (\d+) (\d+) \d+ \d+ \d+ \d \d unix:"
s = None
if what == "version":
    version = 2
elif what == "line":
    body = b"what is this\n" + body
elif what == "plain":
    body = body.split(b"\nplain\n")[0] + b"\nplain\nservice {\n"
elif what == "file":
    edit(unix, *keep(os.open("/dev/null", os.O_RDWR)))
elif what == "other":
    s = socket.socket(socket.AF_UNIX)
    edit(unix, keep(s.fileno())[0])
elif what == "closed":
    edit(unix, 999)
elif what == "silent":
    s = socket.socket(socket.AF_UNIX)
    edit(unix, *keep(s.fileno()))
elif what == "udp":
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    edit(tcp, *keep(s.fileno()))
elif what == "address":
    edit(tcp, None, None, "127.0.0.1:1")
elif what == "control":
    edit(rb"^control (\d+) (\d+)", *keep(os.open("/dev/null", os.O_RDWR)))
elif what == "notify":
    edit(rb"^notify (\d+) (\d+)", *keep(os.open("/dev/null", os.O_RDWR)))
elif what == "pidfile":
    s = socket.socket(socket.AF_UNIX)
    edit(rb"^pidfile (\d+) (\d+)", *keep(s.fileno()))
elif what == "lock":
    path = os.path.join(os.path.dirname(binary), "pid")
    edit(rb"^pidfile (\d+) (\d+)", *keep(os.open(path, os.O_RDWR)))
elif what == "strangers":
    edit(rb"^master (\d+)", words.pop())

head = b"brood-handover %d %d %016x\n" % (version, len(body), checksum(body))
if what == "damaged":
    head = head.replace(b"\n", b"0\n")
elif what == "short":
    body = body[:-1]
elif what == "nothing":
    head = body = b""
fd = os.memfd_create("state", 0)
os.write(fd, head + body)
words[0] = "--handover=%s" % ("x" if what == "no-number" else fd)
if what == "log":
    words.append("--log=/nowhere/at/all")
os.execv(binary, ["brood"] + words)
