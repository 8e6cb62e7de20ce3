/* SPDX-License-Identifier: EUPL-1.2 */
/* test_binding.c - one certificate vouches for three keys; no byte of it can be changed.
 */
#include "certs/binding.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "proto/envelope.h"
#include "support/forge.h"
#include "wire.pb-c.h"

enum { MAX = 64 * 1024 };

#define ORIGIN "sluis.example/rivierenland"

static const uint64_t now_ms = (uint64_t)FORGE_NOW * 1000, day_ms = 24 * 60 * 60 * 1000;

static struct authority root;
static struct trust    *trust;
static EVP_PKEY        *cert_key, *other_key;
static X509            *cert;
static struct buf       chain, other_chain; /* of the same OIN and desk, another key */
static struct keys      keys;

/* --- help ------------------------------------------------------------------------ */

static int
make_world(void **state)
{
	struct recipe r       = recipe_sound();
	struct buf    anchors = buf_init(MAX), crls = buf_init(MAX);

	(void)state;
	if (sodium_init() < 0 || keys_generate(&keys) != RC_OK) return -1;
	root         = forge_authority("CA Rivierenland", NULL);
	cert_key     = forge_key("P-256");
	other_key    = forge_key("P-256");
	chain        = buf_init(MAX);
	other_chain  = buf_init(MAX);
	cert         = forge_certificate(&r, cert_key, &root);
	X509     *o  = forge_certificate(&r, other_key, &root);
	X509_CRL *cl = forge_crl(
	    &root, NULL, FORGE_NOW - FORGE_DAY, FORGE_NOW + 400 * FORGE_DAY, "SHA256");
	forge_pem(&chain, cert);
	forge_pem(&other_chain, o);
	forge_pem(&anchors, root.cert);
	forge_crl_pem(&crls, cl);
	if (trust_load(buf_slice(&anchors), buf_slice(&crls), &trust) != RC_OK) return -1;
	X509_free(o);
	X509_CRL_free(cl);
	buf_wipe(&anchors);
	buf_wipe(&crls);
	return 0;
}

static int
drop_world(void **state)
{
	(void)state;
	authority_wipe(&root);
	trust_destroy(&trust);
	EVP_PKEY_free(cert_key);
	EVP_PKEY_free(other_key);
	X509_free(cert);
	buf_wipe(&chain);
	buf_wipe(&other_chain);
	return 0;
}

static rc
check_at(struct slice envelope, uint64_t at_ms)
{
	struct binding b, before;

	memset(&b, 0x5a, sizeof b);
	before  = b;
	rc code = binding_check(envelope, buf_slice(&chain), trust, ORIGIN, at_ms, &b);
	assert_int_equal(ERR_peek_error(), 0);
	if (code != RC_OK) assert_memory_equal(&b, &before, sizeof b);
	return code;
}

static struct buf
make(const struct keys *k)
{
	struct buf out = buf_init(MAX);

	assert_int_equal(binding_make(k, buf_slice(&chain), cert_key, ORIGIN, now_ms,
	                     now_ms + 90 * day_ms, 7, &out),
	    RC_OK);
	return out;
}

/* A sound message, for a test to spoil. */
static Sluis__KeyBinding
message(void)
{
	Sluis__KeyBinding m = SLUIS__KEY_BINDING__INIT;

	m.oin                = (char *)(uintptr_t)FORGE_OIN;
	m.desk               = (char *)(uintptr_t)FORGE_DESK;
	m.broker_origin      = (char *)(uintptr_t)ORIGIN;
	m.has_ed25519_public = m.has_curve_public = m.has_x25519_public = 1;
	m.ed25519_public    = (ProtobufCBinaryData){KEY_BYTES, keys.sign_public};
	m.curve_public      = (ProtobufCBinaryData){KEY_BYTES, keys.curve_public};
	m.x25519_public     = (ProtobufCBinaryData){KEY_BYTES, keys.seal_public};
	m.has_not_before_ms = m.has_not_after_ms = m.has_sequence = 1;
	m.not_before_ms                                           = now_ms;
	m.not_after_ms                                            = now_ms + 90 * day_ms;
	m.sequence                                                = 1;
	return m;
}

