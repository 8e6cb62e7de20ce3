/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * knowing.h - what a release tells others: that somebody else knows, that an answer is
 * due.
 */
#ifndef SLUIS_BROKER_KNOWING_H
#define SLUIS_BROKER_KNOWING_H

#include "broker/release.h"

/* After every submission that served somebody. */
MUST rc knowing_after_release(const struct release *r);

#endif
