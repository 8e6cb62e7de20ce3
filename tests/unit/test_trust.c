/* SPDX-License-Identifier: EUPL-1.2 */
/* test_trust.c - one sound certificate, and everything that is wrong with the others. */
#include "certs/trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "proto/auto.h"
#include "support/forge.h"

enum { NOW = FORGE_NOW, DAY = FORGE_DAY, MAX = 256 * 1024 };

static struct authority root, twin; /* two CAs of one name */
static EVP_PKEY        *key;        /* of every leaf that needs no other */
static struct trust    *trust;      /* root, with an empty list */

/* --- help ------------------------------------------------------------------------ */

static struct trust *
trust_of(X509 *anchor, X509_CRL *crl, rc expected)
{
	struct buf    anchors = buf_init(MAX), crls = buf_init(MAX);
	struct trust *t = NULL;

	if (anchor != NULL) forge_pem(&anchors, anchor);
	if (crl != NULL) forge_crl_pem(&crls, crl);
	X509_CRL_free(crl);
	assert_int_equal(trust_load(buf_slice(&anchors), buf_slice(&crls), &t), expected);
	assert_int_equal(ERR_peek_error(), 0);
	assert_true((t != NULL) == (expected == RC_OK));
	buf_wipe(&anchors);
	buf_wipe(&crls);
	return t;
}

static X509_CRL *
current_list(const struct authority *ca)
{
	return forge_crl(ca, NULL, NOW - DAY, NOW + 7 * DAY, "SHA256");
}

static rc
check_pem(const struct trust *t, struct slice pem, int64_t now_s)
{
	struct holder h, before;
	X509         *leaf = NULL;

	memset(&h, 0x5a, sizeof h);
	before  = h;
	rc code = trust_check(t, pem, now_s, &h, &leaf);
	assert_int_equal(ERR_peek_error(), 0);
	assert_true((leaf != NULL) == (code == RC_OK));
	if (code != RC_OK) assert_memory_equal(&h, &before, sizeof h);
	X509_free(leaf);
	return code;
}

/* The verdict on the chain CERTS, which ends with NULL, and which it frees. */
static rc
check_chain(const struct trust *t, int64_t now_s, X509 **certs)
{
	struct buf pem = buf_init(MAX);

	for (X509 **c = certs; *c != NULL; c++) {
		forge_pem(&pem, *c);
		X509_free(*c);
	}
	rc code = check_pem(t, buf_slice(&pem), now_s);
	buf_wipe(&pem);
	return code;
}

#define CHAIN(...) ((X509 *[]){__VA_ARGS__, NULL})

static X509 *
copy_of(X509 *cert)
{
	X509_up_ref(cert);
	return cert;
}

/* The verdict now on a leaf for PUBLIC made after R by the root. */
static rc
verdict_on(const struct recipe *r, EVP_PKEY *public)
{
	return check_chain(trust, NOW, CHAIN(forge_certificate(r, public, &root)));
}

static rc
verdict_at(int64_t now_s)
{
	struct recipe r = recipe_sound();

	return check_chain(trust, now_s, CHAIN(forge_certificate(&r, key, &root)));
}

/* A leaf after R for a throw-away KEY. */
static rc
verdict_on_key(EVP_PKEY *own)
{
	struct recipe r    = recipe_sound();
	rc            code = verdict_on(&r, own);

	EVP_PKEY_free(own);
	return code;
}

static int
make_world(void **state)
{
	(void)state;
	root  = forge_authority("CA Rivierenland", NULL);
	twin  = forge_authority("CA Rivierenland", NULL);
	key   = forge_key("P-256");
	trust = trust_of(root.cert, current_list(&root), RC_OK);
	return 0;
}

static int
drop_world(void **state)
{
	(void)state;
	authority_wipe(&root);
	authority_wipe(&twin);
	EVP_PKEY_free(key);
	trust_destroy(&trust);
	trust_destroy(&trust);
	return 0;
}

/* --- accepted -------------------------------------------------------------------- */

static void
a_sound_certificate_names_its_holder(void **state)
{
	struct recipe r    = recipe_sound();
	X509         *cert = forge_certificate(&r, key, &root), *leaf = NULL;
	struct buf    pem = buf_init(MAX);
	struct holder h;
	uint8_t       digest[32];

	(void)state;
	forge_pem(&pem, cert);
	assert_int_equal(trust_check(trust, buf_slice(&pem), NOW, &h, &leaf), RC_OK);
	assert_string_equal(h.oin, FORGE_OIN);
	assert_string_equal(h.desk, FORGE_DESK);
	assert_string_equal(h.organisation, FORGE_NAME);
	assert_int_equal(h.not_before_s, r.from_s);
	assert_int_equal(h.not_after_s, r.to_s);
	X509_digest(cert, EVP_sha256(), digest, NULL);
	assert_memory_equal(h.fingerprint.b, digest, 32);
	assert_int_equal(X509_cmp(leaf, cert), 0);
	assert_int_equal(trust_check(trust, buf_slice(&pem), NOW, &h, NULL), RC_OK);
	X509_free(leaf);
	X509_free(cert);
	buf_wipe(&pem);
}

static void
the_root_may_come_along(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	assert_int_equal(
	    check_chain(
	        trust, NOW, CHAIN(forge_certificate(&r, key, &root), copy_of(root.cert))),
	    RC_OK);
}

static void
accepted_keys_are_accepted(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	assert_int_equal(verdict_on_key(forge_key("P-384")), RC_OK);
	assert_int_equal(verdict_on_key(forge_rsa(3072)), RC_OK);
	r.extended = "clientAuth,serverAuth"; /* as PKIoverheid issues them */
	r.usage    = "critical,digitalSignature,keyEncipherment";
	assert_int_equal(verdict_on(&r, key), RC_OK);
	r.oin_type = V_ASN1_PRINTABLESTRING;
	r.digest   = "SHA512";
	assert_int_equal(verdict_on(&r, key), RC_OK);
}

