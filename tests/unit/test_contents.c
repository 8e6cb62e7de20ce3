/* SPDX-License-Identifier: EUPL-1.2 */
/* test_contents.c - what is listed is what the signal holds, and what is left of it is
 * what protobuf-c would write. */
#include "proto/remains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "signal.pb-c.h"
#include "support/region.h"
#include "support/wild.h"

enum { BIG = 1 << 20, MUCH = 64 << 20 };

/* All of SIGNAL, with the same fate. */
static void
all_of(const ProtobufCMessage *signal, enum fate fate, struct scratch *mem,
    struct remains *ret)
{
	struct contents *contents;

	*mem = scratch_init(MUCH);
	must(contents_list(signal, mem, &contents));
	must(remains_new(ret, contents, mem));
	memset(ret->fates, (int)fate, contents->n_fields);
	remains_settle(ret);
}

/* The same, packed. */
static struct slice
packed(const ProtobufCMessage *signal, enum fate fate, struct scratch *mem,
    struct remains *ret)
{
	struct slice got;

	all_of(signal, fate, mem, ret);
	must(remains_pack(ret, mem, BIG, &got));
	return got;
}

static Sluis__Signal *
wild_of(uint64_t seed, unsigned fields)
{
	struct wild r = {.state = seed, .fields = fields};

	return wild_signal(&r);
}

static Sluis__Signal *
empty_signal(void)
{
	Sluis__Signal *signal = calloc(1, sizeof *signal);

	assert_non_null(signal);
	sluis__signal__init(signal);
	return signal;
}

/* But for messages in which there is nothing. */
static void
all_of_it_is_what_protobuf_writes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		AUTO(message_destroy)
		Sluis__Signal *signal = wild_of(seed, (unsigned)(seed * 2 % 101));
		AUTO(scratch_wipe) struct scratch mem;
		AUTO(buf_wipe)
		struct buf want = buf_init(BIG), flat = buf_init(BIG),
		           again = buf_init(BIG);
		struct remains left;
		struct slice   got = packed(&signal->base, FATE_GIVEN, &mem, &left);
		AUTO(message_destroy)
		Sluis__Signal *out = sluis__signal__unpack(NULL, got.n, got.p);
		assert_non_null(out);
		pack_message(&out->base, &want);
		assert_true(slice_equal(buf_slice(&want), got));
		flat_signal(signal, 0, NULL, NULL, &flat);
		flat_signal(out, 0, NULL, NULL, &again);
		assert_true(slice_equal(buf_slice(&flat), buf_slice(&again)));
		if (got.n == 0) continue;
		assert_int_equal(
		    remains_pack(&left, &mem, got.n - 1, &got), RC_TOO_LARGE);
	}
}

static void
nothing_of_it_is_nothing(void **state)
{
	AUTO(message_destroy) Sluis__Signal *signal = wild_of(3, 90);
	AUTO(scratch_wipe) struct scratch    mem;
	struct remains                       left;
	(void)state;
	assert_int_equal(packed(&signal->base, FATE_GONE, &mem, &left).n, 0);
	for (size_t i = 0; i < left.contents->n_messages; i++)
		assert_false(left.stands[i]);
}

static Sluis__Person *
add_person(Sluis__Signal *signal, const char *name)
{
	Sluis__Person *p = message_add(&signal->n_persons, &signal->persons, sizeof *p);

	assert_non_null(p);
	sluis__person__init(p);
	must(message_text(&p->family_name, name));
	return p;
}

/* Of four persons the first goes, the second is only spoken for, the third had nothing.
 */
