/* SPDX-License-Identifier: EUPL-1.2 */
/* test_pbjson.c - JSON in and out: nothing lost, nothing guessed, nothing echoed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../support/files.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "proto/schema.h"
#include "signal.pb-c.h"
#include "wire.pb-c.h"

static rc
parse(const ProtobufCMessageDescriptor *d, const char *text, ProtobufCMessage **ret,
    struct where *err)
{
	memset(err, 0, sizeof *err);
	return pbjson_parse(d, slice_str(text), ret, err);
}

static ProtobufCMessage *
must_parse(const ProtobufCMessageDescriptor *d, const char *text)
{
	ProtobufCMessage *m = NULL;
	struct where      err;

	if (parse(d, text, &m, &err) != RC_OK) fail_msg("%s: %s", err.at, err.reason);
	return m;
}

static char *
dump(const ProtobufCMessage *m)
{
	json_t *json = pbjson_write(m);
	assert_non_null(json);
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	assert_non_null(text);
	return text;
}

static void
assert_round_trip(const ProtobufCMessageDescriptor *d, const char *text)
{
	AUTO(message_destroy) ProtobufCMessage *m     = must_parse(d, text);
	AUTO(auto_free) char                   *again = dump(m);
	assert_string_equal(again, text);
}

static void
messages_round_trip_in_descriptor_order(void **state)
{
	(void)state;
	assert_round_trip(&sluis__signal__descriptor, "{}");
	assert_round_trip(&sluis__signal__descriptor,
	    "{\"meta\":{\"observed_on\":\"2026-11-00\",\"origin\":\"HOME_VISIT\","
	    "\"urgent\":false},"
	    "\"exploitation\":{\"types\":[\"FORCED_LABOUR\",\"SERVITUDE\"],\"hours_per_"
	    "day\":12},"
	    "\"persons\":[{\"role\":\"VICTIM\",\"aliases\":[\"a\",\"\"]},{}],"
	    "\"fiscal\":[{\"amount_cents\":\"18446744073709551615\"}],"
	    "\"narrative\":{\"text\":\"café\"}}");
	assert_round_trip(&sluis__answer__descriptor,
	    "{\"request_id\":\"AAECAw==\",\"code\":\"ok\",\"broker_time_ms\":\"0\","
	    "\"proof\":[\"\",\"/w==\"]}");
}

static void
every_field_of_a_signal_round_trips_through_the_wire(void **state)
{
	(void)state;
	size_t               n = 0;
	const struct schema *s = schema_signal();

	/* one JSON per leaf field, nested as deep as it is */
	for (size_t i = 0; i < s->n_fields; i++) {
		const struct schema_field *f = &s->fields[i];
		AUTO(buf_wipe)
		struct buf head = buf_init(512), tail = buf_init(512),
		           wire                     = buf_init(512);
		const ProtobufCMessageDescriptor *d = &sluis__signal__descriptor;
		for (unsigned k = 0; k < f->depth; k++) {
			const ProtobufCFieldDescriptor *g =
			    protobuf_c_message_descriptor_get_field(d, f->numbers[k]);
			bool list = g->label == PROTOBUF_C_LABEL_REPEATED;
			AUTO(buf_wipe) struct buf back = buf_init(512);
			assert_int_equal(
			    buf_printf(&head, "{\"%s\":%s", g->name, list ? "[" : ""),
			    RC_OK);
			assert_int_equal(
			    buf_printf(&back, "%s}", list ? "]" : ""), RC_OK);
			assert_int_equal(buf_append(&back, buf_slice(&tail)), RC_OK);
			tail.n = 0;
			assert_int_equal(buf_append(&tail, buf_slice(&back)), RC_OK);
			d = g->descriptor;
		}
		switch (f->desc->type) {
		case PROTOBUF_C_TYPE_ENUM: {
			const ProtobufCEnumDescriptor *e = f->desc->descriptor;
			assert_int_equal(e->values[0].value, 0);
			assert_int_equal(
			    buf_printf(&head, "\"%s\"", e->values[e->n_values - 1].name),
			    RC_OK);
			break;
		}
		case PROTOBUF_C_TYPE_BOOL:
			assert_int_equal(buf_printf(&head, "true"), RC_OK);
			break;
		case PROTOBUF_C_TYPE_UINT32:
			assert_int_equal(buf_printf(&head, "4294967295"), RC_OK);
			break;
		case PROTOBUF_C_TYPE_UINT64:
			assert_int_equal(
			    buf_printf(&head, "\"18446744073709551615\""), RC_OK);
			break;
		default:
			assert_int_equal(f->desc->type, PROTOBUF_C_TYPE_STRING);
			assert_int_equal(buf_printf(&head, "\"x\""), RC_OK);
		}
		assert_int_equal(buf_append(&head, buf_slice(&tail)), RC_OK);
		assert_int_equal(buf_append(&head, slice_of("", 1)), RC_OK);
		AUTO(message_destroy)
		ProtobufCMessage *m =
		    must_parse(&sluis__signal__descriptor, (char *)head.p);
		assert_int_equal(message_pack(m, &wire), RC_OK);
		AUTO(message_destroy) ProtobufCMessage *again = NULL;
		assert_int_equal(guard_unpack(&sluis__signal__descriptor,
		                     buf_slice(&wire), guard_signal, &again),
		    RC_OK);
		AUTO(auto_free) char *text = dump(again);
		assert_string_equal(text, (char *)head.p);
		n++;
	}
	assert_int_equal(n, s->n_fields);
}

