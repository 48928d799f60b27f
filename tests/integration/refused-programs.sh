#!/bin/sh
# A program that cannot be executed is found at start, not by the first client.
. "${srcdir:-.}/tests/integration/lib.sh"

refused() {
	brood_fails "$1" "$2" --pidfile "$T/pid" "unix:$T/s" "$3"
	if [ -e "$T/pid" ] || [ -e "$T/s" ]; then
		not_ok "something is left: $3"
	fi
}

echo text >"$T/file"
refused 69 'nosuch-program: not found in PATH' nosuch-program
refused 69 "$T/nosuch: No such file" "$T/nosuch"
refused 69 'nosuch: No such file' ./nosuch
refused 69 "$T/file/x: Not a directory" "$T/file/x"
refused 69 '.' ''
refused 69 "$(head -c 5000 /dev/zero | tr '\0' x | head -c 20)" \
    "/$(head -c 5000 /dev/zero | tr '\0' x)"
echo '#!/bin/sh' >"$T/plain"
refused 77 "$T/plain: Permission denied" "$T/plain"
refused 69 "$T: Is a directory" "$T"
mkfifo "$T/fifo"
chmod +x "$T/fifo"
refused 77 "$T/fifo: " "$T/fifo"
refused 77 '/dev/null: ' /dev/null
ln -s loop "$T/loop"
refused 69 "$T/loop: " "$T/loop"
ln -s gone "$T/dangling"
refused 69 "$T/dangling: No such file" "$T/dangling"

# In PATH one that may not be run is passed over, and told if it was the only
# one.
mkdir "$T/bin" "$T/bin2"
cp "$T/plain" "$T/bin/tool"
PATH="$T/bin:$PATH" refused 77 "$T/bin/tool: Permission denied" tool
cp "$T/plain" "$T/bin2/tool"
chmod +x "$T/bin2/tool"
PATH="$T/bin:$T/bin2:$PATH" brood_start "unix:$T/s" tool
check "the next one is taken" log_has "start program=$T/bin2/tool "
check "it stops with 0" brood_stop
(
	unset PATH
	exec /usr/bin/timeout 60 "$BROOD" "unix:$T/s" nosuch-program
) 2>"$T/fails" </dev/null
is "also without PATH" $? 69

# The user it will run as is asked, not the one who starts it.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 700 "$T/private"
	cp /bin/cat "$T/private/cat"
	brood_fails 77 "$T/private/cat: Permission denied" --user 65534 \
	    --pidfile "$T/pid" "unix:$T/s" "$T/private/cat"
	is "no file is left" "$(find "$T" -name s -o -name 'pid*')" ""
else
	skip "--user: not root"
fi
finish
