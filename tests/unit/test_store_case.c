/* SPDX-License-Identifier: EUPL-1.2 */
/* test_store_case.c - what is put of a case comes back, in order, up to a layer, and
 * goes. */
#include "broker/store/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/region.h"

static struct store *store;
static char          dir[FOLDER_MAX];
static const uint8_t one[ID_BYTES] = {1}, two[ID_BYTES] = {2}, none[ID_BYTES] = {9};
static const struct seat_id town   = {OIN_MUNICIPALITY, "meldpunt"};
static const struct seat_id police = {OIN_POLICE, "avim"};
static const struct seat_id care   = {OIN_CARE, "zorgcoordinator"};

static int
fresh(void **state)
{
	(void)state;
	make_folder(dir, "store");
	if (store_open(&store, dir) != RC_OK) return -1;
	return store_begin(store) == RC_OK ? 0 : -1;
}

static int
drop(void **state)
{
	(void)state;
	store_destroy(&store);
	remove_folder(dir);
	return 0;
}

static void
reopen(void)
{
	must(store_commit(store));
	store_destroy(&store);
	must(store_open(&store, dir));
	must(store_begin(store));
}

static struct case_row
put_case(const uint8_t id[ID_BYTES], uint64_t changed_ms)
{
	struct case_row c = {.route = "nijmegen",
	    .state                  = "ontvangen",
	    .region                 = "hoogland",
	    .owner                  = town,
	    .opened_ms              = 5,
	    .changed_ms             = changed_ms,
	    .leaf                   = 17};

	memcpy(c.id, id, ID_BYTES);
	must(store_put_case(store, &c));
	return c;
}

static void
put_seat(const uint8_t id[ID_BYTES], const struct seat_id *who, uint64_t since_ms,
    uint64_t left_ms)
{
	struct case_seat seat = {.who = *who,
	    .as                       = SLUIS__PARTICIPANT_AS__ADVISER,
	    .layer                    = 2,
	    .shown                    = 1,
	    .since_ms                 = since_ms,
	    .declared                 = true,
	    .left_ms                  = left_ms};

	must(store_put_seat(store, id, &seat));
}

/* --- cases ----------------------------------------------------------------------- */

static void
a_case_comes_back_after_opening_again(void **state)
{
	struct case_row c = put_case(one, 6), got;
	(void)state;
	c.joint_ms  = 7;
	c.closed_ms = 8;
	c.remove_ms = 9;
	c.shielded  = true;
	(void)snprintf(c.state, sizeof c.state, "gesloten");
	must(store_set_case(store, &c));
	reopen();
	must(store_get_case(store, one, &got));
	assert_string_equal(got.route, "nijmegen");
	assert_string_equal(got.state, "gesloten");
	assert_string_equal(got.region, "hoogland");
	assert_string_equal(got.owner.oin, town.oin);
	assert_string_equal(got.owner.desk, town.desk);
	assert_true(got.opened_ms == 5 && got.changed_ms == 6 && got.joint_ms == 7 &&
	            got.closed_ms == 8 && got.remove_ms == 9 && got.leaf == 17);
	assert_true(got.shielded);
	assert_int_equal(store_get_case(store, none, &got), RC_NOT_FOUND);
	assert_int_equal(store_put_case(store, &c), RC_DISK); /* no second of one id */
}

static void
a_case_is_to_go_only_after_its_last_millisecond(void **state)
{
	struct case_row c = put_case(one, 1), rows[2];
	size_t          n = 9;
	(void)state;
	(void)put_case(two, 1); /* without a term */
	c.remove_ms = 100;
	must(store_set_case(store, &c));
	must(store_cases_to_remove(store, 100, 2, rows, &n));
	assert_int_equal(n, 0);
	must(store_cases_to_remove(store, 101, 2, rows, &n));
	assert_int_equal(n, 1);
	assert_memory_equal(rows[0].id, one, ID_BYTES);
}

