/* SPDX-License-Identifier: EUPL-1.2 */
/* test_rotate.c - a second key of a kind, one again, and what cannot be. */
#include "broker/keys/rotate.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/store/wrapped.h"

static struct keyring k, before;
static const char    *why;

static int
make(void **state)
{
	(void)state;
	if (sodium_init() < 0 || keyring_make(&k, "1") != RC_OK) return -1;
	before = k;
	why    = NULL;
	return 0;
}

static rc
begin(enum key_kind kind, const char *name)
{
	return rotate_begin(&k, kind, name, &why);
}

static rc
end(enum key_kind kind)
{
	return rotate_end(&k, kind, &why);
}

/* Refused, with a reason, and nothing changed. */
static void
refused(rc code)
{
	assert_int_equal(code, RC_CONFIG);
	assert_non_null(why);
	assert_memory_equal(&k, &before, sizeof k);
}

static void
each_kind_has_its_name(void **state)
{
	enum key_kind kind;
	(void)state;
	for (unsigned i = 0; i < N_KINDS; i++) {
		assert_int_equal(
		    key_kind_read(key_kind_name((enum key_kind)i), &kind), RC_OK);
		assert_int_equal(kind, i);
	}
	assert_int_equal(key_kind_read("", &kind), RC_USAGE);
	assert_int_equal(key_kind_read("Curve", &kind), RC_USAGE);
	assert_string_equal(key_kind_name(N_KINDS), "?");
}

static void
a_new_channel_key_is_at_the_other_place(void **state)
{
	uint8_t public_key[KEY_BYTES];
	(void)state;
	for (unsigned place = 0; place < 4; place++) {
		assert_int_equal(k.curve[0].place, place % 2);
		assert_int_equal(begin(KIND_CURVE, NULL), RC_OK);
		assert_int_equal(k.n_curves, 2);
		assert_memory_equal(&k.curve[0], &before.curve[0], sizeof k.curve[0]);
		assert_int_equal(k.curve[1].place, 1 - place % 2);
		crypto_scalarmult_base(public_key, k.curve[1].secret);
		assert_memory_equal(public_key, k.curve[1].public_key, KEY_BYTES);
		before = k;
		refused(begin(KIND_CURVE, NULL));
		assert_int_equal(end(KIND_CURVE), RC_OK);
		assert_int_equal(k.n_curves, 1);
		assert_memory_equal(&k.curve[0], &before.curve[1], sizeof k.curve[0]);
		assert_true(sodium_is_zero((uint8_t *)&k.curve[1], sizeof k.curve[1]));
		before = k;
		refused(end(KIND_CURVE));
	}
}

static void
both_sign_and_then_the_new_one(void **state)
{
	(void)state;
	refused(end(KIND_CHECKPOINT));
	assert_int_equal(begin(KIND_CHECKPOINT, NULL), RC_OK);
	assert_int_equal(k.n_checkpoints, 2);
	assert_memory_equal(
	    &k.checkpoint[0], &before.checkpoint[0], sizeof k.checkpoint[0]);
	assert_memory_equal(
	    k.checkpoint[1].public_key, k.checkpoint[1].secret + KEY_BYTES, KEY_BYTES);
	before = k;
	refused(begin(KIND_CHECKPOINT, NULL));
	assert_int_equal(end(KIND_CHECKPOINT), RC_OK);
	assert_memory_equal(
	    &k.checkpoint[0], &before.checkpoint[1], sizeof k.checkpoint[0]);
	assert_true(sodium_is_zero((uint8_t *)&k.checkpoint[1], sizeof k.checkpoint[1]));
}

static void
an_epoch_ends_and_leaves_its_name(void **state)
{
	(void)state;
	refused(end(KIND_PSEUDONYM));
	assert_int_equal(begin(KIND_PSEUDONYM, NULL), RC_OK);
	assert_int_equal(k.n_pseudonyms, 2);
	assert_int_equal(keyring_current(&k), 1);
	assert_string_equal(k.pseudonym[1].epoch, "2");
	assert_int_equal(k.pseudonym[0].state, EPOCH_OVERLAP);
	assert_memory_equal(k.pseudonym[0].secret, before.pseudonym[0].secret, KEY_BYTES);
	assert_false(sodium_is_zero(k.pseudonym[1].secret, KEY_BYTES));
	before = k;
	refused(begin(KIND_PSEUDONYM, "3"));
	assert_int_equal(end(KIND_PSEUDONYM), RC_OK);
	assert_int_equal(k.pseudonym[0].state, EPOCH_ENDED);
	assert_string_equal(k.pseudonym[0].epoch, "1");
	assert_true(sodium_is_zero(k.pseudonym[0].secret, KEY_BYTES));
	before = k;
	refused(begin(KIND_PSEUDONYM, "1"));
	refused(begin(KIND_PSEUDONYM, "2"));
	assert_int_equal(begin(KIND_PSEUDONYM, "zomer.2027"), RC_OK);
	assert_string_equal(k.pseudonym[keyring_current(&k)].epoch, "zomer.2027");
}

