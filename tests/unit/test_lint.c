/* SPDX-License-Identifier: EUPL-1.2 */
/* policy_lint(): what loads and is probably a mistake is said, with its place; what is
 * well is not complained of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

static struct findings found;

/* What lint says of B on DATE; without what the small world always lacks. */
static void
lint(struct bundle *b, const char *date)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	memset(&found, 0, sizeof found);
	assert_int_equal(policy_lint(p, day(date), &found), RC_OK);
	for (size_t i = 0; i < found.n; i++) assert_false(found.at[i].fatal);
}

static const struct finding *
says(const char *what)
{
	for (size_t i = 0; i < found.n; i++) {
		if (strstr(found.at[i].text, what) != NULL) return &found.at[i];
	}
	return NULL;
}

static void
lint_rules(const char *bars, const char *rules)
{
	lint(bundle_small(bars, rules), "2025-06-01");
}

#define RULE(id, more) \
	"  - {id: " id ", article: A, recipients: [care], action: release, " more "}\n"

/* --- rules that decide nothing --------------------------------------------------- */

static void
a_rule_that_can_never_hold_is_told(void **state)
{
	(void)state;
	lint_rules(NULL, RULE("a", "categories: [form]")
	                     RULE("b", "categories: [form], when: [minor, adult]"));
	assert_non_null(says("'b' never holds"));
	assert_null(says("'a' never"));
	lint_rules(NULL, RULE("a", "categories: [bsn], when: [victim, suspect]"));
	assert_non_null(says("'a' never holds"));
	lint_rules(NULL, RULE("a", "categories: [form], when: [victim]"));
	assert_non_null(says("'a' never holds")); /* no field of a person */
	lint_rules(
	    NULL, RULE("a", "categories: [form], when: [case_member], unless: [case]"));
	assert_non_null(says("'a' never holds"));
	lint_rules(NULL, RULE("a", "categories: [form], when: [embargo_overdue], unless: "
	                           "[embargo]"));
	assert_non_null(says("'a' never holds"));
}

static void
a_rule_whose_source_may_not_send_is_told(void **state)
{
	(void)state;
	lint_rules(NULL, RULE("a", "categories: [form], sources: [guest]"));
	assert_non_null(says("'a' never holds"));
	lint_rules(NULL, RULE("a", "categories: [form], sources: [cops/traffic]"));
	assert_non_null(says("'a' never holds"));
	lint_rules(NULL, RULE("a", "categories: [form], sources: [cops/vice]"));
	assert_null(says("'a' never"));
}

static void
a_rule_that_another_always_precedes_is_told_with_its_place(void **state)
{
	(void)state;
	lint_rules("  - {id: x, article: A, action: withhold, categories: [bsn]}\n",
	    RULE("a", "categories: [bsn]") RULE("b", "categories: [form]"));
	const struct finding *f = says("'a' never decides: 'x' comes before it");
	assert_non_null(f);
	assert_string_equal(f->file, "t.yaml");
	assert_true(f->line > 1);
	assert_null(says("'b' never"));
	assert_null(says("'x' never"));
}

static void
a_rule_beaten_only_sometimes_is_not_told(void **state)
{
	(void)state;
	lint_rules("  - {id: x, article: A, action: withhold, categories: [bsn], when: "
	           "[minor]}\n",
	    RULE("a", "categories: [bsn]"));
	assert_null(says("'a' never"));
	assert_null(says("'x' never"));
}

/* --- equals that disagree -------------------------------------------------------- */

static void
equals_that_disagree_are_told_once_with_the_stricter_first(void **state)
{
	(void)state;
	lint_rules(NULL,
	    RULE("open",
	        "categories: [bsn, form]") "  - {id: shut, article: A, recipients: "
	                                   "[care], action: withhold, categories: "
	                                   "[bsn], when: [minor]}\n");
	const struct finding *f = says("'shut' and 'open' rank equal");
	assert_non_null(f);
	assert_non_null(strstr(f->text, "the stricter, 'shut'"));
	size_t n = 0;
	for (size_t i = 0; i < found.n; i++)
		n += strstr(found.at[i].text, "rank equal") != NULL;
	assert_int_equal(n, 1);
}

