/* fits.c - what else must be true before a service can start. */
#include "lib/fits.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "os/launch.h"
#include "rules/address.h"

int
fits_listener(const struct service *s, int type, bool is_unix,
    const char *name, struct err *e)
{
	const struct handler *h = &s->handler;
	bool datagrams = type == SOCK_DGRAM;

	errno = EINVAL;
	if (h->peer_ms > 0 && (is_unix || !datagrams)) {
		err_set(e, EXIT_USAGE, "cannot listen on %s: expected udp, "
		    "as there is a peer-session", name);
		return -1;
	}
	if (!handler_is_inline(h) || (datagrams ? h->calls.datagram != NULL :
	    h->calls.stream != NULL))
		return 0;
	err_set(e, EXIT_USAGE, "cannot listen on %s: expected %s, as there "
	    "is no function for %s", name, datagrams ? "tcp, unix or "
	    "unix-seqpacket" : "udp or unix-dgram", datagrams ? "datagrams" :
	    "connections");
	return -1;
}

int
fits_places(const struct service *s, unsigned listeners, struct err *e)
{
	const struct handler *h = &s->handler;
	unsigned end = 3 + listeners;

	if (!handler_is_worker(h))
		return 0;
	if (h->dialect == HANDLER_ON_0 && listeners != 1) {
		err_set(e, EXIT_USAGE, "listener-on-0: expected one listener, "
		    "not %u", listeners);
		return -1;
	}
	if (h->ready != HANDLER_READY_FD || h->dialect == HANDLER_ON_0 ||
	    (unsigned)h->ready_fd >= end)
		return 0;
	err_set(e, EXIT_USAGE, "ready-by fd:%d: expected %u or more, as "
	    "listeners are below", h->ready_fd, end);
	return -1;
}

/* What a child does beside its program, or instead of one, it cannot do in
 * memory that is not its own. */
static const char *
needs_own(const struct service *s, bool datagrams)
{
	const struct handler *h = &s->handler;

	if (s->embedded)
		return "an own event loop";
	if (handler_is_inline(h))
		return "programs, not functions";
	if (datagrams && h->kind->way == WAIT_BATON && !handler_is_worker(h))
		return "no datagrams";
	return NULL;
}

int
fits_memory(const struct service *s, bool datagrams, bool *shared_r,
    struct err *e)
{
	const char *own = needs_own(s, datagrams);

	*shared_r = own == NULL && s->memory != MEMORY_OWN &&
	    launch_can_share();
	if (s->memory != MEMORY_SHARED || *shared_r)
		return 0;
	err_set(e, EXIT_UNAVAILABLE, "memory shared cannot be had: expected %s",
	    own != NULL ? own : "Linux on x86_64, clone3(2), and no sanitizer");
	return -1;
}

static int
fits_address(const struct service *s, const char *text, bool *datagrams,
    struct err *e)
{
	struct address a;
	const char *why = address_parse(text, strlen(text), &a);

	if (why != NULL) {
		err_set(e, EXIT_USAGE, "cannot listen on %.200s: %s", text, why);
		return -1;
	}
	if (a.kind == ADDRESS_FD)
		return 0;
	*datagrams |= address_type(a.kind) == SOCK_DGRAM;
	return fits_listener(s, address_type(a.kind), a.path[0] != '\0', text,
	    e);
}

int
fits_addresses(const struct service *s, const char *const addresses[],
    unsigned n, struct err *e)
{
	bool datagrams = false, shared;

	for (unsigned i = 0; i < n; i++)
		if (fits_address(s, addresses[i], &datagrams, e) == -1)
			return -1;
	if (fits_places(s, n, e) == -1 || (s->memory == MEMORY_SHARED &&
	    fits_memory(s, datagrams, &shared, e) == -1))
		return -1;
	return fits_limits(s, e);
}

int
fits_limits(const struct service *s, struct err *e)
{
	const struct handler *h = &s->handler;
	struct rlimit r;

	for (unsigned i = 0; i < h->nlimits; i++) {
		if (getrlimit(h->limit[i].resource, &r) == -1 ||
		    r.rlim_max >= h->limit[i].value.rlim_max)
			continue;
		r.rlim_max = h->limit[i].value.rlim_max;
		if (setrlimit(h->limit[i].resource, &r) == -1) {
			err_sys(e, EXIT_SYSTEM, "limit %s: cannot be raised",
			    h->limit[i].name);
			return -1;
		}
	}
	return 0;
}
