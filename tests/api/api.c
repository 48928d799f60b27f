/* api.c - brood.h called rightly and wrongly, from a process of its own.
 *
 * Each test is a function that runs in a forked process, bounded by an alarm:
 * one that crashes or hangs costs only itself.  That process is the host of
 * the services it makes; it turns them only when brood_fd() is readable, as
 * libbrood(3) allows.  All is on loopback, and on ports the kernel chose.
 *
 * usage: api [TEST ...]	(prints TAP)
 *        api serve ADDRESSES KINDS	(what the tests of brood_serve execute;
 *				s: streams, d: datagrams, q: is soon quiet)
 *        api list */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "lib/brood.h"

enum {
	PATIENCE_MS = 40000,	/* what must come true does so in this time */
	TEST_S      = 300,	/* one test */
	BLOCK_S     = 600,	/* a handler that blocks: longer than a test */
	REPLY_BYTES = 200000,	/* of what must not be cut */
	UNREAD_BYTES = 65536,
	BIG         = 65507,	/* the longest datagram of IPv4 */
	MOST_HOSTED = 4,
	MOST_PIDS   = 64
};

/* What all processes of a test see. */
static struct shared {
	_Atomic unsigned points, failed;
	_Atomic int host_pid;
	/* Events: how many of each, in the host and in children. */
	_Atomic unsigned event[5][2], bad_text, bad_client, bad_service, peers;
	_Atomic unsigned calls;		/* of a handler */
	_Atomic int result, error;	/* of its last call that matters */
	_Atomic long took_ms[2];
	_Atomic unsigned port;
} *shared;

static int report_fd;		/* standard output, whatever becomes of 1 */
static char folder[] = "/tmp/brood-api.XXXXXX";

/* ---- points ---- */

__attribute__((format(printf, 2, 3)))
static bool
ok(bool good, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (!good)
		shared->failed++;
	dprintf(report_fd, "%s %u - %s\n", good ? "ok" : "not ok",
	    ++shared->points, text);
	return good;
}

__attribute__((format(printf, 1, 2)))
static void
diag(const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n')
			*p = ';';
	dprintf(report_fd, "# %s\n", text);
}

static void
skip(const char *what)
{
	dprintf(report_fd, "ok %u - # SKIP %s\n", ++shared->points, what);
}

static void
is_number(long got, long want, const char *name)
{
	if (!ok(got == want, "%s", name))
		diag("got %ld, expected %ld", got, want);
}

static void
is_text(const char *got, const char *want, const char *name)
{
	if (!ok(strcmp(got, want) == 0, "%s", name))
		diag("got \"%s\", expected \"%s\"", got, want);
}

/* A call that must fail, with this errno (0: any) and a line that says why;
 * the service is NULL for functions that cannot leave one. */
#define REFUSES(b, call, want) do { \
	errno = 0; \
	long r_ = (call); \
	int e_ = errno; \
	refused((b), #call, r_, e_, (want)); \
} while (0)

static void
refused(const struct brood *b, const char *call, long r, int e, int want)
{
	const char *line = brood_error(b);
	bool said = line != NULL && (b == NULL || (line[0] != '\0' &&
	    line[strlen(line) - 1] != '\n'));
	bool right = want != 0 ? e == want : e != 0;

	if (!ok(r == -1 && right && said, "refused: %s", call))
		diag("returned %ld, errno %s, expected %s, error \"%s\"", r,
		    e != 0 ? strerrorname_np(e) : "0",
		    want != 0 ? strerrorname_np(want) : "any",
		    line != NULL ? line : "(NULL)");
}

/* A call that must not fail; ends the test if it does. */
#define MUST(b, call) do { \
	errno = 0; \
	if ((call) == -1) { \
		int e_ = errno; \
		ok(false, "%s", #call); \
		diag("%s: %s", strerror(e_), brood_error(b)); \
		exit(0); \
	} \
} while (0)

/* ---- time ---- */

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
sleep_ms(int ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end)
		poll(NULL, 0, (int)(end - now_ms()));
}

/* ---- the host: services in a poll loop ---- */

static struct brood *hosted[MOST_HOSTED];
static unsigned nhosted;
static int64_t longest_turn_ms;
static int last_turn = 1;	/* what brood_turn() of one that ended said */

static void
host(struct brood *b)
{
	hosted[nhosted++] = b;
}

static bool
is_hosted(const struct brood *b)
{
	for (unsigned i = 0; i < nhosted; i++)
		if (hosted[i] == b)
			return true;
	return false;
}

static void
turn(unsigned i)
{
	int64_t began = now_ms();
	int r = brood_turn(hosted[i]);

	if (now_ms() - began > longest_turn_ms)
		longest_turn_ms = now_ms() - began;
	if (r == 1)
		return;
	last_turn = r;
	hosted[i] = hosted[--nhosted];
}

/* One round: also returns when fd has something (events as of poll). */
static bool
pump(int fd, short events, int ms)
{
	struct pollfd p[MOST_HOSTED + 1];
	unsigned n = nhosted;

	for (unsigned i = 0; i < n; i++)
		p[i] = (struct pollfd){ brood_fd(hosted[i]), POLLIN, 0 };
	p[n] = (struct pollfd){ fd, events, 0 };
	if (poll(p, n + 1, ms) <= 0)
		return false;
	for (unsigned i = n; i-- > 0;)
		if (p[i].revents != 0)
			turn(i);
	return p[n].revents != 0;
}

/* Is it true, now or soon? */
#define SOON(condition) ({ \
	int64_t end_ = now_ms() + PATIENCE_MS; \
	bool good_; \
	while (!(good_ = (condition)) && now_ms() < end_) \
		pump(-1, 0, 10); \
	good_; \
})

static void
pump_for(int ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end)
		pump(-1, 0, 10);
}

/* ---- clients ---- */

static int
dial_at(const char *ip, unsigned port, int type)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	to.sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, ip, &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
dial(unsigned port)
{
	return dial_at("127.0.0.1", port, SOCK_STREAM);
}

static int
dial_path(const char *path, int type)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Children that were started meanwhile have our end, too: close(2) alone would
 * not end the connection. */
static void
hang_up(int fd)
{
	if (fd == -1)
		return;
	shutdown(fd, SHUT_RDWR);
	close(fd);
}

/* Read until the end, while services go on.  -1: a reset, or no end in time
 * (ETIMEDOUT). */
