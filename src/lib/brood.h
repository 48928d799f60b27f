/* brood.h - a pre-forking server from one function.  libbrood(3).
 *
 *	static void
 *	hello(struct brood_client *c, int fd, void *arg)
 *	{
 *		dprintf(fd, "hello, world\r\n");
 *	}
 *
 *	int
 *	main(void)
 *	{
 *		struct brood *b = brood_new();
 *
 *		brood_on_stream(b, hello, NULL);
 *		return brood_serve(b, "localhost:7000");
 *	}
 *
 * A struct brood is one service: its addresses, what is done with who comes,
 * and a pool of children that wait for it.  Several may live in one process.
 * No function is safe to call from a signal handler, nor for one service
 * from two threads at once.
 *
 * Unless it says otherwise a function returns 0, or -1 with errno set and a
 * line in brood_error().  A NULL service, and a call at a time when it makes
 * no sense (listening twice, after the end), is such an error: EINVAL, EALREADY,
 * ESHUTDOWN; never a crash.
 *
 * Floor 4 (lib): the one installed header. */
#ifndef BROOD_H
#define BROOD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct brood;			/* a service */
struct brood_client;		/* whose connection or datagram this is */

/* ---- what is done with who comes ---- */

/* Serve one connection; fd is blocking, and is closed when this returns.
 * That is at once: what the client sent and nobody read makes the kernel
 * answer with a reset, which can overtake the reply.  Where input may be left
 * unread, call brood_finish() last.
 *
 * Called in a child of the pool, which serves one client at a time: it may
 * block, crash or exit, and takes only itself along.  SIGPIPE is ignored and
 * other signals are blocked meanwhile. */
typedef void brood_stream_fn(struct brood_client *c, int fd, void *arg);

/* Serve one datagram of n bytes, 0 to 65535; data is good until this
 * returns.  brood_reply() answers.  Called in a child of the pool. */
typedef void brood_datagram_fn(struct brood_client *c, const void *data,
    size_t n, void *arg);

/* A new service, with all defaults; owned by the caller.  NULL with errno
 * set if there is no memory. */
struct brood *brood_new(void);

/* End what still runs, at once, and free; NULL is nothing. */
void brood_free(struct brood *b);

/* What went wrong last: one line for each reason, or "".  Good until the next
 * call for the same service. */
const char *brood_error(const struct brood *b);

/* The exit status of <sysexits.h> that fits it; 0 if nothing did. */
int brood_exit_status(const struct brood *b);

/* The functions that serve streams (tcp, unix, unix-seqpacket) and datagrams
 * (udp, unix-dgram); one service may have both.  The kind of the service
 * becomes inline.  Before listening only. */
int brood_on_stream(struct brood *b, brood_stream_fn *fn, void *arg);
int brood_on_datagram(struct brood *b, brood_datagram_fn *fn, void *arg);

/* Instead of a function: a program, by brood_set(b, "kind", ...) one of exec
 * (the default), exec-wait and worker; brood(8) says what it finds.  Without a
 * slash argv[0] is looked for in PATH.  Copied.  Before listening only. */
int brood_program(struct brood *b, char *const argv[]);

/* ---- settings ---- */

/* Set a word of brood(8), spelled as its long option, without dashes:
 * "minimum-available", "maximum-connected", "interface", "session-time" ...;
 * what takes no value there takes "yes" or "no".  While it runs,
 * minimum-available, maximum-available and maximum-connected may be set:
 * raising the minimum starts children at once, lowering the maximum cuts
 * nobody.  EINVAL: no such word or value; EBUSY: not while it runs. */
int brood_set(struct brood *b, const char *word, const char *value);

/* A word: for a program's own options, file and help. */
struct brood_word {
	const char *name;	/* as its long option, without dashes */
	const char *value;	/* how the value is named; NULL: yes or no, and
				 * none means yes */
	const char *range;	/* what is allowed: "1 to 32768", "100ms to 10d",
				 * "shared or own", "text" ... */
	const char *initial;	/* its default, as it would be written or said;
				 * "" = none */
	const char *kinds;	/* the kinds it is for, with blanks between;
				 * "" = all */
	const char *since;	/* the version that had it first: "0.1" */
	bool many;		/* each one counts, not the last */
	bool live;		/* brood_set() may change it while it runs */
	const char *help;	/* one line, without the default */
};

/* The i-th word, constant; NULL: there are no more. */
const struct brood_word *brood_word(unsigned i);

/* Check all that brood_listen() checks before it opens anything, but for the
 * addresses: words, limits together, the user; and, if asked to, that the
 * program is there and may be executed as that user, which takes a child.
 * Changes nothing.  Before listening only. */
int brood_check(struct brood *b, bool program);

/* Could it serve what comes to these n addresses, each as for brood_listen()?
 * Nobody is asked for a name, and nothing is opened; what an inherited one is
 * shows only then.  Hard limits of the process are raised where its programs
 * have higher ones, as they are when it starts. */
int brood_fits(struct brood *b, const char *const addresses[], unsigned n);

/* Can children share their parent's memory here ("memory", brood(8))?  Tries
 * it. */
bool brood_can_share(void);

/* ---- listening ---- */

