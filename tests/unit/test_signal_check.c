/* SPDX-License-Identifier: EUPL-1.2 */
/* test_signal_check.c - each thing that a signal may not be, with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../support/files.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/limits.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "proto/signal_check.h"

static ProtobufCMessage *
read_signal(const char *json)
{
	ProtobufCMessage *m = NULL;
	struct where      err;

	if (pbjson_parse(&sluis__signal__descriptor, slice_str(json), &m, &err) != RC_OK)
		fail_msg("%s: %s: %s", json, err.at, err.reason);
	return m;
}

static void
assert_passes(const char *json)
{
	AUTO(message_destroy) ProtobufCMessage *m   = read_signal(json);
	struct where                            err = {.at = "kept"};

	if (signal_check((Sluis__Signal *)m, &err) != RC_OK)
		fail_msg("%s: %s: %s", json, err.at, err.reason);
	assert_string_equal(err.at, "kept"); /* set only on failure */
}

static void
assert_message_refused(const ProtobufCMessage *m, const char *at, const char *reason)
{
	struct where err = {.at = "?"};

	assert_int_equal(signal_check((const Sluis__Signal *)m, &err), RC_INVALID_SIGNAL);
	assert_string_equal(err.at, at);
	if (strstr(err.reason, reason) == NULL)
		fail_msg("%s, not: %s", err.reason, reason);
	assert_int_equal(signal_check((const Sluis__Signal *)m, NULL), RC_INVALID_SIGNAL);
}

static void
assert_refused(const char *json, const char *at, const char *reason)
{
	AUTO(message_destroy) ProtobufCMessage *m = read_signal(json);
	assert_message_refused(m, at, reason);
}

/* --- what passes ----------------------------------------------------------------- */

static void
take_signal(const char *path, void *arg)
{
	AUTO(buf_wipe) struct buf text = buf_init(1 << 20);
	size_t                   *n = arg, length = strlen(path);

	if (length < 5 || strcmp(path + length - 5, ".json") != 0) return;
	if (length >= 10 && strcmp(path + length - 10, "story.json") == 0) return;
	read_file(path, &text);
	assert_int_equal(buf_append(&text, slice_of("", 1)), RC_OK);
	assert_passes((char *)text.p);
	++*n;
}

static void
the_example_signals_pass(void **state)
{
	size_t n = 0;
	(void)state;

	(void)walk_files(SOURCE_DIR "/tests/signals", take_signal, &n);
	assert_true(n > 5);
}

static void
one_value_is_enough(void **state)
{
	(void)state;
	assert_passes("{\"persons\":[{\"role\":\"VICTIM\"}]}");
	assert_passes("{\"narrative\":{\"text\":\"x\"}}");
	assert_passes("{\"exploitation\":{\"indicators\":[\"AFRAID\"]}}");
	assert_passes("{\"persons\":[{\"role\":\"VICTIM\",\"minor\":false}]}");
}

static void
unknown_fields_are_let_be(void **state)
{
	/* narrative.text "x", then field 99 here and inside the narrative */
	static const uint8_t wire[] = {
	    0x8a, 0x01, 0x06, 0x0a, 0x01, 'x', 0x98, 0x06, 0x01, 0x98, 0x06, 0x01};
	ProtobufCMessage *m = NULL;
	(void)state;

	assert_int_equal(guard_unpack(&sluis__signal__descriptor,
	                     slice_of(wire, sizeof wire), guard_signal, &m),
	    RC_OK);
	assert_int_equal(m->n_unknown_fields, 1);
	assert_int_equal(signal_check((Sluis__Signal *)m, NULL), RC_OK);
	message_destroy(&m);
}

/* --- what says nothing ----------------------------------------------------------- */

