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

#include "broker/knowing/link.h"
#include "broker/knowing/subject.h"

struct knowing { /* whom and what a signal of layer 1 names, by identifiers */
	struct link_names    links;
	struct subject_names subjects;
};

/* What of SIGNAL, released under CONVENANT on TODAY, gets tokens, in MEM; ALL are its
 * identifiers.  Pure. */
MUST rc knowing_of(const struct policy *p, struct identities *all,
    const Sluis__Signal *signal, const char *convenant, int32_t today,
    struct scratch *mem, struct knowing *ret);

/* Note with P and FORMER (which may be NULL) which of them those are (pseudonym_want()).
 */
MUST rc knowing_want(const struct knowing *k, struct identities *all,
    struct pseudonymiser *p, struct pseudonymiser *former);

/* After every submission that served somebody; K is of its signal, and NULL for one of
 * layer 2: nobody hears that layer 2 knows. */
MUST rc knowing_after_release(const struct release *r, const struct knowing *k);

/* The submission TRACE of WHO is recalled, withdrawn or removed: it makes no more links.
 */
MUST rc knowing_forget(
    struct broker *b, const struct seat_id *who, const uint8_t trace[ID_BYTES]);

/* What time brings: links are told, questions end unanswered, what is old is forgotten.
 * Outside a transaction; does nothing most of the time. */
MUST rc knowing_tick(struct broker *b);

#endif
