/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * details.h - the details of journal entries as files, DIR/details/<index>.
 *
 * An entry commits to its detail by a digest; the detail itself says what was withheld
 * and why, and is only for the sender of the signal and for auditors.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_DETAILS_H
#define SLUIS_CLIENT_COMMAND_POLICY_DETAILS_H

#include "client/command/policy/gone.h"
#include "client/error.h"
#include "proto/bytes.h"

enum { DETAIL_FILE_MAX = 1024 * 1024 };

/* Append the detail of entry INDEX to OUT; RC_NOT_FOUND where there is none. */
MUST rc detail_read(const char *dir, uint64_t index, struct buf *out);

/* Keep DETAIL of entry INDEX. */
MUST rc detail_write(const char *dir, uint64_t index, struct slice detail);

/* Take the detail of entry INDEX away; RC_OK also when it is not there. */
MUST rc detail_remove(const char *dir, uint64_t index);

/* Does the file of entry INDEX fit the digest in LEAF?  An entry without a digest must
 * have no file; one that has a digest and no file is noted in G.  Its bytes are appended
 * to OUT. RC_BAD_DIGEST with the file in *E. */
MUST rc detail_check(const char *dir, uint64_t index, struct slice leaf, struct gone *g,
    struct buf *out, struct sluis_error *e);

/* RC_BAD_DIGEST with its file in *E when G holds one that was not erased. */
MUST rc detail_missing(const char *dir, const struct gone *g, struct sluis_error *e);

/* Does DETAIL (n 0: none) fit LEAF? */
MUST rc detail_fits(struct slice leaf, struct slice detail);

#endif
