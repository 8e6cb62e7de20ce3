/* SPDX-License-Identifier: EUPL-1.2 */
/* client/command/policy/past.h: entries of the journal as decisions, old ones, foreign
 * ones, broken ones. */
#include "client/command/policy/past.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/message.h"

struct entry { /* a leaf and its detail, to be spoiled */
	Sluis__Leaf         leaf;
	Sluis__Detail       detail;
	Sluis__RuleGroup    given, withheld;
	Sluis__RuleGroup   *leaf_groups[1], *withheld_groups[1];
	Sluis__RuledRecord  person, rest;
	Sluis__RuledRecord *records[2];
	char               *facts[2], *person_facts[1];
	uint8_t             bsn[3], urgent[3], digest[HASH_BYTES], bundle[HASH_BYTES];
	struct buf          leaf_bytes, detail_bytes;
};

static char *
word(const char *text)
{
	return message_borrow(text);
}

static void
entry_wipe(struct entry *e)
{
	buf_wipe(&e->leaf_bytes);
	buf_wipe(&e->detail_bytes);
}

static void
entry_init(struct entry *e)
{
	*e        = (struct entry){.bsn = {2, 3, 10}, .urgent = {2, 1, 7}, .bundle = {7}};
	e->leaf   = (Sluis__Leaf)SLUIS__LEAF__INIT;
	e->detail = (Sluis__Detail)SLUIS__DETAIL__INIT;
	e->given = e->withheld = (Sluis__RuleGroup)SLUIS__RULE_GROUP__INIT;
	e->person = e->rest = (Sluis__RuledRecord)SLUIS__RULED_RECORD__INIT;
	e->leaf_bytes = e->detail_bytes = buf_init(8192);
	e->given.has_action = e->withheld.has_action = 1;
	e->given.action                              = SLUIS__ACTION__ACTION_RELEASE;
	e->withheld.action                           = SLUIS__ACTION__ACTION_WITHHOLD;
	e->given.rule                                = word("r.urgent");
	e->given.has_paths = e->withheld.has_paths = 1;
	e->given.paths                             = message_borrow_bytes(e->urgent, 3);
	e->withheld.paths                          = message_borrow_bytes(e->bsn, 3);
	e->leaf.has_kind                           = 1;
	e->leaf.kind                               = SLUIS__EVENT_KIND__EVENT_RULING;
	e->leaf.has_time_ms                        = 1;
	e->leaf.time_ms                            = UINT64_C(20000) * 86400000;
	e->leaf.sender_oin                         = word("00000099000000000010");
	e->leaf.sender_desk                        = word("front");
	e->leaf.recipient_oin                      = word("00000099000000000020");
	e->leaf.recipient_desk                     = word("vice");
	e->leaf.convenant                          = word("t");
	e->leaf.phase                              = word("1");
	e->leaf.purpose                            = word("help");
	e->leaf.has_bundle_hash                    = 1;
	e->leaf.bundle_hash   = message_borrow_bytes(e->bundle, HASH_BYTES);
	e->leaf_groups[0]     = &e->given;
	e->leaf.released      = e->leaf_groups;
	e->leaf.n_released    = 1;
	e->withheld_groups[0] = &e->withheld;
	e->detail.withheld    = e->withheld_groups;
	e->detail.n_withheld  = 1;
	e->facts[0]           = word("recipient_signed");
	e->facts[1]           = word("urgent");
	e->detail.facts       = e->facts;
	e->detail.n_facts     = 2;
	e->person_facts[0]    = word("victim");
	e->person.facts       = e->person_facts;
	e->person.n_facts     = 1;
	e->person.has_paths = e->rest.has_paths = 1;
	e->person.paths                         = message_borrow_bytes(e->bsn, 3);
	e->rest.paths                           = message_borrow_bytes(e->urgent, 3);
	e->records[0]                           = &e->person;
	e->records[1]                           = &e->rest;
	e->detail.records                       = e->records;
	e->detail.n_records                     = 2;
}

