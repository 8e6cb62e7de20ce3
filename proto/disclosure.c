/* SPDX-License-Identifier: EUPL-1.2 */
/* disclosure.c - the tree of one signal, and what goes out of it with a copy. */
#include "proto/disclosure.h"

#include <sodium.h>
#include <string.h>

#include "proto/hash.h"
#include "proto/message.h"
#include "proto/stream.h"

enum { TAG_LEAF = 0, TAG_NODE = 2 };

void
disclosure_seed(const uint8_t seed[KEY_BYTES], const char *oin, const char *desk,
    uint8_t ret[KEY_BYTES])
{
	const struct slice parts[] = {slice_str(oin), slice_of("", 1), slice_str(desk)};

	hmac_sha256(seed, parts, 3, ret);
}

/* --- the tree -------------------------------------------------------------------- */

struct leaf { /* what a copy may need of a field that was filled */
	uint8_t           salt[DISCLOSURE_SALT_BYTES];
	struct short_hash veiled;
	uint32_t          field; /* its place in the contents */
};

struct node { /* a subtree; those inside it follow */
	struct short_hash digest;
	uint32_t          span;   /* nodes, itself included */
	uint32_t          leaves; /* that come before it */
};

struct row {            /* messages that a field repeats */
	uint32_t first; /* in the contents; the others come after it */
	uint32_t n;
};

struct disclosure {
	const struct contents *contents;
	struct node           *nodes; /* and one behind the last */
	struct leaf           *leaves;
	struct row            *rows; /* in the order of the walk */
	uint8_t               *seat; /* of each message that is in a row */
	size_t                 n_nodes, n_leaves, n_rows;
	bool                   overfull;
};

/* --- building it ----------------------------------------------------------------- */

struct builder {
	struct disclosure *d;
	struct stream      stream;
	struct sha256      work;
	uint8_t            node[HASH_BLOCK], leaf[HASH_BLOCK], veiled[HASH_BLOCK];
};

/* A message that is walked, and where it is. */
struct cursor {
	const struct held *in;
	uint32_t           field, message; /* the next of each in it */
};

static void
builder_start(struct builder *b, const uint8_t seed[KEY_BYTES])
{
	stream_start(&b->stream, seed);
	b->node[0] = TAG_NODE;
	sha256_pad(b->node, 1 + 2 * DISCLOSURE_HASH_BYTES);
	b->leaf[0] = TAG_LEAF;
	sha256_pad(b->leaf, 1 + DISCLOSURE_HASH_BYTES);
}

/* The next node; there are as many as were counted, or the tree is none. */
static size_t
begin(struct disclosure *d)
{
	if (d->n_nodes == d->contents->n_nodes) {
		d->overfull = true;
		return 0;
	}
	d->nodes[d->n_nodes].leaves = (uint32_t)d->n_leaves;
	return d->n_nodes++;
}

static void
end(struct disclosure *d, size_t at)
{
	d->nodes[at].span = (uint32_t)(d->n_nodes - at);
}

static void
fill(struct builder *b, struct node *node)
{
	stream_draw(&b->stream, node->digest.b, sizeof node->digest.b);
}

/* Node AT over the one that follows it and the one at RIGHT. */
static void
join(struct builder *b, size_t at, size_t right)
{
	struct node *all = b->d->nodes;

	memcpy(b->node + 1, all[at + 1].digest.b, DISCLOSURE_HASH_BYTES);
	memcpy(b->node + 1 + DISCLOSURE_HASH_BYTES, all[right].digest.b,
	    DISCLOSURE_HASH_BYTES);
	sha256_padded(
	    &b->work, b->node, NULL, 0, all[at].digest.b, DISCLOSURE_HASH_BYTES);
}

static void
grow_leaf(struct builder *b, struct node *node, uint32_t field)
{
	const struct filled *f    = &b->d->contents->fields[field];
	struct leaf         *leaf = &b->d->leaves[b->d->n_leaves++];

	leaf->field = field;
	stream_draw(&b->stream, leaf->salt, sizeof leaf->salt);
	memcpy(b->veiled, f->image, sizeof b->veiled);
	memcpy(b->veiled + 1, leaf->salt, sizeof leaf->salt);
	sha256_padded(&b->work, b->veiled, f->image + HASH_BLOCK, f->n_blocks - 1,
	    leaf->veiled.b, sizeof leaf->veiled.b);
	memcpy(b->leaf + 1, leaf->veiled.b, sizeof leaf->veiled.b);
	sha256_padded(&b->work, b->leaf, NULL, 0, node->digest.b, sizeof node->digest.b);
}

static void grow_message(struct builder *b, uint32_t message);

