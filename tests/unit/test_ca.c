/* SPDX-License-Identifier: EUPL-1.2 */
/* test_ca.c - what the small CA issues is what trust.h accepts, and no more. */
#include "certs/ca.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ui.h>
#include <openssl/x509v3.h>

#include "certs/file.h"
#include "certs/trust.h"

enum { NOW = 1800000000, DAY = 24 * 60 * 60, MAX = 64 * 1024 };

static char       dir[48];
static struct ca *ca;
static EVP_PKEY  *key;

static const struct subject sound = {.oin = "00000099000000010000",
    .organisation                         = "Gemeente Waalbrug",
    .desk                                 = "meldpunt"};

static int
make_key(void **state)
{
	(void)state;
	return key_generate(KEY_P256, &key) == RC_OK ? 0 : -1;
}

static int
drop_key(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

static int
make_ca(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/sluis-ca-XXXXXX");
	if (mkdtemp(dir) == NULL) return -1;
	if (ca_create(dir, "CA Rivierenland", NOW, 7) != RC_OK) return -1;
	return ca_open(&ca, dir) == RC_OK ? 0 : -1;
}

static int
drop_ca(void **state)
{
	char command[128];

	(void)state;
	ca_destroy(&ca);
	ca_destroy(&ca); /* NULL-safe */
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

/* --- help ------------------------------------------------------------------------ */

static const char *
in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static struct buf
content(const char *name)
{
	struct buf b = buf_init(MAX);

	assert_int_equal(file_read(in_dir(name), MAX, false, &b), RC_OK);
	return b;
}

static struct buf
issue(const struct subject *s, EVP_PKEY *public)
{
	struct buf b = buf_init(MAX);

	assert_int_equal(ca_issue(ca, s, public, NOW, NOW + 365 * DAY, &b), RC_OK);
	return b;
}

static rc
refused(struct subject s, EVP_PKEY *public, int64_t from_s, int64_t to_s)
{
	struct buf b    = buf_init(MAX);
	rc         code = ca_issue(ca, &s, public, from_s, to_s, &b);

	assert_int_equal(b.n, 0);
	assert_int_equal(ERR_peek_error(), 0);
	return code;
}

/* Check CERT with the anchor and the list that lie in the folder now. */
static rc
verdict(const struct buf *cert, int64_t now_s, struct holder *ret)
{
	struct buf    anchor = content("ca.pem"), crl = content("crl.pem");
	struct trust *t = NULL;

	assert_int_equal(trust_load(buf_slice(&anchor), buf_slice(&crl), &t), RC_OK);
	rc code = trust_check(t, buf_slice(cert), now_s, ret, NULL);
	trust_destroy(&t);
	buf_wipe(&anchor);
	buf_wipe(&crl);
	return code;
}

static X509 *
parse(const struct buf *pem)
{
	BIO  *bio  = BIO_new_mem_buf(pem->p, (int)pem->n);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	assert_non_null(cert);
	BIO_free(bio);
	return cert;
}

static bool
is_critical(X509 *cert, int nid)
{
	int at = X509_get_ext_by_NID(cert, nid, -1);

	return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(cert, at)) == 1;
}

/* --- issuing --------------------------------------------------------------------- */

static void
what_it_issues_is_trusted(void **state)
{
	struct buf    cert = issue(&sound, key);
	struct holder h;

	(void)state;
	assert_int_equal(verdict(&cert, NOW, &h), RC_OK);
	assert_string_equal(h.oin, sound.oin);
	assert_string_equal(h.desk, "meldpunt");
	assert_string_equal(h.organisation, "Gemeente Waalbrug");
	assert_int_equal(h.not_before_s, NOW);
	assert_int_equal(h.not_after_s, NOW + 365 * DAY);
	buf_wipe(&cert);
}

static void
an_rsa_pss_certificate_is_trusted_and_signs(void **state)
{
	EVP_PKEY     *rsa = NULL, *read = NULL;
	struct buf    pem = buf_init(MAX), sig = buf_init(MAX);
	struct holder h;

	(void)state;
	assert_int_equal(key_generate(KEY_RSA_PSS_3072, &rsa), RC_OK);
	assert_int_equal(cert_write_key(rsa, &pem), RC_OK);
	assert_non_null(strstr((const char *)pem.p, "-----BEGIN PRIVATE KEY-----"));
	assert_int_equal(cert_read_key(buf_slice(&pem), &read), RC_OK);
	struct buf cert = issue(&sound, rsa);
	X509      *x    = parse(&cert);
	assert_int_equal(verdict(&cert, NOW, &h), RC_OK);
	assert_int_equal(cert_sign(read, slice_str("m"), &sig), RC_OK);
	assert_int_equal(sig.n, 3072 / 8);
	assert_int_equal(cert_verify(x, slice_str("m"), buf_slice(&sig)), RC_OK);
	assert_int_equal(
	    cert_verify(x, slice_str("n"), buf_slice(&sig)), RC_BAD_SIGNATURE);
	sig.p[17] ^= 1;
	assert_int_equal(
	    cert_verify(x, slice_str("m"), buf_slice(&sig)), RC_BAD_SIGNATURE);
	X509_free(x);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(read);
	buf_wipe(&pem);
	buf_wipe(&sig);
	buf_wipe(&cert);
}

static void
the_profile_is_as_it_is_described(void **state)
{
	struct buf pem  = issue(&sound, key);
	X509      *cert = parse(&pem);

	(void)state;
	assert_int_equal(X509_get_version(cert), 2);
	assert_int_equal(X509_check_ca(cert), 0);
	assert_int_equal(X509_get_key_usage(cert), KU_DIGITAL_SIGNATURE);
	assert_int_equal(X509_get_extended_key_usage(cert), XKU_SSL_CLIENT);
	assert_true(is_critical(cert, NID_basic_constraints));
	assert_true(is_critical(cert, NID_key_usage));
	assert_non_null(X509_get0_subject_key_id(cert));
	assert_non_null(X509_get0_authority_key_id(cert));
	char *name = X509_NAME_oneline(X509_get_subject_name(cert), NULL, 0);
	assert_string_equal(name,
	    "/C=NL/O=Gemeente Waalbrug/OU=meldpunt"
	    "/serialNumber=00000099000000010000/CN=Gemeente Waalbrug");
	OPENSSL_free(name);
	X509_free(cert);
	buf_wipe(&pem);
}

static void
the_ca_itself_may_sign_one_level_and_lists(void **state)
{
	struct buf pem  = content("ca.pem");
	X509      *cert = parse(&pem);
	int64_t    end_s;

	(void)state;
	assert_int_equal(X509_check_ca(cert), 1);
	assert_int_equal(X509_get_pathlen(cert), 0);
	assert_int_equal(X509_get_key_usage(cert), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	assert_true(is_critical(cert, NID_basic_constraints));
	assert_true(is_critical(cert, NID_key_usage));
	assert_int_equal(time_read(X509_get0_notAfter(cert), &end_s), RC_OK);
	assert_true(end_s >= NOW + 3650LL * DAY);
	X509_free(cert);
	buf_wipe(&pem);
}

static void
no_serial_comes_twice(void **state)
{
	struct buf a = issue(&sound, key), b = issue(&sound, key);
	X509      *x = parse(&a), *y = parse(&b);

	(void)state;
	assert_int_not_equal(
	    ASN1_INTEGER_cmp(X509_get0_serialNumber(x), X509_get0_serialNumber(y)), 0);
	X509_free(x);
	X509_free(y);
	buf_wipe(&a);
	buf_wipe(&b);
}

static void
numbers_only_go_up(void **state)
{
	struct buf pem, n;

	(void)state;
	n = content("serial");
	assert_memory_equal(
	    n.p, "0000000000000002\n", 17); /* the first list was number 1 */
	buf_wipe(&n);
	pem = issue(&sound, key);
	buf_wipe(&pem);
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_OK);
	n = content("serial");
	assert_memory_equal(n.p, "0000000000000004\n", 17);
	buf_wipe(&n);
}

static void
subjects_of_no_use_are_refused(void **state)
{
	static const char long_name[] = "1234567890123456789012345678901234567890"
	                                "1234567890123456789012345";
	struct subject    s           = sound;

	(void)state;
#define REFUSES(member, value) \
	s        = sound;      \
	s.member = value;      \
	assert_int_equal(refused(s, key, NOW, NOW + DAY), RC_USAGE)
	REFUSES(oin, "0000009900000001000");
	REFUSES(oin, "000000990000000100000");
	REFUSES(oin, "0000009900000001000x");
	REFUSES(oin, "");
	REFUSES(desk, "");
	REFUSES(desk, "meld punt");
	REFUSES(desk, "meldpunt\n");
	REFUSES(desk, "meld=punt");
	REFUSES(desk, "123456789012345678901234567890123");
	REFUSES(organisation, "");
	REFUSES(organisation, "Gemeente\tWaalbrug");
	REFUSES(organisation, "Gemeente \xff");
	REFUSES(organisation, long_name);
#undef REFUSES
}

static void
periods_of_no_use_are_refused(void **state)
{
	(void)state;
	assert_int_equal(refused(sound, key, NOW, NOW), RC_USAGE);
	assert_int_equal(refused(sound, key, NOW + 1, NOW), RC_USAGE);
	assert_int_equal(refused(sound, key, NOW, NOW + 3652LL * DAY + 1), RC_USAGE);
}

static void
weak_keys_get_no_certificate(void **state)
{
	EVP_PKEY *rsa   = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	EVP_PKEY *curve = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1");
	EVP_PKEY *ed    = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	(void)state;
	assert_int_equal(refused(sound, rsa, NOW, NOW + DAY), RC_USAGE);
	assert_int_equal(refused(sound, curve, NOW, NOW + DAY), RC_USAGE);
	assert_int_equal(refused(sound, ed, NOW, NOW + DAY), RC_USAGE);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(curve);
	EVP_PKEY_free(ed);
}

/* --- revoking -------------------------------------------------------------------- */

static void
a_revoked_certificate_is_refused_and_others_are_not(void **state)
{
	struct buf    a = issue(&sound, key), b = issue(&sound, key);
	struct holder h;

	(void)state;
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW + 60, 7), RC_OK);
	assert_int_equal(verdict(&a, NOW + 61, &h), RC_REVOKED);
	assert_int_equal(verdict(&b, NOW + 61, &h), RC_OK);
	assert_int_equal(ca_revoke(ca, buf_slice(&b), NOW + 120, 7), RC_OK);
	assert_int_equal(verdict(&a, NOW + 121, &h), RC_REVOKED);
	assert_int_equal(verdict(&b, NOW + 121, &h), RC_REVOKED);
	buf_wipe(&a);
	buf_wipe(&b);
}

