/* SPDX-License-Identifier: EUPL-1.2 */
/* test_names.c - who is meant by --to, and what names nobody. */
#include "client/command/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/handle.h"

static struct sluis_party parties[] = {
    {"meldpunt", "Gemeente", "00000099000000010000", "municipality", "meldpunt"},
    {"aandacht", "Gemeente", "00000099000000010000", "municipality", "aandacht"},
    {"politie", "Politie", "00000099000000020000", "police", "avim"},
    {"zorg-a", "Zorg A", "00000099000000040000", "zorgcoordinator", "zorg"},
    {"zorg-b", "Zorg B", "00000099000000050000", "zorgcoordinator", "zorg"},
};

static struct sluis       region = {.parties = parties, .folder.region.n_members = 5};
static struct named       named[NAMED_MAX];
static size_t             n_named;
static struct sluis_error error;

static const char *
alias(void *arg, const char *text)
{
	(void)arg;
	return strcmp(text, "gemeente") == 0 ? "municipality" : NULL;
}

static rc
resolve(const char *list)
{
	struct directory d = {.region = &region, .role = alias, .arg = NULL};

	n_named = 0;
	memset(named, 0, sizeof named);
	return names_resolve(&d, list, named, &n_named, &error);
}

static void
a_name_is_one_desk(void **state)
{
	(void)state;
	assert_int_equal(resolve("politie"), RC_OK);
	assert_int_equal(n_named, 1);
	assert_string_equal(named[0].oin, "00000099000000020000");
	assert_string_equal(named[0].desk, "avim");
	assert_int_equal(resolve("POLITIE"), RC_OK);
}

static void
a_role_or_alias_is_the_party_that_has_it(void **state)
{
	(void)state;
	assert_int_equal(resolve("police"), RC_OK);
	assert_string_equal(named[0].oin, "00000099000000020000");
	assert_int_equal(resolve("gemeente"), RC_OK);
	assert_string_equal(named[0].oin, "00000099000000010000");
	assert_string_equal(named[0].desk, ""); /* it has several: its default one */
}

static void
a_desk_may_be_added(void **state)
{
	(void)state;
	assert_int_equal(resolve("gemeente/aandacht,00000099000000070000/riec"), RC_OK);
	assert_int_equal(n_named, 2);
	assert_string_equal(named[0].desk, "aandacht");
	assert_string_equal(named[1].oin, "00000099000000070000");
	assert_string_equal(named[1].desk, "riec");
}

static void
an_oin_needs_no_entry_in_the_region(void **state)
{
	(void)state;
	assert_int_equal(resolve("00000099000000990000"), RC_OK);
	assert_string_equal(named[0].desk, "");
}

static void
an_empty_audience_reaches_nobody(void **state)
{
	(void)state;
	assert_int_equal(resolve(""), RC_EMPTY_AUDIENCE);
	assert_int_equal(resolve(",,"), RC_EMPTY_AUDIENCE);
	assert_int_equal(n_named, 0);
}

static void
one_unknown_word_refuses_the_whole_list(void **state)
{
	(void)state;
	assert_int_equal(resolve("politie,polite"), RC_UNKNOWN_RECIPIENT);
	assert_string_equal(error.where, "polite");
	assert_int_equal(n_named, 0);
}

static void
a_role_of_two_parties_is_ambiguous(void **state)
{
	(void)state;
	assert_int_equal(resolve("zorgcoordinator"), RC_USAGE);
	assert_string_equal(error.where, "zorgcoordinator");
}

static void
who_is_named_twice_is_one_recipient(void **state)
{
	(void)state;
	assert_int_equal(
	    resolve("politie,police,POLITIE,00000099000000020000/avim"), RC_OK);
	assert_int_equal(n_named, 1);
	assert_int_equal(resolve("politie,meldpunt,aandacht,politie"), RC_OK);
	assert_int_equal(n_named, 3); /* desks of one party are two */
}

static void
broken_words_are_refused(void **state)
{
	char many[(NAMED_MAX + 1) * 24] = "politie";

	(void)state;
	assert_int_equal(resolve("politie/"), RC_USAGE);
	assert_int_equal(
	    resolve("politie/a-desk-name-that-is-longer-than-thirty-two-bytes"),
	    RC_USAGE);
	assert_int_equal(resolve("0000009900000002000"), RC_UNKNOWN_RECIPIENT);
	for (int i = 0; i < NAMED_MAX; i++)
		(void)snprintf(many + strlen(many), 24, ",000000990000001%05d", i);
	assert_int_equal(resolve(many), RC_USAGE);
}

static void
labels_prefer_the_short_name(void **state)
{
	char out[LABEL_MAX];

	(void)state;
	assert_string_equal(
	    names_label(&region, "00000099000000020000", "avim", out), "politie");
	assert_string_equal(names_label(&region, "00000099000000020000", "other", out),
	    "00000099000000020000/other");
	assert_string_equal(
	    names_label(NULL, "00000099000000020000", "", out), "00000099000000020000");
}

static void
ids_are_thirty_two_hex_digits(void **state)
{
	uint8_t id[ID_BYTES];

	(void)state;
	assert_true(id_parse("00112233445566778899aabbccddeeff", id));
	assert_int_equal(id[15], 0xff);
	assert_false(id_parse("00112233445566778899aabbccddeef", id));
	assert_false(id_parse("00112233445566778899aabbccddeefg", id));
	assert_false(id_parse("", id));
	assert_int_equal(
	    id_find("../x", "/nonexistent", "inbox", "delivery", NULL, id), RC_USAGE);
	assert_int_equal(
	    id_find("abc", "/nonexistent", "inbox", "delivery", NULL, id), RC_USAGE);
	assert_int_equal(
	    id_find("abcd", "/nonexistent", "inbox", "delivery", NULL, id), RC_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_is_one_desk),
	    cmocka_unit_test(a_role_or_alias_is_the_party_that_has_it),
	    cmocka_unit_test(a_desk_may_be_added),
	    cmocka_unit_test(an_oin_needs_no_entry_in_the_region),
	    cmocka_unit_test(an_empty_audience_reaches_nobody),
	    cmocka_unit_test(one_unknown_word_refuses_the_whole_list),
	    cmocka_unit_test(a_role_of_two_parties_is_ambiguous),
	    cmocka_unit_test(who_is_named_twice_is_one_recipient),
	    cmocka_unit_test(broken_words_are_refused),
	    cmocka_unit_test(labels_prefer_the_short_name),
	    cmocka_unit_test(ids_are_thirty_two_hex_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
