/* SPDX-License-Identifier: EUPL-1.2 */
/* test_shift.c - what a step into another convenant or phase gains and loses. */
#include "policy/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

#define CITY "00000099000000000010"
#define COPS "00000099000000000020"
#define CARE "00000099000000000030"
#define TAX "00000099000000000040"

enum {
	WITHHOLD   = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDONYM  = SLUIS__ACTION__ACTION_PSEUDONYMISE,
	GENERALISE = SLUIS__ACTION__ACTION_GENERALISE,
	RELEASE    = SLUIS__ACTION__ACTION_RELEASE
};

#define FACT(f) ((factset)1 << (f))
static const factset adult_victim = FACT(FACT_VICTIM) | FACT(FACT_ADULT),
                     minor_victim = FACT(FACT_VICTIM) | FACT(FACT_MINOR),
                     suspect      = FACT(FACT_SUSPECT) | FACT(FACT_ADULT);

/* Phase 2 opens the names of adult victims to care, and takes the sector from it. */
static const char rules[] =
    "  - {id: form, article: A, recipients: [care, cops], categories: [form],\n"
    "     action: release}\n"
    "  - {id: sector, article: A, recipients: [care], categories: [sector],\n"
    "     phases: ['1'], action: release}\n"
    "  - {id: who, article: A, recipients: [care], fields: [persons.family_name],\n"
    "     from_phase: '2', when: [victim, adult], action: release}\n"
    "  - {id: year, article: A, recipients: [care], fields: [persons.birth_date],\n"
    "     from_phase: '2', when: [victim, minor], action: generalise, to: year}\n"
    "  - {id: cops, article: A, recipients: [care], sources: [cops],\n"
    "     categories: [place_coarse], from_phase: '2', action: release}\n"
    "  - {id: anon, article: A, for: non_signatory, recipients: [tax],\n"
    "     categories: [form], from_phase: '3', action: release}\n";

static struct policy *p;

static int
make(void **state)
{
	(void)state;
	p = bundle_policy(bundle_small(NULL, rules));
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	policy_destroy(&p);
	return 0;
}

static const struct place one = {"t", "1", "help"}, two = {"t", "2", "help"},
                          three = {"t", "3", "help"}, nothing = {NULL, NULL, NULL};

static const char *const from_city[][2] = {{CITY, "front"}};
static const char *const from_both[][2] = {{CITY, "front"}, {COPS, "vice"}};

static struct shift out[SHIFTS_MAX];

static size_t
shifts(const struct place *before, const struct place *after, const char *to)
{
	return policy_shifts(
	    p, before, after, 2, from_both, to, NULL, day("2025-06-01"), NULL, 0, out);
}

static const struct shift *
shift_of(size_t n, const char *category, factset record)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(out[i].category, category) == 0 && out[i].record == record)
			return &out[i];
	return NULL;
}

static void
is(size_t n, const char *category, factset record, uint8_t before, uint8_t after)
{
	const struct shift *s = shift_of(n, category, record);
	if (s == NULL) fail_msg("no shift of %s", category);
	assert_int_equal(s->before, before);
	assert_int_equal(s->after, after);
}

static void
the_same_place_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(shifts(&one, &one, CARE), 0);
	assert_int_equal(shifts(&two, &two, CARE), 0);
	assert_int_equal(shifts(&nothing, &nothing, CARE), 0);
	assert_int_equal(shifts(&one, &two, COPS), 0);
}

static void
what_is_gained_and_lost_is_told_per_kind_of_person(void **state)
{
	(void)state;
	size_t n = shifts(&one, &two, CARE);
	assert_int_equal(n, 4);
	is(n, "sector", 0, RELEASE, WITHHOLD);
	is(n, "identity", adult_victim, WITHHOLD, RELEASE);
	is(n, "identity", minor_victim, WITHHOLD, GENERALISE);
	is(n, "place_coarse", 0, WITHHOLD, RELEASE);
	assert_null(shift_of(n, "identity", suspect));
	assert_null(shift_of(n, "form", 0));
	assert_string_equal(
	    policy_rule_info(p, shift_of(n, "identity", adult_victim)->rule)->id, "who");
	assert_int_equal(shift_of(n, "sector", 0)->rule, RULE_NONE);
	/* and back: the same the other way round */
	assert_int_equal(shifts(&two, &one, CARE), n);
	is(n, "sector", 0, WITHHOLD, RELEASE);
	is(n, "identity", minor_victim, GENERALISE, WITHHOLD);
}

