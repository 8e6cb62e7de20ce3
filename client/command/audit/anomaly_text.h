/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * anomaly_text.h - findings as sentences and as JSON.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_ANOMALY_TEXT_H
#define SLUIS_CLIENT_COMMAND_AUDIT_ANOMALY_TEXT_H

#include <jansson.h>

#include "client/command/audit/anomaly.h"

/* What findings of KIND are, as a heading. */
const char *anomaly_heading(enum anomaly_kind kind);

/* F in one sentence, with its numbers; translated, parties by the names of S (NULL: by
 * their OINs). */
enum { ANOMALY_TEXT_MAX = 512 };
const char *anomaly_text(
    const struct sluis *s, const struct anomaly *f, char out[ANOMALY_TEXT_MAX]);

/* "12 15 40 ...": the entries to read; "" for none. */
enum { ANOMALY_ENTRIES_MAX = 256 };
const char *anomaly_entries(const struct anomaly *f, char out[ANOMALY_ENTRIES_MAX]);

json_t *anomaly_json(const struct anomaly *f);

#endif