static ssize_t
take(int fd, char *to, size_t size)
{
	int64_t end = now_ms() + PATIENCE_MS;
	size_t n = 0;

	while (now_ms() < end && n < size) {
		ssize_t r;

		if (!pump(fd, POLLIN, 50))
			continue;
		r = recv(fd, to + n, size - n, MSG_DONTWAIT);
		if (r == -1 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (r <= 0)
			return r == 0 ? (ssize_t)n : -1;
		n += (size_t)r;
	}
	if (n == size)
		return (ssize_t)n;
	errno = ETIMEDOUT;
	return -1;
}

/* Send text, read the whole reply: a text, "(errno)" if that failed. */
static const char *
ask_on(int fd, const char *text)
{
	static char reply[4096];
	ssize_t n = -1;

	if (fd != -1 && (text[0] == '\0' ||
	    send(fd, text, strlen(text), MSG_NOSIGNAL) != -1))
		n = take(fd, reply, sizeof reply - 1);
	if (n == -1)
		snprintf(reply, sizeof reply, "(%s)", strerrorname_np(errno));
	else
		reply[n] = '\0';
	hang_up(fd);
	return reply;
}

static const char *
ask(unsigned port, const char *text)
{
	return ask_on(dial(port), text);
}

/* One exchange of a connection that stays. */
static bool
echoes(int fd)
{
	char c = 0;
	int64_t end = now_ms() + PATIENCE_MS;

	if (send(fd, "x", 1, MSG_NOSIGNAL) != 1)
		return false;
	while (now_ms() < end)
		if (pump(fd, POLLIN, 50))
			return recv(fd, &c, 1, MSG_DONTWAIT) == 1 && c == 'x';
	return false;
}

/* A client that is being served, by handler obey. */
static int
hold(unsigned port)
{
	int fd = dial(port);

	if (fd == -1 || send(fd, "h", 1, MSG_NOSIGNAL) != 1 || !echoes(fd))
		ok(false, "a client is served and stays");
	return fd;
}

/* One datagram and its answer; -1 if there is none soon. */
static ssize_t
exchange_for(int fd, const void *data, size_t n, char *to, size_t size, int ms)
{
	int64_t end = now_ms() + ms;

	if (send(fd, data, n, MSG_NOSIGNAL) == -1)
		return -1;
	while (now_ms() < end)
		if (pump(fd, POLLIN, 50))
			return recv(fd, to, size, MSG_DONTWAIT);
	errno = ETIMEDOUT;
	return -1;
}

static ssize_t
exchange(int fd, const void *data, size_t n, char *to, size_t size)
{
	return exchange_for(fd, data, n, to, size, PATIENCE_MS);
}

static const char *
exchange_text(int fd, const char *text)
{
	static char reply[256];
	ssize_t n = exchange(fd, text, strlen(text), reply, sizeof reply - 1);

	if (n == -1)
		snprintf(reply, sizeof reply, "(%s)", strerrorname_np(errno));
	else
		reply[n] = '\0';
	return reply;
}

/* ---- what handlers do ---- */

static void
name_address(const struct sockaddr *sa, char *to, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
	char ip[INET_ADDRSTRLEN] = "?";

	if (sa == NULL || sa->sa_family != AF_INET) {
		snprintf(to, size, "family=%d", sa != NULL ? sa->sa_family : -1);
		return;
	}
	inet_ntop(AF_INET, &in->sin_addr, ip, sizeof ip);
	snprintf(to, size, "%s:%u", ip, ntohs(in->sin_port));
}

static void
name_ends(struct brood_client *c, char *to, size_t size)
{
	char peer[64], local[64];
	socklen_t len = 0;

	name_address(brood_peer(c, &len), peer, sizeof peer);
	name_address(brood_local(c, NULL), local, sizeof local);
	snprintf(to, size, "%s %s", peer, local);
}

static void
name_user(struct brood_client *c, char *to, size_t size)
{
	unsigned uid = 0, gid = 0;
	int pid = 0;

	errno = 0;
	if (brood_peer_user(c, &uid, &gid, &pid) == -1)
		snprintf(to, size, "%s", errno == ENOTSUP ? "ENOTSUP" :
		    strerrorname_np(errno));
	else
		snprintf(to, size, "%u %u %d", uid, gid, pid);
}

static void
echo_on(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char data[4096];
	ssize_t n;

	/* Bounded: we may have a copy of the client's end ourselves, and then
	 * never see its close. */
	while (poll(&p, 1, BLOCK_S * 1000) == 1) {
		n = read(fd, data, sizeof data);
		if (n <= 0 || write(fd, data, (size_t)n) != n)
			return;
	}
}

static void
name_signals(int fd)
{
	sigset_t blocked;
	struct sigaction pipe, chld;
	int flags = fcntl(fd, F_GETFL);

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	sigaction(SIGPIPE, NULL, &pipe);
	sigaction(SIGUSR1, NULL, &chld);
	dprintf(fd, "pipe=%s term=%s usr1=%s fd=%s,%s",
	    pipe.sa_handler == SIG_IGN ? "ignored" : "taken",
	    sigismember(&blocked, SIGTERM) ? "blocked" : "open",
	    chld.sa_handler == SIG_DFL ? "default" : "taken",
	    (flags & O_NONBLOCK) != 0 ? "nonblocking" : "blocking",
	    (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 ? "cloexec" : "inherited");
}

/* A process that outlives the session and has nothing of its connection. */
static void
leave_child(int fd)
{
	if (fork() == 0) {
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	dprintf(fd, "left");
}

static void
write_to_nobody(int fd)
{
	struct pollfd p = { fd, POLLRDHUP | POLLHUP, 0 };
	char data[4096] = { 0 };
	ssize_t r = 0;

	poll(&p, 1, PATIENCE_MS);
	for (int i = 0; i < 100 && r != -1; i++)
		r = write(fd, data, sizeof data);
	shared->error = r == -1 ? errno : 0;
	shared->calls++;
}

static void
spoil_signals(int fd)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dprintf(fd, "spoilt");
}

/* What belongs to the master, called in a child. */
static void
call_wrongly(struct brood *b, int fd)
{
	brood_stop(b);
	brood_turn(b);
	brood_unlisten(b);
	brood_listen(b, "127.0.0.1:0");
	brood_start(b);
	brood_set(b, "minimum-available", "9");
	brood_renew(b);
	dprintf(fd, "called");
}

static void
block(void)
{
	int64_t end = now_ms() + BLOCK_S * 1000;

	while (now_ms() < end)
		sleep(1);
}

static void
two_ends(struct brood_client *c, int fd)
{
	char text[160];

	name_ends(c, text, sizeof text);
	dprintf(fd, "%s", text);
}

static void
user(struct brood_client *c, int fd)
{
	char text[160];

	name_user(c, text, sizeof text);
	dprintf(fd, "%s", text);
}

/* Functions for datagrams, with a connection, and brood_finish() twice. */
static void
misuse(struct brood_client *c, int fd)
{
	int reply = brood_reply(c, "x", 1), first, second;
	bool truncated = brood_truncated(c);

	dprintf(fd, "reply %d truncated %d", reply, truncated);
	first = brood_finish(c);
	second = brood_finish(c);
	shared->result = first * 10 + second;
	shared->calls++;
}

/* The first byte a client sends says what is to be done. */
static void
obey(struct brood_client *c, int fd, void *arg)
{
	struct brood *b = arg != NULL ? *(struct brood **)arg : NULL;
	char what = 0;

	if (read(fd, &what, 1) != 1)
		return;
	switch (what) {
	case 'p': dprintf(fd, "%d", (int)getpid()); break;
	case 'h': echo_on(fd); break;
	case 't': __builtin_trap();
	case 'a': abort();
	case 'k': kill(getpid(), SIGKILL); break;
	case 'e': _exit(3);
	case 'x': exit(0);
	case 'l': dprintf(fd, "%d", open("/dev/null", O_RDONLY)); break;
	case 'c': leave_child(fd); break;
	case 'b': block(); break;
	case 'w': write_to_nobody(fd); break;
	case 'f': dprintf(fd, "closed"); close(fd); break;
	case 'F': dprintf(fd, "all"); closefrom(3); break;
	case 's': name_signals(fd); break;
	case 'S': spoil_signals(fd); break;
	case 'm': call_wrongly(b, fd); break;
	case 'M': dprintf(fd, "freed"); brood_free(b); break;
	case 'U': shutdown(brood_listener(b, 0, NULL, 0, NULL), SHUT_RDWR);
		dprintf(fd, "shut"); break;
	case 'P': two_ends(c, fd); break;
	case 'u': user(c, fd); break;
	case 'r': misuse(c, fd); break;
	default: dprintf(fd, "what?"); break;
	}
}

/* Writes much, reads nothing, ends gracefully. */
static void
finishes(struct brood_client *c, int fd, void *arg)
{
	static char data[REPLY_BYTES];
	size_t done = 0;
	int64_t began;
	unsigned me;

	(void)arg;
	memset(data, 'r', sizeof data);
	while (done < sizeof data) {
		ssize_t n = write(fd, data + done, sizeof data - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	began = now_ms();
	shared->result = brood_finish(c);
	me = shared->calls++;
	if (me < 2)
		shared->took_ms[me] = now_ms() - began;
}

static void
too_long(struct brood_client *c, size_t n)
{
	static char data[70000];
	char text[64];
	int r;

	errno = 0;
	r = brood_reply(c, data, n);
	snprintf(text, sizeof text, "%d %s", r, strerrorname_np(errno));
	brood_reply(c, text, strlen(text));
}

/* The first byte of a datagram says what is to be done. */
static void
obey_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	const char *what = data;
	char text[160] = "what?";
	int r;

	(void)arg;
	if (n == 0 || what[0] == 'e') {
		errno = 0;
		r = brood_reply(c, data, n);
		shared->error = errno;
		shared->result = r;
		shared->calls++;
		return;
	}
	switch (what[0]) {
	case 'P': name_ends(c, text, sizeof text); break;
	case 'u': name_user(c, text, sizeof text); break;
	case 'n': snprintf(text, sizeof text, "%zu %d", n, brood_truncated(c));
		break;
	case 'f': snprintf(text, sizeof text, "%d", brood_finish(c)); break;
	case 'p': snprintf(text, sizeof text, "%d", (int)getpid()); break;
	case '3': brood_reply(c, "1", 1); brood_reply(c, "2", 1);
		snprintf(text, sizeof text, "3"); break;
	case 'b': too_long(c, BIG + 1); return;
	case 's': too_long(c, 513); return;
	case 'x': _exit(3);
	default: break;
	}
	brood_reply(c, text, strlen(text));
}

static void
note(struct brood *b, enum brood_event what, struct brood_client *client,
    const char *text, void *arg)
{
	bool in_child = getpid() != shared->host_pid;
	bool wants_client = in_child && (what == BROOD_EVENT_BEGIN ||
	    what == BROOD_EVENT_END);
	socklen_t len = 0;

	shared->event[what][in_child]++;
	if (text == NULL || strchr(text, '\n') != NULL)
		shared->bad_text++;
	if ((client != NULL) != wants_client)
		shared->bad_client++;
	if (b != *(struct brood **)arg)
		shared->bad_service++;
	if (client != NULL && brood_peer(client, &len) != NULL && len > 0)
		shared->peers++;
}

/* ---- services ---- */

static unsigned
port_of(const struct brood *b, unsigned i)
{
	unsigned port = 0;

	if (brood_listener(b, i, NULL, 0, &port) == -1)
		ok(false, "listener %u has a port", i);
	return port;
}

/* A service with these settings (words and values, then NULL), not yet
 * listening.  The handlers are told where it is. */
static struct brood *
make_with(const char *const *settings)
{
	static struct brood *services[8];
	static unsigned n;
	struct brood **at = &services[n++];
	struct brood *b = brood_new();

	if (b == NULL) {
		ok(false, "brood_new");
		exit(0);
	}
	*at = b;
	MUST(b, brood_on_stream(b, obey, at));
	MUST(b, brood_on_datagram(b, obey_datagram, at));
	MUST(b, brood_on_event(b, note, at));
	for (; settings[0] != NULL; settings += 2)
		if (brood_set(b, settings[0], settings[1]) == -1) {
			ok(false, "setting %s to %s", settings[0], settings[1]);
			diag("%s", brood_error(b));
		}
	return b;
}
#define MAKE(...) make_with((const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

/* ... listening, started and hosted. */
static struct brood *
begin_at(const char *addresses, const char *const *settings)
{
	struct brood *b = make_with(settings);

	MUST(b, brood_listen(b, addresses));
	MUST(b, brood_start(b));
	host(b);
	return b;
}
#define BEGIN_AT(addresses, ...) begin_at(addresses, \
	(const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })
#define BEGIN(...) BEGIN_AT("127.0.0.1:0" __VA_OPT__(,) __VA_ARGS__)

static bool
has_ended(const struct brood *b)
{
	return !is_hosted(b);
}

static void
end_now(struct brood *b)
{
	brood_stop(b);
	brood_stop(b);
	ok(SOON(has_ended(b)), "it ends when it is asked twice");
	brood_free(b);
}

static bool
is_refused(unsigned port)
{
	int fd = dial(port);

	if (fd == -1)
		return true;
	close(fd);
	return false;
}

/* ---- other processes ---- */

/* The state of a process as proc_pid_stat(5) has it, 'X' if there is none. */
static char
state_of(int pid)
{
	char path[64], line[400] = "", *p;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 'X';
	if (read(fd, line, sizeof line - 1) <= 0)
		line[0] = '\0';
	close(fd);
	p = strrchr(line, ')');
	return p != NULL && p[1] == ' ' ? p[2] : 'X';
}

/* Children of a process, whatever their state; zombies counted in *zombies_r. */
static unsigned
children_of(int pid, int pids[MOST_PIDS], unsigned *zombies_r)
{
	char path[64], text[4096] = "", *p = text, *word;
	unsigned n = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || read(fd, text, sizeof text - 1) == -1)
		diag("cannot read %s", path);
	if (fd != -1)
		close(fd);
	*zombies_r = 0;
	while ((word = strsep(&p, " ")) != NULL && n < MOST_PIDS) {
		if (word[0] == '\0')
			continue;
		pids[n] = atoi(word);
		*zombies_r += state_of(pids[n++]) == 'Z';
	}
	return n;
}

static unsigned
count_children(void)
{
	int pids[MOST_PIDS];
	unsigned zombies;

	return children_of(getpid(), pids, &zombies);
}

static unsigned
count_zombies(void)
{
	int pids[MOST_PIDS];
	unsigned zombies;

	children_of(getpid(), pids, &zombies);
	return zombies;
}

static unsigned
count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

/* The status of a process, or -1 if it does not end in time. */
static int
status_of(pid_t pid, int ms)
{
	int64_t end = now_ms() + ms;
	int status;

	while (now_ms() < end) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) :
			    256 + WTERMSIG(status);
		pump(-1, 0, 10);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

/* A socket on loopback as a supervisor would open one; its port. */
static int
given_socket(int type, unsigned *port_r)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof at) == -1 ||
	    (type == SOCK_STREAM && listen(fd, 5) == -1) ||
	    getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		diag("no socket to give: %s", strerror(errno));
	*port_r = ntohs(at.sin_port);
	return fd;
}

/* A port that nobody has. */
static unsigned
free_port(void)
{
	unsigned port;
	int fd = given_socket(SOCK_STREAM, &port);

	close(fd);
	return port;
}

/* ---- tests: nothing to call ---- */

static void
null_service(void)
{
	char *const argv[] = { (char *)"cat", NULL };
	struct brood *b = NULL;

	brood_free(NULL);
	ok(brood_error(NULL) != NULL, "brood_error(NULL) is a text");
	ok(brood_exit_status(NULL) != 0, "brood_exit_status(NULL) is not 0");
	REFUSES(b, brood_on_stream(b, obey, NULL), EINVAL);
	REFUSES(b, brood_on_datagram(b, obey_datagram, NULL), EINVAL);
	REFUSES(b, brood_program(b, argv), EINVAL);
	REFUSES(b, brood_set(b, "children", "1"), EINVAL);
	REFUSES(b, brood_listen(b, "127.0.0.1:0"), EINVAL);
	REFUSES(b, brood_unlisten(b), EINVAL);
	ok(!brood_is_listening(b), "brood_is_listening(NULL) is false");
	REFUSES(NULL, brood_listener(b, 0, NULL, 0, NULL), 0);
	REFUSES(b, brood_start(b), EINVAL);
	REFUSES(NULL, brood_fd(b), EINVAL);
	REFUSES(b, brood_turn(b), EINVAL);
	REFUSES(b, brood_stop(b), EINVAL);
	REFUSES(b, brood_renew(b), EINVAL);
	REFUSES(b, brood_on_event(b, note, NULL), EINVAL);
	for (int i = BROOD_AVAILABLE; i <= BROOD_DEATHS; i++)
		is_number((long)brood_count(b, (enum brood_count)i), 0,
		    "brood_count(NULL) is 0");
	ok(brood_run(b) > 0, "brood_run(NULL) is an exit status");
}

static void
null_service_served(void)
{
	int ends[2];
	char line[200] = "";

	if (pipe2(ends, O_CLOEXEC) == -1 || dup2(ends[1], 2) == -1)
		return;
	ok(brood_serve(NULL, "127.0.0.1:0") > 0,
	    "brood_serve(NULL) is an exit status");
	close(ends[1]);
	close(2);
	ok(read(ends[0], line, sizeof line - 1) > 0,
	    "and a line on standard error");
}

static void
null_client(void)
{
	socklen_t len;

	ok(brood_peer(NULL, &len) == NULL, "the peer of no client is NULL");
	ok(brood_local(NULL, NULL) == NULL, "and so its local address");
	ok(brood_peer_user(NULL, NULL, NULL, NULL) == -1, "it has no user");
	ok(brood_reply(NULL, "x", 1) == -1, "and gets no answer");
	ok(!brood_truncated(NULL), "nor is it truncated");
	ok(brood_finish(NULL) == -1, "nor finished");
}

static void
null_arguments(void)
{
	struct brood *b = brood_new();
	char *const none[] = { NULL };

	REFUSES(b, brood_on_stream(b, NULL, NULL), EINVAL);
	REFUSES(b, brood_on_datagram(b, NULL, NULL), EINVAL);
	REFUSES(b, brood_program(b, NULL), EINVAL);
	REFUSES(b, brood_program(b, none), EINVAL);
	REFUSES(b, brood_set(b, NULL, "1"), EINVAL);
	REFUSES(b, brood_set(b, "children", NULL), EINVAL);
	REFUSES(b, brood_listen(b, NULL), EINVAL);
	ok(brood_on_event(b, NULL, NULL) == 0, "no event function is one");
	brood_free(b);
}

/* ---- tests: words ---- */

static void
wrong_words(void)
{
	static const struct {
		const char *word, *value;
	} wrong[] = {
		{ "no-such-word", "1" },
		{ "", "1" },
		{ "--minimum-available", "4" },
		{ "minimum_available", "4" },
		{ "MINIMUM-AVAILABLE", "4" },
		{ "minimum", "4" },
		{ "n", "4" },
		{ "minimum-available", "" },
		{ "minimum-available", "0" },
		{ "minimum-available", "-1" },
		{ "minimum-available", "4x" },
		{ "minimum-available", " 4" },
		{ "minimum-available", "0x4" },
		{ "minimum-available", "1e3" },
		{ "minimum-available", "32769" },
		{ "minimum-available", "99999999999999999999" },
		{ "session-time", "5 parsecs" },
		{ "session-time", "11d" },
		{ "session-time", "-1s" },
		{ "linger", "maybe" },
		{ "linger", "" },
		{ "kind", "nosuchkind" },
		{ "limit", "nosuch=1" },
		{ "limit", "nofile" },
		{ "env", "=x" },
		{ "umask", "9" },
		{ "socket-mode", "01777" },
	};
	struct brood *b = brood_new();

	ok(brood_error(b) != NULL, "a new service has an error text");
	is_text(brood_error(b), "", "which is empty");
	is_number(brood_exit_status(b), 0, "and its exit status is 0");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int r, e;

		errno = 0;
		r = brood_set(b, wrong[i].word, wrong[i].value);
		e = errno;
		if (!ok(r == -1 && e == EINVAL && brood_error(b)[0] != '\0' &&
		    strstr(brood_error(b), wrong[i].word) != NULL,
		    "no setting: \"%s\" \"%s\"", wrong[i].word, wrong[i].value))
			diag("returned %d, errno %s, error \"%s\"", r,
			    e != 0 ? strerrorname_np(e) : "0", brood_error(b));
	}
	is_number(brood_exit_status(b), EX_USAGE, "the exit status is that of usage");
	ok(brood_set(b, "minimum-available", "5") == 0,
	    "a right word is taken after all these");
	brood_free(b);
}

