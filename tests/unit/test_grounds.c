/* SPDX-License-Identifier: EUPL-1.2 */
/* test_grounds.c - each field once per action and rule, and never what was withheld where
 * a recipient looks. */
#include "broker/grounds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "support/bundle.h"

enum {
	RELEASE  = SLUIS__ACTION__ACTION_RELEASE,
	WITHHOLD = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDO   = SLUIS__ACTION__ACTION_PSEUDONYMISE,
};

static struct policy *policy;

static int
make(void **state)
{
	(void)state;
	policy = bundle_policy(bundle_shipped());
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	policy_destroy(&policy);
	return 0;
}

static void
add(struct grounds *g, int action, int rule, const char *path)
{
	const struct schema_field *f = schema_find(path);
	assert_non_null(f);
	assert_int_equal(grounds_add(g, (uint8_t)action, (uint16_t)rule, f), RC_OK);
}

static size_t
count_paths(const Sluis__RuleGroup *g)
{
	struct slice rest = slice_of(g->paths.data, g->paths.len);
	size_t       n    = 0;
	while (rest.n != 0) {
		const struct schema_field *f = NULL;
		assert_int_equal(schema_unpack(&rest, &f), RC_OK);
		n++;
	}
	return n;
}

static struct grounds
some(void)
{
	struct grounds g = {0};
	add(&g, RELEASE, 3, "persons.gender");
	add(&g, WITHHOLD, RULE_NONE, "persons.bsn");
	add(&g, RELEASE, 3, "persons.nationality");
	add(&g, RELEASE, 3, "persons.gender"); /* of another record */
	add(&g, WITHHOLD, 5, "narrative.text");
	add(&g, PSEUDO, 3, "persons.family_name");
	return g;
}

static void
a_field_stands_once_per_action_and_rule(void **state)
{
	AUTO(grounds_wipe) struct grounds g    = some();
	Sluis__RuleGroup                **list = NULL;
	size_t                            n    = 0;
	(void)state;
	assert_int_equal(
	    grounds_to_groups(&g, policy, GROUNDS_ALL, false, &n, &list), RC_OK);
	assert_int_equal(n, 4);
	assert_int_equal(list[0]->action, RELEASE);
	assert_int_equal(count_paths(list[0]), 2);
	assert_string_equal(list[0]->rule, policy_rule_info(policy, 3)->id);
	assert_null(list[0]->article);
	rule_groups_free(n, list);
}

static void
the_released_part_tells_nothing_of_what_was_withheld(void **state)
{
	AUTO(grounds_wipe) struct grounds g    = some();
	Sluis__RuleGroup                **list = NULL;
	size_t                            n    = 0;
	(void)state;
	assert_int_equal(
	    grounds_to_groups(&g, policy, GROUNDS_RELEASED, true, &n, &list), RC_OK);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		assert_int_not_equal(list[i]->action, WITHHOLD);
		assert_non_null(list[i]->article);
	}
	rule_groups_free(n, list);
}

static void
the_withheld_part_is_the_rest(void **state)
{
	AUTO(grounds_wipe) struct grounds g    = some();
	Sluis__RuleGroup                **list = NULL;
	size_t                            n    = 0;
	(void)state;
	assert_int_equal(
	    grounds_to_groups(&g, policy, GROUNDS_WITHHELD, true, &n, &list), RC_OK);
	assert_int_equal(n, 2);
	assert_null(list[0]->rule); /* silence has no rule */
	assert_null(list[0]->article);
	assert_string_equal(list[1]->rule, policy_rule_info(policy, 5)->id);
	rule_groups_free(n, list);
}

static void
no_field_makes_no_group(void **state)
{
	struct grounds     g    = {0};
	Sluis__RuleGroup **list = NULL;
	size_t             n    = 7;
	(void)state;
	assert_int_equal(
	    grounds_to_groups(&g, policy, GROUNDS_ALL, true, &n, &list), RC_OK);
	assert_int_equal(n, 0);
	rule_groups_free(n, list);
	rule_groups_free(0, NULL);
}

static void
every_field_under_a_rule_of_its_own_is_kept(void **state)
{
	AUTO(grounds_wipe) struct grounds g    = {0};
	const struct schema              *s    = schema_signal();
	Sluis__RuleGroup                **list = NULL;
	size_t                            n    = 0;
	(void)state;
	for (size_t i = 0; i < s->n_fields; i++)
		assert_int_equal(
		    grounds_add(&g, RELEASE, (uint16_t)(i % policy_n_rules(policy)),
		        &s->fields[i]),
		    RC_OK);
	assert_int_equal(
	    grounds_to_groups(&g, policy, GROUNDS_RELEASED, false, &n, &list), RC_OK);
	size_t paths = 0;
	for (size_t i = 0; i < n; i++) paths += count_paths(list[i]);
	assert_int_equal(paths, s->n_fields);
	rule_groups_free(n, list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_field_stands_once_per_action_and_rule),
	    cmocka_unit_test(the_released_part_tells_nothing_of_what_was_withheld),
	    cmocka_unit_test(the_withheld_part_is_the_rest),
	    cmocka_unit_test(no_field_makes_no_group),
	    cmocka_unit_test(every_field_under_a_rule_of_its_own_is_kept),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
