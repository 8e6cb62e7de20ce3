/* SPDX-License-Identifier: EUPL-1.2 */
/* test_feedback.c - who contributed hears of its own, from who may tell, and of nothing
 * else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/owed/earlier.h"
#include "proto/message.h"
#include "support/exchange.h"

static struct region region;
static struct person town, police, care, tax;
static uint8_t       trace[ID_BYTES], delivery[ID_BYTES];
static const uint8_t case_id[ID_BYTES] = {9};

static Sluis__Feedback
useful(void)
{
	Sluis__Feedback f = SLUIS__FEEDBACK__INIT;

	f.has_followed_up = f.followed_up = 1;
	f.has_assessment                  = 1;
	f.assessment                      = SLUIS__ASSESSMENT__ASSESSED_RIGHT;
	return f;
}

static int
make(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};

	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &care);
	person_enrolled(&region, OIN_TAX, "riec", &tax);
	share_with(&region, &town, &police, trace);
	letters_take(&region, &police, true, &l);
	memcpy(delivery, l.at[0].id, ID_BYTES);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	person_wipe(&police);
	person_wipe(&care);
	person_wipe(&tax);
	region_close(&region);
	return 0;
}

static Sluis__Answer *
give(const struct person *p, const uint8_t *about, const uint8_t *in_case,
    Sluis__Feedback *f)
{
	Sluis__GiveFeedback m = SLUIS__GIVE_FEEDBACK__INIT;
	Sluis__Head         head;
	uint8_t             id[ID_BYTES];

	head_make(&region, p, id, &head);
	m.head            = &head;
	m.has_delivery_id = about != NULL;
	m.delivery_id     = message_borrow_bytes(about, ID_BYTES);
	m.has_case_id     = in_case != NULL;
	m.case_id         = message_borrow_bytes(in_case, ID_BYTES);
	m.feedback        = f;
	return region_ask(&region, p, TYPE_FEEDBACK, &m.base);
}

static void
says(Sluis__Answer *a, const char *code)
{
	assert_string_equal(a->code, code);
	message_destroy(&a);
}

static size_t
told(const struct person *p, struct letters *ret)
{
	size_t n = 0;

	letters_take(&region, p, true, ret);
	for (size_t i = 0; i < ret->n; i++)
		if (ret->at[i].notice != NULL &&
		    ret->at[i].notice->kind == SLUIS__NOTICE_KIND__NOTICE_FEEDBACK)
			n++;
	return n;
}

/* A case of the town with the police in it, into which town, care and tax brought
 * something. */
static void
put_seat(const struct person *p, Sluis__ParticipantAs as, unsigned layer, unsigned shown)
{
	struct case_seat s = {
	    .who = seat_of(p->oin, p->desk), .as = as, .layer = layer, .shown = shown};

	must(store_put_seat(region.broker.store, case_id, &s));
}

static void
put_source(const struct person *p, uint8_t mark, unsigned layer)
{
	struct case_source s = {
	    .who = seat_of(p->oin, p->desk), .layer = layer, .convenant = "riec"};

	memset(s.trace, mark, ID_BYTES);
	must(store_put_source(region.broker.store, case_id, &s));
}

static void
put_case(void)
{
	struct case_row c = {.route = "nijmegen",
	    .state                  = "vermoeden",
	    .owner                  = seat_of(town.oin, town.desk)};

	memcpy(c.id, case_id, ID_BYTES);
	must(store_begin(region.broker.store));
	must(store_put_case(region.broker.store, &c));
	put_seat(&town, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 1);
	put_seat(&police, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 1);
	put_seat(&tax, SLUIS__PARTICIPANT_AS__ADVISER, 1, 1);
	put_source(&town, 1, 1);
	put_source(&care, 2, 1); /* it has no seat */
	put_source(&care, 3, 1);
	put_source(&police, 4, 1); /* of the giver itself */
	put_source(&tax, 5, 2);
	must(store_commit(region.broker.store));
}

/* --- what is no feedback ------------------------------------------------------------ */