static void
take_signal(const char *path, void *arg)
{
	AUTO(buf_wipe) struct buf text = buf_init(1 << 20);
	ProtobufCMessage         *m    = NULL;
	struct where              err;
	size_t                   *n      = arg;
	size_t                    length = strlen(path);

	if (length < 5 || strcmp(path + length - 5, ".json") != 0) return;
	if (length >= 10 && strcmp(path + length - 10, "story.json") == 0) return;
	read_file(path, &text);
	if (pbjson_parse(&sluis__signal__descriptor, buf_slice(&text), &m, &err) != RC_OK)
		fail_msg("%s: %s: %s", path, err.at, err.reason);
	AUTO(auto_free) char *written = dump(m);
	ProtobufCMessage     *again   = must_parse(&sluis__signal__descriptor, written);
	AUTO(auto_free) char *twice   = dump(again);
	assert_string_equal(written, twice);
	message_destroy(&m);
	message_destroy(&again);
	++*n;
}

/* --- every kind of number, which our own messages do not all have ---------------------
 */

struct numbers {
	ProtobufCMessage   base;
	protobuf_c_boolean has[8];
	int32_t            i32, s32;
	int64_t            i64, s64;
	uint32_t           f32;
	uint64_t           f64;
	float              real;
	double             wide;
};

#define NUMBER(text, number, kind, slot)                                            \
	{                                                                           \
		.name = (text), .id = (number), .label = PROTOBUF_C_LABEL_OPTIONAL, \
		.type              = (kind),                                        \
		.quantifier_offset = offsetof(struct numbers, has[(number)-1]),     \
		.offset            = offsetof(struct numbers, slot)                 \
	}
static const ProtobufCFieldDescriptor number_fields[] = {
    NUMBER("a", 1, PROTOBUF_C_TYPE_INT32, i32),
    NUMBER("b", 2, PROTOBUF_C_TYPE_SINT32, s32),
    NUMBER("c", 3, PROTOBUF_C_TYPE_INT64, i64),
    NUMBER("d", 4, PROTOBUF_C_TYPE_SINT64, s64),
    NUMBER("e", 5, PROTOBUF_C_TYPE_FIXED32, f32),
    NUMBER("f", 6, PROTOBUF_C_TYPE_FIXED64, f64),
    NUMBER("g", 7, PROTOBUF_C_TYPE_FLOAT, real),
    NUMBER("h", 8, PROTOBUF_C_TYPE_DOUBLE, wide),
};
static const unsigned                   number_names[]  = {0, 1, 2, 3, 4, 5, 6, 7};
static const ProtobufCIntRange          number_ranges[] = {{1, 0}, {0, 8}};
static void                             init_numbers(ProtobufCMessage *m);
static const ProtobufCMessageDescriptor numbers_descriptor = {
    .message_init          = init_numbers,
    .magic                 = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name                  = "Numbers",
    .sizeof_message        = sizeof(struct numbers),
    .n_fields              = 8,
    .fields                = number_fields,
    .fields_sorted_by_name = number_names,
    .n_field_ranges        = 1,
    .field_ranges          = number_ranges,
};

static void
init_numbers(ProtobufCMessage *m)
{
	memset(m, 0, sizeof(struct numbers));
	m->descriptor = &numbers_descriptor;
}

