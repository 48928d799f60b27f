"""usage: file_load.py FOLDER KIND=PORT...

Clients of each kind, one after the other, until FOLDER/enough is there; then a
line for each: KIND DONE FAILED.  What failed is told on standard error.  A
kind may stand there more than once.  FOLDER/going is written when each has
had one answer.
  tcp, udp   an echo
  git        a clone          (of FOLDER/repository)
  rsync      a file           (of FOLDER/files)
  tftp       the same file
  ssh        a command        (by FOLDER/key)
  worker     a page of workers_serve.py"""
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

from clients import all_of

folder = sys.argv[1]
path = lambda *names: os.path.join(folder, *names)
quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
             stderr=subprocess.STDOUT, timeout=100)


def run(*words):
    done = subprocess.run(words, env=dict(os.environ, HOME=folder), **quiet)
    if done.returncode != 0:
        raise OSError("status %d: %r" % (done.returncode, done.stdout[-400:]))
    return done.stdout


def same(one, other):
    with open(one, "rb") as a, open(other, "rb") as b:
        if a.read() != b.read():
            raise OSError("%s and %s differ" % (one, other))


def tcp(port, number):
    sent = os.urandom(3000)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
        s.sendall(sent)
        s.shutdown(socket.SHUT_WR)
        if all_of(s) != sent:
            raise OSError("another echo")


def udp(port, number):
    sent = os.urandom(100)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(60)
        s.connect(("127.0.0.1", port))
        s.send(sent)
        if s.recv(1000) != sent:
            raise OSError("another echo")


def git(port, number):
    to = path("clone.%d" % number)
    run("git", "clone", "-q", "git://127.0.0.1:%d/repository" % port, to)
    same(path("repository", "file"), os.path.join(to, "file"))
    shutil.rmtree(to)


def rsync(port, number):
    to = path("rsync.%d" % number)
    run("rsync", "rsync://127.0.0.1:%d/files/file" % port, to)
    same(path("files", "file"), to)
    os.unlink(to)


def tftp(port, number):
    to = path("tftp.%d" % number)
    run("tftp", "-4", "-m", "binary", "127.0.0.1", str(port), "-c", "get",
        "file", to)
    same(path("files", "file"), to)
    os.unlink(to)


def ssh(port, number):
    got = run("ssh", "-F", "none", "-p", str(port), "-i", path("key"),
              "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
              "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
              "127.0.0.1", "echo here")
    if got != b"here\n":
        raise OSError("another answer: %r" % got)


def worker(port, number):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        if not all_of(s).endswith(b"\nend\n"):
            raise OSError("half a page")


def client(row, one, port):
    while not os.path.exists(path("enough")):
        try:
            one(port, row["number"])
        except (OSError, subprocess.TimeoutExpired) as e:
            row["failed"] += 1
            print(time.strftime("%T"), row["kind"], repr(e), file=sys.stderr,
                  flush=True)
            time.sleep(0.1)
        row["done"] += 1
        # Neither shall take all of the machine.
        time.sleep(0.02)


rows = []
threads = []
for number, word in enumerate(sys.argv[2:]):
    kind, port = word.split("=")
    rows.append(dict(kind=kind, number=number, done=0, failed=0))
    threads.append(threading.Thread(target=client, args=(
        rows[-1], globals()[kind], int(port))))
for one in threads:
    one.start()
while not all(row["done"] for row in rows):
    time.sleep(0.02)
open(path("going"), "w").close()
for one in threads:
    one.join()
for row in rows:
    print(row["kind"], row["done"], row["failed"])
