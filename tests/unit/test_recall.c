/* SPDX-License-Identifier: EUPL-1.2 */
/* test_recall.c - what a source recalls is erased where it waits and destroyed where it
 * is, and nobody else can have anything destroyed. */
#include "broker/owed/recall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/owed/remind.h"
#include "proto/message.h"
#include "support/exchange.h"
#include "support/logged.h"

#define GROUND SLUIS__RECALL_GROUND__RECALL_UNLAWFUL

static struct region region;
static struct person town, police, care;
static uint8_t       trace[ID_BYTES];

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &care);
	share_with(&region, &town, &police, trace);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	person_wipe(&police);
	person_wipe(&care);
	region_close(&region);
	return 0;
}

static uint64_t
waiting(void)
{
	uint64_t n = 0;
	must(store_count_all_pending(region.broker.store, &n));
	return n;
}

/* The broker ends and starts; who was enrolled without a leaf enrols again. */
static void
restart(void)
{
	region_restart(&region);
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	must(person_enrol(&region, &care));
}

static void
says(Sluis__Answer *a, const char *code)
{
	assert_string_equal(a->code, code);
	message_destroy(&a);
}

static size_t
n_tasks(const struct person *who, const struct person *from)
{
	struct task_row    rows[8];
	struct seat_id     w      = seat_of(who->oin, who->desk);
	struct seat_id     f      = seat_of(from->oin, from->desk);
	struct task_filter filter = {
	    .who = &w, .from = &f, .kind = SLUIS__TASK_KIND__TASK_DESTROY};
	size_t n = 0;

	must(store_list_tasks(region.broker.store, &filter, 8, rows, &n));
	return n;
}

/* The police takes its copy. */
static void
take(uint8_t ret[ID_BYTES])
{
	AUTO(letters_wipe) struct letters l = {0};

	letters_take(&region, &police, true, &l);
	assert_int_equal(l.n, 1);
	memcpy(ret, l.at[0].id, ID_BYTES);
}

/* --- who may not ----------------------------------------------------------------- */

static void
a_recipient_recalls_nothing(void **state)
{
	(void)state;
	says(recall_ask(&region, &police, trace, GROUND), "not_found");
	says(recall_ask(&region, &care, trace, GROUND), "not_found");
	assert_int_equal(waiting(), 1);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_WITHDRAWN), 0);
}

static void
nobody_recalls_what_was_never_sent(void **state)
{
	uint8_t other[ID_BYTES] = {7};

	(void)state;
	says(recall_ask(&region, &town, other, GROUND), "not_found");
}

static void
an_act_that_is_no_submission_is_not_recalled(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	Sluis__Recall                        m = SLUIS__RECALL__INIT;
	Sluis__Head                          head;
	uint8_t                              id[ID_BYTES];

	(void)state;
	head_make(&region, &town, id, &head);
	m.head         = &head;
	m.has_trace_id = 1;
	m.trace_id     = message_borrow_bytes(trace, ID_BYTES);
	m.has_ground   = 1;
	m.ground       = GROUND;
	a              = region_ask(&region, &town, TYPE_RECALL, &m.base);
	assert_string_equal(a->code, "ok");
	says(recall_ask(&region, &town, id, GROUND), "not_found");
}

static void
a_recall_names_a_ground(void **state)
{
	(void)state;
	says(recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_UNSPECIFIED),
	    "malformed");
	says(recall_ask(&region, &town, trace, (Sluis__RecallGround)99), "malformed");
	assert_int_equal(waiting(), 1);
}

static void
what_was_not_recalled_is_not_destroyed(void **state)
{
	uint8_t id[ID_BYTES];

	(void)state;
	take(id);
	says(destroyed_ask(&region, &police, id), "not_found");
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_DESTROYED), 0);
}

static void
nobody_destroys_for_somebody_else(void **state)
{
	uint8_t id[ID_BYTES];

	(void)state;
	take(id);
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	says(destroyed_ask(&region, &care, id), "not_found");
	says(destroyed_ask(&region, &town, id), "not_found");
	assert_int_equal(n_tasks(&police, &town), 1);
}

/* --- a copy that waits ----------------------------------------------------------- */

static void
a_copy_that_waits_is_erased_and_nobody_hears_of_it(void **state)
{
	AUTO(letters_wipe) struct letters  l    = {0};
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	(void)state;
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	assert_int_equal(waiting(), 0);
	letters_take(&region, &police, false, &l);
	assert_int_equal(l.n, 0);
	leaf = leaf_at(&region, journal_size(region.broker.journal) - 1);
	assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_WITHDRAWN);
	assert_string_equal(leaf->recipient_oin, OIN_POLICE);
	assert_int_equal(n_tasks(&police, &town), 0);
}