/* PAYLOAD under a good signature of KEY, as TYPE, with the keyid of OF. */
static struct buf
seal(struct slice payload, EVP_PKEY *key, const char *type, X509 *of)
{
	struct buf pae = buf_init(MAX), sig = buf_init(MAX), out = buf_init(MAX);
	uint8_t    digest[32];
	char       keyid[65];

	X509_digest(of, EVP_sha256(), digest, NULL);
	hex_encode(keyid, sizeof keyid, slice_of(digest, 32));
	assert_int_equal(envelope_pae(slice_str(type), payload, &pae), RC_OK);
	assert_int_equal(cert_sign(key, buf_slice(&pae), &sig), RC_OK);
	assert_int_equal(
	    envelope_wrap(type, payload, buf_slice(&sig), keyid, &out), RC_OK);
	buf_wipe(&pae);
	buf_wipe(&sig);
	return out;
}

static rc
check_payload(struct slice payload)
{
	struct buf envelope = seal(payload, cert_key, TYPE_KEYBINDING, cert);
	rc         code     = check_at(buf_slice(&envelope), now_ms);

	buf_wipe(&envelope);
	return code;
}

static rc
check_message(const Sluis__KeyBinding *m)
{
	uint8_t packed[4096];
	size_t  n = sluis__key_binding__get_packed_size(m);

	assert_true(n <= sizeof packed);
	sluis__key_binding__pack(m, packed);
	return check_payload(slice_of(packed, n));
}

/* --- accepted -------------------------------------------------------------------- */

static void
what_is_made_is_accepted_and_read_back(void **state)
{
	struct buf     envelope = make(&keys);
	struct binding b;
	uint8_t        digest[32];

	(void)state;
	assert_int_equal(binding_check(buf_slice(&envelope), buf_slice(&chain), trust,
	                     ORIGIN, now_ms, &b),
	    RC_OK);
	assert_string_equal(b.oin, FORGE_OIN);
	assert_string_equal(b.desk, FORGE_DESK);
	assert_string_equal(b.origin, ORIGIN);
	assert_memory_equal(b.sign_public, keys.sign_public, KEY_BYTES);
	assert_memory_equal(b.curve_public, keys.curve_public, KEY_BYTES);
	assert_memory_equal(b.seal_public, keys.seal_public, KEY_BYTES);
	assert_true(b.not_before_ms == now_ms && b.not_after_ms == now_ms + 90 * day_ms);
	assert_int_equal(b.sequence, 7);
	crypto_hash_sha256(digest, envelope.p, envelope.n);
	assert_memory_equal(b.id.b, digest, 32);
	X509_digest(cert, EVP_sha256(), digest, NULL);
	assert_memory_equal(b.certificate.b, digest, 32);
	assert_int_equal(b.certificate_not_after_s, FORGE_NOW + 335 * FORGE_DAY);
	buf_wipe(&envelope);
}

static void
any_sequence_is_carried_through(void **state)
{
	static const uint64_t sequences[] = {0, 1, UINT32_MAX, UINT64_MAX};
	struct binding        b;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct buf out = buf_init(MAX);
		assert_int_equal(binding_make(&keys, buf_slice(&chain), cert_key, ORIGIN,
		                     now_ms, now_ms + 1, sequences[i], &out),
		    RC_OK);
		assert_int_equal(binding_check(buf_slice(&out), buf_slice(&chain), trust,
		                     ORIGIN, now_ms, &b),
		    RC_OK);
		assert_true(b.sequence == sequences[i]);
		buf_wipe(&out);
	}
}

static void
a_message_packed_elsewhere_is_accepted(void **state)
{
	Sluis__KeyBinding m = message();

	(void)state;
	assert_int_equal(check_message(&m), RC_OK);
}

