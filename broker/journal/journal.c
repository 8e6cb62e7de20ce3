/* SPDX-License-Identifier: EUPL-1.2 */
/* journal.c - appending leaves, signing heads, proving. */
#include "broker/journal/journal.h"

#include <stdlib.h>
#include <string.h>

#include "broker/journal/tree.h"
#include "broker/random.h"
#include "proto/auto.h"
#include "proto/hash.h"
#include "proto/message.h"

enum {
	CHECKPOINT_MAX = 1024,
	SIGNED_HEADS   = 256,
};

/* A head that was signed: the same (size, root) always has the same bytes. */
struct signed_head {
	uint64_t size;
	size_t   n; /* bytes of the note; 0: the slot is empty */
	uint8_t  note[CHECKPOINT_MAX];
};

struct journal {
	struct store        *store; /* borrowed */
	struct keeper_line  *line;  /* borrowed */
	struct note_verifier verifier;
	struct tree         *tree;
	uint64_t             signed_size; /* of the newest checkpoint */
	struct buf           checkpoint;
	size_t               n_sizes, next_size;
	uint64_t             sizes[SIGNED_HEADS]; /* of the newest commits, a ring */
	struct signed_head
	    heads[SIGNED_HEADS]; /* by size, for receipts of late readers */
};

/* --- opening --------------------------------------------------------------------- */

static void
keep_size(struct journal *j, uint64_t size)
{
	j->sizes[j->next_size] = size;
	j->next_size           = (j->next_size + 1) % SIGNED_HEADS;
	if (j->n_sizes < SIGNED_HEADS) j->n_sizes++;
}

/* The smallest of the newest sizes that covers leaf INDEX; false if it is an older one.
 */
static bool
size_covering(const struct journal *j, uint64_t index, uint64_t *ret)
{
	size_t oldest = (j->next_size + SIGNED_HEADS - j->n_sizes) % SIGNED_HEADS;

	if (j->n_sizes == 0 || j->sizes[oldest] > index) return false;
	for (size_t i = 1; i < j->n_sizes; i++) {
		*ret = j->sizes[(oldest + i) % SIGNED_HEADS];
		if (*ret > index) return true;
	}
	return false;
}

static rc
sign_head(struct journal *j, uint64_t size, const struct hash *root, struct buf *out)
{
	AUTO(buf_wipe) struct buf text = buf_init(CHECKPOINT_MAX);
	uint8_t                   sig[SIG_BYTES];

	TRY(checkpoint_text(&j->verifier, size, root, &text));
	TRY(buf_append(out, buf_slice(&text)));
	TRY(buf_append(out, slice_str("\n")));
	for (unsigned i = 0; i < keeper_line_facts(j->line)->n_checkpoints; i++) {
		struct note_verifier v;
		TRY(note_verifier_init(
		    &v, j->verifier.name, keeper_line_facts(j->line)->checkpoint[i]));
		TRY(keeper_sign(j->line, i, buf_slice(&text), sig));
		TRY(note_write_line(&v, slice_of(sig, sizeof sig), out));
	}
	return RC_OK;
}

rc
journal_reload(struct journal *j)
{
	struct hash committed = merkle_empty(), root;
	uint64_t    size = 0, leaves = 0;

	rc code = store_last_head(j->store, &size, &committed);
	if (code != RC_NOT_FOUND) TRY(code);
	TRY(store_count_leaves(j->store, &leaves));
	if (leaves != size) return RC_BAD_TREE;
	TRY(tree_restore(j->tree, size));
	TRY(merkle_root_at(tree_node_at, j->tree, size, &root));
	if (!hash_equal(&root, &committed)) return RC_BAD_TREE;

	AUTO(buf_wipe) struct buf note = buf_init(CHECKPOINT_MAX);
	TRY(sign_head(j, size, &root, &note));
	buf_wipe(&j->checkpoint);
	j->checkpoint = note;
	note          = buf_init(0);
	if (j->n_sizes == 0) keep_size(j, size);
	j->signed_size = size;
	return RC_OK;
}

