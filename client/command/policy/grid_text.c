/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_text.c - words for the parts of a grid. */
#include "client/command/policy/grid_text.h"

#include <string.h>
#include <time.h>

#include "client/command/policy/speech.h"
#include "client/command/translate.h"

/* --- roles ----------------------------------------------------------------------- */

void
say_seat(FILE *to, const struct policy *p, const struct grid_seat *s, bool titles)
{
	(void)fputs(titles ? role_title(p, s->role) : s->role, to);
	if (s->desk != NULL) (void)fprintf(to, "%s%s", titles ? ", " : "/", s->desk);
}

void
say_seats(
    FILE *to, const struct policy *p, const struct grid_seat *s, size_t n, bool titles)
{
	for (size_t i = 0; i < n; i++) {
		if (i != 0) (void)fputs(titles ? "; " : ", ", to);
		say_seat(to, p, &s[i], titles);
	}
}

char *
seat_words(const struct policy *p, const struct grid_seat *s)
{
	char  *text = NULL;
	size_t size;
	FILE  *to = open_memstream(&text, &size);

	if (to == NULL) return NULL;
	say_seat(to, p, s, true);
	(void)fclose(to);
	return text;
}

/* --- actions --------------------------------------------------------------------- */

static const struct {
	uint8_t     action;
	char        letter;
	const char *words;
} actions[] = {
    {SLUIS__ACTION__ACTION_RELEASE, 'V', N_("in full")},
    {SLUIS__ACTION__ACTION_GENERALISE, 'G', N_("coarser")},
    {SLUIS__ACTION__ACTION_PSEUDONYMISE, 'P', N_("pseudonym")},
};

enum { N_ACTIONS = sizeof actions / sizeof actions[0] };

const char *
action_words(uint8_t action)
{
	for (size_t i = 0; i < N_ACTIONS; i++) {
		if (actions[i].action == action) return tr(actions[i].words);
	}
	return tr("nothing");
}

static bool
has_action(const struct grid_cell *cell, uint8_t action)
{
	for (size_t i = 0; i < cell->n; i++) {
		if (cell->clauses[i].action == action) return true;
	}
	return false;
}

const char *
cell_letters(const struct grid_cell *cell, char out[LETTERS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < N_ACTIONS; i++) {
		if (has_action(cell, actions[i].action)) out[n++] = actions[i].letter;
	}
	if (n == 0) out[n++] = cell->n == 0 ? '-' : 'x';
	out[n] = '\0';
	return out;
}

char *
cell_words(const struct grid_cell *cell)
{
	char  *text = NULL;
	size_t size;
	FILE  *to   = open_memstream(&text, &size);
	bool   some = false;

	if (to == NULL) return NULL;
	for (size_t i = 0; i < N_ACTIONS; i++) {
		if (!has_action(cell, actions[i].action)) continue;
		(void)fprintf(to, "%s%s", some ? " / " : "", tr(actions[i].words));
		some = true;
	}
	if (!some) (void)fputs(cell->n == 0 ? tr("nothing") : tr("barred"), to);
	(void)fclose(to);
	return text;
}

/* --- above the table ------------------------------------------------------------- */

static bool
is_among(const struct grid_restriction *r, const struct grid_seat *seat)
{
	for (size_t i = 0; i < r->n_seats; i++) {
		if (strcmp(r->seats[i].role, seat->role) == 0 &&
		    (r->seats[i].desk == NULL) == (seat->desk == NULL) &&
		    (seat->desk == NULL || strcmp(r->seats[i].desk, seat->desk) == 0))
			return true;
	}
	return false;
}

/* Whom R concerns, or whom it does not, whichever is shorter. */
static void
say_whom(struct speech *s, const struct grid_restriction *r)
{
	const struct grid *g       = s->g;
	const char        *between = " ";

	if (r->n_seats * 2 <= g->n_recipients) {
		say_seats(s->to, g->policy, r->seats, r->n_seats, s->titles);
		return;
	}
	(void)fputs(tr("everybody"), s->to);
	if (r->n_seats < g->n_recipients) (void)fprintf(s->to, " %s", tr("but"));
	for (size_t i = 0; i < g->n_recipients; i++) {
		if (is_among(r, &g->recipients[i])) continue;
		(void)fputs(between, s->to);
		say_seat(s->to, g->policy, &g->recipients[i], s->titles);
		between = s->titles ? "; " : ", ";
	}
}

static void
say_effect(struct speech *s, const struct grid_restriction *r)
{
	if (r->kind == RESTRICTION_SUPPLIER)
		(void)fputs(tr("what the supplier itself refuses for weighty reasons is "
		               "withheld"),
		    s->to);
	else if (r->kind == RESTRICTION_EXCLUDES || r->n_left == 0)
		(void)fputs(tr("nothing"), s->to);
	else
		(void)fprintf(s->to, "%s ", tr("only"));
	for (size_t i = 0; i < r->n_left; i++)
		(void)fprintf(s->to, "%s%s", i == 0 ? "" : "; ",
		    category_title(s->g->policy, r->left[i]));
	(void)fprintf(s->to, " %s ", tr("for"));
	say_whom(s, r);
}

char *
restriction_words(const struct grid *g, const struct grid_restriction *r, bool titles)
{
	char         *text = NULL;
	size_t        size;
	struct speech s = {.to = open_memstream(&text, &size), .g = g, .titles = titles};

	if (s.to == NULL) return NULL;
	if (!speech_is_always(&s, &r->clause)) {
		speech_when(&s, &r->clause);
		(void)fputs(": ", s.to);
	}
	if (r->kind == RESTRICTION_REFUSES)
		(void)fputs(tr("the whole signal is refused, for everybody"), s.to);
	else
		say_effect(&s, r);
	(void)fclose(s.to);
	return text;
}

/* --- titles ---------------------------------------------------------------------- */

const char *
audience_words(const char *audience)
{
	if (strcmp(audience, "signatory") == 0) return tr("recipients that signed");
	if (strcmp(audience, "incidental") == 0)
		return tr("recipients that did not sign, but declared confidentiality");
	if (strcmp(audience, "non_signatory") == 0)
		return tr("recipients that did not sign, or no longer");
	if (strcmp(audience, "expired") == 0)
		return tr("everybody, after the convenant has ended");
	return audience;
}

const char *
category_title(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < policy_n_categories(p); i++) {
		const struct category_info *c = policy_category_at(p, i);
		if (strcmp(c->id, id) == 0)
			return translate_is_dutch() ? c->title_nl : c->title_en;
	}
	return id;
}

const char *
role_title(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < policy_n_roles(p); i++) {
		const struct role_info *r = policy_role_at(p, i);
		if (strcmp(r->id, id) == 0)
			return translate_is_dutch() ? r->title_nl : r->title_en;
	}
	return id;
}

const char *
convenant_title(const struct convenant_info *c)
{
	return translate_is_dutch() ? c->title : c->title_en;
}

const char *
say_day(int32_t day, char out[DAY_TEXT_MAX])
{
	time_t    t = (time_t)day * DAY_S;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, DAY_TEXT_MAX, "%Y-%m-%d", &tm) == 0)
		out[0] = '\0';
	return out;
}
