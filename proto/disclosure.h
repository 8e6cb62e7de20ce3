/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * disclosure.h - the tree that a sender signs, and that a copy is checked against.
 *
 * For each recipient the sender signs one root over all fields of its signal, each hidden
 * behind a salt.  The broker takes fields out and leaves, for every part of the tree that
 * has none of what goes out, one digest; the recipient computes the root again from what
 * it got and checks the sender's signature.  So a broker can hide, and cannot forge.
 *
 * H(x) is the first 24 bytes of SHA-256(x) (SHA-256/192 of NIST SP 800-208).
 *
 *	T(message)  the tree over its slots, one for each field number below the
 *	            smallest power of two above the highest that its type declares:
 *	              a field with values   leaf
 *	              a message             T(it), if any field stands below it
 *	              repeated messages     the tree over 64 slots; each of those
 *	                                    below which a field stands has one,
 *	                                    drawn at random
 *	              nothing               filler
 *	node        H(02 || left || right); the one half alone if no field is declared
 *	            for any slot of the other
 *	leaf        H(00 || veiled)
 *	veiled      H(01 || salt[16] || per value: length as 4 bytes big-endian, bytes)
 *	filler      24 random bytes, one for the largest subtree in which nothing stands
 *
 * Bytes of a value: a string or bytes as it is; an integer, enum or bool as 8 bytes,
 * big-endian, two's complement.
 *
 * The shape of the tree is that of the schema, never that of the signal: a new field
 * makes another tree, and so another version.  A filler looks like any node: what a
 * copy needs of it depends on the fields that are in the copy and on nothing else.
 * The place of an element is random, so neither its number nor that of its neighbours
 * can be told from it; the order of elements is not signed.
 *
 * All randomness comes from one seed per recipient, so that the broker computes the same
 * tree as the sender: the ChaCha20 key stream (RFC 8439, nonce 0, counter 0) under
 *
 *	HMAC-SHA-256(seed of the submission, recipient OIN || 00 || desk as in the
 *	             submission, nothing when it names none)
 *
 * consumed in walk order, slots from low to high, depth first: for a field its salt, for
 * a filler 24 bytes, for repeated messages first the places of all elements in their
 * order (for each, bytes are drawn until the low six bits are a free place).
 *
 * Different roots for different recipients: two that compare what they got find nothing
 * in common, so pseudonyms stay apart.
 *
 * A tree is built over the contents of a signal (contents.h), which all recipients share,
 * and lies in one piece: subtrees in walk order, each with how many it spans.  Evidence
 * is one pass over them that says of each field whether it is in the copy.
 *
 * Pure.  Threads: none of its own; what it makes is wiped with the scratch that it is in.
 */
#ifndef SLUIS_PROTO_DISCLOSURE_H
#define SLUIS_PROTO_DISCLOSURE_H

#include "proto/remains.h"
#include "wire.pb-c.h"

enum {
	DISCLOSURE_VERSION    = 2,
	DISCLOSURE_ALONE      = 1, /* each signed by itself; of copies kept from before */
	DISCLOSURE_HASH_BYTES = 24,
	DISCLOSURE_SALT_BYTES = 16,
	DISCLOSURE_ELEMENTS   = 64,   /* slots of a repeated message */
	DISCLOSURE_STATED_MAX = 1024, /* fields of one copy that the broker speaks for */
};

struct short_hash { /* a truncated digest */
	uint8_t b[DISCLOSURE_HASH_BYTES];
};

/* The seed of one recipient's tree; DESK NULL or "": the submission names none. */
void disclosure_seed(const uint8_t seed[KEY_BYTES], const char *oin, const char *desk,
    uint8_t ret[KEY_BYTES]);

/* --- the side that knows everything: sender and broker --------------------------- */

struct disclosure; /* the tree of one signal for one recipient */

/* Build it over CONTENTS in MEM; it borrows both.  RC_NOMEM; RC_INTERNAL if more comes of
 * them than was counted. */
MUST rc disclosure_new(struct disclosure **ret, const struct contents *contents,
    const uint8_t seed[KEY_BYTES], struct scratch *mem);

struct short_hash disclosure_root(const struct disclosure *d);

/* What goes with a copy in which this is LEFT, settled: fill the slots, salts, veiled and
 * siblings of EVIDENCE, which are in MEM.  RC_NOMEM; RC_INTERNAL if D was built over
 * other contents. */
MUST rc disclosure_evidence(const struct disclosure *d, const struct remains *left,
    struct scratch *mem, Sluis__Evidence *evidence);

/* --- the side that knows a copy: the recipient ----------------------------------- */

/* A field that the broker speaks for: FIELD of MESSAGE, which is in the copy. */
struct stated {
	const ProtobufCMessage         *message;
	const ProtobufCFieldDescriptor *field;
};

/*
 * The root that follows from SIGNAL (an unpacked Signal as delivered), the fields that
 * the broker speaks for (messages of SIGNAL) and EVIDENCE.  RC_NOT_SIGNED when the
 * evidence does not fit: too much, too little, two elements in one slot, a field both
 * given and stated.
 */
MUST rc disclosure_check(const ProtobufCMessage *signal, const struct stated *stated,
    size_t n, const Sluis__Evidence *evidence, struct short_hash *ret);

#endif
