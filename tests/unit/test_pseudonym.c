/* SPDX-License-Identifier: EUPL-1.2 */
/* test_pseudonym.c - one person, one domain, one pseudonym; in every other domain
 * another. */
#include "broker/decision/pseudonym.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "support/keykit.h"

static const uint8_t master[KEY_BYTES] = {1, 2, 3};

static const struct identifier_info bsn = {
    .name = "bsn", .n = 1, .normal = {IDENTIFIER_BSN}};
static const struct identifier_info person = {
    .name = "person", .n = 2, .normal = {IDENTIFIER_NAME, IDENTIFIER_NAME}};
static const struct pseudonym_domain standard = {
    "00000099000000020000", "riec", "2026", "casusoverleg"};

typedef char psn[PSEUDONYM_CHARS + 1];

static rc
make(const uint8_t key[KEY_BYTES], const char *epoch, const struct pseudonym_domain *d,
    const struct identifier_info *kind, const char *a, const char *b, psn out)
{
	struct pseudonymiser *p         = NULL;
	struct slice          values[2] = {slice_str(a), slice_str(b)};
	assert_int_equal(kit_pseudonymiser(&p, key, epoch), RC_OK);
	rc code = pseudonym_make(p, d, kind, values, out);
	pseudonymiser_destroy(&p);
	return code;
}

static void
bsn_in(const struct pseudonym_domain *d, const char *value, psn out)
{
	assert_int_equal(make(master, "2026", d, &bsn, value, NULL, out), RC_OK);
}

/* --- independent: OpenSSL's HKDF and HMAC over an encoding written out here ------ */

static size_t
tlv(uint8_t *out, size_t at, const void *p, size_t n)
{
	for (int i = 0; i < 8; i++)
		out[at + (size_t)i] = i < 7 ? 0 : (uint8_t)n; /* n < 256 */
	memcpy(out + at + 8, p, n);
	return at + 8 + n;
}

