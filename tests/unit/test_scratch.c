/* SPDX-License-Identifier: EUPL-1.2 */
/* test_scratch.c - pieces that are zero, wiped and bounded, and messages made of them. */
#include "proto/scratch.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/schema.h"
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

static struct depot *
depot_of(size_t most)
{
	struct depot *d = NULL;
	must(depot_new(&d, most));
	return d;
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
what_was_used_is_zero_in_the_depot(void **state)
{
	AUTO(depot_destroy) struct depot *d = depot_of(1);
	AUTO(scratch_wipe) struct scratch s = scratch_from(d, MUCH);
	(void)state;
	uint8_t *first = scratch_alloc(&s, 1000, 1);
	memset(first, 7, 1000);
	memset(scratch_alloc(&s, 100000, 1), 8, 100000); /* a block of its own */
	scratch_wipe(&s);
	assert_true(all_zero(first, 1000)); /* the first block waits */
	assert_ptr_equal(scratch_alloc(&s, 1000, 1), first);
	assert_true(all_zero(first, 1000));
}

/* Tasks that take more than what may wait, again and again. */
static void
what_comes_from_a_depot_is_zero(void **state)
{
	AUTO(depot_destroy) struct depot *d = depot_of(4);
	AUTO(scratch_wipe) struct scratch s = scratch_from(d, MUCH);
	(void)state;
	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < 20; i++) {
			uint8_t *p = scratch_alloc(&s, 20000, 1);
			assert_non_null(p);
			assert_true(all_zero(p, 20000));
			memset(p, 9, 20000);
		}
		scratch_wipe(&s);
		assert_null(s.blocks);
		assert_int_equal(s.left, MUCH);
	}
}

/* The one that was given back last comes first; the one too many is freed, or the leak
 * checker tells. */
static void
a_depot_gives_out_what_waits_last_in_first_out(void **state)
{
	AUTO(depot_destroy) struct depot *d = depot_of(2);
	void                             *at[3], *again[3];
	(void)state;
	for (int i = 0; i < 3; i++) assert_non_null(at[i] = depot_take(d));
	for (int i = 0; i < 3; i++) depot_give(d, at[i]);
	for (int i = 0; i < 3; i++) {
		assert_non_null(again[i] = depot_take(d));
		assert_true(all_zero(again[i], DEPOT_BLOCK));
	}
	assert_ptr_equal(again[0], at[1]);
	assert_ptr_equal(again[1], at[0]);
	for (int i = 0; i < 3; i++) free(again[i]);
}

static void *
take_and_give(void *depot)
{
	for (int i = 0; i < 20000; i++) {
		uint64_t *block = depot_take(depot);
		if (block == NULL || block[0] != 0 || block[1] != 0) return depot;
		block[0] = block[1] = (uint64_t)i + 1; /* mine alone */
		if (block[0] != block[1]) return depot;
		block[0] = block[1] = 0;
		depot_give(depot, block);
	}
	return NULL;
}

static void
threads_share_a_depot(void **state)
{
	AUTO(depot_destroy) struct depot *d = depot_of(2);
	pthread_t                         threads[4];
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, d), 0);
	for (int i = 0; i < 4; i++) {
		void *failed = d;
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
}

static void
no_more_than_its_bound_is_given_out(void **state)
{
	AUTO(scratch_wipe) struct scratch s = scratch_init(1024);
	(void)state;
	assert_non_null(scratch_alloc(&s, 1024, 1));
	assert_false(s.full || s.failed);
	scratch_wipe(&s);
	assert_null(scratch_alloc(&s, 1025, 1));
	assert_true(s.full && s.failed);
	scratch_wipe(&s);
	assert_false(s.full || s.failed);
	assert_null(scratch_alloc(&s, SIZE_MAX, 2));
	assert_true(s.full);
	assert_null(scratch_alloc(&s, SIZE_MAX, 1));
	assert_null(scratch_alloc(&s, SIZE_MAX - 7, 1));
	assert_non_null(scratch_alloc(&s, 1024, 1));
	assert_null(scratch_alloc(&s, 1, 1));
	assert_non_null(scratch_alloc(&s, 0, 8));
	scratch_wipe(&s);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_zero_aligned_and_apart),
	    cmocka_unit_test(what_was_used_is_zero_in_the_depot),
	    cmocka_unit_test(what_comes_from_a_depot_is_zero),
	    cmocka_unit_test(a_depot_gives_out_what_waits_last_in_first_out),
	    cmocka_unit_test(threads_share_a_depot),
	    cmocka_unit_test(no_more_than_its_bound_is_given_out),
	    cmocka_unit_test(a_copy_ends_in_a_nul_and_a_text_is_the_same_text),
	    cmocka_unit_test(a_message_beyond_its_limit_is_not_packed),
	    cmocka_unit_test(an_unpacked_message_lives_in_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
