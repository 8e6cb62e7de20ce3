/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * journal.c - appending leaves, keeping the right edge, signing heads, proving.
 *
 * The tree is held as tiles of 256 hashes.  The last, partial tile of every level
 * is in memory with all its inner nodes, so an append is O(1) amortised and a proof
 * for a recent leaf reads no disk.  A full tile is written once and never again; of the
 * partial one of level 0, which grows with every batch, a batch writes what it brought,
 * with its head.
 */
#include "broker/journal/journal.h"

#include <stdlib.h>
#include <string.h>

#include "broker/random.h"
#include "proto/auto.h"
#include "proto/hash.h"
#include "proto/message.h"
#include "proto/tile.h"

enum {
	CHECKPOINT_MAX = 1024,
	CACHED_TILES   = 32,
	SIGNED_HEADS   = 256,
	DETAIL_MAX     = 64 * 1024,
};

struct cached_tile {
	bool             used;
	unsigned         level;
	uint64_t         index;
	uint64_t         last_use;
	struct tile_tree tree;
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
	uint64_t             size;        /* leaves, uncommitted ones included */
	uint64_t             signed_size; /* of the newest checkpoint */
	struct buf           checkpoint;
	struct tile_tree     edge[TILE_LEVELS]; /* the partial tile of each level */
	bool                 dirty[TILE_LEVELS];
	bool                 filled; /* this batch filled a tile */
	size_t               n_sizes, next_size;
	uint64_t             sizes[SIGNED_HEADS]; /* of the newest commits, a ring */
	uint64_t             uses;
	struct cached_tile   cache[CACHED_TILES];
	struct signed_head
	    heads[SIGNED_HEADS]; /* by size, for receipts of late readers */
};

/* --- the right edge -------------------------------------------------------------- */

/* Index of the partial tile of LEVEL in a tree of SIZE leaves. */
static uint64_t
edge_index(unsigned level, uint64_t size)
{
	unsigned shift = TILE_HEIGHT * (level + 1);
	return shift >= 64 ? 0 : size >> shift;
}

static rc
write_tile(struct journal *j, unsigned level, uint64_t index)
{
	struct tile_tree *t = &j->edge[level];
	return store_put_tile(j->store, level, index,
	    slice_of(t->node[TILE_WIDTH].b, (size_t)t->width * HASH_BYTES));
}

static struct cached_tile *
oldest(struct journal *j)
{
	struct cached_tile *best = &j->cache[0];
	for (size_t i = 1; i < CACHED_TILES; i++)
		if (j->cache[i].last_use < best->last_use) best = &j->cache[i];
	return best;
}

/* The tile that just filled is asked for by proofs of its last leaves. */
static void
keep_full(struct journal *j, unsigned level, uint64_t index, const struct tile_tree *t)
{
	struct cached_tile *c = oldest(j);

	*c = (struct cached_tile){.used = true,
	    .level                      = level,
	    .index                      = index,
	    .last_use                   = ++j->uses,
	    .tree                       = *t};
}

/* Add H to the edge tile of LEVEL; a tile that fills is written and its root goes up. */
static rc
push_hash(struct journal *j, unsigned level, uint64_t position, const struct hash *h)
{
	struct tile_tree *t = &j->edge[level];

	tile_tree_append(t, h);
	j->dirty[level] = true;
	if (t->width < TILE_WIDTH) return RC_OK;
	j->filled = true;

	struct hash root;
	uint64_t    index = position / TILE_WIDTH;
	TRY(tile_tree_node(t, TILE_HEIGHT, 0, &root));
	TRY(write_tile(j, level, index));
	keep_full(j, level, index, t);
	*t              = (struct tile_tree){0};
	j->dirty[level] = false;
	return level + 1 < TILE_LEVELS ? push_hash(j, level + 1, index, &root) : RC_OK;
}

static rc
read_tile(struct journal *j, unsigned level, uint64_t index, unsigned width,
    struct tile_tree *t)
{
	AUTO(buf_wipe) struct buf hashes = buf_init(TILE_WIDTH * HASH_BYTES);

	TRY(store_get_tile(j->store, level, index, &hashes));
	if (hashes.n < (size_t)width * HASH_BYTES) return RC_BAD_TREE;
	memset(t, 0, sizeof *t);
	for (unsigned i = 0; i < width; i++) {
		struct hash h;
		memcpy(h.b, hashes.p + (size_t)i * HASH_BYTES, HASH_BYTES);
		tile_tree_append(t, &h);
	}
	return RC_OK;
}

/* --- nodes, for proofs ----------------------------------------------------------- */

static rc node_at(void *arg, unsigned level, uint64_t index, struct hash *ret);

/* Whether the full tile T hangs in the tree where it should: its root stands in the tile
 * above it, up to the right edge, which the signed head covers. */
