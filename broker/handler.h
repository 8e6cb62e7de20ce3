/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * handler.h - one kind of request: where it may come in, how large, who handles it.
 *
 * A handler runs inside the batch's open transaction.  It may append leaves, put
 * copies in the outbox and fill the answer; what it promises by a receipt is filled
 * in after the commit (reply.h).  It returns
 *
 *	RC_OK            the answer says the rest
 *	PEER, DENY       refused: intake journals it and answers with the code
 *	BUSY             try again: answered, not journalled
 *	LOCAL            the whole batch is rolled back
 *
 * What of it is pure may be done ahead, by `prepare` and `complete`, on any thread: from
 * the message and what struct ahead points to, none of which changes meanwhile.  Between
 * the two the keeper is asked once for the pseudonyms that many requests want.  The
 * result hangs on the request and is used by `handle`, which does whatever is missing
 * itself; so a failure ahead is no answer, and the order of refusals is that of `handle`.
 *
 * Each handler stands in the file named after its request, with _ask behind it where the
 * room has a file of that name for the work itself.
 */
#ifndef SLUIS_BROKER_HANDLER_H
#define SLUIS_BROKER_HANDLER_H

#include "broker/broker.h"
#include "broker/journal/event.h"
#include "broker/reply.h"
#include "broker/seat.h"
#include "proto/disclosed.h"
#include "proto/envelope.h"
#include "proto/pbjson.h"
#include "proto/scratch.h"
#include "wire.pb-c.h"

struct request { /* a message whose sender and signature were checked */
	const struct route  *route;
	const struct member *member; /* whose key signed it; NULL at the enrol door */
	const uint8_t       *curve_public; /* of the channel */
	struct slice         frame;        /* as it came */
	uint64_t             came_ms;      /* when it did */
	struct envelope      envelope;
	ProtobufCMessage    *message; /* unpacked; the type the handler names */
	const Sluis__Head   *head;    /* inside message */
	struct where         where;   /* a handler that refuses may say where and what */
	struct denial        why;     /* behind a denial; owned, ended by intake */
	const struct joint *jointly; /* a submission under one signature with others; else
	                                NULL */
	bool remember; /* a denial is told the same when it is asked again (repeat.h) */
	struct scratch *mem;   /* of this request; message and ahead are in it */
	void           *ahead; /* what the handler's prepare() made; NULL: nothing */
};

struct ahead { /* what work ahead may look at; borrowed */
	const struct policy  *policy;
	struct pseudonymiser *pseudonymiser; /* this thread's */
	struct pseudonymiser *former; /* of the epoch that ends, or NULL; likewise */
	uint64_t              now_ms;
	bool                  sparing; /* memory is short: nothing is done ahead */
};

/* Note why Q is denied, each copied (and may be NULL): returns CODE, or RC_NOMEM. */
MUST rc request_deny(struct request *q, rc code, const char *rule, const char *article,
    const char *change);

/* The desk whose key signed Q. */
static inline struct seat_id
request_sender(const struct request *q)
{
	return seat_of(q->member->binding.oin, q->member->binding.desk);
}

struct handler {
	const char                       *type;  /* payload type */
	unsigned                          doors; /* bit 1 << door */
	size_t                            max_bytes;
	const ProtobufCMessageDescriptor *desc;
	rc (*handle)(struct broker *b, struct request *q, struct reply *r);
	/* Answer a request that was handled before, whatever its age; *RET_DONE says
	 * whether it was.  NULL: asking again is harmless anyway. */
	rc (*repeat)(
	    struct broker *b, struct request *q, struct reply *r, bool *ret_done);
	/* The layer that the request is about: one of layer 2 waits for the cover turn
	 * (cover.h).  NULL: always 1. */
	unsigned (*layer)(struct broker *b, const struct request *q);
	/* That layer is only what the sender says: who has no seat of layer 2 in the case
	 * that it names is refused at once, as at layer 1, and so has no place in a turn
	 * from which to see what else is in it. */
	bool claims;
	/* What of a request about layer 2 is about layer 1, and so may not wait: written
	 * when it comes, however often; refuses nothing.  NULL: nothing. */
	rc (*early)(struct broker *b, const struct request *q);
	/* It writes nothing unless it is refused: only then it has to wait. */
	bool reads;
	/* Its answer is small: many are taken in together (wave.h). */
	bool small;
	/* Do what is pure of it ahead and hang it on Q; NULL: nothing is.  Of Q->member
	 * only the binding may be looked at. */
	void (*prepare)(const struct ahead *a, struct request *q);
	/* The rest of it, once the pseudonyms are there that prepare() asked for. */
	void (*complete)(struct request *q);
	/* End what prepare() left on Q. */
	void (*forget)(struct request *q);
};

/* The handler for payload type TYPE, a constant; NULL if there is none. */
const struct handler *handler_find(struct slice type);

extern const struct handler submit_handler, submit_many_handler, preview_handler,
    receive_handler, acknowledge_handler, explain_handler, sent_handler,
    audit_read_handler, prove_handler, enrol_handler, reveal_ask_handler,
    reveal_decide_handler, link_handler, plan_control_handler, respond_handler,
    cosign_handler, binding_read_handler;
extern const struct handler case_open_handler, case_read_handler, case_move_handler,
    case_join_handler, case_declare_handler, todo_handler;

/* at the table */
extern const struct handler case_align_handler, case_verdict_handler, case_gate_handler,
    case_exchange_handler;

/* what the broker remembers is owed */
extern const struct handler feedback_handler, recall_handler, destroyed_handler,
    case_extend_handler, erase_handler;

/* a person asks */
extern const struct handler subject_ask_handler, subject_decide_handler,
    subject_read_handler;

#endif
