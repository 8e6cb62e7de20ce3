/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy_matrix.c - sluis policy matrix: the convenants as they are compiled. */
#include <string.h>

#include "client/command/complain.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/csv.h"
#include "client/command/policy/grid_json.h"
#include "client/command/policy/grid_print.h"
#include "client/command/policy/matrix_html.h"
#include "client/command/policy/policy_query.h"
#include "client/command/shipped.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "policy/study/matrix.h"
#include "proto/auto.h"

const struct option options_policy_matrix[] = {
    {"convenant", "NAME", N_("only this convenant")},
    {"phase", "NAME", N_("only this phase")},
    {"from", "ROLE", N_("only this sender: a role, or role/desk")},
    {"to", "ROLE", N_("only this recipient: a role, or role/desk")},
    {"class", "NAME",
        N_("only: signal, victim, victim_minor, victim_consents, suspect, witness, "
           "relative, other_person")},
    {"audience", "NAME",
        N_("only recipients so: signatory, incidental, non_signatory, expired")},
    {"cells", NULL, N_("a line for each cell instead of tables")},
    {"html", "FILE", N_("write one page that stands on its own to FILE (-: stdout)")},
    {"csv", NULL, N_("print CSV, a line for each cell")},
    {"grid", NULL, N_("with --csv or --json: the table instead of its cells")},
    {NULL, NULL, NULL},
};

struct matrix {
	const char          *audience; /* NULL: all */
	struct cli          *cli;
	size_t               n; /* cells so far */
	const struct policy *policy;
	struct table        *table;    /* NULL for CSV and JSON */
	json_t              *json;     /* NULL unless --json */
	char                 from[96]; /* "municipality/aandachtfunctionaris" */
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
cells_of(struct matrix *x, const struct matrix_cell *m, const char *text[COLUMNS])
{
	const struct rule_info *rule = policy_rule_info(x->policy, m->cell.rule);

	(void)snprintf(x->from, sizeof x->from, "%s%s%s", m->sender_role,
	    m->sender_desk != NULL ? "/" : "",
	    m->sender_desk != NULL ? m->sender_desk : "");
	text[0]  = m->convenant->id;
	text[1]  = m->phase;
	text[2]  = x->from;
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

	if (x->audience != NULL && strcmp(x->audience, m->audience) != 0) return RC_OK;
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

static rc
stop(void *arg, const struct matrix_cell *m)
{
	(void)arg;
	(void)m;
	return RC_STOPPING;
}

static int
run_cells(struct cli *cli, const struct policy *p, const struct grid_query *g)
{
	const char *headings[]  = {tr("CONVENANT"), tr("PHASE"), tr("FROM"), tr("TO"),
	     tr("DESK"), tr("AUDIENCE"), tr("RECORD"), tr("CATEGORY"), tr("FIELD"),
	     tr("ACTION"), tr("RULE"), NULL};
	struct matrix_query q   = {.convenant = g->convenant,
	      .phase                          = g->phase,
	      .sender_role                    = g->sender,
	      .recipient_role                 = g->recipient,
	      .class_name                     = g->class_name};
	bool                csv = cli_flag(cli, "csv");

	enum audience audience;

	rc code = policy_matrix(p, &q, stop, NULL); /* before the headings */
	if (g->audience != NULL && !audience_from_name(g->audience, &audience))
		code = RC_NOT_FOUND;
	if (code == RC_NOT_FOUND) return policy_query_complain(cli, p, code);
	if (g->sender_desk != NULL || g->recipient_desk != NULL)
		return complain_code(cli, RC_USAGE, "/",
		    N_("a list of cells is limited to roles, not to desks"));
	AUTO(table_destroy)
	struct table *t = csv || cli->json ? NULL : table_new(cli, headings);
	struct matrix x = {.cli = cli,
	    .policy             = p,
	    .table              = t,
	    .audience           = g->audience,
	    .json               = cli->json ? json_array() : NULL};
	if (csv && !cli->json) csv_row(cli->out, columns, COLUMNS);
	code = policy_matrix(p, &q, put_cell, &x);
	if (code != RC_OK) {
		json_decref(x.json);
		return policy_query_complain(cli, p, code);
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o}", "cells", x.json), RC_OK);
	if (t != NULL) table_print(t);
	if (t != NULL && x.n == 0)
		(void)fprintf(
		    cli->out, "%s\n", tr("Nothing passes here: no rule names it."));
	return 0;
}

static int
run_grids(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	size_t n    = 0;
	rc     code = grids_print(cli, p, q, &n);

	if (code != RC_OK) return policy_query_complain(cli, p, code);
	if (n == 0)
		(void)fprintf(
		    cli->out, "%s\n", tr("Nothing passes here: no rule names it."));
	return 0;
}

static int
run_html(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	char               limits[LIMITS_MAX];
	struct matrix_page m = {.policy = p, .query = q};

	if (html_limits(cli, limits)) m.limits = limits;
	return html_write(cli, cli_value(cli, "html"), MODE_PUBLIC, matrix_html, &m, p);
}

static int
run_folded(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	json_t *json = NULL;
	rc      code = cli->json ? grids_json(p, q, false, &json) : grids_csv(cli, p, q);

	if (code != RC_OK) return policy_query_complain(cli, p, code);
	return cli->json ? cli_json(cli, json, RC_OK) : 0;
}

/* Whether more is asked than can be printed at once. */
static bool
is_too_much(const struct cli *cli)
{
	bool html = cli_flag(cli, "html"), csv = cli_flag(cli, "csv"),
	     cells = cli_flag(cli, "cells"), grid = cli_flag(cli, "grid");

	return html + csv + cli->json + (cells && !csv && !cli->json) > 1 ||
	       (grid && (cells || !(csv || cli->json)));
}

int
run_policy_matrix(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p = NULL;
	struct policy_query                 q;

	if (is_too_much(cli))
		return complain_code(cli, RC_USAGE, NULL,
		    N_("one of --html, --csv and --json; --grid goes with --csv or "
		       "--json"));
	if (policy_query_read(cli, &q) != RC_OK) return rc_exit_status(RC_USAGE);
	rc code = policy_open(cli, cli->args[0], &p);
	if (code != RC_OK) return rc_exit_status(code);
	if (cli_flag(cli, "html")) return run_html(cli, p, &q.grid);
	if (cli_flag(cli, "grid") && (cli->json || cli_flag(cli, "csv")))
		return run_folded(cli, p, &q.grid);
	if (cli->json || cli_flag(cli, "csv") || cli_flag(cli, "cells"))
		return run_cells(cli, p, &q.grid);
	return run_grids(cli, p, &q.grid);
}
