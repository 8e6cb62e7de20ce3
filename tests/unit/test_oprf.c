/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_oprf.c - RFC 9497 (OPRF and VOPRF, ristretto255-SHA512) written down with the
 * group of the library that sluis links, against the RFC's own vectors.
 *
 * No pseudonym is made this way: pseudonym.h says which construction is.  What holds here
 * is that a blinded one could take its place without another library: every key, blinded
 * element, evaluation, proof and output of the RFC comes out byte for byte, the proof is
 * accepted and none that was changed is, and what is no element is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/bytes.h"

#define VECTORS SOURCE_DIR "/tests/vectors/rfc9497.json"

enum { ELEMENT = 32, WIDE = 64, BATCH_MAX = 2, TEXT_MAX = 4096 };

typedef uint8_t element[ELEMENT]; /* or a scalar */

struct group { /* one mode and its key */
	uint8_t mode;
	element secret, public;
};

struct batch { /* what one proof is about */
	size_t  n;
	element blinded[BATCH_MAX], evaluated[BATCH_MAX];
};

/* --- bytes ----------------------------------------------------------------------- */

static void
add(struct buf *b, const void *p, size_t n)
{
	assert_int_equal(RC_OK, buf_append(b, slice_of(p, n)));
}

static void
add_text(struct buf *b, const char *text)
{
	add(b, text, strlen(text));
}

/* With its length before it, in two bytes. */
static void
add_sized(struct buf *b, const void *p, size_t n)
{
	uint8_t size[2] = {(uint8_t)(n >> 8), (uint8_t)n};

	add(b, size, sizeof size);
	add(b, p, n);
}

/* WORD, and which mode of which suite it is for. */
static void
add_tag(struct buf *b, const char *word, uint8_t mode)
{
	add_text(b, word);
	add_text(b, "OPRFV1-");
	add(b, &mode, 1);
	add_text(b, "-ristretto255-SHA512");
}

/* Part K of KEY in T, hex between commas, into RET; how long it is. */
static size_t
bytes_of(const json_t *t, const char *key, size_t k, uint8_t *ret, size_t max)
{
	const char *hex = json_string_value(json_object_get(t, key));
	char        part[2 * TEXT_MAX + 1];

	assert_non_null(hex);
	for (; k != 0; k--) {
		hex = strchr(hex, ',');
		assert_non_null(hex++);
	}
	size_t n = strcspn(hex, ",");
	assert_true(n / 2 <= max && n < sizeof part);
	memcpy(part, hex, n);
	part[n] = '\0';
	assert_int_equal(RC_OK, hex_decode(part, ret, n / 2));
	return n / 2;
}

/* --- RFC 9380: bytes to a group -------------------------------------------------- */

/* expand_message_xmd(SHA-512) to as much as one digest. */
static void
expand(const struct buf *message, const struct buf *tag, uint8_t ret[WIDE])
{
	static const uint8_t     block[128] = {0}, tail[3] = {0, WIDE, 0}, one = 1;
	const uint8_t            tag_size = (uint8_t)tag->n;
	crypto_hash_sha512_state s;
	uint8_t                  first[WIDE];

	(void)crypto_hash_sha512_init(&s);
	(void)crypto_hash_sha512_update(&s, block, sizeof block);
	(void)crypto_hash_sha512_update(&s, message->p, message->n);
	(void)crypto_hash_sha512_update(&s, tail, sizeof tail);
	(void)crypto_hash_sha512_update(&s, tag->p, tag->n);
	(void)crypto_hash_sha512_update(&s, &tag_size, 1);
	(void)crypto_hash_sha512_final(&s, first);
	(void)crypto_hash_sha512_init(&s);
	(void)crypto_hash_sha512_update(&s, first, sizeof first);
	(void)crypto_hash_sha512_update(&s, &one, 1);
	(void)crypto_hash_sha512_update(&s, tag->p, tag->n);
	(void)crypto_hash_sha512_update(&s, &tag_size, 1);
	(void)crypto_hash_sha512_final(&s, ret);
}

static void
hash_to_group(const struct group *g, const struct buf *message, element ret)
{
	AUTO(buf_wipe) struct buf tag = buf_init(TEXT_MAX);
	uint8_t                   wide[WIDE];

	add_tag(&tag, "HashToGroup-", g->mode);
	expand(message, &tag, wide);
	assert_int_equal(0, crypto_core_ristretto255_from_hash(ret, wide));
}

static void
hash_to_scalar(
    const struct group *g, const char *word, const struct buf *message, element ret)
{
	AUTO(buf_wipe) struct buf tag = buf_init(TEXT_MAX);
	uint8_t                   wide[WIDE];

	add_tag(&tag, word, g->mode);
	expand(message, &tag, wide);
	crypto_core_ristretto255_scalar_reduce(ret, wide);
}

/* --- RFC 9497 -------------------------------------------------------------------- */

static void
times(const element scalar, const element e, element ret)
{
	assert_int_equal(0, crypto_scalarmult_ristretto255(ret, scalar, e));
}