/* The N slots from LO on of a row in which those TAKEN have the messages in WHO. */
static void
grow_slots(
    struct builder *b, const uint32_t *who, uint64_t taken, unsigned lo, unsigned n)
{
	const uint64_t mine =
	    n == CONTENTS_ELEMENTS ? ~(uint64_t)0 : (((uint64_t)1 << n) - 1) << lo;

	if (n == 1 && (taken & mine) != 0) {
		grow_message(b, who[lo]);
		return;
	}
	size_t at = begin(b->d);
	if ((taken & mine) == 0) {
		fill(b, &b->d->nodes[at]);
	} else {
		grow_slots(b, who, taken, lo, n / 2);
		size_t right = b->d->n_nodes;
		grow_slots(b, who, taken, lo + n / 2, n / 2);
		join(b, at, right);
	}
	end(b->d, at);
}

/* Seats for the messages of a field from FIRST on, and the subtree over them. */
static void
grow_row(struct builder *b, uint32_t first)
{
	struct disclosure *d     = b->d;
	const struct held *all   = d->contents->messages;
	struct row        *row   = &d->rows[d->n_rows++];
	uint64_t           drawn = 0, taken           = 0;
	uint32_t           who[CONTENTS_ELEMENTS], at = first;

	*row = (struct row){.first = first};
	do {
		unsigned seat = d->seat[at] =
		    stream_place(&b->stream, CONTENTS_ELEMENTS, &drawn);
		if (all[at].end != all[at].first) taken |= (uint64_t)1 << seat;
		who[seat] = at;
		row->n++;
		at = all[at].after;
	} while (at < all[all[first].up].after && all[at].slot == all[first].slot);
	grow_slots(b, who, taken, 0, CONTENTS_ELEMENTS);
}

/* What is in field SLOT, which is of messages. */
static void
grow_below(struct builder *b, struct cursor *c, unsigned slot)
{
	const struct held *all = b->d->contents->messages;

	while (all[c->message].slot < slot) c->message = all[c->message].after;
	if (c->in->node->desc->fields[slot].label == PROTOBUF_C_LABEL_REPEATED)
		grow_row(b, c->message);
	else
		grow_message(b, c->message);
	while (c->message < c->in->after && all[c->message].slot == slot) {
		c->field   = all[c->message].end;
		c->message = all[c->message].after;
	}
}

static void
grow_branch(struct builder *b, struct cursor *c, unsigned k)
{
	const struct schema_branch *s   = &c->in->node->branches[k];
	const bool                  any = held_has(c->in, s);

	if (s->right == 0 && any && c->in->node->leaf[s->lo] == NULL) {
		grow_below(b, c, s->lo);
		return;
	}
	size_t at = begin(b->d);
	if (!any) {
		fill(b, &b->d->nodes[at]);
	} else if (s->right == 0) {
		grow_leaf(b, &b->d->nodes[at], c->field++);
	} else {
		grow_branch(b, c, k + 1);
		size_t right = b->d->n_nodes;
		grow_branch(b, c, s->right);
		join(b, at, right);
	}
	end(b->d, at);
}

static void
grow_message(struct builder *b, uint32_t message)
{
	const struct held *h = &b->d->contents->messages[message];
	struct cursor      c = {.in = h, .field = h->first, .message = message + 1};

	grow_branch(b, &c, 0);
}

static rc
make_room(struct disclosure *d, struct scratch *mem)
{
	const struct contents *c = d->contents;

	d->nodes  = scratch_alloc(mem, c->n_nodes + 1, sizeof *d->nodes);
	d->leaves = scratch_alloc(mem, c->n_fields, sizeof *d->leaves);
	d->rows   = scratch_alloc(mem, c->n_messages, sizeof *d->rows);
	d->seat   = scratch_alloc(mem, c->n_messages, 1);
	return mem->failed ? RC_NOMEM : RC_OK;
}

rc
disclosure_new(struct disclosure **ret, const struct contents *contents,
    const uint8_t seed[KEY_BYTES], struct scratch *mem)
{
	struct disclosure *d = scratch_alloc(mem, 1, sizeof *d);
	struct builder     b = {.d = d};

	if (d == NULL) return RC_NOMEM;
	d->contents = contents;
	TRY(make_room(d, mem));
	builder_start(&b, seed);
	grow_message(&b, 0);
	sodium_memzero(&b, sizeof b);
	if (d->overfull) return RC_INTERNAL;
	d->nodes[d->n_nodes].leaves = (uint32_t)d->n_leaves; /* behind the last */
	*ret                        = d;
	return RC_OK;
}

struct short_hash
disclosure_root(const struct disclosure *d)
{
	return d->nodes[0].digest;
}

/* --- taking the evidence out of it ----------------------------------------------- */

