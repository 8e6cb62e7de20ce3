/* SPDX-License-Identifier: EUPL-1.2 */
/* policy_prove(): each kind of invariant, each filter, and the counterexample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/model.h"
#include "policy/study/prove.h"
#include "policy/study/space.h"
#include "support/bundle.h"

#define SAYS ", text: {nl: Nee., en: No.}}\n"
#define RULE(more) "  - {id: r, article: Art. 5, " more "}\n"

/* The world of these tests: health of victims to the cops, unless the city asks for it.
 */
static const char health_to_cops[] =
    RULE("recipients: [cops], categories: [health], action: release, when: [victim], "
         "unless: [urgent], sources: [care, tax], phases: ['2']");

static struct policy *
world(const char *bars, const char *rules, const char *invariant)
{
	struct bundle *b = bundle_small(bars, rules);
	char           text[1500];
	(void)snprintf(text, sizeof text,
	    "invariants:\n  - {id: x, %s" SAYS "end: invariants\n", invariant);
	bundle_add(b, "invariants.yaml", text);
	return bundle_policy(b);
}

static struct proof
prove_in(const char *bars, const char *rules, const char *invariant)
{
	AUTO(policy_destroy) struct policy *p = world(bars, rules, invariant);
	struct proof                        proof;
	policy_prove(p, 0, &proof);
	proof.first = (struct counterexample){0}; /* borrowed from P */
	return proof;
}

static void
is(enum verdict verdict, const char *rules, const char *invariant)
{
	struct proof proof = prove_in(NULL, rules, invariant);
	if (proof.verdict != verdict) fail_msg("%d for: %s", proof.verdict, invariant);
}

static void
is_proved(const char *rules, const char *invariant)
{
	is(VERDICT_PROVED, rules, invariant);
}

static void
is_refuted(const char *rules, const char *invariant)
{
	is(VERDICT_REFUTED, rules, invariant);
}

static void
has_no_place(const char *rules, const char *invariant)
{
	is(VERDICT_NO_PLACE, rules, invariant);
}

static void
has_no_case(const char *rules, const char *invariant)
{
	is(VERDICT_NO_CASE, rules, invariant);
}

/* --- never ----------------------------------------------------------------------- */

static void
what_is_never_given_is_proved(void **state)
{
	(void)state;
	is_proved(health_to_cops, "never: given, categories: [bsn]");
	is_refuted(health_to_cops, "never: given, categories: [bsn, health]");
	is_refuted(health_to_cops, "never: given, fields: [persons.health.pregnant]");
	is_refuted(health_to_cops, "never: given");
	is_proved(health_to_cops, "never: given, except_categories: [health]");
	is_refuted(health_to_cops, "never: given, categories: [health], except_fields: "
	                           "[persons.health.pregnant]");
}

static void
given_means_anything_but_withheld(void **state)
{
	(void)state;
	static const char pseudonym[] =
	    RULE("recipients: [cops], fields: [persons.bsn], action: pseudonymise");
	static const char coarse[] =
	    RULE("recipients: [cops], fields: [persons.birth_date], action: generalise, "
	         "to: year");
	is_refuted(pseudonym, "never: given, categories: [bsn]");
	is_refuted(pseudonym, "never: pseudonymise, categories: [bsn]");
	is_proved(pseudonym, "never: [release, generalise], categories: [bsn]");
	is_refuted(coarse, "never: given, categories: [identity]");
	is_refuted(coarse, "never: [generalise], categories: [identity]");
	is_proved(coarse, "never: [release, pseudonymise], categories: [identity]");
}

