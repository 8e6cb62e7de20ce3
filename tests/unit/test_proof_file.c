/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_proof_file.c - a receipt as a file: nothing of it can be changed, or cut off.
 */
#include "proto/proof_file.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/message.h"

enum { SIZE = 7, INDEX = 4 };

static struct note_verifier us, other;
static uint8_t              secret[64], other_secret[64];
static struct hash          hashes[SIZE];
static struct buf           file; /* the receipt of entry INDEX, with its detail */

static rc
node_at(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	struct merkle_frontier f = {0};

	(void)arg;
	for (uint64_t i = index << level; i < (index + 1) << level; i++)
		merkle_append(&f, &hashes[i]);
	*ret = merkle_root(&f);
	return RC_OK;
}

static void
write_leaf(uint64_t i, struct slice detail, struct buf *out)
{
	Sluis__Leaf leaf = SLUIS__LEAF__INIT;
	struct hash digest;

	leaf.has_time_ms = 1;
	leaf.time_ms     = i;
	if (detail.n != 0) {
		(void)crypto_hash_sha256(digest.b, detail.p, detail.n);
		leaf.has_detail_digest = 1;
		leaf.detail_digest     = (ProtobufCBinaryData){HASH_BYTES, digest.b};
	}
	assert_int_equal(message_pack(&leaf.base, out), RC_OK);
}

/* The file of entry INDEX of a journal of SIZE entries. */
static void
write_file(struct slice detail, bool with_detail, struct buf *out)
{
	AUTO(buf_wipe) struct buf leaf = buf_init(LEAF_MAX), note = buf_init(NOTE_MAX);
	ProtobufCBinaryData       slots[MERKLE_PROOF_MAX];
	struct merkle_proof       proof;
	Sluis__Receipt            r = SLUIS__RECEIPT__INIT;
	struct hash               root;

	for (uint64_t i = 0; i < SIZE; i++) {
		buf_wipe(&leaf);
		write_leaf(i, i == INDEX ? detail : slice_of(NULL, 0), &leaf);
		hashes[i] = merkle_leaf(buf_slice(&leaf));
	}
	buf_wipe(&leaf);
	write_leaf(INDEX, detail, &leaf);
	assert_int_equal(merkle_root_at(node_at, NULL, SIZE, &root), RC_OK);
	assert_int_equal(checkpoint_sign(&us, secret, SIZE, &root, &note), RC_OK);
	assert_int_equal(buf_append(&note, slice_of("", 1)), RC_OK);
	assert_int_equal(
	    merkle_prove_inclusion(node_at, NULL, INDEX, SIZE, &proof), RC_OK);
	for (size_t i = 0; i < proof.n; i++)
		slots[i] = (ProtobufCBinaryData){HASH_BYTES, proof.hashes[i].b};
	r.has_leaf = 1, r.leaf = (ProtobufCBinaryData){leaf.n, leaf.p};
	r.has_index = 1, r.index = INDEX;
	r.n_proof = proof.n, r.proof = slots;
	r.checkpoint = (char *)note.p;
	r.has_detail = with_detail;
	r.detail     = (ProtobufCBinaryData){detail.n, (uint8_t *)(uintptr_t)detail.p};
	assert_int_equal(proof_file_format(&r, out), RC_OK);
}

static int
start(void **state)
{
	uint8_t public_key[KEY_BYTES];

	(void)state;
	if (sodium_init() < 0) return -1;
	(void)crypto_sign_keypair(public_key, secret);
	if (note_verifier_init(&us, "sluis.example/files", public_key) != RC_OK)
		return -1;
	(void)crypto_sign_keypair(public_key, other_secret);
	if (note_verifier_init(&other, "sluis.example/files", public_key) != RC_OK)
		return -1;
	file = buf_init(PROOF_FILE_MAX);
	write_file(slice_str("what was withheld"), true, &file);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	buf_wipe(&file);
	return 0;
}

