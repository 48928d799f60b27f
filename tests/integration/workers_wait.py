"""usage: workers_wait.py FOLDER WORD...: a `wait' program, with its listener as
descriptors 0 and 1.  Each start adds a line with its pid to FOLDER/starts.

  take N     answer N datagrams (`PID TEXT') or clients, then end
  leave      end at once, with the listener as it was
  crash      die by a signal at once
  eat        take one and die by a signal
  last       take one only if FOLDER/take is there
  nonblock   leave the listener non-blocking
  stay       answer until TERM"""
import os
import signal
import socket
import sys

folder, word = sys.argv[1], sys.argv[2]
with open(folder + "/starts", "a") as f:
    f.write("%d\n" % os.getpid())
s = socket.socket(fileno=0)


def serve():
    if s.type == socket.SOCK_DGRAM:
        text, peer = s.recvfrom(70000)
        s.sendto(b"%d %s" % (os.getpid(), text), peer)
        return
    conn, _ = s.accept()
    with conn:
        text = conn.recv(1000)
        conn.sendall(b"%d %s" % (os.getpid(), text))
        # Whatever else is sent must not turn the end into a reset.
        conn.shutdown(socket.SHUT_WR)
        while conn.recv(1000):
            pass


if word == "crash":
    os.kill(os.getpid(), signal.SIGSEGV)
elif word == "eat":
    s.recv(70000)
    os.kill(os.getpid(), signal.SIGSEGV)
elif word == "last":
    if os.path.exists(folder + "/take"):
        serve()
elif word == "nonblock":
    with open(folder + "/blocking", "a") as f:
        f.write("%s\n" % os.get_blocking(0))
    serve()
    os.set_blocking(0, False)
elif word == "take":
    for _ in range(int(sys.argv[3])):
        serve()
elif word == "stay":
    while True:
        serve()
