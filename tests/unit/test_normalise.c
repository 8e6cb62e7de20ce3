/* SPDX-License-Identifier: EUPL-1.2 */
/* test_normalise.c - the vectors, and what must hold for every input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>
#include <utf8proc.h>

#include "../support/files.h"
#include "proto/auto.h"
#include "proto/forms.h"
#include "proto/normalise.h"

enum { KINDS = IDENTIFIER_ADDRESS + 1 };

static json_t *vectors;

static int
load(void **state)
{
	(void)state;
	vectors = json_load_file(SOURCE_DIR "/tests/vectors/normalise.json", 0, NULL);
	return vectors == NULL ? -1 : 0;
}

static int
unload(void **state)
{
	(void)state;
	json_decref(vectors);
	return 0;
}

static const char *
text(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static void
assert_row(const json_t *row)
{
	AUTO(buf_wipe) struct buf out = buf_init(4096);
	const char               *in = text(row, "in"), *want = text(row, "out"),
	           *kind   = text(row, "kind");
	enum identifier id = identifier_from_name(kind);

	assert_non_null(text(row, "why"));
	assert_int_equal(buf_append(&out, slice_str("kept")), RC_OK);
	rc code = normalise(id, slice_str(in), &out);
	if (want == NULL) {
		if (code != RC_INVALID_SIGNAL)
			fail_msg("%s '%s' passed: %s", kind, in, text(row, "why"));
		assert_int_equal(out.n, 4);
		return;
	}
	struct slice got = slice_of(out.p + 4, out.n - 4);
	if (code != RC_OK || !slice_equal(got, slice_str(want)))
		fail_msg("%s '%s' became '%.*s': %s", kind, in, (int)got.n,
		    (const char *)got.p, text(row, "why"));
}

static void
the_vectors_come_out(void **state)
{
	const json_t *rows        = json_object_get(vectors, "rows");
	size_t        seen[KINDS] = {0};
	(void)state;

	assert_int_equal(
	    json_integer_value(json_object_get(vectors, "version")), NORMALISE_VERSION);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		assert_row(json_array_get(rows, i));
		seen[identifier_from_name(text(json_array_get(rows, i), "kind"))]++;
	}
	for (size_t k = 0; k < KINDS; k++) assert_true(seen[k] != 0);
}

/* If VALUE has a normal form of KIND, that form is its own. */
static void
assert_idempotent(enum identifier kind, struct slice value)
{
	AUTO(buf_wipe) struct buf once = buf_init(65536), twice = buf_init(65536);

	if (normalise(kind, value, &once) != RC_OK) return;
	assert_int_equal(normalise(kind, buf_slice(&once), &twice), RC_OK);
	assert_true(slice_equal(buf_slice(&once), buf_slice(&twice)));
}

static void
every_normal_form_is_its_own(void **state)
{
	const json_t *rows = json_object_get(vectors, "rows");
	(void)state;

	for (size_t i = 0; i < json_array_size(rows); i++)
		for (int k = 1; k < KINDS; k++)
			assert_idempotent((enum identifier)k,
			    slice_str(text(json_array_get(rows, i), "in")));
}

static size_t
encode(int32_t c, uint8_t *out)
{
	return (size_t)utf8proc_encode_char(c, out);
}

static void
so_is_that_of_any_code_point_in_a_name_or_address(void **state)
{
	(void)state;
	for (int32_t c = 1; c < 0x30000; c++) {
		uint8_t value[16] = {'a'};
		if (c >= 0xd800 && c < 0xe000) continue;
		size_t n   = 1 + encode(c, value + 1);
		value[n++] = 'b';
		assert_idempotent(IDENTIFIER_NAME, slice_of(value, n));
		memcpy(value + n, "@x", 2);
		assert_idempotent(IDENTIFIER_EMAIL, slice_of(value, n + 2));
	}
}

/* A letter with all it may carry: composed and decomposed spellings are one name. */
static void
composed_and_decomposed_spellings_are_equal(void **state)
{
	size_t n_different = 0;
	(void)state;

	for (int32_t c = 0xc0; c < 0x2000; c++) {
		uint8_t value[8];
		size_t  n = encode(c, value);
		value[n]  = 0;
		AUTO(auto_free)
		uint8_t *nfc = utf8proc_NFC(value), *nfd = utf8proc_NFD(value);
		assert_non_null(nfc);
		assert_non_null(nfd);
		for (int k = IDENTIFIER_EMAIL; k <= IDENTIFIER_NAME;
		     k += IDENTIFIER_NAME - IDENTIFIER_EMAIL) {
			AUTO(buf_wipe) struct buf a = buf_init(256), b = buf_init(256);
			AUTO(buf_wipe) struct buf x = buf_init(256), y = buf_init(256);
			const char *tail = k == IDENTIFIER_EMAIL ? "@x" : "";
			assert_int_equal(
			    buf_printf(&x, "%s%s", (char *)nfc, tail), RC_OK);
			assert_int_equal(
			    buf_printf(&y, "%s%s", (char *)nfd, tail), RC_OK);
			rc ra = normalise((enum identifier)k, buf_slice(&x), &a);
			rc rb = normalise((enum identifier)k, buf_slice(&y), &b);
			assert_int_equal(ra, rb);
			assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
		}
		n_different += strcmp((char *)nfc, (char *)nfd) != 0;
	}
	assert_true(n_different > 500);
}

