/* SPDX-License-Identifier: EUPL-1.2 */
/* test_keyring.c - the broker's secrets: made once, private, whole. */
#include "broker/keyring.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "certs/file.h"
#include "support/region.h"

static char dir[] = "/tmp/sluis-keyring-XXXXXX", path[64];

static int
make(void **state)
{
	(void)state;
	(void)strcpy(dir + strlen(dir) - 6, "XXXXXX");
	if (sodium_init() < 0 || mkdtemp(dir) == NULL) return -1;
	(void)snprintf(path, sizeof path, "%s/keys.json", dir);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	remove_folder(dir);
	return 0;
}

static char *
text_of_file(void)
{
	static char               text[4097];
	AUTO(buf_wipe) struct buf b = buf_init(4096);
	must(file_read(path, 4096, false, &b));
	memcpy(text, b.p, b.n);
	text[b.n] = '\0';
	return text;
}

static void
keys_that_were_made_are_read_and_belong_together(void **state)
{
	struct keyring k;
	uint8_t public[KEY_BYTES], sig[64];
	struct stat st;
	(void)state;
	assert_int_equal(keyring_create(path, "2026"), RC_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(keyring_read(path, &k), RC_OK);
	assert_string_equal(k.pseudonym_epoch, "2026");
	crypto_scalarmult_base(public, k.curve_secret);
	assert_memory_equal(public, k.curve_public, KEY_BYTES);
	crypto_sign_detached(sig, NULL, (const uint8_t *)"m", 1, k.checkpoint_secret);
	assert_int_equal(crypto_sign_verify_detached(
	                     sig, (const uint8_t *)"m", 1, k.checkpoint_secret + 32),
	    0);
	const uint8_t *all[] = {
	    k.curve_secret, k.checkpoint_secret, k.pseudonym, k.master};
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(all[i], all[j], KEY_BYTES);
	keyring_wipe(&k);
	assert_true(sodium_is_zero((uint8_t *)&k, sizeof k));
}

static void
keys_are_never_written_over(void **state)
{
	(void)state;
	assert_int_equal(keyring_create(path, "2026"), RC_OK);
	char *before = strdup(text_of_file());
	assert_int_equal(keyring_create(path, "2026"), RC_CONFIG);
	assert_string_equal(text_of_file(), before);
	free(before);
}

static void
an_epoch_that_could_not_be_read_back_is_refused(void **state)
{
	static const char *const bad[] = {
	    "", "123456789012345678901234567890123", "a\"b", "a\\b", "a\nb"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(keyring_create(path, bad[i]), RC_CONFIG);
		assert_int_not_equal(chmod(path, 0600), 0); /* there is no file */
	}
}

static void
unreadable(const char *text)
{
	struct keyring k, before;
	memset(&k, 0x5a, sizeof k);
	before = k;
	must(file_write(path, slice_str(text), 0600));
	assert_int_equal(keyring_read(path, &k), RC_CONFIG);
	assert_memory_equal(&k, &before, sizeof k);
}

static void
a_file_that_others_may_read_is_refused(void **state)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0660, 0644};
	struct keyring      k;
	(void)state;
	assert_int_equal(keyring_create(path, "2026"), RC_OK);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		assert_int_equal(keyring_read(path, &k), RC_CONFIG);
	}
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(keyring_read(path, &k), RC_OK);
	keyring_wipe(&k);
}

static void
anything_but_the_five_members_is_refused(void **state)
{
	static const char *const names[] = {"curve_secret", "checkpoint_seed",
	    "pseudonym_key", "pseudonym_epoch", "master_key"};
	(void)state;
	assert_int_equal(keyring_create(path, "2026"), RC_OK);
	char *text = strdup(text_of_file());
	for (size_t i = 0; i < 5; i++) { /* each renamed, each cut to another value */
		char *edited = strdup(text), *at = strstr(edited, names[i]);
		*at ^= 1;
		unreadable(edited);
		*at ^= 1;
		char *value = strstr(at, ": \"") + 3;
		if (i == 3)
			value[0] = '"', value[1] = ',';
		else
			*value = 'x';
		unreadable(edited);
		free(edited);
	}
	char *more = NULL;
	assert_true(asprintf(&more, "{\"x\": 1,%s", text + 1) > 0);
	unreadable(more);
	free(more);
	free(text);
	unreadable("");
	unreadable("[]");
	unreadable("{}");
	unreadable("{\"curve_secret\": 1}");
}

static void
a_file_that_is_not_there_is_not_found(void **state)
{
	struct keyring k;
	(void)state;
	assert_int_equal(keyring_read(path, &k), RC_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(keys_that_were_made_are_read_and_belong_together),
	    T(keys_are_never_written_over),
	    T(an_epoch_that_could_not_be_read_back_is_refused),
	    T(a_file_that_others_may_read_is_refused),
	    T(anything_but_the_five_members_is_refused),
	    T(a_file_that_is_not_there_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
