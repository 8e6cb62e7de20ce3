/* SPDX-License-Identifier: EUPL-1.2 */
/* pem.c - PEM blocks to X.509 objects and back. */
#include "certs/pem.h"

#include <limits.h>
#include <openssl/pem.h>
#include <string.h>

#include "certs/openssl_auto.h"

enum { FILE_CERTIFICATES_MAX = 64 };

struct block { /* one PEM block, owned */
	char          *name, *header;
	unsigned char *der;
	long           n;
};

/* A block of the wrong kind may hold a key. */
static void
block_wipe(struct block *b)
{
	OPENSSL_free(b->name);
	OPENSSL_free(b->header);
	OPENSSL_clear_free(b->der, b->n > 0 ? (size_t)b->n : 0);
	*b = (struct block){0};
}

/* Add the object in DER to LIST, which is of KIND; RC_MALFORMED unless it fills it. */
typedef rc (*add)(void *list, const unsigned char *der, long n);

static rc
add_certificate(void *list, const unsigned char *der, long n)
{
	const unsigned char  *end  = der;
	AUTO(auto_x509) X509 *cert = d2i_X509(NULL, &end, n);

	if (cert == NULL || end != der + n) return RC_MALFORMED;
	if (sk_X509_push(list, cert) == 0) return RC_NOMEM;
	(void)TAKE(cert);
	return RC_OK;
}

static rc
add_crl(void *list, const unsigned char *der, long n)
{
	const unsigned char          *end = der;
	AUTO(auto_x509_crl) X509_CRL *crl = d2i_X509_CRL(NULL, &end, n);

	if (crl == NULL || end != der + n) return RC_MALFORMED;
	if (sk_X509_CRL_push(list, crl) == 0) return RC_NOMEM;
	(void)TAKE(crl);
	return RC_OK;
}

/* RC_NOT_FOUND at the end of the file. */
static rc
next_block(BIO *bio, struct block *b)
{
	if (PEM_read_bio(bio, &b->name, &b->header, &b->der, &b->n) == 1) return RC_OK;
	bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	return at_end ? RC_NOT_FOUND : RC_MALFORMED;
}

static rc
read_blocks(struct slice pem, int max, const char *kind, add add_object, void *list)
{
	if (pem.n > INT_MAX) return RC_TOO_LARGE;
	if (pem.n == 0) return RC_OK;
	AUTO(auto_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (bio == NULL) return RC_NOMEM;
	for (int i = 0;; i++) {
		AUTO(block_wipe) struct block b = {0};

		rc code = next_block(bio, &b);
		if (code == RC_NOT_FOUND) return RC_OK;
		TRY(code);
		if (i >= max) return RC_TOO_MANY;
		if (strcmp(b.name, kind) != 0 || *b.header != '\0') return RC_MALFORMED;
		TRY(add_object(list, b.der, b.n));
	}
}

rc
pem_read_certificates(struct slice pem, int max, STACK_OF(X509) * *ret)
{
	QUIET;
	AUTO(auto_x509s) STACK_OF(X509) *list = sk_X509_new_null();

	if (list == NULL) return RC_NOMEM;
	TRY(read_blocks(pem, max, PEM_STRING_X509, add_certificate, list));
	*ret = TAKE(list);
	return RC_OK;
}

rc
pem_read_crls(struct slice pem, int max, STACK_OF(X509_CRL) * *ret)
{
	QUIET;
	AUTO(auto_x509_crls) STACK_OF(X509_CRL) *list = sk_X509_CRL_new_null();

	if (list == NULL) return RC_NOMEM;
	TRY(read_blocks(pem, max, PEM_STRING_X509_CRL, add_crl, list));
	*ret = TAKE(list);
	return RC_OK;
}

rc
pem_read_first(struct slice pem, X509 **ret)
{
	AUTO(auto_x509s) STACK_OF(X509) *list = NULL;

	TRY(pem_read_certificates(pem, FILE_CERTIFICATES_MAX, &list));
	X509 *first = sk_X509_shift(list);
	if (first == NULL) return RC_MALFORMED;
	*ret = first;
	return RC_OK;
}

/* --- writing --------------------------------------------------------------------- */

static rc
append_bio(BIO *bio, struct buf *out)
{
	char *text = NULL;
	long  n    = BIO_get_mem_data(bio, &text);

	return n > 0 ? buf_append(out, slice_of(text, (size_t)n)) : RC_CRYPTO;
}

rc
pem_write_certificate(X509 *cert, struct buf *out)
{
	QUIET;
	AUTO(auto_bio) BIO *bio = BIO_new(BIO_s_mem());
	if (bio == NULL || PEM_write_bio_X509(bio, cert) != 1) return RC_CRYPTO;
	return append_bio(bio, out);
}

rc
pem_write_crl(X509_CRL *crl, struct buf *out)
{
	QUIET;
	AUTO(auto_bio) BIO *bio = BIO_new(BIO_s_mem());
	if (bio == NULL || PEM_write_bio_X509_CRL(bio, crl) != 1) return RC_CRYPTO;
	return append_bio(bio, out);
}
