/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_merge.c - signals of one case, merged: nothing is lost, nobody is confused with
 * another, and what contradicts stands side by side.
 */
#include "client/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/files.h"

static json_t *pieces, *fields;

static int
start(void **state)
{
	(void)state;
	pieces = json_array();
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	json_decref(pieces);
	json_decref(fields);
	fields = NULL;
	return 0;
}

/* FROM says SIGNAL (JSON), and the broker STATEMENTS. */
static void
say(const char *from, int enriches, const char *signal, const char *statements)
{
	char id[16];

	(void)snprintf(id, sizeof id, "%zu", json_array_size(pieces));
	json_t *copy = json_pack("{s:s, s:s, s:I}", "id", id, "sender_oin", from,
	    "time_ms", (json_int_t)json_array_size(pieces));
	if (enriches != 0) (void)json_object_set_new(copy, "enriches", json_true());
	json_t *loaded = json_loads(signal, 0, NULL),
	       *said   = json_loads(statements, 0, NULL);
	assert_non_null(loaded);
	assert_non_null(said);
	assert_int_equal(
	    json_array_append_new(pieces, json_pack("{s:o, s:o, s:o}", "signal", loaded,
	                                      "statements", said, "copy", copy)),
	    0);
}

/* The field at PATH, or NULL. */
static const json_t *
field(const char *path)
{
	if (fields == NULL) fields = merge_pieces(pieces);
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *f = json_array_get(fields, i);
		if (strcmp(json_string_value(json_object_get(f, "path")), path) == 0)
			return f;
	}
	return NULL;
}

static const json_t *
value(const char *path, size_t i)
{
	const json_t *f = field(path);

	if (f == NULL) fail_msg("no field %s", path);
	return json_array_get(json_object_get(f, "values"), i);
}

static const char *
text(const char *path, size_t i)
{
	return json_string_value(json_object_get(value(path, i), "value"));
}

static const char *
source(const char *path, size_t i, size_t k, const char *what)
{
	const json_t *list = json_object_get(value(path, i), "sources");

	return json_string_value(json_object_get(json_array_get(list, k), what));
}

static size_t
n_values(const char *path)
{
	const json_t *f = field(path);

	return f != NULL ? json_array_size(json_object_get(f, "values")) : 0;
}

static void
one_signal_stands_as_it_was_said(void **state)
{
	(void)state;
	say("a", 0,
	    "{\"persons\":[{\"family_name\":\"Verzonnen\",\"residence\":{\"city\":\"W\"}}"
	    ","
	    "{\"role\":\"SUSPECT\"}],\"narrative\":{\"text\":\"t\"}}",
	    "[]");
	assert_string_equal(text("persons[0].family_name", 0), "Verzonnen");
	assert_string_equal(text("persons[0].residence.city", 0), "W");
	assert_string_equal(text("persons[1].role", 0), "SUSPECT");
	assert_string_equal(text("narrative.text", 0), "t");
	assert_string_equal(source("persons[0].family_name", 0, 0, "sender_oin"), "a");
	assert_int_equal(json_array_size(fields), 4);
}

static void
the_same_person_is_found_by_an_identifier(void **state)
{
	(void)state;
	say("a", 0, "{\"persons\":[{\"role\":\"SUSPECT\"},{\"bsn\":\"999990019\"}]}",
	    "[]");
	say("b", 0, "{\"persons\":[{\"bsn\":\"999990019\",\"family_name\":\"V\"}]}",
	    "[]");
	assert_string_equal(text("persons[1].family_name", 0), "V");
	assert_int_equal(n_values("persons[1].bsn"), 1);
	assert_string_equal(source("persons[1].bsn", 0, 0, "sender_oin"), "a");
	assert_string_equal(source("persons[1].bsn", 0, 1, "sender_oin"), "b");
	assert_null(json_object_get(field("persons[1].bsn"), "conflict"));
}

static void
what_is_learnt_of_somebody_helps_to_know_him_later(void **state)
{
	(void)state;
	say("a", 0, "{\"persons\":[{\"bsn\":\"1\"}]}", "[]");
	say("b", 0, "{\"persons\":[{\"bsn\":\"1\",\"v_number\":\"2\"}]}", "[]");
	say("c", 0, "{\"persons\":[{\"v_number\":\"2\",\"family_name\":\"V\"}]}", "[]");
	assert_string_equal(text("persons[0].family_name", 0), "V");
}

