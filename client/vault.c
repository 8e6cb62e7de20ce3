/* SPDX-License-Identifier: EUPL-1.2 */
/* vault.c - entries in and out, row by row. */
#include "client/vault.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/error.h"
#include "client/folder.h"
#include "client/vault_import.h"
#include "client/vault_key.h"
#include "client/vault_sql.h"

enum {
	KIND_MAX  = 64,
	HEAD_MAX  = 8 + ID_BYTES + 1 + ID_BYTES + KIND_MAX,
	META_OURS = 1, /* what the store's key has to open; 2: an erasure under way */
};

struct vault {
	sqlite3          *db;
	struct vault_keys keys;
};

static const char proof_text[] = "this key opens this store";

/* --- opening -------------------------------------------------------------------------
 */

void
vault_close(struct vault **vp)
{
	struct vault *v = *vp;

	if (v == NULL) return;
	vault_sql_close(&v->db);
	vault_keys_wipe(&v->keys);
	(void)sodium_munlock(&v->keys, sizeof v->keys);
	free(v);
	*vp = NULL;
}

/* RC_CONFIG: another key; RC_BAD_DIGEST: what it should open is not there. */
static rc
check_key(struct vault *v)
{
	AUTO(vault_sql_done) sqlite3_stmt *s    = NULL;
	AUTO(buf_wipe) struct buf          text = buf_init(sizeof proof_text);
	struct vault_place place = {.table = "meta", .column = "value", .row = META_OURS};

	TRY(vault_sql_prepare(v->db, "SELECT value FROM meta WHERE id = 1", &s));
	rc code = vault_sql_row(s);
	if (code == RC_NOT_FOUND) return RC_BAD_DIGEST;
	TRY(code);
	code = vault_unseal(v->keys.wrap, &place, vault_sql_blob(s, 0), &text);
	return code == RC_BAD_DIGEST ? RC_CONFIG : code;
}

static rc
make(const char *dir)
{
	AUTO(vault_keys_wipe) struct vault_keys keys  = {.wrap = {0}};
	AUTO(buf_wipe) struct buf               check = buf_init(sizeof proof_text * 4);
	struct vault_place place = {.table = "meta", .column = "value", .row = META_OURS};

	TRY(vault_keys_make(dir));
	TRY(vault_keys_read(dir, &keys));
	TRY(vault_seal(keys.wrap, &place, slice_str(proof_text), &check));
	return vault_sql_make(dir, buf_slice(&check));
}

/* What is wrong, in a place that the reader can look at. */
static rc
complain(const char *dir, const char *file, rc code, struct sluis_error *e)
{
	char        path[FILE_PATH_MAX];
	bool        key    = strcmp(file, "store.key") == 0;
	const char *reason = code == RC_BAD_DIGEST ? N_("the store is damaged")
	                     : code != RC_CONFIG   ? N_("cannot be read")
	                     : key ? N_("is not the key of the store that is there")
	                           : N_("is of a newer version, or others may read it");

	if (path_join(path, dir, file) != RC_OK) return RC_CONFIG;
	return error_set(e, code, path, reason);
}

rc
vault_fault(const char *dir, rc code, struct sluis_error *e)
{
	return code == RC_OK ? RC_OK : complain(dir, "store.db", code, e);
}

static rc
open_store(struct vault *v, const char *dir, struct sluis_error *e)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "store.db"));
	rc code = vault_sql_open(path, &v->db);
	if (code == RC_NOT_FOUND) return code;
	if (code != RC_OK) return complain(dir, "store.db", code, e);
	code = vault_keys_read(dir, &v->keys);
	if (code == RC_NOT_FOUND) code = RC_CONFIG; /* lost: never a new one */
	if (code == RC_OK) code = check_key(v);
	if (code == RC_OK) return RC_OK;
	return complain(dir, code == RC_BAD_DIGEST ? "store.db" : "store.key", code, e);
}

static rc
open_or_make(struct vault *v, const char *dir, bool may_make, struct sluis_error *e)
{
	rc code = open_store(v, dir, e);
	if (code != RC_NOT_FOUND || !may_make) return code;
	code = make(dir);
	if (code != RC_OK) return complain(dir, "store.key", code, e);
	return open_store(v, dir, e);
}

static rc finish_erasing(struct vault *v);

