/* SPDX-License-Identifier: EUPL-1.2 */
/* test_change.c - what the engine says would change a ruling, in the reader's language.
 */
#include "client/command/policy/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "client/command/translate.h"

static char out[CHANGE_TEXT_MAX];

static void
assert_dutch(const char *english, const char *dutch)
{
	translate_choose("nl");
	assert_string_equal(change_translate(english, out), dutch);
}

static void
ids_stand_where_they_stood(void **state)
{
	(void)state;
	assert_dutch("a purpose of riec: casusoverleg, knelpunten, scan",
	    "een doel van riec: casusoverleg, knelpunten, scan");
	assert_dutch("a date from 2025-03-01 until 2028-12-31, when convenant zvh is in "
	             "force",
	    "een datum van 2025-03-01 tot en met 2028-12-31, als convenant zvh van "
	    "kracht "
	    "is");
	assert_dutch("phase 2", "fase 2");
}

static void
each_part_is_translated(void **state)
{
	(void)state;
	assert_dutch(
	    "all of: victim; one of: consent_enforcement, emergency; none of: minor",
	    "dit alles: victim; een van: consent_enforcement, emergency; niets van: "
	    "minor");
	assert_dutch("convenant zvh is registered; its file names no registration",
	    "convenant zvh is geregistreerd; zijn bestand noemt geen registratie");
}

static void
english_stays_as_it_came(void **state)
{
	static const char text[] = "no longer all of: cie; one of: adult";

	(void)state;
	translate_choose("en");
	assert_string_equal(change_translate(text, out), text);
}

static void
what_is_not_recognised_stays_as_it_came(void **state)
{
	(void)state;
	assert_dutch("", "");
	assert_dutch("; ", "; ");
	assert_dutch("phase", "phase");
	assert_dutch("a purpose of riec", "a purpose of riec");
	assert_dutch("a sentence of tomorrow; phase 2", "a sentence of tomorrow; fase 2");
	assert_dutch("%s%n *", "%s%n *");
}

static void
what_is_too_long_is_cut_short(void **state)
{
	char text[CHANGE_TEXT_MAX * 2];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text, "all of: ", 8);
	translate_choose("nl");
	assert_int_equal(strlen(change_translate(text, out)), CHANGE_TEXT_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_stand_where_they_stood),
	    cmocka_unit_test(each_part_is_translated),
	    cmocka_unit_test(english_stays_as_it_came),
	    cmocka_unit_test(what_is_not_recognised_stays_as_it_came),
	    cmocka_unit_test(what_is_too_long_is_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
