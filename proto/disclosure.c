/* SPDX-License-Identifier: EUPL-1.2 */
/* disclosure.c - the tree of one signal, and what goes out of it with a copy. */
#include "proto/disclosure.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/disclosure_walk.h"
#include "proto/hash.h"
#include "proto/stream.h"

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
};

struct node { /* a subtree; those inside it follow */
	struct short_hash digest;
	uint32_t          span; /* nodes, itself included */
	uint32_t          leaf; /* its place in leaves + 1; 0: not a field */
};

struct seated { /* a message that a field repeats, and its slot */
	const ProtobufCMessage *message; /* only its address means anything */
	uint8_t                 seat;
};

struct disclosure {
	struct short_hash root;
	struct node      *nodes;
	struct leaf      *leaves;
	struct seated    *seated;
	size_t            n_nodes, cap_nodes, n_leaves, cap_leaves, n_seated, cap_seated;
};

void
disclosure_destroy(struct disclosure **dp)
{
	struct disclosure *d = *dp;

	if (d == NULL) return;
	if (d->nodes != NULL) sodium_memzero(d->nodes, d->n_nodes * sizeof *d->nodes);
	if (d->leaves != NULL) sodium_memzero(d->leaves, d->n_leaves * sizeof *d->leaves);
	free(d->nodes);
	free(d->leaves);
	free(d->seated);
	free(d);
	*dp = NULL;
}

enum { GROW_FROM = 256 }; /* more than most signals have of anything but nodes */

/* Room for one more of N elements of SIZE in *ARRAY; what it leaves is wiped. */
static rc
grow(void *array, size_t size, size_t n, size_t *cap)
{
	void **list = array;

	if (n < *cap) return RC_OK;
	size_t more = *cap == 0 ? GROW_FROM : *cap * 2;
	void  *p    = calloc(more, size);
	if (p == NULL) return RC_NOMEM;
	if (n != 0) {
		memcpy(p, *list, n * size);
		sodium_memzero(*list, n * size);
	}
	free(*list);
	*list = p;
	*cap  = more;
	return RC_OK;
}

/* --- building it ----------------------------------------------------------------- */

struct builder {
	struct disclosure *d;
	struct stream      stream;
};

static rc
build_enter(void *self, size_t up, size_t *ret_at)
{
	struct disclosure *d = ((struct builder *)self)->d;

	(void)up;
	TRY(grow(&d->nodes, sizeof *d->nodes, d->n_nodes, &d->cap_nodes));
	*ret_at = d->n_nodes++;
	return RC_OK;
}

static void
build_leave(void *self, size_t at, const struct short_hash *digest)
{
	struct disclosure *d = ((struct builder *)self)->d;

	d->nodes[at].digest = *digest;
	d->nodes[at].span   = (uint32_t)(d->n_nodes - at);
}

static rc
build_bare(void *self, size_t at, struct short_hash *ret)
{
	struct builder *b = self;

	(void)at;
	stream_draw(&b->stream, ret->b, sizeof ret->b);
	return RC_OK;
}

static rc
build_given(void *self, size_t at, const ProtobufCMessage *m,
    const ProtobufCFieldDescriptor *f, struct short_hash *ret)
{
	struct builder    *b = self;
	struct disclosure *d = b->d;

	TRY(grow(&d->leaves, sizeof *d->leaves, d->n_leaves, &d->cap_leaves));
	struct leaf *leaf = &d->leaves[d->n_leaves++];
	d->nodes[at].leaf = (uint32_t)d->n_leaves;
	stream_draw(&b->stream, leaf->salt, sizeof leaf->salt);
	TRY(disclosure_veil(m, f, leaf->salt, &leaf->veiled));
	*ret = leaf->veiled;
	return RC_OK;
}

static rc
build_stated(void *self, size_t at, struct short_hash *ret)
{
	(void)self, (void)at, (void)ret;
	return RC_INTERNAL; /* nobody states anything yet */
}

