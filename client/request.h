/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * request.h - a request: its head, its signature, its one answer.
 *
 * A request is signed once and kept as bytes; whatever goes wrong on the way, the
 * same bytes are sent again, and the broker answers a repeated id with the same
 * outcome.  So a caller never has to guess whether something happened twice.
 */
#ifndef SLUIS_CLIENT_REQUEST_H
#define SLUIS_CLIENT_REQUEST_H

#include "client/handle.h"
#include "wire.pb-c.h"

struct request {
	uint8_t    id[ID_BYTES];
	struct buf envelope; /* the signed frame */
	uint64_t   created_ms;
};

void request_wipe(struct request *r);

/* The head of a new request: a random id, the time, ourselves, the region addressed.
 * Its strings belong to S, its id to R. */
MUST rc request_head(struct sluis *s, struct request *r, Sluis__Head *ret);

/* Sign BODY (whose head is request_head()'s) as TYPE into R. */
MUST rc request_sign(
    struct sluis *s, struct request *r, const char *type, const ProtobufCMessage *body);

/* How long an answer may take, and after which silence to ask again (0: never). */
struct patience {
	unsigned timeout_ms, resend_ms;
	unsigned more_ms; /* so much longer when the broker is there and silent */
};

/* Half of the time for the first try, half for the second. */
struct patience patience_of(unsigned timeout_ms);

/* The same for what may be about layer 2, which the broker of S answers at its next cover
 * turn. */
struct patience patience_veiled(const struct sluis *s, unsigned timeout_ms);

/*
 * Send R through DOOR.  RC_OK when its answer came: look at its code with
 * error_from_answer().  Otherwise why none came, also in S's last error.
 */
MUST rc request_ask(struct sluis *s, enum door door, const struct request *r,
    struct patience patience, Sluis__Answer **ret);

/* Keep the ANSWER to R with its receipts, durably. */
MUST rc request_keep_answer(
    struct sluis *s, const struct request *r, const Sluis__Answer *answer);

/* Parse an answer's bytes, as they came or as they were kept. */
MUST rc answer_read(struct slice wire, Sluis__Answer **ret);

#endif
