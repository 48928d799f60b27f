# A program of a wait service: 0 is the listener; says so to each client, and
# ends when nobody came for a second.
import socket
s = socket.socket(fileno=0)
s.settimeout(1)
try:
    while True:
        c, _ = s.accept()
        c.sendall(b"listener\n")
        c.close()
except socket.timeout:
    pass
