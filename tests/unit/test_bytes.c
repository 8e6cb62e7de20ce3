/* SPDX-License-Identifier: EUPL-1.2 */
/* test_bytes.c - buffers keep their limits, text forms are strict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/bytes.h"

static void
assert_holds(const struct buf *b, const char *text)
{
	assert_int_equal(b->n, strlen(text));
	assert_memory_equal(b->p, text, b->n);
}

static void
a_buffer_takes_its_maximum_and_not_a_byte_more(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(5);
	(void)state;

	assert_int_equal(buf_append(&b, slice_str("abcde")), RC_OK);
	assert_int_equal(buf_append(&b, slice_str("f")), RC_TOO_LARGE);
	assert_holds(&b, "abcde");
	assert_int_equal(buf_append(&b, slice_str("")), RC_OK);
}

static void
a_refused_append_changes_nothing(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(4);
	(void)state;

	assert_int_equal(buf_append(&b, slice_str("ab")), RC_OK);
	assert_int_equal(buf_append(&b, slice_str("cde")), RC_TOO_LARGE);
	assert_int_equal(buf_append(&b, slice_of("x", SIZE_MAX)), RC_TOO_LARGE);
	assert_null(buf_extend(&b, 3));
	assert_int_equal(buf_printf(&b, "%s", "cde"), RC_TOO_LARGE);
	assert_int_equal(base64_encode(slice_str("x"), &b), RC_TOO_LARGE);
	assert_int_equal(base64_decode(slice_str("YWJj"), &b), RC_TOO_LARGE);
	assert_holds(&b, "ab");
}

static void
text_and_base64_may_fill_a_buffer_exactly(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(6);
	(void)state;

	assert_int_equal(buf_printf(&b, "%d", 12), RC_OK);
	assert_int_equal(base64_encode(slice_str("abc"), &b), RC_OK);
	assert_holds(&b, "12YWJj");
	buf_wipe(&b);
	assert_int_equal(base64_decode(slice_str("YWJjZGU="), &b), RC_OK);
	assert_int_equal(buf_printf(&b, "%s", "f"), RC_OK);
	assert_holds(&b, "abcdef");
}

static void
growing_keeps_what_was_there(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(100000);
	(void)state;

	for (int i = 0; i < 10000; i++) {
		uint8_t c = (uint8_t)i;
		assert_int_equal(buf_append(&b, slice_of(&c, 1)), RC_OK);
	}
	for (size_t i = 0; i < 10000; i++) assert_int_equal(b.p[i], (uint8_t)i);
	assert_true(b.cap >= b.n);
}

static void
extension_is_zeroed(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(256);
	(void)state;

	uint8_t *p = buf_extend(&b, 200);
	assert_non_null(p);
	for (int i = 0; i < 200; i++) assert_int_equal(p[i], 0);
	memset(p, 0xff, 200);
	b.n = 0;
	p   = buf_extend(&b, 200);
	assert_non_null(p);
	for (int i = 0; i < 200; i++) assert_int_equal(p[i], 0);
}

static void
wiping_twice_is_harmless_and_keeps_the_maximum(void **state)
{
	struct buf b = buf_init(9);
	(void)state;

	assert_int_equal(buf_append(&b, slice_str("abc")), RC_OK);
	buf_wipe(&b);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	assert_int_equal(b.max, 9);
	buf_wipe(&b);
}

static void
slices_compare_by_content(void **state)
{
	(void)state;
	assert_true(slice_equal(slice_str("ab"), slice_str("ab")));
	assert_false(slice_equal(slice_str("ab"), slice_str("ac")));
	assert_false(slice_equal(slice_str("ab"), slice_str("abc")));
	assert_true(slice_equal(slice_str(""), slice_str(NULL)));
}

static void
hex_that_does_not_fit_is_not_written(void **state)
{
	static const uint8_t bytes[300] = {1};
	char                 text[]     = "12345678";
	(void)state;

	hex_encode(text, 5, slice_of(bytes, sizeof bytes));
	assert_string_equal(text, "");
	assert_string_equal(text + 1, "2345678");
	hex_encode(text, 4, slice_of(bytes, 2));
	assert_string_equal(text, "");
	hex_encode(text, 5, slice_of(bytes, 2));
	assert_string_equal(text, "0100");
}

static void
hex_is_exact(void **state)
{
	uint8_t out[2] = {7, 7};
	char    text[5];
	(void)state;

	assert_int_equal(hex_decode("0aFF", out, 2), RC_OK);
	assert_int_equal(out[0], 0x0a);
	assert_int_equal(out[1], 0xff);
	hex_encode(text, sizeof text, slice_of(out, 2));
	assert_string_equal(text, "0aff");
	memset(out, 7, 2);
	static const char *const bad[] = {
	    "", "0a", "0a0", "0a0g", "0a0a0", "0a0a0a", " a0a"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(hex_decode(bad[i], out, 2), RC_MALFORMED);
	assert_int_equal(out[0], 7);
}

static void
base64_follows_rfc4648_section_10(void **state)
{
	static const char *const rows[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
	    {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"}};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO(buf_wipe) struct buf text = buf_init(64), back = buf_init(64);
		assert_int_equal(base64_encode(slice_str(rows[i][0]), &text), RC_OK);
		assert_holds(&text, rows[i][1]);
		assert_int_equal(base64_decode(buf_slice(&text), &back), RC_OK);
		assert_holds(&back, rows[i][0]);
	}
}

static void
base64_takes_its_alphabet_and_no_other_byte(void **state)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	(void)state;
	for (unsigned c = 1; c < 256; c++)
		for (unsigned at = 0; at < 4; at++) {
			uint8_t    text[4] = {'A', 'A', 'A', 'A'};
			struct buf out     = buf_init(8);
			text[at]           = (uint8_t)c;
			bool good          = strchr(alphabet, (int)c) != NULL ||
			            (at == 3 && c == '='); /* "AAA=" */
			assert_int_equal(base64_decode(slice_of(text, 4), &out),
			    good ? RC_OK : RC_MALFORMED);
			buf_wipe(&out);
		}
}

