/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * report.h - the page for a privacy audit: what was shared, under which rules, what
 * stands out, and the figures that may be published.
 *
 * One file that stands on its own (policy/html.h).  What it counts of entries, whoever
 * holds the journal can count; only the figures of years that ended are made to be
 * published, and the page says so.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_REPORT_H
#define SLUIS_CLIENT_COMMAND_AUDIT_REPORT_H

#include "client/command/audit/anomaly.h"
#include "client/command/audit/figures.h"
#include "client/command/audit/source.h"

struct report { /* all borrowed */
	const struct source    *src;
	const struct counting  *counting;
	struct watch           *watch;
	const struct anomalies *found;
	uint64_t                threshold;
	struct released        *room; /* for one family */
};

/* The whole page: an html_page of a struct report. */
MUST rc report_page(FILE *to, void *report);

/* The section with figures. */
void report_figures(FILE *to, const struct report *r);

/* The same as JSON; NULL without memory. */
json_t *report_json(const struct report *r);

#endif
