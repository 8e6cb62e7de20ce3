/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * connection.h - one encrypted channel to one of the broker's doors.
 *
 * A DEALER socket with CURVE and no routing id.  ZeroMQ hides every failure behind
 * silence, so a monitor watches the socket, and silence gets its right name:
 *
 *	nobody listens                     RC_UNREACHABLE
 *	the handshake is refused, or the
 *	broker holds another key           RC_HANDSHAKE
 *	it is connected but does not answer RC_TIMEOUT
 *
 * IMMEDIATE keeps a request out of the queue of a peer that is not there, so that
 * nothing is sent later, behind the caller's back; LINGER 0 drops what is left.
 *
 * Owns: the socket and its monitor.  Borrows: the ZeroMQ context.  One thread.
 */
#ifndef SLUIS_CLIENT_CONNECTION_H
#define SLUIS_CLIENT_CONNECTION_H

#include "proto/bytes.h"
#include "proto/limits.h"

struct connection;

struct connection_to { /* borrowed during connection_open() */
	void          *context;
	const char    *endpoint;
	const uint8_t *server_public;
	const uint8_t *curve_public, *curve_secret; /* ours */
};

MUST rc connection_open(struct connection **ret, const struct connection_to *to);
void    connection_destroy(struct connection **cp);

/* Look at FRAME for ARG: true, and whatever it keeps of it, if that is the answer. */
typedef bool (*frame_taker)(void *arg, struct slice frame);

struct exchange {
	struct slice request; /* one frame, sent again with the same bytes */
	unsigned     timeout_ms;
	unsigned
	    resend_ms; /* send again after this silence; 0: only on a new connection */
	frame_taker take;
	void       *arg;
};

/* Send the request and wait until X->take has its answer.  Frames that it does not take
 * (late ones of an earlier request) are dropped. */
MUST rc connection_exchange(struct connection *c, const struct exchange *x);

/* Is there a channel with the broker, as far as is known? */
bool connection_is_open(const struct connection *c);

/* Milliseconds of a clock that never goes back. */
uint64_t monotonic_ms(void);

/* A ZeroMQ context whose random numbers were seeded from the kernel: libzmq seeds its
 * own rand() from the clock.  zmq_ctx_term() it. */
void *context_new(void);

#endif
