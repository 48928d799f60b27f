"""usage: workers_talk.py PORT: ask a talk daemon (ntalk) whether somebody is
called; prints the type and the answer of its reply: "1 1" is nobody."""
import os
import socket
import struct
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
s.bind(("127.0.0.1", 0))
here = struct.pack("!HH4s8x", socket.AF_INET, s.getsockname()[1],
                   socket.inet_aton("127.0.0.1"))
LOOK_UP = 1
message = struct.pack("!BBBxI", 1, LOOK_UP, 0, 42) + here + here + \
    struct.pack("!i12s12s16s", os.getpid(), b"somebody", b"nobody", b"")
try:
    s.sendto(message, ("127.0.0.1", int(sys.argv[1])))
    reply = s.recv(1000)
except OSError as e:
    sys.exit("no reply: %s" % e)
version, kind, answer = struct.unpack("!BBB", reply[:3])
print(kind, answer)
