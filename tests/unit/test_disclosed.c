/* SPDX-License-Identifier: EUPL-1.2 */
/* test_disclosed.c - what is signed for a recipient is what the submission says, to the
 * last byte. */
#include "proto/disclosed.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "signal.pb-c.h"

enum { TO = 3 };

static uint8_t       public_key[KEY_BYTES], secret_key[64];
static const uint8_t seed[KEY_BYTES] = {4, 5, 6}, id[ID_BYTES] = {7};

static int
begin(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	return crypto_sign_keypair(public_key, secret_key);
}

/* A submission of one signal to three desks, of which one is not named. */
struct draft {
	Sluis__Submit    m;
	Sluis__Head      head;
	Sluis__Recipient to[TO], *list[TO];
	Sluis__Signal    signal;
	Sluis__Meta      meta;
	struct disclosed d;
};

static void
draft(struct draft *r)
{
	*r                     = (struct draft){.m = SLUIS__SUBMIT__INIT,
	                        .head              = SLUIS__HEAD__INIT,
	                        .signal            = SLUIS__SIGNAL__INIT,
	                        .meta              = SLUIS__META__INIT};
	r->meta.has_urgent     = 1;
	r->signal.meta         = &r->meta;
	r->head.has_created_ms = 1;
	r->head.created_ms     = 1800000000000;
	r->head.sender_oin     = message_borrow("00000099000000010000");
	r->head.sender_desk    = message_borrow("meldpunt");
	r->head.broker_origin  = message_borrow("sluis.example/rivierenland");
	r->m.head              = &r->head;
	r->m.convenant         = message_borrow("zvh");
	r->m.phase             = message_borrow("1");
	r->m.purpose           = message_borrow("casusoverleg");
	r->m.has_case_id       = 1;
	r->m.case_id           = message_borrow_bytes(id, sizeof id);
	r->m.n_recipients      = TO;
	r->m.recipients        = r->list;
	for (size_t i = 0; i < TO; i++) {
		sluis__recipient__init(r->list[i] = &r->to[i]);
		r->to[i].oin  = message_borrow("00000099000000020000");
		r->to[i].desk = message_borrow(i == 0 ? NULL : i == 1 ? "a" : "b");
	}
	assert_int_equal(
	    disclosed_sign(&r->m, &r->signal.base, secret_key, seed, &r->d), RC_OK);
	disclosed_attach(&r->m, &r->d);
}

static void
draft_wipe(struct draft *r)
{
	disclosed_wipe(&r->d);
}

static void
assert_checks(const struct draft *r, size_t i, rc want)
{
	struct short_hash root;
	uint8_t           own[KEY_BYTES];
	rc                code = disclosed_check(&r->m, i, public_key, &root, own);

	if (code != want) fail_msg("%s", rc_name(code));
}

static void
what_was_signed_is_what_is_found(void **state)
{
	AUTO(draft_wipe) struct draft r;
	(void)state;
	draft(&r);
	for (size_t i = 0; i < TO; i++) {
		struct short_hash  root;
		uint8_t            own[KEY_BYTES];
		struct disclosure *tree = NULL;
		assert_int_equal(disclosed_check(&r.m, i, public_key, &root, own), RC_OK);
		assert_int_equal(disclosure_new(&tree, &r.signal.base, own), RC_OK);
		struct short_hash grown = disclosure_root(tree);
		disclosure_destroy(&tree);
		assert_memory_equal(grown.b, root.b, sizeof root.b);
	}
}

