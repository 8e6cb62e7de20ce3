/* SPDX-License-Identifier: EUPL-1.2 */
/* wrapped.c - keys by the master key that wrapped them. */
#include "broker/store/wrapped.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "broker/store/internal.h"

/* A wrapped key begins with the id of its master key; one of before has none (seal.h). */
static bool
is_by(struct slice wrapped, uint32_t master)
{
	uint32_t id = 1;

	if (wrapped.n == WRAPPED_OLD_BYTES) return false; /* whoever: the form is old */
	if (wrapped.n != WRAPPED_BYTES) return false;
	id = (uint32_t)wrapped.p[0] << 24 | (uint32_t)wrapped.p[1] << 16 |
	     (uint32_t)wrapped.p[2] << 8 | wrapped.p[3];
	return id == master;
}

uint64_t
store_wrapped_id(enum wrapped_table table, uint64_t id)
{
	return table == WRAPPED_RECORDS ? id | (uint64_t)1 << 63 : id;
}

static rc
use_page(struct store *s, enum wrapped_table table, uint64_t after, sqlite3_stmt **ret)
{
	static const char copies[] =
	    "SELECT id, wrapped FROM key WHERE id > ? ORDER BY id LIMIT ?";
	static const char records[] =
	    "SELECT id, wrapped FROM record WHERE id >= ? ORDER BY id LIMIT ?";

	TRY(sql_use(&s->keys, table == WRAPPED_COPIES ? copies : records, ret));
	sql_bind_u64(*ret, 1, after);
	sql_bind_u64(*ret, 2, WRAPPED_LOOK);
	return RC_OK;
}

rc
store_wrapped_by_others(struct store *s, enum wrapped_table table, uint32_t master,
    uint64_t *after, struct wrapped_row *ret, size_t *ret_n, bool *ret_end)
{
	AUTO(sql_done) sqlite3_stmt *q      = NULL;
	size_t                       looked = 0, n = 0;

	TRY(use_page(s, table, *after, &q));
	for (; looked < WRAPPED_LOOK && n < WRAPPED_PAGE; looked++) {
		rc code = sql_row(q);
		if (code == RC_NOT_FOUND) break;
		TRY(code);
		struct slice wrapped = sql_blob(q, 1);
		/* records are numbered from 0: the next is the one that is looked at */
		*after = sql_u64(q, 0) + (table == WRAPPED_RECORDS ? 1 : 0);
		if (wrapped.n == 0 || is_by(wrapped, master)) continue;
		ret[n]   = (struct wrapped_row){.id = sql_u64(q, 0)};
		ret[n].n = wrapped.n > WRAPPED_BYTES ? WRAPPED_BYTES : wrapped.n;
		memcpy(ret[n].wrapped, wrapped.p, ret[n].n);
		n++;
	}
	*ret_n   = n;
	*ret_end = looked < WRAPPED_LOOK && n < WRAPPED_PAGE;
	return RC_OK;
}

rc
store_newest_wrapped(struct store *s, enum wrapped_table table, uint32_t master,
    struct wrapped_row ret[WRAPPED_PROBE], size_t *ret_n)
{
	static const char copies[] =
	    "SELECT id, wrapped FROM key ORDER BY id DESC LIMIT ?";
	static const char records[] =
	    "SELECT id, wrapped FROM record ORDER BY id DESC LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	rc                           code;

	*ret_n = 0;
	TRY(sql_use(&s->keys, table == WRAPPED_COPIES ? copies : records, &q));
	sql_bind_u64(q, 1, WRAPPED_PROBE);
	while ((code = sql_row(q)) == RC_OK) {
		struct slice wrapped = sql_blob(q, 1);
		if (!is_by(wrapped, master)) continue;
		struct wrapped_row *row = &ret[(*ret_n)++];
		*row = (struct wrapped_row){.id = sql_u64(q, 0), .n = wrapped.n};
		memcpy(row->wrapped, wrapped.p, wrapped.n);
	}
	return code == RC_NOT_FOUND ? RC_OK : code;
}

rc
store_put_wrapped(
    struct store *s, enum wrapped_table table, uint64_t id, struct slice wrapped)
{
	static const char copies[]     = "UPDATE key SET wrapped = ? WHERE id = ?";
	static const char records[]    = "UPDATE record SET wrapped = ? WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->keys, table == WRAPPED_COPIES ? copies : records, &q));
	sql_bind_blob(q, 1, wrapped);
	sql_bind_u64(q, 2, id);
	return sql_run(q);
}

static rc
each_page(struct store *s, enum wrapped_table table, uint32_t master, wrapped_each *each,
    void *arg)
{
	struct wrapped_row page[WRAPPED_PAGE];
	uint64_t           after = 0;
	size_t             n     = 0;
	bool               end   = false;

	while (!end) {
		TRY(store_wrapped_by_others(s, table, master, &after, page, &n, &end));
		if (n != 0) TRY(each(arg, table, page, n));
	}
	return RC_OK;
}

rc
store_each_by_others(const char *dir, uint32_t master, wrapped_each *each, void *arg)
{
	AUTO(store_destroy) struct store *s = NULL;

	TRY(store_open(&s, dir));
	for (enum wrapped_table t = WRAPPED_COPIES; t < N_WRAPPED; t++)
		TRY(each_page(s, t, master, each, arg));
	return RC_OK;
}

static rc
count(void *arg, enum wrapped_table table, const struct wrapped_row *page, size_t n)
{
	uint64_t *sum = arg;

	(void)table, (void)page;
	*sum += n;
	return RC_OK;
}

rc
store_count_by_others(const char *dir, uint32_t master, uint64_t *ret)
{
	*ret = 0;
	return store_each_by_others(dir, master, count, ret);
}

static rc
give_up(void *arg, enum wrapped_table table, const struct wrapped_row *page, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(store_put_wrapped(arg, table, page[i].id, slice_of("", 0)));
	return RC_OK;
}

rc
store_give_up_by_others(const char *dir, uint32_t master)
{
	AUTO(store_destroy) struct store *s = NULL;

	TRY(store_open(&s, dir));
	TRY(store_begin(s));
	for (enum wrapped_table t = WRAPPED_COPIES; t < N_WRAPPED; t++)
		TRY(each_page(s, t, master, give_up, s));
	return store_commit(s);
}

/* --- naming them -------------------------------------------------------------------- */

void
wrapped_names_add(struct wrapped_names *w, enum wrapped_table table, uint64_t id)
{
	static const char *const tables[] = {"copy", "record"};
	static const char        more[]   = ", and more";
	char                     one[40];
	size_t                   used = strlen(w->text);

	(void)snprintf(
	    one, sizeof one, "%s%s %" PRIu64, w->n == 0 ? "" : ", ", tables[table], id);
	if (w->n++ != 0 && strstr(w->text, more) != NULL) return;
	if (used + strlen(one) + sizeof more > sizeof w->text)
		(void)snprintf(w->text + used, sizeof w->text - used, "%s", more);
	else
		(void)snprintf(w->text + used, sizeof w->text - used, "%s", one);
}
