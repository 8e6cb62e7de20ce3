/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * stops.h - bars on the whole message that stand apart.
 *
 * A bar that refuses a signal or excludes a recipient mostly weighs facts that nothing
 * else weighs there: an anonymous report with its reporter, an intervention without its
 * effect. Such facts only decide whether there is an answer at all.  They need not be
 * walked with the others: it is enough to count in how many of their combinations no such
 * bar holds.
 *
 * Owns nothing; pure.
 */
#ifndef SLUIS_POLICY_STUDY_STOPS_H
#define SLUIS_POLICY_STUDY_STOPS_H

#include "policy/study/space.h"

struct stops {
	factset  apart; /* facts that nothing but bars on the whole message weighs */
	uint64_t all;   /* their combinations */
	uint64_t free;  /* those in which none of these bars holds: the first is one */
};

/* Those at AT that weigh no fact of a dimension with a fact in USED. */
void stops_at(const struct site *at, factset used, struct stops *ret);

#endif