/* What goes out of D with what is LEFT. */
struct gatherer {
	const struct disclosure *d;
	const uint8_t           *fates;
	uint32_t                *kept; /* leaves before each that are not gone */
	size_t                   n_given, n_stated;
	uint32_t                *siblings; /* nodes in which nothing is left */
	size_t                   n_siblings;
};

static void
count_leaves(struct gatherer *g)
{
	const struct disclosure *d = g->d;

	for (size_t i = 0; i < d->n_leaves; i++) {
		const uint8_t fate = g->fates[d->leaves[i].field];
		g->n_given += fate == FATE_GIVEN;
		g->n_stated += fate == FATE_STATED;
		g->kept[i + 1] = (uint32_t)(g->n_given + g->n_stated);
	}
}

/* The largest subtrees in which nothing is left. */
static void
find_siblings(struct gatherer *g)
{
	const struct node *nodes = g->d->nodes;

	for (size_t at = 0; at < g->d->n_nodes;) {
		const size_t after = at + nodes[at].span;
		const bool   any =
		    g->kept[nodes[at].leaves] != g->kept[nodes[after].leaves];
		if (!any) g->siblings[g->n_siblings++] = (uint32_t)at;
		at = any ? at + 1 : after;
	}
}

/* Room for N * SIZE bytes as a field; none when there is nothing in it. */
static uint8_t *
place(size_t n, size_t size, struct scratch *mem, protobuf_c_boolean *has,
    ProtobufCBinaryData *field)
{
	uint8_t *p = n == 0 ? NULL : scratch_alloc(mem, n, size);

	*has   = n != 0;
	*field = (ProtobufCBinaryData){.len = n * size, .data = p};
	return p;
}

static rc
put_leaves(const struct gatherer *g, struct scratch *mem, Sluis__Evidence *e)
{
	uint8_t *salt =
	    place(g->n_given, DISCLOSURE_SALT_BYTES, mem, &e->has_salts, &e->salts);
	uint8_t *veiled =
	    place(g->n_stated, DISCLOSURE_HASH_BYTES, mem, &e->has_veiled, &e->veiled);

	if (mem->failed) return RC_NOMEM;
	for (size_t i = 0; i < g->d->n_leaves; i++) {
		const struct leaf *leaf = &g->d->leaves[i];
		if (g->fates[leaf->field] == FATE_GIVEN) {
			memcpy(salt, leaf->salt, sizeof leaf->salt);
			salt += sizeof leaf->salt;
		} else if (g->fates[leaf->field] == FATE_STATED) {
			memcpy(veiled, leaf->veiled.b, sizeof leaf->veiled.b);
			veiled += sizeof leaf->veiled.b;
		}
	}
	return RC_OK;
}

static rc
put_siblings(const struct gatherer *g, struct scratch *mem, Sluis__Evidence *e)
{
	uint8_t *p = place(
	    g->n_siblings, DISCLOSURE_HASH_BYTES, mem, &e->has_siblings, &e->siblings);

	if (mem->failed) return RC_NOMEM;
	for (size_t i = 0; i < g->n_siblings; i++, p += DISCLOSURE_HASH_BYTES)
		memcpy(p, g->d->nodes[g->siblings[i]].digest.b, DISCLOSURE_HASH_BYTES);
	return RC_OK;
}

/* The seats of what is left of each row; to P unless it is NULL. */
static size_t
list_seats(const struct disclosure *d, const struct remains *left, uint8_t *p)
{
	const struct held *all = d->contents->messages;
	size_t             n   = 0;

	for (const struct row *row = d->rows; row < d->rows + d->n_rows; row++) {
		uint32_t at = row->first;
		for (uint32_t i = 0; i < row->n; i++, at = all[at].after) {
			if (!left->stands[at]) continue;
			if (p != NULL) p[n] = d->seat[at];
			n++;
		}
	}
	return n;
}

rc
disclosure_evidence(const struct disclosure *d, const struct remains *left,
    struct scratch *mem, Sluis__Evidence *evidence)
{
	struct gatherer g = {.d = d, .fates = left->fates};

	if (left->contents != d->contents) return RC_INTERNAL;
	g.kept     = scratch_alloc(mem, d->n_leaves + 1, sizeof *g.kept);
	g.siblings = scratch_alloc(mem, d->n_nodes, sizeof *g.siblings);
	if (g.kept == NULL || g.siblings == NULL) return RC_NOMEM;
	count_leaves(&g);
	find_siblings(&g);
	TRY(put_leaves(&g, mem, evidence));
	TRY(put_siblings(&g, mem, evidence));
	uint8_t *seats = place(
	    list_seats(d, left, NULL), 1, mem, &evidence->has_slots, &evidence->slots);
	if (mem->failed) return RC_NOMEM;
	(void)list_seats(d, left, seats);
	return RC_OK;
}
