/* SPDX-License-Identifier: EUPL-1.2 */
/* test_text.c - lines, decimals and UTF-8, and the trail of a walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/text.h"
#include "proto/trail.h"

static void
lines_are_taken_without_their_newline(void **state)
{
	struct slice rest = slice_str("a\n\nb"), line;
	(void)state;

	assert_int_equal(text_line(&rest, &line), RC_OK);
	assert_true(slice_equal(line, slice_str("a")));
	assert_int_equal(text_line(&rest, &line), RC_OK);
	assert_int_equal(line.n, 0);
	assert_int_equal(text_line(&rest, &line), RC_MALFORMED);
	assert_true(slice_equal(rest, slice_str("b")));
	rest = slice_of(NULL, 0);
	assert_int_equal(text_line(&rest, &line), RC_MALFORMED);
}

static void
a_prefix_is_taken_only_if_all_of_it_is_there(void **state)
{
	struct slice s = slice_str("index 5");
	(void)state;

	assert_false(text_skip(&s, "index 55"));
	assert_false(text_skip(&s, "Index"));
	assert_true(text_skip(&s, "index "));
	assert_true(slice_equal(s, slice_str("5")));
}

static void
decimals_are_plain_and_fit_64_bits(void **state)
{
	static const char *const bad[] = {"", "00", "01", "-1", "+1", " 1", "1 ", "1.0",
	    "0x1", "1e3", "18446744073709551616", "18446744073709551620",
	    "99999999999999999999", "\xd9\xa1"};
	uint64_t                 v     = 7;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(text_decimal(slice_str(bad[i]), &v), RC_MALFORMED);
	assert_int_equal(v, 7);
	assert_int_equal(text_decimal(slice_str("0"), &v), RC_OK);
	assert_int_equal(v, 0);
	assert_int_equal(text_decimal(slice_str("18446744073709551615"), &v), RC_OK);
	assert_true(v == UINT64_MAX);
}

static void
base64_has_exactly_the_length_asked_for(void **state)
{
	uint8_t out[3] = {9, 9, 9};
	(void)state;

	assert_int_equal(text_base64(slice_str("YWI="), out, 3), RC_MALFORMED);
	assert_int_equal(text_base64(slice_str("YWJjZA=="), out, 3), RC_MALFORMED);
	assert_int_equal(text_base64(slice_str(""), out, 3), RC_MALFORMED);
	assert_int_equal(out[0], 9);
	assert_int_equal(text_base64(slice_str("YWJj"), out, 3), RC_OK);
	assert_memory_equal(out, "abc", 3);
}

static void
a_user_is_a_number_of_its_party_and_no_text(void **state)
{
	static const char *const bad[] = {"", " ", "a b", "jan@x", "a/b", "a:b", "é",
	    "a\n", "\"", "=1+1", "a,b",
	    "12345678901234567890123456789012345678901234567890123456789012345"};
	(void)state;

	assert_true(text_is_user("m-0042"));
	assert_true(text_is_user("A_z.9"));
	assert_true(text_is_user(
	    "1234567890123456789012345678901234567890123456789012345678901234"));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_user(bad[i]));
}

static void
utf8_is_shortest_form_of_scalar_values(void **state)
{
	static const char *const good[] = {"", "a", "\xc2\x80", "\xdf\xbf",
	    "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
	    "\xf4\x8f\xbf\xbf"};
	static const char *const bad[]  = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2",
	     "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf",
	     "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
	     "\xf5\x80\x80\x80", "\xf0\x9f\x98", "\xfe", "\xff", "a\xc3(", "\xc2\xc2"};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_is_utf8(slice_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_utf8(slice_str(bad[i])));
	assert_true(text_is_utf8(slice_of("a\0b", 3)));
	assert_false(text_is_utf8(slice_of("\xe2\x82\xac", 2))); /* not beyond its end */
}

/* White_Space of the Unicode character database, all of it. */
static void
spaces_and_controls_are_those_of_unicode(void **state)
{
	static const int32_t spaces[] = {9, 10, 11, 12, 13, 32, 0x85, 0xa0, 0x1680,
	    0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008,
	    0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
	size_t               n        = 0;
	(void)state;

	for (int32_t c = 0; c < 0x110000; c++) {
		bool want = n < sizeof spaces / sizeof spaces[0] && spaces[n] == c;
		assert_int_equal(text_is_space(c), want);
		n += want;
		assert_int_equal(text_is_control(c), c < 0x20 || (c >= 0x7f && c < 0xa0));
	}
	assert_int_equal(n, sizeof spaces / sizeof spaces[0]);
}

static void
a_trail_goes_in_and_out(void **state)
{
	struct trail t = {.n = 0};
	struct where w;
	(void)state;

	size_t a = trail_enter(&t, "persons", 12);
	size_t b = trail_enter(&t, "bsn", TRAIL_SINGULAR);
	assert_string_equal(t.at, "persons[12].bsn");
	assert_int_equal(trail_fail(&t, RC_MALFORMED, "why", &w), RC_MALFORMED);
	assert_string_equal(w.at, "persons[12].bsn");
	assert_string_equal(w.reason, "why");
	trail_leave(&t, b);
	assert_string_equal(t.at, "persons[12]");
	trail_leave(&t, a);
	assert_string_equal(t.at, "");
}

static void
a_trail_too_long_is_cut_and_can_be_left(void **state)
{
	struct trail t = {.n = 0};
	size_t       back[40];
	(void)state;

	for (int i = 0; i < 40; i++) back[i] = trail_enter(&t, "a_field_name", i);
	assert_int_equal(strlen(t.at), sizeof t.at - 1);
	assert_int_equal(t.n, sizeof t.at - 1);
	for (int i = 39; i >= 0; i--) trail_leave(&t, back[i]);
	assert_string_equal(t.at, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_taken_without_their_newline),
	    cmocka_unit_test(a_prefix_is_taken_only_if_all_of_it_is_there),
	    cmocka_unit_test(decimals_are_plain_and_fit_64_bits),
	    cmocka_unit_test(base64_has_exactly_the_length_asked_for),
	    cmocka_unit_test(a_user_is_a_number_of_its_party_and_no_text),
	    cmocka_unit_test(utf8_is_shortest_form_of_scalar_values),
	    cmocka_unit_test(spaces_and_controls_are_those_of_unicode),
	    cmocka_unit_test(a_trail_goes_in_and_out),
	    cmocka_unit_test(a_trail_too_long_is_cut_and_can_be_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
