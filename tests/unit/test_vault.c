/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_vault.c - a party's store gives back what was put in, tells a thief nothing, and
 * forgets what was erased.
 *
 * The tests reach around the vault with SQLite itself, as somebody who holds the disk
 * can.
 */
#include "client/vault.h"

#include <setjmp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/files.h"
#include "certs/file.h"
#include "client/handle.h"
#include "client/kept.h"
#include "client/recalled.h"
#include "proto/auto.h"
#include "proto/message.h"

#define NEEDLE "Verzonnen Persoon 999990019"

enum { MANY = 120, ROUNDS = 150 };

static char dir[] = "/tmp/sluis-vault-XXXXXX";
static char folder[64];
static int  n_folders;

static const char *
in_folder(const char *name)
{
	static char path[2][160];
	static int  turn;

	turn = !turn;
	(void)snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

/* A new empty party folder for each test. */
static int
start(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof folder, "%s/%d", dir, n_folders++);
	return mkdir(folder, 0700);
}

static void
id_of(unsigned n, uint8_t id[ID_BYTES])
{
	memset(id, 0xab, ID_BYTES);
	id[0] = (uint8_t)n;
	id[1] = (uint8_t)(n >> 8);
}

static rc
put(unsigned n, const char *content)
{
	uint8_t id[ID_BYTES];

	id_of(n, id);
	return kept_write(folder, KEPT_DELIVERY, id, slice_str(content));
}

static rc
get(unsigned n, struct buf *out)
{
	uint8_t id[ID_BYTES];

	id_of(n, id);
	*out = buf_init(ANSWER_MAX);
	return kept_read(folder, KEPT_DELIVERY, id, out);
}

static void
assert_kept(unsigned n, const char *content)
{
	AUTO(buf_wipe) struct buf b = buf_init(0);

	assert_int_equal(get(n, &b), RC_OK);
	assert_true(slice_equal(buf_slice(&b), slice_str(content)));
}

static void
assert_read(unsigned n, rc expected)
{
	AUTO(buf_wipe) struct buf b = buf_init(0);

	assert_int_equal(get(n, &b), expected);
	assert_int_equal(b.n, 0);
}

static void
assert_exists(const char *box, const char *suffix, const uint8_t *id, bool expected)
{
	bool there = !expected;

	assert_int_equal(kept_exists(folder, box, suffix, id, NULL, &there), RC_OK);
	assert_int_equal(there, expected);
}

/* Every statement with this text fails; NULL: none. */
static const char *failing;
int                __real_sqlite3_step(sqlite3_stmt *s);
int                __wrap_sqlite3_step(sqlite3_stmt *s);

int
__wrap_sqlite3_step(sqlite3_stmt *s)
{
	if (failing != NULL && strcmp(sqlite3_sql(s), failing) == 0) return SQLITE_IOERR;
	return __real_sqlite3_step(s);
}

static void
sql(const char *text)
{
	sqlite3 *db = NULL;
	char    *e  = NULL;

	assert_int_equal(sqlite3_open(in_folder("store.db"), &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &e) != SQLITE_OK)
		fail_msg("%s: %s", text, e);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

struct search {
	struct slice needle;
	unsigned     found;
};

static void
search_file(const char *path, void *arg)
{
	AUTO(buf_wipe) struct buf b = buf_init(64 * 1024 * 1024);
	struct search            *s = arg;

	read_file(path, &b);
	if (b.n != 0 && memmem(b.p, b.n, s->needle.p, s->needle.n) != NULL) s->found++;
	if (memmem(path, strlen(path), s->needle.p, s->needle.n) != NULL) s->found++;
}

static unsigned
files_with(struct slice needle)
{
	struct search s = {.needle = needle};

	(void)walk_files(folder, search_file, &s);
	return s.found;
}

/* --- keeping -------------------------------------------------------------------------
 */

static void
what_was_kept_comes_back(void **state)
{
	static const size_t sizes[] = {0, 1, 100, 4096, 70000, ANSWER_MAX};

	(void)state;
	for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		AUTO(buf_wipe) struct buf in = buf_init(ANSWER_MAX), out = buf_init(0);
		uint8_t                   id[ID_BYTES];
		id_of(i, id);
		if (sizes[i] != 0) randombytes_buf(buf_extend(&in, sizes[i]), sizes[i]);
		assert_int_equal(
		    kept_write(folder, KEPT_REQUEST, id, buf_slice(&in)), RC_OK);
		out = buf_init(ANSWER_MAX);
		assert_int_equal(kept_read(folder, KEPT_REQUEST, id, &out), RC_OK);
		assert_true(slice_equal(buf_slice(&in), buf_slice(&out)));
	}
}