static void
a_more_specific_rule_does_not_conflict(void **state)
{
	(void)state;
	lint_rules(NULL,
	    RULE("open", "categories: [bsn]") "  - {id: psn, article: A, recipients: "
	                                      "[care], action: pseudonymise, fields: "
	                                      "[persons.bsn]}\n");
	assert_null(says("rank equal"));
	lint_rules(NULL,
	    RULE("open", "categories: [bsn]") "  - {id: desk, article: A, recipients: "
	                                      "[care/help], action: pseudonymise, "
	                                      "categories: [bsn]}\n");
	assert_null(says("rank equal"));
}

static void
equals_that_never_meet_do_not_conflict(void **state)
{
	(void)state;
	lint_rules(NULL,
	    RULE("a", "categories: [bsn], when: [victim]") "  - {id: b, article: A, "
	                                                   "recipients: [care], action: "
	                                                   "withhold, categories: "
	                                                   "[bsn], when: [suspect]}\n");
	assert_null(says("rank equal"));
	lint_rules(NULL,
	    RULE(
	        "a", "categories: [bsn], purposes: [help]") "  - {id: b, article: A, "
	                                                    "recipients: [care], action: "
	                                                    "withhold, categories: "
	                                                    "[bsn], purposes: [hunt]}\n");
	assert_null(says("rank equal"));
	lint_rules(
	    NULL, RULE("a", "categories: [bsn]") RULE("b", "categories: [bsn, form]"));
	assert_null(says("rank equal")); /* they agree */
}

/* --- terms ----------------------------------------------------------------------- */

#define FORM RULE("a", "categories: [form]")

static void
an_end_is_told_in_time(void **state)
{
	(void)state;
	lint(bundle_small(NULL, FORM), "2026-10-20"); /* 61 days before */
	assert_null(says("ends in"));
	lint(bundle_small(NULL, FORM), "2026-10-21");
	assert_non_null(says("convenant 't' ends in 60 days"));
	lint(bundle_small(NULL, FORM), "2026-12-20");
	assert_non_null(says("ends in 0 days"));
	lint(bundle_small(NULL, FORM), "2026-12-21");
	assert_non_null(says("ended 1 days ago: it refuses everything"));
	lint(bundle_small(NULL, FORM), "2025-01-09");
	assert_non_null(says("begins in 1 days"));
}

static void
what_remains_after_the_end_is_told(void **state)
{
	(void)state;
	lint(bundle_small(NULL, RULE("a", "categories: [form], for: [expired]")),
	    "2026-12-21");
	assert_non_null(says("only its rules for 'expired' hold"));
}

static void
a_convenant_may_say_how_early_it_warns(void **state)
{
	struct bundle *b = bundle_small(NULL, FORM);
	(void)state;
	bundle_edit(
	    b, "t.yaml", "deliver_days: 14\n", "deliver_days: 14\nwarn_days: 5\n");
	lint(b, "2026-10-21");
	assert_null(says("convenant 't' ends in"));
}

static void
the_end_of_one_signature_is_told(void **state)
{
	(void)state;
	lint(bundle_small(NULL, FORM), "2026-06-01");
	assert_non_null(says("signature of Cops under 't' ends in 29 days"));
	assert_null(says("signature of City"));
	lint(bundle_small(NULL, FORM), "2026-07-01");
	assert_null(says("signature of Cops"));
}

/* --- what has no effect ---------------------------------------------------------- */

static void
a_signature_under_what_names_the_role_nowhere_is_told(void **state)
{
	(void)state;
	lint_rules(NULL, FORM);
	const struct finding *f = says("Clerk signed 't', which names its role 'clerk'");
	assert_non_null(f);
	assert_string_equal(f->file, "parties.yaml");
	assert_true(f->line > 1);
	assert_null(says("City signed"));
}

