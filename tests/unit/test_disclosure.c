/* SPDX-License-Identifier: EUPL-1.2 */
/* test_disclosure.c - what is left of a signal leads to the root that its sender signed,
 * and nothing else does. */
#include "proto/disclosure.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "proto/guard.h"
#include "proto/message.h"
#include "signal.pb-c.h"
#include "support/grown.h"
#include "support/wild.h"

enum { STATED_MAX = 512 };

static const uint8_t seed[KEY_BYTES] = {1, 2, 3};

static int
begin(void **state)
{
	(void)state;
	return sodium_init() < 0 ? -1 : 0;
}

/* --- a signal, its tree, and a copy of it ------------------------------------------ */

struct sent {
	ProtobufCMessage *signal; /* stripped in place */
	struct grown      grown;
	struct short_hash root;
	size_t            n;
	struct stated     stated[STATED_MAX];
	Sluis__Evidence  *evidence;
};

static void
sent_wipe(struct sent *s)
{
	message_destroy(&s->signal);
	grown_wipe(&s->grown);
	message_destroy(&s->evidence);
}

static void
send_signal(Sluis__Signal *signal, struct sent *ret)
{
	*ret = (struct sent){.signal = &signal->base};
	assert_int_equal(grown_new(&ret->grown, ret->signal, seed), RC_OK);
	ret->root = disclosure_root(ret->grown.tree);
}

static Sluis__Signal *
a_signal(uint64_t number)
{
	struct wild w = {.state = number, .fields = 10 + (unsigned)(number * 7 % 80)};

	return wild_signal(&w);
}

static bool
is_empty(const ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		if (field_count(m, &m->descriptor->fields[i]) != 0) return false;
	return true;
}

static bool
has_stated(const struct sent *s, const ProtobufCMessage *m)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->stated[i].message == m) return true;
	return false;
}

static void strip(struct sent *s, ProtobufCMessage *m, struct wild *w, unsigned keep);

static void
strip_messages(struct sent *s, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    struct wild *w, unsigned keep)
{
	size_t n = field_count(m, f), kept = 0;

	for (size_t i = 0; i < n; i++) {
		ProtobufCMessage **at = field_value(m, f, i);
		strip(s, *at, w, keep);
		if (is_empty(*at) && !has_stated(s, *at))
			message_destroy(at);
		else
			*(ProtobufCMessage **)field_value(m, f, kept++) = *at;
	}
	if (f->label != PROTOBUF_C_LABEL_REPEATED) return;
	*(size_t *)(void *)((char *)m + f->quantifier_offset) = kept;
}

/* Keep each field with a chance of KEEP in 100, state half of the others. */
static void
strip(struct sent *s, ProtobufCMessage *m, struct wild *w, unsigned keep)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		if (field_count(m, f) == 0) continue;
		if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
			strip_messages(s, m, f, w, keep);
			continue;
		}
		if (wild_next(w) % 100 < keep) continue;
		field_clear(m, f);
		if (wild_next(w) % 4 == 0 && s->n < STATED_MAX)
			s->stated[s->n++] = (struct stated){.message = m, .field = f};
	}
}

static void
gather(struct sent *s)
{
	message_destroy(&s->evidence);
	s->evidence = calloc(1, sizeof *s->evidence);
	assert_non_null(s->evidence);
	sluis__evidence__init(s->evidence);
	assert_int_equal(
	    grown_evidence(&s->grown, s->signal, s->stated, s->n, s->evidence), RC_OK);
}

/* Whether what is left of S leads to the root that was signed. */
static bool
holds(const struct sent *s)
{
	struct short_hash root = {{0}};
	rc code = disclosure_check(s->signal, s->stated, s->n, s->evidence, &root);

	if (code != RC_OK) assert_int_equal(code, RC_NOT_SIGNED);
	return code == RC_OK && memcmp(root.b, s->root.b, sizeof root.b) == 0;
}

static void
a_copy(uint64_t number, unsigned keep, struct sent *ret)
{
	struct wild w = {.state = number * 31 + keep};

	send_signal(a_signal(number), ret);
	strip(ret, ret->signal, &w, keep);
	gather(ret);
}

