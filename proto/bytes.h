/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * bytes.h - bytes in (struct slice) and bytes out (struct buf).
 *
 * A slice borrows: it never frees, and is valid as long as what it points into.
 * A buf owns, grows to its MAX and no further, and is wiped before it is freed,
 * since most of what passes here is somebody's personal data.
 *
 * Threads: values; no shared state.
 */
#ifndef SLUIS_PROTO_BYTES_H
#define SLUIS_PROTO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

struct slice {
	const uint8_t *p;
	size_t         n;
};

struct buf {
	uint8_t *p;   /* owned; NULL while nothing was appended */
	size_t   n;   /* bytes in use */
	size_t   cap; /* bytes allocated */
	size_t   max; /* an append beyond this is RC_TOO_LARGE */
};

static inline struct slice
slice_of(const void *p, size_t n)
{
	return (struct slice){.p = (const uint8_t *)p, .n = n};
}

/* The bytes of the C string S without its NUL; S may be NULL (empty). */
struct slice slice_str(const char *s);

static inline struct slice
buf_slice(const struct buf *b)
{
	return slice_of(b->p, b->n);
}

/* Equal length and content; constant time in the content. */
bool slice_equal(struct slice a, struct slice b);

/* An empty buffer that will hold at most MAX bytes; allocates nothing. */
static inline struct buf
buf_init(size_t max)
{
	return (struct buf){.max = max};
}

/* Append a copy of S, which must not lie inside B.  RC_TOO_LARGE beyond MAX,
 * RC_NOMEM; B is unchanged then. */
MUST rc buf_append(struct buf *b, struct slice s);

/* Append N bytes of value zero and return where they start, NULL on failure. */
uint8_t *buf_extend(struct buf *b, size_t n);

/* Append printf-formatted text (without NUL); fails as buf_append(). */
MUST __attribute__((format(printf, 2, 3))) rc buf_printf(
    struct buf *b, const char *format, ...);

/* Wipe the content, free it, leave an empty buffer with the same MAX. */
void buf_wipe(struct buf *b);

/* Big-endian integers, as every fixed-width number outside protobuf is written. */
void     put_u64_be(uint8_t out[8], uint64_t v);
uint64_t get_u64_be(const uint8_t in[8]);

/* Lower-case hex of S with its NUL to OUT, which has ROOM bytes, one at least.  What does
 * not fit leaves "": half an id would be another one. */
void hex_encode(char *out, size_t room, struct slice s);

/* Exactly N bytes from the 2 N hex digits of TEXT (either case); else RC_MALFORMED,
 * OUT untouched. */
MUST rc hex_decode(const char *text, uint8_t *out, size_t n);

/* Standard base64 with padding (RFC 4648 section 4), appended to OUT. */
MUST rc base64_encode(struct slice s, struct buf *out);

/* Strict inverse: padding demanded, no white space, no trailing bits.  RC_MALFORMED
 * and the codes of buf_append(); OUT is unchanged then. */
MUST rc base64_decode(struct slice text, struct buf *out);

#endif
