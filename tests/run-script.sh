#!/bin/sh
# usage: run-script.sh SCRIPT
#
# Runs one test script, bounded in time (900 s: the longest take one minute,
# and ten on a machine that is slow and busy).  A script that hung, or under
# which a sanitizer spoke, fails whatever its points said.
name=$(basename "$1" .sh)
dir=report.d/$name.$$
rm -rf "$dir"
mkdir -p "$dir" || { echo 'Bail out! no report folder'; exit 99; }
# Servers may run as somebody else.
chmod 1777 "$dir"
here=$(cd "$dir" && pwd)
ASAN_OPTIONS=${ASAN_OPTIONS-}:log_path=$here/asan
UBSAN_OPTIONS=${UBSAN_OPTIONS-}:print_stacktrace=1:log_path=$here/ubsan
export ASAN_OPTIONS UBSAN_OPTIONS
timeout -k 10 "${SCRIPT_LIMIT:-900}" "${SHELL:-/bin/sh}" "$@" </dev/null
status=$?
if [ -n "$(find "$here" -type f -size +0)" ]; then
	find "$here" -type f -size +0 -exec cat {} + >&2
	echo "Bail out! $name: a sanitizer's report is in $dir"
	exit 99
fi
rm -rf "$dir"
[ "$status" -ne 124 ] || echo "Bail out! $name: not done after ${SCRIPT_LIMIT:-900} s"
exit $status