static void
what_goes_into_a_pseudonym_is_given(void **state)
{
	(void)state;
	static const char name[] = RULE(
	    "recipients: [cops], fields: [persons.family_name], action: pseudonymise");
	static const char released[] =
	    RULE("recipients: [cops], fields: [persons.family_name], action: release");
	static const char later[] = RULE(
	    "recipients: [cops], fields: [persons.given_names], action: pseudonymise");
	static const char sometimes[] =
	    RULE("recipients: [cops], fields: [persons.family_name], action: "
	         "pseudonymise, when: [trafficking]");
	is_refuted(name, "never: given, fields: [persons.birth_date]");
	is_refuted(sometimes, "never: given, fields: [persons.birth_date]");
	is_proved(sometimes,
	    "never: given, fields: [persons.birth_date], unless: [trafficking]");
	is_proved(name, "never: [release, generalise], fields: [persons.birth_date]");
	is_proved(name, "never: given, fields: [persons.name_prefix]");
	is_proved(released, "never: given, fields: [persons.birth_date]");
	is_proved(later, "never: given, fields: [persons.birth_date]");
	/* a bar on the part does not keep it out of the pseudonym */
	struct proof barred =
	    prove_in("  - {id: b, article: A, action: withhold, fields: "
	             "[persons.birth_date]}\n",
	        name, "never: given, fields: [persons.birth_date]");
	assert_int_equal(barred.verdict, VERDICT_REFUTED);
}

/* --- filters --------------------------------------------------------------------- */

static void
each_filter_narrows(void **state)
{
	(void)state;
	is_refuted(health_to_cops, "never: given, recipients: [cops]");
	is_refuted(health_to_cops, "never: given, recipients: [law]");
	is_refuted(health_to_cops, "never: given, recipients: [cops/vice]");
	has_no_place(health_to_cops, "never: given, except_recipients: [cops]");
	is_refuted(health_to_cops, "never: given, except_recipients: [cops/vice]");
	is_refuted(health_to_cops, "never: given, phases: ['2', '3']");
	is_proved(health_to_cops, "never: given, phases: ['1', '3']");
	is_refuted(health_to_cops, "never: given, senders: [tax]");
	is_proved(health_to_cops, "never: given, senders: [city, cops]");
	is_proved(health_to_cops, "never: given, except_senders: [care, tax]");
	is_refuted(health_to_cops, "never: given, except_senders: [care]");
	is_refuted(health_to_cops, "never: given, as: [signatory, expired]");
	is_proved(health_to_cops, "never: given, as: [expired]");
	is_refuted(health_to_cops, "never: given, convenants: [t]");
}

static void
facts_narrow_as_in_a_rule(void **state)
{
	(void)state;
	is_refuted(health_to_cops, "never: given, when: [victim]");
	is_proved(health_to_cops, "never: given, when: [suspect]");
	is_proved(health_to_cops, "never: given, when_any: [suspect, witness]");
	is_refuted(health_to_cops, "never: given, when_any: [suspect, minor]");
	is_proved(health_to_cops, "never: given, unless: [victim]");
	is_proved(health_to_cops, "never: given, when: [urgent, victim]");
	is_proved(health_to_cops, "never: given, unless: [recipient_signed]");
	is_refuted(health_to_cops, "never: given, when: [recipient_signed]");
}

static void
purposes_are_told_apart(void **state)
{
	(void)state;
	static const char hunt[] = RULE("recipients: [cops], categories: [health], "
	                                "action: release, purposes: [hunt]");
	is_refuted(hunt, "never: given, purposes: [hunt]");
	is_proved(hunt, "never: given, purposes: [help]");
}

static void
a_desk_without_a_seat_sits_with_its_role(void **state)
{
	(void)state;
	static const char to_vice[] =
	    RULE("recipients: [cops/vice], categories: [health], action: release");
	is_refuted(to_vice, "never: given, recipients: [cops/vice]");
	is_proved(to_vice, "never: given, recipients: [cops/traffic]");
	is_proved(to_vice, "never: given, except_recipients: [cops/vice]");
	/* here no rule tells vice from traffic: what the role gets, the desk gets */
	is_refuted(health_to_cops, "never: given, recipients: [cops/traffic]");
	static const char from_front[] = RULE("recipients: [cops], categories: [health], "
	                                      "action: release, sources: [city/front]");
	is_refuted(from_front, "never: given, senders: [city/front]");
	is_proved(from_front, "never: given, senders: [city/back]");
	is_proved(from_front, "never: given, except_senders: [city/front]");
	is_refuted(health_to_cops, "never: given, senders: [tax/office]");
}

