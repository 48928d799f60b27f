#!/bin/sh
# brood.conf(5) tells what the table of words has: every word, its range,
# default, place, kinds, since when, and what a change of it does.  What the
# table and the page say is so: examples and defaults are accepted, and of a
# range what is in it and nothing else.
. "${srcdir:-.}/tests/integration/lib.sh"

page=$srcdir/src/brood/brood.conf.5
TAB=$(printf '\t')
umask 022
chmod 755 "$T"

# ---- what they say ----

# "word<TAB>facts": an item's text from its range on, blanks joined.
items_of_page() {
	awk '
		/^\.Sh / { on = $2 == "WORDS" }
		!on { next }
		/^\.It Ic / { word = $3 }
		/^\.br$/ { getline; facts = $0; take = 1; next }
		/^Example:$/ { if (take) print word "\t" facts; take = 0 }
		take { facts = facts " " $0 }' "$page" | sort
}

items_of_table() {
	"$BROOD" --words | awk -F '\t' '{
		printf "%s\tRange: %s. Default: %s.", $1, $4,
		    $5 == "" ? "none" : $5
		if ($2 == "top") printf " Only outside of services."
		if ($2 == "service") printf " Only in a service."
		if ($6 != "") printf " Kinds: %s.", $6
		if ($8 == "many") printf " May be said several times; all count."
		printf " Since: %s. A change: %s.\n", $7, $9 }' | sort
}

# "word<TAB>line"
examples_of_page() {
	awk '
		/^\.It Ic / { word = $3 }
		/^Example:$/ {
			getline
			sub(/^\.Ql /, "")
			gsub(/\\\(dq/, "\"")
			print word "\t" $0
		}' "$page"
}

# literal SECTION: the first block of it that is shown as it is.
literal() {
	awk -v want="$1" '
		/^\.Sh / { on = $2 == want }
		/^\.Ed/ && take { exit }
		take
		/^\.Bd -literal/ && on { take = 1 }' "$page" | sed 's/\\e/\\/g'
}

# "word<TAB>+value" is in its range, "word<TAB>-value" is not; where that is
# numbers or a choice of words.
values_of_table() {
	"$BROOD" --words | awk -F '\t' '
		function say(sign, value) { print $1 "\t" sign value }
		$4 ~ /^(an )?octal.* 0 to 0[0-7]+$/ {
			n = 0
			last = $4; sub(/.* /, "", last)
			for (i = 1; i <= length(last); i++)
				n = n * 8 + substr(last, i, 1)
			say("+", "0"); say("+", last)
			say("-", sprintf("0%o", n + 1))
			say("-", "8"); say("-", "-1")
		}
		$4 ~ /^[0-9]+[a-z]* to [0-9]+[a-z]*$/ {
			split($4, end, " to ")
			low = end[1] + 0; high = end[2] + 0
			unit_low = end[1]; sub(/^[0-9]+/, "", unit_low)
			unit_high = end[2]; sub(/^[0-9]+/, "", unit_high)
			say("+", end[1]); say("+", end[2])
			say("-", sprintf("%.0f%s", low - 1, unit_low))
			say("-", sprintf("%.0f%s", high + 1, unit_high))
			say("-", "-1"); say("-", "x")
		}
		$4 ~ /^[a-z-]+(, [a-z-]+)* or [a-z-]+$/ {
			n = split($4, word, /, | or /)
			for (i = 1; i <= n; i++) say("+", word[i])
			say("-", "nonsense"); say("-", "\"\"")
		}'
}

# Defaults that are a value: one word, and not `never'.
defaults_of_table() {
	"$BROOD" --words | awk -F '\t' '
		$5 != "" && $5 != "never" && $5 !~ / / { print $1 "\t" $5 }'
}

# ---- is it so? ----

kind_for() {
	"$BROOD" --words | awk -F '\t' -v w="$1" '$1 == w {
		if ($6 == "" || " " $6 " " ~ / exec /) print "exec cat"
		else if (" " $6 " " ~ / inline /) print "inline echo"
		else print "worker cat" }'
}

# What else must be said for all of the range to be possible.
beside() {
	case $1 in
	minimum-available) echo maximum-connected 32768 ;;
	maximum-connected) echo minimum-available 1 ;;
	maximum-available)
		echo minimum-available 1
		echo maximum-connected 32768 ;;
	esac
}

in_service() {	# LINE...
	echo "service x {"
	printf '\t%s\n' "$@"
	echo "}"
}

