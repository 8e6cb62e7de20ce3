/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * broker.h - the heartbeat: drain the doors, decide, commit once, answer everybody.
 *
 * One turn of the loop is one batch:
 *
 *	1  take up to batch_max messages from the doors, for at most batch_ms, and prepare
 *	   them: what is pure, on all threads (wave.h)
 *	2  inside one transaction handle each: decide, leaves, copies
 *	3  commit, once, with fsync; sign one checkpoint
 *	4  answer every sender with the commit's result, wake who waits for copies
 *
 * While 2, 3 and 4 are done the other threads prepare what comes next.
 *
 * What belongs to layer 2 of a case waits for a turn of its own (cover.h).
 *
 * Nothing is answered before step 3, and nothing is signed before it.  A commit of which
 * nobody knows how far it came ends the process: crash and recover, never guess.  When
 * the disk is full the batch did not happen and everybody is told so; what needs no
 * room, and proofs above all, is answered as before; the rest when there is room again.
 *
 * struct broker ties the parts together for the handlers (handler.h), to which it is
 * read-only; broker_open() fills it (opening.c).  What changes in it later stands here
 * because parts share it, and each group of members has one that changes it: how commits
 * fare batch.c and the loop, policy and trust standing/ (between batches only), the time
 * timekeeper.c, the cover turn cover.c, `user` intake.c, and when something was last done
 * whoever does it.
 *
 * Threads: one, and the helpers of wave.h.
 */
#ifndef SLUIS_BROKER_BROKER_H
#define SLUIS_BROKER_BROKER_H

#include <signal.h>

#include "broker/clock.h"
#include "broker/config.h"
#include "broker/decision/pseudonym.h"
#include "broker/journal/journal.h"
#include "broker/journal/tally.h"
#include "broker/journal/witness.h"
#include "broker/keeper/keeper.h"
#include "broker/keys/rewrap.h"
#include "broker/metrics/counts.h"
#include "broker/metrics/door.h"
#include "broker/outbox/dispatch.h"
#include "broker/standing/ending.h"
#include "broker/standing/registry.h"
#include "broker/transport.h"
#include "broker/veil.h"
#include "certs/ends.h"

struct waves;

struct gap { /* what the operator accepts, see published.h */
	bool        asked;
	uint64_t    size;  /* of the lost head, as the operator names it */
	bool        there; /* found to be so */
	uint64_t    restored, missing;
	struct hash root;
};

struct warned { /* of the end of an anchor or list */
	struct hash     of;
	struct end_said said;
};

struct warnings {             /* what the log was told of what ends, and when (lists.h) */
	uint64_t      crl_ms; /* of the last day of a list */
	uint64_t      looked_s; /* at the ends of all */
	size_t        n;
	struct warned list[ENDS_MAX];
};

struct last_done {              /* what time brings (tick.h), by B->now_ms; 0: not yet */
	uint64_t erased_ms;     /* keys */
	uint64_t expired_ms;    /* overdue copies were looked for */
	uint64_t remembered_ms; /* overdue tasks and ended cases were */
	uint64_t aged_ms;       /* details past their term were */
	uint64_t known_ms;      /* signals were compared */
	uint64_t forgot_ms;     /* old tokens and plans were removed */
};

struct broker {
	const struct config *config; /* borrowed */

	/* The parts: broker_open() makes them, broker_close() ends them. */
	struct keeper        *keeper; /* has the keys; its facts are the broker's */
	struct keeper_line   *line;   /* of the loop's thread; the keeper's */
	struct store         *store;
	struct journal       *journal;
	struct registry      *registry;
	struct pseudonymiser *pseudonymiser;
	struct pseudonymiser *former;   /* of the epoch that ends (rotate.h); or NULL */
	struct pseudonymiser *subjects; /* tokens of persons (knowing/subject.h) */
	struct dispatch      *dispatch;
	struct witness       *witness;
	struct veil          *veil;  /* what waits for a cover turn */
	struct waves         *waves; /* what is taken in together */
	struct transport     *transport;
	struct metrics_door  *metrics; /* NULL: nobody is told */

	/* The policy in force, and its candidate. */
	struct policy *policy;
	uint64_t       policy_version;
	uint64_t       policy_looks;   /* how often policy_dir was looked at */
	rc             policy_refused; /* why what is there was refused */

	/* Anchors and lists in force, and what SIGHUP asks for. */
	struct trust   *trust;
	rc              trust_refused; /* why newer anchors or lists were not taken */
	struct trust   *told_trust;   /* while the journal knows of no newer (reload.h) */
	bool            accept_lists; /* older than before, says the operator (lists.h) */
	bool            older_lists;  /* and they are */
	unsigned        reload_due;   /* what is left to do of it (reload.h) */
	uint64_t        reload_put_ms; /* when the disk was full for it; 0: it was not */
	struct warnings warnings;

	/* How commits fare (batch.h). */
	bool     last_failed; /* the last batch was rolled back */
	bool     lost;        /* a commit failed: the process must end */
	bool     full;        /* the disk was, when something was last written */
	bool     failing;     /* batches were undone, and the log says so */
	uint64_t refused;     /* messages of them */

	/* Whether the state is older than what was published (published.h). */
	struct gap gap;
	bool       old_state; /* only proofs are answered */

	/* The time (timekeeper.h). */
	uint64_t               now_ms;     /* read once a turn */
	struct clock           clock;      /* where that comes from */
	bool                   clock_told; /* whether it is held, as the journal has it */
	volatile sig_atomic_t *clock_right; /* set: the administrator says so; or NULL */
	struct last_done       last;
	struct rewrap          rewrap; /* what a former master key wrapped */

	/* The cover turn (cover.h). */
	bool     covered;                   /* this batch is one */
	uint64_t cover_room;                /* then: entries that it has room for */
	size_t   cover_first;               /* the work that begins the next */
	char     notice_of[OIN_DIGITS + 1]; /* who caused the last veiled notice */

	/* What is counted. */
	uint64_t      started_ms;
	struct counts counts; /* since then */
	struct tally  tally;  /* what is told when its minute is over */

	/* Who acts in the request that is handled, of its message; NULL: unsaid. */
	const char *user;
};

/* Read keys, trust and the candidate policy of CONFIG and check them, as for a broker
 * that has no policy yet; opens no state and no socket.  What is wrong is logged with
 * file and place. */
MUST rc broker_check(struct broker *b, const struct config *config);

/* Read keys and trust, open the state, find the policy in force (adopt.h), tell the
 * journal, bind the doors.  B->gap may say which gap is accepted, B->accept_lists that
 * older revocation lists are. */
MUST rc broker_open(struct broker *b, const struct config *config);

void broker_close(struct broker *b);

/* Serve until *STOP; re-read trust and look at policy_dir when *RELOAD is set (and clear
 * it). */
MUST rc broker_run(
    struct broker *b, volatile sig_atomic_t *stop, volatile sig_atomic_t *reload);

#endif
