/* SPDX-License-Identifier: EUPL-1.2 */
/* test_envelope.c - DSSE envelopes: one form, and every bit of it bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/wire.h"
#include "wire.pb-c.h"

static const uint8_t seed[32] = {'e', 'n', 'v'};
static uint8_t       public_key[32], secret_key[64];

static int
make_keys(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	return crypto_sign_seed_keypair(public_key, secret_key, seed);
}

static void
sign(const char *payload, struct buf *out)
{
	assert_int_equal(
	    envelope_sign(TYPE_SUBMIT, slice_str(payload), secret_key, out), RC_OK);
}

static rc
open_and_verify(struct slice wire)
{
	struct envelope e;
	TRY(envelope_open(wire, &e));
	return envelope_verify(&e, public_key);
}

static void
the_encoding_is_that_of_the_dsse_specification(void **state)
{
	AUTO(buf_wipe) struct buf pae = buf_init(256);
	static const char         want[] =
	    "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
	(void)state;

	assert_int_equal(envelope_pae(slice_str("http://example.com/HelloWorld"),
	                     slice_str("hello world"), &pae),
	    RC_OK);
	assert_true(slice_equal(buf_slice(&pae), slice_str(want)));
	buf_wipe(&pae);
	assert_int_equal(envelope_pae(slice_str(""), slice_str(""), &pae), RC_OK);
	assert_true(slice_equal(buf_slice(&pae), slice_str("DSSEv1 0  0 ")));
}

static void
a_full_buffer_stays_as_it_was(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(10);
	(void)state;

	assert_int_equal(buf_append(&b, slice_str("x")), RC_OK);
	assert_int_equal(envelope_pae(slice_str("t"), slice_str("p"), &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 1);
	assert_int_equal(
	    envelope_sign("t", slice_str("p"), secret_key, &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 1);
	b.max = 20; /* room for the payload and the type, not for the signature */
	assert_int_equal(
	    envelope_sign("t", slice_str("p"), secret_key, &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 1);
}

static void
a_signed_envelope_opens_and_verifies(void **state)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1024);
	struct envelope           e;
	char                      keyid[KEYID_DIGITS + 1];
	(void)state;

	sign("hello world", &wire);
	assert_int_equal(envelope_open(buf_slice(&wire), &e), RC_OK);
	assert_true(slice_equal(e.payload, slice_str("hello world")));
	assert_true(envelope_is_type(&e, TYPE_SUBMIT));
	assert_false(envelope_is_type(&e, TYPE_PREVIEW));
	envelope_keyid(slice_of(public_key, 32), keyid);
	assert_true(slice_equal(e.keyid, slice_str(keyid)));
	assert_int_equal(envelope_verify(&e, public_key), RC_OK);
	assert_true(e.payload.p > wire.p && e.payload.p < wire.p + wire.n); /* borrowed */
}

static void
protobuf_c_reads_the_same_envelope(void **state)
{
	AUTO(buf_wipe) struct buf wire      = buf_init(4096);
	static const char         body[300] = {'b'};
	(void)state;

	assert_int_equal(
	    envelope_sign(TYPE_SENT, slice_of(body, sizeof body), secret_key, &wire),
	    RC_OK);
	Sluis__Envelope *m = sluis__envelope__unpack(NULL, wire.n, wire.p);
	assert_non_null(m);
	assert_int_equal(m->payload.len, sizeof body);
	assert_string_equal(m->payload_type, TYPE_SENT);
	assert_int_equal(m->n_signatures, 1);
	assert_int_equal(m->signatures[0]->sig.len, 64);
	uint8_t again[1024];
	assert_int_equal(sluis__envelope__pack(m, again), wire.n);
	assert_memory_equal(again, wire.p, wire.n);
	sluis__envelope__free_unpacked(m, NULL);
}

static void
an_empty_payload_can_be_signed(void **state)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1024);
	(void)state;

	sign("", &wire);
	assert_int_equal(open_and_verify(buf_slice(&wire)), RC_OK);
}

static void
every_truncation_is_malformed(void **state)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1024);
	struct envelope           e;
	(void)state;

	sign("a payload of some length", &wire);
	for (size_t n = 0; n < wire.n; n++) {
		uint8_t *exact = malloc(n + 1); /* so that a sanitizer sees an overread */
		assert_non_null(exact);
		memcpy(exact, wire.p, n);
		assert_int_equal(envelope_open(slice_of(exact, n), &e), RC_MALFORMED);
		free(exact);
	}
}