static void
a_desk_has_the_cases_where_it_sits_newest_change_first(void **state)
{
	struct case_row rows[4];
	size_t          n = 9;
	(void)state;
	(void)put_case(one, 10);
	(void)put_case(two, 20);
	put_seat(one, &police, 1, 0);
	put_seat(two, &police, 1, 0);
	put_seat(two, &care, 1, 5);
	must(store_cases_of(store, &police, 4, rows, &n));
	assert_int_equal(n, 2);
	assert_memory_equal(rows[0].id, two, ID_BYTES);
	must(store_cases_of(store, &police, 1, rows, &n));
	assert_int_equal(n, 1);
	must(store_cases_of(store, &care, 4, rows, &n)); /* it left */
	assert_int_equal(n, 0);
	must(store_cases_of(store, &town, 4, rows, &n)); /* an owner without a seat */
	assert_int_equal(n, 0);
	must(store_cases_of(
	    store, &(struct seat_id){OIN_POLICE, "teamleiding"}, 4, rows, &n));
	assert_int_equal(n, 0);
}

/* --- seats ----------------------------------------------------------------------- */

static void
seats_come_in_the_order_of_joining_and_a_left_one_is_none(void **state)
{
	struct case_seat seats[CASE_SEATS_MAX], got;
	size_t           n = 9;
	(void)state;
	(void)put_case(one, 1);
	put_seat(one, &care, 20, 0);
	put_seat(one, &police, 10, 0);
	put_seat(two, &town, 5, 0);
	must(store_list_seats(store, one, seats, &n));
	assert_int_equal(n, 2);
	assert_string_equal(seats[0].who.oin, police.oin);
	must(store_get_seat(store, one, &police, &got));
	assert_true(
	    got.layer == 2 && got.shown == 1 && got.declared && got.since_ms == 10);
	assert_int_equal(got.as, SLUIS__PARTICIPANT_AS__ADVISER);
	assert_int_equal(store_get_seat(store, one, &town, &got), RC_NOT_FOUND);
	put_seat(one, &police, 10, 99);
	assert_int_equal(store_get_seat(store, one, &police, &got), RC_NOT_FOUND);
	must(store_list_seats(store, one, seats, &n));
	assert_int_equal(n, 1);
	put_seat(one, &police, 30, 0); /* and back */
	must(store_list_seats(store, one, seats, &n));
	assert_int_equal(n, 2);
	assert_string_equal(seats[1].who.oin, police.oin);
}

/* --- steps ----------------------------------------------------------------------- */

struct heard {
	size_t n;
	char   text[64];
	rc     stop;
	bool   writes;
};

static rc
hear(void *arg, struct slice step)
{
	struct heard *h = arg;

	h->n++;
	(void)snprintf(h->text + strlen(h->text), sizeof h->text - strlen(h->text),
	    "%.*s", (int)step.n, (const char *)step.p);
	if (h->writes && h->n == 1) must(store_put_step(store, one, 1, slice_str("+")));
	return h->stop;
}

static void
the_newest_steps_come_oldest_first(void **state)
{
	struct heard h = {0};
	uint64_t     n = 0;
	(void)state;
	must(store_put_step(store, one, 1, slice_str("a")));
	must(store_put_step(store, one, 1, slice_str("b")));
	must(store_put_step(store, one, 2, slice_str("c")));
	must(store_put_step(store, two, 1, slice_str("x")));
	must(store_put_step(store, one, 1, slice_str("d")));
	must(store_count_steps(store, one, 1, &n));
	assert_int_equal(n, 3);
	must(store_newest_steps(store, one, 1, 2, hear, &h));
	assert_string_equal(h.text, "bd");
	h = (struct heard){0};
	must(store_newest_steps(store, one, 2, 4, hear, &h));
	assert_string_equal(h.text, "abcd");
}

static void
steps_come_oldest_first_and_only_up_to_the_layer(void **state)
{
	struct heard h = {0};
	(void)state;
	must(store_put_step(store, one, 1, slice_str("a")));
	must(store_put_step(store, one, 2, slice_str("b")));
	must(store_put_step(store, two, 1, slice_str("x")));
	must(store_put_step(store, one, 1, slice_str("c")));
	must(store_each_step(store, one, 1, hear, &h));
	assert_string_equal(h.text, "ac");
	h = (struct heard){0};
	must(store_each_step(store, one, 2, hear, &h));
	assert_string_equal(h.text, "abc");
	h = (struct heard){.stop = RC_BARRED};
	assert_int_equal(store_each_step(store, one, 2, hear, &h), RC_BARRED);
	assert_int_equal(h.n, 1);
	h = (struct heard){.writes = true};
	must(store_each_step(store, one, 1, hear, &h));
	assert_string_equal(h.text, "ac+");
}

/* --- sources --------------------------------------------------------------------- */

