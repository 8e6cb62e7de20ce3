/* SPDX-License-Identifier: EUPL-1.2 */
/* test_witness_key.c - the key of a witness is made once; evidence is kept once; two
 * heads agree only by a proof. */
#include <poll.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "certs/file.h"
#include "client/forks.h"
#include "client/history.h"
#include "client/witness.h"
#include "client/witness_lock.h"
#include "proto/auto.h"

#define ORIGIN "sluis.example/test"

static char dir[64];

static const char *
in_dir(const char *name)
{
	static char path[FILE_PATH_MAX];

	assert_int_equal(path_join(path, dir, name), RC_OK);
	return path;
}

static int
open_folder(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/sluis-witness-XXXXXX");
	return sodium_init() >= 0 && mkdtemp(dir) != NULL ? 0 : -1;
}

static rc
remove_one(void *arg, const char *path)
{
	(void)arg;
	return remove(path) == 0 ? RC_OK : RC_DISK;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = {"witness.json", "witness.lock", "forks/other",
	    "region.json", "trust", "forks"};
	(void)state;

	assert_int_equal(forks_each(dir, remove_one, NULL), RC_OK);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)remove(in_dir(names[i]));
	return rmdir(dir);
}

static void
a_key_is_made_once_and_is_the_owners_alone(void **state)
{
	struct witness_key a, b;
	struct stat        st;
	(void)state;

	assert_int_equal(witness_key_open(dir, ORIGIN, "politie", &a), RC_OK);
	assert_int_equal(stat(in_dir("witness.json"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(witness_key_open(dir, ORIGIN, "politie", &b), RC_OK);
	assert_memory_equal(&a, &b, sizeof a);
	assert_string_equal(a.key.name, ORIGIN "/witness/politie");
	/* a folder that was given another name stays the witness that it was */
	assert_int_equal(witness_key_open(dir, ORIGIN, "kmar", &b), RC_OK);
	assert_memory_equal(&a, &b, sizeof a);
	witness_key_wipe(&a);
	assert_true(sodium_is_zero((const uint8_t *)&a, sizeof a));
}

static void
two_folders_have_two_keys_and_a_vkey_is_read_back(void **state)
{
	char                 one[NOTE_VKEY_MAX], two[NOTE_VKEY_MAX];
	struct note_verifier v;
	(void)state;

	assert_int_equal(witness_vkey(dir, ORIGIN, "politie", one), RC_OK);
	assert_int_equal(note_key_parse(&v, NOTE_COSIGNATURE, one), RC_OK);
	assert_int_equal(remove(in_dir("witness.json")), 0);
	assert_int_equal(witness_vkey(dir, ORIGIN, "politie", two), RC_OK);
	assert_string_not_equal(one, two);
}

static void
a_damaged_or_open_key_file_is_refused_and_not_replaced(void **state)
{
	static const char *const bad[] = {"", "{}", "{\"name\": \"a\"}", "[]",
	    "{\"name\": \"a\", \"ed25519_seed\": \"00\"}",
	    ("{\"name\": \"a b\", \"ed25519_seed\": "
	     "\"0700000000000000000000000000000000000000000000000000000000000000\"}")};
	struct witness_key       k     = {.secret = {0}};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO(buf_wipe) struct buf after = buf_init(4096);
		assert_int_equal(
		    file_write(in_dir("witness.json"), slice_str(bad[i]), 0600), RC_OK);
		assert_int_equal(witness_key_open(dir, ORIGIN, "politie", &k), RC_CONFIG);
		assert_true(sodium_is_zero(k.secret, sizeof k.secret));
		assert_int_equal(
		    file_read(in_dir("witness.json"), 4096, false, &after), RC_OK);
		assert_true(slice_equal(buf_slice(&after), slice_str(bad[i])));
	}
	assert_int_equal(remove(in_dir("witness.json")), 0);
	assert_int_equal(witness_key_open(dir, ORIGIN, "politie", &k), RC_OK);
	assert_int_equal(chmod(in_dir("witness.json"), 0644), 0);
	assert_int_equal(witness_key_open(dir, ORIGIN, "politie", &k), RC_CONFIG);
}

static unsigned waited_ms;

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms);

int
__wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	assert_true(fds == NULL && n == 0 && timeout_ms > 0);
	waited_ms += (unsigned)timeout_ms;
	return 0;
}

