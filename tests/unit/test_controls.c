/* SPDX-License-Identifier: EUPL-1.2 */
/* test_controls.c - two that go to one place hear of each other; care hears how many
 * places are needed when; nobody hears where. */
#include "broker/store/knowing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/knowing/knowing.h"
#include "proto/message.h"
#include "support/bundle.h"
#include "support/exchange.h"

#define TODAY "2027-01-15"
#define POSTCODE "6599 LD"

static struct region region;
static struct person town, police, nla, care, tax, kmar;
static uint8_t       plan[ID_BYTES]; /* the last one */

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_NLA, "opsporing", &nla);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &care);
	person_enrolled(&region, OIN_TAX, "riec", &tax);
	person_enrolled(&region, OIN_KMAR, "opsporing", &kmar);
	return 0;
}

static int
drop(void **state)
{
	struct person *all[] = {&town, &police, &nla, &care, &tax, &kmar};

	(void)state;
	for (size_t i = 0; i < 6; i++) person_wipe(all[i]);
	region_close(&region);
	return 0;
}

/* --- plans ----------------------------------------------------------------------- */

struct wish { /* a plan; what is not set has a standard */
	const char *on, *postcode, *letter, *convenant, *contact;
	uint32_t    number, places;
	const char *kind;
	bool        nowhere, no_control;
};

static void
plans(const struct person *p, struct wish w, const char *code)
{
	Sluis__PlanControl    m       = SLUIS__PLAN_CONTROL__INIT;
	Sluis__PlannedControl c       = SLUIS__PLANNED_CONTROL__INIT;
	char                 *kinds[] = {message_borrow(w.kind)};
	Sluis__Head           head;

	head_make(&region, p, plan, &head);
	m.head         = &head;
	m.control      = w.no_control ? NULL : &c;
	m.contact_desk = message_borrow(w.contact);
	m.convenant    = message_borrow(w.convenant == NULL ? "riec" : w.convenant);
	c.planned_on   = message_borrow(w.on == NULL ? "2027-01-20" : w.on);
	if (!w.nowhere) {
		c.postcode = message_borrow(w.postcode == NULL ? POSTCODE : w.postcode);
		c.has_house_number = 1;
		c.house_number     = w.number == 0 ? 48 : w.number;
		c.house_letter     = message_borrow(w.letter);
	}
	c.has_shelter_places = w.places != 0;
	c.shelter_places     = w.places;
	c.n_shelter_kinds    = w.kind == NULL ? 0 : 1;
	c.shelter_kinds      = kinds;
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, p, TYPE_PLAN_CONTROL, &m.base);
	assert_string_equal(a->code, code);
}

static void
cancels(const struct person *p, const uint8_t id[ID_BYTES], const char *code)
{
	Sluis__PlanControl m = SLUIS__PLAN_CONTROL__INIT;
	Sluis__Head        head;
	uint8_t            request[ID_BYTES];

	head_make(&region, p, request, &head);
	m.head       = &head;
	m.has_cancel = 1;
	m.cancel     = 1;
	m.has_about  = 1;
	m.about      = message_borrow_bytes(id, ID_BYTES);
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, p, TYPE_PLAN_CONTROL, &m.base);
	assert_string_equal(a->code, code);
}

/* How many notices wait for P; it takes them, and the last goes to *RET unless NULL. */
static size_t
hears(const struct person *p, Sluis__Notice **ret)
{
	AUTO(letters_wipe) struct letters l = {0};

	letters_take(&region, p, true, &l);
	if (ret != NULL && l.n != 0) {
		message_destroy(ret);
		*ret                 = l.at[l.n - 1].notice;
		l.at[l.n - 1].notice = NULL;
	}
	return l.n;
}

static void
nobody_hears(void)
{
	assert_int_equal(hears(&town, NULL), 0);
	assert_int_equal(hears(&police, NULL), 0);
	assert_int_equal(hears(&nla, NULL), 0);
	assert_int_equal(hears(&care, NULL), 0);
	assert_int_equal(hears(&tax, NULL), 0);
	assert_int_equal(hears(&kmar, NULL), 0);
}

/* --- what is no plan -------------------------------------------------------------- */

