/* SPDX-License-Identifier: EUPL-1.2 */
/* request.c - sign once, ask until answered. */
#include "client/request.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "client/form.h"
#include "client/history.h"
#include "client/kept.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

/* The broker is authenticated by the channel, and its answers may be long lists. */
static const struct guard_limits answer_limits = {
    .max_depth = 8, .max_elements = 1000000, .max_bytes = ANSWER_MAX};

uint64_t
unix_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void
request_wipe(struct request *r)
{
	buf_wipe(&r->envelope);
}

static rc
unpack(struct slice wire, Sluis__Answer **ret)
{
	return guard_unpack(
	    &sluis__answer__descriptor, wire, answer_limits, (ProtobufCMessage **)ret);
}

rc
answer_read(struct slice wire, Sluis__Answer **ret)
{
	AUTO(message_destroy) Sluis__Answer *answer = NULL;

	TRY(unpack(wire, &answer));
	TRY(form_check(&answer->base));
	*ret = TAKE(answer);
	return RC_OK;
}

/* --- making one ------------------------------------------------------------------ */

rc
request_head(struct sluis *s, struct request *r, Sluis__Head *ret)
{
	Sluis__Head head = SLUIS__HEAD__INIT;

	randombytes_buf(r->id, sizeof r->id);
	r->envelope          = buf_init(FRAME_MAX);
	head.has_request_id  = 1;
	head.request_id.data = r->id;
	head.request_id.len  = sizeof r->id;
	head.has_created_ms  = 1;
	head.created_ms      = unix_ms();
	r->created_ms        = head.created_ms;
	head.sender_oin      = s->folder.self.oin;
	head.sender_desk     = s->folder.self.desk;
	head.broker_origin   = s->folder.region.origin;
	if (s->folder.user[0] != '\0') head.user = s->folder.user;
	*ret = head;
	return RC_OK;
}

rc
request_sign(
    struct sluis *s, struct request *r, const char *type, const ProtobufCMessage *body)
{
	AUTO(buf_wipe) struct buf payload = buf_init(FRAME_MAX);

	rc code = message_pack(body, &payload);
	if (code == RC_OK)
		code = envelope_sign(
		    type, buf_slice(&payload), s->folder.keys.sign_secret, &r->envelope);
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, NULL, "the request is too large");
}

/* --- asking ---------------------------------------------------------------------- */

struct patience
patience_of(unsigned timeout_ms)
{
	return (struct patience){.timeout_ms = timeout_ms, .resend_ms = timeout_ms / 2};
}

struct patience
patience_veiled(const struct sluis *s, unsigned timeout_ms)
{
	struct patience p = patience_of(timeout_ms);

	p.more_ms = s->folder.region.cover_s * 1000;
	return p;
}

static const char *
endpoint_of(const struct sluis *s, enum door door)
{
	const struct site *place = &s->folder.region.sites[s->site];

	if (door == DOOR_ENROL) return place->endpoint_enrol;
	return strcmp(s->folder.self.role, "auditor") == 0 ? place->endpoint_audit
	                                                   : place->endpoint;
}

static rc
open_door(struct sluis *s, enum door door)
{
	if (s->doors[door] != NULL) return RC_OK;
	if (s->context == NULL && (s->context = context_new()) == NULL) return RC_SOCKET;
	struct connection_to to = {
	    .context       = s->context,
	    .endpoint      = endpoint_of(s, door),
	    .server_public = s->folder.region.sites[s->site].curve_public,
	    .curve_public  = s->folder.keys.curve_public,
	    .curve_secret  = s->folder.keys.curve_secret,
	};
	return connection_open(&s->doors[door], &to);
}

struct awaited {
	const uint8_t *id;
	Sluis__Answer *answer; /* set when it came */
};

/* An answer to our id, or one that the broker could not attribute to any request. */
static bool
take_answer(void *arg, struct slice frame)
{
	struct awaited                      *a      = arg;
	AUTO(message_destroy) Sluis__Answer *answer = NULL;

	if (unpack(frame, &answer) != RC_OK || answer->code == NULL) return false;
	bool ours =
	    answer->has_request_id
	        ? slice_equal(slice_of(answer->request_id.data, answer->request_id.len),
	              slice_of(a->id, ID_BYTES))
	        : strcmp(answer->code, "ok") != 0;
	if (ours) a->answer = TAKE(answer);
	return ours;
}

/* Ask X at the place that S is at. */
static rc
ask_here(struct sluis *s, enum door door, const struct exchange *x, unsigned more_ms)
{
	struct exchange later = *x;

	TRY(open_door(s, door));
	rc code = connection_exchange(s->doors[door], x);
	if (code != RC_TIMEOUT || more_ms == 0) return code;
	later.timeout_ms = more_ms;
	return connection_exchange(s->doors[door], &later);
}

/* From here on S is at the other place that its broker is served at. */
static void
go_elsewhere(struct sluis *s)
{
	for (int i = 0; i < N_DOORS; i++) connection_destroy(&s->doors[i]);
	s->site ^= 1;
}

/* There is another place, and nobody let us in here; what was sent is sent again as it
 * was. */
static bool
may_be_elsewhere(const struct sluis *s, enum door door, rc code)
{
	if (s->folder.region.n_sites < 2) return false;
	return code == RC_UNREACHABLE || code == RC_HANDSHAKE ||
	       (code == RC_TIMEOUT && !connection_is_open(s->doors[door]));
}

/* Ask X where S is, else at the other place; where that fails too, it stays here. */
static rc
ask_anywhere(struct sluis *s, enum door door, const struct exchange *x, unsigned more_ms)
{
	rc code = ask_here(s, door, x, more_ms);

	if (!may_be_elsewhere(s, door, code)) return code;
	go_elsewhere(s);
	rc other = ask_here(s, door, x, more_ms);
	if (!may_be_elsewhere(s, door, other)) return other;
	go_elsewhere(s);
	return code;
}

rc
request_ask(struct sluis *s, enum door door, const struct request *r,
    struct patience patience, Sluis__Answer **ret)
{
	struct awaited  awaited = {.id = r->id, .answer = NULL};
	struct exchange x       = {
	          .request    = buf_slice(&r->envelope),
	          .timeout_ms = patience.timeout_ms,
	          .resend_ms  = patience.resend_ms,
	          .take       = take_answer,
	          .arg        = &awaited,
        };

	if (door == DOOR_MAIN) TRY(history_begin(s, patience.timeout_ms));
	rc code = ask_anywhere(s, door, &x, patience.more_ms);
	if (code == RC_OK) code = form_check(&awaited.answer->base);
	if (code == RC_OK)
		*ret = awaited.answer;
	else {
		message_destroy(&awaited.answer);
		ignore(handle_fail(s, code, endpoint_of(s, door), NULL));
	}
	return code;
}

rc
request_keep_answer(struct sluis *s, const struct request *r, const Sluis__Answer *answer)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);

	rc code = message_pack(&answer->base, &bytes);
	if (code == RC_OK)
		code = kept_write(s->folder.dir, KEPT_ANSWER, r->id, buf_slice(&bytes));
	return code == RC_OK
	           ? RC_OK
	           : handle_fail(s, code, "sent", "the receipts cannot be kept");
}
