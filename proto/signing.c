/* SPDX-License-Identifier: EUPL-1.2 */
/* signing.c - a perfect tree with places drawn, and the signature under its root. */
#include "proto/signing.h"

#include <sodium.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/hash.h"
#include "proto/stream.h"

enum { TAG_SAID = 3, TAG_ABOVE = 4, PAE_MAX = 128 };

struct short_hash
signing_said(struct slice bytes)
{
	static const uint8_t tag = TAG_SAID;
	struct sha256        h;
	uint8_t              whole[HASH_BYTES];
	struct short_hash    ret;

	sha256_begin(&h);
	sha256_add(&h, slice_of(&tag, 1));
	sha256_add(&h, bytes);
	sha256_end(&h, whole);
	memcpy(ret.b, whole, sizeof ret.b);
	return ret;
}

static struct short_hash
above(const struct short_hash *left, const struct short_hash *right)
{
	uint8_t           in[1 + 2 * DISCLOSURE_HASH_BYTES] = {TAG_ABOVE};
	struct short_hash ret                               = {{0}};

	memcpy(in + 1, left->b, sizeof left->b);
	memcpy(in + 1 + sizeof left->b, right->b, sizeof right->b);
	sha256_cut(slice_of(in, sizeof in), ret.b, sizeof ret.b);
	return ret;
}

static void
start(struct stream *s, const uint8_t seed[KEY_BYTES])
{
	const struct slice label = slice_str("places");
	uint8_t            own[KEY_BYTES];

	hmac_sha256(seed, &label, 1, own);
	stream_start(s, own);
	sodium_memzero(own, sizeof own);
}

void
signing_tree(struct signing *t, unsigned levels, const uint8_t seed[KEY_BYTES],
    const struct short_hash *leaves, size_t n)
{
	const unsigned places = 1U << levels;
	uint64_t       taken  = 0;
	struct stream  s;

	start(&s, seed);
	t->levels = levels;
	for (size_t i = 0; i < n; i++) {
		t->place[i]                   = stream_place(&s, places, &taken);
		t->node[places + t->place[i]] = leaves[i];
	}
	for (unsigned i = 0; i < places; i++)
		if ((taken >> i & 1) == 0)
			stream_draw(&s, t->node[places + i].b, DISCLOSURE_HASH_BYTES);
	for (unsigned i = places - 1; i > 0; i--)
		t->node[i] = above(&t->node[2 * i], &t->node[2 * i + 1]);
	sodium_memzero(&s, sizeof s);
}

void
signing_climb(const struct signing *t, size_t i, struct signing_path *path)
{
	path->place |= (uint32_t)t->place[i] << path->n;
	for (unsigned at = (1U << t->levels) + t->place[i]; at > 1; at >>= 1)
		path->hashes[path->n++] = t->node[at ^ 1];
}

struct short_hash
signing_follow(const struct short_hash *leaf, const struct signing_path *path)
{
	struct short_hash at = *leaf;

	for (size_t i = 0; i < path->n; i++)
		at = (path->place >> i & 1) != 0 ? above(&path->hashes[i], &at)
		                                 : above(&at, &path->hashes[i]);
	return at;
}

rc
signing_sign(
    const struct short_hash *root, const uint8_t secret_key[64], uint8_t ret[SIG_BYTES])
{
	AUTO(buf_wipe) struct buf pae = buf_init(PAE_MAX);

	TRY(envelope_pae(
	    slice_str(TYPE_DISCLOSURE), slice_of(root->b, sizeof root->b), &pae));
	return crypto_sign_detached(ret, NULL, pae.p, pae.n, secret_key) == 0 ? RC_OK
	                                                                      : RC_CRYPTO;
}

rc
signing_verify(
    const struct short_hash *root, struct slice sig, const uint8_t public_key[KEY_BYTES])
{
	AUTO(buf_wipe) struct buf pae = buf_init(PAE_MAX);

	if (sig.n != SIG_BYTES) return RC_BAD_SIGNATURE;
	TRY(envelope_pae(
	    slice_str(TYPE_DISCLOSURE), slice_of(root->b, sizeof root->b), &pae));
	return crypto_sign_verify_detached(sig.p, pae.p, pae.n, public_key) == 0
	           ? RC_OK
	           : RC_BAD_SIGNATURE;
}
