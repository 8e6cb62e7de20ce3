/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * stream.h - everything random of a disclosure, from one seed.
 *
 * The ChaCha20 key stream (RFC 8439, nonce 0, counter 0) under the seed, consumed from
 * its first byte on: sender and broker draw the same.
 *
 * Threads: a value; wipe it with sodium_memzero().
 */
#ifndef SLUIS_PROTO_STREAM_H
#define SLUIS_PROTO_STREAM_H

#include "proto/bytes.h"
#include "proto/limits.h"

enum { STREAM_READY = 1024 }; /* bytes made at a time */

struct stream {
	uint8_t  key[KEY_BYTES];
	uint32_t block; /* the next one */
	size_t   used;  /* of READY */
	uint8_t  ready[STREAM_READY];
};

void stream_start(struct stream *s, const uint8_t seed[KEY_BYTES]);

/* The next N bytes. */
void stream_draw(struct stream *s, uint8_t *out, size_t n);

/* A number below N (a power of two, at most 64) of which *TAKEN has no bit yet, as it has
 * then: bytes are drawn until the low bits of one are free.  *TAKEN has less than N. */
uint8_t stream_place(struct stream *s, unsigned n, uint64_t *taken);

#endif