static void
it_says_something_in_known_codes(void **state)
{
	Sluis__Feedback f = SLUIS__FEEDBACK__INIT;

	(void)state;
	says(give(&police, delivery, NULL, NULL), "malformed");
	says(give(&police, delivery, NULL, &f), "malformed");
	f.has_assessment = 1;
	f.assessment     = (Sluis__Assessment)77;
	says(give(&police, delivery, NULL, &f), "malformed");
	f            = useful();
	f.assessment = SLUIS__ASSESSMENT__ASSESSMENT_UNSPECIFIED;
	says(give(&police, delivery, NULL, &f), "malformed");
	f               = useful();
	f.has_no_action = 1; /* and yet it followed up */
	f.no_action     = SLUIS__NO_ACTION_REASON__TOO_LITTLE;
	says(give(&police, delivery, NULL, &f), "malformed");
}

static void
it_is_about_a_delivery_or_a_case(void **state)
{
	Sluis__Feedback f = useful();

	(void)state;
	put_case();
	says(give(&police, NULL, NULL, &f), "malformed");
	says(give(&police, delivery, case_id, &f), "malformed");
}

/* --- who may not -------------------------------------------------------------------- */

static void
nobody_tells_about_somebody_elses_delivery(void **state)
{
	AUTO(letters_wipe) struct letters l              = {0};
	Sluis__Feedback                   f              = useful();
	uint8_t                           none[ID_BYTES] = {8};

	(void)state;
	says(give(&care, delivery, NULL, &f), "not_found");
	says(give(&town, delivery, NULL, &f), "not_found");
	says(give(&police, none, NULL, &f), "not_found");
	says(give(&police, trace, NULL, &f), "not_found"); /* a stranger's trace */
	assert_int_equal(told(&town, &l), 0);
}

static void
an_outsider_finds_no_case(void **state)
{
	Sluis__Feedback f = useful();

	(void)state;
	put_case();
	says(give(&care, NULL, case_id, &f), "not_found");
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_FEEDBACK), 0);
}

static void
an_adviser_gives_none(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	Sluis__Feedback                      f = useful();

	(void)state;
	put_case();
	a = give(&tax, NULL, case_id, &f);
	assert_string_equal(a->code, "step_not_for_this_desk");
	assert_non_null(a->change);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_FEEDBACK), 0);
}

static void
a_notice_deserves_no_feedback(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	Sluis__Feedback                   f = useful();

	(void)state;
	says(give(&police, delivery, NULL, &f), "ok");
	assert_int_equal(told(&town, &l), 1);
	says(give(&town, l.at[0].id, NULL, &f), "not_found");
}

/* --- to whom ------------------------------------------------------------------------ */

static void
the_sender_of_a_delivery_hears_of_its_trace(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};
	Sluis__Feedback                   f = useful();

	(void)state;
	says(give(&police, delivery, NULL, &f), "ok");
	assert_int_equal(told(&town, &l), 1);
	const Sluis__Notice *n = l.at[0].notice;
	assert_memory_equal(n->about.data, trace, ID_BYTES);
	assert_string_equal(n->from_oin, OIN_POLICE);
	assert_int_equal(n->feedback->assessment, SLUIS__ASSESSMENT__ASSESSED_RIGHT);
	assert_false(n->has_case_id);
	AUTO(message_destroy) Sluis__Leaf *leaf = leaf_at(&region, l.at[0].leaf);
	AUTO(message_destroy) Sluis__Leaf *said = leaf_at(&region, leaf->refers_to);
	assert_int_equal(said->kind, SLUIS__EVENT_KIND__EVENT_FEEDBACK);
}

static void
every_contributor_of_a_case_hears_of_its_own_only(void **state)
{
	AUTO(letters_wipe) struct letters l = {0}, own = {0}, hidden = {0}, mine = {0};
	Sluis__Feedback                   f = useful();

	(void)state;
	put_case();
	says(give(&police, NULL, case_id, &f), "ok");
	assert_int_equal(told(&care, &l), 2); /* without a seat, once for each */
	for (size_t i = 0; i < l.n; i++) {
		assert_int_equal(l.at[i].notice->about.data[0], 2 + i);
		assert_false(l.at[i].notice->has_case_id);
		assert_null(l.at[i].notice->route);
		assert_null(l.at[i].notice->state);
	}
	assert_int_equal(told(&town, &own), 1);
	assert_true(own.at[0].notice->has_case_id); /* it sits there */
	assert_int_equal(told(&tax, &hidden), 0);   /* of layer 2 */
	assert_int_equal(told(&police, &mine), 0);  /* itself */
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_FEEDBACK), 3);
}

/* --- what it ends ------------------------------------------------------------------- */

