/* SPDX-License-Identifier: EUPL-1.2 */
/* test_respond.c - who was asked for an answer gives it, its sender hears it, and the
 * others hear at most that somebody picked it up. */
#include "broker/store/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"
#include "support/bundle.h"
#include "support/exchange.h"

#define OBLIGATION                                                                  \
	"obligations:\n  - id: respond\n    text: {nl: Antwoorden., en: Answer.}\n" \
	"    article: AVG 5(1)(e)\n    term_days: 14\n    every_copy: true\n"

static struct region region;
static struct person town, police, nla, care;
static uint8_t       trace[ID_BYTES], of_police[ID_BYTES], of_care[ID_BYTES];

static void
take_id(const struct person *p, uint8_t ret[ID_BYTES])
{
	AUTO(letters_wipe) struct letters l = {0};

	letters_take(&region, p, true, &l);
	assert_int_equal(l.n, 1);
	memcpy(ret, l.at[0].id, ID_BYTES);
}

/* The pre-case convenant, asking for an answer. */
static struct policy *
asking(void)
{
	AUTO(bundle_destroy) struct bundle *b = bundle_shipped();
	struct policy                      *p = NULL;

	bundle_edit(b, "afstemming.yaml", "obligations:\n", OBLIGATION);
	assert_int_equal(bundle_compile(b, &p), RC_OK);
	return p;
}

static void
share_all(void)
{
	const struct person                 *to[] = {&police, &care, NULL};
	struct share                         s    = {.from = &town, .to = to};
	AUTO(message_destroy) Sluis__Answer *a    = share(&region, &s, trace);

	assert_string_equal(a->code, "ok");
	take_id(&police, of_police);
	take_id(&care, of_care);
}

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	policy_destroy(&region.broker.policy);
	region.broker.policy = asking();
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_NLA, "opsporing", &nla);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &care);
	share_all();
	return 0;
}

static int
make_unasked(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_NLA, "opsporing", &nla);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &care);
	share_all();
	return 0;
}

static int
drop(void **state)
{
	struct person *all[] = {&town, &police, &nla, &care};

	(void)state;
	for (size_t i = 0; i < 4; i++) person_wipe(all[i]);
	region_close(&region);
	return 0;
}

/* --- answering ------------------------------------------------------------------- */

static void
responds(
    const struct person *p, const uint8_t *id, Sluis__Response *what, const char *code)
{
	Sluis__Respond m = SLUIS__RESPOND__INIT;
	Sluis__Head    head;
	uint8_t        request[ID_BYTES];

	head_make(&region, p, request, &head);
	m.head            = &head;
	m.has_delivery_id = id != NULL;
	m.delivery_id     = message_borrow_bytes(id, ID_BYTES);
	m.response        = what;
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, p, TYPE_RESPOND, &m.base);
	assert_string_equal(a->code, code);
}

static Sluis__Response
house_visit(void)
{
	Sluis__Response r = SLUIS__RESPONSE__INIT;

	r.has_disposition = 1;
	r.disposition     = SLUIS__ADDRESS_DISPOSITION__HOUSE_VISIT;
	return r;
}

static Sluis__Response
picked_up(bool yes)
{
	Sluis__Response r = SLUIS__RESPONSE__INIT;

	r.has_picked_up = 1;
	r.picked_up     = yes;
	return r;
}

static size_t
notices(const struct person *p, Sluis__Notice **ret)
{
	AUTO(letters_wipe) struct letters l = {0};

	letters_take(&region, p, true, &l);
	if (ret != NULL && l.n != 0) {
		message_destroy(ret);
		*ret           = l.at[0].notice;
		l.at[0].notice = NULL;
	}
	return l.n;
}

static size_t
tasks_of(const struct person *p, struct task_row *ret)
{
	struct seat_id     who = {"", ""};
	struct task_filter f   = {.who = &who, .kind = SLUIS__TASK_KIND__TASK_RESPOND};
	struct task_row    rows[8];
	size_t             n = 0;

	memcpy(who.oin, p->oin, sizeof who.oin);
	memcpy(who.desk, p->desk, sizeof who.desk);
	must(store_list_tasks(region.broker.store, &f, 8, rows, &n));
	if (ret != NULL && n != 0) *ret = rows[0];
	return n;
}

/* --- who may not ----------------------------------------------------------------- */

static void
nothing_happened(void)
{
	assert_int_equal(notices(&town, NULL), 0);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_RESPONSE), 0);
}

static void
nobody_answers_for_somebody_else(void **state)
{
	Sluis__Response r               = house_visit();
	uint8_t         other[ID_BYTES] = {9};

	(void)state;
	responds(&care, of_police, &r, "not_found");
	responds(&nla, of_police, &r, "not_found");
	responds(&town, of_police, &r, "not_found");
	responds(&police, other, &r, "not_found");
	responds(&police, trace, &r, "not_found");
	nothing_happened();
}