/* Does a new service take it? */
static bool
takes(const char *word, const char *value)
{
	struct brood *b = brood_new();
	bool taken = brood_set(b, word, value) == 0;

	brood_free(b);
	return taken;
}

/* A value as its name documents it: "a|b" is a choice of literals, others
 * have an example here. */
static bool
takes_documented(const char *word, const char *value)
{
	static const char *const examples[] = {
		"1", "8", "5s", "yes", "/", "/tmp/brood-api-none", "0600",
		"root", "nofile=64", "NAME=x", "name", "lo", "TERM", "notify",
		"exec", "einhorn", "127.0.0.1", "127.0.0.0/8", "1000/s", "64k",
		"ready true"
	};
	char copy[128], *p = copy, *literal;

	if (value == NULL)
		return takes(word, "yes") && takes(word, "no");
	for (const char *q = value; *q != '\0'; q++)
		if (isupper((unsigned char)*q) || strchr("[]<>.=", *q) != NULL) {
			for (size_t i = 0;
			    i < sizeof examples / sizeof examples[0]; i++)
				if (takes(word, examples[i]))
					return true;
			return false;
		}
	snprintf(copy, sizeof copy, "%s", value);
	while ((literal = strsep(&p, "|")) != NULL)
		if (!takes(word, literal)) {
			diag("%s does not take %s", word, literal);
			return false;
		}
	return true;
}

static bool
is_word(const char *s)
{
	return s[0] != '\0' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

/* Blanks belong to prose: everything else is how it would be written. */
static bool
takes_default(const struct brood_word *w)
{
	return w->initial[0] == '\0' || strchr(w->initial, ' ') != NULL ||
	    strcmp(w->initial, "never") == 0 || takes(w->name, w->initial);
}

static bool
is_sane(const struct brood_word *w)
{
	return is_word(w->name) && w->help != NULL && w->help[0] != '\0' &&
	    strchr(w->help, '\n') == NULL &&
	    (w->value == NULL || w->value[0] != '\0') &&
	    w->range != NULL && w->range[0] != '\0' &&
	    w->initial != NULL && w->kinds != NULL &&
	    w->since != NULL && w->since[0] >= '0' && w->since[0] <= '9';
}

/* "1 to 32768": the ends are taken, what is beyond them is not. */
static void
holds_range(const struct brood_word *w)
{
	char low[32], high[32], below[32], above[32];
	long long min, max;

	if (sscanf(w->range, "%lldms to %lldd", &min, &max) == 2) {
		snprintf(low, sizeof low, "%lldms", min);
		snprintf(below, sizeof below, "%lldms", min - 1);
		snprintf(high, sizeof high, "%lldd", max);
		snprintf(above, sizeof above, "%lldd", max + 1);
	} else if (strcmp(w->value != NULL ? w->value : "", "N") == 0 &&
	    sscanf(w->range, "%lld to %lld", &min, &max) == 2) {
		snprintf(low, sizeof low, "%lld", min);
		snprintf(below, sizeof below, "%lld", min - 1);
		snprintf(high, sizeof high, "%lld", max);
		snprintf(above, sizeof above, "%lld", max + 1);
	} else {
		return;
	}
	ok(takes(w->name, low) && takes(w->name, high) &&
	    !takes(w->name, below) && !takes(w->name, above),
	    "%s is %s, and not beyond", w->name, w->range);
}

static void
words(void)
{
	static const char *const musts[] = {
		"minimum-available", "maximum-available", "maximum-connected",
		"children", "backlog", "idle-time", "session-time", "stop-time",
		"kind", "user", "interface", "name", "control", "groups", "on"
	};
	const struct brood_word *w;
	const char *seen[256];
	unsigned n, live = 0, many = 0;

	for (n = 0; (w = brood_word(n)) != NULL; n++) {
		bool twice = false;

		if (n == 256)
			break;
		for (unsigned i = 0; i < n; i++)
			twice |= strcmp(seen[i], w->name) == 0;
		seen[n] = w->name;
		if (!ok(is_sane(w) && !twice, "word %u, %s, is sane", n, w->name))
			diag("value %s, range %s, help %s", w->value, w->range,
			    w->help);
		if (!ok(takes_documented(w->name, w->value),
		    "and takes its documented form, %s",
		    w->value != NULL ? w->value : "yes and no"))
			diag("help: %s", w->help);
		if (!takes_default(w))
			ok(false, "%s takes its default, %s", w->name, w->initial);
		holds_range(w);
		live += w->live;
		many += w->many;
	}
	ok(n > 10 && n < 256, "there are some words");
	ok(brood_word(n + 1) == NULL && brood_word(UINT_MAX) == NULL,
	    "and none behind the last");
	ok(live == 3, "three may be set while it runs");
	ok(many == 3, "and three count each time");
	ok(brood_can_share() == brood_can_share() &&
	    takes("memory", "shared"), "memory can be asked for");
	for (size_t i = 0; i < sizeof musts / sizeof musts[0]; i++) {
		bool found = false;

		for (unsigned k = 0; k < n; k++)
			found |= strcmp(seen[k], musts[i]) == 0;
		ok(found, "%s is a word", musts[i]);
	}
}

/* What brood_check() says of one word beside a program. */
static bool
checks(const char *program, const char *word, const char *value, int status,
    const char *text)
{
	char *argv[] = { (char *)(uintptr_t)program, NULL };
	struct brood *b = brood_new();
	int r, e;
	bool good;

	brood_program(b, argv);
	if (word != NULL && brood_set(b, word, value) == -1)
		diag("cannot set %s: %s", word, brood_error(b));
	errno = 0;
	r = brood_check(b, true);
	e = errno;
	good = r == (status == 0 ? 0 : -1) && brood_exit_status(b) == status &&
	    strstr(brood_error(b), text) != NULL && (r == 0 || e != 0);
	if (!good)
		diag("returned %d, errno %d, status %d: %s", r, e,
		    brood_exit_status(b), brood_error(b));
	brood_free(b);
	return good;
}

static void
checking(void)
{
	struct brood *b;

	ok(checks("cat", NULL, NULL, 0, ""), "what is right is found right");
	ok(checks("cat", "minimum-available", "300", EX_USAGE,
	    "above maximum-connected"), "limits are checked together");
	ok(checks("cat", "overlap", "2", EX_USAGE, "expected kind worker"),
	    "words of other kinds are found");
	ok(checks("cat", "kind", "inline", EX_USAGE, "expected a function"),
	    "and a missing function");
	ok(checks("/nonexistent/program", NULL, NULL, EX_UNAVAILABLE,
	    "/nonexistent/program"), "a program must be there");
	ok(checks("/etc/passwd", NULL, NULL, EX_NOPERM, "/etc/passwd"),
	    "and executable");
	ok(checks("cat", "user", "no-such-user", EX_USAGE, "no-such-user"),
	    "a user must exist");
	ok(checks("cat", "control-look", "*", EX_USAGE, "expected control"),
	    "who may use a control socket needs one");
	b = brood_new();
	brood_on_stream(b, obey, NULL);
	for (int i = 0; i < 3; i++)
		ok(brood_check(b, true) == 0, "it may be asked often");
	ok(!brood_is_listening(b) && brood_listen(b, "127.0.0.1:0") == 0,
	    "and changes nothing");
	ok(brood_check(b, true) == -1 && errno == EBUSY, "when it listens it is late");
	brood_free(b);
	ok(brood_check(NULL, true) == -1 && errno == EINVAL, "nothing is no service");
}

/* Does a service of streams fit there; and what is said? */
static bool
fits(const char *const *addresses, unsigned n, const char *memory,
    const char *text)
{
	struct brood *b = brood_new();
	bool good;
	int r;

	brood_on_stream(b, obey, NULL);
	if (memory != NULL)
		brood_set(b, "memory", memory);
	r = brood_fits(b, addresses, n);
	good = r == (text[0] == '\0' ? 0 : -1) &&
	    strstr(brood_error(b), text) != NULL && !brood_is_listening(b);
	if (!good)
		diag("returned %d: %s", r, brood_error(b));
	brood_free(b);
	return good;
}

static void
fitting(void)
{
	const char *const streams[] = { "127.0.0.1:0", "unix:/nowhere/at,all",
	    "fd:unknown" };
	const char *const datagrams[] = { "127.0.0.1:0", "udp:127.0.0.1:0" };
	const char *const none[] = { "127.0.0.1:0", "nonsense:nowhere:0" };

	ok(fits(streams, 3, NULL, ""), "streams fit a function for streams");
	ok(fits(datagrams, 2, NULL, "cannot listen on udp:127.0.0.1:0: "
	    "expected tcp"), "datagrams do not, and which is said");
	ok(fits(none, 2, NULL, "cannot listen on nonsense:nowhere:0: "),
	    "what is no address fits nothing");
	ok(fits(streams, 1, "shared", "memory shared cannot be had"),
	    "and functions have memory of their own");
	ok(brood_fits(NULL, streams, 1) == -1 && errno == EINVAL,
	    "nothing fits nowhere");
}

/* ---- tests: order ---- */

static void
before_listening(void)
{
	struct brood *b = brood_new();

	ok(!brood_is_listening(b), "a new service does not listen");
	REFUSES(NULL, brood_listener(b, 0, NULL, 0, NULL), ENOENT);
	REFUSES(b, brood_unlisten(b), 0);
	REFUSES(b, brood_start(b), 0);
	REFUSES(NULL, brood_fd(b), 0);
	REFUSES(b, brood_turn(b), 0);
	REFUSES(b, brood_stop(b), 0);
	REFUSES(b, brood_renew(b), 0);
	ok(brood_run(b) > 0 && brood_error(b)[0] != '\0',
	    "brood_run is an exit status, and says why");
	is_number((long)brood_count(b, BROOD_AVAILABLE), 0, "nobody waits");
	brood_free(b);
	b = brood_new();
	REFUSES(b, brood_listen(b, "127.0.0.1:0"), EINVAL);
	brood_free(b);
}

static void
while_listening(void)
{
	char *const argv[] = { (char *)"cat", NULL };
	struct brood *b = MAKE("minimum-available", "1");

	MUST(b, brood_listen(b, "127.0.0.1:0"));
	ok(brood_is_listening(b), "it listens");
	REFUSES(b, brood_listen(b, "127.0.0.1:0"), EALREADY);
	ok(brood_is_listening(b), "and goes on so");
	REFUSES(b, brood_on_stream(b, obey, NULL), 0);
	REFUSES(b, brood_on_datagram(b, obey_datagram, NULL), 0);
	REFUSES(b, brood_program(b, argv), 0);
	REFUSES(b, brood_turn(b), 0);
	MUST(b, brood_start(b));
	host(b);
	REFUSES(b, brood_start(b), EALREADY);
	REFUSES(b, brood_listen(b, "127.0.0.1:0"), EALREADY);
	REFUSES(b, brood_on_stream(b, obey, NULL), 0);
	REFUSES(b, brood_program(b, argv), 0);
	ok(brood_run(b) > 0, "brood_run of one that was started is refused");
	REFUSES(b, brood_set(b, "session-time", "1s"), EBUSY);
	REFUSES(b, brood_set(b, "kind", "exec"), EBUSY);
	REFUSES(b, brood_set(b, "backlog", "5"), EBUSY);
	REFUSES(b, brood_set(b, "no-such-word", "5"), EINVAL);
	REFUSES(b, brood_set(b, "maximum-connected", "0"), EINVAL);
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "it serves after all that");
	end_now(b);
}

static void
after_the_end(void)
{
	struct brood *b = BEGIN("minimum-available", "2");
	unsigned port = port_of(b, 0);

	ok(atoi(ask(port, "p")) > 0, "it serves");
	MUST(b, brood_stop(b));
	ok(SOON(has_ended(b)), "brood_turn tells the end");
	is_number(last_turn, 0, "with 0");
	ok(is_refused(port), "nobody listens");
	ok(!brood_is_listening(b), "which is said");
	REFUSES(b, brood_start(b), ESHUTDOWN);
	REFUSES(b, brood_renew(b), ESHUTDOWN);
	REFUSES(b, brood_stop(b), ESHUTDOWN);
	REFUSES(b, brood_unlisten(b), 0);
	REFUSES(NULL, brood_fd(b), 0);
	ok(brood_turn(b) != 1, "brood_turn does not say that it runs");
	ok(brood_run(b) > 0, "brood_run is an exit status");
	is_number((long)brood_count(b, BROOD_AVAILABLE), 0, "nobody waits");
	diag("in the end %lu were served", brood_count(b, BROOD_SERVED));
	is_number(count_children(), 0, "there are no children");
	MUST(b, brood_listen(b, "127.0.0.1:0"));
	ok(brood_is_listening(b), "it may listen again");
	MUST(b, brood_start(b));
	host(b);
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "and serve");
	end_now(b);
}

/* What would change all of the host. */
static void
host_stays(void)
{
	static const char *const word[][2] = {
		{ "chdir", "/" }, { "umask", "022" }, { "limit", "core=0" },
		{ "kill-mode", "all" },
	};
	char *const argv[] = { (char *)"cat", NULL };

	for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
		struct brood *b = brood_new();

		MUST(b, brood_program(b, argv));
		MUST(b, brood_set(b, word[i][0], word[i][1]));
		MUST(b, brood_listen(b, "127.0.0.1:0"));
		REFUSES(b, brood_start(b), EINVAL);
		ok(strstr(brood_error(b), word[i][0]) != NULL, "says %s",
		    word[i][0]);
		brood_free(b);
	}
}