static void
what_has_not_the_form_of_a_plan_is_refused(void **state)
{
	(void)state;
	plans(&police, (struct wish){.on = "2027-02-30"}, "malformed");
	plans(&police, (struct wish){.on = "morgen"}, "malformed");
	plans(&police, (struct wish){.on = "2027-01-14"}, "malformed"); /* yesterday */
	plans(&police, (struct wish){.on = "2029-01-14"}, "malformed");
	plans(&police, (struct wish){.postcode = "nergens"}, "malformed");
	plans(&police, (struct wish){.number = 100000}, "malformed");
	plans(&police, (struct wish){.letter = "achterhuis links"}, "malformed");
	plans(&police, (struct wish){.nowhere = true}, "malformed"); /* nor places */
	plans(&police, (struct wish){.kind = "COSM"}, "malformed");  /* of how many? */
	plans(&police, (struct wish){.places = 4, .kind = "HOTEL"}, "malformed");
	plans(&police, (struct wish){.places = 4, .kind = "SHELTER_UNSPECIFIED"},
	    "malformed");
	plans(&police, (struct wish){.places = 100000}, "malformed");
	plans(&police, (struct wish){.contact = "nergens"}, "malformed");
	plans(&police, (struct wish){.no_control = true}, "malformed");
	nobody_hears();
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_CONTROL), 0);
}

static void
who_did_not_sign_or_is_not_named_tells_no_plan(void **state)
{
	(void)state;
	plans(&police, (struct wish){.convenant = "nergens"}, "no_such_convenant");
	plans(&care, (struct wish){.places = 4}, "convenant_not_in_force");
	plans(&kmar, (struct wish){0}, "convenant_not_in_force"); /* not the RIEC's */
	plans(&care, (struct wish){.convenant = "zorg"}, "sender_not_allowed");
	plans(&town, (struct wish){.convenant = "zvh"}, "sender_not_allowed");
	nobody_hears();
}

static void
a_plan_is_called_off_by_who_made_it(void **state)
{
	uint8_t of_police[ID_BYTES], other[ID_BYTES] = {1};

	(void)state;
	plans(&police, (struct wish){.places = 3}, "ok");
	memcpy(of_police, plan, ID_BYTES);
	(void)hears(&care, NULL);
	cancels(&nla, of_police, "not_found");
	cancels(&town, of_police, "not_found");
	cancels(&police, other, "not_found");
	nobody_hears();
	cancels(&police, of_police, "ok");
	cancels(&police, of_police, "not_found");
}

/* --- who hears nothing ------------------------------------------------------------ */

static void
plans_that_do_not_meet_are_told_to_nobody(void **state)
{
	(void)state;
	plans(&police, (struct wish){0}, "ok");
	plans(&police, (struct wish){0}, "ok");          /* its own */
	plans(&nla, (struct wish){.number = 49}, "ok");  /* next door */
	plans(&nla, (struct wish){.letter = "A"}, "ok"); /* upstairs */
	plans(&nla, (struct wish){.postcode = "6599 LE"}, "ok");
	plans(&nla, (struct wish){.on = "2027-01-24"}, "ok"); /* four days after */
	plans(&nla, (struct wish){.on = "2027-01-16"}, "ok"); /* four days before */
	nobody_hears();
}

static void
without_a_convenant_that_both_signed_nobody_hears(void **state)
{
	(void)state;
	plans(&kmar, (struct wish){.convenant = "opsporing"}, "ok");
	plans(&town, (struct wish){0}, "ok"); /* the RIEC: no peer of the marechaussee */
	nobody_hears();
}

static void
a_party_that_plans_everywhere_is_stopped(void **state)
{
	int64_t *most = (int64_t *)(uintptr_t)&region.config->controls_per_day;

	(void)state;
	*most = 2;
	plans(&police, (struct wish){.number = 1}, "ok");
	plans(&police, (struct wish){.number = 2}, "ok");
	plans(&police, (struct wish){.number = 3}, "over_quota");
	plans(&nla, (struct wish){.number = 3}, "ok");
	nobody_hears();
}

static void
a_party_that_tells_too_much_is_stopped_and_others_are_not(void **state)
{
	int64_t *most = (int64_t *)(uintptr_t)&region.config->notices_per_day;

	(void)state;
	*most = 1;
	plans(&nla, (struct wish){0}, "ok");
	plans(&police, (struct wish){0}, "ok"); /* both hear of it */
	plans(&police, (struct wish){.number = 2}, "over_quota");
	plans(&nla, (struct wish){.number = 2}, "ok");
	assert_int_equal(hears(&nla, NULL), 1);
	assert_int_equal(hears(&police, NULL), 1);
}

