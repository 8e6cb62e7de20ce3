/* SPDX-License-Identifier: EUPL-1.2 */
/* proofs.c - receipts out of the store and out of answers, as files. */
#include "client/command/audit/proofs.h"

#include "client/kept.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"

static const struct guard_limits kept_limits = {
    .max_depth = 8, .max_elements = 200000, .max_bytes = ANSWER_MAX};

void
proofs_wipe(struct proofs *p)
{
	for (size_t i = 0; i < p->n; i++) buf_wipe(&p->at[i].text);
	p->n = 0;
}

/* --- one receipt ----------------------------------------------------------------- */

static bool
is_there(const struct proofs *p, uint64_t index)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].index == index) return true;
	return false;
}

rc
proofs_add(struct proofs *p, struct sluis *s, const Sluis__Receipt *receipt)
{
	struct proof_out  made = {.text = buf_init(PROOF_FILE_MAX)};
	struct checker    c    = handle_checker(s);
	struct checkpoint head;

	if (receipt->checkpoint == NULL || is_there(p, receipt->index)) return RC_OK;
	if (p->n == PROOFS_MAX) return handle_fail(s, RC_TOO_MANY, NULL, NULL);
	TRY(check_receipt(&c, receipt, NULL, &head));
	Sluis__Receipt file = *receipt; /* borrows what that points at */
	file.has_detail     = receipt->has_detail && p->with_detail;
	rc code             = proof_file_format(&file, &made.text);
	if (code != RC_OK) return handle_fail(s, code, "receipt", NULL);
	made.index      = receipt->index;
	made.size       = head.size;
	made.has_detail = file.has_detail;
	p->at[p->n++]   = made;
	return RC_OK;
}

static rc
add_all(struct proofs *p, struct sluis *s, const Sluis__Answer *answer)
{
	for (size_t i = 0; i < answer->n_outcomes; i++)
		if (answer->outcomes[i]->receipt != NULL)
			TRY(proofs_add(p, s, answer->outcomes[i]->receipt));
	for (size_t i = 0; i < answer->n_receipts; i++)
		TRY(proofs_add(p, s, answer->receipts[i]));
	return RC_OK;
}

rc
proofs_of(struct proofs *p, struct sluis *s, const struct sluis_result *result)
{
	return add_all(p, s, result->answer);
}

/* --- what is kept ---------------------------------------------------------------- */

/* The message kept as BOX/<id>.SUFFIX; the store seals it, so it is what we wrote. */
static rc
read_kept(struct sluis *s, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], const ProtobufCMessageDescriptor *desc,
    ProtobufCMessage **ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);

	rc code = kept_read(s->folder.dir, box, suffix, id, &bytes);
	if (code == RC_OK) code = guard_unpack(desc, buf_slice(&bytes), kept_limits, ret);
	if (code == RC_OK || code == RC_NOT_FOUND) return code;
	return handle_fail(s, code, box, "what is kept here cannot be read");
}

static rc
add_answer(struct proofs *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(read_kept(s, KEPT_ANSWER, id, &sluis__answer__descriptor, &m));
	return add_all(p, s, (const Sluis__Answer *)m);
}

static rc
add_delivery(struct proofs *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(read_kept(s, KEPT_DELIVERY, id, &sluis__delivery__descriptor, &m));
	const Sluis__Delivery *d = (const Sluis__Delivery *)m;
	return d->receipt != NULL ? proofs_add(p, s, d->receipt) : RC_NOT_FOUND;
}

static rc
add_acknowledgement(struct proofs *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(read_kept(s, KEPT_ACKNOWLEDGED, id, &sluis__receipt__descriptor, &m));
	return proofs_add(p, s, (const Sluis__Receipt *)m);
}

rc
proofs_kept(struct proofs *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	rc (*const ways[])(struct proofs *, struct sluis *,
	    const uint8_t[ID_BYTES]) = {add_answer, add_delivery, add_acknowledgement};

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		rc code = ways[i](p, s, id);
		if (code != RC_NOT_FOUND) TRY(code);
	}
	return p->n != 0 ? RC_OK : RC_NOT_FOUND;
}
