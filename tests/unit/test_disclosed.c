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
static const uint8_t seed[KEY_BYTES] = {4, 5, 6};
static uint8_t       id[ID_BYTES] = {7}, request[ID_BYTES] = {8}, earlier[ID_BYTES] = {9};

static int
begin(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	return crypto_sign_keypair(public_key, secret_key);
}

static struct scratch mem = {.left = 16 << 20, .max = 16 << 20};

/* Listed in MEM. */
static const struct contents *
contents_of(const Sluis__Signal *signal)
{
	struct contents *ret;

	assert_int_equal(contents_list(&signal->base, &mem, &ret), RC_OK);
	return ret;
}

static int
finish(void **state)
{
	(void)state;
	scratch_wipe(&mem);
	return 0;
}

/* A submission of one signal to three desks, of which one is not named. */
struct draft {
	Sluis__Submit    m;
	Sluis__Head      head;
	Sluis__Recipient to[TO], *list[TO];
	Sluis__Signal    signal;
	Sluis__Meta      meta;
	struct avowal    a;
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
	r->head.has_request_id = 1;
	r->head.request_id     = message_borrow_bytes(request, sizeof request);
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
	    disclosed_sign(&r->m, &r->signal.base, secret_key, seed, &r->a), RC_OK);
	disclosed_attach(&r->m, &r->a);
}

static void
assert_checks(const struct draft *r, rc want)
{
	struct disclosed *d = NULL;
	rc                code =
	    disclosed_check(&r->m, contents_of(&r->signal), public_key, NULL, &mem, &d);

	if (code != want) fail_msg("%s", rc_name(code));
	assert_true((d != NULL) == (want == RC_OK));
}

static void
what_was_signed_is_what_is_made_again(void **state)
{
	struct disclosed *d = NULL;
	struct draft      r;
	(void)state;
	draft(&r);
	assert_int_equal(
	    disclosed_check(&r.m, contents_of(&r.signal), public_key, NULL, &mem, &d),
	    RC_OK);
	for (size_t i = 0; i < TO; i++) {
		struct disclosure *tree = NULL;
		uint8_t            own[KEY_BYTES];
		disclosure_seed(seed, r.to[i].oin, r.to[i].desk, own);
		assert_int_equal(
		    disclosure_new(&tree, contents_of(&r.signal), own, &mem), RC_OK);
		struct short_hash grown = disclosure_root(tree);
		struct short_hash root  = disclosure_root(disclosed_tree(d, i));
		assert_memory_equal(grown.b, root.b, sizeof root.b);
	}
}

static void
no_byte_of_it_can_be_another(void **state)
{
	struct draft r;
	(void)state;
	draft(&r);
	ProtobufCBinaryData *all[] = {&r.m.disclosure_seed, &r.m.disclosure_sig};
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < all[k]->len; i++) {
			all[k]->data[i] ^= 1;
			assert_checks(&r, RC_BAD_DISCLOSURE);
			all[k]->data[i] ^= 1;
		}
		size_t whole = all[k]->len;
		for (size_t n = 0; n < whole; n += 7) {
			all[k]->len = n;
			assert_checks(&r, RC_BAD_DISCLOSURE);
		}
		all[k]->len = whole;
		assert_checks(&r, RC_OK);
	}
}

static void
each_word_of_the_submission_is_in_it(void **state)
{
	struct draft r;
	(void)state;
	draft(&r);
	char **words[] = {&r.head.sender_oin, &r.head.sender_desk, &r.head.broker_origin,
	    &r.m.convenant, &r.m.phase, &r.m.purpose, &r.to[2].oin, &r.to[2].desk};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		char *was = *words[i], *others[] = {NULL, message_borrow("x")};
		for (size_t k = 0; k < 2; k++) {
			*words[i] = others[k];
			assert_checks(&r, RC_BAD_DISCLOSURE);
		}
		*words[i] = was;
		assert_checks(&r, RC_OK);
	}
	r.head.created_ms++;
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.head.created_ms--;
	r.meta.urgent = !r.meta.urgent;
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.meta.urgent = !r.meta.urgent;
	r.m.enriches  = 1;
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.m.enriches    = 0;
	r.m.has_case_id = 0;
	assert_checks(&r, RC_BAD_DISCLOSURE);
}

