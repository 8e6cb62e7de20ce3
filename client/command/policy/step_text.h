/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * step_text.h - the smallest change that would alter an outcome, in words.
 *
 *	"this person consents to sharing care data with enforcement"
 *	"phase 2, and: sent by ind"
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_STEP_TEXT_H
#define SLUIS_CLIENT_COMMAND_POLICY_STEP_TEXT_H

#include "policy/study/nearest.h"

enum { STEP_TEXT_MAX = 400 };

/* C as one sentence in the reader's language, cut if too long. */
const char *change_text(const struct change *c, char out[STEP_TEXT_MAX]);

/* The stable name of a kind of step: "facts", "phase", ... */
const char *step_name(enum step_kind kind);

/* What STEP sets its thing to, as an id: "consent_enforcement", "2", "ind", "none". */
const char *step_value(const struct step *s, char out[STEP_TEXT_MAX]);

#endif