/* --- never wider ----------------------------------------------------------------- */

static const char opens_by_embargo[] =
    RULE("recipients: [cops], categories: [health], action: release, when: [embargo]");
static const char closes_by_embargo[] =
    RULE("recipients: [cops], categories: [health], action: release, unless: [embargo]");

static void
a_fact_that_opens_is_found(void **state)
{
	(void)state;
	is_refuted(opens_by_embargo, "never_wider: {with: [embargo]}");
	is_proved(closes_by_embargo, "never_wider: {with: [embargo]}");
	is_proved(opens_by_embargo, "never_wider: {with: [urgent]}");
	is_proved(opens_by_embargo,
	    "never_wider: {with: [embargo]}, except_categories: [health]");
	is_proved(opens_by_embargo, "never_wider: {with: [embargo]}, phases: ['1'], "
	                            "as: [non_signatory]");
}

static void
one_fact_is_compared_with_another(void **state)
{
	(void)state;
	static const char adults[] = RULE(
	    "recipients: [cops], categories: [health], action: release, when: [adult]");
	static const char minors[] = RULE(
	    "recipients: [cops], categories: [health], action: release, when: [minor]");
	static const char unknown[] = RULE("recipients: [cops], categories: [health], "
	                                   "action: release, unless: [adult]");
	is_proved(adults, "never_wider: {with: [minor], instead_of: [adult]}");
	is_refuted(minors, "never_wider: {with: [minor], instead_of: [adult]}");
	is_refuted(minors, "never_wider: {with: [minor]}");
	is_refuted(unknown, "never_wider: {with: [minor], instead_of: [adult]}");
	is_proved(unknown, "never_wider: {with: [minor]}"); /* than an unknown age */
	is_refuted(minors, "never_wider: {with: [minor], instead_of: [cie]}");
}

static void
whatever_is_not_so_is_compared_with_what_is(void **state)
{
	(void)state;
	static const char adults[] = RULE(
	    "recipients: [cops], categories: [health], action: release, when: [adult]");
	static const char minors[] = RULE(
	    "recipients: [cops], categories: [health], action: release, when: [minor]");
	static const char neither[] = RULE("recipients: [cops], categories: [health], "
	                                   "action: release, unless: [adult, minor]");
	is_proved(adults, "never_wider: {instead_of: [adult]}");
	is_refuted(minors, "never_wider: {instead_of: [adult]}");
	is_proved(neither, "never_wider: {with: [minor], instead_of: [adult]}");
	is_refuted(neither, "never_wider: {instead_of: [adult]}");
}

static void
a_role_is_compared_with_every_other(void **state)
{
	(void)state;
	static const char suspects[] = RULE(
	    "recipients: [cops], categories: [health], action: release, when: [suspect]");
	static const char not_witnesses[] =
	    RULE("recipients: [cops], categories: [health], action: release, unless: "
	         "[witness]");
	is_refuted(suspects, "never_wider: {with: [suspect]}");
	is_refuted(not_witnesses, "never_wider: {with: [suspect]}");
	is_proved(not_witnesses, "never_wider: {with: [witness]}");
	is_proved(not_witnesses, "never_wider: {with: [suspect], instead_of: [victim]}");
}

static void
an_embargo_goes_with_what_depends_on_it(void **state)
{
	(void)state;
	static const char overdue[] = RULE("recipients: [cops], categories: [health], "
	                                   "action: release, when: [embargo_overdue]");
	is_refuted(overdue, "never_wider: {with: [embargo]}");
	is_refuted(overdue, "never_wider: {with: [embargo_overdue]}");
	is_proved(overdue, "never_wider: {with: [embargo_incomplete]}");
}