static void
what_it_corrects_is_in_it(void **state)
{
	struct draft r;
	(void)state;
	draft(&r);
	r.m.has_corrects = 1;
	r.m.corrects     = message_borrow_bytes(earlier, sizeof earlier);
	assert_checks(&r, RC_BAD_DISCLOSURE);
	assert_int_equal(
	    disclosed_sign(&r.m, &r.signal.base, secret_key, seed, &r.a), RC_OK);
	disclosed_detach(&r.m);
	disclosed_attach(&r.m, &r.a);
	assert_checks(&r, RC_OK);
	r.m.corrects.data[0] ^= 1;
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.m.corrects.data[0] ^= 1;
	r.m.corrects.len--;
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.m.corrects.len++;
	r.m.has_corrects = 0;
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.m.has_corrects = 1;
	r.head.request_id.data[3] ^= 1;
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.head.request_id.data[3] ^= 1;
	assert_checks(&r, RC_OK);
}

static void
one_signature_stands_for_exactly_these_recipients(void **state)
{
	struct draft r;
	(void)state;
	draft(&r);
	r.list[0] = &r.to[1];
	r.list[1] = &r.to[0];
	assert_checks(&r, RC_BAD_DISCLOSURE);
	r.list[0] = &r.to[0];
	r.list[1] = &r.to[1];
	assert_checks(&r, RC_OK);
	for (r.m.n_recipients = 0; r.m.n_recipients < TO; r.m.n_recipients++)
		assert_checks(&r, RC_BAD_DISCLOSURE);
	r.m.n_recipients = SIGNING_PLACES + 1; /* none is looked at */
	assert_checks(&r, RC_TOO_MANY);
}

static void
another_key_did_not_sign_it(void **state)
{
	struct draft      r;
	struct disclosed *d = NULL;
	uint8_t           other[KEY_BYTES], secret[64];
	(void)state;
	draft(&r);
	assert_int_equal(crypto_sign_keypair(other, secret), 0);
	assert_int_equal(
	    disclosed_check(&r.m, contents_of(&r.signal), other, NULL, &mem, &d),
	    RC_BAD_DISCLOSURE);
	assert_null(d);
}

/* --- in a copy ------------------------------------------------------------------- */

/* The evidence of recipient I, without what leads to the root of the signal. */
static void
evidence_of(const struct draft *r, size_t i, Sluis__Evidence *ret)
{
	struct disclosed         *d    = NULL;
	AUTO(buf_wipe) struct buf wire = buf_init(1 << 16);
	Sluis__Evidence           lent = SLUIS__EVIDENCE__INIT;

	assert_int_equal(
	    disclosed_check(&r->m, contents_of(&r->signal), public_key, NULL, &mem, &d),
	    RC_OK);
	disclosed_evidence(d, i, &lent);
	assert_int_equal(message_pack(&lent.base, &wire), RC_OK);
	Sluis__Evidence *own = sluis__evidence__unpack(NULL, wire.n, wire.p);
	assert_non_null(own);
	*ret = *own;
	free(own);
}

static void
evidence_free(Sluis__Evidence *e)
{
	free(e->disclosure.data);
	free(e->sig.data);
	free(e->path.data);
}

static void
assert_verifies(const Sluis__Evidence *e, rc want)
{
	assert_int_equal(disclosed_verify(e, DISCLOSURE_VERSION, public_key), want);
}

