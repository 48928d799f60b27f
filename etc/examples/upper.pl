#!/usr/bin/perl
# upper.pl - sends back all it gets, in capitals.
#
#	brood localhost:7000 etc/examples/upper.pl
#	echo hello | nc -N localhost 7000
#
# It reads and writes without buffers (sysread, syswrite): so a client that
# types gets its answer at once, and one that sends much is answered meanwhile.
use strict;
use warnings;

while (sysread STDIN, my $part, 65536) {
	syswrite STDOUT, uc $part or exit 0;
}