static void
openssl_expand(const uint8_t *key, const uint8_t *info, size_t n, uint8_t out[34])
{
	EVP_KDF     *kdf      = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx      = EVP_KDF_CTX_new(kdf);
	int          mode     = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM   params[] = {
	      OSSL_PARAM_construct_utf8_string("digest", (char *)(uintptr_t) "SHA256", 0),
	      OSSL_PARAM_construct_int("mode", &mode),
	      OSSL_PARAM_construct_octet_string("key", (void *)(uintptr_t)key, KEY_BYTES),
	      OSSL_PARAM_construct_octet_string("info", (void *)(uintptr_t)info, n),
	      OSSL_PARAM_construct_end()};
	assert_int_equal(EVP_KDF_derive(ctx, out, 34, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static void
a_pseudonym_is_what_openssl_computes_of_the_written_construction(void **state)
{
	uint8_t domain[512], input[512], okm[34], mac[32], version = NORMALISE_VERSION;
	char    want[64];
	psn     got;
	size_t  n = 0, k = 0, len = 0;
	(void)state;
	n = tlv(domain, n, "psn-domain/1", 12);
	n = tlv(domain, n, "00000099000000020000", 20);
	n = tlv(domain, n, "riec", 4);
	n = tlv(domain, n, "2026", 4);
	n = tlv(domain, n, "casusoverleg", 12);
	n = tlv(domain, n, "bsn", 3);
	n = tlv(domain, n, "e1", 2);
	k = tlv(input, k, "psn-in/1", 8);
	k = tlv(input, k, &version, 1);
	k = tlv(input, k, "bsn", 3);
	k = tlv(input, k, "123456782", 9);
	openssl_expand(master, domain, n, okm);
	assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, okm, KEY_BYTES,
	    input, k, mac, sizeof mac, &len));
	(void)snprintf(want, sizeof want, "psn1.%02x%02x.", okm[32], okm[33]);
	for (int bit = 0; bit < 160; bit += 5) { /* base32, bit by bit */
		int v = 0;
		for (int i = bit; i < bit + 5; i++)
			v = v << 1 | (mac[i / 8] >> (7 - i % 8) & 1);
		want[10 + bit / 5] = "abcdefghijklmnopqrstuvwxyz234567"[v];
	}
	want[42] = '\0';
	assert_int_equal(
	    make(master, "e1", &standard, &bsn, "1234.56.782", NULL, got), RC_OK);
	assert_string_equal(got, want);
}

/* --- domains --------------------------------------------------------------------- */

static void
one_domain_gives_one_pseudonym(void **state)
{
	psn a, b;
	(void)state;
	for (int i = 0; i < 100; i++) {
		bsn_in(&standard, "123456782", a);
		bsn_in(&standard, "123456782", b);
		assert_string_equal(a, b);
	}
	bsn_in(&standard, "111222333", b);
	assert_string_not_equal(a, b);
}

static void
any_one_element_of_the_domain_makes_another(void **state)
{
	struct pseudonym_domain             d[5];
	psn                                 all[9];
	uint8_t                             other_key[KEY_BYTES] = {1, 2, 4};
	static const struct identifier_info other_kind           = {
	              .name = "bsn2", .n = 1, .normal = {IDENTIFIER_BSN}};
	(void)state;
	for (int i = 0; i < 5; i++) d[i] = standard;
	d[1].recipient_oin = "00000099000000020001";
	d[2].convenant     = "zvh";
	d[3].period        = "2027";
	d[4].purpose       = "duiding";
	for (int i = 0; i < 5; i++) bsn_in(&d[i], "123456782", all[i]);
	assert_int_equal(
	    make(master, "2027", &standard, &bsn, "123456782", NULL, all[5]), RC_OK);
	assert_int_equal(
	    make(other_key, "2026", &standard, &bsn, "123456782", NULL, all[6]), RC_OK);
	assert_int_equal(
	    make(master, "2026", &standard, &other_kind, "123456782", NULL, all[7]),
	    RC_OK);
	bsn_in(&standard, "111222333", all[8]);
	for (int i = 0; i < 9; i++)
		for (int k = 0; k < i; k++)
			if (strcmp(all[i] + 10, all[k] + 10) == 0)
				fail_msg("%d and %d agree", i, k);
}

static void
the_key_id_names_the_domain_and_not_the_person(void **state)
{
	struct pseudonym_domain other = standard;
	psn                     a, b, c;
	(void)state;
	other.convenant = "zvh";
	bsn_in(&standard, "123456782", a);
	bsn_in(&standard, "111222333", b);
	bsn_in(&other, "123456782", c);
	assert_memory_equal(a, b, 10);
	assert_memory_not_equal(a, c, 10);
}

static void
bytes_that_move_between_neighbours_make_another(void **state)
{
	/* the same bytes end to end, cut in other places */
	static const struct pseudonym_domain cuts[] = {{"ab", "cd", "ef", "gh"},
	    {"abc", "d", "ef", "gh"}, {"a", "bcd", "ef", "gh"}, {"ab", "cde", "f", "gh"},
	    {"ab", "cd", "efg", "h"}, {"abcd", "", "ef", "gh"}, {"", "abcd", "ef", "gh"},
	    {"ab", "cdef", "", "gh"}, {"ab", "cd", "", "efgh"}, {"abcdefgh", "", "", ""}};
	enum { N = sizeof cuts / sizeof cuts[0] };
	psn all[N];
	(void)state;
	for (int i = 0; i < N; i++) {
		bsn_in(&cuts[i], "123456782", all[i]);
		for (int k = 0; k < i; k++) assert_string_not_equal(all[i], all[k]);
	}
	/* purpose and kind, kind and epoch are neighbours too */
	struct pseudonym_domain      d  = standard;
	const struct identifier_info sn = {
	    .name = "sn", .n = 1, .normal = {IDENTIFIER_BSN}};
	const struct identifier_info long_kind = {
	    .name = "bsn2", .n = 1, .normal = {IDENTIFIER_BSN}};
	psn a, b;
	d.purpose = "casusoverlegb";
	bsn_in(&standard, "123456782", a);
	assert_int_equal(make(master, "2026", &d, &sn, "123456782", NULL, b), RC_OK);
	assert_string_not_equal(a, b);
	assert_int_equal(
	    make(master, "026", &standard, &long_kind, "123456782", NULL, b), RC_OK);
	assert_string_not_equal(a, b);
}

static void
bytes_that_move_between_the_parts_of_an_identity_make_another(void **state)
{
	psn a, b, c;
	(void)state;
	assert_int_equal(
	    make(master, "e", &standard, &person, "anna bella", "vos", a), RC_OK);
	assert_int_equal(
	    make(master, "e", &standard, &person, "anna", "bella vos", b), RC_OK);
	assert_int_equal(
	    make(master, "e", &standard, &person, "vos", "anna bella", c), RC_OK);
	assert_string_not_equal(a, b);
	assert_string_not_equal(a, c);
}

/* --- many of them ---------------------------------------------------------------- */

enum { MANY = 200000, PARTS = 4, PART_MAX = 3 };

struct drawn { /* a domain, its parts with their lengths, and what it gives */
	char part[PARTS][PART_MAX + 1];
	char name[PARTS * (PART_MAX + 1) + 1];
	psn  p;
};

/* Short parts of few characters, those that others use as separators among them: most
 * domains have the bytes of another one, cut elsewhere. */
static void
draw(struct drawn *d, uint32_t i)
{
	static const char letters[] = "ab|:/ \x1f\t";
	uint8_t           seed[32]  = {0}, r[PARTS][PART_MAX + 1];
	char             *to        = d->name;

	memcpy(seed, &i, sizeof i);
	randombytes_buf_deterministic(r, sizeof r, seed);
	for (size_t k = 0; k < PARTS; k++) {
		size_t n = r[k][PART_MAX] % (PART_MAX + 1);
		for (size_t c = 0; c < n; c++)
			d->part[k][c] = letters[r[k][c] % (sizeof letters - 1)];
		d->part[k][n] = '\0';
		*to++         = (char)('0' + n);
		memcpy(to, d->part[k], n);
		to += n;
	}
	*to = '\0';
}

static int
by_pseudonym(const void *a, const void *b)
{
	return strcmp(((const struct drawn *)a)->p, ((const struct drawn *)b)->p);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct drawn *)a)->name, ((const struct drawn *)b)->name);
}

