/* SPDX-License-Identifier: EUPL-1.2 */
/* telling.c - names, days and coded answers inside sentences. */
#include "client/command/case/telling.h"

#include "client/command/case/choice.h"
#include "client/command/case/phrase.h"
#include "client/command/show.h"

void
tell_desk(const struct telling *t, const char *oin, const char *desk)
{
	char label[LABEL_MAX];

	phrase_put(t->to, names_label(t->region, oin != NULL ? oin : "",
	                      desk != NULL ? desk : "", label));
}

void
tell_state(const struct telling *t, const char *state)
{
	const char *title = NULL;

	if (state != NULL && t->title != NULL && t->route != NULL)
		title = t->title(t->arg, t->route, state);
	phrase_put(t->to, title != NULL ? title : state != NULL ? state : "?");
}

void
tell_id(FILE *to, const ProtobufCBinaryData *id)
{
	for (size_t i = 0; i < 4 && i < id->len; i++)
		(void)fprintf(to, "%02x", id->data[i]);
}

void
tell_day(FILE *to, uint64_t ms)
{
	char when[TIME_TEXT_MAX];

	(void)fprintf(to, "%.10s", show_time(ms, when));
}

/* --- feedback and answers -------------------------------------------------------- */

static void
say_part(FILE *to, bool *begun, const char *text)
{
	(void)fprintf(to, "%s%s", *begun ? ", " : "", text);
	*begun = true;
}

void
tell_feedback(FILE *to, const Sluis__Feedback *f)
{
	bool begun = false;

	if (f->has_followed_up)
		say_part(to, &begun,
		    f->followed_up ? tr("followed up") : tr("not followed up"));
	if (f->has_no_action)
		say_part(to, &begun, choice_text(choices_no_action, (int)f->no_action));
	if (f->has_assessment)
		say_part(to, &begun, choice_text(choices_assessment, (int)f->assessment));
	if (f->has_investigation_started)
		say_part(to, &begun,
		    f->investigation_started ? tr("an investigation was started")
		                             : tr("no investigation was started"));
	if (f->has_closed && f->closed) say_part(to, &begun, tr("closed"));
	if (f->has_useful)
		say_part(to, &begun, f->useful ? tr("useful") : tr("not useful"));
	if (!begun) (void)fputc('?', to);
}

void
tell_response(FILE *to, const Sluis__Response *r)
{
	bool begun = false;

	if (r->has_disposition)
		say_part(
		    to, &begun, choice_text(choices_disposition, (int)r->disposition));
	if (r->has_measure)
		say_part(to, &begun, choice_text(choices_measure, (int)r->measure));
	if (r->has_registration)
		say_part(
		    to, &begun, choice_text(choices_registration, (int)r->registration));
	if (r->has_picked_up && r->picked_up) say_part(to, &begun, tr("we take it"));
	if (r->has_shelter)
		say_part(to, &begun, choice_text(choices_shelter, (int)r->shelter));
	if (r->has_taken_over && r->taken_over) say_part(to, &begun, tr("taken over"));
	if (!begun) (void)fputc('?', to);
}