static rc
check_full(struct journal *j, unsigned level, uint64_t index, const struct tile_tree *t)
{
	struct hash root, above;

	TRY(tile_tree_node(t, TILE_HEIGHT, 0, &root));
	TRY(node_at(j, TILE_HEIGHT * (level + 1), index, &above));
	return hash_equal(&root, &above) ? RC_OK : RC_BAD_TREE;
}

static rc
full_tile(struct journal *j, unsigned level, uint64_t index, const struct tile_tree **ret)
{
	struct cached_tile *c = NULL;
	for (size_t i = 0; i < CACHED_TILES && c == NULL; i++)
		if (j->cache[i].used && j->cache[i].level == level &&
		    j->cache[i].index == index)
			c = &j->cache[i];
	if (c == NULL) {
		c           = oldest(j);
		c->used     = false;
		c->last_use = ++j->uses; /* not for the tiles above */
		TRY(read_tile(j, level, index, TILE_WIDTH, &c->tree));
		TRY(check_full(j, level, index, &c->tree));
		c->used  = true;
		c->level = level;
		c->index = index;
	}
	c->last_use = ++j->uses;
	*ret        = &c->tree;
	return RC_OK;
}

/* merkle_node_at for the tree as it is now. */
static rc
node_at(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	struct journal         *j    = arg;
	unsigned                tile = level / TILE_HEIGHT, inside = level % TILE_HEIGHT;
	uint64_t                per = (uint64_t)TILE_WIDTH >> inside;
	uint64_t                at  = index / per;
	const struct tile_tree *t   = NULL;

	if (tile >= TILE_LEVELS) return RC_INTERNAL;
	if (at == edge_index(tile, j->size))
		t = &j->edge[tile];
	else
		TRY(full_tile(j, tile, at, &t));
	return tile_tree_node(t, inside, (unsigned)(index % per), ret);
}

/* --- opening --------------------------------------------------------------------- */

/* Add HASHES to T, to WIDTH hashes at most. */
static void
add_hashes(struct tile_tree *t, struct slice hashes, unsigned width)
{
	for (size_t i = 0; i + HASH_BYTES <= hashes.n && t->width < width;
	     i += HASH_BYTES) {
		struct hash h;
		memcpy(h.b, hashes.p + i, HASH_BYTES);
		tile_tree_append(t, &h);
	}
}

/* The partial tile of level 0: what an older broker wrote of it, then what the heads
 * brought. */
static rc
load_leaves(struct journal *j, unsigned width)
{
	uint64_t                  index  = edge_index(0, j->size);
	AUTO(buf_wipe) struct buf before = buf_init(TILE_WIDTH * HASH_BYTES);
	AUTO(buf_wipe) struct buf hashes = buf_init(TILE_WIDTH * HASH_BYTES);

	rc code = store_get_tile(j->store, 0, index, &before);
	if (code != RC_NOT_FOUND) TRY(code);
	add_hashes(&j->edge[0], buf_slice(&before), width);
	TRY(store_read_edge(j->store, index * TILE_WIDTH + j->edge[0].width, &hashes));
	add_hashes(&j->edge[0], buf_slice(&hashes), width);
	return j->edge[0].width == width ? RC_OK : RC_BAD_TREE;
}

static rc
load_edge(struct journal *j)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		uint64_t index  = edge_index(level, j->size);
		unsigned width  = tile_width_at(level, index, j->size);
		j->edge[level]  = (struct tile_tree){0};
		j->dirty[level] = false;
		if (width == 0) continue;
		if (level == 0)
			TRY(load_leaves(j, width));
		else
			TRY(read_tile(j, level, index, width, &j->edge[level]));
	}
	return RC_OK;
}

/* The same from memory, while no tile was filled: the leaves that came go again. */
static void
cut_edge(struct journal *j)
{
	struct tile_tree was = j->edge[0];

	j->edge[0]  = (struct tile_tree){0};
	j->dirty[0] = false;
	add_hashes(&j->edge[0],
	    slice_of(was.node[TILE_WIDTH].b, (size_t)was.width * HASH_BYTES),
	    tile_width_at(0, edge_index(0, j->size), j->size));
}

/* The tree as it was committed, with SIZE leaves. */
static rc
restore_edge(struct journal *j, uint64_t size)
{
	bool known = j->n_sizes != 0 && !j->filled && size == j->signed_size;

	j->size = size;
	if (known) {
		cut_edge(j);
		return RC_OK;
	}
	for (size_t i = 0; i < CACHED_TILES; i++) j->cache[i].used = false;
	return load_edge(j);
}

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
	TRY(restore_edge(j, size));
	j->filled = false;
	TRY(merkle_root_at(node_at, j, size, &root));
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
	return j->size;
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
	TRY(store_put_leaf(j->store, j->size, buf_slice(&bytes), detail));
	struct hash h = merkle_leaf(buf_slice(&bytes));
	TRY(push_hash(j, 0, j->size, &h));
	if (ret_bytes != NULL) TRY(buf_append(ret_bytes, buf_slice(&bytes)));
	*ret_index = j->size++;
	return RC_OK;
}

