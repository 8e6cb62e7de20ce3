/* SPDX-License-Identifier: EUPL-1.2 */
/* test_scratch.c - pieces that are zero, wiped and bounded; shadows that lose fields
 * while what they were made of stays whole. */
#include "proto/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "proto/shadow.h"
#include "support/region.h"
#include "support/wild.h"

enum { MUCH = 64 << 20, BIG = 1 << 20 };

/* --- scratch --------------------------------------------------------------------- */

static bool
all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0) return false;
	return true;
}

static void
pieces_are_zero_aligned_and_apart(void **state)
{
	AUTO(scratch_wipe) struct scratch s = scratch_init(MUCH);
	uint8_t                          *at[500];
	(void)state;
	for (size_t i = 0; i < 500; i++) {
		at[i] = scratch_alloc(&s, i, 3);
		assert_non_null(at[i]);
		assert_int_equal((uintptr_t)at[i] % 16, 0);
		assert_true(all_zero(at[i], 3 * i));
		memset(at[i], (int)(i % 251 + 1), 3 * i);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t k = 0; k < 3 * i; k++)
			assert_int_equal(at[i][k], i % 251 + 1);
}

static void
what_was_used_is_zero_after_a_reset(void **state)
{
	AUTO(scratch_wipe) struct scratch s = scratch_init(MUCH);
	(void)state;
	uint8_t *first = scratch_alloc(&s, 1000, 1);
	memset(first, 7, 1000);
	memset(scratch_alloc(&s, 100000, 1), 8, 100000); /* a block of its own */
	scratch_reset(&s);
	assert_true(all_zero(first, 1000)); /* the first block is kept */
	assert_ptr_equal(scratch_alloc(&s, 1000, 1), first);
	assert_true(all_zero(first, 1000));
}

/* Tasks that take more than what is kept, again and again. */
static void
what_is_kept_is_bounded_and_zero(void **state)
{
	AUTO(scratch_wipe) struct scratch s = scratch_init(MUCH);
	(void)state;
	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < 20; i++) {
			uint8_t *p = scratch_alloc(&s, 20000, 1);
			assert_non_null(p);
			assert_true(all_zero(p, 20000));
			memset(p, 9, 20000);
		}
		scratch_reset(&s);
		assert_int_equal(s.n_spare, 4);
		assert_null(s.blocks);
		assert_int_equal(s.left, MUCH);
	}
	scratch_wipe(&s);
	assert_null(s.spare);
}

static void
no_more_than_its_bound_is_given_out(void **state)
{
	AUTO(scratch_wipe) struct scratch s = scratch_init(1024);
	(void)state;
	assert_null(scratch_alloc(&s, 1025, 1));
	assert_null(scratch_alloc(&s, SIZE_MAX, 2));
	assert_null(scratch_alloc(&s, SIZE_MAX, 1));
	assert_null(scratch_alloc(&s, SIZE_MAX - 7, 1));
	assert_non_null(scratch_alloc(&s, 1024, 1));
	assert_null(scratch_alloc(&s, 1, 1));
	assert_non_null(scratch_alloc(&s, 0, 8));
	scratch_reset(&s);
	assert_non_null(scratch_alloc(&s, 1024, 1));
}

static void
a_copy_ends_in_a_nul_and_a_text_is_the_same_text(void **state)
{
	AUTO(scratch_wipe) struct scratch s = scratch_init(1024);
	(void)state;
	assert_string_equal(scratch_copy(&s, slice_of("abcdef", 3)), "abc");
	assert_string_equal(scratch_text(&s, "abc"), "abc");
	assert_string_equal(scratch_copy(&s, slice_of(NULL, 0)), "");
}

static void
a_message_beyond_its_limit_is_not_packed(void **state)
{
	AUTO(scratch_wipe) struct scratch s = scratch_init(1024);
	Sluis__Person                     p = SLUIS__PERSON__INIT;
	struct slice                      out;
	(void)state;
	p.bsn    = message_borrow("999990019");
	size_t n = sluis__person__get_packed_size(&p);
	assert_int_equal(scratch_pack(&s, &p.base, n - 1, &out), RC_TOO_LARGE);
	assert_int_equal(scratch_pack(&s, &p.base, n, &out), RC_OK);
	assert_int_equal(out.n, n);
	assert_int_equal(scratch_pack(&s, &p.base, 4096, &out), RC_OK);
	s.left = n - 1;
	assert_int_equal(scratch_pack(&s, &p.base, 4096, &out), RC_NOMEM);
}

