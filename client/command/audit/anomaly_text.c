/* SPDX-License-Identifier: EUPL-1.2 */
/* anomaly_text.c - a sentence for each kind. */
#include "client/command/audit/anomaly_text.h"

#include <stdio.h>
#include <string.h>

#include "client/command/names.h"
#include "client/command/show.h"
#include "client/command/translate.h"

enum { DAY_TEXT = 10 };

struct words { /* the parts of a sentence */
	char               from[LABEL_MAX], to[LABEL_MAX], day[TIME_TEXT_MAX];
	const char        *what;
	unsigned long long n, of, weeks;
};

const char *
anomaly_heading(enum anomaly_kind kind)
{
	static const char *const texts[ANOMALY_KINDS] = {
	    N_("Weeks in which much more was sent"),
	    N_("Weeks in which a rule was used much more"),
	    N_("Weeks in which much more was refused"),
	    N_("Pairs that are rare"),
	    N_("Pairs that are new"),
	    N_("Rules that are suddenly used"),
	    N_("Rules that were never used"),
	    N_("Feedback that did not come"),
	    N_("Copies that nobody took"),
	    N_("Tasks that passed their term"),
	    N_("Recalls that were not answered"),
	    N_("Refusals"),
	    N_("Recipients that were not entitled"),
	    N_("Many questions for a source or an identity"),
	    N_("Strangers at the gate"),
	};
	return tr(texts[kind]);
}

static void
find_words(const struct sluis *s, const struct anomaly *f, struct words *w)
{
	*w = (struct words){.what = f->what, .n = f->n, .of = f->of, .weeks = f->weeks};
	(void)names_label(s, f->from, "", w->from);
	(void)names_label(s, f->to, "", w->to);
	(void)show_time(f->since_ms, w->day);
	w->day[DAY_TEXT] = '\0';
}

static int
say_peak(const struct anomaly *f, const struct words *w, char *out)
{
	unsigned long long whole = w->of / 10, tenth = w->of % 10;

	if (f->kind == ANOMALY_PEAK_RULE)
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("rule %s: %llu times in the week of %s; %llu.%llu a week on "
		       "average in "
		       "the %llu before"),
		    w->what, w->n, w->day, whole, tenth, w->weeks);
	if (f->kind == ANOMALY_PEAK_REFUSED)
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("%s: %llu refusals in the week of %s; %llu.%llu a week on average "
		       "in "
		       "the %llu before"),
		    w->from, w->n, w->day, whole, tenth, w->weeks);
	return snprintf(out, ANOMALY_TEXT_MAX,
	    tr("%s: %llu deliveries in the week of %s; %llu.%llu a week on average in "
	       "the %llu before"),
	    w->from, w->n, w->day, whole, tenth, w->weeks);
}

static int
say_pattern(const struct anomaly *f, const struct words *w, char *out)
{
	switch (f->kind) {
	case ANOMALY_RARE_PAIR:
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("%s to %s under %s: %llu of the %llu deliveries of that sender"),
		    w->from, w->to, w->what, w->n, w->of);
	case ANOMALY_NEW_PAIR:
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("%s to %s under %s: for the first time on %s, %llu since"),
		    w->from, w->to, w->what, w->day, w->n);
	case ANOMALY_NEW_RULE:
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("rule %s: for the first time on %s, %llu times since"), w->what,
		    w->day, w->n);
	default:
		return snprintf(out, ANOMALY_TEXT_MAX, tr("rule %s"), w->what);
	}
}

static int
say_owed(const struct anomaly *f, const struct words *w, char *out)
{
	switch (f->kind) {
	case ANOMALY_UNANSWERED:
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("%s: %llu of %llu that it took, the oldest on %s"), w->to, w->n,
		    w->of, w->day);
	case ANOMALY_RECALL_OVERDUE:
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("%s: %llu of %llu not destroyed, the oldest asked on %s"), w->to,
		    w->n, w->of, w->day);
	default: /* copies not taken, tasks */
		return snprintf(
		    out, ANOMALY_TEXT_MAX, tr("%s: %llu, since %s"), w->to, w->n, w->day);
	}
}

static int
say_denied(const struct anomaly *f, const struct words *w, char *out)
{
	switch (f->kind) {
	case ANOMALY_REFUSED:
		return snprintf(out, ANOMALY_TEXT_MAX, tr("%s: %s, %llu in all since %s"),
		    w->from, w->what, w->n, w->day);
	case ANOMALY_NOT_SERVED:
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("%s to %s: %s, %llu in all since %s"), w->from, w->to, w->what,
		    w->n, w->day);
	case ANOMALY_REVEALS:
		return snprintf(out, ANOMALY_TEXT_MAX, tr("%s: %llu, since %s"), w->from,
		    w->n, w->day);
	default:
		return snprintf(out, ANOMALY_TEXT_MAX,
		    tr("%llu channels were refused, since %s"), w->n, w->day);
	}
}

const char *
anomaly_text(const struct sluis *s, const struct anomaly *f, char out[ANOMALY_TEXT_MAX])
{
	struct words w;

	find_words(s, f, &w);
	out[0] = '\0';
	if (f->kind <= ANOMALY_PEAK_REFUSED)
		(void)say_peak(f, &w, out);
	else if (f->kind <= ANOMALY_UNUSED_RULE)
		(void)say_pattern(f, &w, out);
	else if (f->kind <= ANOMALY_RECALL_OVERDUE)
		(void)say_owed(f, &w, out);
	else
		(void)say_denied(f, &w, out);
	return out;
}

const char *
anomaly_entries(const struct anomaly *f, char out[ANOMALY_ENTRIES_MAX])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < f->n_entries && used < ANOMALY_ENTRIES_MAX; i++)
		used += (size_t)snprintf(out + used, ANOMALY_ENTRIES_MAX - used, "%s%llu",
		    i == 0 ? "" : " ", (unsigned long long)f->entries[i]);
	if (f->n_entries != 0 && f->n > f->n_entries && used < ANOMALY_ENTRIES_MAX)
		(void)snprintf(out + used, ANOMALY_ENTRIES_MAX - used, " ...");
	return out;
}

json_t *
anomaly_json(const struct anomaly *f)
{
	json_t *entries = json_array();
	json_t *o       = json_pack("{s:s, s:I, s:o}", "kind", anomaly_name(f->kind), "n",
	          (json_int_t)f->n, "entries", entries);

	for (size_t i = 0; i < f->n_entries; i++)
		(void)json_array_append_new(
		    entries, json_integer((json_int_t)f->entries[i]));
	if (f->from[0] != '\0')
		(void)json_object_set_new(o, "from", json_string(f->from));
	if (f->to[0] != '\0') (void)json_object_set_new(o, "to", json_string(f->to));
	if (f->what[0] != '\0')
		(void)json_object_set_new(o, "what", json_string(f->what));
	if (f->since_ms != 0)
		(void)json_object_set_new(
		    o, "since_ms", json_integer((json_int_t)f->since_ms));
	if (f->weeks != 0)
		(void)json_object_set_new(
		    o, "mean_before", json_real((double)f->of / 10));
	else if (f->of != 0)
		(void)json_object_set_new(o, "of", json_integer((json_int_t)f->of));
	return o;
}
