/* SPDX-License-Identifier: EUPL-1.2 */
/* test_install.c - a folder is swapped whole, and put back, also where it cannot be done
 * in one step. */
#include "client/command/install.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/auto.h"

static char root[64];

/* --- faults ---------------------------------------------------------------------- */

static int  exchange_fails; /* errno of every renameat2() */
static long rename_fails;   /* the n-th rename() from now fails, 0: none */

int __wrap_renameat2(int a, const char *x, int b, const char *y, unsigned flags);
int __real_renameat2(int a, const char *x, int b, const char *y, unsigned flags);
int __wrap_rename(const char *x, const char *y);
int __real_rename(const char *x, const char *y);

int
__wrap_renameat2(int a, const char *x, int b, const char *y, unsigned flags)
{
	if (exchange_fails == 0) return __real_renameat2(a, x, b, y, flags);
	errno = exchange_fails;
	return -1;
}

/* Renames of whole folders only: those of files are file_write()'s. */
int
__wrap_rename(const char *x, const char *y)
{
	struct stat st;

	if (stat(x, &st) == 0 && S_ISDIR(st.st_mode) && rename_fails != 0 &&
	    --rename_fails == 0) {
		errno = EIO;
		return -1;
	}
	return __real_rename(x, y);
}

/* --- help ------------------------------------------------------------------------ */

static const char *
at(const char *name)
{
	static char paths[4][256];
	static int  next;

	next = (next + 1) % 4;
	(void)snprintf(paths[next], sizeof paths[next], "%s/%s", root, name);
	return paths[next];
}

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "wb");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
holds(const char *name, const char *text)
{
	char  got[64] = "";
	FILE *f       = fopen(at(name), "rb");

	if (text == NULL) {
		assert_null(f);
		return;
	}
	assert_non_null(f);
	assert_non_null(fgets(got, sizeof got, f));
	assert_int_equal(fclose(f), 0);
	assert_string_equal(got, text);
}

static size_t
n_entries(void)
{
	DIR   *d = opendir(root);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) n += e->d_name[0] != '.';
	assert_int_equal(closedir(d), 0);
	return n;
}

/* Read folder FROM and put it in the place of AT. */
static rc
swap(const char *from, const char *place)
{
	AUTO(policy_files_wipe) struct policy_files files = {0}, cases = {0};
	struct install_bundle b = {.files = &files, .cases = &cases};

	TRY(policy_files_read(from, true, &files, NULL));
	TRY(policy_cases_read(from, &cases, NULL));
	return install_swap(&b, place);
}

