/* SPDX-License-Identifier: EUPL-1.2 */
/* test_journal.c - one tree, one root a size, and every receipt can be checked by anyone.
 */
#include "broker/journal/journal.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/keykit.h"
#include "support/region.h"

#define ORIGIN "sluis.example/test"

enum { LEAVES_MAX = 70000 };

static struct store   *store;
static struct journal *journal;
static char            dir[FOLDER_MAX];
static const uint8_t   master[KEY_BYTES] = {7};
static uint8_t         secret[64], public[KEY_BYTES];
static struct hash    *hashes; /* of every leaf so far, as the test saw its bytes */
static struct merkle_frontier frontier;

static int
fresh(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	(void)crypto_sign_keypair(public, secret);
	make_folder(dir, "journal");
	frontier = (struct merkle_frontier){0};
	if (store_open(&store, dir) != RC_OK) return -1;
	if (store_unlock(store, kit_line("kit.example", NULL, master)) != RC_OK)
		return -1;
	return journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, secret, NULL)) ==
	               RC_OK
	           ? 0
	           : -1;
}

static void
shut(void)
{
	journal_destroy(&journal);
	store_destroy(&store);
}

static int
drop(void **state)
{
	(void)state;
	shut();
	remove_folder(dir);
	return 0;
}

static rc
open_again(void)
{
	shut();
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	return journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, secret, NULL));
}

static void
append(const char *detail)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(LEAF_MAX);
	Sluis__Leaf               leaf  = SLUIS__LEAF__INIT;
	uint64_t                  index = 0;

	leaf.has_kind = 1;
	leaf.kind     = SLUIS__EVENT_KIND__EVENT_RULING;
	assert_int_equal(
	    journal_append(journal, &leaf, slice_str(detail), 1234, &index, &bytes),
	    RC_OK);
	assert_int_equal(index, frontier.size);
	hashes[index] = merkle_leaf(buf_slice(&bytes));
	merkle_append(&frontier, &hashes[index]);
}

static void
begin(void)
{
	assert_int_equal(store_begin(store), RC_OK);
}

static void
commit(void)
{
	assert_int_equal(journal_seal_batch(journal), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(journal_commit(journal), RC_OK);
}

static void
append_batch(unsigned n)
{
	begin();
	for (unsigned i = 0; i < n; i++) append("detail");
	commit();
}

/* Proofs in the tree of the newest signed head. */
static rc
prove_inclusion(uint64_t index, struct merkle_proof *ret)
{
	return journal_prove_inclusion_at(
	    journal, index, journal_signed_size(journal), ret);
}

static rc
prove_consistency(uint64_t old, struct merkle_proof *ret)
{
	return journal_prove_consistency_at(
	    journal, old, journal_signed_size(journal), ret);
}

static struct checkpoint
head(void)
{
	struct checkpoint c;
	assert_int_equal(
	    checkpoint_open(journal_checkpoint(journal), journal_verifier(journal), &c),
	    RC_OK);
	return c;
}

static void
assert_root_agrees(void)
{
	struct checkpoint c    = head();
	struct hash       want = merkle_root(&frontier);
	assert_int_equal(c.size, frontier.size);
	assert_string_equal(c.origin, ORIGIN);
	assert_true(hash_equal(&c.root, &want));
	assert_int_equal(journal_size(journal), frontier.size);
	assert_int_equal(journal_signed_size(journal), frontier.size);
}

static rc
make_receipt(uint64_t index, bool with_detail, bool with_proof, struct scratch *mem,
    Sluis__Receipt *ret)
{
	const struct receipt_wanted wanted = {index, with_detail, with_proof};
	return journal_receipt(journal, &wanted, mem, ret);
}

static void
receipt_of(uint64_t index, struct buf *out)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(SIZE_MAX);
	Sluis__Receipt                    r   = SLUIS__RECEIPT__INIT;

	assert_int_equal(make_receipt(index, true, true, &mem, &r), RC_OK);
	pack_message(&r.base, out);
}

