/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_waiting.c - what memory says of copies that wait is what the tables say, whatever
 * was committed and undone; and ids lead to their rows, and to nobody else's.
 */
#include "broker/store/waiting.h"

#include <setjmp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/store/case.h"
#include "broker/store/ids.h"
#include "broker/store/subject.h"
#include "certs/file.h"
#include "proto/auto.h"
#include "support/region.h"

enum { DESKS = 3, MODEL = 4096, STEPS = 3000 };

static struct store *store;
static char          dir[FOLDER_MAX];

static int
fresh(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	make_folder(dir, "waiting");
	return store_open(&store, dir) == RC_OK ? 0 : -1;
}

static int
drop(void **state)
{
	(void)state;
	store_destroy(&store);
	remove_folder(dir);
	return 0;
}

static void
reopen(void)
{
	store_destroy(&store);
	assert_int_equal(store_open(&store, dir), RC_OK);
}

/* --- ids ---------------------------------------------------------------------------- */

static void
an_id_is_its_number_and_no_two_are_alike(void **state)
{
	static const uint64_t numbers[] = {
	    0, 1, 255, 256, 70000, ((uint64_t)1 << 40) - 1};
	uint8_t    key[AES128_KEY_SIZE], a[ID_BYTES], b[ID_BYTES];
	struct ids ids, others;
	uint64_t   n = 0;

	(void)state;
	randombytes_buf(key, sizeof key);
	ids_init(&ids, key);
	key[0] ^= 1;
	ids_init(&others, key);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		ids_new(&ids, numbers[i], a);
		ids_new(&ids, numbers[i], b);
		assert_memory_not_equal(a, b, sizeof a);
		assert_true(ids_number(&ids, a, &n));
		assert_int_equal(n, numbers[i]);
		assert_false(ids_number(&others, a, &n));
		a[i] ^= 1;
		assert_false(ids_number(&ids, a, &n));
	}
	for (int i = 0; i < 10000; i++) {
		randombytes_buf(a, sizeof a);
		assert_false(ids_number(&ids, a, &n));
	}
}

/* --- memory and tables -------------------------------------------------------------- */

static struct delivery
put(unsigned desk, bool notice)
{
	struct delivery d       = {.notice = notice, .layer = 1 + desk % 2};
	uint8_t         key[72] = {1}, sealed[300];

	assert_int_equal(store_next_seq(store, &d.seq), RC_OK);
	store_new_id(store, d.seq, d.id);
	d.leaf       = d.seq;
	d.expires_ms = 1000 - d.seq % 7;
	(void)snprintf(d.oin, sizeof d.oin, "0000009900000001000%u", desk);
	(void)snprintf(d.desk, sizeof d.desk, "desk");
	memset(sealed, (int)(d.seq & 255), sizeof sealed);
	AUTO(buf_wipe) struct buf b = buf_init(sizeof sealed);
	assert_int_equal(buf_append(&b, slice_of(sealed, sizeof sealed)), RC_OK);
	assert_int_equal(
	    store_put_delivery(store, &d, &b, slice_of(key, sizeof key)), RC_OK);
	return d;
}

struct model { /* what should wait */
	size_t          n;
	struct delivery rows[MODEL];
};

static void
assert_desk(const struct model *m, unsigned desk)
{
	static struct delivery got[MODEL];
	char                   oin[OIN_DIGITS + 1];
	size_t                 n = 0, want = 0, notices = 0;
	uint64_t               counted = 0, told = 0;

	(void)snprintf(oin, sizeof oin, "0000009900000001000%u", desk);
	assert_int_equal(store_pending(store, oin, "desk", 0, MODEL, got, &n), RC_OK);
	for (size_t i = 0; i < m->n; i++) {
		if (strcmp(m->rows[i].oin, oin) != 0) continue;
		assert_true(want < n);
		assert_memory_equal(got[want].id, m->rows[i].id, ID_BYTES);
		assert_int_equal(got[want].seq, m->rows[i].seq);
		assert_int_equal(got[want].expires_ms, m->rows[i].expires_ms);
		assert_int_equal(got[want].layer, m->rows[i].layer);
		notices += m->rows[i].notice;
		want++;
	}
	assert_int_equal(n, want);
	assert_int_equal(store_count_pending(store, oin, "desk", &counted), RC_OK);
	assert_int_equal(store_count_notices(store, oin, "desk", &told), RC_OK);
	assert_int_equal(counted, want);
	assert_int_equal(told, notices);
}

static void
assert_copy_of(const struct delivery *d)
{
	AUTO(buf_wipe) struct buf sealed = buf_init(400), wrapped = buf_init(100);

	assert_int_equal(store_get_copy(store, d->seq, &sealed, &wrapped), RC_OK);
	assert_int_equal(sealed.n, 300);
	assert_int_equal(sealed.p[299], d->seq & 255);
	assert_int_equal(wrapped.n, 72);
}