static void
a_source_that_may_not_supply_it_gives_nothing(void **state)
{
	(void)state;
	size_t n = policy_shifts(
	    p, &one, &two, 1, from_city, CARE, NULL, day("2025-06-01"), NULL, 0, out);
	assert_int_equal(n, 3);
	assert_null(shift_of(n, "place_coarse", 0));
	assert_int_equal(policy_shifts(p, &one, &two, 0, NULL, CARE, NULL,
	                     day("2025-06-01"), NULL, 0, out),
	    0);
}

static void
nobody_shifts_what_it_supplies_itself(void **state)
{
	(void)state;
	static const char *const from_care[][2] = {{CARE, "help"}};
	assert_int_equal(policy_shifts(p, &nothing, &one, 1, from_care, CARE, "help",
	                     day("2025-06-01"), NULL, 0, out),
	    0);
}

static void
from_nothing_everything_is_gained_and_into_nothing_lost(void **state)
{
	(void)state;
	size_t n = shifts(&nothing, &one, CARE);
	assert_int_equal(n, 2);
	is(n, "form", 0, WITHHOLD, RELEASE);
	assert_int_equal(shifts(&one, &nothing, CARE), 2);
	is(n, "form", 0, RELEASE, WITHHOLD);
}

static void
who_did_not_sign_gains_what_that_gives_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(shifts(&one, &two, TAX), 0);
	assert_int_equal(shifts(&one, &three, TAX), 1);
	is(1, "form", 0, WITHHOLD, RELEASE);
}

static void
a_term_that_ended_and_a_stranger_get_nothing(void **state)
{
	(void)state;
	assert_int_equal(policy_shifts(p, &one, &two, 2, from_both, CARE, NULL,
	                     day("2031-01-01"), NULL, 0, out),
	    0);
	assert_int_equal(shifts(&one, &two, "00000099000000099999"), 0);
	static const struct place unknown = {"u", "1", "help"}, odd = {"t", "9", "help"};
	assert_int_equal(shifts(&unknown, &odd, CARE), 0);
	assert_int_equal(shifts(&one, &odd, CARE), 2); /* all that there was is lost */
}

static void
the_order_is_that_of_the_categories(void **state)
{
	(void)state;
	size_t n = shifts(&one, &two, CARE), last = 0;
	for (size_t i = 0; i < n; i++) {
		size_t at = 0;
		while (strcmp(policy_category_at(p, at)->id, out[i].category) != 0) at++;
		assert_true(at >= last);
		last = at;
	}
}

/* The shipped tracks: to the ZVH the police lose nothing that they had before. */
static void
the_shipped_tracks_shift_as_the_chart_says(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *shipped   = bundle_policy(bundle_shipped());
	static const char *const            from[][2] = {
	               {"00000099000000010000", "aandachtfunctionaris"}};
	static const struct place before = {"afstemming", "1", "duiding"},
	                          riec   = {"riec", "1", "casusoverleg"},
	                          zorg   = {"zorg", "1", "hulpverlening"};
	size_t n = policy_shifts(shipped, &before, &riec, 1, from, "00000099000000020000",
	    "avim", day("2026-11-21"), NULL, 0, out);
	is(n, "identity", adult_victim, PSEUDONYM, RELEASE);
	n = policy_shifts(shipped, &before, &zorg, 1, from, "00000099000000020000",
	    "avim", day("2026-11-21"), NULL, 0, out);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) assert_int_equal(out[i].after, WITHHOLD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_place_changes_nothing),
	    cmocka_unit_test(what_is_gained_and_lost_is_told_per_kind_of_person),
	    cmocka_unit_test(a_source_that_may_not_supply_it_gives_nothing),
	    cmocka_unit_test(nobody_shifts_what_it_supplies_itself),
	    cmocka_unit_test(from_nothing_everything_is_gained_and_into_nothing_lost),
	    cmocka_unit_test(who_did_not_sign_gains_what_that_gives_and_no_more),
	    cmocka_unit_test(a_term_that_ended_and_a_stranger_get_nothing),
	    cmocka_unit_test(the_order_is_that_of_the_categories),
	    cmocka_unit_test(the_shipped_tracks_shift_as_the_chart_says),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
