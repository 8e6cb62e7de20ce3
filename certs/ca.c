/* SPDX-License-Identifier: EUPL-1.2 */
/* ca.c - the folder of a certificate authority: its numbers, its revocations, its list.
 */
#include "certs/ca.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/file.h"
#include "certs/holder.h"
#include "certs/issue.h"
#include "certs/openssl_auto.h"
#include "certs/pem.h"

enum { CA_FILE_MAX = 64 * 1024, REVOKED_MAX = 4 * 1024 * 1024, SERIAL_HEX_MAX = 40 };
enum { CA_DAYS = 3652, CRL_DAYS_MAX = 3652, CRLS_MAX = 64 };
enum { LOCK_WAIT_MS = 10 * 1000 };

struct ca {
	char     *dir;  /* owned */
	X509     *cert; /* owned */
	EVP_PKEY *key;  /* owned */
};

/* --- files of the folder --------------------------------------------------------- */

static rc
path_of(const char *dir, const char *name, char **ret)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0) return RC_NOMEM;
	*ret = path;
	return RC_OK;
}

static rc
read_file(const char *dir, const char *name, bool secret, struct buf *out)
{
	AUTO(auto_free) char *path = NULL;

	TRY(path_of(dir, name, &path));
	return file_read(path, out->max, secret, out);
}

static rc
write_file(const char *dir, const char *name, const struct buf *content, unsigned mode)
{
	AUTO(auto_free) char *path = NULL;

	TRY(path_of(dir, name, &path));
	return file_write(path, buf_slice(content), mode);
}

static rc
refuse_if_present(const char *dir, const char *name)
{
	AUTO(auto_free) char *path = NULL;
	struct stat           st;

	TRY(path_of(dir, name, &path));
	return lstat(path, &st) == 0 ? RC_CONFIG : RC_OK;
}

/* Whoever else changes the folder waits, or is waited for: a list made beside a
 * revocation would lack it. */
static rc
lock_folder(const char *dir, int *ret)
{
	AUTO(auto_free) char *path = NULL;

	TRY(path_of(dir, "lock", &path));
	return file_lock(path, LOCK_WAIT_MS, ret);
}

/* --- numbers --------------------------------------------------------------------- */

static rc
write_number(const struct ca *ca, uint64_t next)
{
	AUTO(buf_wipe) struct buf text = buf_init(64);

	TRY(buf_printf(&text, "%016" PRIx64 "\n", next));
	return write_file(ca->dir, "serial", &text, MODE_PUBLIC);
}

/* The next number, gone for good before it is used. */
static rc
take_number(const struct ca *ca, uint8_t ret[8])
{
	enum { DIGITS = 16 };
	AUTO(buf_wipe) struct buf text = buf_init(64);
	char                      hex[DIGITS + 1];

	TRY(read_file(ca->dir, "serial", false, &text));
	if (text.n != DIGITS + 1 || text.p[DIGITS] != '\n') return RC_CONFIG;
	memcpy(hex, text.p, DIGITS);
	hex[DIGITS] = '\0';
	if (hex_decode(hex, ret, 8) != RC_OK) return RC_CONFIG;
	if (get_u64_be(ret) > INT64_MAX - 1) return RC_CONFIG; /* serials stay positive */
	return write_number(ca, get_u64_be(ret) + 1);
}

static rc
take_serial(const struct ca *ca, uint8_t serial[SERIAL_BYTES])
{
	TRY(take_number(ca, serial));
	return RAND_bytes(serial + 8, SERIAL_BYTES - 8) == 1 ? RC_OK : RC_CRYPTO;
}

/* --- revocations ----------------------------------------------------------------- */

struct revocation {
	char    serial[SERIAL_HEX_MAX + 1];
	int64_t when_s;
};