static rc
verify(struct slice text)
{
	AUTO(proof_file_wipe) struct proof_file f;
	struct checkpoint                       head;

	TRY(proof_file_read(text, &f));
	TRY(proof_file_check(&f, &us, &head));
	assert_int_equal(head.size, SIZE);
	return RC_OK;
}

static void
a_file_needs_nothing_but_the_key(void **state)
{
	AUTO(proof_file_wipe) struct proof_file f;
	AUTO(message_destroy) Sluis__Leaf      *leaf = NULL;

	(void)state;
	assert_int_equal(verify(buf_slice(&file)), RC_OK);
	assert_int_equal(proof_file_read(buf_slice(&file), &f), RC_OK);
	assert_int_equal(f.text.index, INDEX);
	assert_true(slice_equal(f.detail, slice_str("what was withheld")));
	leaf = sluis__leaf__unpack(NULL, f.leaf.n, f.leaf.p);
	assert_non_null(leaf);
	assert_int_equal(leaf->time_ms, INDEX);
}

static void
the_detail_may_stay_at_home(void **state)
{
	AUTO(buf_wipe) struct buf with_none = buf_init(PROOF_FILE_MAX);
	AUTO(buf_wipe) struct buf bare      = buf_init(PROOF_FILE_MAX);

	(void)state;
	write_file(slice_str("what was withheld"), false, &with_none);
	assert_int_equal(verify(buf_slice(&with_none)), RC_OK);
	write_file(slice_of(NULL, 0), false, &bare);
	assert_int_equal(verify(buf_slice(&bare)), RC_OK);
	assert_null(memmem(with_none.p, with_none.n, "what was", 8));
}

static void
every_changed_bit_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < file.n * 8; i++) {
		file.p[i / 8] ^= (uint8_t)(1u << i % 8);
		rc code = verify(buf_slice(&file));
		file.p[i / 8] ^= (uint8_t)(1u << i % 8);
		if (rc_kind(code) != RC_KIND_INTEGRITY)
			fail_msg("bit %zu of byte %zu: %s", i % 8, i / 8, rc_name(code));
	}
	assert_int_equal(verify(buf_slice(&file)), RC_OK);
}

static void
every_cut_is_found(void **state)
{
	(void)state;
	for (size_t n = 0; n < file.n; n++) {
		assert_int_equal(rc_kind(verify(slice_of(file.p, n))), RC_KIND_INTEGRITY);
		assert_int_equal(
		    rc_kind(verify(slice_of(file.p + file.n - n, n))), RC_KIND_INTEGRITY);
	}
}

/* Without byte AT, or with one more there. */
static void
every_lost_or_added_byte_is_found(void **state)
{
	(void)state;
	for (size_t at = 0; at < file.n; at++) {
		AUTO(buf_wipe) struct buf less = buf_init(PROOF_FILE_MAX);
		AUTO(buf_wipe) struct buf more = buf_init(PROOF_FILE_MAX);
		struct slice              head = slice_of(file.p, at),
		             twice             = slice_of(file.p, at + 1);
		struct slice tail = slice_of(file.p + at + 1, file.n - at - 1);
		struct slice rest = slice_of(file.p + at, file.n - at);
		assert_int_equal(buf_append(&less, head), RC_OK);
		assert_int_equal(buf_append(&less, tail), RC_OK);
		assert_int_equal(buf_append(&more, twice), RC_OK);
		assert_int_equal(buf_append(&more, rest), RC_OK);
		assert_int_equal(rc_kind(verify(buf_slice(&less))), RC_KIND_INTEGRITY);
		assert_int_equal(rc_kind(verify(buf_slice(&more))), RC_KIND_INTEGRITY);
	}
}

static void
another_key_of_the_same_name_verifies_nothing(void **state)
{
	AUTO(proof_file_wipe) struct proof_file f;
	struct checkpoint                       head = {.size = 99};

	(void)state;
	assert_int_equal(proof_file_read(buf_slice(&file), &f), RC_OK);
	assert_int_equal(proof_file_check(&f, &other, &head), RC_BAD_NOTE);
	assert_int_equal(head.size, 99);
}

