/* SPDX-License-Identifier: EUPL-1.2 */
/* test_filter.c - which entries an auditor's words mean. */
#include "client/command/audit/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"

static void
test_an_article_is_named_as_a_whole(void **state)
{
	(void)state;
	assert_true(article_names("Besluit WGS 2.15", "Besluit WGS 2.15"));
	assert_true(article_names("Besluit WGS 2.15", "wgs 2.15"));
	assert_true(article_names("WGS 1.1(2)", "WGS 1.1"));
	assert_true(article_names("AVG 5(1)(c), 10", "10"));
	assert_true(article_names("AVG 5(1)(c), 10", "AVG 5(1)(c)"));
	assert_true(article_names("WGS 1.7(4); AVG 9(2)(a)", "AVG 9"));
}

static void
test_an_article_is_not_named_by_part_of_a_number_or_word(void **state)
{
	(void)state;
	assert_false(article_names("WGS 1.16", "WGS 1.1"));
	assert_false(article_names("WGS 12.24", "2.24"));
	assert_false(article_names("WGS 2.24", "24"));
	assert_false(article_names("Besluit WGS 2.15", "sluit"));
	assert_false(article_names("BWGS 2.15", "WGS"));
	assert_false(article_names("WGSB 2.15", "WGS"));
	assert_false(article_names("WGS 2.15", ""));
	assert_false(article_names("", "WGS"));
	assert_false(article_names("AVG 5", "AVG 5(1)"));
}

static void
take(struct filter *f, const struct sluis_entry *e, bool wanted)
{
	bool taken = !wanted;

	assert_int_equal(RC_OK, filter_take(f, e, &taken));
	assert_int_equal(wanted, taken);
}

static struct sluis_entry
entry(uint64_t index, const char *kind)
{
	return (struct sluis_entry){.index = index,
	    .kind                          = kind,
	    .time_ms                       = 1000 + index,
	    .sender_oin                    = "00000001000000000000",
	    .sender_desk                   = "meldpunt",
	    .recipient_oin                 = "00000002000000000000",
	    .recipient_desk                = "avim",
	    .convenant                     = "zvh",
	    .phase                         = "1",
	    .purpose                       = "",
	    .code                          = "",
	    .rule                          = "",
	    .refers_to                     = SLUIS_NO_ENTRY,
	    .bundle                        = "",
	    .subject                       = "",
	    .user                          = ""};
}

static void
test_a_moment_is_in_from_and_not_in_until(void **state)
{
	AUTO(filter_wipe) struct filter f = {.from_ms = 1001, .until_ms = 1003};
	struct sluis_entry              e = entry(0, "ruling");

	(void)state;
	for (uint64_t i = 0; i < 5; i++) {
		e = entry(i, "ruling");
		take(&f, &e, i == 1 || i == 2);
	}
}

static void
test_a_desk_is_not_its_neighbour(void **state)
{
	AUTO(filter_wipe) struct filter f = {.by_party = true};
	struct sluis_entry              e = entry(0, "ruling");

	(void)state;
	(void)snprintf(f.party.oin, sizeof f.party.oin, "%s", e.recipient_oin);
	take(&f, &e, true);
	(void)snprintf(f.party.desk, sizeof f.party.desk, "avim");
	take(&f, &e, true);
	(void)snprintf(f.party.desk, sizeof f.party.desk, "avi");
	take(&f, &e, false);
	(void)snprintf(f.party.desk, sizeof f.party.desk, "meldpunt"); /* the sender's */
	take(&f, &e, false);
}

static void
test_field_action_and_article_hold_of_one_field(void **state)
{
	AUTO(filter_wipe) struct filter f     = {.by_field = true, .article = "AVG 9"};
	const struct sluis_field        two[] = {
	           {"persons.bsn", SLUIS_WITHHOLD, "a", "AVG 9(1)"},
	           {"persons.birth_date", SLUIS_RELEASE, "b", "WGS 1.7"},
        };
	struct sluis_entry e = entry(0, "ruling");

	(void)state;
	e.fields   = two;
	e.n_fields = 2;
	fieldset_add(&f.fields, schema_find("persons.bsn")->index);
	take(&f, &e, true);
	f.action = SLUIS_RELEASE;
	take(&f, &e, false); /* the other field is released */
	f.action = SLUIS_WITHHOLD;
	take(&f, &e, true);
	f.article = "WGS 1.7";
	take(&f, &e, false); /* the other field rests on that */
	f.by_field = false;
	f.action   = SLUIS_RELEASE;
	take(&f, &e, true);
}

static const uint8_t abab[ID_BYTES] = {0xab, 0xab}, ones[ID_BYTES] = {1, 1},
                     ones_too[ID_BYTES] = {1, 1, 7}, sevens[ID_BYTES] = {7, 7},
                     eights[ID_BYTES] = {8, 8};

static void
test_what_refers_to_a_taken_entry_is_taken(void **state)
{
	AUTO(filter_wipe) struct filter f = {.trace = {.asked = "abab"}};
	struct sluis_entry              e = entry(0, "ruling");

	(void)state;
	e.trace_id = abab;
	take(&f, &e, true);
	e           = entry(1, "acknowledged");
	e.refers_to = 0;
	take(&f, &e, true);
	e           = entry(2, "erased");
	e.refers_to = 1; /* and so on */
	take(&f, &e, true);
	e           = entry(3, "audit_read");
	e.refers_to = 0; /* where a reading began: not about it */
	take(&f, &e, false);
	e           = entry(4, "acknowledged");
	e.refers_to = 3;
	take(&f, &e, false);
	assert_int_equal(RC_OK, filter_end(&f));
}

static void
test_two_that_begin_alike_are_seen(void **state)
{
	AUTO(filter_wipe) struct filter f = {.case_id = {.asked = "0101"}};
	struct sluis_entry              e = entry(0, "case");

	(void)state;
	e.case_id = ones;
	take(&f, &e, true);
	e.index = 1;
	take(&f, &e, true);
	assert_false(f.case_id.several);
	e.case_id = ones_too;
	e.index   = 2;
	take(&f, &e, true);
	assert_true(f.case_id.several);
	e.case_id = ones; /* and stay seen */
	e.index   = 3;
	take(&f, &e, true);
	assert_true(f.case_id.several);
}

static void
test_trace_and_case_are_both_asked(void **state)
{
	AUTO(filter_wipe)
	struct filter      f = {.case_id = {.asked = "0101"}, .trace = {.asked = "0707"}};
	struct sluis_entry e = entry(0, "case");

	(void)state;
	e.case_id  = ones;
	e.trace_id = eights;
	take(&f, &e, false);
	e.trace_id = sevens;
	take(&f, &e, true);
	e.case_id = abab;
	take(&f, &e, false);
	e.case_id = NULL;
	take(&f, &e, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_article_is_named_as_a_whole),
	    cmocka_unit_test(test_an_article_is_not_named_by_part_of_a_number_or_word),
	    cmocka_unit_test(test_a_moment_is_in_from_and_not_in_until),
	    cmocka_unit_test(test_a_desk_is_not_its_neighbour),
	    cmocka_unit_test(test_field_action_and_article_hold_of_one_field),
	    cmocka_unit_test(test_what_refers_to_a_taken_entry_is_taken),
	    cmocka_unit_test(test_two_that_begin_alike_are_seen),
	    cmocka_unit_test(test_trace_and_case_are_both_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
