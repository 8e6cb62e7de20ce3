/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy.c - sluis policy check | matrix: the convenants as they are compiled. */
#include <stdlib.h>

#include "client/complain.h"
#include "client/csv.h"
#include "client/jsonfile.h"
#include "client/shipped.h"
#include "client/show.h"
#include "client/table.h"
#include "policy/matrix.h"

static const struct option options_matrix[] = {
    {"convenant", "NAME", N_("only this convenant")},
    {"phase", "NAME", N_("only this phase")},
    {"from", "ROLE", N_("only this sending role")},
    {"to", "ROLE", N_("only this receiving role")},
    {"class", "NAME", N_("only this kind of record: signal, victim, suspect, ...")},
    {"csv", NULL, N_("print CSV")},
    {NULL, NULL, NULL},
};

/* --- check ----------------------------------------------------------------------- */

static json_t *
findings_json(const struct findings *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:i, s:i, s:b, s:s}", "file", f->at[i].file,
		              "line", (int)f->at[i].line, "column", (int)f->at[i].column,
		              "fatal", f->at[i].fatal ? 1 : 0, "text", f->at[i].text));
	return list;
}

static json_t *
names_json(const char *const *names)
{
	json_t *list = json_array();

	for (; *names != NULL; names++)
		(void)json_array_append_new(list, json_string(*names));
	return list;
}

static json_t *
convenants_json(const struct policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy_n_convenants(p); i++) {
		const struct convenant_info *c = policy_convenant_at(p, i);
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", c->id, "title", c->title,
		        "article", c->article, "phases", names_json(c->phases),
		        "purposes", names_json(c->purposes)));
	}
	return list;
}

static int
check_json(struct cli *cli, const struct policy *p, const struct findings *f, rc code)
{
	json_t *o = json_pack("{s:b, s:o}", "accepted", code == RC_OK ? 1 : 0, "findings",
	    findings_json(f));
	char    hex[HASH_BYTES * 2 + 1];

	if (p != NULL) {
		hex_encode(hex, slice_of(policy_hash(p)->b, HASH_BYTES));
		(void)json_object_set_new(o, "bundle", json_string(hex));
		(void)json_object_set_new(o, "convenants", convenants_json(p));
		(void)json_object_set_new(
		    o, "rules", json_integer((json_int_t)policy_n_rules(p)));
		(void)json_object_set_new(
		    o, "parties", json_integer((json_int_t)policy_n_parties(p)));
	}
	return cli_json(cli, o, code);
}

static void
print_names(struct cli *cli, const char *label, const char *const *names)
{
	(void)fprintf(cli->out, "  %s", label);
	for (; *names != NULL; names++) (void)fprintf(cli->out, " %s", *names);
	(void)fputc('\n', cli->out);
}

static int
print_policy(struct cli *cli, const struct policy *p)
{
	char hex[HASH_BYTES * 2 + 1];

	hex_encode(hex, slice_of(policy_hash(p)->b, HASH_BYTES));
	for (size_t i = 0; i < policy_n_convenants(p); i++) {
		const struct convenant_info *c = policy_convenant_at(p, i);
		(void)fprintf(cli->out, "%s: %s (%s)\n", c->id, c->title, c->article);
		print_names(cli, tr("phases:"), c->phases);
		print_names(cli, tr("purposes:"), c->purposes);
	}
	(void)fprintf(cli->out, "%s %zu, %s %zu, %s %s\n", tr("rules:"),
	    policy_n_rules(p), tr("parties:"), policy_n_parties(p), tr("bundle:"), hex);
	return 0;
}

