/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * recalled.c - the mark of a delivery that has to be destroyed.
 *
 * It holds the delivery of the notice, or who corrected it: never the correcting copy,
 * which may have to go itself.
 */
#include "client/recalled.h"

#include <string.h>

#include "client/check_signed.h"
#include "client/error.h"
#include "client/kept.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { WHO_MAX = 256 };

static const struct guard_limits limits = {
    .max_depth = 8, .max_elements = 20000, .max_bytes = ANSWER_MAX};

static rc
damaged(struct sluis *s)
{
	return handle_fail(s, RC_BAD_DIGEST, "inbox", "the kept delivery is damaged");
}

rc
recalled_read(struct sluis *s, const uint8_t id[ID_BYTES], Sluis__Delivery **ret)
{
	AUTO(message_destroy) Sluis__Delivery *d     = NULL;
	AUTO(buf_wipe) struct buf              bytes = buf_init(ANSWER_MAX);

	rc code = kept_read(s->folder.dir, KEPT_DELIVERY, id, &bytes);
	if (code != RC_OK) return handle_fail(s, code, "inbox", "no such delivery here");
	code = guard_unpack(&sluis__delivery__descriptor, buf_slice(&bytes), limits,
	    (ProtobufCMessage **)&d);
	if (code != RC_OK ||
	    !slice_equal(slice_of(d->delivery_id.data, d->delivery_id.len),
	        slice_of(id, ID_BYTES)))
		return damaged(s);
	*ret = TAKE(d);
	return RC_OK;
}

/* --- a correction ---------------------------------------------------------------- */

/* What a mark says that was made by a copy of COPY's sender. */
static rc
corrected_by(const Sluis__Copy *copy, struct buf *out)
{
	return buf_printf(out, "corrected by %s %s", copy->sender_oin, copy->sender_desk);
}

/* Only the desk that sent the delivery ID corrects it, and only with the copy BY that it
 * signed as its correction (NULL: that was seen before); WHO: corrected_by() it. */
static rc
check_corrector(
    struct sluis *s, const uint8_t *id, const Sluis__Copy *by, struct slice who)
{
	AUTO(message_destroy) Sluis__Delivery *old  = NULL;
	AUTO(message_destroy) Sluis__Copy     *copy = NULL;
	AUTO(buf_wipe) struct buf              its  = buf_init(WHO_MAX);
	struct checker                         c    = handle_checker(s);
	bool                                   kept;

	TRY(kept_exists(s->folder.dir, KEPT_DELIVERY, id, &s->error, &kept));
	if (!kept) return RC_OK;
	TRY(recalled_read(s, id, &old));
	TRY(check_delivery(&c, old, &copy));
	if (copy->has_notice || corrected_by(copy, &its) != RC_OK ||
	    !slice_equal(buf_slice(&its), who))
		return handle_fail(s, RC_BAD_PROOF, "copy.corrects",
		    "only its sender corrects a delivery");
	return by == NULL ? RC_OK : check_replaced(&c, by, copy);
}

/* --- marking --------------------------------------------------------------------- */

/* Mark delivery ABOUT as one to destroy, because of WHY. */
static rc
mark(struct sluis *s, const ProtobufCBinaryData *about, struct slice why)
{
	rc code = kept_write(s->folder.dir, KEPT_RECALLED, about->data, why);
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "inbox", "the recall cannot be kept");
}

static rc
mark_corrected(struct sluis *s, const Sluis__Copy *copy)
{
	AUTO(buf_wipe) struct buf who = buf_init(WHO_MAX);

	if (!copy->has_corrects || copy->corrects.len != ID_BYTES) return RC_OK;
	if (corrected_by(copy, &who) != RC_OK) return damaged(s);
	TRY(check_corrector(s, copy->corrects.data, copy, buf_slice(&who)));
	return mark(s, &copy->corrects, buf_slice(&who));
}

