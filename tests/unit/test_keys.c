/* SPDX-License-Identifier: EUPL-1.2 */
/* test_keys.c - keys.json: six members, three pairs, one owner. */
#include "certs/keys.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char        path[] = "/tmp/sluis-keys-XXXXXX";
static struct keys keys;
static char        text[2048]; /* the file of KEYS */

static int
make_keys(void **state)
{
	struct buf b = buf_init(sizeof text - 1);

	(void)state;
	if (sodium_init() < 0) return -1;
	int fd = mkstemp(path);
	if (fd < 0 || close(fd) != 0) return -1;
	if (keys_generate(&keys) != RC_OK || keys_write(path, &keys) != RC_OK) return -1;
	if (file_read(path, b.max, true, &b) != RC_OK) return -1;
	memcpy(text, b.p, b.n);
	buf_wipe(&b);
	return 0;
}

static int
remove_keys(void **state)
{
	(void)state;
	return unlink(path);
}

static rc
read_text(const char *content)
{
	struct keys read, before;

	memset(&read, 0xa5, sizeof read);
	before = read;
	assert_int_equal(file_write(path, slice_str(content), MODE_SECRET), RC_OK);
	rc code = keys_read(path, &read);
	if (code != RC_OK) assert_memory_equal(&read, &before, sizeof read);
	return code;
}

/* TEXT with the first FROM replaced by TO. */
static const char *
with(const char *from, const char *to)
{
	static char out[4096];
	char       *at = strstr(text, from);

	assert_non_null(at);
	snprintf(
	    out, sizeof out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return out;
}

static void
keys_come_back_as_they_were_written(void **state)
{
	struct keys read;
	struct stat st;

	(void)state;
	assert_int_equal(keys_write(path, &keys), RC_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(keys_read(path, &read), RC_OK);
	assert_memory_equal(&read, &keys, sizeof keys);
	keys_wipe(&read);
	assert_true(sodium_is_zero((const unsigned char *)&read, sizeof read));
}

static void
generated_keys_differ_and_work(void **state)
{
	struct keys a, b;
	uint8_t     sig[64];

	(void)state;
	assert_int_equal(keys_generate(&a), RC_OK);
	assert_int_equal(keys_generate(&b), RC_OK);
	assert_memory_not_equal(a.sign_public, b.sign_public, KEY_BYTES);
	assert_memory_not_equal(a.curve_public, a.seal_public, KEY_BYTES);
	crypto_sign_detached(sig, NULL, (const uint8_t *)"m", 1, a.sign_secret);
	assert_int_equal(
	    crypto_sign_verify_detached(sig, (const uint8_t *)"m", 1, a.sign_public), 0);
}

static void
a_file_that_others_may_read_is_refused(void **state)
{
	struct keys read;

	(void)state;
	assert_int_equal(keys_write(path, &keys), RC_OK);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(keys_read(path, &read), RC_CONFIG);
	assert_int_equal(chmod(path, 0604), 0);
	assert_int_equal(keys_read(path, &read), RC_CONFIG);
	assert_int_equal(keys_write(path, &keys), RC_OK);
	assert_int_equal(keys_read(path, &read), RC_OK);
}

static void
no_file_is_not_found(void **state)
{
	struct keys read;

	(void)state;
	assert_int_equal(keys_read("/nowhere/keys.json", &read), RC_NOT_FOUND);
}

static void
halves_that_do_not_match_are_refused(void **state)
{
	static const char *names[] = {"ed25519_seed", "ed25519_public", "curve_secret",
	    "curve_public", "x25519_secret", "x25519_public"};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		char *value = strstr(text, names[i]) + strlen(names[i]) + 4;
		char *digit = value + 20;
		char  was   = *digit;
		*digit      = was == '0' ? '1' : '0';
		assert_int_equal(read_text(text), RC_CONFIG);
		*digit = was;
	}
	assert_int_equal(read_text(text), RC_OK);
}

static void
every_member_must_be_there(void **state)
{
	(void)state;
	assert_int_equal(read_text(with("curve_secret", "curve_secres")), RC_CONFIG);
	assert_int_equal(read_text(with("ed25519_seed", "ed25519_sees")), RC_CONFIG);
	assert_int_equal(read_text("{}"), RC_CONFIG);
}

static void
an_unknown_member_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_text(with("{", "{ \"note\": \"x\",")), RC_CONFIG);
}

