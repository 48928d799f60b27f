"""finishes.py FILE SIGNAL PROGRAM ARG...: open a listener and start the
program on it as a service manager does, to be told SIGNAL (0: nothing) when
this process dies.  FILE gets the port and the program's pid.  USR1: take one
client from the queue."""
import ctypes
import os
import signal
import socket
import sys

PR_SET_PDEATHSIG = 1
told, number, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
listener = socket.create_server(("127.0.0.1", 0), backlog=8)


def take(_number, _frame):
    client, _ = listener.accept()
    client.sendall(b"from the parent\n")
    client.close()


signal.signal(signal.SIGUSR1, take)
parent = os.getpid()
pid = os.fork()
if pid == 0:
    if number:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(99)
    os.dup2(listener.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    os.execv(command[0], command)
with open(told + ".new", "w", encoding="ascii") as file:
    file.write(f"{listener.getsockname()[1]} {pid}\n")
os.rename(told + ".new", told)
while True:
    signal.pause()
