/* SPDX-License-Identifier: EUPL-1.2 */
/* history.c - holding the broker's newest head against the one seen before. */
#include "client/history.h"

#include <string.h>

#include "certs/file.h"
#include "client/error.h"
#include "client/forks.h"
#include "client/request.h"
#include "client/witness.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"

enum { AGAIN_MS = 60 * 1000, SHOWN_MAX = 8 * 1024 };

/* --- asking
 * -----------------------------------------------------------------------------
 */

rc
history_ask(struct sluis *s, Sluis__Prove *body, unsigned timeout_ms, Sluis__Answer **ret)
{
	AUTO(request_wipe) struct request r = {.envelope = {.max = 0}};
	Sluis__Head                       head;

	TRY(request_head(s, &r, &head));
	body->head = &head;
	rc code    = request_sign(s, &r, TYPE_PROVE, &body->base);
	body->head = NULL;
	TRY(code);
	return request_ask(s, DOOR_MAIN, &r, patience_of(timeout_ms), ret);
}

rc
history_head(struct sluis *s, const Sluis__Answer *a, struct checkpoint *ret)
{
	rc code = a->checkpoint == NULL ? RC_BAD_NOTE
	                                : checkpoint_open(slice_str(a->checkpoint),
	                                      &s->folder.region.verifier, ret);

	if (code == RC_OK || code == RC_NOMEM) return code;
	return handle_fail(s, code, "checkpoint", "is not signed by this region");
}

rc
history_proof(const Sluis__Answer *a, struct merkle_proof *ret)
{
	if (a->n_proof > MERKLE_PROOF_MAX) return RC_BAD_PROOF;
	ret->n = a->n_proof;
	for (size_t i = 0; i < a->n_proof; i++) {
		if (a->proof[i].len != HASH_BYTES) return RC_BAD_PROOF;
		memcpy(ret->hashes[i].b, a->proof[i].data, HASH_BYTES);
	}
	return RC_OK;
}

rc
history_agree(const struct checkpoint *a, const struct checkpoint *b,
    const struct merkle_proof *proof)
{
	const struct checkpoint *small = a->size < b->size ? a : b;
	const struct checkpoint *large = small == a ? b : a;

	if (small->size == large->size)
		return hash_equal(&small->root, &large->root) ? RC_OK : RC_FORKED;
	if (small->size == 0) {
		struct hash empty = merkle_empty();
		return hash_equal(&small->root, &empty) ? RC_OK : RC_FORKED;
	}
	return merkle_verify_consistency(
	    proof, small->size, large->size, &small->root, &large->root);
}

rc
history_show(struct slice note, struct buf *text, char **ret)
{
	*ret = NULL;
	if (note.n == 0 || note.n > SHOWN_MAX) return RC_OK;
	TRY(buf_append(text, note));
	TRY(buf_append(text, slice_of("", 1)));
	*ret = (char *)text->p;
	return RC_OK;
}

rc
history_seen(const struct sluis *s, struct buf *out)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, s->folder.dir, "checkpoint"));
	return file_read(path, NOTE_MAX, false, out);
}

/* --- a fork ---------------------------------------------------------------------- */

/* SEEN and what the broker shows instead stay, whatever comes. */
static rc
keep_evidence(struct sluis *s, const struct buf *seen, const Sluis__Answer *a)
{
	struct checkpoint head;

	if (seen->n != 0) TRY(forks_keep(s->folder.dir, buf_slice(seen)));
	if (a->checkpoint == NULL) return RC_OK;
	if (checkpoint_open(
	        slice_str(a->checkpoint), &s->folder.region.verifier, &head) != RC_OK)
		return RC_OK;
	return forks_keep(s->folder.dir, slice_str(a->checkpoint));
}

static rc
tell_fork(struct sluis *s, const struct buf *seen, const Sluis__Answer *a, rc code)
{
	rc kept = keep_evidence(s, seen, a);

	if (kept != RC_OK) return handle_fail(s, code, "forks", forks_reason(kept));
	return handle_fail(s, code, "checkpoint",
	    N_("the journal does not continue the one seen before: sluis audit gossip"));
}

/* --- the check ------------------------------------------------------------------- */

static bool
answer_is(const Sluis__Answer *a, rc code)
{
	return strcmp(a->code, code == RC_OK ? "ok" : rc_name(code)) == 0;
}

static rc
ask_newest(
    struct sluis *s, const struct buf *seen, unsigned timeout_ms, Sluis__Answer **ret)
{
	AUTO(buf_wipe) struct buf text = buf_init(NOTE_MAX + 1);
	Sluis__Prove              body = SLUIS__PROVE__INIT;
	bool                      old  = s->seen.known && s->seen.head.size != 0;

	body.has_index    = !old;
	body.has_old_size = old;
	body.old_size     = s->seen.head.size;
	TRY(history_show(buf_slice(seen), &text, &body.seen));
	return history_ask(s, &body, timeout_ms, ret);
}

/* A says what the newest head is, and proves that it continues the one seen. */
static rc
compare(struct sluis *s, const struct buf *seen, const Sluis__Answer *a)
{
	struct merkle_proof proof = {.n = 0};
	struct checkpoint   head;

	if (answer_is(a, RC_FORKED) || answer_is(a, RC_OLD_STATE))
		return tell_fork(s, seen, a, RC_FORKED);
	if (answer_is(a, RC_NOT_FOUND) && s->seen.known) /* it is shorter */
		return tell_fork(s, seen, a, RC_FORKED);
	if (!answer_is(a, RC_OK)) return error_from_answer(&s->error, a);
	TRY(history_head(s, a, &head));
	rc code = history_proof(a, &proof);
	if (code == RC_OK) code = seen_continues(&s->seen, &head, &proof);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK) return tell_fork(s, seen, a, code);
	code = seen_keep(
	    &s->seen, s->folder.dir, slice_str(a->checkpoint), &head, unix_ms());
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "checkpoint", "cannot be kept");
}

static rc
check(struct sluis *s, unsigned timeout_ms)
{
	AUTO(message_destroy) Sluis__Answer *a    = NULL;
	AUTO(buf_wipe) struct buf            seen = buf_init(NOTE_MAX);

	rc code = history_seen(s, &seen);
	if (code != RC_OK && code != RC_NOT_FOUND)
		return handle_fail(s, code, "checkpoint", "cannot be read");
	TRY(ask_newest(s, &seen, timeout_ms, &a));
	TRY(compare(s, &seen, a));
	code = witness_step(s, timeout_ms);
	return rc_kind(code) == RC_KIND_INTEGRITY ? code : RC_OK;
}

rc
history_check(struct sluis *s, unsigned timeout_ms)
{
	enum history_state former = s->history;

	s->history    = HISTORY_BUSY;
	rc code       = check(s, timeout_ms);
	s->history    = former == HISTORY_LEFT ? HISTORY_LEFT : HISTORY_ASKED;
	s->history_ms = monotonic_ms();
	return code;
}

rc
history_begin(struct sluis *s, unsigned timeout_ms)
{
	if (s->history == HISTORY_BUSY || s->history == HISTORY_LEFT) return RC_OK;
	if (s->history == HISTORY_ASKED && monotonic_ms() - s->history_ms < AGAIN_MS)
		return RC_OK;
	rc code = history_check(s, timeout_ms);
	if (code != RC_OK) s->history = HISTORY_UNASKED; /* also by the next request */
	return code;
}

void
history_leave(struct sluis *s)
{
	s->history = HISTORY_LEFT;
}

enum sluis_code
sluis_check_history(struct sluis *s, unsigned timeout_ms)
{
	return code_out(history_check(s, timeout_ms));
}
