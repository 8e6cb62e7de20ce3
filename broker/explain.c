/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * explain.c - why?  From the journal, to those it concerns.
 *
 * By trace id: the desk that sent the submission, and an auditor, see everything decided
 * about it; of an act in a case they see its entries with case and step.  By leaf: the
 * sender sees the detail, the recipient the leaf of what it was served; what concerns
 * everybody is everybody's to prove.  What one may not see is not found.  What an auditor
 * sees is an entry itself.
 */
#include <string.h>

#include "broker/handler.h"
#include "broker/journal/event.h"
#include "broker/outcome.h"
#include "proto/auto.h"

static bool
is_auditor(const struct request *q)
{
	return q->route->door == DOOR_AUDIT;
}

static bool
names(const char *oin, const char *desk, const struct binding *b)
{
	return oin != NULL && desk != NULL && strcmp(oin, b->oin) == 0 &&
	       strcmp(desk, b->desk) == 0;
}

static rc
explain_trace(
    struct broker *b, const struct request *q, const uint8_t *id, struct reply *r)
{
	struct request_row row;
	rc                 code;

	if (is_auditor(q))
		TRY(store_find_request(b->store, id, &row));
	else
		TRY(store_get_request(
		    b->store, q->member->binding.oin, q->member->binding.desk, id, &row));
	if (row.n == 0) /* denied as a whole */
		TRY(reply_add_receipt(r, row.first, true, true));
	for (uint64_t i = row.first; i < row.first + row.n; i++)
		TRY(row.act ? reply_add_receipt(r, i, true, true)
		            : outcome_add(b, r, i, OUTCOME_SENDER, &code));
	if (is_auditor(q))
		TRY(event_audit_read(
		    b, &q->member->binding, row.first, row.n == 0 ? 1 : row.n));
	return reply_set_code(r, RC_OK, NULL);
}

/* Which rules hold and whose keys count: every party stakes its data on it. */
static bool
is_everybodys(Sluis__EventKind kind)
{
	switch ((int)kind) {
	case SLUIS__EVENT_KIND__EVENT_OPENED:
	case SLUIS__EVENT_KIND__EVENT_POLICY:
	case SLUIS__EVENT_KIND__EVENT_POLICY_SIGNED:
	case SLUIS__EVENT_KIND__EVENT_CRL:
	case SLUIS__EVENT_KIND__EVENT_ANCHORS:
	case SLUIS__EVENT_KIND__EVENT_EPOCH:
	case SLUIS__EVENT_KIND__EVENT_RESTORED:
	case SLUIS__EVENT_KIND__EVENT_CLOCK:
		return true;
	default:
		return false;
	}
}

static rc
explain_leaf(struct broker *b, const struct request *q, uint64_t index, struct reply *r)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	const struct binding              *me   = &q->member->binding;
	rc                                 code;

	TRY(outcome_leaf(b, index, &leaf));
	bool sender = is_auditor(q) || names(leaf->sender_oin, leaf->sender_desk, me);
	/* who was not served is not told so: that there was a signal may be the secret */
	bool recipient = names(leaf->recipient_oin, leaf->recipient_desk, me) &&
	                 leaf->kind != SLUIS__EVENT_KIND__EVENT_NOT_SERVED;
	if (!sender && !recipient && !is_everybodys(leaf->kind)) return RC_NOT_FOUND;
	TRY(outcome_add(b, r, index, sender ? OUTCOME_SENDER : OUTCOME_RECIPIENT, &code));
	if (is_auditor(q)) TRY(event_audit_read(b, me, index, 1));
	return reply_set_code(r, RC_OK, NULL);
}

static rc
explain_policy(struct broker *b, struct request *q, struct reply *r)
{
	struct policy_row row;

	TRY(store_last_policy(b->store, &row));
	return explain_leaf(b, q, row.leaf, r);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Explain *m = (const Sluis__Explain *)q->message;

	if (m->has_trace_id && m->has_leaf_index) return RC_MALFORMED;
	if (!m->has_trace_id && !m->has_leaf_index) return explain_policy(b, q, r);
	if (m->has_leaf_index) return explain_leaf(b, q, m->leaf_index, r);
	if (m->trace_id.len != ID_BYTES) return RC_MALFORMED;
	return explain_trace(b, q, m->trace_id.data, r);
}

const struct handler explain_handler = {
    .type      = TYPE_EXPLAIN,
    .doors     = 1u << DOOR_AGENCY | 1u << DOOR_AUDIT,
    .max_bytes = 2048,
    .desc      = &sluis__explain__descriptor,
    .handle    = handle,
};
