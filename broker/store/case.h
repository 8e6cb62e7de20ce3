/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case.h - what the broker knows of cases: tables case_, case_seat, case_step,
 * case_source, task.
 *
 * No value of a signal and no word that somebody wrote stands here: ids, seats, states,
 * coded answers, times.  Everything is written inside the batch's open transaction.
 * Lists come page by page or through a visitor, never whole.
 *
 * Layers: a row has the layer of what it tells.  Readers name the layer up to which they
 * may look; what lies above it is as if it were not there.
 */
#ifndef SLUIS_BROKER_STORE_CASE_H
#define SLUIS_BROKER_STORE_CASE_H

#include "broker/seat.h"
#include "broker/store/store.h"
#include "case.pb-c.h"

enum { ROUTE_ID_MAX = 32, STATE_MAX = 32, REGION_MAX = 32 };

struct case_row {
	uint8_t        id[ID_BYTES];
	char           route[ROUTE_ID_MAX + 1];
	char           state[STATE_MAX + 1];
	char           region[REGION_MAX + 1]; /* "": the owner's */
	struct seat_id owner;
	uint64_t       opened_ms, changed_ms;
	uint64_t       joint_ms;  /* first joint processing: the first release; 0: none */
	uint64_t       closed_ms; /* 0: open */
	uint64_t       remove_ms; /* when it has to be gone; 0: never (no route says) */
	bool           shielded;
	uint64_t       leaf; /* of its opening */
};

MUST rc store_put_case(struct store *s, const struct case_row *c);
MUST rc store_set_case(
    struct store *s, const struct case_row *c); /* all but id and leaf */
MUST rc store_get_case(struct store *s, const uint8_t id[ID_BYTES], struct case_row *ret);
/* Case, seats, steps, sources and tasks of it are gone. */
MUST rc store_remove_case(struct store *s, const uint8_t id[ID_BYTES]);
/* Cases with remove_ms before NOW_MS, at most MAX. */
MUST rc store_cases_to_remove(
    struct store *s, uint64_t now_ms, size_t max, struct case_row *ret, size_t *ret_n);
/* Cases in which SEAT has an open seat, newest change first, at most MAX. */
MUST rc store_cases_of(struct store *s, const struct seat_id *seat, size_t max,
    struct case_row *ret, size_t *ret_n);

/* --- seats ----------------------------------------------------------------------- */

struct case_seat {
	struct seat_id       who;
	Sluis__ParticipantAs as;
	unsigned             layer; /* the highest that it sees: 1 or 2 */
	unsigned shown; /* from which layer on others see that it sits there */
	uint64_t since_ms;
	bool     declared;
	uint64_t left_ms; /* 0: still there */
};

enum { CASE_SEATS_MAX = 64 };

/* Add or replace. */
MUST rc store_put_seat(
    struct store *s, const uint8_t id[ID_BYTES], const struct case_seat *seat);
/* RC_NOT_FOUND also for a seat that left. */
MUST rc store_get_seat(struct store *s, const uint8_t id[ID_BYTES],
    const struct seat_id *who, struct case_seat *ret);
/* Who sits there now, in the order of joining. */
MUST rc store_list_seats(struct store *s, const uint8_t id[ID_BYTES],
    struct case_seat ret[CASE_SEATS_MAX], size_t *ret_n);

/* --- steps ----------------------------------------------------------------------- */

/* STEP (a serialised CaseStep) of LAYER. */
MUST rc store_put_step(
    struct store *s, const uint8_t id[ID_BYTES], unsigned layer, struct slice step);
/* Call EACH for every step up to LAYER, oldest first; stops at its first error. */
MUST rc store_each_step(struct store *s, const uint8_t id[ID_BYTES], unsigned layer,
    rc (*each)(void *arg, struct slice step), void *arg);
/* The same for the MAX newest of them. */
MUST rc store_newest_steps(struct store *s, const uint8_t id[ID_BYTES], unsigned layer,
    size_t max, rc (*each)(void *arg, struct slice step), void *arg);