/* --- what must lead to it ---------------------------------------------------------- */

static void
whatever_is_left_leads_to_the_root(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 300; i++) {
		AUTO(sent_wipe) struct sent s;
		a_copy(i, (unsigned)(i * 13 % 101), &s);
		if (is_empty(s.signal)) continue;
		if (!holds(&s)) fail_msg("signal %u", (unsigned)i);
	}
}

static void
the_same_signal_has_another_root_for_everybody(void **state)
{
	AUTO(sent_wipe) struct sent s;
	struct grown                other;
	uint8_t                     own[4][KEY_BYTES];
	(void)state;
	disclosure_seed(seed, "1", NULL, own[0]);
	disclosure_seed(seed, "1", "", own[1]);
	disclosure_seed(seed, "1", "a", own[2]);
	disclosure_seed(seed, "1a", NULL, own[3]);
	assert_memory_equal(own[0], own[1], KEY_BYTES);
	assert_memory_not_equal(own[0], own[2], KEY_BYTES);
	assert_memory_not_equal(own[2], own[3], KEY_BYTES);
	send_signal(a_signal(7), &s);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(grown_new(&other, s.signal, own[i]), RC_OK);
		struct short_hash root = disclosure_root(other.tree);
		assert_memory_not_equal(root.b, s.root.b, sizeof root.b);
		grown_wipe(&other);
	}
}

/* --- what must not ----------------------------------------------------------------- */

/* Every byte of every part of the evidence of S, changed, and every part cut and grown.
 */
static void
spoil_part(struct sent *s, protobuf_c_boolean *has, ProtobufCBinaryData *part)
{
	static uint8_t      more[1 << 16];
	ProtobufCBinaryData whole = *part;

	for (size_t i = 0; i < whole.len; i++) {
		whole.data[i] ^= 1;
		if (holds(s)) fail_msg("byte %zu of %zu", i, whole.len);
		whole.data[i] ^= 1;
	}
	assert_true(whole.len < sizeof more);
	if (whole.len != 0) memcpy(more, whole.data, whole.len);
	for (size_t n = 0; n <= whole.len + 25;
	     n += n < 50 || n + 50 > whole.len ? 1 : 7) {
		*part = (ProtobufCBinaryData){.len = n, .data = more};
		*has  = 1;
		if (n != whole.len) assert_false(holds(s));
	}
	*part = whole;
	*has  = whole.len != 0;
}

static void
evidence_with_anything_changed_leads_elsewhere(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 4; i++) {
		AUTO(sent_wipe) struct sent s;
		a_copy(i * 97, 15 + (unsigned)i, &s);
		if (is_empty(s.signal)) continue;
		Sluis__Evidence *e = s.evidence;
		spoil_part(&s, &e->has_slots, &e->slots);
		spoil_part(&s, &e->has_salts, &e->salts);
		spoil_part(&s, &e->has_veiled, &e->veiled);
		spoil_part(&s, &e->has_siblings, &e->siblings);
		assert_true(holds(&s));
	}
}

typedef void (*meddle)(
    struct sent *s, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, void *value);

/* DO to each value in and below M. */
static void
each_value(struct sent *s, ProtobufCMessage *m, meddle act)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		for (size_t k = 0; k < field_count(m, f); k++) {
			void *value = field_value(m, f, k);
			if (f->type == PROTOBUF_C_TYPE_MESSAGE)
				each_value(s, *(ProtobufCMessage **)value, act);
			else
				act(s, m, f, value);
		}
	}
}

static void
change_it(
    struct sent *s, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, void *value)
{
	uint8_t *byte = f->type == PROTOBUF_C_TYPE_STRING ? *(uint8_t **)value : value;
	(void)m;
	*byte ^= 1;
	if (holds(s)) fail_msg("%s", f->name);
	*byte ^= 1;
}

