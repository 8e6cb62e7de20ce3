/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_case_show.c - sluis case show: everything this desk may know of one case. */
#include <string.h>

#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/case/phrase.h"
#include "client/command/case/route_title.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/jsonfile.h"

static void
show_line(struct cli *cli, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0') return;
	(void)fprintf(cli->out, "%-12s ", label);
	phrase_put(cli->out, text);
	(void)fputc('\n', cli->out);
}

static void
show_state(struct errand *e, const Sluis__CaseView *c)
{
	struct telling t = errand_telling(e, c->route);
	char           when[TIME_TEXT_MAX];

	(void)fprintf(e->cli->out, "%-12s ", tr("state"));
	tell_state(&t, c->state);
	if (c->state != NULL && t.title(t.arg, c->route, c->state) != NULL) {
		(void)fputs(" (", e->cli->out);
		phrase_put(e->cli->out, c->state);
		(void)fputc(')', e->cli->out);
	}
	(void)fprintf(e->cli->out, ", %s %.16s%s%s%s%s\n", tr("since"),
	    show_time(c->changed_ms, when), c->closed ? ", " : "",
	    c->closed ? tr("closed") : "", c->shielded ? ", " : "",
	    c->shielded ? tr("shielded") : "");
}

static void
show_head(struct errand *e, const Sluis__CaseView *c)
{
	char id[ID_BYTES * 2 + 1], label[LABEL_MAX], text[160], when[TIME_TEXT_MAX];

	hex_encode(id, sizeof id, slice_of(c->case_id.data, c->case_id.len));
	show_line(e->cli, tr("case"), id);
	show_line(e->cli, tr("route"), c->route);
	show_state(e, c);
	if (c->convenant == NULL)
		show_line(
		    e->cli, tr("in force"), tr("nothing may be shared in this state"));
	else {
		(void)snprintf(text, sizeof text, "%s / %s / %s", c->convenant,
		    c->phase != NULL ? c->phase : "-",
		    c->purpose != NULL ? c->purpose : "-");
		show_line(e->cli, tr("in force"), text);
	}
	show_line(e->cli, tr("owner"),
	    names_label(e->s, c->owner_oin != NULL ? c->owner_oin : "",
	        c->owner_desk != NULL ? c->owner_desk : "", label));
	show_line(e->cli, tr("region"), c->region);
	show_line(e->cli, tr("opened"), show_time(c->opened_ms, when));
	if (c->remove_ms != 0)
		show_line(e->cli, tr("removed on"), show_time(c->remove_ms, when));
}

/* --- who ------------------------------------------------------------------------- */

static void
show_seats(struct errand *e, const Sluis__CaseView *c)
{
	const char *headings[] = {
	    tr("AT THE TABLE"), tr("AS"), tr(">LAYER"), tr("SINCE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(e->cli, headings);
	char                              label[LABEL_MAX], as[96], when[TIME_TEXT_MAX];

	for (size_t i = 0; t != NULL && i < c->n_participants; i++) {
		const Sluis__Participant *p = c->participants[i];
		bool third                  = p->as == SLUIS__PARTICIPANT_AS__THIRD_PARTY;
		(void)snprintf(as, sizeof as, "%s%s", choice_text(choices_as, (int)p->as),
		    !third        ? ""
		    : p->declared ? tr(", declared")
		                  : tr(", not declared yet"));
		table_row(t);
		table_cell(t,
		    names_label(e->s, p->oin != NULL ? p->oin : "",
		        p->desk != NULL ? p->desk : "", label),
		    NULL);
		table_cell(t, as, third && !p->declared ? "red" : NULL);
		table_cellf(t, "%u", p->has_layer ? (unsigned)p->layer : 1);
		(void)snprintf(as, sizeof as, "%.10s", show_time(p->since_ms, when));
		table_cell(t, as, NULL);
	}
	if (t == NULL || c->n_participants == 0) return;
	(void)fputc('\n', e->cli->out);
	table_print(t);
}

/* --- what ------------------------------------------------------------------------ */

static void
show_history(struct errand *e, const Sluis__CaseView *c)
{
	struct telling t = errand_telling(e, c->route);
	char           when[TIME_TEXT_MAX];

	if (c->n_steps != 0) (void)fprintf(e->cli->out, "\n%s\n", tr("What happened:"));
	for (size_t i = 0; i < c->n_steps; i++) {
		const Sluis__CaseStep *s = c->steps[i];
		(void)fprintf(e->cli->out, "  %.16s  ", show_time(s->time_ms, when));
		tell_step(&t, s);
		if (s->layer == 2) (void)fprintf(e->cli->out, " [%s]", tr("layer 2"));
		(void)fprintf(e->cli->out, " (%s %llu)\n", tr("entry"),
		    (unsigned long long)s->leaf);
	}
}

static void
show_waiting(struct errand *e, const Sluis__CaseView *c)
{
	if (c->n_tasks == 0) return;
	(void)fprintf(e->cli->out, "\n%s\n", tr("What waits:"));
	show_tasks(e, c->n_tasks, c->tasks, true);
}

static void
show_open_steps(struct errand *e, const Sluis__CaseView *c)
{
	const char *headings[] = {
	    tr("STEP THAT YOU MAY MAKE"), tr("MEANING"), tr("WITH"), NULL};
	AUTO(table_destroy) struct table *t = table_new(e->cli, headings);
	char                              command[160], id[ID_BYTES * 2 + 1];

	hex_encode(id, sizeof id, slice_of(c->case_id.data, c->case_id.len));
	(void)errand_telling(e, c->route); /* for the policy */
	for (size_t i = 0; t != NULL && i < c->n_transitions; i++) {
		const char *title =
		    route_step_title(e->policy, c->route, c->transitions[i]);
		(void)snprintf(command, sizeof command, "sluis case %s %.8s %s",
		    route_step_confirms(e->policy, c->route, c->transitions[i]) ? "decide"
		                                                                : "move",
		    id, c->transitions[i]);
		table_row(t);
		table_cell(t, c->transitions[i], NULL);
		table_cell(t, title, NULL);
		table_cell(t, command, NULL);
	}
	if (t == NULL || c->n_transitions == 0) return;
	(void)fputc('\n', e->cli->out);
	table_print(t);
}

static int
print_json(struct errand *e, const uint8_t id[ID_BYTES])
{
	AUTO(json_release) json_t *json = result_to_json(e->r);

	if (cli_flag(e->cli, "dossier")) {
		int status = show_dossier(e, id, json);
		if (status != 0) return status;
	}
	return cli_json(e->cli, json_incref(json), RC_OK);
}

int
case_show(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e = {.cli = cli};
	const Sluis__CaseView          *c = NULL;
	uint8_t                         id[ID_BYTES];

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_case(&e, cli->args[0], id));
	TRY_STATUS(errand_view(&e, id, &c));
	if (cli->json) return print_json(&e, id);
	show_head(&e, c);
	show_seats(&e, c);
	show_history(&e, c);
	show_waiting(&e, c);
	show_open_steps(&e, c);
	return cli_flag(cli, "dossier") ? show_dossier(&e, id, NULL) : 0;
}
