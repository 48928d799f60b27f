#!/bin/sh
# The wall clock set forward or back ends nothing early and nothing late.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc
cc=${CC:-cc}
command -v "${cc%% *}" >/dev/null || skip_all "no compiler"

# A clock of its own for one process tree: CLOCK_REALTIME is off by as many
# seconds as the file $SHIFT says.
cat >"$T/shift.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile long long *shift;
__attribute__((constructor)) static void
start(void)
{
	int fd = open(getenv("SHIFT"), O_RDONLY | O_CLOEXEC);
	void *p = mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
	shift = p == MAP_FAILED ? NULL : p;
	close(fd);
}
int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, id, ts);
	if (r == 0 && shift != NULL && id == CLOCK_REALTIME)
		ts->tv_sec += *shift;
	return r;
}
time_t
time(time_t *t)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	if (t != NULL)
		*t = ts.tv_sec;
	return ts.tv_sec;
}
int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec ts;
	(void)tz;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}
C
$cc -shared -fPIC -o "$T/shift.so" "$T/shift.c" 2>/dev/null ||
    skip_all "cannot make a library"
SHIFT=$T/shift
export SHIFT

# jump SECONDS: from now on, for everybody who uses the library.
jump() {
	perl -e 'open my $f, "+<", $ARGV[0] or die; syswrite $f,
	    pack "q", $ARGV[1]' "$SHIFT" "$1"
}
need perl
head -c 8 /dev/zero >"$SHIFT"
LD_PRELOAD=$T/shift.so perl -e 'exit(time > 0 ? 0 : 1)' 2>/dev/null ||
    skip_all "cannot preload"
LD_PRELOAD=$T/shift.so "$BROOD" --version 2>/dev/null | grep -q '^brood' ||
    skip_all "cannot preload (a sanitizer?)"

jumps() {
	jump 0
	LD_PRELOAD=$T/shift.so brood_start --session-time 6s -n 2 \
	    --maximum-available 2 --idle-time 100ms 127.0.0.1:0 cat
	check "it serves" answers
	jump 86400
	day=$(date -u -d '+1 day' +%Y-%m-%d)
	check "a day later clients are served" answers
	wait_until log_has "^($day|$(date -u -d '+1 day' +%Y-%m-%d))"
	ok "and the log has that day"
	hold
	wait_until busy_is 1
	jump -31536000
	check "a year earlier, too" answers
	jump 4000000000
	check "after 2038, too" answers
	soon "and the session lives" busy_is 1
	jump -86400
	soon "it ends in its time" log_has ' end .* signal=TERM .*forced=1'
	check "not early, and not some clock later" awk '
	    / forced=1/ { sub(/.* seconds=/, ""); s = $1 }
	    END { exit !(s >= 6 && s < 3600) }' "$LOG"
	kill -TTIN "$M"
	soon "the pool grows" idle_is 3
	jump -31536000
	kill -TTOU "$M"
	soon "and shrinks" idle_is 2
	check "it stops with 0" brood_stop
	let_go
}
each_memory jumps
finish