static void
what_stays_is_counted_among_its_own(void **state)
{
	AUTO(message_destroy) Sluis__Signal *signal = empty_signal();
	AUTO(scratch_wipe) struct scratch    mem;
	struct remains                       left;
	struct slice                         got;
	(void)state;
	(void)add_person(signal, "A");
	(void)add_person(signal, "B");
	(void)add_person(signal, NULL);
	(void)add_person(signal, "D");
	all_of(&signal->base, FATE_GIVEN, &mem, &left);
	assert_int_equal(left.contents->n_messages, 5);
	assert_int_equal(left.contents->n_fields, 3);
	left.fates[0] = FATE_GONE;
	left.fates[1] = FATE_STATED;
	remains_settle(&left);
	assert_false(left.stands[1]);
	assert_true(left.stands[2]);
	assert_false(left.stands[3]);
	assert_true(left.stands[4]);
	assert_int_equal(left.place[2], 0);
	assert_int_equal(left.place[4], 1);
	assert_int_equal(remains_pack(&left, &mem, BIG, &got), RC_OK);
	AUTO(message_destroy)
	Sluis__Signal *out = sluis__signal__unpack(NULL, got.n, got.p);
	assert_int_equal(out->n_persons, 2);
	assert_null(out->persons[0]->family_name);
	assert_string_equal(out->persons[1]->family_name, "D");
}

static void
what_this_build_does_not_know_is_not_listed(void **state)
{
	ProtobufCMessageUnknownField odd = {
	    .tag = 999, .len = 1, .data = (uint8_t *)"\1"};
	AUTO(message_destroy) Sluis__Signal *signal = wild_of(5, 100);
	AUTO(scratch_wipe) struct scratch    mem;
	struct remains                       left;
	(void)state;
	signal->persons[0]->base.n_unknown_fields = signal->base.n_unknown_fields = 1;
	signal->persons[0]->base.unknown_fields = signal->base.unknown_fields = &odd;
	struct slice got = packed(&signal->base, FATE_GIVEN, &mem, &left);
	AUTO(message_destroy)
	Sluis__Signal *out = sluis__signal__unpack(NULL, got.n, got.p);
	assert_false(flat_has_unknown(&out->base));
	signal->persons[0]->base.n_unknown_fields = signal->base.n_unknown_fields = 0;
	signal->persons[0]->base.unknown_fields = signal->base.unknown_fields = NULL;
}

static void
more_than_64_of_a_kind_are_refused(void **state)
{
	AUTO(message_destroy) Sluis__Signal *signal = empty_signal();
	AUTO(scratch_wipe) struct scratch    mem    = scratch_init(MUCH);
	struct contents                     *contents;
	(void)state;
	for (size_t i = 0; i < CONTENTS_ELEMENTS; i++) (void)add_person(signal, NULL);
	assert_int_equal(contents_list(&signal->base, &mem, &contents), RC_OK);
	(void)add_person(signal, NULL);
	assert_int_equal(
	    contents_list(&signal->base, &mem, &contents), RC_INVALID_SIGNAL);
}

static void
no_memory_is_an_error(void **state)
{
	AUTO(message_destroy) Sluis__Signal *signal = wild_of(7, 60);
	size_t                               max    = 0;
	(void)state;
	for (rc code = RC_NOMEM; code != RC_OK; max += 64) {
		AUTO(scratch_wipe) struct scratch mem = scratch_init(max);
		struct remains                    left;
		struct contents                  *contents;
		struct slice                      got;
		code = contents_list(&signal->base, &mem, &contents);
		if (code == RC_OK) code = remains_new(&left, contents, &mem);
		if (code == RC_OK) memset(left.fates, FATE_GIVEN, contents->n_fields);
		if (code == RC_OK) remains_settle(&left);
		if (code == RC_OK) code = remains_pack(&left, &mem, BIG, &got);
		if (code != RC_OK) assert_int_equal(code, RC_NOMEM);
	}
	assert_true(max > 2048);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_of_it_is_what_protobuf_writes),
	    cmocka_unit_test(nothing_of_it_is_nothing),
	    cmocka_unit_test(what_stays_is_counted_among_its_own),
	    cmocka_unit_test(what_this_build_does_not_know_is_not_listed),
	    cmocka_unit_test(more_than_64_of_a_kind_are_refused),
	    cmocka_unit_test(no_memory_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
