/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_wycheproof.c - the primitives, as the product calls them, against signatures and
 * ciphertexts that were made to be accepted wrongly.
 *
 * Every case comes out as its "result" says; "acceptable" may go either way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/openssl_auto.h"
#include "certs/pem.h"
#include "certs/signature.h"
#include "proto/hash.h"

#define VECTORS SOURCE_DIR "/tests/vectors/wycheproof/"

enum { FIELD_MAX = 64 * 1024 };

/* The bytes of KEY in T, hex; wiped by AUTO. */
static struct buf
bytes_of(const json_t *t, const char *key)
{
	struct buf  b   = buf_init(FIELD_MAX);
	const char *hex = json_string_value(json_object_get(t, key));

	assert_non_null(hex);
	size_t n = strlen(hex) / 2;
	if (n == 0) return b;
	uint8_t *p = buf_extend(&b, n);
	assert_non_null(p);
	assert_int_equal(RC_OK, hex_decode(hex, p, n));
	return b;
}

/* What a check says of one case of a group. */
typedef bool (*check)(const json_t *group, const json_t *t);

static size_t
run(const char *file, check accepts, const char *only_result)
{
	json_t *all = json_load_file(file, JSON_REJECT_DUPLICATES, NULL), *group, *t;
	size_t  i, k, n = 0;

	assert_non_null(all);
	json_array_foreach(json_object_get(all, "testGroups"), i, group)
	{
		json_array_foreach(json_object_get(group, "tests"), k, t)
		{
			const char *want =
			    json_string_value(json_object_get(t, "result"));
			bool got = accepts(group, t);
			if (only_result != NULL) want = only_result;
			n++;
			if (strcmp(want, "acceptable") == 0) continue;
			if (got == (strcmp(want, "valid") == 0)) continue;
			fail_msg("%s: case %lld (%s) must be %s", file,
			    json_integer_value(json_object_get(t, "tcId")),
			    json_string_value(json_object_get(t, "comment")), want);
		}
	}
	json_decref(all);
	return n;
}

/* --- Ed25519: envelopes, notes, disclosures ------------------------------------------
 */

static bool
ed25519_accepts(const json_t *group, const json_t *t)
{
	AUTO(buf_wipe)
	struct buf                key = bytes_of(json_object_get(group, "key"), "pk");
	AUTO(buf_wipe) struct buf msg = bytes_of(t, "msg");
	AUTO(buf_wipe) struct buf sig = bytes_of(t, "sig");

	return key.n == crypto_sign_PUBLICKEYBYTES && sig.n == crypto_sign_BYTES &&
	       crypto_sign_verify_detached(
	           sig.p, msg.n == 0 ? (const uint8_t *)"" : msg.p, msg.n, key.p) == 0;
}

static void
ed25519(void **state)
{
	(void)state;
	assert_int_equal(145, run(VECTORS "eddsa_test.json", ed25519_accepts, NULL));
}

/* --- certificates' keys: key bindings, endorsements -----------------------------------
 */

/* A certificate that has nothing but this key. */
static X509 *
certificate_with(const json_t *group)
{
	AUTO(buf_wipe) struct buf der = bytes_of(group, "keyDer");
	const unsigned char      *p   = der.p;
	EVP_PKEY                 *key = d2i_PUBKEY(NULL, &p, (long)der.n);
	X509                     *x   = X509_new();

	assert_non_null(key);
	assert_non_null(x);
	assert_int_equal(1, X509_set_pubkey(x, key));
	EVP_PKEY_free(key);
	return x;
}

static bool
certificate_accepts(const json_t *group, const json_t *t)
{
	AUTO(buf_wipe) struct buf msg = bytes_of(t, "msg");
	AUTO(buf_wipe) struct buf sig = bytes_of(t, "sig");
	X509                     *x   = certificate_with(group);

	rc code = cert_verify(x, buf_slice(&msg), buf_slice(&sig));
	X509_free(x);
	return code == RC_OK;
}

