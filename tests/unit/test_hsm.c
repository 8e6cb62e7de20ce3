/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_hsm.c - the same keeper with keys in a PKCS#11 token (SoftHSM).
 *
 * The token is made here, in a temporary folder; without SoftHSM there is nothing to
 * test.
 */
#include "broker/keeper/hsm.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/keeper/keeper.h"
#include "certs/file.h"
#include "proto/checkpoint.h"
#include "support/region.h"
#include "support/token.h"

#define MODULE TOKEN_MODULE
#define ORIGIN "sluis.example/hsm"
#define K1 "1111111111111111111111111111111111111111111111111111111111111111"
#define K2 "2222222222222222222222222222222222222222222222222222222222222222"

static char           dir[FOLDER_MAX], keys_file[64], pin_file[64];
static const uint8_t  root_bytes[KEY_BYTES] = {7, 7, 7};
static struct keeper *keeper;

static void
write_in(const char *name, const char *text, char path[64])
{
	(void)snprintf(path, 64, "%s/%s", dir, name);
	must(file_write(path, slice_str(text), 0600));
}

/* --- making the token ------------------------------------------------------------- */

/* In a process of its own: the module keeps state. */
static void
fill_token(void)
{
	struct token_key keys[] = {
	    {.label = "heads", .pair = true}, {.label = "root-1"}, {.label = "at-rest"}};

	memset(keys[0].secret, 5, KEY_BYTES);
	memcpy(keys[1].secret, root_bytes, KEY_BYTES);
	memcpy(keys[2].secret, root_bytes, KEY_BYTES);
	keys[2].secret[0] = 8;
	token_make(keys, sizeof keys / sizeof keys[0]);
	_exit(0);
}

/* The keys file, with MASTER and SUBJECT as given. */
static void
write_keys(const char *master, const char *subject)
{
	char text[1024];

	(void)snprintf(text, sizeof text,
	    "{\"format\": 2, \"curve\": [{\"secret\": \"" K1 "\"}],"
	    " \"checkpoint\": [{\"hsm\": \"heads\"}],"
	    " \"pseudonym\": [{\"epoch\": \"1\", \"state\": \"current\", \"hsm\": "
	    "\"root-1\"}],"
	    " \"master\": [%s], \"subject\": %s, \"repeat\": \"" K2 "\"}",
	    master, subject);
	write_in("keys.json", text, keys_file);
}

