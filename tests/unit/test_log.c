/* SPDX-License-Identifier: EUPL-1.2 */
/* test_log.c - one event is one line, whatever its detail holds. */
#include "broker/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/log_limit.h"

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

/* How many of N lines ID about OIN are written. */
static size_t
told(enum log_id id, size_t n, const char *oin)
{
	int     ends[2], old = dup(STDERR_FILENO);
	size_t  lines = 0;
	ssize_t got;

	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	for (size_t i = 0; i < n; i++)
		log_write(id, (struct log_event){.oin = oin, .n = i});
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	(void)close(old);
	(void)close(ends[1]);
	while ((got = read(ends[0], line, sizeof line)) > 0)
		for (ssize_t i = 0; i < got; i++) lines += line[i] == '\n';
	(void)close(ends[0]);
	return lines;
}

static size_t
told_of_links(const char *oin)
{
	return told(LOG_LINKS_FULL, 10, oin);
}

static void
that_a_party_had_its_share_of_the_day_is_said_once_and_of_each_party(void **state)
{
	(void)state;
	assert_int_equal(told_of_links("00000001234567890000"), 1);
	assert_int_equal(told_of_links("00000001234567890000"), 0);
	assert_int_equal(told_of_links("00000009876543210000"), 1);
}

/* A copy that no longer opens, and a desk that fetches nothing, are met at every request.
 */
static void
what_requests_meet_again_and_again_is_said_so_often_in_a_minute(void **state)
{
	static const enum log_id ids[] = {
	    LOG_COPY_UNREADABLE, LOG_NOTICE_LOST, LOG_REFUSED};

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		size_t n = told(ids[i], 300, "00000001234567890000");
		/* a new minute may begin meanwhile, and tells what was left out */
		assert_in_range(n, LOG_LINES_A_MINUTE, 2 * LOG_LINES_A_MINUTE + 1);
	}
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
	    cmocka_unit_test(
	        what_requests_meet_again_and_again_is_said_so_often_in_a_minute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
