#!/bin/sh
# Whatever accept says, once or for ever: no process ends, nothing spins, and
# it recovers alone.
. "${srcdir:-.}/tests/integration/lib.sh"
need strace
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"

# inject ERRNO WHEN: all waiting children's accept fails so.
inject() {
	error=$1
	when=$2
	set --
	for pid in $(idle_children); do
		set -- "$@" -p "$pid"
	done
	strace -f -tt -o "$T/trace" -e trace=accept4 \
	    -e "inject=accept4:error=$error:when=$when" "$@" 2>"$T/strace" &
	tracer=$!
	wait_until attached "$(idle_children | head -n 1)"
}

attached() {
	grep -q "TracerPid:.*[1-9]" "/proc/$1/status"
}

release() {
	kill "$tracer" 2>/dev/null
	wait "$tracer" 2>/dev/null
}

accept_failed() {
	grep -q INJECTED "$T/trace"
}

once() {
	brood_start --children 2 127.0.0.1:0 cat
	for e in ECONNABORTED EPROTO ENETDOWN EHOSTUNREACH ETIMEDOUT EPERM \
	    EMFILE ENFILE ENOBUFS ENOMEM EINVAL EOPNOTSUPP EIO; do
		inject "$e" 1..3
		answers || not_ok "$e three times: the client is served"
		release
		wait_until idle_is 2 || not_ok "$e: the pool is whole"
	done
	ok "each error of accept, three times: the client is served"
	is "no child died of it" "$(log_count ' child-(died|failed) ')" 0
	check "it was told" log_has ' accept-error errno='
	check "and not for every call" test "$(log_count ' accept-error ')" -le 13
	check "it stops with 0" brood_stop
}

for_ever() {
	brood_start --children 1 127.0.0.1:0 cat
	victim=$(idle_children)
	inject EMFILE 1+
	hold
	soon "EMFILE for ever: the log says so" log_has ' accept-error errno=EMFILE'
	# Two seconds of it, on strace's clock.
	wait_until seen_for 2
	is "at most 10 calls a second fail" "$(most_in_a_second)" few
	check "the child lives" kill -0 "$victim"
	release
	soon "when it is over the client is served" busy_is 1
	soon "and that is told" log_has ' accept-over '
	let_go
	brood_stop
}

# seen_for SECONDS: between the first and the last failing call.
seen_for() {
	awk -v want="$1" '
	/INJECTED/ {
		split($2, t, ":")
		now = t[1] * 3600 + t[2] * 60 + t[3]
		if (!n++)
			first = now
	}
	END { exit !(n && now - first >= want) }' "$T/trace"
}

# The first second has the quick tries, too.
most_in_a_second() {
	awk '
	/INJECTED/ {
		split($2, t, ":")
		at[++n] = t[1] * 3600 + t[2] * 60 + t[3]
		for (i = n; i > 0 && at[n] - at[i] < 1; i--)
			;
		if (n - i > most)
			most = n - i
	}
	END { print most <= 11 ? "few" : most }' "$T/trace"
}

each_memory once
each_memory for_ever
finish
