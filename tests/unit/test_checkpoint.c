/* SPDX-License-Identifier: EUPL-1.2 */
/* test_checkpoint.c - signed heads: one byte string a head, and only its form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "proto/auto.h"
#include "proto/checkpoint.h"

#define ROOT64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static uint8_t              public_key[32], secret_key[64];
static struct note_verifier us;

static int
make_keys(void **state)
{
	static const uint8_t seed[32] = {'h', 'e', 'a', 'd'};
	(void)state;

	if (sodium_init() < 0) return -1;
	if (crypto_sign_seed_keypair(public_key, secret_key, seed) != 0) return -1;
	return note_verifier_init(&us, "sluis.example/test", public_key) == RC_OK ? 0
	                                                                          : -1;
}

/* Sign TEXT, whatever it says, and open it as a checkpoint. */
static rc
open_text(const char *text, struct checkpoint *ret)
{
	AUTO(buf_wipe) struct buf b = buf_init(4096);

	assert_int_equal(note_sign(&us, secret_key, slice_str(text), &b), RC_OK);
	return checkpoint_open(buf_slice(&b), &us, ret);
}

static void
what_is_signed_is_read_back(void **state)
{
	static const uint64_t sizes[] = {0, 1, 10, UINT64_MAX};
	struct hash           root    = merkle_leaf(slice_str("x"));
	(void)state;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		AUTO(buf_wipe) struct buf b = buf_init(4096);
		struct checkpoint         c;
		assert_int_equal(
		    checkpoint_sign(&us, secret_key, sizes[i], &root, &b), RC_OK);
		assert_int_equal(checkpoint_open(buf_slice(&b), &us, &c), RC_OK);
		assert_true(c.size == sizes[i]);
		assert_true(hash_equal(&c.root, &root));
		assert_string_equal(c.origin, "sluis.example/test");
	}
}

static void
the_text_is_exactly_three_lines(void **state)
{
	AUTO(buf_wipe) struct buf b    = buf_init(4096);
	struct hash               root = merkle_empty();
	struct slice              text;
	(void)state;

	assert_int_equal(checkpoint_sign(&us, secret_key, 1234, &root, &b), RC_OK);
	assert_int_equal(note_open(buf_slice(&b), &us, &text), RC_OK);
	assert_true(
	    slice_equal(text, slice_str("sluis.example/test\n1234\n" ROOT64 "\n")));
}

static void
one_head_has_one_byte_string(void **state)
{
	AUTO(buf_wipe) struct buf a = buf_init(4096), b = buf_init(4096);
	struct hash               root = merkle_empty();
	(void)state;

	assert_int_equal(checkpoint_sign(&us, secret_key, 7, &root, &a), RC_OK);
	assert_int_equal(checkpoint_sign(&us, secret_key, 7, &root, &b), RC_OK);
	assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
}

static void
a_full_buffer_or_a_strangers_key_signs_nothing(void **state)
{
	AUTO(buf_wipe) struct buf b            = buf_init(30);
	struct hash               root         = merkle_empty();
	uint8_t                   stranger[64] = {0};
	(void)state;

	assert_int_equal(checkpoint_sign(&us, secret_key, 7, &root, &b), RC_TOO_LARGE);
	b.max = 4096;
	assert_int_equal(checkpoint_sign(&us, stranger, 7, &root, &b), RC_CRYPTO);
	assert_int_equal(b.n, 0);
}

static void
extension_lines_are_let_be(void **state)
{
	struct checkpoint c;
	(void)state;

	assert_int_equal(
	    open_text("sluis.example/test\n5\n" ROOT64 "\nmore\nlines\n", &c), RC_OK);
	assert_int_equal(c.size, 5);
}

static void
signed_texts_of_another_form_are_refused(void **state)
{
	static const char *const bad[] = {
	    "\n",
	    "sluis.example/test\n",
	    "sluis.example/test\n5\n",
	    "sluis.example/other\n5\n" ROOT64 "\n", /* another origin */
	    "sluis.example/tes\n5\n" ROOT64 "\n",   /* a part of it */
	    "sluis.example/test \n5\n" ROOT64 "\n",
	    "\n5\n" ROOT64 "\n",
	    "sluis.example/test\n05\n" ROOT64 "\n", /* leading zero */
	    "sluis.example/test\n00\n" ROOT64 "\n",
	    "sluis.example/test\n-5\n" ROOT64 "\n",
	    "sluis.example/test\n+5\n" ROOT64 "\n",
	    "sluis.example/test\n 5\n" ROOT64 "\n",
	    "sluis.example/test\n5 \n" ROOT64 "\n",
	    "sluis.example/test\n0x5\n" ROOT64 "\n",
	    "sluis.example/test\n\n" ROOT64 "\n",                     /* no size */
	    "sluis.example/test\n18446744073709551616\n" ROOT64 "\n", /* 2^64 */
	    "sluis.example/test\n99999999999999999999999\n" ROOT64 "\n",
	    "sluis.example/test\n5\n47DEQpj8HBSa+/"
	    "TImW+5JCeuQeRkm5NMpJWZG3hSuF==\n", /* 31
	                                         */
	    "sluis.example/test\n5\n47DEQpj8HBSa+/"
	    "TImW+5JCeuQeRkm5NMpJWZG3hSuFUA\n", /* 33
	                                         */
	    "sluis.example/test\n5\n47DEQpj8HBSa+/"
	    "TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", /* bits
	                                         */
	    "sluis.example/"
	    "test\n5\n47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\n", /* URL
	                                                                */
	    "sluis.example/test\n5\n\n",
	    "sluis.example/test\n5\n" ROOT64 "\n\n", /* an empty line behind */
	    "sluis.example/test\n5\n" ROOT64 "\n\nx\n",
	};
	struct checkpoint c = {.size = 77};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(open_text(bad[i], &c), RC_BAD_NOTE);
	assert_int_equal(c.size, 77);
}

static void
an_unsigned_head_is_refused(void **state)
{
	struct checkpoint c;
	(void)state;

	assert_int_equal(
	    checkpoint_open(slice_str("sluis.example/test\n5\n" ROOT64 "\n"), &us, &c),
	    RC_BAD_NOTE);
	assert_int_equal(checkpoint_open(slice_str(""), &us, &c), RC_BAD_NOTE);
}

static void
a_head_can_be_read_without_its_key_and_only_in_its_form(void **state)
{
	static const char *const bad[] = {"", "\n\n", "a\n5\n" ROOT64 "\n", "a\n5\n\n",
	    "\n5\n" ROOT64 "\n\nx", "a\n05\n" ROOT64 "\n\n", "a\n5\nx" ROOT64 "\n\n"};
	struct checkpoint        c;
	(void)state;

	assert_int_equal(
	    checkpoint_peek(slice_str("a\n5\n" ROOT64 "\n\nnobody\n"), &c), RC_OK);
	assert_int_equal(c.size, 5);
	assert_string_equal(c.origin, "a");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(checkpoint_peek(slice_str(bad[i]), &c), RC_BAD_NOTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_signed_is_read_back),
	    cmocka_unit_test(the_text_is_exactly_three_lines),
	    cmocka_unit_test(one_head_has_one_byte_string),
	    cmocka_unit_test(a_full_buffer_or_a_strangers_key_signs_nothing),
	    cmocka_unit_test(extension_lines_are_let_be),
	    cmocka_unit_test(signed_texts_of_another_form_are_refused),
	    cmocka_unit_test(an_unsigned_head_is_refused),
	    cmocka_unit_test(a_head_can_be_read_without_its_key_and_only_in_its_form),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