static void
a_signal_says_something_beyond_meta_and_handling(void **state)
{
	static const char *const empty[] = {"{}", "{\"meta\":{\"urgent\":true}}",
	    "{\"handling\":{\"layer\":1}}",
	    "{\"meta\":{\"urgent\":true},\"handling\":{\"cie\":true}}",
	    "{\"exploitation\":{}}", "{\"narrative\":{}}",
	    "{\"places\":[{\"address\":{}}]}"};
	(void)state;

	for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
		assert_refused(empty[i], "", "says nothing");
}

/* --- any field ------------------------------------------------------------------- */

static void
enum_values_are_known_and_specified(void **state)
{
	AUTO(message_destroy)
	ProtobufCMessage *m =
	    read_signal("{\"exploitation\":{\"types\":[\"SERVITUDE\",\"SERVITUDE\"]},"
	                "\"meta\":{\"origin\":\"INSPECTION\"}}");
	Sluis__Signal *s = (Sluis__Signal *)m;
	(void)state;

	s->exploitation->types[1] = (Sluis__ExploitationType)0;
	assert_message_refused(m, "exploitation.types[1]", "unspecified");
	s->exploitation->types[1] = (Sluis__ExploitationType)13;
	assert_message_refused(m, "exploitation.types[1]", "unknown enum value");
	s->exploitation->types[1] = (Sluis__ExploitationType)-1;
	assert_message_refused(m, "exploitation.types[1]", "unknown enum value");
	s->exploitation->types[1] = SLUIS__EXPLOITATION_TYPE__SERVITUDE;
	s->meta->origin           = (Sluis__Origin)0;
	assert_message_refused(m, "meta.origin", "unspecified");
}

static void
strings_are_utf8_without_control_characters(void **state)
{
	static const struct {
		const char *value, *reason;
	} bad[] = {{"", "empty"}, {"\xff", "UTF-8"}, {"a\xc3", "UTF-8"},
	    {"\xed\xa0\x80", "UTF-8"}, {"\xc0\x80", "UTF-8"}, {"a\nb", "control"},
	    {"a\tb", "control"}, {"a\x1f", "control"}, {"\x1b[2J", "control"},
	    {"a\x7f", "control"}, {"a\xc2\x85", "control"},
	    {"a\xe2\x80\xae"
	     "b",
	        "control"},
	    {"a\xe2\x81\xa6"
	     "b",
	        "control"}};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO(message_destroy)
		ProtobufCMessage *m =
		    read_signal("{\"persons\":[{\"role\":\"VICTIM\"},{\"role\":"
		                "\"WITNESS\",\"aliases\":[\"a\",\"xxxxxxxxxx\"]}]}");
		char *slot = ((Sluis__Signal *)m)->persons[1]->aliases[1];
		memset(slot, 0, 10);
		memcpy(slot, bad[i].value, strlen(bad[i].value));
		assert_message_refused(m, "persons[1].aliases[1]", bad[i].reason);
	}
}

static void
only_the_narrative_has_lines(void **state)
{
	(void)state;
	assert_passes("{\"narrative\":{\"text\":\"one\\n\\ttwo\"}}");
	assert_refused(
	    "{\"narrative\":{\"text\":\"one\\rtwo\"}}", "narrative.text", "control");
	assert_refused(
	    "{\"narrative\":{\"text\":\"one\\u202etwo\"}}", "narrative.text", "control");
	assert_refused(
	    "{\"police_8_13\":[{\"wpg_article\":\"WPG_8\",\"summary\":\"a\\nb\"}]}",
	    "police_8_13[0].summary", "control");
}

