/* SPDX-License-Identifier: EUPL-1.2 */
/* test_catalogue.c - one field more or less, and a leaf is not allowed. */
#include "proto/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"

static char word[] = "x";

/* A leaf of KIND that sets exactly the fields whose bit is in SET. */
static Sluis__Leaf
leaf_with(Sluis__EventKind kind, uint32_t set, Sluis__RuleGroup **group, char **text)
{
	Sluis__Leaf l = SLUIS__LEAF__INIT;

	l.has_nonce = l.has_version = l.has_kind = l.has_time_ms = 1;

	l.kind           = kind;
	l.sender_oin     = (set & 1 << 5) != 0 ? word : NULL;
	l.sender_desk    = (set & 1 << 6) != 0 ? word : NULL;
	l.recipient_oin  = (set & 1 << 7) != 0 ? word : NULL;
	l.recipient_desk = (set & 1 << 8) != 0 ? word : NULL;
	l.convenant      = (set & LEAF_CONVENANT) != 0 ? word : NULL;
	l.phase          = (set & LEAF_PHASE) != 0 ? word : NULL;
	l.purpose        = (set & LEAF_PURPOSE) != 0 ? word : NULL;
	l.code           = (set & LEAF_CODE) != 0 ? word : NULL;
	l.rule           = (set & LEAF_RULE) != 0 ? word : NULL;
	l.n_released     = (set & LEAF_RELEASED) != 0;
	l.released       = group;
	l.n_obligations  = (set & LEAF_OBLIGATIONS) != 0;
	l.obligations    = text;

	l.has_bundle_hash    = (set & LEAF_BUNDLE) != 0;
	l.has_copy_digest    = (set & LEAF_COPY) != 0;
	l.has_detail_digest  = (set & LEAF_DETAIL) != 0;
	l.has_subject_digest = (set & LEAF_SUBJECT) != 0;
	l.has_refers_to      = (set & LEAF_REFERS) != 0;
	l.has_count          = (set & LEAF_COUNT) != 0;
	l.has_binding_id     = (set & LEAF_BINDING) != 0;
	return l;
}

static bool
allows(Sluis__EventKind kind, uint32_t set)
{
	Sluis__RuleGroup  g       = SLUIS__RULE_GROUP__INIT;
	Sluis__RuleGroup *group[] = {&g};
	char             *text[]  = {word};
	Sluis__Leaf       l       = leaf_with(kind, set, group, text);

	return catalogue_allows(&l);
}

enum { FIRST = 5, LAST = 22 };

/* The smallest leaf of KIND that is allowed: fields are taken away while it stays so. */
static uint32_t
least_of(Sluis__EventKind kind, uint32_t from)
{
	for (int f = FIRST; f <= LAST; f++)
		if (allows(kind, from & ~(UINT32_C(1) << f))) from &= ~(UINT32_C(1) << f);
	return from;
}

static const uint32_t a_ruling = LEAF_SENDER | LEAF_RECIPIENT | LEAF_CONVENANT |
                                 LEAF_PHASE | LEAF_PURPOSE | LEAF_BUNDLE | LEAF_COPY |
                                 LEAF_DETAIL | LEAF_BINDING;

static void
a_ruling_may_say_what_was_released_and_must_say_the_rest(void **state)
{
	const Sluis__EventKind k = SLUIS__EVENT_KIND__EVENT_RULING;

	(void)state;
	assert_true(allows(k, a_ruling));
	assert_true(allows(k, a_ruling | LEAF_RELEASED | LEAF_OBLIGATIONS | LEAF_RULE));
	assert_int_equal(least_of(k, a_ruling | LEAF_RELEASED), a_ruling);
	for (int f = FIRST; f <= LAST; f++) {
		uint32_t bit = UINT32_C(1) << f;
		if ((a_ruling & bit) != 0) assert_false(allows(k, a_ruling & ~bit));
	}
	assert_false(allows(k, a_ruling | LEAF_CODE));
	assert_false(allows(k, a_ruling | LEAF_SUBJECT));
	assert_false(allows(k, a_ruling | LEAF_COUNT));
}

static void
cover_says_nothing_at_all(void **state)
{
	(void)state;
	assert_true(allows(SLUIS__EVENT_KIND__EVENT_COVER, 0));
	for (int f = FIRST; f <= LAST; f++)
		assert_false(allows(SLUIS__EVENT_KIND__EVENT_COVER, UINT32_C(1) << f));
}

static void
a_kind_that_nobody_knows_is_not_allowed(void **state)
{
	(void)state;
	assert_false(allows(SLUIS__EVENT_KIND__EVENT_UNSPECIFIED, 0));
	assert_false(allows((Sluis__EventKind)99, 0));
	assert_false(allows((Sluis__EventKind)-1, 0));
}

static void
every_kind_has_a_row(void **state)
{
	const ProtobufCEnumDescriptor *d = &sluis__event_kind__descriptor;

	(void)state;
	for (unsigned i = 0; i < d->n_values; i++) {
		bool                   any = false;
		const Sluis__EventKind k   = (Sluis__EventKind)d->values[i].value;
		if (k == SLUIS__EVENT_KIND__EVENT_UNSPECIFIED) continue;
		for (uint32_t set = 0; set < 1u << 18 && !any; set++)
			any = allows(k, set << FIRST);
		assert_true(any);
	}
}

/* Bytes of a field that this version does not know could hold anything. */
static void
an_unknown_field_is_not_allowed(void **state)
{
	static uint8_t cover[] = {0x18, 29, 0xba, 0x06, 4, 'J', 'a', 'n', '!'};

	(void)state;
	Sluis__Leaf *l = sluis__leaf__unpack(NULL, sizeof cover, cover);
	assert_non_null(l);
	assert_int_equal(l->kind, SLUIS__EVENT_KIND__EVENT_COVER);
	assert_int_equal(l->base.n_unknown_fields, 1);
	assert_false(catalogue_allows(l));
	sluis__leaf__free_unpacked(l, NULL);
	l = sluis__leaf__unpack(NULL, 2, cover);
	assert_true(catalogue_allows(l));
	sluis__leaf__free_unpacked(l, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_ruling_may_say_what_was_released_and_must_say_the_rest),
	    cmocka_unit_test(cover_says_nothing_at_all),
	    cmocka_unit_test(a_kind_that_nobody_knows_is_not_allowed),
	    cmocka_unit_test(every_kind_has_a_row),
	    cmocka_unit_test(an_unknown_field_is_not_allowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