static void
a_copy_that_was_handed_out_is_erased_and_recalled(void **state)
{
	AUTO(letters_wipe) struct letters l = {0}, after = {0};

	(void)state;
	letters_take(&region, &police, false, &l); /* it never acknowledges */
	assert_int_equal(l.n, 1);
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	letters_take(&region, &police, false, &after);
	assert_int_equal(after.n, 1); /* the copy is gone, the recall is there */
	assert_non_null(letters_notice(&after, SLUIS__NOTICE_KIND__NOTICE_RECALL));
	assert_int_equal(n_tasks(&police, &town), 1);
}

static void
a_copy_from_before_a_restart_may_have_been_handed_out(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};

	(void)state;
	restart();
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	letters_take(&region, &police, false, &l);
	assert_non_null(letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_RECALL));
}

/* Its key is lost; whom it went to, the leaf and the outbox still say. */
static void
what_opens_no_more_is_recalled_all_the_same(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	uint8_t                           id[ID_BYTES];

	(void)state;
	take(id);
	region_lose_master(&region);
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	letters_take(&region, &police, true, &l);
	const struct letter *told = letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_RECALL);
	assert_non_null(told);
	assert_memory_equal(told->notice->about.data, id, ID_BYTES);
	says(destroyed_ask(&region, &police, id), "ok");
	assert_int_equal(n_tasks(&police, &town), 0);
	letters_wipe(&l);
	letters_take(&region, &town, false, &l);
	told = letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_DESTROYED);
	assert_non_null(told);
	assert_memory_equal(told->notice->about.data, trace, ID_BYTES);
}

/* The detail of its ruling is taken out of the database, and no entry says so. */
static void
lose_detail(void)
{
	char     sql[80];
	uint64_t n = journal_size(region.broker.journal), ruling = n;

	for (uint64_t i = 0; i < n; i++) {
		AUTO(message_destroy) Sluis__Leaf *leaf = leaf_at(&region, i);
		if (leaf->kind == SLUIS__EVENT_KIND__EVENT_RULING) ruling = i;
	}
	assert_true(ruling < n);
	(void)snprintf(
	    sql, sizeof sql, "UPDATE leaf SET detail = NULL WHERE idx = %d", (int)ruling);
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db", sql);
	must(region_begin(&region));
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	logged[LOG_DETAIL_UNREADABLE] = 0;
}

static void
what_was_taken_away_is_recalled_all_the_same_and_named_once(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	uint8_t                           id[ID_BYTES];

	(void)state;
	take(id);
	lose_detail();
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	letters_take(&region, &police, true, &l);
	assert_non_null(letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_RECALL));
	says(destroyed_ask(&region, &police, id), "ok");
	assert_int_equal(logged[LOG_DETAIL_UNREADABLE], 1);
}

static Sluis__Answer *
erase_ask(void)
{
	Sluis__Erase m = SLUIS__ERASE__INIT;
	Sluis__Head  head;
	uint8_t      id[ID_BYTES];

	head_make(&region, &town, id, &head);
	m.head         = &head;
	m.has_trace_id = 1;
	m.trace_id     = message_borrow_bytes(trace, ID_BYTES);
	return region_ask(&region, &town, TYPE_ERASE, &m.base);
}

static void
what_was_taken_away_is_erased_all_the_same_and_once(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};

	(void)state;
	lose_detail();
	says(erase_ask(), "ok");
	letters_take(&region, &police, false, &l);
	assert_int_equal(l.n, 0);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_WITHDRAWN), 1);
	says(erase_ask(), "erased");
	assert_int_equal(logged[LOG_DETAIL_UNREADABLE], 1);
}

/* --- a copy that was taken ------------------------------------------------------- */

