/* SPDX-License-Identifier: EUPL-1.2 */
/* policy/hints.h: what a signal makes one think of, the call to 112 first. */
#include "policy/hints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "proto/pbjson.h"

/* The hints on JSON are WANT, in that order, with a space after each. */
static void
assert_hints(const char *json, const char *want)
{
	AUTO(message_destroy) ProtobufCMessage *signal         = NULL;
	const char                             *ids[HINTS_MAX] = {NULL};
	char                                    got[512]       = "";
	assert_int_equal(
	    pbjson_parse(&sluis__signal__descriptor, slice_str(json), &signal, NULL),
	    RC_OK);
	size_t n = hints_of_signal((const Sluis__Signal *)signal, ids);
	assert_true(n <= HINTS_MAX);
	for (size_t i = 0; i < n; i++) strcat(strcat(got, ids[i]), " ");
	assert_string_equal(got, want);
}

static void
a_signal_that_says_little_has_no_hint(void **state)
{
	(void)state;
	assert_hints("{}", "");
	assert_hints("{\"meta\":{\"urgent\":false}}", "");
	assert_hints("{\"persons\":[{\"role\":\"SUSPECT\"}]}", "");
	assert_hints("{\"meta\":{\"origin\":\"ANONYMOUS_REPORT\"}}", "");
	assert_hints("{\"reporter\":{\"name\":\"x\"}}", "");
}

static void
urgency_emergency_and_danger_each_call_112_first(void **state)
{
	(void)state;
	assert_hints("{\"meta\":{\"urgent\":true}}", "call_112 ");
	assert_hints("{\"handling\":{\"emergency\":true}}", "call_112 ");
	assert_hints("{\"persons\":[{\"role\":\"VICTIM\",\"threat\":{\"level\":"
	             "\"ACUTE_DANGER\"}}]}",
	    "call_112 meldcode_veilig_thuis ");
	assert_hints(
	    "{\"persons\":[{\"role\":\"VICTIM\",\"threat\":{\"level\":\"THREATENED\"}}]}",
	    "meldcode_veilig_thuis ");
}

static void
a_victim_in_view_and_none_lead_to_different_desks(void **state)
{
	(void)state;
	assert_hints("{\"persons\":[{\"role\":\"VICTIM\"}],\"exploitation\":{\"types\":"
	             "[\"FORCED_LABOUR\"]}}",
	    "meldcode_veilig_thuis ");
	assert_hints("{\"exploitation\":{\"types\":[\"FORCED_LABOUR\"]}}",
	    "meldpunt_ondermijning ");
	assert_hints("{\"persons\":[{\"role\":\"SUSPECT\"}],\"exploitation\":{\"types\":"
	             "[\"FORCED_LABOUR\"]}}",
	    "meldpunt_ondermijning ");
}

static void
residence_hints_at_shelter_and_at_the_reflection_period(void **state)
{
	(void)state;
	assert_hints("{\"persons\":[{\"role\":\"VICTIM\",\"residence_status\":{\"kind\":"
	             "\"NO_STATUS\"}}]}",
	    "meldcode_veilig_thuis cosm ");
	assert_hints("{\"persons\":[{\"role\":\"VICTIM\",\"residence_status\":{\"kind\":"
	             "\"REFLECTION_PERIOD\"}}]}",
	    "meldcode_veilig_thuis reflection_period ");
	assert_hints("{\"persons\":[{\"role\":\"VICTIM\",\"residence_status\":{"
	             "\"reflection_ends_on\":\"2026-12-01\"}}]}",
	    "meldcode_veilig_thuis reflection_period ");
	assert_hints("{\"persons\":[{\"role\":\"VICTIM\",\"residence_status\":{\"kind\":"
	             "\"B8_PERMIT\"}}]}",
	    "meldcode_veilig_thuis ");
}

static void
what_will_be_refused_is_hinted_at_before(void **state)
{
	(void)state;
	assert_hints("{\"planned_interventions\":[{\"kind\":\"CONTROL\","
	             "\"effect_on_victim\":\"  \"}]}",
	    "effect_on_victim ");
	assert_hints("{\"meta\":{\"origin\":\"ANONYMOUS_REPORT\"},\"reporter\":{\"name\":"
	             "\"x\"}}",
	    "reporter_anonymous ");
	assert_hints(
	    "{\"planned_interventions\":[{\"kind\":\"CONTROL\"}]}", "effect_on_victim ");
	assert_hints("{\"planned_interventions\":[{\"kind\":\"CONTROL\","
	             "\"effect_on_victim\":\"x\"},{\"kind\":\"CONTROL\"}]}",
	    "effect_on_victim ");
	assert_hints("{\"planned_interventions\":[{\"kind\":\"CONTROL\","
	             "\"effect_on_victim\":\"x\"}]}",
	    "");
}

static void
an_outline_hints_at_what_it_can_know(void **state)
{
	(void)state;
	const char     *ids[HINTS_MAX];
	struct fieldset present = {{0}};
	assert_int_equal(hints_of_outline(0, 0, &present, ids), 0);
	assert_int_equal(
	    hints_of_outline(fact_bit(FACT_URGENT), fact_bit(FACT_VICTIM), &present, ids),
	    2);
	assert_string_equal(ids[0], "call_112");
	assert_string_equal(ids[1], "meldcode_veilig_thuis");
	fieldset_add(
	    &present, schema_find("persons.residence_status.reflection_ends_on")->index);
	assert_int_equal(hints_of_outline(0, 0, &present, ids), 1);
	assert_string_equal(ids[0], "reflection_period");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signal_that_says_little_has_no_hint),
	    cmocka_unit_test(urgency_emergency_and_danger_each_call_112_first),
	    cmocka_unit_test(a_victim_in_view_and_none_lead_to_different_desks),
	    cmocka_unit_test(residence_hints_at_shelter_and_at_the_reflection_period),
	    cmocka_unit_test(what_will_be_refused_is_hinted_at_before),
	    cmocka_unit_test(an_outline_hints_at_what_it_can_know),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
