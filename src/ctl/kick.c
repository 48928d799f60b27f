/* kick.c - end the sessions of a client, or of a process. */
#include "ctl/kick.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/show.h"

struct kick {
	const char *whom;
	bool is_pid;
	const char *lines;	/* the verb that lists them */
	int64_t kicked;
};

/* Of "[::1]:7" and "10.0.0.1:7" the part before the port is enough. */
static bool
is_peer(const char *peer, const char *whom)
{
	bool bracket = peer[0] == '[' && whom[0] != '[';
	size_t n = strlen(whom);

	if (strcmp(peer, whom) == 0)
		return true;
	if (strncmp(peer + bracket, whom, n) != 0)
		return false;
	peer += n + bracket;
	return bracket ? peer[0] == ']' : peer[0] == ':' && peer[1] != ':';
}

static bool
is_whom(const struct kick *k, const struct record *r)
{
	const char *peer = record_get(r, "peer");

	if (k->is_pid)
		return record_is(r, "pid", k->whom);
	if (strncmp(k->whom, "uid=", 4) == 0)
		return record_is(r, "uid", k->whom + 4);
	return peer != NULL && is_peer(peer, k->whom);
}

/* Those of a list that are meant, in a list of their own. */
static void
keep_whom(const struct kick *k, struct records *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (is_whom(k, &l->v[i]))
			l->v[n++] = l->v[i];
		else
			record_free(&l->v[i]);
	l->n = n;
}

static bool
is_same(const struct record *a, const struct record *b)
{
	const char *peer = record_get(a, "peer");

	return record_is(b, "pid", record_get(a, "pid")) &&
	    (peer == NULL || record_is(b, "peer", peer));
}

static bool
have_common(const struct records *a, const struct records *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			if (is_same(&a->v[i], &b->v[j]))
				return true;
	return false;
}

static int
list_whom(struct call *c, struct member *m, const struct kick *k,
    struct records *to, struct err *e)
{
	const char *const words[] = { k->lines, NULL };
	int status = member_ask(c->house, m, words, to, e);

	keep_whom(k, to);
	for (size_t i = 0; i < to->n; i++)
		if (record_get(&to->v[i], "pid") == NULL)
			record_put(&to->v[i], "pid", "");
	return status;
}

/* Until none of those is there any more, or their master is not. */
static int
wait_for_end(struct call *c, struct member *m, const struct kick *k,
    const struct records *those, struct err *e)
{
	int status;
	bool common;

	do {
		struct records l = { 0 };

		status = list_whom(c, m, k, &l, e);
		common = status == 0 && have_common(those, &l);
		records_free(&l);
		if (status == EXIT_UNAVAILABLE)
			return 0;
	} while (common && talk_pause(TALK_POLL_MS, c->deadline));
	if (common) {
		err_set(e, CTL_LATE, "timed out: the session has not ended");
		status = CTL_LATE;
	}
	return status;
}

static int
kick_member(struct call *c, struct member *m, struct kick *k, struct err *e)
{
	const char *const words[] = { "kick", k->whom, NULL };
	struct records those = { 0 }, l = { 0 };
	int status = list_whom(c, m, k, &those, e);

	if (status == 0)
		status = member_ask(c->house, m, words, &l, e);
	for (size_t i = 0; i < l.n; i++)
		k->kicked += record_number(&l.v[i], "kicked", 0);
	if (status == 0)
		status = wait_for_end(c, m, k, &those, e);
	records_free(&those);
	records_free(&l);
	return status;
}

static void
show_kicked(const struct call *c, const struct kick *k)
{
	struct records l = { 0 };
	struct record r = { 0 };
	char n[24];

	snprintf(n, sizeof n, "%" PRId64, k->kicked);
	record_put(&r, "kicked", n);
	records_add(&l, r);
	if (c->json)
		show_json(&l);
	else
		printf("kicked %s\n", n);
	records_free(&l);
}

/* An older process of the service may be the one that serves whom. */
int
act_kick(struct call *c, struct err *e)
{
	size_t digits = strspn(c->word[0], "0123456789");
	bool is_pid = digits > 0 && c->word[0][digits] == '\0';
	struct kick k = { .whom = c->word[0], .is_pid = is_pid,
	    .lines = is_pid ? "children" : "connections" };
	struct house *h = c->house;
	struct member *m;
	int first = house_look(h, e);
	bool hit = false;

	if (first == 0)
		first = house_pick(h, c->n > 1 ? c->word[1] : NULL, &m, e);
	if (first != 0)
		return first;
	for (size_t i = 0; i < h->n; i++) {
		struct err why;
		int status;

		if (strcmp(h->member[i].service, m->service) != 0 ||
		    (h->member[i].pid == 0 && &h->member[i] != m))
			continue;
		status = kick_member(c, &h->member[i], &k, &why);
		hit |= status == 0;
		if (status == 0 || (first != 0 && status == CTL_REFUSED))
			continue;
		first = status;
		*e = why;
		member_blame(&h->member[i], e);
	}
	if (hit && first == CTL_REFUSED)
		first = 0;	/* one knew whom; that others did not is fine */
	if (first == 0)
		show_kicked(c, &k);
	return first;
}
