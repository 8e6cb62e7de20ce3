/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * witness.h - the head that waits for cosignatures, and the newest that has enough.
 *
 * Parties are witnesses: each cosigns a head once it has checked that the journal only
 * grew up to it (Cosign, wire.proto).  Who counts, and how many, says trust_file (C2SP
 * tlog-policy), which may appear later and is read again with SIGHUP.
 *
 * One head waits at a time.  A newer one takes its place after witness_s, once it has its
 * quorum, or after witness_wait_s without: parties come when they come, and cosignatures
 * of different heads do not add up.  Nothing ever waits for a witness: without quorum the
 * broker serves as with it, and whoever asks for a witnessed proof is told that there is
 * none yet.
 *
 * Every witness_s the newest head also becomes the published one (published.h), with
 * witnesses or without.
 *
 * Owns: the trust file's content and both notes.  Borrows: store, configuration.
 */
#ifndef SLUIS_BROKER_JOURNAL_WITNESS_H
#define SLUIS_BROKER_JOURNAL_WITNESS_H

#include "broker/config.h"
#include "broker/store/witness.h"
#include "proto/trust_policy.h"

struct witness;
struct broker;

/* What stands in STORE; LOG has the keys of our own checkpoints.  RC_CONFIG for a trust
 * file that cannot be read as one, or that is of other logs. */
MUST rc witness_open(struct witness **ret, struct store *store,
    const struct config *config, const struct note_verifier *log);
void    witness_destroy(struct witness **wp);

/* The batch was rolled back: forget what came in it. */
MUST rc witness_reload(struct witness *w);

/* Whom heads of ours of any time are checked with: the keys that sign now, and those that
 * the trust file names besides (`log` lines with our name). */
const struct note_verifier *witness_log(const struct witness *w);

/* Read the trust file again; the old one stands if the new one is refused. */
MUST rc witness_reread(struct witness *w);

/* Would witness_open() take the trust file, beside KEYS?  For sluisd -t. */
struct keeper_facts;
MUST rc witness_test(const struct config *c, const struct keeper_facts *keys);

/* The head that waits (KIND WITNESS_WAITING) or has its quorum: its size and its note
 * with all lines, borrowed until the next change.  False when there is none. */
bool witness_head(const struct witness *w, enum witness_head kind, uint64_t *ret_size,
    struct slice *ret_note);

/*
 * LINE cosigns the waiting head, which the witness takes to be of SIZE; inside the open
 * transaction.  The same line again changes nothing.
 *
 *	RC_NOT_FOUND      by nobody that the trust file names
 *	RC_STALE          another head waits by now, or it is older than that head
 *	RC_FUTURE         its time has not come
 *	RC_REPLAYED       this witness has cosigned this head with another line
 *	RC_BAD_SIGNATURE  malformed, or it does not hold for this head
 */
MUST rc witness_add(struct witness *w, uint64_t size, struct slice line, uint64_t now_ms);

/* What is due by now: publish the newest head, and offer it. */
MUST rc witness_turn(struct broker *b);

#endif
