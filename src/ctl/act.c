/* act.c - ask for something; then ask again until it is so. */
#include "ctl/act.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/save.h"
#include "ctl/show.h"

/* ---- one master ---- */

/* Whom it is about; service NULL: there is only one. */
static int
pick(struct call *c, const char *service, struct member **m_r, struct err *e)
{
	int status = house_look(c->house, e);

	return status != 0 ? status : house_pick(c->house, service, m_r, e);
}

/* Ask where no lines are expected. */
static int
tell(struct call *c, struct member *m, const char *const *words, struct err *e)
{
	struct records l = { 0 };
	int status = member_ask(c->house, m, words, &l, e);

	records_free(&l);
	if (status != 0)
		member_blame(m, e);
	return status;
}

/* 0: it is true now; CTL_LATE: not yet, and *e says what is missing; or
 * another status, and it never will be. */
typedef int test_fn(const struct record *status, void *arg, struct err *e);

static int
wait_until(struct call *c, struct member *m, test_fn *test, void *arg,
    struct err *e)
{
	struct err why = { 0 };
	struct record r;
	int status;

	do {
		status = member_status(c->house, m, &r, e);
		if (status == 0) {
			status = test(&r, arg, &why);
			record_free(&r);
			*e = why;
		} else if (status == CTL_LATE && why.text[0] != '\0') {
			*e = why;
			break;
		} else {
			break;
		}
	} while (status == CTL_LATE && talk_pause(TALK_POLL_MS, c->deadline));
	why = *e;
	if (status == CTL_LATE)
		err_set(e, status, "timed out: %.400s", why.text);
	if (status != 0)
		member_blame(m, e);
	return status;
}

static int
not_yet(struct err *e, const char *what, int64_t is, int64_t wanted)
{
	err_set(e, CTL_LATE, "%s is %" PRId64 ", expected %" PRId64, what, is,
	    wanted);
	return CTL_LATE;
}

/* As many wait as should; while it is paused nobody does. */
static int
has_enough(const struct record *r, struct err *e)
{
	int64_t wanted = record_number(r, "wanted", 0);
	int64_t available = record_number(r, "available", 0);

	return record_is(r, "state", "paused") || available >= wanted ? 0 :
	    not_yet(e, "available", available, wanted);
}

/* Nobody who was told to go may take one more client.  Workers are left out:
 * of them is not known whether they still accept, or end a long session. */
static int
has_left(const struct record *r, struct err *e)
{
	int64_t leaving = record_number(r, "leaving", 0);

	return leaving == 0 || record_is(r, "kind", "worker") ? 0 :
	    not_yet(e, "leaving", leaving, 0);
}

/* ---- set ---- */

struct setting {
	char **word;		/* and its value, and so on, n in all */
	int n;
};

static int
test_set(const struct record *r, void *arg, struct err *e)
{
	const struct setting *s = arg;

	for (int i = 0; i < s->n; i += 2) {
		int64_t wanted = strtoll(s->word[i + 1], NULL, 10);
		int64_t is = record_number(r, s->word[i], wanted);

		if (is != wanted)
			return not_yet(e, s->word[i], is, wanted);
	}
	return has_enough(r, e);
}

/* The supervisor's file; it is freed by the caller. */
static int
find_file(struct call *c, char **file_r, struct err *e)
{
	static const char *const words[] = { "status", NULL };
	struct records l = { 0 };
	int status;
	const char *file;

	*file_r = NULL;
	if (!c->house->supervisor) {
		err_set(e, EXIT_USAGE, "--save: a master without a file "
		    "answers at %.200s: expected a supervisor", c->house->path);
		return EXIT_USAGE;
	}
	status = house_ask(c->house, words, &l, e);
	file = status == 0 && l.n > 0 ? record_get(&l.v[0], "file") : NULL;
	if (file != NULL && file[0] == '/') {
		*file_r = record_copy(file);
	} else if (status == 0) {
		err_set(e, CTL_REFUSED, "--save: the supervisor does not say "
		    "which file it has");
		status = CTL_REFUSED;
	}
	records_free(&l);
	return status;
}

static int
save(struct call *c, const struct member *m, const struct setting *s,
    const char *file, struct err *e)
{
	struct err why;

	if (save_words(file, m->service, (unsigned)s->n / 2, s->word,
	    c->deadline, &why) == 0)
		return 0;
	err_set(e, CTL_REFUSED, "%.60s: set, but not saved: %.400s", m->service,
	    why.text);
	return CTL_REFUSED;
}

static int
set_member(struct call *c, struct member *m, struct setting *s, struct err *e)
{
	const char **words = record_memory(NULL, (size_t)s->n + 2,
	    sizeof *words);
	int status;

	words[0] = "set";
	for (int i = 0; i <= s->n; i++)
		words[i + 1] = s->word[i];
	status = tell(c, m, words, e);
	free(words);
	return status != 0 ? status : wait_until(c, m, test_set, s, e);
}