static void
different_persons_stay_apart(void **state)
{
	(void)state;
	say("a", 0, "{\"persons\":[{\"bsn\":\"1\",\"role\":\"VICTIM\"}]}", "[]");
	say("b", 1, "{\"persons\":[{\"bsn\":\"2\",\"role\":\"SUSPECT\"}]}", "[]");
	say("c", 0, "{\"persons\":[{\"family_name\":\"V\"}]}", "[]");
	say("d", 0, "{\"persons\":[{\"family_name\":\"V\"}]}", "[]");
	assert_string_equal(text("persons[0].role", 0), "VICTIM");
	assert_string_equal(text("persons[1].role", 0), "SUSPECT");
	assert_string_equal(text("persons[2].family_name", 0), "V");
	assert_string_equal(
	    text("persons[3].family_name", 0), "V"); /* a name alone is none */
}

static void
an_enrichment_of_one_is_about_the_one_who_is_known(void **state)
{
	(void)state;
	say("a", 0, "{\"persons\":[{\"role\":\"VICTIM\"}]}", "[]");
	say("b", 1, "{\"persons\":[{\"bsn\":\"1\"}]}", "[]");
	say("c", 1, "{\"persons\":[{\"gender\":\"FEMALE\"},{\"gender\":\"MALE\"}]}",
	    "[]");
	assert_string_equal(text("persons[0].bsn", 0), "1");
	assert_int_equal(n_values("persons[0].gender"), 0); /* which of the two? */
	assert_int_equal(n_values("persons[1].gender"), 1);
	assert_int_equal(n_values("persons[2].gender"), 1);
}

static void
places_are_one_by_their_address(void **state)
{
	(void)state;
	say("a", 0,
	    "{\"places\":[{\"address\":{\"postcode\":\"1234 "
	    "AB\",\"house_number\":\"1\"}}]}",
	    "[]");
	say("b", 0,
	    "{\"places\":[{\"address\":{\"postcode\":\"1234 "
	    "AB\",\"house_number\":\"2\"}},"
	    "{\"name\":\"Schuur\",\"address\":{\"postcode\":\"1234 "
	    "AB\",\"house_number\":\"1\"}}]}",
	    "[]");
	assert_string_equal(text("places[0].name", 0), "Schuur");
	assert_string_equal(text("places[1].address.house_number", 0), "2");
}

static void
contradictions_stand_side_by_side_the_newest_last(void **state)
{
	(void)state;
	say("a", 0, "{\"persons\":[{\"bsn\":\"1\",\"residence\":{\"city\":\"A\"}}]}",
	    "[]");
	say("b", 0, "{\"persons\":[{\"bsn\":\"1\",\"residence\":{\"city\":\"B\"}}]}",
	    "[]");
	say("c", 0, "{\"persons\":[{\"bsn\":\"1\",\"residence\":{\"city\":\"A\"}}]}",
	    "[]");
	assert_int_equal(n_values("persons[0].residence.city"), 2);
	assert_string_equal(text("persons[0].residence.city", 0), "B");
	assert_string_equal(text("persons[0].residence.city", 1), "A");
	assert_string_equal(source("persons[0].residence.city", 1, 1, "sender_oin"), "c");
	assert_true(json_is_true(
	    json_object_get(field("persons[0].residence.city"), "conflict")));
}

static void
lists_are_united_and_do_not_contradict(void **state)
{
	(void)state;
	say("a", 0, "{\"persons\":[{\"bsn\":\"1\",\"aliases\":[\"x\",\"y\"]}]}", "[]");
	say("b", 0,
	    "{\"persons\":[{\"bsn\":\"1\",\"aliases\":[\"y\",\"z\"],\"bans\":[{\"kind\":"
	    "\"K\"}]}]}",
	    "[]");
	assert_int_equal(n_values("persons[0].aliases"), 3);
	assert_null(json_object_get(field("persons[0].aliases"), "conflict"));
	assert_true(json_is_true(json_object_get(field("persons[0].aliases"), "list")));
	assert_true(
	    json_is_object(json_object_get(value("persons[0].bans", 0), "value")));
}

static void
what_the_broker_says_instead_stands_at_its_place(void **state)
{
	(void)state;
	say("a", 0, "{\"persons\":[{\"role\":\"VICTIM\"}]}",
	    "[{\"path\":\"persons[0].bsn\",\"action\":\"pseudonymise\",\"value\":\"psn1."
	    "a\"},"
	    "{\"path\":\"persons[0].birth_date\",\"action\":\"generalise\",\"value\":"
	    "\"1990\"},"
	    "{\"path\":\"meta.observed_on\",\"action\":\"generalise\",\"value\":\"2026\"}"
	    "]");
	say("b", 0, "{\"persons\":[{\"family_name\":\"V\"}]}",
	    "[{\"path\":\"persons[0].bsn\",\"action\":\"pseudonymise\",\"value\":\"psn1."
	    "a\"}]");
	say("c", 0, "{\"persons\":[{\"family_name\":\"W\"}]}",
	    "[{\"path\":\"persons[0].bsn\",\"action\":\"pseudonymise\",\"value\":\"psn1."
	    "b\"}]");
	assert_string_equal(text("persons[0].family_name", 0), "V"); /* one pseudonym */
	assert_string_equal(text("persons[1].family_name", 0), "W");
	assert_string_equal(json_string_value(json_object_get(
	                        value("persons[0].birth_date", 0), "action")),
	    "generalise");
	assert_int_equal(n_values("meta.observed_on"), 1);
	assert_null(json_object_get(field("persons[0].bsn"), "conflict"));
}