static void
no_act_is_done_while_notices_have_no_room(void **state)
{
	int64_t *most = (int64_t *)(uintptr_t)&region.config->notices_max;

	(void)state;
	*most = 2;
	plans(&nla, (struct wish){0}, "ok");
	plans(&police, (struct wish){0}, "ok");
	plans(&town, (struct wish){.number = 2}, "queue_full");
	assert_int_equal(hears(&nla, NULL), 1);
	plans(&town, (struct wish){.number = 2}, "ok");
}

/* --- who hears -------------------------------------------------------------------- */

static void
both_hear_whom_to_call_and_when(void **state)
{
	AUTO(message_destroy) Sluis__Notice *n = NULL;
	uint8_t                              first[ID_BYTES];

	(void)state;
	plans(&police, (struct wish){.on = "2027-01-18"}, "ok");
	memcpy(first, plan, ID_BYTES);
	assert_int_equal(hears(&police, NULL), 0);
	plans(&nla, (struct wish){.postcode = "6599ld", .on = "2027-01-21"}, "ok");
	assert_int_equal(hears(&police, &n), 1);
	assert_int_equal(n->kind, SLUIS__NOTICE_KIND__NOTICE_CONTROL);
	assert_memory_equal(n->about.data, first, ID_BYTES);
	assert_string_equal(n->from_oin, OIN_NLA);
	assert_string_equal(n->contact_desk, "opsporing");
	assert_string_equal(n->planned_on, "2027-01-21");
	assert_false(n->has_shelter_places);
	assert_int_equal(hears(&nla, &n), 1);
	assert_memory_equal(n->about.data, plan, ID_BYTES);
	assert_string_equal(n->contact_desk, "avim");
	assert_string_equal(n->planned_on, "2027-01-18");
	nobody_hears();
}

static void
under_one_convenant_that_both_signed_is_enough(void **state)
{
	(void)state;
	plans(&kmar, (struct wish){.convenant = "opsporing"}, "ok");
	plans(&police, (struct wish){0}, "ok"); /* signed both */
	assert_int_equal(hears(&kmar, NULL), 1);
	assert_int_equal(hears(&police, NULL), 1);
}

static void
who_was_told_hears_that_it_is_called_off(void **state)
{
	AUTO(message_destroy) Sluis__Notice *n = NULL;

	(void)state;
	plans(&nla, (struct wish){0}, "ok");
	plans(&police, (struct wish){.places = 2}, "ok");
	assert_int_equal(hears(&nla, NULL), 1);
	assert_int_equal(hears(&police, NULL), 1);
	assert_int_equal(hears(&care, NULL), 1);
	cancels(&police, plan, "ok");
	assert_int_equal(hears(&nla, &n), 1);
	assert_true(n->called_off);
	assert_int_equal(hears(&care, &n), 1);
	assert_true(n->called_off);
	assert_int_equal(hears(&police, NULL), 0);
}

static void
care_hears_how_many_places_and_when_and_never_where(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};

	(void)state;
	plans(&police,
	    (struct wish){.places = 12, .kind = "CRISIS_SHELTER", .on = "2027-01-22"},
	    "ok");
	letters_take(&region, &care, true, &l);
	assert_int_equal(l.n, 1);
	const Sluis__Notice *n = l.at[0].notice;
	assert_int_equal(n->kind, SLUIS__NOTICE_KIND__NOTICE_CARE);
	assert_int_equal(n->shelter_places, 12);
	assert_string_equal(n->shelter_kinds[0], "CRISIS_SHELTER");
	assert_string_equal(n->planned_on, "2027-01-22");
	assert_false(n->has_about);
	ProtobufCBinaryData copy = l.at[0].copy->notice;
	assert_null(memmem(copy.data, copy.len, "6599", 4));
	assert_null(memmem(copy.data, copy.len, "48", 2));
}

