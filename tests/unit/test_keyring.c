/* SPDX-License-Identifier: EUPL-1.2 */
/* test_keyring.c - the broker's secrets: made once, private, whole. */
#include "broker/keys/keyring.h"

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

static char dir[FOLDER_MAX], path[64];

static int
make(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	make_folder(dir, "keyring");
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
	assert_string_equal(k.pseudonym[0].epoch, "2026");
	crypto_scalarmult_base(public, k.curve[0].secret);
	assert_memory_equal(public, k.curve[0].public_key, KEY_BYTES);
	crypto_sign_detached(sig, NULL, (const uint8_t *)"m", 1, k.checkpoint[0].secret);
	assert_int_equal(crypto_sign_verify_detached(
	                     sig, (const uint8_t *)"m", 1, k.checkpoint[0].public_key),
	    0);
	const uint8_t *all[] = {k.curve[0].secret, k.checkpoint[0].secret,
	    k.pseudonym[0].secret, k.master[0].secret, k.subject, k.repeat};
	for (int i = 0; i < 6; i++)
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

#define K1 "1111111111111111111111111111111111111111111111111111111111111111"
#define K2 "2222222222222222222222222222222222222222222222222222222222222222"
#define FORMAT_1                                                         \
	"{\"curve_secret\": \"" K1 "\", \"checkpoint_seed\": \"" K2      \
	"\", \"pseudonym_key\": \"" K1 "\", \"pseudonym_epoch\": \"7\"," \
	" \"master_key\": \"" K2 "\"}"

static void
every_member_is_needed_and_no_other(void **state)
{
	static const char *const names[] = {"format", "curve", "checkpoint", "pseudonym",
	    "master", "subject", "repeat", "secret", "seed", "epoch", "state", "id"};
	(void)state;
	assert_int_equal(keyring_create(path, "2026"), RC_OK);
	char *text = strdup(text_of_file());
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *edited = strdup(text), quoted[24];
		(void)snprintf(quoted, sizeof quoted, "\"%s\"", names[i]);
		strstr(edited, quoted)[1] ^= 1;
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
	unreadable("{\"format\": 2}");
}

/* A file of format 2 with these lists. */
static void
write_lists(
    const char *curve, const char *checkpoint, const char *pseudonym, const char *master)
{
	char *text = NULL;
	assert_true(asprintf(&text,
	                "{\"format\": 2, \"curve\": [%s], \"checkpoint\": [%s],"
	                " \"pseudonym\": [%s], \"master\": [%s],"
	                " \"subject\": \"" K1 "\", \"repeat\": \"" K2 "\"}",
	                curve, checkpoint, pseudonym, master) > 0);
	must(file_write(path, slice_str(text), 0600));
	free(text);
}

#define CURVE "{\"secret\": \"" K1 "\"}"
#define CURVE_AT(place) "{\"secret\": \"" K1 "\", \"place\": " place "}"
#define SEED "{\"seed\": \"" K1 "\"}"
#define EPOCH(name, state) \
	"{\"epoch\": \"" name "\", \"state\": \"" state "\", \"secret\": \"" K1 "\"}"
#define HSM_EPOCH(name, label) \
	"{\"epoch\": \"" name "\", \"state\": \"current\", \"hsm\": \"" label "\"}"
#define ENDED(name) "{\"epoch\": \"" name "\", \"state\": \"ended\"}"
#define MASTER(id) "{\"id\": " id ", \"secret\": \"" K2 "\"}"

static void
lists_are_read_in_their_order(void **state)
{
	struct keyring k;
	(void)state;
	write_lists(CURVE "," CURVE_AT("2"), SEED ",{\"hsm\": \"heads-2\"}",
	    ENDED("a") "," ENDED("b") "," EPOCH(
	        "c", "current") ",{\"epoch\": \"d\", \"state\": \"overlap\", \"hsm\": "
	                        "\"root-d\"}",
	    MASTER("2") "," MASTER("1"));
	must(keyring_read(path, &k));
	assert_int_equal(k.n_curves, 2);
	assert_int_equal(k.curve[0].place, 0);
	assert_int_equal(k.curve[1].place, 1);
	assert_int_equal(k.n_checkpoints, 2);
	assert_string_equal(k.checkpoint[0].hsm, "");
	assert_string_equal(k.checkpoint[1].hsm, "heads-2");
	assert_int_equal(k.n_pseudonyms, 4);
	assert_int_equal(k.pseudonym[0].state, EPOCH_ENDED);
	assert_true(sodium_is_zero(k.pseudonym[0].secret, KEY_BYTES));
	assert_int_equal(k.pseudonym[3].state, EPOCH_OVERLAP);
	assert_int_equal(keyring_current(&k), 2);
	assert_string_equal(k.pseudonym[3].hsm, "root-d");
	assert_int_equal(k.master[0].id, 2);
	assert_int_equal(k.master[1].id, 1);
	keyring_wipe(&k);
}

static void
what_was_written_is_read_again(void **state)
{
	struct keyring k, again;
	(void)state;
	write_lists(CURVE, SEED ",{\"hsm\": \"heads-2\"}",
	    ENDED("a") "," EPOCH("b", "overlap") "," EPOCH("c", "current"),
	    MASTER("4294967295"));
	must(keyring_read(path, &k));
	must(keyring_write(path, &k));
	must(keyring_read(path, &again));
	assert_memory_equal(&k, &again, sizeof k);
}

static void
write_singles(const char *master, const char *subject, const char *repeat)
{
	char text[2048];

	(void)snprintf(text, sizeof text,
	    "{\"format\": 2, \"curve\": [%s], \"checkpoint\": [%s], \"pseudonym\": [%s],"
	    " \"master\": [%s], \"subject\": %s, \"repeat\": %s}",
	    CURVE, SEED, HSM_EPOCH("a", "epoch-a"), master, subject, repeat);
	must(file_write(path, slice_str(text), 0600));
}

static void
a_token_can_keep_the_roots_of_the_rest(void **state)
{
	struct keyring k, again;
	(void)state;
	write_singles("{\"id\": 3, \"hsm\": \"at-rest\"}," MASTER("2"),
	    "{\"hsm\": \"persons\"}", "{\"hsm\": \"persons\"}");
	must(keyring_read(path, &k));
	assert_string_equal(k.master[0].hsm, "at-rest");
	assert_true(sodium_is_zero(k.master[0].secret, KEY_BYTES));
	assert_string_equal(k.master[1].hsm, "");
	assert_string_equal(k.subject_hsm, "persons");
	assert_string_equal(k.repeat_hsm, "persons");
	must(keyring_write(path, &k));
	must(keyring_read(path, &again));
	assert_memory_equal(&k, &again, sizeof k);
}

static void
a_single_key_is_a_key_or_a_label(void **state)
{
	static const char *const bad[] = {"{}", "1", "null", "[]", "{\"hsm\": \"\"}",
	    "{\"hsm\": \"a b\"}", "{\"hsm\": \"a\", \"secret\": \"" K2 "\"}",
	    "{\"secret\": \"" K2 "\"}", "{\"hsm\": \"epoch-a\"}", "\"\""};
	struct keyring           k;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		write_singles(MASTER("1"), bad[i], "\"" K2 "\"");
		if (keyring_read(path, &k) != RC_CONFIG) fail_msg("subject %zu", i);
		write_singles(MASTER("1"), "\"" K2 "\"", bad[i]);
		if (keyring_read(path, &k) != RC_CONFIG) fail_msg("repeat %zu", i);
	}
}

