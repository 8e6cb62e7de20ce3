/* SPDX-License-Identifier: EUPL-1.2 */
/* test_why.c - what is wrong with a file is said of that file. */
#include "broker/why.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "certs/file.h"
#include "support/region.h"

static char dir[FOLDER_MAX], path[FOLDER_MAX + 8], text[WHY_MAX];

static int
make(void **state)
{
	(void)state;
	make_folder(dir, "why");
	(void)snprintf(path, sizeof path, "%s/keys", dir);
	must(file_write(path, slice_str("{}"), 0600));
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	remove_folder(dir);
	return 0;
}

static void
says(bool secret, const char *want)
{
	why_file(text, path, secret, "otherwise");
	assert_memory_equal(text, path, strlen(path));
	assert_memory_equal(text + strlen(path), ": ", 2);
	assert_string_equal(text + strlen(path) + 2, want);
}

static void
a_sound_file_is_wrong_for_another_reason(void **state)
{
	(void)state;
	says(true, "otherwise");
	assert_int_equal(chmod(path, 0644), 0);
	says(false, "otherwise");
}

static void
a_secret_that_others_may_use_is_named_with_its_mode(void **state)
{
	(void)state;
	assert_int_equal(chmod(path, 0640), 0);
	says(true, "others may use it (mode 0640): chmod 600");
	assert_int_equal(chmod(path, 0601), 0);
	says(true, "others may use it (mode 0601): chmod 600");
}

static void
what_is_absent_or_no_file_is_named(void **state)
{
	char link[80];

	(void)state;
	(void)snprintf(link, sizeof link, "%s/other", dir);
	assert_int_equal(rename(path, link), 0);
	says(true, "it is not there");
	says(false, "it is not there");
	assert_int_equal(symlink(link, path), 0);
	says(true, "it is a link; a secret stands there itself");
	says(false, "otherwise");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	says(true, "it is no file");
	says(false, "it is no file");
	assert_int_equal(rmdir(path), 0);
}

static void
who_may_not_read_is_named(void **state)
{
	(void)state;
	if (geteuid() != 0) skip();
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(seteuid(12345), 0);
	why_file(text, path, true, "otherwise");
	assert_int_equal(seteuid(0), 0);
	assert_non_null(
	    strstr(text, "/keys: user 12345 may not read it (mode 0600 of user 0)"));
}

static void
a_long_path_does_not_run_over(void **state)
{
	char longest[4096];

	(void)state;
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	why_text(text, longest, "what");
	assert_true(strlen(text) < WHY_MAX);
	assert_non_null(strstr(text, "a: what"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
	        a_sound_file_is_wrong_for_another_reason, make, drop),
	    cmocka_unit_test_setup_teardown(
	        a_secret_that_others_may_use_is_named_with_its_mode, make, drop),
	    cmocka_unit_test_setup_teardown(
	        what_is_absent_or_no_file_is_named, make, drop),
	    cmocka_unit_test_setup_teardown(who_may_not_read_is_named, make, drop),
	    cmocka_unit_test(a_long_path_does_not_run_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
