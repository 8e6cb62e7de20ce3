/* SPDX-License-Identifier: EUPL-1.2 */
/* padding.c - size classes, and the field of zeros that fills a copy up to one. */
#include "broker/decision/padding.h"

#include "proto/auto.h"
#include "proto/limits.h"

enum {
	CLASS_MIN   = 1024,
	CLASS_STEPS = 4,           /* for each doubling */
	PADDING_TAG = 11 << 3 | 2, /* Copy.padding, length-delimited */
};

/* Bytes of the varint of N. */
static size_t
varint_size(size_t n)
{
	return n < 128 ? 1 : n < 16384 ? 2 : 3;
}

/* How many zeros make a field of exactly WANT bytes, tag and length included; false if no
 * number does (a length that would need a longer varint). */
static bool
zeros_for(size_t want, size_t *ret)
{
	for (size_t header = 2; header <= 4; header++) {
		if (want < header) return false;
		if (1 + varint_size(want - header) != header) continue;
		*ret = want - header;
		return true;
	}
	return false;
}

/* The next size class after CLASS. */
static size_t
class_after(size_t class)
{
	size_t doubled = CLASS_MIN;

	while (doubled * 2 <= class) doubled *= 2;
	return class + doubled / CLASS_STEPS;
}

rc
padding_for_copy(size_t n, size_t *ret_class, size_t *ret_zeros)
{
	size_t class = CLASS_MIN;

	*ret_zeros = 0;
	while (class < n || (class != n && !zeros_for(class - n, ret_zeros)))
		class = class_after(class);
	*ret_class = class;
	return class > COPY_MAX ? RC_TOO_LARGE : RC_OK;
}

void
padding_write(uint8_t *p, size_t n, size_t zeros)
{
	if (n == 0) return;
	p[0] = PADDING_TAG;
	for (size_t i = 1, v = zeros; i < n - zeros; i++, v >>= 7)
		p[i] = (uint8_t)((v & 0x7f) | (i + 1 < n - zeros ? 0x80 : 0));
}

rc
copy_pad(struct buf *copy)
{
	size_t zeros, class, n = copy->n;

	TRY(padding_for_copy(n, &class, &zeros));
	if (class == n) return RC_OK;
	if (class > copy->max) return RC_TOO_LARGE;
	uint8_t *p = buf_extend(copy, class - n);
	if (p == NULL) return RC_NOMEM;
	padding_write(p, class - n, zeros);
	return RC_OK;
}
