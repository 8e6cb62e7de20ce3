/* SPDX-License-Identifier: EUPL-1.2 */
/* test_memory_cover.c - recalls, reminders and the end of a case leave layer 1 no trace
 * of layer 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/cover.h"
#include "broker/owed/earlier.h"
#include "broker/owed/remind.h"
#include "broker/owed/retention.h"
#include "proto/message.h"
#include "support/exchange.h"

enum { LEAVES = 8 };

static struct region region;
static struct person town, police;
static const uint8_t case_id[ID_BYTES] = {9};

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

static char answered[64];

static void
take(void *arg, struct reply *r)
{
	(void)arg;
	(void)snprintf(answered, sizeof answered, "%s", r->answer->code);
}

static uint64_t
size(void)
{
	return journal_size(region.broker.journal);
}

/* A cover turn, which has its size whatever was in it. */
static void
turn(void)
{
	uint64_t before = size();

	must(cover_turn(&region.broker, take, NULL));
	assert_int_equal(size() - before, LEAVES);
}

/* A case of town and police, both also at layer 2, in which `afstemming` is in force. */
static void
put_case(unsigned police_shown)
{
	struct case_row  c = {.route = "nijmegen",
	     .state                  = "vermoeden",
	     .owner                  = seat_of(town.oin, town.desk),
	     .remove_ms              = REGION_NOW_MS + DAY_MS};
	struct case_seat s = {.who = c.owner,
	    .as                    = SLUIS__PARTICIPANT_AS__PARTICIPANT,
	    .layer                 = 2,
	    .shown                 = 1};

	memcpy(c.id, case_id, ID_BYTES);
	must(store_begin(region.broker.store));
	must(store_put_case(region.broker.store, &c));
	must(store_put_seat(region.broker.store, case_id, &s));
	s.who   = seat_of(police.oin, police.desk);
	s.shown = police_shown;
	must(store_put_seat(region.broker.store, case_id, &s));
	must(store_commit(region.broker.store));
}

/* The town shares with the police in layer 2 of the case, and the police takes it. */
static void
share_in_layer_2(uint8_t trace[ID_BYTES], bool taken)
{
	const struct person *to[] = {&police, NULL};
	struct share s = {.from = &town, .to = to, .case_id = case_id, .layer = 2};
	AUTO(letters_wipe) struct letters l = {0};

	assert_null(share(&region, &s, trace));
	turn();
	assert_string_equal(answered, "ok");
	if (!taken) return;
	letters_take(&region, &police, false, &l);
	assert_true(l.n >= 1);
}

static size_t
told_to_destroy(void)
{
	AUTO(letters_wipe) struct letters l = {0};

	letters_take(&region, &police, false, &l);
	return letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_RECALL) == NULL ? 0 : 1;
}

static void
a_recall_of_layer_2_waits_for_its_turns(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	put_case(1);
	share_in_layer_2(trace, true);
	uint64_t before = size();
	assert_null(
	    recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_UNLAWFUL));
	assert_int_equal(size(), before);
	turn();
	assert_string_equal(answered, "ok");
	turn();
	assert_int_equal(told_to_destroy(), 1);
	turn();
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_RECALL), 2);
}

static uint64_t
n_steps(unsigned layer)
{
	uint64_t n = 0;

	must(store_count_steps(region.broker.store, case_id, layer, &n));
	return n;
}

/* Who sees it is who sees the release: layer 1 does not. */
static void
a_recall_of_what_opens_no_more_leaves_its_step_in_its_case(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	uint8_t                           trace[ID_BYTES];

	(void)state;
	put_case(1);
	share_in_layer_2(trace, true);
	uint64_t low = n_steps(1), all = n_steps(2);
	region_lose_master(&region);
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	assert_null(
	    recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_UNLAWFUL));
	for (int i = 0; i < 3; i++) turn();
	assert_string_equal(answered, "ok");
	assert_int_equal(n_steps(1), low);
	assert_int_equal(n_steps(2), all + 1);
	letters_take(&region, &police, false, &l);
	const struct letter *told = letters_notice(&l, SLUIS__NOTICE_KIND__NOTICE_RECALL);
	assert_non_null(told);
	assert_memory_equal(told->notice->case_id.data, case_id, ID_BYTES);
}

