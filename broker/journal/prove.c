/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * prove.c - inclusion and consistency proofs, for everybody.
 *
 *	index        in the newest tree, or in that of `size` (a head we hand out)
 *	old_size     with the newest tree, or with that of `size`
 *	for_witness  the head that waits for cosignatures, with the lines it has;
 *	             with old_size whether it agrees with that tree (the smaller of
 *	             the two is the beginning of the larger); with index in the newest
 *	             tree that has its quorum
 *	seen         is this head of ours still true?  Before all else (published.h)
 *
 * The answer's checkpoint is the head that the proof ends in.
 */
#include "broker/handler.h"
#include "broker/journal/published.h"

struct wanted { /* the proof to make, and the head to show */
	uint64_t     size;
	struct slice note;
};

/* --- what the asker saw before --------------------------------------------------------
 */

/* A head of ours that fell into an accepted gap: show the entry that names it. */
static rc
answer_gap(const struct gap_row *gap, struct reply *r)
{
	TRY(reply_set_code(r, RC_FORKED, "seen"));
	return reply_add_receipt(r, gap->leaf, false, true);
}

/* *RET_CODE: RC_OK when SEEN is true, or nobody's that we know. */
static rc
answer_seen(struct broker *b, const char *seen, struct reply *r, rc *ret_code)
{
	struct checkpoint head;
	struct gap_row    gap;
	bool              continues = false;

	*ret_code = RC_OK;
	rc code   = checkpoint_open(slice_str(seen), witness_log(b->witness), &head);
	if (code == RC_BAD_NOTE) return RC_OK;
	TRY(code);
	TRY(published_continues(b, &head, &continues));
	if (continues) return RC_OK;
	code = store_find_gap(b->store, head.size, &gap);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	*ret_code = code == RC_OK ? RC_FORKED : RC_OLD_STATE;
	if (code == RC_OK) return answer_gap(&gap, r);
	TRY(published_stop(b, slice_str(seen)));
	return reply_set_code(r, RC_OLD_STATE, "seen");
}

/* --- the proof ------------------------------------------------------------------- */

/* The head of the tree that an inclusion in SIZE is proven by: one that we hand out. */
static rc
find_head(struct broker *b, uint64_t size, struct wanted *ret)
{
	static const enum witness_head kinds[] = {WITNESS_WAITING, WITNESS_QUORUM};

	*ret = (struct wanted){.size = journal_signed_size(b->journal),
	    .note                    = journal_checkpoint(b->journal)};
	if (ret->size == size) return RC_OK;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (witness_head(b->witness, kinds[i], &ret->size, &ret->note) &&
		    ret->size == size)
			return RC_OK;
	return RC_NOT_FOUND;
}

static rc
prove_plain(
    struct broker *b, const Sluis__Prove *m, struct wanted *w, struct merkle_proof *ret)
{
	uint64_t size = m->has_size ? m->size : w->size;

	if (m->has_index) {
		TRY(find_head(b, size, w));
		return journal_prove_inclusion_at(b->journal, m->index, size, ret);
	}
	return m->has_old_size
	           ? journal_prove_consistency_at(b->journal, m->old_size, size, ret)
	           : RC_OK;
}

/* Whether the trees of A and B leaves agree; nothing is to be proven of an empty one. */
static rc
prove_agreement(struct broker *b, uint64_t x, uint64_t y, struct merkle_proof *ret)
{
	uint64_t small = x < y ? x : y, large = x < y ? y : x;

	if (small == 0) return RC_OK;
	return journal_prove_consistency_at(b->journal, small, large, ret);
}

/* *RET_THERE: whether there is such a head at all. */
static rc
prove_witnessed(struct broker *b, const Sluis__Prove *m, struct wanted *w,
    struct merkle_proof *ret, bool *ret_there)
{
	enum witness_head kind = m->has_index ? WITNESS_QUORUM : WITNESS_WAITING;

	*ret_there = witness_head(b->witness, kind, &w->size, &w->note) &&
	             !(m->has_index && m->index >= w->size);
	if (!*ret_there) return RC_OK;
	if (m->has_index)
		return journal_prove_inclusion_at(b->journal, m->index, w->size, ret);
	return m->has_old_size ? prove_agreement(b, m->old_size, w->size, ret) : RC_OK;
}

static rc
fill(struct reply *r, const struct wanted *w, const struct merkle_proof *proof)
{
	TRY(journal_copy_proof(proof, &r->answer->n_proof, &r->answer->proof));
	return message_text_n(&r->answer->checkpoint, w->note);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Prove *m     = (const Sluis__Prove *)q->message;
	struct merkle_proof proof = {0};
	struct wanted       w     = {.size = journal_signed_size(b->journal),
	              .note                = journal_checkpoint(b->journal)};
	rc                  seen  = RC_OK;
	bool                there = true;

	if (m->has_index && m->has_old_size) return RC_MALFORMED; /* at most one */
	if (m->has_size && m->for_witness) return RC_MALFORMED;
	if (m->seen != NULL) TRY(answer_seen(b, m->seen, r, &seen));
	if (seen != RC_OK) return fill(r, &w, &proof);
	if (!m->for_witness)
		TRY(prove_plain(b, m, &w, &proof));
	else
		TRY(prove_witnessed(b, m, &w, &proof, &there));
	if (!there) return reply_set_code(r, m->has_index ? RC_NOT_FOUND : RC_OK, NULL);
	TRY(fill(r, &w, &proof));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler prove_handler = {
    .type      = TYPE_PROVE,
    .doors     = 1u << DOOR_AGENCY | 1u << DOOR_AUDIT,
    .max_bytes = 16 * 1024,
    .desc      = &sluis__prove__descriptor,
    .handle    = handle,
};
