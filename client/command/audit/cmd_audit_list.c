/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_audit_list.c - sluis audit list: entries of the journal, one a line. */
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/source.h"
#include "client/command/complain.h"
#include "client/command/names.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/jsonfile.h"
#include "client/result.h"
#include "proto/auto.h"

const struct option options_audit_list[] = {
    {"start", "N", N_("the first entry (default 0)")},
    {"max", "N", N_("at most so many entries (default 100)")},
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

struct list {
	const struct sluis *s;
	uint64_t            start, left;
	json_t             *entries; /* with --json, else */
	struct table       *table;
};

static void
list_entry(struct table *t, const struct sluis *s, const struct sluis_entry *e)
{
	char when[TIME_TEXT_MAX], from[LABEL_MAX], to[LABEL_MAX];

	table_row(t);
	table_cellf(t, "%llu", (unsigned long long)e->index);
	table_cell(t, show_time(e->time_ms, when), NULL);
	table_cell(t, show_kind(e->kind), NULL);
	table_cell(t, names_label(s, e->sender_oin, e->sender_desk, from), NULL);
	table_cell(t, names_label(s, e->recipient_oin, e->recipient_desk, to), NULL);
	table_cell(t, e->convenant, NULL);
	table_cell(t, e->phase, NULL);
	table_cell(t, e->code, NULL);
	table_cell(t, e->rule, NULL);
	table_cellf(t, "%.12s", show_bundle(e));
}

static rc
take(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct list *l = arg;

	(void)size;
	if (e->index < l->start || l->left == 0) return RC_OK;
	l->left--;
	if (l->table != NULL) list_entry(l->table, l->s, e);
	if (l->entries == NULL) return RC_OK;
	return json_array_append_new(l->entries, entry_to_json(e)) == 0 ? RC_OK
	                                                                : RC_NOMEM;
}

/* --- output ---------------------------------------------------------------------- */

static int
list_json(struct cli *cli, struct source *src)
{
	AUTO(json_release) json_t *entries = json_array();
	struct list                l       = {.s = src->s, .entries = entries};

	rc code = cli_number(cli, "start", 0, &l.start);
	if (code == RC_OK) code = cli_number(cli, "max", 100, &l.left);
	if (code == RC_OK) code = source_walk(src, take, &l);
	if (code != RC_OK) return rc_exit_status(code);
	return cli_json(cli,
	    json_pack("{s:O, s:s*, s:s, s:I}", "entries", entries, "checkpoint",
	        src->note[0] != 0 ? src->note : NULL, "origin", src->head.origin, "size",
	        (json_int_t)src->head.size),
	    RC_OK);
}

static int
list_table(struct cli *cli, struct source *src)
{
	const char *headings[] = {tr(">ENTRY"), tr("WHEN"), tr("WHAT"), tr("SENDER"),
	    tr("RECIPIENT"), tr("CONVENANT"), tr("PHASE"), tr("CODE"), tr("RULE"),
	    tr("BUNDLE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	struct list                       l = {.s = src->s, .table = t};

	if (t == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	rc code = cli_number(cli, "start", 0, &l.start);
	if (code == RC_OK) code = cli_number(cli, "max", 100, &l.left);
	if (code == RC_OK) code = source_walk(src, take, &l);
	if (code != RC_OK) return rc_exit_status(code);
	table_print(t);
	return 0;
}

int
run_audit_list(struct cli *cli)
{
	AUTO(source_wipe) struct source src = {0};

	rc code = source_open(cli, &src);
	if (code != RC_OK) return rc_exit_status(code);
	return cli->json ? list_json(cli, &src) : list_table(cli, &src);
}