rc
vault_open(struct vault **ret, const char *dir, bool may_make, struct sluis_error *e)
{
	bool old = vault_import_waits(dir);

	AUTO(vault_close) struct vault *v = calloc(1, sizeof *v);
	if (v == NULL) return error_set(e, RC_NOMEM, NULL, NULL);
	(void)sodium_mlock(&v->keys, sizeof v->keys);
	TRY(open_or_make(v, dir, may_make || old, e));
	rc code = old ? vault_import(v, dir) : RC_OK;
	if (code != RC_OK)
		return error_set(e, code, dir,
		    N_("files of inbox/ or sent/ cannot be taken into the store"));
	code = finish_erasing(v);
	if (code == RC_QUEUE_FULL) code = RC_OK; /* somebody else is at it */
	if (code != RC_OK) return complain(dir, "store.db", code, e);
	*ret = TAKE(v);
	return RC_OK;
}

/* --- names and heads -----------------------------------------------------------------
 */

static struct slice
kind_of(const char *box, const char *suffix, char out[KIND_MAX])
{
	int n = snprintf(out, KIND_MAX, "%s/%s", box, suffix);

	return slice_of(out, n > 0 && n < KIND_MAX ? (size_t)n : 0);
}

static void
tag_name(
    const struct vault *v, const struct vault_name *name, uint8_t out[VAULT_TAG_BYTES])
{
	char         text[KIND_MAX + ID_BYTES];
	uint8_t      bytes[KIND_MAX + ID_BYTES];
	struct slice kind = kind_of(name->box, name->suffix, text);

	memcpy(bytes, name->id, ID_BYTES);
	memcpy(bytes + ID_BYTES, kind.p, kind.n);
	vault_tag(&v->keys, "name", slice_of(bytes, ID_BYTES + kind.n), out);
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* written_ns (8) | id (16) | has a case (1) | case (16) | box/suffix */
static rc
write_head(const struct vault_name *name, const uint8_t *case_id, struct buf *out)
{
	char    kind[KIND_MAX];
	uint8_t fixed[8 + ID_BYTES + 1 + ID_BYTES] = {0};

	put_u64_be(fixed, now_ns());
	memcpy(fixed + 8, name->id, ID_BYTES);
	fixed[8 + ID_BYTES] = case_id != NULL;
	if (case_id != NULL) memcpy(fixed + 8 + ID_BYTES + 1, case_id, ID_BYTES);
	TRY(buf_append(out, slice_of(fixed, sizeof fixed)));
	return buf_append(out, kind_of(name->box, name->suffix, kind));
}

/* RC_BAD_DIGEST when HEAD is of another kind: the row was put in another's place. */
static rc
read_head(struct slice head, struct slice kind, struct vault_head *ret)
{
	enum { FIXED = 8 + ID_BYTES + 1 + ID_BYTES };

	if (head.n < FIXED ||
	    !slice_equal(slice_of(head.p + FIXED, head.n - FIXED), kind))
		return RC_BAD_DIGEST;
	ret->written_ns = get_u64_be(head.p);
	memcpy(ret->id, head.p + 8, ID_BYTES);
	ret->has_case = head.p[8 + ID_BYTES] != 0;
	memcpy(ret->case_id, head.p + 8 + ID_BYTES + 1, ID_BYTES);
	return RC_OK;
}

/* --- a row ---------------------------------------------------------------------------
 */

struct row { /* what one row holds, sealed */
	int64_t    id;
	struct buf key, head, value;
};

static void
row_wipe(struct row *r)
{
	buf_wipe(&r->key);
	buf_wipe(&r->head);
	buf_wipe(&r->value);
}

static struct vault_place
at(const char *column, int64_t row)
{
	return (struct vault_place){.table = "entry", .column = column, .row = row};
}

static rc
seal_row(const struct vault *v, const struct vault_name *name, const uint8_t *case_id,
    struct slice content, struct row *ret)
{
	AUTO(buf_wipe) struct buf head = buf_init(HEAD_MAX);
	AUTO(buf_wipe) struct buf key  = buf_init(KEY_BYTES);
	struct vault_place        place;

	randombytes_buf(&ret->id, sizeof ret->id);
	ret->id &= INT64_MAX;
	ret->key = ret->head = buf_init(HEAD_MAX + VAULT_SEAL_EXTRA);
	ret->value           = buf_init(content.n + VAULT_SEAL_EXTRA);
	if (buf_extend(&key, KEY_BYTES) == NULL) return RC_NOMEM;
	randombytes_buf(key.p, KEY_BYTES);
	TRY(write_head(name, case_id, &head));
	place = at("row_key", ret->id);
	TRY(vault_seal(v->keys.wrap, &place, buf_slice(&key), &ret->key));
	place = at("head", ret->id);
	TRY(vault_seal(key.p, &place, buf_slice(&head), &ret->head));
	place = at("value", ret->id);
	return vault_seal(key.p, &place, content, &ret->value);
}

/* The key of the row ID, whose wrapped form is WRAPPED. */
static rc
unwrap(const struct vault *v, int64_t id, struct slice wrapped, struct buf *key)
{
	struct vault_place place = at("row_key", id);

	TRY(vault_unseal(v->keys.wrap, &place, wrapped, key));
	return key->n == KEY_BYTES ? RC_OK : RC_BAD_DIGEST;
}

/* The head in columns 0 to 2 (id, row_key, head) of S; the key of the row to KEY. */
static rc
open_head(const struct vault *v, sqlite3_stmt *s, struct slice kind, struct buf *key,
    struct vault_head *ret)
{
	AUTO(buf_wipe) struct buf head  = buf_init(HEAD_MAX);
	int64_t                   id    = sqlite3_column_int64(s, 0);
	struct vault_place        place = at("head", id);

	TRY(unwrap(v, id, vault_sql_blob(s, 1), key));
	TRY(vault_unseal(key->p, &place, vault_sql_blob(s, 2), &head));
	return read_head(buf_slice(&head), kind, ret);
}

/* --- writing -------------------------------------------------------------------------
 */

static rc
delete_named(struct vault *v, const uint8_t tag[VAULT_TAG_BYTES])
{
	AUTO(vault_sql_done) sqlite3_stmt *s = NULL;

	TRY(vault_sql_prepare(v->db, "DELETE FROM entry WHERE name = ?1", &s));
	vault_sql_bind(s, 1, slice_of(tag, VAULT_TAG_BYTES));
	return vault_sql_step(s);
}

static rc
insert_row(struct vault *v, const struct vault_name *name, const uint8_t *case_id,
    const struct row *r)
{
	AUTO(vault_sql_done) sqlite3_stmt *s = NULL;
	uint8_t tag[VAULT_TAG_BYTES], kind_tag[VAULT_TAG_BYTES], matter[VAULT_TAG_BYTES];
	char    kind[KIND_MAX];

	tag_name(v, name, tag);
	vault_tag(&v->keys, "kind", kind_of(name->box, name->suffix, kind), kind_tag);
	TRY(delete_named(v, tag));
	TRY(vault_sql_prepare(v->db,
	    "INSERT INTO entry (id, name, kind, matter, row_key, head, value)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    &s));
	(void)sqlite3_bind_int64(s, 1, r->id);
	vault_sql_bind(s, 2, slice_of(tag, sizeof tag));
	vault_sql_bind(s, 3, slice_of(kind_tag, sizeof kind_tag));
	if (case_id != NULL) {
		vault_tag(&v->keys, "case", slice_of(case_id, ID_BYTES), matter);
		vault_sql_bind(s, 4, slice_of(matter, sizeof matter));
	}
	vault_sql_bind(s, 5, buf_slice(&r->key));
	vault_sql_bind(s, 6, buf_slice(&r->head));
	vault_sql_bind(s, 7, buf_slice(&r->value));
	return vault_sql_step(s);
}

/* COMMIT if CODE is RC_OK, else take it all back. */
static rc
end(struct vault *v, rc code)
{
	if (code == RC_OK) code = vault_sql_run(v->db, "COMMIT");
	if (code != RC_OK) ignore(vault_sql_run(v->db, "ROLLBACK"));
	return code;
}

rc
vault_put(struct vault *v, const struct vault_name *name, const uint8_t *case_id,
    struct slice content)
{
	AUTO(row_wipe) struct row r = {.id = 0};

	TRY(seal_row(v, name, case_id, content, &r));
	TRY(vault_sql_run(v->db, "BEGIN IMMEDIATE"));
	return end(v, insert_row(v, name, case_id, &r));
}

/* --- reading -------------------------------------------------------------------------
 */

rc
vault_has(struct vault *v, const struct vault_name *name)
{
	AUTO(vault_sql_done) sqlite3_stmt *s = NULL;
	uint8_t                            tag[VAULT_TAG_BYTES];

	tag_name(v, name, tag);
	TRY(vault_sql_prepare(v->db, "SELECT 1 FROM entry WHERE name = ?1", &s));
	vault_sql_bind(s, 1, slice_of(tag, sizeof tag));
	return vault_sql_row(s);
}

rc
vault_get(struct vault *v, const struct vault_name *name, struct buf *out)
{
	AUTO(vault_sql_done) sqlite3_stmt *s   = NULL;
	AUTO(buf_wipe) struct buf          key = buf_init(KEY_BYTES);
	struct vault_head                  head;
	uint8_t                            tag[VAULT_TAG_BYTES];
	char                               kind[KIND_MAX];

	tag_name(v, name, tag);
	TRY(vault_sql_prepare(
	    v->db, "SELECT id, row_key, head, value FROM entry WHERE name = ?1", &s));
	vault_sql_bind(s, 1, slice_of(tag, sizeof tag));
	TRY(vault_sql_row(s));
	TRY(open_head(v, s, kind_of(name->box, name->suffix, kind), &key, &head));
	if (memcmp(head.id, name->id, ID_BYTES) != 0) return RC_BAD_DIGEST;
	struct vault_place place = at("value", sqlite3_column_int64(s, 0));
	return vault_unseal(key.p, &place, vault_sql_blob(s, 3), out);
}

static int
by_time(const void *a, const void *b)
{
	const struct vault_head *x = a, *y = b;

	if (x->written_ns != y->written_ns) return x->written_ns < y->written_ns ? -1 : 1;
	return memcmp(x->id, y->id, ID_BYTES);
}

static rc
add_head(const struct vault *v, sqlite3_stmt *s, struct slice kind,
    struct vault_head **list, size_t *n)
{
	AUTO(buf_wipe) struct buf key   = buf_init(KEY_BYTES);
	struct vault_head        *grown = reallocarray(*list, *n + 1, sizeof *grown);

	if (grown == NULL) return RC_NOMEM;
	*list = grown;
	TRY(open_head(v, s, kind, &key, &grown[*n]));
	++*n;
	return RC_OK;
}

rc
vault_list(struct vault *v, const char *box, const char *suffix, const uint8_t *case_id,
    struct vault_head **ret, size_t *ret_n)
{
	AUTO(vault_sql_done) sqlite3_stmt *s    = NULL;
	AUTO(auto_free) struct vault_head *list = NULL;
	uint8_t                            tag[VAULT_TAG_BYTES], matter[VAULT_TAG_BYTES];
	char                               text[KIND_MAX];
	size_t                             n    = 0;
	rc                                 code = RC_OK;

	struct slice kind = kind_of(box, suffix, text);
	vault_tag(&v->keys, "kind", kind, tag);
	TRY(vault_sql_prepare(v->db,
	    "SELECT id, row_key, head FROM entry WHERE kind = ?1"
	    " AND (?2 IS NULL OR matter = ?2)",
	    &s));
	vault_sql_bind(s, 1, slice_of(tag, sizeof tag));
	if (case_id != NULL) {
		vault_tag(&v->keys, "case", slice_of(case_id, ID_BYTES), matter);
		vault_sql_bind(s, 2, slice_of(matter, sizeof matter));
	}
	while ((code = vault_sql_row(s)) == RC_OK) TRY(add_head(v, s, kind, &list, &n));
	if (code != RC_NOT_FOUND) return code;
	if (n != 0) qsort(list, n, sizeof *list, by_time);
	*ret   = TAKE(list);
	*ret_n = n;
	return RC_OK;
}

/* --- erasing -------------------------------------------------------------------------
 */

rc
vault_remove(struct vault *v, const struct vault_name *name)
{
	uint8_t tag[VAULT_TAG_BYTES];

	tag_name(v, name, tag);
	TRY(vault_sql_run(v->db, "BEGIN IMMEDIATE"));
	return end(v, delete_named(v, tag));
}

static rc
set_erasing(struct vault *v)
{
	return vault_sql_run(
	    v->db, "INSERT OR REPLACE INTO meta (id, value) VALUES (2, x'01')");
}

static rc
delete_all(struct vault *v, const struct vault_name *names, size_t n)
{
	uint8_t tag[VAULT_TAG_BYTES];

	TRY(set_erasing(v));
	for (size_t i = 0; i < n; i++) {
		tag_name(v, &names[i], tag);
		TRY(delete_named(v, tag));
	}
	return RC_OK;
}

/* Empty the log; RC_QUEUE_FULL while somebody still reads from it. */
static rc
empty_log(struct vault *v)
{
	int code = sqlite3_wal_checkpoint_v2(
	    v->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	return vault_sql_code(code);
}

/* RC_NOT_FOUND if not. */
static rc
is_erasing(struct vault *v)
{
	AUTO(vault_sql_done) sqlite3_stmt *s = NULL;

	TRY(vault_sql_prepare(v->db, "SELECT 1 FROM meta WHERE id = 2", &s));
	return vault_sql_row(s);
}

/* secure_delete overwrites what is deleted, but cells that moved between pages leave
 * copies behind: only a file written anew holds none. */
static rc
finish_erasing(struct vault *v)
{
	rc code = is_erasing(v);
	if (code != RC_OK) return code == RC_NOT_FOUND ? RC_OK : code;
	TRY(vault_sql_run(v->db, "VACUUM"));
	TRY(empty_log(v));
	return vault_sql_run(v->db, "DELETE FROM meta WHERE id = 2");
}

rc
vault_erase(struct vault *v, const struct vault_name *names, size_t n)
{
	TRY(vault_sql_run(v->db, "BEGIN IMMEDIATE"));
	TRY(end(v, delete_all(v, names, n)));
	return finish_erasing(v);
}
