/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * timekeeper.h - what time it is for the broker, and what the journal says of that.
 *
 * Reads the clocks once a turn (clock.h says whom to believe).  That the wall clock is
 * not believed, and that it is again, is an entry (EVENT_CLOCK) and a line in the log; it
 * stands in the store too, so that a restart does not make a wrong clock right.
 */
#ifndef SLUIS_BROKER_TIMEKEEPER_H
#define SLUIS_BROKER_TIMEKEEPER_H

#include "broker/broker.h"

/* At start, when the journal is open: sets B->now_ms. */
MUST rc timekeeper_begin(struct broker *b);

/* Sets B->now_ms; tells what changed, in a batch of its own.  Not inside a transaction.
 */
MUST rc timekeeper_look(struct broker *b);

/* The administrator says that the wall clock is right: from the next look on. */
void timekeeper_confirm(struct broker *b);

#endif
