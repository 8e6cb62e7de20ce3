/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_wiping.c - nothing personal is given back to the heap as it was.
 *
 * This program brings its own sodium_memzero(), which the library then calls, and
 * which writes down what was wiped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>

#include "proto/bytes.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "proto/schema.h"
#include "signal.pb-c.h"
#include "wire.pb-c.h"

static struct {
	uintptr_t at;
	size_t    n;
} wiped[512];
static size_t n_wiped;

void
sodium_memzero(void *const p, const size_t n)
{
	volatile uint8_t *volatile b = p;

	for (size_t i = 0; i < n; i++) b[i] = 0;
	if (n_wiped == sizeof wiped / sizeof wiped[0]) abort();
	wiped[n_wiped].at  = (uintptr_t)p;
	wiped[n_wiped++].n = n;
}

static bool
was_wiped(uintptr_t at, size_t n)
{
	for (size_t i = 0; i < n_wiped; i++)
		if (wiped[i].at <= at && at + n <= wiped[i].at + wiped[i].n) return true;
	return false;
}

static int
forget(void **state)
{
	(void)state;
	n_wiped = 0;
	return 0;
}

static ProtobufCMessage *
read_message(const ProtobufCMessageDescriptor *d, const char *json)
{
	ProtobufCMessage *m = NULL;
	assert_int_equal(pbjson_parse(d, slice_str(json), &m, NULL), RC_OK);
	n_wiped = 0;
	return m;
}

static void
a_buffer_wipes_what_it_leaves_when_it_grows_and_when_it_ends(void **state)
{
	static const char big[1000] = {'x'};
	struct buf        b         = buf_init(4096);
	(void)state;

	assert_int_equal(buf_append(&b, slice_str("personal")), RC_OK);
	uintptr_t first = (uintptr_t)b.p;
	b.n             = 4; /* even what was cut off again */
	assert_int_equal(buf_append(&b, slice_of(big, sizeof big)), RC_OK);
	assert_true(was_wiped(first, 8));
	uintptr_t second = (uintptr_t)b.p;
	size_t    cap    = b.cap;
	buf_wipe(&b);
	assert_true(was_wiped(second, cap));
}

static void
destroying_a_signal_wipes_every_string(void **state)
{
	(void)state;
	ProtobufCMessage *m      = read_message(&sluis__signal__descriptor,
	         "{\"persons\":[{\"role\":\"VICTIM\",\"bsn\":\"999990019\",\"aliases\":["
	              "\"one\",\"two\"],"
	              "\"residence\":{\"street\":\"Dijk\"}}],\"narrative\":{\"text\":\"story\"}}");
	Sluis__Signal    *s      = (Sluis__Signal *)m;
	uintptr_t         bsn    = (uintptr_t)s->persons[0]->bsn;
	uintptr_t         one    = (uintptr_t)s->persons[0]->aliases[0];
	uintptr_t         two    = (uintptr_t)s->persons[0]->aliases[1];
	uintptr_t         street = (uintptr_t)s->persons[0]->residence->street;
	uintptr_t         story  = (uintptr_t)s->narrative->text;
	uintptr_t         role   = (uintptr_t)&s->persons[0]->role;

	message_destroy(&m);
	assert_true(was_wiped(bsn, 9) && was_wiped(one, 3) && was_wiped(two, 3));
	assert_true(was_wiped(street, 4) && was_wiped(story, 5));
	assert_true(was_wiped(role, sizeof(Sluis__PersonRole)));
}

static void
destroying_wipes_bytes_and_unknown_fields(void **state)
{
	/* Copy.signal "abc", field 99 "xyz" */
	static const uint8_t wire[] = {
	    0x0a, 3, 'a', 'b', 'c', 0x9a, 0x06, 3, 'x', 'y', 'z'};
	ProtobufCMessage *m = NULL;
	(void)state;

	assert_int_equal(guard_unpack(&sluis__copy__descriptor,
	                     slice_of(wire, sizeof wire), guard_wire, &m),
	    RC_OK);
	uintptr_t signal = (uintptr_t)((Sluis__Copy *)m)->signal.data;
	assert_int_equal(m->n_unknown_fields, 1);
	uintptr_t unknown = (uintptr_t)m->unknown_fields[0].data;
	size_t    n       = m->unknown_fields[0].len;
	message_destroy(&m);
	assert_true(was_wiped(signal, 3));
	assert_true(was_wiped(unknown, n));
}

static void
clearing_a_field_wipes_it_and_leaves_its_siblings(void **state)
{
	(void)state;
	ProtobufCMessage        *m   = read_message(&sluis__person__descriptor,
	             "{\"role\":\"VICTIM\",\"bsn\":\"999990019\",\"aliases\":[\"one\",\"two\"],"
	                      "\"contact\":{\"phone\":\"+31612345678\"}}");
	Sluis__Person           *p   = (Sluis__Person *)m;
	uintptr_t                bsn = (uintptr_t)p->bsn, two = (uintptr_t)p->aliases[1];
	uintptr_t                phone   = (uintptr_t)p->contact->phone;
	static const char *const names[] = {"aliases", "bsn", "contact"};

	for (size_t i = 0; i < 3; i++) {
		const ProtobufCFieldDescriptor *f =
		    protobuf_c_message_descriptor_get_field_by_name(
		        m->descriptor, names[i]);
		field_clear(m, f);
		assert_false(field_is_set(m, f));
	}
	assert_true(was_wiped(bsn, 9) && was_wiped(two, 3) && was_wiped(phone, 12));
	assert_true(p->has_role);
	assert_int_equal(p->role, SLUIS__PERSON_ROLE__VICTIM);
	assert_null(p->contact);
	message_destroy(&m);
}

#define WITH(test) cmocka_unit_test_setup(test, forget)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH(a_buffer_wipes_what_it_leaves_when_it_grows_and_when_it_ends),
	    WITH(destroying_a_signal_wipes_every_string),
	    WITH(destroying_wipes_bytes_and_unknown_fields),
	    WITH(clearing_a_field_wipes_it_and_leaves_its_siblings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