static EVP_PKEY *
pss_key(unsigned bits, const char *digest)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY     *k   = NULL;

	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits), 1);
	if (digest != NULL) {
		const EVP_MD *md = EVP_get_digestbyname(digest);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, md), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, md), 1);
		assert_int_equal(
		    EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, EVP_MD_get_size(md)), 1);
	}
	assert_int_equal(EVP_PKEY_generate(ctx, &k), 1);
	EVP_PKEY_CTX_free(ctx);
	return k;
}

/* The verdict on a leaf under a root with an RSA-PSS key that signs with its DIGEST. */
static rc
verdict_under_pss(const char *digest)
{
	struct authority pss = {.key = pss_key(3072, digest)};
	struct recipe    ca = recipe_authority("CA PSS"), r = recipe_sound();

	ca.digest = r.digest = digest;
	pss.cert             = forge_certificate(&ca, pss.key, NULL);
	struct trust *t =
	    trust_of(pss.cert, forge_crl(&pss, NULL, NOW, NOW + DAY, digest), RC_OK);
	rc code = check_chain(t, NOW, CHAIN(forge_certificate(&r, key, &pss)));
	trust_destroy(&t);
	authority_wipe(&pss);
	return code;
}

static void
rsa_pss_authorities_are_accepted(void **state)
{
	(void)state;
	assert_int_equal(verdict_under_pss("SHA256"), RC_OK);
	assert_int_equal(verdict_under_pss("SHA512"), RC_OK);
}

static void
a_key_restricted_to_sha512_signs_with_it(void **state)
{
	EVP_PKEY     *k    = pss_key(3072, "SHA512");
	struct recipe r    = recipe_sound();
	X509         *cert = forge_certificate(&r, k, &root);
	struct buf    sig  = buf_init(MAX);

	(void)state;
	assert_int_equal(cert_sign(k, slice_str("m"), &sig), RC_OK);
	assert_int_equal(cert_verify(cert, slice_str("m"), buf_slice(&sig)), RC_OK);
	assert_int_equal(
	    cert_verify(cert, slice_str("M"), buf_slice(&sig)), RC_BAD_SIGNATURE);
	X509_free(cert);
	EVP_PKEY_free(k);
	buf_wipe(&sig);

	k = pss_key(3072, "SHA1");
	assert_int_equal(cert_sign(k, slice_str("m"), &sig), RC_CONFIG);
	EVP_PKEY_free(k);
}

static void
pkcs1_signatures_over_messages_are_refused(void **state)
{
	EVP_PKEY     *k    = forge_rsa(3072);
	struct recipe r    = recipe_sound();
	X509         *cert = forge_certificate(&r, k, &root);
	EVP_MD_CTX   *ctx  = EVP_MD_CTX_new();
	uint8_t       sig[384];
	size_t        n = sizeof sig;

	(void)state;
	assert_int_equal(
	    EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, k, NULL), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &n, (const uint8_t *)"m", 1), 1);
	assert_int_equal(
	    cert_verify(cert, slice_str("m"), slice_of(sig, n)), RC_BAD_SIGNATURE);
	assert_int_equal(ERR_peek_error(), 0);
	EVP_MD_CTX_free(ctx);
	X509_free(cert);
	EVP_PKEY_free(k);
}

/* --- intermediates --------------------------------------------------------------- */

struct two { /* an intermediate under root, and a leaf under it */
	struct authority mid;
	X509            *leaf;
};

static struct two
make_two(void)
{
	struct recipe r = recipe_sound();
	struct two    w = {.mid = forge_authority("CA Betuwe", &root)};

	w.leaf = forge_certificate(&r, key, &w.mid);
	return w;
}

static struct trust *
trust_of_both(const struct two *w, X509_CRL *of_root, X509_CRL *of_mid)
{
	struct buf    anchors = buf_init(MAX), crls = buf_init(MAX);
	struct trust *t = NULL;

	forge_pem(&anchors, root.cert);
	forge_pem(&anchors, w->mid.cert);
	forge_crl_pem(&crls, of_root);
	if (of_mid != NULL) forge_crl_pem(&crls, of_mid);
	assert_int_equal(trust_load(buf_slice(&anchors), buf_slice(&crls), &t), RC_OK);
	X509_CRL_free(of_root);
	X509_CRL_free(of_mid);
	buf_wipe(&anchors);
	buf_wipe(&crls);
	return t;
}

static void
two_levels_need_the_lists_of_both(void **state)
{
	struct two    w = make_two();
	struct trust *t = trust_of_both(&w, current_list(&root), current_list(&w.mid));

	(void)state;
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(w.leaf))), RC_OK);
	assert_int_equal(
	    check_chain(t, NOW, CHAIN(copy_of(w.leaf), copy_of(w.mid.cert))), RC_OK);
	assert_int_equal(
	    check_chain(
	        t, NOW, CHAIN(copy_of(w.leaf), copy_of(w.mid.cert), copy_of(root.cert))),
	    RC_OK);
	trust_destroy(&t);
	t = trust_of_both(&w, current_list(&root), NULL);
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(w.leaf))), RC_CRL_MISSING);
	trust_destroy(&t);
	t = trust_of_both(&w,
	    forge_crl(&root, w.mid.cert, NOW - DAY, NOW + DAY, "SHA256"),
	    current_list(&w.mid));
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(w.leaf))), RC_REVOKED);
	trust_destroy(&t);
	t = trust_of_both(
	    &w, forge_crl(&root, NULL, NOW - DAY, NOW, "SHA256"), current_list(&w.mid));
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(w.leaf))), RC_CRL_STALE);
	trust_destroy(&t);
	authority_wipe(&w.mid);
	X509_free(w.leaf);
}

