/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * seen.h - the head of the journal as this folder last proved it.
 *
 * A broker that rewrites history must show somebody another tree.  So each party
 * keeps the last signed head that it proved to continue the one before (file
 * `checkpoint`), and every head that it meets is held against that:
 *
 *	same size      the root must be the same, at once
 *	larger         a consistency proof must link them (sluis_check_history)
 *	smaller        only as an old receipt; never as the current head
 *
 * The first head is taken on trust.
 *
 * When that was proven stands beside it (file `checkpoint.time`): what came after is not
 * older.
 */
#ifndef SLUIS_CLIENT_SEEN_H
#define SLUIS_CLIENT_SEEN_H

#include "proto/checkpoint.h"

struct seen {
	bool              known; /* false: nothing seen yet */
	struct checkpoint head;
	uint64_t          at_ms; /* Unix time when it was proven; 0: not known */
};

/* Read DIR/checkpoint; no file is a fresh start.  RC_BAD_NOTE when V did not sign it. */
MUST rc seen_read(const char *dir, const struct note_verifier *v, struct seen *ret);

/* RC_FORKED if HEAD has the size of the last seen one and another root. */
MUST rc seen_compare(const struct seen *seen, const struct checkpoint *head);

/* Check that HEAD continues the last seen one by PROOF; RC_FORKED when it is smaller or
 * of equal size with another root, RC_BAD_PROOF when the proof does not hold. */
MUST rc seen_continues(const struct seen *seen, const struct checkpoint *head,
    const struct merkle_proof *proof);

/* Keep NOTE, whose content is HEAD, as the last seen one, at AT_MS. */
MUST rc seen_keep(struct seen *seen, const char *dir, struct slice note,
    const struct checkpoint *head, uint64_t at_ms);

#endif