static void
each_copy_leads_to_the_one_signature_and_no_changed_one_does(void **state)
{
	struct draft r;
	(void)state;
	draft(&r);
	for (size_t i = 0; i < TO; i++) {
		Sluis__Evidence e;
		evidence_of(&r, i, &e);
		assert_verifies(&e, RC_OK);
		assert_int_equal(
		    disclosed_verify(&e, DISCLOSURE_ALONE, public_key), RC_BAD_SIGNATURE);
		ProtobufCBinaryData *all[] = {&e.disclosure, &e.sig, &e.path};
		for (size_t k = 0; k < 3; k++) {
			for (size_t at = 0; at < all[k]->len; at++) {
				all[k]->data[at] ^= 0x10;
				assert_verifies(&e, RC_BAD_SIGNATURE);
				all[k]->data[at] ^= 0x10;
			}
			all[k]->len--;
			assert_verifies(&e, RC_BAD_SIGNATURE);
			all[k]->len++;
		}
		for (unsigned bit = 0; bit < 32; bit++) {
			e.place ^= 1U << bit;
			assert_verifies(&e, RC_BAD_SIGNATURE);
			e.place ^= 1U << bit;
		}
		assert_verifies(&e, RC_OK);
		evidence_free(&e);
	}
}

static void
a_path_has_a_length_that_there_is(void **state)
{
	struct draft    r;
	Sluis__Evidence e;
	(void)state;
	draft(&r);
	evidence_of(&r, 0, &e);
	size_t whole = e.path.len;
	e.path.data  = realloc(e.path.data, 32 * DISCLOSURE_HASH_BYTES);
	assert_non_null(e.path.data);
	memset(e.path.data + whole, 0, 32 * DISCLOSURE_HASH_BYTES - whole);
	for (size_t n = 0; n <= 32; n++) {
		e.path.len = n * DISCLOSURE_HASH_BYTES;
		assert_verifies(&e, e.path.len == whole ? RC_OK : RC_BAD_SIGNATURE);
	}
	evidence_free(&e);
}

/* The number of recipients is told by nothing but the class that it is in. */
static void
all_paths_of_a_class_are_equally_long(void **state)
{
	struct short_hash leaves[SIGNING_PLACES] = {{{0}}};
	struct signing    t;
	(void)state;
	for (size_t n = 1; n <= SIGNING_PLACES; n++) {
		unsigned levels = n > 16 ? SIGNING_LARGE : SIGNING_SMALL;
		uint64_t taken  = 0;
		signing_tree(&t, levels, seed, leaves, n);
		for (size_t i = 0; i < n; i++) {
			struct signing_path path = {.n = 0};
			signing_climb(&t, i, &path);
			assert_int_equal(path.n, levels);
			assert_int_equal(taken >> path.place & 1, 0);
			taken |= (uint64_t)1 << path.place;
			struct short_hash root = signing_follow(&leaves[i], &path);
			assert_memory_equal(root.b, t.node[1].b, sizeof root.b);
		}
	}
}

static void
what_replaces_something_is_called_as_its_sender_meant(void **state)
{
	AUTO(message_destroy) Sluis__Disclosure *first = NULL, *second = NULL;
	struct draft                             r;
	Sluis__Evidence                          e, later;
	(void)state;
	draft(&r);
	evidence_of(&r, 1, &e);
	r.m.has_corrects  = 1;
	r.m.corrects      = message_borrow_bytes(request, sizeof request);
	r.head.request_id = message_borrow_bytes(earlier, sizeof earlier);
	assert_int_equal(
	    disclosed_sign(&r.m, &r.signal.base, secret_key, seed, &r.a), RC_OK);
	disclosed_detach(&r.m);
	disclosed_attach(&r.m, &r.a);
	evidence_of(&r, 1, &later);
	first = sluis__disclosure__unpack(NULL, e.disclosure.len, e.disclosure.data);
	second =
	    sluis__disclosure__unpack(NULL, later.disclosure.len, later.disclosure.data);
	assert_int_equal(first->said.len, 16);
	assert_int_equal(
	    first->corrects.len, 16); /* nothing, and that is not to be seen */
	assert_memory_equal(second->corrects.data, first->said.data, 16);
	assert_memory_not_equal(second->said.data, first->said.data, 16);
	assert_memory_not_equal(first->corrects.data, first->said.data, 16);
	evidence_free(&e);
	evidence_free(&later);
}

