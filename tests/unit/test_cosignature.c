/* SPDX-License-Identifier: EUPL-1.2 */
/* test_cosignature.c - the word of a witness: its form, and what it does not cover. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "../support/cosigned.h"
#include "proto/auto.h"
#include "proto/checkpoint.h"
#include "proto/cosignature.h"

#define DASH "\xe2\x80\x94 "
#define ROOT64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define TEXT "sluis.example/test\n5\n" ROOT64 "\n"

static uint8_t              log_secret[64], secret[64];
static struct note_verifier log_key, us;
static struct buf           head; /* a signed checkpoint, TEXT */

static int
make_keys(void **state)
{
	static const uint8_t log_seed[32] = {'l'}, seed[32] = {'w'};
	uint8_t              pub[32];
	struct checkpoint    c;
	(void)state;

	if (sodium_init() < 0) return -1;
	(void)crypto_sign_seed_keypair(pub, log_secret, log_seed);
	if (note_verifier_init(&log_key, "sluis.example/test", pub) != RC_OK) return -1;
	(void)crypto_sign_seed_keypair(pub, secret, seed);
	if (note_key_init(&us, NOTE_COSIGNATURE, "sluis.example/test/witness/a", pub) !=
	    RC_OK)
		return -1;
	head = buf_init(4096);
	if (note_sign(&log_key, log_secret, slice_str(TEXT), &head) != RC_OK) return -1;
	return checkpoint_open(buf_slice(&head), &log_key, &c) == RC_OK ? 0 : -1;
}

static int
end_keys(void **state)
{
	(void)state;
	buf_wipe(&head);
	return 0;
}

/* LINE, with or without its newline, against TEXT of a checkpoint. */
static rc
check(struct slice line, const char *text, uint64_t *ret_time_s)
{
	if (line.n != 0 && line.p[line.n - 1] == '\n') line.n--;
	return cosignature_check(line, &us, slice_str(text), ret_time_s);
}

static void
make(uint64_t time_s, struct buf *out)
{
	assert_int_equal(
	    cosignature_make(&us, secret, buf_slice(&head), time_s, out), RC_OK);
}

/* --- vectors from elsewhere ------------------------------------------------------ */

static void
a_foreign_log_was_cosigned_by_foreign_witnesses(void **state)
{
	struct note_verifier w;
	uint64_t             time_s = 0;
	(void)state;

	for (size_t i = 0; i < N_FOREIGN; i++) {
		assert_int_equal(
		    note_key_parse(&w, NOTE_COSIGNATURE, foreign_witnesses[i]), RC_OK);
		assert_int_equal(
		    cosignature_find(slice_str(foreign_note), &w, &time_s), RC_OK);
		assert_int_equal(time_s, FOREIGN_TIME);
	}
}

/* A witness key of seed 17, 0, 0, ... as in the tests of sigsum-go. */
static void
ours_equals_that_of_another_implementation(void **state)
{
	static const uint8_t seed[32] = {17};
	static const char    note[] =
	    "example.org/log\n10\n"
	    "HA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n" DASH "x AAAAAAA=\n";
	uint8_t                   pub[32], key[64];
	struct note_verifier      w;
	AUTO(buf_wipe) struct buf out = buf_init(1024);
	(void)state;

	(void)crypto_sign_seed_keypair(pub, key, seed);
	assert_int_equal(
	    note_key_init(&w, NOTE_COSIGNATURE, "example.org/witness", pub), RC_OK);
	assert_int_equal(cosignature_make(&w, key, slice_str(note), 1234, &out), RC_OK);
	assert_true(slice_equal(buf_slice(&out),
	    slice_str(DASH "example.org/witness ys8uUAAAAAAAAATSftMzceM8zssdZ9jin9SjwIxz"
	                   "x9iADMf63VqirX2hafol9RsqNqbofIz0LVRqHXI2kpEBSki5RTXFtxz1vo9+"
	                   "Cg==\n")));
}

static void
a_foreign_key_is_written_back_as_it_was(void **state)
{
	struct note_verifier w;
	char                 out[NOTE_VKEY_MAX];
	(void)state;

	for (size_t i = 0; i < N_FOREIGN; i++) {
		assert_int_equal(
		    note_key_parse(&w, NOTE_COSIGNATURE, foreign_witnesses[i]), RC_OK);
		assert_int_equal(note_key_format(&w, NOTE_COSIGNATURE, out), RC_OK);
		assert_string_equal(out, foreign_witnesses[i]);
	}
}

