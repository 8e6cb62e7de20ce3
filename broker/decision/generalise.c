/* SPDX-License-Identifier: EUPL-1.2 */
/* generalise.c - year, month, four postcode digits, or presence alone. */
#include "broker/decision/generalise.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
four_digits(struct slice s)
{
	if (s.n < 4) return false;
	for (int i = 0; i < 4; i++)
		if (!is_digit(s.p[i])) return false;
	return true;
}

rc
generalise(enum generalise how, struct slice value, struct buf *out)
{
	switch (how) {
	case GENERALISE_YEAR:
		if (!four_digits(value) || value.n < 5 || value.p[4] != '-')
			return RC_INVALID_SIGNAL;
		return buf_append(out, slice_of(value.p, 4));
	case GENERALISE_MONTH:
		if (value.n < 8 || !four_digits(value) || value.p[4] != '-' ||
		    value.p[7] != '-' || !is_digit(value.p[5]) || !is_digit(value.p[6]))
			return RC_INVALID_SIGNAL;
		return buf_append(out, slice_of(value.p, 7));
	case GENERALISE_POSTCODE4:
		if (!four_digits(value)) return RC_INVALID_SIGNAL;
		return buf_append(out, slice_of(value.p, 4));
	case GENERALISE_PRESENT:
		return buf_append(out, slice_str("present"));
	case GENERALISE_NONE:
		break;
	}
	return RC_INVALID_SIGNAL;
}