static void
wrong_addresses(void)
{
	static const char *const wrong[] = {
		"", ",", "127.0.0.1:0,", "nobody:at:all", "127.0.0.1:65536",
		"127.0.0.1:-1", "[::1:0", "http://127.0.0.1:0", "unix:",
		"sctp:127.0.0.1:0", "127.0.0.1:0 127.0.0.1:0",
		"tcp:udp:127.0.0.1:0", "fd:"
	};
	struct brood *b = MAKE("children", "2");
	char text[200], path[64];
	int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		diag("\"%s\"", wrong[i]);
		REFUSES(b, brood_listen(b, wrong[i]), EINVAL);
	}
	if (bind(taken, (struct sockaddr *)&at, sizeof at) == -1 ||
	    listen(taken, 5) == -1 ||
	    getsockname(taken, (struct sockaddr *)&at, &len) == -1)
		return;
	snprintf(path, sizeof path, "%s/half", folder);
	snprintf(text, sizeof text, "127.0.0.1:0,unix:%s,127.0.0.1:%u", path,
	    ntohs(at.sin_port));
	REFUSES(b, brood_listen(b, text), EADDRINUSE);
	is_number(brood_exit_status(b), EX_UNAVAILABLE, "the exit status fits");
	snprintf(text, sizeof text, ":%u", ntohs(at.sin_port));
	ok(strstr(brood_error(b), text) != NULL, "the error names the address");
	ok(!brood_is_listening(b), "all or none: none");
	REFUSES(NULL, brood_listener(b, 0, NULL, 0, NULL), ENOENT);
	ok(access(path, F_OK) == -1, "nothing is left");
	REFUSES(b, brood_listen(b, "no-such-host.invalid:1"), 0);
	ok(strstr(brood_error(b), "no-such-host.invalid") != NULL,
	    "a name that is unknown is named");
	REFUSES(b, brood_listen(b, "unix:/nonexistent/x"), ENOENT);
	MUST(b, brood_listen(b, "127.0.0.1:0"));
	ok(brood_is_listening(b), "after all that it listens");
	brood_free(b);
	close(taken);
	b = MAKE("user", "nosuchuser");
	REFUSES(b, brood_listen(b, "127.0.0.1:0"), 0);
	ok(strstr(brood_error(b), "nosuchuser") != NULL,
	    "a user that is none is named");
	brood_free(b);
}

/* Addresses that nothing was given to serve. */
static void
kinds_lacking(void)
{
	struct brood *b = brood_new();

	brood_on_stream(b, obey, NULL);
	REFUSES(b, brood_listen(b, "udp:127.0.0.1:0"), 0);
	ok(!brood_is_listening(b), "streams only: no datagrams");
	brood_free(b);
	b = brood_new();
	brood_on_datagram(b, obey_datagram, NULL);
	REFUSES(b, brood_listen(b, "127.0.0.1:0"), 0);
	ok(!brood_is_listening(b), "datagrams only: no streams");
	brood_free(b);
}

/* ---- tests: listeners ---- */

static void
listener_is(struct brood *b, unsigned i, int family, int type, const char *start)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof ss, n = sizeof(int);
	char text[200] = "";
	unsigned port = 99999, real = 0;
	int fd = brood_listener(b, i, text, sizeof text, &port);
	int got = 0, listens = 0;

	getsockname(fd, (struct sockaddr *)&ss, &len);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &got, &n);
	getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n);
	if (ss.ss_family == AF_INET)
		real = ntohs(((struct sockaddr_in *)&ss)->sin_port);
	if (ss.ss_family == AF_INET6)
		real = ntohs(((struct sockaddr_in6 *)&ss)->sin6_port);
	if (!ok(fd > 2 && ss.ss_family == family && got == type &&
	    (listens != 0) == (type != SOCK_DGRAM) && port == real &&
	    (family == AF_UNIX) == (port == 0) &&
	    strncmp(text, start, strlen(start)) == 0 &&
	    (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0,
	    "listener %u is at %s", i, start))
		diag("fd %d, family %d, type %d, listens %d, text \"%s\", "
		    "port %u, real %u", fd, ss.ss_family, got, listens, text,
		    port, real);
}

static void
short_texts(struct brood *b)
{
	char text[200], cut[8];
	int fd = brood_listener(b, 0, text, sizeof text, NULL);

	memset(cut, 'x', sizeof cut);
	ok(brood_listener(b, 0, cut, 5, NULL) == fd &&
	    strncmp(text, cut, 4) == 0 && cut[4] == '\0' && cut[5] == 'x',
	    "a short buffer gets a cut text");
	cut[0] = 'x';
	ok(brood_listener(b, 0, cut, 0, NULL) == fd && cut[0] == 'x',
	    "and one of no size nothing");
	ok(brood_listener(b, 0, NULL, 10, NULL) == fd, "NULL neither");
}

static void
listeners(void)
{
	char addresses[400], path[3][64];
	unsigned one, two;
	struct brood *b = MAKE("minimum-available", "2");

	for (int i = 0; i < 3; i++)
		snprintf(path[i], sizeof path[i], "%s/s%d", folder, i);
	snprintf(addresses, sizeof addresses, "127.0.0.1:0,tcp:[::1]:0,"
	    "udp:127.0.0.1:0,unix:%s,unix-dgram:%s,unix-seqpacket:%s,"
	    "127.0.0.2:0", path[0], path[1], path[2]);
	MUST(b, brood_listen(b, addresses));
	listener_is(b, 0, AF_INET, SOCK_STREAM, "127.0.0.1:");
	listener_is(b, 1, AF_INET6, SOCK_STREAM, "[::1]:");
	listener_is(b, 2, AF_INET, SOCK_DGRAM, "");
	listener_is(b, 3, AF_UNIX, SOCK_STREAM, "unix:/tmp/brood-api");
	listener_is(b, 4, AF_UNIX, SOCK_DGRAM, "unix");
	listener_is(b, 5, AF_UNIX, SOCK_SEQPACKET, "unix");
	listener_is(b, 6, AF_INET, SOCK_STREAM, "127.0.0.2:");
	REFUSES(NULL, brood_listener(b, 7, NULL, 0, NULL), ENOENT);
	REFUSES(NULL, brood_listener(b, UINT_MAX, NULL, 0, NULL), ENOENT);
	short_texts(b);
	MUST(b, brood_start(b));
	host(b);
	one = port_of(b, 0);
	two = port_of(b, 6);
	ok(atoi(ask(one, "p")) > 0, "the first is served");
	ok(atoi(ask_on(dial_path(path[0], SOCK_STREAM), "p")) > 0,
	    "a unix stream is");
	ok(atoi(ask_on(dial_path(path[2], SOCK_SEQPACKET), "p")) > 0,
	    "a unix seqpacket is");
	ok(atoi(exchange_text(dial_at("127.0.0.1", port_of(b, 2), SOCK_DGRAM),
	    "p")) > 0, "a datagram is");
	ok(atoi(ask_on(dial_at("127.0.0.2", two, SOCK_STREAM), "p")) > 0,
	    "the last is");
	end_now(b);
	ok(access(path[0], F_OK) == -1 && access(path[1], F_OK) == -1 &&
	    access(path[2], F_OK) == -1, "no path is left");
}

static void
listens_again(void)
{
	struct brood *b = MAKE("minimum-available", "2");
	unsigned port;
	char address[64];
	int held;

	MUST(b, brood_listen(b, "127.0.0.1:0"));
	MUST(b, brood_unlisten(b));
	ok(!brood_is_listening(b), "it does not listen any more");
	REFUSES(NULL, brood_listener(b, 0, NULL, 0, NULL), ENOENT);
	MUST(b, brood_listen(b, "127.0.0.1:0,127.0.0.1:0"));
	MUST(b, brood_start(b));
	host(b);
	port = port_of(b, 0);
	ok(atoi(ask(port, "p")) > 0, "it serves");
	held = hold(port);
	MUST(b, brood_unlisten(b));
	ok(!brood_is_listening(b), "told not to listen, it does not");
	ok(SOON(is_refused(port)), "nobody can connect");
	ok(SOON(brood_count(b, BROOD_AVAILABLE) == 0), "nobody waits");
	pump_for(200);
	ok(is_hosted(b), "the service goes on");
	ok(echoes(held), "for who was accepted");
	hang_up(held);
	ok(SOON(has_ended(b)), "and ends with him");
	is_number(last_turn, 0, "brood_turn says 0");
	snprintf(address, sizeof address, "127.0.0.1:%u,127.0.0.1:0", port);
	MUST(b, brood_listen(b, address));
	MUST(b, brood_start(b));
	host(b);
	ok(brood_is_listening(b), "told to, it listens again");
	ok(atoi(ask(port, "p")) > 0, "at the old port");
	ok(atoi(ask(port_of(b, 1), "p")) > 0, "and a new one");
	end_now(b);
}

/* Sessions may last longer than stop-time: nobody was told to stop. */
static void
unlistens_for_long(void)
{
	struct brood *b = BEGIN("minimum-available", "2", "stop-time", "300ms");
	int held = hold(port_of(b, 0));

	MUST(b, brood_unlisten(b));
	REFUSES(b, brood_unlisten(b), 0);
	pump_for(1000);
	ok(echoes(held), "unlistening cuts nobody, however long");
	MUST(b, brood_stop(b));
	ok(SOON(has_ended(b)), "stopping does, after stop-time");
	is_text(ask_on(held, ""), "", "who reads the end");
	brood_free(b);
}

/* ---- tests: in the host's own loop ---- */

static _Atomic int sigchlds;

static void
on_sigchld(int number)
{
	(void)number;
	sigchlds++;
}

struct signals {
	struct sigaction action[NSIG];
	sigset_t mask;
};

static void
get_signals(struct signals *s)
{
	memset(s, 0, sizeof *s);
	for (int i = 1; i < NSIG; i++)
		sigaction(i, NULL, &s->action[i]);
	sigprocmask(SIG_BLOCK, NULL, &s->mask);
}

static void
same_signals(const struct signals *old, const char *when)
{
	struct signals s;
	int differs = 0;

	get_signals(&s);
	for (int i = 1; i < NSIG; i++)
		if (s.action[i].sa_handler != old->action[i].sa_handler ||
		    s.action[i].sa_flags != old->action[i].sa_flags)
			differs = i;
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&s.mask, i) != sigismember(&old->mask, i))
			differs = i;
	if (!ok(differs == 0, "no signal is touched %s", when))
		diag("signal %d differs", differs);
}

static int
own_child(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(42);
	return pid;
}

static void
embedded(void)
{
	static const struct sigaction sa = { .sa_handler = on_sigchld };
	struct signals before;
	struct brood *a, *b;
	unsigned fds = count_fds();
	int pid, first, held;
	sigset_t usr;

	shared->host_pid = getpid();
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr, NULL);
	get_signals(&before);
	a = BEGIN("minimum-available", "2");
	b = BEGIN("minimum-available", "3");
	same_signals(&before, "by the start");
	ok(brood_fd(a) > 2 && brood_fd(b) > 2 && brood_fd(a) != brood_fd(b),
	    "each has a descriptor");
	pid = own_child();
	ok(SOON(brood_count(a, BROOD_AVAILABLE) >= 2), "children of one wait");
	ok(SOON(brood_count(b, BROOD_AVAILABLE) >= 3), "and of the other");
	is_number(status_of(pid, PATIENCE_MS), 42, "the host's own child is its own");
	diag("SIGCHLD came %d times for one child of the host", sigchlds);
	first = atoi(ask(port_of(a, 0), "p"));
	ok(first > 0 && first != getpid(), "the first service serves");
	held = hold(port_of(b, 0));
	kill(first, SIGKILL);
	ok(SOON(brood_count(a, BROOD_DEATHS) == 1), "a death is counted");
	ok(SOON(brood_count(a, BROOD_AVAILABLE) >= 2), "and made good");
	is_number((long)brood_count(b, BROOD_DEATHS), 0,
	    "the other service knows of none");
	ok(echoes(held), "nor does its client");
	diag("%d times after the death of one of brood", sigchlds);
	hang_up(held);
	pid = own_child();
	is_number(status_of(pid, PATIENCE_MS), 42, "another own child is, too");
	same_signals(&before, "while they run");
	ok(brood_turn(a) == 1 && brood_turn(b) == 1, "a turn without need is none");
	ok(SOON(!pump(brood_fd(a), POLLIN, 300)), "nothing happens, nothing wakes");
	end_now(a);
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "one ends, the other serves");
	end_now(b);
	is_number(count_children(), 0, "no child is left");
	is_number(count_fds(), fds, "and no descriptor");
	same_signals(&before, "in the end");
	ok(longest_turn_ms < 10000, "brood_turn never blocks");
	diag("the longest turn: %lld ms", (long long)longest_turn_ms);
}

static void
on_sigchld_steal(int number)
{
	int saved = errno;

	(void)number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		sigchlds++;
	errno = saved;
}