static void
a_revocation_survives_a_new_list_and_a_new_process(void **state)
{
	struct buf    a = issue(&sound, key);
	struct holder h;

	(void)state;
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_OK);
	assert_int_equal(ca_refresh_crl(ca, NOW + DAY, 7, NULL), RC_OK);
	assert_int_equal(verdict(&a, NOW + DAY, &h), RC_REVOKED);
	ca_destroy(&ca);
	assert_int_equal(ca_open(&ca, dir), RC_OK);
	assert_int_equal(ca_refresh_crl(ca, NOW + 2 * DAY, 7, NULL), RC_OK);
	assert_int_equal(verdict(&a, NOW + 2 * DAY, &h), RC_REVOKED);
	buf_wipe(&a);
}

static void
put(const char *name, struct slice text)
{
	assert_int_equal(file_write(in_dir(name), text, 0644), RC_OK);
}

/* Cut where a line ends, by a crash or a bad copy, it looks whole. */
static void
nobody_comes_back_because_lines_of_the_revoked_are_gone(void **state)
{
	struct buf a = issue(&sound, key), b = issue(&sound, key), c = issue(&sound, key);

	(void)state;
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_OK);
	struct buf one = content("revoked");
	assert_int_equal(ca_revoke(ca, buf_slice(&b), NOW, 7), RC_OK);
	struct buf         two = content("revoked"), list = content("crl.pem");
	struct slice       second = slice_of(two.p + one.n, two.n - one.n);
	const struct slice cut[]  = {slice_of("", 0), buf_slice(&one), second};
	for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
		put("revoked", cut[i]);
		assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_OLD_STATE);
		assert_int_equal(ca_revoke(ca, buf_slice(&c), NOW, 7), RC_OLD_STATE);
		struct buf after = content("crl.pem");
		assert_true(slice_equal(buf_slice(&list), buf_slice(&after)));
		buf_wipe(&after);
	}
	put("revoked", buf_slice(&two));
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_OK);
	put("revoked", second); /* whoever is missing can be revoked again, too */
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_OK);
	struct buf *all[] = {&a, &b, &c, &one, &two, &list};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) buf_wipe(all[i]);
}

