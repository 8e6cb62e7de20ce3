/* SPDX-License-Identifier: EUPL-1.2 */
/* reveal_ask.c - a desk that has a signal asks its source who is behind it. */
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/delivered.h"
#include "broker/knowing/reveal.h"
#include "broker/outbox/notice.h"
#include "broker/route/task_message.h"
#include "broker/store/recall.h"
#include "policy/route.h"
#include "proto/auto.h"
#include "proto/message.h"

enum {
	OPEN_MAX = 64, /* questions of one desk that wait for an answer */
};

struct asked {
	const Sluis__RevealAsk    *m;
	struct delivered           of; /* owned */
	const struct reveal_info  *rule;
	const struct schema_field *field; /* NULL: it is about the source */
	struct reveal_row          row;
};

static void
asked_wipe(struct asked *q)
{
	delivered_wipe(&q->of);
}

/* --- decide ---------------------------------------------------------------------- */

static rc
read_form(struct asked *q)
{
	bool identity = q->m->what == SLUIS__REVEAL_WHAT__REVEAL_IDENTITY;

	if (!q->m->has_delivery_id || !reveal_what_known(q->m->what) ||
	    !reveal_ground_known(q->m->ground))
		return RC_MALFORMED;
	if (identity != (q->m->path != NULL)) return RC_MALFORMED;
	if (!identity) return RC_OK;
	q->field = reveal_field(q->m->path);
	return q->field == NULL ? RC_MALFORMED : RC_OK;
}

/* Whether the copy says a pseudonym in the place of a value of FIELD. */
static bool
has_pseudonym(const Sluis__Leaf *leaf, const struct schema_field *field)
{
	for (size_t i = 0; i < leaf->n_released; i++) {
		const Sluis__RuleGroup    *g    = leaf->released[i];
		struct slice               rest = slice_of(g->paths.data, g->paths.len);
		const struct schema_field *f    = NULL;
		if (g->action != SLUIS__ACTION__ACTION_PSEUDONYMISE) continue;
		while (rest.n != 0 && schema_unpack(&rest, &f) == RC_OK)
			if (f->index == field->index) return true;
	}
	return false;
}

static rc
deny(struct act *a, const char *convenant)
{
	const struct convenant_info *c = policy_convenant(a->b->policy, convenant);

	return act_deny(a, RC_NO_GROUND, NULL, c == NULL ? NULL : c->article,
	    "another ground, or a desk that the convenant lets ask this");
}

static rc
find_rule(struct act *a, struct asked *q)
{
	const struct party *me        = a->q->member->party;
	const char         *convenant = q->of.leaf->convenant;

	if (me == NULL) return deny(a, convenant);
	q->rule = policy_reveal(
	    a->b->policy, convenant, me->role, a->me.desk, q->m->what, q->m->ground);
	return q->rule == NULL ? deny(a, convenant) : RC_OK;
}

/* What comes of the question.  Everything in it was checked, or is the journal's. */
static void
fill_row(const struct act *a, struct asked *q)
{
	struct reveal_row *r = &q->row;

	memcpy(r->id, a->q->head->request_id.data, sizeof r->id);
	r->asker  = a->me;
	r->source = q->of.source;
	r->what   = q->m->what;
	r->ground = q->m->ground;
	if (q->m->path != NULL) memcpy(r->path, q->m->path, strlen(q->m->path) + 1);
	memcpy(r->delivery, q->of.row.id, sizeof r->delivery);
	memcpy(r->trace, q->of.trace, sizeof r->trace);
	(void)snprintf(r->convenant, sizeof r->convenant, "%s", q->of.leaf->convenant);
	if (q->of.leaf->phase != NULL)
		(void)snprintf(r->phase, sizeof r->phase, "%s", q->of.leaf->phase);
	r->in_case = a->in_case;
	memcpy(r->case_id, a->row.id, sizeof r->case_id);
	r->layer    = q->of.layer;
	r->leaf     = a->first;
	r->until_ms = a->b->now_ms + (uint64_t)q->rule->days * DAY_MS;
}