/* What the broker would do.  libsodium 1.0.18 does not look at the highest bit of an
 * element: two writings of one would be two questions. */
static bool
evaluate(const element secret, const element blinded, element ret)
{
	return (blinded[ELEMENT - 1] & 0x80) == 0 &&
	       crypto_core_ristretto255_is_valid_point(blinded) == 1 &&
	       crypto_scalarmult_ristretto255(ret, secret, blinded) == 0;
}

/* Below the order of the group: a scalar has one writing, too. */
static bool
is_scalar(const uint8_t *p)
{
	uint8_t wide[WIDE] = {0};
	element reduced;

	memcpy(wide, p, ELEMENT);
	crypto_core_ristretto255_scalar_reduce(reduced, wide);
	return memcmp(reduced, p, ELEMENT) == 0;
}

static void
derive_key(struct group *g, const json_t *t)
{
	AUTO(buf_wipe) struct buf input = buf_init(TEXT_MAX);
	uint8_t                   seed[ELEMENT], info[ELEMENT], counter = 0;

	add(&input, seed, bytes_of(t, "seed", 0, seed, sizeof seed));
	add_sized(&input, info, bytes_of(t, "keyInfo", 0, info, sizeof info));
	add(&input, &counter, 1);
	hash_to_scalar(g, "DeriveKeyPair", &input, g->secret);
	assert_int_equal(0, crypto_scalarmult_ristretto255_base(g->public, g->secret));
}

/* What the client makes of the evaluation of what it had blinded. */
static void
finish(const uint8_t *input, size_t n, const element blind, const element evaluated,
    uint8_t ret[WIDE])
{
	AUTO(buf_wipe) struct buf text = buf_init(TEXT_MAX);
	element                   back, e;

	assert_int_equal(0, crypto_core_ristretto255_scalar_invert(back, blind));
	times(back, evaluated, e);
	add_sized(&text, input, n);
	add_sized(&text, e, ELEMENT);
	add_text(&text, "Finalize");
	(void)crypto_hash_sha512(ret, text.p, text.n);
}

/* M is what stands for all that was blinded, Z for all that was evaluated. */
static void
compose(const struct group *g, const struct batch *b, element m, element z)
{
	AUTO(buf_wipe) struct buf tag = buf_init(TEXT_MAX), start = buf_init(TEXT_MAX);
	uint8_t                   seed[WIDE];

	add_tag(&tag, "Seed-", g->mode);
	add_sized(&start, g->public, ELEMENT);
	add_sized(&start, tag.p, tag.n);
	(void)crypto_hash_sha512(seed, start.p, start.n);
	memset(m, 0, ELEMENT); /* the neutral element */
	memset(z, 0, ELEMENT);
	for (size_t i = 0; i < b->n; i++) {
		AUTO(buf_wipe) struct buf text  = buf_init(TEXT_MAX);
		uint8_t                   at[2] = {0, (uint8_t)i};
		element                   d, e;

		add_sized(&text, seed, sizeof seed);
		add(&text, at, sizeof at);
		add_sized(&text, b->blinded[i], ELEMENT);
		add_sized(&text, b->evaluated[i], ELEMENT);
		add_text(&text, "Composite");
		hash_to_scalar(g, "HashToScalar-", &text, d);
		times(d, b->blinded[i], e);
		assert_int_equal(0, crypto_core_ristretto255_add(m, m, e));
		times(d, b->evaluated[i], e);
		assert_int_equal(0, crypto_core_ristretto255_add(z, z, e));
	}
}

static void
challenge(const struct group *g, const element m, const element z, const element t2,
    const element t3, element ret)
{
	AUTO(buf_wipe) struct buf text = buf_init(TEXT_MAX);

	add_sized(&text, g->public, ELEMENT);
	add_sized(&text, m, ELEMENT);
	add_sized(&text, z, ELEMENT);
	add_sized(&text, t2, ELEMENT);
	add_sized(&text, t3, ELEMENT);
	add_text(&text, "Challenge");
	hash_to_scalar(g, "HashToScalar-", &text, ret);
}

/* That B was evaluated under the key of G, with the random scalar R. */
static void
prove(const struct group *g, const struct batch *b, const element r, uint8_t ret[WIDE])
{
	element m, z, t2, t3, c, ck;

	compose(g, b, m, z);
	assert_int_equal(0, crypto_scalarmult_ristretto255_base(t2, r));
	times(r, m, t3);
	challenge(g, m, z, t2, t3, c);
	crypto_core_ristretto255_scalar_mul(ck, c, g->secret);
	memcpy(ret, c, ELEMENT);
	crypto_core_ristretto255_scalar_sub(ret + ELEMENT, r, ck);
}