static void
a_taken_copy_is_recalled_and_its_destruction_is_told(void **state)
{
	AUTO(letters_wipe) struct letters  l = {0}, back = {0};
	AUTO(message_destroy) Sluis__Leaf *recall = NULL, *gone = NULL;
	uint8_t                            id[ID_BYTES];

	(void)state;
	take(id);
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	letters_take(&region, &police, true, &l);
	assert_int_equal(l.n, 1);
	const struct letter *told = letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_RECALL);
	assert_non_null(told);
	assert_memory_equal(told->notice->about.data, id, ID_BYTES);
	assert_int_equal(told->notice->recall, GROUND);
	assert_string_equal(told->notice->from_oin, OIN_MUNICIPALITY);
	assert_int_equal(
	    told->notice->task->due_ms, REGION_NOW_MS + DESTROY_DAYS * DAY_MS);
	says(destroyed_ask(&region, &police, id), "ok");
	assert_int_equal(n_tasks(&police, &town), 0);
	letters_take(&region, &town, false, &back);
	const struct letter *done =
	    letters_notice(&back, SLUIS__NOTICE_KIND__NOTICE_DESTROYED);
	assert_non_null(done);
	assert_memory_equal(done->notice->about.data, trace, ID_BYTES);
	/* notice -> destroyed -> recalled -> ruling */
	AUTO(message_destroy) Sluis__Leaf *notice = leaf_at(&region, done->leaf);
	gone                                      = leaf_at(&region, notice->refers_to);
	assert_int_equal(gone->kind, SLUIS__EVENT_KIND__EVENT_DESTROYED);
	recall = leaf_at(&region, gone->refers_to);
	assert_int_equal(recall->kind, SLUIS__EVENT_KIND__EVENT_RECALL);
	AUTO(message_destroy) Sluis__Leaf *ruling = leaf_at(&region, recall->refers_to);
	assert_int_equal(ruling->kind, SLUIS__EVENT_KIND__EVENT_RULING);
}

static void
a_second_recall_tells_what_is_open_and_nothing_to_others(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	AUTO(letters_wipe) struct letters    l = {0};
	uint8_t                              id[ID_BYTES];

	(void)state;
	take(id);
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	a = recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_SUBJECT);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_tasks, 1);
	assert_memory_equal(a->tasks[0]->about.data, id, ID_BYTES);
	letters_take(&region, &police, true, &l);
	assert_int_equal(l.n, 1);
	assert_int_equal(n_tasks(&police, &town), 1);
	says(destroyed_ask(&region, &police, id), "ok");
	message_destroy(&a);
	a = recall_ask(&region, &town, trace, GROUND);
	assert_int_equal(a->n_tasks, 0);
}

static void
destroyed_twice_is_one_entry(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *b = NULL;
	uint8_t                              id[ID_BYTES];

	(void)state;
	take(id);
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	a = destroyed_ask(&region, &police, id);
	b = destroyed_ask(&region, &police, id);
	assert_int_equal(a->receipts[0]->index, b->receipts[0]->index);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_DESTROYED), 1);
}

static void
a_recall_outlives_a_restart(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	uint8_t                           id[ID_BYTES];

	(void)state;
	take(id);
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	restart();
	letters_take(&region, &police, true, &l);
	assert_int_equal(l.n, 1);
	says(destroyed_ask(&region, &police, id), "ok");
}

/* --- who never says so ----------------------------------------------------------- */

static size_t reminded;

static rc
remind(struct broker *b, void *arg)
{
	(void)arg;
	return remind_overdue(b, 1, 64, &reminded);
}

static void
one_that_never_says_so_is_reminded_once_and_stays_open(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	uint8_t                           id[ID_BYTES];

	(void)state;
	take(id);
	says(recall_ask(&region, &town, trace, GROUND), "ok");
	region_turn(&region, remind, NULL);
	assert_int_equal(reminded, 0);
	region.broker.now_ms += DESTROY_DAYS * DAY_MS + 1;
	region_turn(&region, remind, NULL);
	assert_int_equal(reminded, 1);
	region_turn(&region, remind, NULL);
	assert_int_equal(reminded, 0);
	restart();
	region_turn(&region, remind, NULL);
	assert_int_equal(reminded, 0);
	letters_take(&region, &police, false, &l);
	assert_int_equal(l.n, 2);
	assert_non_null(letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_REMINDER));
	assert_int_equal(n_tasks(&police, &town), 1);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_OVERDUE), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_recipient_recalls_nothing),
	    T(nobody_recalls_what_was_never_sent),
	    T(an_act_that_is_no_submission_is_not_recalled),
	    T(a_recall_names_a_ground),
	    T(what_was_not_recalled_is_not_destroyed),
	    T(nobody_destroys_for_somebody_else),
	    T(a_copy_that_waits_is_erased_and_nobody_hears_of_it),
	    T(a_copy_that_was_handed_out_is_erased_and_recalled),
	    T(a_copy_from_before_a_restart_may_have_been_handed_out),
	    T(what_opens_no_more_is_recalled_all_the_same),
	    T(what_was_taken_away_is_recalled_all_the_same_and_named_once),
	    T(what_was_taken_away_is_erased_all_the_same_and_once),
	    T(a_taken_copy_is_recalled_and_its_destruction_is_told),
	    T(a_second_recall_tells_what_is_open_and_nothing_to_others),
	    T(destroyed_twice_is_one_entry),
	    T(a_recall_outlives_a_restart),
	    T(one_that_never_says_so_is_reminded_once_and_stays_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