static void
a_chain_out_of_order_is_refused(void **state)
{
	struct two    w = make_two();
	struct trust *t = trust_of_both(&w, current_list(&root), current_list(&w.mid));

	(void)state;
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(w.mid.cert), copy_of(w.leaf))),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_chain(
	        t, NOW, CHAIN(copy_of(w.leaf), copy_of(root.cert), copy_of(w.mid.cert))),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(w.leaf), copy_of(twin.cert))),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_chain(
	        t, NOW, CHAIN(copy_of(w.leaf), copy_of(w.mid.cert), copy_of(w.leaf))),
	    RC_BAD_CERTIFICATE);
	trust_destroy(&t);
	authority_wipe(&w.mid);
	X509_free(w.leaf);
}

/* The verdict on a leaf under an intermediate made after CA, which is sent along but not
 * known here.  There is no list of it, so the best it can get is RC_CRL_MISSING. */
static rc
verdict_under(const struct recipe *ca)
{
	struct recipe    r   = recipe_sound();
	struct authority mid = {.key = forge_key("P-256")};

	mid.cert = forge_certificate(ca, mid.key, &root);
	rc code  = check_chain(
	     trust, NOW, CHAIN(forge_certificate(&r, key, &mid), copy_of(mid.cert)));
	authority_wipe(&mid);
	return code;
}

static void
an_intermediate_without_the_rights_of_a_ca_is_refused(void **state)
{
	struct recipe ca = recipe_authority("CA Betuwe");

	(void)state;
	assert_int_equal(verdict_under(&ca), RC_CRL_MISSING);
	ca.constraints = "critical,CA:FALSE";
	assert_int_equal(verdict_under(&ca), RC_BAD_CERTIFICATE);
	ca.constraints = NULL;
	assert_int_equal(verdict_under(&ca), RC_BAD_CERTIFICATE);
	ca       = recipe_authority("CA Betuwe");
	ca.usage = "critical,digitalSignature";
	assert_int_equal(verdict_under(&ca), RC_BAD_CERTIFICATE);
}

static void
the_list_of_an_unknown_ca_is_refused(void **state)
{
	struct two w = make_two();

	(void)state;
	(void)trust_of(root.cert, current_list(&w.mid), RC_BAD_CERTIFICATE);
	authority_wipe(&w.mid);
	X509_free(w.leaf);
}

/* --- the wrong issuer ------------------------------------------------------------ */

static void
another_ca_is_refused(void **state)
{
	struct recipe    r     = recipe_sound();
	struct authority other = forge_authority("CA Elders", NULL);

	(void)state;
	assert_int_equal(
	    check_chain(trust, NOW, CHAIN(forge_certificate(&r, key, &other))),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_chain(trust, NOW,
	        CHAIN(forge_certificate(&r, key, &other), copy_of(other.cert))),
	    RC_BAD_CERTIFICATE);
	authority_wipe(&other);
}

static void
another_ca_of_the_same_name_is_refused(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	assert_int_equal(
	    check_chain(trust, NOW, CHAIN(forge_certificate(&r, key, &twin))),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_chain(
	        trust, NOW, CHAIN(forge_certificate(&r, key, &twin), copy_of(twin.cert))),
	    RC_BAD_CERTIFICATE);
}

static void
a_self_signed_certificate_is_refused(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	assert_int_equal(check_chain(trust, NOW, CHAIN(forge_certificate(&r, key, NULL))),
	    RC_BAD_CERTIFICATE);
}

static void
a_changed_certificate_is_refused(void **state)
{
	struct recipe r    = recipe_sound();
	X509         *cert = forge_certificate(&r, key, &root);
	uint8_t      *der  = NULL;
	int           n    = i2d_X509(cert, &der);

	(void)state;
	for (int at = 8; at < n; at += 7) {
		struct buf pem = buf_init(MAX);
		BIO       *bio = BIO_new(BIO_s_mem());
		char      *text;
		der[at] ^= 1;
		PEM_write_bio(bio, PEM_STRING_X509, "", der, n);
		long len = BIO_get_mem_data(bio, &text);
		assert_int_equal(buf_append(&pem, slice_of(text, (size_t)len)), RC_OK);
		assert_int_not_equal(check_pem(trust, buf_slice(&pem), NOW), RC_OK);
		der[at] ^= 1;
		BIO_free(bio);
		buf_wipe(&pem);
	}
	OPENSSL_free(der);
	X509_free(cert);
}

/* --- the wrong time -------------------------------------------------------------- */

static void
validity_ends_with_its_last_second(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	r.from_s   = NOW;
	r.to_s     = NOW + 100;
	X509 *cert = forge_certificate(&r, key, &root);
	assert_int_equal(
	    check_chain(trust, NOW - 1, CHAIN(copy_of(cert))), RC_NOT_YET_VALID);
	assert_int_equal(check_chain(trust, NOW + 1, CHAIN(copy_of(cert))), RC_OK);
	assert_int_equal(check_chain(trust, NOW + 99, CHAIN(copy_of(cert))), RC_OK);
	assert_int_equal(check_chain(trust, NOW + 101, CHAIN(copy_of(cert))), RC_EXPIRED);
	X509_free(cert);
}

static void
an_expired_root_takes_its_leaves_along(void **state)
{
	struct recipe    ca = recipe_authority("CA Oud"), r = recipe_sound();
	struct authority old = {.key = forge_key("P-256")};

	(void)state;
	ca.to_s         = NOW - DAY;
	old.cert        = forge_certificate(&ca, old.key, NULL);
	struct trust *t = trust_of(old.cert, current_list(&old), RC_OK);
	assert_int_equal(
	    check_chain(t, NOW, CHAIN(forge_certificate(&r, key, &old))), RC_EXPIRED);
	trust_destroy(&t);
	authority_wipe(&old);
}

