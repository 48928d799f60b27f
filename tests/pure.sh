#!/bin/sh
# scripts/pure holds for this tree.
srcdir=${srcdir:-.}
if said=$("$srcdir/scripts/pure" librules.a libtools.a); then
	echo "ok 1 - rules/ makes no system call"
else
	echo "not ok 1 - rules/ makes no system call"
	echo "$said" | sed 's/^/# /'
fi
# The check itself must be able to fail.
if "$srcdir/scripts/pure" libtools.a >/dev/null; then
	echo "not ok 2 - it finds one where there are some"
else
	echo "ok 2 - it finds one where there are some"
fi
echo 1..2