static int
check_words(const struct setting *s, struct err *e)
{
	for (int i = 0; i < s->n; i += 2)
		for (int j = 0; j < i; j += 2)
			if (strcmp(s->word[i], s->word[j]) == 0) {
				err_set(e, EXIT_USAGE,
				    "%.60s: expected it once", s->word[i]);
				return EXIT_USAGE;
			}
	return 0;
}

int
act_set(struct call *c, struct err *e)
{
	int named = c->n % 2;
	struct setting s = { c->word + named, c->n - named };
	struct member *m;
	char *file = NULL;
	int status = check_words(&s, e);

	if (status == 0)
		status = pick(c, named ? c->word[0] : NULL, &m, e);
	if (status == 0 && c->save)
		status = find_file(c, &file, e);
	if (status == 0)
		status = set_member(c, m, &s, e);
	if (status == 0 && c->save)
		status = save(c, m, &s, file, e);
	free(file);
	return status;
}

/* ---- pause and resume ---- */

static int
test_paused(const struct record *r, void *arg, struct err *e)
{
	int64_t here = record_number(r, "available", 0) +
	    record_number(r, "starting", 0);

	(void)arg;
	if (!record_is(r, "state", "paused")) {
		err_set(e, CTL_LATE, "it is not paused yet");
		return CTL_LATE;
	}
	return here == 0 ? has_left(r, e) : not_yet(e, "available", here, 0);
}

int
act_pause(struct call *c, struct err *e)
{
	const char *const words[] = { "pause", c->refuse ? "refuse" : "keep",
	    NULL };
	struct member *m;
	int status = pick(c, c->word[0], &m, e);

	if (status == 0)
		status = tell(c, m, words, e);
	return status != 0 ? status : wait_until(c, m, test_paused, NULL, e);
}

static int
test_resumed(const struct record *r, void *arg, struct err *e)
{
	(void)arg;
	if (record_is(r, "state", "paused")) {
		err_set(e, CTL_LATE, "it is still paused");
		return CTL_LATE;
	}
	return has_enough(r, e);
}

int
act_resume(struct call *c, struct err *e)
{
	static const char *const words[] = { "resume", NULL };
	struct member *m;
	int status = pick(c, c->word[0], &m, e);

	if (status == 0)
		status = tell(c, m, words, e);
	return status != 0 ? status : wait_until(c, m, test_resumed, NULL, e);
}

/* ---- renew ---- */

struct renewal {
	int64_t before;		/* the generation */
	bool begun;		/* it was seen at work */
};

static int
test_renewed(const struct record *r, void *arg, struct err *e)
{
	struct renewal *was = arg;
	bool working = record_number(r, "renewing", 0) != 0;
	bool new = record_number(r, "generation", 0) > was->before;

	if (!working && new)
		return has_enough(r, e) == 0 ? has_left(r, e) : CTL_LATE;
	if (!working && was->begun) {
		err_set(e, CTL_REFUSED, "the renewal was given up; its log "
		    "says why");
		return CTL_REFUSED;
	}
	was->begun |= working;
	err_set(e, CTL_LATE, "it is still renewing");
	return CTL_LATE;
}

int
act_renew(struct call *c, struct err *e)
{
	static const char *const words[] = { "renew", NULL };
	struct renewal was = { 0 };
	struct record r;
	struct member *m;
	int status = pick(c, c->word[0], &m, e);

	if (status != 0)
		return status;
	status = member_status(c->house, m, &r, e);
	if (status != 0) {
		member_blame(m, e);
		return status;
	}
	was.before = record_number(&r, "generation", 0);
	record_free(&r);
	status = tell(c, m, words, e);
	return status != 0 ? status : wait_until(c, m, test_renewed, &was, e);
}

/* ---- log ---- */

int
act_log(struct call *c, struct err *e)
{
	const char *const words[] = { "log", c->word[c->n - 1], NULL };
	struct records l = { 0 };
	struct member *m;
	int status;

	if (c->n == 1) {
		status = house_ask(c->house, words, &l, e);
		records_free(&l);
		return status;
	}
	status = pick(c, c->word[0], &m, e);
	return status != 0 ? status : tell(c, m, words, e);
}

/* ---- the end ---- */

/* Its end is the answer; whether it said ok before does not matter. */
static int
end(struct call *c, const char *const *words, struct err *e)
{
	struct talk *t = &c->house->top;
	struct records l = { 0 };
	int status = talk_ask(t, words, c->deadline, &l, e);

	records_free(&l);
	if (status != 0 && t->gone)
		return 0;
	if (status == 0)
		status = talk_wait_end(t, c->deadline, e);
	if (status == CTL_LATE)
		err_set(e, status, "timed out: it has not ended yet");
	return status;
}

int
act_stop(struct call *c, struct err *e)
{
	const char *const words[] = { "stop", c->now ? "now" : NULL, NULL };

	return end(c, words, e);
}

int
act_drain(struct call *c, struct err *e)
{
	static const char *const words[] = { "drain", NULL };

	return end(c, words, e);
}
