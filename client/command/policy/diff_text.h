/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_text.h - a comparison of policies as people read it.
 *
 *	riec, phase 2, 3
 *	  from ind to police, om
 *	    WIDER     residence_status: nothing -> in full, by riec-res (Besluit WGS 2.15)
 *	              if the person is a victim; not if a minor
 *
 * Whether something is wider is said by a word; colour only helps.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_DIFF_TEXT_H
#define SLUIS_CLIENT_COMMAND_POLICY_DIFF_TEXT_H

#include "client/command/cli.h"
#include "policy/study/diff.h"

struct diff_show {
	struct cli        *cli;
	const struct diff *diff;
	bool               widening; /* only what is wider */
};

/* Lines, terms, reasons and a summary. */
void diff_print(const struct diff_show *s);

/* Whether W is to be shown. */
bool diff_shows(const struct diff_show *s, enum way w);

/* "WIDER", "NARROWER", "OTHER", "BOTH WAYS" in a column, coloured. */
void        way_print(const struct diff_show *s, enum way w);
const char *way_name(enum way w); /* "wider", ...: stable */

/* FIELDS of P to TO: categories where all of one is in it, else paths. */
void fields_print(FILE *to, const struct policy *p, const struct fieldset *fields);

/* That obligation ID no longer goes along (wider) or now does. */
void duty_print(FILE *to, const char *id, enum way w);

/* How many obligations no longer travel somewhere (WAY_WIDER), or do now. */
size_t diff_duties(const struct diff *d, enum way w);

/* "version", "until", ...: stable. */
const char *term_name(enum term t);

#endif