static void
every_kind_of_number_round_trips_at_its_ends(void **state)
{
	(void)state;
	assert_round_trip(&numbers_descriptor,
	    "{\"a\":-2147483648,\"b\":2147483647,\"c\":\"-9223372036854775808\","
	    "\"d\":\"9223372036854775807\",\"e\":4294967295,\"f\":"
	    "\"18446744073709551615\","
	    "\"g\":0.5,\"h\":-0.25}");
	assert_round_trip(&numbers_descriptor, "{\"a\":0,\"c\":\"0\"}");
}

static void
numbers_that_cannot_be_are_not_written(void **state)
{
	struct numbers n;
	(void)state;

	init_numbers(&n.base);
	n.has[6] = n.has[7] = 1;
	n.real = NAN, n.wide = INFINITY;
	AUTO(auto_free) char *text = dump(&n.base);
	assert_string_equal(text, "{}");
}

static void
the_example_signals_are_read(void **state)
{
	size_t n = 0;
	(void)state;

	(void)walk_files(SOURCE_DIR "/tests/signals", take_signal, &n);
	assert_true(n > 5);
}

static void
numbers_for_64_bits_may_be_numbers(void **state)
{
	AUTO(message_destroy)
	ProtobufCMessage *m =
	    must_parse(&sluis__head__descriptor, "{\"created_ms\":9223372036854775807}");
	(void)state;
	assert_true(((Sluis__Head *)m)->created_ms == INT64_MAX);
}

struct refusal {
	const char *text;
	rc          code;
	const char *at;
};

static void
assert_refused(const ProtobufCMessageDescriptor *d, const struct refusal *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ProtobufCMessage *m = NULL;
		struct where      err;
		rc                code = parse(d, rows[i].text, &m, &err);
		if (code != rows[i].code || strcmp(err.at, rows[i].at) != 0)
			fail_msg("%s gave %s at %s (%s)", rows[i].text, rc_name(code),
			    err.at, err.reason);
		assert_null(m);
		assert_true(err.reason[0] != '\0');
		assert_null(strstr(err.at, "SECRET"));
		assert_null(strstr(err.reason, "SECRET"));
		assert_null(strstr(err.reason, "999990019"));
		assert_int_equal(
		    pbjson_parse(d, slice_str(rows[i].text), &m, NULL), rows[i].code);
	}
}

static void
wrong_values_are_refused_with_their_place_and_without_their_value(void **state)
{
	static const struct refusal rows[] = {
	    {"[]", RC_MALFORMED, ""},
	    {"{\"meta\":null}", RC_MALFORMED, "meta"},
	    {"{\"meta\":[]}", RC_MALFORMED, "meta"},
	    {"{\"meta\":\"SECRET\"}", RC_MALFORMED, "meta"},
	    {"{\"persons\":{}}", RC_MALFORMED, "persons"},
	    {"{\"persons\":[]}", RC_MALFORMED, "persons"},
	    {"{\"persons\":null}", RC_MALFORMED, "persons"},
	    {"{\"persons\":[{},null]}", RC_MALFORMED, "persons[1]"},
	    {"{\"persons\":[{\"bsn\":999990019}]}", RC_MALFORMED, "persons[0].bsn"},
	    {"{\"persons\":[{\"bsn\":null}]}", RC_MALFORMED, "persons[0].bsn"},
	    {"{\"persons\":[{},{\"aliases\":[\"a\",7]}]}", RC_MALFORMED,
	        "persons[1].aliases[1]"},
	    {"{\"persons\":[{\"aliases\":\"SECRET\"}]}", RC_MALFORMED,
	        "persons[0].aliases"},
	    {"{\"persons\":[{\"role\":\"SECRET\"}]}", RC_MALFORMED, "persons[0].role"},
	    {"{\"persons\":[{\"role\":\"victim\"}]}", RC_MALFORMED, "persons[0].role"},
	    {"{\"persons\":[{\"role\":1}]}", RC_MALFORMED, "persons[0].role"},
	    {"{\"persons\":[{\"role\":\"ROLE_UNSPECIFIED\"}]}", RC_MALFORMED,
	        "persons[0].role"},
	    {"{\"persons\":[{\"minor\":1}]}", RC_MALFORMED, "persons[0].minor"},
	    {"{\"persons\":[{\"minor\":\"true\"}]}", RC_MALFORMED, "persons[0].minor"},
	    {"{\"exploitation\":{\"hours_per_day\":-1}}", RC_MALFORMED,
	        "exploitation.hours_per_day"},
	    {"{\"exploitation\":{\"hours_per_day\":4294967296}}", RC_MALFORMED,
	        "exploitation.hours_per_day"},
	    {"{\"exploitation\":{\"hours_per_day\":1.5}}", RC_MALFORMED,
	        "exploitation.hours_per_day"},
	    {"{\"exploitation\":{\"hours_per_day\":1.0}}", RC_MALFORMED,
	        "exploitation.hours_per_day"},
	    {"{\"exploitation\":{\"hours_per_day\":\"1\"}}", RC_MALFORMED,
	        "exploitation.hours_per_day"},
	    {"{\"fiscal\":[{\"amount_cents\":-1}]}", RC_MALFORMED,
	        "fiscal[0].amount_cents"},
	    {"{\"fiscal\":[{\"amount_cents\":\"-1\"}]}", RC_MALFORMED,
	        "fiscal[0].amount_cents"},
	    {"{\"fiscal\":[{\"amount_cents\":\"01\"}]}", RC_MALFORMED,
	        "fiscal[0].amount_cents"},
	    {"{\"fiscal\":[{\"amount_cents\":\"\"}]}", RC_MALFORMED,
	        "fiscal[0].amount_cents"},
	    {"{\"fiscal\":[{\"amount_cents\":\"18446744073709551616\"}]}", RC_MALFORMED,
	        "fiscal[0].amount_cents"},
	    {"{\"fiscal\":[{\"amount_cents\":true}]}", RC_MALFORMED,
	        "fiscal[0].amount_cents"},
	};
	(void)state;
	assert_refused(&sluis__signal__descriptor, rows, sizeof rows / sizeof rows[0]);
}