/* One question waits once, a desk has few of them, and its id is its own. */
static rc
check_others(struct act *a, const struct asked *q)
{
	struct reveal_row other;
	uint64_t          n    = 0;
	bool              same = false;

	rc code = store_get_reveal(a->b->store, q->row.id, &other);
	if (code == RC_OK) return RC_REPLAYED;
	if (code != RC_NOT_FOUND) return code;
	TRY(store_count_reveals(a->b->store, &q->row, &n, &same));
	if (same)
		return act_deny(a, RC_WAITING, q->rule->id, q->rule->article,
		    "an answer to the same question, which waits");
	return n >= OPEN_MAX ? RC_OVER_QUOTA : RC_OK;
}

/* Nobody asks about what it has to destroy. */
static rc
check_recall(struct act *a, const struct asked *q)
{
	struct recall_row row;
	rc                code = store_get_recall(a->b->store, q->of.row.seq, &row);

	if (code == RC_OK) return RC_NOT_FOUND;
	return code == RC_NOT_FOUND ? RC_OK : code;
}

static rc
decide(struct act *a, struct asked *q)
{
	TRY(read_form(q));
	TRY(delivered_find(a, &q->m->delivery_id, &q->of));
	TRY(check_recall(a, q));
	if (q->field != NULL && !has_pseudonym(q->of.leaf, q->field)) return RC_NOT_FOUND;
	TRY(find_rule(a, q));
	fill_row(a, q);
	TRY(check_others(a, q));
	return dispatch_room(a->b->dispatch, q->row.source.oin, q->row.source.desk);
}

/* --- write ----------------------------------------------------------------------- */

static rc
write_leaf(struct act *a, const struct asked *q)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_REVEAL_ASKED,
	          .recipient_oin      = q->row.source.oin,
	          .recipient_desk     = q->row.source.desk,
	          .convenant          = q->row.convenant,
	          .phase              = q->row.phase,
	          .rule               = q->rule->id,
	          .has_refers_to      = true,
	          .refers_to          = q->of.row.leaf};

	detail.rule    = message_borrow(q->rule->id);
	detail.article = message_borrow(q->rule->article);
	return act_event(a, &e, &detail, NULL);
}

static rc
put_task(struct act *a, const struct asked *q, struct task_row *ret)
{
	const struct reveal_row *r = &q->row;

	*ret = (struct task_row){.who = r->source,
	    .from                     = r->asker,
	    .kind                     = SLUIS__TASK_KIND__TASK_REVEAL,
	    .in_case                  = r->in_case,
	    .has_about                = true,
	    .layer                    = r->layer,
	    .leaf                     = a->first,
	    .since_ms                 = a->b->now_ms,
	    .due_ms                   = r->until_ms};
	memcpy(ret->case_id, r->case_id, sizeof ret->case_id);
	memcpy(ret->about, r->id, sizeof ret->about);
	return store_add_task(a->b->store, ret);
}

static rc
tell_source(struct act *a, const struct asked *q, const struct task_row *task)
{
	const struct reveal_row *r       = &q->row;
	Sluis__Notice            n       = SLUIS__NOTICE__INIT;
	Sluis__Task              message = SLUIS__TASK__INIT;

	task_borrow(task, a->b->now_ms, &message);
	reveal_describe(r, SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED, &n);
	n.has_about       = 1;
	n.about           = message_borrow_bytes(r->trace, sizeof r->trace);
	n.task            = &message;
	n.has_seal_public = 1;
	n.seal_public =
	    message_borrow_bytes(a->q->member->binding.seal_public, KEY_BYTES);
	return act_tell_whoever(a, &r->source, &n, r->layer, a->first);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(asked_wipe)
	struct asked    ask  = {.m = (const Sluis__RevealAsk *)q->message};
	struct task_row task = {0};
	struct act      a;
	bool            done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(decide(&a, &ask));
	TRY(write_leaf(&a, &ask));
	TRY(store_put_reveal(b->store, &ask.row));
	TRY(put_task(&a, &ask, &task));
	TRY(tell_source(&a, &ask, &task));
	return act_end(&a);
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	return delivered_layer(
	    b, q, &((const Sluis__RevealAsk *)q->message)->delivery_id);
}

const struct handler reveal_ask_handler = {
    .type      = TYPE_REVEAL_ASK,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__reveal_ask__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
};