/* Write it down and read it again. */
static rc
read_entry(struct entry *e, bool with_detail, struct past *p)
{
	assert_int_equal(message_pack(&e->detail.base, &e->detail_bytes), RC_OK);
	(void)crypto_hash_sha256(e->digest, e->detail_bytes.p, e->detail_bytes.n);
	e->leaf.has_detail_digest = 1;
	e->leaf.detail_digest     = message_borrow_bytes(e->digest, HASH_BYTES);
	assert_int_equal(message_pack(&e->leaf.base, &e->leaf_bytes), RC_OK);
	return past_read(5, buf_slice(&e->leaf_bytes),
	    with_detail ? buf_slice(&e->detail_bytes) : slice_of(NULL, 0), p);
}

static void
an_entry_is_a_question_and_what_came_out(void **state)
{
	AUTO(entry_wipe) struct entry e;
	AUTO(past_wipe) struct past   p;
	(void)state;
	entry_init(&e);
	assert_int_equal(read_entry(&e, true, &p), RC_OK);
	assert_int_equal(p.kind, PAST_DECISION);
	assert_true(p.decided.weighed && p.decided.complete && !p.decided.own);
	assert_string_equal(p.decided.question.recipient_desk, "vice");
	assert_int_equal(p.decided.question.today, 20000);
	assert_null(p.decided.question.region);
	assert_int_equal(p.decided.question.message,
	    fact_bit(FACT_RECIPIENT_SIGNED) | fact_bit(FACT_URGENT));
	assert_int_equal(p.decided.n_records, 2);
	assert_int_equal(p.decided.records[0].facts, fact_bit(FACT_VICTIM));
	assert_true(fieldset_has(
	    &p.decided.records[0].fields, schema_find("persons.bsn")->index));
	assert_int_equal(p.decided.n_groups, 2);
	assert_string_equal(p.decided.groups[0].rule, "r.urgent");
	assert_null(p.decided.groups[1].rule);
	assert_int_equal(p.bundle.b[0], 7);
}

static void
an_older_entry_is_readable_and_not_weighed(void **state)
{
	AUTO(entry_wipe) struct entry e;
	AUTO(past_wipe) struct past   p;
	(void)state;
	entry_init(&e);
	e.detail.n_records = 0;
	e.detail.n_facts   = 0;
	assert_int_equal(read_entry(&e, true, &p), RC_OK);
	assert_int_equal(p.kind, PAST_DECISION);
	assert_true(p.decided.complete);
	assert_false(p.decided.weighed);
}

static void
without_its_detail_a_decision_is_what_was_given(void **state)
{
	AUTO(entry_wipe) struct entry e;
	AUTO(past_wipe) struct past   p;
	(void)state;
	entry_init(&e);
	assert_int_equal(read_entry(&e, false, &p), RC_OK);
	assert_false(p.decided.weighed || p.decided.complete);
	assert_int_equal(p.decided.n_groups, 1);
}

static void
a_fact_of_another_build_makes_it_not_weighed(void **state)
{
	AUTO(entry_wipe) struct entry e, f;
	AUTO(past_wipe) struct past   p, q;
	static uint8_t                unknown[3] = {2, 3, 127};
	(void)state;
	entry_init(&e);
	e.person_facts[0] = word("left_handed");
	assert_int_equal(read_entry(&e, true, &p), RC_OK);
	assert_int_equal(p.kind, PAST_DECISION);
	assert_false(p.decided.weighed);
	entry_init(&f); /* and a field in what came out cannot be compared at all */
	f.given.paths = message_borrow_bytes(unknown, 3);
	assert_int_equal(read_entry(&f, true, &q), RC_OK);
	assert_int_equal(q.kind, PAST_UNTOLD);
}

static void
a_detail_of_another_leaf_is_refused(void **state)
{
	AUTO(entry_wipe) struct entry e;
	AUTO(past_wipe) struct past   p, q;
	(void)state;
	entry_init(&e);
	assert_int_equal(read_entry(&e, true, &p), RC_OK);
	e.detail_bytes.p[e.detail_bytes.n - 1] ^= 1;
	assert_int_equal(
	    past_read(5, buf_slice(&e.leaf_bytes), buf_slice(&e.detail_bytes), &q),
	    RC_BAD_DIGEST);
	past_wipe(&q);
	assert_int_equal(
	    past_read(5, slice_str("\xff\xff"), slice_of(NULL, 0), &q), RC_BAD_TREE);
}