# around WORD LINE: a file that can have it.
around() {
	listen='listen 127.0.0.1:0'
	[ "$1" = user ] || echo "user root"
	beside "$1"
	case $1 in
	include|control*|pidfile|maximum-generations)
		printf '%s\n' "$2"
		in_service "$listen" "exec cat" ;;
	service) printf '%s\n' "$2" "$listen" "exec cat" "}" ;;
	listen)	in_service "$2" "exec cat" ;;
	exec|exec-wait|worker|inline|inline-wait)
		in_service "$listen" "$2" ;;
	peer-session)
		in_service "listen udp:127.0.0.1:0" "exec cat" "$2" ;;
	recycle-after)
		in_service "$listen" "worker cat" "$2" ;;
	enabled) in_service "$listen" "exec cat" "$2" ;;
	*)	in_service "$listen" "$(kind_for "$1")" "$2" ;;
	esac
}

# accepted WORD LINE
accepted() {
	around "$1" "$2" >"$T/try.conf"
	"$BROOD" -t -f "$T/try.conf" 2>"$LOG"
}

# Refused for its value, and for nothing else.
refused() {
	around "$1" "$2" >"$T/try.conf"
	! "$BROOD" -t -f "$T/try.conf" 2>"$LOG" && [ "$(wc -l <"$LOG")" -eq 1 ] &&
	    grep -q "try.conf:[0-9]*:[0-9]*: $1 " "$LOG"
}

# What the page's examples name need not be here.
as_here() {
	sed -e 's/gunicorn.*/cat/' -e 's|/usr/sbin/.*|/bin/cat|' \
	    -e "s|/etc/brood|$T|" -e 's/exec \(git\|rsync\) .*/exec cat/' \
	    -e 's/user *\(git\|www-data\)/user root/' -e 's|/srv/app|/|' \
	    -e 's/:rsync/:873/' -e 's/:tftp/:69/' -e 's/adm/root/'
}

# whole NAME FILE: is all of it right?
whole() {
	as_here <"$2" >"$T/try.conf"
	check "$1" "$BROOD" -t -f "$T/try.conf" 2>"$LOG"
}

# ranges WORD: all its values of $T/values.
ranges() {
	while IFS=$TAB read -r word value; do
		[ "$word" = "$1" ] || continue
		case $value in
		+*) accepted "$1" "$1 ${value#+}" ;;
		-*) refused "$1" "$1 ${value#-}" ;;
		esac || { echo "# $1 $value" >&2; return 1; }
	done <"$T/values"
}

# ---- the points ----

items_of_page >"$T/page"
items_of_table >"$T/table"
check "there are words" test -s "$T/table"
is "every word is in the page, as the table has it" \
    "$(comm -13 "$T/page" "$T/table")" ""
is "the page has no other" "$(comm -23 "$T/page" "$T/table")" ""
examples_of_page >"$T/examples"
is "every word has an example" "$(cut -f 1 "$T/examples" | sort)" \
    "$(cut -f 1 "$T/table")"
if command -v mandoc >/dev/null 2>&1; then
	is "mandoc finds no fault" "$(mandoc -T lint -W style "$page" 2>&1 |
	    grep -v -e 'referenced manual not found' -e 'outdated mandoc.db')" ""
else
	skip "no mandoc"
fi
if [ "$(id -u)" -ne 0 ]; then
	skip "whether it is so: not root"
	finish
fi

while IFS=$TAB read -r word line; do
	check "an example: $line" accepted "$word" "$(echo "$line" | as_here)"
done <"$T/examples"
literal DESCRIPTION >"$T/description"
whole "the file of the description is right" "$T/description"
literal EXAMPLES >"$T/whole"
whole "the file of the examples is right" "$T/whole"
in_service "listen 127.0.0.1:0" "user root" "$(literal GRAMMAR)" >"$T/quotes"
whole "the quotes of the page are right" "$T/quotes"

defaults_of_table >"$T/defaults"
check "some defaults are values" test "$(wc -l <"$T/defaults")" -ge 12
while IFS=$TAB read -r word value; do
	check "a default: $word $value" accepted "$word" "$word $value"
done <"$T/defaults"

values_of_table >"$T/values"
check "some ranges are numbers" test "$(wc -l <"$T/values")" -ge 60
for word in $(cut -f 1 "$T/values" | uniq); do
	check "a range: $word" ranges "$word"
done
finish