static void
assert_receipt_holds(uint64_t index)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1 << 20);
	struct checkpoint         c;
	receipt_of(index, &wire);
	Sluis__Receipt *r = sluis__receipt__unpack(NULL, wire.n, wire.p);
	assert_int_equal(r->index, index);
	assert_int_equal(receipt_verify(r, journal_verifier(journal), &c), RC_OK);
	assert_true(c.size > index);
	struct hash h = merkle_leaf(slice_of(r->leaf.data, r->leaf.len));
	assert_true(hash_equal(&h, &hashes[index]));
	sluis__receipt__free_unpacked(r, NULL);
}

/* --- roots and proofs ------------------------------------------------------------ */

static void
roots_agree_with_the_tree_over_all_leaves(void **state)
{
	(void)state;
	assert_root_agrees(); /* the empty tree has a signed head too */
	for (unsigned size = 0; size < 1000;) {
		unsigned n = size < 20 ? 1 : 1 + size % 13;
		append_batch(n);
		size += n;
		assert_root_agrees();
	}
}

static void
roots_and_receipts_hold_beyond_the_second_tile_border(void **state)
{
	static const uint64_t asked[] = {
	    0, 255, 256, 257, 511, 32767, 65279, 65280, 65535, 65536, 65537, 65800};
	(void)state;
	for (unsigned i = 0; i < 65536 / 4096 - 1; i++) append_batch(4096);
	append_batch(4095);
	assert_root_agrees(); /* 65535 */
	append_batch(1);
	assert_root_agrees(); /* 65536: three levels of tiles */
	append_batch(1);
	assert_root_agrees();
	append_batch(300);
	assert_root_agrees();
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		assert_receipt_holds(asked[i]);
	assert_int_equal(open_again(), RC_OK);
	assert_root_agrees();
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		assert_receipt_holds(asked[i]);
	append_batch(3);
	assert_root_agrees();
}

static void
every_leaf_has_a_receipt_that_anyone_can_check(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 40; i++) append_batch(1 + i % 17);
	for (uint64_t i = 0; i < frontier.size; i++) assert_receipt_holds(i);
}

static void
a_receipt_is_the_same_bytes_later_and_after_opening_again(void **state)
{
	struct buf first[20], later;
	(void)state;
	for (uint64_t i = 0; i < 20; i++) {
		append_batch(1 + (unsigned)i);
		first[i] = buf_init(1 << 20);
		receipt_of(frontier.size - 1, &first[i]);
	}
	append_batch(400);
	for (int round = 0; round < 2; round++) {
		uint64_t index = 0;
		for (uint64_t i = 0; i < 20; i++) {
			index += i + 1;
			later = buf_init(1 << 20);
			receipt_of(index - 1, &later);
			assert_true(slice_equal(buf_slice(&first[i]), buf_slice(&later)));
			buf_wipe(&later);
		}
		assert_int_equal(open_again(), RC_OK);
	}
	for (uint64_t i = 0; i < 20; i++) buf_wipe(&first[i]);
}

static void
heads_are_consistent_with_all_earlier_heads(void **state)
{
	struct checkpoint   heads[30];
	struct merkle_proof proof;
	(void)state;
	for (unsigned i = 0; i < 30; i++) {
		append_batch(1 + (i * 7) % 40);
		heads[i] = head();
	}
	for (unsigned i = 0; i < 30; i++) {
		assert_int_equal(prove_consistency(heads[i].size, &proof), RC_OK);
		assert_int_equal(merkle_verify_consistency(&proof, heads[i].size,
		                     heads[29].size, &heads[i].root, &heads[29].root),
		    RC_OK);
	}
	assert_int_equal(prove_consistency(0, &proof), RC_NOT_FOUND);
	assert_int_equal(prove_consistency(frontier.size + 1, &proof), RC_NOT_FOUND);
	assert_int_equal(prove_consistency(UINT64_MAX, &proof), RC_NOT_FOUND);
}

