/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * transport.h - three doors: ROUTER sockets with CURVE, and the ZAP socket behind them.
 *
 * They stand at one place or at two: a socket has one CURVE key, and while that of the
 * broker changes, the new one is served at the other place (rotate.h).  What comes in by
 * either is the same.
 *
 *	agency   everybody but auditors
 *	audit    auditors only: they read, they never receive content
 *	enrol    any key, to present a key binding and nothing else
 *
 * What is settled here, once:
 *
 *	Z1  the User-Id is read from the payload frame, never from frame 0; without
 *	    one a message is dropped
 *	Z2  the ZAP socket is bound before any door, and ZAP is enforced (option 93):
 *	    no handler, no traffic
 *	Z6  rand() is seeded from the system before the first socket; routing ids are
 *	    never shown; a peer that chose one is refused
 *	Z7  exactly one payload frame; the rest of a longer message is drained
 *	Z8  ROUTER_HANDOVER stays off; a route is only ever the way back
 *	Z9  ROUTER_MANDATORY: an answer that cannot go is known, not lost in silence
 *	    and what waits to be read, or is being read, is bounded in bytes too
 *	    (unread.h, taking.h)
 *	Z11 the end of a connection that is not read for a while is met when it is read
 *	    on, or libzmq would abort (watched_input.c)
 *
 * Owns: the ZeroMQ context and sockets.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_TRANSPORT_H
#define SLUIS_BROKER_TRANSPORT_H

#include <zmq.h>

#include "broker/config.h"

enum door { DOOR_AGENCY, DOOR_AUDIT, DOOR_ENROL, N_DOORS };

const char *door_name(enum door d); /* also its ZAP domain: "agency", "audit", "enrol" */

enum { ROUTE_MAX = 255 };

enum { N_PLACES = 2 };

struct route { /* the way back to one connection; a plain value */
	enum door door;
	uint8_t   n;
	uint8_t   id[ROUTE_MAX];
	uint8_t   place;
	uint16_t  account; /* unread.h: whose answers wait there */
	int       fd;      /* of the connection (taking.h) */
};

bool route_equal(const struct route *a, const struct route *b);

struct incoming {
	struct route route;
	uint8_t   curve_public[KEY_BYTES]; /* the key of the channel, from its User-Id */
	zmq_msg_t payload;                 /* owned; transport_done() */
	rc        code;                    /* RC_OK, RC_BAD_FRAMES or RC_IDENTITY_SET */
};

struct transport;

struct served_key { /* a CURVE key of the broker, and which of the places is its */
	unsigned       place;
	const uint8_t *secret; /* KEY_BYTES, borrowed during transport_open() */
};

/* Bind everything for N keys (at most N_PLACES), each at another place.  RC_SOCKET:
 * an address is taken or not there yet; RC_CONFIG: it is none, or none is configured for
 * that place. */
MUST rc transport_open(struct transport **ret, const struct config *config,
    const struct served_key *keys, size_t n);
void    transport_destroy(struct transport **tp);

/* The address a door really got ("tcp://127.0.0.1:41001"), "" if it is not open there;
 * borrowed. */
const char *transport_endpoint(const struct transport *t, unsigned place, enum door d);

/* The ZAP socket, for gate.c. */
void *transport_zap(struct transport *t);

/* Wait at most WAIT_MS until something can be read; RET says which doors, and *RET_ZAP.
 */
MUST rc transport_wait(
    struct transport *t, long wait_ms, bool ret_ready[N_DOORS], bool *ret_zap);

/* Take one message from door D, of its places in turn.  RC_NOT_FOUND when there is none
 * (or only one that no key vouches for, which is dropped). */
MUST rc transport_receive(struct transport *t, enum door d, struct incoming *ret);

/* Wipe and close the payload of IN: libzmq opened it inside the buffer of its connection,
 * where it would lie until the connection reads that far again.  (There its last 33 bytes
 * lie a second time, where nobody may write: in an envelope those are the signature.) */
void transport_done(struct incoming *in);

/* Send one frame back; RC_UNREACHABLE if the connection is gone, RC_QUEUE_FULL if it does
 * not read, or its party has too much to read (unread.h, taking.h). */
MUST rc transport_send(struct transport *t, const struct route *to, struct slice frame);

/* What time brings: who takes its answer too slowly is cut off (taking.h).  Once a turn.
 */
void transport_look(struct transport *t);

/* Bytes of answers that were sent so and that nobody has taken yet; twice of a large one
 * that libzmq has not begun. */
size_t transport_unread(const struct transport *t);

#endif