/* As if it were gone, and as if the broker spoke for it. */
static void
hide_it(
    struct sent *s, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, void *value)
{
	char  *q      = (char *)m + f->quantifier_offset;
	char **string = value;

	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		--*(size_t *)(void *)q;
		assert_false(holds(s));
		++*(size_t *)(void *)q;
	} else if (f->type == PROTOBUF_C_TYPE_STRING) {
		char *was = *string;
		*string   = NULL;
		assert_false(holds(s));
		s->stated[s->n++] = (struct stated){.message = m, .field = f};
		assert_false(holds(s));
		*string = was;
		assert_false(holds(s)); /* both */
		s->n--;
	} else {
		*(protobuf_c_boolean *)(void *)q = 0;
		assert_false(holds(s));
		*(protobuf_c_boolean *)(void *)q = 1;
	}
}

static void
a_value_changed_hidden_or_spoken_for_leads_elsewhere(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 6; i++) {
		AUTO(sent_wipe) struct sent s;
		a_copy(i * 41, 40, &s);
		if (is_empty(s.signal)) continue;
		each_value(&s, s.signal, change_it);
		each_value(&s, s.signal, hide_it);
		assert_true(holds(&s));
	}
}

static struct stated
stated_of(const ProtobufCMessage *m, const char *field)
{
	return (struct stated){.message = m,
	    .field =
	        protobuf_c_message_descriptor_get_field_by_name(m->descriptor, field)};
}

static Sluis__Person *
add_person(Sluis__Signal *signal, const char *bsn)
{
	Sluis__Person *p = message_add(&signal->n_persons, &signal->persons, sizeof *p);

	assert_non_null(p);
	sluis__person__init(p);
	assert_int_equal(message_text(&p->bsn, bsn), RC_OK);
	p->has_gender = 1;
	p->gender     = SLUIS__GENDER__FEMININE;
	return p;
}

static Sluis__Signal *
two_persons(void)
{
	Sluis__Signal *signal = calloc(1, sizeof *signal);

	assert_non_null(signal);
	sluis__signal__init(signal);
	(void)add_person(signal, "999990019");
	(void)add_person(signal, "999990020");
	return signal;
}

static void
a_value_moved_to_another_record_is_caught(void **state)
{
	AUTO(sent_wipe) struct sent s;
	Sluis__Signal              *signal = two_persons();
	(void)state;
	send_signal(signal, &s);
	gather(&s);
	assert_true(holds(&s));
	char *bsn               = signal->persons[0]->bsn;
	signal->persons[0]->bsn = signal->persons[1]->bsn;
	signal->persons[1]->bsn = bsn;
	assert_false(holds(&s)); /* exchanged */
	signal->persons[1]->bsn             = signal->persons[0]->bsn;
	signal->persons[0]->bsn             = bsn;
	bsn                                 = signal->persons[0]->document_number;
	signal->persons[0]->document_number = signal->persons[0]->bsn;
	signal->persons[0]->bsn             = bsn;
	assert_false(holds(&s)); /* to another field */
	signal->persons[0]->bsn             = signal->persons[0]->document_number;
	signal->persons[0]->document_number = NULL;
	assert_true(holds(&s));
}

/* The order of records is not signed, which record a value is in is. */
static void
records_in_another_order_are_the_same_records(void **state)
{
	AUTO(sent_wipe) struct sent s;
	Sluis__Signal              *signal = two_persons();
	Sluis__Person              *first  = signal->persons[0];
	(void)state;
	send_signal(signal, &s);
	gather(&s);
	assert_int_equal(s.evidence->slots.len, 2);
	uint8_t *slots = s.evidence->slots.data, slot = slots[0];
	signal->persons[0] = signal->persons[1];
	signal->persons[1] = first;
	assert_false(holds(&s)); /* each in the seat of the other */
	slots[0] = slots[1];
	assert_false(holds(&s)); /* one seat for both */
	slots[1] = slot;
	assert_true(holds(&s));
	slots[0] = 64;
	assert_false(holds(&s));
}

static void
a_record_that_says_nothing_is_not_let_in(void **state)
{
	AUTO(sent_wipe) struct sent s;
	Sluis__Signal              *signal = two_persons();
	(void)state;
	send_signal(signal, &s);
	gather(&s);
	signal->persons[0]->health = calloc(1, sizeof *signal->persons[0]->health);
	assert_non_null(signal->persons[0]->health);
	sluis__health__init(signal->persons[0]->health);
	assert_false(holds(&s)); /* "there is something about her health" */
}

