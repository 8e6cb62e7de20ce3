/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * condition_text.c - from clauses to a sentence.
 *
 * Bars that stand before what is given become "not if ..."; one thing given becomes
 * "only if ..."; several become "in full if ...; otherwise pseudonym".
 */
#include "client/command/policy/condition_text.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/fact_text.h"
#include "client/command/policy/grid_text.h"
#include "client/command/policy/speech.h"
#include "client/command/translate.h"

/* --- actions --------------------------------------------------------------------- */

static const char *
generalise_words(uint8_t kind)
{
	switch (kind) {
	case GENERALISE_YEAR:
		return tr("only the year");
	case GENERALISE_MONTH:
		return tr("only the month and year");
	case GENERALISE_POSTCODE4:
		return tr("only the four digits of the postcode");
	case GENERALISE_PRESENT:
		return tr("only that there is one");
	default:
		return NULL;
	}
}

static void
say_action(FILE *to, const struct clause *c)
{
	const char *kind = generalise_words(c->generalise);

	if (c->action == SLUIS__ACTION__ACTION_GENERALISE && kind != NULL)
		(void)fputs(kind, to);
	else
		(void)fputs(action_words(c->action), to);
}

/* --- a bar before what is given -------------------------------------------------- */

/* The clause that holds just where C does not, if one can say so. */
static bool
opposite(const struct speech *s, const struct clause *c, struct clause *ret)
{
	bool senders  = (s->g->scope.senders & ~c->senders) != 0;
	bool purposes = (s->g->scope.purposes & ~c->purposes) != 0;
	bool when     = c->when != 0 || c->when_any != 0;

	*ret          = *c;
	ret->senders  = s->g->scope.senders;
	ret->purposes = s->g->scope.purposes;
	ret->when = ret->when_any = ret->unless = 0;
	if (senders + purposes + when + (c->unless != 0) != 1) return false;
	if (senders) ret->senders = s->g->scope.senders & ~c->senders;
	if (purposes) ret->purposes = (uint16_t)(s->g->scope.purposes & ~c->purposes);
	if (c->unless != 0) ret->when_any = c->unless;
	if (c->when_any != 0 && c->when != 0) return false;
	if (c->when != 0 && (c->when & (c->when - 1)) != 0) return false;
	ret->unless |= c->when | c->when_any;
	return true;
}

static void
say_only(struct speech *s, const struct clause *c)
{
	if (speech_has_positive(s, c)) {
		speech_comma(s);
		(void)fprintf(s->to, "%s ", tr("only"));
		s->begun = false;
		speech_positive(s, c);
	}
	speech_negative(s, c);
}

/* What the bars before a grant add to it. */
struct added {
	factset only_if; /* all of these */
	factset not_if;  /* none of these */
};

/* Whether C can be told with what is given; it is added to *MORE. */
static bool
goes_with_grant(const struct speech *s, const struct clause *c, struct added *more)
{
	struct clause but;

	if (!opposite(s, c, &but) || (s->g->scope.senders & ~but.senders) != 0 ||
	    (s->g->scope.purposes & ~but.purposes) != 0 ||
	    (but.when_any & (but.when_any - 1)) != 0)
		return false;
	more->only_if |= but.when_any;
	more->not_if |= but.unless;
	return true;
}

static void
say_bar(struct speech *s, const struct clause *c)
{
	struct clause but;

	if (opposite(s, c, &but)) {
		say_only(s, &but);
		return;
	}
	s->ended = s->begun;
	speech_comma(s);
	(void)fprintf(s->to, "%s ", tr("not"));
	s->begun = false;
	speech_when(s, c);
	s->ended = true;
}

