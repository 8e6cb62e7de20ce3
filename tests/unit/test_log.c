/* SPDX-License-Identifier: EUPL-1.2 */
/* test_log.c - one event is one line, whatever its detail holds. */
#include "broker/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char line[1024];

/* What is logged with DETAIL, from "detail=" on. */
static const char *
logged(const char *detail)
{
	int ends[2], old = dup(STDERR_FILENO);
	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	LOG(LOG_POLICY, .detail = detail);
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	(void)close(old);
	(void)close(ends[1]);
	ssize_t n = read(ends[0], line, sizeof line - 1);
	(void)close(ends[0]);
	assert_true(n > 0);
	line[n] = '\0';
	assert_ptr_equal(strchr(line, '\n'), line + n - 1);
	const char *at = strstr(line, " detail=");
	assert_non_null(at);
	return at + 8;
}

static void
a_detail_stands_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(
	    logged("zvh.yaml:1:2: %s co\xc3\xb6p"), "zvh.yaml:1:2: %s co\xc3\xb6p\n");
	assert_string_equal(logged(""), "\n");
}

static void
a_detail_cannot_begin_a_line_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(
	    logged("a\nsluis POLICY-IN-FORCE\r"), "a\\x0asluis POLICY-IN-FORCE\\x0d\n");
	assert_string_equal(logged("a\xe2\x80\xa8z"), "a\\xe2\\x80\\xa8z\n");
}

static void
a_detail_cannot_steer_a_terminal(void **state)
{
	(void)state;
	assert_string_equal(logged("\x1b[31m\x7f"), "\\x1b[31m\\x7f\n");
	assert_string_equal(logged("\xc2\x9b"
	                           "31m"),
	    "\\xc2\\x9b31m\n");
	assert_string_equal(logged("\xe2\x80\xaegnp"), "\\xe2\\x80\\xaegnp\n");
	assert_string_equal(logged("\xff\xc3"), "\\xff\\xc3\n");
}

static void
a_long_detail_is_cut_and_still_one_line(void **state)
{
	char text[2000];
	(void)state;
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_true(strlen(logged(text)) < 512);
	memset(text, '\n', sizeof text - 1);
	assert_true(strlen(logged(text)) < 512);
}

/* How many of ten lines about the links of OIN are written. */
static size_t
told_of_links(const char *oin)
{
	int    ends[2], old = dup(STDERR_FILENO);
	size_t lines = 0;

	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	for (int i = 0; i < 10; i++) LOG(LOG_LINKS_FULL, .oin = oin, .n = 3);
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	(void)close(old);
	(void)close(ends[1]);
	ssize_t n = read(ends[0], line, sizeof line - 1);
	(void)close(ends[0]);
	for (ssize_t i = 0; i < n; i++) lines += line[i] == '\n';
	return lines;
}

static void
that_a_party_had_its_share_of_the_day_is_said_once_and_of_each_party(void **state)
{
	(void)state;
	assert_int_equal(told_of_links("00000001234567890000"), 1);
	assert_int_equal(told_of_links("00000001234567890000"), 0);
	assert_int_equal(told_of_links("00000009876543210000"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_detail_stands_as_it_is),
	    cmocka_unit_test(a_detail_cannot_begin_a_line_of_its_own),
	    cmocka_unit_test(a_detail_cannot_steer_a_terminal),
	    cmocka_unit_test(a_long_detail_is_cut_and_still_one_line),
	    cmocka_unit_test(
	        that_a_party_had_its_share_of_the_day_is_said_once_and_of_each_party),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