static void
a_key_serves_one_type(void **state)
{
	struct note_verifier w;
	(void)state;

	for (size_t i = 0; i < N_FOREIGN; i++)
		assert_int_equal(
		    note_verifier_parse(&w, foreign_witnesses[i]), RC_BAD_NOTE);
	assert_int_equal(note_key_parse(&w, NOTE_COSIGNATURE, foreign_log), RC_BAD_NOTE);
	assert_int_equal(note_verifier_parse(&w, foreign_log), RC_OK);
}

/* --- our own --------------------------------------------------------------------- */

static void
what_is_cosigned_is_checked(void **state)
{
	static const uint64_t times[] = {0, 1, 1679315147, INT64_MAX};
	(void)state;

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		AUTO(buf_wipe) struct buf out    = buf_init(1024);
		uint64_t                  time_s = 7;
		make(times[i], &out);
		assert_int_equal(check(buf_slice(&out), TEXT, &time_s), RC_OK);
		assert_true(time_s == times[i]);
		assert_true(out.n < COSIGNATURE_LINE_MAX);
	}
}

/* The line of us at TIME_S that signs MESSAGE, whatever it says. */
static void
forge(const char *message, uint64_t time_s, struct buf *out)
{
	uint8_t blob[8 + SIG_BYTES];

	put_u64_be(blob, time_s);
	(void)crypto_sign_detached(
	    blob + 8, NULL, (const uint8_t *)message, strlen(message), secret);
	assert_int_equal(note_write_line(&us, slice_of(blob, sizeof blob), out), RC_OK);
}

static void
the_signed_bytes_are_exactly_these(void **state)
{
	static const char *const bad[] = {
	    TEXT,
	    "time 5\n" TEXT,
	    "cosignature/v1\n" TEXT,
	    "cosignature/v1\ntime 05\n" TEXT,
	    "cosignature/v1\ntime 6\n" TEXT,
	    "cosignature/v1\ntime 5\n\n" TEXT,
	    "cosignature/v2\ntime 5\n" TEXT,
	    "cosignature/v1\ntime 5\n" TEXT "\n",
	    "cosignature/v1\ntime 5\nsluis.example/test\n6\n" ROOT64 "\n",
	};
	AUTO(buf_wipe) struct buf good = buf_init(1024);
	uint64_t                  time_s;
	(void)state;

	forge("cosignature/v1\ntime 5\n" TEXT, 5, &good);
	assert_int_equal(check(buf_slice(&good), TEXT, &time_s), RC_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO(buf_wipe) struct buf out = buf_init(1024);
		forge(bad[i], 5, &out);
		assert_int_equal(check(buf_slice(&out), TEXT, &time_s), RC_BAD_NOTE);
	}
}

static void
it_is_about_one_head_only(void **state)
{
	static const char *const others[] = {
	    "sluis.example/test\n6\n" ROOT64 "\n", /* another size */
	    "sluis.example/test\n5\n57DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	    "sluis.example/tesu\n5\n" ROOT64 "\n", /* another log */
	    TEXT "more\n",                         /* an extension line */
	    "",
	};
	AUTO(buf_wipe) struct buf out    = buf_init(1024);
	uint64_t                  time_s = 7;
	(void)state;

	make(9, &out);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_int_equal(check(buf_slice(&out), others[i], &time_s), RC_BAD_NOTE);
	assert_int_equal(time_s, 7);
}

static void
a_time_beyond_2_to_the_63_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf out = buf_init(1024);
	uint64_t                  time_s;
	(void)state;

	assert_int_equal(cosignature_make(&us, secret, buf_slice(&head),
	                     (uint64_t)INT64_MAX + 1, &out),
	    RC_BAD_NOTE);
	assert_int_equal(out.n, 0);
	forge("cosignature/v1\ntime 9223372036854775808\n" TEXT, (uint64_t)INT64_MAX + 1,
	    &out);
	assert_int_equal(check(buf_slice(&out), TEXT, &time_s), RC_BAD_NOTE);
}

static void
every_changed_bit_of_a_line_is_noticed(void **state)
{
	AUTO(buf_wipe) struct buf out = buf_init(1024);
	uint64_t                  time_s;
	(void)state;

	make(1679315147, &out);
	for (size_t bit = 0; bit < (out.n - 1) * 8; bit++) {
		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (cosignature_check(slice_of(out.p, out.n - 1), &us, slice_str(TEXT),
		        &time_s) == RC_OK)
			fail_msg("bit %zu of %zu: %.*s", bit, out.n * 8, (int)out.n,
			    (const char *)out.p);
		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < out.n - 1; n++)
		assert_int_not_equal(
		    cosignature_check(slice_of(out.p, n), &us, slice_str(TEXT), &time_s),
		    RC_OK);
}