static rc
build_seats(void *self, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    size_t n, uint8_t *ret)
{
	struct builder    *b     = self;
	struct disclosure *d     = b->d;
	uint64_t           taken = 0;

	for (size_t i = 0; i < n; i++) {
		TRY(grow(&d->seated, sizeof *d->seated, d->n_seated, &d->cap_seated));
		ret[i] = stream_place(&b->stream, DISCLOSURE_ELEMENTS, &taken);
		d->seated[d->n_seated++] = (struct seated){
		    .message = *(ProtobufCMessage **)field_value(m, f, i),
		    .seat    = ret[i],
		};
	}
	return RC_OK;
}

rc
disclosure_new(struct disclosure **ret, const ProtobufCMessage *signal,
    const uint8_t seed[KEY_BYTES])
{
	AUTO(disclosure_destroy) struct disclosure *d = calloc(1, sizeof *d);
	struct builder                              b = {.d = d};
	struct pass                                 p = {.misfit = RC_INVALID_SIGNAL,
	                                    .digests             = true,
	                                    .self                = &b,
	                                    .enter               = build_enter,
	                                    .leave               = build_leave,
	                                    .bare                = build_bare,
	                                    .given               = build_given,
	                                    .stated_as           = build_stated,
	                                    .seats               = build_seats};

	if (d == NULL) return RC_NOMEM;
	stream_start(&b.stream, seed);
	rc code = disclosure_walk(&p, signal, &d->root);
	sodium_memzero(&b, sizeof b);
	TRY(code);
	*ret = TAKE(d);
	return RC_OK;
}

struct short_hash
disclosure_root(const struct disclosure *d)
{
	return d->root;
}

/* --- the same tree over another instance ----------------------------------------- */

struct follower {
	struct disclosure *d;
	size_t             next; /* of those that are seated */
};

static rc
follow_enter(void *self, size_t up, size_t *ret_at)
{
	(void)self, (void)up;
	*ret_at = 0;
	return RC_OK;
}

static void
follow_leave(void *self, size_t at, const struct short_hash *digest)
{
	(void)self, (void)at, (void)digest;
}

static rc
follow_nothing(void *self, size_t at, struct short_hash *ret)
{
	(void)self, (void)at, (void)ret;
	return RC_OK;
}

static rc
follow_given(void *self, size_t at, const ProtobufCMessage *m,
    const ProtobufCFieldDescriptor *f, struct short_hash *ret)
{
	(void)self, (void)at, (void)m, (void)f, (void)ret;
	return RC_OK;
}

static rc
follow_seats(void *self, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    size_t n, uint8_t *ret)
{
	struct follower   *w = self;
	struct disclosure *d = w->d;

	if (n > d->n_seated - w->next) return RC_INTERNAL;
	for (size_t i = 0; i < n; i++, w->next++) {
		d->seated[w->next].message = *(ProtobufCMessage **)field_value(m, f, i);
		ret[i]                     = d->seated[w->next].seat;
	}
	return RC_OK;
}

rc
disclosure_follow(struct disclosure *d, const ProtobufCMessage *signal)
{
	struct follower   w = {.d = d};
	struct short_hash unused;
	struct pass       p = {.misfit = RC_INTERNAL,
	          .self                = &w,
	          .enter               = follow_enter,
	          .leave               = follow_leave,
	          .bare                = follow_nothing,
	          .given               = follow_given,
	          .stated_as           = follow_nothing,
	          .seats               = follow_seats};

	TRY(disclosure_walk(&p, signal, &unused));
	return w.next == d->n_seated ? RC_OK : RC_INTERNAL;
}

/* --- taking the evidence out of it ----------------------------------------------- */

enum { EVIDENCE_MAX = 1 << 20 }; /* of each part: more than any signal gives */

struct parts {
	struct buf slots, salts, veiled, siblings;
};

struct gatherer {
	const struct disclosure *d;
	size_t                   next; /* node */
	struct parts             parts;
};

static void
parts_wipe(struct parts *p)
{
	buf_wipe(&p->slots);
	buf_wipe(&p->salts);
	buf_wipe(&p->veiled);
	buf_wipe(&p->siblings);
}

static void
gatherer_wipe(struct gatherer *g)
{
	parts_wipe(&g->parts);
}