static void
lists_that_contradict_themselves_are_refused(void **state)
{
	static const char *const bad[][4] = {
	    {"", SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE, "", EPOCH("a", "current"), MASTER("1")},
	    {CURVE, SEED, "", MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "current"), ""},
	    {CURVE "," CURVE, SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE_AT("2") "," CURVE_AT("2"), SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE_AT("0"), SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE_AT("3"), SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE_AT("\"1\""), SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE "," CURVE_AT("2") "," CURVE, SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE, SEED "," SEED "," SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "overlap"), MASTER("1")},
	    {CURVE, SEED,
	        EPOCH("a", "overlap") "," EPOCH("b", "current") "," EPOCH("c", "overlap"),
	        MASTER("1")},
	    {CURVE, SEED, ENDED("a"), MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "current") "," EPOCH("b", "current"), MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "current") "," ENDED("a"), MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "ended") "," EPOCH("b", "current"), MASTER("1")},
	    {CURVE, SEED, "{\"epoch\": \"a\", \"state\": \"current\"}", MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "next"), MASTER("1")},
	    {CURVE, SEED, EPOCH("a b", "current"), MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "current"), MASTER("0")},
	    {CURVE, SEED, EPOCH("a", "current"), MASTER("-1")},
	    {CURVE, SEED, EPOCH("a", "current"), MASTER("4294967296")},
	    {CURVE, SEED, EPOCH("a", "current"), MASTER("\"1\"")},
	    {CURVE, SEED, EPOCH("a", "current"), MASTER("3") "," MASTER("3")},
	    {CURVE, SEED, EPOCH("a", "current"),
	        MASTER("3") "," MASTER("2") "," MASTER("1")},
	    {CURVE, "{\"hsm\": \"a b\"}", EPOCH("a", "current"), MASTER("1")},
	    {CURVE, "{\"hsm\": \"\"}", EPOCH("a", "current"), MASTER("1")},
	    {"{\"hsm\": \"a\"}", SEED, EPOCH("a", "current"), MASTER("1")},
	    {CURVE, SEED, EPOCH("a", "current"), "{\"id\": 1, \"hsm\": \"a b\"}"},
	    {CURVE, SEED, EPOCH("a", "current"), "{\"hsm\": \"a\"}"},
	    {CURVE, SEED, EPOCH("a", "current"),
	        "{\"id\": 1, \"hsm\": \"a\", \"secret\": \"" K2 "\"}"},
	    {CURVE, "{\"hsm\": \"a\"}", EPOCH("a", "current"),
	        "{\"id\": 1, \"hsm\": \"a\"}"},
	    {CURVE, "{\"hsm\": \"a\"},{\"hsm\": \"a\"}", EPOCH("a", "current"),
	        MASTER("1")},
	    {CURVE, SEED, HSM_EPOCH("a", "r"), "{\"id\": 1, \"hsm\": \"r\"}"},
	    {"1", SEED, EPOCH("a", "current"), MASTER("1")},
	};
	struct keyring k;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		write_lists(bad[i][0], bad[i][1], bad[i][2], bad[i][3]);
		if (keyring_read(path, &k) != RC_CONFIG) fail_msg("row %zu", i);
	}
	write_lists(CURVE, SEED, EPOCH("a", "current"), MASTER("1"));
	assert_int_equal(keyring_read(path, &k), RC_OK);
}

