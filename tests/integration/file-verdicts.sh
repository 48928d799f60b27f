#!/bin/sh
# What `brood -t' says of a word beside a kind of handler is what a start says:
# each word of the table, with each kind, for connections and for datagrams.
# As a default, a word that means nothing to a kind is no mistake.
. "${srcdir:-.}/tests/integration/lib.sh"

umask 022
if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 0755 "$T"

# values WORD: some of it, a line each; several where they are judged
# differently.
values() {
	case $1 in
	log|log-level|enabled) ;;		# never said to a master so
	argv0)             echo other ;;
	backlog)           echo 5 ;;
	chdir)             printf '%s\n' / /nowhere ;;
	children)          echo 2 ;;
	dialect)           printf '%s\n' listen-fds server-starter einhorn ;;
	env)               echo A=b ;;
	groups)            printf '%s\n' "$(id -g "$user")" none nosuchgroup ;;
	interface)         printf '%s\n' lo a/b sixteen-is-a-lot ;;
	kill-mode)         printf '%s\n' none group all nonsense ;;
	limit)             printf '%s\n' core=0 nofile=99999999999 ;;
	maximum-available) printf '%s\n' 5 3 300 ;;
	maximum-connected) printf '%s\n' 50 1 ;;
	memory)            printf '%s\n' own shared ;;
	minimum-available) printf '%s\n' 2 300 ;;
	on)                echo 'ready true' ;;
	overlap)           echo 2 ;;
	ready-by)          printf '%s\n' alive notify fd:3 fd:4 fd:9 ;;
	reply-factor)      printf '%s\n' 0 7 1000001 ;;
	reply-rate)        printf '%s\n' 0 7 1000001 ;;
	recycle-after)     printf '%s\n' 5 5m ;;
	socket-mode|umask) echo 0600 ;;
	socket-owner)      printf '%s\n' "$user" nosuchuser ;;
	stderr)            printf '%s\n' log pass ;;
	stop-signal)       printf '%s\n' TERM nosuch ;;
	user)              printf '%s\n' "$user" nosuchuser ;;
	wait-tries)        echo 5 ;;
	idle-time|peer-session|session-time|start-time|stop-time|watchdog)
		printf '%s\n' 5s 11d ;;
	linger|listener-on-0|low-ports|no-new-privs)
		echo yes ;;
	*) echo "no value is known for $1" ;;
	esac
}

# what KIND: its program or built-in.
what() {
	case $1 in inline*) echo echo ;; *) echo cat ;; esac
}

# file KIND ADDRESSES [WORD VALUE]
file() {
	[ "$3" = user ] || echo "user $user"
	printf 'service s {\n\tlisten %s\n\t%s %s\n' "$2" "$1" "$(what "$1")"
	# `on' has two values, all others one.
	[ $# -lt 4 ] || printf '\t%s %s\n' "$3" "$4"
	echo "}"
}

looks_well() {
	timeout 30 "$BROOD" -t -f "$CONF" >"$T/said" 2>&1 </dev/null
}

has_started() {
	grep -q ' info start program=' "$LOG" || ! kill -0 "$M" 2>/dev/null
}

# starts_well KIND ADDRESSES OPTION
starts_well() {
	case $1 in
	inline*) set -- "--kind=$1" "$3" --inline=echo "$2" ;;
	*) set -- "--kind=$1" "$3" "$2" cat ;;
	esac
	brood_spawn --user "$user" "$@"		# of two the last counts
	wait_until has_started
	grep -q ' info start program=' "$LOG"
	started=$?
	kill -KILL "$M" 2>/dev/null
	wait "$M" 2>/dev/null
	MASTERS=
	return $started
}

# compare KIND ADDRESSES WORD VALUE
compare() {
	file "$1" "$(echo "$2" | tr , ' ')" "$3" "$4" >"$CONF"
	looks_well
	looks=$?
	if [ "$flag" = '[yes|no]' ]; then option=--$3
	else option=--$3=$4; fi
	starts_well "$1" "$2" "$option"
	starts=$?
	compared=$((compared + 1))
	[ "$looks" -ne 0 ] || accepted=$((accepted + 1))
	[ "$((looks != 0))" -ne "$starts" ] || return 0
	wrong="$wrong $1,$2,$3=$4"
	{ echo "$1 $2 $3 $4: -t $looks, start $starts"
	  cat "$T/said" "$LOG"; } | sed 's/^/# /'
}

