/* SPDX-License-Identifier: EUPL-1.2 */
/* check_act.c - the receipts of an act against what was asked. */
#include <string.h>

#include "client/act.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"

static rc
fail(const struct checker *c, const char *reason)
{
	return error_set(c->error, RC_BAD_PROOF, "receipts", reason);
}

static bool
is_ours(const struct checker *c, const Sluis__Leaf *leaf)
{
	return leaf->sender_oin != NULL && leaf->sender_desk != NULL &&
	       strcmp(leaf->sender_oin, c->self->oin) == 0 &&
	       strcmp(leaf->sender_desk, c->self->desk) == 0;
}

/* The case that M names; the request that opens one names it itself. */
static struct slice
case_of(const ProtobufCMessage *m, const uint8_t trace_id[ID_BYTES])
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, "case_id");

	if (m->descriptor == &sluis__case_open__descriptor)
		return slice_of(trace_id, ID_BYTES);
	if (f == NULL) return slice_of(NULL, 0);
	return message_slice((const void *)((const uint8_t *)m + f->offset));
}

/* The detail of our entry has to name our request, and the case that it named. */
static rc
check_detail(
    const struct checker *c, const struct act_asked *what, const Sluis__Receipt *receipt)
{
	AUTO(message_destroy) Sluis__Detail *d      = NULL;
	struct slice                         inside = case_of(what->m, what->trace_id);

	if (!receipt->has_detail ||
	    guard_unpack(&sluis__detail__descriptor, message_slice(&receipt->detail),
	        guard_wire, (ProtobufCMessage **)&d) != RC_OK)
		return fail(c, "the entry has no detail that can be read");
	if (!slice_equal(message_slice(&d->trace_id), slice_of(what->trace_id, ID_BYTES)))
		return fail(c, "the entry is about another request");
	if (inside.n != 0 && !slice_equal(message_slice(&d->case_id), inside))
		return fail(c, "the entry is about another case");
	return RC_OK;
}

static rc
check_first(const struct checker *c, const struct act_asked *what,
    const Sluis__Receipt *receipt, const Sluis__Leaf *leaf)
{
	/* feedback about a whole case is a step in that case first */
	bool step = leaf->kind == SLUIS__EVENT_KIND__EVENT_CASE &&
	            what->kind->leaf == SLUIS__EVENT_KIND__EVENT_FEEDBACK;

	if ((leaf->kind != what->kind->leaf && !step) || !is_ours(c, leaf))
		return fail(c, "the entry says something else");
	if (!what->kind->bare || receipt->has_detail)
		return check_detail(c, what, receipt);
	return leaf->time_ms + DATED_WITHIN_MS >= what->created_ms
	           ? RC_OK
	           : fail(c, "the entry is older than the request");
}

/* What else was done by the act: about us, as who did it or whom it reached; or a copy
 * that waited for another desk and was taken back by our recall. */
static rc
check_further(
    const struct checker *c, const struct act_asked *what, const Sluis__Leaf *leaf)
{
	if ((what->kind->leaf == SLUIS__EVENT_KIND__EVENT_RECALL ||
	        what->kind->leaf == SLUIS__EVENT_KIND__EVENT_ERASED) &&
	    leaf->kind == SLUIS__EVENT_KIND__EVENT_WITHDRAWN)
		return RC_OK;
	bool to_us = leaf->recipient_oin != NULL && leaf->recipient_desk != NULL &&
	             strcmp(leaf->recipient_oin, c->self->oin) == 0 &&
	             strcmp(leaf->recipient_desk, c->self->desk) == 0;

	return to_us || is_ours(c, leaf) ? RC_OK : fail(c, "the entry is about others");
}

static rc
check_done(
    const struct checker *c, const struct act_asked *what, const Sluis__Answer *answer)
{
	if (answer->n_receipts == 0)
		return what->kind->quiet || !act_changes(what->kind, what->m)
		           ? RC_OK
		           : fail(c, "the answer carries no receipt");
	for (size_t i = 0; i < answer->n_receipts; i++) {
		AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
		TRY(check_receipt(c, answer->receipts[i], &leaf, NULL));
		TRY(i == 0 ? check_first(c, what, answer->receipts[0], leaf)
		           : check_further(c, what, leaf));
	}
	return RC_OK;
}

static rc
check_refused(const struct checker *c, const Sluis__Receipt *receipt)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	TRY(check_receipt(c, receipt, &leaf, NULL));
	if (!is_ours(c, leaf)) return fail(c, "the entry is about another sender");
	if (leaf->kind != SLUIS__EVENT_KIND__EVENT_REFUSED)
		return fail(c, "the entry says something else");
	return RC_OK;
}

rc
check_act(
    const struct checker *c, const struct act_asked *what, const Sluis__Answer *answer)
{
	if (answer->code != NULL && strcmp(answer->code, "ok") == 0)
		return check_done(c, what, answer);
	for (size_t i = 0; i < answer->n_receipts; i++)
		TRY(check_refused(c, answer->receipts[i]));
	return RC_OK;
}
