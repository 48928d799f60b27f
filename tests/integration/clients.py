"""clients.py - what clients of an echo share; imported by the scripts beside
it, which are run with `python3 -B' so that nothing is written here."""
import os
import socket


def all_of(s):
    """What comes until its end."""
    got = b""
    while True:
        part = s.recv(65536)
        if not part:
            return got
        got += part


def echo(port, patience):
    """What was sent on a connection, half-closed then, and what came back."""
    sent = os.urandom(20).hex().encode()
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as s:
        s.sendall(sent)
        s.shutdown(socket.SHUT_WR)
        return sent, all_of(s)
