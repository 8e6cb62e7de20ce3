/* SPDX-License-Identifier: EUPL-1.2 */
/* test_receipt.c - receipts hold offline with the verifier key alone, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/receipt.h"

enum { SIZE = 13, INDEX = 6, HASHES = 4 };

static uint8_t              public_key[32], secret_key[64];
static struct note_verifier us;

/* A receipt with everything it points at. */
struct fixture {
	Sluis__Receipt      r;
	uint8_t             detail[40], leaf[256];
	struct merkle_proof proof;
	ProtobufCBinaryData slots[MERKLE_PROOF_MAX + 1];
	struct buf          checkpoint;
	struct hash         hashes[SIZE];
};

static rc
node_at(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	const struct hash     *hashes = arg;
	struct merkle_frontier f      = {0};

	for (size_t i = index << level; i < (index + 1) << level; i++)
		merkle_append(&f, &hashes[i]);
	*ret = merkle_root(&f);
	return RC_OK;
}

static void
fill_leaf(struct fixture *x)
{
	Sluis__Leaf leaf = SLUIS__LEAF__INIT;
	struct hash digest;

	memset(x->detail, 0, sizeof x->detail);
	x->detail[0] = 0x0a, x->detail[1] = 38; /* a Detail with a salt */
	(void)crypto_hash_sha256(digest.b, x->detail, sizeof x->detail);
	leaf.has_version = 1, leaf.version = 1;
	leaf.has_detail_digest = 1;
	leaf.detail_digest     = (ProtobufCBinaryData){HASH_BYTES, digest.b};
	x->r.leaf.data         = x->leaf;
	x->r.leaf.len          = sluis__leaf__pack(&leaf, x->leaf);
}

static int
setup(void **state)
{
	static const uint8_t seed[32] = {'r'};
	struct fixture      *x        = calloc(1, sizeof *x);
	struct hash          root;

	if (x == NULL || sodium_init() < 0) return -1;
	if (crypto_sign_seed_keypair(public_key, secret_key, seed) != 0) return -1;
	if (note_verifier_init(&us, "sluis.example/test", public_key) != RC_OK) return -1;
	x->r = (Sluis__Receipt)SLUIS__RECEIPT__INIT;
	fill_leaf(x);
	for (uint8_t i = 0; i < SIZE; i++) x->hashes[i] = merkle_leaf(slice_of(&i, 1));
	x->hashes[INDEX] = merkle_leaf(slice_of(x->leaf, x->r.leaf.len));
	if (merkle_prove_inclusion(node_at, x->hashes, INDEX, SIZE, &x->proof) != RC_OK)
		return -1;
	if (merkle_root_at(node_at, x->hashes, SIZE, &root) != RC_OK) return -1;
	x->checkpoint = buf_init(4096);
	if (checkpoint_sign(&us, secret_key, SIZE, &root, &x->checkpoint) != RC_OK)
		return -1;
	if (buf_append(&x->checkpoint, slice_of("", 1)) != RC_OK) return -1;
	for (size_t i = 0; i < MERKLE_PROOF_MAX + 1; i++)
		x->slots[i] =
		    (ProtobufCBinaryData){HASH_BYTES, x->proof.hashes[i % x->proof.n].b};
	x->r.has_leaf = 1, x->r.has_index = 1, x->r.index = INDEX;
	x->r.n_proof = x->proof.n, x->r.proof = x->slots;
	x->r.checkpoint = (char *)x->checkpoint.p;
	x->r.has_detail = 1;
	x->r.detail     = (ProtobufCBinaryData){sizeof x->detail, x->detail};
	*state          = x;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *x = *state;
	buf_wipe(&x->checkpoint);
	free(x);
	return 0;
}

static rc
verify(const struct fixture *x)
{
	struct checkpoint c;
	return receipt_verify(&x->r, &us, &c);
}

static void
a_receipt_verifies_and_tells_its_head(void **state)
{
	struct fixture   *x = *state;
	struct checkpoint c = {.size = 0};

	assert_int_equal(receipt_verify(&x->r, &us, &c), RC_OK);
	assert_int_equal(c.size, SIZE);
	x->r.has_detail = 0; /* a recipient's receipt has none */
	assert_int_equal(verify(x), RC_OK);
}

