/* SPDX-License-Identifier: EUPL-1.2 */
/* text.c - lines, decimals and UTF-8 in borrowed bytes. */
#include "proto/text.h"

#include <string.h>

#include <utf8proc.h>

#include "proto/limits.h"

rc
text_cut(struct slice *rest, char c, struct slice *ret_front)
{
	const uint8_t *at = rest->n == 0 ? NULL : memchr(rest->p, c, rest->n);

	if (at == NULL) return RC_MALFORMED;
	size_t n   = (size_t)(at - rest->p);
	*ret_front = slice_of(rest->p, n);
	*rest      = slice_of(at + 1, rest->n - n - 1);
	return RC_OK;
}

rc
text_line(struct slice *rest, struct slice *ret_line)
{
	return text_cut(rest, '\n', ret_line);
}

bool
text_skip(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0) return false;
	*s = slice_of(s->p + n, s->n - n);
	return true;
}

rc
text_decimal(struct slice s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0 || (s.p[0] == '0' && s.n > 1)) return RC_MALFORMED;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return RC_MALFORMED;
		uint64_t digit = (uint64_t)(s.p[i] - '0');
		if (v > (UINT64_MAX - digit) / 10) return RC_MALFORMED;
		v = v * 10 + digit;
	}
	*ret = v;
	return RC_OK;
}

rc
text_base64(struct slice s, uint8_t *out, size_t n)
{
	struct buf b    = buf_init(n);
	rc         code = base64_decode(s, &b);

	if (code == RC_OK && b.n != n) code = RC_MALFORMED;
	if (code == RC_OK && n != 0) memcpy(out, b.p, n);
	buf_wipe(&b);
	return code == RC_TOO_LARGE ? RC_MALFORMED : code;
}

rc
text_code_point(struct slice *rest, int32_t *ret)
{
	utf8proc_int32_t c;
	size_t           look = rest->n < 4 ? rest->n : 4;
	utf8proc_ssize_t n    = utf8proc_iterate(rest->p, (utf8proc_ssize_t)look, &c);

	if (n <= 0) return RC_MALFORMED;
	*ret  = c;
	*rest = slice_of(rest->p + n, rest->n - (size_t)n);
	return RC_OK;
}

bool
text_is_user(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                        "0123456789._-");

	return n != 0 && n <= USER_MAX && text[n] == '\0';
}

bool
text_is_utf8(struct slice s)
{
	int32_t c;

	while (s.n != 0)
		if (text_code_point(&s, &c) != RC_OK) return false;
	return true;
}

bool
text_is_space(int32_t c)
{
	if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85) return true;
	utf8proc_category_t category = utf8proc_category(c);
	return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
	       category == UTF8PROC_CATEGORY_ZP;
}

bool
text_is_control(int32_t c)
{
	return utf8proc_category(c) == UTF8PROC_CATEGORY_CC;
}

bool
text_is_plain(int32_t c)
{
	if (text_is_control(c) || c == 0x2028 || c == 0x2029) return false;
	return c != 0x061c && c != 0x200e && c != 0x200f &&
	       !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

/* Whether all of S is the beginning of a longer character. */
static bool
is_cut_off(struct slice s)
{
	size_t whole = s.p[0] >= 0xf0 ? 4 : s.p[0] >= 0xe0 ? 3 : s.p[0] >= 0xc2 ? 2 : 1;
	if (s.p[0] > 0xf4 || s.n >= whole) return false;
	for (size_t i = 1; i < s.n; i++)
		if ((s.p[i] & 0xc0) != 0x80) return false;
	return true;
}

void
text_make_plain(char *text)
{
	struct slice rest = slice_str(text);
	char        *to   = text;

	while (rest.n != 0) {
		const uint8_t *from = rest.p;
		int32_t        c    = 0;
		bool           good = text_code_point(&rest, &c) == RC_OK;
		if (!good && is_cut_off(rest)) break;
		if (!good) rest = slice_of(rest.p + 1, rest.n - 1);
		if (!good || !text_is_plain(c)) {
			*to++ = '?';
			continue;
		}
		memmove(to, from, (size_t)(rest.p - from));
		to += rest.p - from;
	}
	*to = '\0';
}

bool
text_same(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}
