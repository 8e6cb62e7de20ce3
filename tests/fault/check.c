/* SPDX-License-Identifier: EUPL-1.2 */
/* check.c - reading the whole state: what was promised is there, and nothing by halves.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault/world.h"
#include "proto/message.h"

/* --- the tree -------------------------------------------------------------------- */

/* Leaf INDEX, whose detail must be whole or erased. */
static struct hash
leaf_hash(struct world *w, uint64_t index)
{
	AUTO(buf_wipe) struct buf leaf   = buf_init(LEAF_MAX);
	AUTO(buf_wipe) struct buf detail = buf_init(64 * 1024);

	rc code = store_get_leaf(w->region.broker.store, index, &leaf, &detail);
	if (code != RC_OK) (void)fprintf(stderr, "leaf: %s\n", rc_name(code));
	demand(code == RC_OK, "a leaf and its detail cannot be read", index);
	return merkle_leaf(buf_slice(&leaf));
}

static bool
is_kept(const struct promise *p, uint64_t size, const struct hash *leaf,
    const struct hash *root)
{
	if (p->head) return p->index != size || hash_equal(&p->hash, root);
	return p->index + 1 != size || hash_equal(&p->hash, leaf);
}

/* The tree of SIZE leaves, the last of them LEAF, has ROOT. */
static void
check_size(struct world *w, size_t at, uint64_t size, const struct hash *leaf,
    const struct hash *root)
{
	struct hash got;

	demand(journal_root_at(w->region.broker.journal, size, &got) == RC_OK &&
	           hash_equal(&got, root),
	    "the tiles are not those of the leaves", size);
	for (size_t i = 0; i < w->n; i++)
		if (w->promises[i].at <= at)
			demand(is_kept(&w->promises[i], size, leaf, root),
			    "a promise is broken", size);
}

static void
check_tree(struct world *w, size_t at)
{
	struct merkle_frontier f    = {0};
	uint64_t               size = journal_size(w->region.broker.journal);

	for (uint64_t i = 0; i < size; i++) {
		struct hash leaf = leaf_hash(w, i);
		merkle_append(&f, &leaf);
		struct hash root = merkle_root(&f);
		check_size(w, at, i + 1, &leaf, &root);
	}
	for (size_t i = 0; i < w->n; i++)
		if (w->promises[i].at <= at)
			demand(
			    w->promises[i].index + (w->promises[i].head ? 0 : 1) <= size,
			    "a promised leaf is not there", w->promises[i].index);
}

/* --- copies ---------------------------------------------------------------------- */

/* All that waits for P opens. */
static void
check_inbox(struct world *w, const struct person *p)
{
	struct broker                *b     = &w->region.broker;
	struct ask                    ask   = {.max = 256};
	struct route                  route = {.n = 1};
	AUTO(reply_wipe) struct reply reply = {0};
	uint64_t                      want  = 0;
	size_t                        n     = 0;

	memcpy(ask.oin, p->oin, sizeof ask.oin);
	memcpy(ask.desk, p->desk, sizeof ask.desk);
	must(reply_init(&reply, &route, slice_of(NULL, 0)));
	must(store_count_pending(b->store, p->oin, p->desk, &want));
	must(dispatch_take(b->dispatch, &ask, b->now_ms, &reply, &n));
	demand(n == want, "a copy that waits cannot be opened", n);
}

/* --- the rows -------------------------------------------------------------------- */

static int
first_number(void *ret, int n, char **values, char **names)
{
	(void)n, (void)names;
	*(uint64_t *)ret = values[0] == NULL ? 0 : strtoull(values[0], NULL, 10);
	return 0;
}

static void
none(struct world *w, const char *database, const char *what, const char *sql)
{
	sqlite3 *db = NULL;
	char     path[512];
	uint64_t n = 1;

	(void)snprintf(path, sizeof path, "%s/%s", w->region.config->state_dir, database);
	demand(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK,
	    "cannot open", 0);
	/* its closing must not take the log away from the broker's connection */
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	demand(sqlite3_exec(db, sql, first_number, &n, NULL) == SQLITE_OK, sql, 0);
	demand(n == 0, what, n);
	(void)sqlite3_close(db);
}

static void
check_rows(struct world *w)
{
	static const struct {
		const char *database, *what, *sql;
	} rules[] = {
	    {"sluis.db", "the database is damaged",
	        "SELECT integrity_check <> 'ok' FROM pragma_integrity_check"},
	    {"keys.db", "the database of keys is damaged",
	        "SELECT integrity_check <> 'ok' FROM pragma_integrity_check"},
	    {"sluis.db", "a copy has no ruling",
	        "SELECT count(*) FROM outbox WHERE leaf NOT IN (SELECT idx FROM leaf)"},
	    {"sluis.db", "an ended copy has no leaf that says so",
	        "SELECT count(*) FROM outbox WHERE ack_leaf IS NOT NULL AND"
	        " ack_leaf NOT IN (SELECT idx FROM leaf)"},
	    {"sluis.db", "a waiting copy is empty",
	        "SELECT count(*) FROM outbox WHERE ack_leaf IS NULL AND"
	        " seq NOT IN (SELECT seq FROM copy)"},
	    {"sluis.db", "a copy is owed to nobody",
	        "SELECT count(*) FROM copy WHERE seq NOT IN (SELECT seq FROM outbox)"},
	    {"sluis.db", "a request has no leaves",
	        "SELECT count(*) FROM request WHERE first + max(n, 1) >"
	        " (SELECT count(*) FROM leaf)"},
	    {"sluis.db", "a policy has no texts",
	        "SELECT count(*) FROM policy WHERE seq NOT IN (SELECT policy FROM"
	        " policy_file WHERE signature = 0) OR seq NOT IN (SELECT policy FROM"
	        " policy_file WHERE signature = 1)"},
	    {"sluis.db", "a leaf is missing",
	        "SELECT coalesce(max(idx) + 1, 0) <> count(*) FROM leaf"},
	    {"sluis.db", "the last head is not that of the last leaf",
	        "SELECT coalesce(max(size), 0) <> (SELECT count(*) FROM leaf) FROM head"},
	    {"sluis.db", "a case has no seat",
	        "SELECT count(*) FROM case_ WHERE id NOT IN (SELECT case_id FROM"
	        " case_seat)"},
	};

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		none(w, rules[i].database, rules[i].what, rules[i].sql);
}

/* Every key opens something. */
static void
check_keys(struct world *w)
{
	uint64_t waiting = 0;
	char     sql[128];

	must(store_count_all_pending(w->region.broker.store, &waiting));
	must(store_forget_erased(w->region.broker.store));
	(void)snprintf(sql, sizeof sql, "SELECT count(*) <> %llu FROM key",
	    (unsigned long long)waiting);
	none(w, "keys.db", "a key opens nothing, or is missing", sql);
}

void
world_check(struct world *w, size_t at)
{
	demand(!w->dead, "the broker does not run", at);
	check_tree(w, at);
	for (size_t i = 0; i < DESKS; i++) check_inbox(w, &w->desk[i]);
	check_rows(w);
	check_keys(w);
}
