/* SPDX-License-Identifier: EUPL-1.2 */
/* knowing.c - links and answers that follow from a release, now and later. */
#include "broker/knowing/knowing.h"

#include <sodium.h>
#include <string.h>

#include "broker/batch.h"
#include "broker/knowing/linked.h"
#include "broker/knowing/reveal.h"
#include "broker/log.h"

enum {
	TOKEN_DAYS    = 90, /* where the convenant names no term */
	CONTROL_AFTER = 7,  /* days that a plan is kept after its day */
};

/* --- answers that are due -------------------------------------------------------- */

static const struct obligation_info *
obligation(const struct ruling *r, const char *id)
{
	for (size_t i = 0; i < r->n_obligations; i++)
		if (strcmp(r->obligations[i]->id, id) == 0) return r->obligations[i];
	return NULL;
}

static rc
ask_response(const struct release *r, const struct released *to)
{
	const struct obligation_info *due  = obligation(&to->decision->ruling, "respond");
	const struct act             *a    = r->act;
	struct task_row               task = {.from = a->me,
	                  .kind                     = SLUIS__TASK_KIND__TASK_RESPOND,
	                  .in_case                  = a->in_case,
	                  .has_about                = true,
	                  .layer                    = r->layer,
	                  .leaf                     = to->leaf,
	                  .since_ms                 = a->b->now_ms};

	if (due == NULL) return RC_OK;
	if (due->term_days != 0)
		task.due_ms = a->b->now_ms + (uint64_t)due->term_days * DAY_MS;
	(void)snprintf(
	    task.who.oin, sizeof task.who.oin, "%s", to->decision->recipient_oin);
	(void)snprintf(task.who.desk, sizeof task.who.desk, "%s", to->decision->desk);
	memcpy(task.case_id, a->row.id, sizeof task.case_id);
	memcpy(task.about, to->delivery, sizeof task.about);
	return store_add_task(a->b->store, &task);
}

/* --- tokens ---------------------------------------------------------------------- */

/* As long as the longest that a recipient may keep it. */
static uint64_t
tokens_until(const struct release *r)
{
	uint64_t days = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct ruling          *by = &r->to[i].decision->ruling;
		const struct obligation_info *o =
		    r->to[i].served ? obligation(by, "retain") : NULL;
		if (r->to[i].served && o == NULL) o = obligation(by, "recall");
		if (o != NULL && o->term_days > days) days = o->term_days;
	}
	return r->act->b->now_ms + (days == 0 ? TOKEN_DAYS : days) * DAY_MS;
}

static rc
put_tokens(
    const struct release *r, const struct pseudonymiser *key, const struct link_names *n)
{
	const struct party *me   = r->act->q->member->party;
	const uint8_t      *id   = r->submit->head->request_id.data;
	const char         *from = me == NULL ? "" : me->region;
	struct link_row     row  = {
	         .who = r->act->me, .leaf = r->to[0].leaf, .until_ms = tokens_until(r)};
	rc code = RC_OK;

	memcpy(row.trace, id, sizeof row.trace);
	(void)snprintf(row.convenant, sizeof row.convenant, "%s", r->submit->convenant);
	(void)snprintf(row.region, sizeof row.region, "%s",
	    r->submit->region == NULL ? from : r->submit->region);
	for (size_t i = 0; code == RC_OK && i < n->n; i++) {
		const struct identity *of = n->at[i].of;
		row.secret                = n->at[i].secret;
		(void)snprintf(row.kind, sizeof row.kind, "%s", of->kind->name);
		code = pseudonym_token_of(key, of, row.token);
		if (code == RC_OK) code = store_put_link(r->act->b->store, &row);
	}
	sodium_memzero(row.token, sizeof row.token);
	return code;
}