static void
a_name_has_one_content_the_last(void **state)
{
	uint8_t id[ID_BYTES];

	(void)state;
	assert_int_equal(put(1, "first"), RC_OK);
	assert_int_equal(put(1, "second, and longer"), RC_OK);
	assert_kept(1, "second, and longer");
	id_of(1, id);
	assert_exists(KEPT_ACKNOWLEDGED, id, false);
	assert_exists(KEPT_REQUEST, id, false);
}

static void
looking_makes_no_store(void **state)
{
	(void)state;
	assert_read(1, RC_NOT_FOUND);
	assert_int_not_equal(access(in_folder("store.db"), F_OK), 0);
	assert_int_not_equal(access(in_folder("store.key"), F_OK), 0);
}

static void
only_the_owner_may_read_its_files(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(put(1, "x"), RC_OK);
	assert_int_equal(stat(in_folder("store.db"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(in_folder("store.key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, KEY_BYTES);
}

struct order {
	unsigned n;
	uint8_t  seen[8];
};

static rc
note_order(void *arg, const uint8_t id[ID_BYTES])
{
	struct order *o = arg;

	o->seen[o->n++] = id[0];
	return RC_OK;
}

static void
entries_are_visited_in_the_order_of_writing(void **state)
{
	static const unsigned ids[] = {7, 3, 9, 1};
	struct order          o     = {.n = 0};

	(void)state;
	for (size_t i = 0; i < 4; i++) assert_int_equal(put(ids[i], "x"), RC_OK);
	assert_int_equal(kept_each(folder, KEPT_DELIVERY, NULL, note_order, &o), RC_OK);
	assert_int_equal(o.n, 4);
	for (size_t i = 0; i < 4; i++) assert_int_equal(o.seen[i], ids[i]);
	assert_int_equal(kept_each(folder, KEPT_ANSWER, NULL, note_order, &o), RC_OK);
	assert_int_equal(o.n, 4);
}

static void
entries_of_a_case_are_found_by_it(void **state)
{
	AUTO(vault_close) struct vault    *v    = NULL;
	AUTO(auto_free) struct vault_head *list = NULL;
	size_t                             n    = 0;
	uint8_t a[ID_BYTES] = {1}, b[ID_BYTES] = {2}, id[ID_BYTES];

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		id_of(i, id);
		assert_int_equal(kept_write_case(folder, KEPT_DELIVERY, id,
		                     i % 3 == 0   ? a
		                     : i % 3 == 1 ? b
		                                  : NULL,
		                     slice_str("x")),
		    RC_OK);
	}
	assert_int_equal(vault_open(&v, folder, false, NULL), RC_OK);
	assert_int_equal(vault_list(v, KEPT_DELIVERY, a, &list, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id[0], 0);
	assert_int_equal(list[1].id[0], 3);
	assert_true(list[0].has_case);
	assert_memory_equal(list[0].case_id, a, ID_BYTES);
	assert_true(list[0].written_ns <= list[1].written_ns);
}

/* Against a plain table, for some hundreds of steps. */
static void
whatever_is_done_it_holds_what_it_should(void **state)
{
	static unsigned model[16]; /* 0: absent */

	(void)state;
	for (unsigned step = 1; step <= ROUNDS; step++) {
		unsigned at = randombytes_uniform(16);
		char     text[32];
		uint8_t  id[ID_BYTES];
		id_of(at, id);
		switch (randombytes_uniform(step % 40 == 0 ? 3 : 2)) {
		case 0:
			(void)snprintf(text, sizeof text, "step %u", step);
			assert_int_equal(put(at, text), RC_OK);
			model[at] = step;
			break;
		case 1:
			(void)snprintf(text, sizeof text, "step %u", model[at]);
			if (model[at] != 0)
				assert_kept(at, text);
			else
				assert_read(at, RC_NOT_FOUND);
			break;
		default:
			assert_int_equal(kept_erase(folder, KEPT_DELIVERY, id, 1), RC_OK);
			model[at] = 0;
		}
	}
}

/* --- what a thief sees ---------------------------------------------------------------
 */

static void
nothing_of_it_stands_in_the_files(void **state)
{
	AUTO(vault_close) struct vault *v = NULL;
	uint8_t                         id[ID_BYTES], case_id[ID_BYTES];
	char                            hex[2 * ID_BYTES + 1];

	(void)state;
	randombytes_buf(id, sizeof id);
	randombytes_buf(case_id, sizeof case_id);
	hex_encode(hex, sizeof hex, slice_of(id, sizeof id));
	assert_int_equal(vault_open(&v, folder, true, NULL), RC_OK); /* the log stays */
	assert_int_equal(
	    kept_write_case(folder, KEPT_DELIVERY, id, case_id, slice_str(NEEDLE)),
	    RC_OK);
	assert_int_equal(access(in_folder("store.db-wal"), F_OK), 0);
	assert_int_equal(files_with(slice_str(NEEDLE)), 0);
	assert_int_equal(files_with(slice_str("inbox")), 0);
	assert_int_equal(files_with(slice_str("delivery")), 0);
	assert_int_equal(files_with(slice_of(id, sizeof id)), 0);
	assert_int_equal(files_with(slice_of(case_id, sizeof case_id)), 0);
	assert_int_equal(files_with(slice_str(hex)), 0);
}

static void
a_changed_row_is_found_out(void **state)
{
	static const char *const columns[] = {"row_key", "head", "value"};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		char text[160];
		assert_int_equal(put(i, NEEDLE), RC_OK);
		for (unsigned at = 1; at <= 60; at += 7) {
			(void)snprintf(text, sizeof text,
			    "UPDATE entry SET %s = CAST(substr(%s, 1, %u) || x'00' || "
			    "substr(%s, %u) AS BLOB)",
			    columns[i], columns[i], at - 1, columns[i], at + 1);
			assert_int_equal(put(i, NEEDLE), RC_OK);
			sql(text);
			AUTO(buf_wipe) struct buf b    = buf_init(0);
			rc                        code = get(i, &b);
			/* one in 256: the byte was 0 before */
			assert_true(code == RC_BAD_DIGEST ||
			            (code == RC_OK && b.n == strlen(NEEDLE)));
		}
		sql("DELETE FROM entry");
	}
}

static void
a_shortened_or_emptied_column_is_found_out(void **state)
{
	static const char *const changes[] = {
	    "UPDATE entry SET value = substr(value, 1, 39)",
	    "UPDATE entry SET value = x''",
	    "UPDATE entry SET head = x''",
	    "UPDATE entry SET row_key = x''",
	    "UPDATE entry SET row_key = substr(row_key, 1, 71)",
	    "UPDATE entry SET id = id + 1",
	    "UPDATE entry SET value = head",
	    "UPDATE entry SET head = value",
	};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		assert_int_equal(put(1, NEEDLE), RC_OK);
		sql(changes[i]);
		assert_read(1, RC_BAD_DIGEST);
	}
}

static void
rows_that_change_places_are_found_out(void **state)
{
	static const char *const swaps[] = {
	    "UPDATE entry SET value = (SELECT value FROM t WHERE t.id <> entry.id)",
	    "UPDATE entry SET head = (SELECT head FROM t WHERE t.id <> entry.id)",
	    "UPDATE entry SET row_key = (SELECT row_key FROM t WHERE t.id <> entry.id)",
	    "UPDATE entry SET (row_key, head, value) ="
	    " (SELECT row_key, head, value FROM t WHERE t.id <> entry.id)",
	    "UPDATE entry SET name = randomblob(32);"
	    "UPDATE entry SET name = (SELECT name FROM t WHERE t.id <> entry.id)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof swaps / sizeof swaps[0]; i++) {
		assert_int_equal(put(1, "one"), RC_OK);
		assert_int_equal(put(2, "two"), RC_OK);
		sql("CREATE TABLE t AS SELECT * FROM entry");
		sql(swaps[i]);
		sql("DROP TABLE t");
		assert_read(1, RC_BAD_DIGEST);
		assert_read(2, RC_BAD_DIGEST);
		sql("DELETE FROM entry");
	}
}

/* --- keys and damage -----------------------------------------------------------------
 */

static void
assert_refused(rc expected, const char *place)
{
	AUTO(vault_close) struct vault *v = NULL;
	struct sluis_error              e = {.code = SLUIS_OK};

	assert_int_equal(vault_open(&v, folder, true, &e), expected);
	assert_null(v);
	assert_int_equal((int)e.code, (int)expected);
	assert_non_null(strstr(e.where, place));
}

static void
without_its_key_a_store_is_refused_and_left_alone(void **state)
{
	(void)state;
	assert_int_equal(put(1, NEEDLE), RC_OK);
	assert_int_equal(rename(in_folder("store.key"), in_folder("away")), 0);
	assert_refused(RC_CONFIG, "store.key");
	assert_int_equal(put(2, "more"), RC_CONFIG);
	assert_int_not_equal(access(in_folder("store.key"), F_OK), 0);
	assert_int_equal(rename(in_folder("away"), in_folder("store.key")), 0);
	assert_kept(1, NEEDLE);
}

static void
another_key_is_refused(void **state)
{
	uint8_t key[KEY_BYTES + 1] = {1};

	(void)state;
	assert_int_equal(put(1, NEEDLE), RC_OK);
	for (size_t n = 0; n <= sizeof key; n += n < 30 ? 31 : 1) {
		assert_int_equal(
		    file_write(in_folder("store.key"), slice_of(key, n), 0600), RC_OK);
		assert_refused(RC_CONFIG, "store.key");
		assert_read(1, RC_CONFIG);
	}
}

static void
a_key_that_others_may_read_is_refused(void **state)
{
	(void)state;
	assert_int_equal(put(1, NEEDLE), RC_OK);
	assert_int_equal(chmod(in_folder("store.key"), 0640), 0);
	assert_refused(RC_CONFIG, "store.key");
	assert_int_equal(chmod(in_folder("store.key"), 0600), 0);
	assert_int_equal(chmod(in_folder("store.db"), 0604), 0);
	assert_refused(RC_CONFIG, "store.db");
}

/* Wherever it was cut off: an error, or the right content; never a store without it. */
static void
a_store_that_was_cut_off_is_no_empty_store(void **state)
{
	AUTO(buf_wipe) struct buf whole = buf_init(16 * 1024 * 1024);

	(void)state;
	for (unsigned i = 0; i < 40; i++) assert_int_equal(put(i, NEEDLE), RC_OK);
	read_file(in_folder("store.db"), &whole);
	for (size_t n = 0; n < whole.n; n += 509) {
		AUTO(vault_close) struct vault *v = NULL;
		assert_int_equal(
		    file_write(in_folder("store.db"), slice_of(whole.p, n), 0600), RC_OK);
		rc code = vault_open(&v, folder, true, NULL);
		for (unsigned i = 0; i < 40 && code == RC_OK; i++) {
			AUTO(buf_wipe) struct buf b = buf_init(0);
			code                        = get(i, &b);
		}
		assert_int_not_equal(code, RC_OK);
		assert_int_not_equal(code, RC_NOT_FOUND);
	}
}

static void
a_file_that_is_no_store_is_refused(void **state)
{
	(void)state;
	assert_int_equal(put(1, NEEDLE), RC_OK);
	assert_int_equal(
	    file_write(in_folder("store.db"), slice_str("no database at all"), 0600),
	    RC_OK);
	assert_refused(RC_BAD_DIGEST, "store.db");
	assert_int_equal(file_write(in_folder("store.db"), slice_of("", 0), 0600), RC_OK);
	assert_refused(RC_BAD_DIGEST, "store.db");
	assert_int_equal(unlink(in_folder("store.db")), 0);
	assert_int_equal(symlink("/etc/passwd", in_folder("store.db")), 0);
	assert_refused(RC_CONFIG, "store.db");
}

static void
a_store_of_a_newer_version_is_refused(void **state)
{
	(void)state;
	assert_int_equal(put(1, NEEDLE), RC_OK);
	sql("PRAGMA user_version = 99");
	assert_refused(RC_CONFIG, "store.db");
	sql("PRAGMA user_version = 0");
	assert_refused(RC_BAD_DIGEST, "store.db");
}

static void
tables_that_were_taken_away_are_damage(void **state)
{
	(void)state;
	assert_int_equal(put(1, NEEDLE), RC_OK);
	sql("DELETE FROM meta");
	assert_refused(RC_BAD_DIGEST, "store.db");
	sql("DROP TABLE meta");
	assert_refused(RC_BAD_DIGEST, "store.db");
}

/* --- erasing -------------------------------------------------------------------------
 */

/* The wrapped keys, as they stand in the file before they are erased. */
struct wrapped {
	unsigned n;
	uint8_t  at[MANY][72];
};

static int
note_wrapped(void *arg, int n, char **values, char **names)
{
	struct wrapped *w = arg;

	(void)n;
	(void)names;
	assert_int_equal(hex_decode(values[0], w->at[w->n++], 72), RC_OK);
	return 0;
}

static void
read_wrapped(struct wrapped *w)
{
	sqlite3 *db = NULL;

	w->n = 0;
	assert_int_equal(sqlite3_open(in_folder("store.db"), &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "SELECT hex(row_key) FROM entry", note_wrapped, w, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Entries of many sizes, so that pages were split and cells moved about. */
static void
fill(void)
{
	AUTO(vault_close) struct vault *v = NULL;
	char                            text[400];

	assert_int_equal(vault_open(&v, folder, true, NULL), RC_OK);
	for (unsigned i = 0; i < MANY; i++) {
		uint8_t           id[ID_BYTES];
		struct vault_name name = {.box = "inbox", .suffix = "delivery", .id = id};
		size_t            n    = 1 + randombytes_uniform(sizeof text - 1);
		id_of(i, id);
		memset(text, 'x', sizeof text);
		assert_int_equal(vault_put(v, &name, NULL, slice_of(text, n)), RC_OK);
	}
}

static void
what_was_erased_is_gone_with_its_key(void **state)
{
	static struct wrapped before, after;
	uint8_t               ids[MANY / 2][ID_BYTES];
	unsigned              gone = 0;

	(void)state;
	fill();
	read_wrapped(&before);
	assert_int_equal(before.n, MANY);
	for (unsigned i = 0; i < MANY / 2; i++) id_of(i * 2, ids[i]);
	assert_int_equal(kept_erase(folder, KEPT_DELIVERY, ids[0], MANY / 2), RC_OK);
	read_wrapped(&after);
	assert_int_equal(after.n, MANY / 2);
	for (unsigned i = 0; i < before.n; i++) {
		bool there = false;
		for (unsigned k = 0; k < after.n; k++)
			there = there || memcmp(before.at[i], after.at[k], 72) == 0;
		if (there) continue;
		gone++;
		assert_int_equal(files_with(slice_of(before.at[i], 72)), 0);
		assert_int_equal(
		    files_with(slice_of(before.at[i], 24)), 0); /* its nonce */
	}
	assert_int_equal(gone, MANY / 2);
	for (unsigned i = 0; i < MANY; i++) {
		AUTO(buf_wipe) struct buf b = buf_init(0);
		assert_int_equal(get(i, &b), i % 2 == 0 ? RC_NOT_FOUND : RC_OK);
	}
}

static void
an_erasure_that_was_cut_short_is_finished_at_the_next_opening(void **state)
{
	static struct wrapped before;
	unsigned              left = 0;

	(void)state;
	fill();
	read_wrapped(&before);
	sql("PRAGMA secure_delete = OFF; INSERT INTO meta VALUES (2, x'01');"
	    "DELETE FROM entry");
	for (unsigned i = 0; i < MANY; i++)
		left += files_with(slice_of(before.at[i], 72));
	assert_int_not_equal(left, 0);
	assert_read(1, RC_NOT_FOUND);
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(files_with(slice_of(before.at[i], 72)), 0);
}

static void
an_erasure_of_which_nobody_knows_whether_it_is_due_is_not_done(void **state)
{
	uint8_t id[ID_BYTES];

	(void)state;
	AUTO(vault_close) struct vault *v = NULL;
	assert_int_equal(put(1, NEEDLE), RC_OK);
	id_of(1, id);
	struct vault_name name = {"inbox", "delivery", id};
	assert_int_equal(vault_open(&v, folder, false, NULL), RC_OK);
	failing = "SELECT 1 FROM meta WHERE id = 2";
	assert_int_equal(vault_erase(v, &name, 1), RC_DISK);
	failing = NULL;
	assert_int_equal(vault_erase(v, &name, 1), RC_OK);
}

/* What cannot be read is not absent: neither for who looks, nor where a correction has
 * to come from its sender. */
static void
what_cannot_be_looked_for_is_an_error(void **state)
{
	static struct sluis s;
	Sluis__Copy         copy = SLUIS__COPY__INIT;
	Sluis__Delivery     d    = SLUIS__DELIVERY__INIT;
	uint8_t             id[ID_BYTES];
	bool                there = true;

	(void)state;
	id_of(1, id);
	assert_int_equal(put(1, "no delivery"), RC_OK);
	(void)snprintf(s.folder.dir, sizeof s.folder.dir, "%s", folder);
	copy.sender_oin   = message_borrow("00000099000000010000");
	copy.sender_desk  = message_borrow("meldpunt");
	copy.has_corrects = 1;
	copy.corrects     = message_borrow_bytes(id, sizeof id);
	failing           = "SELECT 1 FROM entry WHERE name = ?1";
	assert_int_equal(
	    kept_exists(folder, KEPT_DELIVERY, id, &s.error, &there), RC_DISK);
	assert_false(there);
	assert_int_equal(recalled_mark(&s, &d, &copy), RC_DISK);
	assert_int_equal(s.error.code, SLUIS_DISK);
	failing = NULL;
	assert_exists(KEPT_RECALLED, id, false);
}

static void
erasing_what_is_not_there_is_done(void **state)
{
	uint8_t id[ID_BYTES] = {5};

	(void)state;
	assert_int_equal(kept_erase(folder, KEPT_DELIVERY, id, 1), RC_OK);
	assert_int_not_equal(access(in_folder("store.db"), F_OK), 0);
	assert_int_equal(put(1, "x"), RC_OK);
	assert_int_equal(kept_erase(folder, KEPT_DELIVERY, id, 1), RC_OK);
	assert_kept(1, "x");
}

/* --- processes -----------------------------------------------------------------------
 */

/* Write entry after entry, saying each number when it is on the disk. */
static void
write_for_ever(int say)
{
	for (unsigned i = 0;; i++) {
		char text[64];
		(void)snprintf(text, sizeof text, "content of %u", i);
		if (put(i, text) != RC_OK || write(say, &i, sizeof i) != sizeof i)
			_exit(1);
	}
}

/* A writer that is killed after it said STOP_AT numbers; returns how many it said. */
static unsigned
kill_a_writer(unsigned stop_at)
{
	int      ends[2];
	unsigned said = 0, n = 0;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		write_for_ever(ends[1]);
	}
	(void)close(ends[1]);
	while (n < stop_at && read(ends[0], &said, sizeof said) == sizeof said)
		n = said + 1;

	assert_int_equal(kill(child, SIGKILL), 0);
	while (read(ends[0], &said, sizeof said) == sizeof said) n = said + 1;
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(ends[0]);
	return n;
}

static void
a_killed_writer_loses_nothing_that_it_had_written(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 12; round++) {
		AUTO(buf_wipe) struct buf b = buf_init(0);
		unsigned                  n = kill_a_writer(round * 2);
		for (unsigned i = 0; i < n; i++) {
			char text[64];
			(void)snprintf(text, sizeof text, "content of %u", i);
			assert_kept(i, text);
		}
		/* the one it was at when it died: whole, of an earlier round, or not
		 * there */
		rc code = get(n, &b);
		assert_true(code == RC_OK || code == RC_NOT_FOUND);
	}
}

static void
processes_that_begin_at_once_share_one_store(void **state)
{
	enum { N = 6, EACH = 5 };
	pid_t children[N];

	(void)state;
	for (unsigned p = 0; p < N; p++)
		if ((children[p] = fork()) == 0) {
			for (unsigned i = 0; i < EACH; i++)
				if (put(p * EACH + i, "x") != RC_OK) _exit(1);
			_exit(0);
		}
	for (unsigned p = 0; p < N; p++) {
		int status = 1;
		assert_int_equal(waitpid(children[p], &status, 0), children[p]);
		assert_int_equal(status, 0);
	}
	for (unsigned i = 0; i < N * EACH; i++) assert_kept(i, "x");
	assert_int_equal(files_with(slice_str("store.new")), 0);
}

/* --- files of an older version -------------------------------------------------------
 */

static void
old_file(const char *box, const char *name, const char *content)
{
	char path[160];

	(void)mkdir(in_folder(box), 0700);
	(void)snprintf(path, sizeof path, "%s/%s/%s", folder, box, name);
	assert_int_equal(file_write(path, slice_str(content), 0600), RC_OK);
}

#define OLD_ID "0001abababababababababababababab"

static void
files_of_an_older_version_are_taken_in(void **state)
{
	uint8_t id[ID_BYTES];

	(void)state;
	assert_int_equal(hex_decode(OLD_ID, id, ID_BYTES), RC_OK);
	old_file("inbox", OLD_ID ".delivery", NEEDLE);
	old_file("inbox", OLD_ID ".acknowledged", "receipt");
	old_file("sent", OLD_ID ".request", "request");
	old_file("sent", OLD_ID ".answer", "answer");
	old_file("sent", OLD_ID ".answer.AbCdEf", NEEDLE " half");
	assert_exists(KEPT_DELIVERY, id, true);
	assert_exists(KEPT_ACKNOWLEDGED, id, true);
	assert_exists(KEPT_REQUEST, id, true);
	assert_exists(KEPT_ANSWER, id, true);
	assert_int_not_equal(access(in_folder("inbox"), F_OK), 0);
	assert_int_not_equal(access(in_folder("sent"), F_OK), 0);
	assert_int_equal(files_with(slice_str(NEEDLE)), 0);
}

static void
an_import_that_was_cut_short_goes_on(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(100);
	uint8_t                   id[ID_BYTES];

	(void)state;
	assert_int_equal(hex_decode(OLD_ID, id, ID_BYTES), RC_OK);
	assert_int_equal(
	    kept_write(folder, KEPT_DELIVERY, id, slice_str("taken in before")), RC_OK);
	old_file("inbox", OLD_ID ".delivery", "the file that was not removed yet");
	assert_int_equal(kept_read(folder, KEPT_DELIVERY, id, &b), RC_OK);
	assert_true(slice_equal(buf_slice(&b), slice_str("taken in before")));
	assert_int_not_equal(access(in_folder("inbox"), F_OK), 0);
}

static void
an_old_file_that_others_may_read_is_refused_with_its_folder(void **state)
{
	char path[200];

	(void)state;
	old_file("inbox", OLD_ID ".delivery", NEEDLE);
	(void)snprintf(path, sizeof path, "%s/inbox/" OLD_ID ".delivery", folder);
	assert_int_equal(chmod(path, 0644), 0);
	assert_refused(RC_CONFIG, folder);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_kept(0x100, NEEDLE);
}

static void
other_files_are_left_where_they_are(void **state)
{
	(void)state;
	old_file("inbox", "notes.txt", "ours");
	old_file("inbox", OLD_ID ".notes", "ours");
	old_file("inbox", OLD_ID ".request", "of the other box");
	old_file("inbox", OLD_ID ".delivery", "taken in");
	assert_int_equal(put(1, "x"), RC_OK);
	assert_int_equal(access(in_folder("inbox/notes.txt"), F_OK), 0);
	assert_int_equal(access(in_folder("inbox/" OLD_ID ".notes"), F_OK), 0);
	assert_int_equal(access(in_folder("inbox/" OLD_ID ".request"), F_OK), 0);
	assert_int_not_equal(access(in_folder("inbox/" OLD_ID ".delivery"), F_OK), 0);
}

static int
begin(void **state)
{
	(void)state;
	return sodium_init() < 0 || mkdtemp(dir) == NULL ? -1 : 0;
}

static int
finish(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

#define CLAIM(name) cmocka_unit_test_setup(name, start)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CLAIM(what_was_kept_comes_back),
	    CLAIM(a_name_has_one_content_the_last),
	    CLAIM(looking_makes_no_store),
	    CLAIM(only_the_owner_may_read_its_files),
	    CLAIM(entries_are_visited_in_the_order_of_writing),
	    CLAIM(entries_of_a_case_are_found_by_it),
	    CLAIM(whatever_is_done_it_holds_what_it_should),
	    CLAIM(nothing_of_it_stands_in_the_files),
	    CLAIM(a_changed_row_is_found_out),
	    CLAIM(a_shortened_or_emptied_column_is_found_out),
	    CLAIM(rows_that_change_places_are_found_out),
	    CLAIM(without_its_key_a_store_is_refused_and_left_alone),
	    CLAIM(another_key_is_refused),
	    CLAIM(a_key_that_others_may_read_is_refused),
	    CLAIM(a_store_that_was_cut_off_is_no_empty_store),
	    CLAIM(a_file_that_is_no_store_is_refused),
	    CLAIM(a_store_of_a_newer_version_is_refused),
	    CLAIM(tables_that_were_taken_away_are_damage),
	    CLAIM(what_was_erased_is_gone_with_its_key),
	    CLAIM(an_erasure_that_was_cut_short_is_finished_at_the_next_opening),
	    CLAIM(an_erasure_of_which_nobody_knows_whether_it_is_due_is_not_done),
	    CLAIM(what_cannot_be_looked_for_is_an_error),
	    CLAIM(erasing_what_is_not_there_is_done),
	    CLAIM(a_killed_writer_loses_nothing_that_it_had_written),
	    CLAIM(processes_that_begin_at_once_share_one_store),
	    CLAIM(files_of_an_older_version_are_taken_in),
	    CLAIM(an_import_that_was_cut_short_goes_on),
	    CLAIM(an_old_file_that_others_may_read_is_refused_with_its_folder),
	    CLAIM(other_files_are_left_where_they_are),
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
