/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_journal_bits.c - no bit of the journal's tables can change, and no byte be cut
 * off, without the broker refusing to open them or to hand the entry out.
 *
 * A small journal with details; for each blob in its tables every bit is flipped and
 * every shorter length is tried.
 */
#include <setjmp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/journal/journal.h"
#include "support/keykit.h"
#include "support/region.h"

enum { LEAVES = 3, BLOB_MAX = 4096 };

static char            dir[FOLDER_MAX];
static struct store   *store;
static struct journal *journal;
static sqlite3        *db;
static uint8_t         secret[64], public_key[KEY_BYTES], master[KEY_BYTES];

struct blob { /* one value of a table */
	const char *name;
	const char *select, *update;
	bool        reopen; /* the broker holds it in memory */
	size_t      n;
	uint8_t     bytes[BLOB_MAX];
};

static rc
open_broker(void)
{
	rc code = store_open(&store, dir);
	if (code == RC_OK)
		code = store_unlock(store, kit_line("kit.example", NULL, master));
	if (code == RC_OK)
		code = journal_open(&journal, store, "sluis.example/bits",
		    kit_line("sluis.example/bits", secret, NULL));
	return code;
}

static void
shut_broker(void)
{
	journal_destroy(&journal);
	store_destroy(&store);
}

static void
append(void)
{
	Sluis__Leaf leaf  = SLUIS__LEAF__INIT;
	uint64_t    index = 0;

	leaf.has_kind = 1;
	leaf.kind     = SLUIS__EVENT_KIND__EVENT_RULING;
	assert_int_equal(
	    journal_append(journal, &leaf, slice_str("a detail"), 1234, &index, NULL),
	    RC_OK);
}

static int
begin(void **state)
{
	char path[96];

	(void)state;
	if (sodium_init() < 0) return -1;
	(void)crypto_sign_keypair(public_key, secret);
	make_folder(dir, "bits");
	if (open_broker() != RC_OK) return -1;
	assert_int_equal(store_begin(store), RC_OK);
	for (int i = 0; i < LEAVES; i++) append();
	assert_int_equal(journal_seal_batch(journal), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(journal_commit(journal), RC_OK);
	shut_broker(); /* or it would know them by heart */
	assert_int_equal(open_broker(), RC_OK);
	(void)snprintf(path, sizeof path, "%s/sluis.db", dir);
	if (sqlite3_open(path, &db) != SQLITE_OK) return -1;
	return sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

static int
end(void **state)
{
	(void)state;
	shut_broker();
	(void)sqlite3_close(db);
	remove_folder(dir);
	return 0;
}

static void
get(struct blob *b)
{
	sqlite3_stmt *q = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, b->select, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	b->n = (size_t)sqlite3_column_bytes(q, 0);
	assert_true(b->n > 8 && b->n <= sizeof b->bytes);
	memcpy(b->bytes, sqlite3_column_blob(q, 0), b->n);
	(void)sqlite3_finalize(q);
}

static void
put(const struct blob *b, size_t n)
{
	sqlite3_stmt *q = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, b->update, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_bind_blob(q, 1, b->bytes, (int)n, SQLITE_TRANSIENT), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_DONE);
	(void)sqlite3_finalize(q);
}

/* Opens the journal and hands out every entry, or the code of what went wrong. */
static rc
look(bool reopen)
{
	rc code = RC_OK;

	if (reopen) {
		shut_broker();
		code = open_broker();
	}
	for (uint64_t i = 0; i < LEAVES && code == RC_OK; i++) {
		AUTO(scratch_wipe) struct scratch mem    = scratch_init(SIZE_MAX);
		const struct receipt_wanted       wanted = {i, true, true};
		Sluis__Receipt                    r      = SLUIS__RECEIPT__INIT;
		code = journal_receipt(journal, &wanted, &mem, &r);
	}
	return code;
}

static void
change_all_of(struct blob *b)
{
	get(b);
	for (size_t bit = 0; bit < b->n * 8; bit++) {
		b->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		put(b, b->n);
		if (look(b->reopen) == RC_OK)
			fail_msg("%s: bit %zu goes unseen", b->name, bit);
		b->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < b->n; n++) {
		put(b, n);
		if (look(b->reopen) == RC_OK)
			fail_msg("%s: a cut at %zu goes unseen", b->name, n);
	}
	put(b, b->n);
	assert_int_equal(look(true), RC_OK);
}

static void
no_bit_of_a_leaf(void **state)
{
	struct blob b = {.name = "leaf",
	    .select            = "SELECT bytes FROM leaf WHERE idx = 1",
	    .update            = "UPDATE leaf SET bytes = ? WHERE idx = 1"};

	(void)state;
	change_all_of(&b);
}

static void
no_bit_of_a_detail(void **state)
{
	struct blob b = {.name = "detail",
	    .select            = "SELECT detail FROM leaf WHERE idx = 1",
	    .update            = "UPDATE leaf SET detail = ? WHERE idx = 1"};

	(void)state;
	change_all_of(&b);
}

static void
no_bit_of_the_edge(void **state)
{
	struct blob b = {.name = "edge",
	    .select            = "SELECT edge FROM head WHERE size = 3",
	    .update            = "UPDATE head SET edge = ? WHERE size = 3",
	    .reopen            = true};

	(void)state;
	change_all_of(&b);
}

static void
no_bit_of_a_head(void **state)
{
	struct blob b = {.name = "head",
	    .select            = "SELECT root FROM head WHERE size = 3",
	    .update            = "UPDATE head SET root = ? WHERE size = 3",
	    .reopen            = true};

	(void)state;
	change_all_of(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_bit_of_a_leaf),
	    cmocka_unit_test(no_bit_of_a_detail),
	    cmocka_unit_test(no_bit_of_the_edge),
	    cmocka_unit_test(no_bit_of_a_head),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
