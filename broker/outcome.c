/* SPDX-License-Identifier: EUPL-1.2 */
/* outcome.c - from leaf and detail to an Outcome. */
#include "broker/outcome.h"

#include <stdlib.h>

#include "proto/auto.h"

static rc
copy_group(const Sluis__RuleGroup *from, Sluis__Outcome *o)
{
	Sluis__RuleGroup *g = message_add(&o->n_groups, &o->groups, sizeof *g);
	if (g == NULL) return RC_NOMEM;
	sluis__rule_group__init(g);
	g->has_action = from->has_action;
	g->action     = from->action;
	TRY(message_text(&g->rule, from->rule));
	TRY(message_text(&g->article, from->article));
	return message_bytes(
	    &g->has_paths, &g->paths, slice_of(from->paths.data, from->paths.len));
}

rc
outcome_copy_groups(size_t n, Sluis__RuleGroup *const *from, Sluis__Outcome *o)
{
	for (size_t i = 0; i < n; i++) TRY(copy_group(from[i], o));
	return RC_OK;
}

static rc
copy_obligations(const Sluis__Leaf *leaf, Sluis__Outcome *o)
{
	for (size_t i = 0; i < leaf->n_obligations; i++) {
		Sluis__Obligation *to =
		    message_add(&o->n_obligations, &o->obligations, sizeof *to);
		if (to == NULL) return RC_NOMEM;
		sluis__obligation__init(to);
		TRY(message_text(&to->id, leaf->obligations[i]));
	}
	return RC_OK;
}

static rc
fill(const Sluis__Leaf *leaf, const Sluis__Detail *detail, Sluis__Outcome *o)
{
	TRY(message_text(&o->oin, leaf->recipient_oin));
	TRY(message_text(&o->desk, leaf->recipient_desk));
	TRY(message_text(&o->code, leaf->code != NULL ? leaf->code : "ok"));
	TRY(message_text(&o->rule, leaf->rule));
	TRY(copy_obligations(leaf, o));
	if (detail == NULL)
		return outcome_copy_groups(leaf->n_released, leaf->released, o);
	TRY(message_text(&o->article, detail->article));
	TRY(message_text(&o->change, detail->change));
	TRY(outcome_copy_groups(detail->n_released, detail->released, o));
	return outcome_copy_groups(detail->n_withheld, detail->withheld, o);
}

rc
outcome_entry(
    struct broker *b, uint64_t index, Sluis__Leaf **ret_leaf, Sluis__Detail **ret_detail)
{
	AUTO(buf_wipe) struct buf leaf   = buf_init(LEAF_MAX);
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);

	TRY(store_get_leaf(b->store, index, &leaf, ret_detail == NULL ? NULL : &detail));
	TRY(message_unpack(
	    &sluis__leaf__descriptor, buf_slice(&leaf), RC_BAD_TREE, ret_leaf));
	if (detail.n == 0) return RC_OK;
	return message_unpack(
	    &sluis__detail__descriptor, buf_slice(&detail), RC_BAD_TREE, ret_detail);
}

rc
outcome_leaf(struct broker *b, uint64_t index, Sluis__Leaf **ret)
{
	return outcome_entry(b, index, ret, NULL);
}

/* Whether the detail of LEAF at INDEX went without an entry. */
static rc
is_missing(struct broker *b, uint64_t index, const Sluis__Leaf *leaf, bool *ret)
{
	bool     erased = true;
	uint64_t by     = 0;

	if (leaf->has_detail_digest)
		TRY(store_detail_erased(b->store, index, &erased, &by));
	if (!erased) store_name_unreadable(b->store, index);
	*ret = !erased;
	return RC_OK;
}

rc
outcome_left(struct broker *b, uint64_t index, Sluis__Leaf **ret_leaf,
    Sluis__Detail **ret_detail, bool *ret_lost)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(DETAIL_MAX);

	TRY(outcome_leaf(b, index, ret_leaf));
	rc code   = store_get_leaf(b->store, index, NULL, &bytes);
	*ret_lost = code == RC_BAD_TREE;
	if (*ret_lost) return RC_OK;
	TRY(code);
	if (bytes.n == 0) return is_missing(b, index, *ret_leaf, ret_lost);
	return message_unpack(
	    &sluis__detail__descriptor, buf_slice(&bytes), RC_BAD_TREE, ret_detail);
}

rc
outcome_add(
    struct broker *b, struct reply *r, uint64_t index, enum outcome_for who, rc *ret_code)
{
	AUTO(message_destroy) Sluis__Leaf   *leaf   = NULL;
	AUTO(message_destroy) Sluis__Detail *detail = NULL;
	bool                                 sender = who == OUTCOME_SENDER, lost = false;

	TRY(sender ? outcome_left(b, index, &leaf, &detail, &lost)
	           : outcome_leaf(b, index, &leaf));
	Sluis__Outcome *o =
	    message_add(&r->answer->n_outcomes, &r->answer->outcomes, sizeof *o);
	if (o == NULL) return RC_NOMEM;
	sluis__outcome__init(o);
	o->has_lost = o->lost = lost;
	TRY(fill(leaf, detail, o));
	if ((o->receipt = calloc(1, sizeof *o->receipt)) == NULL) return RC_NOMEM;
	sluis__receipt__init(o->receipt);
	TRY(reply_promise(r, o->receipt, index, sender, true));
	*ret_code = leaf->code == NULL ? RC_OK : rc_from_name(leaf->code);
	return RC_OK;
}
