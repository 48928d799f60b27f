#!/bin/sh
# greet.sh - asks for a name and greets.
#
#	brood --linger --session-time 60s localhost:7000 etc/examples/greet.sh
#	nc localhost 7000
#
# Standard input and output are the connection; brood(8) says which variables
# there are.  What a client sends is never trusted: here only letters, digits,
# blanks and some marks of it are sent back, and 40 of them at most.

printf 'Welcome, %s.  What is your name?\r\n' "${TCPREMOTEIP:-friend}"
read -r name || [ -n "$name" ] || exit 0
name=$(printf '%.200s' "$name" | tr -cd "[:alnum:] .'-" | cut -c 1-40)
printf 'Hello, %s!  It is %s here.\r\n' \
    "${name:-whoever you are}" "$(date +%A)"
