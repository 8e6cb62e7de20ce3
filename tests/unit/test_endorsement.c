/* SPDX-License-Identifier: EUPL-1.2 */
/* test_endorsement.c - a party signs one bundle of one version; no byte of it can change.
 */
#include "certs/endorsement.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "proto/envelope.h"
#include "proto/message.h"
#include "support/forge.h"
#include "wire.pb-c.h"

enum { MAX = 64 * 1024 };

#define OTHER_OIN "00000099000000020000"
#define THIRD_OIN "00000099000000030000"

static const uint64_t now_ms = (uint64_t)FORGE_NOW * 1000, day_ms = 24 * 60 * 60 * 1000;

static struct authority  root;
static struct trust     *trust;
static EVP_PKEY         *key, *other_key;
static X509             *cert;
static struct buf        chain;
static const struct hash bundle  = {.b = {1, 2, 3}};
static const struct hash another = {.b = {1, 2, 4}};

/* --- help ------------------------------------------------------------------------ */

/* Trust in ROOT, with REVOKED (or NULL) on its list. */
static struct trust *
trust_with(X509 *revoked)
{
	struct buf    anchors = buf_init(MAX), crls = buf_init(MAX);
	struct trust *t  = NULL;
	X509_CRL     *cl = forge_crl(
	        &root, revoked, FORGE_NOW - FORGE_DAY, FORGE_NOW + 400 * FORGE_DAY, "SHA256");

	forge_pem(&anchors, root.cert);
	forge_crl_pem(&crls, cl);
	assert_int_equal(trust_load(buf_slice(&anchors), buf_slice(&crls), &t), RC_OK);
	X509_CRL_free(cl);
	buf_wipe(&anchors);
	buf_wipe(&crls);
	return t;
}

static int
make_world(void **state)
{
	struct recipe r = recipe_sound();

	(void)state;
	if (sodium_init() < 0) return -1;
	root      = forge_authority("CA Rivierenland", NULL);
	key       = forge_key("P-256");
	other_key = forge_key("P-256");
	chain     = buf_init(MAX);
	cert      = forge_certificate(&r, key, &root);
	forge_pem(&chain, cert);
	trust = trust_with(NULL);
	return 0;
}

static int
drop_world(void **state)
{
	(void)state;
	authority_wipe(&root);
	trust_destroy(&trust);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other_key);
	X509_free(cert);
	buf_wipe(&chain);
	return 0;
}

static struct endorsement
claim(void)
{
	return (struct endorsement){
	    .bundle = bundle, .version = 7, .signed_ms = now_ms - day_ms};
}

static struct buf
make(void)
{
	struct endorsement e   = claim();
	struct buf         out = buf_init(MAX);

	assert_int_equal(endorsement_make(&e, buf_slice(&chain), key, &out), RC_OK);
	return out;
}

static rc
check_with(const struct trust *t, struct slice file, uint64_t at_ms)
{
	struct endorsement e, before;

	memset(&e, 0x5a, sizeof e);
	before  = e;
	rc code = endorsement_check(file, t, at_ms, &e);
	if (code != RC_OK) assert_memory_equal(&e, &before, sizeof e);
	assert_int_equal(ERR_peek_error(), 0);
	return code;
}

static rc
check(struct slice file)
{
	return check_with(trust, file, now_ms);
}

static Sluis__Endorsement
message(void)
{
	Sluis__Endorsement m = SLUIS__ENDORSEMENT__INIT;

	m.has_bundle_hash = m.has_version = m.has_signed_ms = 1;
	m.bundle_hash = message_borrow_bytes(bundle.b, HASH_BYTES);
	m.version     = 7;
	m.oin         = message_borrow(FORGE_OIN);
	m.desk        = message_borrow(FORGE_DESK);
	m.signed_ms   = now_ms - day_ms;
	return m;
}

