/* SPDX-License-Identifier: EUPL-1.2 */
/* test_wirejson.c - ids travel as hex and times as numbers, and nothing else changes. */
#include "client/wirejson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "wire.pb-c.h"

#define ID_HEX "000102030405060708090a0b0c0d0e0f"

static rc
parse(const ProtobufCMessageDescriptor *d, const char *text, ProtobufCMessage **ret)
{
	struct where err = {.at = ""};

	return wirejson_parse(d, slice_str(text), ret, &err);
}

/* What TEXT looks like after a round trip, compact. */
static void
assert_becomes(
    const ProtobufCMessageDescriptor *d, const char *text, const char *expected)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	assert_int_equal(parse(d, text, &m), RC_OK);
	json_t               *json = wirejson_write(m);
	AUTO(auto_free) char *out  = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	assert_string_equal(out, expected);
}

static void
an_id_is_hex_on_both_sides(void **state)
{
	(void)state;
	assert_becomes(&sluis__case_read__descriptor, "{\"case_id\":\"" ID_HEX "\"}",
	    "{\"case_id\":\"" ID_HEX "\"}");
}

static void
base64_is_understood_too(void **state)
{
	(void)state;
	assert_becomes(&sluis__case_read__descriptor,
	    "{\"case_id\":\"AAECAwQFBgcICQoLDA0ODw==\"}", "{\"case_id\":\"" ID_HEX "\"}");
	/* what is both is hex, so that what is written is read as it was */
	assert_becomes(&sluis__case_read__descriptor, "{\"case_id\":\"abcd\"}",
	    "{\"case_id\":\"abcd\"}");
	assert_becomes(&sluis__case_read__descriptor, "{\"case_id\":\"q83vAA==\"}",
	    "{\"case_id\":\"abcdef00\"}");
}

static void
ids_in_lists_and_inside_messages_are_hex(void **state)
{
	(void)state;
	assert_becomes(&sluis__destroyed__descriptor,
	    "{\"delivery_ids\":[\"" ID_HEX "\",\"" ID_HEX "\"]}",
	    "{\"delivery_ids\":[\"" ID_HEX "\",\"" ID_HEX "\"]}");
	assert_becomes(&sluis__answer__descriptor,
	    "{\"cases\":[{\"case_id\":\"" ID_HEX "\",\"tasks\":[{\"task_id\":\"" ID_HEX
	    "\"}]}]}",
	    "{\"cases\":[{\"case_id\":\"" ID_HEX "\",\"tasks\":[{\"task_id\":\"" ID_HEX
	    "\"}]}]}");
}

static void
times_are_numbers(void **state)
{
	(void)state;
	assert_becomes(&sluis__case_view__descriptor,
	    "{\"opened_ms\":1790000000000,\"changed_ms\":\"1790000000001\"}",
	    "{\"opened_ms\":1790000000000,\"changed_ms\":1790000000001}");
}

static void
words_stay_words_even_when_they_are_hex(void **state)
{
	(void)state;
	assert_becomes(&sluis__case_open__descriptor, "{\"route\":\"" ID_HEX "\"}",
	    "{\"route\":\"" ID_HEX "\"}");
}

static void
what_pbjson_refuses_is_refused(void **state)
{
	static const char *const bad[] = {"", "[]", "{\"nothing\":1}", "{\"case_id\":7}",
	    "{\"case_id\":\"0001\",\"case_id\":\"0001\"}",
	    "{\"case_id\":[\"" ID_HEX "\"]}", "{\"case_id\":{\"a\":1}}",
	    "{\"case_id\":null}", "{\"case_id\":\"" ID_HEX "0\"}",
	    "{\"case_id\":\"000102030405060708090A0B0C0D0E0F0\"}", "{"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ProtobufCMessage *m = NULL;
		assert_int_not_equal(
		    parse(&sluis__case_read__descriptor, bad[i], &m), RC_OK);
		assert_null(m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_id_is_hex_on_both_sides),
	    cmocka_unit_test(base64_is_understood_too),
	    cmocka_unit_test(ids_in_lists_and_inside_messages_are_hex),
	    cmocka_unit_test(times_are_numbers),
	    cmocka_unit_test(words_stay_words_even_when_they_are_hex),
	    cmocka_unit_test(what_pbjson_refuses_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