/* However the host treats SIGCHLD. */
static void
sigchld_taken(struct sigaction sa, const char *how)
{
	struct brood *b;
	int pid;

	diag("SIGCHLD is %s", how);
	sigaction(SIGCHLD, &sa, NULL);
	b = BEGIN("minimum-available", "2");
	pid = atoi(ask(port_of(b, 0), "p"));
	ok(pid > 0 && kill(pid, SIGKILL) == 0, "SIGCHLD %s: it serves", how);
	pid = own_child();
	ok(SOON(brood_count(b, BROOD_DEATHS) == 1), "it knows of a death");
	ok(SOON(brood_count(b, BROOD_AVAILABLE) >= 2), "and makes it good");
	ok(strcmp(ask(port_of(b, 0), "e"), "") == 0, "one exits");
	ok(SOON(brood_count(b, BROOD_AVAILABLE) >= 2), "that is made good, too");
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "it goes on serving");
	ok(SOON(kill(pid, 0) == -1 || waitpid(pid, NULL, WNOHANG) == pid),
	    "the own child is gone");
	end_now(b);
	is_number(count_children(), 0, "nothing is left");
}

static void
sigchld_ignored(void)
{
	sigchld_taken((struct sigaction){ .sa_handler = SIG_IGN }, "ignored");
}

static void
sigchld_nowait(void)
{
	sigchld_taken((struct sigaction){ .sa_handler = on_sigchld,
	    .sa_flags = SA_NOCLDWAIT | SA_RESTART }, "SA_NOCLDWAIT");
}

static void
sigchld_stolen(void)
{
	sigchld_taken((struct sigaction){ .sa_handler = on_sigchld_steal,
	    .sa_flags = SA_RESTART }, "answered by waitpid(-1)");
}

/* Every signal blocked in the host: children wait with none blocked. */
static void
host_blocks_signals(void)
{
	sigset_t all;
	struct brood *b;

	sigfillset(&all);
	sigdelset(&all, SIGALRM);
	sigprocmask(SIG_BLOCK, &all, NULL);
	b = BEGIN("minimum-available", "2", "session-time", "200ms");
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "signals blocked: it serves");
	is_text(ask(port_of(b, 0), "b"), "", "session-time ends one that blocks");
	end_now(b);
	is_number(count_children(), 0, "and no child is left");
}

static void
counts(void)
{
	struct brood *b = BEGIN("minimum-available", "3", "maximum-available",
	    "3", "maximum-connected", "10");
	unsigned port = port_of(b, 0);
	int held[4];

	ok(SOON(brood_count(b, BROOD_AVAILABLE) == 3), "three wait");
	is_number((long)brood_count(b, BROOD_CONNECTED), 0, "nobody is connected");
	is_number((long)brood_count(b, BROOD_SERVED), 0, "nobody was served");
	for (int i = 0; i < 4; i++)
		held[i] = hold(port);
	is_number((long)brood_count(b, BROOD_CONNECTED), 4, "four are connected");
	ok(SOON(brood_count(b, BROOD_AVAILABLE) == 3), "three wait again");
	for (int i = 0; i < 4; i++)
		hang_up(held[i]);
	ok(SOON(brood_count(b, BROOD_CONNECTED) == 0), "they have gone");
	is_number((long)brood_count(b, BROOD_SERVED), 4, "four were served");
	is_number((long)brood_count(b, BROOD_DEATHS), 0, "nobody died");
	for (int i = 0; i < 6; i++)
		ask(port, "p");
	ok(SOON(brood_count(b, BROOD_SERVED) == 10), "ten were served");
	is_number((long)brood_count(b, (enum brood_count)99), 0,
	    "what is no count is 0");
	end_now(b);
}

/* What is in a file; "" as long as there is none. */
static const char *
text_of(const char *path)
{
	static char text[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd != -1 ? read(fd, text, sizeof text - 1) : 0;

	text[n > 0 ? n : 0] = '\0';
	if (fd != -1)
		close(fd);
	return text;
}

/* Commands run in somebody else's event loop, too, and none of the host's
 * children or descriptors are touched for it. */
static void
hooks_run(void)
{
	char file[] = "/tmp/brood-api.XXXXXX", command[256], want[64];
	int made = mkostemp(file, O_CLOEXEC), kept = open("/dev/null", O_RDONLY);
	struct brood *b;

	close(made);
	unlink(file);
	snprintf(command, sizeof command, "ready echo $BROOD_EVENT $BROOD_PID "
	    "$(ls /proc/self/fd | wc -w) >%s.new; mv %s.new %s", file, file,
	    file);
	b = BEGIN("minimum-available", "2", "on", command);
	/* Four: the fourth is the folder that is listed. */
	snprintf(want, sizeof want, "ready %d 4\n", (int)getpid());
	ok(SOON(text_of(file)[0] != '\0'), "a command runs at an event");
	is_text(text_of(file), want, "of this process, with no descriptor of it");
	ok(ask(port_of(b, 0), "p")[0] != '\0', "clients are served meanwhile");
	unlink(file);
	close(kept);
	end_now(b);
}

static void
minimum_raised(void)
{
	struct brood *b = BEGIN("minimum-available", "2", "maximum-available",
	    "2", "maximum-connected", "20");

	ok(SOON(brood_count(b, BROOD_AVAILABLE) == 2), "two wait");
	MUST(b, brood_set(b, "maximum-available", "8"));
	MUST(b, brood_set(b, "minimum-available", "8"));
	ok(SOON(brood_count(b, BROOD_AVAILABLE) >= 8),
	    "the minimum is raised: eight wait, without a client");
	MUST(b, brood_set(b, "minimum-available", "1"));
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "lowered: it serves");
	REFUSES(b, brood_set(b, "minimum-available", "21"), EINVAL);
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "above the maximum: it serves");
	end_now(b);
}