/* PAYLOAD as TYPE under a good signature of WITH, in a file with the sound chain. */
static struct buf
seal(struct slice payload, EVP_PKEY *with, const char *type)
{
	struct buf pae = buf_init(MAX), sig = buf_init(MAX), envelope = buf_init(MAX);
	struct buf out = buf_init(MAX);
	uint8_t    digest[32];
	char       keyid[65];
	Sluis__PolicySignature m = SLUIS__POLICY_SIGNATURE__INIT;

	X509_digest(cert, EVP_sha256(), digest, NULL);
	hex_encode(keyid, sizeof keyid, slice_of(digest, 32));
	assert_int_equal(envelope_pae(slice_str(type), payload, &pae), RC_OK);
	assert_int_equal(cert_sign(with, buf_slice(&pae), &sig), RC_OK);
	assert_int_equal(
	    envelope_wrap(type, payload, buf_slice(&sig), keyid, &envelope), RC_OK);
	m.has_endorsement = m.has_chain_pem = 1;
	m.endorsement = message_borrow_bytes(envelope.p, envelope.n);
	m.chain_pem   = message_borrow_bytes(chain.p, chain.n);
	assert_int_equal(message_pack(&m.base, &out), RC_OK);
	buf_wipe(&pae);
	buf_wipe(&sig);
	buf_wipe(&envelope);
	return out;
}

static rc
check_message(const Sluis__Endorsement *m)
{
	struct buf payload = buf_init(MAX);

	assert_int_equal(message_pack(&m->base, &payload), RC_OK);
	struct buf file = seal(buf_slice(&payload), key, TYPE_ENDORSEMENT);
	rc         code = check(buf_slice(&file));
	buf_wipe(&payload);
	buf_wipe(&file);
	return code;
}

/* --- accepted -------------------------------------------------------------------- */

static void
what_is_made_is_accepted_and_read_back(void **state)
{
	struct endorsement e    = claim(), got;
	struct buf         file = buf_init(MAX);
	uint8_t            digest[32];

	(void)state;
	e.n_behalf = 2;
	memcpy(e.behalf[0], OTHER_OIN, sizeof OTHER_OIN);
	memcpy(e.behalf[1], THIRD_OIN, sizeof THIRD_OIN);
	assert_int_equal(endorsement_make(&e, buf_slice(&chain), key, &file), RC_OK);
	assert_int_equal(
	    endorsement_of(buf_slice(&file), trust, now_ms, &bundle, 7, &got), RC_OK);
	assert_string_equal(got.oin, FORGE_OIN);
	assert_string_equal(got.desk, FORGE_DESK);
	assert_string_equal(got.organisation, FORGE_NAME);
	assert_int_equal(got.signed_ms, now_ms - day_ms);
	assert_int_equal(got.n_behalf, 2);
	assert_string_equal(got.behalf[0], OTHER_OIN);
	assert_string_equal(got.behalf[1], THIRD_OIN);
	(void)crypto_hash_sha256(digest, file.p, file.n);
	assert_memory_equal(got.id.b, digest, 32);
	assert_memory_equal(&e, &got, sizeof e);
	buf_wipe(&file);
}