static void
assert_model(const struct model *m)
{
	uint64_t n = 0;

	for (unsigned desk = 0; desk < DESKS; desk++) assert_desk(m, desk);
	assert_int_equal(store_count_all_pending(store, &n), RC_OK);
	assert_int_equal(n, m->n);
	for (size_t i = 0; i < m->n; i += 1 + m->n / 16) assert_copy_of(&m->rows[i]);
}

static void
end_one(struct model *m)
{
	struct delivery found;
	size_t          at = m->n == 0 ? 0 : randombytes_uniform((uint32_t)m->n);

	if (m->n == 0) return;
	struct delivery d = m->rows[at];
	assert_int_equal(store_get_delivery(store, d.id, &found), RC_OK);
	assert_false(found.acked);
	assert_int_equal(store_finish_delivery(store, d.seq, 77), RC_OK);
	assert_int_equal(store_get_delivery(store, d.id, &found), RC_OK);
	assert_true(found.acked);
	assert_int_equal(found.ack_leaf, 77);
	memmove(&m->rows[at], &m->rows[at + 1], (m->n - at - 1) * sizeof m->rows[0]);
	m->n--;
}

/* One batch of a few additions and endings, kept or not. */
static void
batch(struct model *m)
{
	static struct model before;
	uint32_t            steps = randombytes_uniform(8);

	before = *m;
	assert_int_equal(store_begin(store), RC_OK);
	for (uint32_t i = 0; i < steps; i++)
		if (randombytes_uniform(2) == 0 && m->n < MODEL)
			m->rows[m->n++] =
			    put(randombytes_uniform(DESKS), randombytes_uniform(4) == 0);
		else
			end_one(m);
	if (randombytes_uniform(3) != 0) {
		assert_int_equal(store_commit(store), RC_OK);
		return;
	}
	store_rollback(store);
	*m = before;
}

static void
memory_follows_what_is_committed_and_what_is_undone(void **state)
{
	static struct model m;

	(void)state;
	m.n = 0;
	for (int i = 0; i < STEPS; i++) {
		batch(&m);
		if (randombytes_uniform(20) == 0)
			assert_int_equal(store_forget_erased(store), RC_OK);
		if (randombytes_uniform(200) == 0) reopen();
		if (i % 10 == 0) assert_model(&m);
	}
	assert_model(&m);
	reopen();
	assert_model(&m);
}

/* How many sealed copies are in the table, as others read it. */
static int
rows_of_copies(void)
{
	char          path[128];
	sqlite3      *db = NULL;
	sqlite3_stmt *q  = NULL;

	(void)snprintf(path, sizeof path, "%s/sluis.db", dir);
	assert_int_equal(
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM copy", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	int n = sqlite3_column_int(q, 0);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	return n;
}

static void
no_copy_that_ended_stays_in_the_table(void **state)
{
	static struct model m;

	(void)state;
	m.n = 0;
	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < 12; i++) batch(&m);
		assert_int_equal(store_forget_erased(store), RC_OK);
		assert_int_equal(rows_of_copies(), m.n);
		assert_model(&m);
	}
}

/* --- what is left on disk -------------------------------------------------------------
 */

static bool
on_disk(const uint8_t *bytes, size_t n)
{
	static const char *const names[] = {"sluis.db", "sluis.db-wal"};
	bool                     found   = false;
	char                     path[128];

	for (size_t i = 0; i < 2; i++) {
		AUTO(buf_wipe) struct buf b = buf_init(1 << 26);
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		if (file_read(path, 1 << 26, false, &b) != RC_OK || b.n == 0) continue;
		found = found || memmem(b.p, b.n, bytes, n) != NULL;
	}
	return found;
}

static void
put_subjects(uint64_t first, uint8_t fill)
{
	struct subject_row r = {.who = seat_of("00000099000000010000", "desk"),
	    .first                   = first,
	    .n                       = 1,
	    .until_ms                = 9000};

	assert_int_equal(store_begin(store), RC_OK);
	for (r.record = 0; r.record < 3; r.record++) {
		memset(r.token, fill + (int)r.record, sizeof r.token);
		assert_int_equal(store_put_subject(store, &r), RC_OK);
		assert_int_equal(store_put_subject(store, &r), RC_OK); /* once */
	}
	assert_int_equal(store_commit(store), RC_OK);
}

static void
a_broker_that_has_nothing_to_do_leaves_no_image_of_what_was_erased(void **state)
{
	struct subject_row rows[8];
	uint8_t            token[TOKEN_BYTES];
	size_t             n = 0;

	(void)state;
	put_subjects(10, 0xa1);
	put_subjects(20, 0xa1);
	memset(token, 0xa2, sizeof token);
	assert_int_equal(store_subjects_like(store, token, 0, 8, rows, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].record, 1);
	assert_int_equal(
	    store_subjects_like(store, token, rows[0].seq, 8, rows, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].first, 20);
	assert_true(on_disk(token, SUBJECT_TOKEN));
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_forget_subjects_before(store, 21), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(store_subjects_like(store, token, 0, 8, rows, &n), RC_OK);
	assert_int_equal(n, 0);
	for (int turn = 0; turn < 2; turn++)
		assert_int_equal(store_forget_erased(store), RC_OK);
	assert_false(on_disk(token, SUBJECT_TOKEN));
}