/* --- several at once ------------------------------------------------------------- */

enum { MANY = 5 };

/* MANY submissions under one signature. */
struct lot {
	struct draft        drafts[MANY];
	Sluis__SubmitMany   m;
	ProtobufCBinaryData submissions[JOINT_MAX + 1], said[JOINT_MAX + 1];
	struct short_hash   roots[MANY];
	uint8_t             seed[KEY_BYTES], sig[SIG_BYTES];
};

static void
lot(struct lot *r)
{
	memset(r->seed, 6, sizeof r->seed);
	memset(r->said, 0, sizeof r->said);
	sluis__submit_many__init(&r->m);
	for (size_t i = 0; i < MANY; i++) {
		struct disclosed *d = NULL;
		draft(&r->drafts[i]);
		r->drafts[i].head.created_ms += i + 1;
		r->drafts[i].m.has_disclosure_sig = 0;
		assert_int_equal(disclosed_new(&d, &r->drafts[i].m,
		                     contents_of(&r->drafts[i].signal), seed, &mem),
		    RC_OK);
		r->roots[i] = disclosed_root(d);
		r->said[i]  = message_borrow_bytes(r->roots[i].b, DISCLOSURE_HASH_BYTES);
	}
	assert_int_equal(joint_sign(r->roots, MANY, secret_key, r->seed, r->sig), RC_OK);
	r->m.n_submissions       = MANY;
	r->m.submissions         = r->submissions;
	r->m.n_said              = MANY;
	r->m.said                = r->said;
	r->m.has_disclosure_seed = r->m.has_disclosure_sig = 1;
	r->m.disclosure_seed = message_borrow_bytes(r->seed, sizeof r->seed);
	r->m.disclosure_sig  = message_borrow_bytes(r->sig, sizeof r->sig);
}

static void
assert_joint(const struct lot *r, rc want)
{
	struct joint list[JOINT_MAX];
	assert_int_equal(joint_check(&r->m, public_key, list), want);
}

static void
one_signature_stands_for_several_submissions(void **state)
{
	static struct lot r;
	struct joint      list[JOINT_MAX];
	(void)state;
	lot(&r);
	assert_int_equal(joint_check(&r.m, public_key, list), RC_OK);
	for (size_t i = 0; i < MANY; i++) {
		struct disclosed *d     = NULL;
		struct draft     *one   = &r.drafts[i];
		Sluis__Evidence   e     = SLUIS__EVIDENCE__INIT;
		const size_t      other = (i + 1) % MANY;
		assert_int_equal(disclosed_check(&one->m, contents_of(&one->signal),
		                     public_key, &list[other], &mem, &d),
		    RC_BAD_DISCLOSURE);
		assert_int_equal(disclosed_check(&one->m, contents_of(&one->signal),
		                     public_key, NULL, &mem, &d),
		    RC_BAD_DISCLOSURE);
		assert_int_equal(disclosed_check(&one->m, contents_of(&one->signal),
		                     public_key, &list[i], &mem, &d),
		    RC_OK);
		for (size_t k = 0; k < TO; k++) {
			disclosed_evidence(d, k, &e);
			assert_int_equal(e.path.len,
			    (SIGNING_SMALL + SIGNING_OUTER) * DISCLOSURE_HASH_BYTES);
			assert_verifies(&e, RC_OK);
			for (unsigned bit = 0; bit < 32; bit++) {
				e.place ^= 1U << bit;
				assert_verifies(&e, RC_BAD_SIGNATURE);
				e.place ^= 1U << bit;
			}
		}
	}
}

static void
what_carries_a_signature_of_its_own_is_not_said_with_others(void **state)
{
	static struct lot r;
	struct disclosed *d = NULL;
	struct joint      list[JOINT_MAX];
	(void)state;
	lot(&r);
	assert_int_equal(joint_check(&r.m, public_key, list), RC_OK);
	r.drafts[0].m.has_disclosure_sig = 1;
	assert_int_equal(disclosed_check(&r.drafts[0].m, contents_of(&r.drafts[0].signal),
	                     public_key, &list[0], &mem, &d),
	    RC_BAD_DISCLOSURE);
}

