/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * remind.h - a task that passed its term is told to its desk, once.
 *
 * A leaf (EVENT_OVERDUE) and a NOTICE_REMINDER; the task stays open.
 */
#ifndef SLUIS_BROKER_OWED_REMIND_H
#define SLUIS_BROKER_OWED_REMIND_H

#include "broker/broker.h"

enum { REMIND_LEAVES = 2 }; /* of one task */

/* Remind of what is overdue in LAYER (0: any), at most MAX of it; *RET_N is how much.
 * Inside the open transaction; layer 2 in cover turns only. */
MUST rc remind_overdue(struct broker *b, unsigned layer, size_t max, size_t *ret_n);

#endif