static void
who_finds_the_folder_held_waits_and_then_says_so(void **state)
{
	struct witness_key k;
	int                other = -1, mine = -1;
	(void)state;

	assert_int_equal(witness_lock(dir, 0, &other), RC_OK);
	assert_int_equal(witness_lock(dir, 0, &mine), RC_IN_USE);
	assert_int_equal(waited_ms, 0);
	file_unlock(&mine);
	assert_int_equal(witness_key_open(dir, ORIGIN, "politie", &k), RC_IN_USE);
	assert_in_range(waited_ms, WITNESS_WAIT_MS, 2 * WITNESS_WAIT_MS);
	assert_int_not_equal(access(in_dir("witness.json"), F_OK), 0);
	file_unlock(&other);
	assert_int_equal(witness_key_open(dir, ORIGIN, "politie", &k), RC_OK);
}

static void
a_name_that_is_none_for_a_key_makes_no_witness(void **state)
{
	struct witness_key k;
	(void)state;

	assert_int_equal(witness_key_open(dir, ORIGIN, "de politie", &k), RC_BAD_NOTE);
	assert_int_equal(witness_key_open(dir, ORIGIN, "a+b", &k), RC_BAD_NOTE);
	assert_int_not_equal(access(in_dir("witness.json"), F_OK), 0);
}

/* --- the trust file ----------------------------------------------------------------- */

static void
a_trust_file_is_found_beside_the_region(void **state)
{
	struct region        r = {.n_members = 0};
	struct trust_policy *p = NULL;
	struct sluis_error   e;
	(void)state;

	(void)snprintf(r.file, sizeof r.file, "%s", in_dir("region.json"));
	assert_int_equal(witness_trust(&r, &p, &e), RC_OK);
	assert_null(p); /* the region names none */
	(void)snprintf(r.trust, sizeof r.trust, "trust");
	assert_int_equal(witness_trust(&r, &p, &e), RC_OK);
	assert_null(p); /* not there yet */
	assert_int_equal(
	    file_write(in_dir("trust"), slice_str("\nquorum\n"), 0644), RC_OK);
	assert_int_equal(witness_trust(&r, &p, &e), RC_CONFIG);
	assert_non_null(strstr(e.where, "trust:2"));
	assert_null(p);
	assert_int_equal(
	    file_write(in_dir("trust"), slice_str("quorum none\n"), 0644), RC_OK);
	assert_int_equal(witness_trust(&r, &p, &e), RC_OK);
	assert_non_null(p);
	trust_policy_destroy(&p);
}

/* --- evidence ------------------------------------------------------------------------
 */

#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define ONE "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static rc
count(void *arg, const char *path)
{
	size_t *n = arg;
	(void)path;
	(*n)++;
	return RC_OK;
}

