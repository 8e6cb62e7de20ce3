/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * audit_read.c - an auditor reads entries of the journal, and the journal says so.
 *
 * The answer names the head that was in force before this read: the read's own leaf
 * comes after it, and an auditor who reads to the end of that head is done.
 */
#include "broker/handler.h"
#include "broker/journal/event.h"

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__AuditRead *m    = (const Sluis__AuditRead *)q->message;
	uint64_t                size = journal_signed_size(b->journal);
	uint64_t                from = m->has_from_index ? m->from_index : 0;
	uint64_t                max  = (uint64_t)b->config->audit_read_max;
	uint64_t                n    = m->has_max && m->max < max ? m->max : max;

	if (from > size) return RC_NOT_FOUND;
	if (n > size - from) n = size - from;
	for (uint64_t i = from; i < from + n; i++)
		TRY(reply_add_receipt(r, i, true, false));
	struct slice head = journal_checkpoint(b->journal);
	TRY(message_text_n(&r->answer->checkpoint, head));
	if (n != 0) TRY(event_audit_read(b, &q->member->binding, from, n));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler audit_read_handler = {
    .type      = TYPE_AUDIT_READ,
    .doors     = 1u << DOOR_AUDIT,
    .max_bytes = 2048,
    .desc      = &sluis__audit_read__descriptor,
    .handle    = handle,
};
