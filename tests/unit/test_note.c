/* SPDX-License-Identifier: EUPL-1.2 */
/* test_note.c - signed notes: what is one, what is not, and whose it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/note.h"

#define DASH "\xe2\x80\x94 "

/* The vkey of the note package's own documentation, and a note it signed. */
#define NEUMANN "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define NEUMANN_TEXT                                                 \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define NEUMANN_LINE                                                         \
	DASH "PeterNeumann "                                                 \
	     "x08go/ZJkuBS9UG/"                                              \
	     "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ" \
	     "b6KE6RyyBwJnAM=\n"

static uint8_t              public_key[32], secret_key[64];
static struct note_verifier us;

static int
make_keys(void **state)
{
	static const uint8_t seed[32] = {'n', 'o', 't', 'e'};
	(void)state;

	if (sodium_init() < 0) return -1;
	if (crypto_sign_seed_keypair(public_key, secret_key, seed) != 0) return -1;
	return note_verifier_init(&us, "sluis.example/test", public_key) == RC_OK ? 0
	                                                                          : -1;
}

static rc
open_text(const char *note, size_t n, const struct note_verifier *v)
{
	struct slice text;
	return note_open(slice_of(note, n), v, &text);
}

#define OPEN(note) open_text(note, strlen(note), &us)

/* --- keys ------------------------------------------------------------------------ */

static void
a_foreign_note_opens(void **state)
{
	struct note_verifier v;
	struct slice         text;
	(void)state;

	assert_int_equal(note_verifier_parse(&v, NEUMANN), RC_OK);
	assert_string_equal(v.name, "PeterNeumann");
	assert_int_equal(
	    note_open(slice_str(NEUMANN_TEXT "\n" NEUMANN_LINE), &v, &text), RC_OK);
	assert_true(slice_equal(text, slice_str(NEUMANN_TEXT)));
	assert_int_equal(note_open(slice_str(NEUMANN_TEXT "\n" NEUMANN_LINE), &us, &text),
	    RC_BAD_NOTE);
}

static void
key_strings_round_trip(void **state)
{
	struct note_verifier v;
	char                 text[NOTE_VKEY_MAX];
	(void)state;

	assert_int_equal(note_verifier_format(&us, text), RC_OK);
	assert_int_equal(note_verifier_parse(&v, text), RC_OK);
	assert_memory_equal(&v, &us, sizeof v);
	assert_int_equal(note_verifier_parse(&v, NEUMANN), RC_OK);
	assert_int_equal(note_verifier_format(&v, text), RC_OK);
	assert_string_equal(text, NEUMANN);
}

static void
malformed_key_strings_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "PeterNeumann",
	    "PeterNeumann+c74f20a3",
	    "PeterNeumann+c74f20a3+",
	    "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* no name */
	    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* id */
	    "PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* name
	                                                                           */
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX", /* key
	                                                                           */
	    "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* type
	                                                                             2 */
	    "PeterNeumann+c74f20+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "PeterNeumann+c74f20a3a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "PeterNeumann+c74f20g3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", /* base64
	                                                                          */
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy", /* short */
	    NEUMANN "\n",
	    NEUMANN "AAAA",
	    (" " NEUMANN),
	};
	struct note_verifier v = us;
	char                 longest[NOTE_VKEY_MAX + 1];
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(note_verifier_parse(&v, bad[i]), RC_BAD_NOTE);
	memset(longest, 'a', sizeof longest);
	longest[NOTE_VKEY_MAX] = '\0';
	assert_int_equal(note_verifier_parse(&v, longest), RC_BAD_NOTE);
	assert_memory_equal(&v, &us, sizeof v); /* untouched */
}

