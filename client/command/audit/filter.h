/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * filter.h - which entries of the journal an auditor asks for.
 *
 *	AUTO(filter_wipe) struct filter f = {0};
 *	TRY_STATUS(filter_read(&f, &src));          the options
 *	... in the visitor:  TRY(filter_take(&f, e, &taken))
 *	TRY_STATUS(filter_end(&f));                 after the walk
 *
 * What is asked holds all at once (AND).  Field, article and an action as outcome hold of
 * one and the same field of the entry.  --trace and --case take as many hex digits as
 * name one alone; entries that refer to one that was taken by these (an acknowledgement,
 * a recall) belong to it.
 *
 * What the value of an option should have been is known only when everything was read:
 * filter_end() complains about a value that nothing in the journal, the region or the
 * policy at hand is called, and about an id that is not there or stands for several.
 *
 * Owns its policy and what it remembers.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_FILTER_H
#define SLUIS_CLIENT_COMMAND_AUDIT_FILTER_H

#include "client/command/audit/known.h"
#include "client/command/audit/source.h"
#include "client/command/names.h"
#include "proto/schema.h"

#define FILTER_OPTIONS                                                                  \
	{"party", "NAME", N_("entries of this party or desk, as sender or recipient")}, \
	    {"convenant", "ID", N_("... under this convenant")},                        \
	    {"article", "TEXT", N_("... that rest on this article")},                   \
	    {"field", "NAME", N_("... about this category or field")},                  \
	    {"from", "DAY", N_("... from this day on (YYYY-MM-DD, UTC)")},              \
	    {"to", "DAY", N_("... up to and with this day")},                           \
	    {"outcome", "WORD",                                                         \
	        N_("... served, not_served, refused, an action, or a result code")},    \
	    {"trace", "ID", N_("... of this signal or act")},                           \
	    {"kind", "WORD", N_("... of this kind")},                                   \
	{                                                                               \
		"case", "ID", N_("... of this case")                                    \
	}

struct filter_id {
	char    asked[ID_BYTES * 2 + 1]; /* lower-case hex digits; "": not asked */
	bool    met, several;
	uint8_t id[ID_BYTES];
};

struct filter {
	struct cli    *cli;    /* borrowed */
	struct policy *policy; /* owned; NULL where there is none at hand */
	/* asked; NULL, false or 0: not */
	bool             by_party, by_field;
	struct named     party; /* desk "": all of its desks */
	const char      *convenant, *article, *kind, *outcome;
	unsigned         action; /* the outcome is this enum sluis_action */
	struct fieldset  fields;
	uint64_t         from_ms, until_ms; /* [from, until) */
	struct filter_id trace, case_id;
	/* met */
	struct known convenants, articles, codes;
	size_t       n_taken, room; /* indices taken by an id, rising */
	uint64_t    *taken;         /* owned */
};

/* What the options of SRC's command line ask; complains.  *RET is to be wiped in any
 * case. */
MUST rc filter_read(struct filter *ret, const struct source *src);

void filter_wipe(struct filter *f);

/* Is E asked for?  Entries come in their order. */
MUST rc filter_take(struct filter *f, const struct sluis_entry *e, bool *ret);

/* The walk is over: was every value known?  RC_USAGE, RC_NOT_FOUND after a complaint. */
MUST rc filter_end(struct filter *f);

/* Whether WHO (of filter_read) is the desk (OIN, DESK). */
bool filter_is_party(const struct filter *f, const char *oin, const char *desk);

/* The word at the start of ARTICLE or after a break, as a whole: "WGS 1.1" is in "Besluit
 * WGS 1.1(2)" and not in "WGS 1.16".  Capitals do not count. */
bool article_names(const char *article, const char *asked);

#endif
