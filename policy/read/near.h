/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * near.h - "did you mean": the valid name nearest to a wrong one.
 *
 * Pure.  Distance is that of optimal string alignment: a letter added, dropped,
 * changed, or swapped with its neighbour counts one.
 */
#ifndef SLUIS_POLICY_NEAR_H
#define SLUIS_POLICY_NEAR_H

#include <stddef.h>

/* The I-th valid name, NULL past the last one. */
typedef const char *(*name_at)(const void *arg, size_t i);

/* The first of the nearest names if one lies within a third of WORD's letters (at
 * least two), else NULL. */
const char *nearest(const char *word, name_at at, const void *arg);

#endif
