/* SPDX-License-Identifier: EUPL-1.2 */
/* forms.c - shapes and check digits. */
#include "proto/forms.h"

#include <string.h>

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

bool
form_fits(struct slice s, const char *pattern)
{
	if (s.n != strlen(pattern)) return false;
	for (size_t i = 0; i < s.n; i++) {
		bool fits = pattern[i] == '9'   ? is_digit(s.p[i])
		            : pattern[i] == 'A' ? is_capital(s.p[i])
		                                : s.p[i] == (uint8_t)pattern[i];
		if (!fits) return false;
	}
	return true;
}

bool
form_is_bsn(struct slice s)
{
	int sum = 0, any = 0;

	if (!form_fits(s, "999999999")) return false;
	for (int i = 0; i < 9; i++) {
		int digit = s.p[i] - '0';
		sum += digit * (i < 8 ? 9 - i : -1);
		any |= digit;
	}
	return any != 0 && sum % 11 == 0;
}

bool
form_is_iban(struct slice s)
{
	unsigned rest = 0;

	if (s.n < 15 || s.n > 34 || !form_fits(slice_of(s.p, 4), "AA99")) return false;
	for (size_t i = 0; i < s.n; i++) { /* the first four count as the last */
		uint8_t c = s.p[(i + 4) % s.n];
		if (is_digit(c))
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
		else if (is_capital(c))
			rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
		else
			return false;
	}
	return rest == 1;
}

static int32_t
number_at(struct slice s, size_t from, size_t n)
{
	int32_t v = 0;
	for (size_t i = from; i < from + n; i++) v = v * 10 + (s.p[i] - '0');
	return v;
}

int32_t
days_in_month(int32_t year, int32_t month)
{
	static const int32_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool                 leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

bool
form_is_date(struct slice s)
{
	if (!form_fits(s, "9999-99-99")) return false;
	int32_t year = number_at(s, 0, 4), month = number_at(s, 5, 2),
	        day = number_at(s, 8, 2);
	if (year < 1800 || month > 12) return false;
	if (month == 0) return day == 0;
	return day <= days_in_month(year, month);
}

bool
form_is_postcode(struct slice s)
{
	if (!form_fits(s, "9999 AA") && !form_fits(s, "9999AA")) return false;
	return s.p[0] != '0';
}