static void
what_this_build_does_not_know_is_not_let_in(void **state)
{
	AUTO(sent_wipe) struct sent  s;
	Sluis__Signal               *signal  = two_persons();
	uint8_t                      more[]  = {1};
	ProtobufCMessageUnknownField unknown = {
	    .tag = 99, .wire_type = PROTOBUF_C_WIRE_TYPE_VARINT, .len = 1, .data = more};
	(void)state;
	send_signal(signal, &s);
	gather(&s);
	signal->persons[1]->base.unknown_fields   = &unknown;
	signal->persons[1]->base.n_unknown_fields = 1;
	assert_false(holds(&s));
	signal->persons[1]->base.unknown_fields   = NULL;
	signal->persons[1]->base.n_unknown_fields = 0;
	assert_true(holds(&s));
}

/* --- what the broker cannot say ------------------------------------------------------
 */

static void
nobody_speaks_for_a_field_that_the_sender_left_empty(void **state)
{
	AUTO(sent_wipe) struct sent s;
	Sluis__Signal              *signal = two_persons(), *other = two_persons();
	const struct stated said[] = {stated_of(&signal->persons[0]->base, "family_name"),
	    stated_of(&signal->persons[0]->base, "bsn"), /* given */
	    stated_of(&other->persons[0]->base, "family_name"),
	    stated_of(&signal->persons[0]->base, "contact")};
	(void)state;
	send_signal(signal, &s);
	gather(&s);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		s.stated[0] = said[i];
		s.n         = 1;
		assert_false(holds(&s));
		s.n = 0;
		assert_true(holds(&s));
	}
	message_destroy(&other);
}

/* What comes of taking everything out is one digest, and that is the root. */
static void
nothing_left_is_one_digest(void **state)
{
	AUTO(sent_wipe) struct sent s;
	Sluis__Signal  *signal = two_persons(), *none = calloc(1, sizeof *none);
	Sluis__Evidence e = SLUIS__EVIDENCE__INIT;
	(void)state;
	assert_non_null(none);
	sluis__signal__init(none);
	send_signal(signal, &s);
	assert_int_equal(grown_evidence(&s.grown, &none->base, NULL, 0, &e), RC_OK);
	assert_int_equal(e.has_slots + e.has_salts + e.has_veiled, 0);
	assert_int_equal(e.siblings.len, sizeof s.root.b);
	assert_memory_equal(e.siblings.data, s.root.b, sizeof s.root.b);
	free(e.siblings.data);
	message_destroy(&none);
}

/* --- sizes ---------------------------------------------------------------------------
 */

/*
 * Two signals of which the same is left: what was taken away shows in no length.  One
 * record of a kind has one seat, which costs the same wherever it is; how many digests
 * several cost depends on their seats, which are drawn.
 */
static void
the_size_of_evidence_tells_nothing_of_what_is_not_there(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 100; i++) {
		struct wild w = {.state = i, .fields = (unsigned)(i % 100)};
		AUTO(sent_wipe) struct sent bare, full;
		Sluis__Signal *one = calloc(1, sizeof *one), *many = wild_signal(&w);
		assert_non_null(one);
		sluis__signal__init(one);
		while (many->n_persons > 0) {
			ProtobufCMessage *p = &many->persons[--many->n_persons]->base;
			message_destroy(&p);
		}
		free(many->persons);
		many->persons = NULL;
		(void)add_person(one, "999990019");
		for (uint64_t k = 0; k <= i % 5; k++) (void)add_person(many, "999990019");
		send_signal(one, &bare);
		send_signal(many, &full);
		for (unsigned f = 0; f < many->base.descriptor->n_fields; f++) {
			const ProtobufCFieldDescriptor *d =
			    &many->base.descriptor->fields[f];
			if (strcmp(d->name, "persons") != 0) field_clear(&many->base, d);
		}
		while (many->n_persons > 1) {
			ProtobufCMessage *p = &many->persons[--many->n_persons]->base;
			message_destroy(&p);
		}
		gather(&bare);
		gather(&full);
		assert_true(holds(&full));
		assert_int_equal(full.evidence->slots.len, 1);
		assert_int_equal(full.evidence->slots.len, bare.evidence->slots.len);
		assert_int_equal(full.evidence->salts.len, bare.evidence->salts.len);
		assert_int_equal(full.evidence->veiled.len, bare.evidence->veiled.len);
		assert_int_equal(
		    full.evidence->siblings.len, bare.evidence->siblings.len);
	}
}

