/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_journal.c - past decisions under another policy: found, kept as JSON, printed. */
#include "client/diff_journal.h"

#include <stdlib.h>
#include <string.h>

#include "client/diff_json.h"
#include "client/show.h"

void
journal_diff_wipe(struct journal_diff *j)
{
	json_decref(j->list);
	j->list = NULL;
}

/* --- one entry ------------------------------------------------------------------- */

/* What stands in the list of an entry: "differs", "perhaps", "untold", "alarm". */
static json_t *
entry_json(const struct past *p, const char *verdict)
{
	const struct question *q = &p->decided.question;
	json_t *o = json_pack("{s:s, s:I, s:I, s:b}", "verdict", verdict, "entry",
	    (json_int_t)p->index, "time_ms", (json_int_t)p->leaf->time_ms, "weighed",
	    p->decided.weighed ? 1 : 0);

	if (p->kind == PAST_REFUSAL)
		(void)json_object_update_new(
		    o, json_pack("{s:s?, s:s?, s:s?, s:s?}", "sender_oin",
		           p->leaf->sender_oin, "sender_desk", p->leaf->sender_desk,
		           "code", p->leaf->code, "rule", p->leaf->rule));
	else
		(void)json_object_update_new(
		    o, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?}", "convenant",
		           q->convenant, "phase", q->phase, "purpose", q->purpose,
		           "sender_oin", q->sender_oin, "sender_desk", q->sender_desk,
		           "recipient_oin", q->recipient_oin, "recipient_desk",
		           q->recipient_desk));
	return o;
}

static json_t *
words_to_json(const char *const *words, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_string(words[i]));
	return list;
}

static void
add_rerule(json_t *o, const struct rerule *r)
{
	(void)json_object_update_new(
	    o, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "old",
	           rc_name(r->code[0]), "new", rc_name(r->code[1]), "wider",
	           fields_to_json(&r->wider), "narrower", fields_to_json(&r->narrower),
	           "maybe_wider", fields_to_json(&r->maybe_wider), "maybe_narrower",
	           fields_to_json(&r->maybe_narrower), "maybe_served",
	           r->maybe_served ? 1 : 0, "obligations_lost",
	           words_to_json(r->lost, r->n_lost), "obligations_gained",
	           words_to_json(r->gained, r->n_gained)));
}

static bool
is_by(const struct past *p, const struct policy *policy)
{
	return hash_equal(&p->bundle, policy_hash(policy));
}

static rc
visit_decision(struct journal_diff *j, const struct past *p)
{
	struct rerule r;
	bool          holds = rerule_holds(&p->decided, j->old);
	json_t       *o     = NULL;

	if (is_by(p, j->old) && !holds) {
		j->n_alarms++;
		o = entry_json(p, "alarm");
		return json_array_append_new(j->list, o) == 0 ? RC_OK : RC_NOMEM;
	}
	if (!p->decided.weighed && !holds) {
		j->n_untold++; /* another policy decided it, on facts that are not known
		                */
		o = entry_json(p, "untold");
		return json_array_append_new(j->list, o) == 0 ? RC_OK : RC_NOMEM;
	}
	rerule(&p->decided, j->old, j->new, &r);
	bool differs = rerule_differs(&r);
	if (!differs && !rerule_may_differ(&r)) return RC_OK;
	j->n_differ += differs;
	j->n_perhaps += !differs;
	o = entry_json(p, differs ? "differs" : "perhaps");
	add_rerule(o, &r);
	return json_array_append_new(j->list, o) == 0 ? RC_OK : RC_NOMEM;
}

/* A message refused as a whole: the journal keeps the bar, and nothing that it would
 * take to rule again. */
static rc
visit_refusal(struct journal_diff *j, const struct past *p)
{
	if (p->leaf->rule == NULL) {
		j->n_other++;
		return RC_OK;
	}
	j->n_decisions++;
	if (rerule_bar_stays(j->old, j->new, p->leaf->rule)) return RC_OK;
	j->n_untold++;
	return json_array_append_new(j->list, entry_json(p, "untold")) == 0 ? RC_OK
	                                                                    : RC_NOMEM;
}

static rc
visit(void *arg, const struct past *p)
{
	struct journal_diff *j = arg;

	switch (p->kind) {
	case PAST_OTHER:
		j->n_other++;
		return RC_OK;
	case PAST_REFUSAL:
		return visit_refusal(j, p);
	case PAST_UNTOLD:
		j->n_decisions++;
		j->n_untold++;
		return json_array_append_new(j->list, entry_json(p, "untold")) == 0
		           ? RC_OK
		           : RC_NOMEM;
	case PAST_DECISION:
		break;
	}
	j->n_decisions++;
	return visit_decision(j, p);
}

rc
journal_diff_read(struct journal_diff *j, const char *dir, const struct policy *old,
    const struct policy *new, struct sluis_error *e)
{
	j->old  = old;
	j->new  = new;
	j->list = json_array();
	return j->list == NULL ? error_set(e, RC_NOMEM, NULL, NULL)
	                       : past_walk(dir, visit, j, e);
}

json_t *
journal_diff_to_json(const struct journal_diff *j)
{
	return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:O}", "verified",
	    j->verified ? 1 : 0, "decisions", (json_int_t)j->n_decisions, "differ",
	    (json_int_t)j->n_differ, "perhaps", (json_int_t)j->n_perhaps, "untold",
	    (json_int_t)j->n_untold, "alarms", (json_int_t)j->n_alarms, "entries",
	    j->list);
}

/* --- printing -------------------------------------------------------------------- */

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

	if (json_array_size(list) == 0) return;
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
		way_print(s, w);
		duty_print(s->cli->out, json_string_value(id), w);
	}
}

static void
served_print(const struct diff_show *s, const json_t *o)
{
	bool was = strcmp(text_at(o, "old"), "ok") == 0;
	bool is  = strcmp(text_at(o, "new"), "ok") == 0;

	if (was == is) return;
	way_print(s, is ? WAY_WIDER : WAY_NARROWER);
	(void)fprintf(s->cli->out, "%s -> %s\n", was ? tr("served") : text_at(o, "old"),
	    is ? tr("served") : text_at(o, "new"));
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
