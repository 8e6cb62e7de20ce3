/* SPDX-License-Identifier: EUPL-1.2 */
/* case_step_text.c - the history of a case, a sentence for each kind of step. */
#include <string.h>

#include "client/command/case/choice.h"
#include "client/command/case/phrase.h"
#include "client/command/case/telling.h"
#include "client/command/translate.h"

/* {by} is who did it, {byline} " by ..." or nothing where time did it. */
static const struct {
	Sluis__StepKind kind;
	const char     *text;
} sentences[] = {
    {SLUIS__STEP_KIND__STEP_OPENED, N_("{by} opened the case")},
    {SLUIS__STEP_KIND__STEP_MOVED, N_("from {from} to {to}{byline}")},
    {SLUIS__STEP_KIND__STEP_JOINED, N_("{whom} was given a seat as {as}{layer}{byline}")},
    {SLUIS__STEP_KIND__STEP_LEFT, N_("{whom} left the table{byline}")},
    {SLUIS__STEP_KIND__STEP_DECLARED,
        N_("{by} declared to keep it confidential (Besluit WGS 2.21)")},
    {SLUIS__STEP_KIND__STEP_SHARED, N_("{by} shared a signal{ground}")},
    {SLUIS__STEP_KIND__STEP_ENRICHED, N_("{by} shared an enrichment{ground}")},
    {SLUIS__STEP_KIND__STEP_CORRECTED,
        N_("{by} replaced a signal by a corrected one{ground}")},
    {SLUIS__STEP_KIND__STEP_VERDICT, N_("{by} judged the enrichment: {verdict}")},
    {SLUIS__STEP_KIND__STEP_ALIGN_ASKED,
        N_("{by} asked {whom} whether there is reason for a case table")},
    {SLUIS__STEP_KIND__STEP_ALIGN_ANSWERED, N_("{by} answered: {answer}")},
    {SLUIS__STEP_KIND__STEP_GATE_CLAIMED,
        N_("{by} explained why it meets the criteria of {gate}")},
    {SLUIS__STEP_KIND__STEP_GATE_JUDGED, N_("{by} judged {gate}: {judgements}")},
    {SLUIS__STEP_KIND__STEP_EXCHANGE_ASKED,
        N_("{by} asked to exchange with {whom} outside the meeting ({about})")},
    {SLUIS__STEP_KIND__STEP_EXCHANGE_AGREED,
        N_("{by} agreed to the exchange outside the meeting ({about})")},
    {SLUIS__STEP_KIND__STEP_EXCHANGE_OBJECTED,
        N_("{by} objected to the exchange outside the meeting ({about})")},
    {SLUIS__STEP_KIND__STEP_FEEDBACK, N_("{by} gave feedback: {feedback}")},
    {SLUIS__STEP_KIND__STEP_RECALLED, N_("a signal was recalled{byline}")},
    {SLUIS__STEP_KIND__STEP_REVIEWED, N_("the case was reviewed{byline}")},
    {SLUIS__STEP_KIND__STEP_SHIELDED,
        N_("the case was shielded: only an auditor sees it{byline}")},
    {SLUIS__STEP_KIND__STEP_EXTENDED,
        N_("the term for keeping the case was extended{byline} (Besluit WGS 1.16(2))")},
    {SLUIS__STEP_KIND__STEP_REMOVED, N_("the case was removed{byline}")},
};

const char *
step_sentence(Sluis__StepKind kind)
{
	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
		if (sentences[i].kind == kind) return sentences[i].text;
	return NULL;
}

/* --- what stands in the holes ---------------------------------------------------- */

struct step_holes {
	const struct telling  *t;
	const Sluis__CaseStep *step;
};

static void
say_by(const struct telling *t, const Sluis__CaseStep *s)
{
	if (s->by_oin == NULL)
		(void)fputs(tr("the broker"), t->to);
	else
		tell_desk(t, s->by_oin, s->by_desk);
}

