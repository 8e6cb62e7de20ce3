/* SPDX-License-Identifier: EUPL-1.2 */
/* why_tell.c - what a party got, in the order in which it happened. */
#include <string.h>

#include "case.pb-c.h"
#include "client/command/audit/why.h"
#include "client/command/case/phrase.h"
#include "client/command/case/telling.h"
#include "client/command/complain.h"
#include "client/command/policy/change.h"
#include "client/command/show.h"
#include "client/error.h"
#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/message.h"

struct holes {
	const struct why         *w;
	const struct sluis_entry *e;
};

static void
put_party(const struct why *w, FILE *to, const char *oin, const char *desk)
{
	char label[LABEL_MAX];

	phrase_put(to, names_label(w->s, oin, desk, label));
}

static void
put_id(FILE *to, const struct filter_id *id)
{
	char hex[ID_BYTES * 2 + 1];

	hex_encode(hex, sizeof hex, slice_of(id->id, ID_BYTES));
	(void)fputs(id->met ? hex : id->asked, to);
}

static void
fill(void *arg, FILE *to, const char *name)
{
	const struct holes       *h = arg;
	const struct sluis_entry *e = h->e;
	char                      when[TIME_TEXT_MAX];

	if (strcmp(name, "who") == 0)
		put_party(h->w, to, h->w->filter->party.oin, h->w->filter->party.desk);
	if (strcmp(name, "case") == 0) put_id(to, &h->w->filter->case_id);
	if (strcmp(name, "trace") == 0) put_id(to, &h->w->filter->trace);
	if (e == NULL) return;
	if (strcmp(name, "sender") == 0)
		put_party(h->w, to, e->sender_oin, e->sender_desk);
	if (strcmp(name, "when") == 0) (void)fputs(show_time(e->time_ms, when), to);
	if (strcmp(name, "convenant") == 0) phrase_put(to, e->convenant);
	if (strcmp(name, "phase") == 0) phrase_put(to, e->phase);
	if (strcmp(name, "purpose") == 0) phrase_put(to, e->purpose);
	if (strcmp(name, "kind") == 0) (void)fputs(show_event(e), to);
	if (strcmp(name, "entry") == 0)
		(void)fprintf(to, "%llu", (unsigned long long)e->index);
}

static void
say(const struct why *w, const char *indent, const struct sluis_entry *e,
    const char *sentence)
{
	struct holes h = {w, e};

	(void)fputs(indent, w->cli->out);
	phrase_say(w->cli->out, tr(sentence), fill, &h);
	(void)fputc('\n', w->cli->out);
}

/* --- what came of it ------------------------------------------------------------- */

static const struct {
	const char *kind, *text;
} sequels[] = {
    {"acknowledged", N_("{who} took it on {when} (entry {entry}).")},
    {"undelivered", N_("{who} never saw it: not fetched in time, it was erased on {when} "
                       "(entry {entry}).")},
    {"withdrawn", N_("{who} never saw it: it was withdrawn on {when}, before it was "
                     "fetched (entry {entry}).")},
    {"recall", N_("It was recalled on {when}; {who} has to destroy it (entry {entry}).")},
    {"destroyed", N_("{who} told on {when} that it was destroyed (entry {entry}).")},
    {"erased", N_("What the broker kept about it was erased on {when} (entry {entry}).")},
};

static void
tell_sequel(const struct why *w, const struct sluis_entry *e)
{
	for (size_t i = 0; i < sizeof sequels / sizeof sequels[0]; i++)
		if (strcmp(e->kind, sequels[i].kind) == 0) {
			say(w, "  ", e, sequels[i].text);
			return;
		}
}

/* Did the copy reach an end: fetched, withdrawn, or not in time? */
static bool
has_ended(const struct why *w, const struct sluis_entry *ruling)
{
	for (size_t i = 0; i < why_n(w); i++) {
		const struct sluis_entry *e = why_at(w, i);
		if (e->refers_to != (int64_t)ruling->index) continue;
		if (strcmp(e->kind, "acknowledged") == 0 ||
		    strcmp(e->kind, "withdrawn") == 0 ||
		    strcmp(e->kind, "undelivered") == 0)
			return true;
	}
	return false;
}