/* Without the secret of G. */
static bool
is_proven(const struct group *g, const struct batch *b, const uint8_t proof[WIDE])
{
	const uint8_t *c = proof, *s = proof + ELEMENT;
	element        m, z, t2, t3, e, want;

	if (!is_scalar(c) || !is_scalar(s)) return false;
	compose(g, b, m, z);
	assert_int_equal(0, crypto_scalarmult_ristretto255_base(t2, s));
	times(c, g->public, e);
	assert_int_equal(0, crypto_core_ristretto255_add(t2, t2, e));
	times(s, m, t3);
	times(c, z, e);
	assert_int_equal(0, crypto_core_ristretto255_add(t3, t3, e));
	challenge(g, m, z, t2, t3, want);
	return sodium_memcmp(want, c, ELEMENT) == 0;
}

/* --- the vectors ----------------------------------------------------------------- */

static void
check_one(const struct group *g, const json_t *t, size_t k, struct batch *b)
{
	AUTO(buf_wipe) struct buf message = buf_init(TEXT_MAX);
	uint8_t                   input[TEXT_MAX], want[WIDE], output[WIDE];
	element                   blind, point;
	size_t                    n = bytes_of(t, "Input", k, input, sizeof input);

	(void)bytes_of(t, "Blind", k, blind, ELEMENT);
	add(&message, input, n);
	hash_to_group(g, &message, point);
	times(blind, point, b->blinded[k]);
	(void)bytes_of(t, "BlindedElement", k, want, ELEMENT);
	assert_memory_equal(want, b->blinded[k], ELEMENT);
	assert_true(evaluate(g->secret, b->blinded[k], b->evaluated[k]));
	(void)bytes_of(t, "EvaluationElement", k, want, ELEMENT);
	assert_memory_equal(want, b->evaluated[k], ELEMENT);
	finish(input, n, blind, b->evaluated[k], output);
	assert_int_equal(WIDE, bytes_of(t, "Output", k, want, WIDE));
	assert_memory_equal(want, output, WIDE);
}

static void
check_proof(const struct group *g, const json_t *t, const struct batch *b)
{
	const json_t *of = json_object_get(t, "Proof");
	uint8_t       want[WIDE], proof[WIDE];
	element       r;

	(void)bytes_of(of, "r", 0, r, ELEMENT);
	assert_int_equal(WIDE, bytes_of(of, "proof", 0, want, WIDE));
	prove(g, b, r, proof);
	assert_memory_equal(want, proof, WIDE);
	assert_true(is_proven(g, b, proof));
	for (size_t bit = 0; bit < 8 * WIDE; bit++) {
		proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(is_proven(g, b, proof));
		proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	struct batch other = *b; /* evaluated under another key */
	assert_int_equal(0, crypto_core_ristretto255_add(other.evaluated[0],
	                        other.evaluated[0], other.blinded[0]));
	assert_false(is_proven(g, &other, proof));
}

/* How many evaluations MODE has. */
static size_t
check_mode(uint8_t mode)
{
	json_t      *all = json_load_file(VECTORS, JSON_REJECT_DUPLICATES, NULL), *t;
	json_t      *of  = json_array_get(all, mode);
	struct group g   = {.mode = mode};
	element      want;
	size_t       i, n = 0;

	assert_non_null(of);
	assert_int_equal(mode, json_integer_value(json_object_get(of, "mode")));
	derive_key(&g, of);
	(void)bytes_of(of, "skSm", 0, want, ELEMENT);
	assert_memory_equal(want, g.secret, ELEMENT);
	json_array_foreach(json_object_get(of, "vectors"), i, t)
	{
		struct batch b = {
		    .n = (size_t)json_integer_value(json_object_get(t, "Batch"))};
		assert_in_range(b.n, 1, BATCH_MAX);
		for (size_t k = 0; k < b.n; k++) check_one(&g, t, k, &b);
		if (json_object_get(t, "Proof") != NULL) check_proof(&g, t, &b);
		n += b.n;
	}
	json_decref(all);
	return n;
}

static void
oprf(void **state)
{
	(void)state;
	assert_int_equal(2, check_mode(0));
}

static void
voprf(void **state)
{
	(void)state;
	assert_int_equal(4, check_mode(1));
}

static void
what_is_no_element_is_not_evaluated(void **state)
{
	element secret, e, ret;

	(void)state;
	crypto_core_ristretto255_scalar_random(secret);
	crypto_core_ristretto255_random(e);
	assert_true(evaluate(secret, e, ret));
	e[0] ^= 1; /* negative: another writing of it */
	assert_false(evaluate(secret, e, ret));
	e[0] ^= 1;
	e[ELEMENT - 1] |= 0x80; /* above the prime */
	assert_false(evaluate(secret, e, ret));
	memset(e, 0, ELEMENT); /* the neutral one */
	assert_false(evaluate(secret, e, ret));
	memset(e, 0xff, ELEMENT);
	assert_false(evaluate(secret, e, ret));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(oprf),
	    cmocka_unit_test(voprf),
	    cmocka_unit_test(what_is_no_element_is_not_evaluated),
	};

	if (sodium_init() < 0) return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
