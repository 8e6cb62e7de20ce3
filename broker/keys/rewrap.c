/* SPDX-License-Identifier: EUPL-1.2 */
/* rewrap.c - a page of wrapped keys at a time. */
#include "broker/keys/rewrap.h"

#include "broker/batch.h"
#include "broker/broker.h"
#include "broker/journal/epoch.h"
#include "broker/log.h"
#include "proto/auto.h"

rc
rewrap_ask(struct keeper_line *line, enum wrapped_table table,
    const struct wrapped_row *page, size_t n, struct rewrapping *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] =
		    (struct rewrapping){.key_id = store_wrapped_id(table, page[i].id),
		        .wrapped                = slice_of(page[i].wrapped, page[i].n)};
	return keeper_rewrap(line, ret, n);
}

/* --- at the start ---------------------------------------------------------------- */

/* Of the newest keys of TABLE that are said to be by MASTER: how many, how many open. */
static rc
probe(struct broker *b, enum wrapped_table table, uint32_t master, size_t *n_asked,
    size_t *n_opened)
{
	struct wrapped_row rows[WRAPPED_PROBE];
	struct rewrapping  ask[WRAPPED_PROBE];
	size_t             n = 0;

	TRY(store_newest_wrapped(b->store, table, master, rows, &n));
	if (n == 0) return RC_OK;
	TRY(rewrap_ask(b->line, table, rows, n, ask));
	for (size_t i = 0; i < n; i++)
		if (ask[i].code == RC_OK) ++*n_opened;
	*n_asked += n;
	return RC_OK;
}

rc
rewrap_check_master(struct broker *b)
{
	uint32_t master  = keeper_facts(b->keeper)->master[0];
	size_t   n_asked = 0, n_opened = 0;

	for (enum wrapped_table t = WRAPPED_COPIES; t < N_WRAPPED; t++)
		TRY(probe(b, t, master, &n_asked, &n_opened));
	if (n_asked == 0 || n_opened != 0) return RC_OK;
	LOG(LOG_KEYS_UNREADABLE, .code = RC_CRYPTO, .n = n_asked,
	    .detail = "the newest ones: another master key stands under the number of "
	              "theirs in keys_file, or in its token");
	return RC_BAD_TREE;
}

/* --- after a change -------------------------------------------------------------- */

/* Ask the keeper for all of PAGE, and write what it gave. */
static rc
rewrap_page(struct broker *b, struct wrapped_row *page, size_t n)
{
	struct rewrap    *w = &b->rewrap;
	struct rewrapping ask[WRAPPED_PAGE];

	TRY(rewrap_ask(b->line, w->table, page, n, ask));
	for (size_t i = 0; i < n; i++) {
		if (ask[i].code != RC_OK) {
			wrapped_names_add(&w->unreadable, w->table, page[i].id);
			continue;
		}
		TRY(store_put_wrapped(b->store, w->table, page[i].id,
		    slice_of(ask[i].ret, sizeof ask[i].ret)));
		w->n++;
	}
	return RC_OK;
}

/* Everything was looked at. */
static void
tell(const struct broker *b)
{
	const struct wrapped_names *lost = &b->rewrap.unreadable;

	LOG(LOG_REWRAPPED, .n = b->rewrap.n);
	if (lost->n != 0)
		LOG(LOG_KEYS_UNREADABLE, .code = RC_CRYPTO, .n = lost->n,
		    .detail = lost->text);
}

static rc
next_page(struct broker *b)
{
	AUTO(auto_free)
	struct wrapped_row *page = calloc(WRAPPED_PAGE, sizeof *page);
	struct rewrap      *w    = &b->rewrap;
	size_t              n    = 0;
	bool                end  = false;

	if (page == NULL) return RC_NOMEM;
	TRY(store_wrapped_by_others(b->store, w->table,
	    keeper_facts(b->keeper)->master[0], &w->after, page, &n, &end));
	if (n != 0) TRY(rewrap_page(b, page, n));
	if (!end) return RC_OK;
	w->after = 0;
	w->table++;
	return w->table == N_WRAPPED ? epoch_note_rewrapped(b, w->unreadable.n == 0)
	                             : RC_OK;
}

rc
rewrap_some(struct broker *b)
{
	struct rewrap before = b->rewrap;

	if (keeper_facts(b->keeper)->n_masters == 1 || before.table == N_WRAPPED)
		return RC_OK;
	rc code = store_begin(b->store);
	if (code == RC_OK) code = next_page(b);
	if (code == RC_OK) code = batch_commit(b);
	if (code != RC_OK) b->rewrap = before; /* it did not happen: again */
	TRY(code);
	if (b->rewrap.table == N_WRAPPED) tell(b);
	return RC_OK;
}
