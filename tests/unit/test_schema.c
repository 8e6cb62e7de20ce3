/* SPDX-License-Identifier: EUPL-1.2 */
/* test_schema.c - the flat list of fields, packed paths, and reading by descriptor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "signal.pb-c.h"

static void
fields_are_numbered_in_order_within_the_limits(void **state)
{
	const struct schema *s = schema_signal();
	(void)state;

	assert_true(s->n_fields > 150 && s->n_fields <= SCHEMA_FIELDS_MAX);
	for (size_t i = 0; i < s->n_fields; i++) {
		const struct schema_field *f = &s->fields[i];
		assert_int_equal(f->index, i);
		assert_in_range(f->depth, 2, SCHEMA_DEPTH_MAX); /* no leaf at the root */
		assert_int_equal(f->desc->id, f->numbers[f->depth - 1]);
		assert_int_not_equal(f->desc->type, PROTOBUF_C_TYPE_MESSAGE);
		for (unsigned d = 0; d < f->depth; d++)
			assert_in_range(f->numbers[d], 1, 127);
		for (unsigned d = f->depth; d < SCHEMA_DEPTH_MAX; d++)
			assert_int_equal(f->numbers[d], 0);
	}
	assert_ptr_equal(schema_signal(), s);
}

static void
paths_are_unique_and_found(void **state)
{
	const struct schema *s = schema_signal();
	(void)state;

	for (size_t i = 0; i < s->n_fields; i++) {
		assert_ptr_equal(schema_find(s->fields[i].path), &s->fields[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(s->fields[i].path, s->fields[k].path);
	}
}

static void
a_known_path_has_its_numbers(void **state)
{
	const struct schema_field *f = schema_find("persons.residence.postcode");
	(void)state;

	assert_non_null(f);
	assert_int_equal(f->depth, 3);
	assert_int_equal(f->numbers[0], 3);
	assert_int_equal(f->numbers[1], 16);
	assert_int_equal(f->numbers[2], 3);
	assert_string_equal(f->desc->name, "postcode");
	assert_non_null(schema_find("persons.shelter.address.city"));
	assert_non_null(schema_find("handling.embargo.contact_desk"));
}

static void
messages_and_nonsense_are_no_fields(void **state)
{
	static const char *const bad[] = {"", "persons", "persons.residence", "persons.",
	    ".persons.bsn", "persons.bsn.", "persons[0].bsn", "Persons.bsn", "bsn",
	    "persons.nope"};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_null(schema_find(bad[i]));
}

static void
persons_bsn_packs_as_the_journal_says(void **state)
{
	AUTO(buf_wipe) struct buf b = buf_init(16);
	(void)state;

	assert_int_equal(schema_pack(schema_find("persons.bsn"), &b), RC_OK);
	assert_true(slice_equal(buf_slice(&b), slice_of("\x02\x03\x0a", 3)));
}

static void
every_field_packs_and_unpacks(void **state)
{
	const struct schema      *s   = schema_signal();
	AUTO(buf_wipe) struct buf all = buf_init(4096);
	(void)state;

	for (size_t i = 0; i < s->n_fields; i++)
		assert_int_equal(schema_pack(&s->fields[i], &all), RC_OK);
	struct slice rest = buf_slice(&all);
	for (size_t i = 0; i < s->n_fields; i++) {
		const struct schema_field *f;
		assert_int_equal(schema_unpack(&rest, &f), RC_OK);
		assert_ptr_equal(f, &s->fields[i]);
	}
	assert_int_equal(rest.n, 0);
}

static void
broken_packed_paths_are_refused_and_left_alone(void **state)
{
	static const struct {
		const char *p;
		size_t      n;
	} bad[] = {
	    {"", 0},                                 /* nothing */
	    {"\x00", 1},                             /* no numbers */
	    {"\x02\x03", 2},                         /* cut short */
	    {"\x01\x03", 2},                         /* a message */
	    {"\x02\x03\x10", 3},                     /* a message below */
	    {"\x02\x03\x7f", 3},                     /* no such field */
	    {"\x03\x03\x0a\x01", 4},                 /* below a leaf */
	    {"\x02\x00\x0a", 3},                     /* number 0 */
	    {"\x07\x03\x10\x03\x01\x01\x01\x01", 8}, /* too deep */
	    {"\xff\x03", 2},
	    {"\x02\x03\x0a", 2}, /* the last number lies behind the end */
	};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const struct schema_field *f    = NULL;
		struct slice               rest = slice_of(bad[i].p, bad[i].n);
		assert_int_equal(schema_unpack(&rest, &f), RC_MALFORMED);
		assert_null(f);
		assert_ptr_equal(rest.p, bad[i].p);
		assert_int_equal(rest.n, bad[i].n);
	}
}

static void
check_node(const struct schema_node *n, const struct schema *s, size_t *leaves)
{
	for (unsigned i = 0; i < n->desc->n_fields; i++) {
		assert_true((n->leaf[i] == NULL) != (n->child[i] == NULL));
		if (n->leaf[i] != NULL) {
			assert_ptr_equal(
			    n->leaf[i], &s->fields[*leaves]); /* depth first */
			assert_ptr_equal(n->leaf[i]->desc, &n->desc->fields[i]);
			++*leaves;
		} else {
			assert_ptr_equal(n->child[i]->via, &n->desc->fields[i]);
			assert_true(n->child[i]->person || !n->person);
			check_node(n->child[i], s, leaves);
		}
	}
}

static void
the_tree_holds_every_leaf_once(void **state)
{
	const struct schema *s      = schema_signal();
	size_t               leaves = 0;
	(void)state;

	assert_null(s->root->via);
	check_node(s->root, s, &leaves);
	assert_int_equal(leaves, s->n_fields);
}

static void
only_persons_and_below_are_person_records(void **state)
{
	const struct schema_node *root = schema_signal()->root;
	(void)state;

	assert_false(root->person);
	for (unsigned i = 0; i < root->desc->n_fields; i++) {
		bool persons = strcmp(root->desc->fields[i].name, "persons") == 0;
		assert_int_equal(root->child[i]->person, persons);
	}
}

static void
a_field_set_holds_what_was_added(void **state)
{
	struct fieldset set = {{0}};
	(void)state;

	for (unsigned i = 0; i < SCHEMA_FIELDS_MAX; i += 3) fieldset_add(&set, i);
	for (unsigned i = 0; i < SCHEMA_FIELDS_MAX; i++)
		assert_int_equal(fieldset_has(&set, i), i % 3 == 0);
}

static const ProtobufCFieldDescriptor *
field(const ProtobufCMessageDescriptor *d, const char *name)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(d, name);
	assert_non_null(f);
	return f;
}

