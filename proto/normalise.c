/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * normalise.c - codes: digits and capitals in one spelling; words.c does the rest.
 *
 * A code is first squeezed: separators (space, hyphen, full stop, slash, brackets)
 * go, letters become capitals, anything else refuses.  Then each kind asks for its
 * own form.  All of it is ASCII: a code with other letters in it is not one.
 */
#include "proto/normalise.h"

#include <string.h>

#include "proto/forms.h"
#include "proto/normalise_words.h"

enum { CODE_MAX = 40, RAW_MAX = 80 };

/* A squeezed code, as bytes; no secret outlives the call but on the stack. */
struct code {
	uint8_t b[CODE_MAX];
	size_t  n;
};

static struct slice
code_slice(const struct code *c)
{
	return slice_of(c->b, c->n);
}

static bool
is_separator(uint8_t c)
{
	return c != 0 && strchr(" -./()", c) != NULL;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_alphanumeric(uint8_t c)
{
	return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z');
}

static rc
squeeze(struct slice value, struct code *ret)
{
	struct code c = {.n = 0};

	if (value.n > RAW_MAX) return RC_INVALID_SIGNAL;
	for (size_t i = 0; i < value.n; i++) {
		uint8_t b = value.p[i];
		if (is_separator(b)) continue;
		if (!is_alphanumeric(b) || c.n == CODE_MAX) return RC_INVALID_SIGNAL;
		c.b[c.n++] = is_lower(b) ? (uint8_t)(b - 'a' + 'A') : b;
	}
	*ret = c;
	return RC_OK;
}

static bool
only_digits(const struct code *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!is_digit(c->b[i])) return false;
	return true;
}

/* Replace the first TAKE bytes of C with PREFIX, which is short. */
static void
replace_front(struct code *c, size_t take, const char *prefix)
{
	size_t n = strlen(prefix);

	memmove(c->b + n, c->b + take, c->n - take);
	memcpy(c->b, prefix, n);
	c->n = c->n - take + n;
}

/* --- one function a kind: judge and finish what squeeze() left ------------------- */

static bool
finish_bsn(struct code *c)
{
	if (c->n == 8) replace_front(c, 0, "0");
	return form_is_bsn(code_slice(c));
}

static bool
finish_v_number(struct code *c)
{
	return c->n >= 5 && c->n <= 15 && only_digits(c);
}

static bool
finish_document(struct code *c)
{
	return c->n >= 4 && c->n <= 20;
}

static bool
finish_plate(struct code *c)
{
	return c->n >= 2 && c->n <= 12;
}

static bool
finish_kvk(struct code *c)
{
	return form_fits(code_slice(c), "99999999");
}

static bool
finish_iban(struct code *c)
{
	return form_is_iban(code_slice(c));
}

/* C is without its '+', which INTERNATIONAL tells of.  "+31 (0)6" keeps no trunk 0. */
static bool
finish_phone(struct code *c, bool international)
{
	if (!only_digits(c) || c->n < 3 || c->n > 20) return false;
	if (!international && c->b[0] != '0') return false;
	if (!international && c->b[1] == '0')
		replace_front(c, 2, "");
	else if (!international)
		replace_front(c, 1, "31");
	if (c->n > 3 && memcmp(c->b, "310", 3) == 0) replace_front(c, 3, "31");
	if (c->n < 8 || c->n > 15 || c->b[0] == '0') return false; /* E.164 */
	replace_front(c, 0, "+");
	return true;
}

static rc
normalise_phone(struct slice value, struct buf *out)
{
	struct code c;
	bool        international = false;

	while (value.n != 0 && value.p[0] == ' ')
		value = slice_of(value.p + 1, value.n - 1);
	if (value.n != 0 && value.p[0] == '+') {
		international = true;
		value         = slice_of(value.p + 1, value.n - 1);
	}
	TRY(squeeze(value, &c));
	if (!finish_phone(&c, international)) return RC_INVALID_SIGNAL;
	return buf_append(out, code_slice(&c));
}

static rc
normalise_date(struct slice value, struct buf *out)
{
	return form_is_date(value) ? buf_append(out, value) : RC_INVALID_SIGNAL;
}

static rc
normalise_code(struct slice value, bool (*finish)(struct code *), struct buf *out)
{
	struct code c;

	TRY(squeeze(value, &c));
	if (!finish(&c)) return RC_INVALID_SIGNAL;
	return buf_append(out, code_slice(&c));
}

