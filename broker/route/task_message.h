/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * task_message.h - a task of the store as a Task of the wire.
 *
 * Pure.
 */
#ifndef SLUIS_BROKER_ROUTE_TASK_MESSAGE_H
#define SLUIS_BROKER_ROUTE_TASK_MESSAGE_H

#include "broker/store/case.h"

/* Fill RET, initialised, with what ROW says; it borrows from ROW. */
void task_borrow(const struct task_row *row, uint64_t now_ms, Sluis__Task *ret);

/* The same with copies of its own, added to a repeated field. */
MUST rc task_add(
    const struct task_row *row, uint64_t now_ms, size_t *n, Sluis__Task ***list);

#endif
