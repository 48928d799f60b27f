#!/bin/sh
# The manual page tells what the program is: the same options, exit statuses
# and log lines in both, and mandoc has nothing to say against it.
. "${srcdir:-.}/tests/integration/lib.sh"

page=$srcdir/src/brood/brood.8
src=$srcdir/src

# section NAME: the lines of one section of the page.
section() {
	awk -v want=".Sh $1" '/^\.Sh / { on = $0 == want } on' "$page"
}

# "n minimum-available", "- kind": an option's letter and its word.
options_of_help() {
	"$BROOD" --help | sed -n \
	    -e 's/^  -\(.\)  --\([a-z0-9-]*\).*/\1 \2/p' \
	    -e 's/^      --\([a-z0-9-]*\).*/- \1/p' | sort
}

options_of_page() {
	section OPTIONS | sed -n \
	    -e 's/^\.It Fl \(.\) , Fl -\([a-z0-9-]*\).*/\1 \2/p' \
	    -e 's/^\.It Fl -\([a-z0-9-]*\).*/- \1/p' | sort
}

statuses_of_source() {
	sed -n 's/^	EXIT_[A-Z]* *= \([0-9]*\).*/\1/p' "$src/tools/err.h" | sort
}

statuses_of_page() {
	section 'EXIT STATUS' | sed -n 's/^\.It \([0-9][0-9]*\).*/\1/p' | sort
}

# "warn pause": the verb of a log line and its level.
lines_of_source() {
	sed -n 's/.*log_\(error\|warn\|info\|debug\)("\([a-z][a-z-]*\).*/\1 \2/p' \
	    "$src"/*/*.c | sort -u
}

lines_of_page() {
	section LOG | awk '
		/^\.Ql (error|warn|info|debug) [:,]/ { level = $2 }
		/^\.It Xo/ { getline }
		/^(\.It|\.Li) / {
			verb = $1 == ".It" ? $3 : $2
			if (verb !~ /=/) print level, verb
		}' | sort -u
}

# missing WHAT A B: the lines of A that B lacks; none is a point.
missing() {
	is "$1" "$(comm -23 "$2" "$3")" ""
}

lint() {
	mandoc -T lint -W style "$page" 2>&1 |
	    grep -v -e 'referenced manual not found' -e 'outdated mandoc.db'
}

options_of_help >"$T/help"
options_of_page >"$T/page"
check "--help names options" test -s "$T/help"
missing "every option of --help is in the manual" "$T/help" "$T/page"
missing "every option of the manual is in --help" "$T/page" "$T/help"

statuses_of_source >"$T/source"
statuses_of_page >"$T/page"
check "the source names exit statuses" test -s "$T/source"
missing "every exit status is in the manual" "$T/source" "$T/page"
missing "every exit status of the manual exists" "$T/page" "$T/source"

lines_of_source >"$T/source"
lines_of_page >"$T/page"
check "the source logs" test -s "$T/source"
missing "every log line is in the manual, at its level" "$T/source" "$T/page"
unknown=$(while read -r level verb; do
	grep -q "\"${verb}[ \"]" "$src"/*/*.c || echo "$level $verb"
done <"$T/page")
is "every log line of the manual exists" "$unknown" ""

if command -v mandoc >/dev/null 2>&1; then
	is "mandoc finds no fault" "$(lint)" ""
else
	skip "no mandoc"
fi
finish
