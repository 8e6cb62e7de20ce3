/* SPDX-License-Identifier: EUPL-1.2 */
/* ends.c - the dates of anchors and lists. */
#include "certs/ends.h"

#include <sodium.h>

#include "certs/holder.h"

/* What ends later is what counts of two that are the same. */
static rc
add(struct ends *e, const struct end *new)
{
	for (size_t i = 0; i < e->n; i++) {
		struct end *known = &e->at[i];
		if (!hash_equal(&known->of, &new->of)) continue;
		if (new->until_s > known->until_s) *known = *new;
		return RC_OK;
	}
	if (e->n == ENDS_MAX) return RC_TOO_MANY;
	e->at[e->n++] = *new;
	return RC_OK;
}

/* Its name as people read it, and the digest of its name and KEY (or NULL). */
static rc
identify(struct end *new, X509_NAME *name, const ASN1_BIT_STRING *key)
{
	crypto_hash_sha256_state state;
	const unsigned char     *der = NULL;
	size_t                   n   = 0;

	if (X509_NAME_get0_der(name, &der, &n) != 1) return RC_NOMEM;
	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, der, n);
	if (key != NULL)
		(void)crypto_hash_sha256_update(&state, ASN1_STRING_get0_data(key),
		    (unsigned long long)ASN1_STRING_length(key));
	(void)crypto_hash_sha256_final(&state, new->of.b);
	return X509_NAME_oneline(name, new->name, sizeof new->name) != NULL ? RC_OK
	                                                                    : RC_NOMEM;
}

rc
ends_add_anchor(struct ends *e, X509 *cert)
{
	struct end new = {.list = false};

	if (time_read(X509_get0_notBefore(cert), &new.from_s) != RC_OK) return RC_CONFIG;
	if (time_read(X509_get0_notAfter(cert), &new.until_s) != RC_OK) return RC_CONFIG;
	TRY(identify(&new, X509_get_subject_name(cert), X509_get0_pubkey_bitstr(cert)));
	return add(e, &new);
}

rc
ends_add_list(struct ends *e, X509_CRL *crl)
{
	struct end new = {.list = true};

	if (time_read(X509_CRL_get0_lastUpdate(crl), &new.from_s) != RC_OK)
		return RC_BAD_CERTIFICATE;
	if (time_read(X509_CRL_get0_nextUpdate(crl), &new.until_s) != RC_OK)
		return RC_BAD_CERTIFICATE;
	TRY(identify(&new, X509_CRL_get_issuer(crl), NULL));
	return add(e, &new);
}
