/* super.h - the supervisor's own: what its files share.
 *
 * It opens listeners and keeps one master a service; it reads nothing but the
 * plain form, short notes from its masters, and lines of its control socket.
 * Floor 5 (brood). */
#ifndef BROOD_SUPER_H
#define BROOD_SUPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/stat.h>

#include "brood/keep.h"
#include "brood/loader.h"
#include "brood/plain.h"
#include "brood/sockets.h"
#include "brood/supervisor.h"
#include "os/loop.h"
#include "os/notify.h"
#include "os/ready.h"
#include "rules/fault.h"

enum {
	SUPER_TAG_NOTIFY = 1,
	SUPER_TAG_CHANGE,	/* its loader */
	SUPER_TAG_PLAN,		/* the plan's */
	SUPER_TAG_UPGRADE,
	SUPER_TAG_ASK     = 0x1000,	/* a master is told limits; + its unit's number */
	SUPER_TAG_CONTROL = 0x10000
};

enum { SUPER_REASON = 512 };

/* A service, and who serves it. */
struct unit {
	LIST_ENTRY(unit) next;
	char name[48];
	unsigned number;
	const struct plain_service *spec;	/* in super's plain */
	struct keep *now;	/* NULL: nobody; again_ms says when to try */
	struct keep *coming;	/* of the change under way */
	struct keep_limits held;	/* by the last one that died */
	struct fault fault;
	int64_t again_ms;	/* 0 = not */
	int64_t pause_ms;	/* the last one, of listeners that cannot be had */
	unsigned restarts;
	int ask_fd;		/* limits are being told; -1 = not */
	int64_t ask_ms;		/* ... until then */
	char reason[SUPER_REASON];	/* why nobody, or "" */
};

enum action {
	ACTION_KEEP,
	ACTION_LIMITS,		/* told to the master that runs */
	ACTION_REPLACE,
	ACTION_START,
	ACTION_STOP
};

/* What a change does with one service. */
struct step {
	enum action action;
	struct unit *unit;		/* NULL: it does not exist yet */
	const struct plain_service *to;	/* NULL: it goes */
	char because[PLAIN_BECAUSE];
};

enum change_stage {
	CHANGE_NONE,
	CHANGE_LOADING,		/* the file is read */
	CHANGE_STARTING,	/* new masters get ready */
	CHANGE_TELLING		/* limits are told to others */
};

/* Who is replaced though the file says nothing else. */
enum renew {
	RENEW_NONE,
	RENEW_LOGS,	/* whose log is a file: to open it again needs the
			 * rights they had */
	RENEW_ALL	/* there is another binary */
};

struct change {
	enum change_stage stage;
	bool asked;		/* another one shall follow */
	bool first;		/* that was before an upgrade was asked for */
	enum renew renew;
	enum renew later;	/* likewise, when this one is done */
	struct loader loader;
	struct plain plain;
	struct step *step;
	unsigned nsteps;
	/* For who asked for it; the supervisor clears them: */
	bool began;
	bool ended;		/* so: */
	struct err end;		/* status 0: well */
};

enum upgrade_stage { UPGRADE_NONE, UPGRADE_REHEARSING, UPGRADE_SETTLING };

struct upgrade {
	enum upgrade_stage stage;
	bool asked;
	pid_t pid;		/* who rehearses */
	int fd;			/* what it says; -1 = it has closed it */
	int64_t until_ms;
	struct stat binary;	/* which it is; all 0: none */
	char said[4096];	/* the beginning of it */
	size_t nsaid;
};

struct super {
	const struct supervisor_options *o;
	struct loop loop;
	struct ready ready;
	struct notify notify;
	struct sockets sockets;
	struct plain plain;
	struct keep_way way;
	char control_path[KEEP_PATH];	/* "" = none */
	LIST_HEAD(, unit) units;
	LIST_HEAD(, keep) keeps;	/* all that live */
	unsigned numbers;	/* given to units */
	unsigned serials;	/* given to masters */
	struct change change;
	struct upgrade upgrade;
	int64_t now, started_ms;
	unsigned generation;
	bool is_ready;
	bool stopping;
	bool patient;		/* by QUIT only: it may take for ever */
	int stop_asked;		/* by a verb: once, or twice: now */
	bool drain_asked;
	int64_t again_ms;	/* masters are told a second time; 0 = not */
	int64_t stopped_ms;
	int64_t watchdog_ms;
	int status;		/* that it ends with */
	struct err last;	/* of the last reload */
	enum { RELOAD_NONE, RELOAD_OK, RELOAD_REFUSED } reload;
	struct verbs *verbs;	/* the control socket; NULL = none */
};

#endif