static void
every_single_bit_flip_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1024);
	(void)state;

	sign("a payload of some length", &wire);
	for (size_t i = 0; i < wire.n * 8; i++) {
		wire.p[i / 8] ^= (uint8_t)(1 << (i % 8));
		rc code = open_and_verify(buf_slice(&wire));
		assert_true(code == RC_MALFORMED || code == RC_BAD_SIGNATURE);
		wire.p[i / 8] ^= (uint8_t)(1 << (i % 8));
	}
	assert_int_equal(open_and_verify(buf_slice(&wire)), RC_OK);
}

static void
anything_before_behind_or_inside_is_refused(void **state)
{
	static const uint8_t extra[][4] = {{0x0a, 0x00}, {0x12, 0x00}, {0x1a, 0x00},
	    {0x22, 0x00}, {0x08, 0x01}, {0x20, 0x01}, {0x00, 0x00}};
	(void)state;

	for (size_t i = 0; i < sizeof extra / sizeof extra[0]; i++) {
		AUTO(buf_wipe) struct buf wire = buf_init(1024), front = buf_init(1024);
		struct envelope           e;
		sign("x", &wire);
		assert_int_equal(buf_append(&front, slice_of(extra[i], 2)), RC_OK);
		assert_int_equal(buf_append(&front, buf_slice(&wire)), RC_OK);
		assert_int_equal(envelope_open(buf_slice(&front), &e), RC_MALFORMED);
		assert_int_equal(buf_append(&wire, slice_of(extra[i], 2)), RC_OK);
		assert_int_equal(envelope_open(buf_slice(&wire), &e), RC_MALFORMED);
	}
}

/* An envelope by hand: PARTS of field number and content. */
struct part {
	unsigned    number;
	const char *content;
};

static rc
open_parts(const struct part *parts, size_t n)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1024);
	struct envelope           e;

	for (size_t i = 0; i < n; i++)
		TRY(wire_put_bytes(parts[i].number, slice_str(parts[i].content), &wire));
	return envelope_open(buf_slice(&wire), &e);
}

#define SIGNATURE_PART "\x0a\x01s\x12\x01k"

static void
each_part_comes_exactly_once(void **state)
{
	const struct part p = {1, "p"}, t = {2, "t"}, s = {3, SIGNATURE_PART};
	(void)state;

	assert_int_equal(open_parts((struct part[]){p, t, s}, 3), RC_OK);
	assert_int_equal(
	    open_parts((struct part[]){s, t, p}, 3), RC_OK); /* order is free */
	assert_int_equal(open_parts((struct part[]){p, t}, 2), RC_MALFORMED);
	assert_int_equal(open_parts((struct part[]){p, s}, 2), RC_MALFORMED);
	assert_int_equal(open_parts((struct part[]){t, s}, 2), RC_MALFORMED);
	assert_int_equal(open_parts((struct part[]){p, p, t, s}, 4), RC_MALFORMED);
	assert_int_equal(open_parts((struct part[]){p, t, t, s}, 4), RC_MALFORMED);
	assert_int_equal(open_parts((struct part[]){p, t, s, s}, 4), RC_MALFORMED);
	assert_int_equal(open_parts((struct part[]){p, t, s, {4, "x"}}, 4), RC_MALFORMED);
	assert_int_equal(open_parts(NULL, 0), RC_MALFORMED);
}

static void
a_signature_has_one_sig_and_one_keyid(void **state)
{
	static const char *const bad[] = {"", "\x0a\x01s", "\x12\x01k",
	    "\x0a\x01s\x0a\x01s\x12\x01k", "\x0a\x01s\x12\x01k\x12\x01k",
	    "\x0a\x01s\x12\x01k\x1a\x01x", "\x0a\x01s\x12\x02k",
	    "\x0a\x81\x80s\x12\x01k"};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    open_parts((struct part[]){{1, "p"}, {2, "t"}, {3, bad[i]}}, 3),
		    RC_MALFORMED);
}

