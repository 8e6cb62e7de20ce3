/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * submission.h - a signal on its way out: whole in a Submit, as an outline in a Preview.
 *
 * The outline is what a broker needs to say what would happen: for each person
 * record the facts that a rule weighs (victim, minor, ...) and which fields are
 * filled; the same for all the rest of the signal.  No value is in it, so asking
 * shares nothing (tests/unit/test_submission.c holds us to that).
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_SUBMISSION_H
#define SLUIS_CLIENT_SUBMISSION_H

#include "client/error.h"
#include "proto/bytes.h"
#include "signal.pb-c.h"
#include "wire.pb-c.h"

/* Parse and check JSON text as a Signal (message_destroy() it); the place of a mistake
 * goes to *E. */
MUST rc submission_signal(struct slice json, Sluis__Signal **ret, struct sluis_error *e);

/* The recipients of WHAT as messages, their strings borrowed; free() the result. */
MUST rc submission_recipients(
    const struct sluis_submission *what, Sluis__Recipient ***ret);

/* The records of SIGNAL's outline on the day TODAY (days since 1970-01-01). */
MUST rc submission_outline(const Sluis__Signal *signal, int32_t today,
    Sluis__PreviewRecord ***ret, size_t *ret_n);
void    submission_free_outline(Sluis__PreviewRecord **records, size_t n);

#endif
