/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * intake.h - stage 2: is this message what it says, from whom it says, and now?
 *
 * In this order, each check named by its code:
 *
 *	wrong_number_of_frames, routing_id_refused	how it came (transport)
 *	not_enrolled, revoked, expired, superseded,
 *	  not_yet_valid, revocation_list_expired	who the channel is, now
 *	not_at_this_endpoint				auditors read, others send
 *	malformed					the envelope
 *	unknown_message_type, not_at_this_endpoint,
 *	  too_large					the kind of message, its limit
 *	over_quota					the desk's own allowance
 *	bad_signature					Ed25519 over the exact bytes
 *	malformed, too_deep, too_many_elements		the message inside
 *	sender_is_not_the_key_holder			head.sender_* against the binding
 *	addressed_to_another_broker, stale, clock_ahead	head.broker_origin, created_ms
 *
 * then the handler, or, for what is about layer 2, the veil (veil.h).  A refusal of
 * a known member becomes a leaf (EVENT_REFUSED), unless it is BUSY or the member has used
 * up its allowance of refusals.
 */
#ifndef SLUIS_BROKER_INTAKE_H
#define SLUIS_BROKER_INTAKE_H

#include "broker/handler.h"

/*
 * Handle one message inside the open transaction and leave the answer in *REPLY (which
 * reply_init() made for its route).  Returns RC_OK, whatever the sender did wrong, or a
 * LOCAL code: the batch must be rolled back.
 */
MUST rc intake_handle(struct broker *b, struct incoming *in, struct reply *reply);

/* A request about layer 2 that waited for its cover turn. */
struct intake_veiled {
	uint64_t    came_ms; /* its head had to be fresh then */
	rc          verdict; /* RC_OK, or refuse it with this */
	const char *where;   /* borrowed; with a verdict */
};

/* The same for one that intake_handle() kept (veil.h), inside its cover turn. */
MUST rc intake_handle_veiled(struct broker *b, struct incoming *in,
    const struct intake_veiled *waited, struct reply *reply);

#endif
