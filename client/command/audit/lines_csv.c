/* SPDX-License-Identifier: EUPL-1.2 */
/* lines_csv.c - a row for each field of each entry; one without field for the others. */
#include <stdio.h>

#include "client/command/audit/lines.h"
#include "client/command/policy/csv.h"
#include "client/command/show.h"

static const char *const headings[] = {"entry", "time_utc", "time_ms", "kind",
    "sender_oin", "sender_desk", "recipient_oin", "recipient_desk", "convenant", "phase",
    "purpose", "code", "rule", "refers_to", "signal", "case", "user", "policy", "field",
    "category", "action", "field_rule", "field_article"};

enum { COLUMNS = sizeof headings / sizeof headings[0], OF_FIELD = 5, NUMBER = 24 };

static void
begin(struct lines *l)
{
	csv_row(l->to, headings, COLUMNS);
}

static const char *
number(char out[NUMBER], uint64_t n)
{
	(void)snprintf(out, NUMBER, "%llu", (unsigned long long)n);
	return out;
}

static rc
entry(struct lines *l, const struct sluis_entry *e)
{
	char index[NUMBER], ms[NUMBER], refers[NUMBER] = "", when[TIME_TEXT_MAX];
	char trace[ID_BYTES * 2 + 1], in_case[ID_BYTES * 2 + 1];

	if (e->refers_to >= 0) (void)number(refers, (uint64_t)e->refers_to);
	const char *cells[COLUMNS] = {number(index, e->index),
	    show_time(e->time_ms, when), number(ms, e->time_ms), e->kind, e->sender_oin,
	    e->sender_desk, e->recipient_oin, e->recipient_desk, e->convenant, e->phase,
	    e->purpose, e->code, e->rule, refers, lines_hex(e->trace_id, ID_BYTES, trace),
	    lines_hex(e->case_id, ID_BYTES, in_case), e->user, e->bundle, "", "", "", "",
	    ""};

	if (e->n_fields == 0) csv_row(l->to, cells, COLUMNS);
	for (size_t i = 0; i < e->n_fields; i++) {
		const struct sluis_field *f   = &e->fields[i];
		cells[COLUMNS - OF_FIELD]     = f->path;
		cells[COLUMNS - OF_FIELD + 1] = lines_category(l, f->path);
		cells[COLUMNS - OF_FIELD + 2] = sluis_action_name(f->action);
		cells[COLUMNS - OF_FIELD + 3] = f->rule;
		cells[COLUMNS - OF_FIELD + 4] = f->article;
		csv_row(l->to, cells, COLUMNS);
	}
	return ferror(l->to) != 0 ? RC_DISK : RC_OK;
}

const struct lines_form lines_csv = {"csv", begin, entry};
