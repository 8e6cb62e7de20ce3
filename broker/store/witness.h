/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * witness.h - tables witness and gap: heads that others cosigned, and what is missing
 * from this journal and was named on purpose.
 *
 * A head stands here as the note with all its lines, so that it can be handed out as it
 * is.  A gap is what an EVENT_RESTORED leaf says, kept to be found by the head that fell
 * into it.
 */
#ifndef SLUIS_BROKER_STORE_WITNESS_H
#define SLUIS_BROKER_STORE_WITNESS_H

#include "broker/store/store.h"

enum witness_head { WITNESS_WAITING = 1, WITNESS_QUORUM = 2 };

struct witness_row {
	uint64_t size;
	uint64_t taken_ms;
};

/* Replace head KIND by NOTE. */
MUST rc store_put_witness(struct store *s, enum witness_head kind,
    const struct witness_row *row, struct slice note);

/* Head KIND, its note appended to NOTE.  RC_NOT_FOUND. */
MUST rc store_get_witness(
    struct store *s, enum witness_head kind, struct witness_row *ret, struct buf *note);

struct gap_row {
	uint64_t leaf;     /* of the EVENT_RESTORED entry */
	uint64_t restored; /* entries that the journal went on from */
	uint64_t missing;  /* entries after them that were signed once and are not here */
	struct hash root;  /* of the head that was lost: restored + missing entries */
};

MUST rc store_put_gap(struct store *s, const struct gap_row *row);

/* The oldest gap that a head of SIZE falls into; RC_NOT_FOUND. */
MUST rc store_find_gap(struct store *s, uint64_t size, struct gap_row *ret);

/* The smallest `restored` of all gaps; RC_NOT_FOUND. */
MUST rc store_first_gap(struct store *s, uint64_t *ret_restored);

#endif
