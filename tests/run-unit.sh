#!/bin/sh
# usage: run-unit.sh [valgrind] PROGRAM
#
# Runs one test program so that only TAP reaches stdout: those of tests/unit
# are Criterion's, all others print TAP themselves.  One more point is added
# at the end: it fails when the program stopped half-way, when no test ran, or
# when a sanitizer or valgrind left a report; Criterion's own verdict knows
# none of these.
mode=plain
case $1 in valgrind) mode=valgrind; shift ;; esac
UNIT_MODE=$mode; export UNIT_MODE
case $1 in */*) prog=$1 ;; *) prog=./$1 ;; esac
name=$(basename "$prog")
dir=report.d/$name.$$
rm -rf "$dir"
mkdir -p "$dir" || { echo 'Bail out! no report folder'; exit 99; }
here=$(cd "$dir" && pwd)
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=1:log_path=$here/asan
UBSAN_OPTIONS=${UBSAN_OPTIONS-}:print_stacktrace=1:log_path=$here/ubsan
export ASAN_OPTIONS UBSAN_OPTIONS LC_ALL=C

reports() {
	find "$here" -type f ! -name tap -size +0 "$@"
}

case $prog in
*/unit/*) set -- "$prog" --tap="$here/tap" -j"${CRITERION_JOBS:-1}" ;;
*) set -- "$prog" ;;
esac
[ "$mode" = plain ] || set -- valgrind -q \
    --trace-children=yes --child-silent-after-fork=yes --leak-check=full \
    --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --log-file="$here/vg.%p" "$@"
case $prog in
*/unit/*) timeout -k 10 "${UNIT_LIMIT:-900}" "$@" >&2 </dev/null ;;
*) timeout -k 10 "${UNIT_LIMIT:-900}" "$@" >"$here/tap" </dev/null ;;
esac
status=$?
[ -s "$here/tap" ] || {
	reports -exec cat {} + >&2
	echo "Bail out! $name left no TAP (status $status)"
	exit 99
}

# The plan goes last, for it counts one point more.
grep -Ev '^1\.\.[0-9]+' "$here/tap"
planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$here/tap")
points=$(grep -Ec '^(not )?ok' "$here/tap")
failed=$(grep -c '^not ok' "$here/tap")
ran=$(grep -E '^(not )?ok' "$here/tap" | grep -vc '# SKIP')
why=
[ "$planned" = "$points" ] || why="$why; planned ${planned:-nothing}"
[ "$ran" -gt 0 ] || why="$why; none ran"
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || why="$why; status $status"
[ -z "$(reports)" ] || why="$why; reports are in $dir"
reports -exec cat {} + >&2
if [ -z "$why" ]; then
	echo "ok - $name: $points points, no report from sanitizer or valgrind"
	rm -rf "$dir"
else
	echo "not ok - $name: $points points$why"
fi
echo "1..$((points + 1))"
exit $status