static void
numbers_beyond_their_kind_are_refused(void **state)
{
	static const struct refusal rows[] = {
	    {"{\"a\":2147483648}", RC_MALFORMED, "a"},
	    {"{\"a\":-2147483649}", RC_MALFORMED, "a"},
	    {"{\"b\":2147483648}", RC_MALFORMED, "b"},
	    {"{\"c\":\"-9223372036854775809\"}", RC_MALFORMED, "c"},
	    {"{\"c\":\"9223372036854775808\"}", RC_MALFORMED, "c"},
	    {"{\"c\":\"-0\"}", RC_MALFORMED, "c"},
	    {"{\"c\":\"--1\"}", RC_MALFORMED, "c"},
	    {"{\"c\":\"+1\"}", RC_MALFORMED, "c"},
	    {"{\"d\":1.0}", RC_MALFORMED, "d"},
	    {"{\"e\":-1}", RC_MALFORMED, "e"},
	    {"{\"f\":-1}", RC_MALFORMED, "f"},
	    {"{\"g\":1e39}", RC_MALFORMED, "g"},
	    {"{\"g\":\"NaN\"}", RC_MALFORMED, "g"},
	    {"{\"h\":\"1\"}", RC_MALFORMED, "h"},
	    {"{\"h\":true}", RC_MALFORMED, "h"},
	};
	(void)state;
	assert_refused(&numbers_descriptor, rows, sizeof rows / sizeof rows[0]);
}

static void
unknown_fields_are_refused_and_named_only_if_they_look_like_fields(void **state)
{
	static const struct refusal rows[] = {
	    {"{\"person\":[]}", RC_MALFORMED, "person"},
	    {"{\"persons\":[{\"naam\":\"SECRET\"}]}", RC_MALFORMED, "persons[0].naam"},
	    {"{\"persons\":[{\"SECRET\":1}]}", RC_MALFORMED, "persons[0]"},
	    {"{\"999990019\":1}", RC_MALFORMED, ""},
	    {"{\"\":1}", RC_MALFORMED, ""},
	};
	(void)state;
	assert_refused(&sluis__signal__descriptor, rows, 4);
}

static void
bytes_are_strict_base64(void **state)
{
	static const struct refusal rows[] = {
	    {"{\"request_id\":\"AA\"}", RC_MALFORMED, "request_id"},
	    {"{\"request_id\":\"AB==\"}", RC_MALFORMED, "request_id"},
	    {"{\"request_id\":\"__8=\"}", RC_MALFORMED, "request_id"},
	    {"{\"request_id\":\"SECRET!!\"}", RC_MALFORMED, "request_id"},
	    {"{\"request_id\":[1]}", RC_MALFORMED, "request_id"},
	};
	(void)state;
	assert_refused(&sluis__head__descriptor, rows, 5);
}