static rc
gather_enter(void *self, size_t up, size_t *ret_at)
{
	struct gatherer         *g = self;
	const struct disclosure *d = g->d;

	size_t end = up == (size_t)PASS_ROOT ? d->n_nodes : up + d->nodes[up].span;
	if (g->next >= end) return RC_INTERNAL; /* the sender filled in nothing there */
	*ret_at = g->next++;
	return RC_OK;
}

static void
gather_leave(void *self, size_t at, const struct short_hash *digest)
{
	struct gatherer *g = self;

	(void)digest;
	g->next = at + g->d->nodes[at].span;
}

static rc
gather_bare(void *self, size_t at, struct short_hash *ret)
{
	struct gatherer         *g      = self;
	const struct short_hash *digest = &g->d->nodes[at].digest;

	(void)ret;
	return buf_append(&g->parts.siblings, slice_of(digest->b, sizeof digest->b));
}

static rc
gather_given(void *self, size_t at, const ProtobufCMessage *m,
    const ProtobufCFieldDescriptor *f, struct short_hash *ret)
{
	struct gatherer   *g    = self;
	const struct node *node = &g->d->nodes[at];

	(void)m, (void)f, (void)ret;
	if (node->leaf == 0) return RC_INTERNAL;
	return buf_append(&g->parts.salts,
	    slice_of(g->d->leaves[node->leaf - 1].salt, DISCLOSURE_SALT_BYTES));
}

static rc
gather_stated(void *self, size_t at, struct short_hash *ret)
{
	struct gatherer   *g    = self;
	const struct node *node = &g->d->nodes[at];

	(void)ret;
	if (node->leaf == 0) return RC_INTERNAL;
	return buf_append(&g->parts.veiled,
	    slice_of(g->d->leaves[node->leaf - 1].veiled.b, DISCLOSURE_HASH_BYTES));
}

static rc
gather_seats(void *self, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    size_t n, uint8_t *ret)
{
	struct gatherer         *g = self;
	const struct disclosure *d = g->d;

	for (size_t i = 0; i < n; i++) {
		const ProtobufCMessage *element =
		    *(ProtobufCMessage **)field_value(m, f, i);
		size_t k = 0;
		while (k < d->n_seated && d->seated[k].message != element) k++;
		if (k == d->n_seated) return RC_INTERNAL;
		ret[i] = d->seated[k].seat;
	}
	return buf_append(&g->parts.slots, slice_of(ret, n));
}

/* PART as a field of the evidence, which takes it; none when there is nothing in it. */
static void
hand_part(struct buf *part, protobuf_c_boolean *has, ProtobufCBinaryData *field)
{
	if (part->n == 0) return;
	*has   = 1;
	*field = (ProtobufCBinaryData){.len = part->n, .data = part->p};
	*part  = (struct buf){0};
}

rc
disclosure_evidence(const struct disclosure *d, const ProtobufCMessage *signal,
    const struct stated *stated, size_t n, Sluis__Evidence *evidence)
{
	const struct buf none = buf_init(EVIDENCE_MAX);
	AUTO(gatherer_wipe)
	struct gatherer   g = {.d = d, .parts = {none, none, none, none}};
	struct short_hash unused;
	struct pass       p = {.stated = stated,
	          .n_stated            = n,
	          .misfit              = RC_INTERNAL,
	          .strict              = true,
	          .self                = &g,
	          .enter               = gather_enter,
	          .leave               = gather_leave,
	          .bare                = gather_bare,
	          .given               = gather_given,
	          .stated_as           = gather_stated,
	          .seats               = gather_seats};

	TRY(disclosure_walk(&p, signal, &unused));
	hand_part(&g.parts.slots, &evidence->has_slots, &evidence->slots);
	hand_part(&g.parts.salts, &evidence->has_salts, &evidence->salts);
	hand_part(&g.parts.veiled, &evidence->has_veiled, &evidence->veiled);
	hand_part(&g.parts.siblings, &evidence->has_siblings, &evidence->siblings);
	return RC_OK;
}
