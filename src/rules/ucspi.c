/* ucspi.c - a connection as variables. */
#include "rules/ucspi.h"

#include <string.h>

#include "tools/text.h"

/* Everything these protocols have, also what we never set. */
static const char *const owned[] = {
	"PROTO",
	"TCPLOCALIP", "TCPLOCALPORT", "TCPLOCALHOST", "TCPREMOTEIP",
	"TCPREMOTEPORT", "TCPREMOTEHOST", "TCPREMOTEINFO", "TCPINTERFACE",
	"TCPCONNNUM", "TCPCONCURRENCY", "TCP6INTERFACE", "TCP6LOCALIP",
	"TCP6LOCALPORT", "TCP6LOCALHOST", "TCP6REMOTEIP", "TCP6REMOTEPORT",
	"TCP6REMOTEHOST", "TCP6REMOTEINFO",
	"UDPLOCALIP", "UDPLOCALPORT", "UDPREMOTEIP", "UDPREMOTEPORT",
	"UDPCONNNUM", "UDPINTERFACE",
	"UNIXLOCALPATH", "UNIXLOCALUID", "UNIXLOCALGID", "UNIXLOCALPID",
	"UNIXREMOTEPATH", "UNIXREMOTEEUID", "UNIXREMOTEEGID", "UNIXREMOTEPID",
	"UNIXCONNNUM",
	"IPCLOCALPATH", "IPCREMOTEPATH", "IPCREMOTEEUID", "IPCREMOTEEGID",
	"IPCREMOTEINFO", "IPCCONNNUM",
	"REMOTE_HOST", "REMOTE_ADDR", "REMOTE_PORT",
	"LISTEN_FDS", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDNAMES",
	"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "MAINPID",
	"SERVER_STARTER_PORT", "SERVER_STARTER_GENERATION", "FDSTORE",
	"EINHORN_FD_COUNT", "EINHORN_MASTER_PID", "EINHORN_SOCK_PATH",
};

struct vars {
	struct text t;
	char **envp;
	unsigned n;
};

bool
ucspi_owns(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
		if (strlen(owned[i]) == n && memcmp(owned[i], name, n) == 0)
			return true;
	return false;
}

void
ucspi_unmap(struct ucspi_end *e)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (!e->v6 || memcmp(e->ip, mapped, sizeof mapped) != 0)
		return;
	memmove(e->ip, e->ip + 12, 4);
	e->v6 = false;
}

static void
begin(struct vars *v, const char *name)
{
	v->envp[v->n++] = v->t.at;
	text_str(&v->t, name);
	text_byte(&v->t, '=');
}

static void
end(struct vars *v)
{
	text_byte(&v->t, '\0');
}

static void
var_str(struct vars *v, const char *name, const char *value)
{
	begin(v, name);
	text_str(&v->t, value);
	end(v);
}

static void
var_dec(struct vars *v, const char *name, uint64_t value)
{
	begin(v, name);
	text_dec(&v->t, value);
	end(v);
}

static void
var_ip(struct vars *v, const char *name, const struct ucspi_end *e)
{
	begin(v, name);
	if (e->v6)
		text_ip6(&v->t, e->ip);
	else
		text_ip4(&v->t, e->ip);
	end(v);
}

static void
udp_vars(struct vars *v, const struct ucspi_conn *c)
{
	var_str(v, "PROTO", "UDP");
	var_ip(v, "UDPREMOTEIP", &c->peer);
	var_dec(v, "UDPREMOTEPORT", c->peer.port);
	var_ip(v, "UDPLOCALIP", &c->local);
	var_dec(v, "UDPLOCALPORT", c->local.port);
	var_dec(v, "UDPCONNNUM", c->live);
	if (c->interface != NULL)
		var_str(v, "UDPINTERFACE", c->interface);
}

static void
tcp_vars(struct vars *v, const struct ucspi_conn *c)
{
	var_str(v, "PROTO", "TCP");
	var_ip(v, "TCPREMOTEIP", &c->peer);
	var_dec(v, "TCPREMOTEPORT", c->peer.port);
	var_ip(v, "TCPLOCALIP", &c->local);
	var_dec(v, "TCPLOCALPORT", c->local.port);
	var_dec(v, "TCPCONNNUM", c->live);
	if (c->interface != NULL)
		var_str(v, "TCPINTERFACE", c->interface);
}

static void
unix_vars(struct vars *v, const struct ucspi_conn *c)
{
	var_str(v, "PROTO", "UNIX");
	var_str(v, "UNIXLOCALPATH", c->path);
	var_dec(v, "UNIXREMOTEEUID", c->uid);
	var_dec(v, "UNIXREMOTEEGID", c->gid);
	var_dec(v, "UNIXREMOTEPID", c->pid);
	var_dec(v, "UNIXCONNNUM", c->live);
	var_str(v, "IPCLOCALPATH", c->path);
	var_dec(v, "IPCREMOTEEUID", c->uid);
	var_dec(v, "IPCREMOTEEGID", c->gid);
	var_dec(v, "IPCCONNNUM", c->live);
}

unsigned
ucspi_vars(const struct ucspi_conn *c, char buf[UCSPI_BYTES],
    char *envp[UCSPI_VARS])
{
	struct vars v = { .t = text_over(buf, UCSPI_BYTES), .envp = envp };

	switch (c->proto) {
	case UCSPI_TCP:
		tcp_vars(&v, c);
		break;
	case UCSPI_UDP:
		udp_vars(&v, c);
		break;
	case UCSPI_UNIX:
		unix_vars(&v, c);
		break;
	}
	return v.n;
}
