/* SPDX-License-Identifier: EUPL-1.2 */
/* test_keeper_vault.c - whoever has a line to the keeper gets answers, and never a key.
 */
#include "broker/keeper/vault.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/checkpoint.h"
#include "support/region.h"

#define ORIGIN "sluis.example/vault"

static struct vault  *vault;
static struct keyring keys;

static int
make(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	must(keyring_make(&keys, "a"));
	keys.n_pseudonyms       = 3;
	keys.pseudonym[1]       = keys.pseudonym[0];
	keys.pseudonym[1].state = EPOCH_OVERLAP;
	(void)strcpy(keys.pseudonym[1].epoch, "b");
	keys.pseudonym[2] = (struct pseudonym_key){.state = EPOCH_ENDED, .epoch = "c"};
	must(vault_new(&vault, &keys, ORIGIN, NULL));
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	vault_destroy(&vault);
	return 0;
}

/* The code of the answer to QUESTION; what follows it goes to OUT. */
static rc
ask(struct slice question, struct buf *out)
{
	AUTO(buf_wipe) struct buf answer = buf_init(LINE_BYTES);
	struct slice              rest;
	uint64_t                  code = 0;

	vault_answer(vault, question, &answer);
	rest = buf_slice(&answer);
	must(take_number(&rest, ANSWER_HEADER, &code));
	if (code != RC_OK) assert_int_equal(rest.n, 0);
	if (out != NULL) must(buf_append(out, rest));
	return (rc)code;
}

static rc
ask_about(const struct buf *b)
{
	return ask(buf_slice(b), NULL);
}

/* --- questions -------------------------------------------------------------------- */

static void
put_elements(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		must(put_number(out, 8, 1 + i));
		must(buf_append(out, slice_of("abcdefgh", 1 + i)));
	}
}

static void
put_evaluation(struct buf *out, unsigned what, unsigned epoch, size_t elements)
{
	AUTO(buf_wipe) struct buf domain = buf_init(1000);

	put_elements(&domain, elements);
	must(put_number(out, 1, what));
	must(put_number(out, 1, epoch));
	must(put_blob(out, buf_slice(&domain)));
	must(put_blob(out, slice_str("input")));
}

static void
put_wrapped(struct buf *out)
{
	uint8_t key[KEY_BYTES] = {4}, nonce[24] = {5}, wrapped[WRAPPED_BYTES];

	seal_wrap_key(&keys.master[0], nonce, key, wrapped);
	must(put_number(out, 8, 7));
	must(put_blob(out, slice_of(wrapped, sizeof wrapped)));
}

static void
put_head(struct buf *out, uint64_t size, uint8_t mark)
{
	struct note_verifier v;
	struct hash          root = {{mark}};

	must(note_verifier_init(&v, ORIGIN, keys.checkpoint[0].public_key));
	must(put_number(out, 1, 0));
	must(checkpoint_text(&v, size, &root, out));
}

/* A good question of each kind. */
static void
good(enum operation what, struct buf *out)
{
	must(put_number(out, 1, (uint64_t)what));
	if (what == ASK_EVALUATE) {
		put_evaluation(out, EVALUATE_PSEUDONYM, 0, 5);
		put_evaluation(out, EVALUATE_TOKEN, 1, 1);
		put_evaluation(out, EVALUATE_SUBJECT, 0, 1);
	}
	if (what == ASK_FRESH) must(put_number(out, 2, FRESH_MAX));
	if (what == ASK_UNWRAP || what == ASK_REWRAP) put_wrapped(out);
	if (what == ASK_SIGN) put_head(out, 9, 1);
	if (what == ASK_DIGEST) must(buf_append(out, slice_str("data")));
}

static void
a_good_question_of_each_kind_is_answered_whole(void **state)
{
	static const size_t want[] = {[ASK_EVALUATE] = 3 * EVALUATED_BYTES,
	    [ASK_FRESH]  = FRESH_MAX * (KEY_BYTES + WRAPPED_BYTES),
	    [ASK_UNWRAP] = 1 + KEY_BYTES,
	    [ASK_REWRAP] = 1 + WRAPPED_BYTES,
	    [ASK_SIGN]   = SIG_BYTES,
	    [ASK_DIGEST] = HASH_BYTES};
	(void)state;
	for (enum operation what = ASK_FACTS; what <= ASK_DIGEST; what++) {
		AUTO(buf_wipe)
		struct buf q = buf_init(LINE_BYTES), a = buf_init(LINE_BYTES);
		good(what, &q);
		assert_int_equal(ask(buf_slice(&q), &a), RC_OK);
		if (what != ASK_FACTS) assert_int_equal(a.n, want[what]);
	}
}

