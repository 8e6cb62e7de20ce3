/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * retention.h - what the broker knows of a case ends with its term.
 *
 * WGS 1.8(7): at the latest five years after the first joint processing; Besluit WGS
 * 1.16(1): at once where there is no case.  Then every release made in the case is
 * recalled from whoever has it, its seats are told, the journal says so (EVENT_REMOVED),
 * and its rows go.  What stays is the journal, and the recalls that are still open.
 *
 * A case that is shielded (WGS 2.31(8)) is there for nobody but the desk that opened it,
 * until it is removed.
 */
#ifndef SLUIS_BROKER_OWED_RETENTION_H
#define SLUIS_BROKER_OWED_RETENTION_H

#include "broker/route/act.h"

/* Remove one case whose term has passed; *RET_DID says whether there was one.  Inside the
 * open transaction. */
MUST rc retention_remove_one(struct broker *b, bool *ret_did);

/* Shield A's case: leaf, step, row, and word to everybody else that sits there, whose
 * tasks end. */
MUST rc retention_shield(struct act *a);

/* Whether the desk that opened the case of ROW may have it for EXTEND_DAYS more: in the
 * last year of its term, if it is open or was closed less than a year before its end
 * (Besluit WGS 1.16(2), (3)).  *RET_MS is the new term.  RC_NO_GROUND where the route
 * knows no extension, RC_NOT_IN_STATE.  Pure. */
MUST rc retention_extend(
    const struct case_row *row, uint32_t extend_days, uint64_t now_ms, uint64_t *ret_ms);

#endif