/* A soft hyphen goes without a trace, so with and without it is the same. */
static void
ascii_is_read_as_what_is_not_all_ascii(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 0x80; c++)
		for (unsigned d = 0; d < 0x80; d++) {
			uint8_t text[] = {'A', (uint8_t)c, (uint8_t)d, 'b', '@', 'C', '.',
			    'n', 'l', 0xc2, 0xad};
			enum identifier kinds[] = {IDENTIFIER_NAME, IDENTIFIER_EMAIL};
			for (size_t k = 0; k < 2; k++) {
				AUTO(buf_wipe) struct buf plain = buf_init(100);
				AUTO(buf_wipe) struct buf other = buf_init(100);
				rc code = normalise(kinds[k], slice_of(text, 9), &plain);
				assert_int_equal(code,
				    normalise(kinds[k], slice_of(text, 11), &other));
				assert_true(
				    slice_equal(buf_slice(&plain), buf_slice(&other)));
			}
		}
}

/* What was there before stays, whatever becomes of the value. */
static void
a_normal_form_is_appended_whole_or_not_at_all(void **state)
{
	AUTO(buf_wipe) struct buf out = buf_init(100);
	(void)state;
	assert_int_equal(buf_append(&out, slice_str("before")), RC_OK);
	assert_int_equal(
	    normalise(IDENTIFIER_NAME, slice_str("Ab\tcd\001"), &out), RC_INVALID_SIGNAL);
	assert_true(slice_equal(buf_slice(&out), slice_str("before")));
	assert_true(sodium_is_zero(out.p + out.n, 4)); /* nor is it left behind */
	assert_int_equal(normalise(IDENTIFIER_NAME, slice_str("- O'Neil "), &out), RC_OK);
	assert_true(slice_equal(buf_slice(&out), slice_str("beforeo neil")));
}

static void
bytes_that_are_no_text_are_refused_by_every_kind(void **state)
{
	static const char *const bad[] = {
	    "\xff", "a\xc3", "\xed\xa0\x80@x", "\xc0\x80", "a\xf5\x80\x80\x80"};
	(void)state;

	for (int k = 1; k < KINDS; k++) {
		AUTO(buf_wipe) struct buf out = buf_init(256);
		for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
			assert_int_equal(
			    normalise((enum identifier)k, slice_str(bad[i]), &out),
			    RC_INVALID_SIGNAL);
		assert_int_equal(normalise((enum identifier)k, slice_of("a\0b", 3), &out),
		    RC_INVALID_SIGNAL);
		assert_int_equal(normalise((enum identifier)k, slice_of(NULL, 0), &out),
		    RC_INVALID_SIGNAL);
		assert_int_equal(out.n, 0);
	}
}

static void
overlong_values_are_refused_by_every_kind(void **state)
{
	static char value[5000];
	(void)state;

	memset(value, '1', sizeof value);
	for (int k = 1; k < KINDS; k++) {
		AUTO(buf_wipe) struct buf out = buf_init(65536);
		assert_int_equal(
		    normalise((enum identifier)k, slice_of(value, sizeof value), &out),
		    RC_INVALID_SIGNAL);
		assert_int_equal(normalise((enum identifier)k, slice_of(value, 81), &out),
		    RC_INVALID_SIGNAL);
	}
}

static void
kinds_and_names_round_trip(void **state)
{
	(void)state;
	for (int k = 1; k < KINDS; k++)
		assert_int_equal(
		    identifier_from_name(identifier_name((enum identifier)k)), k);
	assert_int_equal(identifier_from_name(""), IDENTIFIER_NONE);
	assert_int_equal(identifier_from_name("BSN"), IDENTIFIER_NONE);
	assert_int_equal(identifier_from_name("none"), IDENTIFIER_NONE);
	assert_string_equal(identifier_name((enum identifier)99), "none");
}

/* Of all numbers of nine digits one in eleven passes, and a changed digit never does. */
static void
the_eleven_test_finds_every_changed_digit(void **state)
{
	size_t passed = 0;
	(void)state;

	for (unsigned n = 100000000; n < 100110000; n++) {
		char s[10];
		(void)snprintf(s, sizeof s, "%u", n);
		if (!form_is_bsn(slice_str(s))) continue;
		passed++;
		for (int i = 0; i < 9; i++) {
			char was = s[i];
			for (char c = '0'; c <= '9'; c++) {
				s[i] = c;
				assert_int_equal(form_is_bsn(slice_str(s)), c == was);
			}
			s[i] = was;
		}
	}
	assert_int_equal(passed, 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_vectors_come_out),
	    cmocka_unit_test(every_normal_form_is_its_own),
	    cmocka_unit_test(so_is_that_of_any_code_point_in_a_name_or_address),
	    cmocka_unit_test(composed_and_decomposed_spellings_are_equal),
	    cmocka_unit_test(ascii_is_read_as_what_is_not_all_ascii),
	    cmocka_unit_test(a_normal_form_is_appended_whole_or_not_at_all),
	    cmocka_unit_test(bytes_that_are_no_text_are_refused_by_every_kind),
	    cmocka_unit_test(overlong_values_are_refused_by_every_kind),
	    cmocka_unit_test(kinds_and_names_round_trip),
	    cmocka_unit_test(the_eleven_test_finds_every_changed_digit),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