/* No cut of the bytes crashes or is taken for the whole. */
static void
a_cut_entry_is_refused(void **state)
{
	AUTO(entry_wipe) struct entry e;
	AUTO(past_wipe) struct past   p;
	(void)state;
	entry_init(&e);
	assert_int_equal(read_entry(&e, true, &p), RC_OK);
	for (size_t n = 1; n < e.detail_bytes.n; n++) {
		AUTO(past_wipe) struct past q = {0};
		assert_int_equal(past_read(5, buf_slice(&e.leaf_bytes),
		                     slice_of(e.detail_bytes.p, n), &q),
		    RC_BAD_DIGEST);
	}
}

static void
what_is_no_decision_is_told_apart(void **state)
{
	static const struct {
		Sluis__EventKind kind;
		const char      *code;
		enum past_kind   is;
	} all[] = {
	    {SLUIS__EVENT_KIND__EVENT_ENROLLED, NULL, PAST_OTHER},
	    {SLUIS__EVENT_KIND__EVENT_ACKNOWLEDGED, NULL, PAST_OTHER},
	    {SLUIS__EVENT_KIND__EVENT_POLICY, NULL, PAST_OTHER},
	    {SLUIS__EVENT_KIND__EVENT_REFUSED, "cie_information_refused", PAST_REFUSAL},
	    {SLUIS__EVENT_KIND__EVENT_NOT_SERVED, "recipient_not_entitled",
	        PAST_DECISION},
	    {SLUIS__EVENT_KIND__EVENT_NOT_SERVED, "unknown_recipient", PAST_DECISION},
	    {SLUIS__EVENT_KIND__EVENT_NOT_SERVED, "queue_full", PAST_OTHER},
	};
	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		AUTO(entry_wipe) struct entry e;
		AUTO(past_wipe) struct past   p;
		entry_init(&e);
		e.leaf.kind = all[i].kind;
		e.leaf.code = word(all[i].code);
		assert_int_equal(read_entry(&e, true, &p), RC_OK);
		assert_int_equal(p.kind, all[i].is);
		if (p.kind == PAST_DECISION)
			assert_int_equal(p.decided.code, rc_from_name(all[i].code));
	}
}

static void
a_desk_that_was_unknown_cannot_be_asked_again(void **state)
{
	AUTO(entry_wipe) struct entry e, f;
	AUTO(past_wipe) struct past   p, q;
	(void)state;
	entry_init(&e);
	e.leaf.kind               = SLUIS__EVENT_KIND__EVENT_NOT_SERVED;
	e.leaf.code               = word("unknown_recipient");
	e.detail.has_desk_unknown = e.detail.desk_unknown = 1;
	assert_int_equal(read_entry(&e, true, &p), RC_OK);
	assert_int_equal(p.kind, PAST_UNTOLD);
	entry_init(&f);
	f.leaf.kind        = SLUIS__EVENT_KIND__EVENT_NOT_SERVED;
	f.leaf.code        = word("unknown_recipient");
	f.detail.n_records = 0;
	assert_int_equal(read_entry(&f, true, &q), RC_OK);
	assert_int_equal(q.kind, PAST_UNTOLD);
}

static void
a_region_that_was_unknown_is_no_region(void **state)
{
	AUTO(entry_wipe) struct entry e;
	AUTO(past_wipe) struct past   p;
	(void)state;
	entry_init(&e);
	e.detail.has_region_unknown = e.detail.region_unknown = 1;
	assert_int_equal(read_entry(&e, true, &p), RC_OK);
	assert_string_equal(p.decided.question.region, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_entry_is_a_question_and_what_came_out),
	    cmocka_unit_test(an_older_entry_is_readable_and_not_weighed),
	    cmocka_unit_test(without_its_detail_a_decision_is_what_was_given),
	    cmocka_unit_test(a_fact_of_another_build_makes_it_not_weighed),
	    cmocka_unit_test(a_detail_of_another_leaf_is_refused),
	    cmocka_unit_test(a_cut_entry_is_refused),
	    cmocka_unit_test(what_is_no_decision_is_told_apart),
	    cmocka_unit_test(a_desk_that_was_unknown_cannot_be_asked_again),
	    cmocka_unit_test(a_region_that_was_unknown_is_no_region),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
