/* SPDX-License-Identifier: EUPL-1.2 */
/* vault.c - the operations of the keeper, on bytes. */
#include "broker/keeper/vault.h"

#include <sodium.h>
#include <string.h>

#include "broker/keeper/evaluate.h"
#include "broker/keeper/rooted.h"
#include "proto/auto.h"
#include "proto/note.h"
#include "proto/text.h"

struct vault {
	struct keyring    keys;
	struct hsm       *hsm;                       /* borrowed; NULL: none */
	hsm_key           pair[KEYRING_CHECKPOINTS]; /* of those with a label */
	struct evaluator *evaluator;
	char              origin[NOTE_NAME_MAX + 1];
	uint64_t          signed_size; /* the greatest */
	uint8_t           signed_root[HASH_BYTES];
};

/* The public keys of pairs in the token. */
static rc
find_pairs(struct vault *v)
{
	for (size_t i = 0; i < v->keys.n_checkpoints; i++) {
		struct checkpoint_key *c = &v->keys.checkpoint[i];
		if (c->hsm[0] == '\0') continue;
		if (v->hsm == NULL) return RC_CONFIG;
		TRY(hsm_find_pair(v->hsm, c->hsm, &v->pair[i], c->public_key));
	}
	return RC_OK;
}

rc
vault_new(
    struct vault **ret, const struct keyring *keys, const char *origin, struct hsm *hsm)
{
	struct note_verifier v;

	TRY(note_verifier_init(&v, origin, keys->checkpoint[0].public_key) == RC_OK
	        ? RC_OK
	        : RC_CONFIG);
	AUTO(vault_destroy) struct vault *made = sodium_malloc(sizeof *made);
	if (made == NULL) return RC_NOMEM;
	memset(made, 0, sizeof *made);
	made->keys = *keys;
	memcpy(made->origin, v.name, sizeof made->origin);
	made->hsm = hsm;
	TRY(find_pairs(made));
	TRY(rooted_fill(&made->keys, hsm));
	TRY(evaluator_new(&made->evaluator, &made->keys, hsm));
	*ret = TAKE(made);
	return RC_OK;
}

void
vault_destroy(struct vault **vp)
{
	if (*vp != NULL) evaluator_destroy(&(*vp)->evaluator);
	sodium_free(*vp); /* wipes; NULL is fine */
	*vp = NULL;
}

/* --- facts ------------------------------------------------------------------------ */

static rc
put_epochs(struct vault *v, struct buf *out)
{
	const struct keyring *k = &v->keys;
	uint8_t               mark[EPOCH_MARK_BYTES];

	TRY(put_number(out, 1, k->n_pseudonyms));
	for (size_t i = 0; i < k->n_pseudonyms; i++) {
		TRY(put_number(out, 1, (uint64_t)k->pseudonym[i].state));
		TRY(put_blob(out, slice_str(k->pseudonym[i].epoch)));
		TRY(evaluate_mark(v->evaluator, (uint8_t)i, mark));
		TRY(buf_append(out, slice_of(mark, sizeof mark)));
	}
	return RC_OK;
}

static rc
put_facts(struct vault *v, struct slice rest, struct buf *out)
{
	const struct keyring *k = &v->keys;

	if (rest.n != 0) return RC_MALFORMED;
	TRY(put_number(out, 1, k->n_curves));
	for (size_t i = 0; i < k->n_curves; i++) {
		TRY(buf_append(out, slice_of(k->curve[i].public_key, KEY_BYTES)));
		TRY(buf_append(out, slice_of(k->curve[i].secret, KEY_BYTES)));
		TRY(put_number(out, 1, k->curve[i].place));
	}
	TRY(put_number(out, 1, k->n_checkpoints));
	for (size_t i = 0; i < k->n_checkpoints; i++)
		TRY(buf_append(out, slice_of(k->checkpoint[i].public_key, KEY_BYTES)));
	TRY(put_epochs(v, out));
	TRY(put_number(out, 1, k->n_masters));
	for (size_t i = 0; i < k->n_masters; i++)
		TRY(put_number(out, 4, k->master[i].id));
	return buf_append(out, slice_of(k->repeat, KEY_BYTES));
}

/* --- evaluations ------------------------------------------------------------------ */

static rc
evaluate_all(struct vault *v, struct slice rest, struct buf *out)
{
	while (rest.n != 0) {
		struct evaluation e = {.what = 0};
		uint64_t          what, epoch;
		TRY(take_number(&rest, 1, &what));
		TRY(take_number(&rest, 1, &epoch));
		TRY(take_blob(&rest, &e.domain));
		TRY(take_blob(&rest, &e.input));
		e.what  = (enum evaluate)what;
		e.epoch = (uint8_t)epoch;
		TRY(evaluate(v->evaluator, &e));
		TRY(buf_append(out, slice_of(e.ret, sizeof e.ret)));
	}
	return RC_OK;
}

/* --- record keys ------------------------------------------------------------------ */

static rc
make_fresh(struct vault *v, struct slice rest, struct buf *out)
{
	enum { RANDOM = KEY_BYTES + 24 };
	uint8_t  random[64 * RANDOM], wrapped[WRAPPED_BYTES];
	uint64_t n = 0;
	rc       code;

	TRY(take_number(&rest, 2, &n));
	if (rest.n != 0 || n == 0 || n > FRESH_MAX) return RC_MALFORMED;
	code = RC_OK;
	for (uint64_t i = 0; i < n && code == RC_OK; i++) {
		const uint8_t *key = random + i % 64 * RANDOM;
		if (i % 64 == 0) randombytes_buf(random, sizeof random);
		seal_wrap_key(&v->keys.master[0], key + KEY_BYTES, key, wrapped);
		code = buf_append(out, slice_of(key, KEY_BYTES));
		if (code == RC_OK)
			code = buf_append(out, slice_of(wrapped, sizeof wrapped));
	}
	sodium_memzero(random, sizeof random);
	return code;
}

