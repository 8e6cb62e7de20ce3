/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * disclosure_walk.h - the disclosure tree of a copy, walked by its descriptors.
 *
 * Who grows a tree has the contents of a signal (disclosure.c); who checks a copy has
 * what somebody sent, and goes through the same slots in the same order.  What is not in
 * the copy comes out of its evidence: that is what a struct pass gives.
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

	void *self; /* for the functions below */

	/* Nothing stands in a subtree: its digest. */
	rc (*bare)(void *self, struct short_hash *ret);
	/* F of M stands in it: its veiled digest. */
	rc (*given)(void *self, const ProtobufCMessage *m,
	    const ProtobufCFieldDescriptor *f, struct short_hash *ret);
	rc (*stated_as)(void *self, struct short_hash *ret);
	/* The slot of each of N messages that a field repeats. */
	rc (*seats)(void *self, size_t n, uint8_t *ret);
};

/* Walk the tree of SIGNAL; *RET is its root.  RC_NOT_SIGNED if it has no such tree: there
 * is a message with nothing in it, an unknown field, too much of a kind. */
MUST rc disclosure_walk(
    struct pass *p, const ProtobufCMessage *signal, struct short_hash *ret);

/* What hides the values of F in M behind SALT.  RC_INTERNAL for a type of field that
 * signal.proto does not use. */
MUST rc disclosure_veil(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    const uint8_t salt[DISCLOSURE_SALT_BYTES], struct short_hash *ret);

#endif
