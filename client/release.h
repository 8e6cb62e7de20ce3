/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * release.h - the source releases its own further fields, after its case moved on.
 *
 *	read the case -> our signals in it -> preview under what is in force now ->
 *	what does each participant gain over what it has? -> share that again, in the case
 *
 * The data never lay at the broker: it comes from our own store.  What was shared before,
 * for another phase or another convenant, does not flow along; what a participant has
 * already under the convenant in force is not sent twice.
 */
#ifndef SLUIS_CLIENT_RELEASE_H
#define SLUIS_CLIENT_RELEASE_H

#include "client/dossier.h"
#include "client/result.h"

/* The fields of OUTCOME that are given (not withheld), and that none of the N results at
 * BEFORE gave to that same desk with the same action or a stronger one: their paths as a
 * JSON array.  Pure. */
json_t *release_gained(
    const struct sluis_outcome *outcome, struct sluis_result *const *before, size_t n);

struct earlier { /* what came of a signal before */
	size_t                n;
	struct sluis_result **at; /* owned */
};

void earlier_wipe(struct earlier *e);

/* The kept answers to those of LIST that carry the signal of SUBMIT under CONVENANT. */
MUST rc release_earlier(const char *dir, const struct sent_list *list,
    const Sluis__Submit *submit, const char *convenant, struct earlier *ret);

#endif
