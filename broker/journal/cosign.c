/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cosign.c - a witness's line under the head that waits.
 *
 * It is no event of the journal, which would grow by being witnessed.  What comes too
 * late, or from a desk that is no witness, is told and not journalled; what does not hold
 * is refused as everything else.
 */
#include "broker/handler.h"
#include "proto/cosignature.h"

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Cosign *m = (const Sluis__Cosign *)q->message;

	if (!m->has_size || m->cosignature == NULL) return RC_MALFORMED;
	struct slice line = slice_str(m->cosignature);
	if (line.n > COSIGNATURE_LINE_MAX) return RC_MALFORMED;
	if (line.n != 0 && line.p[line.n - 1] == '\n') line.n--;
	rc code = witness_add(b->witness, m->size, line, b->now_ms);
	if (code != RC_NOT_FOUND && code != RC_STALE) TRY(code);
	return reply_set_code(r, code, code == RC_OK ? NULL : "cosignature");
}

const struct handler cosign_handler = {
    .type      = TYPE_COSIGN,
    .doors     = 1u << DOOR_AGENCY | 1u << DOOR_AUDIT,
    .max_bytes = 2048,
    .desc      = &sluis__cosign__descriptor,
    .handle    = handle,
};
