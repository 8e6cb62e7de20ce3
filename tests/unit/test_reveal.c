/* SPDX-License-Identifier: EUPL-1.2 */
/* test_reveal.c - the forms of a question, and what two desks decide together. */
#include "broker/knowing/reveal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"

#define RELEASED SLUIS__REVEAL_VERDICT__REVEAL_RELEASED
#define REFUSED SLUIS__REVEAL_VERDICT__REVEAL_REFUSED
#define ORGANISATION SLUIS__REVEAL_VERDICT__REVEAL_ORGANISATION_ONLY
#define NONE SLUIS__REVEAL_VERDICT__REVEAL_VERDICT_UNSPECIFIED

static const struct seat_id asker = {"00000099000000020000", "avim"};

static void
a_path_is_that_of_a_field_with_its_places(void **state)
{
	(void)state;
	assert_string_equal(reveal_field("persons[0].bsn")->path, "persons.bsn");
	assert_string_equal(reveal_field("persons[63].residence.postcode")->path,
	    "persons.residence.postcode");
	assert_string_equal(reveal_field("vehicles[1].plate")->path, "vehicles.plate");
}

static void
what_has_not_the_form_of_a_path_is_none(void **state)
{
	static const char *const wrong[] = {"", "persons", "persons[0]", "persons[0].",
	    "persons[].bsn", "persons[0.bsn", "persons0].bsn", "persons[x].bsn",
	    "persons[0]bsn", "persons[0][1].bsn", "persons[1234].bsn", "persons[-1].bsn",
	    "persons[0].Jansen", "999990019", "[0]", "[0].bsn", "persons[0].bsn ",
	    " persons[0].bsn", "persons[0].bsn[0]x", "reporter.name\n"};
	char                     endless[400];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (reveal_field(wrong[i]) != NULL)
			fail_msg("'%s' is taken for a path", wrong[i]);
	assert_null(reveal_field(NULL));
	memset(endless, 'a', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	assert_null(reveal_field(endless));
}

static void
the_stricter_of_two_desks_counts(void **state)
{
	(void)state;
	assert_int_equal(reveal_both(RELEASED, RELEASED), RELEASED);
	assert_int_equal(reveal_both(RELEASED, ORGANISATION), ORGANISATION);
	assert_int_equal(reveal_both(ORGANISATION, RELEASED), ORGANISATION);
	assert_int_equal(reveal_both(ORGANISATION, ORGANISATION), ORGANISATION);
	assert_int_equal(reveal_both(RELEASED, REFUSED), REFUSED);
	assert_int_equal(reveal_both(REFUSED, RELEASED), REFUSED);
	assert_int_equal(reveal_both(ORGANISATION, REFUSED), REFUSED);
	assert_int_equal(reveal_both(REFUSED, ORGANISATION), REFUSED);
}

static Sluis__Sealed
box_of(size_t n, const char *oin, const char *desk)
{
	static uint8_t bytes[BOX_MAX + 1];
	Sluis__Sealed  box = SLUIS__SEALED__INIT;

	box.oin     = oin == NULL ? NULL : message_borrow(oin);
	box.desk    = desk == NULL ? NULL : message_borrow(desk);
	box.has_box = 1;
	box.box     = message_borrow_bytes(bytes, n);
	return box;
}

static void
a_box_is_for_the_asker_and_no_other_reader(void **state)
{
	Sluis__Sealed right = box_of(100, asker.oin, asker.desk);
	Sluis__Sealed desk  = box_of(100, asker.oin, "teamleiding");
	Sluis__Sealed party = box_of(100, "00000099000000010000", asker.desk);
	Sluis__Sealed none  = box_of(100, NULL, NULL);

	(void)state;
	assert_int_equal(reveal_check_box(&asker, RELEASED, &right), RC_OK);
	assert_int_equal(reveal_check_box(&asker, ORGANISATION, &right), RC_OK);
	assert_int_equal(reveal_check_box(&asker, RELEASED, &desk), RC_MALFORMED);
	assert_int_equal(reveal_check_box(&asker, RELEASED, &party), RC_MALFORMED);
	assert_int_equal(reveal_check_box(&asker, RELEASED, &none), RC_MALFORMED);
}

static void
a_box_is_there_when_something_is_told_and_only_then(void **state)
{
	Sluis__Sealed box = box_of(100, asker.oin, asker.desk);

	(void)state;
	assert_int_equal(reveal_check_box(&asker, RELEASED, NULL), RC_MALFORMED);
	assert_int_equal(reveal_check_box(&asker, ORGANISATION, NULL), RC_OK);
	assert_int_equal(reveal_check_box(&asker, REFUSED, NULL), RC_OK);
	assert_int_equal(reveal_check_box(&asker, REFUSED, &box), RC_MALFORMED);
}

static void
a_box_has_room_for_a_word_and_for_two_kilobytes(void **state)
{
	Sluis__Sealed empty = box_of(SEAL_BYTES, asker.oin, asker.desk);
	Sluis__Sealed least = box_of(SEAL_BYTES + 1, asker.oin, asker.desk);
	Sluis__Sealed most  = box_of(BOX_MAX, asker.oin, asker.desk);
	Sluis__Sealed more  = box_of(BOX_MAX + 1, asker.oin, asker.desk);

	(void)state;
	assert_int_equal(reveal_check_box(&asker, RELEASED, &empty), RC_MALFORMED);
	assert_int_equal(reveal_check_box(&asker, RELEASED, &least), RC_OK);
	assert_int_equal(reveal_check_box(&asker, RELEASED, &most), RC_OK);
	assert_int_equal(reveal_check_box(&asker, RELEASED, &more), RC_TOO_LARGE);
}

static void
only_known_words_count(void **state)
{
	(void)state;
	assert_false(reveal_what_known((Sluis__RevealWhat)0));
	assert_false(reveal_what_known((Sluis__RevealWhat)3));
	assert_false(reveal_ground_known((Sluis__RevealGround)0));
	assert_false(reveal_ground_known((Sluis__RevealGround)5));
	assert_null(reveal_verdict_name(NONE));
	assert_null(reveal_verdict_name((Sluis__RevealVerdict)4));
	assert_string_equal(reveal_verdict_name(ORGANISATION), "organisation_only");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_is_that_of_a_field_with_its_places),
	    cmocka_unit_test(what_has_not_the_form_of_a_path_is_none),
	    cmocka_unit_test(the_stricter_of_two_desks_counts),
	    cmocka_unit_test(a_box_is_for_the_asker_and_no_other_reader),
	    cmocka_unit_test(a_box_is_there_when_something_is_told_and_only_then),
	    cmocka_unit_test(a_box_has_room_for_a_word_and_for_two_kilobytes),
	    cmocka_unit_test(only_known_words_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