/* Take one line "SERIAL SECONDS" off the front of *REST, which ends with NUL. */
static rc
take_line(const char **rest, struct revocation *ret)
{
	int used = 0;

	if (sscanf(*rest, "%40[0-9A-F] %" SCNd64 "%n", ret->serial, &ret->when_s,
	        &used) != 2)
		return RC_CONFIG;
	if ((*rest)[used] != '\n') return RC_CONFIG;
	*rest += used + 1;
	return RC_OK;
}

/* The file with a NUL behind it.  One within it is damage, and no end: a list without the
 * rest would let in again who stands there. */
static rc
read_revoked(const struct ca *ca, struct buf *out)
{
	TRY(read_file(ca->dir, "revoked", false, out));
	if (out->n != 0 && memchr(out->p, 0, out->n) != NULL) return RC_CONFIG;
	return buf_append(out, slice_of("", 1));
}

static rc
is_revoked(const char *lines, const char *serial, bool *ret)
{
	struct revocation r;

	*ret = false;
	while (*lines != '\0') {
		TRY(take_line(&lines, &r));
		if (strcmp(r.serial, serial) == 0) *ret = true;
	}
	return RC_OK;
}

static rc
serial_of(X509 *cert, char ret[SERIAL_HEX_MAX + 1])
{
	AUTO(auto_bignum)
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
	if (number == NULL) return RC_NOMEM;
	char *hex = BN_bn2hex(number);
	if (hex == NULL) return RC_NOMEM;
	int n = snprintf(ret, SERIAL_HEX_MAX + 1, "%s", hex);
	OPENSSL_free(hex);
	return n <= SERIAL_HEX_MAX ? RC_OK : RC_NOT_FOUND; /* none of ours is longer */
}

static rc
sign_crl(const struct ca *ca, X509_CRL *crl)
{
	AUTO(buf_wipe) struct buf pem = buf_init(REVOKED_MAX);

	TRY(issue_crl_sign(crl, ca->key));
	TRY(pem_write_crl(crl, &pem));
	return write_file(ca->dir, "crl.pem", &pem, MODE_PUBLIC);
}

/* What is revoked by now, as a list that is not signed yet; RET says what it is. */
static rc
make_crl(const struct ca *ca, int64_t now_s, int crl_days, struct ca_list *ret,
    X509_CRL **ret_crl)
{
	AUTO(buf_wipe) struct buf     lines = buf_init(REVOKED_MAX);
	AUTO(auto_x509_crl) X509_CRL *crl   = NULL;
	uint8_t                       number[8];
	struct revocation             r;

	if (crl_days < 1 || crl_days > CRL_DAYS_MAX) return RC_USAGE;
	struct period p = {now_s, now_s + (int64_t)crl_days * DAY_S};
	TRY(read_revoked(ca, &lines));
	TRY(take_number(ca, number));
	*ret = (struct ca_list){.number = get_u64_be(number), .until_s = p.to_s};
	TRY(issue_crl(ca->cert, p, ret->number, &crl));
	for (const char *at = (const char *)lines.p; *at != '\0'; ret->n_revoked++) {
		TRY(take_line(&at, &r));
		TRY(issue_revoked(crl, r.serial, r.when_s));
	}
	*ret_crl = TAKE(crl);
	return RC_OK;
}

/* Everybody whom BEFORE, of this CA, revokes stands on CRL too. */
static rc
check_keeps(X509_CRL *crl, X509_CRL *before)
{
	STACK_OF(X509_REVOKED) *gone = X509_CRL_get_REVOKED(before);
	X509_REVOKED *found          = NULL;

	for (int i = 0; i < sk_X509_REVOKED_num(gone); i++) {
		const X509_REVOKED *r = sk_X509_REVOKED_value(gone, i);
		if (X509_CRL_get0_by_serial(
		        crl, &found, X509_REVOKED_get0_serialNumber(r)) != 1)
			return RC_OLD_STATE;
	}
	return RC_OK;
}

/* `revoked` that was cut where a line ends reads like a whole one: the list that was
 * signed last knows better. */
