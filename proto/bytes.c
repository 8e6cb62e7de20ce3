/* SPDX-License-Identifier: EUPL-1.2 */
/* bytes.c - growing buffers that wipe, and the text forms of bytes. */
#include "proto/bytes.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice
slice_str(const char *s)
{
	return s == NULL ? slice_of(NULL, 0) : slice_of(s, strlen(s));
}

bool
slice_equal(struct slice a, struct slice b)
{
	if (a.n != b.n) return false;
	return a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0;
}

/* Make room for MORE bytes of content and SPARE bytes behind it that are none.
 * Grows by hand rather than with realloc(), which may leave an unwiped copy. */
static rc
reserve(struct buf *b, size_t more, size_t spare)
{
	if (more > b->max || b->n > b->max - more) return RC_TOO_LARGE;
	size_t need = b->n + more;
	if (need > SIZE_MAX - spare) return RC_TOO_LARGE;
	need += spare;
	if (need <= b->cap) return RC_OK;

	size_t cap = b->cap > SIZE_MAX / 2 ? need : b->cap * 2;
	if (cap < 64) cap = 64;
	if (cap < need) cap = need; /* one large piece is most often the last */
	uint8_t *p = malloc(cap);
	if (p == NULL) return RC_NOMEM;
	if (b->n != 0) memcpy(p, b->p, b->n);
	if (b->p != NULL) sodium_memzero(b->p, b->cap);
	free(b->p);
	b->p   = p;
	b->cap = cap;
	return RC_OK;
}

rc
buf_append(struct buf *b, struct slice s)
{
	if (s.n == 0) return RC_OK;
	TRY(reserve(b, s.n, 0));
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return RC_OK;
}

static rc
extend(struct buf *b, size_t n, size_t spare, uint8_t **ret)
{
	TRY(reserve(b, n, spare));
	*ret = b->p + b->n;
	memset(*ret, 0, n + spare);
	b->n += n;
	return RC_OK;
}

uint8_t *
buf_extend(struct buf *b, size_t n)
{
	uint8_t *start;
	return extend(b, n, 1, &start) == RC_OK ? start : NULL;
}

rc
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);

	rc code = n < 0 ? RC_INTERNAL : reserve(b, (size_t)n, 1);
	if (code == RC_OK) {
		(void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n; /* the NUL lies behind, and is not content */
	}
	va_end(again);
	return code;
}

void
buf_wipe(struct buf *b)
{
	if (b->p != NULL) sodium_memzero(b->p, b->cap);
	free(b->p);
	*b = buf_init(b->max);
}

void
put_u64_be(uint8_t out[8], uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8) out[i] = (uint8_t)v;
}

uint64_t
get_u64_be(const uint8_t in[8])
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++) v = v << 8 | in[i];
	return v;
}

void
hex_encode(char *out, size_t room, struct slice s)
{
	out[0] = '\0';
	if (s.n < room && s.n <= (room - 1) / 2)
		(void)sodium_bin2hex(out, room, s.p, s.n);
}

rc
hex_decode(const char *text, uint8_t *out, size_t n)
{
	if (strlen(text) != n * 2) return RC_MALFORMED;
	if (strspn(text, "0123456789abcdefABCDEF") != n * 2) return RC_MALFORMED;
	if (sodium_hex2bin(out, n, text, n * 2, NULL, NULL, NULL) != 0)
		return RC_INTERNAL;
	return RC_OK;
}

rc
base64_encode(struct slice s, struct buf *out)
{
	uint8_t *p;

	if (s.n > SIZE_MAX / 2) return RC_TOO_LARGE;
	size_t room = sodium_base64_encoded_len(s.n, sodium_base64_VARIANT_ORIGINAL);
	TRY(extend(out, room - 1, 1, &p)); /* its NUL is not content */
	(void)sodium_bin2base64(
	    (char *)p, room, s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
	return RC_OK;
}

/* libsodium reads some bytes above 0x7f as if they were the ASCII ones below. */
static bool
is_ascii(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] > 0x7f) return false;
	return true;
}

rc
base64_decode(struct slice text, struct buf *out)
{
	size_t   room = text.n / 4 * 3, n = 0;
	size_t   start = out->n;
	uint8_t *p;

	if (text.n % 4 != 0 || !is_ascii(text)) return RC_MALFORMED;
	if (text.n == 0) return RC_OK;
	room -= text.p[text.n - 1] == '=';
	room -= text.p[text.n - 2] == '=';
	TRY(extend(out, room, 1, &p));
	int failed = sodium_base642bin(p, room, (const char *)text.p, text.n, NULL, &n,
	    NULL, sodium_base64_VARIANT_ORIGINAL);
	out->n     = failed != 0 ? start : start + n;
	return failed != 0 ? RC_MALFORMED : RC_OK;
}
