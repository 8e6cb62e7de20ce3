/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * repeat.h - the same request again gets the same answer, and has no second effect.
 *
 * A submission, an act in a case and their denials each leave a request row: id, a keyed
 * digest of what was asked, and which leaves came of it.  The answer to a repetition is
 * made from those leaves, and is the first one again (outcome.h).
 */
#ifndef SLUIS_BROKER_REPEAT_H
#define SLUIS_BROKER_REPEAT_H

#include "broker/handler.h"

/* The row of Q if this very request was handled before (*RET_FOUND); RC_REPLAYED if its
 * id was used for another one. */
MUST rc repeat_find(
    struct broker *b, const struct request *q, struct request_row *ret, bool *ret_found);

/* Remember Q as the N leaves from FIRST on; N 0: it was denied by leaf FIRST. */
MUST rc repeat_remember(
    struct broker *b, const struct request *q, uint64_t first, uint64_t n);

/* Tell what leaf INDEX says of a request that was denied as a whole. */
MUST rc repeat_answer_denial(struct broker *b, struct reply *r, uint64_t index);

#endif
