/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * metrics.h - the state of a running broker, told to whoever knocks.
 */
#ifndef SLUIS_BROKER_METRICS_METRICS_H
#define SLUIS_BROKER_METRICS_METRICS_H

#include "broker/broker.h"

/* Answer those at the door of B, a few; nobody is waited for. */
void metrics_serve(struct broker *b);

#endif
