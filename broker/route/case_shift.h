/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_shift.h - what a step changes for everybody that takes part, before it is made.
 *
 * Gained and lost fields per participant, and a confirmation: SHA-256 over the policy in
 * force, the case, its state, the step, the participants and all that changes for them.
 * Whoever confirms what it was shown confirms nothing else: another participant, another
 * policy or another state make another confirmation.
 */
#ifndef SLUIS_BROKER_ROUTE_CASE_SHIFT_H
#define SLUIS_BROKER_ROUTE_CASE_SHIFT_H

#include "broker/route/act.h"
#include "broker/route/case_place.h"

/* What STEP, which leads to TO, changes for whom A's desk can see in its case.  ANSWER
 * (may be NULL) gets the shifts. */
MUST rc case_shifts(struct act *a, const struct step_info *step,
    const struct state_info *to, Sluis__Answer *answer, struct hash *ret_confirmation);

#endif