static void
no_byte_of_what_is_said_together_can_be_another(void **state)
{
	static struct lot r;
	(void)state;
	lot(&r);
	ProtobufCBinaryData *all[] = {
	    &r.m.disclosure_seed, &r.m.disclosure_sig, &r.said[0], &r.said[MANY - 1]};
	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
		for (size_t i = 0; i < all[k]->len; i++) {
			all[k]->data[i] ^= 1;
			assert_joint(&r, RC_BAD_DISCLOSURE);
			all[k]->data[i] ^= 1;
		}
		all[k]->len--;
		assert_joint(&r, k < 2 ? RC_BAD_DISCLOSURE : RC_MALFORMED);
		all[k]->len++;
		assert_joint(&r, RC_OK);
	}
}

static void
as_much_is_said_as_is_submitted_and_not_too_much(void **state)
{
	static struct lot r;
	uint8_t           sig[SIG_BYTES];
	(void)state;
	lot(&r);
	for (size_t n = 0; n <= JOINT_MAX + 1; n++) {
		r.m.n_submissions = n;
		assert_joint(&r, n == MANY ? RC_OK : RC_MALFORMED);
	}
	r.m.n_said = r.m.n_submissions = MANY - 1; /* one was taken out */
	assert_joint(&r, RC_BAD_DISCLOSURE);
	r.m.n_said = r.m.n_submissions = JOINT_MAX + 1;
	assert_joint(&r, RC_MALFORMED);
	r.m.n_said = r.m.n_submissions = 0;
	assert_joint(&r, RC_MALFORMED);
	assert_int_equal(joint_sign(r.roots, 0, secret_key, r.seed, sig), RC_TOO_MANY);
	assert_int_equal(
	    joint_sign(r.roots, JOINT_MAX + 1, secret_key, r.seed, sig), RC_TOO_MANY);
}

static void
signing_again_replaces_what_was_owned(void **state)
{
	struct draft                         r;
	AUTO(buf_wipe) struct buf            wire = buf_init(FRAME_MAX);
	AUTO(message_destroy) Sluis__Submit *kept = NULL;
	(void)state;
	draft(&r);
	assert_int_equal(message_pack(&r.m.base, &wire), RC_OK);
	kept = sluis__submit__unpack(NULL, wire.n, wire.p);
	assert_non_null(kept);
	disclosed_attach(kept, &r.a); /* the sanitizer sees what is lost */
	assert_int_equal(kept->disclosure_sig.len, SIG_BYTES);
	disclosed_detach(kept);
	assert_false(kept->has_disclosure_sig);
	assert_false(kept->has_disclosure_seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_signed_is_what_is_made_again),
	    cmocka_unit_test(no_byte_of_it_can_be_another),
	    cmocka_unit_test(each_word_of_the_submission_is_in_it),
	    cmocka_unit_test(what_it_corrects_is_in_it),
	    cmocka_unit_test(one_signature_stands_for_exactly_these_recipients),
	    cmocka_unit_test(another_key_did_not_sign_it),
	    cmocka_unit_test(
	        each_copy_leads_to_the_one_signature_and_no_changed_one_does),
	    cmocka_unit_test(a_path_has_a_length_that_there_is),
	    cmocka_unit_test(all_paths_of_a_class_are_equally_long),
	    cmocka_unit_test(what_replaces_something_is_called_as_its_sender_meant),
	    cmocka_unit_test(one_signature_stands_for_several_submissions),
	    cmocka_unit_test(what_carries_a_signature_of_its_own_is_not_said_with_others),
	    cmocka_unit_test(no_byte_of_what_is_said_together_can_be_another),
	    cmocka_unit_test(as_much_is_said_as_is_submitted_and_not_too_much),
	    cmocka_unit_test(signing_again_replaces_what_was_owned),
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