static int
make(void **state)
{
	char text[256], path[64];
	int  status = 1;
	(void)state;
	if (sodium_init() < 0) return -1;
	make_folder(dir, "hsm");
	(void)snprintf(text, sizeof text,
	    "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
	    dir);
	write_in("softhsm.conf", text, path);
	if (setenv("SOFTHSM2_CONF", path, 1) != 0) return -1;
	write_in("pin", "1234\n", pin_file);
	write_keys("{\"id\": 1, \"secret\": \"" K2 "\"}", "\"" K1 "\"");
	pid_t pid = fork();
	if (pid == 0) fill_token();
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static int
drop(void **state)
{
	(void)state;
	keeper_destroy(&keeper);
	remove_folder(dir);
	return 0;
}

static rc
start(const char *module, const char *token, const char *pin)
{
	struct keeper_options o = {.keys_file = keys_file,
	    .origin                           = ORIGIN,
	    .n_lines                          = 1,
	    .hsm = {.module = module, .token = token, .pin_file = pin}};
	return keeper_start(&keeper, &o);
}

/* --- claims ----------------------------------------------------------------------- */

static struct evaluation
question(enum evaluate what)
{
	static uint8_t kind[11] = {0, 0, 0, 0, 0, 0, 0, 3, 'b', 's', 'n'};

	return (struct evaluation){
	    .what = what, .domain = slice_of(kind, 11), .input = slice_str("input")};
}

static void
a_head_is_signed_in_the_token(void **state)
{
	AUTO(buf_wipe) struct buf text = buf_init(1000);
	struct note_verifier      v;
	struct hash               root = {{1}};
	uint8_t                   sig[SIG_BYTES];
	(void)state;
	must(start(MODULE, "sluis", pin_file));
	const uint8_t *key = keeper_facts(keeper)->checkpoint[0];
	assert_false(sodium_is_zero(key, KEY_BYTES));
	must(note_verifier_init(&v, ORIGIN, key));
	for (uint64_t size = 1; size < 20; size++) {
		text.n = 0;
		must(checkpoint_text(&v, size, &root, &text));
		must(keeper_sign(keeper_line(keeper, 0), 0, buf_slice(&text), sig));
		assert_int_equal(
		    crypto_sign_verify_detached(sig, text.p, text.n, key), 0);
	}
	root.b[0] ^= 1;
	text.n = 0;
	must(checkpoint_text(&v, 19, &root, &text));
	assert_int_equal(
	    keeper_sign(keeper_line(keeper, 0), 0, buf_slice(&text), sig), RC_FORKED);
}

static void
a_root_in_the_token_makes_what_one_in_the_file_would(void **state)
{
	AUTO(keeper_destroy) struct keeper *plain = NULL;
	struct keyring                      k;
	struct evaluation                   a, b;
	(void)state;
	must(start(MODULE, "sluis", pin_file));
	must(keyring_make(&k, "1"));
	memcpy(k.pseudonym[0].secret, root_bytes, KEY_BYTES);
	must(keeper_local(&plain, &k, ORIGIN, 1));
	a = b = question(EVALUATE_TOKEN);
	must(keeper_evaluate(keeper_line(keeper, 0), &a, 1));
	must(keeper_evaluate(keeper_line(plain, 0), &b, 1));
	assert_memory_equal(a.ret, b.ret, EVALUATED_BYTES);
	assert_memory_equal(keeper_facts(keeper)->epoch[0].mark,
	    keeper_facts(plain)->epoch[0].mark, EPOCH_MARK_BYTES);
	a = question(EVALUATE_SUBJECT); /* this root is in the file */
	must(keeper_evaluate(keeper_line(keeper, 0), &a, 1));
	assert_memory_not_equal(a.ret, b.ret, EVALUATED_BYTES);
}

/* HMAC-SHA-256 of TEXT and the N bytes of TAIL under the root "at-rest". */
static void
of_root(const char *text, const uint8_t *tail, size_t n, uint8_t ret[KEY_BYTES])
{
	uint8_t                      root[KEY_BYTES];
	crypto_auth_hmacsha256_state h;

	memcpy(root, root_bytes, sizeof root);
	root[0] = 8;
	(void)crypto_auth_hmacsha256_init(&h, root, sizeof root);
	(void)crypto_auth_hmacsha256_update(&h, (const uint8_t *)text, strlen(text));
	(void)crypto_auth_hmacsha256_update(&h, tail, n);
	(void)crypto_auth_hmacsha256_final(&h, ret);
}

static void
what_is_at_rest_opens_by_a_root_in_the_token(void **state)
{
	static const uint8_t                id[]  = {0, 0, 1, 2};
	AUTO(keeper_destroy) struct keeper *plain = NULL;
	struct keyring                      k;
	struct evaluation                   a, b;
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES], opened[KEY_BYTES];
	(void)state;
	write_keys("{\"id\": 258, \"hsm\": \"at-rest\"}", "{\"hsm\": \"at-rest\"}");
	must(start(MODULE, "sluis", pin_file));
	must(keyring_make(&k, "1"));
	k.master[0].id = 258;
	of_root("sluis-master/1", id, sizeof id, k.master[0].secret);
	of_root("sluis-subject/1", id, 0, k.subject);
	must(keeper_local(&plain, &k, ORIGIN, 1));
	must(keeper_fresh_key(keeper_line(keeper, 0), key, wrapped));
	must(keeper_unwrap_key(
	    keeper_line(plain, 0), 1, slice_of(wrapped, sizeof wrapped), opened));
	assert_memory_equal(key, opened, KEY_BYTES);
	a = b = question(EVALUATE_SUBJECT);
	must(keeper_evaluate(keeper_line(keeper, 0), &a, 1));
	must(keeper_evaluate(keeper_line(plain, 0), &b, 1));
	assert_memory_equal(a.ret, b.ret, EVALUATED_BYTES);
}

