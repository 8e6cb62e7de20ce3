/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * trust.c - anchors, revocation lists, and the check of a chain against them.
 *
 * OpenSSL builds the path and looks up the lists; what it leaves to the caller is
 * checked by hand: of lists here, of the path that it found in profile.c.
 */
#include "certs/trust.h"

#include <sodium.h>
#include <string.h>

#include "certs/openssl_auto.h"
#include "certs/pem.h"
#include "certs/profile.h"

enum { ANCHORS_MAX = 64, CRLS_MAX = 64, CHAIN_MAX = 6, CHAIN_BYTES_MAX = 64 * 1024 };

enum {
	SECURITY_LEVEL = 2,
	NUMBER_BYTES   = 20, /* RFC 5280 5.2.3 */
	NEWEST_MAX     = 1024,
	TIME_BYTES     = 8,
	KEPT_BYTES     = HASH_BYTES + 1 + NUMBER_BYTES + TIME_BYTES, /* of one issuer */
};

struct newest {             /* list of one issuer */
	struct hash issuer; /* SHA-256 of its name */
	bool        numbered;
	uint8_t     number[NUMBER_BYTES]; /* big-endian */
	int64_t     since_s;              /* thisUpdate */
};

struct trust {
	X509_STORE   *store;      /* anchors, intermediates and lists          */
	struct hash   crl_digest; /* of the file of lists                      */
	struct hash   anchors_digest;
	int64_t       crl_until_s; /* the earliest nextUpdate                   */
	bool          has_lists;   /* false: revocation is not looked at        */
	struct ends   ends;        /* of each anchor and list                   */
	size_t        n_newest;
	struct newest newest[NEWEST_MAX]; /* for each issuer, those of before included */
};

/* --- loading --------------------------------------------------------------------- */

/* A leaf among the anchors would be trusted without its CA's consent. */
static bool
is_sound_ca(X509 *cert)
{
	enum { V3_CA = 1 };

	return X509_check_ca(cert) == V3_CA && key_is_accepted(X509_get0_pubkey(cert));
}

static rc
add_anchors(struct trust *t, const STACK_OF(X509) * anchors)
{
	int roots = 0;

	for (int i = 0; i < sk_X509_num(anchors); i++) {
		X509 *cert = sk_X509_value(anchors, i);
		if (!is_sound_ca(cert)) return RC_CONFIG;
		if (X509_self_signed(cert, 1) == 1) roots++;
		TRY(ends_add_anchor(&t->ends, cert));
		if (X509_STORE_add_cert(t->store, cert) != 1) return RC_NOMEM;
	}
	return roots > 0 ? RC_OK : RC_CONFIG;
}

static bool
is_list_of(X509_CRL *crl, X509 *ca)
{
	return X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(ca)) == 0 &&
	       X509_CRL_verify(crl, X509_get0_pubkey(ca)) == 1;
}

/* A CRL may leave nextUpdate out, and OpenSSL then takes it for current forever. */
static rc
check_list(X509_CRL *crl, const STACK_OF(X509) * anchors, int64_t *ret_until_s)
{
	const X509_ALGOR *algorithm = NULL;

	if (time_read(X509_CRL_get0_nextUpdate(crl), ret_until_s) != RC_OK)
		return RC_BAD_CERTIFICATE;
	X509_CRL_get0_signature(crl, NULL, &algorithm);
	if (!algorithm_is_accepted(algorithm)) return RC_BAD_CERTIFICATE;
	for (int i = 0; i < sk_X509_num(anchors); i++)
		if (is_list_of(crl, sk_X509_value(anchors, i))) return RC_OK;
	return RC_BAD_CERTIFICATE;
}

/* --- which list is newer ------------------------------------------------------------ */

static rc
read_newest(X509_CRL *crl, struct newest *ret)
{
	AUTO(auto_asn1_integer) ASN1_INTEGER *number = NULL;
	AUTO(auto_bignum) BIGNUM             *value  = NULL;
	const unsigned char                  *name   = NULL;
	size_t                                n      = 0;

	*ret = (struct newest){0};
	if (X509_NAME_get0_der(X509_CRL_get_issuer(crl), &name, &n) != 1) return RC_NOMEM;
	(void)crypto_hash_sha256(ret->issuer.b, name, n);
	TRY(time_read(X509_CRL_get0_lastUpdate(crl), &ret->since_s));
	number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	if (number == NULL) return RC_OK;
	if ((value = ASN1_INTEGER_to_BN(number, NULL)) == NULL) return RC_NOMEM;
	if (BN_is_negative(value)) return RC_BAD_CERTIFICATE;
	ret->numbered = BN_bn2binpad(value, ret->number, NUMBER_BYTES) == NUMBER_BYTES;
	return ret->numbered ? RC_OK : RC_BAD_CERTIFICATE;
}