static rc
check_nobody_comes_back(const struct ca *ca, X509_CRL *crl)
{
	AUTO(buf_wipe) struct buf pem                   = buf_init(REVOKED_MAX);
	AUTO(auto_x509_crls) STACK_OF(X509_CRL) *before = NULL;
	int n_ours                                      = 0;

	TRY(read_file(ca->dir, "crl.pem", false, &pem));
	rc code = pem_read_crls(buf_slice(&pem), CRLS_MAX, &before);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_CONFIG;
	for (int i = 0; i < sk_X509_CRL_num(before); i++) {
		X509_CRL *one = sk_X509_CRL_value(before, i);
		if (X509_CRL_verify(one, ca->key) != 1)
			continue; /* another's beside it */
		TRY(check_keeps(crl, one));
		n_ours++;
	}
	return n_ours != 0 ? RC_OK : RC_CONFIG;
}

/* The next list in place of the one of before; RET (may be NULL) says what it is. */
static rc
write_next_crl(const struct ca *ca, int64_t now_s, int crl_days, struct ca_list *ret)
{
	AUTO(auto_x509_crl) X509_CRL *crl  = NULL;
	struct ca_list                list = {0};

	TRY(make_crl(ca, now_s, crl_days, &list, &crl));
	TRY(check_nobody_comes_back(ca, crl));
	TRY(sign_crl(ca, crl));
	if (ret != NULL) *ret = list;
	return RC_OK;
}

/* --- the authority --------------------------------------------------------------- */

void
ca_destroy(struct ca **cp)
{
	if (*cp == NULL) return;
	free((*cp)->dir);
	X509_free((*cp)->cert);
	EVP_PKEY_free((*cp)->key);
	free(*cp);
	*cp = NULL;
}

static rc
new_ca(const char *dir, struct ca **ret)
{
	AUTO(ca_destroy) struct ca *ca = calloc(1, sizeof *ca);

	if (ca == NULL || (ca->dir = strdup(dir)) == NULL) return RC_NOMEM;
	*ret = TAKE(ca);
	return RC_OK;
}

/* ca.pem comes last but for the list: a folder with it is complete. */
static rc
write_new(const struct ca *ca)
{
	AUTO(buf_wipe)
	struct buf key = buf_init(CA_FILE_MAX), cert = buf_init(CA_FILE_MAX);
	AUTO(buf_wipe) struct buf empty = buf_init(0);

	TRY(cert_write_key(ca->key, &key));
	TRY(pem_write_certificate(ca->cert, &cert));
	TRY(write_file(ca->dir, "ca-key.pem", &key, MODE_SECRET));
	TRY(write_file(ca->dir, "revoked", &empty, MODE_PUBLIC));
	TRY(write_number(ca, 1));
	return write_file(ca->dir, "ca.pem", &cert, MODE_PUBLIC);
}

rc
ca_create(const char *dir, const char *name, int64_t now_s, int crl_days)
{
	QUIET;
	AUTO(ca_destroy) struct ca   *ca                   = NULL;
	AUTO(auto_x509_crl) X509_CRL *crl                  = NULL;
	AUTO(file_unlock) int         lock                 = -1;
	struct ca_list                list                 = {0};
	uint8_t                       serial[SERIAL_BYTES] = {0};
	struct period                 p = {now_s, now_s + (int64_t)CA_DAYS * DAY_S};

	if (crl_days < 1 || crl_days > CRL_DAYS_MAX) return RC_USAGE;
	TRY(new_ca(dir, &ca));
	TRY(key_generate(KEY_P256, &ca->key));
	if (RAND_bytes(serial + 8, SERIAL_BYTES - 8) != 1) return RC_CRYPTO;
	TRY(issue_ca(name, ca->key, p, serial, &ca->cert));
	TRY(lock_folder(dir, &lock));
	TRY(refuse_if_present(dir, "ca.pem"));
	TRY(refuse_if_present(dir, "ca-key.pem"));
	TRY(write_new(ca));
	TRY(make_crl(ca, now_s, crl_days, &list, &crl));
	return sign_crl(ca, crl);
}