static void
without_the_last_list_of_its_own_there_is_no_next_one(void **state)
{
	char       elsewhere[64];
	struct buf a = issue(&sound, key), list, both = buf_init(MAX);

	(void)state;
	snprintf(elsewhere, sizeof elsewhere, "%s/other", dir);
	assert_int_equal(mkdir(elsewhere, 0700), 0);
	assert_int_equal(ca_create(elsewhere, "CA Rivierenland", NOW, 7), RC_OK);
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_OK);
	list               = content("crl.pem");
	struct buf another = content("other/crl.pem");
	assert_int_equal(unlink(in_dir("crl.pem")), 0);
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_NOT_FOUND);
	put("crl.pem", slice_str("no list"));
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_CONFIG);
	put("crl.pem", buf_slice(&another));
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_CONFIG);
	/* a broker's file may have the lists of all authorities */
	assert_int_equal(buf_append(&both, buf_slice(&another)), RC_OK);
	assert_int_equal(buf_append(&both, buf_slice(&list)), RC_OK);
	put("crl.pem", buf_slice(&both));
	struct buf revoked = content("revoked");
	put("revoked", slice_of("", 0));
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_OLD_STATE);
	put("revoked", buf_slice(&revoked));
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_OK);
	assert_int_equal(ERR_peek_error(), 0);
	struct buf *all[] = {&a, &list, &another, &both, &revoked};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) buf_wipe(all[i]);
}

