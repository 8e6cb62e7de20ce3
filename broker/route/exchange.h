/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * exchange.h - exchange outside the meeting: only with the recorded consent of the
 * partners.
 *
 * Somebody in a case asks to exchange with others in it; one desk of every other party
 * that takes part and signed the convenant in force has to agree (case_exchange.c).  What
 * was said stands in the history of the case; who has not spoken yet has a task.  One
 * objection ends it, and so does taking the seat of who was asked.  It holds for what was
 * in force when it was asked, and for nobody but those it names.
 *
 * Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_ROUTE_EXCHANGE_H
#define SLUIS_BROKER_ROUTE_EXCHANGE_H

#include "broker/broker.h"
#include "broker/route/act.h"
#include "broker/store/case.h"
#include "proto/pbjson.h"

enum {
	EXCHANGE_WITH_MAX  = 16,
	OPEN_EXCHANGES_MAX = 8, /* of one asker in one state of a case */
};

struct exchange { /* what the history says of one */
	struct seat_id asker;
	size_t         n_with;
	struct seat_id with[EXCHANGE_WITH_MAX];
	char           convenant[DESK_MAX + 1], phase[DESK_MAX + 1];
	size_t agreed, waiting; /* partners that did, and that did not speak yet */
	bool   objected;
};

/* Exchange EXCHANGE_ID of CASE_ID; RC_NOT_FOUND. */
MUST rc exchange_read(struct broker *b, const uint8_t case_id[ID_BYTES],
    const uint8_t exchange_id[ID_BYTES], struct exchange *ret);

/* Whether all agreed to X, and it was asked under (CONVENANT, PHASE). */
bool exchange_holds(const struct exchange *x, const char *convenant, const char *phase);

/* Whether WHO is the asker or one of those it is with. */
bool exchange_is_with(const struct exchange *x, const struct seat_id *who);

/*
 * May FROM send to somebody in the case ROW with EXCHANGE_ID now?  RC_NOT_FOUND: there is
 * no such exchange, or it is not FROM's; RC_OBJECTED; RC_WAITING with "2 of 4" in WHERE;
 * RC_NOT_IN_STATE: it was asked under something else than what is in force.
 */
MUST rc exchange_check(struct broker *b, const struct case_row *row,
    const struct seat_id *from, const uint8_t exchange_id[ID_BYTES], struct where *where);

/* Say in those of the N TASKS that ask for consent how many of how many agreed: one pass
 * over the history of each case that they are of. */
MUST rc exchange_count(struct broker *b, Sluis__Task **tasks, size_t n);

struct open_exchanges {
	size_t  n;
	uint8_t ids[OPEN_EXCHANGES_MAX][ID_BYTES];
};

/* What A's desk asked in STATE of its case, and somebody did not answer yet. */
MUST rc exchange_list_open(struct act *a, const char *state, struct open_exchanges *ret);

/* End what is still asked about exchange ID in A's case: of WHO, or of all (NULL). */
MUST rc exchange_end(
    struct act *a, const struct seat_id *who, const uint8_t id[ID_BYTES]);

/* WHO loses its seat by an act of somebody else: whatever it was asked and did not answer
 * is as objected to, also when it comes back.  Nobody gets a consent by removing who
 * might refuse it. */
MUST rc exchange_lose(struct act *a, const struct seat_id *who);

/* Whether the partners of CASE_ID agreed to exchange EXCHANGE_ID, what was in force then
 * still is, and TO is one of those it is with. */
MUST rc exchange_agreed(struct broker *b, const uint8_t case_id[ID_BYTES],
    const uint8_t exchange_id[ID_BYTES], const struct seat_id *to, bool *ret);

#endif