/* N identifiers get no token; the signal goes its way all the same. */
static void
say_left_out(const struct release *r, size_t n)
{
	if (n == 0) return;
	LOG(LOG_LINKS_FULL, .oin = r->act->me.oin, .desk = r->act->me.desk, .n = n);
}

static rc
keep_tokens(const struct release *r, const struct link_names *names)
{
	struct broker *b  = r->act->b;
	bool           ok = false;

	if (names->n == 0) return RC_OK;
	TRY(store_take_of_day(b->store, "link", r->act->me.oin, b->now_ms / DAY_MS,
	    names->n, (uint64_t)b->config->link_tokens_per_day, &ok));
	say_left_out(r, names->left_out + (ok ? 0 : names->n));
	if (!ok) return RC_OK;
	TRY(put_tokens(r, b->pseudonymiser, names));
	/* who was kept under the epoch that ends is still found */
	return b->former == NULL ? RC_OK : put_tokens(r, b->former, names);
}

/* --- public ---------------------------------------------------------------------- */

rc
knowing_of(const struct policy *p, struct identities *all, const Sluis__Signal *signal,
    const char *convenant, int32_t today, struct scratch *mem, struct knowing *ret)
{
	TRY(link_names_of(p, all, signal, convenant, today, &ret->links));
	return subject_names_of(p, all, signal, mem, &ret->subjects);
}

rc
knowing_want(const struct knowing *k, struct identities *all, struct pseudonymiser *p,
    struct pseudonymiser *former)
{
	for (size_t i = 0; i < k->links.n; i++) {
		TRY(pseudonym_want_token(p, all, k->links.at[i].of));
		if (former == NULL) continue;
		TRY(pseudonym_want_token(former, all, k->links.at[i].of));
	}
	for (size_t i = 0; i < k->subjects.n; i++)
		TRY(pseudonym_want_subject(p, all, k->subjects.at[i].of));
	return RC_OK;
}

rc
knowing_after_release(const struct release *r, const struct knowing *k)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->to[i].served) TRY(ask_response(r, &r->to[i]));
	if (r->corrects != NULL) TRY(knowing_forget(r->act->b, &r->act->me, r->corrects));
	if (k == NULL) return RC_OK;
	TRY(subject_after_release(r, &k->subjects));
	return keep_tokens(r, &k->links);
}

rc
knowing_forget(struct broker *b, const struct seat_id *who, const uint8_t trace[ID_BYTES])
{
	return store_forget_links(b->store, who, trace);
}

/* --- what time brings ---------------------------------------------------------------
 */

static rc
tell_links(struct broker *b, size_t *ret_n)
{
	bool more = false;

	TRY(linked_tell(b, &more));
	*ret_n = more;
	return RC_OK;
}

static rc
end_questions(struct broker *b, size_t *ret_n)
{
	bool more = false;

	TRY(reveal_end_over(b, &more));
	*ret_n = more;
	return RC_OK;
}

static rc
end_subjects(struct broker *b, size_t *ret_n)
{
	(void)ret_n;
	return subject_end_over(b);
}

static rc
forget_old(struct broker *b, size_t *ret_n)
{
	(void)ret_n;
	if (b->now_ms - b->last.forgot_ms < HOUR_MS) return RC_OK;
	b->last.forgot_ms = b->now_ms;
	TRY(store_end_links(b->store, b->now_ms));
	return store_end_controls(b->store, date_of_ms(b->now_ms) - CONTROL_AFTER);
}

rc
knowing_tick(struct broker *b)
{
	static rc (*const works[])(struct broker * b, size_t * ret_n) = {
	    tell_links, end_questions, forget_old, end_subjects};
	size_t more = 0;

	if (b->now_ms - b->last.known_ms < (uint64_t)b->config->links_s * 1000)
		return RC_OK;
	for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
		size_t n = 0;
		TRY(batch_alone(b, works[i], &n));
		more += n;
	}
	b->last.known_ms = more != 0 ? 0 : b->now_ms;
	return RC_OK;
}