static void
a_member_twice_is_refused(void **state)
{
	char line[256];

	(void)state;
	const char *start = strchr(text, '"');
	snprintf(line, sizeof line, "{ %.*s", (int)(strchr(start, '\n') - start), start);
	assert_int_equal(read_text(with("{", line)), RC_CONFIG);
}

static void
values_must_be_64_hex_digits(void **state)
{
	(void)state;
	assert_int_equal(
	    read_text(with("curve_secret\": \"", "curve_secret\": \"0")), RC_CONFIG);
	assert_int_equal(
	    read_text(with("curve_secret\": \"", "curve_secret\": \"zz")), RC_CONFIG);
	assert_int_equal(
	    read_text(with("curve_secret\": \"", "curve_secret\": 5, \"x\": \"")),
	    RC_CONFIG);
}

static void
what_is_no_object_is_refused(void **state)
{
	static char big[KEY_BYTES * 256];

	(void)state;
	assert_int_equal(read_text(""), RC_CONFIG);
	assert_int_equal(read_text("[]"), RC_CONFIG);
	assert_int_equal(read_text("\"x\""), RC_CONFIG);
	assert_int_equal(read_text(with("}", "} x")), RC_CONFIG);
	memset(big, ' ', sizeof big - 1);
	assert_int_equal(read_text(big), RC_CONFIG);
}

static void
every_truncation_is_refused(void **state)
{
	char cut[sizeof text];

	(void)state;
	for (size_t n = 0; n + 2 < strlen(text); n++) { /* the last two: "}\n" */
		memcpy(cut, text, n);
		cut[n] = '\0';
		assert_int_equal(read_text(cut), RC_CONFIG);
	}
}

static rc
write_and_read(const struct keys *k)
{
	struct keys read;

	assert_int_equal(keys_write(path, k), RC_OK);
	return keys_read(path, &read);
}

static void
one_key_for_two_things_is_refused(void **state)
{
	struct keys k = keys;

	(void)state;
	memcpy(k.seal_public, k.curve_public, KEY_BYTES);
	memcpy(k.seal_secret, k.curve_secret, KEY_BYTES);
	assert_int_equal(write_and_read(&k), RC_CONFIG);

	k = keys; /* clamping makes these two secrets one key */
	memcpy(k.seal_secret, k.curve_secret, KEY_BYTES);
	k.seal_secret[0] ^= 1;
	crypto_scalarmult_base(k.seal_public, k.seal_secret);
	assert_int_equal(write_and_read(&k), RC_CONFIG);

	k = keys;
	memcpy(k.curve_secret, k.sign_secret, KEY_BYTES);
	crypto_scalarmult_base(k.curve_public, k.curve_secret);
	assert_int_equal(write_and_read(&k), RC_CONFIG);

	k = keys;
	memcpy(k.seal_secret, k.sign_secret, KEY_BYTES);
	crypto_scalarmult_base(k.seal_public, k.seal_secret);
	assert_int_equal(write_and_read(&k), RC_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_come_back_as_they_were_written),
	    cmocka_unit_test(generated_keys_differ_and_work),
	    cmocka_unit_test(a_file_that_others_may_read_is_refused),
	    cmocka_unit_test(no_file_is_not_found),
	    cmocka_unit_test(halves_that_do_not_match_are_refused),
	    cmocka_unit_test(every_member_must_be_there),
	    cmocka_unit_test(an_unknown_member_is_refused),
	    cmocka_unit_test(a_member_twice_is_refused),
	    cmocka_unit_test(values_must_be_64_hex_digits),
	    cmocka_unit_test(what_is_no_object_is_refused),
	    cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(one_key_for_two_things_is_refused),
	};
	return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