static void
leaves_that_are_not_there_have_no_proof(void **state)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(SIZE_MAX);
	Sluis__Receipt                    r   = SLUIS__RECEIPT__INIT;
	struct merkle_proof               proof;
	(void)state;
	append_batch(5);
	assert_int_equal(prove_inclusion(5, &proof), RC_NOT_FOUND);
	assert_int_equal(prove_inclusion(UINT64_MAX, &proof), RC_NOT_FOUND);
	assert_int_equal(make_receipt(5, true, true, &mem, &r), RC_NOT_FOUND);
	assert_int_equal(make_receipt(UINT64_MAX, true, true, &mem, &r), RC_NOT_FOUND);
	assert_false(r.has_leaf);
}

static void
proofs_speak_of_the_signed_head_while_a_batch_is_open(void **state)
{
	struct merkle_proof proof;
	(void)state;
	append_batch(300);
	struct checkpoint before = head();
	begin();
	for (int i = 0; i < 300; i++) append("x");
	assert_int_equal(prove_inclusion(299, &proof), RC_OK);
	assert_int_equal(
	    merkle_verify_inclusion(&proof, 299, before.size, &hashes[299], &before.root),
	    RC_OK);
	assert_int_equal(prove_inclusion(300, &proof), RC_NOT_FOUND);
	assert_int_equal(
	    journal_prove_inclusion_at(journal, 299, 301, &proof), RC_NOT_FOUND);
	assert_int_equal(
	    journal_prove_consistency_at(journal, 299, 301, &proof), RC_NOT_FOUND);
	assert_int_equal(journal_signed_size(journal), 300);
	assert_int_equal(journal_size(journal), 600);
	commit();
	assert_root_agrees();
}

/* --- batches --------------------------------------------------------------------- */

static void
a_rolled_back_batch_leaves_the_tree_as_it_was(void **state)
{
	(void)state;
	append_batch(250);
	struct merkle_frontier before = frontier;
	begin();
	for (int i = 0; i < 30; i++) append("x"); /* over a tile border */
	struct merkle_proof proof; /* reads the full tile, which is not to stay */
	assert_int_equal(prove_inclusion(10, &proof), RC_OK);
	assert_int_equal(journal_seal_batch(journal), RC_OK);
	store_rollback(store);
	assert_int_equal(journal_reload(journal), RC_OK);
	frontier = before;
	assert_root_agrees();
	append_batch(30);
	assert_root_agrees();
	for (uint64_t i = 240; i < 280; i++) assert_receipt_holds(i);
}

static void
a_batch_rolled_back_within_a_tile_leaves_nothing(void **state)
{
	(void)state;
	append_batch(3);
	for (int n = 0; n < 3; n++) {
		struct merkle_frontier before = frontier;
		begin();
		for (int i = 0; i < 5; i++) append("x");
		assert_int_equal(journal_seal_batch(journal), RC_OK);
		store_rollback(store);
		assert_int_equal(journal_reload(journal), RC_OK);
		frontier = before;
		assert_root_agrees();
		append_batch(2);
		assert_root_agrees();
	}
	for (uint64_t i = 0; i < 9; i++) assert_receipt_holds(i);
	assert_int_equal(open_again(), RC_OK);
	assert_root_agrees();
	for (uint64_t i = 0; i < 9; i++) assert_receipt_holds(i);
}

static void
a_receipt_is_of_the_commit_that_brought_it_however_long_ago(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(4096);
	uint64_t                  size = 0;
	(void)state;
	for (int i = 0; i < 400; i++) append_batch(2);
	for (int again = 0; again < 2; again++) {
		for (uint64_t i = 0; i < 800; i++) {
			assert_int_equal(
			    journal_checkpoint_covering(journal, i, &size, &note), RC_OK);
			assert_int_equal(size, i / 2 * 2 + 2);
			note.n = 0;
		}
		assert_int_equal(journal_checkpoint_covering(journal, 800, &size, &note),
		    RC_NOT_FOUND);
		assert_int_equal(open_again(), RC_OK);
	}
}

