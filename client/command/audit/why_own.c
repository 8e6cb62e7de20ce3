/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * why_own.c - a desk's own exchanges as entries: what it sent with the answer that came,
 * and what it received.  Everything was checked when it came; nothing is asked of
 * anybody.
 */
#include <string.h>

#include "client/command/audit/why.h"
#include "client/command/complain.h"
#include "client/kept.h"
#include "client/request.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { DETAIL_ROOM = 64 * 1024, DELIVERY_ROOM = ANSWER_MAX };

struct own {
	struct why   *w;
	struct sluis *s;
};

/* One entry in the words of the library, as if it came from a source. */
static rc
pass_on(struct own *o, const Sluis__Receipt *receipt)
{
	AUTO(sluis_result_destroy) struct sluis_result *r            = NULL;
	const uint8_t                                   no[ID_BYTES] = {0};

	if (receipt == NULL || !receipt->has_leaf) return RC_OK;
	TRY(result_new(&r, no));
	TRY(result_add_entry(r, receipt));
	return why_take(o->w, sluis_result_entry(r, 0), 0);
}

static rc
take_answer(void *arg, const uint8_t id[ID_BYTES])
{
	struct own                          *o      = arg;
	AUTO(buf_wipe) struct buf            bytes  = buf_init(ANSWER_MAX);
	AUTO(message_destroy) Sluis__Answer *answer = NULL;

	TRY(kept_read(o->s->folder.dir, KEPT_ANSWER, id, &bytes));
	TRY(answer_read(buf_slice(&bytes), &answer));
	for (size_t i = 0; i < answer->n_outcomes; i++)
		TRY(pass_on(o, answer->outcomes[i]->receipt));
	for (size_t i = 0; i < answer->n_receipts; i++)
		TRY(pass_on(o, answer->receipts[i]));
	return RC_OK;
}

/*
 * The entry of a delivery has no detail for its recipient; the copy says by which article
 * each field was released and in which case, a notice of which case it is.  So it is
 * given one of these alone.  The only name that its recipient has for the signal is ID,
 * that of the delivery.
 */
static rc
complete(const uint8_t id[ID_BYTES], const Sluis__Copy *copy, Sluis__Receipt *receipt,
    struct buf *detail)
{
	AUTO(message_destroy)
	Sluis__Notice *notice =
	    sluis__notice__unpack(NULL, copy->notice.len, copy->notice.data);
	bool          told = copy->has_notice && notice != NULL && notice->has_case_id;
	Sluis__Detail d    = SLUIS__DETAIL__INIT;

	d.has_case_id  = told || copy->has_case_id;
	d.case_id      = told ? notice->case_id : copy->case_id;
	d.has_trace_id = !copy->has_notice;
	d.trace_id     = message_borrow_bytes(id, ID_BYTES);
	d.n_released   = copy->n_grounds;
	d.released     = copy->grounds;
	TRY(message_pack(&d.base, detail));
	receipt->has_detail = detail->n != 0;
	receipt->detail     = message_borrow_bytes(detail->p, detail->n);
	return RC_OK;
}

static rc
take_delivery(void *arg, const uint8_t id[ID_BYTES])
{
	struct own                            *o      = arg;
	AUTO(buf_wipe) struct buf              bytes  = buf_init(DELIVERY_ROOM);
	AUTO(buf_wipe) struct buf              detail = buf_init(DETAIL_ROOM);
	AUTO(message_destroy) Sluis__Delivery *d      = NULL;
	AUTO(message_destroy) Sluis__Copy     *copy   = NULL;

	TRY(kept_read(o->s->folder.dir, KEPT_DELIVERY, id, &bytes));
	d = sluis__delivery__unpack(NULL, bytes.n, bytes.p);
	if (d == NULL || d->receipt == NULL) return RC_BAD_DIGEST;
	copy = sluis__copy__unpack(NULL, d->copy.len, d->copy.data);
	if (copy == NULL) return RC_BAD_DIGEST;
	Sluis__Receipt receipt = *d->receipt; /* borrows */
	TRY(complete(id, copy, &receipt, &detail));
	return pass_on(o, &receipt);
}

/* What is read by box comes in the order of the boxes: a reader wants that of time. */
static int
by_index(const void *a, const void *b)
{
	const struct sluis_entry *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

rc
why_gather_own(struct why *w, struct sluis *s)
{
	struct own         o     = {w, s};
	struct sluis_error fault = {.where = ""};

	rc code = kept_each(s->folder.dir, KEPT_ANSWER, &fault, take_answer, &o);
	if (code == RC_OK)
		code = kept_each(s->folder.dir, KEPT_DELIVERY, &fault, take_delivery, &o);
	if (code != RC_OK) {
		bool in_store = fault.where[0] != '\0'; /* else in what it holds */
		(void)complain_code(w->cli, code, in_store ? fault.where : s->folder.dir,
		    in_store ? fault.reason : N_("what is kept here cannot be read"));
		return code;
	}
	if (w->kept->n_entries != 0)
		qsort(w->kept->entries, w->kept->n_entries, sizeof *w->kept->entries,
		    by_index);
	return RC_OK;
}