static void
no_byte_of_it_can_be_another(void **state)
{
	AUTO(draft_wipe) struct draft r;
	(void)state;
	draft(&r);
	Sluis__SignedDisclosure *one   = r.d.list[1];
	ProtobufCBinaryData     *all[] = {&one->disclosure, &one->sig};
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < all[k]->len; i++) {
			all[k]->data[i] ^= 1;
			assert_checks(&r, 1, RC_BAD_DISCLOSURE);
			all[k]->data[i] ^= 1;
		}
		for (; all[k]->len != 0; all[k]->len--) {
			if (all[k]->len % 7 != 0) continue;
			all[k]->len--;
			assert_checks(&r, 1, RC_BAD_DISCLOSURE);
			all[k]->len++;
		}
		assert_checks(&r, 0, RC_OK);
		all[k]->len = k == 0 ? r.d.list[2]->disclosure.len : SIG_BYTES;
		assert_checks(&r, 1, RC_OK);
	}
}

static void
each_word_of_the_submission_is_in_it(void **state)
{
	AUTO(draft_wipe) struct draft r;
	(void)state;
	draft(&r);
	char **words[] = {&r.head.sender_oin, &r.head.sender_desk, &r.head.broker_origin,
	    &r.m.convenant, &r.m.phase, &r.m.purpose, &r.to[2].oin, &r.to[2].desk};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		char *was = *words[i], *others[] = {NULL, message_borrow("x")};
		for (size_t k = 0; k < 2; k++) {
			*words[i] = others[k];
			assert_checks(&r, 2, RC_BAD_DISCLOSURE);
		}
		*words[i] = was;
		assert_checks(&r, 2, RC_OK);
	}
	r.head.created_ms++;
	assert_checks(&r, 2, RC_BAD_DISCLOSURE);
	r.head.created_ms--;
	r.m.has_case_id = 0;
	assert_checks(&r, 2, RC_BAD_DISCLOSURE);
}

static void
each_is_for_one_recipient(void **state)
{
	AUTO(draft_wipe) struct draft r;
	(void)state;
	draft(&r);
	Sluis__SignedDisclosure *first = r.d.list[0];
	r.d.list[0]                    = r.d.list[1];
	r.d.list[1]                    = first;
	assert_checks(&r, 0, RC_BAD_DISCLOSURE);
	assert_checks(&r, 1, RC_BAD_DISCLOSURE);
	assert_checks(&r, 2, RC_OK);
	r.m.n_disclosures = TO - 1;
	assert_checks(&r, 2, RC_BAD_DISCLOSURE);
	r.m.n_disclosures       = TO;
	r.m.disclosure_seed.len = KEY_BYTES - 1;
	assert_checks(&r, 2, RC_BAD_DISCLOSURE);
}

static void
another_key_did_not_sign_it(void **state)
{
	AUTO(draft_wipe) struct draft r;
	struct short_hash             root;
	uint8_t                       other[KEY_BYTES], secret[64], own[KEY_BYTES];
	(void)state;
	draft(&r);
	assert_int_equal(crypto_sign_keypair(other, secret), 0);
	assert_int_equal(disclosed_check(&r.m, 0, other, &root, own), RC_BAD_DISCLOSURE);
}

static void
signing_again_replaces_what_was_owned(void **state)
{
	AUTO(draft_wipe) struct draft        r;
	AUTO(buf_wipe) struct buf            wire = buf_init(FRAME_MAX);
	AUTO(message_destroy) Sluis__Submit *kept = NULL;
	(void)state;
	draft(&r);
	assert_int_equal(message_pack(&r.m.base, &wire), RC_OK);
	kept = sluis__submit__unpack(NULL, wire.n, wire.p);
	assert_non_null(kept);
	disclosed_attach(kept, &r.d); /* the sanitizer sees what is lost */
	assert_int_equal(kept->n_disclosures, TO);
	disclosed_detach(kept);
	assert_int_equal(kept->n_disclosures, 0);
	assert_false(kept->has_disclosure_seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_signed_is_what_is_found),
	    cmocka_unit_test(no_byte_of_it_can_be_another),
	    cmocka_unit_test(each_word_of_the_submission_is_in_it),
	    cmocka_unit_test(each_is_for_one_recipient),
	    cmocka_unit_test(another_key_did_not_sign_it),
	    cmocka_unit_test(signing_again_replaces_what_was_owned),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