static void
an_empty_batch_makes_no_new_head(void **state)
{
	(void)state;
	append_batch(3);
	AUTO(buf_wipe) struct buf before = buf_init(4096);
	assert_int_equal(buf_append(&before, journal_checkpoint(journal)), RC_OK);
	append_batch(0);
	assert_true(slice_equal(buf_slice(&before), journal_checkpoint(journal)));
}

static void
a_leaf_that_is_too_large_is_refused_and_changes_nothing(void **state)
{
	char        text[LEAF_MAX + 1];
	Sluis__Leaf leaf  = SLUIS__LEAF__INIT;
	uint64_t    index = 77;
	(void)state;
	memset(text, 'x', LEAF_MAX);
	text[LEAF_MAX] = '\0';
	leaf.convenant = text;
	append_batch(2);
	begin();
	assert_int_equal(journal_append(journal, &leaf, slice_str("d"), 1, &index, NULL),
	    RC_LEAF_TOO_LARGE);
	assert_int_equal(index, 77);
	assert_int_equal(journal_size(journal), 2);
	append("after it");
	commit();
	assert_root_agrees();
}

static void
a_leaf_of_exactly_the_limit_is_taken(void **state)
{
	char        text[LEAF_MAX + 1];
	Sluis__Leaf leaf = SLUIS__LEAF__INIT;
	(void)state;
	for (size_t n = LEAF_MAX;; n--) {
		AUTO(buf_wipe) struct buf bytes = buf_init(2 * LEAF_MAX);
		uint64_t                  index;
		memset(text, 'x', n);
		text[n]        = '\0';
		leaf.convenant = text;
		begin();
		rc code =
		    journal_append(journal, &leaf, slice_str(""), 1, &index, &bytes);
		store_rollback(store);
		assert_int_equal(journal_reload(journal), RC_OK);
		if (code == RC_LEAF_TOO_LARGE) continue;
		assert_int_equal(code, RC_OK);
		assert_int_equal(bytes.n, LEAF_MAX);
		break;
	}
}

static void
a_leaf_commits_to_its_detail(void **state)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(SIZE_MAX);
	Sluis__Receipt                    r   = SLUIS__RECEIPT__INIT;
	struct hash                       want;
	Sluis__Leaf                      *leaf = NULL;
	(void)state;
	begin();
	append("a detail of its own");
	append("");
	commit();
	assert_int_equal(make_receipt(0, true, false, &mem, &r), RC_OK);
	assert_int_equal(r.n_proof, 0);
	assert_null(r.checkpoint);
	assert_int_equal(r.detail.len, 19);
	assert_int_equal(receipt_leaf(&r, &leaf), RC_OK);
	crypto_hash_sha256(want.b, r.detail.data, r.detail.len);
	assert_true(leaf->has_detail_digest);
	assert_memory_equal(leaf->detail_digest.data, want.b, HASH_BYTES);
	sluis__leaf__free_unpacked(leaf, NULL);

	sluis__receipt__init(&r);
	assert_int_equal(make_receipt(1, true, false, &mem, &r), RC_OK);
	assert_false(r.has_detail);
	assert_int_equal(receipt_leaf(&r, &leaf), RC_OK);
	assert_false(leaf->has_detail_digest);
	sluis__leaf__free_unpacked(leaf, NULL);

	sluis__receipt__init(&r);
	assert_int_equal(make_receipt(0, false, true, &mem, &r), RC_OK);
	assert_false(r.has_detail); /* not asked for */
}