static void
maximum_lowered(void)
{
	struct brood *b = BEGIN("minimum-available", "1", "maximum-available",
	    "1", "maximum-connected", "4");
	unsigned port = port_of(b, 0);
	int held[3], waiting;
	char c;

	for (int i = 0; i < 3; i++)
		held[i] = hold(port);
	MUST(b, brood_set(b, "maximum-connected", "2"));
	pump_for(300);
	is_number((long)brood_count(b, BROOD_CONNECTED), 3, "lowered: three stay");
	for (int i = 0; i < 3; i++)
		ok(echoes(held[i]), "client %d is still served", i);
	waiting = dial(port);
	send(waiting, "p", 1, MSG_NOSIGNAL);
	pump_for(500);
	ok(recv(waiting, &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN,
	    "a fourth one waits");
	hang_up(held[0]);
	ok(SOON(brood_count(b, BROOD_CONNECTED) == 2), "one goes");
	pump_for(300);
	ok(recv(waiting, &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN,
	    "and it still waits");
	hang_up(held[1]);
	ok(atoi(ask_on(waiting, "")) > 0, "a second one goes: it is served");
	MUST(b, brood_set(b, "maximum-connected", "4"));
	held[0] = hold(port);
	held[1] = hold(port);
	is_number((long)brood_count(b, BROOD_CONNECTED), 3,
	    "raised: three are served");
	for (int i = 0; i < 3; i++)
		hang_up(held[i]);
	end_now(b);
}

static void
waiting_child_killed(void)
{
	struct brood *b = BEGIN("minimum-available", "3", "maximum-available", "3");
	int pids[MOST_PIDS];
	unsigned zombies, n;

	ok(SOON(brood_count(b, BROOD_AVAILABLE) == 3), "three wait");
	n = children_of(getpid(), pids, &zombies);
	is_number(n, 3, "they are the host's children");
	for (unsigned i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	ok(SOON(brood_count(b, BROOD_DEATHS) == 3), "all are killed");
	ok(SOON(brood_count(b, BROOD_AVAILABLE) == 3), "three wait again");
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "and serve");
	ok(SOON(count_zombies() == 0), "no zombie is left");
	end_now(b);
}

/* ---- tests: what handlers may do ---- */

static void
goes_on(struct brood *b, const char *after)
{
	int good = 0;

	for (int i = 0; i < 5; i++)
		good += atoi(ask(port_of(b, 0), "p")) > 0;
	if (!ok(good == 5, "after %s the service goes on", after))
		diag("%d of 5 were served", good);
}

static void
handlers_that_end(void)
{
	static const struct {
		const char *what, *name;
	} ways[] = {
		{ "t", "a trap" }, { "a", "abort" }, { "k", "SIGKILL" },
		{ "e", "_exit" }, { "x", "exit" },
	};
	struct brood *b = BEGIN("minimum-available", "2", "maximum-available", "2");
	int held = hold(port_of(b, 0));
	unsigned n = sizeof ways / sizeof ways[0];

	for (unsigned i = 0; i < n; i++) {
		is_text(ask(port_of(b, 0), ways[i].what), "",
		    "the client of one that ends reads an end");
		goes_on(b, ways[i].name);
	}
	ok(echoes(held), "another client knows of none of them");
	ok(SOON(brood_count(b, BROOD_DEATHS) == n), "each is a death");
	diag("deaths %lu, served %lu", brood_count(b, BROOD_DEATHS),
	    brood_count(b, BROOD_SERVED));
	ok(SOON(count_zombies() == 0), "no zombie is left");
	hang_up(held);
	end_now(b);
}

/* Many in a row: after a success no pause may come of it. */
static void
handlers_that_crash_often(void)
{
	struct brood *b = BEGIN("minimum-available", "4", "maximum-available", "8");
	int64_t began = now_ms();

	ok(atoi(ask(port_of(b, 0), "p")) > 0, "one is served");
	for (int i = 0; i < 30; i++)
		ask(port_of(b, 0), "t");
	ok(atoi(ask(port_of(b, 0), "p")) > 0, "after 30 crashes, too");
	/* Five pauses would be 2 + 4 + 8 + 16 + 32 s. */
	ok(now_ms() - began < 40000, "without a pause for each");
	diag("%lld ms", (long long)(now_ms() - began));
	end_now(b);
}

static void
handlers_that_leak(void)
{
	struct brood *b = BEGIN("children", "1");
	int first = atoi(ask(port_of(b, 0), "p")), last, good = 0;

	for (int i = 0; i < 250; i++)
		good += atoi(ask(port_of(b, 0), "l")) > 0;
	is_number(good, 250, "250 leaks are served");
	last = atoi(ask(port_of(b, 0), "p"));
	ok(first > 0 && last > 0 && first != last, "not by the same child");
	end_now(b);
}

static void
handlers_with_children(void)
{
	struct brood *b = BEGIN("children", "1");
	int64_t began = now_ms();

	is_text(ask(port_of(b, 0), "c"), "left", "one leaves a process behind");
	goes_on(b, "that");
	ok(now_ms() - began < 40000, "nobody waits for it");
	diag("%lld ms", (long long)(now_ms() - began));
	end_now(b);
}

static void
handlers_that_block(void)
{
	struct brood *b = BEGIN("minimum-available", "2", "maximum-available",
	    "2", "session-time", "300ms");
	unsigned port = port_of(b, 0);
	int64_t began = now_ms();
	int blocked = dial(port);

	send(blocked, "b", 1, MSG_NOSIGNAL);
	ok(SOON(brood_count(b, BROOD_CONNECTED) == 1), "one blocks");
	goes_on(b, "that");
	is_text(ask_on(blocked, ""), "", "session-time ends it");
	began = now_ms() - began;
	ok(began >= 250, "not sooner (%lld ms)", (long long)began);
	goes_on(b, "that, too");
	ok(SOON(count_zombies() == 0 && brood_count(b, BROOD_CONNECTED) == 0),
	    "nothing is left of it");
	end_now(b);
}

static void
handlers_and_closed_peers(void)
{
	struct linger now = { 1, 0 };
	struct brood *b = BEGIN("children", "1");
	int fd, first = atoi(ask(port_of(b, 0), "p"));

	/* No child has it: none is started while it is open. */
	fd = dial(port_of(b, 0));
	send(fd, "w", 1, MSG_NOSIGNAL);
	pump_for(100);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
	ok(SOON(shared->calls == 1), "one writes to a client that is gone");
	ok(shared->error == EPIPE || shared->error == ECONNRESET,
	    "and gets an error");
	is_number(atoi(ask(port_of(b, 0), "p")), first, "but no signal");
	end_now(b);
}

static void
handlers_that_close(void)
{
	struct brood *b = BEGIN("children", "2");

	is_text(ask(port_of(b, 0), "f"), "closed", "one closes its descriptor");
	goes_on(b, "that");
	is_text(ask(port_of(b, 0), "F"), "all", "one closes all");
	goes_on(b, "that");
	is_text(ask(port_of(b, 0), "F"), "all", "another closes all");
	ask(port_of(b, 0), "F");
	goes_on(b, "these");
	end_now(b);
	is_number(count_children(), 0, "and no child is left");
}

static void
handlers_and_signals(void)
{
	struct brood *b;

	signal(SIGUSR1, on_sigchld);
	b = BEGIN("children", "2");
	is_text(ask(port_of(b, 0), "s"),
	    "pipe=ignored term=blocked usr1=default fd=blocking,cloexec",
	    "a handler finds what it is promised");
	for (int i = 0; i < 4; i++)
		is_text(ask(port_of(b, 0), "S"), "spoilt", "it may spoil that");
	goes_on(b, "that");
	MUST(b, brood_stop(b));
	ok(SOON(has_ended(b)), "it can be stopped all the same");
	is_number(count_children(), 0, "and no child is left");
	brood_free(b);
}

/* The copy of the service in a child is nobody's business. */
static void
copy_misused(const char *what, const char *name)
{
	char address[128], path[64];
	struct brood *b;
	int held;

	snprintf(path, sizeof path, "%s/called%s", folder, what);
	snprintf(address, sizeof address, "127.0.0.1:0,unix:%s", path);
	b = BEGIN_AT(address, "minimum-available", "2");
	held = hold(port_of(b, 0));
	ask(port_of(b, 0), what);
	goes_on(b, name);
	ok(echoes(held), "another client does not know of it");
	ok(brood_is_listening(b), "it still listens");
	ok(access(path, F_OK) == 0, "its unix socket is there");
	ok(atoi(ask_on(dial_path(path, SOCK_STREAM), "p")) > 0, "and served");
	hang_up(held);
	end_now(b);
}

static void
handlers_that_call(void)
{
	copy_misused("m", "calls of the master's functions in a child");
}

static void
handlers_that_free(void)
{
	copy_misused("M", "brood_free in a child");
}

static void
shut_at(const char *address)
{
	struct brood *b = BEGIN_AT(address, "minimum-available", "2");

	is_text(ask(port_of(b, 0), "U"), "shut", "one shuts the listener down");
	ok(SOON(!is_refused(port_of(b, 0))), "it listens again, where it says");
	goes_on(b, "that");
	end_now(b);
}

static void
handlers_that_shut(void)
{
	char address[64];

	snprintf(address, sizeof address, "127.0.0.1:%u", free_port());
	shut_at(address);
	/* The kernel chooses another port then, brood(8). */
	shut_at("127.0.0.1:0");
}

static void
two_ends_known(void)
{
	char path[64], address[120], want[160];
	struct sockaddr_in me;
	socklen_t len = sizeof me;
	struct brood *b;
	int fd;

	snprintf(path, sizeof path, "%s/ends", folder);
	snprintf(address, sizeof address, "0.0.0.0:0,unix:%s", path);
	b = BEGIN_AT(address, "minimum-available", "2");
	for (int i = 1; i < 4; i++) {
		char ip[32];

		snprintf(ip, sizeof ip, "127.0.0.%d", i);
		fd = dial_at(ip, port_of(b, 0), SOCK_STREAM);
		getsockname(fd, (struct sockaddr *)&me, &len);
		snprintf(want, sizeof want, "%s:%u %s:%u",
		    inet_ntoa(me.sin_addr), ntohs(me.sin_port), ip,
		    port_of(b, 0));
		is_text(ask_on(fd, "P"), want, "both ends are known");
	}
	is_text(ask(port_of(b, 0), "u"), "ENOTSUP", "a TCP client has no user");
	snprintf(want, sizeof want, "%u %u %d", getuid(), getgid(), getpid());
	is_text(ask_on(dial_path(path, SOCK_STREAM), "u"), want,
	    "one of a unix socket has");
	diag("ends of a unix socket: %s",
	    ask_on(dial_path(path, SOCK_STREAM), "P"));
	is_text(ask(port_of(b, 0), "r"), "reply -1 truncated 0",
	    "what is for datagrams is refused");
	ok(SOON(shared->calls == 1), "it finishes");
	is_number(shared->result, -1, "once");
	goes_on(b, "that");
	end_now(b);
}

/* ---- tests: events ---- */

static void
events_of_functions(void)
{
	struct brood *b;
	int held;

	shared->host_pid = getpid();
	b = BEGIN_AT("127.0.0.1:0,udp:127.0.0.1:0", "minimum-available", "2",
	    "maximum-available", "2");
	ok(SOON(shared->event[BROOD_EVENT_READY][0] == 1), "ready, in the master");
	ok(brood_count(b, BROOD_AVAILABLE) >= 2, "when the minimum waits");
	ok(SOON(shared->event[BROOD_EVENT_CHILD][1] == 2), "two children start");
	is_number(shared->event[BROOD_EVENT_BEGIN][1], 0, "no client yet");
	held = hold(port_of(b, 0));
	is_number(shared->event[BROOD_EVENT_BEGIN][1], 1, "one begins");
	is_number(shared->event[BROOD_EVENT_END][1], 0, "and has not ended");
	hang_up(held);
	ok(SOON(shared->event[BROOD_EVENT_END][1] == 1), "now it has");
	ok(SOON(shared->event[BROOD_EVENT_CHILD][1] >= 2), "children start");
	is_number(shared->peers, 2, "its address was known both times");
	exchange_text(dial_at("127.0.0.1", port_of(b, 1), SOCK_DGRAM), "p");
	pump_for(100);
	is_number(shared->event[BROOD_EVENT_BEGIN][1] +
	    shared->event[BROOD_EVENT_END][1], 2, "a datagram has no event");
	is_number(shared->event[BROOD_EVENT_READY][0], 1, "ready once");
	is_number(shared->event[BROOD_EVENT_READY][1] +
	    shared->event[BROOD_EVENT_ERROR][1] +
	    shared->event[BROOD_EVENT_CHILD][0] +
	    shared->event[BROOD_EVENT_BEGIN][0] +
	    shared->event[BROOD_EVENT_END][0], 0, "none in the wrong process");
	is_number(shared->event[BROOD_EVENT_ERROR][0], 0, "and no error");
	is_number(shared->bad_text, 0, "each had one line");
	is_number(shared->bad_client, 0, "and a client where there is one");
	is_number(shared->bad_service, 0, "and its service");
	end_now(b);
}

static struct brood *
program_service(const char *program, const char *argument, bool start)
{
	static struct brood *b;
	char *const argv[] = { (char *)program, (char *)argument, NULL };

	b = brood_new();
	shared->host_pid = getpid();
	MUST(b, brood_program(b, argv));
	MUST(b, brood_on_event(b, note, &b));
	MUST(b, brood_set(b, "minimum-available", "2"));
	MUST(b, brood_listen(b, "127.0.0.1:0"));
	if (start) {
		MUST(b, brood_start(b));
		host(b);
	}
	return b;
}

static void
events_of_programs(void)
{
	static const struct sigaction sa = { .sa_handler = on_sigchld };
	struct signals before;
	struct brood *b;
	int fd, pid;

	sigaction(SIGCHLD, &sa, NULL);
	get_signals(&before);
	b = program_service("cat", NULL, true);
	ok(SOON(shared->event[BROOD_EVENT_READY][0] == 1), "programs: ready");
	fd = dial(port_of(b, 0));
	send(fd, "hello", 5, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	is_text(ask_on(fd, ""), "hello", "a program serves");
	ok(SOON(shared->event[BROOD_EVENT_BEGIN][0] == 1), "begin, in the master");
	ok(SOON(shared->event[BROOD_EVENT_END][0] == 1), "end, too");
	is_number(shared->event[BROOD_EVENT_BEGIN][1] +
	    shared->event[BROOD_EVENT_END][1], 0, "not in the child");
	ok(SOON(brood_count(b, BROOD_SERVED) == 1), "it is counted");
	is_number((long)brood_count(b, BROOD_DEATHS), 0, "and is no death");
	is_number(shared->bad_client, 0, "there is no client of it");
	pid = own_child();
	is_number(status_of(pid, PATIENCE_MS), 42, "an own child is the host's");
	same_signals(&before, "by programs");
	end_now(b);
	is_number(count_children(), 0, "nothing is left");
}

static void
event_of_an_error(void)
{
	char path[64], command[200];
	struct brood *b;

	snprintf(path, sizeof path, "%s/program", folder);
	snprintf(command, sizeof command, "cp /bin/cat %s", path);
	if (system(command) != 0)
		return;
	b = program_service(path, NULL, true);
	ok(SOON(shared->event[BROOD_EVENT_READY][0] == 1), "ready");
	unlink(path);
	is_text(ask(port_of(b, 0), ""), "", "the program is gone, and the client");
	ok(SOON(shared->event[BROOD_EVENT_ERROR][0] > 0), "that is an error event");
	is_number(shared->event[BROOD_EVENT_ERROR][1], 0, "in the master");
	is_number(shared->bad_text, 0, "with a line");
	ok(brood_turn(b) == 1, "the service goes on");
	end_now(b);
}

static void
programs_refused(void)
{
	char *const missing[] = { (char *)"no-such-program", NULL };
	struct brood *b = brood_new();
	int r = brood_program(b, missing);

	if (r == 0)
		r = brood_listen(b, "127.0.0.1:0");
	if (r == 0)
		r = brood_start(b);
	if (!ok(r == -1 && strstr(brood_error(b), "no-such-program") != NULL,
	    "a program that is missing is named"))
		diag("%d, \"%s\"", r, brood_error(b));
	brood_free(b);
}

/* ---- tests: brood_finish ---- */

static struct brood *
finishing(const char *session)
{
	struct brood *b = brood_new();

	MUST(b, brood_on_stream(b, finishes, NULL));
	MUST(b, brood_set(b, "session-time", session));
	MUST(b, brood_listen(b, "127.0.0.1:0"));
	MUST(b, brood_start(b));
	host(b);
	return b;
}

static void
finish_loses_nothing(void)
{
	static char reply[REPLY_BYTES + 1], unread[UNREAD_BYTES];
	struct brood *b = finishing("20s");
	int whole = 0;

	for (int i = 0; i < 10; i++) {
		int fd = dial(port_of(b, 0));
		ssize_t n;

		if (send(fd, unread, sizeof unread, MSG_NOSIGNAL) == -1)
			diag("cannot send: %s", strerror(errno));
		shutdown(fd, SHUT_WR);
		n = take(fd, reply, sizeof reply);
		whole += n == REPLY_BYTES;
		if (n != REPLY_BYTES)
			diag("%zd bytes, %s", n, strerror(errno));
		hang_up(fd);
	}
	is_number(whole, 10, "64 KB nobody reads: 10 of 10 replies are whole");
	is_number(shared->result, 0, "brood_finish returns 0");
	end_now(b);
}

/* One client says nothing more, the other never stops. */
static void
finish_is_bounded(void)
{
	static char reply[REPLY_BYTES + 1];
	struct brood *b = finishing("20s");
	int quiet = dial(port_of(b, 0)), busy;
	int64_t end = now_ms() + PATIENCE_MS;

	ok(take(quiet, reply, sizeof reply) == REPLY_BYTES, "the reply ends");
	ok(SOON(shared->calls == 1), "a client that is silent is left");
	ok(shared->took_ms[0] >= 1500, "after 2 s (%ld ms)",
	    shared->took_ms[0]);
	busy = dial(port_of(b, 0));
	ok(take(busy, reply, sizeof reply) == REPLY_BYTES, "the reply ends");
	while (shared->calls == 1 && now_ms() < end) {
		send(busy, "x", 1, MSG_NOSIGNAL);
		pump_for(100);
	}
	is_number(shared->calls, 2, "one that never stops is left");
	ok(shared->took_ms[1] >= 4000, "after 5 s (%ld ms)",
	    shared->took_ms[1]);
	hang_up(quiet);
	hang_up(busy);
	end_now(b);
}

/* ---- tests: datagrams ---- */

static void
datagram_addresses(void)
{
	struct brood *b = BEGIN_AT("udp:0.0.0.0:0", "minimum-available", "2");
	struct sockaddr_in me;
	socklen_t len = sizeof me;
	char want[100];

	for (int i = 1; i < 4; i++) {
		char ip[32];
		int fd;

		snprintf(ip, sizeof ip, "127.0.0.%d", i);
		fd = dial_at(ip, port_of(b, 0), SOCK_DGRAM);
		getsockname(fd, (struct sockaddr *)&me, &len);
		snprintf(want, sizeof want, "%s:%u %s:%u",
		    inet_ntoa(me.sin_addr), ntohs(me.sin_port), ip,
		    port_of(b, 0));
		is_text(exchange_text(fd, "P"), want,
		    "the address that was asked answers, and is known");
		close(fd);
	}
	end_now(b);
}

static void
datagram_sizes(void)
{
	static char data[BIG], reply[70000];
	struct brood *b = BEGIN_AT("udp:127.0.0.1:0", "minimum-available", "2",
	    "reply-factor", "0");
	int fd = dial_at("127.0.0.1", port_of(b, 0), SOCK_DGRAM);

	is_number(exchange(fd, "", 0, reply, sizeof reply), 0, "0 bytes");
	is_number(exchange(fd, "e", 1, reply, sizeof reply), 1, "1 byte");
	memset(data, 'e', sizeof data);
	is_number(exchange(fd, data, sizeof data, reply, sizeof reply), BIG,
	    "65507 bytes");
	ok(memcmp(data, reply, sizeof data) == 0, "which are the same");
	is_text(exchange_text(fd, "n"), "1 0", "one is not truncated");
	is_text(exchange_text(fd, "b"), "-1 EMSGSIZE", "65508 are too many");
	is_text(exchange_text(fd, "3"), "1", "there may be many answers: 1");
	ok(exchange_for(fd, "?", 1, reply, sizeof reply, PATIENCE_MS) == 1 &&
	    reply[0] == '2', "2");
	is_text(exchange_text(fd, "?"), "3", "and 3");
	close(fd);
	fd = dial_at("127.0.0.1", port_of(b, 0), SOCK_DGRAM);
	is_text(exchange_text(fd, "f"), "-1", "brood_finish is not for them");
	is_text(exchange_text(fd, "u"), "ENOTSUP", "they have no user");
	send(fd, "x", 1, 0);
	ok(SOON(brood_count(b, BROOD_DEATHS) == 1), "one exits");
	ok(atoi(exchange_text(fd, "p")) > 0, "and the service goes on");
	close(fd);
	end_now(b);
}

/* Who asks little does not get much. */
static void
datagram_factor(void)
{
	char data[171], reply[1024];
	struct brood *b = BEGIN_AT("udp:127.0.0.1:0", "minimum-available", "2");
	int fd = dial_at("127.0.0.1", port_of(b, 0), SOCK_DGRAM);

	is_text(exchange_text(fd, "s"), "-1 EPERM", "513 bytes for 1 are too many");
	memset(data, 's', sizeof data);
	is_number(exchange(fd, data, sizeof data, reply, sizeof reply), 513,
	    "for 171 they are not");
	close(fd);
	end_now(b);
}

/* A bound unix socket: an unnamed one could not be answered. */
static int
unix_datagram_client(const char *service)
{
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int size = 1 << 20;

	snprintf(me.sun_path, sizeof me.sun_path, "%s/client", folder);
	snprintf(to.sun_path, sizeof to.sun_path, "%s", service);
	unlink(me.sun_path);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	if (bind(fd, (struct sockaddr *)&me, sizeof me) == -1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof to) == -1)
		diag("unix datagrams: %s", strerror(errno));
	return fd;
}

static void
datagrams_of_unix(void)
{
	static char data[70000], reply[70000];
	static const struct {
		size_t n;
		const char *want;
	} sizes[] = {
		{ 65535, "65535 0" }, { 65536, "65535 1" },
		{ 65537, "65535 1" }, { 70000, "65535 1" },
	};
	char path[64], address[120], want[64];
	struct brood *b;
	int fd;

	snprintf(path, sizeof path, "%s/datagrams", folder);
	snprintf(address, sizeof address, "unix-dgram:%s", path);
	b = BEGIN_AT(address, "minimum-available", "2");
	fd = unix_datagram_client(path);
	memset(data, 'n', sizeof data);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		ssize_t n = exchange(fd, data, sizes[i].n, reply, 100);

		reply[n > 0 ? n : 0] = '\0';
		snprintf(want, sizeof want, "%zu bytes over unix", sizes[i].n);
		is_text(reply, sizes[i].want, want);
	}
	snprintf(want, sizeof want, "%u %u %d", getuid(), getgid(), getpid());
	is_text(exchange_text(fd, "u"), want, "the user is known");
	close(fd);
	fd = dial_path(path, SOCK_DGRAM);
	shared->calls = 0;
	send(fd, "e", 1, 0);
	ok(SOON(shared->calls == 1), "an unnamed client is served");
	is_number(shared->result, -1, "but cannot be answered");
	close(fd);
	end_now(b);
}

/* Ask from a port of this host; was the answer refused? */
static void
reflected(unsigned port, unsigned from)
{
	struct sockaddr_in me = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)from),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in to = me;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned calls = shared->calls;

	to.sin_port = htons((uint16_t)port);
	if (bind(fd, (struct sockaddr *)&me, sizeof me) == -1) {
		skip("a port of a reflector cannot be had");
		close(fd);
		return;
	}
	sendto(fd, "e", 1, 0, (struct sockaddr *)&to, sizeof to);
	ok(SOON(shared->calls > calls), "one from port %u is served", from);
	ok(shared->result == -1 && shared->error == EPERM,
	    "but not answered");
	close(fd);
}

