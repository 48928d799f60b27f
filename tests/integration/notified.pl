#!/usr/bin/perl
# usage: notified.pl NAME OUT
# Be the other end of NOTIFY_SOCKET (a path, or @name): every message becomes
# a line in OUT, with `|' for its newlines and our monotonic clock in front.
# With OUT `-' read nothing.
use strict;
use warnings;
use Socket;
use IO::Handle;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($name, $out) = @ARGV;
(my $path = $name) =~ s/^@/\0/;
socket my $s, AF_UNIX, SOCK_DGRAM, 0 or die;
bind $s, pack_sockaddr_un($path) or die "$name: $!";
if ($out eq '-') {
	sleep 1000;
	exit;
}
open my $f, '>', $out or die;
$f->autoflush(1);
print $f "open\n";
while (defined recv $s, my $text, 4096, 0) {
	$text =~ s/\n/|/g;
	printf $f "%.0f %s\n", 1e6 * clock_gettime(CLOCK_MONOTONIC), $text;
}
