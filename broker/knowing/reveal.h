/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * reveal.h - who is it?  Asked of the source of a signal, decided by it, and by a second
 * desk of it where the convenant says so.
 *
 * The broker carries question and answer and never knows the answer: it travels in a box
 * that only the asker's own key opens.  What the broker sees to: that the asker has the
 * signal, that the convenant lets its desk ask on this ground, that the source and nobody
 * else decides, that there is one answer, in time, and that the journal says so before
 * the answer goes.
 *
 *	asked --(source refuses)------------------------------> answered
 *	asked --(source answers; no second desk)--------------> answered
 *	asked --(source answers)--> first --(second desk)-----> answered: the stricter
 *	asked, first --(time)---------------------------------> answered: refused
 *
 * reveal.c is pure; reveal_tell.c writes.
 */
#ifndef SLUIS_BROKER_KNOWING_REVEAL_H
#define SLUIS_BROKER_KNOWING_REVEAL_H

#include "broker/broker.h"
#include "broker/store/knowing.h"
#include "case.pb-c.h"

enum { SEAL_BYTES = 48 }; /* of a box of libsodium: less holds no word */

/* The field that PATH, "persons[0].bsn", stands in; NULL if it has not this form. */
const struct schema_field *reveal_field(const char *path);

bool reveal_what_known(Sluis__RevealWhat what);
bool reveal_ground_known(Sluis__RevealGround ground);

/* "released", "refused", "organisation_only"; NULL for no verdict. */
const char *reveal_verdict_name(Sluis__RevealVerdict verdict);

/* What two desks that decided A and B decided together: the stricter. */
Sluis__RevealVerdict reveal_both(Sluis__RevealVerdict a, Sluis__RevealVerdict b);

/* Fill N with what every notice of KIND about question R says; borrows from R. */
void reveal_describe(
    const struct reveal_row *r, Sluis__NoticeKind kind, Sluis__Notice *n);

/* RC_OK when BOX (NULL: none) is what VERDICT asks for and is for ASKER: a released
 * answer has one, an organisation may have one, a refusal has none.  RC_MALFORMED,
 * RC_TOO_LARGE. */
MUST rc reveal_check_box(
    const struct seat_id *asker, Sluis__RevealVerdict verdict, const Sluis__Sealed *box);

/* --- reveal_tell.c --------------------------------------------------------------------
 */

/* Question R has its answer VERDICT, by leaf LEAF: its asker and its source are told, BOX
 * (may be empty) goes to the asker, and nothing of it waits any more.  BY is the desk
 * that decided; NULL: time. */
MUST rc reveal_tell(struct broker *b, const struct reveal_row *r,
    const struct seat_id *by, Sluis__RevealVerdict verdict, struct slice box,
    uint64_t leaf);

/* Answer the questions whose time is over, a page of them; *RET_MORE: there may be more.
 */
MUST rc reveal_end_over(struct broker *b, bool *ret_more);

/* The same of one about layer 2, for the cover turn: REVEAL_END_LEAVES entries at most.
 */
enum { REVEAL_END_LEAVES = 3 };
MUST rc reveal_end_covered(struct broker *b, bool *ret_did);

#endif
