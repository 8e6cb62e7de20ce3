/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_audit_anomalies.c - sluis audit anomalies: what stands out, and what to read. */
#include <string.h>

#include "client/command/audit/anomaly_text.h"
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/look.h"
#include "client/command/audit/source.h"
#include "client/command/complain.h"
#include "proto/auto.h"

enum { LINE_MAX_BYTES = 90 };

const struct option options_audit_anomalies[] = {
    LOOK_OPTIONS,
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

/* Rules that were never used are many: their ids alone, side by side. */
static void
print_unused(struct cli *cli, const struct anomalies *a)
{
	size_t column = 0;

	for (size_t i = 0; i < a->n; i++) {
		const char *id = a->at[i].what;
		if (a->at[i].kind != ANOMALY_UNUSED_RULE) continue;
		if (column + strlen(id) + 1 > LINE_MAX_BYTES) {
			(void)fputc('\n', cli->out);
			column = 0;
		}
		column += (size_t)fprintf(cli->out, column == 0 ? "  %s" : " %s", id);
	}
	(void)fputc('\n', cli->out);
}

static void
print_one(struct cli *cli, const struct sluis *s, const struct anomaly *f)
{
	char text[ANOMALY_TEXT_MAX], entries[ANOMALY_ENTRIES_MAX];

	(void)fprintf(cli->out, "  %s", anomaly_text(s, f, text));
	if (anomaly_entries(f, entries)[0] != '\0')
		(void)fprintf(cli->out, " (%s %s)",
		    f->n_entries == 1 ? tr("entry") : tr("entries"), entries);
	(void)fputc('\n', cli->out);
}

static int
print_text(struct cli *cli, const struct sluis *s, const struct anomalies *a)
{
	if (a->n == 0) (void)fprintf(cli->out, "%s\n", tr("nothing stands out"));
	for (size_t i = 0; i < a->n; i++) {
		const struct anomaly *f     = &a->at[i];
		bool                  first = i == 0 || f->kind != a->at[i - 1].kind;
		if (first)
			(void)fprintf(cli->out, "%s%s\n", i == 0 ? "" : "\n",
			    anomaly_heading(f->kind));
		if (f->kind != ANOMALY_UNUSED_RULE)
			print_one(cli, s, f);
		else if (first)
			print_unused(cli, a);
	}
	return 0;
}

static int
print_json(struct cli *cli, const struct source *src, const struct anomalies *a)
{
	json_t *findings = json_array();

	for (size_t i = 0; i < a->n; i++)
		(void)json_array_append_new(findings, anomaly_json(&a->at[i]));
	return cli_json(cli,
	    json_pack("{s:o, s:s, s:I}", "findings", findings, "origin", src->head.origin,
	        "size", (json_int_t)src->head.size),
	    RC_OK);
}

int
run_audit_anomalies(struct cli *cli)
{
	AUTO(source_wipe) struct source       src   = {0};
	AUTO(watch_destroy) struct watch     *w     = NULL;
	AUTO(look_wipe) struct look           look  = {.cli = cli};
	AUTO(anomalies_wipe) struct anomalies found = {0};

	rc code = look_read(cli, &look);
	if (code == RC_OK) code = watch_new(&w);
	if (code == RC_OK) code = source_open(cli, &src);
	if (code == RC_OK) code = source_walk(&src, watch_visit, w);
	if (code != RC_OK) return rc_exit_status(code);
	code = anomalies_find(w, &look.terms, &found);
	if (code != RC_OK) return complain_code(cli, code, NULL, NULL);
	return cli->json ? print_json(cli, &src, &found) : print_text(cli, src.s, &found);
}