/* What a case began with was released outside it. */
static void
a_recall_of_what_a_case_began_with_leaves_no_step_there(void **state)
{
	struct case_source src = {.who = seat_of(town.oin, town.desk), .layer = 1};

	(void)state;
	put_case(1);
	share_with(&region, &town, &police, src.trace);
	must(store_begin(region.broker.store));
	must(store_put_source(region.broker.store, case_id, &src));
	must(store_commit(region.broker.store));
	uint64_t all = n_steps(2);
	region_lose_master(&region);
	must(person_enrol(&region, &town));
	AUTO(message_destroy)
	Sluis__Answer *a =
	    recall_ask(&region, &town, src.trace, SLUIS__RECALL_GROUND__RECALL_UNLAWFUL);
	assert_string_equal(a->code, "ok");
	assert_int_equal(n_steps(2), all);
}

static void
destroying_a_copy_of_layer_2_waits_too(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	uint8_t                           trace[ID_BYTES];

	(void)state;
	put_case(1);
	share_in_layer_2(trace, true);
	letters_take(&region, &police, false, &l);
	assert_null(
	    recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_UNLAWFUL));
	turn();
	turn();
	uint64_t before = size();
	assert_null(destroyed_ask(&region, &police, l.at[0].id));
	assert_int_equal(size(), before);
	turn();
	assert_string_equal(answered, "ok");
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_DESTROYED), 1);
}

static void
without_cover_turns_what_is_to_go_goes_at_once(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	put_case(1);
	share_in_layer_2(trace, true);
	region.config->cover_s = 0;
	AUTO(message_destroy)
	Sluis__Answer *a =
	    recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_UNLAWFUL);
	assert_non_null(a);
	assert_string_equal(a->code, "ok");
	assert_int_equal(told_to_destroy(), 1);
}

/* --- what time brings --------------------------------------------------------------- */

static size_t reminded;
static bool   removed;

static rc
tick(struct broker *b, void *arg)
{
	(void)arg;
	TRY(remind_overdue(b, 1, 64, &reminded));
	return retention_remove_one(b, &removed);
}

static void
a_reminder_about_layer_2_waits_for_the_turn(void **state)
{
	struct task_row t = {.who = seat_of(police.oin, police.desk),
	    .kind                 = SLUIS__TASK_KIND__TASK_REVIEW,
	    .layer                = 2,
	    .due_ms               = REGION_NOW_MS - 1};

	(void)state;
	must(store_begin(region.broker.store));
	must(store_put_task(region.broker.store, &t));
	must(store_commit(region.broker.store));
	uint64_t before = size();
	region_turn(&region, tick, NULL);
	assert_int_equal(reminded, 0);
	assert_int_equal(size(), before);
	turn();
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_OVERDUE), 1);
	turn();
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_OVERDUE), 1);
}

/* How many entries the end of the case leaves at once. */
static uint64_t
end_of_case(void)
{
	uint64_t before = size();

	region.broker.now_ms = REGION_NOW_MS + 2 * DAY_MS;
	region_turn(&region, tick, NULL);
	assert_true(removed);
	return size() - before;
}

static void
the_end_of_a_case_is_the_same_with_and_without_layer_2(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	put_case(1);
	uint64_t without     = end_of_case();
	region.broker.now_ms = REGION_NOW_MS;
	put_case(1);
	share_in_layer_2(trace, true);
	assert_int_equal(end_of_case(), without);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_RECALL), 0);
	turn();
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_RECALL), 1);
	assert_int_equal(told_to_destroy(), 1);
}

