/* SPDX-License-Identifier: EUPL-1.2 */
/* receipt.c - checking receipts, and their C2SP tlog-proof text. */
#include "proto/receipt.h"

#include <inttypes.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/hash.h"
#include "proto/message.h"
#include "proto/text.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1\n"
#define EXTRA "extra "

/* --- checking -------------------------------------------------------------------- */

static rc
take_proof(const Sluis__Receipt *receipt, struct merkle_proof *ret)
{
	if (receipt->n_proof > MERKLE_PROOF_MAX) return RC_MALFORMED;
	for (size_t i = 0; i < receipt->n_proof; i++) {
		if (receipt->proof[i].len != HASH_BYTES) return RC_MALFORMED;
		memcpy(ret->hashes[i].b, receipt->proof[i].data, HASH_BYTES);
	}
	ret->n = receipt->n_proof;
	return RC_OK;
}

static bool
is_complete(const Sluis__Receipt *receipt)
{
	return receipt->has_leaf && receipt->has_index && receipt->checkpoint != NULL &&
	       receipt->leaf.len != 0 && receipt->leaf.len <= LEAF_MAX;
}

rc
receipt_leaf(const Sluis__Receipt *receipt, Sluis__Leaf **ret)
{
	ProtobufCMessage *m;

	if (!receipt->has_leaf || receipt->leaf.len > LEAF_MAX) return RC_MALFORMED;
	TRY(guard_unpack(&sluis__leaf__descriptor,
	    slice_of(receipt->leaf.data, receipt->leaf.len), guard_wire, &m));
	*ret = (Sluis__Leaf *)m;
	return RC_OK;
}

bool
receipt_commits(const Sluis__Leaf *leaf, struct slice detail)
{
	struct hash digest;

	sha256(detail, digest.b);
	return leaf->has_detail_digest &&
	       slice_equal(slice_of(leaf->detail_digest.data, leaf->detail_digest.len),
	           slice_of(digest.b, HASH_BYTES));
}

static rc
check_detail(const Sluis__Receipt *receipt)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	TRY(receipt_leaf(receipt, &leaf));
	return receipt_commits(leaf, slice_of(receipt->detail.data, receipt->detail.len))
	           ? RC_OK
	           : RC_BAD_DIGEST;
}

rc
receipt_verify(const Sluis__Receipt *receipt, const struct note_verifier *v,
    struct checkpoint *ret_checkpoint)
{
	struct merkle_proof proof;
	struct checkpoint   head;

	if (!is_complete(receipt)) return RC_MALFORMED;
	TRY(take_proof(receipt, &proof));
	TRY(checkpoint_open(slice_str(receipt->checkpoint), v, &head));
	struct hash leaf = merkle_leaf(slice_of(receipt->leaf.data, receipt->leaf.len));
	TRY(merkle_verify_inclusion(
	    &proof, receipt->index, head.size, &leaf, &head.root));
	if (receipt->has_detail) TRY(check_detail(receipt));
	*ret_checkpoint = head;
	return RC_OK;
}

struct hash
receipt_copy_digest(struct slice salt, struct slice copy)
{
	struct sha256 state;
	struct hash   h = {{0}};

	sha256_begin(&state);
	sha256_add(&state, salt);
	sha256_add(&state, copy);
	sha256_end(&state, h.b);
	return h;
}

/* --- tlog-proof text -----------------------------------------------------------------
 */

static rc
append_extra(struct slice extra, struct buf *out)
{
	if (extra.n == 0) return RC_OK;
	TRY(buf_append(out, slice_str(EXTRA)));
	TRY(base64_encode(extra, out));
	return buf_append(out, slice_str("\n"));
}

static rc
append_proof(const Sluis__Receipt *receipt, struct slice extra, struct buf *out)
{
	TRY(buf_append(out, slice_str(FIRST_LINE)));
	TRY(append_extra(extra, out));
	TRY(buf_printf(out, "index %" PRIu64 "\n", receipt->index));
	for (size_t i = 0; i < receipt->n_proof; i++) {
		const ProtobufCBinaryData *h = &receipt->proof[i];
		TRY(base64_encode(slice_of(h->data, h->len), out));
		TRY(buf_append(out, slice_str("\n")));
	}
	TRY(buf_append(out, slice_str("\n")));
	return buf_append(out, slice_str(receipt->checkpoint));
}

rc
receipt_format_proof(const Sluis__Receipt *receipt, struct slice extra, struct buf *out)
{
	struct merkle_proof checked;
	size_t              start = out->n;

	if (!is_complete(receipt)) return RC_MALFORMED;
	TRY(take_proof(receipt, &checked));
	rc code = append_proof(receipt, extra, out);
	if (code != RC_OK) out->n = start;
	return code;
}

/* The line "extra <base64>" is anybody's, but must be well-formed. */
static rc
take_extra(struct slice *text, struct slice *ret)
{
	AUTO(buf_wipe) struct buf unused = buf_init(text->n);

	*ret = slice_of(NULL, 0);
	if (!text_skip(text, EXTRA)) return RC_OK;
	TRY(text_line(text, ret));
	return base64_decode(*ret, &unused);
}

/* The hashes, one a line, and the empty line behind them. */
static rc
take_hashes(struct slice *text, struct merkle_proof *proof)
{
	struct slice line;

	for (;;) {
		TRY(text_line(text, &line));
		if (line.n == 0) return RC_OK;
		if (proof->n == MERKLE_PROOF_MAX) return RC_MALFORMED;
		TRY(text_base64(line, proof->hashes[proof->n].b, HASH_BYTES));
		proof->n++;
	}
}

rc
receipt_parse_proof(struct slice text, struct proof_text *ret)
{
	struct proof_text made = {.index = 0};
	struct slice      line;

	if (!text_skip(&text, FIRST_LINE)) return RC_MALFORMED;
	TRY(take_extra(&text, &made.extra));
	if (!text_skip(&text, "index ")) return RC_MALFORMED;
	TRY(text_line(&text, &line));
	TRY(text_decimal(line, &made.index));
	TRY(take_hashes(&text, &made.proof));
	if (text.n == 0) return RC_MALFORMED;
	made.checkpoint = text;
	*ret            = made;
	return RC_OK;
}