/* In both directions, over all pairs: sorted, equals stand beside each other. */
static void
of_many_domains_two_are_the_same_when_their_pseudonyms_are(void **state)
{
	static struct drawn all[MANY];
	size_t              same = 0, again = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		draw(&all[i], i);
		const struct pseudonym_domain d = {
		    all[i].part[0], all[i].part[1], all[i].part[2], all[i].part[3]};
		bsn_in(&d, "123456782", all[i].p);
	}
	qsort(all, MANY, sizeof all[0], by_pseudonym);
	for (size_t i = 1; i < MANY; i++) {
		if (strcmp(all[i].p, all[i - 1].p) != 0) continue;
		assert_string_equal(all[i].name, all[i - 1].name);
		same++;
	}
	qsort(all, MANY, sizeof all[0], by_name);
	for (size_t i = 1; i < MANY; i++) {
		if (strcmp(all[i].name, all[i - 1].name) != 0) continue;
		assert_string_equal(all[i].p, all[i - 1].p);
		again++;
	}
	assert_int_equal(same, again);
	assert_in_range(
	    same, MANY / 100, MANY / 2); /* some were drawn twice, most were not */
}

/* --- values ---------------------------------------------------------------------- */

static void
spellings_of_one_value_agree(void **state)
{
	static const char *const same[] = {
	    "123456782", "1234.56.782", "123 456 782", "123-456-782"};
	psn a, b;
	(void)state;
	bsn_in(&standard, same[0], a);
	for (size_t i = 1; i < 4; i++) {
		bsn_in(&standard, same[i], b);
		assert_string_equal(a, b);
	}
	assert_int_equal(
	    make(master, "e", &standard, &person, "Zo\xc3\xab", "De-Vos", a), RC_OK);
	assert_int_equal(
	    make(master, "e", &standard, &person, "ZOE", "de  vos", b), RC_OK);
	assert_string_equal(a, b);
}