static void
signal_with(const char *front, char c, size_t n, const char *back, struct buf *out)
{
	out->n = 0;
	assert_int_equal(buf_printf(out, "%s", front), RC_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(buf_append(out, slice_of(&c, 1)), RC_OK);
	assert_int_equal(buf_append(out, slice_of(back, strlen(back) + 1)), RC_OK);
}

static void
strings_and_the_narrative_have_their_own_limits(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(1 << 16);
	(void)state;

	signal_with("{\"vehicles\":[{\"make\":\"", 'x', SIGNAL_STRING_MAX, "\"}]}", &b);
	assert_passes((char *)b.p);
	signal_with(
	    "{\"vehicles\":[{\"make\":\"", 'x', SIGNAL_STRING_MAX + 1, "\"}]}", &b);
	assert_refused((char *)b.p, "vehicles[0].make", "too long");
	signal_with("{\"narrative\":{\"text\":\"", 'x', SIGNAL_NARRATIVE_MAX, "\"}}", &b);
	assert_passes((char *)b.p);
	signal_with(
	    "{\"narrative\":{\"text\":\"", 'x', SIGNAL_NARRATIVE_MAX + 1, "\"}}", &b);
	assert_refused((char *)b.p, "narrative.text", "too long");
}

static void
lists_have_a_limit(void **state)
{
	(void)state;
	for (unsigned n = SIGNAL_RECORDS_MAX; n <= SIGNAL_RECORDS_MAX + 1; n++) {
		AUTO(buf_wipe) struct buf b = buf_init(1 << 16), c = buf_init(1 << 16);
		assert_int_equal(
		    buf_printf(&b, "{\"persons\":[{\"role\":\"VICTIM\"}"), RC_OK);
		assert_int_equal(
		    buf_printf(&c, "{\"exploitation\":{\"types\":[\"SERVITUDE\""), RC_OK);
		for (unsigned i = 1; i < n; i++) {
			assert_int_equal(buf_printf(&b, ",{\"role\":\"VICTIM\"}"), RC_OK);
			assert_int_equal(buf_printf(&c, ",\"SERVITUDE\""), RC_OK);
		}
		assert_int_equal(buf_append(&b, slice_of("]}", 3)), RC_OK);
		assert_int_equal(buf_append(&c, slice_of("]}}", 4)), RC_OK);
		if (n == SIGNAL_RECORDS_MAX) {
			assert_passes((char *)b.p);
			assert_passes((char *)c.p);
		} else {
			assert_refused((char *)b.p, "persons", "too many");
			assert_refused((char *)c.p, "exploitation.types", "too many");
		}
	}
}

/* --- forms ----------------------------------------------------------------------- */

struct form_row {
	const char *before, *good, *bad, *after, *at, *reason;
};

#define PERSON(field, good, bad, reason)                                          \
	{                                                                         \
		"{\"persons\":[{\"role\":\"VICTIM\",\"" field "\":\"", good, bad, \
		    "\"}]}", "persons[0]." field, reason                          \
	}
#define IN_PERSON(part, field, good, bad, reason)                                    \
	{                                                                            \
		"{\"persons\":[{\"role\":\"VICTIM\",\"" part "\":{\"" field "\":\"", \
		    good, bad, "\"}}]}", "persons[0]." part "." field, reason        \
	}
#define IN_PERSONS_LIST(part, field, good, bad, reason)                               \
	{                                                                             \
		"{\"persons\":[{\"role\":\"VICTIM\",\"" part "\":[{\"" field "\":\"", \
		    good, bad, "\"}]}]}", "persons[0]." part "[0]." field, reason     \
	}
#define LISTED(list, field, good, bad, reason)                          \
	{                                                               \
		"{\"" list "\":[{\"" field "\":\"", good, bad, "\"}]}", \
		    list "[0]." field, reason                           \
	}
#define BESIDE(part, field, good, bad, reason)                                          \
	{                                                                               \
		"{\"narrative\":{\"text\":\"x\"},\"" part "\":{\"" field "\":\"", good, \
		    bad, "\"}}", part "." field, reason                                 \
	}

static const struct form_row forms[] = {
    PERSON("bsn", "999990019", "999990018", "eleven test"),
    PERSON("birth_date", "1998-00-00", "1998-02-30", "date"),
    PERSON("document_number", "SPECI2014", "SP#2014", "document"),
    PERSON("nationality", "RO", "ro", "country"),
    PERSON("nationality", "NL", "NLD", "country"),
    PERSON("v_number", "2712345678", "V27", "V-number"),
    IN_PERSON("residence_status", "reflection_started_on", "2026-01-00", "2026", "date"),
    IN_PERSON("residence_status", "permit_received_on", "2026-01-01", "jan", "date"),
    IN_PERSON("shelter_request", "from_on", "2026-01-01", "nu", "date"),
    IN_PERSON("victim_registration", "country_of_origin", "RO", "ro", "country"),
    IN_PERSON("victim_registration", "municipality", "0999", "999", "municipality"),
    IN_PERSON("contact", "phone", "+31612345678", "12345", "telephone"),
    IN_PERSON("contact", "email", "a@voorbeeld.example", "a.voorbeeld.example", "e-mail"),
    IN_PERSON("residence", "postcode", "1234 AB", "1234AB", "postcode"),
    IN_PERSON("residence", "postcode", "1234 AB", "0234 AB", "postcode"),
    IN_PERSON("residence", "country", "NL", "N1", "country"),
    IN_PERSON("registration", "registered_since", "2025-01-01", "2025", "date"),
    IN_PERSON("residence_status", "reflection_ends_on", "2025-01-01", "soon", "date"),
    IN_PERSON("residence_status", "permit_valid_until", "2025-01-01", "soon", "date"),
    IN_PERSON("care", "guardian_phone", "0612345678", "061234567x", "telephone"),
    IN_PERSONS_LIST("bans", "until", "2027-01-01", "2027-00-01", "date"),
    IN_PERSONS_LIST("consents", "given_on", "2026-01-01", "1-1-2026", "date"),
    IN_PERSONS_LIST("consents", "valid_until", "2026-01-01", "1-1-2026", "date"),
    IN_PERSONS_LIST("consents", "withdrawn_on", "2026-01-01", "1-1-2026", "date"),
    LISTED("places", "municipality", "0202", "202", "municipality"),
    {"{\"places\":[{\"address\":{\"postcode\":\"", "1234 AB", "1234 ab", "\"}}]}",
        "places[0].address.postcode", "postcode"},
    {"{\"persons\":[{\"role\":\"VICTIM\",\"shelter\":{\"address\":{\"country\":\"", "NL",
        "Nederland", "\"}}}]}", "persons[0].shelter.address.country", "country"},
    LISTED("organisations", "kvk_number", "12345678", "1234567", "KvK"),
    LISTED("organisations", "phone", "+31201234567", "+", "telephone"),
    LISTED("vehicles", "plate", "AB-12-CD", "AB_12", "plate"),
    LISTED("accounts", "iban", "NL02ABNA0123456789", "NL03ABNA0123456789", "IBAN"),
    LISTED("permits", "decided_on", "2026-02-28", "2026-02-29", "date"),
    LISTED("supervision", "on", "2026-02-28", "2026-02-29", "date"),
    LISTED("judicial", "on", "2026-02-28", "2026-02-29", "date"),
    {"{\"police_8_13\":[{\"wpg_article\":\"WPG_8\",\"on\":\"", "2026-02-28", "2026-02-29",
        "\"}]}", "police_8_13[0].on", "date"},
    LISTED("planned_interventions", "planned_on", "2026-12-01", "2026-12-32", "date"),
    LISTED("field_sources", "obtained_on", "2026-12-01", "2026-12-32", "date"),
    LISTED("field_sources", "path", "persons.bsn", "persons[0].bsn", "path of a field"),
    BESIDE("transfer", "on", "2026-12-01", "morgen", "date"),
    BESIDE("meta", "observed_on", "2026-00-00", "2026-13-00", "date"),
    BESIDE("meta", "received_on", "2026-11-01", "2026-11-31", "date"),
    BESIDE("meta", "municipality", "0202", "Arnhem", "municipality"),
    BESIDE("reporter", "phone", "0612345678", "none", "telephone"),
    BESIDE("reporter", "email", "a@b.example", "a@", "e-mail"),
    {"{\"narrative\":{\"text\":\"x\"},\"handling\":{\"embargo\":{\"review_on\":\"",
        "2026-12-01", "later", "\"}}}", "handling.embargo.review_on", "date"},
};

static void
a_postcode_abroad_may_be_any_text(void **state)
{
	(void)state;
	assert_passes(
	    "{\"persons\":[{\"role\":\"VICTIM\",\"residence\":{\"postcode\":\"010011\","
	    "\"country\":\"RO\"}}]}");
	assert_refused(
	    "{\"persons\":[{\"role\":\"VICTIM\",\"residence\":{\"postcode\":\"010011\","
	    "\"country\":\"NL\"}}]}",
	    "persons[0].residence.postcode", "postcode");
	assert_refused("{\"persons\":[{\"role\":\"VICTIM\",\"residence\":{\"postcode\":"
	               "\"010011\"}}]}",
	    "persons[0].residence.postcode", "postcode");
}

static void
codes_and_dates_have_their_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		const struct form_row    *f    = &forms[i];
		AUTO(buf_wipe) struct buf good = buf_init(1024), bad = buf_init(1024);
		assert_int_equal(
		    buf_printf(&good, "%s%s%s", f->before, f->good, f->after), RC_OK);
		assert_int_equal(buf_append(&good, slice_of("", 1)), RC_OK);
		assert_passes((char *)good.p);
		assert_int_equal(
		    buf_printf(&bad, "%s%s%s", f->before, f->bad, f->after), RC_OK);
		assert_int_equal(buf_append(&bad, slice_of("", 1)), RC_OK);
		assert_refused((char *)bad.p, f->at, f->reason);
	}
}