static void
a_detail_of_another_entry_is_found(void **state)
{
	AUTO(buf_wipe) struct buf smuggled = buf_init(PROOF_FILE_MAX);
	AUTO(buf_wipe) struct buf bare     = buf_init(PROOF_FILE_MAX);

	(void)state;
	write_file(slice_of(NULL, 0), false, &bare);
	AUTO(proof_file_wipe) struct proof_file f;
	assert_int_equal(proof_file_read(buf_slice(&bare), &f), RC_OK);
	AUTO(buf_wipe) struct buf extra = buf_init(PROOF_FILE_MAX);
	assert_int_equal(buf_append(&extra, buf_slice(&f.extra)), RC_OK);
	assert_int_equal(buf_append(&extra, slice_str("smuggled")), RC_OK);
	assert_int_equal(buf_printf(&smuggled, "c2sp.org/tlog-proof@v1\nextra "), RC_OK);
	assert_int_equal(base64_encode(buf_slice(&extra), &smuggled), RC_OK);
	const uint8_t *index = memmem(bare.p, bare.n, "\nindex ", 7);
	assert_non_null(index);
	assert_int_equal(
	    buf_append(&smuggled, slice_of(index, bare.n - (size_t)(index - bare.p))),
	    RC_OK);
	assert_int_equal(verify(buf_slice(&smuggled)), RC_BAD_DIGEST);
}

static void
a_proof_without_an_entry_proves_nothing_here(void **state)
{
	static const char *const extras[] = {"", "extra \n", "extra AAA=\n",
	    "extra AAA\n", "extra AAAA\n", "extra AAFh\n", "extra AAJh\n",
	    "extra //9h\n"};
	const uint8_t           *index    = memmem(file.p, file.n, "index ", 6);

	(void)state;
	for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++) {
		AUTO(buf_wipe) struct buf text = buf_init(PROOF_FILE_MAX);
		assert_int_equal(
		    buf_printf(&text, "c2sp.org/tlog-proof@v1\n%s", extras[i]), RC_OK);
		assert_int_equal(
		    buf_append(&text, slice_of(index, file.n - (size_t)(index - file.p))),
		    RC_OK);
		assert_int_equal(verify(buf_slice(&text)), RC_BAD_PROOF);
	}
}

static void
what_does_not_fit_is_not_written(void **state)
{
	uint8_t                   big[LEAF_MAX + 1] = {0};
	Sluis__Receipt            r                 = SLUIS__RECEIPT__INIT;
	AUTO(buf_wipe) struct buf out               = buf_init(PROOF_FILE_MAX);

	(void)state;
	assert_int_equal(proof_file_format(&r, &out), RC_MALFORMED);
	r.has_leaf = 1, r.leaf = (ProtobufCBinaryData){sizeof big, big};
	assert_int_equal(proof_file_format(&r, &out), RC_MALFORMED);
	r.leaf.len = 1; /* no index, no checkpoint */
	assert_int_equal(proof_file_format(&r, &out), RC_MALFORMED);
	assert_int_equal(out.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_needs_nothing_but_the_key),
	    cmocka_unit_test(the_detail_may_stay_at_home),
	    cmocka_unit_test(every_changed_bit_is_found),
	    cmocka_unit_test(every_cut_is_found),
	    cmocka_unit_test(every_lost_or_added_byte_is_found),
	    cmocka_unit_test(another_key_of_the_same_name_verifies_nothing),
	    cmocka_unit_test(a_detail_of_another_entry_is_found),
	    cmocka_unit_test(a_proof_without_an_entry_proves_nothing_here),
	    cmocka_unit_test(what_does_not_fit_is_not_written),
	};
	return cmocka_run_group_tests(tests, start, end);
}
