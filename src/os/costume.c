/* costume.c - rights dropped for good, and verified. */
#include "os/costume.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
find_number(const char *s, id_t *id_r)
{
	const char *why;

	if (*s < '0' || *s > '9')
		return -1;
	*id_r = (id_t)strtonum(s, 0, 4294967294LL, &why);
	return why == NULL ? 0 : -1;
}

static int
find_group(struct costume *c, const char *name, struct err *e)
{
	struct group *gr = getgrnam(name);
	id_t id;

	if (gr != NULL) {
		c->gid = gr->gr_gid;
	} else if (find_number(name, &id) == 0) {
		c->gid = id;
	} else {
		err_set(e, EXIT_USAGE, "unknown group: %s, expected one of "
		    "group(5), or a number", name);
		return -1;
	}
	return 0;
}

static int
find_user(struct costume *c, const char *name, struct err *e)
{
	struct passwd *pw = getpwnam(name);
	id_t id;

	if (pw == NULL && find_number(name, &id) == 0) {
		pw = getpwuid(id);
		if (pw == NULL) {
			c->uid = id;
			c->gid = id;
			strlcpy(c->name, name, sizeof c->name);
			strlcpy(c->home, "/", sizeof c->home);
			strlcpy(c->shell, "/bin/sh", sizeof c->shell);
			return 0;
		}
	}
	if (pw == NULL) {
		err_set(e, EXIT_USAGE, "unknown user: %s, expected one of "
		    "passwd(5), or a number", name);
		return -1;
	}
	c->uid = pw->pw_uid;
	c->gid = pw->pw_gid;
	strlcpy(c->name, pw->pw_name, sizeof c->name);
	strlcpy(c->home, pw->pw_dir, sizeof c->home);
	strlcpy(c->shell, pw->pw_shell[0] != '\0' ? pw->pw_shell : "/bin/sh",
	    sizeof c->shell);
	return 0;
}

/* USER:GROUP that are numbers need nobody who knows their names. */
static bool
find_numbers(struct costume *c, const char *user, const char *group)
{
	id_t uid, gid;

	if (group == NULL || find_number(user, &uid) == -1 ||
	    find_number(group, &gid) == -1)
		return false;
	c->uid = uid;
	c->gid = gid;
	c->name[0] = c->home[0] = c->shell[0] = '\0';
	return true;
}

static int
find_own_groups(struct costume *c, const char *user, struct err *e)
{
	c->ngroups = COSTUME_GROUPS;
	if (getgrouplist(c->name, c->gid, c->groups, &c->ngroups) != -1)
		return 0;
	err_set(e, EXIT_USAGE, "user %s is in more than %d groups", user,
	    COSTUME_GROUPS);
	return -1;
}

static int
add_group(struct costume *c, const char *name, struct err *e)
{
	const struct group *gr;
	id_t id;

	if (c->ngroups == COSTUME_GROUPS) {
		err_set(e, EXIT_USAGE, "groups: expected at most %d",
		    COSTUME_GROUPS);
		return -1;
	}
	if (find_number(name, &id) == -1) {
		gr = getgrnam(name);
		if (gr == NULL) {
			err_set(e, EXIT_USAGE, "unknown group: %s, expected one "
			    "of group(5), or a number", name);
			return -1;
		}
		id = gr->gr_gid;
	}
	c->groups[c->ngroups++] = id;
	return 0;
}

static int
find_groups(struct costume *c, const char *list, struct err *e)
{
	char name[256];

	c->ngroups = 0;
	c->own_groups = true;
	if (strcmp(list, "none") == 0)
		return 0;
	for (;; list++) {
		size_t n = strcspn(list, ",");

		snprintf(name, sizeof name, "%.*s", (int)n, list);
		if (add_group(c, name, e) == -1)
			return -1;
		list += n;
		if (*list == '\0')
			return 0;
	}
}

int
costume_find(struct costume *c, const char *user, const char *groups,
    struct err *e)
{
	char copy[256];
	char *colon;

