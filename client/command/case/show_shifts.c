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

#include "client/command/case/cmd_case.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "policy/policy.h"
#include "proto/text.h"

/* Of whom the field that changes speaks: the kinds that policy_shifts() tells apart. */
enum about { NO_PERSON = 1, VICTIM = 2, MINOR_VICTIM = 4, SUSPECT = 8, SOMEBODY = 16 };

enum { ANY_PERSON = VICTIM | MINOR_VICTIM | SUSPECT, ABOUT_MAX = 160 };

struct row {
	const Sluis__Shift *shift; /* the first of it; borrowed */
	char               *who;   /* owned */
	unsigned            about; /* enum about, bits */
	bool                gone;  /* it went into another row */
};

struct rows {
	size_t      n;
	struct row *at;
};

static void
rows_free(struct rows *r)
{
	for (size_t i = 0; r->at != NULL && i < r->n; i++) free(r->at[i].who);
	free(r->at);
}

/* --- one shift ------------------------------------------------------------------- */

static unsigned
about_of(const Sluis__Shift *s)
{
	factset   facts = 0;
	enum fact f;

	for (size_t i = 0; i < s->n_facts; i++)
		if (fact_from_name(s->facts[i], &f)) facts |= fact_bit(f);
	if (facts == 0) return NO_PERSON;
	if (facts == (fact_bit(FACT_VICTIM) | fact_bit(FACT_ADULT))) return VICTIM;
	if (facts == (fact_bit(FACT_VICTIM) | fact_bit(FACT_MINOR))) return MINOR_VICTIM;
	if (facts == (fact_bit(FACT_SUSPECT) | fact_bit(FACT_ADULT))) return SUSPECT;
	return SOMEBODY;
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
		r->about      = about_of(r->shift);
		if (r->who == NULL) return RC_NOMEM;
	}
	return RC_OK;
}

/* --- rows that are one ----------------------------------------------------------- */

static bool
same_change(const Sluis__Shift *a, const Sluis__Shift *b)
{
	return a->before == b->before && a->after == b->after &&
	       text_same(a->category, b->category) && text_same(a->rule, b->rule) &&
	       text_same(a->article, b->article);
}

/* *TEXT becomes "TEXT, MORE". */
static rc
join(char **text, const char *more)
{
	char *all = NULL;

	if (asprintf(&all, "%s, %s", *text, more) < 0) return RC_NOMEM;
	free(*text);
	*text = all;
	return RC_OK;
}

/* Take into each row the later ones that differ only in who (WHO), or only in about whom.
 */
static rc
join_rows(struct rows *r, bool who)
{
	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = i + 1; !r->at[i].gone && k < r->n; k++) {
			struct row *a = &r->at[i], *b = &r->at[k];
			if (b->gone || !same_change(a->shift, b->shift) ||
			    (who ? a->about != b->about : strcmp(a->who, b->who) != 0))
				continue;
			if (who) TRY(join(&a->who, b->who));
			a->about |= b->about;
			b->gone = true;
		}
	}
	return RC_OK;
}

/* --- the table ------------------------------------------------------------------- */

static void
about_text(unsigned about, char *out, size_t n)
{
	const struct {
		unsigned    bits;
		const char *text;
	} words[] = {{NO_PERSON, tr("no person")}, {ANY_PERSON, tr("any person")},
	    {VICTIM, tr("victim")}, {MINOR_VICTIM, tr("minor victim")},
	    {SUSPECT, tr("suspect")}, {SOMEBODY, tr("others")}};
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof words / sizeof words[0] && at < n; i++) {
		if ((about & words[i].bits) != words[i].bits) continue;
		about &= ~words[i].bits;
		at += (size_t)snprintf(
		    out + at, n - at, "%s%s", at == 0 ? "" : ", ", words[i].text);
	}
}

/* The title that the policy at hand gives the category; its id without one. */
static const char *
title_of(const struct errand *e, const char *category)
{
	for (size_t i = 0; e->policy != NULL && i < policy_n_categories(e->policy); i++) {
		const struct category_info *c = policy_category_at(e->policy, i);
		if (strcmp(c->id, category) == 0)
			return translate_is_dutch() ? c->title_nl : c->title_en;
	}
	return category;
}

static void
put_row(const struct errand *e, struct table *t, const struct row *r)
{
	const Sluis__Shift *s     = r->shift;
	bool                gains = s->after > s->before;
	char                about[ABOUT_MAX];

	table_row(t);
	table_cell(t, gains ? tr("gains") : tr("loses"), gains ? "green" : "red");
	table_cell(t, title_of(e, s->category != NULL ? s->category : ""), NULL);
	table_cell(t, show_action((enum sluis_action)s->before), NULL);
	table_cell(t, show_action((enum sluis_action)s->after),
	    show_colour((enum sluis_action)s->after));
	table_cell(t, r->who, NULL);
	about_text(r->about, about, sizeof about);
	table_cell(t, about, NULL);
	table_cell(t, s->rule, NULL);
	table_cell(t, s->article, NULL);
}

void
show_shifts(struct errand *e, size_t n, Sluis__Shift *const *shifts)
{
	const char *headings[] = {tr("CHANGE"), tr("CATEGORY"), tr("BEFORE"), tr("AFTER"),
	    tr("WHO"), tr("ABOUT"), tr("RULE"), tr("ARTICLE"), NULL};
	AUTO(table_destroy) struct table *t    = table_new(e->cli, headings);
	AUTO(rows_free) struct rows       rows = {0};

	(void)errand_telling(e, NULL); /* for the titles of the policy */
	if (t == NULL || read_rows(e, n, shifts, &rows) != RC_OK ||
	    join_rows(&rows, true) != RC_OK || join_rows(&rows, false) != RC_OK)
		return;
	for (size_t i = 0; i < rows.n; i++)
		if (!rows.at[i].gone) put_row(e, t, &rows.at[i]);
	if (n != 0) table_print(t);
	(void)fprintf(e->cli->out, "%s\n",
	    n == 0 ? tr("Nobody gains or loses anything by this step.")
	           : tr("Nothing that was shared earlier flows along: each source "
	                "releases its own fields anew."));
}
