/* SPDX-License-Identifier: EUPL-1.2 */
/* evaluate.c - from a root over a domain key to an HMAC. */
#include "broker/keeper/evaluate.h"

#include <sodium.h>
#include <string.h>

#include "broker/keeper/hsm.h"
#include "broker/keeper/vault.h"
#include "proto/auto.h"
#include "proto/hash.h"

enum {
	KID_BYTES  = 2,
	OKM_BYTES  = 64, /* two blocks */
	PSN_BYTES  = 20,
	CACHED     = 1024, /* a power of two */
	TAG_BYTES  = crypto_shorthash_siphashx24_BYTES,
	INFO_BYTES = 8 + 16 + DOMAIN_MAX + 8 + EPOCH_MAX,
};

struct derived { /* of a domain, found by a keyed hash of it */
	bool    used;
	uint8_t what, epoch;
	uint8_t tag[TAG_BYTES];
	uint8_t key[KEY_BYTES], kid[KID_BYTES];
};

struct evaluator {
	const struct keyring *keys;                 /* borrowed */
	struct hsm           *hsm;                  /* borrowed; NULL: none */
	hsm_key               root[KEYRING_EPOCHS]; /* of those with a label */
	uint8_t               tag_key[crypto_shorthash_siphashx24_KEYBYTES];
	struct derived        cache[CACHED];
};

struct info {
	size_t  n;
	uint8_t b[INFO_BYTES];
};

static const struct kind {
	const char *label;
	unsigned    elements;
} kinds[] = {
    [EVALUATE_PSEUDONYM] = {"psn-domain/1", 5},
    [EVALUATE_TOKEN]     = {"link-domain/1", 1},
    [EVALUATE_SUBJECT]   = {"link-domain/1", 1},
};

static rc
find_roots(struct evaluator *e)
{
	for (size_t i = 0; i < e->keys->n_pseudonyms; i++) {
		const struct pseudonym_key *p = &e->keys->pseudonym[i];
		if (p->hsm[0] == '\0') continue;
		if (e->hsm == NULL) return RC_CONFIG;
		TRY(hsm_find_root(e->hsm, p->hsm, &e->root[i]));
	}
	return RC_OK;
}

rc
evaluator_new(struct evaluator **ret, const struct keyring *keys, struct hsm *hsm)
{
	AUTO(evaluator_destroy) struct evaluator *e = sodium_malloc(sizeof *e);
	if (e == NULL) return RC_NOMEM;
	memset(e, 0, sizeof *e);
	e->keys = keys;
	e->hsm  = hsm;
	randombytes_buf(e->tag_key, sizeof e->tag_key);
	TRY(find_roots(e));
	*ret = TAKE(e);
	return RC_OK;
}

void
evaluator_destroy(struct evaluator **ep)
{
	sodium_free(*ep);
	*ep = NULL;
}

/* --- encoding --------------------------------------------------------------------- */

/* Whether S is N elements, each preceded by its length in 8 bytes, and no more. */
static bool
has_elements(struct slice s, unsigned n)
{
	for (; n > 0; n--) {
		struct slice element;
		uint64_t     length = 0;
		if (take_number(&s, 8, &length) != RC_OK || length > s.n ||
		    take_bytes(&s, (size_t)length, &element) != RC_OK)
			return false;
	}
	return s.n == 0;
}

static void
add(struct info *info, struct slice s)
{
	if (s.n != 0) memcpy(info->b + info->n, s.p, s.n);
	info->n += s.n;
}

static void
add_element(struct info *info, const char *text)
{
	uint8_t length[8];

	put_u64_be(length, strlen(text));
	add(info, slice_of(length, sizeof length));
	add(info, slice_str(text));
}

/* --- deriving --------------------------------------------------------------------- */

/* HMAC under the root of EPOCH of what came before, INFO and COUNTER. */
static rc
hmac_of_root(struct evaluator *e, size_t epoch, struct slice before,
    const struct info *info, uint8_t counter, uint8_t ret[HASH_BYTES])
{
	const struct pseudonym_key *p = &e->keys->pseudonym[epoch];
	uint8_t                     all[HASH_BYTES + INFO_BYTES + 1];

	if (p->hsm[0] == '\0') {
		const struct slice parts[] = {
		    before, slice_of(info->b, info->n), slice_of(&counter, 1)};
		hmac_sha256(p->secret, parts, 3, ret);
		return RC_OK;
	}
	if (before.n != 0) memcpy(all, before.p, before.n);
	memcpy(all + before.n, info->b, info->n);
	all[before.n + info->n] = counter;
	rc code =
	    hsm_hmac(e->hsm, e->root[epoch], slice_of(all, before.n + info->n + 1), ret);
	sodium_memzero(all, sizeof all); /* the first half of a domain key */
	return code;
}

