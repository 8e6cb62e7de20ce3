/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * kept.h - what a party keeps, by box, suffix and id, in the store of its folder.
 *
 *	inbox/<id>.delivery       a Delivery (wire.proto) as it came, checked
 *	inbox/<id>.acknowledged   the Receipt of its acknowledgement
 *	inbox/<id>.recalled       the Notice that wants it destroyed
 *	inbox/<root>.signed       which delivery brought what was signed (once.h)
 *	sent/<id>.request         our signed Envelope of a Submit, written before it left
 *	sent/<id>.act             the same of an act in a case or on an earlier release
 *	sent/<id>.answer          the Answer with its receipts
 *	queue/<id>.waiting        what could not be sent yet (queue.h)
 *	keys/<id>.binding         an Answer with a sender's key binding (signer.h)
 *	keys/<id>.seal            an X25519 key that was replaced, secret half first
 *
 * They hold personal data and are the agency's own to keep and to destroy: vault.h says
 * how they lie on the disk.  Every write is durable when it returns.  Each call opens the
 * store and closes it again.
 */
#ifndef SLUIS_CLIENT_KEPT_H
#define SLUIS_CLIENT_KEPT_H

#include "client/vault.h"

#define KEPT_DELIVERY "inbox", "delivery"
#define KEPT_ACKNOWLEDGED "inbox", "acknowledged"
#define KEPT_RECALLED "inbox", "recalled"
#define KEPT_SIGNED "inbox", "signed"
#define KEPT_REQUEST "sent", "request"
#define KEPT_ACT "sent", "act"
#define KEPT_ANSWER "sent", "answer"
#define KEPT_WAITING "queue", "waiting"
#define KEPT_SEAL "keys", "seal"
#define KEPT_BINDING "keys", "binding"

/* Keep CONTENT in the folder DIR, replacing what this name had. */
MUST rc kept_write(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct slice content);

/* The same of something that stands in the case CASE_ID (NULL: in none). */
MUST rc kept_write_case(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], const uint8_t *case_id, struct slice content);

/* Append it to OUT; RC_NOT_FOUND. */
MUST rc kept_read(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct buf *out);

/* Erase the N ids (N * ID_BYTES at IDS) for good, those that are there. */
MUST rc kept_erase(
    const char *dir, const char *box, const char *suffix, const uint8_t *ids, size_t n);

/* Take it away, when it is nothing that has to be erased for good. */
MUST rc kept_remove(
    const char *dir, const char *box, const char *suffix, const uint8_t id[ID_BYTES]);

/* Whether it is there: *RET.  Errors, which say nothing about that, with the place in *E
 * (may be NULL). */
MUST rc kept_exists(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct sluis_error *e, bool *ret);

typedef rc (*kept_visitor)(void *arg, const uint8_t id[ID_BYTES]);

/* Visit every id that has this suffix, the oldest first; an absent box is empty.  Errors
 * of the store come with the place in *E (may be NULL), those of VISIT as they are. */
MUST rc kept_each(const char *dir, const char *box, const char *suffix,
    struct sluis_error *e, kept_visitor visit, void *arg);

#endif
