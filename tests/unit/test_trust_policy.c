/* SPDX-License-Identifier: EUPL-1.2 */
/* test_trust_policy.c - the trust file: what is one, and when its quorum is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/cosigned.h"
#include "proto/auto.h"
#include "proto/cosignature.h"
#include "proto/trust_policy.h"

#define LOG "sluis.example/test"
#define ROOT64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define TEXT LOG "\n5\n" ROOT64 "\n"

enum { N = 40 };

static uint8_t              log_secret[64], secret[N][64];
static struct note_verifier log_key, key[N];
static char                 log_vkey[NOTE_VKEY_MAX], vkey[N][NOTE_VKEY_MAX];

static int
make_keys(void **state)
{
	uint8_t seed[32] = {'L'}, pub[32];
	char    name[64];
	(void)state;

	if (sodium_init() < 0) return -1;
	(void)crypto_sign_seed_keypair(pub, log_secret, seed);
	if (note_verifier_init(&log_key, LOG, pub) != RC_OK) return -1;
	if (note_verifier_format(&log_key, log_vkey) != RC_OK) return -1;
	for (size_t i = 0; i < N; i++) {
		seed[1] = (uint8_t)(i + 1);
		(void)crypto_sign_seed_keypair(pub, secret[i], seed);
		(void)snprintf(name, sizeof name, LOG "/witness/%zu", i);
		if (note_key_init(&key[i], NOTE_COSIGNATURE, name, pub) != RC_OK)
			return -1;
		if (note_key_format(&key[i], NOTE_COSIGNATURE, vkey[i]) != RC_OK)
			return -1;
	}
	return 0;
}

/* TEMPLATE with %L for the log's key and %a to %z for those of the first witnesses. */
static void
write_file(const char *template, struct buf *out)
{
	for (const char *p = template; *p != '\0'; p++) {
		const char *text = NULL;
		if (*p == '%' && p[1] == 'L') text = log_vkey;
		if (*p == '%' && p[1] >= 'a' && p[1] <= 'z') text = vkey[p[1] - 'a'];
		if (text != NULL) p++;
		assert_int_equal(
		    buf_append(out, text != NULL ? slice_str(text) : slice_of(p, 1)),
		    RC_OK);
	}
}

static rc
parse(const char *template, struct trust_policy **ret, struct trust_fault *fault)
{
	AUTO(buf_wipe) struct buf text = buf_init(TRUST_FILE_MAX + 1);

	write_file(template, &text);
	return trust_policy_parse(buf_slice(&text), ret, fault);
}

/* Whether the witnesses named in WHO ("ac": the first and the third) are the quorum. */
static bool
quorum_of(const char *template, const char *who)
{
	AUTO(trust_policy_destroy) struct trust_policy *p = NULL;
	bool               cosigned[TRUST_WITNESSES_MAX]  = {false};
	struct trust_fault f                              = {.what = ""};

	rc code = parse(template, &p, &f);
	if (code != RC_OK) fail_msg("line %u: %s", f.line, f.what);
	for (; *who != '\0'; who++) cosigned[*who - 'a'] = true;
	return trust_policy_quorum(p, cosigned);
}

/* --- reading --------------------------------------------------------------------- */

#define ABC "witness a %a\nwitness b %b\nwitness c %c\n"