/* A field named for a date, a telephone or an e-mail address has that form; a new one
 * that nobody gave a form to fails here. */
static void
no_field_that_sounds_like_a_code_is_free_text(void **state)
{
	static const char *const sounds[] = {"_on", "_until", "_since", "birth_date",
	    "phone", "email", "bsn", "postcode", "country", "iban", "plate",
	    "municipality", "kvk_number"};
	const struct schema     *s        = schema_signal();
	size_t                   n        = 0;
	(void)state;

	for (size_t i = 0; i < s->n_fields; i++) {
		const struct schema_field *f = &s->fields[i];
		if (f->desc->type != PROTOBUF_C_TYPE_STRING) continue;
		size_t length = strlen(f->path);
		for (size_t k = 0; k < sizeof sounds / sizeof sounds[0]; k++) {
			size_t tail = strlen(sounds[k]);
			if (length < tail ||
			    strcmp(f->path + length - tail, sounds[k]) != 0)
				continue;
			bool tested = false;
			for (size_t r = 0; r < sizeof forms / sizeof forms[0]; r++) {
				char plain[WHERE_MAX] = "";
				for (const char *p = forms[r].at; *p != '\0'; p++)
					if (strchr("[]0", *p) == NULL)
						strncat(plain, p, 1);
				tested = tested || strcmp(plain, f->path) == 0 ||
				         strstr(f->path, "address.") != NULL ||
				         strstr(f->path, "police_") != NULL;
			}
			if (!tested) fail_msg("%s has no row in forms[]", f->path);
			n++;
		}
	}
	assert_true(n > 25);
}

