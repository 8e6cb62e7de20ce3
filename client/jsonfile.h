/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * jsonfile.h - our own small JSON files: read strictly, written whole.
 *
 * Strict: no duplicate keys, one object, every string there and within its bound.
 */
#ifndef SLUIS_CLIENT_JSONFILE_H
#define SLUIS_CLIENT_JSONFILE_H

#include "certs/json_auto.h"
#include "client/error.h"

/* Read the object in PATH (at most 1 MiB); the place of a mistake goes to *E. */
MUST rc jsonfile_read(const char *path, json_t **ret, struct sluis_error *e);

/* Write JSON to PATH, indented, in one go. */
MUST rc jsonfile_write(const char *path, const json_t *json, unsigned mode);

/* Copy string KEY of OBJECT into OUT (SIZE bytes with NUL); RC_CONFIG naming PATH and KEY
 * when it is absent, empty, no string or too long. */
MUST rc jsonfile_string(const char *path, const json_t *object, const char *key,
    char *out, size_t size, struct sluis_error *e);

#endif
