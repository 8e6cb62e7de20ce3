/* SPDX-License-Identifier: EUPL-1.2 */
/* test_file.c - whole files or nothing, and secrets that are secrets. */
#include "certs/file.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], path[96];

static int fail_fsync, fail_rename; /* fail the n-th call from now; 0: none */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

static bool
its_turn(int *countdown)
{
	if (*countdown == 0 || --*countdown > 0) return false;
	errno = EIO;
	return true;
}

int
__wrap_fsync(int fd)
{
	return its_turn(&fail_fsync) ? -1 : __real_fsync(fd);
}

int
__wrap_rename(const char *from, const char *to)
{
	return its_turn(&fail_rename) ? -1 : __real_rename(from, to);
}

static int
make_dir(void **state)
{
	(void)state;
	fail_fsync = fail_rename = 0;
	snprintf(dir, sizeof dir, "/tmp/sluis-file-XXXXXX");
	if (mkdtemp(dir) == NULL) return -1;
	snprintf(path, sizeof path, "%s/thing", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

static int
files_in_dir(void)
{
	DIR *d = opendir(dir);
	int  n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL) n++;
	closedir(d);
	return n - 2;
}

static void
assert_content(const char *expected)
{
	struct buf b = buf_init(1024);

	assert_int_equal(file_read(path, 1024, false, &b), RC_OK);
	assert_true(slice_equal(buf_slice(&b), slice_str(expected)));
	buf_wipe(&b);
}

static rc
read_secret(size_t max)
{
	struct buf b    = buf_init(1024);
	rc         code = file_read(path, max, true, &b);

	assert_true(code == RC_OK || b.n == 0);
	buf_wipe(&b);
	return code;
}

/* --- writing --------------------------------------------------------------------- */

static void
what_is_written_is_read_back(void **state)
{
	(void)state;
	assert_int_equal(file_write(path, slice_str("one"), MODE_PUBLIC), RC_OK);
	assert_content("one");
	assert_int_equal(file_write(path, slice_str("two, longer"), MODE_PUBLIC), RC_OK);
	assert_content("two, longer");
	assert_int_equal(file_write(path, slice_str(""), MODE_PUBLIC), RC_OK);
	assert_content("");
	assert_int_equal(files_in_dir(), 1);
}

static void
what_is_written_for_later_is_there_and_can_be_waited_for(void **state)
{
	(void)state;
	assert_int_equal(file_write_later(path, slice_str("soon"), MODE_PUBLIC), RC_OK);
	assert_content("soon");
	assert_int_equal(files_in_dir(), 1);
	assert_int_equal(file_sync_all(path), RC_OK);
	assert_int_equal(file_sync_all("/nowhere/at/all"), RC_DISK);
	assert_int_equal(
	    file_write_later("/nowhere/at/all", slice_str("x"), MODE_PUBLIC), RC_DISK);
}

static void
the_mode_is_exact_whatever_the_umask(void **state)
{
	struct stat st;
	mode_t      old = umask(0777);

	(void)state;
	assert_int_equal(file_write(path, slice_str("x"), MODE_SECRET), RC_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	umask(0);
	assert_int_equal(file_write(path, slice_str("x"), MODE_SECRET), RC_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(file_write(path, slice_str("x"), MODE_PUBLIC), RC_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	umask(old);
}

static void
a_failing_fsync_leaves_the_old_file_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(file_write(path, slice_str("old"), MODE_PUBLIC), RC_OK);
	fail_fsync = 1;
	assert_int_equal(file_write(path, slice_str("new"), MODE_PUBLIC), RC_DISK);
	assert_content("old");
	assert_int_equal(files_in_dir(), 1);
}

static void
a_failing_rename_leaves_the_old_file_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(file_write(path, slice_str("old"), MODE_PUBLIC), RC_OK);
	fail_rename = 1;
	assert_int_equal(file_write(path, slice_str("new"), MODE_PUBLIC), RC_DISK);
	assert_content("old");
	assert_int_equal(files_in_dir(), 1);
}

/* The second fsync is the folder's: without it a power cut may undo the rename. */
static void
a_failing_fsync_of_the_folder_is_not_hidden(void **state)
{
	(void)state;
	fail_fsync = 2;
	assert_int_equal(file_write(path, slice_str("new"), MODE_PUBLIC), RC_DISK);
	assert_int_equal(fail_fsync, 0);
}

static void
a_full_disk_leaves_the_old_file_and_no_other(void **state)
{
	static uint8_t      big[8192];
	const struct rlimit small = {4096, RLIM_INFINITY};
	struct rlimit       was;

	(void)state;
	assert_int_equal(file_write(path, slice_str("old"), MODE_PUBLIC), RC_OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	rc code = file_write(path, slice_of(big, sizeof big), MODE_PUBLIC);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(code, RC_DISK);
	assert_content("old");
	assert_int_equal(files_in_dir(), 1);
}

static void
a_folder_in_the_way_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(file_write(path, slice_str("x"), MODE_PUBLIC), RC_DISK);
	assert_int_equal(files_in_dir(), 1);
}

static void
a_folder_that_is_not_there_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(
	    file_write("/nowhere/at/all", slice_str("x"), MODE_PUBLIC), RC_DISK);
}

static void
writing_over_a_link_replaces_the_link(void **state)
{
	char        other[96];
	struct stat st;

	(void)state;
	snprintf(other, sizeof other, "%s/other", dir);
	assert_int_equal(file_write(other, slice_str("kept"), MODE_PUBLIC), RC_OK);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(file_write(path, slice_str("new"), MODE_SECRET), RC_OK);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_size, 4);
}

