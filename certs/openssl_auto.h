/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * openssl_auto.h - OpenSSL's types for AUTO(), inside certs/ only.
 *
 * Every wrapper accepts NULL and clears the variable.  auto_openssl_errors keeps the
 * error queue of the thread clean: OpenSSL leaves an entry behind for every refusal,
 * and even for the ordinary end of a PEM file, and some later caller would read it
 * as its own.
 */
#ifndef SLUIS_CERTS_OPENSSL_AUTO_H
#define SLUIS_CERTS_OPENSSL_AUTO_H

#include <errno.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "proto/auto.h"
#include "proto/rc.h"

#define OPENSSL_AUTO_(type, name, destroy) \
	static inline void name(type **p)  \
	{                                  \
		destroy(*p);               \
		*p = NULL;                 \
	}

OPENSSL_AUTO_(ASN1_INTEGER, auto_asn1_integer, ASN1_INTEGER_free)
OPENSSL_AUTO_(ASN1_TIME, auto_asn1_time, ASN1_TIME_free)
OPENSSL_AUTO_(BIGNUM, auto_bignum, BN_free)
OPENSSL_AUTO_(BIO, auto_bio, BIO_free_all)
OPENSSL_AUTO_(EVP_MD_CTX, auto_md_ctx, EVP_MD_CTX_free)
OPENSSL_AUTO_(EVP_PKEY, auto_pkey, EVP_PKEY_free)
OPENSSL_AUTO_(EVP_PKEY_CTX, auto_pkey_ctx, EVP_PKEY_CTX_free)
OPENSSL_AUTO_(X509, auto_x509, X509_free)
OPENSSL_AUTO_(X509_CRL, auto_x509_crl, X509_CRL_free)
OPENSSL_AUTO_(X509_EXTENSION, auto_x509_extension, X509_EXTENSION_free)
OPENSSL_AUTO_(X509_NAME, auto_x509_name, X509_NAME_free)
OPENSSL_AUTO_(X509_REVOKED, auto_x509_revoked, X509_REVOKED_free)
OPENSSL_AUTO_(X509_STORE_CTX, auto_store_ctx, X509_STORE_CTX_free)

static inline void
auto_x509s(STACK_OF(X509) * *p)
{
	sk_X509_pop_free(*p, X509_free);
	*p = NULL;
}

static inline void
auto_x509_crls(STACK_OF(X509_CRL) * *p)
{
	sk_X509_CRL_pop_free(*p, X509_CRL_free);
	*p = NULL;
}

/* For AUTO(auto_openssl_text) unsigned char *: public text that OpenSSL allocated. */
static inline void
auto_openssl_text(unsigned char **p)
{
	OPENSSL_free(*p);
	*p = NULL;
}

/* The first local of every public function here: QUIET empties the queue at its end. */
static inline void
auto_openssl_errors(const int *unused)
{
	(void)unused;
	ERR_clear_error();
}

/* CODE of a check that began with errno 0; but nobody is to blame when memory ran out. */
static inline rc
unless_memory(rc code)
{
	return rc_kind(code) == RC_KIND_PEER && errno == ENOMEM ? RC_NOMEM : code;
}

#define QUIET \
	__attribute__((unused)) AUTO(auto_openssl_errors) const int openssl_errors_ = 0

#endif
