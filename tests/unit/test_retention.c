/* SPDX-License-Identifier: EUPL-1.2 */
/* test_retention.c - a case ends with its term, and only its owner has it longer. */
#include "broker/owed/retention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/owed/earlier.h"
#include "broker/owed/erasure.h"
#include "broker/tick.h"
#include "support/exchange.h"

#define NOW REGION_NOW_MS
#define TWO_YEARS 730

/* --- extending: pure -------------------------------------------------------------- */

static rc
extend(uint64_t removed_in, uint64_t closed_before_end, uint64_t *ret)
{
	struct case_row c = {.remove_ms = NOW + removed_in * DAY_MS};

	if (closed_before_end != 0)
		c.closed_ms = c.remove_ms - closed_before_end * DAY_MS;
	return retention_extend(&c, TWO_YEARS, NOW, ret);
}

static void
an_open_case_has_two_years_more_in_its_last_year_only(void **state)
{
	uint64_t until = 0;

	(void)state;
	assert_int_equal(extend(366, 0, &until), RC_NOT_IN_STATE);
	assert_int_equal(until, 0);
	assert_int_equal(extend(365, 0, &until), RC_OK);
	assert_int_equal(until, NOW + (365 + TWO_YEARS) * DAY_MS);
	assert_int_equal(extend(1, 0, &until), RC_OK);
	assert_int_equal(extend(0, 0, &until), RC_NOT_IN_STATE); /* over */
}

static void
having_it_longer_twice_in_a_year_is_refused(void **state)
{
	struct case_row c = {.remove_ms = NOW + DAY_MS};

	(void)state;
	assert_int_equal(retention_extend(&c, TWO_YEARS, NOW, &c.remove_ms), RC_OK);
	assert_int_equal(
	    retention_extend(&c, TWO_YEARS, NOW, &c.remove_ms), RC_NOT_IN_STATE);
	uint64_t later = NOW + (uint64_t)TWO_YEARS * DAY_MS;
	assert_int_equal(retention_extend(&c, TWO_YEARS, later, &c.remove_ms), RC_OK);
}

static void
a_case_that_was_closed_long_before_its_end_is_not_kept_longer(void **state)
{
	uint64_t until = 0;

	(void)state;
	assert_int_equal(extend(100, 365, &until), RC_NOT_IN_STATE);
	assert_int_equal(extend(100, 364, &until), RC_OK);
}

static void
without_a_term_or_an_extension_there_is_nothing_to_extend(void **state)
{
	struct case_row c     = {.remove_ms = 0};
	uint64_t        until = 0;

	(void)state;
	assert_int_equal(retention_extend(&c, TWO_YEARS, NOW, &until), RC_NOT_IN_STATE);
	c.remove_ms = NOW + DAY_MS;
	assert_int_equal(retention_extend(&c, 0, NOW, &until), RC_NO_GROUND);
}

/* --- removing ----------------------------------------------------------------------- */

static struct region region;
static struct person town, police;
static const uint8_t id[ID_BYTES]    = {1, 2, 3};
static const uint8_t other[ID_BYTES] = {4, 5, 6};

static void
put_case(const uint8_t case_id[ID_BYTES], uint64_t remove_ms)
{
	struct case_row  c    = {.route = "nijmegen",
	        .state                  = "tafel",
	        .owner                  = seat_of(OIN_MUNICIPALITY, "meldpunt"),
	        .opened_ms              = NOW,
	        .remove_ms              = remove_ms};
	struct case_seat seat = {.who = c.owner,
	    .as                       = SLUIS__PARTICIPANT_AS__PARTICIPANT,
	    .layer                    = 2,
	    .shown                    = 1};
	struct task_row  task = {.who = seat_of(OIN_POLICE, "avim"),
	     .kind                    = SLUIS__TASK_KIND__TASK_ACT,
	     .in_case                 = true,
	     .layer                   = 1};

	memcpy(c.id, case_id, ID_BYTES);
	memcpy(task.id, case_id, ID_BYTES);
	memcpy(task.case_id, case_id, ID_BYTES);
	must(store_begin(region.broker.store));
	must(store_put_case(region.broker.store, &c));
	must(store_put_seat(region.broker.store, case_id, &seat));
	seat.who = task.who;
	must(store_put_seat(region.broker.store, case_id, &seat));
	must(store_put_step(region.broker.store, case_id, 1, slice_str("step")));
	must(store_put_task(region.broker.store, &task));
	must(store_commit(region.broker.store));
}

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	person_wipe(&police);
	region_close(&region);
	return 0;
}

static bool did;

static rc
remove_one(struct broker *b, void *arg)
{
	(void)arg;
	return retention_remove_one(b, &did);
}

static bool
is_there(const uint8_t case_id[ID_BYTES])
{
	struct case_row c;
	rc              code = store_get_case(region.broker.store, case_id, &c);

	assert_true(code == RC_OK || code == RC_NOT_FOUND);
	return code == RC_OK;
}

static void
a_case_within_its_term_stays(void **state)
{
	(void)state;
	put_case(id, NOW + DAY_MS);
	put_case(other, 0); /* no term yet */
	region_turn(&region, remove_one, NULL);
	assert_false(did);
	assert_true(is_there(id) && is_there(other));
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_REMOVED), 0);
}

