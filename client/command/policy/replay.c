/* SPDX-License-Identifier: EUPL-1.2 */
/* replay.c - read everything, compute everything, compare. */
#include "client/command/policy/replay.h"

#include <stdio.h>

#include "client/command/policy/details.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"

enum { PAGE = 1000 };

struct walk {
	struct sluis          *s;
	struct replay         *r;
	struct merkle_frontier frontier;
	bool                   started;
	struct gone            gone; /* owned */
};

/* At the size that we saw before, the root must be the one we saw. */
static rc
compare_seen(struct walk *w)
{
	const struct seen *seen = &w->s->seen;

	if (!seen->known || w->frontier.size != seen->head.size) return RC_OK;
	struct hash root = merkle_root(&w->frontier);
	if (hash_equal(&root, &seen->head.root)) return RC_OK;
	return handle_fail(w->s, RC_FORKED, "checkpoint",
	    "the journal does not continue the one seen before");
}

/* The first head is the one to reach; later ones must not be smaller. */
static rc
take_head(struct walk *w, const struct sluis_result *page)
{
	const char *note = sluis_result_checkpoint(page);

	if (page->head.size == 0 && note[0] == '\0')
		return handle_fail(
		    w->s, RC_BAD_NOTE, "checkpoint", "the answer carries none");
	if (w->started) {
		if (page->head.size >= w->r->head.size) return RC_OK;
		return handle_fail(
		    w->s, RC_FORKED, "checkpoint", "the journal became shorter");
	}
	w->started = true;
	w->r->head = page->head;
	if (page->head.size < w->frontier.size ||
	    (w->s->seen.known && page->head.size < w->s->seen.head.size))
		return handle_fail(w->s, RC_FORKED, "checkpoint",
		    "the journal is shorter than it was before");
	(void)snprintf(w->r->note, sizeof w->r->note, "%s", note);
	return compare_seen(w);
}

static rc
take_entry(struct walk *w, const struct sluis_entry *e)
{
	struct slice leaf = slice_of(e->leaf, e->leaf_n);
	struct hash  hash = merkle_leaf(leaf);
	char         where[64];

	(void)snprintf(where, sizeof where, "entry %llu", (unsigned long long)e->index);
	if (e->index != w->frontier.size)
		return handle_fail(
		    w->s, RC_BAD_TREE, where, "entries are missing before it");
	rc code = gone_take(&w->gone, e->index, leaf, slice_of(e->detail, e->detail_n));
	if (code != RC_OK)
		return handle_fail(
		    w->s, code, where, "its detail is not what the entry says");
	merkle_append(&w->frontier, &hash);
	TRY(compare_seen(w));
	return w->r->visit != NULL ? w->r->visit(w->r->arg, e, w->r->head.size) : RC_OK;
}

static rc
take_page(struct walk *w)
{
	AUTO(sluis_result_destroy) struct sluis_result *page = NULL;
	uint64_t                                        from = w->frontier.size;

	TRY(code_in(sluis_audit_read(w->s, from, PAGE, w->r->timeout_ms, &page)));
	TRY(take_head(w, page));
	for (size_t i = 0; i < sluis_result_n_entries(page); i++) {
		if (w->frontier.size == w->r->head.size) return RC_OK;
		TRY(take_entry(w, sluis_result_entry(page, i)));
	}
	if (w->frontier.size == from && from < w->r->head.size)
		return handle_fail(w->s, RC_BAD_TREE, "entries",
		    "the broker does not hand out all of them");
	return RC_OK;
}

static void
walk_wipe(struct walk *w)
{
	gone_wipe(&w->gone);
}

/* Up to the head that the first page brings. */
static rc
walk_to_head(struct walk *w)
{
	w->started = false;
	do TRY(take_page(w));
	while (w->frontier.size < w->r->head.size);
	struct hash root = merkle_root(&w->frontier);
	if (hash_equal(&root, &w->r->head.root)) return RC_OK;
	return handle_fail(w->s, RC_BAD_TREE, "root",
	    "the entries do not give the root that was signed");
}

/* Every detail is there, or an entry says that it was erased: it may have been while we
 * read, and then that entry stands behind the head that we read up to. */
static rc
check_gone(struct walk *w)
{
	uint64_t index;
	char     where[64];

	if (gone_first(&w->gone, &index)) TRY(walk_to_head(w));
	if (!gone_first(&w->gone, &index)) return RC_OK;
	(void)snprintf(where, sizeof where, "entry %llu", (unsigned long long)index);
	return handle_fail(w->s, RC_BAD_DIGEST, where,
	    "its detail is missing, and no entry says that it was erased");
}

rc
replay_journal(struct sluis *s, struct replay *r)
{
	AUTO(walk_wipe) struct walk w = {.s = s, .r = r, .frontier = r->start};

	TRY(walk_to_head(&w));
	TRY(check_gone(&w));
	return seen_keep(
	    &s->seen, s->folder.dir, slice_str(r->note), &r->head, unix_ms());
}
