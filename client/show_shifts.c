/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * show_shifts.c - what a change of convenant or phase changes: who gains and who loses
 * which categories, about whom.  What becomes more open is a gain.
 *
 * Rows that differ only in who are one row, and so are rows that then differ only in
 * about whom.
 */
#include <stdio.h>
#include <string.h>

#include "client/cmd_case.h"
#include "client/fact_text.h"
#include "client/show.h"
#include "client/table.h"

struct row {
	const Sluis__Shift *shift;      /* the first of it; borrowed */
	char               *who, *when; /* owned */
	bool                gone;       /* it went into another row */
};

struct rows {
	size_t      n;
	struct row *at;
};

static void
rows_free(struct rows *r)
{
	for (size_t i = 0; r->at != NULL && i < r->n; i++) {
		free(r->at[i].who);
		free(r->at[i].when);
	}
	free(r->at);
}

/* --- one shift ------------------------------------------------------------------- */

static char *
when_of(const Sluis__Shift *s)
{
	factset   facts = 0;
	char     *text  = NULL;
	size_t    n;
	enum fact f;
	FILE     *to = open_memstream(&text, &n);

	if (to == NULL) return NULL;
	for (size_t i = 0; i < s->n_facts; i++)
		if (fact_from_name(s->facts[i], &f)) facts |= fact_bit(f);
	if (facts == 0)
		(void)fputs(tr("not about a person"), to);
	else
		fact_list(to, facts, tr("and"));
	(void)fclose(to);
	return text;
}

static char *
who_of(const struct errand *e, const Sluis__Shift *s)
{
	char label[LABEL_MAX];

	return strdup(names_label(
	    e->s, s->oin != NULL ? s->oin : "", s->desk != NULL ? s->desk : "", label));
}

static rc
read_rows(const struct errand *e, size_t n, Sluis__Shift *const *shifts, struct rows *ret)
{
	ret->at = calloc(n + 1, sizeof *ret->at);
	if (ret->at == NULL) return RC_NOMEM;
	for (ret->n = 0; ret->n < n; ret->n++) {
		struct row *r = &ret->at[ret->n];
		r->shift      = shifts[ret->n];
		r->who        = who_of(e, r->shift);
		r->when       = when_of(r->shift);
		if (r->who == NULL || r->when == NULL) return RC_NOMEM;
	}
	return RC_OK;
}

/* --- rows that are one ----------------------------------------------------------- */

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool
same_change(const Sluis__Shift *a, const Sluis__Shift *b)
{
	return a->before == b->before && a->after == b->after &&
	       same_text(a->category, b->category) && same_text(a->rule, b->rule) &&
	       same_text(a->article, b->article);
}

/* *TEXT becomes "TEXT SEPARATOR MORE". */
static rc
join(char **text, const char *separator, const char *more)
{
	char  *all = NULL;
	size_t n;
	FILE  *to = open_memstream(&all, &n);

	if (to == NULL) return RC_NOMEM;
	(void)fprintf(to, "%s%s%s", *text, separator, more);
	(void)fclose(to);
	free(*text);
	*text = all;
	return all != NULL ? RC_OK : RC_NOMEM;
}

/* Take into each row the later ones that differ only in who (WHO), or only in when. */
static rc
join_rows(struct rows *r, bool who)
{
	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = i + 1; !r->at[i].gone && k < r->n; k++) {
			struct row *a = &r->at[i], *b = &r->at[k];
			if (b->gone || !same_change(a->shift, b->shift) ||
			    strcmp(who ? a->when : a->who, who ? b->when : b->who) != 0)
				continue;
			TRY(join(who ? &a->who : &a->when, who ? ", " : "; ",
			    who ? b->who : b->when));
			b->gone = true;
		}
	}
	return RC_OK;
}

/* --- the table ------------------------------------------------------------------- */

static void
put_row(struct table *t, const struct row *r)
{
	const Sluis__Shift *s     = r->shift;
	bool                gains = s->after > s->before;

	table_row(t);
	table_cell(t, gains ? tr("gains") : tr("loses"), gains ? "green" : "red");
	table_cell(t, s->category, NULL);
	table_cell(t, show_action((enum sluis_action)s->before), NULL);
	table_cell(t, show_action((enum sluis_action)s->after),
	    show_colour((enum sluis_action)s->after));
	table_cell(t, r->who, NULL);
	table_cell(t, r->when, NULL);
	table_cell(t, s->rule, NULL);
	table_cell(t, s->article, NULL);
}

void
show_shifts(struct errand *e, size_t n, Sluis__Shift *const *shifts)
{
	const char *headings[] = {tr("CHANGE"), tr("CATEGORY"), tr("BEFORE"), tr("AFTER"),
	    tr("WHO"), tr("WHEN"), tr("RULE"), tr("ARTICLE"), NULL};
	AUTO(table_destroy) struct table *t    = table_new(e->cli, headings);
	AUTO(rows_free) struct rows       rows = {0};

	if (t == NULL || read_rows(e, n, shifts, &rows) != RC_OK ||
	    join_rows(&rows, true) != RC_OK || join_rows(&rows, false) != RC_OK)
		return;
	for (size_t i = 0; i < rows.n; i++)
		if (!rows.at[i].gone) put_row(t, &rows.at[i]);
	if (n != 0) table_print(t);
	(void)fprintf(e->cli->out, "%s\n",
	    n == 0 ? tr("Nobody gains or loses anything by this step.")
	           : tr("Nothing that was shared earlier flows along: each source "
	                "releases its own fields anew."));
}
