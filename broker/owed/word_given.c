/* SPDX-License-Identifier: EUPL-1.2 */
/* word_given.c - ending and renewing TASK_FEEDBACK and TASK_USEFULNESS. */
#include "broker/owed/word_given.h"

enum { PAGE = 32 };

struct ending {
	struct act *a;
	unsigned    layer;
	bool        again; /* from now on it is owed for another term */
};

/* *RET_DID: it was open, and of this layer. */
static rc
end_one(const struct ending *e, struct task_row *t, bool *ret_did)
{
	struct broker *b    = e->a->b;
	uint64_t       term = t->due_ms > t->since_ms ? t->due_ms - t->since_ms : 0;
	bool           anew = e->again && term != 0;

	*ret_did = t->layer == e->layer && !(anew && t->since_ms == b->now_ms);
	if (!*ret_did) return RC_OK;
	TRY(store_end_task(b->store, t->id));
	if (!anew) return RC_OK;
	t->since_ms = b->now_ms;
	t->due_ms   = b->now_ms + term;
	t->reminded = false;
	return store_add_task(b->store, t);
}

static rc
end_listed(const struct ending *e, const struct task_filter *f)
{
	struct task_row rows[PAGE];
	size_t          n = PAGE, ended = 1;

	while (n == PAGE && ended != 0) {
		ended = 0;
		TRY(store_list_tasks(e->a->b->store, f, PAGE, rows, &n));
		for (size_t i = 0; i < n; i++) {
			bool did = false;
			TRY(end_one(e, &rows[i], &did));
			if (did) ended++;
		}
	}
	return RC_OK;
}

rc
word_given(struct act *a, struct task_filter f, unsigned layer, bool again)
{
	struct ending e = {.a = a, .layer = layer};

	f.who   = &a->me;
	f.layer = layer;
	f.kind  = SLUIS__TASK_KIND__TASK_FEEDBACK;
	TRY(end_listed(&e, &f));
	f.kind  = SLUIS__TASK_KIND__TASK_USEFULNESS;
	e.again = again;
	return end_listed(&e, &f);
}
