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

#include "proto/guard.h"
#include "proto/message.h"
#include "signal.pb-c.h"
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
	ProtobufCMessage  *signal; /* stripped in place */
	struct disclosure *tree;
	struct veil        root;
	size_t             n;
	struct stated      stated[STATED_MAX];
	Sluis__Evidence   *evidence;
};

static void
sent_wipe(struct sent *s)
{
	message_destroy(&s->signal);
	disclosure_destroy(&s->tree);
	message_destroy(&s->evidence);
}

static void
send_signal(Sluis__Signal *signal, struct sent *ret)
{
	*ret = (struct sent){.signal = &signal->base};
	assert_int_equal(disclosure_new(&ret->tree, ret->signal, seed), RC_OK);
	ret->root = disclosure_root(ret->tree);
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
	    disclosure_evidence(s->tree, s->signal, s->stated, s->n, s->evidence), RC_OK);
}

/* Whether what is left of S leads to the root that was signed. */
static bool
holds(const struct sent *s)
{
	struct veil root = {{0}};
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whatever_is_left_leads_to_the_root),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