static void
the_forms_of_the_specification_are_read(void **state)
{
	static const char *const good[] = {
	    "quorum none\n",
	    "log %L\nquorum none\n",
	    "log %L https://sluis.example/log\nquorum none\n",
	    "witness a %a\nquorum a\n",
	    "witness a %a https://a.example/\nquorum a\n",
	    "# a comment\n\n \t \n  # another: log nothing\nquorum none\n",
	    " \twitness\ta  %a \t\n\tquorum   a\t\n",
	    ABC "group g any a b c\nquorum g\n",
	    ABC "group g all a b c\nquorum g\n",
	    ABC "group g 2 a b c\nquorum g\n",
	    ABC "group g 1 a\ngroup h all g b\nquorum h\n",
	    ABC "group g any a b\nquorum c\n", /* a group that nobody asks for */
	    ABC "quorum b\nlog %L\n",          /* a log after the quorum */
	    "quorum none\nwitness a %a\n",
	    "witness b\xc3\xa9\xff %a\nquorum b\xc3\xa9\xff\n", /* names are octets */
	    "witness group %a\nwitness log %b\ngroup quorum all log group\n"
	    "quorum quorum\n",
	    "log %L\nwitness a %a\nwitness b %b\n"
	    "group 2 2 a b\nquorum 2\n",
	};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		AUTO(trust_policy_destroy) struct trust_policy *p = NULL;
		struct trust_fault                              f = {.what = ""};
		if (parse(good[i], &p, &f) != RC_OK)
			fail_msg("%s: line %u: %s", good[i], f.line, f.what);
	}
}

struct bad {
	const char *file;
	unsigned    line;
};

static const struct bad bad_files[] = {
    {"", 0},
    {"\n", 0},
    {"log %L\n", 0}, /* no quorum */
    {"quorum none", 1},
    {"quorum\n", 1},
    {"quorum none none\n", 1},
    {"quorum none\nquorum none\n", 2},
    {"quorum a\nwitness a %a\n", 1}, /* not yet defined */
    {"witness a %a\nquorum b\n", 2},
    {"witness a %a\nQUORUM a\n", 2},
    {"witness a %a\nquorum A\n", 2},
    {"log\nquorum none\n", 1},
    {"log %L url more\nquorum none\n", 1},
    {"log %L\nlog %L\nquorum none\n", 2}, /* duplicate */
    {"log %a\nquorum none\n", 1},         /* the key of a witness */
    {"log x\nquorum none\n", 1},
    {"witness a\nquorum none\n", 1},
    {"witness a %a url more\nquorum none\n", 1},
    {"witness a %L\nquorum none\n", 1}, /* the key of a log */
    {"witness a %a\nwitness a %b\nquorum none\n", 2},
    {"witness a %a\nwitness b %a\nquorum none\n", 2}, /* duplicate key */
    {"witness none %a\nquorum none\n", 1},
    {ABC "group none any a\nquorum none\n", 4},
    {ABC "group a any b\nquorum none\n", 4}, /* a name twice */
    {ABC "group g any\nquorum none\n", 4},
    {ABC "group g\nquorum none\n", 4},
    {ABC "group g 0 a b\nquorum none\n", 4},
    {ABC "group g 3 a b\nquorum none\n", 4},
    {ABC "group g 02 a b\nquorum none\n", 4},
    {ABC "group g -1 a b\nquorum none\n", 4},
    {ABC "group g +1 a b\nquorum none\n", 4},
    {ABC "group g some a b\nquorum none\n", 4},
    {ABC "group g 18446744073709551617 a b\nquorum none\n", 4},
    {ABC "group g any a a\nquorum none\n", 4},
    {ABC "group g any g\nquorum none\n", 4},
    {ABC "group g any d\nquorum none\n", 4},
    {ABC "group g any none\nquorum none\n", 4},
    {ABC "group g any a\ngroup h any a\nquorum g\n", 5}, /* in two groups */
    {ABC "group g any h\ngroup h any a\nquorum g\n", 4},
    {"wittness a %a\nquorum none\n", 1},
    {"quorum none\r\n", 0},
    {"quorum none\n\x7f\n", 0},
    {"quorum none # comment\n", 1},
};

static void
anything_else_is_refused_with_its_line(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
		AUTO(trust_policy_destroy) struct trust_policy *p = NULL;
		struct trust_fault f = {.line = 77, .what = NULL};
		if (parse(bad_files[i].file, &p, &f) != RC_MALFORMED)
			fail_msg("read: %s", bad_files[i].file);
		if (f.line != bad_files[i].line)
			fail_msg("line %u (%s): %s", f.line, f.what, bad_files[i].file);
		assert_non_null(f.what);
		assert_null(p);
	}
}