/* Two clauses that give the same if a or if b: one that gives it if a or b. */
static bool
merge(const struct clause *x, const struct clause *y, struct clause *ret)
{
	bool one_x = x->when_any == 0 ? (x->when & (x->when - 1)) == 0 : x->when == 0;
	bool one_y = y->when_any == 0 ? (y->when & (y->when - 1)) == 0 : y->when == 0;

	if (x->action != y->action || x->generalise != y->generalise ||
	    x->senders != y->senders || x->purposes != y->purposes ||
	    x->unless != y->unless || !one_x || !one_y || (x->when | x->when_any) == 0 ||
	    (y->when | y->when_any) == 0)
		return false;
	factset either = x->when | x->when_any | y->when | y->when_any;
	*ret           = *x;
	ret->when      = 0;
	ret->when_any  = either;
	return true;
}

/* --- the cell -------------------------------------------------------------------- */

/* "V if a; otherwise P if b; otherwise nothing" */
static void
say_choices(struct speech *s, const struct clause *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i != 0) (void)fprintf(s->to, "; %s ", tr("otherwise"));
		say_action(s->to, &list[i]);
		if (!speech_is_always(s, &list[i])) (void)fputc(' ', s->to);
		s->begun = false;
		speech_when(s, &list[i]);
	}
	if (!speech_is_always(s, &list[n - 1]))
		(void)fprintf(s->to, "; %s %s", tr("otherwise"), tr("nothing"));
}

/* "V; otherwise P" where it stands as "P not if a; otherwise V". */
static bool
is_turned(const struct speech *s, const struct clause *list, size_t n, struct clause *ret)
{
	if (n != 2 || speech_has_positive(s, &list[0]) ||
	    !speech_is_always(s, &list[1]) || !opposite(s, &list[0], &ret[0]) ||
	    !speech_has_positive(s, &ret[0]))
		return false;
	ret[0].action     = list[1].action;
	ret[0].generalise = list[1].generalise;
	ret[1]            = list[1];
	ret[1].action     = list[0].action;
	ret[1].generalise = list[0].generalise;
	return true;
}

static void
say_given(struct speech *s, const struct clause *list, size_t n, struct added more)
{
	struct clause one = list[0], turned[2];

	if (n == 1) {
		one.when |= more.only_if;
		one.unless |= more.not_if;
		if (generalise_words(one.generalise) != NULL) {
			speech_comma(s);
			say_action(s->to, &one);
		}
		say_only(s, &one);
		return;
	}
	one = (struct clause){.senders = s->g->scope.senders,
	    .purposes                  = s->g->scope.purposes,
	    .when                      = more.only_if,
	    .unless                    = more.not_if};
	say_only(s, &one);
	if (s->begun) (void)fputs("; ", s->to);
	say_choices(s, is_turned(s, list, n, turned) ? turned : list, n);
}

/* What is given, merged where that says the same, into OUT; how many. */
static size_t
merged(const struct grid_cell *cell, size_t from, struct clause out[CLAUSES_MAX])
{
	size_t n = 0;

	for (size_t i = from; i < cell->n && n < CLAUSES_MAX; i++) {
		if (n == 0 || !merge(&out[n - 1], &cell->clauses[i], &out[n - 1]))
			out[n++] = cell->clauses[i];
	}
	return n;
}

static void
say_cell(struct speech *s, const struct grid_cell *cell)
{
	struct clause given[CLAUSES_MAX];
	struct added  more = {0, 0};
	size_t        i    = 0;

	for (; i < cell->n && cell->clauses[i].action == SLUIS__ACTION__ACTION_WITHHOLD;
	     i++) {
		if (!goes_with_grant(s, &cell->clauses[i], &more))
			say_bar(s, &cell->clauses[i]);
	}
	size_t n = merged(cell, i, given);
	if (n != 0) say_given(s, given, n, more);
}

char *
cell_condition(const struct grid *g, const struct grid_cell *cell, bool titles)
{
	char         *text = NULL;
	size_t        size;
	struct speech s = {.to = open_memstream(&text, &size), .g = g, .titles = titles};

	if (s.to == NULL) return NULL;
	if (!clauses_give_nothing(cell->clauses, cell->n)) say_cell(&s, cell);
	(void)fclose(s.to);
	return text;
}
