/* SPDX-License-Identifier: EUPL-1.2 */
/* notice_text.c - what the broker brings word of, a sentence for each kind of notice. */
#include <string.h>

#include "client/command/case/choice.h"
#include "client/command/case/phrase.h"
#include "client/command/case/telling.h"
#include "client/command/translate.h"

static const struct {
	Sluis__NoticeKind kind;
	const char       *text, *command; /* command NULL: there is nothing to answer */
	const char       *bare;           /* what is_bare() is told so; NULL: TEXT */
} notices[] = {
    {SLUIS__NOTICE_KIND__NOTICE_TASK, N_("waiting for you: {task}{case}{due}"), NULL,
        NULL},
    {SLUIS__NOTICE_KIND__NOTICE_MOVED, N_("{step}{case}{force}"),
        "sluis case show {case_id}", N_("the case changed state{case}{force}")},
    {SLUIS__NOTICE_KIND__NOTICE_JOINED, N_("{step}{case}"), "sluis case show {case_id}",
        N_("{from} gave you a seat at the table{case}")},
    {SLUIS__NOTICE_KIND__NOTICE_LEFT, N_("your seat at the table has ended{case}"), NULL,
        NULL},
    {SLUIS__NOTICE_KIND__NOTICE_ALIGNED, N_("{step}{case}"), "sluis case show {case_id}",
        N_("{from} answered what was asked{case}")},
    {SLUIS__NOTICE_KIND__NOTICE_GATE, N_("{step}{case}"), "sluis case gate {case_id}",
        N_("{from} explained or judged the criteria{case}")},
    {SLUIS__NOTICE_KIND__NOTICE_EXCHANGE, N_("{step}{case}"),
        "sluis case exchange {case_id}",
        N_("{from} asked for, or voted on, an exchange outside the meeting{case}")},
    {SLUIS__NOTICE_KIND__NOTICE_FEEDBACK,
        N_("{from} about your signal {about}: {feedback}"), NULL, NULL},
    {SLUIS__NOTICE_KIND__NOTICE_RECALL, N_("destroy delivery {about}: {recall}"),
        "sluis recall confirm {about}", NULL},
    {SLUIS__NOTICE_KIND__NOTICE_DESTROYED,
        N_("{from} destroyed its copy of your signal {about}"), NULL, NULL},
    {SLUIS__NOTICE_KIND__NOTICE_REMINDER, N_("OVERDUE: {task}{case}{due}"), NULL, NULL},
    {SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED,
        N_("{from} asks for {what} {ground}: release / refuse / organisation only"),
        "sluis reveal decide {reveal_id} --verdict release|refuse|organisation", NULL},
    {SLUIS__NOTICE_KIND__NOTICE_REVEAL_DECIDED,
        N_("{from} decided about {what}: {verdict}"), "sluis reveal show {reveal_id}",
        N_("nobody decided in time about {what}: {verdict}")},
    {SLUIS__NOTICE_KIND__NOTICE_LINK, N_("about your signal {about}: {links}"), NULL,
        NULL},
    {SLUIS__NOTICE_KIND__NOTICE_CONTROL,
        N_("another control is planned there on {on}: call {contact}"), NULL,
        N_("the other control there on {on} is off: {contact}")},
    {SLUIS__NOTICE_KIND__NOTICE_CARE,
        N_("{places} places will be needed on {on}{kinds}: call {contact}"), NULL,
        N_("the {places} places of {on} are not needed any more: {contact}")},
    {SLUIS__NOTICE_KIND__NOTICE_RESPONSE,
        N_("{from} answered your signal {about}: {response}"), NULL,
        N_("somebody else who got it answered, delivery {about}: {response}")},
    {SLUIS__NOTICE_KIND__NOTICE_CASE_ENDED, N_("{step}{case}"), NULL,
        N_("the case has ended{case}")},
    {SLUIS__NOTICE_KIND__NOTICE_ERASED,
        N_("{from}: your signal {about} was erased, and who has it is to destroy it: "
           "{recall}"),
        NULL, NULL},
};

enum { N_NOTICES = sizeof notices / sizeof notices[0] };

/* Whether N is the lesser of its kind: no step came with it, nobody is named, or what it
 * tells is off. */
static bool
is_bare(const Sluis__Notice *n)
{
	switch (n->kind) {
	case SLUIS__NOTICE_KIND__NOTICE_CONTROL:
	case SLUIS__NOTICE_KIND__NOTICE_CARE:
		return n->called_off;
	case SLUIS__NOTICE_KIND__NOTICE_RESPONSE:
	case SLUIS__NOTICE_KIND__NOTICE_REVEAL_DECIDED:
		return n->from_oin == NULL;
	default:
		return n->step == NULL;
	}
}

