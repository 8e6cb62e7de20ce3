/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * count.h - what a journal counts: signals, victims and deliveries by calendar year.
 *
 * It is what was registered, not what there is.  A signal counts once, however many
 * recipients it had: by its trace id, and inside a case once for each party that brought
 * it there (the same signal goes again when a case changes its convenant).  An addition
 * to a case and a correction are not signals of their own.  A victim counts once for each
 * signal that counts, so somebody in two signals counts twice.
 *
 * A year is what stands between its first and its last entry, in UTC, and how things
 * stood when it ended: what comes later belongs to later years.  It is told when an entry
 * of a later year shows that it has ended, and then it is the same for ever; a running
 * year is not told, as who asks again tomorrow could subtract.  For the same reason a
 * year of which anything was erased after it ended is not told any more.
 *
 * Threads: one.  Pure but for memory.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_COUNT_H
#define SLUIS_CLIENT_COMMAND_AUDIT_COUNT_H

#include "client/command/audit/crosstab.h"
#include "client/sluis.h"
#include "proto/rc.h"

enum count_family { COUNT_SIGNALS, COUNT_VICTIMS, COUNT_DELIVERIES, COUNT_FAMILIES };

enum year_state {
	YEAR_RUNNING,    /* no later year has begun */
	YEAR_TOLD,       /* its families may be released */
	YEAR_ERASED,     /* part of it was erased after it ended */
	YEAR_INCOMPLETE, /* details are missing: what it counts is not known */
};

struct counted_year {
	int             year;
	enum year_state state;
	uint64_t        first;     /* its first entry */
	uint64_t        n_signals; /* so far */
	uint64_t        n_missing; /* rulings without a detail */
	bool            erased;    /* something of it was, before it ended */
	struct family  *families;  /* COUNT_FAMILIES, owned by the counting */
};

struct counting;

MUST rc counting_new(struct counting **ret);
void    counting_destroy(struct counting **cp);

/* A visitor of entries, in their order: ARG is a struct counting. */
MUST rc counting_visit(void *arg, const struct sluis_entry *e, uint64_t size);

size_t                     counting_n_years(const struct counting *c);
const struct counted_year *counting_year(const struct counting *c, size_t i);

#endif
