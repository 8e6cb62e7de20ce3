/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_region.h - a region whose desks go a route together.
 *
 * The shipped policy and its routes, the desks of the Nijmegen route enrolled, and one
 * function for each request about a case.  Every request has a fresh id; a test that asks
 * twice keeps the message (struct ask_case) and sends it again.
 *
 * Answers are the caller's: message_destroy().  What goes wrong here itself aborts.
 */
#ifndef SLUIS_TESTS_CASE_REGION_H
#define SLUIS_TESTS_CASE_REGION_H

#include "broker/route/act.h"
#include "policy/route.h"
#include "support/region.h"

struct case_region {
	struct region region;
	struct person meldpunt, analist, aandacht, politie, nla, zorg, veiligthuis,
	    auditor;
};

void case_region_open(struct case_region *c);
void case_region_close(struct case_region *c);

struct ask_head { /* what a message borrows from; one per message */
	uint8_t     id[ID_BYTES];
	Sluis__Head head;
};

/* A fresh head of P for a message. */
Sluis__Head *head_of(struct case_region *c, const struct person *p, struct ask_head *h);

ProtobufCBinaryData id_bytes(const uint8_t id[ID_BYTES]);

/* Open a case; its id goes to ID.  NULL for DELIVERY and TRACE: it starts from nothing.
 */
Sluis__Answer *case_open(struct case_region *c, const struct person *p, const char *route,
    const uint8_t *delivery, const uint8_t *trace, uint8_t id[ID_BYTES]);

/* The same, which has to be ok: Nijmegen, by the meldpunt, from nothing. */
void case_opened(struct case_region *c, uint8_t id[ID_BYTES]);

/* ID NULL: all of P's. */
Sluis__Answer *case_read(
    struct case_region *c, const struct person *p, const uint8_t *id);

Sluis__Answer *case_move(struct case_region *c, const struct person *p,
    const uint8_t id[ID_BYTES], const char *step);
/* Ask what STEP changes, and make it with that confirmation. */
Sluis__Answer *case_confirmed(struct case_region *c, const struct person *p,
    const uint8_t id[ID_BYTES], const char *step);

Sluis__Answer *case_join(struct case_region *c, const struct person *p,
    const uint8_t id[ID_BYTES], const struct person *who, Sluis__ParticipantAs as,
    unsigned layer, bool leave);
Sluis__Answer *case_declare(
    struct case_region *c, const struct person *p, const uint8_t id[ID_BYTES]);
Sluis__Answer *case_todo(struct case_region *c, const struct person *p, bool given);

struct release_ask { /* a submission; NULL and zero: left out */
	const uint8_t       *case_id, *corrects;
	const char          *convenant, *phase, *purpose;
	bool                 enriches;
	const char          *signal; /* JSON; NULL: the shipped 08-weekly-registrations */
	const struct person *to[4];  /* ends at NULL */
};

/* TRACE gets the request id; may be NULL. */
Sluis__Answer *case_share(struct case_region *c, const struct person *p,
    const struct release_ask *s, uint8_t *trace);

/* What waits for P, unacknowledged. */
Sluis__Answer *case_receive(struct case_region *c, const struct person *p);

/* How many notices of KIND wait for P; the last of them to *RET unless that is NULL. */
size_t notices(struct case_region *c, const struct person *p, Sluis__NoticeKind kind,
    Sluis__Notice **ret);

/* Put the case in STATE by hand, whatever its route says. */
void case_put_state(struct case_region *c, const uint8_t id[ID_BYTES], const char *state);

/* Give P a seat by hand. */
void case_put_seat(struct case_region *c, const uint8_t id[ID_BYTES],
    const struct person *p, Sluis__ParticipantAs as, unsigned layer, unsigned shown);

/* The code of ANSWER is WANT; destroys it. */
void answered(Sluis__Answer *a, const char *want);

#endif
