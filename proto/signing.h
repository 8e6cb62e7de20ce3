/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * signing.h - one Ed25519 signature for everything that is said at one time.
 *
 * What a sender says to each recipient of a signal (a Disclosure) stands in one small
 * tree, and its root is signed; a copy carries its own path up to that root.  Several
 * signals that go out together stand in one tree more, so that one signature is enough
 * for all of them.
 *
 *	said    H(03 || bytes of a Disclosure)
 *	node    H(04 || left || right)
 *	filler  24 random bytes, in every place that is free
 *
 * H is the first 24 bytes of SHA-256.  A tree has 16 places, or 64 when there are more
 * than 16 to put in; each gets one at random, so neither the place nor the path tells how
 * many others there are.  Places (stream_place(), in the order of what is put in) come
 * first, then fillers (from the lowest free place on), out of the stream (stream.h) under
 *
 *	HMAC-SHA-256(seed, "places")
 *
 * What is signed is the DSSE pre-authentication encoding of the 24 bytes of the root with
 * the type application/vnd.sluis.disclosure.v2.
 *
 * Who compares its copy with another's sees that both were signed at once: the time of
 * the submission, to the millisecond, says as much.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_SIGNING_H
#define SLUIS_PROTO_SIGNING_H

#include "proto/disclosure.h"

enum {
	SIGNING_SMALL    = 4, /* levels of a tree of 16 places, */
	SIGNING_LARGE    = 6, /* of 64, */
	SIGNING_OUTER    = 6, /* of the tree over what several signals say */
	SIGNING_PLACES   = 1 << SIGNING_LARGE,
	SIGNING_PATH_MAX = SIGNING_LARGE + SIGNING_OUTER,
};

struct signing { /* a tree; a plain value */
	unsigned levels;
	uint8_t  place[SIGNING_PLACES]; /* of each that was put in */
	struct short_hash
	    node[2 * SIGNING_PLACES]; /* 1: the root, 2 and 3 below it, ... */
};

struct signing_path {
	size_t            n; /* hashes, from the bottom up */
	uint32_t          place;
	struct short_hash hashes[SIGNING_PATH_MAX];
};

/* The digest of what is said: the BYTES of a Disclosure. */
struct short_hash signing_said(struct slice bytes);

/* The tree of LEVELS over N leaves, of which it has the places; N is at most 1 << LEVELS.
 */
void signing_tree(struct signing *t, unsigned levels, const uint8_t seed[KEY_BYTES],
    const struct short_hash *leaves, size_t n);

static inline struct short_hash
signing_root(const struct signing *t)
{
	return t->node[1];
}

/* Append to PATH what leads from the I-th leaf to the root. */
void signing_climb(const struct signing *t, size_t i, struct signing_path *path);

/* The root that LEAF has with PATH. */
struct short_hash signing_follow(
    const struct short_hash *leaf, const struct signing_path *path);

/* SECRET_KEY is libsodium's 64 bytes.  RC_CRYPTO, RC_NOMEM. */
MUST rc signing_sign(
    const struct short_hash *root, const uint8_t secret_key[64], uint8_t ret[SIG_BYTES]);

/* RC_BAD_SIGNATURE unless SIG is PUBLIC_KEY's under ROOT. */
MUST rc signing_verify(
    const struct short_hash *root, struct slice sig, const uint8_t public_key[KEY_BYTES]);

#endif
