# private-lib.sh - for tests with files in /etc and a network of their own,
# which nobody else sees.  Sourced before lib.sh: the script starts again.

[ -n "${INSIDE-}" ] || ! unshare -mn true 2>/dev/null ||
    INSIDE=1 exec unshare -mn sh "$0"

# private_network: there is nothing in it but lo.
private_network() {
	[ -n "${INSIDE-}" ] || skip_all "no mount and network namespaces"
	need ip
	ip link set lo up
}

# private_file NAME: /etc/NAME is $T/NAME from now on.
private_file() {
	mount --bind "$T/$1" "/etc/$1" || skip_all "cannot mount"
}