static void
base64_refuses_all_other_spellings(void **state)
{
	static const char *const bad[] = {
	    "Zg=",       /* padding cut short */
	    "Zg",        /* no padding */
	    "Zh==",      /* trailing bits */
	    "Zm9=",      /* trailing bits */
	    "Zg==\n",    /* a newline behind */
	    "Z g=",      /* a space */
	    "Zm9v====",  /* padding without need */
	    "====",      /* only padding */
	    "A===",      /* one digit is no byte */
	    "Zm_v",      /* the other alphabet */
	    "Zg==Zg==",  /* two texts */
	    "Zm9v\0Zm8", /* read as C string by mistake */
	};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO(buf_wipe) struct buf out = buf_init(64);
		assert_int_equal(buf_append(&out, slice_str("x")), RC_OK);
		size_t n = i + 1 == sizeof bad / sizeof bad[0] ? 8 : strlen(bad[i]);
		assert_int_equal(base64_decode(slice_of(bad[i], n), &out), RC_MALFORMED);
		assert_holds(&out, "x");
	}
}

static void
big_endian_numbers_round_trip(void **state)
{
	uint8_t b[8];
	(void)state;

	put_u64_be(b, UINT64_C(0x0102030405060708));
	for (int i = 0; i < 8; i++) assert_int_equal(b[i], i + 1);
	assert_true(get_u64_be(b) == UINT64_C(0x0102030405060708));
	put_u64_be(b, UINT64_MAX);
	assert_true(get_u64_be(b) == UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_buffer_takes_its_maximum_and_not_a_byte_more),
	    cmocka_unit_test(a_refused_append_changes_nothing),
	    cmocka_unit_test(text_and_base64_may_fill_a_buffer_exactly),
	    cmocka_unit_test(growing_keeps_what_was_there),
	    cmocka_unit_test(extension_is_zeroed),
	    cmocka_unit_test(wiping_twice_is_harmless_and_keeps_the_maximum),
	    cmocka_unit_test(slices_compare_by_content),
	    cmocka_unit_test(hex_that_does_not_fit_is_not_written),
	    cmocka_unit_test(hex_is_exact),
	    cmocka_unit_test(base64_follows_rfc4648_section_10),
	    cmocka_unit_test(base64_refuses_all_other_spellings),
	    cmocka_unit_test(base64_takes_its_alphabet_and_no_other_byte),
	    cmocka_unit_test(big_endian_numbers_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