static void
key_names_have_no_space_plus_or_control_character(void **state)
{
	static const char *const bad[] = {"", " ", "a b", "a+b", "a\tb", "a\nb", "a\x7f",
	    "a\xc2\xa0", "a\xc2\x85", "a\xe2\x80\x83", "a\xe2\x80\xa8", "\xe3\x80\x80",
	    "a\x01", "\xff", "a\xc3", "\xed\xa0\x80"};
	struct note_verifier     v;
	char                     name[NOTE_NAME_MAX + 2];
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(note_verifier_init(&v, bad[i], public_key), RC_BAD_NOTE);
	memset(name, 'n', sizeof name);
	name[NOTE_NAME_MAX + 1] = '\0';
	assert_int_equal(note_verifier_init(&v, name, public_key), RC_BAD_NOTE);
	name[NOTE_NAME_MAX] = '\0';
	assert_int_equal(note_verifier_init(&v, name, public_key), RC_OK);
	assert_int_equal(note_verifier_format(&v, (char[NOTE_VKEY_MAX]){0}), RC_OK);
	assert_int_equal(
	    note_verifier_init(&v, "caf\xc3\xa9.example/\xe2\x82\xac", public_key),
	    RC_OK);
}

/* --- opening --------------------------------------------------------------------- */

static char *
signed_note(const char *text)
{
	AUTO(buf_wipe) struct buf b = buf_init(NOTE_MAX + 1024);

	assert_int_equal(note_sign(&us, secret_key, slice_str(text), &b), RC_OK);
	assert_int_equal(buf_append(&b, slice_of("", 1)), RC_OK);
	char *copy = strdup((char *)b.p);
	assert_non_null(copy);
	return copy;
}

/* The signature line of TEXT alone. */
static char *
signature_line(const char *text)
{
	AUTO(auto_free) char *note = signed_note(text);
	char                 *line = strdup(note + strlen(text) + 1);
	assert_non_null(line);
	return line;
}

static char *
join(const char *a, const char *b, const char *c)
{
	size_t n = strlen(a) + strlen(b) + strlen(c) + 1;
	char  *s = calloc(1, n);
	assert_non_null(s);
	(void)snprintf(s, n, "%s%s%s", a, b, c);
	return s;
}

static void
what_is_signed_opens(void **state)
{
	static const char *const texts[] = {"x\n", "\n", "\n\n\n", "a\n\nb\n",
	    "\xe2\x82\xac\n", "looks like\n\n" DASH "a signature AAAA\n", "\x7f\n"};
	(void)state;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		AUTO(auto_free) char *note = signed_note(texts[i]);
		struct slice          text;
		assert_int_equal(note_open(slice_str(note), &us, &text), RC_OK);
		assert_true(slice_equal(text, slice_str(texts[i])));
		assert_ptr_equal(text.p, note);
	}
}

static void
what_cannot_be_a_text_is_not_signed(void **state)
{
	AUTO(buf_wipe) struct buf b     = buf_init(NOTE_MAX * 2);
	static const char *const  bad[] = {
	     "", "x", "x\r\n", "a\tb\n", "\x1f\n", "\xff\n", "\xc0\x80\n", "x\n\xe2\x82"};
	uint8_t stranger[64], unused[32], seed[32] = {9};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    note_sign(&us, secret_key, slice_str(bad[i]), &b), RC_BAD_NOTE);
	assert_int_equal(
	    note_sign(&us, secret_key, slice_of("a\0\n", 3), &b), RC_BAD_NOTE);
	assert_int_equal(crypto_sign_seed_keypair(unused, stranger, seed), 0);
	assert_int_equal(note_sign(&us, stranger, slice_str("x\n"), &b), RC_CRYPTO);
	assert_int_equal(b.n, 0);
	b.max = 20;
	assert_int_equal(note_sign(&us, secret_key, slice_str("x\n"), &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 0);
}

static void
every_byte_of_text_and_own_signature_matters(void **state)
{
	AUTO(auto_free) char *note = signed_note("origin\n\nmore\n");
	size_t                n    = strlen(note);
	(void)state;

	for (size_t i = 0; i < n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			note[i] = (char)(note[i] ^ (1 << bit));
			assert_int_equal(open_text(note, n, &us), RC_BAD_NOTE);
			note[i] = (char)(note[i] ^ (1 << bit));
		}
	}
	assert_int_equal(open_text(note, n, &us), RC_OK);
}

