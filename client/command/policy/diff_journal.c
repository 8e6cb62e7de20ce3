/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_journal.c - past decisions under another policy: found, and kept as JSON. */
#include "client/command/policy/diff_journal.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/diff_json.h"

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

static bool
is_name(const char *asked, const char *name)
{
	return asked == NULL || strcmp(asked, name) == 0;
}

/* Whether the party OIN with DESK is ASKED: "role" or "role/desk", under either policy.
 */
static bool
is_side(
    const struct journal_diff *j, const char *asked, const char *oin, const char *desk)
{
	const struct policy *policies[] = {j->old, j->new};
	char                 role[128];

	if (asked == NULL) return true;
	size_t n = strcspn(asked, "/");
	if (n >= sizeof role) return false;
	memcpy(role, asked, n);
	role[n] = '\0';
	if (asked[n] == '/' && (desk == NULL || strcmp(asked + n + 1, desk) != 0))
		return false;
	for (size_t i = 0; i < 2; i++) {
		const struct party *party = policy_party(policies[i], oin);
		const char         *id    = policy_role(policies[i], role);
		if (party != NULL && id != NULL && strcmp(party->role, id) == 0)
			return true;
	}
	return false;
}

static bool
is_asked(const struct journal_diff *j, const struct past *p)
{
	const struct question   *q = &p->decided.question;
	const struct diff_query *a = &j->asked;

	if (p->kind == PAST_OTHER || p->kind == PAST_REFUSAL)
		return a->convenant == NULL && a->phase == NULL && a->from == NULL &&
		       a->to == NULL;
	return is_name(a->convenant, q->convenant) && is_name(a->phase, q->phase) &&
	       is_side(j, a->from, q->sender_oin, q->sender_desk) &&
	       is_side(j, a->to, q->recipient_oin, q->recipient_desk);
}

static rc
visit(void *arg, const struct past *p)
{
	struct journal_diff *j = arg;

	if (!is_asked(j, p)) return RC_OK;
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
