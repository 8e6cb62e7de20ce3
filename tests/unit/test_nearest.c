/* SPDX-License-Identifier: EUPL-1.2 */
/* nearest_change(): the smallest change that alters an outcome is found, and is real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/nearest.h"
#include "support/bundle.h"

#define BIT(f) ((factset)1 << (f))
#define ADULT_VICTIM (BIT(FACT_VICTIM) | BIT(FACT_ADULT))

static struct role_question
usual(void)
{
	return (struct role_question){.convenant = "t",
	    .phase                               = "1",
	    .purpose                             = "help",
	    .sender                              = "city",
	    .recipient                           = "care",
	    .audience                            = AUDIENCE_SIGNATORY};
}

static struct ruling
ruled(const struct policy *p, struct role_question q)
{
	struct ruling r;
	policy_rule_roles(p, &q, &r);
	return r;
}

static unsigned
field(const char *path)
{
	assert_non_null(schema_find(path));
	return schema_find(path)->index;
}

static struct policy *asked; /* by the last opens() */

/* The nearest change that opens persons.bsn under RULES. */
static struct change
opens(const char *bars, const char *rules, struct role_question q, factset facts)
{
	struct change change;
	policy_destroy(&asked); /* what a change says is borrowed from its policy */
	asked           = bundle_policy(bundle_small(bars, rules));
	q.message       = facts;
	struct ruling r = ruled(asked, q);
	assert_true(nearest_change(&r, facts, field("persons.bsn"), true, &change));
	assert_int_equal(change.code, RC_OK);
	assert_true(change.becomes.action > SLUIS__ACTION__ACTION_WITHHOLD);
	return change;
}

static void
a_missing_consent_is_named(void **state)
{
	struct change c = opens(NULL,
	    "  - {id: r, article: A, recipients: [care], categories: [bsn], action: "
	    "release, "
	    "when: [consent_care]}\n",
	    usual(), ADULT_VICTIM);
	(void)state;
	assert_int_equal(c.n, 1);
	assert_int_equal(c.steps[0].kind, STEP_FACTS);
	assert_string_equal(c.steps[0].dimension, "consent_care");
}

static void
a_later_phase_is_named(void **state)
{
	struct change c = opens(NULL,
	    "  - {id: r, article: A, recipients: [care], categories: [bsn], action: "
	    "release, "
	    "from_phase: '2'}\n",
	    usual(), ADULT_VICTIM);
	(void)state;
	assert_int_equal(c.n, 1);
	assert_int_equal(c.steps[0].kind, STEP_PHASE);
	assert_string_equal(c.steps[0].id, "2"); /* the first that opens */
}

static void
another_source_purpose_desk_or_signature_is_named(void **state)
{
	static const struct {
		const char    *rule;
		enum step_kind kind;
		enum audience  audience;
	} all[] = {
	    {"recipients: [care], sources: [tax]", STEP_SENDER, AUDIENCE_SIGNATORY},
	    {"recipients: [care], purposes: [hunt]", STEP_PURPOSE, AUDIENCE_SIGNATORY},
	    {"recipients: [care/help]", STEP_RECIPIENT, AUDIENCE_SIGNATORY},
	    {"recipients: [care]", STEP_AUDIENCE, AUDIENCE_NON_SIGNATORY},
	};
	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char                 rule[200];
		struct role_question q = usual();
		q.audience             = (uint8_t)all[i].audience;
		snprintf(rule, sizeof rule,
		    "  - {id: r, article: A, %s, categories: [bsn], action: release}\n",
		    all[i].rule);
		struct change c = opens(NULL, rule, q, ADULT_VICTIM);
		assert_int_equal(c.n, 1);
		assert_int_equal(c.steps[0].kind, all[i].kind);
	}
}

static void
one_step_is_preferred_to_two(void **state)
{
	struct change c = opens(NULL,
	    "  - {id: r, article: A, recipients: [care], categories: [bsn], action: "
	    "release, "
	    "when: [consent_care, emergency]}\n"
	    "  - {id: s, article: A, recipients: [care], categories: [bsn], action: "
	    "release, "
	    "when: [trafficking]}\n",
	    usual(), ADULT_VICTIM);
	(void)state;
	assert_int_equal(c.n, 1);
	assert_string_equal(c.steps[0].dimension, "trafficking");
}