rc
recalled_mark(struct sluis *s, const Sluis__Delivery *d, const Sluis__Copy *copy)
{
	AUTO(message_destroy) Sluis__Notice *notice = NULL;
	AUTO(buf_wipe) struct buf            bytes  = buf_init(ANSWER_MAX);

	if (!copy->has_notice) return mark_corrected(s, copy);
	notice = sluis__notice__unpack(NULL, copy->notice.len, copy->notice.data);
	if (notice == NULL) return handle_fail(s, RC_NOMEM, NULL, NULL);
	if (notice->kind != SLUIS__NOTICE_KIND__NOTICE_RECALL ||
	    notice->about.len != ID_BYTES)
		return RC_OK;
	if (message_pack(&d->base, &bytes) != RC_OK)
		return handle_fail(s, RC_TOO_LARGE, "inbox", "the recall cannot be kept");
	return mark(s, &notice->about, buf_slice(&bytes));
}

/* --- checking -------------------------------------------------------------------- */

static rc
no_recall(struct sluis *s)
{
	return handle_fail(s, RC_BAD_PROOF, "receipt.leaf",
	    "the journal holds no recall of this delivery");
}

/* The journal's entry INDEX, as it is told to us. */
static rc
ask_entry(struct sluis *s, uint64_t index, unsigned timeout_ms, Sluis__Answer **ret)
{
	AUTO(request_wipe) struct request    r      = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer *answer = NULL;
	Sluis__Explain                       body   = SLUIS__EXPLAIN__INIT;
	Sluis__Head                          head;

	TRY(request_head(s, &r, &head));
	body.head           = &head;
	body.has_leaf_index = 1;
	body.leaf_index     = index;
	TRY(request_sign(s, &r, TYPE_EXPLAIN, &body.base));
	TRY(request_ask(s, DOOR_MAIN, &r, patience_of(timeout_ms), &answer));
	rc code = error_from_answer(&s->error, answer);
	if (code == RC_NOT_FOUND || (code == RC_OK && answer->n_outcomes != 1))
		return no_recall(s);
	TRY(code);
	*ret = TAKE(answer);
	return RC_OK;
}

/* The entry of the notice D, and the one that it refers to, recall our release RULING. */
static rc
check_recall(
    struct sluis *s, const Sluis__Delivery *d, uint64_t ruling, unsigned timeout_ms)
{
	AUTO(message_destroy) Sluis__Answer *answer = NULL;
	AUTO(message_destroy) Sluis__Leaf   *told   = NULL;
	struct checker                       c      = handle_checker(s);

	TRY(check_receipt(&c, d->receipt, &told, NULL));
	if (told->kind != SLUIS__EVENT_KIND__EVENT_NOTICE || !told->has_refers_to)
		return no_recall(s);
	TRY(ask_entry(s, told->refers_to, timeout_ms, &answer));
	return check_recalled(&c, answer->outcomes[0]->receipt, told->refers_to, ruling);
}

static rc
check_notice(struct sluis *s, const uint8_t *id, struct slice why, unsigned timeout_ms)
{
	AUTO(message_destroy) Sluis__Delivery *notice = NULL;
	AUTO(message_destroy) Sluis__Delivery *mine   = NULL;

	if (guard_unpack(&sluis__delivery__descriptor, why, limits,
	        (ProtobufCMessage **)&notice) != RC_OK ||
	    notice->receipt == NULL)
		return damaged(s);
	TRY(recalled_read(s, id, &mine));
	if (mine->receipt == NULL) return damaged(s);
	return check_recall(s, notice, mine->receipt->index, timeout_ms);
}

rc
recalled_check(struct sluis *s, const uint8_t id[ID_BYTES], unsigned timeout_ms)
{
	static const char         corrected[] = "corrected by ";
	AUTO(buf_wipe) struct buf why         = buf_init(ANSWER_MAX);
	bool                      kept;

	rc code = kept_read(s->folder.dir, KEPT_RECALLED, id, &why);
	if (code != RC_OK)
		return handle_fail(s, code, "inbox",
		    code == RC_NOT_FOUND ? N_("no recall of it was received here")
		                         : NULL);
	TRY(kept_exists(s->folder.dir, KEPT_DELIVERY, id, &s->error, &kept));
	if (!kept)
		return RC_OK; /* nothing here to erase: it is kept elsewhere, or gone */
	if (why.n >= sizeof corrected - 1 &&
	    memcmp(why.p, corrected, sizeof corrected - 1) == 0)
		return check_corrector(s, id, NULL, buf_slice(&why));
	return check_notice(s, id, buf_slice(&why), timeout_ms);
}