/* How many steps up to LAYER there are. */
MUST rc store_count_steps(
    struct store *s, const uint8_t id[ID_BYTES], unsigned layer, uint64_t *ret);

/* --- sources: whose signals came into the case ----------------------------------------
 */

struct case_source {
	struct seat_id who;
	uint64_t       leaf; /* a ruling of that signal */
	uint8_t        trace[ID_BYTES];
	unsigned       layer;
	bool           own; /* submitted inside the case; else it began with it */
	char           convenant[DESK_MAX + 1];
};

MUST rc store_put_source(
    struct store *s, const uint8_t id[ID_BYTES], const struct case_source *src);
MUST rc store_each_source(struct store *s, const uint8_t id[ID_BYTES], unsigned layer,
    rc (*each)(void *arg, const struct case_source *src), void *arg);
/* The case in which WHO, which has or had a seat there, submitted TRACE.  RC_NOT_FOUND.
 */
MUST rc store_case_of_source(struct store *s, const struct seat_id *who,
    const uint8_t trace[ID_BYTES], uint8_t ret[ID_BYTES]);

/* --- tasks: what is due ----------------------------------------------------------------
 */

struct task_row {
	uint8_t         id[ID_BYTES]; /* random */
	struct seat_id  who;          /* who has to do it */
	struct seat_id  from; /* to whom it is owed; oin "": nobody in particular */
	Sluis__TaskKind kind;
	bool            in_case;
	uint8_t         case_id[ID_BYTES];
	bool            has_about;
	uint8_t         about[ID_BYTES];
	unsigned        layer;
	uint64_t        leaf;             /* of the act that made it */
	uint64_t        since_ms, due_ms; /* due 0: no term */
	bool            reminded;
	char            state[STATE_MAX + 1]; /* of the route that asked for it, or "" */
};

MUST rc store_put_task(struct store *s, const struct task_row *t);
/* The same under a new id, which is set. */
MUST rc store_add_task(struct store *s, struct task_row *t);
MUST rc store_get_task(struct store *s, const uint8_t id[ID_BYTES], struct task_row *ret);
/* It is done, or not needed any more. */
MUST rc store_end_task(struct store *s, const uint8_t id[ID_BYTES]);
MUST rc store_remind_task(
    struct store *s, const uint8_t id[ID_BYTES]); /* reminded is set */

struct task_filter { /* NULL or 0: any */
	const struct seat_id *who, *from;
	const uint8_t        *case_id, *about; /* ID_BYTES */
	Sluis__TaskKind       kind;
	unsigned              layer;         /* up to this one; 0: all */
	uint64_t              due_before_ms; /* has a term, and it passed before this */
	bool                  not_reminded;
};

/* Open tasks, the earliest term first, then the oldest; at most MAX. */
MUST rc store_list_tasks(struct store *s, const struct task_filter *f, size_t max,
    struct task_row *ret, size_t *ret_n);

/* --- notices of layer 2 that wait for a cover turn (notice.c) ---------------------- */

struct veiled_notice {
	uint64_t       seq; /* set by the store */
	struct seat_id to;
	unsigned       layer;
	uint64_t       about;
	char by[OIN_DIGITS + 1]; /* whose act it tells of; "": the broker's own */
};

/* BYTES: a serialised Notice. */
MUST rc store_put_notice(
    struct store *s, const struct veiled_notice *n, struct slice bytes);
/* Parties take turns: the oldest of the party that follows AFTER; RC_NOT_FOUND. */
MUST rc store_next_notice(
    struct store *s, const char *after, struct veiled_notice *ret, struct buf *bytes);
/* How many that BY caused wait. */
MUST rc store_notices_caused(struct store *s, const char *by, uint64_t *ret_n);
MUST rc store_end_notice(struct store *s, uint64_t seq);

#endif