static void
one_that_is_cut_off_or_goes_on_is_refused(void **state)
{
	(void)state;
	for (enum operation what = ASK_FACTS; what <= ASK_SIGN; what++) {
		AUTO(buf_wipe) struct buf q     = buf_init(LINE_BYTES);
		size_t                    items = 0;
		good(what, &q);
		for (size_t n = 1; n < q.n; n++)
			if (ask(slice_of(q.p, n), NULL) == RC_OK) items++;
		/* whole items are whole questions: none, one or two of three */
		if (what == ASK_EVALUATE)
			assert_int_equal(items, 3);
		else if (what == ASK_UNWRAP || what == ASK_REWRAP)
			assert_int_equal(items, 1);
		else
			assert_int_equal(items, 0);
		must(buf_append(&q, slice_of("", 1)));
		assert_int_not_equal(ask_about(&q), RC_OK);
	}
}

static void
what_is_no_operation_is_refused(void **state)
{
	uint8_t q[2] = {0};
	(void)state;
	assert_int_not_equal(ask(slice_of(q, 0), NULL), RC_OK);
	for (unsigned i = 0; i < 256; i++) {
		q[0]    = (uint8_t)i;
		rc code = ask(slice_of(q, 2), NULL);
		if (i == 0 || i > ASK_DIGEST) assert_int_equal(code, RC_UNKNOWN_TYPE);
	}
}

static rc
evaluation(unsigned what, unsigned epoch, size_t elements)
{
	AUTO(buf_wipe) struct buf q = buf_init(LINE_BYTES);

	must(put_number(&q, 1, ASK_EVALUATE));
	put_evaluation(&q, what, epoch, elements);
	return ask_about(&q);
}

static void
a_domain_has_exactly_the_elements_of_its_kind(void **state)
{
	(void)state;
	for (size_t n = 0; n < 8; n++) {
		assert_int_equal(
		    evaluation(EVALUATE_PSEUDONYM, 0, n), n == 5 ? RC_OK : RC_MALFORMED);
		assert_int_equal(
		    evaluation(EVALUATE_TOKEN, 0, n), n == 1 ? RC_OK : RC_MALFORMED);
		assert_int_equal(
		    evaluation(EVALUATE_SUBJECT, 0, n), n == 1 ? RC_OK : RC_MALFORMED);
		assert_int_equal(evaluation(0, 0, n), RC_MALFORMED);
		assert_int_equal(evaluation(4, 0, n), RC_MALFORMED);
		assert_int_equal(evaluation(255, 0, n), RC_MALFORMED);
	}
	assert_int_equal(evaluation(EVALUATE_SUBJECT, 1, 1), RC_MALFORMED);
}

static void
an_epoch_that_ended_or_never_was_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(evaluation(EVALUATE_TOKEN, 1, 1), RC_OK);
	for (unsigned epoch = 2; epoch < 256; epoch++)
		assert_int_equal(evaluation(EVALUATE_TOKEN, epoch, 1), RC_NOT_FOUND);
}

static void
a_domain_that_is_too_long_is_refused(void **state)
{
	(void)state;
	for (size_t n = DOMAIN_MAX - 1; n <= DOMAIN_MAX + 1; n++) {
		AUTO(buf_wipe) struct buf q                      = buf_init(LINE_BYTES);
		uint8_t                   domain[DOMAIN_MAX + 1] = {0};
		put_u64_be(domain, n - 8);
		must(put_number(&q, 1, ASK_EVALUATE));
		must(put_number(&q, 2, EVALUATE_TOKEN << 8));
		must(put_blob(&q, slice_of(domain, n)));
		must(put_blob(&q, slice_str("")));
		assert_int_equal(ask_about(&q), n <= DOMAIN_MAX ? RC_OK : RC_MALFORMED);
	}
}

static void
a_length_that_overflows_is_no_element(void **state)
{
	static const uint64_t lengths[] = {UINT64_MAX, UINT64_MAX - 7, 1ull << 63, 4, 2};
	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		AUTO(buf_wipe) struct buf q          = buf_init(LINE_BYTES);
		uint8_t                   domain[11] = {0};
		put_u64_be(domain, lengths[i]);
		must(put_number(&q, 1, ASK_EVALUATE));
		must(put_number(&q, 2, EVALUATE_TOKEN << 8));
		must(put_blob(&q, slice_of(domain, sizeof domain)));
		must(put_blob(&q, slice_str("")));
		assert_int_equal(ask_about(&q), RC_MALFORMED);
	}
}

static void
epochs_and_kinds_have_keys_of_their_own(void **state)
{
	AUTO(buf_wipe) struct buf q = buf_init(LINE_BYTES), a = buf_init(LINE_BYTES);
	(void)state;
	must(put_number(&q, 1, ASK_EVALUATE));
	put_evaluation(&q, EVALUATE_TOKEN, 0, 1); /* a and b have the same root */
	put_evaluation(&q, EVALUATE_TOKEN, 1, 1);
	put_evaluation(&q, EVALUATE_SUBJECT, 0, 1);
	put_evaluation(&q, EVALUATE_PSEUDONYM, 0, 5);
	assert_int_equal(ask(buf_slice(&q), &a), RC_OK);
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(
			    a.p + i * EVALUATED_BYTES, a.p + k * EVALUATED_BYTES, 20);
	/* of a pseudonym 160 bits, of a token all */
	assert_true(sodium_is_zero(a.p + 3 * EVALUATED_BYTES + 22, 12));
	assert_false(sodium_is_zero(a.p + 22, 12));
}

