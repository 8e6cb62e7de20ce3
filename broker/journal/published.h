/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * published.h - has this journal said more than it knows now?
 *
 * A head that left the house binds: what it covers must be in the journal for ever.  A
 * state that was restored from a backup has forgotten some of them.  Two memories outside
 * the state tell:
 *
 *	published_file  the newest head offered to witnesses, written and fsynced
 *	                before it is; apart from the state and its backups
 *	the clients     each shows the head that it saw last with its Prove
 *
 * A head with our own signature that the journal does not continue is the proof.  Then
 * nothing is signed and nobody served any more (RC_OLD_STATE): at start the daemon ends,
 * while it runs it answers proofs alone, and published_file keeps the lost head, so that
 * the next start knows it too.
 *
 * The way on is the operator's: `sluisd --accept-gap SIZE` with the size of the lost
 * head.  The journal then says what it lacks (EVENT_RESTORED), and a head that falls into
 * that gap is answered with this entry and RC_FORKED: each client decides for itself.
 */
#ifndef SLUIS_BROKER_JOURNAL_PUBLISHED_H
#define SLUIS_BROKER_JOURNAL_PUBLISHED_H

#include "broker/broker.h"

/* Whether the journal of B continues HEAD. */
MUST rc published_continues(
    const struct broker *b, const struct checkpoint *head, bool *ret);

/* At start, before anything is appended: RC_OK when published_file agrees, or when its
 * head is the gap that the operator accepts (noted in B->gap for
 * published_append_gap()).  RC_OLD_STATE; RC_CONFIG when a gap is accepted that is none;
 * RC_DISK.  Logs why. */
MUST rc published_check(struct broker *b);

/* Append the accepted gap to the journal, if there is one, in the open transaction. */
MUST rc published_append_gap(struct broker *b);

/* Write NOTE as the newest published head, durably. */
MUST rc published_write(const struct broker *b, struct slice note);

/* NOTE is a head with our signature that the journal does not continue: keep it and stop
 * serving. */
MUST rc published_stop(struct broker *b, struct slice note);

#endif