	if (strlcpy(copy, user, sizeof copy) >= sizeof copy) {
		err_set(e, EXIT_USAGE, "unknown user: the name is too long");
		return -1;
	}
	colon = strchr(copy, ':');
	if (colon != NULL)
		*colon++ = '\0';
	if ((groups == NULL || !find_numbers(c, copy, colon)) &&
	    (find_user(c, copy, e) == -1 ||
	    (colon != NULL && find_group(c, colon, e) == -1)))
		return -1;
	c->own_groups = false;
	if (groups != NULL ? find_groups(c, groups, e) == -1 :
	    find_own_groups(c, user, e) == -1)
		return -1;
	c->change = true;
	return 0;
}

static int
verify(const struct costume *c)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	if (getresuid(&r, &e, &s) == -1 || getresgid(&gr, &ge, &gs) == -1)
		return -1;
	if (r != c->uid || e != c->uid || s != c->uid ||
	    gr != c->gid || ge != c->gid || gs != c->gid ||
	    (c->uid != 0 && (setuid(0) != -1 || seteuid(0) != -1))) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

static bool
is_in(gid_t group, const gid_t *list, int n)
{
	while (n-- > 0)
		if (list[n] == group)
			return true;
	return false;
}

/* Are they what we have already?  Then no right is needed. */
static bool
has_groups(const struct costume *c)
{
	gid_t now[COSTUME_GROUPS];
	int n = getgroups(COSTUME_GROUPS, now);

	for (int i = 0; i < n; i++)
		if (now[i] != c->gid && !is_in(now[i], c->groups, c->ngroups))
			return false;
	for (int i = 0; i < c->ngroups; i++)
		if (c->groups[i] != c->gid && !is_in(c->groups[i], now, n))
			return false;
	return n >= 0;
}

static int
change_user(const struct costume *c, const char **step_r)
{
	*step_r = "set groups";
	if ((geteuid() == 0 || (c->own_groups && !has_groups(c))) &&
	    setgroups((size_t)c->ngroups, c->groups) == -1)
		return -1;
	*step_r = "change group";
	if (setresgid(c->gid, c->gid, c->gid) == -1)
		return -1;
	*step_r = "change user";
	if (setresuid(c->uid, c->uid, c->uid) == -1)
		return -1;
	*step_r = "verify the change of user";
	return verify(c);
}

/* The kernel forgets it when rights change; whoever asked for it did not. */
static int
keep_death_signal(int number, pid_t parent)
{
	if (number == 0)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) == -1)
		return -1;
	/* It may have died in between. */
	return getppid() == parent ? 0 : kill(getpid(), number);
}

int
costume_put_on(const struct costume *c, struct err *e)
{
	const char *step = "change to the folder";
	pid_t parent = getppid();
	int death_signal = 0;

	if (c->folder != NULL && chdir(c->folder) == -1) {
		err_sys(e, EXIT_UNAVAILABLE, "cannot change to %s", c->folder);
		return -1;
	}
	if (c->umask != -1)
		umask((mode_t)c->umask);
	prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
	if (c->change && change_user(c, &step) == -1)
		goto fail;
	step = "keep the parent-death signal";
	if (keep_death_signal(death_signal, parent) == -1)
		goto fail;
	step = "set no-new-privs";
	if (c->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		goto fail;
	return 0;
fail:
	err_sys(e, EXIT_PRIVILEGE, "cannot %s", step);
	return -1;
}

int
costume_try(const struct costume *c, int (*fn)(const char *, struct err *),
    const char *arg, struct err *e)
{
	struct err said = { .status = 0 };
	int ends[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot try the program");
		return -1;
	}
	if (pid == 0) {
		if (costume_put_on(c, &said) == -1 || fn(arg, &said) == -1)
			(void)!write(ends[1], &said, sizeof said);
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], &said, sizeof said)) == -1 && errno == EINTR)
		;
	close(ends[0]);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	if (n != sizeof said)
		return 0;
	*e = said;
	return -1;
}