# compare_all WORD: its values, with each kind and where it may listen.
compare_all() {
	values "$1" >"$T/values"
	while IFS= read -r value; do
		for kind in exec exec-wait worker inline inline-wait; do
			compare $kind 127.0.0.1:0 "$1" "$value"
			case $1 in
			memory|peer-session|ready-by|listener-on-0|low-ports)
				compare $kind udp:127.0.0.1:0 "$1" "$value"
				compare $kind 127.0.0.1:0,udp:127.0.0.1:0 \
				    "$1" "$value" ;;
			esac
		done
	done <"$T/values"
}

CONF=$T/conf
"$BROOD" --words | awk -F '\t' '$2 == "both" || $2 == "service" {
	if ($1 !~ /^(listen|exec|exec-wait|worker|inline|inline-wait)$/)
		print $1 "\t" $3 }' >"$T/words"
check "there are words" [ "$(wc -l <"$T/words")" -gt 35 ]

compared=0
accepted=0
while IFS="$(printf '\t')" read -r word flag <&3; do
	wrong=
	compare_all "$word"
	is "$word: -t says what a start says" "$wrong" ""
done 3<"$T/words"
echo "# $accepted of $compared are right"
check "many were right, and many wrong" \
    [ "$accepted" -gt 100 -a $((compared - accepted)) -gt 80 ]

# ---- as a default

# default VALUE: of word, beside kind.
default() {
	for address in 127.0.0.1:0 udp:127.0.0.1:0; do
		{ echo "$word $1"; file $kind $address; } >"$CONF"
		looks_well && continue
		wrong="$wrong $word"
		sed 's/^/# /' "$T/said"
	done
}

for kind in exec exec-wait worker inline inline-wait; do
	wrong=
	while IFS="$(printf '\t')" read -r word flag <&3; do
		case $word in
		enabled) ;;
		log) default stderr ;;
		log-level) default info ;;
		memory) ! can_share || default shared ;;
		recycle-after) default 5; default 5m ;;
		*) default "$(values "$word" | head -n 1)" ;;
		esac
	done 3<"$T/words"
	is "$kind: a default that means nothing to it is no mistake" "$wrong" ""
done

# ---- what no word says

sense() {	# NAME STATUS ADDRESS HANDLER
	printf 'user %s\nservice s {\n\tlisten %s\n\t%s\n}\n' "$user" "$3" \
	    "$4" >"$CONF"
	looks_well
	is "$1" $? "$2"
}
sense "tcpmux has no datagrams" 78 udp:127.0.0.1:0 "inline tcpmux"
sense "tcpmux has connections" 0 127.0.0.1:0 "inline tcpmux"
sense "all inherited listeners are nobody's" 78 'fd:*' "exec cat"
sense "nor is one by its number" 78 fd:3 "exec cat"
sense "one by its name may be there" 0 fd:web "exec cat"

# A program is tried, though a built-in of that name was looked at before.
mkdir "$T/bin"
: >"$T/bin/echo"
chmod 700 "$T/bin/echo"
cat >"$CONF" <<CONF
user $user
service built-in {
	listen 127.0.0.1:0
	inline echo
}
service program {
	listen 127.0.0.1:0
	exec echo
}
CONF
if is_root; then
	PATH=$T/bin "$BROOD" -t -f "$CONF" 2>"$T/wrong"
	is "a program is not mistaken for a built-in" \
	    "$? $(grep -c ':8:7: cannot execute ' "$T/wrong")" "78 1"
else
	skip "the program is ours"
fi

# What goes through a supervisor, too: its masters inherit.
cat >"$CONF" <<CONF
user $user
service s {
	listen udp:127.0.0.1:0
	exec cat
	peer-session 10s
}
CONF
brood_spawn -f "$CONF"
soon "a peer-session in a file" log_has ' info master-ready service=s '
check "it stops with 0" brood_stop
finish