static void
every_truncation_is_refused(void **state)
{
	AUTO(auto_free) char *note = signed_note("origin\n");
	(void)state;

	for (size_t n = 0; n < strlen(note); n++)
		assert_int_equal(open_text(note, n, &us), RC_BAD_NOTE);
}

static void
malformed_notes_are_refused(void **state)
{
	AUTO(auto_free) char    *line     = signature_line("x\n");
	static const char *const before[] = {"", "x", "x\n", "x\n\n\n", "x\r\n\n",
	    "x\n \n", "\n", "y\n\n", "\xef\xbb\xbfx\n\n"};
	(void)state;

	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		AUTO(auto_free) char *note = join(before[i], line, "");
		assert_int_equal(OPEN(note), RC_BAD_NOTE);
	}
	AUTO(auto_free) char *good = join("x\n\n", line, "");
	assert_int_equal(OPEN(good), RC_OK);
}

static void
a_bad_line_beside_a_good_one_refuses_the_note(void **state)
{
	static const char *const bad[] = {
	    "\n",             /* an empty line: the good one is then text */
	    "junk\n",         /* no dash */
	    "- a AAAAAAA=\n", /* another dash */
	    "\xe2\x80\x94"
	    "a AAAAAAA=\n",              /* no space behind it */
	    DASH "a\n",                  /* no signature */
	    DASH "a \n",                 /* an empty one */
	    DASH "a AAAA\n",             /* too short for an id */
	    DASH "a AAAAAA==\n",         /* an id and nothing else */
	    DASH "a AAAAAAB=\n",         /* trailing bits */
	    DASH "a AAAAAAA\n",          /* no padding */
	    DASH "a  AAAAAAA=\n",        /* two spaces */
	    DASH "a AAAAAAA= \n",        /* a space behind */
	    DASH " AAAAAAA=\n",          /* no name */
	    DASH "a+b AAAAAAA=\n",       /* a plus in the name */
	    DASH "a\xc2\xa0 AAAAAAA=\n", /* a space in the name */
	    DASH "a AAAAAAA=",           /* no newline */
	    DASH "a AAAAAAA=\r\n",
	    "\xe2\x80\x94\n",
	};
	AUTO(auto_free) char *line = signature_line("x\n");
	AUTO(auto_free) char *good = join("x\n\n", line, DASH "a AAAAAAA=\n");
	(void)state;

	assert_int_equal(OPEN(good), RC_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO(auto_free) char *behind = join("x\n\n", line, bad[i]);
		assert_int_equal(OPEN(behind), RC_BAD_NOTE);
		AUTO(auto_free) char *before = join("x\n\n", bad[i], line);
		if (i != 0) assert_int_equal(OPEN(before), RC_BAD_NOTE);
	}
}

static void
unknown_keys_are_ignored_but_never_enough(void **state)
{
	struct note_verifier  other_name, other_key;
	uint8_t               key2[32], secret2[64], seed2[32] = {2};
	AUTO(auto_free) char *note = signed_note("x\n");
	AUTO(auto_free) char *line = signature_line("x\n");
	(void)state;

	assert_int_equal(note_verifier_init(&other_name, "someone", public_key), RC_OK);
	assert_int_equal(open_text(note, strlen(note), &other_name), RC_BAD_NOTE);
	assert_int_equal(crypto_sign_seed_keypair(key2, secret2, seed2), 0);
	assert_int_equal(note_verifier_init(&other_key, us.name, key2), RC_OK);
	assert_int_equal(open_text(note, strlen(note), &other_key), RC_BAD_NOTE);

	/* the same name with another id, and another name with our id: both strangers */
	AUTO(buf_wipe) struct buf second = buf_init(1024);
	assert_int_equal(
	    note_sign(&other_key, secret2, slice_str("x\n"), &second), RC_OK);
	assert_int_equal(buf_append(&second, slice_of("", 1)), RC_OK);
	AUTO(auto_free) char *both = join((char *)second.p, line, "");
	assert_int_equal(OPEN(both), RC_OK);
	assert_int_equal(open_text(both, strlen(both), &other_key), RC_OK);
}