static void
a_ca_for_servers_vouches_for_no_client(void **state)
{
	struct recipe ca = recipe_authority("CA Betuwe"), r = recipe_sound();
	struct two    w = {.mid = {.key = forge_key("P-256")}};

	(void)state;
	ca.extended     = "serverAuth";
	w.mid.cert      = forge_certificate(&ca, w.mid.key, &root);
	w.leaf          = forge_certificate(&r, key, &w.mid);
	struct trust *t = trust_of_both(&w, current_list(&root), current_list(&w.mid));
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(w.leaf))), RC_BAD_CERTIFICATE);
	trust_destroy(&t);
	authority_wipe(&w.mid);
	X509_free(w.leaf);
}

static void
a_careless_root_is_not_built_upon(void **state)
{
	struct recipe    ca = recipe_authority("CA Slordig"), r = recipe_sound();
	struct authority a = {.key = forge_key("P-256")};

	(void)state;
	ca.constraints  = "CA:TRUE"; /* RFC 5280 wants it critical */
	a.cert          = forge_certificate(&ca, a.key, NULL);
	struct trust *t = trust_of(a.cert, current_list(&a), RC_OK);
	assert_int_equal(check_chain(t, NOW, CHAIN(forge_certificate(&r, key, &a))),
	    RC_BAD_CERTIFICATE);
	trust_destroy(&t);
	authority_wipe(&a);
}

/* --- revocation ------------------------------------------------------------------ */

static void
a_revoked_certificate_is_refused(void **state)
{
	struct recipe r    = recipe_sound();
	X509         *cert = forge_certificate(&r, key, &root);
	struct trust *t    = trust_of(
	       root.cert, forge_crl(&root, cert, NOW - DAY, NOW + DAY, "SHA256"), RC_OK);

	(void)state;
	assert_int_equal(check_chain(t, NOW, CHAIN(copy_of(cert))), RC_REVOKED);
	assert_int_equal(
	    check_chain(t, NOW, CHAIN(forge_certificate(&r, key, &root))), RC_OK);
	trust_destroy(&t);
	X509_free(cert);
}

static void
nothing_is_trusted_without_a_current_list(void **state)
{
	(void)state;
	assert_int_equal(verdict_at(NOW - DAY), RC_OK);
	assert_int_equal(
	    verdict_at(NOW - DAY - 1), RC_CRL_STALE); /* issued in the future */
	assert_int_equal(verdict_at(NOW + 7 * DAY - 1), RC_OK);
	assert_int_equal(verdict_at(NOW + 7 * DAY), RC_CRL_STALE);
	assert_int_equal(trust_crl_until_s(trust), NOW + 7 * DAY);
}

static void
no_list_at_all_is_refused(void **state)
{
	struct buf    anchor = buf_init(MAX);
	struct trust *t      = NULL;

	(void)state;
	(void)trust_of(root.cert, NULL, RC_CRL_MISSING);
	forge_pem(&anchor, root.cert);
	assert_int_equal(
	    trust_load(buf_slice(&anchor), slice_str("text only\n"), &t), RC_CRL_MISSING);
	assert_int_equal(
	    trust_load(buf_slice(&anchor), buf_slice(&anchor), &t), RC_BAD_CERTIFICATE);
	assert_int_equal(trust_load(buf_slice(&anchor),
	                     slice_str("-----BEGIN X509 CRL-----\nMAA=\n"
	                               "-----END X509 CRL-----\n"),
	                     &t),
	    RC_BAD_CERTIFICATE);
	assert_null(t);
	buf_wipe(&anchor);
}

static void
a_list_of_another_ca_is_refused(void **state)
{
	struct authority other = forge_authority("CA Elders", NULL);

	(void)state;
	(void)trust_of(root.cert, current_list(&other), RC_BAD_CERTIFICATE);
	(void)trust_of(
	    root.cert, current_list(&twin), RC_BAD_CERTIFICATE); /* same name */
	authority_wipe(&other);
}

static void
a_weak_or_endless_list_is_refused(void **state)
{
	(void)state;
	(void)trust_of(root.cert, forge_crl(&root, NULL, NOW - DAY, NOW + DAY, "SHA1"),
	    RC_BAD_CERTIFICATE);
	(void)trust_of(root.cert, forge_crl(&root, NULL, NOW - DAY, 0, "SHA256"),
	    RC_BAD_CERTIFICATE);

	struct authority pss = {.key = pss_key(3072, NULL)};
	struct recipe    ca  = recipe_authority("CA PSS");
	pss.cert             = forge_certificate(&ca, pss.key, NULL);
	(void)trust_of(pss.cert, forge_crl(&pss, NULL, NOW - DAY, NOW + DAY, "SHA1"),
	    RC_BAD_CERTIFICATE); /* its PSS parameters say nothing, which means SHA-1 */
	authority_wipe(&pss);
}

static void
the_first_list_to_run_out_counts(void **state)
{
	struct two    w = make_two();
	struct trust *t = trust_of_both(
	    &w, current_list(&root), forge_crl(&w.mid, NULL, NOW, NOW + DAY, "SHA256"));

	(void)state;
	assert_int_equal(trust_crl_until_s(t), NOW + DAY);
	assert_memory_not_equal(trust_crl_digest(t), trust_crl_digest(trust), HASH_BYTES);
	trust_destroy(&t);
	authority_wipe(&w.mid);
	X509_free(w.leaf);
}

