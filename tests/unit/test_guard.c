/* SPDX-License-Identifier: EUPL-1.2 */
/* test_guard.c - hostile protobuf is refused before anybody allocates for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/limits.h"
#include "proto/message.h"
#include "signal.pb-c.h"
#include "wire.pb-c.h"

static const struct guard_limits loose = {
    .max_depth = 15, .max_elements = 1 << 22, .max_bytes = 1 << 24};

/* A message type that our own .proto files may not have: it holds itself, and one of
 * every kind of field. */
static const ProtobufCMessageDescriptor node_descriptor;

#define FIELD(text, number, quantifier, kind, deep)                                    \
	{                                                                              \
		.name = (text), .id = (number), .label = (quantifier), .type = (kind), \
		.descriptor = (deep)                                                   \
	}
static const ProtobufCFieldDescriptor node_fields[] = {
    FIELD(
        "child", 1, PROTOBUF_C_LABEL_OPTIONAL, PROTOBUF_C_TYPE_MESSAGE, &node_descriptor),
    FIELD("text", 2, PROTOBUF_C_LABEL_OPTIONAL, PROTOBUF_C_TYPE_STRING, NULL),
    FIELD("n", 3, PROTOBUF_C_LABEL_OPTIONAL, PROTOBUF_C_TYPE_UINT32, NULL),
    FIELD("f32", 4, PROTOBUF_C_LABEL_OPTIONAL, PROTOBUF_C_TYPE_FIXED32, NULL),
    FIELD("f64", 5, PROTOBUF_C_LABEL_OPTIONAL, PROTOBUF_C_TYPE_FIXED64, NULL),
    FIELD("many", 6, PROTOBUF_C_LABEL_REPEATED, PROTOBUF_C_TYPE_UINT32, NULL),
    FIELD("many32", 7, PROTOBUF_C_LABEL_REPEATED, PROTOBUF_C_TYPE_FIXED32, NULL),
    FIELD("many64", 8, PROTOBUF_C_LABEL_REPEATED, PROTOBUF_C_TYPE_DOUBLE, NULL),
    FIELD("children", 9, PROTOBUF_C_LABEL_REPEATED, PROTOBUF_C_TYPE_MESSAGE,
        &node_descriptor),
    FIELD("strings", 10, PROTOBUF_C_LABEL_REPEATED, PROTOBUF_C_TYPE_STRING, NULL),
    FIELD("bytes", 11, PROTOBUF_C_LABEL_OPTIONAL, PROTOBUF_C_TYPE_BYTES, NULL),
};
enum { N_NODE_FIELDS = sizeof node_fields / sizeof node_fields[0] };
static const ProtobufCIntRange          node_ranges[]   = {{1, 0}, {0, N_NODE_FIELDS}};
static const ProtobufCMessageDescriptor node_descriptor = {
    .magic          = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name           = "Node",
    .n_fields       = N_NODE_FIELDS,
    .fields         = node_fields,
    .n_field_ranges = 1,
    .field_ranges   = node_ranges,
};

static rc
check(const void *p, size_t n)
{
	return guard_check(&node_descriptor, slice_of(p, n), loose);
}

#define CHECK(literal) check(literal, sizeof(literal) - 1)

/* Wrap a message in field 1 of a message, LEVELS times, outside in. */
static struct slice
nest(struct buf *b, unsigned levels)
{
	size_t n = 0, at = 1 << 20;

	b->n       = 0;
	uint8_t *p = buf_extend(b, at);
	assert_non_null(p);
	for (unsigned i = 0; i < levels; i++) {
		uint8_t head[8] = {0x0a};
		size_t  size = 1, v = n;
		for (; v > 0x7f; v >>= 7) head[size++] = (uint8_t)(v | 0x80);
		head[size++] = (uint8_t)v;
		at -= size;
		memcpy(p + at, head, size);
		n += size;
	}
	return slice_of(p + at, n);
}

static void
depth_is_counted_exactly(void **state)
{
	AUTO(buf_wipe) struct buf b      = buf_init(1 << 20);
	struct guard_limits       limits = {
	          .max_depth = 3, .max_elements = 100, .max_bytes = 100};
	(void)state;

	assert_int_equal(guard_check(&node_descriptor, nest(&b, 3), limits), RC_OK);
	assert_int_equal(guard_check(&node_descriptor, nest(&b, 4), limits), RC_TOO_DEEP);
	assert_int_equal(guard_check(&node_descriptor, nest(&b, 15), loose), RC_OK);
	assert_int_equal(guard_check(&node_descriptor, nest(&b, 16), loose), RC_TOO_DEEP);
	limits.max_depth = 0;
	assert_int_equal(guard_check(&node_descriptor, nest(&b, 0), limits), RC_OK);
	assert_int_equal(guard_check(&node_descriptor, nest(&b, 1), limits), RC_TOO_DEEP);
}

