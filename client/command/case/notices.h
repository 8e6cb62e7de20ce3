/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * notices.h - the notices that a desk has: those kept here, then those that wait.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_NOTICES_H
#define SLUIS_CLIENT_COMMAND_CASE_NOTICES_H

#include "client/command/case/errand.h"

/* The notice that D carries, NULL if it is a signal or cannot be read.  The caller
 * message_destroy()s it. */
Sluis__Notice *notice_of(const struct sluis_delivery *d);

typedef rc (*notice_visitor)(
    void *arg, const struct sluis_delivery *d, const Sluis__Notice *n);

/* Visit every notice once.  Complains when the broker cannot be asked. */
MUST rc notices_each(struct errand *e, notice_visitor visit, void *arg);

#endif
