/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * kept.h - what a party keeps on its own disk, one file per id.
 *
 *	inbox/<id>.delivery       a Delivery (wire.proto) as it came, checked
 *	inbox/<id>.acknowledged   the Receipt of its acknowledgement
 *	inbox/<id>.recalled       the Notice that wants it destroyed
 *	sent/<id>.request         our signed Envelope of a Submit, written before it left
 *	sent/<id>.act             the same of an act in a case or on an earlier release
 *	sent/<id>.answer          the Answer with its receipts
 *
 * <id> is 32 hex digits.  Mode 0600: they hold personal data, and are the agency's
 * own to keep and to destroy.  Every write is durable when it returns.
 */
#ifndef SLUIS_CLIENT_KEPT_H
#define SLUIS_CLIENT_KEPT_H

#include "proto/bytes.h"
#include "proto/limits.h"

#define KEPT_DELIVERY "inbox", "delivery"
#define KEPT_ACKNOWLEDGED "inbox", "acknowledged"
#define KEPT_RECALLED "inbox", "recalled"
#define KEPT_REQUEST "sent", "request"
#define KEPT_ACT "sent", "act"
#define KEPT_ANSWER "sent", "answer"

/* Write CONTENT as DIR/BOX/<id>.SUFFIX, making the box if need be. */
MUST rc kept_write(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct slice content);

/* Append it to OUT; RC_NOT_FOUND. */
MUST rc kept_read(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct buf *out);

/* Erase it for good; RC_OK also when it is not there. */
MUST rc kept_erase(
    const char *dir, const char *box, const char *suffix, const uint8_t id[ID_BYTES]);

bool kept_exists(
    const char *dir, const char *box, const char *suffix, const uint8_t id[ID_BYTES]);

typedef rc (*kept_visitor)(void *arg, const uint8_t id[ID_BYTES]);

/* Visit every id that has this suffix, in the order of the names; an absent box is empty.
 */
MUST rc kept_each(
    const char *dir, const char *box, const char *suffix, kept_visitor visit, void *arg);

#endif