static void
no_two_leaves_have_the_same_nonce(void **state)
{
	(void)state;
	append_batch(400); /* of the same content */
	for (uint64_t i = 0; i < 400; i++)
		for (uint64_t k = 0; k < i; k++)
			assert_false(hash_equal(&hashes[i], &hashes[k]));
}

/* --- tampering ------------------------------------------------------------------- */

static void
refused_after(const char *sql)
{
	shut();
	region_sql(dir, "sluis.db", sql);
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(
	    journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, secret, NULL)),
	    RC_BAD_TREE);
	assert_null(journal);
}

#define TAMPERED(name, sql)                                        \
	static void name(void **state)                             \
	{                                                          \
		(void)state;                                       \
		for (unsigned i = 0; i < 6; i++) append_batch(50); \
		refused_after(sql);                                \
	}

TAMPERED(a_changed_edge_is_refused,
    "UPDATE head SET edge = zeroblob(length(edge)) WHERE size = 300")
TAMPERED(an_edge_without_its_beginning_is_refused,
    "UPDATE head SET edge = substr(edge, 33) WHERE size = 300")
TAMPERED(an_edge_that_goes_too_far_is_refused,
    "UPDATE head SET edge = zeroblob(301 * 32) WHERE size = 300")
TAMPERED(an_old_edge_tile_that_is_another_is_refused,
    "INSERT INTO tile(level, idx, hashes) VALUES(0, 1, zeroblob(64))")
TAMPERED(a_changed_upper_tile_is_refused,
    "UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 1")
TAMPERED(a_shortened_upper_tile_is_refused,
    "UPDATE tile SET hashes = substr(hashes, 1, 31) WHERE level = 1")
TAMPERED(
    a_changed_head_is_refused, "UPDATE head SET root = zeroblob(32) WHERE size = 300")
TAMPERED(a_removed_head_is_refused, "DELETE FROM head WHERE size = 300")
TAMPERED(a_removed_last_leaf_is_refused, "DELETE FROM leaf WHERE idx = 299")
TAMPERED(an_added_leaf_is_refused, "INSERT INTO leaf(idx, bytes) VALUES(300, x'00')")
TAMPERED(
    an_invented_head_is_refused, "INSERT INTO head(size, root) VALUES(301, zeroblob(32))")

static void
missing(const char *sql)
{
	append_batch(300);
	shut();
	region_sql(dir, "sluis.db", sql);
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_not_equal(
	    journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, secret, NULL)), RC_OK);
	assert_null(journal);
}

static void
a_missing_edge_is_refused(void **state)
{
	(void)state;
	missing("UPDATE head SET edge = NULL");
}

static void
a_missing_upper_tile_is_refused(void **state)
{
	(void)state;
	missing("DELETE FROM tile WHERE level = 1");
}

static rc
receipt_with(uint64_t index, bool with_detail)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(SIZE_MAX);
	Sluis__Receipt                    r   = SLUIS__RECEIPT__INIT;

	return make_receipt(index, with_detail, true, &mem, &r);
}

static rc
receipt_code(uint64_t index)
{
	return receipt_with(index, true);
}

/* Opening reads the right edge only; what lies deeper shows when it is asked for. */
static void
a_changed_leaf_is_not_given_out(void **state)
{
	(void)state;
	append_batch(300);
	shut();
	region_sql(
	    dir, "sluis.db", "UPDATE leaf SET bytes = zeroblob(100) WHERE idx = 17");
	region_sql(
	    dir, "sluis.db", "UPDATE leaf SET bytes = zeroblob(100) WHERE idx = 290");
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(
	    journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, secret, NULL)), RC_OK);
	assert_int_equal(receipt_code(17), RC_BAD_TREE);
	assert_int_equal(receipt_code(290), RC_BAD_TREE);
	assert_int_equal(receipt_with(17, false), RC_BAD_TREE);
	assert_int_equal(receipt_with(290, false), RC_BAD_TREE);
	assert_int_equal(receipt_code(18), RC_OK);
}

