/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * epoch.h - the journal says which keys of the broker's own are in force.
 *
 * At every start one EVENT_EPOCH for each key whose change somebody has to notice; its
 * `purpose` says which, its `subject_digest` tells it from any other:
 *
 *	pseudonym   `phase` is the name of its epoch; the digest is its mark
 *	checkpoint  SHA-256 of the public key that checkpoints are verified with
 *	channel     SHA-256 of the CURVE key that clients know the broker by
 *	master      `phase` is its number, from the second on; the digest is SHA-256 of
 *	            that
 *
 * While such a key changes (rotate.h) its companion has an entry of its own:
 *
 *	pseudonym_overlap  the epoch that ends: copies hold its pseudonyms too
 *	pseudonym_ended    its key was destroyed; the digest is zero
 *	checkpoint_next, channel_next  the key that will be the only one
 *	master_former      still opens what it wrapped
 *	master_rewrapped   once, when nothing is left that only the former key opens
 *	master_unreadable  instead of it, when something is left that no key opens
 */
#ifndef SLUIS_BROKER_JOURNAL_EPOCH_H
#define SLUIS_BROKER_JOURNAL_EPOCH_H

#include "broker/broker.h"

/* Append the entries inside the open transaction. */
MUST rc epoch_note(struct broker *b);

/* Append that ALL is wrapped by the current master key, or all that opens. */
MUST rc epoch_note_rewrapped(struct broker *b, bool all);

#endif