static void
what_people_can_bring_about_is_preferred(void **state)
{
	struct change c = opens(NULL,
	    "  - {id: r, article: A, recipients: [care], categories: [bsn], action: "
	    "release, "
	    "when: [suspect]}\n"
	    "  - {id: s, article: A, recipients: [care], categories: [bsn], action: "
	    "release, "
	    "when: [consent_care]}\n",
	    usual(), ADULT_VICTIM);
	(void)state;
	assert_string_equal(c.steps[0].dimension, "consent_care");
}

static void
two_and_three_steps_are_found(void **state)
{
	struct change c =
	    opens("  - {id: b, article: A, action: withhold, categories: [bsn], "
	          "when: [embargo]}\n",
	        "  - {id: r, article: A, recipients: [care], categories: [bsn], action: "
	        "release, "
	        "when: [consent_care], from_phase: '3'}\n",
	        usual(), ADULT_VICTIM | BIT(FACT_EMBARGO));
	(void)state;
	assert_int_equal(c.n, 3);
}

static void
where_nothing_opens_there_is_no_change(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(
	    bundle_small("  - {id: b, article: A, action: withhold, categories: [bsn]}\n",
	        "  - {id: r, article: A, recipients: [care], categories: [bsn, form], "
	        "action: "
	        "release}\n"));
	struct change c;
	struct ruling r = ruled(p, usual());
	(void)state;
	assert_false(nearest_change(&r, ADULT_VICTIM, field("persons.bsn"), true, &c));
	assert_false(nearest_change(&r, ADULT_VICTIM, field("persons.bsn"), false, &c));
}

static void
what_is_given_can_be_lost(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(
	    bundle_small(NULL, "  - {id: r, article: A, recipients: [care], categories: "
	                       "[bsn], action: release, "
	                       "unless: [embargo]}\n"));
	struct change c;
	struct ruling r = ruled(p, usual());
	(void)state;
	assert_true(nearest_change(&r, ADULT_VICTIM, field("persons.bsn"), false, &c));
	assert_int_equal(c.n, 1);
	assert_string_equal(c.steps[0].dimension, "embargo");
	assert_false(nearest_change(&r, ADULT_VICTIM, field("persons.bsn"), true, &c));
}

static void
facts_of_persons_open_no_other_field(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(bundle_small(NULL,
	    "  - {id: r, article: A, recipients: [care], categories: [form], action: "
	    "release, "
	    "when: [victim]}\n"
	    "  - {id: s, article: A, recipients: [care], categories: [bsn], action: "
	    "release}\n"));
	struct change  c;
	struct ruling  r = ruled(p, usual());
	(void)state;
	assert_false(nearest_change(&r, 0, field("exploitation.types"), true, &c));
}

static void
who_gets_no_seat_has_no_change(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(bundle_small(NULL,
	    "  - {id: r, article: A, recipients: [care], categories: [form], action: "
	    "release}\n"));
	struct change  c;
	(void)state;
	struct role_question q = usual();
	q.convenant            = "u";
	struct ruling r        = ruled(p, q);
	assert_false(nearest_change(&r, 0, field("exploitation.types"), true, &c));
	q           = usual();
	q.recipient = "tax";
	r           = ruled(p, q);
	assert_false(nearest_change(&r, 0, field("exploitation.types"), true, &c));
	q        = usual();
	q.sender = "cops"; /* of which only vice may send */
	r        = ruled(p, q);
	assert_false(nearest_change(&r, 0, field("exploitation.types"), true, &c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_missing_consent_is_named),
	    cmocka_unit_test(a_later_phase_is_named),
	    cmocka_unit_test(another_source_purpose_desk_or_signature_is_named),
	    cmocka_unit_test(one_step_is_preferred_to_two),
	    cmocka_unit_test(what_people_can_bring_about_is_preferred),
	    cmocka_unit_test(two_and_three_steps_are_found),
	    cmocka_unit_test(where_nothing_opens_there_is_no_change),
	    cmocka_unit_test(what_is_given_can_be_lost),
	    cmocka_unit_test(facts_of_persons_open_no_other_field),
	    cmocka_unit_test(who_gets_no_seat_has_no_change),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	policy_destroy(&asked);
	return failed;
}
