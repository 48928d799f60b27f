/* peer.h - a session for each peer that sends datagrams.
 *
 * Kind exec with peer-session: the first datagram of a peer starts a program;
 * all that this peer sends to the same address is its, until it ends or the
 * peer is quiet.  The program has one end of a socket that keeps datagrams
 * apart (SOCK_SEQPACKET, unix(7)) as 0 and 1.  The child stays beside it as a
 * relay and owns a UDP socket that is bound to the address that was asked and
 * connected to the peer, so that the kernel gives it what the peer sends.
 *
 * No datagram is lost between sockets, nor given to another's program:
 *
 * - One child at a time looks at the listeners (they share a claim), so two
 *   cannot begin a session for the same peer.
 * - What a peer sent before its socket was connected is still in the
 *   listener's queue: who finds it there, passes it to the session's inbox.
 * - Between bind(2) and connect(2) the new socket gets what others send: it is
 *   looked through once it is connected, and those are passed on: to their
 *   sessions, or to the strays, a queue that is watched like a listener.
 * - At its end the socket is connected elsewhere first, so that the peer's go
 *   to the listener again; then what is left in it, in the inbox, and unread
 *   before the program, becomes strays: a new session will have it.
 *
 * Where the socket cannot be bound (a port below 1024 without the right), all
 * goes by the inbox, and answers leave from the listener.  Floor 3 (pool). */
#ifndef POOL_PEER_H
#define POOL_PEER_H

#include "tools/err.h"

struct child;
struct pool;

/* In the master: where strays wait.  0, or -1 with errno and *e. */
int peer_open(struct pool *p, struct err *e);
void peer_close(struct pool *p);

/* In a child: listener i, or the strays, have something.  Returns if it was
 * not the beginning of a session. */
void peer_look(struct child *c, unsigned i);

#endif