rc
journal_open(struct journal **ret, struct store *store, const char *origin,
    struct keeper_line *line)
{
	AUTO(journal_destroy) struct journal *j = calloc(1, sizeof *j);
	if (j == NULL) return RC_NOMEM;
	j->store      = store;
	j->checkpoint = buf_init(CHECKPOINT_MAX);
	j->line       = line;
	TRY(tree_new(&j->tree, store));
	TRY(note_verifier_init(
	    &j->verifier, origin, keeper_line_facts(line)->checkpoint[0]));
	for (size_t i = 1; i < keeper_line_facts(line)->n_checkpoints; i++)
		TRY(note_verifier_also(
		    &j->verifier, keeper_line_facts(line)->checkpoint[i]));
	TRY(journal_reload(j));
	*ret = TAKE(j);
	return RC_OK;
}

void
journal_destroy(struct journal **jp)
{
	struct journal *j = *jp;
	if (j == NULL) return;
	tree_destroy(&j->tree);
	buf_wipe(&j->checkpoint);
	free(j);
	*jp = NULL;
}

const struct note_verifier *
journal_verifier(const struct journal *j)
{
	return &j->verifier;
}

uint64_t
journal_size(const struct journal *j)
{
	return tree_size(j->tree);
}

uint64_t
journal_signed_size(const struct journal *j)
{
	return j->signed_size;
}

/* --- a batch --------------------------------------------------------------------- */

static rc
pack_leaf(Sluis__Leaf *leaf, struct slice detail, uint64_t time_ms, struct buf *out)
{
	uint8_t     nonce[NONCE_BYTES];
	struct hash digest;

	random_fill(nonce, sizeof nonce);
	leaf->has_nonce   = 1;
	leaf->nonce       = (ProtobufCBinaryData){.len = sizeof nonce, .data = nonce};
	leaf->has_version = 1;
	leaf->version     = 1;
	leaf->has_time_ms = 1;
	leaf->time_ms     = time_ms;
	if (detail.n != 0) {
		sha256(detail, digest.b);
		leaf->has_detail_digest = 1;
		leaf->detail_digest =
		    (ProtobufCBinaryData){.len = HASH_BYTES, .data = digest.b};
	}
	rc code             = message_pack(&leaf->base, out);
	leaf->nonce         = (ProtobufCBinaryData){0}; /* both pointed into this frame */
	leaf->detail_digest = (ProtobufCBinaryData){0};
	return code == RC_TOO_LARGE ? RC_LEAF_TOO_LARGE : code;
}

rc
journal_append(struct journal *j, Sluis__Leaf *leaf, struct slice detail,
    uint64_t time_ms, uint64_t *ret_index, struct buf *ret_bytes)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(LEAF_MAX);

	TRY(pack_leaf(leaf, detail, time_ms, &bytes));
	TRY(store_put_leaf(j->store, journal_size(j), buf_slice(&bytes), detail));
	struct hash h     = merkle_leaf(buf_slice(&bytes));
	uint64_t    index = journal_size(j);
	TRY(tree_append(j->tree, &h));
	if (ret_bytes != NULL) TRY(buf_append(ret_bytes, buf_slice(&bytes)));
	*ret_index = index;
	return RC_OK;
}

rc
journal_seal_batch(struct journal *j)
{
	struct hash root;

	if (journal_size(j) == j->signed_size) return RC_OK;
	TRY(tree_write(j->tree));
	TRY(merkle_root_at(tree_node_at, j->tree, journal_size(j), &root));
	return store_put_head(
	    j->store, journal_size(j), &root, tree_fresh(j->tree, j->signed_size));
}

static struct signed_head *
head_slot(struct journal *j, uint64_t size)
{
	return &j->heads[size % SIGNED_HEADS];
}

static void
keep_head(struct journal *j, uint64_t size, struct slice note)
{
	struct signed_head *h = head_slot(j, size);

	if (note.n > sizeof h->note) return;
	h->size = size;
	h->n    = note.n;
	memcpy(h->note, note.p, note.n);
}