static void
revoking_twice_leaves_one_line(void **state)
{
	struct buf a = issue(&sound, key);

	(void)state;
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_OK);
	struct buf one = content("revoked");
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW + DAY, 7), RC_OK);
	struct buf two = content("revoked");
	assert_true(slice_equal(buf_slice(&one), buf_slice(&two)));
	buf_wipe(&a);
	buf_wipe(&one);
	buf_wipe(&two);
}

static void
only_its_own_certificates_are_revoked(void **state)
{
	char       elsewhere[64];
	struct buf own = issue(&sound, key), anchor = content("ca.pem");
	struct ca *other = NULL;

	(void)state;
	snprintf(elsewhere, sizeof elsewhere, "%s/other", dir);
	assert_int_equal(mkdir(elsewhere, 0700), 0);
	assert_int_equal(
	    ca_create(elsewhere, "CA Rivierenland", NOW, 7), RC_OK); /* same name */
	assert_int_equal(ca_open(&other, elsewhere), RC_OK);
	assert_int_equal(ca_revoke(other, buf_slice(&own), NOW, 7), RC_NOT_FOUND);
	assert_int_equal(ca_revoke(ca, buf_slice(&anchor), NOW, 7), RC_NOT_FOUND);
	assert_int_equal(ca_revoke(ca, slice_str("no pem"), NOW, 7), RC_NOT_FOUND);
	assert_int_equal(ERR_peek_error(), 0);
	ca_destroy(&other);
	buf_wipe(&own);
	buf_wipe(&anchor);
}

/* Issuer and key identifier are right, the signature is another's. */
static void
a_forged_certificate_is_not_revoked(void **state)
{
	struct buf pem = issue(&sound, key);
	X509      *x   = parse(&pem);
	BIO       *bio = BIO_new(BIO_s_mem());
	char      *text;

	(void)state;
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	PEM_write_bio_X509(bio, x);
	long n = BIO_get_mem_data(bio, &text);
	assert_int_equal(ca_revoke(ca, slice_of(text, (size_t)n), NOW, 7), RC_NOT_FOUND);
	assert_int_equal(ERR_peek_error(), 0);
	BIO_free(bio);
	X509_free(x);
	buf_wipe(&pem);
}

static void
a_list_runs_out_and_is_refreshed(void **state)
{
	struct buf    a = issue(&sound, key);
	struct holder h;

	(void)state;
	assert_int_equal(verdict(&a, NOW + 7 * DAY - 1, &h), RC_OK);
	assert_int_equal(verdict(&a, NOW + 7 * DAY, &h), RC_CRL_STALE);
	assert_int_equal(ca_refresh_crl(ca, NOW + 7 * DAY, 7, NULL), RC_OK);
	assert_int_equal(verdict(&a, NOW + 7 * DAY, &h), RC_OK);
	assert_int_equal(ca_refresh_crl(ca, NOW, 0, NULL), RC_USAGE);
	assert_int_equal(ca_refresh_crl(ca, NOW, 100000, NULL), RC_USAGE);
	buf_wipe(&a);
}