static void
ten_thousand_levels_are_refused_without_allocating(void **state)
{
	AUTO(buf_wipe) struct buf b              = buf_init(1 << 20);
	struct guard_limits       no_depth_limit = loose;
	ProtobufCMessage         *m              = NULL;
	(void)state;

	struct slice wire        = nest(&b, 10000);
	no_depth_limit.max_depth = 1 << 30;
	struct mallinfo2 before  = mallinfo2();
	assert_int_equal(guard_unpack(&node_descriptor, wire, loose, &m), RC_TOO_DEEP);
	assert_int_equal(
	    guard_check(&node_descriptor, wire, no_depth_limit), RC_TOO_DEEP);
	struct mallinfo2 after = mallinfo2();
	assert_true(before.uordblks == after.uordblks);
	assert_null(m);
}

static void
two_megabytes_of_empty_messages_are_refused_without_allocating(void **state)
{
	size_t            n = 2 * 1024 * 1024;
	uint8_t          *p = malloc(n);
	ProtobufCMessage *m = NULL;
	(void)state;

	assert_non_null(p);
	for (size_t i = 0; i < n; i += 2)
		p[i] = 0x1a, p[i + 1] = 0; /* Signal.persons {} */
	struct mallinfo2 before = mallinfo2();
	assert_int_equal(
	    guard_unpack(&sluis__signal__descriptor, slice_of(p, n), guard_signal, &m),
	    RC_TOO_LARGE);
	assert_int_equal(guard_unpack(&sluis__signal__descriptor, slice_of(p, SIGNAL_MAX),
	                     guard_signal, &m),
	    RC_TOO_MANY);
	for (size_t i = 0; i < n; i += 2) p[i] = 0x3a; /* Answer.outcomes {} */
	assert_int_equal(
	    guard_unpack(&sluis__answer__descriptor, slice_of(p, n), guard_wire, &m),
	    RC_TOO_MANY);
	struct mallinfo2 after = mallinfo2();
	assert_true(before.uordblks == after.uordblks);
	assert_null(m);
	free(p);
}

static void
elements_of_all_levels_count_together(void **state)
{
	static const uint8_t wire[] = {0x18, 1, 0x4a, 2, 0x18, 1, 0x4a, 0, 0x98, 0x06, 1};
	struct guard_limits  limits = {
	     .max_depth = 3, .max_elements = 5, .max_bytes = 100};
	(void)state;

	assert_int_equal(
	    guard_check(&node_descriptor, slice_of(wire, sizeof wire), limits), RC_OK);
	limits.max_elements = 4;
	assert_int_equal(
	    guard_check(&node_descriptor, slice_of(wire, sizeof wire), limits),
	    RC_TOO_MANY);
}

static void
packed_elements_count_each(void **state)
{
	struct guard_limits limits = {
	    .max_depth = 3, .max_elements = 3, .max_bytes = 100};
	static const char three[] = "\x32\x04\x01\x80\x01\x02",
	                  four[]  = "\x32\x04\x01\x02\x03\x04";
	(void)state;

	assert_int_equal(guard_check(&node_descriptor, slice_str(three), limits), RC_OK);
	assert_int_equal(
	    guard_check(&node_descriptor, slice_str(four), limits), RC_TOO_MANY);
}

static void
bytes_are_limited_first(void **state)
{
	struct guard_limits limits = {.max_depth = 3, .max_elements = 3, .max_bytes = 3};
	(void)state;

	assert_int_equal(
	    guard_check(&node_descriptor, slice_str("\x12\x01x"), limits), RC_OK);
	assert_int_equal(
	    guard_check(&node_descriptor, slice_str("\x12\x02xy"), limits), RC_TOO_LARGE);
	assert_int_equal(
	    guard_check(&node_descriptor, slice_str("\xff\xff\xff\xff"), limits),
	    RC_TOO_LARGE);
}

