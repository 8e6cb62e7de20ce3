/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * disclosure_walk.h - the shape of the disclosure tree, walked once for every use of it.
 *
 * Building a tree, taking the evidence out of it and computing a root again from a copy
 * go through the same slots in the same order; what differs is where a digest comes from
 * and what becomes of it.  That difference is a struct pass.
 *
 * Internal to disclosure*.c.  Pure.
 */
#ifndef SLUIS_PROTO_DISCLOSURE_WALK_H
#define SLUIS_PROTO_DISCLOSURE_WALK_H

#include "proto/disclosure.h"

struct pass {
	const struct stated *stated; /* borrowed; fields that the broker speaks for */
	size_t               n_stated;
	size_t               n_met; /* of those, by the walk */

	rc   misfit; /* the code for a message that has no such tree */
	bool strict; /* one with nothing in it, or with unknown fields, has none */
	bool
	    digests; /* nodes are hashed; else no digest that comes back means anything */
	void *self;  /* for the functions below */

	/* A subtree begins, inside the one at UP; *RET_AT is what the others know it by.
	 */
	rc (*enter)(void *self, size_t up, size_t *ret_at);
	/* Its DIGEST is known. */
	void (*leave)(void *self, size_t at, const struct short_hash *digest);
	/* Nothing stands in it: its digest. */
	rc (*bare)(void *self, size_t at, struct short_hash *ret);
	/* F of M stands in it: its veiled digest. */
	rc (*given)(void *self, size_t at, const ProtobufCMessage *m,
	    const ProtobufCFieldDescriptor *f, struct short_hash *ret);
	rc (*stated_as)(void *self, size_t at, struct short_hash *ret);
	/* The slot of each of the N messages that F of M repeats. */
	rc (*seats)(void *self, const ProtobufCMessage *m,
	    const ProtobufCFieldDescriptor *f, size_t n, uint8_t *ret);
};

enum { PASS_ROOT = -1 }; /* UP of the whole tree */

/* Walk the tree of SIGNAL; *RET is its root. */
MUST rc disclosure_walk(
    struct pass *p, const ProtobufCMessage *signal, struct short_hash *ret);

/* What hides the values of F in M behind SALT.  RC_INTERNAL for a type of field that
 * signal.proto does not use. */
MUST rc disclosure_veil(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    const uint8_t salt[DISCLOSURE_SALT_BYTES], struct short_hash *ret);

#endif