static struct trust *
trust_now(void)
{
	struct buf    anchor = content("ca.pem"), crl = content("crl.pem");
	struct trust *t = NULL;

	assert_int_equal(trust_load(buf_slice(&anchor), buf_slice(&crl), &t), RC_OK);
	buf_wipe(&anchor);
	buf_wipe(&crl);
	return t;
}

static void
a_renewed_list_says_what_it_is_and_takes_the_place_of_the_old_one(void **state)
{
	struct buf     a = issue(&sound, key);
	struct ca_list list;

	(void)state;
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_OK);
	struct trust *before = trust_now();
	assert_int_equal(ca_refresh_crl(ca, NOW + DAY, 30, &list), RC_OK);
	struct trust *after = trust_now();
	assert_int_equal(list.number, 4); /* list, certificate, list */
	assert_int_equal(list.n_revoked, 1);
	assert_int_equal(list.until_s, NOW + 31 * DAY);
	assert_int_equal(trust_crl_until_s(after), NOW + 31 * DAY);
	assert_int_equal(trust_follow(before, after), RC_CRL_STALE);
	assert_int_equal(trust_follow(after, before), RC_OK);
	trust_destroy(&before);
	trust_destroy(&after);
	buf_wipe(&a);
}

static enum { WORKS, BUSY, NO_LOCK } locks;
static int  n_locks, n_waits;
static bool renames_fail;

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

int
__wrap_flock(int fd, int operation)
{
	assert_int_equal(operation, LOCK_EX | LOCK_NB);
	/* else a lock over NFS cannot be had */
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	n_locks++;
	if (locks == WORKS) return __real_flock(fd, operation);
	errno = locks == BUSY ? EINTR : ENOLCK;
	locks = locks == BUSY ? WORKS : NO_LOCK;
	return -1;
}

int
__wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	assert_true(fds == NULL && n == 0 && timeout_ms > 0);
	n_waits++;
	return 0;
}

int
__wrap_rename(const char *from, const char *to)
{
	if (renames_fail && strstr(to, "crl.pem") != NULL) return -1;
	return __real_rename(from, to);
}

static void
nothing_is_changed_without_the_lock_of_the_folder(void **state)
{
	static const char *const files[] = {"crl.pem", "serial", "revoked"};
	struct buf               a = issue(&sound, key), before[3], out = buf_init(MAX);

	(void)state;
	for (int i = 0; i < 3; i++) before[i] = content(files[i]);
	locks = NO_LOCK;
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_DISK);
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_DISK);
	assert_int_equal(ca_issue(ca, &sound, key, NOW, NOW + DAY, &out), RC_DISK);
	for (int i = 0; i < 3; i++) {
		struct buf after = content(files[i]);
		assert_true(slice_equal(buf_slice(&before[i]), buf_slice(&after)));
		buf_wipe(&before[i]);
		buf_wipe(&after);
	}
	locks   = BUSY; /* a signal came while it waited */
	n_locks = 0;
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_OK);
	assert_int_equal(n_locks, 2);
	buf_wipe(&a);
}

static void
who_finds_it_held_waits_and_then_changes_nothing(void **state)
{
	static const char *const files[] = {"crl.pem", "serial", "revoked"};
	struct buf               a = issue(&sound, key), before[3], out = buf_init(MAX);
	int                      other = open(in_dir("lock"), O_RDWR | O_CLOEXEC);

	(void)state;
	assert_int_equal(__real_flock(other, LOCK_EX), 0);
	for (int i = 0; i < 3; i++) before[i] = content(files[i]);
	n_waits = 0;
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_IN_USE);
	assert_in_range(n_waits, 2, 10000);
	assert_int_equal(ca_revoke(ca, buf_slice(&a), NOW, 7), RC_IN_USE);
	assert_int_equal(ca_issue(ca, &sound, key, NOW, NOW + DAY, &out), RC_IN_USE);
	assert_int_equal(unlink(in_dir("ca.pem")) | unlink(in_dir("ca-key.pem")), 0);
	assert_int_equal(ca_create(dir, "Another", NOW, 7), RC_IN_USE);
	assert_int_equal(access(in_dir("ca.pem"), F_OK), -1);
	for (int i = 0; i < 3; i++) {
		struct buf after = content(files[i]);
		assert_true(slice_equal(buf_slice(&before[i]), buf_slice(&after)));
		buf_wipe(&before[i]);
		buf_wipe(&after);
	}
	assert_int_equal(close(other), 0);
	assert_int_equal(ca_create(dir, "Another", NOW, 7), RC_OK);
	assert_int_equal(ca_create(dir, "Another", NOW, 7), RC_CONFIG);
	buf_wipe(&a);
}