static void
an_unpacked_message_lives_in_it(void **state)
{
	AUTO(scratch_wipe)
	struct scratch            s = scratch_init(MUCH), little = scratch_init(64);
	AUTO(buf_wipe) struct buf wire = buf_init(BIG), again = buf_init(BIG);
	ProtobufCMessage         *m = NULL;
	(void)state;
	signal_from_file("04-hotel-and-webcam.json", &wire);
	assert_int_equal(guard_unpack_in(&s, &sluis__signal__descriptor, buf_slice(&wire),
	                     guard_signal, &m),
	    RC_OK);
	pack_message(m, &again);
	assert_true(slice_equal(buf_slice(&wire), buf_slice(&again)));
	m = NULL;
	assert_int_equal(guard_unpack_in(&little, &sluis__signal__descriptor,
	                     buf_slice(&wire), guard_signal, &m),
	    RC_NOMEM);
	assert_null(m);
	assert_int_equal(guard_unpack_in(&s, &sluis__signal__descriptor,
	                     slice_of("\x0b", 1), guard_signal, &m),
	    RC_MALFORMED);
}

/* --- shadows --------------------------------------------------------------------- */

static void
pack(const ProtobufCMessage *m, struct buf *out)
{
	*out = buf_init(BIG);
	pack_message(m, out);
}

/* Take every field out of M and what is below it, messages last. */
static void
drop_all(ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			for (size_t k = 0; k < field_count(m, f); k++)
				drop_all(*(ProtobufCMessage **)field_value(m, f, k));
		shadow_drop(m, f);
		assert_int_equal(field_count(m, f), 0);
	}
}

static void
a_shadow_says_the_same_and_losing_all_of_it_leaves_the_original_whole(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct wild r = {.state = seed, .fields = (unsigned)seed * 2};
		AUTO(message_destroy) Sluis__Signal *m   = wild_signal(&r);
		AUTO(scratch_wipe) struct scratch    mem = scratch_init(MUCH);
		AUTO(buf_wipe) struct buf            before, same, after;
		ProtobufCMessage                    *shadow = NULL;
		pack(&m->base, &before);
		assert_int_equal(shadow_of(&m->base, &mem, &shadow), RC_OK);
		pack(shadow, &same);
		assert_true(slice_equal(buf_slice(&before), buf_slice(&same)));
		drop_all(shadow);
		assert_int_equal(protobuf_c_message_get_packed_size(shadow), 0);
		pack(&m->base, &after);
		assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
	}
}

static void
a_shadow_has_no_unknown_field_at_any_depth(void **state)
{
	ProtobufCMessageUnknownField odd = {
	    .tag = 999, .len = 1, .data = (uint8_t *)"\1"};
	AUTO(scratch_wipe) struct scratch    mem    = scratch_init(MUCH);
	struct wild                          r      = {.state = 5, .fields = 100};
	AUTO(message_destroy) Sluis__Signal *m      = wild_signal(&r);
	ProtobufCMessage                    *shadow = NULL;
	(void)state;
	m->persons[0]->base.n_unknown_fields = m->base.n_unknown_fields = 1;
	m->persons[0]->base.unknown_fields = m->base.unknown_fields = &odd;
	assert_int_equal(shadow_of(&m->base, &mem, &shadow), RC_OK);
	assert_false(flat_has_unknown(shadow));
	assert_true(flat_has_unknown(&m->base));
	m->persons[0]->base.n_unknown_fields = m->base.n_unknown_fields = 0;
	m->persons[0]->base.unknown_fields = m->base.unknown_fields = NULL;
}

static void
a_shadow_that_finds_no_room_is_an_error(void **state)
{
	AUTO(scratch_wipe) struct scratch    mem    = scratch_init(2048);
	struct wild                          r      = {.state = 3, .fields = 100};
	AUTO(message_destroy) Sluis__Signal *m      = wild_signal(&r);
	ProtobufCMessage                    *shadow = NULL;
	(void)state;
	assert_int_equal(shadow_of(&m->base, &mem, &shadow), RC_NOMEM);
	assert_null(shadow);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_zero_aligned_and_apart),
	    cmocka_unit_test(what_was_used_is_zero_after_a_reset),
	    cmocka_unit_test(what_is_kept_is_bounded_and_zero),
	    cmocka_unit_test(no_more_than_its_bound_is_given_out),
	    cmocka_unit_test(a_copy_ends_in_a_nul_and_a_text_is_the_same_text),
	    cmocka_unit_test(a_message_beyond_its_limit_is_not_packed),
	    cmocka_unit_test(an_unpacked_message_lives_in_it),
	    cmocka_unit_test(
	        a_shadow_says_the_same_and_losing_all_of_it_leaves_the_original_whole),
	    cmocka_unit_test(a_shadow_has_no_unknown_field_at_any_depth),
	    cmocka_unit_test(a_shadow_that_finds_no_room_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
