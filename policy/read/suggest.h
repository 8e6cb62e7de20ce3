/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * suggest.h - what was probably meant by a word that is no valid name.
 *
 * Names in a policy are English; who writes one often is not.  So the same word in other
 * capitals, the title of a category or role, and the Dutch for a name count as that name.
 */
#ifndef SLUIS_POLICY_SUGGEST_H
#define SLUIS_POLICY_SUGGEST_H

#include "policy/policy.h"
#include "policy/read/near.h"

/* One of NAMES, NULL if none comes near.  P NULL: no titles are known. */
const char *suggest(
    const struct policy *p, const char *word, name_at names, const void *arg);

/* All of NAMES, with commas between; false if there are none, more than twelve, or more
 * than fit. */
bool suggest_all(name_at names, const void *arg, char *out, size_t size);

#endif
