/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * hint_text.h - advice on a signal, in words (policy/hints.h).
 *
 * Shown on standard error, before anything is sent: the call to 112 first and loud, also
 * with --quiet; the rest not.  With --json nothing is shown: the result has the ids.
 */
#ifndef SLUIS_CLIENT_COMMAND_HINT_TEXT_H
#define SLUIS_CLIENT_COMMAND_HINT_TEXT_H

#include "client/command/cli.h"

/* The text of hint ID in the user's language; NULL for an unknown one. */
const char *hint_text(const char *id);

/* The hints on the signal in JSON (N bytes); nothing for what is no signal. */
void hints_show(struct cli *cli, const char *json, size_t n);

/* The call to 112 if the delivered signal in JSON says that it is urgent, or tells of
 * acute danger; whether it was shown. */
bool hints_show_urgent(struct cli *cli, const char *json);

#endif
