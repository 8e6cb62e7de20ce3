/* SPDX-License-Identifier: EUPL-1.2 */
/* test_seal.c - a ciphertext opens with its own key, in its own row, unchanged, or not.
 */
#include "broker/seal.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"

static const uint8_t id[ID_BYTES] = {1}, other_id[ID_BYTES] = {2};

/* Wrapping, oldest first. */
static const struct master_key masters[] = {
    {.id = 1, .secret = {5}}, {.id = 9, .secret = {6}}, {.id = 256, .secret = {7}}};

static void
wrap(const struct master_key *m, uint8_t key[KEY_BYTES], uint8_t wrapped[WRAPPED_BYTES])
{
	uint8_t nonce[24];

	randombytes_buf(nonce, sizeof nonce);
	randombytes_buf(key, KEY_BYTES);
	seal_wrap_key(m, nonce, key, wrapped);
}

/* As it was done before format 2 of the keys. */
static void
wrap_old(uint64_t key_id, const uint8_t key[KEY_BYTES], uint8_t out[WRAPPED_OLD_BYTES])
{
	uint8_t context[20] = "sluis-key/1";

	put_u64_be(context + 12, key_id);
	randombytes_buf(out, 24);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + 24, NULL, key, KEY_BYTES,
	    context, sizeof context, NULL, out, masters[0].secret);
}

static void
seal(uint8_t key[KEY_BYTES], const char *text, uint64_t key_id, struct buf *out)
{
	*out = buf_init(1000);
	randombytes_buf(key, KEY_BYTES);
	assert_int_equal(seal_copy(key, id, key_id, slice_str(text), out), RC_OK);
	assert_int_equal(out->n, strlen(text) + SEAL_OVERHEAD);
}

static rc
opens(const uint8_t *key, const uint8_t *row, uint64_t key_id, struct slice sealed)
{
	AUTO(buf_wipe) struct buf out = buf_init(1000);
	assert_int_equal(buf_append(&out, slice_str("before")), RC_OK);
	rc code = seal_open(key, row, key_id, sealed, &out);
	if (code != RC_OK) assert_int_equal(out.n, 6);
	return code;
}

static void
what_was_sealed_opens_again(void **state)
{
	static const char *const texts[] = {"", "x", "a copy of some length"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		AUTO(buf_wipe) struct buf sealed, out = buf_init(1000);
		uint8_t                   key[KEY_BYTES];
		seal(key, texts[i], 7, &sealed);
		assert_int_equal(seal_open(key, id, 7, buf_slice(&sealed), &out), RC_OK);
		assert_true(slice_equal(buf_slice(&out), slice_str(texts[i])));
	}
}

static void
it_does_not_open_in_another_row(void **state)
{
	AUTO(buf_wipe) struct buf sealed;
	uint8_t                   key[KEY_BYTES], other[KEY_BYTES] = {1};
	(void)state;
	seal(key, "text", 7, &sealed);
	assert_int_equal(opens(key, other_id, 7, buf_slice(&sealed)), RC_CRYPTO);
	assert_int_equal(opens(key, id, 8, buf_slice(&sealed)), RC_CRYPTO);
	assert_int_equal(opens(other, id, 7, buf_slice(&sealed)), RC_CRYPTO);
	assert_int_equal(opens(key, id, 7, buf_slice(&sealed)), RC_OK);
}

