/* SPDX-License-Identifier: EUPL-1.2 */
/* lists.c - the files of trust, and what the state remembers of them. */
#include "broker/standing/lists.h"

#include <string.h>

#include "broker/batch.h"
#include "broker/journal/event.h"
#include "broker/log.h"
#include "certs/file.h"
#include "proto/auto.h"

enum { KEPT_MAX = 128 * 1024 };

/* Which of the two files was refused with CODE, and why. */
static void
blame(const struct config *c, rc code, char text[WHY_MAX])
{
	if (code == RC_CONFIG)
		why_text(
		    text, c->anchors_file, "it is no list of CA certificates in PEM");
	else if (code == RC_CRL_MISSING)
		why_text(text, c->crl_file, "no revocation list in PEM is in it");
	else
		why_text(text, c->crl_file,
		    "each list in it must have an end and be signed by a CA of "
		    "anchors_file");
}

rc
lists_load(const struct config *c, struct trust **ret, char text[WHY_MAX])
{
	AUTO(buf_wipe) struct buf anchors = buf_init(PEM_MAX);
	AUTO(buf_wipe) struct buf lists   = buf_init(PEM_MAX);

	why_file(text, c->anchors_file, false, "it cannot be read");
	TRY(file_read(c->anchors_file, PEM_MAX, false, &anchors));
	why_file(text, c->crl_file, false, "it cannot be read");
	rc code = file_read(c->crl_file, PEM_MAX, false, &lists);
	if (code == RC_NOT_FOUND) return RC_CRL_MISSING;
	TRY(code);
	code = trust_load(buf_slice(&anchors), buf_slice(&lists), ret);
	if (code != RC_OK) blame(c, code, text);
	return code;
}

/* --- the journal ----------------------------------------------------------------- */

rc
lists_tell(struct broker *b, bool anchors)
{
	AUTO(buf_wipe) struct buf kept = buf_init(KEPT_MAX);
	struct event              of   = {.kind = SLUIS__EVENT_KIND__EVENT_ANCHORS,
	                   .in_force            = true,
	                   .subject             = trust_anchors_digest(b->trust)};
	struct event              e    = {.kind = SLUIS__EVENT_KIND__EVENT_CRL,
	                    .in_force           = true,
	                    .code               = b->older_lists ? RC_CRL_STALE : RC_OK,
	                    .subject            = trust_crl_digest(b->trust)};
	uint64_t                  index;

	if (anchors) TRY(event_append(b, &of, &index));
	TRY(event_append(b, &e, &index));
	TRY(trust_remember(b->trust, &kept));
	return store_put_lists(b->store, buf_slice(&kept));
}

rc
lists_tell_refused(struct broker *b, rc code)
{
	struct event e = {
	    .kind = SLUIS__EVENT_KIND__EVENT_CRL, .in_force = true, .code = code};
	uint64_t index;

	return event_append(b, &e, &index);
}

/* --- at the start ---------------------------------------------------------------- */

static rc
complain(const struct broker *b)
{
	(void)why_tell(LOG_CONFIG, RC_CRL_STALE, b->config->crl_file,
	    "a list in it is older than the newest that was in force: put that back "
	    "(or, if its authority counts anew, see --accept-lists)");
	return RC_CONFIG;
}

static rc
refuse(struct broker *b)
{
	TRY(store_begin(b->store));
	TRY(lists_tell_refused(b, RC_CRL_STALE));
	TRY(batch_commit(b));
	return complain(b);
}

rc
lists_check(const struct broker *b)
{
	AUTO(buf_wipe) struct buf kept = buf_init(KEPT_MAX);

	/* what cannot be read as it lies there, the start tells */
	if (store_peek_lists(b->config->state_dir, &kept) != RC_OK) return RC_OK;
	rc code = trust_follow_kept(b->trust, buf_slice(&kept));
	return code == RC_CRL_STALE ? complain(b) : RC_OK;
}

rc
lists_admit(struct broker *b)
{
	AUTO(buf_wipe) struct buf kept = buf_init(KEPT_MAX);

	rc code = store_get_lists(b->store, &kept);
	if (code == RC_NOT_FOUND) code = RC_OK;
	TRY(code);
	code = trust_follow_kept(b->trust, buf_slice(&kept));
	if (code == RC_OK && b->accept_lists)
		return why_tell(LOG_CONFIG, RC_CONFIG, b->config->crl_file,
		    "--accept-lists: they are not older than before");
	if (code != RC_CRL_STALE) return code;
	b->older_lists = b->accept_lists;
	if (!b->older_lists) return refuse(b);
	LOG(LOG_LISTS_ACCEPTED, .detail = b->config->crl_file);
	return RC_OK;
}

/* --- what ends ------------------------------------------------------------------- */

/* Each hour of the last day, for nobody is accepted after it. */
static void
warn_of_last_day(struct broker *b)
{
	int64_t left_s = trust_crl_until_s(b->trust) - (int64_t)(b->now_ms / 1000);

	if (b->now_ms - b->warnings.crl_ms < HOUR_MS || left_s > DAY_S) return;
	b->warnings.crl_ms = b->now_ms;
	LOG(LOG_CRL_SOON, .n = left_s < 0 ? 0 : (uint64_t)left_s / 3600);
}

/* What was said of E so far, in the N of WARNED. */
static struct end_said
said_of(const struct warned *warned, size_t n, const struct end *e)
{
	for (size_t i = 0; i < n; i++)
		if (hash_equal(&warned[i].of, &e->of)) return warned[i].said;
	return (struct end_said){0};
}

static void
warn_of(const struct broker *b, const struct end *e, struct end_said *said)
{
	int64_t now_s = (int64_t)(b->now_ms / 1000);
	char    text[WHY_MAX];

	if (!ending_is_due(said, e->from_s, e->until_s, now_s)) return;
	why_text(text, e->list ? b->config->crl_file : b->config->anchors_file, e->name);
	LOG(e->list ? LOG_LIST_ENDS : LOG_ANCHOR_ENDS,
	    .n = ending_days(e->until_s, now_s), .detail = text);
}

void
lists_warn(struct broker *b)
{
	const struct ends *ends = trust_ends(b->trust);
	struct warned      next[ENDS_MAX];

	if (b->now_ms / 1000 == b->warnings.looked_s) return;
	b->warnings.looked_s = b->now_ms / 1000;
	warn_of_last_day(b);
	for (size_t i = 0; i < ends->n; i++) {
		const struct end *e = &ends->at[i];
		next[i]             = (struct warned){
		                .of = e->of, .said = said_of(b->warnings.list, b->warnings.n, e)};
		warn_of(b, e, &next[i].said);
	}
	memcpy(b->warnings.list, next, ends->n * sizeof next[0]);
	b->warnings.n = ends->n;
}
