/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * outcome.h - what was decided for one recipient, told from the journal.
 *
 * The answer to a repetition and every later explanation are made here from the leaf and
 * its detail: what a sender is told is what the journal says.  The first answer is
 * encoded before there is a leaf, with what was decided (decision/encode.h), and
 * is the same byte for byte (tests/e2e/test_waves.py).  A preview has no leaf at all, and
 * is filled in preview.c; its obligations come with text and article.
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

/* Add copies of the N groups of FROM to O. */
MUST rc outcome_copy_groups(size_t n, Sluis__RuleGroup *const *from, Sluis__Outcome *o);

/* The leaf at INDEX, unpacked (sluis__leaf__free_unpacked); its detail is not opened. */
MUST rc outcome_leaf(struct broker *b, uint64_t index, Sluis__Leaf **ret);

/* The same with its detail, which stays NULL where there is none. */
MUST rc outcome_entry(
    struct broker *b, uint64_t index, Sluis__Leaf **ret_leaf, Sluis__Detail **ret_detail);

/* The same of what is left: *RET_LOST where the detail opens no more, or is gone and no
 * entry says that it was erased.  The log names it. */
MUST rc outcome_left(struct broker *b, uint64_t index, Sluis__Leaf **ret_leaf,
    Sluis__Detail **ret_detail, bool *ret_lost);

#endif