static rc
read_ca(struct ca *ca)
{
	AUTO(buf_wipe)
	struct buf key = buf_init(CA_FILE_MAX), cert = buf_init(CA_FILE_MAX);

	TRY(read_file(ca->dir, "ca.pem", false, &cert));
	TRY(read_file(ca->dir, "ca-key.pem", true, &key));
	TRY(cert_read_key(buf_slice(&key), &ca->key));
	rc code = pem_read_first(buf_slice(&cert), &ca->cert);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_CONFIG;
	return X509_check_private_key(ca->cert, ca->key) == 1 ? RC_OK : RC_CONFIG;
}

rc
ca_open(struct ca **ret, const char *dir)
{
	QUIET;
	AUTO(ca_destroy) struct ca *ca = NULL;

	TRY(new_ca(dir, &ca));
	TRY(read_ca(ca));
	*ret = TAKE(ca);
	return RC_OK;
}

/* A certificate that outlives its CA stops verifying with it. */
static rc
check_within_ca(const struct ca *ca, struct period p)
{
	int64_t end_s = 0;

	if (time_read(X509_get0_notAfter(ca->cert), &end_s) != RC_OK) return RC_CONFIG;
	return p.to_s <= end_s ? RC_OK : RC_USAGE;
}

rc
ca_issue(struct ca *ca, const struct subject *subject, EVP_PKEY *key,
    int64_t not_before_s, int64_t not_after_s, struct buf *out)
{
	QUIET;
	AUTO(auto_x509) X509 *cert = NULL;
	AUTO(file_unlock) int lock = -1;
	uint8_t               serial[SERIAL_BYTES];
	struct period         p = {not_before_s, not_after_s};

	TRY(check_within_ca(ca, p));
	TRY(lock_folder(ca->dir, &lock));
	TRY(take_serial(ca, serial));
	TRY(issue_holder(subject, key, p, serial, ca->cert, ca->key, &cert));
	return pem_write_certificate(cert, out);
}

/* The CA itself is not on its own list: that would end everything it issued. */
static bool
did_issue(const struct ca *ca, X509 *cert)
{
	return X509_cmp(ca->cert, cert) != 0 &&
	       X509_check_issued(ca->cert, cert) == X509_V_OK &&
	       X509_verify(cert, ca->key) == 1;
}

static rc
add_revocation(const struct ca *ca, X509 *cert, int64_t now_s)
{
	AUTO(buf_wipe) struct buf lines = buf_init(REVOKED_MAX);
	char                      serial[SERIAL_HEX_MAX + 1];
	bool                      already = false;

	TRY(serial_of(cert, serial));
	TRY(read_revoked(ca, &lines));
	TRY(is_revoked((const char *)lines.p, serial, &already));
	if (already) return RC_OK;
	lines.n--; /* the NUL */
	TRY(buf_printf(&lines, "%s %" PRId64 "\n", serial, now_s));
	return write_file(ca->dir, "revoked", &lines, MODE_PUBLIC);
}

rc
ca_revoke(struct ca *ca, struct slice cert_pem, int64_t now_s, int crl_days)
{
	QUIET;
	AUTO(auto_x509) X509 *cert = NULL;
	AUTO(file_unlock) int lock = -1;

	if (crl_days < 1 || crl_days > CRL_DAYS_MAX) return RC_USAGE;
	rc code = pem_read_first(cert_pem, &cert);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_NOT_FOUND;
	if (!did_issue(ca, cert)) return RC_NOT_FOUND;
	TRY(lock_folder(ca->dir, &lock));
	TRY(add_revocation(ca, cert, now_s));
	return write_next_crl(ca, now_s, crl_days, NULL);
}

rc
ca_refresh_crl(struct ca *ca, int64_t now_s, int crl_days, struct ca_list *ret)
{
	QUIET;
	AUTO(file_unlock) int lock = -1;

	TRY(lock_folder(ca->dir, &lock));
	return write_next_crl(ca, now_s, crl_days, ret);
}
