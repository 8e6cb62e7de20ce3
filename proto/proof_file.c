/* SPDX-License-Identifier: EUPL-1.2 */
/* proof_file.c - writing, reading and checking receipts as files. */
#include "proto/proof_file.h"

#include "proto/auto.h"
#include "proto/message.h"
#include "proto/text.h"

enum { LENGTH_BYTES = 2 };

/* --- writing --------------------------------------------------------------------- */

rc
proof_file_format(const Sluis__Receipt *receipt, struct buf *out)
{
	AUTO(buf_wipe) struct buf extra                = buf_init(PROOF_FILE_MAX);
	size_t                    n                    = receipt->leaf.len;
	const uint8_t             length[LENGTH_BYTES] = {(uint8_t)(n >> 8), (uint8_t)n};

	if (!receipt->has_leaf || n > LEAF_MAX) return RC_MALFORMED;
	TRY(buf_append(&extra, slice_of(length, sizeof length)));
	TRY(buf_append(&extra, slice_of(receipt->leaf.data, n)));
	if (receipt->has_detail)
		TRY(buf_append(
		    &extra, slice_of(receipt->detail.data, receipt->detail.len)));
	return receipt_format_proof(receipt, buf_slice(&extra), out);
}

/* --- reading --------------------------------------------------------------------- */

static rc
take_entry(struct proof_file *f)
{
	struct slice all = buf_slice(&f->extra);

	if (all.n < LENGTH_BYTES) return RC_BAD_PROOF;
	size_t n = (size_t)all.p[0] << 8 | all.p[1];
	if (n == 0 || n > LEAF_MAX || n > all.n - LENGTH_BYTES) return RC_BAD_PROOF;
	f->leaf   = slice_of(all.p + LENGTH_BYTES, n);
	f->detail = slice_of(all.p + LENGTH_BYTES + n, all.n - LENGTH_BYTES - n);
	return RC_OK;
}

rc
proof_file_read(struct slice text, struct proof_file *ret)
{
	*ret    = (struct proof_file){.extra = buf_init(PROOF_FILE_MAX)};
	rc code = receipt_parse_proof(text, &ret->text);
	if (code == RC_OK) code = base64_decode(ret->text.extra, &ret->extra);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_BAD_PROOF;
	return take_entry(ret);
}

void
proof_file_wipe(struct proof_file *f)
{
	buf_wipe(&f->extra);
}

/* --- checking -------------------------------------------------------------------- */

/* F as the message that the rest of the product speaks of; borrows F. */
static Sluis__Receipt
as_receipt(const struct proof_file *f)
{
	Sluis__Receipt r = SLUIS__RECEIPT__INIT;

	r.has_leaf   = 1;
	r.leaf       = message_borrow_bytes(f->leaf.p, f->leaf.n);
	r.has_detail = f->detail.n != 0;
	r.detail     = message_borrow_bytes(f->detail.p, f->detail.n);
	return r;
}

static rc
check_detail(const struct proof_file *f)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	Sluis__Receipt                     r    = as_receipt(f);

	if (receipt_leaf(&r, &leaf) != RC_OK) return RC_BAD_PROOF;
	if (f->detail.n == 0) return RC_OK;
	return receipt_commits(leaf, f->detail) ? RC_OK : RC_BAD_DIGEST;
}

rc
proof_file_stands(const struct proof_file *f, const struct checkpoint *head)
{
	struct hash leaf = merkle_leaf(f->leaf);

	TRY(merkle_verify_inclusion(
	    &f->text.proof, f->text.index, head->size, &leaf, &head->root));
	return check_detail(f);
}

rc
proof_file_check(
    const struct proof_file *f, const struct note_verifier *v, struct checkpoint *ret)
{
	struct checkpoint head;

	TRY(checkpoint_open(f->text.checkpoint, v, &head));
	TRY(proof_file_stands(f, &head));
	*ret = head;
	return RC_OK;
}