static void
tokens_of_a_batch_that_was_undone_are_nowhere(void **state)
{
	struct subject_row r = {
	    .who = seat_of("00000099000000010000", "desk"), .first = 5};
	struct subject_row rows[2];
	size_t             n = 9;

	(void)state;
	memset(r.token, 0xb1, sizeof r.token);
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_put_subject(store, &r), RC_OK);
	store_rollback(store);
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(store_subjects_like(store, r.token, 0, 2, rows, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_false(on_disk(r.token, SUBJECT_TOKEN));
}

static void
the_first_to_run_out_come_first(void **state)
{
	struct delivery got[5];
	size_t          n = 0;

	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	for (int i = 0; i < 21; i++) (void)put((unsigned)i % DESKS, false);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(store_overdue(store, 0, 996, 5, got, &n), RC_OK);
	assert_int_equal(n, 5);
	assert_int_equal(got[0].expires_ms, 994); /* three of them */
	assert_int_equal(got[2].expires_ms, 994);
	assert_int_equal(got[3].expires_ms, 995);
	assert_true(got[0].seq < got[1].seq && got[1].seq < got[2].seq);
	assert_int_equal(store_overdue(store, 0, 994, 5, got, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_overdue(store, 2, 1001, 5, got, &n), RC_OK);
	for (size_t i = 0; i < n; i++) assert_int_equal(got[i].layer, 2);
	assert_int_equal(n, 5);
}

static void
somebody_elses_id_finds_nothing(void **state)
{
	struct delivery d, found;

	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	d = put(0, false);
	assert_int_equal(store_commit(store), RC_OK);
	for (size_t i = 0; i < ID_BYTES; i++) {
		d.id[i] ^= 1;
		assert_int_equal(store_get_delivery(store, d.id, &found), RC_NOT_FOUND);
		d.id[i] ^= 1;
	}
	store_new_id(store, d.seq, d.id); /* the number is right, the rest is not */
	assert_int_equal(store_get_delivery(store, d.id, &found), RC_NOT_FOUND);
}

/* --- tasks -------------------------------------------------------------------------- */

static struct task_row
add_task(void)
{
	struct task_row t = {.kind = SLUIS__TASK_KIND__TASK_USEFULNESS};

	assert_int_equal(store_add_task(store, &t), RC_OK);
	return t;
}

static void
numbers_of_tasks_leave_nothing_out_and_meet_nobody(void **state)
{
	struct task_row a, b, found;

	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	a = add_task();
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(store_begin(store), RC_OK);
	b = add_task();
	store_rollback(store);
	assert_int_equal(store_get_task(store, b.id, &found), RC_NOT_FOUND);
	assert_int_equal(store_begin(store), RC_OK);
	struct task_row again = add_task(), last = add_task();
	assert_int_equal(store_get_task(store, b.id, &found), RC_NOT_FOUND);
	assert_int_equal(store_end_task(store, b.id), RC_OK); /* another's number */
	assert_int_equal(store_get_task(store, again.id, &found), RC_OK);
	assert_int_equal(store_end_task(store, last.id), RC_OK);
	last = add_task(); /* its number is free again */
	assert_int_equal(store_commit(store), RC_OK);
	reopen();
	assert_int_equal(store_get_task(store, a.id, &found), RC_OK);
	assert_int_equal(store_get_task(store, last.id, &found), RC_OK);
	assert_int_equal(store_remind_task(store, last.id), RC_OK);
	assert_int_equal(store_get_task(store, last.id, &found), RC_OK);
	assert_true(found.reminded);
	assert_int_equal(store_get_task(store, a.id, &found), RC_OK);
	assert_false(found.reminded);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_id_is_its_number_and_no_two_are_alike),
	    cmocka_unit_test_setup_teardown(
	        memory_follows_what_is_committed_and_what_is_undone, fresh, drop),
	    cmocka_unit_test_setup_teardown(
	        no_copy_that_ended_stays_in_the_table, fresh, drop),
	    cmocka_unit_test_setup_teardown(
	        a_broker_that_has_nothing_to_do_leaves_no_image_of_what_was_erased, fresh,
	        drop),
	    cmocka_unit_test_setup_teardown(
	        tokens_of_a_batch_that_was_undone_are_nowhere, fresh, drop),
	    cmocka_unit_test_setup_teardown(the_first_to_run_out_come_first, fresh, drop),
	    cmocka_unit_test_setup_teardown(somebody_elses_id_finds_nothing, fresh, drop),
	    cmocka_unit_test_setup_teardown(
	        numbers_of_tasks_leave_nothing_out_and_meet_nobody, fresh, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