static void
an_rsa_pss_certificate_vouches_too(void **state)
{
	struct recipe  r   = recipe_sound();
	EVP_PKEY      *rsa = NULL;
	struct buf     pem = buf_init(MAX), out = buf_init(MAX);
	struct binding b;

	(void)state;
	assert_int_equal(key_generate(KEY_RSA_PSS_3072, &rsa), RC_OK);
	X509 *own = forge_certificate(&r, rsa, &root);
	forge_pem(&pem, own);
	assert_int_equal(binding_make(&keys, buf_slice(&pem), rsa, ORIGIN, now_ms,
	                     now_ms + day_ms, 1, &out),
	    RC_OK);
	assert_int_equal(
	    binding_check(buf_slice(&out), buf_slice(&pem), trust, ORIGIN, now_ms, &b),
	    RC_OK);
	out.p[out.n / 2] ^= 1;
	assert_int_not_equal(
	    binding_check(buf_slice(&out), buf_slice(&pem), trust, ORIGIN, now_ms, &b),
	    RC_OK);
	X509_free(own);
	EVP_PKEY_free(rsa);
	buf_wipe(&pem);
	buf_wipe(&out);
}

/* --- changed --------------------------------------------------------------------- */

static void
every_truncation_is_refused(void **state)
{
	struct buf envelope = make(&keys);

	(void)state;
	for (size_t n = 0; n < envelope.n; n++)
		assert_int_not_equal(check_at(slice_of(envelope.p, n), now_ms), RC_OK);
	buf_wipe(&envelope);
}

