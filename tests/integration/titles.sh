#!/bin/sh
# ps(1) shows what the master is and does.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

title_is() {
	ps -o args= -p "$M" | grep -Eq "^${BROOD##*/}: master $1\$"
}

titles() {
	brood_start -n 3 --maximum-available 3 localhost:0,127.0.0.2:0 cat
	soon "the master has its addresses as written, and numbers" title_is \
	    'localhost:0,127\.0\.0\.2:0 \[3 available, 0 connected\]'
	hold 127.0.0.2
	soon "which change" title_is '[^ ]* \[3 available, 1 connected\]'
	kill -TERM "$M"
	soon "and tell when it stops" \
	    title_is '[^ ]* \[0 available, 1 connected\] stopping'
	let_go
	wait_master
	is "it stops with 0" $? 0
}
each_memory titles
finish
