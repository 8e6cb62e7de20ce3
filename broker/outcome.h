/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * outcome.h - what was decided for one recipient, told from the journal.
 *
 * The answer to a submission, the same answer to its repetition, and every later
 * explanation are made by this one function from the leaf and its detail: what a
 * sender is told is what the journal says.
 */
#ifndef SLUIS_BROKER_OUTCOME_H
#define SLUIS_BROKER_OUTCOME_H

#include "broker/handler.h"

/* Who asks: decides whether the detail may be seen. */
enum outcome_for { OUTCOME_SENDER, OUTCOME_RECIPIENT };

/* Add the Outcome of leaf INDEX to R's answer, with its receipt promised.  *RET_CODE is
 * the leaf's result (RC_OK: served). */
MUST rc outcome_add(struct broker *b, struct reply *r, uint64_t index,
    enum outcome_for who, rc *ret_code);

/* The leaf at INDEX, unpacked (sluis__leaf__free_unpacked); its detail is not opened. */
MUST rc outcome_leaf(struct broker *b, uint64_t index, Sluis__Leaf **ret);

/* The same with its detail, which stays NULL where there is none. */
MUST rc outcome_entry(
    struct broker *b, uint64_t index, Sluis__Leaf **ret_leaf, Sluis__Detail **ret_detail);

#endif
