/* SPDX-License-Identifier: EUPL-1.2 */
/* route_text.c - states, steps and what is due, in the words of who makes them. */
#include "client/command/policy/route_text.h"

#include <string.h>

#include "client/command/case/telling.h"
#include "client/command/cli.h"
#include "client/command/policy/grid_text.h"
#include "client/command/translate.h"

static const struct {
	enum case_fact fact;
	const char    *text;
} texts[] = {
    {CASE_ENRICHED, N_("the signal was enriched")},
    {CASE_STRENGTHENED, N_("the verdict is: strengthened")},
    {CASE_NOT_STRENGTHENED, N_("the verdict is: not strengthened")},
    {CASE_ALIGN_ASKED, N_("partners were asked")},
    {CASE_ALIGNED, N_("everybody who was asked answered yes or no")},
    {CASE_SUSPECTED, N_("at least one of them answered yes")},
    {CASE_GATE_CLAIMED, N_("every criterion was explained")},
    {CASE_GATE_MET, N_("every criterion was judged met")},
    {CASE_GATE_FAILED, N_("a criterion was judged not met")},
    {CASE_FEEDBACK_GIVEN, N_("every contributor had its feedback")},
    {CASE_ASSIGNED, N_("the step says who gets the task")},
};

enum { N_TEXTS = sizeof texts / sizeof texts[0] };

/* --- pieces ---------------------------------------------------------------------- */

static void
print_seats(FILE *to, const struct policy *p, size_t n, const struct seat_info *at)
{
	for (size_t i = 0; i < n; i++)
		(void)fprintf(to, "%s%s%s%s", i == 0 ? "" : ", ",
		    role_title(p, at[i].role), at[i].desk == NULL ? "" : "/",
		    at[i].desk == NULL ? "" : at[i].desk);
}

static void
print_facts(FILE *to, const char *label, unsigned facts)
{
	const char *sep = "";

	if (facts == 0) return;
	(void)fprintf(to, "        %s ", label);
	for (size_t i = 0; i < N_TEXTS; i++) {
		if ((facts & texts[i].fact) == 0) continue;
		(void)fprintf(to, "%s%s", sep, tr(texts[i].text));
		sep = "; ";
	}
	(void)fputc('\n', to);
}

static const char *
title_of(const struct state_info *s)
{
	return translate_is_dutch() ? s->title_nl : s->title_en;
}

/* --- a state --------------------------------------------------------------------- */

static void
print_due(FILE *to, const struct policy *p, const struct due_info *d)
{
	(void)fprintf(to, "    %s %s: ", tr("due:"), task_text(d->kind));
	if (d->sources)
		(void)fputs(tr("who contributed"), to);
	else if (d->assigned)
		(void)fputs(tr("who gets the task"), to);
	else if (d->n_by == 0)
		(void)fputs(tr("who was asked"), to);
	else
		print_seats(to, p, d->n_by, d->by);
	if (d->days > 0) {
		(void)fputs(", ", to);
		(void)fprintf(to, tr("within %u days"), d->days);
	}
	if (d->article[0] != '\0') (void)fprintf(to, " (%s)", d->article);
	(void)fputc('\n', to);
}

static void
print_effects(FILE *to, const struct state_info *s)
{
	if (s->recalls[0] != NULL) {
		(void)fprintf(to, "    %s", tr("takes back what was shared under:"));
		for (size_t i = 0; s->recalls[i] != NULL; i++)
			(void)fprintf(to, " %s", s->recalls[i]);
		(void)fputc('\n', to);
	}
	if (s->shields)
		(void)fprintf(
		    to, "    %s\n", tr("shielded: only an auditor can see that it was"));
	if (s->keep_days > 0) {
		(void)fputs("    ", to);
		(void)fprintf(to, tr("removed after %u days"), s->keep_days);
		(void)fputc('\n', to);
	}
}

static void
print_state(FILE *to, const struct policy *p, const struct state_info *s)
{
	(void)fprintf(
	    to, "\n  %s - %s%s\n", s->id, title_of(s), s->closed ? tr(" (closed)") : "");
	if (s->convenant != NULL)
		(void)fprintf(to, "    %s %s, %s %s, %s %s\n", tr("in force:"),
		    s->convenant, tr("phase"), s->phase, tr("purpose"), s->purpose);
	else if (!s->closed)
		(void)fprintf(to, "    %s\n", tr("nothing may be shared"));
	if (s->gate != NULL) (void)fprintf(to, "    %s %s\n", tr("gate:"), s->gate);
	for (size_t i = 0; i < s->n_dues; i++) print_due(to, p, &s->dues[i]);
	print_effects(to, s);
}

/* --- the steps out of it --------------------------------------------------------- */

