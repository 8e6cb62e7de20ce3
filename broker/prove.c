/* SPDX-License-Identifier: EUPL-1.2 */
/* prove.c - inclusion and consistency proofs against the newest signed head, for
 * everybody. */
#include "broker/handler.h"

static rc
add_proof(const struct merkle_proof *proof, Sluis__Answer *a)
{
	if (proof->n == 0) return RC_OK;
	a->proof = calloc(proof->n, sizeof *a->proof);
	if (a->proof == NULL) return RC_NOMEM;
	for (size_t i = 0; i < proof->n; i++) {
		protobuf_c_boolean unused;
		TRY(message_bytes(
		    &unused, &a->proof[i], slice_of(proof->hashes[i].b, HASH_BYTES)));
		a->n_proof = i + 1;
	}
	return RC_OK;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Prove *m     = (const Sluis__Prove *)q->message;
	struct merkle_proof proof = {0};

	if (m->has_index && m->has_old_size) return RC_MALFORMED; /* at most one */
	if (m->has_index) TRY(journal_prove_inclusion(b->journal, m->index, &proof));
	if (m->has_old_size)
		TRY(journal_prove_consistency(b->journal, m->old_size, &proof));
	TRY(add_proof(&proof, r->answer));
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
