/* SPDX-License-Identifier: EUPL-1.2 */
/* generalise.c - year, four postcode digits, or presence alone. */
#include "broker/generalise.h"

static bool
four_digits(struct slice s)
{
	if (s.n < 4) return false;
	for (int i = 0; i < 4; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
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
