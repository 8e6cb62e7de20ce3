/* SPDX-License-Identifier: EUPL-1.2 */
/* test_generalise.c - coarser, or nothing. */
#include "broker/decision/generalise.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "proto/auto.h"

static void
becomes(enum generalise how, const char *value, const char *want)
{
	AUTO(buf_wipe) struct buf out  = buf_init(64);
	rc                        code = generalise(how, slice_str(value), &out);
	assert_int_equal(code, want == NULL ? RC_INVALID_SIGNAL : RC_OK);
	assert_true(slice_equal(buf_slice(&out), slice_str(want)));
}

static void
a_date_becomes_its_year_or_nothing(void **state)
{
	(void)state;
	becomes(GENERALISE_YEAR, "2009-04-17", "2009");
	becomes(GENERALISE_YEAR, "2009-00-00", "2009");
	becomes(GENERALISE_YEAR, "", NULL);
	becomes(GENERALISE_YEAR, "2009", NULL);
	becomes(GENERALISE_YEAR, "20091104", NULL);
	becomes(GENERALISE_YEAR, "17-04-2009", NULL);
	becomes(GENERALISE_YEAR, "200-04-17", NULL);
	becomes(GENERALISE_YEAR, "x009-04-17", NULL);
}

static void
a_date_becomes_its_month_or_nothing(void **state)
{
	(void)state;
	becomes(GENERALISE_MONTH, "2009-04-17", "2009-04");
	becomes(GENERALISE_MONTH, "2009-00-00", "2009-00");
	becomes(GENERALISE_MONTH, "", NULL);
	becomes(GENERALISE_MONTH, "2009-04", NULL);
	becomes(GENERALISE_MONTH, "2009/04-17", NULL);
	becomes(GENERALISE_MONTH, "2009-04/17", NULL);
	becomes(GENERALISE_MONTH, "2009-x4-17", NULL);
	becomes(GENERALISE_MONTH, "2009-0x-17", NULL);
	becomes(GENERALISE_MONTH, "20x9-04-17", NULL);
	becomes(GENERALISE_MONTH, "17-04-2009", NULL);
}

static void
a_postcode_becomes_its_digits_or_nothing(void **state)
{
	(void)state;
	becomes(GENERALISE_POSTCODE4, "1234 AB", "1234");
	becomes(GENERALISE_POSTCODE4, "1234AB", "1234");
	becomes(GENERALISE_POSTCODE4, "123", NULL);
	becomes(GENERALISE_POSTCODE4, "12A4 AB", NULL);
	becomes(GENERALISE_POSTCODE4, " 1234", NULL);
	becomes(GENERALISE_POSTCODE4, "", NULL);
}

static void
presence_says_nothing_of_the_value(void **state)
{
	(void)state;
	becomes(GENERALISE_PRESENT, "Jantje", "present");
	becomes(GENERALISE_PRESENT, "", "present");
}

static void
no_way_is_no_value(void **state)
{
	(void)state;
	becomes(GENERALISE_NONE, "2009-04-17", NULL);
	becomes((enum generalise)99, "2009-04-17", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_date_becomes_its_year_or_nothing),
	    cmocka_unit_test(a_date_becomes_its_month_or_nothing),
	    cmocka_unit_test(a_postcode_becomes_its_digits_or_nothing),
	    cmocka_unit_test(presence_says_nothing_of_the_value),
	    cmocka_unit_test(no_way_is_no_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
