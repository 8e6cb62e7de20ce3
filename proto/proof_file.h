/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * proof_file.h - a receipt as one file: the entry, its proof and the signed head.
 *
 * C2SP tlog-proof text (receipt.h) whose "extra" line carries the entry itself, so that
 * whoever has the region's verifier key needs nothing else to check it:
 *
 *	2 bytes      length of the leaf, big-endian
 *	n bytes      the leaf: the exact bytes of a Leaf (journal.proto)
 *	the rest     the exact bytes of its Detail; nothing: the file has none
 *
 * The specification trusts nothing in that line, and neither do we: the leaf has to hash
 * to what the proof proves, the detail to what the leaf commits to.  There is one way to
 * write each receipt, so that every change of a byte is another receipt or none.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_PROOF_FILE_H
#define SLUIS_PROTO_PROOF_FILE_H

#include "proto/receipt.h"

enum { PROOF_FILE_MAX = 512 * 1024 }; /* bytes */

struct proof_file {
	struct proof_text text;         /* points into what was read */
	struct buf        extra;        /* owned */
	struct slice      leaf, detail; /* into extra; a detail of n 0: none */
};

/* Append RECEIPT as such a file to OUT, with its detail if it has one; OUT is unchanged
 * on failure.  RC_MALFORMED, RC_TOO_LARGE, RC_NOMEM. */
MUST rc proof_file_format(const Sluis__Receipt *receipt, struct buf *out);

/* Take TEXT, which must outlive *RET, apart; wipe *RET in any case.  RC_BAD_PROOF: it is
 * no tlog-proof, or does not carry an entry. */
MUST rc proof_file_read(struct slice text, struct proof_file *ret);
void    proof_file_wipe(struct proof_file *f);

/* Does the entry stand where F says, in the tree of HEAD, which is what somebody opened
 * F's checkpoint as?  RC_BAD_PROOF, RC_BAD_DIGEST. */
MUST rc proof_file_stands(const struct proof_file *f, const struct checkpoint *head);

/* The same with the head that V signed, to *RET.  RC_BAD_NOTE too. */
MUST rc proof_file_check(
    const struct proof_file *f, const struct note_verifier *v, struct checkpoint *ret);

#endif
