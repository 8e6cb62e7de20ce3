/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * hints.h - advice on a signal: what else its sender should think of.
 *
 * A hint decides nothing and stops nothing.  The first is always the call to 112: sluis
 * is no emergency channel, and nobody should wait for it.  Clients show hints before they
 * send, from the signal itself; the broker gives the ids along with its answer.
 *
 * Pure.  The ids are constants of the program.
 */
#ifndef SLUIS_POLICY_HINTS_H
#define SLUIS_POLICY_HINTS_H

#include "policy/facts.h"

/* id, what it is about */
#define HINT_LIST(X)                                                          \
	X("call_112", "urgent, an emergency or acute danger")                 \
	X("meldcode_veilig_thuis",                                            \
	    "a victim is in view: weigh a report to Veilig Thuis")            \
	X("meldpunt_ondermijning", "nobody to be recognised as a victim")     \
	X("cosm", "a victim without residence status has a right to shelter") \
	X("reflection_period", "the reflection period runs: mind its end")    \
	X("reporter_anonymous", "an anonymous report names no reporter")      \
	X("effect_on_victim", "an intervention says what it does to the victim")

enum { HINTS_MAX = 7 };

/* The hints on SIGNAL, the most urgent first; returns how many. */
size_t hints_of_signal(const Sluis__Signal *signal, const char *ret[HINTS_MAX]);

/* The same of a preview, which holds no values: from its message FACTS, those of all its
 * RECORDS together, and the fields that are PRESENT. */
size_t hints_of_outline(factset facts, factset records, const struct fieldset *present,
    const char *ret[HINTS_MAX]);

#endif