static void
a_zero_byte_and_a_long_name_are_refused(void **state)
{
	static const char                               nul[] = "quorum none\0\n";
	AUTO(trust_policy_destroy) struct trust_policy *p     = NULL;
	char                                            text[600], name[200];
	(void)state;

	assert_int_equal(
	    trust_policy_parse(slice_of(nul, sizeof nul - 1), &p, NULL), RC_MALFORMED);
	memset(name, 'n', sizeof name);
	name[TRUST_NAME_MAX + 1] = '\0';
	(void)snprintf(text, sizeof text, "witness %s %%a\nquorum none\n", name);
	assert_int_equal(parse(text, &p, NULL), RC_MALFORMED);
	name[TRUST_NAME_MAX] = '\0';
	(void)snprintf(text, sizeof text, "witness %s %%a\nquorum %s\n", name, name);
	assert_int_equal(parse(text, &p, NULL), RC_OK);
}

static void
as_many_as_the_specification_asks_for_are_read(void **state)
{
	AUTO(buf_wipe) struct buf                       text = buf_init(TRUST_FILE_MAX);
	AUTO(trust_policy_destroy) struct trust_policy *p    = NULL;
	bool        cosigned[TRUST_WITNESSES_MAX]            = {false};
	const char *name;
	(void)state;

	for (int i = 0; i < N; i++)
		assert_int_equal(
		    buf_printf(&text, "witness w%d %s\n", i, vkey[i]), RC_OK);
	for (int i = 0; i < N; i++)
		assert_int_equal(buf_printf(&text, "group g%d all w%d\n", i, i), RC_OK);
	assert_int_equal(buf_printf(&text, "group all 21"), RC_OK);
	for (int i = 0; i < N; i++) assert_int_equal(buf_printf(&text, " g%d", i), RC_OK);
	assert_int_equal(buf_printf(&text, "\nquorum all\n"), RC_OK);
	assert_int_equal(trust_policy_parse(buf_slice(&text), &p, NULL), RC_OK);
	assert_int_equal(trust_policy_n_witnesses(p), N);
	assert_string_equal(trust_policy_witness(p, 33, &name)->name, key[33].name);
	assert_string_equal(name, "w33");
	for (int i = 0; i < 20; i++) cosigned[2 * i] = true;
	assert_false(trust_policy_quorum(p, cosigned));
	cosigned[39] = true;
	assert_true(trust_policy_quorum(p, cosigned));
}

/* --- quorum ---------------------------------------------------------------------- */

