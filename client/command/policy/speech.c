/* SPDX-License-Identifier: EUPL-1.2 */
/* speech.c - senders, purposes and facts of one clause. */
#include "client/command/policy/speech.h"

#include "client/command/policy/fact_text.h"
#include "client/command/policy/grid_text.h"
#include "client/command/translate.h"

void
speech_comma(struct speech *s)
{
	if (s->begun) (void)fputs(s->ended ? "; " : ", ", s->to);
	s->begun = true;
	s->ended = false;
}

static void
say_sender_set(struct speech *s, uint64_t set)
{
	const char *between = "";

	for (size_t i = 0; i < s->g->n_senders; i++) {
		if ((set >> i & 1) == 0) continue;
		(void)fputs(between, s->to);
		say_seat(s->to, s->g->policy, &s->g->senders[i], s->titles);
		between = s->titles ? "; " : ", ";
	}
}

static void
say_purpose_set(struct speech *s, uint64_t set)
{
	const char *between = "";

	for (size_t i = 0; s->g->convenant->purposes[i] != NULL; i++) {
		if ((set >> i & 1) == 0) continue;
		(void)fprintf(s->to, "%s%s", between, s->g->convenant->purposes[i]);
		between = ", ";
	}
}

typedef void (*say_set)(struct speech *s, uint64_t set);

/* SET of ALL by what is in it or by what is not, whichever is shorter. */
static void
say_side(struct speech *s, uint64_t set, uint64_t all, bool positive, say_set say,
    const char *with, const char *without)
{
	uint64_t rest      = all & ~set;
	bool     by_absent = __builtin_popcountll(rest) < __builtin_popcountll(set & all);

	if (rest == 0 || by_absent == positive) return;
	speech_comma(s);
	(void)fprintf(s->to, "%s ", by_absent ? without : with);
	say(s, by_absent ? rest : set & all);
}

void
speech_positive(struct speech *s, const struct clause *c)
{
	say_side(s, c->senders, s->g->scope.senders, true, say_sender_set, tr("from"),
	    tr("not from"));
	say_side(s, c->purposes, s->g->scope.purposes, true, say_purpose_set,
	    tr("for the purpose"), tr("not for the purpose"));
	if (c->when != 0) {
		speech_comma(s);
		(void)fprintf(s->to, "%s ", tr("if"));
		fact_list(s->to, c->when, tr("and"));
	}
	if (c->when_any != 0) {
		speech_comma(s);
		(void)fprintf(s->to, "%s ", c->when != 0 ? tr("and if") : tr("if"));
		fact_list(s->to, c->when_any, tr("or"));
	}
}

void
speech_negative(struct speech *s, const struct clause *c)
{
	say_side(s, c->senders, s->g->scope.senders, false, say_sender_set, tr("from"),
	    tr("not from"));
	say_side(s, c->purposes, s->g->scope.purposes, false, say_purpose_set,
	    tr("for the purpose"), tr("not for the purpose"));
	if (c->unless != 0) {
		speech_comma(s);
		(void)fprintf(s->to, "%s ",
		    (c->when | c->when_any) != 0 ? tr("unless") : tr("not if"));
		fact_list(s->to, c->unless, tr("or"));
	}
}

bool
speech_has_positive(const struct speech *s, const struct clause *c)
{
	uint64_t all = s->g->scope.senders, rest = all & ~c->senders;
	uint64_t doel = s->g->scope.purposes, no = doel & ~c->purposes;

	return c->when != 0 || c->when_any != 0 ||
	       (rest != 0 && __builtin_popcountll(rest) >=
	                         __builtin_popcountll(c->senders & all)) ||
	       (no != 0 &&
	           __builtin_popcountll(no) >= __builtin_popcountll(c->purposes & doel));
}

bool
speech_is_always(const struct speech *s, const struct clause *c)
{
	return (s->g->scope.senders & ~c->senders) == 0 &&
	       (s->g->scope.purposes & ~c->purposes) == 0 && c->when == 0 &&
	       c->when_any == 0 && c->unless == 0;
}

/* SET of ALL by what is in it, or as everybody but the rest. */
static void
say_set_of(struct speech *s, uint64_t set, uint64_t all, say_set say, const char *of,
    const char *but)
{
	uint64_t rest   = all & ~set;
	bool short_rest = __builtin_popcountll(rest) < __builtin_popcountll(set & all);

	if (rest == 0) return;
	speech_comma(s);
	(void)fprintf(s->to, "%s ", short_rest ? but : of);
	say(s, short_rest ? rest : set & all);
}

/* All of it, as it stands after "not" or an action, or before a colon. */
void
speech_when(struct speech *s, const struct clause *c)
{
	struct clause rest = *c;

	say_set_of(s, c->senders, s->g->scope.senders, say_sender_set, tr("from"),
	    tr("from everybody but"));
	say_set_of(s, c->purposes, s->g->scope.purposes, say_purpose_set,
	    tr("for the purpose"), tr("for every purpose but"));
	rest.senders  = s->g->scope.senders;
	rest.purposes = s->g->scope.purposes;
	rest.unless   = 0;
	speech_positive(s, &rest);
	if (c->unless == 0) return;
	speech_comma(s);
	(void)fprintf(s->to, "%s ", tr("unless"));
	fact_list(s->to, c->unless, tr("or"));
}
