/* SPDX-License-Identifier: EUPL-1.2 */
/* notice.c - from a Notice to a copy in the outbox. */
#include "broker/outbox/notice.h"

#include <string.h>

#include "broker/decision/padding.h"
#include "broker/journal/event.h"
#include "broker/log.h"
#include "broker/outbox/outbox.h"
#include "broker/random.h"
#include "proto/auto.h"
#include "proto/message.h"

enum {
	NOTICE_MAX  = 96 * 1024,
	NOTICE_DAYS = 365, /* a desk may be away long; its tasks stay in any case */
};

/* Whether a notice reaches TO; who does not hear of something is told of in the log. */
static bool
reaches(const struct broker *b, const struct seat_id *to)
{
	const struct party *party = policy_party(b->policy, to->oin);

	if (party != NULL && party_has_desk(party, to->desk) &&
	    !dispatch_is_deaf(b->dispatch, to->oin, to->desk))
		return true;
	LOG(LOG_NOTICE_LOST, .oin = to->oin, .desk = to->desk);
	return false;
}

static rc
make_copy(const Sluis__Notice *notice, struct buf *out)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(NOTICE_MAX);
	Sluis__Copy               copy  = SLUIS__COPY__INIT;

	TRY(message_pack(&notice->base, &bytes));
	copy.has_notice = 1;
	copy.notice     = message_borrow_bytes(bytes.p, bytes.n);
	TRY(message_pack(&copy.base, out));
	return copy_pad(out);
}

/* What an auditor may know of it: the case and its layer. */
static rc
make_detail(const Sluis__Notice *notice, unsigned layer, struct buf *out)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	uint8_t       salt[NONCE_BYTES];

	detail_begin(&detail, salt, NULL, layer);
	detail.has_case_id = notice->has_case_id;
	detail.case_id     = notice->case_id;
	return message_pack(&detail.base, out);
}

static rc
put(struct broker *b, const struct seat_id *to, struct slice copy, struct slice detail,
    unsigned layer, uint64_t about, uint64_t *ret_leaf)
{
	uint8_t salt[NONCE_BYTES];

	random_fill(salt, sizeof salt);
	struct slice  salted = slice_of(salt, sizeof salt);
	struct hash   digest = receipt_copy_digest(salted, copy);
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_NOTICE,
	          .recipient_oin      = to->oin,
	          .recipient_desk     = to->desk,
	          .copy_digest        = &digest,
	          .detail             = detail,
	          .has_refers_to      = true,
	          .refers_to          = about};
	struct parcel p      = {.oin = to->oin,
	         .desk               = to->desk,
	         .salt               = salted,
	         .copy               = copy,
	         .layer              = layer,
	         .notice             = true,
	         .expires_ms         = b->now_ms + (uint64_t)NOTICE_DAYS * DAY_MS};

	TRY(event_append(b, &e, &p.leaf));
	if (ret_leaf != NULL) *ret_leaf = p.leaf;
	return outbox_put(b, &p);
}

/* It waits until nobody can tell that it is there. */
static rc
keep_veiled(struct broker *b, const struct seat_id *to, const Sluis__Notice *notice,
    unsigned layer, uint64_t about)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(NOTICE_MAX);
	struct veiled_notice      row   = {.to = *to, .layer = layer, .about = about};

	if (notice->from_oin != NULL)
		memcpy(row.by, notice->from_oin,
		    strnlen(notice->from_oin, sizeof row.by - 1));
	TRY(message_pack(&notice->base, &bytes));
	return store_put_notice(b->store, &row, buf_slice(&bytes));
}

static rc
send_now(struct broker *b, const struct seat_id *to, const Sluis__Notice *notice,
    unsigned layer, uint64_t about, uint64_t *ret_leaf)
{
	AUTO(buf_wipe) struct buf copy   = buf_init(COPY_MAX);
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);

	TRY(make_copy(notice, &copy));
	TRY(make_detail(notice, layer, &detail));
	return put(b, to, buf_slice(&copy), buf_slice(&detail), layer, about, ret_leaf);
}

rc
notice_send(struct broker *b, const struct seat_id *to, Sluis__Notice *notice,
    unsigned layer, uint64_t about, uint64_t *ret_leaf)
{
	if (!reaches(b, to)) return RC_OK;
	notice->has_time_ms = 1;
	notice->time_ms     = b->now_ms;
	if (layer > 1 && veil_is_there(b->veil) && (!b->covered || ret_leaf == NULL))
		return keep_veiled(b, to, notice, layer, about);
	return send_now(b, to, notice, layer, about, ret_leaf);
}

/* The one of ROW, from BYTES.  RC_BAD_DIGEST, RC_TOO_LARGE: these were changed. */
static rc
send_row(struct broker *b, const struct veiled_notice *row, struct slice bytes)
{
	AUTO(message_destroy) Sluis__Notice *notice = NULL;

	TRY(message_unpack(&sluis__notice__descriptor, bytes, RC_BAD_DIGEST, &notice));
	if (!reaches(b, &row->to)) return RC_OK;
	return send_now(b, &row->to, notice, row->layer, row->about, NULL);
}

rc
notice_send_veiled(struct broker *b, bool *ret_did)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(NOTICE_MAX);
	struct veiled_notice      row   = {0};

	rc code  = store_next_notice(b->store, b->notice_of, &row, &bytes);
	*ret_did = code != RC_NOT_FOUND;
	if (code == RC_NOT_FOUND) return RC_OK;
	if (code == RC_OK) code = send_row(b, &row, buf_slice(&bytes));
	if (code == RC_BAD_DIGEST || code == RC_TOO_LARGE) {
		LOG(LOG_NOTICE_UNREADABLE, .oin = row.to.oin, .desk = row.to.desk,
		    .code = code, .n = row.seq);
		code = RC_OK;
	}
	TRY(code);
	memcpy(b->notice_of, row.by, sizeof b->notice_of);
	return store_end_notice(b->store, row.seq);
}
