/* SPDX-License-Identifier: EUPL-1.2 */
/* test_sealed.c - sealed words open for one desk, unchanged, and for nobody else. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/sealed.h"
#include "proto/auto.h"

static struct sluis me, other;

static int
begin(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	return keys_generate(&me.folder.keys) == RC_OK &&
	               keys_generate(&other.folder.keys) == RC_OK
	           ? 0
	           : -1;
}

static size_t
seal(const char *text, uint8_t box[SLUIS_SEALED_MAX])
{
	size_t n = 0;

	assert_int_equal(sluis_seal(me.folder.keys.seal_public, text, box, &n), SLUIS_OK);
	assert_int_equal(n, strlen(text) + SLUIS_SEAL_EXTRA);
	return n;
}

static void
what_was_sealed_opens_for_its_desk(void **state)
{
	static const char *const texts[] = {
	    "", "x", "Criterium 3: twee signalen, één adres."};
	uint8_t box[SLUIS_SEALED_MAX];
	char    text[SLUIS_WORDS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t n = seal(texts[i], box);
		assert_int_equal(sluis_unseal(&me, box, n, text), SLUIS_OK);
		assert_string_equal(text, texts[i]);
	}
}

static void
another_desk_cannot_open_it(void **state)
{
	uint8_t box[SLUIS_SEALED_MAX];
	char    text[SLUIS_WORDS_MAX + 1] = "untouched";
	size_t  n                         = seal("the source", box);

	(void)state;
	assert_int_equal(sluis_unseal(&other, box, n, text), SLUIS_BAD_DIGEST);
	assert_string_equal(text, "untouched");
}

static void
a_changed_or_shortened_box_does_not_open(void **state)
{
	uint8_t box[SLUIS_SEALED_MAX];
	char    text[SLUIS_WORDS_MAX + 1] = "untouched";
	size_t  n                         = seal("the source", box);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		box[i] ^= 1;
		assert_int_not_equal(sluis_unseal(&me, box, n, text), SLUIS_OK);
		box[i] ^= 1;
		assert_int_not_equal(sluis_unseal(&me, box, i, text), SLUIS_OK);
	}
	assert_int_equal(
	    sluis_unseal(&me, box, SLUIS_SEALED_MAX + 1, text), SLUIS_MALFORMED);
	assert_string_equal(text, "untouched");
}

static void
the_longest_text_fits_and_a_longer_one_is_refused(void **state)
{
	uint8_t box[SLUIS_SEALED_MAX];
	char    long_text[SLUIS_WORDS_MAX + 2], text[SLUIS_WORDS_MAX + 1];
	size_t  n = 0;

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	long_text[SLUIS_WORDS_MAX + 1] = '\0';
	assert_int_equal(
	    sluis_seal(me.folder.keys.seal_public, long_text, box, &n), SLUIS_TOO_LARGE);
	long_text[SLUIS_WORDS_MAX] = '\0';
	n                          = seal(long_text, box);
	assert_int_equal(n, SLUIS_SEALED_MAX);
	assert_int_equal(sluis_unseal(&me, box, n, text), SLUIS_OK);
	assert_string_equal(text, long_text);
}

static void
only_text_is_sealed_and_opened(void **state)
{
	static const uint8_t nul[] = {'a', 0, 'b'}, bad[] = {0xc3, 0x28};
	uint8_t              box[SLUIS_SEALED_MAX];
	char                 text[SLUIS_WORDS_MAX + 1];
	size_t               n   = 0;
	const uint8_t       *key = me.folder.keys.seal_public;

	(void)state;
	assert_int_equal(sluis_seal(key, "\xc3\x28", box, &n), SLUIS_MALFORMED);
	assert_int_equal(crypto_box_seal(box, nul, sizeof nul, key), 0);
	assert_int_equal(
	    sluis_unseal(&me, box, sizeof nul + SLUIS_SEAL_EXTRA, text), SLUIS_MALFORMED);
	assert_int_equal(crypto_box_seal(box, bad, sizeof bad, key), 0);
	assert_int_equal(
	    sluis_unseal(&me, box, sizeof bad + SLUIS_SEAL_EXTRA, text), SLUIS_MALFORMED);
}

static void
what_was_sealed_to_a_replaced_key_still_opens(void **state)
{
	char         dir[] = "/tmp/sluis-sealed-XXXXXX", command[64];
	uint8_t      box[SLUIS_SEALED_MAX];
	char         text[SLUIS_WORDS_MAX + 1];
	size_t       n = seal("the source", box);
	struct sluis s = {.error = {.code = SLUIS_OK}};

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(s.folder.dir, sizeof s.folder.dir, "%s", dir);
	assert_int_equal(keys_generate(&s.folder.keys), RC_OK);
	assert_int_equal(sluis_unseal(&s, box, n, text), SLUIS_BAD_DIGEST);
	assert_int_equal(sealed_keep_key(dir, &other.folder.keys), RC_OK);
	assert_int_equal(sluis_unseal(&s, box, n, text), SLUIS_BAD_DIGEST);
	assert_int_equal(sealed_keep_key(dir, &me.folder.keys), RC_OK);
	assert_int_equal(sealed_keep_key(dir, &me.folder.keys), RC_OK);
	assert_int_equal(sluis_unseal(&s, box, n, text), SLUIS_OK);
	assert_string_equal(text, "the source");
	box[40] ^= 1;
	assert_int_equal(sluis_unseal(&s, box, n, text), SLUIS_BAD_DIGEST);
	(void)snprintf(command, sizeof command, "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_sealed_opens_for_its_desk),
	    cmocka_unit_test(another_desk_cannot_open_it),
	    cmocka_unit_test(a_changed_or_shortened_box_does_not_open),
	    cmocka_unit_test(the_longest_text_fits_and_a_longer_one_is_refused),
	    cmocka_unit_test(only_text_is_sealed_and_opened),
	    cmocka_unit_test(what_was_sealed_to_a_replaced_key_still_opens),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