static rc
take_wrapped(struct vault *v, struct slice *rest, uint8_t key[KEY_BYTES], bool *ret_ours)
{
	struct slice wrapped;
	uint64_t     id = 0;

	TRY(take_number(rest, 8, &id));
	TRY(take_blob(rest, &wrapped));
	*ret_ours =
	    seal_unwrap_key(v->keys.master, v->keys.n_masters, id, wrapped, key) == RC_OK;
	return RC_OK;
}

static rc
unwrap_all(struct vault *v, struct slice rest, struct buf *out)
{
	uint8_t key[KEY_BYTES];
	bool    ours = false;
	rc      code = RC_OK;

	while (rest.n != 0 && code == RC_OK) {
		memset(key, 0, sizeof key);
		TRY(take_wrapped(v, &rest, key, &ours));
		code = put_number(out, 1, ours);
		if (code == RC_OK) code = buf_append(out, slice_of(key, sizeof key));
	}
	sodium_memzero(key, sizeof key);
	return code;
}

static rc
rewrap_all(struct vault *v, struct slice rest, struct buf *out)
{
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES], nonce[24];
	bool    ours = false;
	rc      code = RC_OK;

	while (rest.n != 0 && code == RC_OK) {
		memset(wrapped, 0, sizeof wrapped);
		TRY(take_wrapped(v, &rest, key, &ours));
		randombytes_buf(nonce, sizeof nonce);
		if (ours) seal_wrap_key(&v->keys.master[0], nonce, key, wrapped);
		code = put_number(out, 1, ours);
		if (code == RC_OK)
			code = buf_append(out, slice_of(wrapped, sizeof wrapped));
	}
	sodium_memzero(key, sizeof key);
	return code;
}

/* --- heads ------------------------------------------------------------------------ */

/* The text of a checkpoint without extensions, of our origin. */
static rc
read_head(const struct vault *v, struct slice text, uint64_t *ret_size,
    uint8_t ret_root[HASH_BYTES])
{
	struct slice line;

	TRY(text_line(&text, &line));
	if (!slice_equal(line, slice_str(v->origin))) return RC_MALFORMED;
	TRY(text_line(&text, &line));
	TRY(text_decimal(line, ret_size));
	TRY(text_line(&text, &line));
	TRY(text_base64(line, ret_root, HASH_BYTES));
	return text.n == 0 ? RC_OK : RC_MALFORMED;
}

/* One size has one root: who asks for another is about to show two histories. */
static rc
note_head(struct vault *v, uint64_t size, const uint8_t root[HASH_BYTES])
{
	if (size < v->signed_size) return RC_OK; /* an old one, again */
	if (size == v->signed_size && size != 0 &&
	    memcmp(root, v->signed_root, HASH_BYTES) != 0)
		return RC_FORKED;
	v->signed_size = size;
	memcpy(v->signed_root, root, HASH_BYTES);
	return RC_OK;
}

static rc
sign_with(struct vault *v, size_t which, struct slice text, uint8_t ret[SIG_BYTES])
{
	const struct checkpoint_key *c = &v->keys.checkpoint[which];

	if (c->hsm[0] != '\0') return hsm_sign(v->hsm, v->pair[which], text, ret);
	return crypto_sign_detached(ret, NULL, text.p, text.n, c->secret) == 0
	           ? RC_OK
	           : RC_CRYPTO;
}

static rc
sign(struct vault *v, struct slice rest, struct buf *out)
{
	uint8_t  root[HASH_BYTES], sig[SIG_BYTES];
	uint64_t which = 0, size = 0;

	TRY(take_number(&rest, 1, &which));
	if (which >= v->keys.n_checkpoints) return RC_MALFORMED;
	TRY(read_head(v, rest, &size, root));
	TRY(note_head(v, size, root));
	TRY(sign_with(v, which, rest, sig));
	return buf_append(out, slice_of(sig, sizeof sig));
}

/* --- all of it -------------------------------------------------------------------- */

static rc
digest(struct vault *v, struct slice data, struct buf *out)
{
	uint8_t h[HASH_BYTES];

	for (size_t i = 0; i < v->keys.n_masters; i++) {
		(void)crypto_generichash(
		    h, sizeof h, data.p, data.n, v->keys.master[i].secret, KEY_BYTES);
		TRY(buf_append(out, slice_of(h, sizeof h)));
	}
	return RC_OK;
}

static rc
answer(struct vault *v, struct slice question, struct buf *out)
{
	static rc (*const operations[])(struct vault *, struct slice, struct buf *) = {
	    [ASK_FACTS]    = put_facts,
	    [ASK_EVALUATE] = evaluate_all,
	    [ASK_FRESH]    = make_fresh,
	    [ASK_UNWRAP]   = unwrap_all,
	    [ASK_REWRAP]   = rewrap_all,
	    [ASK_SIGN]     = sign,
	    [ASK_DIGEST]   = digest,
	};
	uint64_t what = 0;

	TRY(take_number(&question, 1, &what));
	if (what == 0 || what >= sizeof operations / sizeof operations[0])
		return RC_UNKNOWN_TYPE;
	return operations[what](v, question, out);
}

void
vault_answer(struct vault *v, struct slice question, struct buf *out)
{
	uint8_t code_be[8];

	ignore(put_number(out, ANSWER_HEADER, 0)); /* there is room */
	rc code = answer(v, question, out);
	if (code == RC_OK) return;
	out->n = ANSWER_HEADER;
	put_u64_be(code_be, (uint64_t)code);
	memcpy(out->p, code_be + 8 - ANSWER_HEADER, ANSWER_HEADER);
}