/* The sentence for N: the bare one where that is what it says, and one of its own for the
 * second desk. */
static const char *
sentence_for(const Sluis__Notice *n)
{
	if (n->task != NULL && n->kind == SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED &&
	    n->task->kind == SLUIS__TASK_KIND__TASK_REVEAL_SECOND)
		return N_(
		    "{from} asks for {what} {ground}; {desk} decided: {verdict}; you are "
		    "the second desk: release / refuse / organisation only");
	for (size_t i = 0; i < N_NOTICES; i++)
		if (notices[i].kind == n->kind)
			return is_bare(n) && notices[i].bare != NULL ? notices[i].bare
			                                             : notices[i].text;
	return NULL;
}

const char *
notice_sentence(Sluis__NoticeKind kind)
{
	for (size_t i = 0; i < N_NOTICES; i++)
		if (notices[i].kind == kind) return notices[i].text;
	return NULL;
}

/* --- what stands in the holes ---------------------------------------------------- */

struct notice_holes {
	const struct telling *t;
	const Sluis__Notice  *n;
};

static void
say_case(FILE *to, const Sluis__Notice *n)
{
	if (!n->has_case_id || n->case_id.len == 0) return;
	(void)fprintf(to, " (%s ", tr("case"));
	tell_id(to, &n->case_id);
	(void)fputc(')', to);
}

static void
say_due(FILE *to, const Sluis__Task *task)
{
	if (task == NULL || task->due_ms == 0) return;
	(void)fprintf(to, ", %s ", tr("due on"));
	tell_day(to, task->due_ms);
}

static void
say_force(FILE *to, const Sluis__Notice *n)
{
	if (n->convenant == NULL) {
		(void)fprintf(to, "; %s", tr("nothing may be shared in this state"));
		return;
	}
	(void)fprintf(to, "; %s ", tr("in force now:"));
	phrase_put(to, n->convenant);
	if (n->phase == NULL) return;
	(void)fprintf(to, ", %s ", tr("phase"));
	phrase_put(to, n->phase);
}

static const struct {
	const char *kind, *text;
} links_of[] = {
    {"bsn", N_("this person")},
    {"v_number", N_("this person")},
    {"document", N_("this person")},
    {"name", N_("this person")},
    {"person", N_("this person")},
    {"address", N_("this address")},
    {"plate", N_("this vehicle")},
    {"kvk", N_("this company")},
    {"phone", N_("this telephone number")},
    {"email", N_("this e-mail address")},
    {"iban", N_("this bank account")},
};

static const char *
link_text(const char *kind)
{
	for (size_t i = 0; kind != NULL && i < sizeof links_of / sizeof links_of[0]; i++)
		if (strcmp(links_of[i].kind, kind) == 0) return tr(links_of[i].text);
	return kind != NULL ? kind : "?";
}

void
tell_link(const struct telling *t, const Sluis__LinkHit *hit)
{
	if (hit->others == 1)
		(void)fputs(tr("1 other party has a signal about"), t->to);
	else
		(void)fprintf(t->to, tr("%u other parties have a signal about"),
		    (unsigned)hit->others);
	(void)fputc(' ', t->to);
	phrase_put(t->to, link_text(hit->kind));
	if (hit->convenant != NULL) {
		(void)fprintf(t->to, ", %s ", tr("under"));
		phrase_put(t->to, hit->convenant);
	}
	for (size_t i = 0; i < hit->n_oins; i++) {
		(void)fputs(i == 0 ? ": " : ", ", t->to);
		tell_desk(t, hit->oins[i], "");
	}
}

static void
say_links(const struct telling *t, const Sluis__Notice *n)
{
	for (size_t i = 0; i < n->n_links; i++) {
		(void)fputs(i == 0 ? "" : "; ", t->to);
		tell_link(t, n->links[i]);
	}
	if (n->n_links == 0) (void)fputc('?', t->to);
}

static void
say_contact(const struct telling *t, const Sluis__Notice *n)
{
	if (n->from_oin != NULL)
		tell_desk(t, n->from_oin,
		    n->contact_desk != NULL ? n->contact_desk : n->from_desk);
	else
		phrase_put(t->to, n->contact_desk != NULL ? n->contact_desk : "?");
}