static void
a_case_past_its_term_is_gone_and_its_seats_are_told(void **state)
{
	AUTO(letters_wipe) struct letters l    = {0};
	struct task_filter                mine = {.case_id = id};
	struct case_seat                  seat;
	struct task_row                   task;
	size_t                            n   = 0;
	struct seat_id                    who = seat_of(OIN_POLICE, "avim");

	(void)state;
	put_case(id, NOW + DAY_MS);
	put_case(other, NOW + 3 * DAY_MS);
	region.broker.now_ms += 2 * DAY_MS;
	region_turn(&region, remove_one, NULL);
	assert_true(did);
	assert_false(is_there(id));
	assert_true(is_there(other));
	assert_int_equal(
	    store_get_seat(region.broker.store, id, &who, &seat), RC_NOT_FOUND);
	must(store_list_tasks(region.broker.store, &mine, 1, &task, &n));
	assert_int_equal(n, 0);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_REMOVED), 1);
	letters_take(&region, &police, true, &l);
	const struct letter *told =
	    letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_CASE_ENDED);
	assert_non_null(told);
	assert_memory_equal(told->notice->case_id.data, id, ID_BYTES);
	assert_int_equal(told->notice->step->kind, SLUIS__STEP_KIND__STEP_REMOVED);
	assert_null(told->notice->from_oin);
	region_turn(&region, remove_one, NULL);
	assert_false(did); /* once */
}

/* Of those that can be read. */
static size_t
count_leaves(Sluis__EventKind kind)
{
	size_t n = 0;

	for (uint64_t i = 0; i < journal_size(region.broker.journal); i++) {
		AUTO(buf_wipe) struct buf          bytes = buf_init(LEAF_MAX);
		AUTO(message_destroy) Sluis__Leaf *leaf  = NULL;
		must(store_get_leaf(region.broker.store, i, &bytes, NULL));
		if (message_unpack(&sluis__leaf__descriptor, buf_slice(&bytes),
		        RC_BAD_TREE, &leaf) == RC_OK)
			n += leaf->kind == kind;
	}
	return n;
}

/* Somebody changed what is known of a release in it, by SQL: of the case nothing is known
 * there, and it ends all the same. */
static void
removes_and_recalls(const char *sql)
{
	struct case_source src = {
	    .who = seat_of(OIN_MUNICIPALITY, "meldpunt"), .own = true, .layer = 1};

	put_case(id, NOW + DAY_MS);
	share_with(&region, &town, &police, src.trace);
	must(store_begin(region.broker.store));
	must(store_put_source(region.broker.store, id, &src));
	must(store_commit(region.broker.store));
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db", sql);
	must(region_begin(&region));
	region.broker.now_ms += 2 * DAY_MS;
	region_turn(&region, remove_one, NULL);
	assert_true(did);
	assert_false(is_there(id));
	assert_int_equal(count_leaves(SLUIS__EVENT_KIND__EVENT_WITHDRAWN), 1);
	assert_int_equal(count_leaves(SLUIS__EVENT_KIND__EVENT_RECALL), 1);
}

static void
a_release_without_its_detail_keeps_no_case_and_is_recalled(void **state)
{
	(void)state;
	removes_and_recalls("UPDATE leaf SET detail = NULL");
}

static void
a_release_whose_leaf_was_changed_keeps_no_case_and_is_recalled(void **state)
{
	(void)state;
	removes_and_recalls("UPDATE leaf SET bytes = x'ff'"
	                    " WHERE idx IN (SELECT leaf FROM outbox)");
}

/* A task that nobody can read keeps reminders waiting, and no case. */
static void
what_time_brings_beside_a_damaged_row_goes_on(void **state)
{
	struct task_row task = {.who = seat_of(OIN_POLICE, "avim"),
	    .from                    = seat_of(OIN_MUNICIPALITY, "meldpunt"),
	    .kind                    = SLUIS__TASK_KIND__TASK_ENRICH,
	    .layer                   = 1,
	    .since_ms                = NOW,
	    .due_ms                  = NOW + 1};

	(void)state;
	put_case(id, NOW + DAY_MS);
	must(store_begin(region.broker.store));
	must(store_add_task(region.broker.store, &task));
	must(store_commit(region.broker.store));
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE task SET from_oin = hex(zeroblob(500))");
	must(region_begin(&region));
	region.broker.now_ms += 2 * DAY_MS;
	must(tick(&region.broker));
	assert_false(is_there(id));
	must(tick(&region.broker));
}

static rc
age_details(struct broker *b, void *arg)
{
	bool more = false;

	(void)arg;
	return erasure_by_time(b, &more);
}

/* Nobody can say how old it is: it is as old as the one after it. */
static void
a_record_whose_leaf_was_changed_holds_up_no_other(void **state)
{
	uint8_t trace[ID_BYTES], later[ID_BYTES];

	(void)state;
	share_with(&region, &town, &police, trace);
	share_with(&region, &town, &police, later);
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE leaf SET bytes = x'ff' WHERE idx = (SELECT min(leaf) FROM outbox)");
	must(region_begin(&region));
	region.config->details_days = 1;
	region.broker.now_ms += 2 * DAY_MS;
	region_turn(&region, age_details, NULL);
	assert_int_equal(count_leaves(SLUIS__EVENT_KIND__EVENT_ERASED), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_open_case_has_two_years_more_in_its_last_year_only),
	    cmocka_unit_test(having_it_longer_twice_in_a_year_is_refused),
	    cmocka_unit_test(
	        a_case_that_was_closed_long_before_its_end_is_not_kept_longer),
	    cmocka_unit_test(without_a_term_or_an_extension_there_is_nothing_to_extend),
	    T(a_case_within_its_term_stays),
	    T(a_case_past_its_term_is_gone_and_its_seats_are_told),
	    T(a_release_without_its_detail_keeps_no_case_and_is_recalled),
	    T(a_release_whose_leaf_was_changed_keeps_no_case_and_is_recalled),
	    T(what_time_brings_beside_a_damaged_row_goes_on),
	    T(a_record_whose_leaf_was_changed_holds_up_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
