/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lines.h - entries of the journal as lines for other systems (sluis audit export --as).
 *
 *	csv      a row for each field of each entry (lines_csv.c)
 *	ldv      a record of Logboek Dataverwerkingen a line (lines_ldv.c)
 *	nen7513  an object a line, in the fields of NEN 7513 (lines_nen.c)
 *
 * The acting user stands in csv and nen7513, and by its standard not in ldv.
 * docs/auditor.md has their fields.  No line holds a person: the journal has none.
 * Withheld fields and users come from details: lines are for auditors.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_LINES_H
#define SLUIS_CLIENT_COMMAND_AUDIT_LINES_H

#include <jansson.h>
#include <stdio.h>

#include "client/sluis.h"
#include "policy/policy.h"
#include "proto/limits.h"
#include "proto/rc.h"

struct span { /* what an entry is called in a trace */
	uint64_t index;
	uint8_t  trace[ID_BYTES], id[8];
};

struct lines {
	FILE                *to;     /* borrowed */
	const struct policy *policy; /* borrowed; NULL: no categories */
	const char          *origin; /* borrowed; of the region */
	/* of ldv: entries that others may refer to, rising */
	size_t       n_spans, room;
	struct span *spans; /* owned */
};

void lines_wipe(struct lines *l);

/* One entry; RC_NOMEM, or RC_DISK when the stream failed. */
typedef rc (*lines_entry)(struct lines *l, const struct sluis_entry *e);

struct lines_form {
	const char *name;
	void (*begin)(struct lines *l); /* may be NULL */
	lines_entry entry;
};

extern const struct lines_form lines_csv, lines_ldv, lines_nen;

/* E's ids as hex into OUT, "" where there is none. */
const char *lines_hex(const uint8_t *id, size_t n, char *out);

/* The category of PATH; "" where it is not known. */
const char *lines_category(const struct lines *l, const char *path);

/* JSON (consumed) on a line of its own. */
MUST rc lines_put(struct lines *l, json_t *json);

/* [{path, category, action, rule, article}] of E. */
json_t *lines_fields(const struct lines *l, const struct sluis_entry *e);

#endif