static const struct end *
end_at(const struct trust *t, size_t i, bool list, int64_t from_s, int64_t until_s)
{
	const struct ends *ends = trust_ends(t);

	assert_true(i < ends->n);
	assert_int_equal(ends->at[i].list, list);
	assert_int_equal(ends->at[i].from_s, from_s);
	assert_int_equal(ends->at[i].until_s, until_s);
	return &ends->at[i];
}

static void
each_anchor_and_list_has_its_end(void **state)
{
	struct two    w    = make_two();
	int64_t       born = NOW - 365 * DAY, dies = NOW + 3650 * (int64_t)DAY;
	struct trust *t = trust_of_both(
	    &w, current_list(&root), forge_crl(&w.mid, NULL, NOW, NOW + DAY, "SHA256"));

	(void)state;
	assert_int_equal(trust_ends(t)->n, 4);
	(void)end_at(t, 0, false, born, dies);
	const struct end *mid = end_at(t, 1, false, born, dies);
	assert_non_null(strstr(mid->name, "/CN="));
	const struct end *of_root = end_at(t, 2, true, NOW - DAY, NOW + 7 * DAY);
	const struct end *of_mid  = end_at(t, 3, true, NOW, NOW + DAY);
	assert_string_equal(of_mid->name, mid->name);
	assert_string_not_equal(of_root->name, of_mid->name);
	assert_false(hash_equal(&of_root->of, &of_mid->of));
	trust_destroy(&t);
	authority_wipe(&w.mid);
	X509_free(w.leaf);
}

/* Of one authority the later of two; of two authorities of one name both. */
static void
what_has_a_successor_ends_with_that(void **state)
{
	struct recipe r       = recipe_authority("twins");
	struct buf    anchors = buf_init(MAX), crls = buf_init(MAX);
	struct trust *t     = NULL;
	EVP_PKEY     *other = forge_key("P-256");
	int64_t       now_s = NOW;
	X509         *certs[4];

	(void)state;
	for (int i = 0; i < 4; i++) { /* the third is of another key */
		static const int days[] = {30, 60, 20, 40};
		r.to_s                  = now_s + days[i] * DAY;
		certs[i] = forge_certificate(&r, i == 2 ? other : root.key, NULL);
		forge_pem(&anchors, certs[i]);
	}
	struct authority ca = {.key = root.key, .cert = certs[0]};
	for (int i = 0; i < 3; i++) {
		static const int days[] = {2, 5, 3};
		X509_CRL        *crl =
		    forge_crl(&ca, NULL, NOW, now_s + days[i] * DAY, "SHA256");
		forge_crl_pem(&crls, crl);
		X509_CRL_free(crl);
	}
	assert_int_equal(trust_load(buf_slice(&anchors), buf_slice(&crls), &t), RC_OK);
	assert_int_equal(trust_ends(t)->n, 3);
	(void)end_at(t, 0, false, NOW - 365 * DAY, NOW + 60 * DAY);
	(void)end_at(t, 1, false, NOW - 365 * DAY, NOW + 20 * DAY);
	(void)end_at(t, 2, true, NOW, NOW + 5 * DAY);
	trust_destroy(&t);
	for (int i = 0; i < 4; i++) X509_free(certs[i]);
	EVP_PKEY_free(other);
	buf_wipe(&anchors);
	buf_wipe(&crls);
}

/* --- which list may take the place of another -----------------------------------------
 */

/* Trust in CA by the list with NUMBER that begins AGE days ago. */
static struct trust *
numbered(const struct authority *ca, const char *number, int age)
{
	return trust_of(ca->cert,
	    forge_crl_numbered(ca, number, NOW - age * DAY, NOW + 7 * DAY), RC_OK);
}

/* What becomes of a list FRESH where HELD was. */
static rc
follows(struct trust *held, struct trust *fresh)
{
	rc code = trust_follow(fresh, held);

	trust_destroy(&held);
	trust_destroy(&fresh);
	return code;
}

static void
an_older_list_takes_no_place(void **state)
{
	struct authority *r = &root;

	(void)state;
	assert_int_equal(follows(numbered(r, "7", 2), numbered(r, "6", 1)), RC_CRL_STALE);
	assert_int_equal(
	    follows(numbered(r, "256", 2), numbered(r, "255", 1)), RC_CRL_STALE);
	assert_int_equal(
	    follows(numbered(r, "7", 1), numbered(r, NULL, 2)), RC_CRL_STALE);
	assert_int_equal(
	    follows(numbered(r, NULL, 1), numbered(r, "7", 2)), RC_CRL_STALE);
	assert_int_equal(
	    follows(numbered(r, NULL, 1), numbered(r, NULL, 2)), RC_CRL_STALE);
}

static void
a_newer_list_or_the_same_does(void **state)
{
	struct authority *r = &root;

	(void)state;
	assert_int_equal(follows(numbered(r, "7", 2), numbered(r, "7", 2)), RC_OK);
	/* the number decides: an authority may date its list back */
	assert_int_equal(follows(numbered(r, "255", 1), numbered(r, "256", 2)), RC_OK);
	assert_int_equal(follows(numbered(r, NULL, 2), numbered(r, NULL, 1)), RC_OK);
	assert_int_equal(follows(numbered(r, NULL, 2), numbered(r, "1", 1)), RC_OK);
}

static void
a_number_beyond_twenty_bytes_is_none(void **state)
{
	static const char most[]   = "0xffffffffffffffffffffffffffffffffffffffff";
	static const char beyond[] = "0x010000000000000000000000000000000000000000";

	(void)state;
	trust_destroy(&(struct trust *){numbered(&root, most, 1)});
	(void)trust_of(root.cert, forge_crl_numbered(&root, beyond, NOW, NOW + DAY),
	    RC_BAD_CERTIFICATE);
	(void)trust_of(root.cert, forge_crl_numbered(&root, "-1", NOW, NOW + DAY),
	    RC_BAD_CERTIFICATE);
}

