/* SPDX-License-Identifier: EUPL-1.2 */
/* test_tally.c - a flood leaves few entries, and their counts are right. */
#include "broker/journal/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/batch.h"
#include "broker/cover.h"
#include "broker/journal/epoch.h"
#include "broker/journal/event.h"
#include "proto/catalogue.h"
#include "support/region.h"

static struct region region;
static struct person town, police, stranger;

enum { MINUTE_MS = 60000, LEAVES = 8 };

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_make(&region, OIN_NLA, "opsporing", 1, &stranger);
	region.config->refusals_per_minute = 2;
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	person_wipe(&police);
	person_wipe(&stranger);
	region_close(&region);
	return 0;
}

static struct broker *
b(void)
{
	return &region.broker;
}

static uint64_t
size(void)
{
	return journal_size(b()->journal);
}

/* Something of P's that is no message at all; it is answered CODE. */
static void
nonsense(const struct person *p, const char *code)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;

	must(region_exchange(&region, p, DOOR_AGENCY, 1, slice_str("x"), &a));
	assert_string_equal(a->code, code);
}

/* What a turn of the loop does: how many entries it wrote. */
static uint64_t
tell(bool all)
{
	uint64_t before = size();

	if (!tally_is_due(&b()->tally, b()->now_ms, all)) return 0;
	must(store_begin(b()->store));
	must(tally_tell(b(), all));
	must(batch_commit(b()));
	return size() - before;
}

static Sluis__Leaf *
leaf_at(uint64_t index)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(LEAF_MAX);

	must(store_get_leaf(b()->store, index, &bytes, NULL));
	return sluis__leaf__unpack(NULL, bytes.n, bytes.p);
}

/* Entry INDEX is the count N of CODE, of P or of nobody. */
static void
is_count(uint64_t index, const struct person *p, const char *code, uint64_t n)
{
	Sluis__Leaf *leaf = leaf_at(index);

	assert_non_null(leaf);
	assert_int_equal(leaf->kind,
	    p == NULL ? SLUIS__EVENT_KIND__EVENT_GATE : SLUIS__EVENT_KIND__EVENT_REFUSED);
	assert_string_equal(leaf->code, code);
	assert_int_equal(leaf->count, n);
	assert_true(catalogue_allows(leaf));
	if (p == NULL)
		assert_null(leaf->sender_oin);
	else
		assert_string_equal(leaf->sender_oin, p->oin);
	sluis__leaf__free_unpacked(leaf, NULL);
}

static void
refusals_beyond_the_allowance_are_one_entry_when_their_minute_is_over(void **state)
{
	(void)state;
	for (int i = 0; i < 7; i++) nonsense(&town, "malformed");
	nonsense(&police, "malformed"); /* within its own allowance */
	b()->now_ms += MINUTE_MS - 1;
	assert_int_equal(tell(false), 0);
	b()->now_ms += 1;
	assert_int_equal(tell(false), 1);
	is_count(size() - 1, &town, "over_quota", 5);
	b()->now_ms += 10 * MINUTE_MS;
	assert_int_equal(tell(true), 0); /* it is told once */
}

static void
strangers_are_one_entry_for_each_reason(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) nonsense(&stranger, "not_enrolled");
	tally_stranger(b(), RC_MALFORMED);
	must(store_begin(b()->store));
	must(batch_commit(b()));
	b()->now_ms += MINUTE_MS;
	assert_int_equal(tell(false), 2);
	is_count(size() - 2, NULL, "not_enrolled", 3);
	is_count(size() - 1, NULL, "malformed", 1);
}

static void
a_minute_begins_with_the_first_that_it_counts(void **state)
{
	(void)state;
	nonsense(&stranger, "not_enrolled");
	b()->now_ms += MINUTE_MS - 10;
	nonsense(&stranger, "not_enrolled");
	b()->now_ms += 10;
	assert_int_equal(tell(false), 1);
	is_count(size() - 1, NULL, "not_enrolled", 2);
	nonsense(&stranger, "not_enrolled");
	b()->now_ms += MINUTE_MS - 1;
	assert_int_equal(tell(false), 0);
	b()->now_ms += 1;
	assert_int_equal(tell(false), 1);
	is_count(size() - 1, NULL, "not_enrolled", 1);
}

static void
who_ends_in_peace_tells_what_is_left(void **state)
{
	(void)state;
	nonsense(&stranger, "not_enrolled");
	assert_int_equal(tell(false), 0);
	assert_int_equal(tell(true), 1);
}

static void
a_batch_that_never_happened_counts_nothing_and_tells_nothing(void **state)
{
	(void)state;
	nonsense(&stranger, "not_enrolled");
	must(store_begin(b()->store));
	tally_stranger(b(), RC_NOT_ENROLLED);
	tally_stranger(b(), RC_MALFORMED);
	must(batch_undo(b()));
	b()->now_ms += MINUTE_MS;
	must(store_begin(b()->store));
	must(tally_tell(b(), false));
	must(batch_undo(b())); /* what it told was not told either */
	assert_int_equal(tell(false), 1);
	is_count(size() - 1, NULL, "not_enrolled", 1);
}

static void
a_clock_that_went_back_tells_at_once(void **state)
{
	(void)state;
	nonsense(&stranger, "not_enrolled");
	b()->now_ms -= 10 * MINUTE_MS;
	assert_int_equal(tell(false), 1);
}