static void
a_name_of_an_epoch_is_a_word(void **state)
{
	static const char *const bad[] = {
	    "", " ", "a b", "a/b", "\"", "é", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(begin(KIND_PSEUDONYM, bad[i]));
	refused(begin(KIND_CURVE, "x"));
	refused(begin(KIND_MASTER, "x"));
	refused(begin(KIND_CHECKPOINT, "x"));
}

/* More epochs than there is room for: the oldest names go, never a key that is needed. */
static void
epochs_go_on_without_end(void **state)
{
	char name[16];
	(void)state;
	for (unsigned i = 2; i < 3 * KEYRING_EPOCHS; i++) {
		uint8_t last[KEY_BYTES];
		memcpy(last, k.pseudonym[keyring_current(&k)].secret, KEY_BYTES);
		assert_int_equal(begin(KIND_PSEUDONYM, NULL), RC_OK);
		assert_true(k.n_pseudonyms <= KEYRING_EPOCHS);
		(void)snprintf(name, sizeof name, "%u", i);
		size_t now = keyring_current(&k);
		assert_string_equal(k.pseudonym[now].epoch, name);
		assert_int_equal(k.pseudonym[now - 1].state, EPOCH_OVERLAP);
		assert_memory_equal(k.pseudonym[now - 1].secret, last, KEY_BYTES);
		assert_int_equal(end(KIND_PSEUDONYM), RC_OK);
	}
	assert_int_equal(k.n_pseudonyms, KEYRING_EPOCHS);
}

static void
the_new_master_key_comes_first(void **state)
{
	(void)state;
	refused(end(KIND_MASTER));
	assert_int_equal(begin(KIND_MASTER, NULL), RC_OK);
	assert_int_equal(k.n_masters, 2);
	assert_int_equal(k.master[0].id, 2);
	assert_memory_equal(&k.master[1], &before.master[0], sizeof k.master[1]);
	assert_memory_not_equal(k.master[0].secret, k.master[1].secret, KEY_BYTES);
	before = k;
	refused(begin(KIND_MASTER, NULL));
	assert_int_equal(end(KIND_MASTER), RC_OK);
	assert_memory_equal(&k.master[0], &before.master[0], sizeof k.master[0]);
	assert_true(sodium_is_zero((uint8_t *)&k.master[1], sizeof k.master[1]));
	k.master[0].id = UINT32_MAX;
	before         = k;
	refused(begin(KIND_MASTER, NULL));
}

static void
no_kind_touches_another(void **state)
{
	(void)state;
	for (enum key_kind kind = KIND_CURVE; kind < N_KINDS; kind++) {
		k = before;
		assert_int_equal(begin(kind, NULL), RC_OK);
		assert_int_equal(end(kind), RC_OK);
		assert_int_equal(memcmp(k.curve, before.curve, sizeof k.curve) == 0,
		    kind != KIND_CURVE);
		assert_int_equal(
		    memcmp(k.checkpoint, before.checkpoint, sizeof k.checkpoint) == 0,
		    kind != KIND_CHECKPOINT);
		assert_int_equal(
		    memcmp(k.pseudonym, before.pseudonym, sizeof k.pseudonym) == 0,
		    kind != KIND_PSEUDONYM);
		assert_int_equal(memcmp(k.master, before.master, sizeof k.master) == 0,
		    kind != KIND_MASTER);
		assert_memory_equal(k.subject, before.subject, KEY_BYTES);
		assert_memory_equal(k.repeat, before.repeat, KEY_BYTES);
	}
}

static void
what_a_token_keeps_is_not_changed_here(void **state)
{
	(void)state;
	(void)strcpy(k.checkpoint[0].hsm, "journal");
	(void)strcpy(k.pseudonym[0].hsm, "psn");
	(void)strcpy(k.master[0].hsm, "at-rest");
	before = k;
	refused(begin(KIND_CHECKPOINT, NULL));
	refused(begin(KIND_PSEUDONYM, NULL));
	refused(begin(KIND_MASTER, NULL));
}

#define T(name) cmocka_unit_test_setup(name, make)

static void
keys_that_are_lost_are_named_as_far_as_a_line_goes(void **state)
{
	struct wrapped_names w = {0};
	(void)state;
	wrapped_names_add(&w, WRAPPED_COPIES, 4);
	wrapped_names_add(&w, WRAPPED_RECORDS, 0);
	assert_string_equal(w.text, "copy 4, record 0");
	for (uint64_t i = 0; i < 1000; i++)
		wrapped_names_add(&w, WRAPPED_COPIES, UINT64_MAX - i);
	assert_int_equal(w.n, 1002);
	assert_non_null(strstr(w.text, "copy 18446744073709551615, "));
	const char *end = strstr(w.text, ", and more");
	assert_non_null(end);
	assert_string_equal(end, ", and more");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(each_kind_has_its_name),
	    T(a_new_channel_key_is_at_the_other_place),
	    T(both_sign_and_then_the_new_one),
	    T(an_epoch_ends_and_leaves_its_name),
	    T(a_name_of_an_epoch_is_a_word),
	    T(epochs_go_on_without_end),
	    T(the_new_master_key_comes_first),
	    T(no_kind_touches_another),
	    T(what_a_token_keeps_is_not_changed_here),
	    T(keys_that_are_lost_are_named_as_far_as_a_line_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