static bool
begins_in(const struct step_info *step, const char *state)
{
	for (size_t i = 0; step->from[i] != NULL; i++)
		if (strcmp(step->from[i], state) == 0) return true;
	return false;
}

static void
print_step(FILE *to, const struct policy *p, const struct step_info *step)
{
	(void)fprintf(to, "    -> %s: %s (%s)\n", step->to,
	    translate_is_dutch() ? step->title_nl : step->title_en, step->id);
	(void)fprintf(to, "        %s ", tr("by:"));
	print_seats(to, p, step->n_by, step->by);
	(void)fprintf(to, " (%s)\n", step->article);
	print_facts(to, tr("when:"), step->needs);
	print_facts(to, tr("not when:"), step->forbids);
	if (step->confirm)
		(void)fprintf(to, "        %s\n",
		    tr("is to be confirmed: it changes who may get what"));
}

void
route_print(FILE *to, const struct policy *p, const struct route_info *r)
{
	(void)fprintf(to, "%s: %s (%s)\n", r->id,
	    translate_is_dutch() ? r->title_nl : r->title_en, r->article);
	(void)fprintf(to, "  %s ", tr("opened by:"));
	print_seats(to, p, r->n_opens, r->opens);
	(void)fprintf(to, "\n  %s ", tr("gives seats:"));
	print_seats(to, p, r->n_admits, r->admits);
	(void)fputs("\n  ", to);
	(void)fprintf(to, tr("kept at most %u days"), r->keep_days);
	(void)fputc('\n', to);
	for (size_t i = 0; i < r->n_states; i++) {
		print_state(to, p, &r->states[i]);
		for (size_t k = 0; k < r->n_steps; k++)
			if (begins_in(&r->steps[k], r->states[i].id))
				print_step(to, p, &r->steps[k]);
	}
}

/* --- JSON ------------------------------------------------------------------------ */

static json_t *
seats_json(size_t n, const struct seat_info *at)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list,
		    at[i].desk == NULL ? json_string(at[i].role)
		                       : json_sprintf("%s/%s", at[i].role, at[i].desk));
	return list;
}

static json_t *
facts_json(unsigned facts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < N_TEXTS; i++)
		if ((facts & texts[i].fact) != 0)
			(void)json_array_append_new(
			    list, json_string(case_fact_name(texts[i].fact)));
	return list;
}

static json_t *
due_json(const struct due_info *d)
{
	const char               *who  = d->sources     ? "sources"
	                                 : d->assigned  ? "assigned"
	                                 : d->n_by == 0 ? "asked"
	                                                : NULL;
	const ProtobufCEnumValue *task = protobuf_c_enum_descriptor_get_value(
	    &sluis__task_kind__descriptor, (int)d->kind);

	return json_pack("{s:s, s:o, s:i, s:s}", "task", task == NULL ? "" : task->name,
	    "by", who == NULL ? seats_json(d->n_by, d->by) : json_string(who), "days",
	    (int)d->days, "article", d->article);
}

static json_t *
state_json(const struct state_info *s)
{
	json_t *due = json_array();

	for (size_t i = 0; i < s->n_dues; i++)
		(void)json_array_append_new(due, due_json(&s->dues[i]));
	return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:b, s:b, s:i, s:o, s:o}",
	    "id", s->id, "title", title_of(s), "convenant", s->convenant, "phase",
	    s->phase, "purpose", s->purpose, "gate", s->gate, "closed", s->closed ? 1 : 0,
	    "shields", s->shields ? 1 : 0, "keep_days", (int)s->keep_days, "recalls",
	    cli_json_names(s->recalls), "due", due);
}

static json_t *
step_json(const struct step_info *s)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:b}", "id", s->id,
	    "title", translate_is_dutch() ? s->title_nl : s->title_en, "article",
	    s->article, "from", cli_json_names(s->from), "to", s->to, "by",
	    seats_json(s->n_by, s->by), "needs", facts_json(s->needs), "unless",
	    facts_json(s->forbids), "confirm", s->confirm ? 1 : 0);
}

json_t *
route_json(const struct route_info *r)
{
	json_t *states = json_array(), *steps = json_array();

	for (size_t i = 0; i < r->n_states; i++)
		(void)json_array_append_new(states, state_json(&r->states[i]));
	for (size_t i = 0; i < r->n_steps; i++)
		(void)json_array_append_new(steps, step_json(&r->steps[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:i, s:i, s:o, s:o}", "id",
	    r->id, "title", translate_is_dutch() ? r->title_nl : r->title_en, "article",
	    r->article, "begin", r->begin, "opens", seats_json(r->n_opens, r->opens),
	    "admits", seats_json(r->n_admits, r->admits), "own_desks",
	    cli_json_names(r->own_desks), "keep_days", (int)r->keep_days, "extend_days",
	    (int)r->extend_days, "states", states, "steps", steps);
}