static void
a_failing_signature_of_the_known_key_refuses_all(void **state)
{
	AUTO(auto_free) char *good  = signature_line("x\n");
	AUTO(auto_free) char *wrong = signature_line("y\n");
	AUTO(auto_free) char *a     = join("x\n\n", good, wrong);
	AUTO(auto_free) char *b     = join("x\n\n", wrong, good);
	AUTO(auto_free) char *c     = join("x\n\n", good, good);
	(void)state;

	assert_int_equal(OPEN(a), RC_BAD_NOTE);
	assert_int_equal(OPEN(b), RC_BAD_NOTE);
	assert_int_equal(OPEN(c), RC_OK);
}

static void
a_known_key_with_a_signature_of_another_length_refuses(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(1024);
	uint8_t                   blob[69];
	(void)state;

	memset(blob, 0, sizeof blob);
	memcpy(blob, us.key_id, 4);
	for (size_t n = 5; n <= sizeof blob; n++) {
		buf_wipe(&b);
		assert_int_equal(buf_printf(&b, "x\n\n" DASH "%s ", us.name), RC_OK);
		assert_int_equal(base64_encode(slice_of(blob, n), &b), RC_OK);
		assert_int_equal(buf_printf(&b, "\n"), RC_OK);
		assert_int_equal(open_text((char *)b.p, b.n, &us), RC_BAD_NOTE);
	}
}

static void
sixteen_signatures_are_taken_and_not_without_end(void **state)
{
	AUTO(auto_free) char *line = signature_line("x\n");
	(void)state;

	for (unsigned n = 0; n <= NOTE_SIGNATURES_MAX; n++) {
		AUTO(buf_wipe) struct buf b = buf_init(NOTE_MAX);
		assert_int_equal(buf_printf(&b, "x\n\n"), RC_OK);
		for (unsigned i = 0; i < n; i++)
			assert_int_equal(buf_printf(&b, DASH "w%u AAAAAAA=\n", i), RC_OK);
		assert_int_equal(buf_append(&b, slice_str(line)), RC_OK);
		assert_int_equal(open_text((char *)b.p, b.n, &us),
		    n < NOTE_SIGNATURES_MAX ? RC_OK : RC_BAD_NOTE);
	}
	assert_true(NOTE_SIGNATURES_MAX >= 16);
}

static void
a_note_over_the_limit_is_refused(void **state)
{
	char *text = calloc(1, NOTE_MAX + 1);
	(void)state;

	assert_non_null(text);
	memset(text, 'x', NOTE_MAX);
	text[NOTE_MAX - 1]         = '\n';
	AUTO(auto_free) char *note = signed_note(text); /* just a text, then too long */
	assert_int_equal(OPEN(note), RC_BAD_NOTE);
	free(text);
}

/* --- a signer with more keys than one ---------------------------------------------- */

/* Ours and another key of the same name; *RET is ours that knows it. */
static void
make_two(struct note_verifier *other, uint8_t other_secret[64], struct note_verifier *ret)
{
	static const uint8_t seed[32] = {'o', 'l', 'd'};
	uint8_t              pub[32];

	assert_int_equal(crypto_sign_seed_keypair(pub, other_secret, seed), 0);
	assert_int_equal(note_verifier_init(other, us.name, pub), RC_OK);
	*ret = us;
	assert_int_equal(note_verifier_also(ret, pub), RC_OK);
}

static void
a_note_by_a_key_of_before_opens(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	struct note_verifier      other, both;
	uint8_t                   other_secret[64];

	(void)state;
	make_two(&other, other_secret, &both);
	assert_int_equal(
	    note_sign(&other, other_secret, slice_str("tekst\n"), &note), RC_OK);
	assert_int_equal(open_text((char *)note.p, note.n, &both), RC_OK);
	assert_int_equal(open_text((char *)note.p, note.n, &us), RC_BAD_NOTE);
	note.p[note.n - 10] ^= 1;
	assert_int_equal(open_text((char *)note.p, note.n, &both), RC_BAD_NOTE);
}