static void
who_sat_at_layer_2_only_hears_of_the_end_in_the_turn(void **state)
{
	AUTO(letters_wipe) struct letters before = {0}, after = {0};

	(void)state;
	put_case(2);
	assert_int_equal(end_of_case(), 2); /* removed; told to the town */
	letters_take(&region, &police, false, &before);
	assert_int_equal(before.n, 0);
	turn();
	letters_take(&region, &police, false, &after);
	assert_non_null(letters_notice(&after, SLUIS__NOTICE_KIND__NOTICE_CASE_ENDED));
}

static void
a_reminder_of_layer_1_is_no_matter_of_the_turn(void **state)
{
	struct task_row t = {.who = seat_of(police.oin, police.desk),
	    .kind                 = SLUIS__TASK_KIND__TASK_REVIEW,
	    .layer                = 1,
	    .due_ms               = REGION_NOW_MS - 1};

	(void)state;
	must(store_begin(region.broker.store));
	must(store_put_task(region.broker.store, &t));
	must(store_commit(region.broker.store));
	turn();
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_OVERDUE), 0);
	region_turn(&region, tick, NULL);
	assert_int_equal(reminded, 1);
}

/* --- feedback of who sits at layer 2 only ------------------------------------------- */

static void
put_contribution(const char *oin, const char *desk, unsigned layer)
{
	struct case_source s = {
	    .who = seat_of(oin, desk), .layer = layer, .convenant = "afstemming"};
	struct task_row t = {.who = seat_of(police.oin, police.desk),
	    .from                 = s.who,
	    .kind                 = SLUIS__TASK_KIND__TASK_FEEDBACK,
	    .in_case              = true,
	    .layer                = layer};

	memset(s.trace, (int)layer, ID_BYTES);
	memset(t.id, (int)layer, ID_BYTES);
	memcpy(t.case_id, case_id, ID_BYTES);
	must(store_begin(region.broker.store));
	must(store_put_source(region.broker.store, case_id, &s));
	must(store_put_task(region.broker.store, &t));
	must(store_commit(region.broker.store));
}

static bool
is_owed(unsigned layer)
{
	struct task_row t;
	uint8_t         id[ID_BYTES];

	memset(id, (int)layer, ID_BYTES);
	return store_get_task(region.broker.store, id, &t) == RC_OK;
}

static void
who_is_seen_at_layer_2_only_tells_contributors_of_layer_2(void **state)
{
	Sluis__GiveFeedback m = SLUIS__GIVE_FEEDBACK__INIT;
	Sluis__Feedback     f = SLUIS__FEEDBACK__INIT;
	Sluis__Head         head;
	uint8_t             id[ID_BYTES];

	(void)state;
	put_case(2);
	put_contribution(OIN_CARE, "zorgcoordinator", 1);
	put_contribution(OIN_NLA, "opsporing", 2);
	head_make(&region, &police, id, &head);
	f.has_useful    = 1;
	m.head          = &head;
	m.has_case_id   = 1;
	m.case_id       = message_borrow_bytes(case_id, ID_BYTES);
	m.feedback      = &f;
	uint64_t before = size();
	assert_null(region_ask(&region, &police, TYPE_FEEDBACK, &m.base));
	assert_int_equal(size(), before);
	turn();
	assert_string_equal(answered, "ok");
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_FEEDBACK), 1);
	assert_true(is_owed(1));
	assert_false(is_owed(2));
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_recall_of_layer_2_waits_for_its_turns),
	    T(a_recall_of_what_opens_no_more_leaves_its_step_in_its_case),
	    T(a_recall_of_what_a_case_began_with_leaves_no_step_there),
	    T(destroying_a_copy_of_layer_2_waits_too),
	    T(without_cover_turns_what_is_to_go_goes_at_once),
	    T(a_reminder_about_layer_2_waits_for_the_turn),
	    T(the_end_of_a_case_is_the_same_with_and_without_layer_2),
	    T(a_reminder_of_layer_1_is_no_matter_of_the_turn),
	    T(who_is_seen_at_layer_2_only_tells_contributors_of_layer_2),
	    T(who_sat_at_layer_2_only_hears_of_the_end_in_the_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