static void
a_changed_detail_is_not_given_out(void **state)
{
	(void)state;
	append_batch(30);
	shut();
	region_sql(dir, "sluis.db", "UPDATE leaf SET detail = x'01' WHERE idx = 17");
	region_sql(dir, "sluis.db", "UPDATE leaf SET detail = NULL WHERE idx = 18");
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(
	    journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, secret, NULL)), RC_OK);
	assert_int_equal(receipt_code(17), RC_BAD_TREE);
	assert_int_equal(receipt_code(18), RC_BAD_TREE);
	assert_int_equal(receipt_code(19), RC_OK);
}

static void
a_changed_full_tile_is_not_used(void **state)
{
	(void)state;
	append_batch(300);
	shut();
	region_sql(dir, "sluis.db", /* the hash of leaf 4 */
	    "UPDATE tile SET hashes = CAST(substr(hashes, 1, 128) || zeroblob(32) ||"
	    " substr(hashes, 161) AS BLOB) WHERE level = 0 AND idx = 0");
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(
	    journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, secret, NULL)), RC_OK);
	assert_int_equal(receipt_code(3), RC_BAD_TREE);
	assert_int_equal(receipt_code(290), RC_OK);
}

static void
another_key_gives_another_head_and_the_same_root(void **state)
{
	uint8_t other[64], pk[KEY_BYTES];
	(void)state;
	append_batch(10);
	struct checkpoint before = head();
	shut();
	(void)crypto_sign_keypair(pk, other);
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(
	    journal_open(&journal, store, ORIGIN, kit_line(ORIGIN, other, NULL)), RC_OK);
	struct checkpoint after = head();
	assert_true(hash_equal(&before.root, &after.root));
}

#define T(name) cmocka_unit_test_setup_teardown(name, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(roots_agree_with_the_tree_over_all_leaves),
	    T(roots_and_receipts_hold_beyond_the_second_tile_border),
	    T(every_leaf_has_a_receipt_that_anyone_can_check),
	    T(a_receipt_is_the_same_bytes_later_and_after_opening_again),
	    T(heads_are_consistent_with_all_earlier_heads),
	    T(leaves_that_are_not_there_have_no_proof),
	    T(proofs_speak_of_the_signed_head_while_a_batch_is_open),
	    T(a_rolled_back_batch_leaves_the_tree_as_it_was),
	    T(a_batch_rolled_back_within_a_tile_leaves_nothing),
	    T(a_receipt_is_of_the_commit_that_brought_it_however_long_ago),
	    T(an_empty_batch_makes_no_new_head),
	    T(a_leaf_that_is_too_large_is_refused_and_changes_nothing),
	    T(a_leaf_of_exactly_the_limit_is_taken),
	    T(a_leaf_commits_to_its_detail),
	    T(no_two_leaves_have_the_same_nonce),
	    T(a_changed_edge_is_refused),
	    T(an_edge_without_its_beginning_is_refused),
	    T(an_edge_that_goes_too_far_is_refused),
	    T(an_old_edge_tile_that_is_another_is_refused),
	    T(a_changed_upper_tile_is_refused),
	    T(a_shortened_upper_tile_is_refused),
	    T(a_changed_head_is_refused),
	    T(a_removed_head_is_refused),
	    T(a_removed_last_leaf_is_refused),
	    T(an_added_leaf_is_refused),
	    T(an_invented_head_is_refused),
	    T(a_missing_edge_is_refused),
	    T(a_missing_upper_tile_is_refused),
	    T(a_changed_leaf_is_not_given_out),
	    T(a_changed_detail_is_not_given_out),
	    T(a_changed_full_tile_is_not_used),
	    T(another_key_gives_another_head_and_the_same_root),
	};
	hashes   = calloc(LEAVES_MAX, sizeof *hashes);
	int code = cmocka_run_group_tests(tests, NULL, NULL);
	free(hashes);
	return code;
}