rc
journal_commit(struct journal *j)
{
	AUTO(buf_wipe) struct buf note = buf_init(CHECKPOINT_MAX);
	struct hash               root;

	if (journal_size(j) == j->signed_size) return RC_OK;
	TRY(merkle_root_at(tree_node_at, j->tree, journal_size(j), &root));
	TRY(sign_head(j, journal_size(j), &root, &note));
	keep_head(j, journal_size(j), buf_slice(&note));
	buf_wipe(&j->checkpoint);
	j->checkpoint  = note;
	note           = buf_init(0);
	j->signed_size = journal_size(j);
	tree_commit(j->tree);
	keep_size(j, journal_size(j));
	return RC_OK;
}

/* --- reading --------------------------------------------------------------------- */

struct slice
journal_checkpoint(const struct journal *j)
{
	return buf_slice(&j->checkpoint);
}

rc
journal_checkpoint_covering(
    struct journal *j, uint64_t index, uint64_t *ret_size, struct buf *out)
{
	AUTO(buf_wipe) struct buf note = buf_init(CHECKPOINT_MAX);
	uint64_t                  size = 0;
	struct hash               root;

	if (!size_covering(j, index, &size))
		TRY(store_head_covering(j->store, index, &size));
	*ret_size                   = size;
	const struct signed_head *h = head_slot(j, size);
	if (h->n != 0 && h->size == size) return buf_append(out, slice_of(h->note, h->n));
	TRY(merkle_root_at(tree_node_at, j->tree, size, &root));
	TRY(sign_head(j, size, &root, &note));
	keep_head(j, size, buf_slice(&note));
	return buf_append(out, buf_slice(&note));
}

bool
journal_recall(const struct journal *j, uint64_t index, struct slice *ret_leaf,
    struct slice *ret_detail)
{
	return store_recall_leaf(j->store, index, true, ret_leaf, ret_detail);
}

rc
journal_copy_proof(
    const struct merkle_proof *proof, size_t *ret_n, ProtobufCBinaryData **ret)
{
	protobuf_c_boolean there;

	if (proof->n == 0) return RC_OK;
	*ret = calloc(proof->n, sizeof **ret);
	if (*ret == NULL) return RC_NOMEM;
	for (size_t i = 0; i < proof->n; i++) {
		TRY(message_bytes(
		    &there, *ret + i, slice_of(proof->hashes[i].b, HASH_BYTES)));
		*ret_n = i + 1;
	}
	return RC_OK;
}

/* --- receipts --------------------------------------------------------------------- */

/* PROOF as the field of RECEIPT, in MEM. */
static rc
put_proof(const struct merkle_proof *proof, struct scratch *mem, Sluis__Receipt *receipt)
{
	struct hash *hashes = scratch_alloc(mem, proof->n, sizeof *hashes);

	receipt->proof = scratch_alloc(mem, proof->n, sizeof *receipt->proof);
	if (hashes == NULL || receipt->proof == NULL) return RC_NOMEM;
	for (size_t i = 0; i < proof->n; i++) {
		hashes[i]         = proof->hashes[i];
		receipt->proof[i] = message_borrow_bytes(hashes[i].b, HASH_BYTES);
	}
	receipt->n_proof = proof->n;
	return RC_OK;
}

static rc
fill_proof(
    struct journal *j, uint64_t index, struct scratch *mem, Sluis__Receipt *receipt)
{
	AUTO(buf_wipe) struct buf note = buf_init(CHECKPOINT_MAX);
	struct merkle_proof       proof;
	uint64_t                  size = 0;

	TRY(journal_checkpoint_covering(j, index, &size, &note));
	TRY(merkle_prove_inclusion(tree_node_at, j->tree, index, size, &proof));
	TRY(put_proof(&proof, mem, receipt));
	receipt->checkpoint = scratch_copy(mem, buf_slice(&note));
	return receipt->checkpoint == NULL ? RC_NOMEM : RC_OK;
}

/* Whether LEAF is what the tree has at INDEX. */
static rc
check_leaf(struct journal *j, uint64_t index, struct slice leaf)
{
	struct hash got = merkle_leaf(leaf), want;

	TRY(tree_node_at(j->tree, 0, index, &want));
	return hash_equal(&got, &want) ? RC_OK : RC_BAD_TREE;
}