static void
put_term(const struct person *who, uint8_t mark, uint64_t since_ms, uint64_t due_ms)
{
	struct task_row t = {.who = seat_of(who->oin, who->desk),
	    .from                 = seat_of(town.oin, town.desk),
	    .kind                 = SLUIS__TASK_KIND__TASK_USEFULNESS,
	    .layer                = 1,
	    .in_case              = true,
	    .since_ms             = since_ms,
	    .due_ms               = due_ms};

	t.id[0] = mark;
	memcpy(t.case_id, case_id, ID_BYTES);
	must(store_begin(region.broker.store));
	must(store_put_task(region.broker.store, &t));
	must(store_commit(region.broker.store));
}

static void
put_task(const struct person *who, Sluis__TaskKind kind, uint8_t mark, bool of_case)
{
	struct task_row t = {.who = seat_of(who->oin, who->desk),
	    .from                 = seat_of(town.oin, town.desk),
	    .kind                 = kind,
	    .layer                = 1,
	    .in_case              = of_case,
	    .has_about            = !of_case};

	t.id[0] = mark;
	memcpy(t.case_id, case_id, ID_BYTES);
	memcpy(t.about, delivery, ID_BYTES);
	must(store_begin(region.broker.store));
	must(store_put_task(region.broker.store, &t));
	must(store_commit(region.broker.store));
}

static size_t
n_owed(const struct person *who, uint64_t since_ms)
{
	struct seat_id     w = seat_of(who->oin, who->desk);
	struct task_filter f = {.who = &w, .kind = SLUIS__TASK_KIND__TASK_USEFULNESS};
	struct task_row    rows[8];
	size_t             n = 0, found = 0;

	must(store_list_tasks(region.broker.store, &f, 8, rows, &n));
	for (size_t i = 0; i < n; i++) found += rows[i].since_ms == since_ms;
	return found;
}

static bool
is_open(uint8_t mark)
{
	struct task_row t;
	uint8_t         id[ID_BYTES] = {mark};

	return store_get_task(region.broker.store, id, &t) == RC_OK;
}

static void
it_ends_what_the_giver_owed_for_that_and_nothing_else(void **state)
{
	Sluis__Feedback f = useful();

	(void)state;
	put_case();
	put_task(&police, SLUIS__TASK_KIND__TASK_USEFULNESS, 1, false);
	put_task(&police, SLUIS__TASK_KIND__TASK_FEEDBACK, 2, true);
	put_task(&police, SLUIS__TASK_KIND__TASK_ACT, 3, true);
	put_task(&care, SLUIS__TASK_KIND__TASK_FEEDBACK, 4, true);
	says(give(&police, delivery, NULL, &f), "ok");
	assert_false(is_open(1));
	assert_true(is_open(2));
	says(give(&police, NULL, case_id, &f), "ok");
	assert_false(is_open(2));
	assert_true(is_open(3) && is_open(4));
}

static void
word_of_its_use_is_owed_again_while_the_case_goes_on(void **state)
{
	const uint64_t  year = (uint64_t)365 * 24 * 60 * 60 * 1000;
	Sluis__Feedback f    = useful();

	(void)state;
	put_case();
	put_task(&police, SLUIS__TASK_KIND__TASK_USEFULNESS, 1, true);
	says(give(&police, NULL, case_id, &f), "ok");
	assert_false(is_open(1)); /* it had no term */
	assert_int_equal(n_owed(&police, 0), 0);
	put_term(&police, 2, REGION_NOW_MS - year, REGION_NOW_MS);
	says(give(&police, NULL, case_id, &f), "ok");
	assert_int_equal(n_owed(&police, REGION_NOW_MS), 1);
	says(give(&police, NULL, case_id, &f), "ok"); /* at once again: once more only */
	assert_int_equal(n_owed(&police, REGION_NOW_MS), 1);
	f.has_closed = f.closed = 1;
	says(give(&police, NULL, case_id, &f), "ok");
	assert_int_equal(n_owed(&police, REGION_NOW_MS), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(it_says_something_in_known_codes),
	    T(it_is_about_a_delivery_or_a_case),
	    T(nobody_tells_about_somebody_elses_delivery),
	    T(an_outsider_finds_no_case),
	    T(an_adviser_gives_none),
	    T(a_notice_deserves_no_feedback),
	    T(the_sender_of_a_delivery_hears_of_its_trace),
	    T(every_contributor_of_a_case_hears_of_its_own_only),
	    T(it_ends_what_the_giver_owed_for_that_and_nothing_else),
	    T(word_of_its_use_is_owed_again_while_the_case_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
