#!/bin/sh
# scripts/floors holds for this tree.
srcdir=${srcdir:-.}
if said=$("$srcdir/scripts/floors" "$srcdir/src" .); then
	echo "ok 1 - no upward include, no circle of includes or calls"
else
	echo "not ok 1 - no upward include, no circle of includes or calls"
	echo "$said" | sed 's/^/# /'
fi
# The check itself must be able to fail.
t=$(mktemp -d) || exit 99
trap 'rm -rf "$t"' EXIT
mkdir -p "$t/src/tools" "$t/src/os"
echo '#include "os/b.h"' >"$t/src/tools/a.h"
echo '#include "tools/a.h"' >"$t/src/os/b.h"
said=$("$srcdir/scripts/floors" "$t/src") && echo "not ok 2 - it finds an upward include"
case $said in
*higher*) echo "ok 2 - it finds an upward include" ;;
esac
case $said in
*circle*) echo "ok 3 - it finds a circle" ;;
*) echo "not ok 3 - it finds a circle" ;;
esac
echo 1..3