static void
what_has_no_normal_form_has_no_pseudonym(void **state)
{
	static const char *const bad[] = {
	    "", "x", "000000000", "123456789", "1234567820", "12345678a"};
	psn out = "untouched";
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(make(master, "e", &standard, &bsn, bad[i], NULL, out),
		    RC_INVALID_SIGNAL);
		assert_string_equal(out, "untouched");
	}
	assert_int_equal(
	    make(master, "e", &standard, &person, "vos", "", out), RC_INVALID_SIGNAL);
}

static void
every_pseudonym_has_the_same_form_and_length(void **state)
{
	(void)state;
	for (unsigned i = 1, seen = 0; seen < 500; i++) {
		char value[16];
		psn  p;
		(void)snprintf(value, sizeof value, "%09u", i * 7919);
		if (make(master, "2026", &standard, &bsn, value, NULL, p) != RC_OK)
			continue;
		seen++;
		assert_int_equal(strlen(p), PSEUDONYM_CHARS);
		assert_memory_equal(p, "psn1.", 5);
		assert_int_equal(strspn(p + 5, "0123456789abcdef"), 4);
		assert_int_equal(p[9], '.');
		assert_int_equal(strspn(p + 10, "abcdefghijklmnopqrstuvwxyz234567"), 32);
		assert_null(strstr(p, value));
	}
}

/* --- of the identifiers of a signal ------------------------------------------------ */

static struct identity *
find(struct identities *all, const struct identifier_info *kind, const char *a,
    const char *b)
{
	struct slice     values[2] = {slice_str(a), slice_str(b)};
	struct identity *of        = NULL;
	assert_int_equal(identities_find(all, kind, values, &of), RC_OK);
	return of;
}

/* All that P makes of OF is what it makes of the raw values A and B. */
static void
assert_same(
    struct pseudonymiser *p, const struct identity *of, const char *a, const char *b)
{
	struct pseudonym_domain other     = standard;
	struct slice            values[2] = {slice_str(a), slice_str(b)};
	uint8_t                 token[2][TOKEN_BYTES], subject[TOKEN_BYTES];
	psn                     first, second;
	other.purpose = "casusoverlef"; /* as long */
	assert_int_equal(pseudonym_of(p, &standard, of, first), RC_OK);
	assert_int_equal(pseudonym_make(p, &standard, of->kind, values, second), RC_OK);
	assert_string_equal(first, second);
	assert_int_equal(pseudonym_of(p, &other, of, first), RC_OK);
	assert_string_not_equal(first, second);
	assert_int_equal(pseudonym_make(p, &other, of->kind, values, second), RC_OK);
	assert_string_equal(first, second);
	assert_int_equal(pseudonym_token_of(p, of, token[0]), RC_OK);
	assert_int_equal(pseudonym_token(p, of->kind, values, token[1]), RC_OK);
	assert_memory_equal(token[0], token[1], TOKEN_BYTES);
	assert_int_equal(pseudonym_subject_of(p, of, subject), RC_OK);
	assert_memory_not_equal(token[0], subject, TOKEN_BYTES);
}