static void
every_flipped_bit_is_refused(void **state)
{
	struct buf envelope = make(&keys);

	(void)state;
	for (size_t bit = 0; bit < envelope.n * 8; bit++) {
		envelope.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(check_at(buf_slice(&envelope), now_ms), RC_OK);
		envelope.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(check_at(buf_slice(&envelope), now_ms), RC_OK);
	buf_wipe(&envelope);
}

static void
bytes_behind_it_are_refused(void **state)
{
	struct buf envelope = make(&keys);

	(void)state;
	assert_int_equal(buf_append(&envelope, slice_of("", 1)), RC_OK);
	assert_int_equal(check_at(buf_slice(&envelope), now_ms), RC_BAD_BINDING);
	buf_wipe(&envelope);
}

/* --- signed by somebody else, as something else, for somebody else --------------- */

static void
a_signature_of_another_certificate_is_refused(void **state)
{
	struct buf     envelope = make(&keys);
	struct binding b;

	(void)state;
	assert_int_equal(binding_check(buf_slice(&envelope), buf_slice(&other_chain),
	                     trust, ORIGIN, now_ms, &b),
	    RC_BAD_SIGNATURE);
	struct slice    payload = {0};
	struct envelope e;
	assert_int_equal(envelope_open(buf_slice(&envelope), &e), RC_OK);
	payload           = e.payload;
	struct buf forged = seal(payload, other_key, TYPE_KEYBINDING, cert);
	assert_int_equal(check_at(buf_slice(&forged), now_ms), RC_BAD_SIGNATURE);
	buf_wipe(&forged);
	forged =
	    seal(payload, cert_key, TYPE_KEYBINDING, root.cert); /* misleading keyid */
	assert_int_equal(check_at(buf_slice(&forged), now_ms), RC_BAD_SIGNATURE);
	buf_wipe(&forged);
	buf_wipe(&envelope);
}

static void
a_signature_for_another_type_is_refused(void **state)
{
	struct buf      envelope = make(&keys), other;
	struct envelope e;

	(void)state;
	assert_int_equal(envelope_open(buf_slice(&envelope), &e), RC_OK);
	other = seal(e.payload, cert_key, TYPE_ENROL, cert);
	assert_int_equal(check_at(buf_slice(&other), now_ms), RC_BAD_BINDING);
	buf_wipe(&other);
	buf_wipe(&envelope);
}

static void
another_broker_refuses_it(void **state)
{
	struct buf     envelope = make(&keys);
	struct binding b;

	(void)state;
	assert_int_equal(binding_check(buf_slice(&envelope), buf_slice(&chain), trust,
	                     "sluis.example/elders", now_ms, &b),
	    RC_WRONG_BROKER);
	assert_int_equal(
	    binding_check(buf_slice(&envelope), buf_slice(&chain), trust, "", now_ms, &b),
	    RC_WRONG_BROKER);
	buf_wipe(&envelope);
}

static void
holders_other_than_the_certificates_are_refused(void **state)
{
	Sluis__KeyBinding m = message();

	(void)state;
	m.oin = (char *)(uintptr_t) "00000099000000020000";
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m     = message();
	m.oin = (char *)(uintptr_t) "0000009900000001000";
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m      = message();
	m.desk = (char *)(uintptr_t) "avim";
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m.desk = (char *)(uintptr_t) "Meldpunt";
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
}

static void
the_chain_decides_first(void **state)
{
	struct buf       envelope = make(&keys);
	struct binding   b;
	struct authority other = forge_authority("CA Elders", NULL);
	struct recipe    r     = recipe_sound();
	X509            *alien = forge_certificate(&r, cert_key, &other);
	struct buf       pem   = buf_init(MAX);

	(void)state;
	forge_pem(&pem, alien);
	assert_int_equal(binding_check(buf_slice(&envelope), buf_slice(&pem), trust,
	                     ORIGIN, now_ms, &b),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_at(buf_slice(&envelope), now_ms + 401 * day_ms), RC_CRL_STALE);
	assert_int_equal(
	    check_at(buf_slice(&envelope), now_ms + 336 * day_ms), RC_EXPIRED);
	assert_int_not_equal(check_at(buf_slice(&envelope), UINT64_MAX), RC_OK);
	X509_free(alien);
	authority_wipe(&other);
	buf_wipe(&pem);
	buf_wipe(&envelope);
}

static void
revocation_ends_a_binding_at_once(void **state)
{
	struct buf envelope = make(&keys), anchors = buf_init(MAX), crls = buf_init(MAX);
	struct trust  *later = NULL;
	struct binding b;
	X509_CRL      *crl =
	    forge_crl(&root, cert, FORGE_NOW - 1, FORGE_NOW + FORGE_DAY, "SHA256");

	(void)state;
	forge_pem(&anchors, root.cert);
	forge_crl_pem(&crls, crl);
	assert_int_equal(
	    trust_load(buf_slice(&anchors), buf_slice(&crls), &later), RC_OK);
	assert_int_equal(binding_check(buf_slice(&envelope), buf_slice(&chain), later,
	                     ORIGIN, now_ms, &b),
	    RC_REVOKED);
	trust_destroy(&later);
	X509_CRL_free(crl);
	buf_wipe(&anchors);
	buf_wipe(&crls);
	buf_wipe(&envelope);
}

/* --- time ------------------------------------------------------------------------ */

static void
its_life_is_half_open(void **state)
{
	struct buf envelope = make(&keys);

	(void)state;
	assert_int_equal(check_at(buf_slice(&envelope), now_ms - 1), RC_NOT_YET_VALID);
	assert_int_equal(check_at(buf_slice(&envelope), now_ms), RC_OK);
	assert_int_equal(check_at(buf_slice(&envelope), now_ms + 90 * day_ms - 1), RC_OK);
	assert_int_equal(
	    check_at(buf_slice(&envelope), now_ms + 90 * day_ms), RC_EXPIRED);
	buf_wipe(&envelope);
}

static void
lives_of_no_use_are_refused(void **state)
{
	Sluis__KeyBinding m   = message();
	uint64_t          end = (uint64_t)(FORGE_NOW + 335 * FORGE_DAY) * 1000;

	(void)state;
	m.not_after_ms = now_ms + 90 * day_ms + 1;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m.not_after_ms = now_ms + 91 * day_ms;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m.not_after_ms = now_ms;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m.not_after_ms = now_ms - 1;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m.not_before_ms = 0;
	m.not_after_ms  = UINT64_MAX;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m.not_before_ms = UINT64_MAX - 1;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	m.not_before_ms =
	    end - 10; /* its end is the certificate's: accepted, but later */
	m.not_after_ms = end;
	assert_int_equal(check_message(&m), RC_NOT_YET_VALID);
	m.not_after_ms = end + 1;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
}

/* --- keys ------------------------------------------------------------------------ */

static const uint8_t low_order[][KEY_BYTES] = {
    {0},
    {1},
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f,
        0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05,
        0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83,
        0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e,
        0xdd, 0xd0, 0x9f, 0x11, 0x57},
};

