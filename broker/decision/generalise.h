/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * generalise.h - a coarser value that says less, for quasi-identifiers.
 *
 * Date of birth and four postcode digits together single out two people in three;
 * so dates become years and postcodes four digits, or a value becomes the mere fact
 * that there is one.  What cannot be coarsened is withheld.
 *
 * Pure.
 */
#ifndef SLUIS_BROKER_DECISION_GENERALISE_H
#define SLUIS_BROKER_DECISION_GENERALISE_H

#include "policy/policy.h"
#include "proto/bytes.h"

/* Append the coarse form of VALUE to OUT; RC_INVALID_SIGNAL if it has none. */
MUST rc generalise(enum generalise how, struct slice value, struct buf *out);

#endif