static bool
is_older(const struct newest *a, const struct newest *b)
{
	if (a->numbered && b->numbered)
		return memcmp(a->number, b->number, NUMBER_BYTES) < 0;
	return a->since_s < b->since_s;
}

static struct newest *
newest_of(struct trust *t, const struct hash *issuer)
{
	for (size_t i = 0; i < t->n_newest; i++)
		if (hash_equal(&t->newest[i].issuer, issuer)) return &t->newest[i];
	return NULL;
}

static rc
add_newest(struct trust *t, const struct newest *n)
{
	struct newest *known = newest_of(t, &n->issuer);

	if (known != NULL) {
		if (is_older(known, n)) *known = *n;
		return RC_OK;
	}
	if (t->n_newest == NEWEST_MAX) return RC_TOO_MANY;
	t->newest[t->n_newest++] = *n;
	return RC_OK;
}

static rc
follow(struct trust *fresh, const struct newest *held, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct newest *mine = newest_of(fresh, &held[i].issuer);
		if (mine != NULL && is_older(mine, &held[i])) return RC_CRL_STALE;
	}
	for (size_t i = 0; i < n; i++) TRY(add_newest(fresh, &held[i]));
	return RC_OK;
}

rc
trust_follow(struct trust *fresh, const struct trust *held)
{
	return follow(fresh, held->newest, held->n_newest);
}

/* issuer || 00 or 01: numbered || number || thisUpdate, big-endian */
rc
trust_remember(const struct trust *t, struct buf *out)
{
	uint8_t one[KEPT_BYTES];

	for (size_t i = 0; i < t->n_newest; i++) {
		const struct newest *n  = &t->newest[i];
		uint8_t             *at = one + HASH_BYTES;
		memcpy(one, n->issuer.b, HASH_BYTES);
		*at++ = n->numbered;
		memcpy(at, n->number, NUMBER_BYTES);
		at += NUMBER_BYTES;
		for (int k = 0; k < TIME_BYTES; k++)
			at[k] =
			    (uint8_t)((uint64_t)n->since_s >> 8 * (TIME_BYTES - 1 - k));
		TRY(buf_append(out, slice_of(one, sizeof one)));
	}
	return RC_OK;
}

static rc
read_kept(const uint8_t *at, struct newest *ret)
{
	uint64_t since_s = 0;

	*ret = (struct newest){0};
	memcpy(ret->issuer.b, at, HASH_BYTES);
	at += HASH_BYTES;
	if (*at > 1) return RC_CONFIG;
	ret->numbered = *at++ == 1;
	memcpy(ret->number, at, NUMBER_BYTES);
	at += NUMBER_BYTES;
	for (int k = 0; k < TIME_BYTES; k++) since_s = since_s << 8 | at[k];
	ret->since_s = (int64_t)since_s;
	return RC_OK;
}

rc
trust_follow_kept(struct trust *fresh, struct slice kept)
{
	size_t                         n    = kept.n / KEPT_BYTES;
	AUTO(auto_free) struct newest *held = NULL;

	if (kept.n % KEPT_BYTES != 0 || n > NEWEST_MAX) return RC_CONFIG;
	held = calloc(n + 1, sizeof *held);
	if (held == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++) TRY(read_kept(kept.p + i * KEPT_BYTES, &held[i]));
	return follow(fresh, held, n);
}

static rc
add_lists(struct trust *t, const STACK_OF(X509) * anchors, struct slice crls_pem)
{
	AUTO(auto_x509_crls) STACK_OF(X509_CRL) *crls = NULL;

	rc code = pem_read_crls(crls_pem, CRLS_MAX, &crls);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_BAD_CERTIFICATE;
	if (sk_X509_CRL_num(crls) == 0) return RC_CRL_MISSING;
	t->crl_until_s = INT64_MAX;
	t->has_lists   = true;
	for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
		X509_CRL     *crl     = sk_X509_CRL_value(crls, i);
		int64_t       until_s = 0;
		struct newest newest;
		TRY(check_list(crl, anchors, &until_s));
		TRY(read_newest(crl, &newest));
		TRY(add_newest(t, &newest));
		TRY(ends_add_list(&t->ends, crl));
		if (until_s < t->crl_until_s) t->crl_until_s = until_s;
		if (X509_STORE_add_crl(t->store, crl) != 1) return RC_NOMEM;
	}
	return RC_OK;
}

/* With CRLS_PEM NULL without lists. */
static rc
load(struct slice anchors_pem, const struct slice *crls_pem, struct trust **ret)
{
	AUTO(auto_x509s) STACK_OF(X509) *anchors = NULL;
	AUTO(trust_destroy) struct trust *t      = calloc(1, sizeof *t);

	if (t == NULL || (t->store = X509_STORE_new()) == NULL) return RC_NOMEM;
	rc code = pem_read_certificates(anchors_pem, ANCHORS_MAX, &anchors);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_CONFIG;
	TRY(add_anchors(t, anchors));
	(void)crypto_hash_sha256(t->anchors_digest.b, anchors_pem.p, anchors_pem.n);
	if (crls_pem != NULL) {
		TRY(add_lists(t, anchors, *crls_pem));
		(void)crypto_hash_sha256(t->crl_digest.b, crls_pem->p, crls_pem->n);
	}
	*ret = TAKE(t);
	return RC_OK;
}