static void
a_coarser_value_is_narrower(void **state)
{
	(void)state;
	static const char rules[] =
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: generalise, to: year, when: [embargo]}\n"
	    "  - {id: s, article: A, recipients: [cops], categories: [identity], action: "
	    "generalise, to: present, unless: [embargo]}\n";
	is_refuted(rules, "never_wider: {with: [embargo]}");
	static const char other[] =
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: generalise, to: year, when: [embargo]}\n"
	    "  - {id: s, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: generalise, to: month, unless: [embargo]}\n";
	is_proved(other, "never_wider: {with: [embargo]}");
}

static void
who_is_refused_or_excluded_gets_nothing(void **state)
{
	(void)state;
	static const char open[] =
	    RULE("recipients: [cops], categories: [health], action: release");
	static const char excludes[] =
	    "  - {id: b, article: A, action: exclude, recipients: "
	    "[cops], when: [urgent]}\n";
	static const char refuses[] =
	    "  - {id: b, article: A, action: refuse, when: [urgent]}\n";
	static const char not_urgent[] =
	    "  - {id: b, article: A, action: refuse, unless: [urgent]}\n";
	assert_int_equal(prove_in(excludes, open, "never: given, when: [urgent]").verdict,
	    VERDICT_PROVED);
	assert_int_equal(prove_in(refuses, open, "never: given, when: [urgent]").verdict,
	    VERDICT_PROVED);
	assert_int_equal(
	    prove_in(refuses, open, "never: given, unless: [urgent]").verdict,
	    VERDICT_REFUTED);
	assert_int_equal(
	    prove_in(excludes, open, "never_wider: {with: [urgent]}").verdict,
	    VERDICT_PROVED);
	assert_int_equal(
	    prove_in(not_urgent, open, "never_wider: {with: [urgent]}").verdict,
	    VERDICT_REFUTED);
}

/* --- vacuous --------------------------------------------------------------------- */

static void
what_speaks_of_nothing_is_not_called_proved(void **state)
{
	(void)state;
	has_no_place(health_to_cops, "never: given, recipients: [care]"); /* no seat */
	has_no_place(health_to_cops, "never: given, senders: [cops/traffic]");
	has_no_case(health_to_cops, "never: given, when: [victim, suspect]");
	has_no_case(health_to_cops, "never: given, when: [adult], unless: [adult]");
	has_no_case(health_to_cops, "never: given, categories: [form], when: [victim]");
	has_no_case(health_to_cops,
	    "never: given, categories: [form], except_categories: [form]");
	has_no_case(health_to_cops, "never: given, as: [expired], when: [declared]");
	has_no_case(health_to_cops,
	    "never_wider: {with: [minor], instead_of: [victim, suspect]}");
	has_no_case(health_to_cops, "never_wider: {with: [minor, adult]}");
	has_no_case(health_to_cops,
	    "never_wider: {with: [urgent], instead_of: [minor]}, categories: [form]");
	struct proof proof =
	    prove_in(NULL, health_to_cops, "never: given, recipients: [care]");
	assert_int_equal(proof.covered, 0);
	assert_int_equal(proof.failing, 0);
}

/* --- counting -------------------------------------------------------------------- */

static void
every_combination_of_every_place_and_field_counts(void **state)
{
	(void)state;
	/* 1 seat, 1 phase, 4 askers (city, cops/vice, care, tax), 2 purposes, 4 audiences
	 */
	uint64_t     places = 4 * 2 * 4;
	struct proof one    = prove_in(
	       NULL, health_to_cops, "never: release, fields: [persons.bsn], phases: ['2']");
	assert_int_equal(one.covered, places * space_size(true));
	assert_int_equal(one.failing, 0);
	struct proof coarse = prove_in(
	    NULL, health_to_cops, "never: release, categories: [form], phases: ['2']");
	assert_int_equal(coarse.covered, places * space_size(false));
	struct proof both = prove_in(NULL, health_to_cops,
	    "never: release, categories: [form, bsn], phases: ['1', '2', '3']");
	assert_int_equal(
	    both.covered, 3 * places * (space_size(true) + space_size(false)));
	/* two askers, signatories, one of five roles, half of urgent */
	struct proof health = prove_in(NULL, health_to_cops,
	    "never: release, fields: [persons.health.pregnant, persons.health.injuries]");
	assert_int_equal(health.covered, 2 * 3 * places * space_size(true));
	assert_int_equal(health.failing, 2 * 2 * 2 * space_size(true) / 5 / 2);
	assert_true(health.tried < 1000);
}