static void
an_answer_that_was_not_asked_for_is_none(void **state)
{
	Sluis__Response r = house_visit();

	(void)state;
	assert_int_equal(tasks_of(&police, NULL), 0);
	responds(&police, of_police, &r, "not_found");
	nothing_happened();
}

static void
an_answer_says_one_thing(void **state)
{
	Sluis__Response none = SLUIS__RESPONSE__INIT, two = house_visit();
	Sluis__Response zero = SLUIS__RESPONSE__INIT, unknown = house_visit();

	(void)state;
	two.has_picked_up   = 1;
	zero.has_measure    = 1; /* MEASURE_UNSPECIFIED */
	unknown.disposition = (Sluis__AddressDisposition)44;
	responds(&police, of_police, NULL, "malformed");
	responds(&police, of_police, &none, "malformed");
	responds(&police, of_police, &two, "malformed");
	responds(&police, of_police, &zero, "malformed");
	responds(&police, of_police, &unknown, "malformed");
	responds(&police, NULL, &two, "malformed");
	nothing_happened();
}

/* --- what comes of it ------------------------------------------------------------ */

static void
who_is_asked_has_a_task_with_a_term_until_it_answers(void **state)
{
	Sluis__Response r = house_visit();
	struct task_row task;

	(void)state;
	assert_int_equal(tasks_of(&police, &task), 1);
	assert_int_equal(task.due_ms, REGION_NOW_MS + 14 * DAY_MS);
	assert_string_equal(task.from.oin, OIN_MUNICIPALITY);
	assert_memory_equal(task.about, of_police, ID_BYTES);
	responds(&police, of_police, &r, "ok");
	assert_int_equal(tasks_of(&police, NULL), 0);
	assert_int_equal(tasks_of(&care, NULL), 1);
}

static void
the_sender_hears_it_and_nobody_else(void **state)
{
	AUTO(message_destroy) Sluis__Notice *n = NULL;
	Sluis__Response                      r = house_visit();

	(void)state;
	responds(&police, of_police, &r, "ok");
	assert_int_equal(notices(&town, &n), 1);
	assert_int_equal(n->kind, SLUIS__NOTICE_KIND__NOTICE_RESPONSE);
	assert_memory_equal(n->about.data, trace, ID_BYTES);
	assert_string_equal(n->from_oin, OIN_POLICE);
	assert_int_equal(
	    n->response->disposition, SLUIS__ADDRESS_DISPOSITION__HOUSE_VISIT);
	assert_int_equal(notices(&care, NULL), 0);
	assert_int_equal(notices(&nla, NULL), 0);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_RESPONSE), 1);
}

static void
the_others_hear_that_somebody_picked_it_up_and_not_who(void **state)
{
	AUTO(message_destroy) Sluis__Notice *n = NULL;
	Sluis__Response                      r = picked_up(true);

	(void)state;
	responds(&police, of_police, &r, "ok");
	assert_int_equal(notices(&care, &n), 1);
	assert_memory_equal(n->about.data, of_care, ID_BYTES);
	assert_true(n->response->picked_up);
	assert_null(n->from_oin);
	assert_null(n->from_desk);
	assert_int_equal(notices(&town, &n), 1);
	assert_string_equal(n->from_oin, OIN_POLICE);
	assert_int_equal(notices(&police, NULL), 0);
	assert_int_equal(notices(&nla, NULL), 0); /* never got it */
}

static void
that_it_is_not_picked_up_is_the_senders_to_know(void **state)
{
	Sluis__Response r = picked_up(false);

	(void)state;
	responds(&police, of_police, &r, "ok");
	assert_int_equal(notices(&town, NULL), 1);
	assert_int_equal(notices(&care, NULL), 0);
}

static void
a_later_answer_takes_the_place_of_the_first(void **state)
{
	AUTO(message_destroy) Sluis__Notice *n = NULL;
	Sluis__Response                      r = house_visit();

	(void)state;
	r.disposition = SLUIS__ADDRESS_DISPOSITION__ADMINISTRATIVE_RESEARCH;
	responds(&police, of_police, &r, "ok");
	(void)notices(&town, NULL);
	r.disposition = SLUIS__ADDRESS_DISPOSITION__HOUSE_VISIT;
	responds(&police, of_police, &r, "ok");
	assert_int_equal(notices(&town, &n), 1);
	assert_int_equal(
	    n->response->disposition, SLUIS__ADDRESS_DISPOSITION__HOUSE_VISIT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(nobody_answers_for_somebody_else),
	    cmocka_unit_test_setup_teardown(
	        an_answer_that_was_not_asked_for_is_none, make_unasked, drop),
	    T(an_answer_says_one_thing),
	    T(who_is_asked_has_a_task_with_a_term_until_it_answers),
	    T(the_sender_hears_it_and_nobody_else),
	    T(the_others_hear_that_somebody_picked_it_up_and_not_who),
	    T(that_it_is_not_picked_up_is_the_senders_to_know),
	    T(a_later_answer_takes_the_place_of_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
