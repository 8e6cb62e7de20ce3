/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * show_shifts.c - what a change of convenant or phase changes: who gains and who loses
 * which categories, about whom.  What becomes more open is a gain.
 */
#include <stdio.h>

#include "client/cmd_case.h"
#include "client/fact_text.h"
#include "client/show.h"
#include "client/table.h"

static const char *
about_text(const Sluis__Shift *s, char **ret_owned)
{
	factset   facts = 0;
	size_t    n;
	enum fact f;

	for (size_t i = 0; i < s->n_facts; i++)
		if (fact_from_name(s->facts[i], &f)) facts |= fact_bit(f);
	FILE *to = open_memstream(ret_owned, &n);
	if (to == NULL) return "?";
	if (facts == 0)
		(void)fputs(tr("not about a person"), to);
	else
		fact_list(to, facts, tr("and"));
	(void)fclose(to);
	return *ret_owned;
}

static void
put_shift(struct errand *e, struct table *t, const Sluis__Shift *s)
{
	AUTO(auto_free) char *about = NULL;
	char                  label[LABEL_MAX];
	bool                  gains = s->after > s->before;

	table_row(t);
	table_cell(t,
	    names_label(e->s, s->oin != NULL ? s->oin : "",
	        s->desk != NULL ? s->desk : "", label),
	    NULL);
	table_cell(t, gains ? tr("gains") : tr("loses"), gains ? "green" : "red");
	table_cell(t, s->category, NULL);
	table_cell(t, about_text(s, &about), NULL);
	table_cell(t, show_action((enum sluis_action)s->before), NULL);
	table_cell(t, show_action((enum sluis_action)s->after),
	    show_colour((enum sluis_action)s->after));
	table_cell(t, s->rule, NULL);
	table_cell(t, s->article, NULL);
}

void
show_shifts(struct errand *e, size_t n, Sluis__Shift *const *shifts)
{
	const char *headings[] = {tr("WHO"), tr("CHANGE"), tr("CATEGORY"), tr("WHEN"),
	    tr("BEFORE"), tr("AFTER"), tr("RULE"), tr("ARTICLE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(e->cli, headings);

	for (size_t i = 0; t != NULL && i < n; i++) put_shift(e, t, shifts[i]);
	if (t != NULL && n != 0) table_print(t);
	if (n == 0)
		(void)fprintf(e->cli->out, "%s\n",
		    tr("Nobody gains or loses anything by this step."));
	else
		(void)fprintf(e->cli->out, "%s\n",
		    tr("Nothing that was shared earlier flows along: each source "
		       "releases its own fields anew."));
}
