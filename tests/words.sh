#!/bin/sh
# brood.conf(5) tells what the table of words has: every word, its range,
# default, since when, and what a change of it does; its examples are accepted.
. "${srcdir:-.}/tests/integration/lib.sh"
page=$srcdir/src/brood/brood.conf.5
chmod 755 "$T"

# "word<TAB>facts": an item's text from its range on, blanks joined.
items_of_page() {
	awk '
		/^\.Sh / { on = $2 == "WORDS" }
		!on { next }
		/^\.It Ic / { word = $3 }
		/^\.br$/ { getline; facts = $0; take = 1; next }
		/^Example:$/ { if (take) print word "\t" facts; take = 0 }
		take { facts = facts " " $0 }' "$page" | sed 's/\\e/\\/g' | sort
}

items_of_table() {
	"$BROOD" --words | awk -F '\t' '{
		printf "%s\tRange: %s. Default: %s.", $1, $4, $5 == "" ? "none" : $5
		if ($6 != "") printf " Kinds: %s.", $6
		if ($8 == "many") printf " May be said several times; all count."
		printf " Since: %s. A change: %s.\n", $7, $9 }' | sort
}

items_of_page >"$T/page"
items_of_table >"$T/table"
check "there are words" test -s "$T/table"
is "every word is in the page, as the table has it" \
    "$(comm -13 "$T/page" "$T/table")" ""
is "the page has no other" "$(comm -23 "$T/page" "$T/table")" ""

# An example in a service that can have it.
around() {	# WORD LINE
	echo "user root"
	case $1 in
	include) printf 'service x {\n\tlisten 127.0.0.1:0\n\texec cat\n}\n%s\n' "$2" ;;
	service) printf '%s\n\tlisten 127.0.0.1:0\n\texec cat\n}\n' "$2" ;;
	control*|pidfile)
		printf '%s\nservice x {\n\tlisten 127.0.0.1:0\n\texec cat\n}\n' "$2" ;;
	listen)	printf 'service x {\n\t%s\n\texec cat\n}\n' "$2" ;;
	exec|exec-wait|worker|inline|inline-wait)
		printf 'service x {\n\tlisten 127.0.0.1:0\n\t%s\n}\n' "$2" ;;
	peer-session)
		printf 'service x {\n\tlisten udp:127.0.0.1:0\n\texec cat\n\t%s\n}\n' "$2" ;;
	user)	printf 'service x {\n\tlisten 127.0.0.1:0\n\texec cat\n\t%s\n}\n' "$2" ;;
	*)	case $("$BROOD" --words | awk -F '\t' -v w="$1" '$1 == w { print " " $6 " " }') in
		*" exec "*|"  ") kind="exec cat" ;;
		*)		 kind="worker cat" ;;
		esac
		printf 'service x {\n\tlisten 127.0.0.1:0\n\t%s\n\t%s\n}\n' "$kind" "$2" ;;
	esac
}

if [ "$(id -u)" -ne 0 ]; then
	skip "the examples: not root"
	finish
fi
awk '/^\.It Ic / { word = $3 }
    /^Example:$/ { getline; sub(/^\.Ql /, ""); print word "\t" $0 }' "$page" >"$T/examples"
is "every word has an example" "$(wc -l <"$T/examples")" "$(wc -l <"$T/table")"
while IFS="$(printf '\t')" read -r word line; do
	# What these name need not be here.
	line=$(echo "$line" | sed -e 's/gunicorn.*/cat/' -e 's|/usr/sbin/in.tftpd.*|/bin/cat|')
	around "$word" "$line" >"$T/example.conf"
	if "$BROOD" -t -f "$T/example.conf" 2>"$T/wrong"; then
		ok "an example: $line"
	else
		not_ok "an example: $line"
		sed 's/^/# /' "$T/wrong"
	fi
done <"$T/examples"
finish