static void
format_1_is_read_and_its_other_keys_come_of_its_master(void **state)
{
	static const char label[] = "sluis-subject-token/1";
	struct keyring    k;
	uint8_t           master[KEY_BYTES], subject[KEY_BYTES];
	(void)state;
	must(file_write(path, slice_str(FORMAT_1), 0600));
	must(keyring_read(path, &k));
	memset(master, 0x22, sizeof master);
	assert_int_equal(k.master[0].id, 1);
	assert_memory_equal(k.master[0].secret, master, KEY_BYTES);
	assert_int_equal(k.pseudonym[0].state, EPOCH_CURRENT);
	assert_string_equal(k.pseudonym[0].epoch, "7");
	assert_int_equal(k.pseudonym[0].secret[31], 0x11);
	(void)crypto_generichash(subject, sizeof subject, (const uint8_t *)label,
	    sizeof label - 1, master, sizeof master);
	assert_memory_equal(k.subject, subject, KEY_BYTES);
	assert_memory_not_equal(k.repeat, subject, KEY_BYTES);
	assert_memory_not_equal(k.repeat, master, KEY_BYTES);
	must(keyring_write(path, &k));
	assert_non_null(strstr(text_of_file(), "\"format\": 2"));
	struct keyring again;
	must(keyring_read(path, &again));
	assert_memory_equal(&k, &again, sizeof k);
}

static void
anything_but_the_five_members_of_format_1_is_refused(void **state)
{
	static const char *const names[] = {"curve_secret", "checkpoint_seed",
	    "pseudonym_key", "pseudonym_epoch", "master_key"};
	(void)state;
	for (size_t i = 0; i < 5; i++) { /* each renamed, each cut to another value */
		char *edited = strdup(FORMAT_1), *at = strstr(edited, names[i]);
		*at ^= 1;
		unreadable(edited);
		*at ^= 1;
		strstr(at, ": \"")[3] = i == 3 ? ' ' : 'x';
		unreadable(edited);
		free(edited);
	}
	unreadable("{\"x\": 1, \"curve_secret\": \"" K1 "\"}");
	unreadable("{\"format\": 1, \"curve_secret\": \"" K1 "\"}");
	unreadable("{\"format\": 3}");
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
	    T(every_member_is_needed_and_no_other),
	    T(lists_are_read_in_their_order),
	    T(what_was_written_is_read_again),
	    T(a_token_can_keep_the_roots_of_the_rest),
	    T(a_single_key_is_a_key_or_a_label),
	    T(lists_that_contradict_themselves_are_refused),
	    T(format_1_is_read_and_its_other_keys_come_of_its_master),
	    T(anything_but_the_five_members_of_format_1_is_refused),
	    T(a_file_that_is_not_there_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
