#!/usr/bin/env python3
"""kv.py - remembers values by their names, for all who ask.

    brood --env KV=/var/tmp/kv.db --session-time 1h localhost:7000 \\
        etc/examples/kv.py
    nc localhost 7000

A line is a command, and has one line for an answer:

    set NAME VALUE      ok
    get NAME            = VALUE, or none
    del NAME            ok, or none
    names               = NAME NAME ...
    anything else       ? and what there is

Each client has a process of its own, so what they share is a file, of SQLite:
it lets many read and one write at a time.  $KV names it.  Whoever can connect
can fill it: a line has LINE bytes at most, and there are NAMES of them.
"""
import contextlib
import os
import sqlite3
import sys

LINE = 4096
NAMES = 10000


def open_store():
    store = sqlite3.connect(os.environ["KV"], timeout=10, isolation_level=None)
    store.execute("create table if not exists kv"
                  " (name text primary key, value text)")
    return store


def set_value(store, name, value):
    # One statement, so that it is counted and added at one time.
    done = store.execute(
        "insert into kv select ?1, ?2 where (select count(*) from kv) < ?3"
        " or exists (select 1 from kv where name = ?1)"
        " on conflict (name) do update set value = excluded.value",
        (name, value, NAMES))
    return "ok" if done.rowcount == 1 else "full"


def get_value(store, name):
    row = store.execute("select value from kv where name = ?",
                        (name,)).fetchone()
    return "= " + row[0] if row else "none"


def del_value(store, name):
    done = store.execute("delete from kv where name = ?", (name,))
    return "ok" if done.rowcount == 1 else "none"


def list_names(store):
    rows = store.execute("select name from kv order by name limit 100")
    return "= " + " ".join(row[0] for row in rows)


COMMANDS = {("set", 3): set_value, ("get", 2): get_value,
            ("del", 2): del_value, ("names", 1): list_names}


def answer(store, line):
    words = line.split(None, 2)
    command = COMMANDS.get((words[0], len(words))) if words else None
    if command is None:
        return "? set NAME VALUE, get NAME, del NAME, names"
    return command(store, *words[1:])


def main():
    if "KV" not in os.environ:
        sys.exit("KV is not set: expected the name of a file")
    with contextlib.closing(open_store()) as store:
        while line := sys.stdin.buffer.readline(LINE):
            if len(line) == LINE:
                break
            text = line.decode("utf-8", "replace").strip()
            reply = answer(store, text) + "\r\n"
            sys.stdout.buffer.write(reply.encode())
            sys.stdout.buffer.flush()


try:
    main()
except (BrokenPipeError, ConnectionError):
    # The client has gone; and there is nobody to tell it to at the end.
    os._exit(0)
