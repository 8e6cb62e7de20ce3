/* SPDX-License-Identifier: EUPL-1.2 */
/* invariants.yaml: what loads, what is refused, and that it is said where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/model.h"
#include "support/bundle.h"

static const char one_rule[] =
    "  - {id: r, article: A, recipients: [cops], categories: [form], action: release}\n";

#define SAYS "text: {nl: Nee., en: No.}"

/* A small policy with one invariant, which says BODY besides its id. */
static struct bundle *
with_invariant(const char *body)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	char           text[2000];
	(void)snprintf(text, sizeof text,
	    "groups: {force: [cops, tax]}\ninvariants:\n  - {id: x, %s}\nend: "
	    "invariants\n",
	    body);
	bundle_add(b, "invariants.yaml", text);
	return b;
}

static void
is_refused(const char *body, const char *what)
{
	bundle_is_refused(with_invariant(body), what);
}

static void
file_is_refused(const char *text, const char *what)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	bundle_add(b, "invariants.yaml", text);
	bundle_is_refused(b, what);
}

/* --- what loads ------------------------------------------------------------------ */

static void
a_policy_without_the_file_has_no_invariants(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(bundle_small(NULL, one_rule));
	assert_int_equal(policy_n_invariants(p), 0);
	assert_null(policy_invariant_at(p, 0));
}

static void
the_file_is_no_convenant_and_is_told_with_its_line(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    bundle_policy(with_invariant("article: Art. 9, never: given, " SAYS));
	const struct invariant_info *x = policy_invariant_at(p, 0);
	assert_int_equal(policy_n_convenants(p), 1);
	assert_int_equal(policy_n_invariants(p), 1);
	assert_string_equal(x->id, "x");
	assert_string_equal(x->article, "Art. 9");
	assert_string_equal(x->text_nl, "Nee.");
	assert_string_equal(x->text_en, "No.");
	assert_string_equal(x->file, "invariants.yaml");
	assert_int_equal(x->line, 3);
	assert_null(policy_invariant_at(p, 1));
}

static void
the_file_is_part_of_the_bundle(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(with_invariant("never: given, " SAYS));
	AUTO(policy_destroy)
	struct policy *q =
	    bundle_policy(with_invariant("never: given, unless: [cie], " SAYS));
	assert_memory_not_equal(policy_hash(p), policy_hash(q), sizeof(struct hash));
}

static void
every_key_is_kept(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy          *p = bundle_policy(with_invariant(
	             "never: [release, generalise], convenants: [t], categories: [health], "
	                      "fields: "
	                      "[persons.bsn], except_fields: [persons.health.addiction], recipients: "
	                      "[force, city/front], except_senders: [law], phases: ['1', '3'], purposes: "
	                      "[hunt], as: [expired, incidental], when: [victim], when_any: [cie, urgent], "
	                      "unless: [minor], " SAYS));
	const struct invariant *x = &p->invariants[0];
	assert_false(x->wider);
	assert_int_equal(x->actions,
	    1 << SLUIS__ACTION__ACTION_RELEASE | 1 << SLUIS__ACTION__ACTION_GENERALISE);
	assert_int_equal(x->convenants, 1);
	assert_true(fieldset_has(&x->fields, schema_find("persons.bsn")->index));
	assert_true(
	    fieldset_has(&x->fields, schema_find("persons.health.pregnant")->index));
	assert_false(
	    fieldset_has(&x->fields, schema_find("persons.health.addiction")->index));
	assert_false(fieldset_has(&x->fields, schema_find("persons.role")->index));
	assert_int_equal(x->recipients.n, 3);
	assert_string_equal(x->recipients.at[2].desk, "front");
	assert_int_equal(x->senders.n, 0);
	assert_int_equal(x->except_senders.n, 1);
	assert_int_equal(x->except_senders.at[0].role, role_number(p, "cops"));
	assert_string_equal(x->phases[1], "3");
	assert_null(x->phases[2]);
	assert_string_equal(x->purposes[0], "hunt");
	assert_int_equal(x->audience, AUDIENCE_EXPIRED | AUDIENCE_INCIDENTAL);
	assert_int_equal(x->when, fact_bit(FACT_VICTIM));
	assert_int_equal(x->when_any, fact_bit(FACT_CIE) | fact_bit(FACT_URGENT));
	assert_int_equal(x->unless, fact_bit(FACT_MINOR));
}

