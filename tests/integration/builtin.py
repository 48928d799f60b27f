"""usage: builtin.py CHECK HOST PORT [ARG...]: one fact about a small service.

The exit status is 0 if it holds, 77 if it cannot be looked at here (a low port
or a raw socket takes root); else it is told why not."""
import errno
import os
import re
import select
import socket
import struct
import sys
import threading
import time

WAIT = 60.0
LINE, PRINTABLE = 72, 95
EPOCH = 2208988800
PATTERN = b"".join(
    bytes(32 + (line + i) % PRINTABLE for i in range(LINE)) + b"\r\n"
    for line in range(PRINTABLE))
SMALL = ["chargen", "daytime", "discard", "echo", "qotd", "time"]
# What answers whatever comes to it; and a low port, and nfs.
REFLECTORS = [7, 9, 11, 13, 15, 17, 19, 37, 1023, 2049]


def need(fact, why):
    if not fact:
        sys.exit("# " + why)


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


# ---- streams

def dial(host, port):
    return socket.create_connection((host, port), timeout=WAIT)


def read_all(s):
    parts = []
    while part := s.recv(65536):
        parts.append(part)
    return b"".join(parts)


def read_n(s, n):
    got = b""
    while len(got) < n:
        part = s.recv(n - len(got))
        need(part, "it ended after %d of %d bytes" % (len(got), n))
        got += part
    return got


def read_line(s):
    line = b""
    while not line.endswith(b"\n"):
        line += read_n(s, 1)
    return line


def is_day(text):
    need(re.fullmatch(rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]\d "
                      rb"\d\d:\d\d:\d\d \d{4}\r\n", text), repr(text))
    told = time.mktime(time.strptime(text.decode().strip()))
    need(abs(told - time.time()) < 30, "it is not %r now" % text)


def is_time(word):
    need(len(word) == 4, "%d bytes" % len(word))
    told = struct.unpack(">I", word)[0]
    now = (int(time.time()) + EPOCH) % 2**32
    need(abs(told - now) < 30, "%d is not %d" % (told, now))


def is_quote(text):
    need(0 < len(text) <= 512, "%d bytes" % len(text))
    need(re.fullmatch(rb"[ -~]+\r\n", text), repr(text))


def echo(host, port):
    """A megabyte comes back while it is sent, and the rest after the end."""
    sent = os.urandom(1 << 20)
    s = dial(host, port)

    def send():
        s.sendall(sent)
        s.shutdown(socket.SHUT_WR)
    sender = threading.Thread(target=send)
    sender.start()
    got = read_all(s)
    sender.join()
    need(got == sent, "%d of %d bytes" % (len(got), len(sent)))


def echo_typed(host, port):
    """What is typed comes back before more is."""
    s = dial(host, port)
    for part in b"a", b"bc\r\n", b"\0\xff":
        s.sendall(part)
        need(read_n(s, len(part)) == part, "not what was sent")


def discard(host, port):
    s = dial(host, port)
    s.sendall(bytes(1 << 20))
    s.shutdown(socket.SHUT_WR)
    need(read_all(s) == b"", "it answers")


def daytime(host, port):
    is_day(read_all(dial(host, port)))


def time_(host, port):
    is_time(read_all(dial(host, port)))


def qotd(host, port):
    quotes = set()
    for _ in range(20):
        quotes.add(read_all(dial(host, port)))
    for quote in quotes:
        is_quote(quote)
    need(len(quotes) > 1, "always the same")


def chargen(host, port):
    s = dial(host, port)
    need(read_n(s, 2 * len(PATTERN)) == PATTERN * 2, "not the pattern")


def chargen_hears(host, port):
    """It sends on while somebody talks to it, and after it has ended."""
    s = dial(host, port)
    for _ in range(64):
        s.sendall(bytes(16384))
        read_n(s, len(PATTERN))
    s.shutdown(socket.SHUT_WR)
    read_n(s, 100 * len(PATTERN))


def unread(host, port, n="100000"):
    """Nobody reads what is sent, and yet the reply is whole."""
    s = dial(host, port)
    s.sendall(bytes(int(n)))
    need(read_all(s), "no reply")


def stare(host, port, most):
    """A client that never reads is reset, in so many seconds."""
    s = socket.socket(family(host))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    begun = time.monotonic()
    s.connect((host, port))
    p = select.poll()
    p.register(s, 0)
    need(p.poll(1000 * float(most)), "it still has it")
    need(time.monotonic() - begun > 5, "too soon")


def gone(host, port):
    """A client that goes in the middle takes nothing along."""
    for _ in range(10):
        s = dial(host, port)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        s.sendall(b"x" * 100)
        s.close()


# ---- tcpmux

def ask_mux(host, port, line):
    s = dial(host, port)
    s.sendall(line)
    return s


def mux(host, port, name, then="", wanted=""):
    """Its name, and what is sent at once with it, reach the service."""
    s = ask_mux(host, port, name.encode() + b"\r\n" + then.encode())
    s.shutdown(socket.SHUT_WR)
    need(re.fullmatch(rb"\+[ -~]*\r\n", read_line(s)), "no +")
    if name.lower() == "time":
        is_time(read_all(s))
    elif name.lower() == "daytime":
        is_day(read_all(s))
    elif name.lower() == "qotd":
        is_quote(read_all(s))
    elif name.lower() == "chargen":
        need(read_n(s, len(PATTERN)) == PATTERN, "not the pattern")
    else:
        got = read_all(s)
        need(got == wanted.encode(), repr(got))


def mux_help(host, port):
    for word in b"help\r\n", b"HELP\r\n", b"Help\n":
        got = read_all(ask_mux(host, port, word))
        need(got.decode().split("\r\n") == SMALL + [""], repr(got))