/* What HELD remembers, as it is kept. */
static struct slice
remembered(const struct trust *held, struct buf *out)
{
	assert_int_equal(trust_remember(held, out), RC_OK);
	return buf_slice(out);
}

static void
what_was_held_is_kept_over_a_restart(void **state)
{
	struct authority other = forge_authority("CA Elders", NULL);
	struct trust *first = numbered(&root, "256", 1), *away = numbered(&other, "1", 1);
	struct trust *same = numbered(&root, "256", 3), *back = numbered(&root, "255", 0);
	struct trust *dated = numbered(&root, NULL, 2), *later = numbered(&root, NULL, 0);
	AUTO(buf_wipe) struct buf kept = buf_init(4096), both = buf_init(4096);

	(void)state;
	struct slice said = remembered(first, &kept);
	assert_int_equal(trust_follow_kept(same, said), RC_OK);
	assert_int_equal(trust_follow_kept(back, said), RC_CRL_STALE);
	assert_int_equal(trust_follow_kept(dated, said), RC_CRL_STALE);
	assert_int_equal(trust_follow_kept(later, said), RC_OK);
	/* of another issuer nothing is known yet, and the first is not forgotten */
	assert_int_equal(trust_follow_kept(away, said), RC_OK);
	assert_int_equal(trust_follow_kept(back, remembered(away, &both)), RC_CRL_STALE);
	assert_int_equal(both.n, 2 * kept.n);
	assert_int_equal(trust_follow_kept(back, slice_of(NULL, 0)), RC_OK);
	trust_destroy(&first), trust_destroy(&away), trust_destroy(&same);
	trust_destroy(&back), trust_destroy(&dated), trust_destroy(&later);
	authority_wipe(&other);
}

static void
what_is_kept_is_whole_or_nothing(void **state)
{
	struct trust *first = numbered(&root, "7", 1), *next = numbered(&root, "8", 1);
	AUTO(buf_wipe) struct buf kept = buf_init(4096);
	struct slice              said = remembered(first, &kept);

	(void)state;
	for (size_t n = 1; n < said.n; n++)
		assert_int_equal(trust_follow_kept(next, slice_of(said.p, n)), RC_CONFIG);
	kept.p[HASH_BYTES] = 2; /* neither numbered nor not */
	assert_int_equal(trust_follow_kept(next, said), RC_CONFIG);
	trust_destroy(&first), trust_destroy(&next);
}

/* A list that goes and comes back older: what was held in between does not matter. */
static void
lists_of_before_are_remembered(void **state)
{
	struct authority other = forge_authority("CA Elders", NULL);
	struct trust *first = numbered(&root, "9", 1), *away = numbered(&other, "1", 1);
	struct trust *back = numbered(&root, "8", 1), *newer = numbered(&root, "9", 1);

	(void)state;
	assert_int_equal(trust_follow(away, first), RC_OK);
	assert_int_equal(trust_follow(back, away), RC_CRL_STALE);
	assert_int_equal(trust_follow(newer, away), RC_OK);
	trust_destroy(&first);
	trust_destroy(&away);
	trust_destroy(&back);
	trust_destroy(&newer);
	authority_wipe(&other);
}

/* --- the wrong purpose or key ---------------------------------------------------- */

static void
purposes_must_be_said(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
#define REFUSES(member, value)     \
	r        = recipe_sound(); \
	r.member = value;          \
	assert_int_equal(verdict_on(&r, key), RC_BAD_CERTIFICATE)
	REFUSES(extended, "serverAuth");
	REFUSES(extended, "emailProtection");
	REFUSES(extended, "anyExtendedKeyUsage");
	REFUSES(extended, NULL);
	REFUSES(usage, NULL);
	REFUSES(usage, "critical,keyEncipherment");
	REFUSES(
	    usage, "critical,keyAgreement"); /* a TLS client's key may do this alone */
	REFUSES(usage, "critical,nonRepudiation");
#undef REFUSES
}

static void
a_ca_certificate_is_no_leaf(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	assert_int_equal(
	    check_chain(trust, NOW, CHAIN(copy_of(root.cert))), RC_BAD_CERTIFICATE);
	r.constraints = "critical,CA:TRUE";
	r.usage       = "critical,digitalSignature,keyCertSign";
	assert_int_equal(verdict_on(&r, key), RC_BAD_CERTIFICATE);
}