/* --- rules of the subject -------------------------------------------------------- */

static void
every_person_has_a_role(void **state)
{
	(void)state;
	assert_refused("{\"persons\":[{\"role\":\"VICTIM\"},{\"bsn\":\"999990019\"}]}",
	    "persons[1].role", "role");
	assert_refused("{\"persons\":[{}]}", "persons[0].role", "role");
}

static void
a_signal_of_address_quality_holds_no_person(void **state)
{
	(void)state;
	assert_passes("{\"meta\":{\"origin\":\"ADDRESS_QUALITY\"},"
	              "\"places\":[{\"municipality\":\"0202\"}]}");
	assert_refused("{\"meta\":{\"origin\":\"ADDRESS_QUALITY\"},"
	               "\"persons\":[{\"role\":\"VICTIM\"}]}",
	    "persons", "holds no persons");
}

static void
police_facts_stand_in_the_list_of_their_article(void **state)
{
	static const char *const lists[] = {
	    "police_8_13", "police_9_10", "police_10_1_b"};
	static const struct {
		const char *article;
		int         list;
	} rows[] = {{"WPG_8", 0}, {"WPG_13", 0}, {"WPG_9", 1}, {"WPG_10_1_A", 1},
	    {"WPG_10_1_C", 1}, {"WPG_10_1_B", 2}};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (int k = 0; k < 3; k++) {
			char json[256], at[64];
			(void)snprintf(json, sizeof json,
			    "{\"%s\":[{\"wpg_article\":\"%s\"}]}", lists[k],
			    rows[i].article);
			(void)snprintf(at, sizeof at, "%s[0].wpg_article", lists[k]);
			if (k == rows[i].list)
				assert_passes(json);
			else
				assert_refused(json, at, "another list");
		}
	}
	for (int k = 0; k < 3; k++) {
		char json[256], at[64];
		(void)snprintf(
		    json, sizeof json, "{\"%s\":[{\"kind\":\"MENTION\"}]}", lists[k]);
		(void)snprintf(at, sizeof at, "%s[0].wpg_article", lists[k]);
		assert_refused(json, at, "needs its Wpg article");
	}
}