static void
broken_json_is_refused_with_line_and_column(void **state)
{
	static const char *const bad[] = {"", " ", "null", "\"SECRET\"", "{", "{]",
	    "{\"meta\":{}} SECRET", "{'meta':{}}", "{\"meta\":{},}", "{\"meta\":{}}{}",
	    "{\"narrative\":{\"text\":\"\\u0000\"}}",
	    "{\"narrative\":{\"text\":\"\xff\"}}",
	    "{\"narrative\":{\"text\":\"SECRET\n\"}}",
	    "{\"fiscal\":[{\"amount_cents\":99999999999999999999}]}", "{\"x\":NaN}",
	    "// c\n{}"};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ProtobufCMessage *m = NULL;
		struct where      err;
		int               line, column;
		assert_int_equal(
		    parse(&sluis__signal__descriptor, bad[i], &m, &err), RC_MALFORMED);
		assert_int_equal(sscanf(err.at, "%d:%d", &line, &column), 2);
		assert_null(strstr(err.reason, "SECRET"));
		assert_null(m);
	}
}

static void
a_key_that_comes_twice_is_refused(void **state)
{
	ProtobufCMessage *m = NULL;
	struct where      err;
	(void)state;

	assert_int_equal(parse(&sluis__signal__descriptor,
	                     "{\"meta\":{\"urgent\":true,\n\"urgent\":false}}", &m, &err),
	    RC_MALFORMED);
	assert_string_equal(err.reason, "a name comes twice");
	assert_int_equal(err.at[0], '2');
}

static void
nesting_and_size_have_limits(void **state)
{
	static char       text[1024 * 1024 + 2];
	struct where      err;
	ProtobufCMessage *m = NULL;
	(void)state;

	memset(text, '[', 32);
	assert_int_equal(parse(&sluis__signal__descriptor, text, &m, &err), RC_MALFORMED);
	memset(text, '[', 33);
	assert_int_equal(parse(&sluis__signal__descriptor, text, &m, &err), RC_TOO_DEEP);
	assert_string_equal(err.at, "1:33");
	assert_int_equal(
	    parse(&sluis__signal__descriptor,
	        "{\"narrative\":{\"text\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"}}",
	        &m, &err),
	    RC_OK);
	message_destroy(&m);
	memset(text, ' ', sizeof text - 1);
	memcpy(text, "{}", 2);
	assert_int_equal(pbjson_parse(&sluis__signal__descriptor,
	                     slice_of(text, 1024 * 1024), &m, &err),
	    RC_OK);
	message_destroy(&m);
	assert_int_equal(pbjson_parse(&sluis__signal__descriptor,
	                     slice_of(text, 1024 * 1024 + 1), &m, &err),
	    RC_TOO_LARGE);
}

static void
what_json_cannot_say_is_left_out(void **state)
{
	Sluis__Signal        s = SLUIS__SIGNAL__INIT;
	Sluis__Person        a = SLUIS__PERSON__INIT, *persons[] = {&a};
	Sluis__RoleInProcess roles[] = {(Sluis__RoleInProcess)77};
	char                 bad[] = "\xff", good[] = "g";
	(void)state;

	s.persons = persons, s.n_persons = 1;
	a.has_role = 1, a.role = (Sluis__PersonRole)99;
	a.roles_in_process = roles, a.n_roles_in_process = 1;
	a.given_names = bad, a.family_name = good;
	AUTO(auto_free) char *text = dump(&s.base);
	assert_string_equal(text, "{\"persons\":[{\"family_name\":\"g\"}]}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_round_trip_in_descriptor_order),
	    cmocka_unit_test(every_field_of_a_signal_round_trips_through_the_wire),
	    cmocka_unit_test(every_kind_of_number_round_trips_at_its_ends),
	    cmocka_unit_test(numbers_that_cannot_be_are_not_written),
	    cmocka_unit_test(numbers_beyond_their_kind_are_refused),
	    cmocka_unit_test(the_example_signals_are_read),
	    cmocka_unit_test(numbers_for_64_bits_may_be_numbers),
	    cmocka_unit_test(
	        wrong_values_are_refused_with_their_place_and_without_their_value),
	    cmocka_unit_test(
	        unknown_fields_are_refused_and_named_only_if_they_look_like_fields),
	    cmocka_unit_test(bytes_are_strict_base64),
	    cmocka_unit_test(broken_json_is_refused_with_line_and_column),
	    cmocka_unit_test(a_key_that_comes_twice_is_refused),
	    cmocka_unit_test(nesting_and_size_have_limits),
	    cmocka_unit_test(what_json_cannot_say_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