static void
a_receipt_without_a_part_is_malformed(void **state)
{
	struct fixture *x = *state;
	Sluis__Receipt  r = x->r;

	x->r.has_leaf = 0;
	assert_int_equal(verify(x), RC_MALFORMED);
	x->r           = r;
	x->r.has_index = 0;
	assert_int_equal(verify(x), RC_MALFORMED);
	x->r            = r;
	x->r.checkpoint = NULL;
	assert_int_equal(verify(x), RC_MALFORMED);
	x->r          = r;
	x->r.leaf.len = 0;
	assert_int_equal(verify(x), RC_MALFORMED);
	x->r          = r;
	x->r.leaf.len = LEAF_MAX + 1; /* not looked at */
	assert_int_equal(verify(x), RC_MALFORMED);
	x->r         = r;
	x->r.n_proof = MERKLE_PROOF_MAX + 1;
	assert_int_equal(verify(x), RC_MALFORMED);
	x->r            = r;
	x->slots[1].len = 31;
	assert_int_equal(verify(x), RC_MALFORMED);
}

static void
another_leaf_index_or_proof_does_not_verify(void **state)
{
	struct fixture *x = *state;

	x->leaf[0] ^= 1;
	assert_int_equal(verify(x), RC_BAD_PROOF);
	x->leaf[0] ^= 1;
	for (uint64_t i = 0; i < SIZE + 2; i++) {
		x->r.index = i;
		assert_int_equal(verify(x), i == INDEX ? RC_OK : RC_BAD_PROOF);
	}
	x->r.index = INDEX;
	for (size_t i = 0; i < x->proof.n; i++) {
		x->proof.hashes[i].b[31] ^= 0x80;
		assert_int_equal(verify(x), RC_BAD_PROOF);
		x->proof.hashes[i].b[31] ^= 0x80;
	}
	x->r.n_proof--;
	assert_int_equal(verify(x), RC_BAD_PROOF);
}

static void
another_region_or_a_changed_head_does_not_verify(void **state)
{
	struct fixture      *x = *state;
	struct note_verifier other;
	struct checkpoint    c;

	assert_int_equal(
	    note_verifier_init(&other, "sluis.example/other", public_key), RC_OK);
	assert_int_equal(receipt_verify(&x->r, &other, &c), RC_BAD_NOTE);
	x->checkpoint.p[20] ^= 1;
	assert_int_equal(verify(x), RC_BAD_NOTE);
}

static void
a_detail_must_be_the_one_the_leaf_promised(void **state)
{
	struct fixture *x = *state;

	x->detail[39] ^= 1;
	assert_int_equal(verify(x), RC_BAD_DIGEST);
	x->detail[39] ^= 1;
	x->r.detail.len--;
	assert_int_equal(verify(x), RC_BAD_DIGEST);
	x->r.detail.len = 0;
	assert_int_equal(verify(x), RC_BAD_DIGEST);
}

static void
the_leaf_can_be_read(void **state)
{
	struct fixture *x    = *state;
	Sluis__Leaf    *leaf = NULL;

	assert_int_equal(receipt_leaf(&x->r, &leaf), RC_OK);
	assert_int_equal(leaf->version, 1);
	sluis__leaf__free_unpacked(leaf, NULL);
	x->leaf[0] = 0x0b;
	leaf       = NULL;
	assert_int_equal(receipt_leaf(&x->r, &leaf), RC_MALFORMED);
	assert_null(leaf);
}

static void
a_copy_digest_is_salt_then_copy(void **state)
{
	struct hash want, got = receipt_copy_digest(slice_str("ab"), slice_str("c"));
	(void)state;

	(void)crypto_hash_sha256(want.b, (const uint8_t *)"abc", 3);
	assert_true(hash_equal(&got, &want));
}

/* --- tlog-proof text ------------------------------------------------------------- */

static void
proof_text_round_trips(void **state)
{
	struct fixture           *x    = *state;
	AUTO(buf_wipe) struct buf text = buf_init(8192);
	struct proof_text         p;

	assert_int_equal(receipt_format_proof(&x->r, slice_of(NULL, 0), &text), RC_OK);
	assert_int_equal(receipt_parse_proof(buf_slice(&text), &p), RC_OK);
	assert_int_equal(p.index, INDEX);
	assert_int_equal(p.proof.n, x->proof.n);
	for (size_t i = 0; i < p.proof.n; i++)
		assert_true(hash_equal(&p.proof.hashes[i], &x->proof.hashes[i]));
	assert_true(slice_equal(p.checkpoint, slice_str(x->r.checkpoint)));
	assert_int_equal(p.extra.n, 0);
	assert_memory_equal(text.p, "c2sp.org/tlog-proof@v1\nindex 6\n", 31);
}