static void
the_quorum_is_what_the_file_says(void **state)
{
	static const struct {
		const char *file, *who;
		bool        enough;
	} rows[] = {
	    {ABC "quorum none\n", "", true},
	    {ABC "quorum b\n", "ac", false},
	    {ABC "quorum b\n", "b", true},
	    {ABC "group g any a b\nquorum g\n", "", false},
	    {ABC "group g any a b\nquorum g\n", "c", false},
	    {ABC "group g any a b\nquorum g\n", "b", true},
	    {ABC "group g all a b\nquorum g\n", "bc", false},
	    {ABC "group g all a b\nquorum g\n", "ab", true},
	    {ABC "group g 2 a b c\nquorum g\n", "c", false},
	    {ABC "group g 2 a b c\nquorum g\n", "ac", true},
	    {ABC "group g 2 a b c\nquorum g\n", "abc", true},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (quorum_of(rows[i].file, rows[i].who) != rows[i].enough)
			fail_msg("%s: %s", rows[i].file, rows[i].who);
}

/* The example of the specification: two of X and one of Y. */
static void
groups_of_groups_count_each_group_once(void **state)
{
	static const char file[] = "witness X1 %a\nwitness X2 %b\nwitness X3 %c\n"
	                           "group X-witnesses 2 X1 X2 X3\n"
	                           "witness Y1 %d\nwitness Y2 %e\nwitness Y3 %f\n"
	                           "group Y-witnesses any Y1 Y2 Y3\n"
	                           "group X-and-Y all X-witnesses Y-witnesses\n"
	                           "quorum X-and-Y\n";
	(void)state;

	assert_true(quorum_of(file, "abd"));
	assert_true(quorum_of(file, "bcf"));
	assert_true(quorum_of(file, "abcdef"));
	assert_false(quorum_of(file, "abc"));
	assert_false(quorum_of(file, "adef"));
	assert_false(quorum_of(file, "def"));
	assert_false(quorum_of(file, ""));
}

/* --- judging --------------------------------------------------------------------- */

#define TWO_OF_THREE "log %L\n" ABC "group g 2 a b c\nquorum g\n"

/* A checkpoint of the log with the lines of the witnesses WHO. */
static void
make_note(const char *who, struct buf *note)
{
	assert_int_equal(note_sign(&log_key, log_secret, slice_str(TEXT), note), RC_OK);
	AUTO(buf_wipe) struct buf lines = buf_init(8192);
	for (; *who != '\0'; who++)
		assert_int_equal(cosignature_make(&key[*who - 'a'], secret[*who - 'a'],
		                     buf_slice(note), (uint64_t)*who, &lines),
		    RC_OK);
	if (lines.n != 0) assert_int_equal(buf_append(note, buf_slice(&lines)), RC_OK);
}

static rc
judge(const char *file, const struct buf *note, struct trust_verdict *v)
{
	AUTO(trust_policy_destroy) struct trust_policy *p = NULL;

	assert_int_equal(parse(file, &p, NULL), RC_OK);
	return trust_policy_judge(p, buf_slice(note), v);
}

static void
a_head_is_judged_by_who_cosigned_it(void **state)
{
	static const struct {
		const char *who;
		size_t      n;
		bool        quorum;
	} rows[] = {{"", 0, false}, {"a", 1, false}, {"aa", 1, false}, {"ac", 2, true},
	    {"cab", 3, true}, {"de", 0, false}, {"add", 1, false}};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO(buf_wipe) struct buf note = buf_init(8192);
		struct trust_verdict      v;
		make_note(rows[i].who, &note);
		assert_int_equal(judge(TWO_OF_THREE, &note, &v), RC_OK);
		assert_int_equal(v.n_cosigned, rows[i].n);
		assert_int_equal(v.quorum, rows[i].quorum);
		assert_int_equal(v.head.size, 5);
		if (v.cosigned[2]) assert_int_equal(v.time_s[2], 'c');
	}
}

static void
what_no_log_signed_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(8192);
	struct trust_verdict      v    = {.n_cosigned = 77};
	(void)state;

	make_note("ab", &note);
	assert_int_equal(judge("quorum none\n", &note, &v), RC_BAD_NOTE);
	note.p[strlen(LOG) + 1] = '6'; /* the size: the log did not sign that */
	assert_int_equal(judge(TWO_OF_THREE, &note, &v), RC_BAD_NOTE);
	assert_int_equal(v.n_cosigned, 77);
}

static void
a_bad_line_of_a_known_witness_spoils_it_and_one_of_a_stranger_does_not(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(8192), line = buf_init(1024);
	struct trust_verdict      v;
	uint8_t                   blob[72] = {0};
	(void)state;

	make_note("ab", &note);
	assert_int_equal(
	    note_write_line(&key[9], slice_of(blob, sizeof blob), &note), RC_OK);
	assert_int_equal(judge(TWO_OF_THREE, &note, &v), RC_OK);
	assert_true(v.quorum);
	assert_int_equal(
	    note_write_line(&key[2], slice_of(blob, sizeof blob), &note), RC_OK);
	assert_int_equal(judge(TWO_OF_THREE, &note, &v), RC_BAD_NOTE);
	(void)line;
}