static void
what_is_made_ahead_is_what_is_made_at_once(void **state)
{
	static const char *const values[][2] = {
	    {"999990019", NULL}, {"999990020", NULL}, {"Vos", "No\xc3\xabl"}};
	struct scratch        mem   = scratch_init(1 << 20);
	struct pseudonymiser *p     = NULL;
	struct identities    *all   = identities_new(&mem);
	struct identity      *of[3] = {NULL};
	(void)state;
	assert_int_equal(kit_pseudonymiser(&p, master, "2026"), RC_OK);
	for (size_t i = 0; i < 3; i++) {
		of[i] = find(all, i == 2 ? &person : &bsn, values[i][0], values[i][1]);
		assert_same(p, of[i], values[i][0], values[i][1]); /* not asked for */
		assert_int_equal(pseudonym_want(p, &standard, all, of[i]), RC_OK);
		assert_int_equal(pseudonym_want_token(p, all, of[i]), RC_OK);
		assert_int_equal(pseudonym_want_subject(p, all, of[i]), RC_OK);
	}
	for (size_t i = 0; i < 3; i++) /* the answer is not there yet */
		assert_same(p, of[i], values[i][0], values[i][1]);
	assert_int_equal(pseudonym_fetch(p, NULL), RC_OK);
	for (size_t i = 0; i < 3; i++) assert_same(p, of[i], values[i][0], values[i][1]);
	pseudonymiser_destroy(&p);
	scratch_wipe(&mem);
}

enum { MANY_KINDS = 300 };

static void
an_identifier_is_found_again_by_kind_and_place(void **state)
{
	static const char here[] = "123456782", there[] = "123456782", not_one[] = "1";
	static struct identifier_info       kinds[MANY_KINDS];
	static const struct identifier_info other = {
	    .name = "v_number", .n = 1, .normal = {IDENTIFIER_V_NUMBER}};
	struct scratch        mem = scratch_init(1 << 20);
	struct identities    *all = identities_new(&mem);
	struct pseudonymiser *p   = NULL;
	psn                   out = "untouched";
	(void)state;
	struct identity *of = find(all, &bsn, here, NULL);
	assert_ptr_equal(find(all, &bsn, here, NULL), of);
	assert_ptr_not_equal(find(all, &bsn, there, NULL), of);
	assert_ptr_not_equal(find(all, &other, here, NULL), of);
	assert_ptr_not_equal(
	    find(all, &person, "vos", here), find(all, &person, here, "vos"));
	assert_ptr_not_equal(
	    find(all, &person, here, "vos"), find(all, &person, here, "de vos"));
	for (size_t i = 0; i < MANY_KINDS; i++) kinds[i] = bsn; /* more than buckets */
	for (size_t i = 0; i < MANY_KINDS; i++)
		assert_ptr_equal(find(all, &kinds[i], here, NULL)->kind, &kinds[i]);
	of = find(all, &bsn, not_one, NULL);
	assert_int_equal(of->code, RC_INVALID_SIGNAL);
	assert_int_equal(kit_pseudonymiser(&p, master, "2026"), RC_OK);
	assert_int_equal(pseudonym_want(p, &standard, all, of), RC_OK);
	assert_int_equal(pseudonym_fetch(p, NULL), RC_OK);
	assert_int_equal(pseudonym_of(p, &standard, of, out), RC_INVALID_SIGNAL);
	assert_string_equal(out, "untouched");
	pseudonymiser_destroy(&p);
	scratch_wipe(&mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        a_pseudonym_is_what_openssl_computes_of_the_written_construction),
	    cmocka_unit_test(one_domain_gives_one_pseudonym),
	    cmocka_unit_test(any_one_element_of_the_domain_makes_another),
	    cmocka_unit_test(the_key_id_names_the_domain_and_not_the_person),
	    cmocka_unit_test(bytes_that_move_between_neighbours_make_another),
	    cmocka_unit_test(
	        bytes_that_move_between_the_parts_of_an_identity_make_another),
	    cmocka_unit_test(of_many_domains_two_are_the_same_when_their_pseudonyms_are),
	    cmocka_unit_test(spellings_of_one_value_agree),
	    cmocka_unit_test(what_has_no_normal_form_has_no_pseudonym),
	    cmocka_unit_test(every_pseudonym_has_the_same_form_and_length),
	    cmocka_unit_test(what_is_made_ahead_is_what_is_made_at_once),
	    cmocka_unit_test(an_identifier_is_found_again_by_kind_and_place),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
