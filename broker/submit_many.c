/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * submit_many.c - several submissions in one frame, each handled as if it had come alone.
 *
 * One envelope signature and one signature under all that they say (proto/signing.h)
 * stand for all of them.  Everything else each has for itself: its head and request id,
 * its quota, what it was before (idempotency), its refusal and the entry of that, its
 * answer.  The head of the frame says only who sends it and where the answer goes: asked
 * again, however late, the frame does nothing that its submissions would not do alone.
 *
 * A submission that has to wait for a cover turn (cover.h) would make the others wait or
 * be told from them: it is not taken here (RC_ALONE), and leaves no entry.
 */
#include <stdio.h>

#include "broker/intake.h"
#include "proto/auto.h"
#include "proto/disclosed.h"

struct many {               /* in the memory of the frame's request */
	rc            code; /* of what stands for all of them */
	size_t        n;
	struct joint  joint[JOINT_MAX];
	struct intake part[JOINT_MAX]; /* without memory of their own */
};

static void
prepare(const struct ahead *a, struct request *q)
{
	const Sluis__SubmitMany *m    = (const Sluis__SubmitMany *)q->message;
	struct many             *many = scratch_alloc(q->mem, 1, sizeof *many);

	if (many == NULL) return;
	many->code = joint_check(m, q->member->binding.sign_public, many->joint);
	for (size_t i = 0; many->code == RC_OK && i < m->n_submissions; i++, many->n++)
		intake_prepare_part(a, &submit_handler, q,
		    message_slice(&m->submissions[i]), &many->joint[i], &many->part[i]);
	q->ahead = many;
}

static void
complete(struct request *q)
{
	struct many *many = q->ahead;

	for (size_t i = 0; i < many->n; i++) intake_complete(&many->part[i]);
}

static void
forget(struct request *q)
{
	struct many *many = q->ahead;

	for (size_t i = 0; many != NULL && i < many->n; i++) {
		submit_handler.forget(&many->part[i].q);
		denial_wipe(&many->part[i].q.why);
	}
	q->ahead = NULL;
}

/* Handle the I-th, and add its answer to R.  All share the memory of the frame; what
 * could be too much for the rest of it comes again alone. */
static rc
answer_part(struct broker *b, struct many *many, size_t i, struct reply *r)
{
	AUTO(reply_wipe) struct reply own  = {.answer = NULL};
	struct intake                *part = &many->part[i];

	if (part->checked == RC_OK && part->q.mem->left < INTAKE_MAX / 2)
		part->checked = RC_ALONE;

	TRY(reply_init(&own, &r->to, slice_of(NULL, 0)));
	TRY(intake_finish_part(b, i == 0, part, &own));
	return reply_take(r, &own);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const struct ahead a = intake_ahead(b);

	if (q->ahead == NULL) prepare(&a, q);
	struct many *many = q->ahead;
	if (many == NULL) return RC_NOMEM;
	if (many->code == RC_BAD_DISCLOSURE)
		(void)snprintf(q->where.at, sizeof q->where.at, "disclosure_sig");
	TRY(many->code);
	for (size_t i = 0; i < many->n; i++) TRY(answer_part(b, many, i, r));
	return reply_set_code(r, RC_OK, NULL);
}

/* What of it was handled before is answered as it was then; what was not is too old. */
static rc
repeat(struct broker *b, struct request *q, struct reply *r, bool *ret_done)
{
	*ret_done = true;
	return handle(b, q, r);
}

const struct handler submit_many_handler = {
    .type      = TYPE_SUBMIT_MANY,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = FRAME_MAX,
    .desc      = &sluis__submit_many__descriptor,
    .handle    = handle,
    .repeat    = repeat,
    .small     = true,
    .prepare   = prepare,
    .complete  = complete,
    .forget    = forget,
};