/* Whether LEAF commits to DETAIL (empty: to none, or it was erased). */
static rc
check_detail(struct journal *j, uint64_t index, struct slice leaf, struct slice detail)
{
	AUTO(message_destroy) Sluis__Leaf *m      = NULL;
	bool                               erased = false;
	uint64_t                           by     = 0;

	TRY(message_unpack(&sluis__leaf__descriptor, leaf, RC_BAD_TREE, &m));
	if (detail.n == 0) TRY(store_detail_erased(j->store, index, &erased, &by));
	if (erased) return RC_OK;
	bool holds = detail.n == 0 ? !m->has_detail_digest : receipt_commits(m, detail);
	return holds ? RC_OK : RC_BAD_TREE;
}

/* A copy of FROM in MEM as a field. */
static rc
put_bytes(struct slice from, struct scratch *mem, protobuf_c_boolean *has,
    ProtobufCBinaryData *field)
{
	const char *p = scratch_copy(mem, from);

	if (p == NULL) return RC_NOMEM;
	*has   = 1;
	*field = message_borrow_bytes(p, from.n);
	return RC_OK;
}

static rc
put_entry(
    struct slice leaf, struct slice detail, struct scratch *mem, Sluis__Receipt *receipt)
{
	TRY(put_bytes(leaf, mem, &receipt->has_leaf, &receipt->leaf));
	if (detail.n == 0) return RC_OK;
	return put_bytes(detail, mem, &receipt->has_detail, &receipt->detail);
}

/* Leaf and detail as they were written, and checked. */
static rc
read_entry(struct journal *j, const struct receipt_wanted *wanted, struct scratch *mem,
    Sluis__Receipt *receipt)
{
	AUTO(buf_wipe) struct buf leaf   = buf_init(LEAF_MAX);
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);
	const bool                both   = wanted->with_detail;

	TRY(store_get_leaf(j->store, wanted->index, &leaf, both ? &detail : NULL));
	TRY(check_leaf(j, wanted->index, buf_slice(&leaf)));
	if (both)
		TRY(check_detail(j, wanted->index, buf_slice(&leaf), buf_slice(&detail)));
	return put_entry(buf_slice(&leaf), buf_slice(&detail), mem, receipt);
}

/* The same from memory if they are there: those are the bytes that were just hashed. */
static rc
fill_entry(struct journal *j, const struct receipt_wanted *wanted, struct scratch *mem,
    Sluis__Receipt *receipt)
{
	struct slice leaf, detail;

	if (!store_recall_leaf(
	        j->store, wanted->index, wanted->with_detail, &leaf, &detail))
		return read_entry(j, wanted, mem, receipt);
	return put_entry(leaf, detail, mem, receipt);
}

rc
journal_receipt(struct journal *j, const struct receipt_wanted *wanted,
    struct scratch *mem, Sluis__Receipt *receipt)
{
	TRY(fill_entry(j, wanted, mem, receipt));
	if (wanted->with_proof) TRY(fill_proof(j, wanted->index, mem, receipt));
	receipt->has_index = 1;
	receipt->index     = wanted->index;
	return RC_OK;
}

bool
journal_detail_is_lost(const struct journal *j, uint64_t index)
{
	return store_did_not_open(j->store, index);
}

rc
journal_prove_inclusion_at(
    struct journal *j, uint64_t index, uint64_t size, struct merkle_proof *ret)
{
	if (size > j->signed_size) return RC_NOT_FOUND;
	return merkle_prove_inclusion(tree_node_at, j->tree, index, size, ret);
}

rc
journal_prove_consistency_at(
    struct journal *j, uint64_t old, uint64_t size, struct merkle_proof *ret)
{
	if (size > j->signed_size) return RC_NOT_FOUND;
	return merkle_prove_consistency(tree_node_at, j->tree, old, size, ret);
}

rc
journal_root_at(struct journal *j, uint64_t size, struct hash *ret)
{
	if (size > j->signed_size) return RC_NOT_FOUND;
	return merkle_root_at(tree_node_at, j->tree, size, ret);
}
