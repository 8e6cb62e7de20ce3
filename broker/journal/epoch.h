/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * epoch.h - the journal says which keys of the broker's own are in force.
 *
 * At every start one EVENT_EPOCH for each key whose change somebody has to notice; its
 * `purpose` says which, its `subject_digest` tells it from any other:
 *
 *	pseudonym   `phase` is the name of its epoch; the digest is pseudonym_mark()
 *	checkpoint  SHA-256 of the public key that checkpoints are verified with
 *	channel     SHA-256 of the CURVE key that clients know the broker by
 *
 * The key that wraps what is stored has no entry: with another one nothing can be read.
 */
#ifndef SLUIS_BROKER_JOURNAL_EPOCH_H
#define SLUIS_BROKER_JOURNAL_EPOCH_H

#include "broker/broker.h"

/* Append the entries inside the open transaction. */
MUST rc epoch_note(struct broker *b);

#endif
