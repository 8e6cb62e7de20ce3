/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * knowing.h - what a release tells others: that somebody else knows, that an answer is
 * due.
 *
 * At a release nobody is told anything: answers that are due become tasks, and the tokens
 * of the signal are put aside (link.h) until time compares them (linked.h).
 */
#ifndef SLUIS_BROKER_KNOWING_KNOWING_H
#define SLUIS_BROKER_KNOWING_KNOWING_H

#include "broker/release.h"

/* After every submission that served somebody. */
MUST rc knowing_after_release(const struct release *r);

/* The submission TRACE of WHO is recalled, withdrawn or removed: it makes no more links.
 */
MUST rc knowing_forget(
    struct broker *b, const struct seat_id *who, const uint8_t trace[ID_BYTES]);

/* What time brings: links are told, questions end unanswered, what is old is forgotten.
 * Outside a transaction; does nothing most of the time. */
MUST rc knowing_tick(struct broker *b);

#endif
