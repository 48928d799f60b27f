#!/bin/sh
# Who asks little does not get much, for it may be another who gets it.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
python=$(python3 -c 'import sys; print(sys.executable)') ||
    skip_all "no python3"

cat >"$T/ask.py" <<'PY'
"""usage: ask.py PORT WORD...

One client.  N:M: send N bytes that ask for M.  =N: an answer of N bytes comes."""
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
s.connect(("127.0.0.1", int(sys.argv[1])))
for word in sys.argv[2:]:
    if word.startswith("="):
        n = len(s.recv(70000))
        if n != int(word[1:]):
            sys.exit("%d bytes, expected %s" % (n, word))
    else:
        question, answer = word.split(":")
        s.send((answer + " ").encode().ljust(int(question), b"0"))
PY
asks() { python3 "$T/ask.py" "$PORT" "$@"; }
refused_size() { log_has ' warn reply-refused peer=127.0.0.1:[0-9]* reason=size '; }

# How many bytes it answers is the question's first word.
program='read -r n rest; head -c "$n" /dev/zero'

brood_start udp:127.0.0.1:0 sh -c "$program"
check "512 bytes may be asked for by few" asks 4:512 =512
check "three times as many by more" asks 200:600 =600
check "the log is quiet" eval '! refused_size'
check "nobody else is hindered" asks 199:598 4:5 =5
soon "one beyond is told" refused_size
check "it stops with 0" brood_stop

brood_start udp:127.0.0.1:0 sh -c "$program"
check "one byte more than 512 is not sent" asks 4:513 4:7 =7
soon "and told" refused_size
check "it stops with 0" brood_stop

brood_start --reply-factor 0 udp:127.0.0.1:0 sh -c "$program"
check "without a factor all is sent" asks 8:65507 =65507
check "the log is quiet" eval '! refused_size'
check "it stops with 0" brood_stop

brood_start --reply-factor 1 udp:127.0.0.1:0 sh -c "$program"
check "another factor" asks 600:600 =600
check "the log is quiet" eval '! refused_size'
check "nobody else is hindered" asks 600:601 4:9 =9
soon "one beyond is told" refused_size
check "it stops with 0" brood_stop

# All that a session was sent counts, and all that it sent.
cat >"$T/serve.py" <<'PY'
import os
while True:
    data = os.read(0, 70000)
    if not data:
        break
    os.write(1, b"x" * int(data.split()[0]))
PY
chmod 755 "$T"
brood_start --peer-session 60s --stop-time 300ms udp:127.0.0.1:0 \
    "$python" "$T/serve.py"
check "a session: three times all that came" asks 200:600 =600 200:600 =600
check "also later" asks 4:512 =512 200:100 =100
check "the log is quiet" eval '! refused_size'
check "512 bytes at first" asks 4:512 =512 4:1
soon "all it was sent counts" refused_size
check "it stops with 0" brood_stop

if [ "$(id -u)" -eq 0 ]; then user="--user nobody"; else user=; fi
# shellcheck disable=SC2086 # none, or two words
brood_start $user --inline chargen udp:127.0.0.1:0
check "a built-in service keeps within it" python3 - "$PORT" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
s.connect(("127.0.0.1", int(sys.argv[1])))
for n in (0, 1, 100, 170, 171, 400):
    s.send(b"x" * n)
    if len(s.recv(70000)) > 3 * n:
        sys.exit("%d" % n)
PY
check "the log is quiet" eval '! refused_size'
check "it stops with 0" brood_stop

finish
