/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * act.h - what every request about a case or an earlier release has in common.
 *
 * A handler of an act:
 *
 *	struct act a;
 *	bool       done;
 *	TRY(act_begin(&a, b, q, r, &done));      // asked before: answered already
 *	if (done) return RC_OK;
 *	TRY(act_find_case(&a, &m->case_id));     // RC_NOT_FOUND without a seat there
 *	... decide, from values (no write before this succeeds) ...
 *	TRY(act_step(&a, &step));                // EVENT_CASE leaf and history
 *	... write tables, send notices ...
 *	return act_end(&a);                      // request row, receipts, code ok
 *
 * Invariants: the first leaf of an act is the one its sender gets a receipt of; all
 * leaves of an act are consecutive within the batch; an act is refused before it writes.
 */
#ifndef SLUIS_BROKER_ROUTE_ACT_H
#define SLUIS_BROKER_ROUTE_ACT_H

#include "broker/handler.h"
#include "broker/store/case.h"

struct act {
	struct broker   *b;
	struct request  *q;
	struct reply    *r;
	struct seat_id   me;
	uint64_t         first; /* index of its first leaf */
	uint64_t         n_own; /* leaves to give receipts of, from `first` on */
	unsigned         layer; /* of what it is about: 1 until act_step() says so */
	bool             in_case;
	struct case_row  row;  /* act_find_case() */
	struct case_seat seat; /* of `me` in it */
};

/* Fill A; *RET_DONE when this very request was handled before: R is answered. */
MUST rc act_begin(
    struct act *a, struct broker *b, struct request *q, struct reply *r, bool *ret_done);

/* Fill A for a request that only looks. */
void act_look(struct act *a, struct broker *b, struct request *q, struct reply *r);

/* For struct handler.repeat. */
MUST rc act_repeat(struct broker *b, struct request *q, struct reply *r, bool *ret_done);

/* The case ID (16 bytes) and the seat that A's desk has in it.  RC_MALFORMED,
 * RC_NOT_FOUND: unknown, shielded (but to its owner), or no seat there;
 * RC_NO_DECLARATION: an incidental third party that did not declare yet. */
MUST rc act_find_case(struct act *a, const ProtobufCBinaryData *id);

/* The same, also for a third party before its declaration. */
MUST rc act_find_seat(struct act *a, const ProtobufCBinaryData *id);

/* As act_find_case(), and a shielded case that A's desk still owes feedback in: for that
 * feedback and for nothing else. */
MUST rc act_find_owed(struct act *a, const ProtobufCBinaryData *id);

/* What is of LAYER is done by who is seen there: RC_NOT_YOUR_STEP for a seat that is
 * shown from a higher layer on only. */
MUST rc act_be_seen(struct act *a, unsigned layer);

/* Whether the history of A's case, as LAYER sees it, has room for one more act: else it
 * is refused, RC_TOO_MANY.  Asked by acts that may be repeated at will, before they
 * write; moves, leaving and what is owed stay possible, so that a case can always end. */
MUST rc act_has_room(struct act *a, unsigned layer);

/* The case ID of a desk without a seat that was asked to release in it, as the source of
 * a signal: A then has a seat of layer 1 that stands nowhere.  RC_NOT_FOUND. */
MUST rc act_find_asked(struct act *a, const ProtobufCBinaryData *id);

/* Deny with CODE because of RULE and ARTICLE (both may be NULL); CHANGE says in one
 * sentence of the policy what would have to change.  All are copied. */
MUST rc act_deny(
    struct act *a, rc code, const char *rule, const char *article, const char *change);

/* Append the leaf EVENT_CASE of STEP (time, by, leaf are filled in) with its detail, and
 * the step to the history of A's case, in LAYER. */
MUST rc act_step(struct act *a, Sluis__CaseStep *step, unsigned layer);

/* Note STEP in the history only: it has a leaf already, step->leaf, or else that of the
 * act, or it is of a higher layer than the act, which may write no leaf of that. */
MUST rc act_note(struct act *a, Sluis__CaseStep *step, unsigned layer);

/* Append another kind of leaf; E's sender, binding and policy are filled in.  DETAIL may
 * be NULL; its salt, trace, case and layer are filled in. */
MUST rc act_event(struct act *a, struct event *e, Sluis__Detail *detail, uint64_t *ret);

/* Send a copy of NOTICE to everybody who sits in A's case and may see LAYER, but for A's
 * own desk and third parties that did not declare; case, route, state, from are filled
 * in. */
MUST rc act_tell_case(
    struct act *a, Sluis__Notice *notice, unsigned layer, uint64_t about);

/* The same to one desk. */
MUST rc act_tell(struct act *a, const struct seat_id *to, Sluis__Notice *notice,
    unsigned layer, uint64_t about);

/* The same to a desk that may have left A's case: what names the case, and where it
 * stands, is for who sits there only. */
MUST rc act_tell_whoever(struct act *a, const struct seat_id *to, Sluis__Notice *notice,
    unsigned layer, uint64_t about);

/* Whether WHO may hear now of case CASE_ID in LAYER: it has a seat there that counts, and
 * the case is not shielded from it. */
MUST rc act_sits(struct broker *b, const uint8_t case_id[ID_BYTES],
    const struct seat_id *who, unsigned layer, bool *ret);

/* The same without route and state, to who did not declare to keep them to itself. */
MUST rc act_tell_bare(struct act *a, const struct seat_id *to, Sluis__Notice *notice,
    unsigned layer, uint64_t about);

/* Give task->who a TASK (id, since, case, leaf, and the layer if that is 0, are filled
 * in) and, unless that is A's own desk, a notice about it. */
MUST rc act_give_task(struct act *a, struct task_row *task);

/* End every open task of KIND (unspecified: any) in A's case; of WHO only unless that is
 * NULL.  In an act of layer 2 those of layer 1 stay. */
MUST rc act_end_tasks(struct act *a, Sluis__TaskKind kind, const struct seat_id *who);

/* When something is due that has to be done in DAYS; 0: no term. */
uint64_t act_term(const struct act *a, uint32_t days);

/* Remember the request and promise receipts of its own leaves; the answer says ok. */
MUST rc act_end(struct act *a);

#endif