static void
the_line_of_another_is_not_ours(void **state)
{
	AUTO(buf_wipe) struct buf out = buf_init(1024), plain = buf_init(1024);
	struct note_verifier      other = us;
	uint64_t                  time_s;
	struct slice              text, lines;
	(void)state;

	(void)strcpy(other.name, "sluis.example/test/witness/b"); /* our id, other name */
	assert_int_equal(
	    cosignature_make(&other, secret, buf_slice(&head), 5, &out), RC_OK);
	assert_int_equal(check(buf_slice(&out), TEXT, &time_s), RC_NOT_FOUND);
	/* our key, signing the head as a log does: another key id */
	assert_int_equal(note_verifier_init(&other, us.name, us.public_key), RC_OK);
	assert_int_equal(note_sign(&other, secret, slice_str(TEXT), &plain), RC_OK);
	assert_int_equal(note_split(buf_slice(&plain), &text, &lines), RC_OK);
	assert_int_equal(check(lines, TEXT, &time_s), RC_NOT_FOUND);
}

static void
no_witness_signs_with_another_key(void **state)
{
	AUTO(buf_wipe) struct buf out = buf_init(1024);
	(void)state;

	assert_int_equal(
	    cosignature_make(&us, log_secret, buf_slice(&head), 5, &out), RC_CRYPTO);
	out.max = 20;
	assert_int_equal(
	    cosignature_make(&us, secret, buf_slice(&head), 5, &out), RC_TOO_LARGE);
	assert_int_equal(out.n, 0);
}

static void
only_a_signed_note_is_cosigned(void **state)
{
	static const char *const  bad[] = {"", "\n", TEXT, TEXT "\n", "a\n\nb"};
	AUTO(buf_wipe) struct buf out   = buf_init(1024);
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    cosignature_make(&us, secret, slice_str(bad[i]), 5, &out),
		    RC_BAD_NOTE);
	assert_int_equal(out.n, 0);
}

/* --- in a note ------------------------------------------------------------------- */

static void
a_note_with_cosignatures_is_still_the_logs(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(4096);
	struct checkpoint         c;
	uint64_t                  time_s = 0;
	(void)state;

	assert_int_equal(buf_append(&note, buf_slice(&head)), RC_OK);
	assert_int_equal(cosignature_find(buf_slice(&note), &us, &time_s), RC_NOT_FOUND);
	make(7, &note);
	make(9, &note);
	make(8, &note);
	assert_int_equal(checkpoint_open(buf_slice(&note), &log_key, &c), RC_OK);
	assert_int_equal(cosignature_find(buf_slice(&note), &us, &time_s), RC_OK);
	assert_int_equal(time_s, 9);
}

static void
one_bad_line_of_ours_spoils_the_note(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(4096);
	uint64_t                  time_s;
	(void)state;

	assert_int_equal(buf_append(&note, buf_slice(&head)), RC_OK);
	make(7, &note);
	forge("cosignature/v1\ntime 5\nelse\n", 5, &note);
	assert_int_equal(cosignature_find(buf_slice(&note), &us, &time_s), RC_BAD_NOTE);
}

static void
a_cosignature_does_not_replace_the_logs_signature(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(4096);
	struct checkpoint         c;
	(void)state;

	assert_int_equal(buf_append(&note, slice_str(TEXT "\n")), RC_OK);
	make(7, &note);
	assert_int_equal(checkpoint_open(buf_slice(&note), &log_key, &c), RC_BAD_NOTE);
	assert_int_equal(checkpoint_open(buf_slice(&note), &us, &c), RC_BAD_NOTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_foreign_log_was_cosigned_by_foreign_witnesses),
	    cmocka_unit_test(ours_equals_that_of_another_implementation),
	    cmocka_unit_test(a_foreign_key_is_written_back_as_it_was),
	    cmocka_unit_test(a_key_serves_one_type),
	    cmocka_unit_test(what_is_cosigned_is_checked),
	    cmocka_unit_test(the_signed_bytes_are_exactly_these),
	    cmocka_unit_test(it_is_about_one_head_only),
	    cmocka_unit_test(a_time_beyond_2_to_the_63_is_refused),
	    cmocka_unit_test(every_changed_bit_of_a_line_is_noticed),
	    cmocka_unit_test(the_line_of_another_is_not_ours),
	    cmocka_unit_test(no_witness_signs_with_another_key),
	    cmocka_unit_test(only_a_signed_note_is_cosigned),
	    cmocka_unit_test(a_note_with_cosignatures_is_still_the_logs),
	    cmocka_unit_test(one_bad_line_of_ours_spoils_the_note),
	    cmocka_unit_test(a_cosignature_does_not_replace_the_logs_signature),
	};
	return cmocka_run_group_tests(tests, make_keys, end_keys);
}
