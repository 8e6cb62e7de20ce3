/* SPDX-License-Identifier: EUPL-1.2 */
/* stream.c - a key stream, taken off in pieces. */
#include "proto/stream.h"

#include <sodium.h>
#include <string.h>

enum { BLOCK_BYTES = 64 };

void
stream_start(struct stream *s, const uint8_t seed[KEY_BYTES])
{
	memcpy(s->key, seed, sizeof s->key);
	s->block = 0;
	s->used  = sizeof s->ready;
}

static void
refill(struct stream *s)
{
	static const uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES];

	memset(s->ready, 0, sizeof s->ready);
	(void)crypto_stream_chacha20_ietf_xor_ic(
	    s->ready, s->ready, sizeof s->ready, nonce, s->block, s->key);
	s->block += STREAM_READY / BLOCK_BYTES;
	s->used = 0;
}

void
stream_draw(struct stream *s, uint8_t *out, size_t n)
{
	while (n != 0) {
		if (s->used == sizeof s->ready) refill(s);
		size_t left = sizeof s->ready - s->used, now = n < left ? n : left;
		memcpy(out, s->ready + s->used, now);
		s->used += now;
		out += now;
		n -= now;
	}
}

uint8_t
stream_place(struct stream *s, unsigned n, uint64_t *taken)
{
	uint8_t place = 0;

	do {
		stream_draw(s, &place, 1);
		place = (uint8_t)(place & (n - 1));
	} while ((*taken >> place & 1) != 0);
	*taken |= (uint64_t)1 << place;
	return place;
}
