/* SPDX-License-Identifier: EUPL-1.2 */
/* sent.c - a desk's own submissions, newest first, as the journal has them. */
#include "broker/handler.h"

/* The receipts of 256 submissions to 64 recipients would be no answer that a client
 * takes, and seconds of work; further back than this one asks by trace id. */
enum { SENT_MAX = 256, SENT_STANDARD = 50, RECEIPTS_MAX = 512 };

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Sent *m = (const Sluis__Sent *)q->message;
	struct request_row rows[SENT_MAX];
	size_t             n   = 0;
	size_t             max = m->has_max ? m->max : SENT_STANDARD;

	TRY(store_list_requests(b->store, q->member->binding.oin, q->member->binding.desk,
	    max > SENT_MAX ? SENT_MAX : max, rows, &n));
	for (size_t i = 0; i < n && r->n_promised + rows[i].n <= RECEIPTS_MAX; i++)
		for (uint64_t k = 0; k < rows[i].n; k++)
			TRY(reply_add_receipt(r, rows[i].first + k, true, false));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler sent_handler = {
    .type      = TYPE_SENT,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__sent__descriptor,
    .handle    = handle,
};