/* Listen on every address that each of a comma list resolves to:
 * [tcp:|udp:][HOST:]PORT, unix:PATH, unix-dgram:PATH, unix-seqpacket:PATH,
 * fd:NAME (brood(8)).  All must be had, or none is.  A service that listens
 * may be told so again after brood_unlisten() only. */
int brood_listen(struct brood *b, const char *addresses);

/* Stop listening, and start no children any more; clients that were accepted
 * are served to their end. */
int brood_unlisten(struct brood *b);

bool brood_is_listening(const struct brood *b);

/* The i-th listener's descriptor, borrowed; -1 with ENOENT, and no line in
 * brood_error(), if there is none.
 * Its local address is in text_r, if that is not NULL ("127.0.0.1:7000",
 * "unix:/run/x"), its port in port_r, 0 where it has none. */
int brood_listener(const struct brood *b, unsigned i, char *text_r,
    size_t size, unsigned *port_r);

/* ---- running ---- */

/* Serve until told to stop.  Takes over the process: its signals are brood's
 * (brood(8)), and it should have no threads.  Returns an exit status of
 * <sysexits.h> for main() to return; not 0: brood_error() says why. */
int brood_run(struct brood *b);

/* One program, every life: brood_listen() and brood_run(), but if the process
 * finds LISTEN_FDS it serves these listeners instead (systemd, or a
 * supervisor), and if its descriptor 0 is a socket, it serves that: one
 * connection (inetd, tcpserver, brood), or a listener or datagram socket
 * until it is quiet (inetd's wait).  Prints what went wrong on standard error.
 * Returns the exit status for main(). */
int brood_serve(struct brood *b, const char *addresses);

/* In the caller's own event loop instead: brood_start() once, then call
 * brood_turn() whenever brood_fd() is readable (poll(2), epoll(7)).  It never
 * blocks, and touches no signal: deaths of children are told by pidfds, and
 * only children of this service are waited for, by their pids (the kernel
 * still sends SIGCHLD for them: the caller should wait for its own by pid, too,
 * but if it takes ours the service goes on).  Children are forked and have
 * copies of the caller's descriptors.  brood_turn() returns 1 while
 * the service runs, 0 when it has ended. */
int brood_start(struct brood *b);
int brood_fd(const struct brood *b);
int brood_turn(struct brood *b);

/* End it: nobody new, those being served may finish for stop-time; asked a
 * second time: now.  brood_turn() or brood_run() tells the end. */
int brood_stop(struct brood *b);

/* What SIGHUP does to brood_run(): look names up again, open and close
 * listeners accordingly, replace waiting children, roll workers. */
int brood_renew(struct brood *b);

enum brood_count {
	BROOD_AVAILABLE,	/* children that wait */
	BROOD_CONNECTED,	/* clients being served now */
	BROOD_SERVED,		/* clients served to their end */
	BROOD_DEATHS		/* children that ended without being asked */
};

/* Counted now, from the children's own words.  0 for a NULL service. */
unsigned long brood_count(const struct brood *b, enum brood_count what);

/* ---- events ---- */

enum brood_event {
	BROOD_EVENT_READY,	/* all listen, minimum-available wait */
	BROOD_EVENT_CHILD,	/* a child starts; called in it */
	BROOD_EVENT_BEGIN,	/* a client; called in the child, for programs
				 * in the master */
	BROOD_EVENT_END,	/* ... is served; likewise */
	BROOD_EVENT_ERROR	/* something failed; text says what */
};

/* client: of BEGIN and END where they are called in the child, else NULL;
 * text: one line about it, never NULL. */
typedef void brood_event_fn(struct brood *b, enum brood_event what,
    struct brood_client *client, const char *text, void *arg);

int brood_on_event(struct brood *b, brood_event_fn *fn, void *arg);

/* The log of all services of this process: "stderr", "syslog", "none" (the
 * default but for brood(8) itself) or an absolute path; level: "error",
 * "warn", "info" or "debug". */
int brood_log(const char *where, const char *level);

/* ---- in a handler ---- */

/* The two ends, good until the handler returns; NULL if not known.  local: the
 * address that the client asked, also on a listener for all addresses. */
const struct sockaddr *brood_peer(struct brood_client *c, socklen_t *len_r);
const struct sockaddr *brood_local(struct brood_client *c, socklen_t *len_r);

/* The peer's user, of a unix socket; -1 with ENOTSUP of others. */
int brood_peer_user(struct brood_client *c, unsigned *uid_r, unsigned *gid_r,
    int *pid_r);

/* Answer a datagram with one, from the address that was asked.  May be called
 * several times.  EMSGSIZE: too long (65507 bytes for IPv4).  EPERM: answering
 * would feed a loop or strike a third one (a reflector's port, port 0,
 * broadcast, multicast, one of our own listeners; more than the words
 * reply-rate and reply-factor allow: 512 bytes, or 3 times what was asked). */
int brood_reply(struct brood_client *c, const void *data, size_t n);

/* Was the datagram longer than 65535 bytes, or than the receiver's buffer? */
bool brood_truncated(const struct brood_client *c);

/* End a connection so that the client gets all that was sent: says that
 * nothing more comes, then reads and drops what the client still sends, until
 * its end, 2 s of silence, or 5 s in all; then closes.  The handler must not
 * use fd any more. */
int brood_finish(struct brood_client *c);

#ifdef __cplusplus
}
#endif

#endif