/* --- addresses -----------------------------------------------------------------------
 */

/* Take the next byte that is no separator off *S; 0 at the end.  *RET_GAP: there was one.
 */
static uint8_t
next_byte(struct slice *s, bool *ret_gap)
{
	*ret_gap = false;
	while (s->n != 0 && is_separator(s->p[0])) {
		*ret_gap = true;
		*s       = slice_of(s->p + 1, s->n - 1);
	}
	if (s->n == 0) return 0;
	uint8_t c = s->p[0];
	*s        = slice_of(s->p + 1, s->n - 1);
	return is_lower(c) ? (uint8_t)(c - 'a' + 'A') : c;
}

/* The house number: separators go, but between two digits one hyphen stays, since
 * 12-1 and 121 are different doors. */
static rc
take_house_number(struct slice rest, struct code *c)
{
	size_t  start = c->n;
	bool    gap;
	uint8_t b;

	while ((b = next_byte(&rest, &gap)) != 0) {
		if (!is_alphanumeric(b) || c->n + 2 > CODE_MAX) return RC_INVALID_SIGNAL;
		if (gap && c->n > start && is_digit(b) && is_digit(c->b[c->n - 1]))
			c->b[c->n++] = '-';
		c->b[c->n++] = b;
	}
	bool fits = c->n > start && c->n - start <= 12 && is_digit(c->b[start]);
	return fits && c->b[start] != '0' ? RC_OK : RC_INVALID_SIGNAL;
}

static rc
normalise_address(struct slice value, struct buf *out)
{
	struct code c = {.n = 0};
	bool        gap;

	if (value.n > RAW_MAX) return RC_INVALID_SIGNAL;
	while (c.n < 6 && (c.b[c.n] = next_byte(&value, &gap)) != 0) c.n++;
	if (!form_is_postcode(code_slice(&c))) return RC_INVALID_SIGNAL;
	c.b[c.n++] = ' ';
	TRY(take_house_number(value, &c));
	return buf_append(out, code_slice(&c));
}

/* --- kinds ----------------------------------------------------------------------- */

static const char *const names[] = {
    [IDENTIFIER_BSN]      = "bsn",
    [IDENTIFIER_V_NUMBER] = "v_number",
    [IDENTIFIER_DOCUMENT] = "document",
    [IDENTIFIER_PHONE]    = "phone",
    [IDENTIFIER_EMAIL]    = "email",
    [IDENTIFIER_PLATE]    = "plate",
    [IDENTIFIER_KVK]      = "kvk",
    [IDENTIFIER_IBAN]     = "iban",
    [IDENTIFIER_NAME]     = "name",
    [IDENTIFIER_DATE]     = "date",
    [IDENTIFIER_ADDRESS]  = "address",
};

enum { N_NAMES = sizeof names / sizeof names[0] };

const char *
identifier_name(enum identifier kind)
{
	return (unsigned)kind < N_NAMES && names[kind] != NULL ? names[kind] : "none";
}

enum identifier
identifier_from_name(const char *name)
{
	for (unsigned i = 0; i < N_NAMES; i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0)
			return (enum identifier)i;
	return IDENTIFIER_NONE;
}

rc
normalise(enum identifier kind, struct slice value, struct buf *out)
{
	switch (kind) {
	case IDENTIFIER_BSN:
		return normalise_code(value, finish_bsn, out);
	case IDENTIFIER_V_NUMBER:
		return normalise_code(value, finish_v_number, out);
	case IDENTIFIER_DOCUMENT:
		return normalise_code(value, finish_document, out);
	case IDENTIFIER_PHONE:
		return normalise_phone(value, out);
	case IDENTIFIER_EMAIL:
		return normalise_email(value, out);
	case IDENTIFIER_PLATE:
		return normalise_code(value, finish_plate, out);
	case IDENTIFIER_KVK:
		return normalise_code(value, finish_kvk, out);
	case IDENTIFIER_IBAN:
		return normalise_code(value, finish_iban, out);
	case IDENTIFIER_NAME:
		return normalise_name(value, out);
	case IDENTIFIER_DATE:
		return normalise_date(value, out);
	case IDENTIFIER_ADDRESS:
		return normalise_address(value, out);
	case IDENTIFIER_NONE:
		break;
	}
	return RC_INVALID_SIGNAL;
}