static void
evidence_is_kept_once_and_never_changed(void **state)
{
	AUTO(buf_wipe) struct buf kept = buf_init(4096);
	size_t                    n    = 0;
	(void)state;

	assert_int_equal(forks_each(dir, count, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(forks_keep(dir, slice_str("a\n5\n" ZEROS "\n\nfirst\n")), RC_OK);
	assert_int_equal(
	    forks_keep(dir, slice_str("a\n5\n" ZEROS "\n\nsecond\n")), RC_OK);
	assert_int_equal(forks_keep(dir, slice_str("a\n7\n" ONE "\n\nx\n")), RC_OK);
	assert_int_equal(file_write(in_dir("forks/other"), slice_str("x"), 0600), RC_OK);
	assert_int_equal(forks_each(dir, count, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(
	    file_read(in_dir("forks/5-0000000000000000.checkpoint"), 4096, false, &kept),
	    RC_OK);
	assert_true(
	    slice_equal(buf_slice(&kept), slice_str("a\n5\n" ZEROS "\n\nfirst\n")));
	assert_int_equal(forks_keep(dir, slice_str("no head")), RC_BAD_NOTE);
}

/* A head of SIZE whose root begins with the digits of ROOT. */
static rc
keep_head(unsigned size, unsigned root)
{
	char note[128];

	(void)snprintf(note, sizeof note,
	    "a\n%u\n%04u"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nx\n",
	    size, root);
	return forks_keep(dir, slice_str(note));
}

static void
no_third_head_of_a_size_is_kept_and_the_first_two_stay(void **state)
{
	size_t n = 0;
	(void)state;

	assert_int_equal(keep_head(5, 1), RC_OK);
	assert_int_equal(keep_head(55, 1), RC_OK);
	assert_int_equal(keep_head(5, 2), RC_OK);
	assert_int_equal(keep_head(5, 3), RC_TOO_MANY);
	assert_int_equal(keep_head(5, 1), RC_OK); /* it is there */
	assert_int_equal(keep_head(55, 3), RC_OK);
	assert_int_equal(forks_each(dir, count, &n), RC_OK);
	assert_int_equal(n, 4);
	assert_string_not_equal(forks_reason(RC_TOO_MANY), forks_reason(RC_DISK));
}

static void
evidence_has_a_bound_and_what_came_first_stays(void **state)
{
	static char large[NOTE_MAX + 1];
	size_t      n = 0;
	(void)state;

	for (unsigned i = 0; i < FORKS_MAX; i++)
		assert_int_equal(keep_head(1000 + i, 1), RC_OK);
	assert_int_equal(keep_head(7, 1), RC_TOO_MANY);
	assert_int_equal(keep_head(1000, 1), RC_OK);
	assert_int_equal(forks_each(dir, count, &n), RC_OK);
	assert_int_equal(n, FORKS_MAX);
	assert_int_equal(forks_each(dir, remove_one, NULL), RC_OK);
	assert_int_equal(keep_head(7, 1), RC_OK); /* they were moved elsewhere */
	memset(large, 'x', sizeof large);
	(void)memcpy(large, "a\n5\n" ZEROS "\n\n", sizeof "a\n5\n" ZEROS "\n\n" - 1);
	assert_int_equal(forks_keep(dir, slice_of(large, sizeof large)), RC_TOO_LARGE);
	assert_int_equal(forks_keep(dir, slice_of(large, NOTE_MAX)), RC_OK);
}

/* --- agreement ------------------------------------------------------------------------
 */

static void
two_heads_agree_by_a_proof_alone(void **state)
{
	struct hash         leaf[3], root2, root3, other = merkle_empty();
	struct merkle_proof proof = {.n = 1}, none = {.n = 0};
	(void)state;

	for (int i = 0; i < 3; i++) leaf[i] = merkle_leaf(slice_of(&i, sizeof i));
	root2                   = merkle_node(&leaf[0], &leaf[1]);
	root3                   = merkle_node(&root2, &leaf[2]);
	proof.hashes[0]         = leaf[2];
	struct checkpoint two   = {.size = 2, .root = root2},
	                  three = {.size = 3, .root = root3};
	struct checkpoint lie   = {.size = 2, .root = other},
	                  nil   = {.size = 0, .root = other};
	assert_int_equal(history_agree(&two, &three, &proof), RC_OK);
	assert_int_equal(history_agree(&three, &two, &proof), RC_OK);
	assert_int_equal(history_agree(&three, &lie, &proof), RC_BAD_PROOF);
	assert_int_equal(history_agree(&lie, &three, &proof), RC_BAD_PROOF);
	assert_int_equal(history_agree(&two, &three, &none), RC_BAD_PROOF);
	assert_int_equal(history_agree(&two, &two, &none), RC_OK);
	assert_int_equal(history_agree(&two, &lie, &none), RC_FORKED);
	assert_int_equal(history_agree(&nil, &three, &none), RC_OK);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, open_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(a_key_is_made_once_and_is_the_owners_alone),
	    IN_FOLDER(two_folders_have_two_keys_and_a_vkey_is_read_back),
	    IN_FOLDER(a_damaged_or_open_key_file_is_refused_and_not_replaced),
	    IN_FOLDER(who_finds_the_folder_held_waits_and_then_says_so),
	    IN_FOLDER(a_name_that_is_none_for_a_key_makes_no_witness),
	    IN_FOLDER(a_trust_file_is_found_beside_the_region),
	    IN_FOLDER(evidence_is_kept_once_and_never_changed),
	    IN_FOLDER(no_third_head_of_a_size_is_kept_and_the_first_two_stay),
	    IN_FOLDER(evidence_has_a_bound_and_what_came_first_stays),
	    cmocka_unit_test(two_heads_agree_by_a_proof_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