static int
run_check(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p        = NULL;
	AUTO(auto_free) struct findings    *findings = calloc(1, sizeof *findings);

	if (findings == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	rc code = policy_read(cli->args[0], &p, findings);
	if (cli->json) return check_json(cli, p, findings, code);
	findings_print(cli, code == RC_OK ? cli->out : cli->err, findings);
	if (code != RC_OK) return complain_code(cli, code, cli->args[0], NULL);
	return print_policy(cli, p);
}

/* --- matrix ---------------------------------------------------------------------- */

struct matrix {
	struct cli          *cli;
	size_t               n; /* cells so far */
	const struct policy *policy;
	struct table        *table; /* NULL for CSV and JSON */
	json_t              *json;  /* NULL unless --json */
};

enum { COLUMNS = 11 };

static const char *const columns[COLUMNS] = {"convenant", "phase", "from", "to", "desk",
    "audience", "record", "category", "field", "action", "rule"};

static const char *
action_text(const struct matrix_cell *m)
{
	if (m->code != RC_OK) return rc_name(m->code);
	return sluis_action_name((enum sluis_action)m->cell.action);
}

static void
cells_of(const struct matrix *x, const struct matrix_cell *m, const char *text[COLUMNS])
{
	const struct rule_info *rule = policy_rule_info(x->policy, m->cell.rule);

	text[0]  = m->convenant->id;
	text[1]  = m->phase;
	text[2]  = m->sender_role;
	text[3]  = m->recipient_role;
	text[4]  = m->recipient_desk != NULL ? m->recipient_desk : "";
	text[5]  = m->audience != NULL ? m->audience : "";
	text[6]  = m->of != NULL ? m->of->name : "";
	text[7]  = m->category != NULL ? m->category : "";
	text[8]  = m->field != NULL ? m->field->path : "";
	text[9]  = action_text(m);
	text[10] = rule != NULL ? rule->id : "";
}

static rc
put_cell(void *arg, const struct matrix_cell *m)
{
	struct matrix *x = arg;
	const char    *text[COLUMNS];

	x->n++;
	cells_of(x, m, text);
	if (x->json != NULL) {
		json_t *o = json_object();
		for (int i = 0; i < COLUMNS; i++)
			if (text[i][0] != '\0')
				(void)json_object_set_new(
				    o, columns[i], json_string(text[i]));
		return json_array_append_new(x->json, o) == 0 ? RC_OK : RC_NOMEM;
	}
	if (x->table == NULL) {
		csv_row(x->cli->out, text, COLUMNS);
		return RC_OK;
	}
	table_row(x->table);
	if (m->code == RC_OK) text[9] = show_action((enum sluis_action)m->cell.action);
	for (int i = 0; i < COLUMNS; i++)
		table_cell(x->table, text[i],
		    i == 9 && m->code == RC_OK
		        ? show_colour((enum sluis_action)m->cell.action)
		        : NULL);
	return RC_OK;
}

static int
run_matrix(struct cli *cli)
{
	const char *headings[] = {tr("CONVENANT"), tr("PHASE"), tr("FROM"), tr("TO"),
	    tr("DESK"), tr("AUDIENCE"), tr("RECORD"), tr("CATEGORY"), tr("FIELD"),
	    tr("ACTION"), tr("RULE"), NULL};
	AUTO(policy_destroy) struct policy *p = NULL;
	struct matrix_query                 q = {.convenant = cli_value(cli, "convenant"),
	                    .phase                          = cli_value(cli, "phase"),
	                    .sender_role                    = cli_value(cli, "from"),
	                    .recipient_role                 = cli_value(cli, "to"),
	                    .class_name                     = cli_value(cli, "class")};
	bool                                csv = cli_flag(cli, "csv");

	rc code = policy_open(cli, cli->args[0], &p);
	if (code != RC_OK) return rc_exit_status(code);
	AUTO(table_destroy)
	struct table *t = csv || cli->json ? NULL : table_new(cli, headings);
	struct matrix x = {
	    .cli = cli, .policy = p, .table = t, .json = cli->json ? json_array() : NULL};
	if (csv && !cli->json) csv_row(cli->out, columns, COLUMNS);
	code = policy_matrix(p, &q, put_cell, &x);
	if (code != RC_OK) {
		json_decref(x.json);
		return complain_code(cli, code, cli->args[0],
		    N_("the policy has no such convenant, phase, role or kind of "
		       "record"));
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o}", "cells", x.json), RC_OK);
	if (t != NULL) table_print(t);
	if (t != NULL && x.n == 0)
		(void)fprintf(
		    cli->out, "%s\n", tr("Nothing passes here: no rule names it."));
	return 0;
}

const struct verb verbs_policy[] = {
    {"policy", "check", "DIR", 1, 1, NULL,
        N_("does this policy load, and what does it hold?"), run_check},
    {"policy", "matrix", "DIR", 1, 1, options_matrix,
        N_("who may get which category from whom: the compiled policy as a table"),
        run_matrix},
    {.noun = NULL},
};
