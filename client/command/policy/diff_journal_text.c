/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_journal_text.c - past decisions that come out differently, as people read them. */
#include <string.h>

#include "client/command/policy/diff_journal.h"
#include "client/command/show.h"

static const char *
text_at(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));
	return text == NULL ? "" : text;
}

static void
side_print(FILE *to, const struct journal_diff *j, const char *oin, const char *desk)
{
	const struct party *p = policy_party(j->old, oin);

	if (p == NULL) p = policy_party(j->new, oin);
	(void)fprintf(to, "%s", p == NULL ? oin : p->name);
	if (desk[0] != '\0') (void)fprintf(to, "/%s", desk);
	if (p != NULL) (void)fprintf(to, " (%s)", oin);
}

static void
heading_print(FILE *to, const struct journal_diff *j, const json_t *o)
{
	char     when[TIME_TEXT_MAX];
	uint64_t ms = (uint64_t)json_integer_value(json_object_get(o, "time_ms"));

	(void)fprintf(to, "  %s %lld, %s", tr("entry"),
	    (long long)json_integer_value(json_object_get(o, "entry")),
	    show_time(ms, when));
	if (text_at(o, "convenant")[0] != '\0')
		(void)fprintf(to, ", %s %s %s", text_at(o, "convenant"), tr("phase"),
		    text_at(o, "phase"));
	(void)fputs(": ", to);
	side_print(to, j, text_at(o, "sender_oin"), text_at(o, "sender_desk"));
	if (text_at(o, "recipient_oin")[0] != '\0') {
		(void)fputs(" -> ", to);
		side_print(
		    to, j, text_at(o, "recipient_oin"), text_at(o, "recipient_desk"));
	}
	(void)fputc('\n', to);
}

/* The fields under KEY of O, which became W. */
static void
fields_at(const struct diff_show *s, const json_t *o, const char *key, enum way w,
    const char *words)
{
	struct fieldset set  = {{0}};
	const json_t   *list = json_object_get(o, key);
	size_t          i;
	json_t         *path;

	if (json_array_size(list) == 0 || !diff_shows(s, w)) return;
	json_array_foreach(list, i, path)
	{
		const struct schema_field *f = schema_find(json_string_value(path));
		if (f != NULL) fieldset_add(&set, f->index);
	}
	way_print(s, w);
	(void)fprintf(s->cli->out, "%s ", words);
	fields_print(s->cli->out, diff_new(s->diff), &set);
	(void)fputc('\n', s->cli->out);
}

static void
duties_at(const struct diff_show *s, const json_t *o, const char *key, enum way w)
{
	const json_t *list = json_object_get(o, key);
	size_t        i;
	json_t       *id;

	json_array_foreach(list, i, id)
	{
		if (!diff_shows(s, w)) return;
		way_print(s, w);
		duty_print(s->cli->out, json_string_value(id), w);
	}
}

static void
served_print(const struct diff_show *s, const json_t *o)
{
	bool was = strcmp(text_at(o, "old"), "ok") == 0;
	bool is  = strcmp(text_at(o, "new"), "ok") == 0;

	if (was == is || !diff_shows(s, is ? WAY_WIDER : WAY_NARROWER)) return;
	way_print(s, is ? WAY_WIDER : WAY_NARROWER);
	(void)fprintf(s->cli->out, "%s -> %s\n", was ? tr("served") : text_at(o, "old"),
	    is ? tr("served") : text_at(o, "new"));
}

/* Whether something of O got wider, or may have. */
static bool
is_wider(const json_t *o)
{
	bool served =
	    strcmp(text_at(o, "old"), "ok") != 0 && strcmp(text_at(o, "new"), "ok") == 0;
	return served || json_is_true(json_object_get(o, "maybe_served")) ||
	       json_array_size(json_object_get(o, "wider")) != 0 ||
	       json_array_size(json_object_get(o, "maybe_wider")) != 0 ||
	       json_array_size(json_object_get(o, "obligations_lost")) != 0;
}

/* With --widening only what is wider, and what is an alarm or cannot be told. */
static bool
is_shown(const struct diff_show *s, const json_t *o)
{
	const char *verdict = text_at(o, "verdict");
	return !s->widening || strcmp(verdict, "alarm") == 0 ||
	       strcmp(verdict, "untold") == 0 || is_wider(o);
}

static void
verdict_print(const struct diff_show *s, const json_t *o)
{
	const char *verdict = text_at(o, "verdict");
	FILE       *to      = s->cli->out;

	if (strcmp(verdict, "alarm") == 0) {
		(void)fprintf(to, "    %s\n",
		    tr("ALARM: this is not what the policy gives that it names"));
		return;
	}
	if (strcmp(verdict, "untold") == 0) {
		(void)fprintf(to, "    %s\n",
		    tr("cannot be told: the journal does not say what was weighed"));
		return;
	}
	served_print(s, o);
	fields_at(s, o, "wider", WAY_WIDER, tr("more:"));
	fields_at(s, o, "narrower", WAY_NARROWER, tr("less:"));
	fields_at(s, o, "maybe_wider", WAY_WIDER, tr("perhaps more:"));
	fields_at(s, o, "maybe_narrower", WAY_NARROWER, tr("perhaps less:"));
	if (json_is_true(json_object_get(o, "maybe_served"))) {
		way_print(s, WAY_WIDER);
		(void)fprintf(to, "%s\n", tr("perhaps served"));
	}
	duties_at(s, o, "obligations_lost", WAY_WIDER);
	duties_at(s, o, "obligations_gained", WAY_NARROWER);
}

void
journal_diff_print(const struct diff_show *s, const struct journal_diff *j)
{
	FILE   *to = s->cli->out;
	size_t  i;
	json_t *o;

	(void)fprintf(to, "%s\n", tr("Decisions of the journal, ruled again"));
	json_array_foreach(j->list, i, o)
	{
		if (!is_shown(s, o)) continue;
		heading_print(to, j, o);
		verdict_print(s, o);
	}
	(void)fprintf(to,
	    tr("%zu decisions: %zu come out differently, %zu perhaps, %zu cannot be "
	       "told, "
	       "%zu alarms\n"),
	    j->n_decisions, j->n_differ, j->n_perhaps, j->n_untold, j->n_alarms);
	if (!j->verified)
		(void)fprintf(to, "%s\n",
		    tr("The export was taken as it is: verify it with --key."));
}