static rc
count(void *arg, const struct case_source *src)
{
	size_t *n = arg;
	(void)src;
	++*n;
	return RC_OK;
}

static void
a_source_stands_once_in_its_case(void **state)
{
	struct case_source src = {.who = police,
	    .leaf                      = 3,
	    .layer                     = 2,
	    .own                       = true,
	    .convenant                 = "riec",
	    .trace                     = {4}};
	size_t             n   = 0;
	(void)state;
	must(store_put_source(store, one, &src));
	src.leaf = 5;
	must(store_put_source(store, one, &src));
	must(store_each_source(store, one, 1, count, &n));
	assert_int_equal(n, 0);
	must(store_each_source(store, one, 2, count, &n));
	assert_int_equal(n, 1);
}

/* --- tasks ----------------------------------------------------------------------- */

static struct task_row
put_task(uint8_t id, const struct seat_id *who, Sluis__TaskKind kind, uint64_t due_ms,
    unsigned layer)
{
	struct task_row t = {.id = {id},
	    .who                 = *who,
	    .from                = town,
	    .kind                = kind,
	    .in_case             = true,
	    .has_about           = id == 3,
	    .about               = {id},
	    .layer               = layer,
	    .leaf                = 8,
	    .since_ms            = 50,
	    .due_ms              = due_ms,
	    .state               = "verrijkt"};

	memcpy(t.case_id, one, ID_BYTES);
	must(store_put_task(store, &t));
	return t;
}

static size_t
found(struct task_filter f, struct task_row *ret)
{
	struct task_row rows[8];
	size_t          n = 99;

	must(store_list_tasks(store, &f, 8, rows, &n));
	if (ret != NULL && n != 0) *ret = rows[0];
	return n;
}

static void
tasks_are_found_by_everything_that_is_asked(void **state)
{
	struct task_row       row;
	const Sluis__TaskKind align           = SLUIS__TASK_KIND__TASK_ALIGN;
	const struct seat_id  other           = {OIN_POLICE, "teamleiding"};
	const uint8_t         about[ID_BYTES] = {3};
	(void)state;
	(void)put_task(1, &police, align, 0, 1);
	(void)put_task(2, &police, SLUIS__TASK_KIND__TASK_DECIDE, 200, 1);
	(void)put_task(3, &police, align, 100, 2);
	(void)put_task(4, &care, align, 300, 1);
	assert_int_equal(found((struct task_filter){0}, &row), 4);
	assert_int_equal(row.id[0], 3); /* the earliest term; none comes last */
	assert_int_equal(found((struct task_filter){.who = &police}, NULL), 3);
	assert_int_equal(found((struct task_filter){.who = &other}, NULL), 0);
	assert_int_equal(
	    found((struct task_filter){.who = &police, .layer = 1}, &row), 2);
	assert_int_equal(row.id[0], 2);
	assert_int_equal(found((struct task_filter){.from = &town}, NULL), 4);
	assert_int_equal(found((struct task_filter){.from = &care}, NULL), 0);
	assert_int_equal(found((struct task_filter){.case_id = one}, NULL), 4);
	assert_int_equal(found((struct task_filter){.case_id = two}, NULL), 0);
	assert_int_equal(
	    found(
	        (struct task_filter){.case_id = one, .who = &care, .kind = align}, NULL),
	    1);
	assert_int_equal(found((struct task_filter){.about = about}, &row), 1);
	assert_true(row.has_about && row.in_case && row.layer == 2 && row.leaf == 8 &&
	            row.since_ms == 50);
	assert_string_equal(row.state, "verrijkt");
	assert_string_equal(row.from.desk, town.desk);
	assert_int_equal(found((struct task_filter){.due_before_ms = 200}, NULL), 1);
	assert_int_equal(found((struct task_filter){.due_before_ms = 201}, NULL), 2);
}

static void
a_task_is_reminded_of_once_and_ends(void **state)
{
	struct task_row t = put_task(1, &police, SLUIS__TASK_KIND__TASK_ALIGN, 10, 1),
	                got;
	struct task_filter due = {.due_before_ms = 99, .not_reminded = true};
	(void)state;
	assert_int_equal(found(due, NULL), 1);
	must(store_remind_task(store, t.id));
	assert_int_equal(found(due, NULL), 0);
	must(store_get_task(store, t.id, &got));
	assert_true(got.reminded);
	must(store_end_task(store, t.id));
	assert_int_equal(store_get_task(store, t.id, &got), RC_NOT_FOUND);
	must(store_end_task(store, t.id)); /* again: nothing happens */
}

