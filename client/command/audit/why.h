/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * why.h - what did a party get about a case, or by a signal, and why?
 *
 * Gathered from entries of the journal in their order (why_gather.c), by an auditor from
 * a source, by a desk from what it kept of its own exchanges (why_own.c); told in plain
 * sentences (why_tell.c, why_fields.c) or as JSON (why_json.c).
 *
 * Only what the entries say is told.  What was withheld stands in details: of an erased
 * one it is said that it was erased, of one that is not for this reader that it is not.
 *
 * Owns the entries it keeps.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_WHY_H
#define SLUIS_CLIENT_COMMAND_AUDIT_WHY_H

#include "client/command/audit/filter.h"
#include "client/jsonfile.h"
#include "client/result.h"

struct why {
	struct cli          *cli;    /* borrowed */
	const struct sluis  *s;      /* borrowed; NULL: no names */
	struct filter       *filter; /* borrowed; its fields are told, not filtered */
	bool                 by_field;
	bool                 own;   /* read by a desk, not by an auditor */
	struct sluis_result *kept;  /* owned; the entries */
	struct sluis_result *loose; /* owned; rulings for the party whose detail is gone,
	                               so that nobody knows what they were about */
};

/* Begin: FILTER was read, and loses its field for W.  RC_NOMEM. */
MUST rc why_begin(
    struct why *w, struct cli *cli, const struct sluis *s, struct filter *filter);
void why_wipe(struct why *w);

/* An entry_visitor; ARG is a struct why. */
rc why_take(void *arg, const struct sluis_entry *e, uint64_t size);

/* Gather from what the desk of S keeps: its submissions and its deliveries.  Complains.
 */
MUST rc why_gather_own(struct why *w, struct sluis *s);

/* The kept entries, in the order of the journal. */
size_t                    why_n(const struct why *w);
const struct sluis_entry *why_at(const struct why *w, size_t i);

/* Whether E is a ruling for the party, served or not. */
bool why_is_ruling(const struct why *w, const struct sluis_entry *e);

/* Whether field F is among those asked for. */
bool why_asks(const struct why *w, const struct sluis_field *f);

/* The entry that erased the detail of E; NULL: none that was met. */
const struct sluis_entry *why_eraser(const struct why *w, const struct sluis_entry *e);

/* The kept entry that is at the end of E's references, of which E tells more; NULL. */
const struct sluis_entry *why_about(const struct why *w, const struct sluis_entry *e);

/* What is known of the detail of ruling E. */
enum why_detail { WHY_HERE, WHY_ERASED, WHY_NOT_HERE, WHY_NOT_OURS };
enum why_detail why_detail(const struct why *w, const struct sluis_entry *e);

/* Everything, to CLI's stdout. */
void why_tell(const struct why *w);

/* The fields of ruling E, grouped by what became of them and why. */
void why_tell_fields(const struct why *w, const struct sluis_entry *e);

/* The category of PATH as people read it; "" where no policy is at hand. */
const char *why_category(const struct why *w, const char *path);

json_t *why_to_json(const struct why *w);

#endif