static void
without_its_root_nothing_is_sealed(void **state)
{
	(void)state;
	write_keys("{\"id\": 1, \"hsm\": \"at-rest\"}", "{\"hsm\": \"at-rest\"}");
	assert_int_equal(start(NULL, NULL, NULL), RC_CONFIG);
	write_keys("{\"id\": 1, \"hsm\": \"at-sea\"}", "\"" K1 "\"");
	assert_int_equal(start(MODULE, "sluis", pin_file), RC_CONFIG);
	write_keys("{\"id\": 1, \"secret\": \"" K2 "\"}", "{\"hsm\": \"heads\"}");
	assert_int_equal(start(MODULE, "sluis", pin_file), RC_CONFIG);
	write_keys("{\"id\": 1, \"secret\": \"" K2 "\"}", "{\"hsm\": \"at-rest\"}");
	must(start(MODULE, "sluis", pin_file));
}

static void
what_does_not_fit_is_refused_at_the_start(void **state)
{
	char wrong[64], open[64];
	(void)state;
	write_in("wrong", "4321", wrong);
	write_in("open", "1234", open);
	assert_int_equal(chmod(open, 0644), 0);
	assert_int_equal(start(NULL, NULL, NULL), RC_CONFIG);
	assert_int_equal(start("/nowhere.so", "sluis", pin_file), RC_CONFIG);
	assert_int_equal(
	    start("/usr/lib/x86_64-linux-gnu/libsodium.so.23", "sluis", pin_file),
	    RC_CONFIG);
	assert_int_equal(start(MODULE, "sluisje", pin_file), RC_CONFIG);
	assert_int_equal(start(MODULE, "slui", pin_file), RC_CONFIG);
	assert_int_equal(start(MODULE, NULL, pin_file), RC_CONFIG);
	assert_int_equal(start(MODULE, "sluis", wrong), RC_CONFIG);
	assert_int_equal(start(MODULE, "sluis", open), RC_CONFIG);
	assert_int_equal(start(MODULE, "sluis", "/nowhere/pin"), RC_NOT_FOUND);
	must(start(MODULE, "sluis", pin_file));
}

static void
a_label_that_the_token_does_not_have_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf text = buf_init(4096);
	(void)state;
	must(file_read(keys_file, 4096, true, &text));
	must(buf_append(&text, slice_of("", 1)));
	strstr((char *)text.p, "heads")[0] = 'b';
	must(file_write(keys_file, slice_str((char *)text.p), 0600));
	assert_int_equal(start(MODULE, "sluis", pin_file), RC_CONFIG);
	strstr((char *)text.p, "beads")[0]  = 'h';
	strstr((char *)text.p, "root-1")[5] = '2';
	must(file_write(keys_file, slice_str((char *)text.p), 0600));
	assert_int_equal(start(MODULE, "sluis", pin_file), RC_CONFIG);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_head_is_signed_in_the_token),
	    T(a_root_in_the_token_makes_what_one_in_the_file_would),
	    T(what_is_at_rest_opens_by_a_root_in_the_token),
	    T(without_its_root_nothing_is_sealed),
	    T(what_does_not_fit_is_refused_at_the_start),
	    T(a_label_that_the_token_does_not_have_is_refused),
	};
	if (access(MODULE, R_OK) != 0) return 77; /* no SoftHSM here: skipped */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
