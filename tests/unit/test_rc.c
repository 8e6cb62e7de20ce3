/* SPDX-License-Identifier: EUPL-1.2 */
/* test_rc.c - the catalogue of result codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/rc.h"

static unsigned
count_codes(void)
{
	unsigned n = 0;
	while (rc_at(n) != RC_OK) n++;
	return n;
}

static void
names_and_codes_are_unique(void **state)
{
	(void)state;
	unsigned n = count_codes();

	assert_true(n > 50);
	for (unsigned i = 0; i < n; i++) {
		assert_string_not_equal(rc_name(rc_at(i)), "ok");
		for (unsigned k = 0; k < i; k++) {
			assert_int_not_equal(rc_at(i), rc_at(k));
			assert_string_not_equal(rc_name(rc_at(i)), rc_name(rc_at(k)));
		}
	}
}

static void
names_round_trip(void **state)
{
	(void)state;
	assert_int_equal(rc_from_name("ok"), RC_OK);
	for (unsigned i = 0, n = count_codes(); i < n; i++)
		assert_int_equal(rc_from_name(rc_name(rc_at(i))), rc_at(i));
}

static void
names_are_lower_case_words(void **state)
{
	(void)state;
	for (unsigned i = 0, n = count_codes(); i < n; i++) {
		const char *name = rc_name(rc_at(i));
		assert_int_equal(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789"), strlen(name));
	}
}

static void
unknown_names_and_codes_are_internal_errors(void **state)
{
	(void)state;
	assert_int_equal(rc_from_name("no_such_code"), RC_INTERNAL);
	assert_int_equal(rc_from_name(""), RC_INTERNAL);
	assert_int_equal(rc_from_name("OK"), RC_INTERNAL);
	assert_string_equal(rc_name((rc)0x7fff), "internal_error");
	assert_int_equal(rc_exit_status((rc)0x7fff), 1);
}

static void
only_ok_exits_with_zero(void **state)
{
	(void)state;
	assert_int_equal(rc_exit_status(RC_OK), 0);
	for (unsigned i = 0, n = count_codes(); i < n; i++)
		assert_int_not_equal(rc_exit_status(rc_at(i)), 0);
	assert_int_equal(rc_exit_status(RC_BAD_PROOF), 6);
	assert_int_equal(rc_exit_status(RC_CIE), 3);
	assert_int_equal(rc_exit_status(RC_TIMEOUT), 7);
}

static void
the_kind_is_in_the_code(void **state)
{
	(void)state;
	assert_int_equal(rc_kind(RC_OK), RC_KIND_OK);
	assert_int_equal(rc_kind(RC_MALFORMED), RC_KIND_PEER);
	assert_int_equal(rc_kind(RC_NOT_ENTITLED), RC_KIND_DENY);
	assert_int_equal(rc_kind(RC_QUEUE_FULL), RC_KIND_BUSY);
	assert_int_equal(rc_kind(RC_DISK), RC_KIND_LOCAL);
	assert_int_equal(rc_kind(RC_FORKED), RC_KIND_INTEGRITY);
	assert_int_equal(rc_kind(RC_UNREACHABLE), RC_KIND_REMOTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_and_codes_are_unique),
	    cmocka_unit_test(names_round_trip),
	    cmocka_unit_test(names_are_lower_case_words),
	    cmocka_unit_test(unknown_names_and_codes_are_internal_errors),
	    cmocka_unit_test(only_ok_exits_with_zero),
	    cmocka_unit_test(the_kind_is_in_the_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