static void
what_is_not_said_means_everything(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy          *p = bundle_policy(with_invariant("never: given, " SAYS));
	const struct invariant *x = &p->invariants[0];
	for (unsigned f = 0; f < schema_signal()->n_fields; f++)
		assert_true(fieldset_has(&x->fields, f));
	assert_int_equal(x->actions, 1 << SLUIS__ACTION__ACTION_RELEASE |
	                                 1 << SLUIS__ACTION__ACTION_GENERALISE |
	                                 1 << SLUIS__ACTION__ACTION_PSEUDONYMISE);
	assert_true((x->convenants & 1) != 0);
	assert_null(x->phases);
	assert_null(x->purposes);
	assert_int_equal(x->audience, AUDIENCES_ALL);
	assert_int_equal(x->recipients.n + x->senders.n, 0);
}

static void
identifying_means_the_fields_of_identifying_categories(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    bundle_policy(with_invariant("never: given, identifying: true, " SAYS));
	for (unsigned f = 0; f < schema_signal()->n_fields; f++)
		assert_int_equal(fieldset_has(&p->invariants[0].fields, f),
		    p->categories[p->category_of[f]].identifying);
}

static void
a_comparison_keeps_both_sides(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(
	    with_invariant("never_wider: {with: [minor], instead_of: [adult]}, " SAYS));
	assert_true(p->invariants[0].wider);
	assert_int_equal(p->invariants[0].with, fact_bit(FACT_MINOR));
	assert_int_equal(p->invariants[0].instead_of, fact_bit(FACT_ADULT));
}

/* --- what is refused ------------------------------------------------------------- */

static void
a_misspelt_name_is_refused_with_the_nearest(void **state)
{
	(void)state;
	is_refused("never: given, convenants: [tt], " SAYS, "no convenant called 'tt'");
	is_refused("never: given, categories: [healt], " SAYS, "did you mean 'health'?");
	is_refused(
	    "never: given, fields: [persons.bns], " SAYS, "did you mean 'persons.bsn'?");
	is_refused("never: given, recipients: [cop], " SAYS, "did you mean 'cops'?");
	is_refused(
	    "never: given, recipients: [cops/vise], " SAYS, "did you mean 'vice'?");
	is_refused("never: given, except_recipients: [cops/vise], " SAYS,
	    "did you mean 'vice'?");
	is_refused("never: given, senders: [city/font], " SAYS, "did you mean 'front'?");
	is_refused(
	    "never: given, except_senders: [citty], " SAYS, "did you mean 'city'?");
	is_refused("never: given, phases: ['9'], " SAYS, "no phase called '9'");
	is_refused("never: given, purposes: [hunts], " SAYS, "did you mean 'hunt'?");
	is_refused("never: given, as: [signatry], " SAYS, "did you mean 'signatory'?");
	is_refused("never: given, when: [victm], " SAYS, "did you mean 'victim'?");
	is_refused("never: given, unles: [minor], " SAYS, "did you mean 'unless'?");
	is_refused("never: relaese, " SAYS, "did you mean 'release'?");
	is_refused("never: withhold, " SAYS, "no action called 'withhold'");
	is_refused("never_wider: {wth: [cie]}, " SAYS, "did you mean 'with'?");
}