static void
tell_sequels(const struct why *w, const struct sluis_entry *e)
{
	for (size_t i = 0; i < why_n(w); i++)
		if (why_about(w, why_at(w, i)) == e) tell_sequel(w, why_at(w, i));
	if (why_eraser(w, e) != NULL) tell_sequel(w, why_eraser(w, e));
	if (e->trace_id != NULL && !w->own && !has_ended(w, e))
		say(w, "  ", e, N_("It still waits for {who}."));
}

/* --- a ruling -------------------------------------------------------------------- */

/* "not_entitled: ..., rule x (article); and what would change it" */
static void
tell_denial(const struct why *w, const struct sluis_entry *e)
{
	AUTO(message_destroy)
	Sluis__Detail *d = e->detail != NULL
	                       ? sluis__detail__unpack(NULL, e->detail_n, e->detail)
	                       : NULL;
	char           change[CHANGE_TEXT_MAX];

	(void)fprintf(w->cli->out, "  %s %s", tr("The reason:"),
	    tr(code_meaning(rc_from_name(e->code))));
	if (e->rule[0] != '\0')
		(void)fprintf(w->cli->out, ", %s %s", tr("rule"), e->rule);
	if (d != NULL && d->article != NULL && d->article[0] != '\0') {
		(void)fputs(" (", w->cli->out);
		phrase_put(w->cli->out, d->article);
		(void)fputc(')', w->cli->out);
	}
	(void)fputs(".\n", w->cli->out);
	if (d != NULL && d->change != NULL && d->change[0] != '\0')
		(void)fprintf(w->cli->out, "  %s %s\n", tr("would change it:"),
		    change_translate(d->change, change));
}

static const char *
about_detail(enum why_detail detail)
{
	switch (detail) {
	case WHY_HERE:
		break;
	case WHY_ERASED:
		return N_("What was withheld can no longer be told: the detail of this "
		          "entry was erased.");
	case WHY_NOT_HERE:
		return N_(
		    "What was withheld cannot be told from this export: the detail of "
		    "this entry is not in it, or was erased.");
	case WHY_NOT_OURS:
		return N_(
		    "What was withheld is told to the sender and to auditors only.");
	}
	return NULL;
}

static void
tell_obligations(const struct why *w, const struct sluis_entry *e)
{
	AUTO(message_destroy)
	Sluis__Leaf *leaf = sluis__leaf__unpack(NULL, e->leaf_n, e->leaf);

	if (leaf == NULL || leaf->n_obligations == 0 || w->by_field) return;
	(void)fprintf(w->cli->out, "  %s ", tr("It came with the obligations"));
	for (size_t i = 0; i < leaf->n_obligations; i++) {
		(void)fputs(i == 0 ? "" : ", ", w->cli->out);
		phrase_put(w->cli->out, leaf->obligations[i]);
	}
	(void)fputs(".\n", w->cli->out);
}

static bool
has_asked(const struct why *w, const struct sluis_entry *e)
{
	for (size_t i = 0; i < e->n_fields; i++)
		if (why_asks(w, &e->fields[i])) return true;
	return !w->by_field;
}

static void
tell_served(const struct why *w, const struct sluis_entry *e)
{
	const char *said = about_detail(why_detail(w, e));

	say(w, "", e,
	    N_("{when}: {sender} shared a signal with {who} under {convenant}, phase "
	       "{phase}, for {purpose} (entry {entry})."));
	tell_sequels(w, e);
	why_tell_fields(w, e);
	if (!has_asked(w, e))
		say(w, "  ", e,
		    said == NULL
		        ? N_("What was asked for was not in this signal.")
		        : N_("{who} did not get what was asked for, if it was in "
		             "this signal."));
	if (said != NULL) say(w, "  ", e, said);
	tell_obligations(w, e);
}