static void
say_kinds(FILE *to, const Sluis__Notice *n)
{
	for (size_t i = 0; i < n->n_shelter_kinds; i++) {
		(void)fputs(i == 0 ? " (" : ", ", to);
		phrase_put(to, shelter_kind_text(n->shelter_kinds[i]));
	}
	if (n->n_shelter_kinds != 0) (void)fputc(')', to);
}

static void
say_what(FILE *to, const Sluis__Notice *n)
{
	(void)fputs(choice_text(choices_reveal_what, (int)n->reveal_what), to);
	if (n->reveal_path == NULL) return;
	(void)fprintf(to, " %s ", tr("behind"));
	phrase_put(to, n->reveal_path);
}

/* The step, which may leave it to the notice to say who did it. */
static void
say_step(const struct telling *t, const Sluis__Notice *n)
{
	Sluis__CaseStep step = *n->step; /* borrows */

	if (step.by_oin == NULL) {
		step.by_oin  = n->from_oin;
		step.by_desk = n->from_desk;
	}
	tell_step(t, &step);
}

/* --- the table of holes ---------------------------------------------------------- */

static void
fill_who(const struct telling *t, const Sluis__Notice *n, const char *name)
{
	if (strcmp(name, "from") == 0 && n->from_oin != NULL)
		tell_desk(t, n->from_oin, n->from_desk);
	if (strcmp(name, "from") == 0 && n->from_oin == NULL)
		(void)fputs(tr("the broker"), t->to);
	if (strcmp(name, "contact") == 0) say_contact(t, n);
	if (strcmp(name, "links") == 0) say_links(t, n);
	if (strcmp(name, "case") == 0) say_case(t->to, n);
	if (strcmp(name, "case_id") == 0) tell_id(t->to, &n->case_id);
	if (strcmp(name, "about") == 0) tell_id(t->to, &n->about);
	if (strcmp(name, "reveal_id") == 0) tell_id(t->to, &n->reveal_id);
	if (strcmp(name, "force") == 0) say_force(t->to, n);
}

static void
fill_coded(FILE *to, const Sluis__Notice *n, const char *name)
{
	if (strcmp(name, "what") == 0) say_what(to, n);
	if (strcmp(name, "desk") == 0)
		phrase_put(to, n->contact_desk != NULL ? n->contact_desk : "?");
	if (strcmp(name, "ground") == 0)
		(void)fputs(
		    choice_text(choices_reveal_ground, (int)n->reveal_ground), to);
	if (strcmp(name, "verdict") == 0)
		(void)fputs(
		    choice_text(choices_reveal_verdict, (int)n->reveal_verdict), to);
	if (strcmp(name, "recall") == 0)
		(void)fputs(choice_text(choices_recall, (int)n->recall), to);
	if (strcmp(name, "on") == 0)
		phrase_put(to, n->planned_on != NULL ? n->planned_on : "?");
	if (strcmp(name, "places") == 0)
		(void)fprintf(to, "%u", (unsigned)n->shelter_places);
	if (strcmp(name, "kinds") == 0) say_kinds(to, n);
}

static void
fill_notice(void *arg, FILE *to, const char *name)
{
	const struct notice_holes *h = arg;
	const Sluis__Notice       *n = h->n;

	fill_who(h->t, n, name);
	fill_coded(to, n, name);
	if (strcmp(name, "task") == 0 && n->task != NULL)
		(void)fputs(task_text(n->task->kind), to);
	if (strcmp(name, "due") == 0) say_due(to, n->task);
	if (strcmp(name, "step") == 0 && n->step != NULL) say_step(h->t, n);
	if (strcmp(name, "feedback") == 0 && n->feedback != NULL)
		tell_feedback(to, n->feedback);
	if (strcmp(name, "response") == 0 && n->response != NULL)
		tell_response(to, n->response);
}

void
tell_notice(const struct telling *t, const Sluis__Notice *n)
{
	struct telling      about = *t;
	struct notice_holes h     = {&about, n};
	const char         *text  = sentence_for(n);

	if (n->route != NULL) about.route = n->route;
	phrase_say(t->to,
	    text != NULL ? tr(text) : tr("something this version does not know"),
	    fill_notice, &h);
}

void
tell_notice_command(FILE *to, const Sluis__Notice *n)
{
	struct telling      t = {.to = to};
	struct notice_holes h = {&t, n};

	if (n->task != NULL) {
		tell_task_command(to, n->task);
		return;
	}
	for (size_t i = 0; i < N_NOTICES; i++)
		if (notices[i].kind == n->kind && notices[i].command != NULL)
			phrase_say(to, notices[i].command, fill_notice, &h);
}