static void
presence_is_what_was_set_even_if_empty_or_zero(void **state)
{
	const ProtobufCMessageDescriptor *d       = &sluis__person__descriptor;
	Sluis__Person                     p       = SLUIS__PERSON__INIT;
	Sluis__Contact                    c       = SLUIS__CONTACT__INIT;
	char                              empty[] = "", a[] = "a", b[] = "b";
	char                             *aliases[] = {a, b};
	(void)state;

	for (unsigned i = 0; i < d->n_fields; i++) {
		assert_false(field_is_set(&p.base, &d->fields[i]));
		assert_int_equal(field_count(&p.base, &d->fields[i]), 0);
	}
	p.bsn = empty, p.has_minor = 1, p.minor = 0, p.contact = &c;
	p.aliases = aliases, p.n_aliases = 2, p.has_gender = 1, p.gender = 2;
	assert_true(field_is_set(&p.base, field(d, "bsn")));
	assert_true(field_is_set(&p.base, field(d, "minor")));
	assert_true(field_is_set(&p.base, field(d, "contact")));
	assert_true(field_is_set(&p.base, field(d, "aliases")));
	assert_false(field_is_set(&p.base, field(d, "role")));
	assert_int_equal(field_count(&p.base, field(d, "aliases")), 2);
	assert_int_equal(field_count(&p.base, field(d, "bsn")), 1);
	assert_string_equal(*(char **)field_value(&p.base, field(d, "aliases"), 1), "b");
	assert_string_equal(*(char **)field_value(&p.base, field(d, "bsn"), 0), "");
	assert_int_equal(*(uint32_t *)field_value(&p.base, field(d, "gender"), 0), 2);
	assert_ptr_equal(*(void **)field_value(&p.base, field(d, "contact"), 0), &c);
}

static void
destroying_clears_the_pointer_and_takes_null(void **state)
{
	static const uint8_t wire[] = {
	    0x1a, 0x0a, 0x52, 3, '1', '2', '3', 0xaa, 0x06, 2, 'x', 'y'};
	ProtobufCMessage *m = NULL;
	(void)state;

	message_destroy(&m);
	assert_int_equal(guard_unpack(&sluis__signal__descriptor,
	                     slice_of(wire, sizeof wire), guard_signal, &m),
	    RC_OK);
	Sluis__Signal *s = (Sluis__Signal *)m;
	assert_string_equal(s->persons[0]->bsn, "123");
	assert_int_equal(s->persons[0]->base.n_unknown_fields, 1);
	message_destroy(&m);
	assert_null(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_numbered_in_order_within_the_limits),
	    cmocka_unit_test(paths_are_unique_and_found),
	    cmocka_unit_test(a_known_path_has_its_numbers),
	    cmocka_unit_test(messages_and_nonsense_are_no_fields),
	    cmocka_unit_test(persons_bsn_packs_as_the_journal_says),
	    cmocka_unit_test(every_field_packs_and_unpacks),
	    cmocka_unit_test(broken_packed_paths_are_refused_and_left_alone),
	    cmocka_unit_test(the_tree_holds_every_leaf_once),
	    cmocka_unit_test(only_persons_and_below_are_person_records),
	    cmocka_unit_test(a_field_set_holds_what_was_added),
	    cmocka_unit_test(presence_is_what_was_set_even_if_empty_or_zero),
	    cmocka_unit_test(destroying_clears_the_pointer_and_takes_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