static void
a_layer_is_one_or_two(void **state)
{
	(void)state;
	assert_passes("{\"narrative\":{\"text\":\"x\"},\"handling\":{\"layer\":1}}");
	assert_passes("{\"narrative\":{\"text\":\"x\"},\"handling\":{\"layer\":2}}");
	assert_passes(
	    "{\"narrative\":{\"text\":\"x\"},\"handling\":{\"emergency\":true}}");
	assert_refused("{\"narrative\":{\"text\":\"x\"},\"handling\":{\"layer\":0}}",
	    "handling.layer", "1 or 2");
	assert_refused("{\"narrative\":{\"text\":\"x\"},\"handling\":{\"layer\":3}}",
	    "handling.layer", "1 or 2");
}

static void
no_reason_holds_the_value(void **state)
{
	AUTO(message_destroy)
	ProtobufCMessage *m =
	    read_signal("{\"persons\":[{\"role\":\"VICTIM\",\"bsn\":\"SECRET\"}]}");
	struct where err;
	(void)state;

	assert_int_equal(signal_check((Sluis__Signal *)m, &err), RC_INVALID_SIGNAL);
	assert_null(strstr(err.at, "SECRET"));
	assert_null(strstr(err.reason, "SECRET"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_example_signals_pass),
	    cmocka_unit_test(one_value_is_enough),
	    cmocka_unit_test(unknown_fields_are_let_be),
	    cmocka_unit_test(a_signal_says_something_beyond_meta_and_handling),
	    cmocka_unit_test(enum_values_are_known_and_specified),
	    cmocka_unit_test(strings_are_utf8_without_control_characters),
	    cmocka_unit_test(only_the_narrative_has_lines),
	    cmocka_unit_test(strings_and_the_narrative_have_their_own_limits),
	    cmocka_unit_test(lists_have_a_limit),
	    cmocka_unit_test(codes_and_dates_have_their_form),
	    cmocka_unit_test(a_postcode_abroad_may_be_any_text),
	    cmocka_unit_test(no_field_that_sounds_like_a_code_is_free_text),
	    cmocka_unit_test(every_person_has_a_role),
	    cmocka_unit_test(a_signal_of_address_quality_holds_no_person),
	    cmocka_unit_test(police_facts_stand_in_the_list_of_their_article),
	    cmocka_unit_test(a_layer_is_one_or_two),
	    cmocka_unit_test(no_reason_holds_the_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