rc
trust_load(struct slice anchors_pem, struct slice crls_pem, struct trust **ret)
{
	QUIET;
	return load(anchors_pem, &crls_pem, ret);
}

rc
trust_load_anchors(struct slice anchors_pem, struct trust **ret)
{
	QUIET;
	return load(anchors_pem, NULL, ret);
}

void
trust_destroy(struct trust **tp)
{
	if (*tp == NULL) return;
	X509_STORE_free((*tp)->store);
	free(*tp);
	*tp = NULL;
}

const struct hash *
trust_crl_digest(const struct trust *t)
{
	return &t->crl_digest;
}

const struct hash *
trust_anchors_digest(const struct trust *t)
{
	return &t->anchors_digest;
}

int64_t
trust_crl_until_s(const struct trust *t)
{
	return t->crl_until_s;
}

const struct ends *
trust_ends(const struct trust *t)
{
	return &t->ends;
}

/* --- checking a chain ------------------------------------------------------------ */

/* Leaf, its issuer, that one's issuer: nothing out of place and nothing besides. */
static rc
read_chain(struct slice chain_pem, STACK_OF(X509) * *ret)
{
	AUTO(auto_x509s) STACK_OF(X509) *chain = NULL;

	if (chain_pem.n > CHAIN_BYTES_MAX) return RC_BAD_CERTIFICATE;
	rc code = pem_read_certificates(chain_pem, CHAIN_MAX, &chain);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_BAD_CERTIFICATE;
	if (sk_X509_num(chain) == 0) return RC_BAD_CERTIFICATE;
	for (int i = 1; i < sk_X509_num(chain); i++)
		if (X509_check_issued(sk_X509_value(chain, i),
		        sk_X509_value(chain, i - 1)) != X509_V_OK)
			return RC_BAD_CERTIFICATE;
	*ret = TAKE(chain);
	return RC_OK;
}

static rc
rc_of_verify_error(int error)
{
	switch (error) {
	case X509_V_ERR_OUT_OF_MEM:
		return RC_NOMEM;
	case X509_V_ERR_CERT_REVOKED:
		return RC_REVOKED;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return RC_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return RC_NOT_YET_VALID;
	case X509_V_ERR_UNABLE_TO_GET_CRL:
		return RC_CRL_MISSING;
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_CRL_NOT_YET_VALID:
		return RC_CRL_STALE;
	default:
		return RC_BAD_CERTIFICATE;
	}
}

/* Without POLICY_CHECK OpenSSL takes a critical policyConstraints for understood and does
 * nothing with it; with it, and no policy named as wanted, none would do. */
static rc
set_profile(X509_STORE_CTX *ctx, const struct trust *t, int64_t now_s)
{
	const unsigned long strict = X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK;
	const unsigned long lists  = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	X509_VERIFY_PARAM  *param  = X509_STORE_CTX_get0_param(ctx);
	ASN1_OBJECT        *any    = OBJ_nid2obj(NID_any_policy); /* a constant */

	X509_VERIFY_PARAM_set_time(param, (time_t)now_s);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX - 2); /* intermediates */
	(void)X509_VERIFY_PARAM_set_flags(param, strict | (t->has_lists ? lists : 0));
	(void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT);
	return X509_VERIFY_PARAM_add0_policy(param, any) == 1 ? RC_OK : RC_NOMEM;
}

static rc
verify(const struct trust *t, STACK_OF(X509) * chain, int64_t now_s)
{
	AUTO(auto_store_ctx) X509_STORE_CTX *ctx  = X509_STORE_CTX_new();
	X509                                *leaf = sk_X509_value(chain, 0);

	if (ctx == NULL || X509_STORE_CTX_init(ctx, t->store, leaf, chain) != 1)
		return RC_NOMEM;
	TRY(set_profile(ctx, t, now_s));
	if (X509_verify_cert(ctx) != 1)
		return rc_of_verify_error(X509_STORE_CTX_get_error(ctx));
	return profile_check(X509_STORE_CTX_get0_chain(ctx));
}

rc
trust_check(const struct trust *t, struct slice chain_pem, int64_t now_s,
    struct holder *ret, X509 **ret_leaf)
{
	QUIET;
	AUTO(auto_x509s) STACK_OF(X509) *chain = NULL;
	struct holder holder;

	TRY(read_chain(chain_pem, &chain));
	TRY(verify(t, chain, now_s));
	TRY(holder_read(sk_X509_value(chain, 0), &holder));
	*ret = holder;
	if (ret_leaf != NULL) *ret_leaf = sk_X509_shift(chain);
	return RC_OK;
}