static void
well_formed_wires_pass(void **state)
{
	(void)state;
	assert_int_equal(CHECK(""), RC_OK);
	assert_int_equal(CHECK("\x12\x00"), RC_OK);
	assert_int_equal(CHECK("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), RC_OK);
	assert_int_equal(CHECK("\x25\0\0\0\0\x29\0\0\0\0\0\0\0\0"), RC_OK);
	assert_int_equal(CHECK("\x30\x01\x30\x02\x32\x02\x03\x04\x32\x00"), RC_OK);
	assert_int_equal(CHECK("\x3a\x08\0\0\0\0\0\0\0\0\x3d\0\0\0\0"), RC_OK);
	assert_int_equal(CHECK("\x42\x08\0\0\0\0\0\0\0\0\x41\0\0\0\0\0\0\0\0"), RC_OK);
	assert_int_equal(CHECK("\x5a\x02\0\0"), RC_OK); /* NUL is fine in bytes */
	assert_int_equal(
	    CHECK("\xf8\xff\xff\xff\x0f\x01"), RC_OK); /* the last field number */
}

static void
unknown_fields_pass_whatever_is_inside(void **state)
{
	(void)state;
	assert_int_equal(CHECK("\xfa\x01\x03\xff\xff\xff"), RC_OK);
	assert_int_equal(CHECK("\xf8\x01\x01\xf8\x01\x01"), RC_OK);
	assert_int_equal(CHECK("\xfd\x01\0\0\0\0\xf9\x01\0\0\0\0\0\0\0\0"), RC_OK);
}

static void
broken_wires_are_malformed(void **state)
{
	(void)state;
	assert_int_equal(CHECK("\x0a"), RC_MALFORMED);               /* no length */
	assert_int_equal(CHECK("\x0a\x01"), RC_MALFORMED);           /* no content */
	assert_int_equal(CHECK("\x12\x05 four"), RC_OK);             /* (just enough) */
	assert_int_equal(CHECK("\x12\x06 four"), RC_MALFORMED);      /* one byte short */
	assert_int_equal(CHECK("\x18"), RC_MALFORMED);               /* no value */
	assert_int_equal(CHECK("\x18\x80"), RC_MALFORMED);           /* open varint */
	assert_int_equal(CHECK("\x25\0\0\0"), RC_MALFORMED);         /* 3 of 4 bytes */
	assert_int_equal(CHECK("\x29\0\0\0\0\0\0\0"), RC_MALFORMED); /* 7 of 8 bytes */
	assert_int_equal(CHECK("\x80"), RC_MALFORMED);               /* open tag */
	assert_int_equal(CHECK("\x00\x01"), RC_MALFORMED);           /* field 0 */
	assert_int_equal(
	    CHECK("\x80\x80\x80\x80\x80\x01\x01"), RC_MALFORMED); /* long tag */
	assert_int_equal(
	    CHECK("\xf8\xff\xff\xff\x1f\x01"), RC_MALFORMED); /* number 2^29 */
	assert_int_equal(
	    CHECK("\x0a\x02\x12\x05"), RC_MALFORMED); /* child beyond its end */
}

static void
lengths_cannot_overflow(void **state)
{
	(void)state;
	assert_int_equal(CHECK("\x12\xff\xff\xff\xff\x0f"), RC_MALFORMED);
	assert_int_equal(
	    CHECK("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), RC_MALFORMED);
	assert_int_equal(
	    CHECK("\xfa\x01\xf6\xff\xff\xff\xff\xff\xff\xff\xff\x01"), RC_MALFORMED);
}

static void
varints_end_within_ten_bytes_and_64_bits(void **state)
{
	(void)state;
	assert_int_equal(
	    CHECK("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), RC_MALFORMED);
	assert_int_equal(
	    CHECK("\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), RC_MALFORMED);
	assert_int_equal(
	    CHECK("\x32\x0b\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), RC_MALFORMED);
}

static void
groups_and_types_without_meaning_are_malformed(void **state)
{
	(void)state;
	assert_int_equal(CHECK("\x0b\x0c"), RC_MALFORMED); /* known field as a group */
	assert_int_equal(
	    CHECK("\xfb\x01\xfc\x01"), RC_MALFORMED); /* unknown field as a group */
	assert_int_equal(CHECK("\x0e"), RC_MALFORMED);
	assert_int_equal(CHECK("\x0f"), RC_MALFORMED);
	assert_int_equal(CHECK("\xfe\x01\x01"), RC_MALFORMED);
}

static void
known_fields_have_their_own_wire_type(void **state)
{
	/* for each field, every other wire type with enough bytes behind */
	static const unsigned own[]   = {2, 2, 0, 5, 1, 0, 5, 1, 2, 2, 2};
	static const unsigned types[] = {0, 1, 2, 5};
	(void)state;

	for (unsigned f = 0; f < N_NODE_FIELDS; f++) {
		for (unsigned t = 0; t < 4; t++) {
			uint8_t wire[9] = {(uint8_t)((f + 1) << 3 | types[t])};
			size_t  n       = types[t] == 1 ? 9 : types[t] == 5 ? 5 : 2;
			bool    packed  = types[t] == 2 && f >= 5 && f <= 7;
			rc want = types[t] == own[f] || packed ? RC_OK : RC_MALFORMED;
			assert_int_equal(check(wire, n), want);
		}
	}
}

static void
packed_values_fill_their_length(void **state)
{
	(void)state;
	assert_int_equal(CHECK("\x32\x01\x80"), RC_MALFORMED);
	assert_int_equal(CHECK("\x3a\x05\0\0\0\0\0"), RC_MALFORMED);
	assert_int_equal(CHECK("\x42\x04\0\0\0\0"), RC_MALFORMED);
}

static void
a_singular_field_comes_once(void **state)
{
	(void)state;
	assert_int_equal(CHECK("\x0a\x00\x0a\x00"), RC_MALFORMED);
	assert_int_equal(CHECK("\x12\x00\x12\x00"), RC_MALFORMED);
	assert_int_equal(CHECK("\x18\x01\x18\x01"), RC_MALFORMED);
	assert_int_equal(CHECK("\x52\x00\x52\x00"), RC_OK); /* repeated strings */
	assert_int_equal(
	    CHECK("\x4a\x02\x18\x01\x4a\x02\x18\x01"), RC_OK); /* in two messages */
	assert_int_equal(
	    CHECK("\x0a\x02\x18\x01\x18\x01"), RC_OK); /* in child and parent */
}

static void
strings_hold_no_nul(void **state)
{
	(void)state;
	assert_int_equal(CHECK("\x12\x03"
	                       "a\0b"),
	    RC_MALFORMED);
	assert_int_equal(CHECK("\x52\x01\0"), RC_MALFORMED);
}

static void
a_truncated_message_is_never_longer_than_itself(void **state)
{
	Sluis__Signal  s = SLUIS__SIGNAL__INIT;
	Sluis__Person  p = SLUIS__PERSON__INIT, *persons[1] = {&p};
	Sluis__Address a        = SLUIS__ADDRESS__INIT;
	char           street[] = "Dijk", name[] = "J.";
	uint8_t        wire[256];
	(void)state;

	a.street = street, p.given_names = name, p.residence = &a, s.persons = persons;
	s.n_persons = 1;
	size_t n    = sluis__signal__pack(&s, wire);
	size_t ok   = 0;
	for (size_t i = 0; i <= n; i++) {
		ProtobufCMessage *m     = NULL;
		uint8_t          *exact = malloc(i + 1);
		assert_non_null(exact);
		memcpy(exact, wire, i);
		rc code = guard_unpack(
		    &sluis__signal__descriptor, slice_of(exact, i), guard_signal, &m);
		assert_true(code == RC_OK || code == RC_MALFORMED);
		ok += code == RC_OK;
		message_destroy(&m);
		free(exact);
	}
	assert_int_equal(ok, 2); /* nothing, and all of it */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(depth_is_counted_exactly),
	    cmocka_unit_test(ten_thousand_levels_are_refused_without_allocating),
	    cmocka_unit_test(
	        two_megabytes_of_empty_messages_are_refused_without_allocating),
	    cmocka_unit_test(elements_of_all_levels_count_together),
	    cmocka_unit_test(packed_elements_count_each),
	    cmocka_unit_test(bytes_are_limited_first),
	    cmocka_unit_test(well_formed_wires_pass),
	    cmocka_unit_test(unknown_fields_pass_whatever_is_inside),
	    cmocka_unit_test(broken_wires_are_malformed),
	    cmocka_unit_test(lengths_cannot_overflow),
	    cmocka_unit_test(varints_end_within_ten_bytes_and_64_bits),
	    cmocka_unit_test(groups_and_types_without_meaning_are_malformed),
	    cmocka_unit_test(known_fields_have_their_own_wire_type),
	    cmocka_unit_test(packed_values_fill_their_length),
	    cmocka_unit_test(a_singular_field_comes_once),
	    cmocka_unit_test(strings_hold_no_nul),
	    cmocka_unit_test(a_truncated_message_is_never_longer_than_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
