/* SPDX-License-Identifier: EUPL-1.2 */
/* test_hash.c - the fast digests are those of the standards and of libsodium. */
#include "proto/hash.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST = 4 * 64 + 3 };

static uint8_t bytes[LONGEST];

static int
begin(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 7 + 1);
	return 0;
}

static void
digests_of_every_length_around_a_block_are_libsodiums(void **state)
{
	uint8_t want[HASH_BYTES], got[HASH_BYTES];
	(void)state;
	for (size_t n = 0; n <= sizeof bytes; n++) {
		(void)crypto_hash_sha256(want, bytes, n);
		sha256(slice_of(bytes, n), got);
		assert_memory_equal(got, want, sizeof want);
	}
}

static void
a_digest_is_the_same_however_it_is_cut_into_parts(void **state)
{
	uint8_t       want[HASH_BYTES], got[HASH_BYTES];
	struct sha256 h;
	(void)state;
	sha256(slice_of(bytes, 130), want);
	for (size_t a = 0; a <= 130; a++) {
		sha256_begin(&h);
		sha256_add(&h, slice_of(bytes, a));
		sha256_add(&h, slice_of(NULL, 0));
		sha256_add(&h, slice_of(bytes + a, 130 - a));
		sha256_end(&h, got);
		assert_memory_equal(got, want, sizeof want);
	}
}

static void
two_digests_may_be_under_way_at_once(void **state)
{
	uint8_t       want[HASH_BYTES], got[HASH_BYTES], other[HASH_BYTES];
	struct sha256 a, b;
	(void)state;
	sha256_begin(&a);
	sha256_add(&a, slice_of(bytes, 50));
	sha256_begin(&b);
	sha256_add(&b, slice_of(bytes, 99));
	sha256(slice_of(bytes, 7), other);
	sha256_add(&a, slice_of(bytes + 50, 50));
	sha256_end(&a, got);
	sha256_end(&b, other);
	sha256(slice_of(bytes, 100), want);
	assert_memory_equal(got, want, sizeof want);
	sha256(slice_of(bytes, 99), want);
	assert_memory_equal(other, want, sizeof want);
}

static void
a_cut_digest_is_its_beginning_and_not_one_byte_more(void **state)
{
	uint8_t want[HASH_BYTES], got[HASH_BYTES];
	(void)state;
	sha256(slice_of(bytes, 49), want);
	for (size_t n = 1; n <= HASH_BYTES; n++) {
		memset(got, 0x55, sizeof got);
		sha256_cut(slice_of(bytes, 49), got, n);
		assert_memory_equal(got, want, n);
		for (size_t i = n; i < sizeof got; i++) assert_int_equal(got[i], 0x55);
	}
}

static void
what_was_hashed_is_wiped_at_the_end(void **state)
{
	static const struct sha256 nothing;
	uint8_t                    got[HASH_BYTES];
	struct sha256              h;
	(void)state;
	sha256_begin(&h);
	sha256_add(&h, slice_of(bytes, 40));
	sha256_end(&h, got);
	assert_memory_equal(&h, &nothing, sizeof h);
}

/* RFC 4231, test case 2, with the key filled up with zeros as RFC 2104 does anyway. */
static void
the_mac_of_the_rfc_comes_out(void **state)
{
	static const uint8_t key[KEY_BYTES] = "Jefe";
	const struct slice   parts[]        = {
	             slice_str("what do ya want "), slice_str(""), slice_str("for nothing?")};
	uint8_t want[HASH_BYTES], got[HASH_BYTES];
	(void)state;
	assert_int_equal(
	    hex_decode("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b9"
	               "64ec3843",
	        want, sizeof want),
	    RC_OK);
	hmac_sha256(key, parts, 3, got);
	assert_memory_equal(got, want, sizeof want);
}

static void
macs_of_every_length_are_libsodiums(void **state)
{
	uint8_t want[HASH_BYTES], got[HASH_BYTES];
	(void)state;
	for (size_t n = 0; n <= 200; n++) {
		struct slice part = slice_of(bytes + 32, n);
		(void)crypto_auth_hmacsha256(want, part.p, n, bytes);
		hmac_sha256(bytes, &part, 1, got);
		assert_memory_equal(got, want, sizeof want);
	}
}

static void
a_part_may_be_what_the_mac_overwrites(void **state)
{
	uint8_t      want[HASH_BYTES], got[HASH_BYTES] = {0};
	struct slice part = slice_of(got, sizeof got);
	(void)state;
	memcpy(got, bytes, sizeof got);
	(void)crypto_auth_hmacsha256(want, bytes, sizeof got, bytes + 64);
	hmac_sha256(bytes + 64, &part, 1, got);
	assert_memory_equal(got, want, sizeof want);
}

/* What is padded by hand and compressed as it lies, for lengths around some blocks. */
static void
a_padded_message_has_the_same_digest(void **state)
{
	(void)state;
	for (size_t n = 0; n <= LONGEST; n++) {
		uint8_t room[6 * HASH_BLOCK] = {0}, want[HASH_BYTES], got[HASH_BYTES];
		struct sha256 h;
		size_t        blocks = sha256_blocks(n);
		memcpy(room, bytes, n);
		sha256_pad(room, n);
		sha256(slice_of(bytes, n), want);
		for (size_t cut = 4; cut <= sizeof want; cut += 4) {
			memset(got, 0xaa, sizeof got);
			sha256_padded(&h, room, room + HASH_BLOCK, blocks - 1, got, cut);
			assert_memory_equal(got, want, cut);
			assert_true(cut == sizeof got || got[cut] == 0xaa);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(digests_of_every_length_around_a_block_are_libsodiums),
	    cmocka_unit_test(a_digest_is_the_same_however_it_is_cut_into_parts),
	    cmocka_unit_test(two_digests_may_be_under_way_at_once),
	    cmocka_unit_test(a_cut_digest_is_its_beginning_and_not_one_byte_more),
	    cmocka_unit_test(what_was_hashed_is_wiped_at_the_end),
	    cmocka_unit_test(a_padded_message_has_the_same_digest),
	    cmocka_unit_test(the_mac_of_the_rfc_comes_out),
	    cmocka_unit_test(macs_of_every_length_are_libsodiums),
	    cmocka_unit_test(a_part_may_be_what_the_mac_overwrites),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