/* The same with a header of our own making: ports that nobody can have. */
static void
reflected_raw(unsigned port, const char *ip, unsigned from, const char *name)
{
	struct {
		uint16_t from, to, bytes, sum;
		char data[1];
	} u = { htons((uint16_t)from), htons((uint16_t)port), htons(9), 0, "e" };
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in me = to;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
	unsigned calls = shared->calls;

	inet_pton(AF_INET, ip, &me.sin_addr);
	if (fd == -1 || bind(fd, (struct sockaddr *)&me, sizeof me) == -1 ||
	    sendto(fd, &u, 9, 0, (struct sockaddr *)&to, sizeof to) == -1) {
		skip("raw sockets cannot be had");
		return;
	}
	ok(SOON(shared->calls > calls), "one from %s is served", name);
	if (!ok(shared->result == -1 && shared->error == EPERM,
	    "but not answered"))
		diag("result %d, errno %d", shared->result, shared->error);
	pump_for(200);
	is_number(shared->calls, calls + 1, "nothing goes round");
	close(fd);
}

static void
datagram_reflectors(void)
{
	static const unsigned ports[] = { 7, 19, 53, 123, 1023, 2049 };
	struct brood *b = BEGIN_AT("udp:127.0.0.1:0,udp:127.0.0.2:0",
	    "minimum-available", "2");
	unsigned port = port_of(b, 0);

	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		reflected(port, ports[i]);
	reflected_raw(port, "127.0.0.1", 0, "port 0");
	reflected_raw(port, "127.0.0.1", port, "the listener itself");
	reflected_raw(port, "127.0.0.2", port_of(b, 1), "a listener beside it");
	end_now(b);
	b = BEGIN_AT("udp:0.0.0.0:0", "minimum-available", "2");
	port = port_of(b, 0);
	reflected_raw(port, "127.0.0.1", port, "a wildcard listener itself");
	reflected_raw(port, "127.0.0.2", port, "another address of it");
	end_now(b);
}

/* ---- tests: the end, and renewal ---- */

static void
stop_waits(void)
{
	struct brood *b = BEGIN("minimum-available", "2");
	unsigned port = port_of(b, 0);
	int held = hold(port);

	MUST(b, brood_stop(b));
	ok(SOON(is_refused(port)), "told to stop, nobody new is taken");
	pump_for(200);
	ok(is_hosted(b), "it runs on");
	ok(echoes(held), "for the client it has");
	hang_up(held);
	ok(SOON(has_ended(b)), "and ends with it");
	is_number(last_turn, 0, "brood_turn says 0");
	is_number(count_children(), 0, "nothing is left");
	brood_free(b);
}

static void
stop_time(void)
{
	struct brood *b = BEGIN("minimum-available", "2", "stop-time", "300ms");
	int fd = dial(port_of(b, 0));
	int64_t began;

	send(fd, "b", 1, MSG_NOSIGNAL);
	ok(SOON(brood_count(b, BROOD_CONNECTED) == 1), "one blocks");
	began = now_ms();
	MUST(b, brood_stop(b));
	ok(SOON(has_ended(b)), "stop-time ends it");
	began = now_ms() - began;
	ok(began >= 250, "not sooner (%lld ms)", (long long)began);
	is_text(ask_on(fd, ""), "", "its client reads the end");
	is_number(count_children(), 0, "nothing is left");
	brood_free(b);
}

static void
stop_twice_after(int ms)
{
	struct brood *b = BEGIN("minimum-available", "2", "stop-time", "600s");
	int fd = dial(port_of(b, 0));
	int64_t began;

	send(fd, "b", 1, MSG_NOSIGNAL);
	ok(SOON(brood_count(b, BROOD_CONNECTED) == 1), "one blocks");
	began = now_ms();
	MUST(b, brood_stop(b));
	pump_for(ms);
	MUST(b, brood_stop(b));
	ok(SOON(has_ended(b)), "asked twice, %d ms apart, it ends", ms);
	diag("after %lld ms", (long long)(now_ms() - began));
	is_text(ask_on(fd, ""), "", "its client reads the end");
	brood_free(b);
}

static void
stop_twice(void)
{
	stop_twice_after(100);
}

static void
stop_twice_at_once(void)
{
	stop_twice_after(0);
}

static void
freed_while_it_runs(void)
{
	unsigned fds = count_fds(), port;
	struct brood *b = BEGIN("minimum-available", "3");
	int64_t began;
	int fd;

	port = port_of(b, 0);
	fd = dial(port);
	send(fd, "b", 1, MSG_NOSIGNAL);
	ok(SOON(brood_count(b, BROOD_CONNECTED) == 1), "one blocks");
	nhosted = 0;
	began = now_ms();
	brood_free(b);
	ok(now_ms() - began < 20000, "freed, it ends without stop-time");
	diag("after %lld ms", (long long)(now_ms() - began));
	is_text(ask_on(fd, ""), "", "its client reads the end");
	ok(is_refused(port), "nobody listens");
	is_number(count_children(), 0, "no child is left");
	is_number(count_fds(), fds, "and no descriptor");
	b = MAKE();
	MUST(b, brood_listen(b, "127.0.0.1:0"));
	brood_free(b);
	is_number(count_fds(), fds, "nor of one that only listened");
}

static void
renewed(void)
{
	struct brood *b = BEGIN("children", "3");
	int before[MOST_PIDS], after[MOST_PIDS];
	unsigned zombies, n, same = 3, port = port_of(b, 0);
	int held;

	ok(SOON(brood_count(b, BROOD_AVAILABLE) == 3), "three wait");
	held = hold(port);
	n = children_of(getpid(), before, &zombies);
	MUST(b, brood_renew(b));
	for (int64_t end = now_ms() + PATIENCE_MS; same > 1 && now_ms() < end;) {
		unsigned m = children_of(getpid(), after, &zombies);

		pump(-1, 0, 20);
		same = 0;
		for (unsigned i = 0; i < n; i++)
			for (unsigned k = 0; k < m; k++)
				same += before[i] == after[k];
	}
	is_number(same, 1, "renewed: all but the one that serves are others");
	ok(echoes(held), "its client knows nothing of it");
	is_number(port_of(b, 0), port, "the port is the same");
	goes_on(b, "that");
	is_number((long)brood_count(b, BROOD_DEATHS), 0, "nobody died of it");
	hang_up(held);
	end_now(b);
}

static void
host_killed(void)
{
	pid_t pid = fork();
	unsigned port;
	int held;

	if (pid == 0) {
		struct brood *b = BEGIN("minimum-available", "3");

		shared->port = port_of(b, 0);
		pump_for(TEST_S * 1000);
		_exit(0);
	}
	ok(SOON(shared->port != 0), "another host serves");
	port = shared->port;
	held = hold(port);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(echoes(held), "it is killed: who is served goes on so");
	hang_up(held);
	ok(SOON(is_refused(port)), "all others leave");
}

/* ---- tests: the whole process ---- */

static void
told_the_port(struct brood *b, enum brood_event what, struct brood_client *c,
    const char *text, void *arg)
{
	(void)c, (void)text;
	if (what != BROOD_EVENT_READY)
		return;
	brood_listener(b, 0, NULL, 0, (unsigned *)arg);
	shared->port = *(unsigned *)arg;
}

/* brood_run in a process of its own, which ends with its status. */
static pid_t
run_alone(brood_event_fn *fn)
{
	unsigned port = 0;
	pid_t pid;

	shared->port = 0;
	pid = fork();
	if (pid == 0) {
		struct brood *b = MAKE("minimum-available", "2",
		    "maximum-available", "2");

		brood_on_event(b, fn, &port);
		MUST(b, brood_listen(b, "127.0.0.1:0"));
		_exit(brood_run(b));
	}
	return pid;
}

static void
stopped_when_ready(struct brood *b, enum brood_event what,
    struct brood_client *c, const char *text, void *arg)
{
	told_the_port(b, what, c, text, arg);
	if (what == BROOD_EVENT_READY)
		brood_stop(b);
}

static void
stopped_in_an_event(void)
{
	pid_t pid = run_alone(stopped_when_ready);
	struct brood *b = MAKE("minimum-available", "2");
	unsigned port = 0;

	is_number(status_of(pid, PATIENCE_MS), 0,
	    "brood_stop in an event function ends brood_run");
	MUST(b, brood_on_event(b, stopped_when_ready, &port));
	MUST(b, brood_listen(b, "127.0.0.1:0"));
	MUST(b, brood_start(b));
	host(b);
	ok(SOON(has_ended(b)), "and one in an event loop");
	brood_free(b);
}

static void
run(void)
{
	static const int stops[] = { SIGTERM, SIGINT, SIGQUIT };
	pid_t pid;
	int held;

	for (int i = 0; i < 3; i++) {
		pid = run_alone(told_the_port);
		ok(SOON(shared->port != 0), "brood_run gets ready");
		ok(atoi(ask(shared->port, "p")) > 0, "and serves");
		held = hold(shared->port);
		kill(pid, SIGHUP);
		kill(pid, SIGTTIN);
		sleep_ms(100);
		ok(echoes(held), "signals are brood's");
		ok(atoi(ask(shared->port, "p")) > 0, "it goes on serving");
		kill(pid, stops[i]);
		ok(SOON(is_refused(shared->port)), "told to stop it refuses");
		ok(echoes(held), "and serves who it has");
		hang_up(held);
		is_number(status_of(pid, PATIENCE_MS), 0, "then it ends with 0");
	}
}

/* Has the log all lines of one connection? */
static bool
is_logged(const char *path)
{
	char text[8192] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof text - 1);

	close(fd);
	return n > 0 && strstr(text, " ready ") != NULL &&
	    strstr(text, " begin ") != NULL && strstr(text, " end ") != NULL;
}

static void
logs(void)
{
	char path[64];
	struct brood *b;

	snprintf(path, sizeof path, "%s/log", folder);
	if (chdir(folder) == -1)
		return;
	ok(brood_log("nowhere", "info") == -1 && errno == EINVAL,
	    "a log that is none is refused");
	ok(access("nowhere", F_OK) == -1, "and no file made");
	ok(brood_log("relative/path", "info") == -1 && errno == EINVAL,
	    "so is a relative path");
	ok(brood_log("stderr", "loud") == -1 && errno == EINVAL,
	    "so is a level that is none");
	ok(brood_log(NULL, NULL) == -1, "so is NULL");
	ok(brood_log("/nonexistent/log", "info") == -1 && errno == ENOENT,
	    "a file that cannot be opened is told");
	ok(brood_log(path, "debug") == 0, "a path is good");
	b = BEGIN("minimum-available", "2");
	ok(SOON(shared->event[BROOD_EVENT_READY][0] == 1), "it gets ready");
	ask(port_of(b, 0), "p");
	ok(SOON(is_logged(path)), "it has lines of master and children");
	end_now(b);
	ok(brood_log("none", "info") == 0, "none is good");
	ok(brood_log("stderr", "error") == 0, "stderr is good");
}