static void
weak_keys_and_digests_are_refused(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	assert_int_equal(verdict_on_key(forge_rsa(2048)), RC_BAD_CERTIFICATE);
	assert_int_equal(verdict_on_key(pss_key(2048, NULL)), RC_BAD_CERTIFICATE);
	assert_int_equal(verdict_on_key(forge_key("secp256k1")), RC_BAD_CERTIFICATE);
	assert_int_equal(verdict_on_key(forge_key("P-224")), RC_BAD_CERTIFICATE);
	assert_int_equal(verdict_on_key(forge_key("P-521")), RC_BAD_CERTIFICATE);
	assert_int_equal(
	    verdict_on_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")), RC_BAD_CERTIFICATE);
	r.digest = "SHA1";
	assert_int_equal(verdict_on(&r, key), RC_BAD_CERTIFICATE);
	r.digest = "SHA224"; /* good enough for OpenSSL's level 2 */
	assert_int_equal(verdict_on(&r, key), RC_BAD_CERTIFICATE);
}

static void
a_curve_in_explicit_parameters_is_refused(void **state)
{
	EVP_PKEY *k = forge_key("P-256"), *spelt = NULL;
	uint8_t  *der = NULL;

	(void)state;
	assert_int_equal(EVP_PKEY_set_utf8_string_param(k, "encoding", "explicit"), 1);
	int            n  = i2d_PUBKEY(k, &der);
	const uint8_t *at = der;
	spelt             = d2i_PUBKEY(NULL, &at, n);
	assert_non_null(spelt);
	assert_false(key_is_accepted(spelt));
	assert_true(key_is_accepted(key));
	assert_false(key_is_accepted(NULL));
	OPENSSL_free(der);
	EVP_PKEY_free(k);
	EVP_PKEY_free(spelt);
}

/* --- the wrong holder ------------------------------------------------------------ */

static void
the_oin_must_be_twenty_digits_said_once(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
#define REFUSES(member, value)     \
	r        = recipe_sound(); \
	r.member = value;          \
	assert_int_equal(verdict_on(&r, key), RC_BAD_CERTIFICATE)
	REFUSES(oin, NULL);
	REFUSES(oin, "0000009900000001000");
	REFUSES(oin, "000000990000000100000");
	REFUSES(oin, "0000009900000001000A");
	REFUSES(oin, " 0000009900000010000");
	REFUSES(second_oin, "00000099000000020000");
	REFUSES(second_oin, FORGE_OIN);
	REFUSES(oin_type, V_ASN1_UTF8STRING);
	REFUSES(desk, NULL);
	REFUSES(second_desk, "avim");
	REFUSES(desk, "meld punt");
	REFUSES(desk, "meldpunt=x");
	REFUSES(desk, "me\xc3\xafldpunt");
	REFUSES(desk, "123456789012345678901234567890123");
	REFUSES(organisation, NULL);
	REFUSES(organisation, "Gemeente\x1b[31m");
#undef REFUSES
	r      = recipe_sound();
	r.desk = "12345678901234567890123456789012";
	assert_int_equal(verdict_on(&r, key), RC_OK);
}

/* --- the wrong bytes ------------------------------------------------------------- */

static void
what_is_no_chain_is_refused(void **state)
{
	struct recipe r    = recipe_sound();
	X509         *cert = forge_certificate(&r, key, &root);
	struct buf    pem  = buf_init(MAX);

	(void)state;
	assert_int_equal(check_pem(trust, slice_str(""), NOW), RC_BAD_CERTIFICATE);
	assert_int_equal(check_pem(trust, slice_str("no pem"), NOW), RC_BAD_CERTIFICATE);
	forge_pem(&pem, cert);
	for (size_t n = 1; n < pem.n - 1; n += 3)
		assert_int_equal(
		    check_pem(trust, slice_of(pem.p, n), NOW), RC_BAD_CERTIFICATE);
	struct slice whole = buf_slice(&pem);
	assert_int_equal(check_pem(trust, whole, NOW), RC_OK);
	size_t one = pem.n;
	forge_key_pem(&pem, key); /* sent along by mistake */
	assert_int_equal(check_pem(trust, buf_slice(&pem), NOW), RC_BAD_CERTIFICATE);
	pem.n = one;
	forge_pem(&pem, root.cert); /* and that cut short */
	pem.n -= 40;
	assert_int_equal(check_pem(trust, buf_slice(&pem), NOW), RC_BAD_CERTIFICATE);
	pem.n = one;
	for (int i = 0; i < 6; i++) forge_pem(&pem, root.cert);
	assert_int_equal(check_pem(trust, buf_slice(&pem), NOW), RC_BAD_CERTIFICATE);
	pem.n = one;
	assert_non_null(buf_extend(&pem, 64 * 1024));
	memset(pem.p + one, '\n', pem.n - one);
	assert_int_equal(check_pem(trust, buf_slice(&pem), NOW), RC_BAD_CERTIFICATE);
	X509_free(cert);
	buf_wipe(&pem);
}

static rc
check_block(const char *kind, const char *header, const uint8_t *der, int n)
{
	struct buf pem = buf_init(MAX);
	BIO       *bio = BIO_new(BIO_s_mem());
	char      *text;

	PEM_write_bio(bio, kind, header, der, n);
	long len = BIO_get_mem_data(bio, &text);
	assert_int_equal(buf_append(&pem, slice_of(text, (size_t)len)), RC_OK);
	rc code = check_pem(trust, buf_slice(&pem), NOW);
	BIO_free(bio);
	buf_wipe(&pem);
	return code;
}

static void
a_block_is_one_certificate_and_nothing_else(void **state)
{
	struct recipe r    = recipe_sound();
	X509         *cert = forge_certificate(&r, key, &root);
	uint8_t       der[4096], *end = der;
	int           n = i2d_X509(cert, &end);

	(void)state;
	der[n] = 0;
	assert_int_equal(check_block("CERTIFICATE", "", der, n), RC_OK);
	assert_int_equal(check_block("CERTIFICATE", "", der, n + 1), RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_block("TRUSTED CERTIFICATE", "", der, n), RC_BAD_CERTIFICATE);
	assert_int_equal(check_block("X509 CERTIFICATE", "", der, n), RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_block("CERTIFICATE", "A: b\n", der, n), RC_BAD_CERTIFICATE);
	X509_free(cert);
}

/* --- anchors --------------------------------------------------------------------- */

static void
anchors_must_be_sound_authorities(void **state)
{
	struct recipe    r = recipe_sound(), ca = recipe_authority("CA Zwak");
	struct authority weak = {.key = forge_rsa(2048)};
	X509            *leaf = forge_certificate(&r, key, NULL);
	struct two       w    = make_two();

	(void)state;
	weak.cert = forge_certificate(&ca, weak.key, NULL);
	(void)trust_of(NULL, current_list(&root), RC_CONFIG);
	(void)trust_of(leaf, current_list(&root), RC_CONFIG);
	(void)trust_of(weak.cert, current_list(&weak), RC_CONFIG);
	(void)trust_of(w.mid.cert, current_list(&w.mid), RC_CONFIG); /* no root */
	X509_free(leaf);
	X509_free(w.leaf);
	authority_wipe(&w.mid);
	authority_wipe(&weak);
}

static void
an_anchor_file_with_anything_else_is_refused(void **state)
{
	struct buf    pem = buf_init(MAX), crl_pem = buf_init(MAX);
	struct trust *t   = NULL;
	X509_CRL     *crl = current_list(&root);

	(void)state;
	forge_crl_pem(&crl_pem, crl);
	forge_pem(&pem, root.cert);
	assert_int_equal(
	    trust_load(slice_of(pem.p, pem.n / 2), buf_slice(&crl_pem), &t), RC_CONFIG);
	forge_key_pem(&pem, root.key);
	assert_int_equal(trust_load(buf_slice(&pem), buf_slice(&crl_pem), &t), RC_CONFIG);
	assert_null(t);
	assert_int_equal(ERR_peek_error(), 0);
	X509_CRL_free(crl);
	buf_wipe(&pem);
	buf_wipe(&crl_pem);
}

/* --- without lists --------------------------------------------------------------- */

/* A trust of the root alone. */
static struct trust *
anchors_only(void)
{
	struct buf    pem = buf_init(MAX);
	struct trust *t   = NULL;

	forge_pem(&pem, root.cert);
	assert_int_equal(trust_load_anchors(buf_slice(&pem), &t), RC_OK);
	buf_wipe(&pem);
	return t;
}

static void
without_lists_a_chain_is_still_checked(void **state)
{
	struct trust *t = anchors_only();
	struct recipe r = recipe_sound();

	(void)state;
	assert_int_equal(
	    check_chain(t, NOW, CHAIN(forge_certificate(&r, key, &root))), RC_OK);
	assert_int_equal(check_chain(t, NOW, CHAIN(forge_certificate(&r, key, &twin))),
	    RC_BAD_CERTIFICATE);
	assert_int_equal(
	    check_chain(t, r.to_s + 1, CHAIN(forge_certificate(&r, key, &root))),
	    RC_EXPIRED);
	assert_int_equal(
	    check_chain(t, r.from_s - 1, CHAIN(forge_certificate(&r, key, &root))),
	    RC_NOT_YET_VALID);
	r.extended = "serverAuth";
	assert_int_equal(check_chain(t, NOW, CHAIN(forge_certificate(&r, key, &root))),
	    RC_BAD_CERTIFICATE);
	trust_destroy(&t);
}

static void
without_lists_revocation_is_not_looked_at_and_no_date_is_said(void **state)
{
	static const struct hash none = {{0}};
	struct trust            *t    = anchors_only();

	(void)state;
	assert_int_equal(trust_crl_until_s(t), 0);
	assert_memory_equal(trust_crl_digest(t), &none, sizeof none);
	assert_memory_equal(
	    trust_anchors_digest(t), trust_anchors_digest(trust), sizeof none);
	trust_destroy(&t);
}

static void
anchors_alone_must_be_sound_too(void **state)
{
	struct trust *t = NULL;

	(void)state;
	assert_int_equal(trust_load_anchors(slice_of("", 0), &t), RC_CONFIG);
	assert_int_equal(trust_load_anchors(slice_str("no pem"), &t), RC_CONFIG);
	assert_null(t);
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_sound_certificate_names_its_holder),
	    T(the_root_may_come_along),
	    T(accepted_keys_are_accepted),
	    T(rsa_pss_authorities_are_accepted),
	    T(a_key_restricted_to_sha512_signs_with_it),
	    T(pkcs1_signatures_over_messages_are_refused),
	    T(two_levels_need_the_lists_of_both),
	    T(a_chain_out_of_order_is_refused),
	    T(an_intermediate_without_the_rights_of_a_ca_is_refused),
	    T(the_list_of_an_unknown_ca_is_refused),
	    T(another_ca_is_refused),
	    T(another_ca_of_the_same_name_is_refused),
	    T(a_self_signed_certificate_is_refused),
	    T(a_changed_certificate_is_refused),
	    T(validity_ends_with_its_last_second),
	    T(an_expired_root_takes_its_leaves_along),
	    T(a_ca_for_servers_vouches_for_no_client),
	    T(a_careless_root_is_not_built_upon),
	    T(a_revoked_certificate_is_refused),
	    T(nothing_is_trusted_without_a_current_list),
	    T(no_list_at_all_is_refused),
	    T(a_list_of_another_ca_is_refused),
	    T(a_weak_or_endless_list_is_refused),
	    T(the_first_list_to_run_out_counts),
	    T(each_anchor_and_list_has_its_end),
	    T(what_has_a_successor_ends_with_that),
	    T(an_older_list_takes_no_place),
	    T(a_newer_list_or_the_same_does),
	    T(a_number_beyond_twenty_bytes_is_none),
	    T(lists_of_before_are_remembered),
	    T(what_was_held_is_kept_over_a_restart),
	    T(what_is_kept_is_whole_or_nothing),
	    T(purposes_must_be_said),
	    T(a_ca_certificate_is_no_leaf),
	    T(weak_keys_and_digests_are_refused),
	    T(a_curve_in_explicit_parameters_is_refused),
	    T(the_oin_must_be_twenty_digits_said_once),
	    T(what_is_no_chain_is_refused),
	    T(a_block_is_one_certificate_and_nothing_else),
	    T(anchors_must_be_sound_authorities),
	    T(an_anchor_file_with_anything_else_is_refused),
	    T(without_lists_a_chain_is_still_checked),
	    T(without_lists_revocation_is_not_looked_at_and_no_date_is_said),
	    T(anchors_alone_must_be_sound_too),
	};
	return cmocka_run_group_tests(tests, make_world, drop_world);
}
