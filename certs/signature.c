/* SPDX-License-Identifier: EUPL-1.2 */
/* signature.c - keys of certificates through EVP. */
#include "certs/signature.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#include "certs/openssl_auto.h"

enum { RSA_BITS_MIN = 3072, DIGEST_NAME_MAX = 32 };

/* --- which keys ------------------------------------------------------------------ */

static bool
is_rsa(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
}

/* A curve spelt out in parameters may be a look-alike of the named one. */
static bool
is_named_curve(const EVP_PKEY *key)
{
	char group[32]    = "";
	int  was_explicit = 0;

	if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1) return false;
	(void)EVP_PKEY_get_int_param(
	    key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &was_explicit);
	if (was_explicit != 0) return false;
	return strcmp(group, "prime256v1") == 0 || strcmp(group, "secp384r1") == 0;
}

/* The digest that KEY signs with: SHA256, or what the key is restricted to. */
static bool
digest_of(EVP_PKEY *key, char name[DIGEST_NAME_MAX])
{
	enum { MANDATORY = 2 };

	if (EVP_PKEY_get_default_digest_name(key, name, DIGEST_NAME_MAX) != MANDATORY) {
		memcpy(name, "SHA256", sizeof "SHA256");
		return true;
	}
	return EVP_MD_is_a(EVP_sha256(), name) || EVP_MD_is_a(EVP_sha384(), name) ||
	       EVP_MD_is_a(EVP_sha512(), name);
}

bool
key_is_accepted(const EVP_PKEY *key)
{
	QUIET;
	if (key == NULL) return false;
	if (is_rsa(key)) return EVP_PKEY_get_bits(key) >= RSA_BITS_MIN;
	return EVP_PKEY_is_a(key, "EC") && is_named_curve(key);
}

/* The digest inside PSS parameters, where "absent" means SHA-1. */
static int
pss_digest(const X509_ALGOR *algorithm)
{
	int             nid = NID_undef;
	RSA_PSS_PARAMS *pss = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(RSA_PSS_PARAMS), algorithm->parameter);

	if (pss != NULL && pss->hashAlgorithm != NULL)
		nid = OBJ_obj2nid(pss->hashAlgorithm->algorithm);
	RSA_PSS_PARAMS_free(pss);
	return nid;
}

bool
algorithm_is_accepted(const X509_ALGOR *algorithm)
{
	QUIET;
	int nid = OBJ_obj2nid(algorithm->algorithm), digest = NID_undef;

	if (nid == NID_rsassaPss)
		digest = pss_digest(algorithm);
	else
		(void)OBJ_find_sigid_algs(nid, &digest, NULL);
	return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
}

/* --- making, reading, writing ---------------------------------------------------- */

rc
key_generate(enum key_type type, EVP_PKEY **ret)
{
	QUIET;
	EVP_PKEY *key =
	    type == KEY_P256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256") : NULL;
	if (type == KEY_RSA_PSS_3072) {
		AUTO(auto_pkey_ctx)
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
		if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1) return RC_CRYPTO;
		if (EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, RSA_BITS_MIN) != 1)
			return RC_CRYPTO;
		if (EVP_PKEY_generate(ctx, &key) != 1) return RC_CRYPTO;
	}
	if (key == NULL) return RC_CRYPTO;
	*ret = key;
	return RC_OK;
}

/* Without this OpenSSL would ask for a passphrase on the terminal. */
static int
no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return -1;
}

rc
cert_read_key(struct slice pem, EVP_PKEY **ret)
{
	QUIET;
	if (pem.n == 0 || pem.n > INT_MAX) return RC_CONFIG;
	AUTO(auto_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (bio == NULL) return RC_NOMEM;
	AUTO(auto_pkey)
	EVP_PKEY *key =
	    PEM_read_bio_PrivateKey_ex(bio, NULL, no_passphrase, NULL, NULL, NULL);
	if (!key_is_accepted(key)) return RC_CONFIG;
	*ret = TAKE(key);
	return RC_OK;
}

rc
cert_write_key(EVP_PKEY *key, struct buf *out)
{
	QUIET;
	AUTO(auto_bio) BIO *bio  = BIO_new(BIO_s_mem()); /* cleansed when freed */
	char               *text = NULL;

	if (bio == NULL) return RC_NOMEM;
	if (PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		return RC_CRYPTO;
	long n = BIO_get_mem_data(bio, &text);
	if (n <= 0) return RC_CRYPTO;
	return buf_append(out, slice_of(text, (size_t)n));
}

/* --- signing and verifying ------------------------------------------------------- */

static bool
use_pss(const EVP_PKEY *key, EVP_PKEY_CTX *ctx)
{
	if (!is_rsa(key)) return true;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

rc
cert_sign(EVP_PKEY *key, struct slice message, struct buf *out)
{
	QUIET;
	char                          digest[DIGEST_NAME_MAX];
	EVP_PKEY_CTX                 *key_ctx = NULL; /* belongs to ctx */
	AUTO(auto_md_ctx) EVP_MD_CTX *ctx     = EVP_MD_CTX_new();
	uint8_t                       sig[1024]; /* RSA of 8192 bits */
	size_t                        n = sizeof sig;

	if (ctx == NULL) return RC_NOMEM;
	if (!key_is_accepted(key) || !digest_of(key, digest)) return RC_CONFIG;
	if (EVP_DigestSignInit_ex(ctx, &key_ctx, digest, NULL, NULL, key, NULL) != 1)
		return RC_CRYPTO;
	if (!use_pss(key, key_ctx)) return RC_CRYPTO;
	if (EVP_DigestSign(ctx, sig, &n, message.p, message.n) != 1) return RC_CRYPTO;
	return buf_append(out, slice_of(sig, n));
}

rc
cert_verify(X509 *cert, struct slice message, struct slice sig)
{
	QUIET;
	char                          digest[DIGEST_NAME_MAX];
	EVP_PKEY                     *key     = X509_get0_pubkey(cert);
	EVP_PKEY_CTX                 *key_ctx = NULL; /* belongs to ctx */
	AUTO(auto_md_ctx) EVP_MD_CTX *ctx     = EVP_MD_CTX_new();

	if (ctx == NULL) return RC_NOMEM;
	if (!key_is_accepted(key) || !digest_of(key, digest)) return RC_BAD_SIGNATURE;
	if (EVP_DigestVerifyInit_ex(ctx, &key_ctx, digest, NULL, NULL, key, NULL) != 1)
		return RC_CRYPTO;
	if (!use_pss(key, key_ctx)) return RC_CRYPTO;
	if (EVP_DigestVerify(ctx, sig.p, sig.n, message.p, message.n) != 1)
		return RC_BAD_SIGNATURE;
	return RC_OK;
}

void
key_destroy(EVP_PKEY **kp)
{
	EVP_PKEY_free(*kp);
	*kp = NULL;
}
