/* step.c - each service of the new file beside who serves it now. */
#include "brood/step.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "brood/limits.h"
#include "brood/unit.h"

const char *
step_word(enum action a)
{
	static const char *const words[] = {
		[ACTION_KEEP] = "keep", [ACTION_LIMITS] = "limits",
		[ACTION_REPLACE] = "replace", [ACTION_START] = "start",
		[ACTION_STOP] = "stop",
	};

	return words[a];
}

static bool
has_socket(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* Nobody can ask it any more, and it may not make another itself.  Where we
 * have lost ours, too, its successor could not either. */
static bool
has_lost_socket(const struct super *s, const struct keep *k)
{
	return k->state == KEEP_RUNNING && k->control[0] != '\0' &&
	    !has_socket(k->control) && has_socket(s->control_path);
}

static void
compare_one(const struct super *s, const struct plain_service *to,
    struct step *st)
{
	*st = (struct step){ .unit = unit_find(s, to->name), .to = to };
	st->action = ACTION_START;
	if (st->unit == NULL || st->unit->now == NULL) {
		strlcpy(st->because, st->unit == NULL ? "it is new" :
		    "nobody serves it", sizeof st->because);
		return;
	}
	switch (plain_compare(st->unit->spec, to, st->because)) {
	case PLAIN_SAME:
		st->action = ACTION_KEEP;
		break;
	case PLAIN_LIMITS:
		st->action = st->unit->now->control[0] != '\0' ?
		    ACTION_LIMITS : ACTION_REPLACE;
		break;
	case PLAIN_OTHER:
		st->action = ACTION_REPLACE;
		break;
	}
	if (st->action != ACTION_REPLACE && has_lost_socket(s, st->unit->now)) {
		st->action = ACTION_REPLACE;
		strlcpy(st->because, "its control socket is lost",
		    sizeof st->because);
	}
}

bool
step_is_done(struct step *st)
{
	if (st->action != ACTION_LIMITS || !limits_hold(st->unit, st->to))
		return false;
	st->action = ACTION_KEEP;
	st->because[0] = '\0';
	return true;
}

int
step_compare(const struct super *s, const struct plain *to,
    struct step **v_r, unsigned *n_r)
{
	struct unit *u;
	unsigned most = to->nservices, n = 0;

	LIST_FOREACH(u, &s->units, next)
		most++;
	*v_r = calloc(most + 1, sizeof **v_r);
	if (*v_r == NULL)
		return -1;
	for (unsigned i = 0; i < to->nservices; i++)
		compare_one(s, &to->service[i], &(*v_r)[n++]);
	LIST_FOREACH(u, &s->units, next)
		if (plain_find(to, u->name) == NULL)
			(*v_r)[n++] = (struct step){ ACTION_STOP, u, NULL,
			    "it is not in the file" };
	*n_r = n;
	return 0;
}