/* ---- tests: brood_serve ---- */

/* What is executed by the tests below: api serve ADDRESSES KINDS. */
static int
serve_main(const char *addresses, const char *kinds)
{
	struct brood *b = brood_new();
	int status;

	if (strchr(kinds, 's') != NULL)
		brood_on_stream(b, obey, NULL);
	if (strchr(kinds, 'd') != NULL)
		brood_on_datagram(b, obey_datagram, NULL);
	if (strchr(kinds, 'q') != NULL)
		brood_set(b, "quit-after", "500ms");
	brood_set(b, "minimum-available", "1");
	status = brood_serve(b, addresses);
	brood_free(b);
	return status;
}

/* How to start it. */
struct start {
	int fd0, fd3;		/* -1: none */
	const char *addresses, *kinds;
	int stderr_fd;
	const char *proto;	/* the variable PROTO; NULL: not set */
};

static pid_t
start(struct start s)
{
	pid_t pid = fork();
	char number[24];

	if (pid != 0)
		return pid;
	if (s.fd0 != -1 ? dup2(s.fd0, 0) == -1 :
	    dup2(open("/dev/null", O_RDWR | O_CLOEXEC), 0) == -1)
		_exit(99);
	if (s.stderr_fd > 0)
		dup2(s.stderr_fd, 2);
	unsetenv("LISTEN_FDS");
	unsetenv("PROTO");
	if (s.proto != NULL)
		setenv("PROTO", s.proto, 1);
	if (s.fd3 != -1) {
		if (s.fd3 == 3)
			fcntl(3, F_SETFD, 0);
		else
			dup2(s.fd3, 3);
		snprintf(number, sizeof number, "%d", (int)getpid());
		setenv("LISTEN_FDS", "1", 1);
		setenv("LISTEN_PID", number, 1);
	}
	execl("/proc/self/exe", "api", "serve", s.addresses, s.kinds,
	    (char *)NULL);
	_exit(98);
}

static void
serves_addresses(void)
{
	unsigned port = free_port();
	char address[64], line[300] = "";
	int ends[2];
	pid_t pid;

	snprintf(address, sizeof address, "127.0.0.1:%u", port);
	pid = start((struct start){ -1, -1, address, "s", 0, NULL });
	ok(SOON(!is_refused(port)), "brood_serve listens");
	ok(atoi(ask(port, "p")) > 0, "and serves");
	if (pipe2(ends, O_CLOEXEC) == 0) {
		pid_t other = start((struct start){ -1, -1, address, "s",
		    ends[1], NULL });

		is_number(status_of(other, PATIENCE_MS), EX_UNAVAILABLE,
		    "a second one cannot have the port");
		close(ends[1]);
		ok(read(ends[0], line, sizeof line - 1) > 0 &&
		    strstr(line, address) != NULL, "and prints that");
		close(ends[0]);
	}
	kill(pid, SIGTERM);
	is_number(status_of(pid, PATIENCE_MS), 0, "it ends with 0");
	is_number(status_of(start((struct start){ -1, -1, "a:b:c", "s",
	    open("/dev/null", O_WRONLY | O_CLOEXEC), NULL }), PATIENCE_MS), EX_USAGE,
	    "no address is a usage error");
}

static void
serves_given_listeners(void)
{
	unsigned port, other = free_port();
	int fd = given_socket(SOCK_STREAM, &port);
	char address[64];
	pid_t pid;

	snprintf(address, sizeof address, "127.0.0.1:%u", other);
	pid = start((struct start){ -1, fd, address, "s", 0, NULL });
	ok(atoi(ask(port, "p")) > 0, "LISTEN_FDS: the given one is served");
	ok(is_refused(other), "and the address is not");
	kill(pid, SIGTERM);
	is_number(status_of(pid, PATIENCE_MS), 0, "it ends with 0");
	ok(!is_refused(port), "the listener is its owner's");
	close(fd);
	fd = given_socket(SOCK_DGRAM, &port);
	pid = start((struct start){ -1, fd, address, "sd", 0, NULL });
	ok(atoi(exchange_text(dial_at("127.0.0.1", port, SOCK_DGRAM), "p")) > 0,
	    "a datagram socket may be given, too");
	kill(pid, SIGTERM);
	is_number(status_of(pid, PATIENCE_MS), 0, "it ends with 0");
	close(fd);
}

static void
serves_a_connection(void)
{
	unsigned port, other = free_port();
	int listener = given_socket(SOCK_STREAM, &port), fd, ends[2];
	char address[64], want[16];
	pid_t pid;

	snprintf(address, sizeof address, "127.0.0.1:%u", other);
	fd = dial(port);
	ends[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	pid = start((struct start){ ends[0], -1, address, "s", 0, NULL });
	close(ends[0]);
	snprintf(want, sizeof want, "%d", (int)pid);
	is_text(ask_on(fd, "p"), want, "a connection is served by the process");
	is_number(status_of(pid, PATIENCE_MS), 0, "which ends with 0");

	fd = dial(port);
	ends[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	pid = start((struct start){ ends[0], -1, address, "s", 0, NULL });
	close(ends[0]);
	if (!ok(strstr(ask_on(fd, "P"), "127.0.0.1:") != NULL,
	    "its ends are known"))
		diag("%s", ask_on(-1, ""));
	status_of(pid, PATIENCE_MS);
	ok(is_refused(other), "and the address is not listened at");

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
		return;
	pid = start((struct start){ ends[0], -1, address, "s", 0, "UNIX" });
	close(ends[0]);
	ok(atoi(ask_on(ends[1], "p")) == pid, "a unix one is served with PROTO");
	is_number(status_of(pid, PATIENCE_MS), 0, "it ends with 0");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
		return;
	pid = start((struct start){ ends[0], -1, address, "s", 0, NULL });
	ok(SOON(!is_refused(other)), "without it the address is");
	ok(atoi(ask(other, "p")) > 0, "and served");
	kill(pid, SIGTERM);
	is_number(status_of(pid, PATIENCE_MS), 0, "it ends with 0");
	close(listener);
}

/* systemd's Accept=yes. */
static void
serves_a_given_connection(void)
{
	unsigned port;
	int listener = given_socket(SOCK_STREAM, &port), fd = dial(port), end;
	pid_t pid;

	end = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	pid = start((struct start){ -1, end, "127.0.0.1:0", "s", 0, NULL });
	close(end);
	is_number(atoi(ask_on(fd, "p")), pid, "LISTEN_FDS may be a connection");
	is_number(status_of(pid, PATIENCE_MS), 0, "which is served, and all");
	close(listener);
}

static void
serves_nothing_of_use(void)
{
	int ends[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid;
	int status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
		return;
	pid = start((struct start){ ends[0], -1, "127.0.0.1:0", "d", null,
	    "UNIX" });
	close(ends[0]);
	ok(atoi(ask_on(ends[1], "p")) == 0, "a connection, and datagrams only");
	status = status_of(pid, PATIENCE_MS);
	if (!ok(status >= 64 && status <= 78, "is an error"))
		diag("status %d", status);
	close(null);
}

static void
serves_a_listener(void)
{
	unsigned port;
	int fd = given_socket(SOCK_STREAM, &port);
	int64_t began = now_ms();
	pid_t pid = start((struct start){ fd, -1, "127.0.0.1:0", "sq", 0, NULL });
	int status;

	for (int i = 0; i < 3; i++)
		ok(atoi(ask(port, "p")) > 0, "a listener as 0: client %d", i);
	status = status_of(pid, PATIENCE_MS);
	is_number(status, 0, "it ends when it is quiet, with 0");
	diag("after %lld ms", (long long)(now_ms() - began));
	ok(!is_refused(port), "and leaves the listener");
	close(fd);
}

static void
serves_datagrams(void)
{
	unsigned port;
	int fd = given_socket(SOCK_DGRAM, &port), c;
	int64_t began = now_ms();
	pid_t pid = start((struct start){ fd, -1, "127.0.0.1:0", "dq", 0, NULL });

	c = dial_at("127.0.0.1", port, SOCK_DGRAM);
	for (int i = 0; i < 3; i++)
		ok(atoi(exchange_text(c, "p")) > 0,
		    "a datagram socket as 0: client %d", i);
	is_number(status_of(pid, PATIENCE_MS), 0, "it ends when it is quiet, with 0");
	diag("after %lld ms", (long long)(now_ms() - began));
	close(c);
	close(fd);
}

/* ---- all of them ---- */

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "null_service",              null_service },
	{ "null_service_served",       null_service_served },
	{ "null_client",               null_client },
	{ "null_arguments",            null_arguments },
	{ "wrong_words",               wrong_words },
	{ "words",                     words },
	{ "checking",                  checking },
	{ "fitting",                   fitting },
	{ "before_listening",          before_listening },
	{ "while_listening",           while_listening },
	{ "after_the_end",             after_the_end },
	{ "host_stays",                host_stays },
	{ "wrong_addresses",           wrong_addresses },
	{ "kinds_lacking",             kinds_lacking },
	{ "listeners",                 listeners },
	{ "listens_again",             listens_again },
	{ "unlistens_for_long",        unlistens_for_long },
	{ "embedded",                  embedded },
	{ "sigchld_ignored",           sigchld_ignored },
	{ "sigchld_nowait",            sigchld_nowait },
	{ "sigchld_stolen",            sigchld_stolen },
	{ "host_blocks_signals",       host_blocks_signals },
	{ "counts",                    counts },
	{ "hooks_run",                 hooks_run },
	{ "minimum_raised",            minimum_raised },
	{ "maximum_lowered",           maximum_lowered },
	{ "waiting_child_killed",      waiting_child_killed },
	{ "handlers_that_end",         handlers_that_end },
	{ "handlers_that_crash_often", handlers_that_crash_often },
	{ "handlers_that_leak",        handlers_that_leak },
	{ "handlers_with_children",    handlers_with_children },
	{ "handlers_that_block",       handlers_that_block },
	{ "handlers_and_closed_peers", handlers_and_closed_peers },
	{ "handlers_that_close",       handlers_that_close },
	{ "handlers_and_signals",      handlers_and_signals },
	{ "handlers_that_call",        handlers_that_call },
	{ "handlers_that_free",        handlers_that_free },
	{ "handlers_that_shut",        handlers_that_shut },
	{ "two_ends_known",            two_ends_known },
	{ "events_of_functions",       events_of_functions },
	{ "events_of_programs",        events_of_programs },
	{ "event_of_an_error",         event_of_an_error },
	{ "programs_refused",          programs_refused },
	{ "finish_loses_nothing",      finish_loses_nothing },
	{ "finish_is_bounded",         finish_is_bounded },
	{ "datagram_addresses",        datagram_addresses },
	{ "datagram_sizes",            datagram_sizes },
	{ "datagram_factor",           datagram_factor },
	{ "datagrams_of_unix",         datagrams_of_unix },
	{ "datagram_reflectors",       datagram_reflectors },
	{ "stop_waits",                stop_waits },
	{ "stop_time",                 stop_time },
	{ "stop_twice",                stop_twice },
	{ "stop_twice_at_once",        stop_twice_at_once },
	{ "freed_while_it_runs",       freed_while_it_runs },
	{ "renewed",                   renewed },
	{ "host_killed",               host_killed },
	{ "run",                       run },
	{ "stopped_in_an_event",       stopped_in_an_event },
	{ "logs",                      logs },
	{ "serves_addresses",          serves_addresses },
	{ "serves_given_listeners",    serves_given_listeners },
	{ "serves_a_connection",       serves_a_connection },
	{ "serves_a_given_connection", serves_a_given_connection },
	{ "serves_nothing_of_use",     serves_nothing_of_use },
	{ "serves_a_listener",         serves_a_listener },
	{ "serves_datagrams",          serves_datagrams },
};

/* In a process of its own, with nothing of what the one before left. */
static void
run_test(const char *name, void (*test)(void))
{
	unsigned points = shared->points, failed = shared->failed;
	int status = 0;
	pid_t pid;

	memset(shared, 0, sizeof *shared);
	shared->points = points;
	shared->failed = failed;
	dprintf(report_fd, "# %s\n", name);
	pid = fork();
	if (pid == 0) {
		alarm(TEST_S);
		shared->host_pid = getpid();
		test();
		exit(0);
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		ok(false, "%s is ended by SIG%s", name,
		    sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0)
		ok(false, "%s exits with %d", name, WEXITSTATUS(status));
}

static bool
is_wanted(const char *name, int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return argc == 1;
}

static void
clean(void)
{
	char command[100];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command) != 0)
		diag("cannot remove %s", folder);
}

int
main(int argc, char *argv[])
{
	const size_t n = sizeof tests / sizeof tests[0];

	if (argc == 4 && strcmp(argv[1], "serve") == 0)
		return serve_main(argv[2], argv[3]);
	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; i < n; i++)
			puts(tests[i].name);
		return 0;
	}
	signal(SIGPIPE, SIG_IGN);
	report_fd = fcntl(1, F_DUPFD_CLOEXEC, 200);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report_fd == -1 || shared == MAP_FAILED || mkdtemp(folder) == NULL) {
		puts("Bail out! no memory, descriptor or folder");
		return 99;
	}
	for (size_t i = 0; i < n; i++)
		if (is_wanted(tests[i].name, argc, argv))
			run_test(tests[i].name, tests[i].run);
	dprintf(report_fd, "1..%u\n", shared->points);
	clean();
	return shared->failed != 0;
}
