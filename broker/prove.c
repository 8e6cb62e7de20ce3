/* SPDX-License-Identifier: EUPL-1.2 */
/* prove.c - inclusion and consistency proofs against the newest signed head, for
 * everybody. */
#include "broker/handler.h"

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Prove *m     = (const Sluis__Prove *)q->message;
	struct merkle_proof proof = {0};

	if (m->has_index && m->has_old_size) return RC_MALFORMED; /* at most one */
	if (m->has_index) TRY(journal_prove_inclusion(b->journal, m->index, &proof));
	if (m->has_old_size)
		TRY(journal_prove_consistency(b->journal, m->old_size, &proof));
	TRY(journal_copy_proof(&proof, &r->answer->n_proof, &r->answer->proof));
	struct slice head = journal_checkpoint(b->journal);
	TRY(message_text_n(&r->answer->checkpoint, head));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler prove_handler = {
    .type      = TYPE_PROVE,
    .doors     = 1u << DOOR_AGENCY | 1u << DOOR_AUDIT,
    .max_bytes = 2048,
    .desc      = &sluis__prove__descriptor,
    .handle    = handle,
};