/* --- the counterexample ---------------------------------------------------------- */

static void
the_counterexample_says_where_what_and_by_which_rule(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL, health_to_cops, "never: given, senders: [tax]");
	struct proof   proof;
	policy_prove(p, 0, &proof);
	const struct counterexample *c = &proof.first;
	assert_int_equal(proof.verdict, VERDICT_REFUTED);
	assert_false(proof.compared);
	assert_string_equal(c->convenant->id, "t");
	assert_string_equal(c->phase, "2");
	assert_string_equal(c->sender, "tax");
	assert_string_equal(c->recipient, "cops");
	assert_int_equal(c->audience, AUDIENCE_SIGNATORY);
	assert_string_equal(policy_category(p, c->field), "health");
	assert_int_equal(c->needed, fact_bit(FACT_VICTIM));
	assert_int_equal(c->found.code, RC_OK);
	assert_int_equal(c->found.cell.action, SLUIS__ACTION__ACTION_RELEASE);
	const struct rule_info *rule = policy_rule_info(p, c->found.cell.rule);
	assert_string_equal(rule->article, "Art. 5");
	assert_string_equal(rule->file, "t.yaml");
	assert_null(c->inside);
}

static void
facts_that_do_not_matter_are_left_out(void **state)
{
	(void)state;
	static const char rules[] =
	    "  - {id: r, article: A, recipients: [cops], categories: [health], action: "
	    "release, when: [victim, emergency, trafficking, minor]}\n"
	    "  - {id: s, article: A, recipients: [cops], categories: [health], action: "
	    "release, when: [emergency], unless: [victim, witness]}\n"
	    "  - {id: q, article: A, recipients: [care], categories: [care], action: "
	    "release, when: [urgent]}\n";
	AUTO(policy_destroy)
	struct policy *p = world(NULL, rules, "never: given, categories: [health]");
	struct proof   proof;
	policy_prove(p, 0, &proof);
	assert_int_equal(proof.first.needed & ~fact_bit(FACT_SUSPECT), /* or another */
	    fact_bit(FACT_EMERGENCY));
	AUTO(policy_destroy)
	struct policy *any = world(NULL, rules, "never: given, categories: [care]");
	policy_prove(any, 0, &proof);
	assert_int_equal(proof.first.needed, fact_bit(FACT_URGENT)); /* whoever it is */
	AUTO(policy_destroy)
	struct policy *victims =
	    world(NULL, rules, "never: given, categories: [health], when: [victim]");
	policy_prove(victims, 0, &proof);
	assert_int_equal(
	    proof.first.needed, fact_bit(FACT_VICTIM) | fact_bit(FACT_EMERGENCY) |
	                            fact_bit(FACT_TRAFFICKING) | fact_bit(FACT_MINOR));
}

/* Of all places and fields, not of the first that comes along. */
static void
the_counterexample_with_the_fewest_facts_is_told(void **state)
{
	(void)state;
	static const char rules[] =
	    "  - {id: r, article: A, recipients: [cops], categories: [health], action: "
	    "release, when: [victim, emergency, minor], phases: ['1']}\n"
	    "  - {id: s, article: A, recipients: [care], categories: [care], action: "
	    "release, when: [urgent], phases: ['2']}\n"
	    "  - {id: q, article: A, recipients: [cops], categories: [care], action: "
	    "release, when: [urgent, trafficking], phases: ['3']}\n";
	AUTO(policy_destroy) struct policy *p = world(NULL, rules, "never: given");
	struct proof                        proof;
	policy_prove(p, 0, &proof);
	assert_int_equal(proof.first.needed, fact_bit(FACT_URGENT));
	assert_string_equal(proof.first.phase, "2");
	assert_string_equal(proof.first.recipient, "care");
}

