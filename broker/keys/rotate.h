/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rotate.h - changing the broker's own keys: in two steps, with an overlap between them.
 *
 *	sluisd -c FILE --rotate KIND    a new key stands beside the old one
 *	sluisd -c FILE --retire KIND    the old one is destroyed
 *	sluisd -c FILE --retire master --accept-loss N  although N keys are lost
 *
 * Both change the keys file and nothing else; what they say takes effect when the daemon
 * starts again, and the journal then says so (journal/epoch.h).  While both are there:
 *
 *	curve       both are served, each at its own place (second_* of the
 *	            configuration); clients get the new one by a new region.json
 *	checkpoint  both sign every head; clients get the new verifier key as one
 *	            more `log` line of the trust file, and keep the old line
 *	            for old receipts
 *	pseudonym   copies hold both pseudonyms of an identifier; tokens of both
 *	            are kept
 *	master      the new one wraps; what the old one wrapped is wrapped again,
 *	            some at a time (rewrap.h)
 *
 * The old key is destroyed as well as a file can be: what it stood in is overwritten.  A
 * retired master key must have nothing left that needs it, and a CURVE key is retired
 * when the other was served: the state is asked, which for that is locked against a
 * daemon.  Damaged keys that neither master key opens hold it
 * up, for a backup may have them whole and need the old one; --accept-loss goes on
 * without them.
 */
#ifndef SLUIS_BROKER_KEYS_ROTATE_H
#define SLUIS_BROKER_KEYS_ROTATE_H

#include "broker/config.h"
#include "broker/keys/keyring.h"

enum key_kind { KIND_CURVE, KIND_CHECKPOINT, KIND_PSEUDONYM, KIND_MASTER, N_KINDS };

/* "curve", "checkpoint", "pseudonym", "master", and back; RC_USAGE. */
const char *key_kind_name(enum key_kind kind);
MUST rc     key_kind_read(const char *name, enum key_kind *ret);

/* --- on keys in memory: pure but for randomness ----------------------------------- */

/* A new key of KIND beside the one in K; NAME is that of a new epoch, NULL: the next
 * number.  RC_CONFIG, with *RET_WHY (static), when there is an overlap already, NAME is
 * taken or none, or a token keeps the key. */
MUST rc rotate_begin(
    struct keyring *k, enum key_kind kind, const char *name, const char **ret_why);

/* Take the old key of KIND out of K.  RC_CONFIG when there is no overlap. */
MUST rc rotate_end(struct keyring *k, enum key_kind kind, const char **ret_why);

/* --- on the files ----------------------------------------------------------------- */

/* The same in the keys file of C; what others need to know of it goes to standard output
 * as JSON.  Why not is logged.  RC_CONFIG, RC_NOT_FOUND, RC_DISK.  LOST is how many keys
 * in the state the operator gives up, for no master key opens them: once and for all. */
MUST rc rotate_keys(const struct config *c, enum key_kind kind, const char *name);
MUST rc retire_keys(const struct config *c, enum key_kind kind, uint64_t lost);

/* Whether the state of C does without all master keys but the first of K, which are two:
 * nothing there needs the other one, and just LOST keys open with neither.  RC_CONFIG, or
 * why it cannot be told; logged, with the keys that are lost. */
MUST rc rotate_check_rewrapped(
    const struct config *c, const struct keyring *k, uint64_t lost);

/* Whether the newest start of sluisd on the state of C served the second CURVE key of K,
 * which has two.  RC_CONFIG, or why it cannot be told; logged. */
MUST rc rotate_check_served(const struct config *c, const struct keyring *k);

#endif