/* HKDF-Expand with SHA-256 (RFC 5869 section 2.3) of 64 bytes under the root of EPOCH. */
static rc
expand(struct evaluator *e, size_t epoch, const struct info *info, uint8_t out[OKM_BYTES])
{
	TRY(hmac_of_root(e, epoch, slice_of(NULL, 0), info, 1, out));
	return hmac_of_root(
	    e, epoch, slice_of(out, HASH_BYTES), info, 2, out + HASH_BYTES);
}

/* The same under that of subjects, which is in hand. */
static void
expand_subject(const struct evaluator *e, const struct info *info, uint8_t out[OKM_BYTES])
{
	for (uint8_t i = 1; i <= 2; i++) {
		const struct slice parts[] = {slice_of(out, i == 2 ? 32 : 0),
		    slice_of(info->b, info->n), slice_of(&i, 1)};
		hmac_sha256(e->keys->subject, parts, 3, out + (i - 1) * 32);
	}
}

static rc
derive(struct evaluator *e, const struct evaluation *what, struct derived *ret)
{
	bool                        subject = what->what == EVALUATE_SUBJECT;
	const struct pseudonym_key *p       = &e->keys->pseudonym[what->epoch];
	struct info                 info    = {0};
	uint8_t                     okm[OKM_BYTES];

	add_element(&info, kinds[what->what].label);
	add(&info, what->domain);
	add_element(&info, subject ? "subject" : p->epoch);
	if (subject)
		expand_subject(e, &info, okm);
	else
		TRY(expand(e, what->epoch, &info, okm));
	memcpy(ret->key, okm, KEY_BYTES);
	memcpy(ret->kid, okm + KEY_BYTES, KID_BYTES);
	sodium_memzero(okm, sizeof okm);
	return RC_OK;
}

static bool
is_of(const struct derived *d, const struct evaluation *what, const uint8_t *tag)
{
	return d->used && d->what == what->what && d->epoch == what->epoch &&
	       memcmp(d->tag, tag, TAG_BYTES) == 0;
}

/* The key of WHAT's domain, derived once. */
static rc
domain_key(struct evaluator *e, const struct evaluation *what, const struct derived **ret)
{
	uint8_t tag[TAG_BYTES];

	(void)crypto_shorthash_siphashx24(
	    tag, what->domain.p, what->domain.n, e->tag_key);
	size_t          at = (size_t)(tag[0] | tag[1] << 8) + 31u * what->epoch;
	struct derived *d  = &e->cache[(at + (size_t)what->what) % CACHED];
	if (!is_of(d, what, tag)) {
		d->used = false;
		TRY(derive(e, what, d));
		memcpy(d->tag, tag, TAG_BYTES);
		d->what  = (uint8_t)what->what;
		d->epoch = what->epoch;
		d->used  = true;
	}
	*ret = d;
	return RC_OK;
}

/* --- public ----------------------------------------------------------------------- */

static rc
check(const struct evaluator *e, const struct evaluation *what)
{
	if (what->what < EVALUATE_PSEUDONYM || what->what > EVALUATE_SUBJECT)
		return RC_MALFORMED;
	if (what->domain.n > DOMAIN_MAX ||
	    !has_elements(what->domain, kinds[what->what].elements))
		return RC_MALFORMED;
	if (what->what == EVALUATE_SUBJECT)
		return what->epoch == 0 ? RC_OK : RC_MALFORMED;
	if (what->epoch >= e->keys->n_pseudonyms ||
	    e->keys->pseudonym[what->epoch].state == EPOCH_ENDED)
		return RC_NOT_FOUND;
	return RC_OK;
}

rc
evaluate(struct evaluator *e, struct evaluation *what)
{
	const struct derived *d = NULL;

	TRY(check(e, what));
	TRY(domain_key(e, what, &d));
	memcpy(what->ret, d->kid, KID_BYTES);
	hmac_sha256(d->key, &what->input, 1, what->ret + KID_BYTES);
	if (what->what == EVALUATE_PSEUDONYM)
		memset(what->ret + KID_BYTES + PSN_BYTES, 0,
		    EVALUATED_BYTES - KID_BYTES - PSN_BYTES);
	return RC_OK;
}

rc
evaluate_mark(struct evaluator *e, uint8_t epoch, uint8_t ret[EPOCH_MARK_BYTES])
{
	const struct pseudonym_key *p    = &e->keys->pseudonym[epoch];
	struct info                 info = {0};
	uint8_t                     okm[OKM_BYTES];

	memset(ret, 0, EPOCH_MARK_BYTES);
	if (p->state == EPOCH_ENDED) return RC_OK;
	add_element(&info, "epoch-mark/1");
	add_element(&info, p->epoch);
	TRY(expand(e, epoch, &info, okm));
	memcpy(ret, okm, EPOCH_MARK_BYTES);
	sodium_memzero(okm, sizeof okm);
	return RC_OK;
}