/* Seats are drawn: none is more likely than another. */
static void
every_seat_is_taken_sooner_or_later(void **state)
{
	uint64_t seen = 0;
	(void)state;
	for (unsigned i = 0; i < 1000 && seen != ~(uint64_t)0; i++) {
		AUTO(sent_wipe) struct sent s = {.signal = &two_persons()->base};
		uint8_t own[KEY_BYTES]        = {(uint8_t)i, (uint8_t)(i >> 8)};
		assert_int_equal(grown_new(&s.grown, s.signal, own), RC_OK);
		gather(&s);
		seen |= (uint64_t)1 << s.evidence->slots.data[0];
	}
	assert_true(seen == ~(uint64_t)0);
}

/* --- what all programs agree on --------------------------------------------------------
 */

static size_t
unhex(json_t *row, const char *key, uint8_t *out, size_t room)
{
	const char *text = json_string_value(json_object_get(row, key));

	assert_non_null(text);
	assert_true(strlen(text) / 2 <= room);
	assert_int_equal(hex_decode(text, out, strlen(text) / 2), RC_OK);
	return strlen(text) / 2;
}

static void
follows_row(json_t *row)
{
	static uint8_t bytes[SIGNAL_MAX];
	uint8_t        of_all[KEY_BYTES], want[KEY_BYTES], own[KEY_BYTES];
	uint8_t        root[DISCLOSURE_HASH_BYTES];
	struct grown   grown;
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;
	size_t n = unhex(row, "signal", bytes, sizeof bytes);

	assert_int_equal(guard_unpack(&sluis__signal__descriptor, slice_of(bytes, n),
	                     guard_signal, &signal),
	    RC_OK);
	assert_int_equal(unhex(row, "submission_seed", of_all, KEY_BYTES), KEY_BYTES);
	assert_int_equal(unhex(row, "seed", want, KEY_BYTES), KEY_BYTES);
	assert_int_equal(unhex(row, "root", root, sizeof root), sizeof root);
	disclosure_seed(of_all, json_string_value(json_object_get(row, "oin")),
	    json_string_value(json_object_get(row, "desk")), own);
	assert_memory_equal(own, want, KEY_BYTES);
	assert_int_equal(grown_new(&grown, signal, own), RC_OK);
	struct short_hash got = disclosure_root(grown.tree);
	grown_wipe(&grown);
	if (memcmp(got.b, root, sizeof root) != 0)
		fail_msg("%s", json_string_value(json_object_get(row, "why")));
}

static void
the_vectors_come_out(void **state)
{
	json_t *rows =
	    json_load_file(SOURCE_DIR "/tests/vectors/disclosure.json", 0, NULL);
	(void)state;
	assert_true(json_array_size(rows) >= 12);
	for (size_t i = 0; i < json_array_size(rows); i++)
		follows_row(json_array_get(rows, i));
	json_decref(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whatever_is_left_leads_to_the_root),
	    cmocka_unit_test(the_same_signal_has_another_root_for_everybody),
	    cmocka_unit_test(evidence_with_anything_changed_leads_elsewhere),
	    cmocka_unit_test(a_value_changed_hidden_or_spoken_for_leads_elsewhere),
	    cmocka_unit_test(a_value_moved_to_another_record_is_caught),
	    cmocka_unit_test(records_in_another_order_are_the_same_records),
	    cmocka_unit_test(a_record_that_says_nothing_is_not_let_in),
	    cmocka_unit_test(what_this_build_does_not_know_is_not_let_in),
	    cmocka_unit_test(nobody_speaks_for_a_field_that_the_sender_left_empty),
	    cmocka_unit_test(nothing_left_is_one_digest),
	    cmocka_unit_test(the_size_of_evidence_tells_nothing_of_what_is_not_there),
	    cmocka_unit_test(every_seat_is_taken_sooner_or_later),
	    cmocka_unit_test(the_vectors_come_out),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