/* What a crash before the rename leaves, too. */
static void
a_renewal_that_fails_leaves_the_list_of_before_and_its_number_is_not_given_again(
    void **state)
{
	struct buf     before = content("crl.pem");
	struct ca_list list;

	(void)state;
	renames_fail = true;
	assert_int_equal(ca_refresh_crl(ca, NOW + DAY, 7, &list), RC_DISK);
	renames_fail     = false;
	struct buf after = content("crl.pem");
	assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
	assert_int_equal(ca_refresh_crl(ca, NOW + DAY, 7, &list), RC_OK);
	assert_int_equal(list.number, 3);
	buf_wipe(&before);
	buf_wipe(&after);
}

/* --- the folder ------------------------------------------------------------------ */

static void
a_second_ca_in_the_folder_is_refused(void **state)
{
	struct buf before = content("ca.pem");

	(void)state;
	assert_int_equal(ca_create(dir, "Another", NOW, 7), RC_CONFIG);
	struct buf after = content("ca.pem");
	assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
	assert_int_equal(unlink(in_dir("ca.pem")), 0);
	assert_int_equal(
	    ca_create(dir, "Another", NOW, 7), RC_CONFIG); /* the key is there */
	buf_wipe(&before);
	buf_wipe(&after);
}

static void
the_key_is_a_secret(void **state)
{
	struct stat st;
	struct ca  *again = NULL;

	(void)state;
	assert_int_equal(stat(in_dir("ca-key.pem"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chmod(in_dir("ca-key.pem"), 0640), 0);
	assert_int_equal(ca_open(&again, dir), RC_CONFIG);
	assert_null(again);
}

static void
a_damaged_folder_is_refused(void **state)
{
	struct ca *again = NULL;
	struct buf pem = buf_init(MAX), out = buf_init(MAX);

	(void)state;
	assert_int_equal(
	    cert_write_key(key, &pem), RC_OK); /* a good key of somebody else */
	assert_int_equal(file_write(in_dir("ca-key.pem"), buf_slice(&pem), 0600), RC_OK);
	assert_int_equal(ca_open(&again, dir), RC_CONFIG);
	assert_int_equal(unlink(in_dir("ca-key.pem")), 0);
	assert_int_equal(ca_open(&again, dir), RC_NOT_FOUND);

	assert_int_equal(file_write(in_dir("serial"), slice_str("12\n"), 0644), RC_OK);
	assert_int_equal(ca_issue(ca, &sound, key, NOW, NOW + DAY, &out), RC_CONFIG);
	assert_int_equal(
	    file_write(in_dir("serial"), slice_str("7fffffffffffffff\n"), 0644), RC_OK);
	assert_int_equal(ca_issue(ca, &sound, key, NOW, NOW + DAY, &out), RC_CONFIG);
	assert_int_equal(
	    file_write(in_dir("serial"), slice_str("0000000000000009\n"), 0644), RC_OK);
	assert_int_equal(
	    file_write(in_dir("revoked"), slice_str("0A 1800"), 0644), RC_OK);
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_CONFIG); /* cut short */
	assert_int_equal(
	    file_write(in_dir("revoked"), slice_of("0A 1800\n\0\n", 10), 0644), RC_OK);
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_CONFIG); /* no end there */
	assert_int_equal(file_write(in_dir("revoked"), slice_of("\0", 1), 0644), RC_OK);
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_CONFIG);
	assert_int_equal(file_write(in_dir("revoked"), slice_str("x 18\n"), 0644), RC_OK);
	assert_int_equal(ca_refresh_crl(ca, NOW, 7, NULL), RC_CONFIG);
	assert_int_equal(out.n, 0);
	buf_wipe(&pem);
}

