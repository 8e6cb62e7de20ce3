/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * after_release.h - what a release makes due later: word of its use, recall of what it
 * replaces.
 */
#ifndef SLUIS_BROKER_OWED_AFTER_RELEASE_H
#define SLUIS_BROKER_OWED_AFTER_RELEASE_H

#include "broker/release.h"

/* After every submission that served somebody. */
MUST rc owed_after_release(const struct release *r);

#endif
