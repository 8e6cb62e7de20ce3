/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * intake.h - is this message what it says, from whom it says, and now?
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

struct intake { /* one message on its way in; its memory serves the next one too */
	const struct incoming *in;     /* borrowed */
	struct member         *member; /* on the channel; NULL: a stranger */
	const struct handler  *handler;
	struct request         q;
	rc                     admitted, checked;
	struct scratch         mem; /* owned; of INTAKE_MAX bytes */
};

enum { INTAKE_MAX = 128 * 1024 * 1024 }; /* a full signal for 64 recipients takes half */

/*
 * The three steps of a message.  The first and the last are the loop's; between them any
 * thread may take the second, as long as nobody is enrolled or leaves meanwhile.
 */

/* Who IN is from, what kind it is, and whether there is quota for it.  IN must outlive M.
 */
void intake_admit(struct broker *b, const struct incoming *in, struct intake *m);

/* What B has for the next step, as long as nothing changes. */
struct ahead intake_ahead(const struct broker *b);

/* What follows from its bytes alone: signature, message, and what its handler does ahead.
 */
void intake_prepare(const struct ahead *a, struct intake *m);

/* The rest of that, after pseudonym_fetch(). */
void intake_complete(struct intake *m);

/*
 * Handle it inside the open transaction and leave the answer in *REPLY (which
 * reply_init() made for its route).  Returns RC_OK, whatever the sender did wrong, or a
 * LOCAL code: the batch must be rolled back.
 */
MUST rc intake_finish(struct broker *b, struct intake *m, struct reply *reply);

/* The batch fails before M was handled: *REPLY is to whom it may concern. */
MUST rc intake_give_up(struct intake *m, struct reply *reply);

/* M is done with; what it held is wiped. */
void intake_end(struct intake *m);

/* All three for one message that is not the loop's own (tests, fuzzing). */
MUST rc intake_handle(struct broker *b, const struct incoming *in, struct reply *reply);

/*
 * The same for PART, one of several requests in a frame (submit_many.c) whose sender and
 * signatures were checked: PAYLOAD is its message, for HANDLER, in the memory of the
 * WHOLE.  The first one is counted with the frame, each other by itself.  It is completed
 * as any other, and its handler's forget() and denial_wipe() end it.
 */
void    intake_prepare_part(const struct ahead *a, const struct handler *handler,
       const struct request *whole, struct slice payload, const struct joint *jointly,
       struct intake *part);
MUST rc intake_finish_part(
    struct broker *b, bool first, struct intake *part, struct reply *reply);

/* A request about layer 2 that waited for its cover turn. */
struct intake_veiled {
	uint64_t    came_ms; /* its head had to be fresh then */
	rc          verdict; /* RC_OK, or refuse it with this */
	const char *where;   /* borrowed; with a verdict */
};

/* The same for one that was kept (veil.h), inside its cover turn. */
MUST rc intake_handle_veiled(struct broker *b, const struct incoming *in,
    const struct intake_veiled *waited, struct reply *reply);

#endif
