#!/bin/sh
# usage: run-unit.sh [valgrind] PROGRAM
# Runs one Criterion program so that only TAP reaches stdout.  One more point is
# added at the end: it fails when a sanitizer or valgrind left a report, or when
# no test ran, because Criterion's own verdict knows neither.
mode=plain
# Models and fuzz targets print TAP themselves.
case $1 in *tests/model/*|*tests/fuzz/*) exec timeout 300 "./$1" ;; esac
case $1 in valgrind) mode=valgrind; shift ;; esac
case $1 in */*) prog=$1 ;; *) prog=./$1 ;; esac
name=$(basename "$prog")
dir=report.d/$name.$$
rm -rf "$dir"
mkdir -p "$dir" || { echo 'Bail out! no report folder'; exit 99; }
here=$(cd "$dir" && pwd)
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=1:log_path=$here/asan
UBSAN_OPTIONS=${UBSAN_OPTIONS-}:print_stacktrace=1:log_path=$here/ubsan
export ASAN_OPTIONS UBSAN_OPTIONS LC_ALL=C
set -- "$prog" --tap="$here/tap" -j"${CRITERION_JOBS:-1}"
[ "$mode" = plain ] || set -- ./libtool --mode=execute valgrind -q \
  --trace-children=yes --child-silent-after-fork=yes --leak-check=full \
  --show-leak-kinds=definite --errors-for-leak-kinds=definite \
  --log-file="$here/vg.%p" "$@"
timeout "${UNIT_LIMIT:-300}" "$@" >&2 </dev/null
rc=$?
[ -s "$here/tap" ] || { echo "Bail out! $name left no TAP (status $rc)"; exit 99; }
awk '/^1\.\.[0-9]+$/ { split($0, a, /\.\./); print "1.." a[2] + 1; next } { print }' "$here/tap"
ran=$(grep -E '^(not )?ok' "$here/tap" | grep -vc '# SKIP')
find "$here" -type f ! -name tap -size +0 -exec cat {} + >&2
if [ "$ran" -gt 0 ] && [ -z "$(find "$here" -type f ! -name tap -size +0)" ]; then
  echo "ok - $name: $ran tests ran, no report from sanitizer or valgrind"
  rm -rf "$dir"
else
  echo "not ok - $name: $ran tests ran; reports are in $dir"
fi
exit $rc
