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

static const uint8_t master[KEY_BYTES] = {5}, id[ID_BYTES] = {1},
                     other_id[ID_BYTES] = {2};

static void
seal(uint8_t key[KEY_BYTES], const char *text, uint64_t key_id, struct buf *out)
{
	uint8_t wrapped[WRAPPED_BYTES];
	*out = buf_init(1000);
	assert_int_equal(seal_new_key(master, key_id, key, wrapped), RC_OK);
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
	uint8_t key[KEY_BYTES], other[KEY_BYTES], wrapped[WRAPPED_BYTES];
	(void)state;
	seal(key, "text", 7, &sealed);
	assert_int_equal(seal_new_key(master, 8, other, wrapped), RC_OK);
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
a_key_unwraps_under_its_own_number_only(void **state)
{
	uint8_t key[KEY_BYTES], got[KEY_BYTES] = {0}, wrapped[WRAPPED_BYTES],
	                        wrong[KEY_BYTES] = {6};
	(void)state;
	assert_int_equal(seal_new_key(master, 7, key, wrapped), RC_OK);
	struct slice w = slice_of(wrapped, sizeof wrapped);
	assert_int_equal(seal_unwrap_key(master, 8, w, got), RC_CRYPTO);
	assert_int_equal(seal_unwrap_key(wrong, 7, w, got), RC_CRYPTO);
	assert_int_equal(
	    seal_unwrap_key(master, 7, slice_of(wrapped, sizeof wrapped - 1), got),
	    RC_CRYPTO);
	assert_int_equal(
	    seal_unwrap_key(master, 7, slice_of(wrapped, 0), got), RC_CRYPTO);
	for (size_t i = 0; i < sizeof wrapped * 8; i++) {
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(seal_unwrap_key(master, 7, w, got), RC_CRYPTO);
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_true(sodium_is_zero(got, sizeof got));
	assert_int_equal(seal_unwrap_key(master, 7, w, got), RC_OK);
	assert_memory_equal(got, key, sizeof key);
}

static void
a_wrapped_key_is_no_copy_and_a_copy_no_key(void **state)
{
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES];
	(void)state;
	assert_int_equal(seal_new_key(master, 7, key, wrapped), RC_OK);
	assert_int_equal(
	    opens(master, id, 7, slice_of(wrapped, sizeof wrapped)), RC_CRYPTO);
}

static void
no_key_and_no_ciphertext_comes_twice(void **state)
{
	uint8_t a[KEY_BYTES], b[KEY_BYTES], wa[WRAPPED_BYTES], wb[WRAPPED_BYTES];
	(void)state;
	assert_int_equal(seal_new_key(master, 7, a, wa), RC_OK);
	assert_int_equal(seal_new_key(master, 7, b, wb), RC_OK);
	assert_memory_not_equal(a, b, KEY_BYTES);
	assert_memory_not_equal(wa, wb, WRAPPED_BYTES);
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
	assert_int_not_equal(seal_copy(master, id, 1, slice_str("text"), &out), RC_OK);
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
	    cmocka_unit_test(a_key_unwraps_under_its_own_number_only),
	    cmocka_unit_test(a_wrapped_key_is_no_copy_and_a_copy_no_key),
	    cmocka_unit_test(no_key_and_no_ciphertext_comes_twice),
	    cmocka_unit_test(an_address_is_of_one_delivery_party_and_desk),
	    cmocka_unit_test(a_buffer_that_is_too_small_is_refused),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
