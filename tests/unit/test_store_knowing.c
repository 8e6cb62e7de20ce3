/* SPDX-License-Identifier: EUPL-1.2 */
/* test_store_knowing.c - tokens, questions and plans: found by whom they concern, gone
 * when their time is over. */
#include "broker/store/knowing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/region.h"

enum { NOW = 1000 };

static struct store        *store;
static char                 dir[FOLDER_MAX];
static const struct seat_id municipality = {OIN_MUNICIPALITY, "meldpunt"};
static const struct seat_id police       = {OIN_POLICE, "avim"};
static const struct seat_id nla          = {OIN_NLA, "opsporing"};

static int
fresh(void **state)
{
	(void)state;
	make_folder(dir, "know");
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

/* --- tokens ---------------------------------------------------------------------- */

static struct link_row
token(const struct seat_id *who, uint8_t trace, uint8_t value)
{
	struct link_row r = {.who = *who, .leaf = trace, .until_ms = NOW + 100};

	memset(r.token, value, sizeof r.token);
	memset(r.trace, trace, sizeof r.trace);
	(void)snprintf(r.kind, sizeof r.kind, "bsn");
	(void)snprintf(r.convenant, sizeof r.convenant, "riec");
	(void)snprintf(r.region, sizeof r.region, "rivierenland");
	return r;
}

static void
put(const struct link_row *r)
{
	assert_int_equal(store_put_link(store, r), RC_OK);
}

/* How many rows of others are like R at time MS. */
static size_t
like(const struct link_row *r, uint64_t ms)
{
	struct link_row found[8];
	size_t          n = 0;

	assert_int_equal(store_links_like(store, r, ms, 8, found, &n), RC_OK);
	return n;
}

static void
a_token_is_found_by_other_parties_and_not_by_its_own(void **state)
{
	struct link_row a = token(&municipality, 1, 7), b = token(&police, 2, 7);
	struct link_row c = token(&municipality, 3, 7), d = token(&nla, 4, 8);

	(void)state;
	put(&a);
	assert_int_equal(like(&a, NOW), 0);
	assert_int_equal(like(&c, NOW), 0);
	assert_int_equal(like(&b, NOW), 1);
	put(&b);
	put(&d);
	assert_int_equal(like(&a, NOW), 1);
	assert_int_equal(like(&d, NOW), 0);
}

static void
a_token_of_another_region_is_not_found(void **state)
{
	struct link_row a = token(&municipality, 1, 7), b = token(&police, 2, 7);

	(void)state;
	(void)snprintf(a.region, sizeof a.region, "hoogland");
	put(&a);
	assert_int_equal(like(&b, NOW), 0);
}

static void
a_token_whose_time_is_over_is_not_found_and_goes(void **state)
{
	struct link_row a = token(&municipality, 1, 7), b = token(&police, 2, 7);
	struct link_row found[8];
	size_t          n = 9;

	(void)state;
	put(&a);
	assert_int_equal(like(&b, a.until_ms), 1);
	assert_int_equal(like(&b, a.until_ms + 1), 0);
	assert_int_equal(store_end_links(store, a.until_ms + 1), RC_OK);
	assert_int_equal(
	    store_links_of(store, &municipality, a.trace, 0, 8, found, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
a_submission_that_is_forgotten_has_no_token_any_more(void **state)
{
	struct link_row a = token(&municipality, 1, 7), b = token(&municipality, 2, 8);
	struct link_row p = token(&police, 3, 7), q = token(&police, 4, 8);

	(void)state;
	put(&a);
	put(&b);
	assert_int_equal(store_forget_links(store, &police, a.trace), RC_OK);
	assert_int_equal(like(&p, NOW), 1); /* it was somebody else's */
	assert_int_equal(store_forget_links(store, &municipality, a.trace), RC_OK);
	assert_int_equal(like(&p, NOW), 0);
	assert_int_equal(like(&q, NOW), 1);
}

static void
many_signals_of_one_desk_are_one_other(void **state)
{
	struct link_row p = token(&police, 99, 7), found[8];
	size_t          n = 0;

	(void)state;
	for (uint8_t i = 1; i < 20; i++) {
		struct link_row r = token(&municipality, i, 7);
		put(&r);
	}
	assert_int_equal(store_links_like(store, &p, NOW, 8, found, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(found[0].trace[0], 19); /* the newest */
}

static void
a_submission_is_looked_at_once(void **state)
{
	struct link_row a = token(&municipality, 1, 7), b = token(&municipality, 1, 8);
	struct link_row next;

	(void)state;
	assert_int_equal(store_next_link(store, &next), RC_NOT_FOUND);
	put(&a);
	put(&b);
	put(&a); /* again: nothing */
	assert_int_equal(store_next_link(store, &next), RC_OK);
	assert_int_equal(store_links_seen(store, &next.who, next.trace), RC_OK);
	assert_int_equal(store_next_link(store, &next), RC_NOT_FOUND);
}

static void
who_was_told_is_not_told_again_until_its_token_is_gone(void **state)
{
	struct link_row a = token(&municipality, 1, 7);
	bool new          = false;

	(void)state;
	put(&a);
	assert_int_equal(
	    store_link_told(store, a.token, &municipality, OIN_POLICE, &new), RC_OK);
	assert_true(new);
	assert_int_equal(
	    store_link_told(store, a.token, &municipality, OIN_POLICE, &new), RC_OK);
	assert_false(new);
	assert_int_equal(
	    store_link_told(store, a.token, &municipality, OIN_NLA, &new), RC_OK);
	assert_true(new);
	assert_int_equal(
	    store_link_told(store, a.token, &police, OIN_MUNICIPALITY, &new), RC_OK);
	assert_true(new);
	assert_int_equal(store_end_links(store, NOW + 1000), RC_OK);
	assert_int_equal(
	    store_link_told(store, a.token, &municipality, OIN_POLICE, &new), RC_OK);
	assert_true(new);
}

/* --- shares of a day ------------------------------------------------------------- */

static bool
takes(const char *oin, uint64_t day, uint64_t n, uint64_t most)
{
	bool ok = false;
	assert_int_equal(store_take_of_day(store, "link", oin, day, n, most, &ok), RC_OK);
	return ok;
}

static void
a_party_has_its_share_of_a_day_and_no_more(void **state)
{
	(void)state;
	assert_true(takes(OIN_POLICE, 5, 6, 10));
	assert_false(takes(OIN_POLICE, 5, 5, 10)); /* and counts nothing */
	assert_true(takes(OIN_POLICE, 5, 4, 10));
	assert_false(takes(OIN_POLICE, 5, 1, 10));
	assert_true(takes(OIN_NLA, 5, 10, 10));
	assert_true(takes(OIN_POLICE, 6, 10, 10));
	assert_false(takes(OIN_KMAR, 5, UINT64_MAX, 10));
	assert_false(takes(OIN_KMAR, 5, 1, 0));
	assert_true(takes(OIN_KMAR, 5, 10, 10));
	assert_false(takes(OIN_KMAR, 5, 1, 3)); /* the limit was lowered */
}

/* --- questions ------------------------------------------------------------------- */

static struct reveal_row
question(uint8_t id)
{
	struct reveal_row r = {.asker = police,
	    .source                   = municipality,
	    .what                     = SLUIS__REVEAL_WHAT__REVEAL_IDENTITY,
	    .ground                   = SLUIS__REVEAL_GROUND__OFFICIAL_REPORT,
	    .path                     = "persons[0].bsn",
	    .convenant                = "riec",
	    .phase                    = "1",
	    .layer                    = 1,
	    .leaf                     = 17,
	    .until_ms                 = NOW + 100};

	memset(r.id, id, sizeof r.id);
	memset(r.delivery, 0x77, sizeof r.delivery);
	memset(r.trace, 0x66, sizeof r.trace);
	return r;
}

static void
a_question_is_kept_as_it_was_asked(void **state)
{
	struct reveal_row r = question(1), got;

	(void)state;
	r.in_case = true;
	memset(r.case_id, 9, sizeof r.case_id);
	assert_int_equal(store_put_reveal(store, &r), RC_OK);
	assert_int_equal(store_get_reveal(store, r.id, &got), RC_OK);
	assert_string_equal(got.asker.oin, OIN_POLICE);
	assert_string_equal(got.source.desk, "meldpunt");
	assert_string_equal(got.path, "persons[0].bsn");
	assert_memory_equal(got.trace, r.trace, ID_BYTES);
	assert_memory_equal(got.case_id, r.case_id, ID_BYTES);
	assert_true(got.in_case);
	assert_int_equal(got.first, 0);
	assert_int_equal(got.until_ms, r.until_ms);
	memset(r.id, 2, sizeof r.id);
	assert_int_equal(store_get_reveal(store, r.id, &got), RC_NOT_FOUND);
}

static void
a_box_waits_until_its_question_ends(void **state)
{
	AUTO(buf_wipe) struct buf box = buf_init(BOX_MAX);
	struct reveal_row         r   = question(1);

	(void)state;
	assert_int_equal(store_put_reveal(store, &r), RC_OK);
	assert_int_equal(store_get_box(store, r.id, &box), RC_OK);
	assert_int_equal(box.n, 0);
	assert_int_equal(
	    store_first_verdict(store, r.id, SLUIS__REVEAL_VERDICT__REVEAL_RELEASED,
	        slice_str("a box that nobody here opens")),
	    RC_OK);
	assert_int_equal(store_get_box(store, r.id, &box), RC_OK);
	assert_int_equal(box.n, 28);
	assert_int_equal(store_get_reveal(store, r.id, &r), RC_OK);
	assert_int_equal(r.first, SLUIS__REVEAL_VERDICT__REVEAL_RELEASED);
	assert_int_equal(store_end_reveal(store, r.id), RC_OK);
	assert_int_equal(store_get_box(store, r.id, &box), RC_NOT_FOUND);
}

static void
the_same_question_is_known_by_what_it_asks(void **state)
{
	struct reveal_row r = question(1), other = question(2);
	uint64_t          n    = 9;
	bool              same = true;

	(void)state;
	assert_int_equal(store_count_reveals(store, &r, &n, &same), RC_OK);
	assert_int_equal(n, 0);
	assert_false(same);
	assert_int_equal(store_put_reveal(store, &r), RC_OK);
	assert_int_equal(store_count_reveals(store, &other, &n, &same), RC_OK);
	assert_int_equal(n, 1);
	assert_true(same);
	(void)snprintf(other.path, sizeof other.path, "persons[1].bsn");
	assert_int_equal(store_count_reveals(store, &other, &n, &same), RC_OK);
	assert_false(same);
	other       = question(2);
	other.asker = nla;
	assert_int_equal(store_count_reveals(store, &other, &n, &same), RC_OK);
	assert_int_equal(n, 0);
}

static void
questions_that_are_over_are_found_by_their_layer(void **state)
{
	struct reveal_row r = question(1), deep = question(2), rows[4];
	size_t            n = 9;

	(void)state;
	deep.layer = 2;
	assert_int_equal(store_put_reveal(store, &r), RC_OK);
	assert_int_equal(store_put_reveal(store, &deep), RC_OK);
	assert_int_equal(
	    store_reveals_over(store, r.until_ms, false, 4, rows, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
	    store_reveals_over(store, r.until_ms + 1, false, 4, rows, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].id[0], 1);
	assert_int_equal(
	    store_reveals_over(store, r.until_ms + 1, true, 4, rows, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].id[0], 2);
}

/* --- plans ----------------------------------------------------------------------- */

static struct control_row
control(uint8_t id, const struct seat_id *who, int32_t on, uint8_t where)
{
	struct control_row c = {.who = *who,
	    .convenant               = "riec",
	    .region                  = "rivierenland",
	    .contact                 = "avim",
	    .day                     = on,
	    .has_token               = where != 0};

	memset(c.id, id, sizeof c.id);
	memset(c.token, where, sizeof c.token);
	assert_int_equal(store_put_control(store, &c), RC_OK);
	return c;
}

static size_t
near(const struct control_row *c, int32_t days)
{
	struct control_row rows[4];
	size_t             n = 0;

	assert_int_equal(store_controls_near(store, c, days, 4, rows, &n), RC_OK);
	return n;
}

static void
plans_meet_at_one_address_within_days_between_parties(void **state)
{
	(void)state;
	struct control_row a = control(1, &police, 20000, 7);
	assert_int_equal(near(&a, 3), 0);
	(void)control(2, &police, 20000, 7); /* its own */
	(void)control(3, &nla, 20000, 8);    /* elsewhere */
	(void)control(4, &nla, 20004, 7);    /* too late */
	(void)control(5, &nla, 20000, 0);    /* without an address */
	assert_int_equal(near(&a, 3), 0);
	assert_int_equal(near(&a, 4), 1);
	(void)control(6, &municipality, 19997, 7);
	assert_int_equal(near(&a, 3), 1);
	struct control_row none = control(7, &municipality, 20000, 0);
	assert_int_equal(near(&none, 3), 0);
}

static void
one_party_hides_no_plan_of_another(void **state)
{
	struct control_row rows[4];
	size_t             n = 0;

	(void)state;
	struct control_row a = control(1, &police, 20000, 7);
	for (uint8_t i = 10; i < 30; i++) (void)control(i, &nla, 19998, 7);
	(void)control(2, &nla, 20001, 7);
	(void)control(3, &municipality, 20002, 7);
	assert_int_equal(store_controls_near(store, &a, 3, 4, rows, &n), RC_OK);
	assert_int_equal(n, 4);
	assert_int_equal(rows[0].id[0], 2); /* the nearest of each, then others */
	assert_int_equal(rows[1].id[0], 3);
	assert_int_equal(rows[2].day, 19998);
}

static void
a_plan_is_forgotten_after_its_day(void **state)
{
	struct control_row got;

	(void)state;
	struct control_row a = control(1, &police, 20000, 7);
	assert_int_equal(store_end_controls(store, 20000), RC_OK);
	assert_int_equal(store_get_control(store, a.id, &got), RC_OK);
	assert_memory_equal(got.token, a.token, TOKEN_BYTES);
	assert_int_equal(store_end_controls(store, 20001), RC_OK);
	assert_int_equal(store_get_control(store, a.id, &got), RC_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_token_is_found_by_other_parties_and_not_by_its_own),
	    T(a_token_of_another_region_is_not_found),
	    T(a_token_whose_time_is_over_is_not_found_and_goes),
	    T(a_submission_that_is_forgotten_has_no_token_any_more),
	    T(many_signals_of_one_desk_are_one_other),
	    T(a_submission_is_looked_at_once),
	    T(who_was_told_is_not_told_again_until_its_token_is_gone),
	    T(a_party_has_its_share_of_a_day_and_no_more),
	    T(a_question_is_kept_as_it_was_asked),
	    T(a_box_waits_until_its_question_ends),
	    T(the_same_question_is_known_by_what_it_asks),
	    T(questions_that_are_over_are_found_by_their_layer),
	    T(plans_meet_at_one_address_within_days_between_parties),
	    T(one_party_hides_no_plan_of_another),
	    T(a_plan_is_forgotten_after_its_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
