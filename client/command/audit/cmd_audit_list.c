/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_audit_list.c - sluis audit list: entries of the journal, one a line. */
#include <string.h>

#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/filter.h"
#include "client/command/complain.h"
#include "client/command/names.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/jsonfile.h"
#include "client/result.h"
#include "proto/auto.h"

const struct option options_audit_list[] = {
    FILTER_OPTIONS,
    {"start", "N", N_("the first entry (default 0)")},
    {"max", "N", N_("at most so many entries (default 100)")},
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

struct list {
	const struct sluis *s;
	struct filter      *filter;
	uint64_t            start, max, n, left_off; /* left_off: asked for, beyond max */
	json_t             *entries;                 /* with --json, else */
	struct table       *table;
};

/* The first digits of ID, enough to ask for it; "" for none. */
static const char *
digits_of(const uint8_t *id, char out[9])
{
	out[0] = '\0';
	if (id != NULL) hex_encode(out, 9, slice_of(id, 4));
	return out;
}

static void
list_entry(struct table *t, const struct sluis *s, const struct sluis_entry *e)
{
	char when[TIME_TEXT_MAX], from[LABEL_MAX], to[LABEL_MAX], id[9];

	table_row(t);
	table_cellf(t, "%llu", (unsigned long long)e->index);
	table_cell(t, show_time(e->time_ms, when), NULL);
	bool epoch = strcmp(e->kind, "epoch") == 0; /* has a key and its epoch there */
	if (epoch)
		table_cellf(t, "%s: %s", show_event(e), e->purpose);
	else
		table_cell(t, show_event(e), NULL);
	table_cell(t, names_label(s, e->sender_oin, e->sender_desk, from), NULL);
	table_cell(t, names_label(s, e->recipient_oin, e->recipient_desk, to), NULL);
	table_cell(t, e->convenant, NULL);
	table_cell(t, epoch ? "" : e->phase, NULL);
	if (e->count != 0 && e->code[0] != '\0')
		table_cellf(t, "%s (%llu)", e->code, (unsigned long long)e->count);
	else
		table_cell(t, e->code, NULL);
	table_cell(t, e->rule, NULL);
	table_cell(t, digits_of(e->trace_id, id), NULL);
	table_cell(t, digits_of(e->case_id, id), NULL);
	table_cellf(t, "%.12s", show_bundle(e));
}

static rc
take(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct list *l     = arg;
	bool         taken = false;

	(void)size;
	TRY(filter_take(l->filter, e, &taken));
	if (!taken || e->index < l->start) return RC_OK;
	if (l->n == l->max) {
		l->left_off++;
		return RC_OK;
	}
	l->n++;
	if (l->table != NULL) list_entry(l->table, l->s, e);
	if (l->entries == NULL) return RC_OK;
	return json_array_append_new(l->entries, entry_to_json(e)) == 0 ? RC_OK
	                                                                : RC_NOMEM;
}

static rc
walk(struct list *l, struct source *src)
{
	TRY(cli_number(src->cli, "start", 0, &l->start));
	TRY(cli_number(src->cli, "max", 100, &l->max));
	TRY(filter_read(l->filter, src));
	TRY(source_walk(src, take, l));
	return filter_end(l->filter);
}

/* --- output ---------------------------------------------------------------------- */

static int
list_json(struct cli *cli, struct source *src, struct list *l)
{
	AUTO(json_release) json_t *entries = json_array();

	l->entries = entries;
	rc code    = walk(l, src);
	if (code != RC_OK) return rc_exit_status(code);
	return cli_json(cli,
	    json_pack("{s:O, s:I, s:s*, s:s, s:I}", "entries", entries, "left_off",
	        (json_int_t)l->left_off, "checkpoint",
	        src->note[0] != '\0' ? src->note : NULL, "origin", src->head.origin,
	        "size", (json_int_t)src->head.size),
	    RC_OK);
}

static int
list_table(struct cli *cli, struct source *src, struct list *l)
{
	const char *headings[] = {tr(">ENTRY"), tr("WHEN"), tr("WHAT"), tr("SENDER"),
	    tr("RECIPIENT"), tr("CONVENANT"), tr("PHASE"), tr("CODE"), tr("RULE"),
	    tr("SIGNAL"), tr("CASE"), tr("BUNDLE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(cli, headings);

	if (t == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	l->table = t;
	rc code  = walk(l, src);
	if (code != RC_OK) return rc_exit_status(code);
	table_print(t);
	if (l->n + l->left_off == 0 && !cli->quiet)
		(void)fprintf(cli->err, "%s\n", tr("No entry is asked for by this."));
	if (l->left_off != 0 && !cli->quiet)
		(void)fprintf(cli->err, "%llu %s\n", (unsigned long long)l->left_off,
		    tr("more entries: --max N shows them"));
	return 0;
}

int
run_audit_list(struct cli *cli)
{
	AUTO(source_wipe) struct source src    = {0};
	AUTO(filter_wipe) struct filter filter = {0};
	struct list                     l      = {.filter = &filter};

	rc code = source_open(cli, &src);
	if (code != RC_OK) return rc_exit_status(code);
	l.s = src.s;
	return cli->json ? list_json(cli, &src, &l) : list_table(cli, &src, &l);
}