static void
a_receipt_that_cannot_be_written_leaves_the_buffer(void **state)
{
	struct fixture           *x    = *state;
	AUTO(buf_wipe) struct buf text = buf_init(100);

	assert_int_equal(
	    receipt_format_proof(&x->r, slice_of(NULL, 0), &text), RC_TOO_LARGE);
	assert_int_equal(text.n, 0);
	x->r.has_index = 0;
	assert_int_equal(
	    receipt_format_proof(&x->r, slice_of(NULL, 0), &text), RC_MALFORMED);
}

#define V1 "c2sp.org/tlog-proof@v1\n"
#define HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static rc
parse(const char *text, size_t *ret_n)
{
	struct proof_text p;
	rc                code = receipt_parse_proof(slice_str(text), &p);

	*ret_n = code == RC_OK ? p.proof.n : 99;
	return code;
}

static void
well_formed_proof_texts_are_read(void **state)
{
	size_t n;
	(void)state;

	assert_int_equal(parse(V1 "index 0\n\nnote", &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
	    parse(V1 "extra YWJj\nindex 18446744073709551615\n" HASH HASH "\nnote\n", &n),
	    RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(parse(V1 "extra \nindex 1\n" HASH "\n\n", &n), RC_OK);
}

static void
malformed_proof_texts_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "c2sp.org/tlog-proof@v1",
	    V1,
	    "c2sp.org/tlog-proof@v2\nindex 0\n\nnote",
	    " " V1 "index 0\n\nnote",
	    V1 "\nindex 0\n\nnote",
	    V1 "index 0\n\n",    /* no checkpoint */
	    V1 "index 0\n" HASH, /* no empty line */
	    V1 "index 0",
	    V1 "index \n\nnote",
	    V1 "index 01\n\nnote",
	    V1 "index -1\n\nnote",
	    V1 "index 1 \n\nnote",
	    V1 "index 18446744073709551616\n\nnote",
	    V1 "Index 0\n\nnote",
	    V1 "index  0\n\nnote",
	    V1 "index 0\nextra YWJj\n\nnote", /* in the wrong place */
	    V1 "extra YWJj\nextra YWJj\nindex 0\n\nnote",
	    V1 "extra Y\nindex 0\n\nnote",
	    V1
	    "index 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==\n\nnote", /* 31 bytes
	                                                                      */
	    V1 "index 0\nAAAA\n\nnote",
	    V1 "index 0\n" HASH " " HASH "\nnote",
	    "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nnote",
	};
	size_t n;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(parse(bad[i], &n), RC_MALFORMED);
}

static void
a_proof_text_ends_at_its_limit(void **state)
{
	(void)state;
	for (size_t n = MERKLE_PROOF_MAX; n <= MERKLE_PROOF_MAX + 1; n++) {
		AUTO(buf_wipe) struct buf text = buf_init(8192);
		size_t                    read;
		assert_int_equal(buf_printf(&text, V1 "index 0\n"), RC_OK);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(buf_printf(&text, HASH), RC_OK);
		assert_int_equal(buf_append(&text, slice_of("\nnote", 6)), RC_OK);
		assert_int_equal(parse((char *)text.p, &read),
		    n == MERKLE_PROOF_MAX ? RC_OK : RC_MALFORMED);
	}
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH(a_receipt_verifies_and_tells_its_head),
	    WITH(a_receipt_without_a_part_is_malformed),
	    WITH(another_leaf_index_or_proof_does_not_verify),
	    WITH(another_region_or_a_changed_head_does_not_verify),
	    WITH(a_detail_must_be_the_one_the_leaf_promised),
	    WITH(the_leaf_can_be_read),
	    WITH(proof_text_round_trips),
	    WITH(a_receipt_that_cannot_be_written_leaves_the_buffer),
	    cmocka_unit_test(a_copy_digest_is_salt_then_copy),
	    cmocka_unit_test(well_formed_proof_texts_are_read),
	    cmocka_unit_test(malformed_proof_texts_are_refused),
	    cmocka_unit_test(a_proof_text_ends_at_its_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