static void
nothing_to_open_or_make_is_said(void **state)
{
	struct ca *again = NULL;

	(void)state;
	assert_int_equal(ca_open(&again, "/nowhere"), RC_NOT_FOUND);
	assert_int_equal(ca_create("/nowhere", "CA", NOW, 7), RC_DISK);
	assert_int_equal(ca_create("/nowhere", "", NOW, 7), RC_USAGE);
	assert_int_equal(ca_create("/nowhere", "CA", NOW, 0), RC_USAGE);
}

static void
keys_that_are_none_are_refused(void **state)
{
	EVP_PKEY  *read = NULL;
	EVP_PKEY  *weak = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	struct buf pem = buf_init(MAX), sig = buf_init(MAX);

	(void)state;
	assert_int_equal(cert_read_key(slice_str(""), &read), RC_CONFIG);
	assert_int_equal(cert_read_key(slice_str("nothing"), &read), RC_CONFIG);
	assert_int_equal(cert_write_key(weak, &pem), RC_OK);
	assert_int_equal(cert_read_key(buf_slice(&pem), &read), RC_CONFIG);
	assert_int_equal(cert_sign(weak, slice_str("m"), &sig), RC_CONFIG);
	assert_null(read);
	assert_int_equal(sig.n, 0);
	assert_int_equal(ERR_peek_error(), 0);
	EVP_PKEY_free(weak);
	buf_wipe(&pem);
}

static bool asked;

static int
answer(UI *ui, UI_STRING *question)
{
	asked = true;
	return UI_set_result(ui, question, "secret") == 0;
}

static void
nobody_is_asked_for_a_passphrase(void **state)
{
	UI_METHOD *method = UI_create_method("test");
	BIO       *bio    = BIO_new(BIO_s_mem());
	EVP_PKEY  *read   = NULL;
	char      *text;

	(void)state;
	UI_method_set_reader(method, answer);
	UI_set_default_method(method);
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(
	                     bio, key, EVP_aes_256_cbc(), "secret", 6, NULL, NULL),
	    1);
	long n = BIO_get_mem_data(bio, &text);
	assert_int_equal(cert_read_key(slice_of(text, (size_t)n), &read), RC_CONFIG);
	assert_false(asked);
	assert_null(read);
	UI_set_default_method(UI_OpenSSL());
	UI_destroy_method(method);
	BIO_free(bio);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make_ca, drop_ca)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_it_issues_is_trusted),
	    T(an_rsa_pss_certificate_is_trusted_and_signs),
	    T(the_profile_is_as_it_is_described),
	    T(the_ca_itself_may_sign_one_level_and_lists),
	    T(no_serial_comes_twice),
	    T(numbers_only_go_up),
	    T(subjects_of_no_use_are_refused),
	    T(periods_of_no_use_are_refused),
	    T(weak_keys_get_no_certificate),
	    T(a_revoked_certificate_is_refused_and_others_are_not),
	    T(a_revocation_survives_a_new_list_and_a_new_process),
	    T(nobody_comes_back_because_lines_of_the_revoked_are_gone),
	    T(without_the_last_list_of_its_own_there_is_no_next_one),
	    T(revoking_twice_leaves_one_line),
	    T(only_its_own_certificates_are_revoked),
	    T(a_forged_certificate_is_not_revoked),
	    T(a_list_runs_out_and_is_refreshed),
	    T(a_renewed_list_says_what_it_is_and_takes_the_place_of_the_old_one),
	    T(nothing_is_changed_without_the_lock_of_the_folder),
	    T(who_finds_it_held_waits_and_then_changes_nothing),
	    T(a_renewal_that_fails_leaves_the_list_of_before_and_its_number_is_not_given_again),
	    T(a_second_ca_in_the_folder_is_refused),
	    T(the_key_is_a_secret),
	    T(a_damaged_folder_is_refused),
	    T(nothing_to_open_or_make_is_said),
	    T(keys_that_are_none_are_refused),
	    T(nobody_is_asked_for_a_passphrase),
	};
	return cmocka_run_group_tests(tests, make_key, drop_key);
}
