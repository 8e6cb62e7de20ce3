/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * watch.h - what passes in a journal, tallied by who, to whom, by which rule, and when.
 *
 * A tally keeps how often and the first few entries, so that whatever is found in the
 * numbers can be looked up.  Weeks begin on Monday, in UTC.
 *
 * Owns what it keeps.  One thread; pure but for memory.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_WATCH_H
#define SLUIS_CLIENT_COMMAND_AUDIT_WATCH_H

#include "client/sluis.h"
#include "proto/limits.h"
#include "proto/rc.h"

enum tally_kind {
	TALLY_PAIR,      /* deliveries from, to, under what: convenant */
	TALLY_SENT,      /* deliveries from, in a week */
	TALLY_RULE,      /* uses of what: rule */
	TALLY_RULE_WEEK, /* the same in a week */
	TALLY_REFUSED,   /* refusals of what from sent, by what: code */
	TALLY_REFUSED_WEEK,
	TALLY_NOT_SERVED, /* from, to, what: code */
	TALLY_NOT_TAKEN,  /* copies that to left until their term */
	TALLY_OVERDUE,    /* tasks of to that passed their term */
	TALLY_GATE,       /* channels of keys that nobody knows */
	TALLY_REVEAL,     /* questions of from for a source or identity */
	TALLY_KIND,       /* entries of what: kind */
	TALLY_ACTION,     /* fields that got what: action, in decisions with fields */
	TALLY_KINDS,
};

enum { TALLY_ENTRIES = 10, TALLY_WHAT_MAX = 64 };

struct tally {
	enum tally_kind kind;
	char            from[OIN_DIGITS + 1], to[OIN_DIGITS + 1];
	char            what[TALLY_WHAT_MAX];
	uint64_t        week; /* since 1970; 0: of all time */
	uint64_t        n, first_ms, last_ms;
	uint64_t        entries[TALLY_ENTRIES]; /* the first of them */
	size_t          n_entries;
};

/* "pair", "sent": for JSON. */
const char *tally_name(enum tally_kind kind);

struct promise { /* what is expected after an entry, and came or not */
	uint64_t entry, since_ms;
	char     from[OIN_DIGITS + 1], to[OIN_DIGITS + 1];
	bool     taken, kept;
};

struct watch; /* zeroed by watch_new() */

MUST rc watch_new(struct watch **ret);
void    watch_destroy(struct watch **wp);

/* A visitor of entries, in their order: ARG is a struct watch. */
MUST rc watch_visit(void *arg, const struct sluis_entry *e, uint64_t size);

/* All tallies by kind, from, to, what and week; valid until the next visit. */
const struct tally *const *watch_tallies(struct watch *w, size_t *ret_n);

/* Deliveries to another party (kept: feedback came), and recalls (kept: destroyed). */
const struct promise *watch_deliveries(const struct watch *w, size_t *ret_n);
const struct promise *watch_recalls(const struct watch *w, size_t *ret_n);

/* From when to when the journal goes. */
uint64_t watch_first_ms(const struct watch *w);
uint64_t watch_last_ms(const struct watch *w);

uint64_t week_of_ms(uint64_t ms);
uint64_t ms_of_week(uint64_t week);

#endif