static void
parts_of_another_wire_type_are_refused(void **state)
{
	/* field 1 as varint, fixed64 and fixed32; type and signature as they should be */
	static const char        tail[]   = "\x12\x01t\x1a\x06" SIGNATURE_PART;
	static const char *const fronts[] = {"\x08\x01", "\x09zzzzzzzz", "\x0dzzzz"};
	struct envelope          e;
	(void)state;

	for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
		AUTO(buf_wipe) struct buf wire = buf_init(64);
		assert_int_equal(buf_printf(&wire, "%s%s", fronts[i], tail), RC_OK);
		assert_int_equal(envelope_open(buf_slice(&wire), &e), RC_MALFORMED);
	}
}

static void
lengths_and_tags_must_be_shortest(void **state)
{
	/* payload "p", once with its length and once with its tag in two bytes */
	static const uint8_t length[] = {0x0a, 0x81, 0x00, 'p', 0x12, 0x01, 't', 0x1a,
	    0x06, 0x0a, 0x01, 's', 0x12, 0x01, 'k'};
	static const uint8_t tag[] = {0x8a, 0x00, 0x01, 'p', 0x12, 0x01, 't', 0x1a, 0x06,
	    0x0a, 0x01, 's', 0x12, 0x01, 'k'};
	struct envelope      e;
	(void)state;

	assert_int_equal(
	    envelope_open(slice_of(length, sizeof length), &e), RC_MALFORMED);
	assert_int_equal(envelope_open(slice_of(tag, sizeof tag), &e), RC_MALFORMED);
}

static void
a_signature_holds_for_its_key_type_and_bytes_only(void **state)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1024);
	struct envelope           e, other;
	uint8_t                   stranger[32], unused[64], seed2[32] = {2};
	(void)state;

	sign("x", &wire);
	assert_int_equal(envelope_open(buf_slice(&wire), &e), RC_OK);
	assert_int_equal(crypto_sign_seed_keypair(stranger, unused, seed2), 0);
	assert_int_equal(envelope_verify(&e, stranger), RC_BAD_SIGNATURE);
	other              = e;
	other.payload_type = slice_str(TYPE_PREVIEW);
	assert_int_equal(envelope_verify(&other, public_key), RC_BAD_SIGNATURE);
	other         = e;
	other.payload = slice_str("y");
	assert_int_equal(envelope_verify(&other, public_key), RC_BAD_SIGNATURE);
	other     = e;
	other.sig = slice_of(e.sig.p, 63);
	assert_int_equal(envelope_verify(&other, public_key), RC_BAD_SIGNATURE);
	other       = e;
	other.keyid = slice_str("");
	assert_int_equal(envelope_verify(&other, public_key), RC_BAD_SIGNATURE);
}

static void
a_foreign_signature_can_be_wrapped(void **state)
{
	AUTO(buf_wipe) struct buf wire = buf_init(1024);
	struct envelope           e;
	(void)state;

	assert_int_equal(envelope_wrap(TYPE_KEYBINDING, slice_str("binding"),
	                     slice_str("a certificate's signature"), "id", &wire),
	    RC_OK);
	assert_int_equal(envelope_open(buf_slice(&wire), &e), RC_OK);
	assert_true(slice_equal(e.sig, slice_str("a certificate's signature")));
	assert_true(slice_equal(e.keyid, slice_str("id")));
	assert_int_equal(envelope_verify(&e, public_key), RC_BAD_SIGNATURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_encoding_is_that_of_the_dsse_specification),
	    cmocka_unit_test(a_full_buffer_stays_as_it_was),
	    cmocka_unit_test(a_signed_envelope_opens_and_verifies),
	    cmocka_unit_test(protobuf_c_reads_the_same_envelope),
	    cmocka_unit_test(an_empty_payload_can_be_signed),
	    cmocka_unit_test(every_truncation_is_malformed),
	    cmocka_unit_test(every_single_bit_flip_is_refused),
	    cmocka_unit_test(anything_before_behind_or_inside_is_refused),
	    cmocka_unit_test(each_part_comes_exactly_once),
	    cmocka_unit_test(a_signature_has_one_sig_and_one_keyid),
	    cmocka_unit_test(parts_of_another_wire_type_are_refused),
	    cmocka_unit_test(lengths_and_tags_must_be_shortest),
	    cmocka_unit_test(a_signature_holds_for_its_key_type_and_bytes_only),
	    cmocka_unit_test(a_foreign_signature_can_be_wrapped),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
