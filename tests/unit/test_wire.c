/* SPDX-License-Identifier: EUPL-1.2 */
/* test_wire.c - one field at a time, and never a byte beyond the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/wire.h"

/* Take the first field of the first N bytes of P; bytes behind them are bait. */
static rc
next(const char *p, size_t n, struct wire_field *ret, size_t *ret_left)
{
	struct slice rest = slice_of(p, n);
	rc           code = wire_next(&rest, ret);

	*ret_left = rest.n;
	return code;
}

static void
a_field_is_taken_and_the_rest_is_left(void **state)
{
	struct wire_field f;
	size_t            left;
	(void)state;

	assert_int_equal(next("\x12\x02xyz", 5, &f, &left), RC_OK);
	assert_int_equal(f.number, 2);
	assert_int_equal(f.type, WIRE_BYTES);
	assert_true(f.minimal);
	assert_true(slice_equal(f.body, slice_str("xy")));
	assert_int_equal(left, 1);
	assert_int_equal(next("\x18\x96\x01", 3, &f, &left), RC_OK);
	assert_int_equal(f.type, WIRE_VARINT);
	assert_int_equal(f.body.n, 2);
	assert_int_equal(next("\x25zzzz", 5, &f, &left), RC_OK);
	assert_int_equal(f.body.n, 4);
	assert_int_equal(next("\x29zzzzzzzz", 9, &f, &left), RC_OK);
	assert_int_equal(f.body.n, 8);
	assert_int_equal(left, 0);
}

static void
nothing_behind_the_end_is_taken(void **state)
{
	static const struct {
		const char *p;
		size_t      whole;
	} rows[] = {{"\x12\x06 four!", 8}, {"\x18\x96\x01", 3}, {"\x25zzzz", 5},
	    {"\x29zzzzzzzz", 9}, {"\x9a\x01\x81\x00z", 5}, {"\x12\x01z", 3}};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct wire_field f = {.number = 77};
		size_t            left;
		for (size_t n = 0; n < rows[i].whole; n++) {
			assert_int_equal(next(rows[i].p, n, &f, &left), RC_MALFORMED);
			assert_int_equal(left, n);
			assert_int_equal(f.number, 77);
		}
		assert_int_equal(next(rows[i].p, rows[i].whole, &f, &left), RC_OK);
	}
}

static void
longer_than_need_be_is_told(void **state)
{
	struct wire_field f;
	size_t            left;
	(void)state;

	assert_int_equal(next("\x92\x00\x01x", 4, &f, &left), RC_OK);
	assert_false(f.minimal);
	assert_int_equal(next("\x12\x81\x00x", 4, &f, &left), RC_OK);
	assert_false(f.minimal);
}

static void
varints_are_read_up_to_64_bits(void **state)
{
	struct wire_field f;
	size_t            left;
	(void)state;

	assert_int_equal(next("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
	                      "x",
	                     12, &f, &left),
	    RC_OK);
	assert_int_equal(f.body.n, 10);
	assert_int_equal(left, 1);
	assert_int_equal(
	    next("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11, &f, &left),
	    RC_MALFORMED);
	assert_int_equal(left, 11);
	assert_int_equal(
	    next("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00", 12, &f, &left),
	    RC_MALFORMED);
}

static void
what_is_put_is_read_back(void **state)
{
	static const size_t sizes[] = {0, 1, 127, 128, 16383, 16384, 70000};
	static uint8_t      content[70000];
	(void)state;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		AUTO(buf_wipe) struct buf b = buf_init(wire_bytes_size(sizes[i]));
		struct wire_field         f;
		struct slice              rest;
		assert_int_equal(
		    wire_put_bytes(15, slice_of(content, sizes[i]), &b), RC_OK);
		assert_int_equal(b.n, b.max);
		rest = buf_slice(&b);
		assert_int_equal(wire_next(&rest, &f), RC_OK);
		assert_int_equal(f.number, 15);
		assert_true(f.minimal);
		assert_int_equal(f.body.n, sizes[i]);
		assert_int_equal(rest.n, 0);
		b.n = 0;
		b.max--;
		assert_int_equal(
		    wire_put_bytes(15, slice_of(content, sizes[i]), &b), RC_TOO_LARGE);
		assert_int_equal(b.n, 0);
	}
}

static void
every_field_number_is_put_as_short_as_it_can_be(void **state)
{
	static const unsigned numbers[] = {1, 15, 16, 23, 127, 128, 2047};
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		AUTO(buf_wipe) struct buf b = buf_init(64);
		struct wire_field         f;
		assert_int_equal(wire_put_bytes(numbers[i], slice_str("abc"), &b), RC_OK);
		struct slice rest = buf_slice(&b);
		assert_int_equal(wire_next(&rest, &f), RC_OK);
		assert_int_equal(f.number, numbers[i]);
		assert_true(f.minimal);
		assert_true(slice_equal(f.body, slice_str("abc")));
		assert_int_equal(rest.n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_field_is_taken_and_the_rest_is_left),
	    cmocka_unit_test(nothing_behind_the_end_is_taken),
	    cmocka_unit_test(longer_than_need_be_is_told),
	    cmocka_unit_test(varints_are_read_up_to_64_bits),
	    cmocka_unit_test(what_is_put_is_read_back),
	    cmocka_unit_test(every_field_number_is_put_as_short_as_it_can_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
