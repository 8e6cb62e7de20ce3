/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fact_text.h - the facts that a ruling weighs, in words that a lawyer reads.
 *
 * policy/facts.h names them as policy files do ("consent_enforcement"); here each is a
 * short clause in the reader's language that fits after "if" and "not if".
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_FACT_TEXT_H
#define SLUIS_CLIENT_COMMAND_POLICY_FACT_TEXT_H

#include <stdio.h>

#include "policy/facts.h"

/* FACTS to TO, the last before AND_OR (already translated: "and", "or"): "the person is a
 * suspect or a witness".  A fact without words is told by its name. */
void fact_list(FILE *to, factset facts, const char *and_or);

#endif
