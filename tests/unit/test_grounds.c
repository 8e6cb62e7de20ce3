/* SPDX-License-Identifier: EUPL-1.2 */
/* test_grounds.c - each field once per action and rule, and never what was withheld where
 * a recipient looks. */
#include "broker/decision/grounds.h"

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
static struct scratch mem;

static int
make(void **state)
{
	(void)state;
	policy = bundle_policy(bundle_shipped());
	mem    = scratch_init(1024 * 1024);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	policy_destroy(&policy);
	scratch_wipe(&mem);
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
	AUTO(grounds_wipe) struct grounds g = some();
	struct rule_groups                list, brief;
	(void)state;
	assert_int_equal(grounds_in_scratch(&g, policy, GROUNDS_ALL, &mem, &list), RC_OK);
	assert_int_equal(list.n, 4);
	assert_int_equal(list.at[0]->action, RELEASE);
	assert_int_equal(count_paths(list.at[0]), 2);
	assert_string_equal(list.at[0]->rule, policy_rule_info(policy, 3)->id);
	assert_non_null(list.at[0]->article);
	assert_int_equal(rule_groups_short(&list, &mem, &brief), RC_OK);
	assert_int_equal(brief.n, 4);
	assert_null(brief.at[0]->article);
}

static void
the_released_part_tells_nothing_of_what_was_withheld(void **state)
{
	AUTO(grounds_wipe) struct grounds g = some();
	struct rule_groups                list;
	(void)state;
	assert_int_equal(
	    grounds_in_scratch(&g, policy, GROUNDS_RELEASED, &mem, &list), RC_OK);
	assert_int_equal(list.n, 2);
	for (size_t i = 0; i < list.n; i++) {
		assert_int_not_equal(list.at[i]->action, WITHHOLD);
		assert_non_null(list.at[i]->article);
	}
}

static void
the_withheld_part_is_the_rest(void **state)
{
	AUTO(grounds_wipe) struct grounds g = some();
	struct rule_groups                list;
	(void)state;
	assert_int_equal(
	    grounds_in_scratch(&g, policy, GROUNDS_WITHHELD, &mem, &list), RC_OK);
	assert_int_equal(list.n, 2);
	assert_null(list.at[0]->rule); /* silence has no rule */
	assert_null(list.at[0]->article);
	assert_string_equal(list.at[1]->rule, policy_rule_info(policy, 5)->id);
}

static void
no_field_makes_no_group(void **state)
{
	struct grounds     g    = {0};
	struct rule_groups list = {.n = 7};
	(void)state;
	assert_int_equal(grounds_in_scratch(&g, policy, GROUNDS_ALL, &mem, &list), RC_OK);
	assert_int_equal(list.n, 0);
}

static void
every_field_under_a_rule_of_its_own_is_kept(void **state)
{
	AUTO(grounds_wipe) struct grounds g = {0};
	const struct schema              *s = schema_signal();
	struct rule_groups                list;
	(void)state;
	for (size_t i = 0; i < s->n_fields; i++)
		assert_int_equal(
		    grounds_add(&g, RELEASE, (uint16_t)(i % policy_n_rules(policy)),
		        &s->fields[i]),
		    RC_OK);
	assert_int_equal(
	    grounds_in_scratch(&g, policy, GROUNDS_RELEASED, &mem, &list), RC_OK);
	size_t paths = 0;
	for (size_t i = 0; i < list.n; i++) paths += count_paths(list.at[i]);
	assert_int_equal(paths, s->n_fields);
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