static void
say_byline(const struct telling *t, const Sluis__CaseStep *s)
{
	bool self = s->whom != NULL && s->by_oin != NULL && s->whom->oin != NULL &&
	            s->by_desk != NULL && s->whom->desk != NULL &&
	            strcmp(s->whom->oin, s->by_oin) == 0 &&
	            strcmp(s->whom->desk, s->by_desk) == 0;

	if (s->by_oin == NULL || self) return;
	(void)fprintf(t->to, ", %s ", tr("by"));
	tell_desk(t, s->by_oin, s->by_desk);
}

static void
say_ground(const struct telling *t, const Sluis__CaseStep *s)
{
	if (s->convenant == NULL) return;
	(void)fprintf(t->to, " %s ", tr("under"));
	phrase_put(t->to, s->convenant);
	if (s->phase == NULL) return;
	(void)fprintf(t->to, ", %s ", tr("phase"));
	phrase_put(t->to, s->phase);
}

static void
say_judgements(FILE *to, const Sluis__CaseStep *s)
{
	for (size_t i = 0; i < s->n_judgements; i++) {
		const Sluis__CriterionJudgement *j = s->judgements[i];
		(void)fputs(i == 0 ? "" : ", ", to);
		phrase_put(to, j->criterion != NULL ? j->criterion : "?");
		(void)fprintf(to, " %s", j->met ? tr("met") : tr("not met"));
	}
	if (s->n_judgements == 0) (void)fputc('?', to);
}

static void
fill_person(const struct telling *t, const Sluis__CaseStep *s, const char *name)
{
	if (strcmp(name, "by") == 0) say_by(t, s);
	if (strcmp(name, "byline") == 0) say_byline(t, s);
	if (strcmp(name, "whom") == 0 && s->whom != NULL)
		tell_desk(t, s->whom->oin, s->whom->desk);
	if (strcmp(name, "as") == 0 && s->whom != NULL)
		(void)fputs(choice_text(choices_as,
		                s->whom->has_as ? (int)s->whom->as
		                                : SLUIS__PARTICIPANT_AS__PARTICIPANT),
		    t->to);
	if (strcmp(name, "layer") == 0 && s->whom != NULL && s->whom->layer == 2)
		(void)fprintf(t->to, ", %s", tr("in layer 2"));
}

static void
fill_step(void *arg, FILE *to, const char *name)
{
	const struct step_holes *h = arg;
	const Sluis__CaseStep   *s = h->step;

	fill_person(h->t, s, name);
	if (strcmp(name, "from") == 0) tell_state(h->t, s->from);
	if (strcmp(name, "to") == 0) tell_state(h->t, s->to);
	if (strcmp(name, "ground") == 0) say_ground(h->t, s);
	if (strcmp(name, "verdict") == 0)
		(void)fputs(s->strengthened ? tr("it strengthens the signal")
		                            : tr("it does not strengthen the signal"),
		    to);
	if (strcmp(name, "answer") == 0)
		(void)fputs(choice_text(choices_align, (int)s->answer), to);
	if (strcmp(name, "gate") == 0) phrase_put(to, s->gate != NULL ? s->gate : "?");
	if (strcmp(name, "judgements") == 0) say_judgements(to, s);
	if (strcmp(name, "about") == 0) tell_id(to, &s->about);
	if (strcmp(name, "feedback") == 0 && s->feedback != NULL)
		tell_feedback(to, s->feedback);
}

/* The sentence of a step that says less or more than others of its kind. */
static const char *
odd_sentence(const Sluis__CaseStep *s)
{
	if (s->kind == SLUIS__STEP_KIND__STEP_MOVED && s->from == NULL)
		return N_("to {to}{byline}"); /* a notice does not say from where */
	if (s->kind == SLUIS__STEP_KIND__STEP_LEFT && s->gate != NULL)
		return N_("{whom} left the table{byline}, before it judged {gate}: that "
		          "has to be explained anew");
	if (s->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_OBJECTED && s->whom != NULL)
		return N_("{whom} left the table{byline}, before it spoke: that ends the "
		          "exchange outside the meeting ({about})");
	return NULL;
}

void
tell_step(const struct telling *t, const Sluis__CaseStep *step)
{
	struct step_holes h    = {t, step};
	const char       *text = odd_sentence(step);

	if (text == NULL) text = step_sentence(step->kind);
	phrase_say(t->to,
	    text != NULL ? tr(text) : tr("something this version does not know"),
	    fill_step, &h);
}