static rc
check_keys(const uint8_t *sign, const uint8_t *curve, const uint8_t *seal_key)
{
	Sluis__KeyBinding m = message();

	m.ed25519_public.data = (uint8_t *)(uintptr_t)sign;
	m.curve_public.data   = (uint8_t *)(uintptr_t)curve;
	m.x25519_public.data  = (uint8_t *)(uintptr_t)seal_key;
	return check_message(&m);
}

static void
low_order_keys_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof low_order / KEY_BYTES; i++) {
		const uint8_t *low = low_order[i];
		assert_int_equal(
		    check_keys(low, keys.curve_public, keys.seal_public), RC_BAD_BINDING);
		assert_int_equal(
		    check_keys(keys.sign_public, low, keys.seal_public), RC_BAD_BINDING);
		assert_int_equal(
		    check_keys(keys.sign_public, keys.curve_public, low), RC_BAD_BINDING);
	}
}

/* u + 2^255, and 9 + p: other spellings of a good key. */
static void
keys_spelt_in_another_way_are_refused(void **state)
{
	uint8_t high[KEY_BYTES], nine[KEY_BYTES] = {9}, nine_p[KEY_BYTES];

	(void)state;
	memcpy(high, keys.curve_public, KEY_BYTES);
	high[31] |= 0x80;
	assert_int_equal(
	    check_keys(keys.sign_public, high, keys.seal_public), RC_BAD_BINDING);
	memset(nine_p, 0xff, KEY_BYTES);
	nine_p[0]  = 0xed + 9;
	nine_p[31] = 0x7f;
	assert_int_equal(check_keys(keys.sign_public, nine, keys.seal_public), RC_OK);
	assert_int_equal(
	    check_keys(keys.sign_public, nine_p, keys.seal_public), RC_BAD_BINDING);
	assert_int_equal(
	    check_keys(keys.sign_public, keys.curve_public, nine_p), RC_BAD_BINDING);
}

/* The largest spelling that is reduced, and one whose middle is not all ones. */
static void
keys_just_below_the_modulus_are_accepted(void **state)
{
	uint8_t key[KEY_BYTES];

	(void)state;
	memset(key, 0xff, KEY_BYTES);
	key[31] = 0x7f;
	key[0]  = 0xeb; /* p - 2; p - 1 is of low order */
	assert_int_equal(check_keys(keys.sign_public, key, keys.seal_public), RC_OK);
	key[0] = 0xec;
	assert_int_equal(
	    check_keys(keys.sign_public, key, keys.seal_public), RC_BAD_BINDING);
	key[0]  = 0xff;
	key[15] = 0xfe;
	assert_int_equal(check_keys(keys.sign_public, key, keys.seal_public), RC_OK);
}

static void
an_ed25519_key_off_the_curve_is_refused(void **state)
{
	uint8_t off[KEY_BYTES];

	(void)state;
	for (int i = 0; i < 16; i++) { /* about half of all encodings are none */
		memcpy(off, keys.sign_public, KEY_BYTES);
		off[0] ^= (uint8_t)(i + 1);
		rc code = check_keys(off, keys.curve_public, keys.seal_public);
		assert_int_equal(
		    code == RC_OK, crypto_core_ed25519_is_valid_point(off) == 1);
	}
}

static void
equal_keys_are_refused(void **state)
{
	const uint8_t *a = keys.sign_public, *b = keys.curve_public;
	uint8_t        both[KEY_BYTES]; /* good as either kind */

	(void)state;
	memcpy(both, a, KEY_BYTES);
	both[31] &= 0x7f; /* x's sign bit: still a point */
	assert_int_equal(check_keys(a, b, b), RC_BAD_BINDING);
	assert_int_equal(check_keys(both, b, keys.seal_public), RC_OK);
	assert_int_equal(check_keys(both, both, b), RC_BAD_BINDING);
	assert_int_equal(check_keys(both, b, both), RC_BAD_BINDING);
}

/* --- form ------------------------------------------------------------------------ */

