/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_facts.c - what the history of a case says of it.
 *
 * Acts of layer 2 say nothing here: what layer 1 may do must not depend on them.  Who
 * was asked and has left is no longer waited for.  What a gate found holds in the state
 * where it was judged: a move begins anew, and so does a new claim.  A claim is void when
 * somebody who had to judge it was removed instead.
 */
#include <stdio.h>
#include <string.h>

#include "policy/route.h"

static void
set(struct case_facts *f, unsigned fact, bool on)
{
	f->facts = on ? f->facts | fact : f->facts & ~fact;
}

/* --- desks ----------------------------------------------------------------------- */

/* Who, or where it can be noted; NULL: too many. */
static struct case_voice *
voice_of(struct case_voice *all, size_t *n, const char *oin, const char *desk)
{
	struct case_voice *v = NULL;
	for (size_t i = 0; v == NULL && i < *n; i++)
		if (strcmp(all[i].oin, oin) == 0 && strcmp(all[i].desk, desk) == 0)
			v = &all[i];
	if (v != NULL || *n == CASE_VOICES_MAX || strlen(oin) >= sizeof v->oin ||
	    strlen(desk) >= sizeof v->desk)
		return v;
	v  = &all[(*n)++];
	*v = (struct case_voice){.said = VOICE_NONE};
	(void)snprintf(v->oin, sizeof v->oin, "%s", oin);
	(void)snprintf(v->desk, sizeof v->desk, "%s", desk);
	return v;
}

static const char *
text_or_nothing(const char *text)
{
	return text == NULL ? "" : text;
}

/* --- alignment ------------------------------------------------------------------- */

static void
sum_up_alignment(struct case_facts *f)
{
	size_t answered = 0, yes = 0;
	for (size_t i = 0; i < f->n_asked; i++) {
		answered += f->asked[i].said == VOICE_YES || f->asked[i].said == VOICE_NO;
		yes += f->asked[i].said == VOICE_YES;
	}
	set(f, CASE_ALIGN_ASKED, f->n_asked > 0 || f->too_many);
	set(f, CASE_ALIGNED, f->n_asked > 0 && answered == f->n_asked && !f->too_many);
	set(f, CASE_SUSPECTED, yes > 0);
}

static void
ask(struct case_facts *f, const Sluis__Participant *whom)
{
	if (whom == NULL) return;
	struct case_voice *v = voice_of(f->asked, &f->n_asked, text_or_nothing(whom->oin),
	    text_or_nothing(whom->desk));
	if (v == NULL)
		f->too_many = true;
	else
		v->said = VOICE_NONE; /* asked again: what it said before is past */
}

static struct case_voice *
asked(struct case_facts *f, const char *oin, const char *desk)
{
	for (size_t i = 0; oin != NULL && desk != NULL && i < f->n_asked; i++)
		if (strcmp(f->asked[i].oin, oin) == 0 &&
		    strcmp(f->asked[i].desk, desk) == 0)
			return &f->asked[i];
	return NULL;
}

static void
answer(struct case_facts *f, const Sluis__CaseStep *step)
{
	struct case_voice *v = asked(f, step->by_oin, step->by_desk);
	if (v == NULL) return;
	v->said = step->answer == SLUIS__ALIGN_ANSWER__ALIGN_YES  ? VOICE_YES
	          : step->answer == SLUIS__ALIGN_ANSWER__ALIGN_NO ? VOICE_NO
	                                                          : VOICE_NONE;
}

/* Whoever left without an answer gives none. */
static void
leave(struct case_facts *f, const Sluis__CaseStep *step)
{
	const Sluis__Participant *whom = step->whom;
	struct case_voice        *v    = asked(f, whom != NULL ? whom->oin : step->by_oin,
            whom != NULL ? whom->desk : step->by_desk);
	if (v != NULL && v->said == VOICE_NONE) *v = f->asked[--f->n_asked];
}

/* --- the gate -------------------------------------------------------------------- */

static void
sum_up_gate(struct case_facts *f)
{
	size_t met = 0, failed = 0, due = f->judges > 0 ? f->judges : 1;
	for (size_t i = 0; i < f->n_judged; i++) {
		met += f->judged[i].said == VOICE_YES;
		failed += f->judged[i].said == VOICE_NO;
	}
	set(f, CASE_GATE_CLAIMED, f->claimed);
	set(f, CASE_GATE_MET, f->claimed && failed == 0 && met >= due);
	set(f, CASE_GATE_FAILED, f->claimed && failed > 0);
}

static void
forget_gate(struct case_facts *f)
{
	f->claimed  = false;
	f->n_judged = 0;
}

/* One criterion that is not met is enough to fail. */
static void
judge(struct case_facts *f, const Sluis__CaseStep *step)
{
	struct case_voice *v = voice_of(f->judged, &f->n_judged,
	    text_or_nothing(step->by_oin), text_or_nothing(step->by_desk));
	if (!f->claimed || v == NULL) return;
	v->said = step->n_judgements > 0 ? VOICE_YES : VOICE_NONE;
	for (size_t i = 0; i < step->n_judgements; i++)
		if (!step->judgements[i]->met) v->said = VOICE_NO;
}

/* --- all of it ------------------------------------------------------------------- */

void
case_facts_fold(struct case_facts *f, const Sluis__CaseStep *step)
{
	if (step->layer > 1) return;
	switch (step->kind) {
	case SLUIS__STEP_KIND__STEP_ENRICHED:
		set(f, CASE_ENRICHED, true);
		break;
	case SLUIS__STEP_KIND__STEP_VERDICT:
		set(f, CASE_STRENGTHENED, step->strengthened);
		set(f, CASE_NOT_STRENGTHENED, !step->strengthened);
		break;
	case SLUIS__STEP_KIND__STEP_ALIGN_ASKED:
		ask(f, step->whom);
		break;
	case SLUIS__STEP_KIND__STEP_ALIGN_ANSWERED:
		answer(f, step);
		break;
	case SLUIS__STEP_KIND__STEP_LEFT:
		leave(f, step);
		if (step->gate != NULL) forget_gate(f); /* removed before it judged */
		break;
	case SLUIS__STEP_KIND__STEP_GATE_CLAIMED:
		forget_gate(f);
		f->claimed = true;
		break;
	case SLUIS__STEP_KIND__STEP_GATE_JUDGED:
		judge(f, step);
		break;
	case SLUIS__STEP_KIND__STEP_MOVED:
		forget_gate(f);
		break;
	default:
		return;
	}
	sum_up_alignment(f);
	sum_up_gate(f);
}
