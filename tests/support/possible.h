/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * possible.h - whether facts can be, told by policy/study/space.h one dimension at a
 * time: what a walk, a reading or a scene of a test has to agree with.
 */
#ifndef SLUIS_TESTS_POSSIBLE_H
#define SLUIS_TESTS_POSSIBLE_H

#include "policy/study/space.h"

/* Whether FACTS are one value of each dimension, of a person or not. */
static inline bool
facts_possible(factset facts, bool person)
{
	const struct dimension *d;

	for (size_t i = 0; (d = space_dimension(i)) != NULL; i++) {
		factset want =
		    d->person && !person ? 0 : d->values[space_value(facts, d)];
		if ((facts & d->bits) != want) return false;
	}
	return true;
}

#endif