static void
a_comparison_shows_both_sides(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    world(NULL, opens_by_embargo, "never_wider: {with: [embargo]}");
	struct proof proof;
	policy_prove(p, 0, &proof);
	const struct counterexample *c = &proof.first;
	assert_int_equal(proof.verdict, VERDICT_REFUTED);
	assert_true(proof.compared);
	assert_int_equal(c->needed, fact_bit(FACT_EMBARGO));
	assert_int_equal(c->found.cell.action, SLUIS__ACTION__ACTION_RELEASE);
	assert_int_equal(c->without.cell.action, SLUIS__ACTION__ACTION_WITHHOLD);
	assert_int_equal(c->without.cell.rule, RULE_NONE);
	assert_int_equal(c->without.facts & fact_bit(FACT_EMBARGO), 0);
	assert_int_equal(c->without.facts | fact_bit(FACT_EMBARGO), c->found.facts);
}

static void
a_refusal_on_the_other_side_tells_its_bar(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    world("  - {id: b, article: A, action: refuse, unless: [urgent], code: "
	          "embargo_incomplete}\n",
	        RULE("recipients: [cops], categories: [health], action: release"),
	        "never_wider: {with: [urgent]}");
	struct proof proof;
	policy_prove(p, 0, &proof);
	assert_int_equal(proof.first.without.code, RC_EMBARGO);
	assert_string_equal(policy_rule_info(p, proof.first.without.cell.rule)->id, "b");
}

static void
what_goes_into_a_pseudonym_is_told_with_it(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL,
	    RULE("recipients: [cops], fields: [persons.family_name], action: "
	         "pseudonymise"),
	    "never: given, fields: [persons.birth_date]");
	struct proof   proof;
	policy_prove(p, 0, &proof);
	assert_string_equal(proof.first.field->path, "persons.birth_date");
	assert_string_equal(proof.first.inside->path, "persons.family_name");
	assert_int_equal(
	    proof.first.found.cell.action, SLUIS__ACTION__ACTION_PSEUDONYMISE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_never_given_is_proved),
	    cmocka_unit_test(given_means_anything_but_withheld),
	    cmocka_unit_test(what_goes_into_a_pseudonym_is_given),
	    cmocka_unit_test(each_filter_narrows),
	    cmocka_unit_test(facts_narrow_as_in_a_rule),
	    cmocka_unit_test(purposes_are_told_apart),
	    cmocka_unit_test(a_desk_without_a_seat_sits_with_its_role),
	    cmocka_unit_test(a_fact_that_opens_is_found),
	    cmocka_unit_test(one_fact_is_compared_with_another),
	    cmocka_unit_test(whatever_is_not_so_is_compared_with_what_is),
	    cmocka_unit_test(a_role_is_compared_with_every_other),
	    cmocka_unit_test(an_embargo_goes_with_what_depends_on_it),
	    cmocka_unit_test(a_coarser_value_is_narrower),
	    cmocka_unit_test(who_is_refused_or_excluded_gets_nothing),
	    cmocka_unit_test(what_speaks_of_nothing_is_not_called_proved),
	    cmocka_unit_test(every_combination_of_every_place_and_field_counts),
	    cmocka_unit_test(the_counterexample_says_where_what_and_by_which_rule),
	    cmocka_unit_test(facts_that_do_not_matter_are_left_out),
	    cmocka_unit_test(the_counterexample_with_the_fewest_facts_is_told),
	    cmocka_unit_test(a_comparison_shows_both_sides),
	    cmocka_unit_test(a_refusal_on_the_other_side_tells_its_bar),
	    cmocka_unit_test(what_goes_into_a_pseudonym_is_told_with_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