static void
ecdsa_p256(void **state)
{
	(void)state;
	assert_int_equal(387,
	    run(VECTORS "ecdsa_secp256r1_sha256_test.json", certificate_accepts, NULL));
}

static void
rsa_pss_3072(void **state)
{
	(void)state;
	assert_int_equal(103, run(VECTORS "rsa_pss_3072_sha256_mgf1_32_test.json",
	                          certificate_accepts, NULL));
}

/* Too short a key is refused whatever it signed. */
static void
rsa_pss_2048_never(void **state)
{
	(void)state;
	assert_int_equal(103, run(VECTORS "rsa_pss_2048_sha256_mgf1_32_test.json",
	                          certificate_accepts, "invalid"));
}

/* --- HMAC: pseudonyms and tokens
 * -------------------------------------------------------- */

/* Keys of 32 bytes, whole tags: what hash.h offers. */
static bool
is_ours(const json_t *group)
{
	return json_integer_value(json_object_get(group, "keySize")) == 8 * KEY_BYTES &&
	       json_integer_value(json_object_get(group, "tagSize")) == 8 * HASH_BYTES;
}

static size_t n_hmac;

static bool
hmac_accepts(const json_t *group, const json_t *t)
{
	AUTO(buf_wipe) struct buf key = bytes_of(t, "key");
	AUTO(buf_wipe) struct buf msg = bytes_of(t, "msg");
	AUTO(buf_wipe) struct buf tag = bytes_of(t, "tag");
	struct slice              parts[1];
	uint8_t                   made[HASH_BYTES];

	if (!is_ours(group)) /* as its case says: nothing of ours is asked */
		return strcmp(json_string_value(json_object_get(t, "result")), "valid") ==
		       0;
	n_hmac++;
	parts[0] = buf_slice(&msg);
	hmac_sha256(key.p, parts, 1, made);
	return sodium_memcmp(made, tag.p, sizeof made) == 0;
}

static void
hmac(void **state)
{
	(void)state;
	(void)run(VECTORS "hmac_sha256_test.json", hmac_accepts, NULL);
	assert_int_equal(81, n_hmac);
}

/* --- XChaCha20-Poly1305: copies, details, wrapped keys
 * ---------------------------------- */

static bool
aead_accepts(const json_t *group, const json_t *t)
{
	AUTO(buf_wipe) struct buf key = bytes_of(t, "key");
	AUTO(buf_wipe) struct buf iv  = bytes_of(t, "iv");
	AUTO(buf_wipe) struct buf aad = bytes_of(t, "aad");
	AUTO(buf_wipe) struct buf msg = bytes_of(t, "msg");
	AUTO(buf_wipe) struct buf ct  = bytes_of(t, "ct");
	AUTO(buf_wipe) struct buf tag = bytes_of(t, "tag");
	unsigned long long        n   = 0;
	uint8_t                   out[4096];

	(void)group;
	if (iv.n != crypto_aead_xchacha20poly1305_ietf_NPUBBYTES) return false;
	assert_true(ct.n + tag.n <= sizeof out);
	assert_int_equal(RC_OK, buf_append(&ct, buf_slice(&tag)));
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
	        out, &n, NULL, ct.p, ct.n, aad.p, aad.n, iv.p, key.p) != 0)
		return false;
	return n == msg.n && (n == 0 || memcmp(out, msg.p, n) == 0);
}

static void
xchacha20_poly1305(void **state)
{
	(void)state;
	assert_int_equal(
	    284, run(VECTORS "xchacha20_poly1305_test.json", aead_accepts, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ed25519),
	    cmocka_unit_test(ecdsa_p256),
	    cmocka_unit_test(rsa_pss_3072),
	    cmocka_unit_test(rsa_pss_2048_never),
	    cmocka_unit_test(hmac),
	    cmocka_unit_test(xchacha20_poly1305),
	};
	if (sodium_init() < 0) return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