static void
a_removed_case_leaves_nothing_and_takes_no_other_with_it(void **state)
{
	struct case_source src = {.who = police, .layer = 1, .trace = {4}};
	struct case_row    row;
	struct case_seat   seats[CASE_SEATS_MAX];
	struct heard       h = {0};
	size_t             n = 0;
	(void)state;
	(void)put_case(one, 1);
	(void)put_case(two, 1);
	put_seat(one, &police, 1, 0);
	put_seat(two, &police, 1, 0);
	must(store_put_source(store, one, &src));
	must(store_put_step(store, one, 1, slice_str("a")));
	must(store_put_step(store, two, 1, slice_str("b")));
	(void)put_task(1, &police, SLUIS__TASK_KIND__TASK_ALIGN, 0, 1);
	must(store_remove_case(store, one));
	assert_int_equal(store_get_case(store, one, &row), RC_NOT_FOUND);
	must(store_each_source(store, one, 2, count, &n));
	assert_int_equal(n, 0);
	must(store_list_seats(store, one, seats, &n));
	assert_int_equal(n, 0);
	must(store_each_step(store, one, 2, hear, &h));
	assert_int_equal(h.n, 0);
	assert_int_equal(found((struct task_filter){0}, NULL), 0);
	must(store_get_case(store, two, &row));
	must(store_list_seats(store, two, seats, &n));
	assert_int_equal(n, 1);
	must(store_each_step(store, two, 2, hear, &h));
	assert_int_equal(h.n, 1);
}

static void
a_veiled_notice_waits_in_its_order(void **state)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(64);
	struct veiled_notice      n     = {.to = police, .layer = 2, .about = 7}, got;
	(void)state;
	assert_int_equal(store_next_notice(store, "", &got, &bytes), RC_NOT_FOUND);
	must(store_put_notice(store, &n, slice_str("first")));
	n.to = care;
	must(store_put_notice(store, &n, slice_str("second")));
	reopen();
	must(store_next_notice(store, "", &got, &bytes));
	assert_true(slice_equal(buf_slice(&bytes), slice_str("first")));
	assert_string_equal(got.to.oin, police.oin);
	assert_true(got.layer == 2 && got.about == 7);
	must(store_end_notice(store, got.seq));
	bytes.n = 0;
	must(store_next_notice(store, "", &got, &bytes));
	assert_string_equal(got.to.oin, care.oin);
}

static void
put_notices(const char *by, size_t count)
{
	struct veiled_notice n = {.to = police, .layer = 2};

	memcpy(n.by, by, strlen(by) + 1);
	for (size_t i = 0; i < count; i++)
		must(store_put_notice(store, &n, slice_str(by)));
}

static void
who_causes_many_notices_keeps_nobody_elses_waiting(void **state)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(4096);
	struct veiled_notice      got   = {0};
	uint64_t                  n     = 0;
	(void)state;
	put_notices("1", 50);
	put_notices("2", 2);
	must(store_notices_caused(store, "1", &n));
	assert_int_equal(n, 50);
	for (size_t i = 0; i < 4; i++) {
		char after[sizeof got.by];
		memcpy(after, got.by, sizeof after);
		must(store_next_notice(store, after, &got, &bytes));
		assert_string_equal(got.by, i % 2 == 0 ? "1" : "2");
		must(store_end_notice(store, got.seq));
	}
	must(store_next_notice(store, "2", &got, &bytes));
	assert_string_equal(got.by, "1"); /* alone it goes on */
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_case_comes_back_after_opening_again),
	    T(a_case_is_to_go_only_after_its_last_millisecond),
	    T(a_desk_has_the_cases_where_it_sits_newest_change_first),
	    T(seats_come_in_the_order_of_joining_and_a_left_one_is_none),
	    T(the_newest_steps_come_oldest_first),
	    T(steps_come_oldest_first_and_only_up_to_the_layer),
	    T(a_source_stands_once_in_its_case),
	    T(tasks_are_found_by_everything_that_is_asked),
	    T(a_task_is_reminded_of_once_and_ends),
	    T(a_removed_case_leaves_nothing_and_takes_no_other_with_it),
	    T(a_veiled_notice_waits_in_its_order),
	    T(who_causes_many_notices_keeps_nobody_elses_waiting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