static void
an_answer_that_would_be_too_long_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf q = buf_init(LINE_BYTES);
	(void)state;
	must(put_number(&q, 1, ASK_UNWRAP));
	while (q.n + 10 < LINE_BYTES) { /* of none that is ours */
		must(put_number(&q, 8, 1));
		must(put_number(&q, 2, 0));
	}
	assert_int_equal(ask_about(&q), RC_TOO_LARGE);
	uint8_t fresh[3] = {ASK_FRESH, (FRESH_MAX + 1) >> 8, (FRESH_MAX + 1) & 255};
	assert_int_equal(ask(slice_of(fresh, 3), NULL), RC_MALFORMED);
	memset(fresh + 1, 0, 2);
	assert_int_equal(ask(slice_of(fresh, 3), NULL), RC_MALFORMED);
}

/* --- heads ------------------------------------------------------------------------ */

static rc
head(uint64_t size, uint8_t mark)
{
	AUTO(buf_wipe) struct buf q = buf_init(LINE_BYTES);

	must(put_number(&q, 1, ASK_SIGN));
	put_head(&q, size, mark);
	return ask_about(&q);
}

static void
one_size_has_one_root(void **state)
{
	(void)state;
	assert_int_equal(head(0, 1), RC_OK);
	assert_int_equal(head(5, 1), RC_OK);
	assert_int_equal(head(5, 1), RC_OK);
	assert_int_equal(head(5, 2), RC_FORKED);
	assert_int_equal(head(6, 3), RC_OK);
	assert_int_equal(head(5, 1), RC_OK); /* an old one, for a late reader */
	assert_int_equal(head(6, 1), RC_FORKED);
	assert_int_equal(head(7, 1), RC_OK);
}

static void
only_heads_of_our_journal_are_signed(void **state)
{
	static const char *const bad[] = {"", "x", "\n",
	    "sluis.example/other\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	    ORIGIN "\n05\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	    ORIGIN "\n-5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	    ORIGIN "\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n",
	    ORIGIN "\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	    ORIGIN "\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n",
	    ORIGIN "\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO(buf_wipe) struct buf q = buf_init(LINE_BYTES);
		must(put_number(&q, 2, ASK_SIGN << 8));
		must(buf_append(&q, slice_str(bad[i])));
		assert_int_not_equal(ask_about(&q), RC_OK);
	}
	AUTO(buf_wipe) struct buf q = buf_init(LINE_BYTES);
	must(put_number(&q, 1, ASK_SIGN));
	put_head(&q, 5, 1);
	q.p[1] = 1; /* there is one key */
	assert_int_equal(ask_about(&q), RC_MALFORMED);
}

static void
an_origin_that_can_name_no_journal_is_refused(void **state)
{
	struct vault *v = NULL;
	(void)state;
	assert_int_equal(vault_new(&v, &keys, "", NULL), RC_CONFIG);
	assert_int_equal(vault_new(&v, &keys, "a b", NULL), RC_CONFIG);
	assert_null(v);
}

/* --- keys ------------------------------------------------------------------------- */

static void
no_answer_holds_a_key(void **state)
{
	const uint8_t *secret[] = {keys.checkpoint[0].secret, keys.pseudonym[0].secret,
	    keys.pseudonym[1].secret, keys.master[0].secret, keys.subject};
	(void)state;
	for (enum operation what = ASK_FACTS; what <= ASK_DIGEST; what++) {
		AUTO(buf_wipe)
		struct buf q = buf_init(LINE_BYTES), a = buf_init(LINE_BYTES);
		good(what, &q);
		assert_int_equal(ask(buf_slice(&q), &a), RC_OK);
		for (size_t i = 0; i < 5; i++)
			assert_null(memmem(a.p, a.n, secret[i], 16));
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_good_question_of_each_kind_is_answered_whole),
	    T(one_that_is_cut_off_or_goes_on_is_refused),
	    T(what_is_no_operation_is_refused),
	    T(a_domain_has_exactly_the_elements_of_its_kind),
	    T(an_epoch_that_ended_or_never_was_is_not_found),
	    T(a_domain_that_is_too_long_is_refused),
	    T(a_length_that_overflows_is_no_element),
	    T(epochs_and_kinds_have_keys_of_their_own),
	    T(an_answer_that_would_be_too_long_is_refused),
	    T(one_size_has_one_root),
	    T(only_heads_of_our_journal_are_signed),
	    T(an_origin_that_can_name_no_journal_is_refused),
	    T(no_answer_holds_a_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