static void
every_changed_bit_of_a_cosigned_head_loses_it(void **state)
{
	AUTO(buf_wipe) struct buf                       note = buf_init(8192);
	AUTO(trust_policy_destroy) struct trust_policy *p    = NULL;
	struct trust_verdict                            v;
	(void)state;

	make_note("ab", &note);
	assert_int_equal(parse(TWO_OF_THREE, &p, NULL), RC_OK);
	for (size_t bit = 0; bit < note.n * 8; bit++) {
		note.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		rc code = trust_policy_judge(p, buf_slice(&note), &v);
		assert_true(code != RC_OK || !v.quorum);
		note.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < note.n; n++) {
		rc code = trust_policy_judge(p, slice_of(note.p, n), &v);
		assert_true(code != RC_OK || !v.quorum);
	}
}

static void
a_foreign_head_is_judged(void **state)
{
	AUTO(buf_wipe) struct buf                       text = buf_init(4096);
	AUTO(trust_policy_destroy) struct trust_policy *p    = NULL;
	struct trust_verdict                            v;
	(void)state;

	assert_int_equal(buf_printf(&text, "log %s\n", foreign_log), RC_OK);
	for (size_t i = 0; i < N_FOREIGN; i++)
		assert_int_equal(
		    buf_printf(&text, "witness %zu %s\n", i, foreign_witnesses[i]),
		    RC_OK);
	assert_int_equal(buf_printf(&text, "group g all 0 1 2 3\nquorum g\n"), RC_OK);
	assert_int_equal(trust_policy_parse(buf_slice(&text), &p, NULL), RC_OK);
	assert_int_equal(trust_policy_judge(p, slice_str(foreign_note), &v), RC_OK);
	assert_true(v.quorum);
	assert_int_equal(v.n_cosigned, N_FOREIGN);
	assert_int_equal(v.head.size, 1432088532);
	assert_int_equal(v.time_s[3], FOREIGN_TIME);
}

static void
take(rc code)
{
	assert_int_equal(code, RC_OK);
}

static void
logs_of_one_name_are_one_signer(void **state)
{
	AUTO(buf_wipe) struct buf                       text = buf_init(TRUST_FILE_MAX);
	AUTO(trust_policy_destroy) struct trust_policy *p    = NULL;
	struct note_verifier                            v    = log_key, old, foreign;
	char old_vkey[NOTE_VKEY_MAX], foreign_vkey[NOTE_VKEY_MAX];

	(void)state;
	take(note_verifier_init(&old, LOG, key[0].public_key));
	take(note_verifier_init(&foreign, LOG "/elders", key[1].public_key));
	take(note_verifier_format(&old, old_vkey));
	take(note_verifier_format(&foreign, foreign_vkey));
	take(buf_printf(&text, "log %s\nlog %s\nlog %s\nquorum none\n", old_vkey,
	    foreign_vkey, log_vkey));
	take(trust_policy_parse(buf_slice(&text), &p, NULL));
	take(trust_policy_also(p, &v));
	assert_int_equal(v.n_also, 1);
	assert_true(note_verifier_has(&v, old.public_key));
	assert_false(note_verifier_has(&v, foreign.public_key));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_forms_of_the_specification_are_read),
	    cmocka_unit_test(anything_else_is_refused_with_its_line),
	    cmocka_unit_test(a_zero_byte_and_a_long_name_are_refused),
	    cmocka_unit_test(as_many_as_the_specification_asks_for_are_read),
	    cmocka_unit_test(the_quorum_is_what_the_file_says),
	    cmocka_unit_test(groups_of_groups_count_each_group_once),
	    cmocka_unit_test(a_head_is_judged_by_who_cosigned_it),
	    cmocka_unit_test(what_no_log_signed_is_refused),
	    cmocka_unit_test(
	        a_bad_line_of_a_known_witness_spoils_it_and_one_of_a_stranger_does_not),
	    cmocka_unit_test(every_changed_bit_of_a_cosigned_head_loses_it),
	    cmocka_unit_test(a_foreign_head_is_judged),
	    cmocka_unit_test(logs_of_one_name_are_one_signer),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