static void
an_obligation_that_goes_with_no_copy_is_told(void **state)
{
	(void)state;
	lint_rules(NULL, FORM);
	assert_non_null(says("obligation 'hush' goes with no copy"));
	assert_null(says("obligation 'keep'"));
	lint_rules(NULL, RULE("a", "categories: [form], obligations: [hush]"));
	assert_null(says("obligation 'hush'"));
}

static void
a_convenant_that_nobody_signs_for_is_told(void **state)
{
	struct bundle *b = bundle_small(NULL, FORM);
	(void)state;
	lint_rules(NULL, FORM);
	assert_non_null(says("nobody has to sign for convenant 't'"));
	assert_non_null(says("no 'version'"));
	bundle_edit(b, "parties.yaml", "region: here\n",
	    "region: here\nversion: 1\napproval: [{convenant: t, needed: 1, of: "
	    "['00000099000000000010']}]\n");
	lint(b, "2025-06-01");
	assert_null(says("nobody has to sign"));
	assert_null(says("no 'version'"));
}

static void
a_convenant_that_nobody_signed_is_told(void **state)
{
	struct bundle *b = bundle_small(NULL, FORM);
	(void)state;
	lint_rules(NULL, FORM);
	assert_null(says("nobody has signed"));
	for (int i = 0; i < 4; i++) /* a declaration is no signature */
		bundle_edit(b, "parties.yaml", " signed: [", " declared: [");
	lint(b, "2025-06-01");
	const struct finding *f =
	    says("nobody has signed convenant 't': everybody is a non-signatory");
	assert_non_null(f);
	assert_string_equal(f->file, "t.yaml");
}

/* --- the shipped policy ---------------------------------------------------------- */

static void
nothing_shipped_decides_nothing(void **state)
{
	(void)state;
	lint(bundle_shipped(), "2026-06-01");
	for (size_t i = 0; i < found.n; i++) {
		if (strstr(found.at[i].text, "never") != NULL ||
		    strstr(found.at[i].text, "goes with no copy") != NULL ||
		    strstr(found.at[i].text, "names its role") != NULL)
			fail_msg("%s:%u: %s", found.at[i].file, found.at[i].line,
			    found.at[i].text);
	}
}

static const char *
shout(const char *msgid)
{
	return strstr(msgid, "goes with no copy") != NULL ? "PLICHT %s" : msgid;
}

static void
findings_speak_the_readers_language(void **state)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_small(NULL, FORM));
	(void)state;
	memset(&found, 0, sizeof found);
	found.translate = shout;
	assert_int_equal(policy_lint(p, day("2025-06-01"), &found), RC_OK);
	assert_non_null(says("PLICHT hush"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_rule_that_can_never_hold_is_told),
	    cmocka_unit_test(a_rule_whose_source_may_not_send_is_told),
	    cmocka_unit_test(a_rule_that_another_always_precedes_is_told_with_its_place),
	    cmocka_unit_test(a_rule_beaten_only_sometimes_is_not_told),
	    cmocka_unit_test(equals_that_disagree_are_told_once_with_the_stricter_first),
	    cmocka_unit_test(a_more_specific_rule_does_not_conflict),
	    cmocka_unit_test(equals_that_never_meet_do_not_conflict),
	    cmocka_unit_test(an_end_is_told_in_time),
	    cmocka_unit_test(what_remains_after_the_end_is_told),
	    cmocka_unit_test(a_convenant_may_say_how_early_it_warns),
	    cmocka_unit_test(the_end_of_one_signature_is_told),
	    cmocka_unit_test(a_signature_under_what_names_the_role_nowhere_is_told),
	    cmocka_unit_test(an_obligation_that_goes_with_no_copy_is_told),
	    cmocka_unit_test(a_convenant_that_nobody_signs_for_is_told),
	    cmocka_unit_test(a_convenant_that_nobody_signed_is_told),
	    cmocka_unit_test(nothing_shipped_decides_nothing),
	    cmocka_unit_test(findings_speak_the_readers_language),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