static void
places_may_be_asked_without_an_address(void **state)
{
	(void)state;
	plans(&police, (struct wish){.nowhere = true, .places = 5}, "ok");
	plans(&nla, (struct wish){.nowhere = true, .places = 5}, "ok");
	assert_int_equal(hears(&care, NULL), 2);
	nobody_hears();
}

/* Who hears of places, once, when the rule says TO_CARE; NULL: nobody. */
static void
hears_of_places(const char *to_care, const struct person *who)
{
	struct policy *shipped = region.broker.policy;
	struct bundle *b       = bundle_shipped();

	bundle_edit(b, "riec.yaml",
	    "    to_care: [zorgcoordinator]\n    care_under: [zorg, zvh]\n", to_care);
	AUTO(policy_destroy) struct policy *other = bundle_policy(b);
	region.broker.policy                      = other;
	plans(&police, (struct wish){.nowhere = true, .places = 5}, "ok");
	if (who != NULL) assert_int_equal(hears(who, NULL), 1);
	nobody_hears();
	region.broker.policy = shipped;
}

static void
whom_the_rule_names_hears_of_places_and_nobody_else(void **state)
{
	(void)state;
	hears_of_places("", NULL);
	hears_of_places(
	    "    to_care: [zorgcoordinator]\n    care_under: [zorg]\n", &care);
	hears_of_places("    to_care: [zorgcoordinator]\n    care_under: [riec]\n", NULL);
	hears_of_places("    to_care: [nla]\n    care_under: [zorg, riec]\n", &nla);
	hears_of_places("    to_care: [municipality]\n    care_under: [riec]\n", &town);
	hears_of_places(
	    "    to_care: [municipality/analist]\n    care_under: [riec]\n", NULL);
}

/* --- time ------------------------------------------------------------------------ */

static void
a_plan_is_gone_a_week_after_its_day(void **state)
{
	struct control_row row;

	(void)state;
	plans(&police, (struct wish){.on = TODAY}, "ok");
	region.broker.now_ms += 7 * DAY_MS;
	must(knowing_tick(&region.broker));
	assert_int_equal(store_get_control(region.broker.store, plan, &row), RC_OK);
	region.broker.now_ms += DAY_MS;
	must(knowing_tick(&region.broker));
	assert_int_equal(
	    store_get_control(region.broker.store, plan, &row), RC_NOT_FOUND);
}

static void
no_leaf_and_no_row_holds_the_address(void **state)
{
	(void)state;
	plans(&police, (struct wish){0}, "ok");
	plans(&nla, (struct wish){0}, "ok");
	for (uint64_t i = 0; i < journal_size(region.broker.journal); i++) {
		AUTO(buf_wipe) struct buf leaf   = buf_init(LEAF_MAX);
		AUTO(buf_wipe) struct buf detail = buf_init(1 << 16);
		must(store_get_leaf(region.broker.store, i, &leaf, &detail));
		assert_null(memmem(leaf.p, leaf.n, "6599", 4));
		if (detail.n != 0) assert_null(memmem(detail.p, detail.n, "6599", 4));
		AUTO(message_destroy) Sluis__Leaf *l = leaf_at(&region, i);
		if (l->kind != SLUIS__EVENT_KIND__EVENT_CONTROL) continue;
		assert_null(l->recipient_oin);
		assert_string_equal(l->rule, "riec-samen");
	}
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_CONTROL), 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_has_not_the_form_of_a_plan_is_refused),
	    T(who_did_not_sign_or_is_not_named_tells_no_plan),
	    T(a_plan_is_called_off_by_who_made_it),
	    T(plans_that_do_not_meet_are_told_to_nobody),
	    T(without_a_convenant_that_both_signed_nobody_hears),
	    T(a_party_that_tells_too_much_is_stopped_and_others_are_not),
	    T(no_act_is_done_while_notices_have_no_room),
	    T(a_party_that_plans_everywhere_is_stopped),
	    T(both_hear_whom_to_call_and_when),
	    T(under_one_convenant_that_both_signed_is_enough),
	    T(who_was_told_hears_that_it_is_called_off),
	    T(care_hears_how_many_places_and_when_and_never_where),
	    T(places_may_be_asked_without_an_address),
	    T(whom_the_rule_names_hears_of_places_and_nobody_else),
	    T(a_plan_is_gone_a_week_after_its_day),
	    T(no_leaf_and_no_row_holds_the_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