static void
a_peek_reads_what_a_stranger_wrote_and_nothing_that_is_none(void **state)
{
	Sluis__Endorsement m       = message();
	struct buf         payload = buf_init(MAX);
	struct endorsement e;

	(void)state;
	assert_int_equal(message_pack(&m.base, &payload), RC_OK);
	struct buf file = seal(buf_slice(&payload), other_key, TYPE_ENDORSEMENT);
	assert_int_equal(check(buf_slice(&file)), RC_BAD_SIGNATURE);
	assert_int_equal(endorsement_peek(buf_slice(&file), &e), RC_OK);
	assert_string_equal(e.oin, FORGE_OIN);
	assert_string_equal(e.desk, FORGE_DESK);
	assert_int_equal(e.signed_ms, now_ms - day_ms);
	for (size_t n = 0; n < file.n; n++)
		assert_int_equal(endorsement_peek(slice_of(file.p, n), &e), RC_MALFORMED);
	buf_wipe(&payload);
	buf_wipe(&file);
	m.desk = message_borrow("\033[2J"); /* it is shown to people */
	assert_int_equal(message_pack(&m.base, &payload), RC_OK);
	file = seal(buf_slice(&payload), other_key, TYPE_ENDORSEMENT);
	assert_int_equal(endorsement_peek(buf_slice(&file), &e), RC_MALFORMED);
	buf_wipe(&payload);
	buf_wipe(&file);
	char *wild[]     = {(char *)(uintptr_t) "\033[2J"};
	m                = message();
	m.on_behalf_of   = wild;
	m.n_on_behalf_of = 1;
	assert_int_equal(message_pack(&m.base, &payload), RC_OK);
	file = seal(buf_slice(&payload), other_key, TYPE_ENDORSEMENT);
	assert_int_equal(endorsement_peek(buf_slice(&file), &e), RC_MALFORMED);
	buf_wipe(&payload);
	buf_wipe(&file);
}

static void
a_message_by_hand_is_accepted(void **state)
{
	Sluis__Endorsement m = message();

	(void)state;
	assert_int_equal(check_message(&m), RC_OK);
}

/* --- refused: the bytes ---------------------------------------------------------- */

