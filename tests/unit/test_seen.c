/* SPDX-License-Identifier: EUPL-1.2 */
/* test_seen.c - the last head we saw binds the broker to its history. */
#include "client/seen.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "certs/file.h"
#include "client/folder.h"
#include "proto/auto.h"

static char                 dir[] = "/tmp/sluis-seen-XXXXXX";
static struct note_verifier verifier;
static uint8_t              secret[64];
static struct hash          leaves[3], root2, root3;
static struct merkle_proof  proof; /* of 2 to 3 */

static int
start(void **state)
{
	uint8_t public_key[KEY_BYTES];

	(void)state;
	if (sodium_init() < 0 || mkdtemp(dir) == NULL) return -1;
	(void)crypto_sign_keypair(public_key, secret);
	for (int i = 0; i < 3; i++) leaves[i] = merkle_leaf(slice_of(&i, sizeof i));
	root2           = merkle_node(&leaves[0], &leaves[1]);
	root3           = merkle_node(&root2, &leaves[2]);
	proof.n         = 1;
	proof.hashes[0] = leaves[2];
	return note_verifier_init(&verifier, "sluis.example/seen", public_key) == RC_OK
	           ? 0
	           : -1;
}

static int
end(void **state)
{
	char path[FILE_PATH_MAX];

	(void)state;
	if (path_join(path, dir, "checkpoint") != RC_OK) return -1;
	(void)unlink(path);
	if (path_join(path, dir, "checkpoint.time") != RC_OK) return -1;
	(void)unlink(path);
	return rmdir(dir);
}

static struct checkpoint
head(uint64_t size, const struct hash *root)
{
	return (struct checkpoint){
	    .origin = "sluis.example/seen", .size = size, .root = *root};
}

static void
a_fresh_folder_has_seen_nothing(void **state)
{
	struct seen seen = {.known = true};

	(void)state;
	assert_int_equal(seen_read(dir, &verifier, &seen), RC_OK);
	assert_false(seen.known);
}

static void
what_is_kept_is_read_again(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	struct seen               seen = {.known = false}, again;
	struct checkpoint         h    = head(2, &root2);

	(void)state;
	assert_int_equal(checkpoint_sign(&verifier, secret, 2, &root2, &note), RC_OK);
	assert_int_equal(seen_keep(&seen, dir, buf_slice(&note), &h, 1234567), RC_OK);
	assert_int_equal(seen_read(dir, &verifier, &again), RC_OK);
	assert_true(again.known);
	assert_int_equal(again.head.size, 2);
	assert_true(hash_equal(&again.head.root, &root2));
	assert_int_equal(seen.at_ms, 1234567);
	assert_int_equal(again.at_ms, 1234567);
}

static void
a_time_of_another_head_or_none_says_nothing(void **state)
{
	static const char *const texts[] = {
	    "3 1234567\n", "21 1234567\n", "2\n", "2 \n", "2 12x\n", "2 1234567", ""};
	char        path[FILE_PATH_MAX];
	struct seen seen;

	(void)state;
	assert_int_equal(path_join(path, dir, "checkpoint.time"), RC_OK);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(file_write(path, slice_str(texts[i]), 0600), RC_OK);
		assert_int_equal(seen_read(dir, &verifier, &seen), RC_OK);
		assert_true(seen.known);
		assert_int_equal(seen.at_ms, 0);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(seen_read(dir, &verifier, &seen), RC_OK);
	assert_int_equal(seen.at_ms, 0);
}

static void
a_kept_head_that_the_region_did_not_sign_is_an_alarm(void **state)
{
	char        path[FILE_PATH_MAX];
	struct seen seen;

	(void)state;
	assert_int_equal(path_join(path, dir, "checkpoint"), RC_OK);
	assert_int_equal(file_write(path, slice_str("nonsense\n"), 0600), RC_OK);
	assert_int_equal(seen_read(dir, &verifier, &seen), RC_BAD_NOTE);
}

static void
a_journal_that_grew_continues_by_its_proof(void **state)
{
	struct seen       seen = {.known = true, .head = head(2, &root2)};
	struct checkpoint h    = head(3, &root3);

	(void)state;
	assert_int_equal(seen_continues(&seen, &h, &proof), RC_OK);
}

static void
a_proof_that_does_not_hold_is_an_alarm(void **state)
{
	struct seen         seen  = {.known = true, .head = head(2, &root2)};
	struct checkpoint   h     = head(3, &root3);
	struct merkle_proof wrong = proof, none = {.n = 0};

	(void)state;
	wrong.hashes[0].b[5] ^= 1;
	assert_int_equal(seen_continues(&seen, &h, &wrong), RC_BAD_PROOF);
	assert_int_equal(seen_continues(&seen, &h, &none), RC_BAD_PROOF);
	seen.head.root = leaves[0]; /* another history */
	assert_int_equal(seen_continues(&seen, &h, &proof), RC_BAD_PROOF);
}

static void
a_shorter_or_different_journal_is_a_fork(void **state)
{
	struct seen       seen = {.known = true, .head = head(3, &root3)};
	struct checkpoint less = head(2, &root2), other = head(3, &root2);

	(void)state;
	assert_int_equal(seen_continues(&seen, &less, &proof), RC_FORKED);
	assert_int_equal(seen_continues(&seen, &other, &proof), RC_FORKED);
	assert_int_equal(seen_compare(&seen, &other), RC_FORKED);
	assert_int_equal(seen_compare(&seen, &less), RC_OK); /* an old receipt */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_fresh_folder_has_seen_nothing),
	    cmocka_unit_test(what_is_kept_is_read_again),
	    cmocka_unit_test(a_time_of_another_head_or_none_says_nothing),
	    cmocka_unit_test(a_kept_head_that_the_region_did_not_sign_is_an_alarm),
	    cmocka_unit_test(a_journal_that_grew_continues_by_its_proof),
	    cmocka_unit_test(a_proof_that_does_not_hold_is_an_alarm),
	    cmocka_unit_test(a_shorter_or_different_journal_is_a_fork),
	};
	return cmocka_run_group_tests(tests, start, end);
}