def mux_bare(host, port):
    s = ask_mux(host, port, b"echo\nx")
    s.shutdown(socket.SHUT_WR)
    read_line(s)
    need(read_all(s) == b"x", "it lost something")


def mux_refuses(host, port):
    for line in (b"nosuch\r\n", b"\r\n", b"echo \r\n", b"tcpmux\r\n",
                 b"echo\0\r\n", b"ech\r\n", b"echoo\r\n", b"help me\r\n",
                 b"a" * 64 + b"\r\n", b"a" * 100000):
        got = read_all(ask_mux(host, port, line))
        need(re.fullmatch(rb"-[ -~]*\r\n", got), "%r: %r" % (line[:20], got))


def mux_slow(host, port):
    """A drip does not buy time."""
    begun = time.monotonic()
    s = dial(host, port)
    s.settimeout(1)
    got = None
    while got is None:
        need(time.monotonic() - begun < WAIT, "it waits")
        s.sendall(b"a")
        try:
            got = read_all(s)
        except socket.timeout:
            pass
    need(got.startswith(b"-"), repr(got))
    need(time.monotonic() - begun > 5, "too soon")


# ---- datagrams

def knock(host, port):
    s = socket.socket(family(host), socket.SOCK_DGRAM)
    s.settimeout(WAIT)
    s.connect((host, port))
    return s


def ask(host, port, data=b"x"):
    s = knock(host, port)
    s.send(data)
    return s.recv(65536)


def udp_echo(host, port, n):
    sent = os.urandom(int(n))
    need(ask(host, port, sent) == sent, "something else came back")


def udp_daytime(host, port):
    is_day(ask(host, port))
    is_day(ask(host, port, b""))


def udp_time(host, port):
    is_time(ask(host, port))
    is_time(ask(host, port, b""))


def udp_qotd(host, port):
    is_quote(ask(host, port, b""))


def udp_shout(host, port, text, wanted):
    """src/examples/datagram: in capitals, with our address."""
    s = knock(host, port)
    s.send(text.encode())
    told = "%s from %s port %d\n" % (wanted, host, s.getsockname()[1])
    got = s.recv(65536)
    need(got == told.encode(), repr(got))


def udp_chargen(host, port, n, most):
    lengths = set()
    for _ in range(40):
        got = ask(host, port, bytes(int(n)))
        need(PATTERN.startswith(got), "not the pattern")
        lengths.add(len(got))
    need(max(lengths) <= int(most), "%d bytes" % max(lengths))
    need(len(lengths) > 5 or int(most) < 6, "always as long")


def waiting(port):
    """Bytes that nobody took yet, of IPv4."""
    with open("/proc/net/udp") as f:
        for row in f.readlines()[1:]:
            words = row.split()
            if int(words[1].split(":")[1], 16) == port:
                return int(words[4].split(":")[1], 16)
    sys.exit("# nobody is at port %d" % port)


def udp_silent(host, port, stream_port):
    """The one child took all, and then served a connection: so it is done
    with them."""
    s = knock(host, port)
    for n in 0, 1, 1000, 65507:
        s.send(bytes(n))
    end = time.monotonic() + WAIT
    while waiting(port) > 0:
        need(time.monotonic() < end, "it does not take them")
        time.sleep(0.01)
    discard(host, int(stream_port))
    need(not select.select([s], [], [], 0)[0], "it answers")


def is_unanswered(s, host, port, who):
    """One child takes one datagram after the other: when the second one is
    answered, the first was seen."""
    ask(host, port)
    need(not select.select([s], [], [], 0)[0], "it answers " + who)


def guards(host, port):
    tried = 0
    for source in REFLECTORS:
        s = socket.socket(family(host), socket.SOCK_DGRAM)
        try:
            s.bind((host, source))
        except PermissionError:
            sys.exit(77)
        except OSError as e:
            need(e.errno == errno.EADDRINUSE, str(e))
            continue
        s.sendto(b"x", (host, port))
        is_unanswered(s, host, port, "port %d" % source)
        tried += 1
        s.close()
    need(tried > 5, "too few ports are free")


def forge(host, source, port):
    """A datagram with any source port, by hand; no checksum (RFC 768)."""
    try:
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    except PermissionError:
        sys.exit(77)
    s.bind((host, 0))
    s.sendto(struct.pack(">HHHH", source, port, 9, 0) + b"x", (host, port))
    return s


def guards_forged(host, port, source):
    """A raw socket sees all that is sent to the forged port; and our own, if
    it is the service's."""
    own = source == "own"
    source = port if own else int(source)
    s = forge(host, source, port)
    ask(host, port)
    seen = 0
    while select.select([s], [], [], 0)[0]:
        packet = s.recv(65536)
        begin = (packet[0] & 15) * 4
        ports = struct.unpack(">HH", packet[begin:begin + 4])
        seen += ports == (port, source)
    need(seen == own, "it answers port %d" % source)


def loop(host, port, source):
    """One datagram that says to be of another service."""
    forge(host, int(source), port)


def many(host, port, source, count):
    """How many of so many asked from another address are answered."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((source, 0))
    s.connect((host, port))
    s.settimeout(60)
    answers = 0
    for i in range(int(count)):
        s.send(b"%d" % i)
        try:
            answers += s.recv(100) == b"%d" % i
        except TimeoutError:
            pass
    print(answers)


def flood(host, port, count):
    """So many at once, and nobody waits for an answer."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(int(count)):
        s.sendto(b"x", (host, port))


check = {"time": time_}.get(sys.argv[1]) or globals()[sys.argv[1]]
try:
    check(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
except OSError as e:
    sys.exit("# " + repr(e))
