/* SPDX-License-Identifier: EUPL-1.2 */
/* test_sluis_codes.c - the public header says the same as the catalogue of codes. */
#include "client/sluis.h" /* first: it must stand alone */

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "client/command/complain.h"
#include "client/result.h"
#include "proto/rc.h"

static const struct pair {
	enum sluis_code public_code;
	rc              code;
} pairs[] = {
    {SLUIS_OK, RC_OK},
    {SLUIS_MALFORMED, RC_MALFORMED},
    {SLUIS_NOT_FOUND, RC_NOT_FOUND},
    {SLUIS_INVALID_SIGNAL, RC_INVALID_SIGNAL},
    {SLUIS_REVOKED, RC_REVOKED},
    {SLUIS_USAGE, RC_USAGE},
    {SLUIS_NO_CONVENANT, RC_NO_CONVENANT},
    {SLUIS_EMPTY_AUDIENCE, RC_EMPTY_AUDIENCE},
    {SLUIS_NOBODY_SERVED, RC_NOBODY_SERVED},
    {SLUIS_NO_COVER, RC_NO_COVER},
    {SLUIS_QUEUE_FULL, RC_QUEUE_FULL},
    {SLUIS_STOPPING, RC_STOPPING},
    {SLUIS_ALONE, RC_ALONE},
    {SLUIS_IN_USE, RC_IN_USE},
    {SLUIS_NOMEM, RC_NOMEM},
    {SLUIS_SOCKET, RC_SOCKET},
    {SLUIS_NOT_APPROVED, RC_NOT_APPROVED},
    {SLUIS_NOT_NEWER, RC_NOT_NEWER},
    {SLUIS_LEAF_TOO_LARGE, RC_LEAF_TOO_LARGE},
    {SLUIS_ERASED, RC_ERASED},
    {SLUIS_OLD_STATE, RC_OLD_STATE},
    {SLUIS_DISK_FULL, RC_DISK_FULL},
    {SLUIS_CLOCK_AHEAD, RC_CLOCK_AHEAD},
    {SLUIS_CLOCK_BACK, RC_CLOCK_BACK},
    {SLUIS_NO_QUORUM, RC_NO_QUORUM},
    {SLUIS_BAD_PROOF, RC_BAD_PROOF},
    {SLUIS_FORKED, RC_FORKED},
    {SLUIS_UNREACHABLE, RC_UNREACHABLE},
    {SLUIS_HANDSHAKE, RC_HANDSHAKE},
};

enum { N_PAIRS = sizeof pairs / sizeof pairs[0] };

/* The first and the last of every kind, and so all between: both lists only grow at the
 * end. */
static void
the_public_numbers_are_those_of_the_catalogue(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PAIRS; i++) {
		assert_int_equal((int)pairs[i].public_code, (int)pairs[i].code);
		assert_string_equal(
		    sluis_code_name(pairs[i].public_code), rc_name(pairs[i].code));
	}
}

static void
the_last_code_of_each_kind_is_in_the_public_header(void **state)
{
	static const enum sluis_code last[] = {SLUIS_ERASED, SLUIS_NO_COVER, SLUIS_IN_USE,
	    SLUIS_CLOCK_BACK, SLUIS_NO_QUORUM, SLUIS_HANDSHAKE};

	(void)state;
	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
		assert_string_equal(
		    sluis_code_name((enum sluis_code)(last[i] + 1)), "internal_error");
}

static void
no_failure_exits_with_zero(void **state)
{
	(void)state;
	assert_int_equal(sluis_code_exit_status(SLUIS_OK), 0);
	for (unsigned i = 0; rc_at(i) != RC_OK; i++)
		assert_int_not_equal(
		    sluis_code_exit_status((enum sluis_code)rc_at(i)), 0);
	assert_int_not_equal(sluis_code_exit_status((enum sluis_code)0x7777), 0);
}

static void
every_code_has_a_meaning_for_people(void **state)
{
	(void)state;
	for (unsigned i = 0; rc_at(i) != RC_OK; i++)
		assert_ptr_not_equal(code_meaning(rc_at(i)), rc_name(rc_at(i)));
}

static void
every_event_kind_has_a_name(void **state)
{
	(void)state;
	for (int kind = 1; kind <= SLUIS__EVENT_KIND__EVENT_CLOCK; kind++)
		assert_string_not_equal(event_name(kind), "unknown");
	assert_string_equal(event_name(-1), "unknown");
	assert_string_equal(event_name(1000), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_public_numbers_are_those_of_the_catalogue),
	    cmocka_unit_test(the_last_code_of_each_kind_is_in_the_public_header),
	    cmocka_unit_test(no_failure_exits_with_zero),
	    cmocka_unit_test(every_code_has_a_meaning_for_people),
	    cmocka_unit_test(every_event_kind_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