static void
an_invariant_claims_one_thing(void **state)
{
	(void)state;
	is_refused(SAYS, "either 'never' or 'never_wider'");
	is_refused("never: given, never_wider: {with: [cie]}, " SAYS,
	    "either 'never' or 'never_wider'");
	is_refused("never_wider: {wiht: [adult]}, " SAYS, "'with' is missing");
	is_refused("never_wider: [minor], " SAYS, "must be a mapping");
	is_refused("never_wider: {with: [minor], instead_of: [minor]}, " SAYS,
	    "in 'instead_of' as well");
	is_refused(
	    "never_wider: {with: [expired]}, " SAYS, "no fact that may stand here");
	is_refused("never_wider: {with: [recipient_signed]}, " SAYS,
	    "no fact that may stand here");
}

static void
a_list_that_is_empty_or_doubled_is_refused(void **state)
{
	(void)state;
	is_refused("never: [], " SAYS, "'never' is empty");
	is_refused("never_wider: {with: []}, " SAYS, "'with' is empty");
	is_refused("never: given, convenants: [], " SAYS, "'convenants' is empty");
	is_refused("never: given, phases: [], " SAYS, "'phases' is empty");
	is_refused("never: given, when: [], " SAYS, "'when' is empty");
	is_refused("never: given, categories: [], " SAYS, "must name 1 to");
	is_refused("never: given, recipients: [], " SAYS, "must name 1 to");
	is_refused("never: given, recipients: [cops], except_recipients: [tax], " SAYS,
	    "exclude each other");
	is_refused("never: given, senders: [cops], except_senders: [tax], " SAYS,
	    "exclude each other");
	is_refused("never: given, convenants: [[t]], " SAYS, "must be one name");
	is_refused("never: given, phases: [[a]], " SAYS, "must be one name");
}

static void
what_a_reader_needs_must_be_there(void **state)
{
	(void)state;
	is_refused("never: given", "'text' is missing");
	is_refused("never: given, text: No", "must be a mapping");
	is_refused("never: given, text: {nl: Nee}", "'en' is missing");
	file_is_refused("invariants:\n  - {never: given, " SAYS "}\nend: invariants\n",
	    "'id' is missing");
	file_is_refused("invariants:\n  - {id: a, never: given, " SAYS
	                "}\n  - {id: a, never: given, " SAYS "}\nend: invariants\n",
	    "invariant id 'a' stands in line 2 already");
	file_is_refused(
	    "invariants:\n  - {id: a, never: given, " SAYS "}\n", "cut short?");
	file_is_refused("invariants: []\nend: invariants\n", "'invariants' is empty");
	file_is_refused("invariants: [a]\nend: invariants\n", "must be a mapping");
	file_is_refused("end: invariants\n", "'invariants' is missing");
	file_is_refused("- a\n", "must be a mapping");
	file_is_refused("invariants:\n  - {id: a, never: given, " SAYS
	                "}\nextra: 1\nend: invariants\n",
	    "extra");
}

static void
a_complaint_names_line_and_column(void **state)
{
	(void)state;
	struct bundle *b = with_invariant("never: given, when: [victm], " SAYS);
	struct policy *p = NULL;
	assert_int_equal(bundle_compile(b, &p), RC_POLICY);
	assert_string_equal(b->findings.at[0].file, "invariants.yaml");
	assert_int_equal(b->findings.at[0].line, 3);
	assert_true(b->findings.at[0].column > 20);
	bundle_destroy(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_policy_without_the_file_has_no_invariants),
	    cmocka_unit_test(the_file_is_no_convenant_and_is_told_with_its_line),
	    cmocka_unit_test(the_file_is_part_of_the_bundle),
	    cmocka_unit_test(every_key_is_kept),
	    cmocka_unit_test(what_is_not_said_means_everything),
	    cmocka_unit_test(identifying_means_the_fields_of_identifying_categories),
	    cmocka_unit_test(a_comparison_keeps_both_sides),
	    cmocka_unit_test(a_misspelt_name_is_refused_with_the_nearest),
	    cmocka_unit_test(an_invariant_claims_one_thing),
	    cmocka_unit_test(a_list_that_is_empty_or_doubled_is_refused),
	    cmocka_unit_test(what_a_reader_needs_must_be_there),
	    cmocka_unit_test(a_complaint_names_line_and_column),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