static void
it_does_not_open_with_any_bit_changed(void **state)
{
	AUTO(buf_wipe) struct buf sealed;
	uint8_t                   key[KEY_BYTES];
	(void)state;
	seal(key, "a short text", 7, &sealed);
	for (size_t i = 0; i < sealed.n * 8; i++) {
		sealed.p[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(opens(key, id, 7, buf_slice(&sealed)), RC_CRYPTO);
		sealed.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void
it_does_not_open_cut_short(void **state)
{
	AUTO(buf_wipe) struct buf sealed;
	uint8_t                   key[KEY_BYTES];
	(void)state;
	seal(key, "a short text", 7, &sealed);
	for (size_t n = 0; n < sealed.n; n++)
		assert_int_equal(opens(key, id, 7, slice_of(sealed.p, n)), RC_CRYPTO);
}

static void
unwraps_to(size_t first, size_t n, struct slice wrapped, const uint8_t *key)
{
	uint8_t got[KEY_BYTES] = {0};

	rc code = seal_unwrap_key(masters + first, n, 7, wrapped, got);
	assert_int_equal(code, key == NULL ? RC_CRYPTO : RC_OK);
	if (key == NULL)
		assert_true(sodium_is_zero(got, sizeof got));
	else
		assert_memory_equal(got, key, KEY_BYTES);
}

static void
a_key_unwraps_by_the_master_key_that_it_names_only(void **state)
{
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES];
	(void)state;
	for (size_t m = 0; m < 3; m++) {
		wrap(&masters[m], key, wrapped);
		struct slice w = slice_of(wrapped, sizeof wrapped);
		unwraps_to(0, 3, w, key);
		unwraps_to(m, 1, w, key);
		unwraps_to((m + 1) % 3, 1, w, NULL);
		unwraps_to(0, m, w, NULL);
	}
}

static void
a_wrapped_key_that_was_changed_unwraps_to_nothing(void **state)
{
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES + 1] = {0};
	(void)state;
	wrap(&masters[1], key, wrapped);
	for (size_t n = 0; n <= sizeof wrapped; n++)
		unwraps_to(0, 3, slice_of(wrapped, n), n == WRAPPED_BYTES ? key : NULL);
	for (size_t i = 0; i < (size_t)WRAPPED_BYTES * 8; i++) {
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
		unwraps_to(0, 3, slice_of(wrapped, WRAPPED_BYTES), NULL);
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void
a_key_of_the_old_form_unwraps_by_master_key_1_under_its_number(void **state)
{
	uint8_t key[KEY_BYTES] = {3}, wrapped[WRAPPED_OLD_BYTES];
	(void)state;
	wrap_old(7, key, wrapped);
	struct slice w = slice_of(wrapped, sizeof wrapped);
	unwraps_to(0, 3, w, key);
	unwraps_to(0, 1, w, key);
	unwraps_to(1, 2, w, NULL);
	unwraps_to(0, 3, slice_of(wrapped, sizeof wrapped - 1), NULL);
	for (size_t i = 0; i < sizeof wrapped * 8; i++) {
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
		unwraps_to(0, 3, w, NULL);
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	wrap_old(8, key, wrapped);
	unwraps_to(0, 3, w, NULL);
}

static void
a_wrapped_key_is_no_copy_and_a_copy_no_key(void **state)
{
	uint8_t                   key[KEY_BYTES], wrapped[WRAPPED_BYTES];
	AUTO(buf_wipe) struct buf copy = buf_init(1000);
	(void)state;
	wrap(&masters[0], key, wrapped);
	assert_int_equal(
	    opens(masters[0].secret, id, 7, slice_of(wrapped + 4, sizeof wrapped - 4)),
	    RC_CRYPTO);
	assert_int_equal(
	    seal_copy(masters[0].secret, id, 7, slice_of(key, sizeof key), &copy), RC_OK);
	unwraps_to(0, 3, buf_slice(&copy), NULL);
}

static void
a_detail_is_no_copy_and_a_copy_no_detail(void **state)
{
	static const uint8_t zero[ID_BYTES] = {0};
	AUTO(buf_wipe)
	struct buf copy = buf_init(1000), detail = buf_init(1000), out = buf_init(1000);
	uint8_t    key[KEY_BYTES] = {3};
	(void)state;
	assert_int_equal(seal_copy(key, zero, 7, slice_str("text"), &copy), RC_OK);
	assert_int_equal(seal_detail(key, 0, 7, slice_str("text"), &detail), RC_OK);
	assert_int_equal(opens(key, zero, 7, buf_slice(&copy)), RC_OK);
	assert_int_equal(opens(key, zero, 7, buf_slice(&detail)), RC_CRYPTO);
	assert_int_equal(seal_open_detail(key, 0, 7, buf_slice(&detail), &out), RC_OK);
	assert_int_equal(seal_open_detail(key, 0, 7, buf_slice(&copy), &out), RC_CRYPTO);
}

static void
an_address_is_of_one_delivery_party_and_desk(void **state)
{
	uint8_t all[6][ID_BYTES];
	(void)state;
	seal_address(id, "00000099000000020000", "avim", all[0]);
	seal_address(other_id, "00000099000000020000", "avim", all[1]);
	seal_address(id, "00000099000000020001", "avim", all[2]);
	seal_address(id, "00000099000000020000", "avin", all[3]);
	seal_address(id, "0000009900000002000", "0avim",
	    all[4]); /* the same bytes, cut elsewhere */
	seal_address(id, "00000099000000020000a", "vim", all[5]);
	for (int i = 0; i < 6; i++)
		for (int k = 0; k < i; k++)
			assert_memory_not_equal(all[i], all[k], ID_BYTES);
}

static void
a_buffer_that_is_too_small_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf out = buf_init(10);
	(void)state;
	assert_int_not_equal(
	    seal_copy(masters[0].secret, id, 1, slice_str("text"), &out), RC_OK);
	assert_int_equal(out.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_sealed_opens_again),
	    cmocka_unit_test(it_does_not_open_in_another_row),
	    cmocka_unit_test(it_does_not_open_with_any_bit_changed),
	    cmocka_unit_test(it_does_not_open_cut_short),
	    cmocka_unit_test(a_key_unwraps_by_the_master_key_that_it_names_only),
	    cmocka_unit_test(a_wrapped_key_that_was_changed_unwraps_to_nothing),
	    cmocka_unit_test(
	        a_key_of_the_old_form_unwraps_by_master_key_1_under_its_number),
	    cmocka_unit_test(a_wrapped_key_is_no_copy_and_a_copy_no_key),
	    cmocka_unit_test(a_detail_is_no_copy_and_a_copy_no_detail),
	    cmocka_unit_test(an_address_is_of_one_delivery_party_and_desk),
	    cmocka_unit_test(a_buffer_that_is_too_small_is_refused),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