/* The hashes that this batch added to the partial tile of level 0. */
static struct slice
fresh_edge(const struct journal *j)
{
	uint64_t begin = edge_index(0, j->size) * TILE_WIDTH;
	uint64_t from  = j->signed_size > begin ? j->signed_size - begin : 0;

	return slice_of(j->edge[0].node[TILE_WIDTH + from].b,
	    (size_t)(j->edge[0].width - from) * HASH_BYTES);
}

rc
journal_seal_batch(struct journal *j)
{
	struct hash root;

	if (j->size == j->signed_size) return RC_OK;
	for (unsigned level = 1; level < TILE_LEVELS; level++) {
		if (!j->dirty[level]) continue;
		TRY(write_tile(j, level, edge_index(level, j->size)));
		j->dirty[level] = false;
	}
	TRY(merkle_root_at(node_at, j, j->size, &root));
	return store_put_head(j->store, j->size, &root, fresh_edge(j));
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

	if (j->size == j->signed_size) return RC_OK;
	TRY(merkle_root_at(node_at, j, j->size, &root));
	TRY(sign_head(j, j->size, &root, &note));
	keep_head(j, j->size, buf_slice(&note));
	buf_wipe(&j->checkpoint);
	j->checkpoint  = note;
	note           = buf_init(0);
	j->signed_size = j->size;
	j->filled      = false;
	keep_size(j, j->size);
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
	TRY(merkle_root_at(node_at, j, size, &root));
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

static rc
give(struct buf *b, protobuf_c_boolean *has, ProtobufCBinaryData *field)
{
	*has   = 1;
	*field = (ProtobufCBinaryData){.len = b->n, .data = b->p};
	*b     = buf_init(0);
	return RC_OK;
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

static rc
fill_proof(struct journal *j, uint64_t index, Sluis__Receipt *receipt)
{
	AUTO(buf_wipe) struct buf note = buf_init(CHECKPOINT_MAX);
	struct merkle_proof       proof;
	uint64_t                  size = 0;

	TRY(journal_checkpoint_covering(j, index, &size, &note));
	TRY(merkle_prove_inclusion(node_at, j, index, size, &proof));
	TRY(buf_append(&note, slice_of("", 1))); /* its NUL */
	TRY(journal_copy_proof(&proof, &receipt->n_proof, &receipt->proof));
	receipt->checkpoint = (char *)note.p;
	note                = buf_init(0);
	return RC_OK;
}

/* Whether LEAF is what the tree has at INDEX. */
static rc
check_leaf(struct journal *j, uint64_t index, struct slice leaf)
{
	struct hash got = merkle_leaf(leaf), want;

	TRY(node_at(j, 0, index, &want));
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

/* Leaf and detail, checked unless they are the bytes that were just hashed. */
static rc
read_entry(struct journal *j, uint64_t index, bool with_detail, struct buf *leaf,
    struct buf *detail)
{
	struct slice bytes, more;

	if (store_recall_leaf(j->store, index, with_detail, &bytes, &more)) {
		TRY(buf_append(leaf, bytes));
		return buf_append(detail, more);
	}
	TRY(store_get_leaf(j->store, index, leaf, with_detail ? detail : NULL));
	TRY(check_leaf(j, index, buf_slice(leaf)));
	if (!with_detail) return RC_OK;
	return check_detail(j, index, buf_slice(leaf), buf_slice(detail));
}

rc
journal_receipt(struct journal *j, uint64_t index, bool with_detail, bool with_proof,
    Sluis__Receipt *receipt)
{
	AUTO(buf_wipe) struct buf leaf   = buf_init(LEAF_MAX);
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);

	TRY(read_entry(j, index, with_detail, &leaf, &detail));
	if (with_proof) TRY(fill_proof(j, index, receipt));
	TRY(give(&leaf, &receipt->has_leaf, &receipt->leaf));
	if (detail.n != 0) TRY(give(&detail, &receipt->has_detail, &receipt->detail));
	receipt->has_index = 1;
	receipt->index     = index;
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
	return merkle_prove_inclusion(node_at, j, index, size, ret);
}

rc
journal_prove_consistency_at(
    struct journal *j, uint64_t old, uint64_t size, struct merkle_proof *ret)
{
	if (size > j->signed_size) return RC_NOT_FOUND;
	return merkle_prove_consistency(node_at, j, old, size, ret);
}

rc
journal_root_at(struct journal *j, uint64_t size, struct hash *ret)
{
	if (size > j->signed_size) return RC_NOT_FOUND;
	return merkle_root_at(node_at, j, size, ret);
}