static void
every_changed_bit_and_every_cut_is_refused(void **state)
{
	struct buf file = make();

	(void)state;
	for (size_t i = 0; i < file.n; i++)
		assert_int_not_equal(check(slice_of(file.p, i)), RC_OK);
	/* the white space of PEM may be another: it says nothing */
	size_t signed_part = file.n - chain.n;
	for (size_t bit = 0; bit < signed_part * 8; bit++) {
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(check(buf_slice(&file)), RC_OK);
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(check(buf_slice(&file)), RC_OK);
	assert_int_equal(buf_append(&file, slice_of("", 1)), RC_OK);
	assert_int_not_equal(check(buf_slice(&file)), RC_OK);
	buf_wipe(&file);
}

static void
a_signature_of_another_kind_or_key_is_refused(void **state)
{
	Sluis__Endorsement m       = message();
	struct buf         payload = buf_init(MAX);

	(void)state;
	assert_int_equal(message_pack(&m.base, &payload), RC_OK);
	struct buf kind  = seal(buf_slice(&payload), key, TYPE_KEYBINDING);
	struct buf stole = seal(buf_slice(&payload), other_key, TYPE_ENDORSEMENT);
	assert_int_equal(check(buf_slice(&kind)), RC_MALFORMED);
	assert_int_equal(check(buf_slice(&stole)), RC_BAD_SIGNATURE);
	buf_wipe(&kind);
	buf_wipe(&stole);
	buf_wipe(&payload);
}

static void
what_could_be_written_another_way_is_refused(void **state)
{
	Sluis__Endorsement m       = message();
	struct buf         payload = buf_init(MAX);

	(void)state;
	assert_int_equal(message_pack(&m.base, &payload), RC_OK);
	assert_int_equal(buf_append(&payload, slice_of("\x78\x01", 2)), RC_OK);
	struct buf file = seal(buf_slice(&payload), key, TYPE_ENDORSEMENT);
	assert_int_equal(check(buf_slice(&file)), RC_MALFORMED); /* field 15 */
	buf_wipe(&file);
	buf_wipe(&payload);
	assert_int_equal(check(slice_of(NULL, 0)), RC_MALFORMED);
}

/* --- refused: what it says ------------------------------------------------------- */

static void
a_missing_part_is_refused(void **state)
{
	(void)state;
	Sluis__Endorsement m = message();
	m.has_bundle_hash    = 0;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	m                 = message();
	m.bundle_hash.len = 31;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	m             = message();
	m.has_version = 0;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	m               = message();
	m.has_signed_ms = 0;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	m     = message();
	m.oin = NULL;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	m      = message();
	m.desk = NULL;
	assert_int_equal(check_message(&m), RC_MALFORMED);
}

static void
a_party_signs_in_no_other_name_than_its_own(void **state)
{
	(void)state;
	Sluis__Endorsement m = message();
	m.oin                = message_borrow(OTHER_OIN);
	assert_int_equal(check_message(&m), RC_WRONG_SENDER);
	m      = message();
	m.desk = message_borrow("avim");
	assert_int_equal(check_message(&m), RC_WRONG_SENDER);
}

static void
a_behalf_is_a_list_of_other_parties(void **state)
{
	char *twice[] = {(char *)(uintptr_t)OTHER_OIN, (char *)(uintptr_t)OTHER_OIN};
	char *self[]  = {(char *)(uintptr_t)FORGE_OIN};
	char *wild[]  = {(char *)(uintptr_t) "everybody"};
	char *many[BEHALF_MAX + 1];
	Sluis__Endorsement m = message();

	(void)state;
	m.n_on_behalf_of = 2;
	m.on_behalf_of   = twice;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	m.n_on_behalf_of = 1;
	assert_int_equal(check_message(&m), RC_OK);
	m.on_behalf_of = self;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	m.on_behalf_of = wild;
	assert_int_equal(check_message(&m), RC_MALFORMED);
	for (size_t i = 0; i <= BEHALF_MAX; i++) many[i] = twice[0];
	m.on_behalf_of   = many;
	m.n_on_behalf_of = BEHALF_MAX + 1;
	assert_int_equal(check_message(&m), RC_MALFORMED);
}

static void
another_bundle_or_version_is_told_apart(void **state)
{
	struct buf         file = make();
	struct endorsement e;

	(void)state;
	assert_int_equal(endorsement_of(buf_slice(&file), trust, now_ms, &another, 7, &e),
	    RC_BAD_DIGEST);
	assert_int_equal(endorsement_of(buf_slice(&file), trust, now_ms, &bundle, 8, &e),
	    RC_BAD_DIGEST);
	buf_wipe(&file);
}

/* --- refused: when, and who ------------------------------------------------------ */

static void
a_signature_from_the_future_or_outside_the_certificate_is_refused(void **state)
{
	struct recipe      sound = recipe_sound();
	Sluis__Endorsement m     = message();

	(void)state;
	m.signed_ms = now_ms + 301 * 1000;
	assert_int_equal(check_message(&m), RC_FUTURE);
	m.signed_ms = now_ms + 200 * 1000;
	assert_int_equal(check_message(&m), RC_OK);
	m.signed_ms = (uint64_t)(sound.from_s - 1) * 1000;
	assert_int_equal(check_message(&m), RC_NOT_YET_VALID);
	m.signed_ms = (uint64_t)(sound.to_s + 1) * 1000;
	assert_int_equal(check_message(&m), RC_EXPIRED);
	m.signed_ms = UINT64_MAX;
	assert_int_equal(check_message(&m), RC_EXPIRED);
}

static void
a_certificate_that_is_no_longer_good_signs_nothing(void **state)
{
	struct recipe      r    = recipe_sound();
	struct endorsement e    = claim();
	struct buf         file = make(), pem = buf_init(MAX), brief = buf_init(MAX);
	struct trust      *t = trust_with(cert);

	(void)state;
	assert_int_equal(check_with(t, buf_slice(&file), now_ms), RC_REVOKED);
	trust_destroy(&t);
	buf_wipe(&file);

	r.from_s          = FORGE_NOW - FORGE_DAY / 2;
	r.to_s            = FORGE_NOW + FORGE_DAY;
	e.signed_ms       = now_ms;
	X509 *short_lived = forge_certificate(&r, key, &root);
	forge_pem(&pem, short_lived);
	assert_int_equal(endorsement_make(&e, buf_slice(&pem), key, &brief), RC_OK);
	assert_int_equal(check(buf_slice(&brief)), RC_OK);
	assert_int_equal(
	    check_with(trust, buf_slice(&brief), now_ms + 2 * day_ms), RC_EXPIRED);
	assert_int_equal(check_with(trust, buf_slice(&brief), now_ms - day_ms * 3 / 4),
	    RC_NOT_YET_VALID);
	assert_int_equal(
	    check_with(trust, buf_slice(&brief), now_ms + 401 * day_ms), RC_CRL_STALE);
	X509_free(short_lived);
	buf_wipe(&pem);
	buf_wipe(&brief);
}

static void
a_certificate_of_another_authority_or_purpose_signs_nothing(void **state)
{
	struct recipe      r       = recipe_sound();
	struct authority   foreign = forge_authority("Vreemde CA", NULL);
	struct buf         pem = buf_init(MAX), file = buf_init(MAX);
	struct endorsement e = claim();

	(void)state;
	X509 *stranger = forge_certificate(&r, key, &foreign);
	forge_pem(&pem, stranger);
	assert_int_equal(endorsement_make(&e, buf_slice(&pem), key, &file), RC_OK);
	assert_int_equal(check(buf_slice(&file)), RC_BAD_CERTIFICATE);
	X509_free(stranger);
	buf_wipe(&pem);
	buf_wipe(&file);

	r.extended   = "serverAuth";
	X509 *server = forge_certificate(&r, key, &root);
	forge_pem(&pem, server);
	assert_int_equal(endorsement_make(&e, buf_slice(&pem), key, &file), RC_OK);
	assert_int_equal(check(buf_slice(&file)), RC_BAD_CERTIFICATE);
	X509_free(server);
	buf_wipe(&pem);
	buf_wipe(&file);
	authority_wipe(&foreign);
}

/* --- not made -------------------------------------------------------------------- */

static rc
try_to_make(const struct endorsement *e, EVP_PKEY *with)
{
	struct endorsement copy = *e;
	struct buf         out  = buf_init(MAX);
	rc                 code = endorsement_make(&copy, buf_slice(&chain), with, &out);

	if (code != RC_OK) assert_int_equal(out.n, 0);
	buf_wipe(&out);
	return code;
}

static void
what_would_be_refused_is_not_made(void **state)
{
	struct endorsement e = claim();

	(void)state;
	assert_int_equal(try_to_make(&e, other_key), RC_CONFIG);
	e.signed_ms = 1000;
	assert_int_equal(try_to_make(&e, key), RC_NOT_YET_VALID);
	e          = claim();
	e.n_behalf = 1;
	memcpy(e.behalf[0], FORGE_OIN, sizeof FORGE_OIN);
	assert_int_equal(try_to_make(&e, key), RC_USAGE);
	e.n_behalf = BEHALF_MAX + 1;
	assert_int_equal(try_to_make(&e, key), RC_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_made_is_accepted_and_read_back),
	    cmocka_unit_test(a_peek_reads_what_a_stranger_wrote_and_nothing_that_is_none),
	    cmocka_unit_test(a_message_by_hand_is_accepted),
	    cmocka_unit_test(every_changed_bit_and_every_cut_is_refused),
	    cmocka_unit_test(a_signature_of_another_kind_or_key_is_refused),
	    cmocka_unit_test(what_could_be_written_another_way_is_refused),
	    cmocka_unit_test(a_missing_part_is_refused),
	    cmocka_unit_test(a_party_signs_in_no_other_name_than_its_own),
	    cmocka_unit_test(a_behalf_is_a_list_of_other_parties),
	    cmocka_unit_test(another_bundle_or_version_is_told_apart),
	    cmocka_unit_test(
	        a_signature_from_the_future_or_outside_the_certificate_is_refused),
	    cmocka_unit_test(a_certificate_that_is_no_longer_good_signs_nothing),
	    cmocka_unit_test(a_certificate_of_another_authority_or_purpose_signs_nothing),
	    cmocka_unit_test(what_would_be_refused_is_not_made),
	};
	return cmocka_run_group_tests(tests, make_world, drop_world);
}
