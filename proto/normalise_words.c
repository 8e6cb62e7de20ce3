/* SPDX-License-Identifier: EUPL-1.2 */
/* normalise_words.c - names and e-mail addresses through utf8proc. */
#include "proto/normalise_words.h"

#include <sodium.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "proto/auto.h"
#include "proto/text.h"

enum { WORDS_MAX = 1000 };

/* utf8proc's answer to one mapping; it allocates. */
struct mapped {
	utf8proc_uint8_t *p;
	size_t            n;
};

static void
mapped_wipe(struct mapped *m)
{
	if (m->p != NULL) sodium_memzero(m->p, m->n);
	free(m->p);
}

static rc
map_once(struct slice s, utf8proc_option_t options, struct mapped *ret)
{
	utf8proc_uint8_t *p = NULL;
	utf8proc_ssize_t  n =
	    utf8proc_map(s.p, (utf8proc_ssize_t)s.n, &p, options | UTF8PROC_STABLE);

	if (n == UTF8PROC_ERROR_NOMEM) return RC_NOMEM;
	if (n < 0) return RC_INVALID_SIGNAL;
	*ret = (struct mapped){.p = p, .n = (size_t)n};
	return RC_OK;
}

/* Decompose first: the Greek iota below a letter is a mark of its own when written
 * apart, and folds to a letter when not.  Folding in turn can make something that
 * decomposes again, so map until nothing moves. */
static rc
map_any(struct slice value, utf8proc_option_t options, struct buf *out)
{
	AUTO(buf_wipe) struct buf       last  = buf_init(WORDS_MAX * 18);
	AUTO(mapped_wipe) struct mapped apart = {NULL, 0};

	TRY(map_once(value, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &apart));
	if (buf_append(&last, slice_of(apart.p, apart.n)) != RC_OK)
		return RC_INVALID_SIGNAL;
	for (int round = 0; round < 4; round++) {
		AUTO(mapped_wipe) struct mapped next = {NULL, 0};
		TRY(map_once(buf_slice(&last), options, &next));
		if (slice_equal(slice_of(next.p, next.n), buf_slice(&last)))
			return buf_append(out, buf_slice(&last));
		buf_wipe(&last);
		if (buf_append(&last, slice_of(next.p, next.n)) != RC_OK)
			return RC_INVALID_SIGNAL;
		if (next.n == 0) return RC_INVALID_SIGNAL;
	}
	return RC_INVALID_SIGNAL;
}

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80) return false;
	return true;
}

/* What map_any() makes of ASCII, whatever it is asked to do: small letters. */
static rc
map_ascii(struct slice s, struct buf *out)
{
	TRY(buf_append(out, s));
	for (uint8_t *p = out->p + out->n - s.n; p < out->p + out->n; p++)
		if (*p >= 'A' && *p <= 'Z') *p = (uint8_t)(*p - 'A' + 'a');
	return RC_OK;
}

static rc
map(struct slice value, utf8proc_option_t options, struct buf *out)
{
	if (value.n == 0 || value.n > WORDS_MAX) return RC_INVALID_SIGNAL;
	return is_ascii(value) ? map_ascii(value, out) : map_any(value, options, out);
}

/* --- e-mail ----------------------------------------------------------------------------
 */

static struct slice
trim(struct slice s)
{
	struct slice rest = s, begin = s;
	size_t       end  = 0;
	bool         some = false;
	int32_t      c;

	while (rest.n != 0) {
		struct slice here = rest;
		if (text_code_point(&rest, &c) != RC_OK) return s;
		if (text_is_space(c)) continue;
		if (!some) begin = here;
		some = true;
		end  = (size_t)(rest.p - begin.p);
	}
	return some ? slice_of(begin.p, end) : slice_of(s.p, 0);
}

/* One '@' with something on both sides, no space and no control character. */
static bool
is_email(struct slice s)
{
	struct slice rest = s;
	int32_t      c;
	unsigned     n_at = 0;

	if (s.n < 3 || s.p[0] == '@' || s.p[s.n - 1] == '@') return false;
	while (rest.n != 0) {
		if (text_code_point(&rest, &c) != RC_OK) return false;
		if (text_is_space(c) || text_is_control(c)) return false;
		n_at += c == '@';
	}
	return n_at == 1;
}

rc
normalise_email(struct slice value, struct buf *out)
{
	AUTO(buf_wipe) struct buf mapped = buf_init(WORDS_MAX * 18);

	TRY(map(value,
	    UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
	        UTF8PROC_REJECTNA,
	    &mapped));
	struct slice s = trim(buf_slice(&mapped));
	if (!is_email(s)) return RC_INVALID_SIGNAL;
	return buf_append(out, s);
}

/* --- names ----------------------------------------------------------------------- */

/* Space, hyphens and dashes, and what stands for an apostrophe on one keyboard or
 * another: what people leave out, or write in another way. */
static bool
is_gap(int32_t c)
{
	switch (c) {
	case '\'':
	case '`':
	case 0x02b9: /* modifier letters: prime, turned comma, apostrophe, reversed comma
	              */
	case 0x02bb:
	case 0x02bc:
	case 0x02bd:
	case 0x2018: /* single quotation marks */
	case 0x2019:
	case 0x201b:
	case 0x2032: /* prime */
	case 0x2212: /* minus */
	case '-':
		return true;
	default:
		return text_is_space(c) ||
		       (c >= 0x80 && utf8proc_category(c) == UTF8PROC_CATEGORY_PD);
	}
}

static bool
is_letter(int32_t c)
{
	if (c < 0x80) return c >= 'a' && c <= 'z'; /* no capitals are left */
	utf8proc_category_t k = utf8proc_category(c);
	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

/* Append S, from START on, with every run of gaps as one space, and none at the ends. */
static rc
join_words(struct slice s, size_t start, struct buf *out)
{
	bool    gap = false, letter = false;
	int32_t c;

	while (s.n != 0) {
		struct slice here = s;
		TRY(text_code_point(&s, &c));
		if (is_gap(c)) {
			gap = true;
			continue;
		}
		if (c < ' ' || c == 0x7f || (c >= 0x80 && text_is_control(c)))
			return RC_INVALID_SIGNAL;
		if (gap && out->n != start) TRY(buf_append(out, slice_str(" ")));
		TRY(buf_append(out, slice_of(here.p, (size_t)(s.p - here.p))));
		letter = letter || is_letter(c);
		gap    = false;
	}
	return letter ? RC_OK : RC_INVALID_SIGNAL;
}

rc
normalise_name(struct slice value, struct buf *out)
{
	AUTO(buf_wipe) struct buf mapped = buf_init(WORDS_MAX * 18);
	size_t                    before = out->n;

	TRY(map(value,
	    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK |
	        UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_REJECTNA,
	    &mapped));
	rc code = join_words(buf_slice(&mapped), before, out);
	if (code == RC_OK || out->n == before) return code;
	sodium_memzero(out->p + before, out->n - before);
	out->n = before;
	return code;
}