static void
keys_of_another_size_are_refused(void **state)
{
	uint8_t long_key[KEY_BYTES + 1] = {0};

	(void)state;
	memcpy(long_key, keys.sign_public, KEY_BYTES);
	for (int which = 0; which < 3; which++)
		for (size_t n = 0; n <= KEY_BYTES + 1; n++) {
			Sluis__KeyBinding    m       = message();
			ProtobufCBinaryData *field[] = {
			    &m.ed25519_public, &m.curve_public, &m.x25519_public};
			memcpy(long_key, field[which]->data, KEY_BYTES);
			*field[which] = (ProtobufCBinaryData){n, long_key};
			assert_int_equal(
			    check_message(&m), n == KEY_BYTES ? RC_OK : RC_BAD_BINDING);
		}
}

static void
every_field_must_be_there(void **state)
{
	Sluis__KeyBinding m;

	(void)state;
#define REFUSES(member, value) \
	m        = message();  \
	m.member = value;      \
	assert_int_equal(check_message(&m), RC_BAD_BINDING)
	REFUSES(oin, NULL);
	REFUSES(desk, NULL);
	REFUSES(broker_origin, NULL);
	REFUSES(broker_origin, (char *)(uintptr_t) "");
	REFUSES(has_ed25519_public, 0);
	REFUSES(has_curve_public, 0);
	REFUSES(has_x25519_public, 0);
	REFUSES(has_not_before_ms, 0);
	REFUSES(has_not_after_ms, 0);
	REFUSES(has_sequence, 0);
#undef REFUSES
	assert_int_equal(check_payload(slice_str("")), RC_BAD_BINDING);
}

/* A sound payload with EXTRA behind it, both under a good signature. */
static rc
check_with(struct slice extra)
{
	Sluis__KeyBinding m = message();
	uint8_t           packed[1024];
	size_t            n = sluis__key_binding__pack(&m, packed);

	memcpy(packed + n, extra.p, extra.n);
	return check_payload(slice_of(packed, n + extra.n));
}

static void
more_than_the_fields_is_refused(void **state)
{
	(void)state;
	assert_int_equal(check_with(slice_str("")), RC_OK);
	assert_int_equal(
	    check_with(slice_of("\x7a\x01x", 3)), RC_BAD_BINDING); /* field 15 */
	assert_int_equal(
	    check_with(slice_of("\x40\x01", 2)), RC_BAD_BINDING); /* sequence again */
	assert_int_equal(check_with(slice_of("\x40\x82\x00", 3)), RC_BAD_BINDING);
	assert_int_equal(check_with(slice_of("\x12\x08meldpunt", 10)), RC_BAD_BINDING);
	assert_int_equal(check_with(slice_of("\x40", 1)), RC_BAD_BINDING); /* cut short */
}

/* A C string would end at the NUL and compare equal. */
static void
a_nul_inside_a_text_is_refused(void **state)
{
	Sluis__KeyBinding m = message();
	uint8_t           packed[1024];

	(void)state;
	m.oin    = NULL;
	size_t n = sluis__key_binding__pack(&m, packed);
	memcpy(packed + n, "\x0a\x16" FORGE_OIN "\0x", 24);
	assert_int_equal(check_payload(slice_of(packed, n + 24)), RC_BAD_BINDING);
	memcpy(packed + n, "\x0a\x14" FORGE_OIN, 22);
	assert_int_equal(check_payload(slice_of(packed, n + 22)), RC_OK);
}

static void
a_number_longer_than_need_be_is_refused(void **state)
{
	Sluis__KeyBinding m = message();
	uint8_t           packed[1024];

	(void)state;
	m.has_sequence = 0;
	size_t n       = sluis__key_binding__pack(&m, packed);
	memcpy(packed + n, "\x40\x81\x00", 3); /* 1, in two bytes */
	assert_int_equal(check_payload(slice_of(packed, n + 3)), RC_BAD_BINDING);
	memcpy(packed + n, "\x40\x01", 2);
	assert_int_equal(check_payload(slice_of(packed, n + 2)), RC_OK);
}

