/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * memory.h - what a release makes due later: word of its use, recall of what it replaces.
 */
#ifndef SLUIS_BROKER_OWED_MEMORY_H
#define SLUIS_BROKER_OWED_MEMORY_H

#include "broker/release.h"

/* After every submission that served somebody. */
MUST rc memory_after_release(const struct release *r);

#endif