/* --- reading --------------------------------------------------------------------- */

static void
a_file_that_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(read_secret(10), RC_NOT_FOUND);
}

static void
max_is_the_last_size_that_is_read(void **state)
{
	static uint8_t big[5000];
	struct buf     b = buf_init(2 * sizeof big);

	(void)state;
	assert_int_equal(file_write(path, slice_of(big, sizeof big), MODE_SECRET), RC_OK);
	assert_int_equal(file_read(path, 5000, true, &b), RC_OK);
	assert_int_equal(b.n, 5000);
	assert_int_equal(file_read(path, 4999, true, &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 5000);
	assert_int_equal(file_read(path, 4096, true, &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 5000);
	assert_int_equal(file_read(path, 0, true, &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 5000);
	buf_wipe(&b);
}

static void
what_was_read_in_vain_is_wiped(void **state)
{
	static uint8_t big[5000];
	struct buf     b = buf_init(5000);

	(void)state;
	memset(big, 0x77, sizeof big);
	assert_int_equal(file_write(path, slice_of(big, sizeof big), MODE_SECRET), RC_OK);
	assert_int_equal(buf_append(&b, slice_str("x")), RC_OK);
	assert_int_equal(file_read(path, 5000, true, &b), RC_TOO_LARGE); /* b is full */
	assert_int_equal(b.n, 1);
	for (size_t i = 1; i <= 4096; i++) assert_int_equal(b.p[i], 0);
	buf_wipe(&b);
}

static void
reading_appends(void **state)
{
	struct buf b = buf_init(100);

	(void)state;
	assert_int_equal(file_write(path, slice_str("de"), MODE_PUBLIC), RC_OK);
	assert_int_equal(buf_append(&b, slice_str("abc")), RC_OK);
	assert_int_equal(file_read(path, 100, false, &b), RC_OK);
	assert_true(slice_equal(buf_slice(&b), slice_str("abcde")));
	buf_wipe(&b);
}

static void
a_secret_that_others_may_touch_is_refused(void **state)
{
	(void)state;
	assert_int_equal(file_write(path, slice_str("x"), MODE_SECRET), RC_OK);
	assert_int_equal(read_secret(10), RC_OK);
	for (int bit = 0; bit < 6; bit++) {
		assert_int_equal(chmod(path, (mode_t)(0600 | 1 << bit)), 0);
		assert_int_equal(read_secret(10), RC_CONFIG);
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(read_secret(10), RC_OK);
}

static void
a_secret_behind_a_link_is_refused(void **state)
{
	char other[96];

	(void)state;
	snprintf(other, sizeof other, "%s/other", dir);
	assert_int_equal(file_write(other, slice_str("x"), MODE_SECRET), RC_OK);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(read_secret(10), RC_CONFIG);
	assert_content("x"); /* what is public may lie behind one */
}

static void
a_secret_that_is_no_file_is_refused(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_secret(10), RC_CONFIG); /* and nobody waits for a writer */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(read_secret(10), RC_CONFIG);
}

static void
a_folder_is_not_read(void **state)
{
	struct buf b = buf_init(10);

	(void)state;
	assert_int_equal(file_read(dir, 10, false, &b), RC_DISK);
	buf_wipe(&b);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_is_written_is_read_back),
	    T(what_is_written_for_later_is_there_and_can_be_waited_for),
	    T(the_mode_is_exact_whatever_the_umask),
	    T(a_failing_fsync_leaves_the_old_file_and_no_other),
	    T(a_failing_rename_leaves_the_old_file_and_no_other),
	    T(a_failing_fsync_of_the_folder_is_not_hidden),
	    T(a_full_disk_leaves_the_old_file_and_no_other),
	    T(a_folder_in_the_way_is_an_error),
	    T(a_folder_that_is_not_there_is_an_error),
	    T(writing_over_a_link_replaces_the_link),
	    T(a_file_that_is_not_there_is_not_found),
	    T(max_is_the_last_size_that_is_read),
	    T(what_was_read_in_vain_is_wiped),
	    T(reading_appends),
	    T(a_secret_that_others_may_touch_is_refused),
	    T(a_secret_behind_a_link_is_refused),
	    T(a_secret_that_is_no_file_is_refused),
	    T(a_folder_is_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