static int
fresh(void **state)
{
	(void)state;
	exchange_fails = 0;
	rename_fails   = 0;
	(void)snprintf(root, sizeof root, "/tmp/sluis-install-XXXXXX");
	if (mkdtemp(root) == NULL) return -1;
	(void)mkdir(at("policy"), 0750);
	(void)mkdir(at("new"), 0700);
	(void)mkdir(at("new/signatures"), 0700);
	put("policy/a.yaml", "old");
	put("new/a.yaml", "new");
	put("new/a.cases.yaml", "cases");
	put("new/README.md", "no policy");
	put("new/.hidden.yaml", "no policy");
	put("new/signatures/1.sig", "S");
	put("new/signatures/notes.txt", "no signature");
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static int
drop(void **state)
{
	(void)state;
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
is_old(void)
{
	holds("policy/a.yaml", "old");
	assert_int_equal(n_entries(), 2);
}

/* --- swapping -------------------------------------------------------------------- */

static void
a_folder_takes_the_place_of_another(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(swap(at("new"), at("policy")), RC_OK);
	holds("policy/a.yaml", "new");
	holds("policy/a.cases.yaml", "cases");
	holds("policy/signatures/1.sig", "S");
	holds("policy/README.md", NULL);
	holds("policy/.hidden.yaml", NULL);
	holds("policy/signatures/notes.txt", NULL);
	holds("policy.former/a.yaml", "old");
	holds("new/a.yaml", "new");
	assert_int_equal(n_entries(), 3);
	assert_int_equal(stat(at("policy"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
}

static void
only_the_last_former_folder_is_kept(void **state)
{
	(void)state;
	assert_int_equal(swap(at("new"), at("policy")), RC_OK);
	put("new/a.yaml", "newer");
	assert_int_equal(swap(at("new"), at("policy")), RC_OK);
	holds("policy/a.yaml", "newer");
	holds("policy.former/a.yaml", "new");
	assert_int_equal(n_entries(), 3);
}

static void
what_was_refused_goes_out_again(void **state)
{
	(void)state;
	assert_int_equal(install_undo(at("policy")), RC_NOT_FOUND);
	assert_int_equal(swap(at("new"), at("policy")), RC_OK);
	assert_int_equal(install_undo(at("policy")), RC_OK);
	holds("policy/a.yaml", "old");
	holds("policy.refused/a.yaml", "new");
	assert_int_equal(n_entries(), 3);
	assert_int_equal(install_undo(at("policy")), RC_NOT_FOUND);
}

static void
a_link_is_replaced_and_what_it_led_to_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(__real_rename(at("policy"), at("real")), 0);
	assert_int_equal(symlink("real", at("policy")), 0);
	assert_int_equal(swap(at("new"), at("policy")), RC_OK);
	holds("policy/a.yaml", "new");
	holds("real/a.yaml", "old");
	holds("policy.former/a.yaml", "old");
	assert_int_equal(install_undo(at("policy")), RC_OK);
	holds("policy/a.yaml", "old");
}

static void
where_two_folders_cannot_change_places_at_once_they_do_it_in_turn(void **state)
{
	static const int reasons[] = {EINVAL, ENOSYS, EXDEV};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		exchange_fails = reasons[i];
		assert_int_equal(swap(at("new"), at("policy")), RC_OK);
		holds("policy/a.yaml", "new");
		holds("policy.former/a.yaml", "old");
		assert_int_equal(install_undo(at("policy")), RC_OK);
		holds("policy/a.yaml", "old");
	}
	assert_int_equal(n_entries(), 3);
}

static void
what_was_read_is_written_and_not_what_came_since(void **state)
{
	AUTO(policy_files_wipe) struct policy_files files = {0}, cases = {0};
	rc                                          codes[] = {RC_BAD_SIGNATURE, RC_OK};
	struct install_bundle b = {.files = &files, .codes = codes, .cases = &cases};

	(void)state;
	put("new/signatures/0.sig", "counts for nothing");
	assert_int_equal(policy_files_read(at("new"), true, &files, NULL), RC_OK);
	assert_int_equal(files.n_signatures, 2);
	put("new/a.yaml", "another text");
	put("new/b.yaml", "another file");
	put("new/signatures/2.sig", "another signature");
	assert_int_equal(install_swap(&b, at("policy")), RC_OK);
	holds("policy/a.yaml", "new");
	holds("policy/b.yaml", NULL);
	holds("policy/a.cases.yaml", NULL);
	holds("policy/signatures/0.sig", NULL);
	holds("policy/signatures/1.sig", "S");
	holds("policy/signatures/2.sig", NULL);
}

static void
routes_go_along(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(at("new/routes"), 0700), 0);
	put("new/routes/r.yaml", "way");
	put("new/routes/r.cases.yaml", "no part of it");
	assert_int_equal(swap(at("new"), at("policy")), RC_OK);
	holds("policy/routes/r.yaml", "way");
	holds("policy/routes/r.cases.yaml", NULL);
	assert_int_equal(stat(at("policy/routes"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	assert_int_equal(install_copy(at("new"), at("policy.former")), RC_OK);
	holds("policy.former/routes/r.yaml", "way");
}

static void
links_and_pipes_are_not_copied(void **state)
{
	(void)state;
	put("secret", "a key");
	assert_int_equal(chmod(at("secret"), 0600), 0);
	assert_int_equal(symlink("../../secret", at("new/signatures/zz.sig")), 0);
	assert_int_equal(mkfifo(at("new/signatures/pipe.sig"), 0600), 0);
	assert_int_equal(swap(at("new"), at("policy")), RC_OK);
	holds("policy/signatures/1.sig", "S");
	holds("policy/signatures/zz.sig", NULL);
	holds("policy/signatures/pipe.sig", NULL);
	assert_int_equal(install_copy(at("new"), at("policy.former")), RC_OK);
	holds("policy.former/signatures/zz.sig", NULL);
	assert_int_equal(symlink("../secret", at("new/b.cases.yaml")), 0);
	assert_int_equal(swap(at("new"), at("policy")), RC_POLICY);
	assert_int_equal(unlink(at("new/b.cases.yaml")), 0);
	assert_int_equal(mkfifo(at("new/b.yaml"), 0600), 0);
	assert_int_equal(swap(at("new"), at("policy")), RC_POLICY);
	holds("policy/a.yaml", "new");
}

/* --- failing --------------------------------------------------------------------- */

static void
a_place_or_folder_that_is_not_there_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(swap(at("new"), at("elsewhere")), RC_NOT_FOUND);
	assert_int_equal(swap(at("nothing"), at("policy")), RC_DISK);
	assert_int_equal(swap(at("new"), at("new/a.yaml")), RC_NOT_FOUND);
	is_old();
}

static void
a_swap_that_fails_changes_nothing(void **state)
{
	(void)state;
	exchange_fails = EIO;
	assert_int_equal(swap(at("new"), at("policy")), RC_DISK);
	is_old();
	for (long n = 1; n <= 3; n++) {
		exchange_fails = EXDEV;
		rename_fails   = n;
		assert_int_equal(swap(at("new"), at("policy")), RC_DISK);
		is_old();
	}
	exchange_fails = 0;
	rename_fails   = 1; /* that of the former folder to its name */
	assert_int_equal(swap(at("new"), at("policy")), RC_DISK);
	is_old();
}

#define T(name) cmocka_unit_test_setup_teardown(name, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_folder_takes_the_place_of_another),
	    T(only_the_last_former_folder_is_kept),
	    T(what_was_refused_goes_out_again),
	    T(a_link_is_replaced_and_what_it_led_to_is_left_alone),
	    T(where_two_folders_cannot_change_places_at_once_they_do_it_in_turn),
	    T(what_was_read_is_written_and_not_what_came_since),
	    T(routes_go_along),
	    T(links_and_pipes_are_not_copied),
	    T(a_place_or_folder_that_is_not_there_changes_nothing),
	    T(a_swap_that_fails_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