/* Both lines, as in the time in which both keys sign; each is enough, none may be wrong.
 */
static void
a_note_by_both_keys_opens_for_who_knows_one(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX), more = buf_init(NOTE_MAX);
	struct note_verifier      other, both;
	uint8_t                   other_secret[64];
	struct slice              text, lines;

	(void)state;
	make_two(&other, other_secret, &both);
	assert_int_equal(note_sign(&us, secret_key, slice_str("tekst\n"), &note), RC_OK);
	assert_int_equal(
	    note_sign(&other, other_secret, slice_str("tekst\n"), &more), RC_OK);
	assert_int_equal(note_split(buf_slice(&more), &text, &lines), RC_OK);
	size_t first = note.n;
	assert_int_equal(buf_append(&note, lines), RC_OK);
	assert_int_equal(open_text((char *)note.p, note.n, &us), RC_OK);
	assert_int_equal(open_text((char *)note.p, note.n, &other), RC_OK);
	assert_int_equal(open_text((char *)note.p, note.n, &both), RC_OK);
	note.p[first + lines.n - 20] ^= 1;
	assert_int_equal(open_text((char *)note.p, note.n, &us), RC_OK);
	assert_int_equal(open_text((char *)note.p, note.n, &both), RC_BAD_NOTE);
}

static void
a_key_of_before_is_of_the_same_name(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	struct note_verifier      other, both, elsewhere;
	uint8_t                   other_secret[64];

	(void)state;
	make_two(&other, other_secret, &both);
	assert_int_equal(
	    note_verifier_init(&elsewhere, "sluis.example/elders", other.public_key),
	    RC_OK);
	assert_int_equal(
	    note_sign(&elsewhere, other_secret, slice_str("tekst\n"), &note), RC_OK);
	assert_int_equal(open_text((char *)note.p, note.n, &both), RC_BAD_NOTE);
}

static void
a_signer_has_a_bounded_number_of_keys(void **state)
{
	struct note_verifier v       = us;
	uint8_t              pub[32] = {1};

	(void)state;
	assert_int_equal(note_verifier_also(&v, us.public_key), RC_OK);
	assert_int_equal(v.n_also, 0);
	for (uint8_t i = 0; i < NOTE_ALSO_MAX; i++) {
		pub[1] = i;
		assert_false(note_verifier_has(&v, pub));
		assert_int_equal(note_verifier_also(&v, pub), RC_OK);
		assert_int_equal(note_verifier_also(&v, pub), RC_OK);
		assert_true(note_verifier_has(&v, pub));
		assert_int_equal(v.n_also, i + 1);
	}
	pub[2] = 1;
	assert_int_equal(note_verifier_also(&v, pub), RC_TOO_MANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_foreign_note_opens),
	    cmocka_unit_test(key_strings_round_trip),
	    cmocka_unit_test(malformed_key_strings_are_refused),
	    cmocka_unit_test(key_names_have_no_space_plus_or_control_character),
	    cmocka_unit_test(what_is_signed_opens),
	    cmocka_unit_test(what_cannot_be_a_text_is_not_signed),
	    cmocka_unit_test(every_byte_of_text_and_own_signature_matters),
	    cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(malformed_notes_are_refused),
	    cmocka_unit_test(a_bad_line_beside_a_good_one_refuses_the_note),
	    cmocka_unit_test(unknown_keys_are_ignored_but_never_enough),
	    cmocka_unit_test(a_failing_signature_of_the_known_key_refuses_all),
	    cmocka_unit_test(a_known_key_with_a_signature_of_another_length_refuses),
	    cmocka_unit_test(sixteen_signatures_are_taken_and_not_without_end),
	    cmocka_unit_test(a_note_over_the_limit_is_refused),
	    cmocka_unit_test(a_note_by_a_key_of_before_opens),
	    cmocka_unit_test(a_note_by_both_keys_opens_for_who_knows_one),
	    cmocka_unit_test(a_key_of_before_is_of_the_same_name),
	    cmocka_unit_test(a_signer_has_a_bounded_number_of_keys),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