static void
what_happened_in_a_cover_turn_is_told_in_one(void **state)
{
	uint64_t before;
	bool     did = true;

	(void)state;
	b()->covered = true;
	must(store_begin(b()->store));
	for (int i = 0; i < 3; i++) tally_refusal(b(), town.oin, town.desk);
	must(batch_commit(b()));
	b()->covered = false;
	nonsense(&stranger, "not_enrolled");
	b()->now_ms += MINUTE_MS;
	assert_int_equal(tell(true), 1); /* only that of the door */
	is_count(size() - 1, NULL, "not_enrolled", 1);

	before = size();
	must(cover_turn(b(), NULL, NULL));
	assert_int_equal(size(), before + LEAVES);
	is_count(before, &town, "over_quota", 3);
	must(store_begin(b()->store));
	must(tally_tell_covered(b(), &did));
	must(batch_commit(b()));
	assert_false(did);
}

/* As many desks as there are, and more: nothing is lost, and strangers keep their rows.
 */
static void
a_flood_of_desks_is_counted_without_names_at_last(void **state)
{
	uint64_t sum = 0, before = size();

	(void)state;
	must(store_begin(b()->store));
	for (unsigned i = 0; i < 1000; i++) {
		char oin[OIN_DIGITS + 1];
		(void)snprintf(oin, sizeof oin, "%020u", i);
		tally_refusal(b(), oin, "desk");
	}
	for (rc code = RC_MALFORMED; code < RC_MALFORMED + 10; code++)
		tally_stranger(b(), code);
	must(batch_commit(b()));
	assert_true(b()->tally.n <= TALLY_ROWS);
	b()->now_ms += MINUTE_MS;
	assert_true(tell(false) <= TALLY_ROWS);
	for (uint64_t i = before; i < size(); i++) {
		Sluis__Leaf *leaf = leaf_at(i);
		assert_true(catalogue_allows(leaf));
		sum += leaf->count;
		sluis__leaf__free_unpacked(leaf, NULL);
	}
	assert_int_equal(sum, 1010);
	assert_int_equal(b()->tally.n, 0);
}

/* --- what the catalogue does not allow --------------------------------------------- */

static void
an_event_that_says_more_or_less_than_its_kind_is_not_written(void **state)
{
	struct hash        h    = {{1}};
	const struct event good = {
	    .kind = SLUIS__EVENT_KIND__EVENT_GATE, .code = RC_NOT_ENROLLED, .count = 1};
	struct event wrong[] = {good, good, good, good, good, good};
	uint64_t     index, before;

	(void)state;
	wrong[0].phase      = "Jan de Vries";
	wrong[1].sender_oin = "00000000000999910012";
	wrong[2].subject    = &h;
	wrong[3].detail     = slice_str("x");
	wrong[4].count      = 0;
	wrong[5].code       = RC_OK;
	must(store_begin(b()->store));
	must(event_append(b(), &good, &index));
	before = size();
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(event_append(b(), &wrong[i], &index), RC_INTERNAL);
	assert_int_equal(size(), before);
	must(batch_commit(b()));
}

/* --- the keys of its own ---------------------------------------------------------- */

/* The digest that the entry about the key PURPOSE says, of the newest three. */
static struct hash
mark_of(const char *purpose)
{
	struct hash h = {{0}};

	must(store_begin(b()->store));
	must(epoch_note(b()));
	must(batch_commit(b()));
	for (uint64_t i = size() - 3; i < size(); i++) {
		Sluis__Leaf *leaf = leaf_at(i);
		assert_true(catalogue_allows(leaf));
		if (strcmp(leaf->purpose, purpose) == 0)
			memcpy(h.b, leaf->subject_digest.data, HASH_BYTES);
		sluis__leaf__free_unpacked(leaf, NULL);
	}
	return h;
}

static void
the_same_keys_have_the_same_marks_and_others_have_others(void **state)
{
	static const char *const purposes[] = {"pseudonym", "checkpoint", "channel"};
	struct hash              first[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		first[i]          = mark_of(purposes[i]);
		struct hash again = mark_of(purposes[i]);
		assert_true(hash_equal(&first[i], &again));
	}
	region_new_keys(&region);
	for (size_t i = 0; i < 3; i++) {
		struct hash other = mark_of(purposes[i]);
		assert_false(hash_equal(&first[i], &other));
	}
}

static void
the_mark_of_a_pseudonym_key_is_not_the_key_and_depends_on_its_epoch(void **state)
{
	AUTO(keeper_destroy) struct keeper *other = NULL;
	struct keyring                      keys  = region.keys;
	const uint8_t *is = keeper_facts(b()->keeper)->epoch[0].mark, *was;

	(void)state;
	(void)strcpy(keys.pseudonym[0].epoch, "2028");
	must(keeper_local(&other, &keys, REGION_ORIGIN, 1));
	was = keeper_facts(other)->epoch[0].mark;
	assert_memory_not_equal(is, was, EPOCH_MARK_BYTES);
	assert_memory_not_equal(is, keys.pseudonym[0].secret, EPOCH_MARK_BYTES);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(refusals_beyond_the_allowance_are_one_entry_when_their_minute_is_over),
	    T(strangers_are_one_entry_for_each_reason),
	    T(a_minute_begins_with_the_first_that_it_counts),
	    T(who_ends_in_peace_tells_what_is_left),
	    T(a_batch_that_never_happened_counts_nothing_and_tells_nothing),
	    T(a_clock_that_went_back_tells_at_once),
	    T(what_happened_in_a_cover_turn_is_told_in_one),
	    T(a_flood_of_desks_is_counted_without_names_at_last),
	    T(an_event_that_says_more_or_less_than_its_kind_is_not_written),
	    T(the_same_keys_have_the_same_marks_and_others_have_others),
	    T(the_mark_of_a_pseudonym_key_is_not_the_key_and_depends_on_its_epoch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