static void
long_texts_are_refused(void **state)
{
	Sluis__KeyBinding m = message();
	char              text[2000];

	(void)state;
	memset(text, 'a', sizeof text);
	for (size_t n = 100; n < sizeof text; n += 7) {
		text[n]         = '\0';
		m.broker_origin = text;
		assert_int_equal(check_message(&m),
		    n <= ORIGIN_MAX ? RC_WRONG_BROKER : RC_BAD_BINDING);
		text[n] = 'a';
	}
	m                    = message();
	text[OIN_DIGITS + 1] = '\0';
	m.oin                = text;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
	text[OIN_DIGITS + 1] = 'a';
	text[DESK_MAX + 1]   = '\0';
	m                    = message();
	m.desk               = text;
	assert_int_equal(check_message(&m), RC_BAD_BINDING);
}

/* --- making ---------------------------------------------------------------------- */

static rc
try_make(const struct keys *k, struct slice pem, EVP_PKEY *key, const char *origin,
    uint64_t from_ms, uint64_t to_ms)
{
	struct buf out  = buf_init(MAX);
	rc         code = binding_make(k, pem, key, origin, from_ms, to_ms, 1, &out);

	assert_true(code == RC_OK || out.n == 0);
	assert_int_equal(ERR_peek_error(), 0);
	buf_wipe(&out);
	return code;
}

static void
what_would_be_refused_is_not_made(void **state)
{
	struct slice own = buf_slice(&chain), other = buf_slice(&other_chain);
	struct keys  twice = keys;
	uint64_t     to_ms = now_ms + day_ms;

	(void)state;
	assert_int_equal(try_make(&keys, own, cert_key, ORIGIN, now_ms, to_ms), RC_OK);
	assert_int_equal(
	    try_make(&keys, other, cert_key, ORIGIN, now_ms, to_ms), RC_CONFIG);
	assert_int_equal(try_make(&keys, slice_str("x"), cert_key, ORIGIN, now_ms, to_ms),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(
	    try_make(&keys, own, cert_key, "", now_ms, to_ms), RC_BAD_BINDING);
	assert_int_equal(
	    try_make(&keys, own, cert_key, ORIGIN, to_ms, now_ms), RC_BAD_BINDING);
	assert_int_equal(
	    try_make(&keys, own, cert_key, ORIGIN, now_ms, now_ms + 91 * day_ms),
	    RC_BAD_BINDING);
	assert_int_equal(try_make(&keys, own, cert_key, ORIGIN, now_ms + 300 * day_ms,
	                     now_ms + 336 * day_ms),
	    RC_BAD_BINDING);
	memcpy(twice.seal_public, twice.curve_public, KEY_BYTES);
	assert_int_equal(
	    try_make(&twice, own, cert_key, ORIGIN, now_ms, to_ms), RC_BAD_BINDING);
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_is_made_is_accepted_and_read_back),
	    T(any_sequence_is_carried_through),
	    T(a_message_packed_elsewhere_is_accepted),
	    T(an_rsa_pss_certificate_vouches_too),
	    T(every_truncation_is_refused),
	    T(every_flipped_bit_is_refused),
	    T(bytes_behind_it_are_refused),
	    T(a_signature_of_another_certificate_is_refused),
	    T(a_signature_for_another_type_is_refused),
	    T(another_broker_refuses_it),
	    T(holders_other_than_the_certificates_are_refused),
	    T(the_chain_decides_first),
	    T(revocation_ends_a_binding_at_once),
	    T(its_life_is_half_open),
	    T(lives_of_no_use_are_refused),
	    T(low_order_keys_are_refused),
	    T(keys_spelt_in_another_way_are_refused),
	    T(keys_just_below_the_modulus_are_accepted),
	    T(an_ed25519_key_off_the_curve_is_refused),
	    T(equal_keys_are_refused),
	    T(keys_of_another_size_are_refused),
	    T(every_field_must_be_there),
	    T(more_than_the_fields_is_refused),
	    T(a_nul_inside_a_text_is_refused),
	    T(a_number_longer_than_need_be_is_refused),
	    T(long_texts_are_refused),
	    T(what_would_be_refused_is_not_made),
	};
	return cmocka_run_group_tests(tests, make_world, drop_world);
}