static void
the_register_of_a_field_is_told(void **state)
{
	(void)state;
	say("a", 0,
	    "{\"persons\":[{\"bsn\":\"1\",\"role\":\"VICTIM\"}],\"field_sources\":"
	    "[{\"path\":\"persons.bsn\",\"register\":\"BRP\",\"obtained_on\":\"2026-01-"
	    "02\"}]}",
	    "[]");
	assert_string_equal(source("persons[0].bsn", 0, 0, "register"), "BRP");
	assert_string_equal(source("persons[0].bsn", 0, 0, "obtained_on"), "2026-01-02");
	assert_null(source("persons[0].role", 0, 0, "register"));
	assert_null(field("field_sources"));
}

static void
how_it_has_to_be_handled_is_no_knowledge(void **state)
{
	(void)state;
	say("a", 0, "{\"handling\":{\"urgency\":\"URGENT\"},\"transfer\":{\"x\":1}}",
	    "[]");
	assert_null(field("handling.urgency"));
	assert_int_equal(json_array_size(fields), 0);
}

static void
statements_of_any_form_do_no_harm(void **state)
{
	(void)state;
	say("a", 0, "{}",
	    "[{\"path\":\"persons[\",\"action\":\"generalise\",\"value\":\"x\"},"
	    "{\"path\":\"\",\"action\":\"generalise\",\"value\":\"x\"},{},"
	    "{\"path\":\"persons[99999999999999999999].bsn\",\"action\":\"a\",\"value\":"
	    "\"x\"},"
	    "{\"path\":7,\"action\":\"generalise\",\"value\":\"x\"}]");
	(void)field("");
	assert_true(json_is_array(fields));
}

/* Every scalar of VALUE is looked for among the values of ALL. */
static void
assert_said(const json_t *value, const char *all)
{
	const char *key;
	json_t     *one;

	if (json_is_array(value))
		for (size_t i = 0; i < json_array_size(value); i++)
			assert_said(json_array_get(value, i), all);
	json_object_foreach((json_t *)(uintptr_t)value, key,
	    one) if (strcmp(key, "field_sources") != 0) /* stand with their fields */
	    assert_said(one, all);
	if (json_is_array(value) || json_is_object(value)) return;
	char *said = json_dumps(value, JSON_ENCODE_ANY);
	if (strstr(all, said) == NULL) fail_msg("%s is lost", said);
	free(said);
}

static void
take_signal(const char *path, void *arg)
{
	(void)arg;
	if (strstr(path, ".json") == NULL || strstr(path, "story") != NULL) return;
	json_t *signal = json_load_file(path, 0, NULL);
	assert_non_null(signal);
	(void)json_object_del(signal, "handling"); /* how, not what: these two */
	(void)json_object_del(signal, "transfer");
	char *said = json_dumps(signal, 0);
	say("a", 0, said, "[]");
	say("b", 1, said, "[]");
	free(said);
	json_decref(signal);
}

static void
nothing_of_the_real_signals_is_lost(void **state)
{
	(void)state;
	assert_true(walk_files(SOURCE_DIR "/tests/signals", take_signal, NULL) > 5);
	(void)field("");
	char *all = json_dumps(fields, 0);
	for (size_t i = 0; i < json_array_size(pieces); i++)
		assert_said(json_object_get(json_array_get(pieces, i), "signal"), all);
	free(all);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CLAIM(one_signal_stands_as_it_was_said),
	    CLAIM(the_same_person_is_found_by_an_identifier),
	    CLAIM(what_is_learnt_of_somebody_helps_to_know_him_later),
	    CLAIM(different_persons_stay_apart),
	    CLAIM(an_enrichment_of_one_is_about_the_one_who_is_known),
	    CLAIM(places_are_one_by_their_address),
	    CLAIM(contradictions_stand_side_by_side_the_newest_last),
	    CLAIM(lists_are_united_and_do_not_contradict),
	    CLAIM(what_the_broker_says_instead_stands_at_its_place),
	    CLAIM(the_register_of_a_field_is_told),
	    CLAIM(how_it_has_to_be_handled_is_no_knowledge),
	    CLAIM(statements_of_any_form_do_no_harm),
	    CLAIM(nothing_of_the_real_signals_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