static void
tell_ruling(const struct why *w, const struct sluis_entry *e)
{
	if (strcmp(e->kind, "ruling") != 0) {
		say(w, "", e,
		    N_("{when}: {sender} addressed a signal to {who} under {convenant}, "
		       "phase {phase}, for {purpose}; {who} was not served (entry "
		       "{entry})."));
		tell_denial(w, e);
	} else
		tell_served(w, e);
	(void)fputc('\n', w->cli->out);
}

/* --- the rest -------------------------------------------------------------------- */

static void
tell_seat(const struct why *w, const struct sluis_entry *e)
{
	AUTO(message_destroy)
	Sluis__Detail *d = sluis__detail__unpack(NULL, e->detail_n, e->detail);
	AUTO(message_destroy) Sluis__CaseStep *step = NULL;
	struct telling                         t    = {.to = w->cli->out, .region = w->s};

	if (d != NULL) step = sluis__case_step__unpack(NULL, d->act.len, d->act.data);
	if (step == NULL) return;
	say(w, "", e, N_("{when}: act in the case (entry {entry}):"));
	(void)fputs("  ", w->cli->out);
	tell_step(&t, step);
	(void)fputs("\n\n", w->cli->out);
}

/* Of the same kind, without data of a signal: "notice: entries 4, 9". */
static void
tell_others(const struct why *w, const char *kind)
{
	bool begun = false;

	for (size_t i = 0; i < why_n(w); i++) {
		const struct sluis_entry *e = why_at(w, i);
		if (strcmp(e->kind, kind) != 0 ||
		    !filter_is_party(w->filter, e->recipient_oin, e->recipient_desk))
			continue;
		if (!begun)
			(void)fprintf(
			    w->cli->out, "  %s: %s", show_kind(kind), tr("entries"));
		(void)fprintf(w->cli->out, "%s %llu", begun ? "," : "",
		    (unsigned long long)e->index);
		begun = true;
	}
	if (begun) (void)fputc('\n', w->cli->out);
}

static const char *const others[] = {"notice", "feedback", "link", "control", "response",
    "reveal_asked", "reveal_decided", "overdue"};

static bool
has_others(const struct why *w)
{
	for (size_t i = 0; i < why_n(w); i++)
		for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
			if (strcmp(why_at(w, i)->kind, others[k]) == 0 &&
			    filter_is_party(w->filter, why_at(w, i)->recipient_oin,
			        why_at(w, i)->recipient_desk))
				return true;
	return false;
}

/* --- everything ------------------------------------------------------------------ */

static size_t
tell_rulings(const struct why *w)
{
	size_t n = 0;

	for (size_t i = 0; i < why_n(w); i++) {
		const struct sluis_entry *e = why_at(w, i);
		if (why_is_ruling(w, e)) {
			tell_ruling(w, e);
			n++;
		} else if (strcmp(e->kind, "case") == 0)
			tell_seat(w, e);
	}
	return n;
}

/* Decisions of which nobody can tell any more what they were about. */
static void
tell_loose(const struct why *w)
{
	size_t n = sluis_result_n_entries(w->loose);

	if (n == 0) return;
	say(w, "\n", NULL,
	    N_("Decisions for {who} that may have been about it: their details, which "
	       "say "
	       "so, were erased or are not here."));
	(void)fputc('\n', w->cli->out);
	for (size_t i = 0; i < n; i++) tell_ruling(w, sluis_result_entry(w->loose, i));
}

void
why_tell(const struct why *w)
{
	bool by_case = w->filter->case_id.asked[0] != '\0';

	say(w, "", NULL,
	    by_case ? N_("What {who} got about case {case}, and why")
	            : N_("What {who} got of signal {trace}, and why"));
	(void)fputc('\n', w->cli->out);
	if (tell_rulings(w) == 0)
		say(w, "", NULL,
		    N_("No signal was shared with {who}, and none was refused it."));
	if (has_others(w)) {
		say(w, "", NULL, N_("{who} was also told, without data of a signal:"));
		for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
			tell_others(w, others[k]);
	}
	tell_loose(w);
}
