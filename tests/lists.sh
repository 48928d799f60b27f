#!/bin/sh
# Nothing is forgotten: every file of the tree is in the tarball, and every
# test is run.  Reads `lists`, which make wrote.
srcdir=${srcdir:-.}
top=$(pwd)
point=0
judge() {	# NAME MISSING
	point=$((point + 1))
	if [ -z "$2" ]; then
		echo "ok $point - $1"
	else
		echo "not ok $point - $1"
		echo "$2" | sed 's/^/# missing: /'
	fi
}

# listed WORD: what `lists` says, one path a line.
listed() {
	sed -n "s|^$1 ||p" "$top/lists" | sed 's|^\./||' | sort -u
}

# missing_from WORD: the lines of standard input that are not listed.
missing_from() {
	listed "$1" | awk '
		NR == FNR { have[$0] = 1; next }
		$0 in have { next }
		{ folder = $0; while (sub(/\/[^\/]*$/, "", folder)) if (folder in have) next }
		{ print }' - /dev/fd/3
}

cd "$srcdir" || exit 99
{
	find src tests -name '*.[ch1-9]' -o -name '*.sh' -o -name '*.am'
	find scripts etc tests/fuzz/corpus -type f ! -name '*~' 2>/dev/null
} | sort >"$top/lists.files"
judge "every file is in the tarball" \
    "$(missing_from dist 3<"$top/lists.files")"

{
	find tests/unit -name 'test_*.c'
	find tests/model tests/fuzz -name '*.c'
	find tests/*.sh tests/integration -name "*.sh" ! -name '*lib.sh' ! -name "run-*.sh"
} | sed 's/\.c$//' | sort >"$top/lists.files"
judge "every test is run" "$(missing_from test 3<"$top/lists.files")"
rm -f "$top/lists.files"
echo "1..$point"
