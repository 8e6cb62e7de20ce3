/* SPDX-License-Identifier: EUPL-1.2 */
/* test_reveal_acts.c - who it is is asked by who may, decided by the source and nobody
 * else, answered once and in time. */
#include "broker/knowing/reveal.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/knowing/knowing.h"
#include "proto/message.h"
#include "support/exchange.h"

#define IDENTITY SLUIS__REVEAL_WHAT__REVEAL_IDENTITY
#define SOURCE SLUIS__REVEAL_WHAT__REVEAL_SOURCE
#define DANGER SLUIS__REVEAL_GROUND__ACUTE_DANGER_TO_LIFE
#define REPORT SLUIS__REVEAL_GROUND__OFFICIAL_REPORT
#define NEED SLUIS__REVEAL_GROUND__CARE_NECESSITY
#define RELEASED SLUIS__REVEAL_VERDICT__REVEAL_RELEASED
#define REFUSED SLUIS__REVEAL_VERDICT__REVEAL_REFUSED
#define ORGANISATION SLUIS__REVEAL_VERDICT__REVEAL_ORGANISATION_ONLY
#define PATH "persons[0].bsn"

static struct region region;
static struct person town, second, police, nla, care;
static uint8_t       trace[ID_BYTES];    /* of the town's submission */
static uint8_t       delivery[ID_BYTES]; /* the police's */
static uint8_t       of_care[ID_BYTES];  /* the care coordinator's */
static uint8_t       question[ID_BYTES]; /* id of the last one */

static void
take_id(const struct person *p, uint8_t ret[ID_BYTES])
{
	AUTO(letters_wipe) struct letters l = {0};

	letters_take(&region, p, true, &l);
	assert_int_equal(l.n, 1);
	memcpy(ret, l.at[0].id, ID_BYTES);
}

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_MUNICIPALITY, "aandachtfunctionaris", &second);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_NLA, "opsporing", &nla);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &care);
	const struct person                 *to[] = {&police, &care, NULL};
	struct share                         s    = {.from = &town, .to = to};
	AUTO(message_destroy) Sluis__Answer *a    = share(&region, &s, trace);
	assert_string_equal(a->code, "ok");
	take_id(&police, delivery);
	take_id(&care, of_care);
	return 0;
}

static int
drop(void **state)
{
	struct person *all[] = {&town, &second, &police, &nla, &care};

	(void)state;
	for (size_t i = 0; i < 5; i++) person_wipe(all[i]);
	region_close(&region);
	return 0;
}

/* --- asking and deciding --------------------------------------------------------- */

static Sluis__RevealAsk
ask_of(const uint8_t *id, Sluis__RevealWhat what, const char *path,
    Sluis__RevealGround ground)
{
	Sluis__RevealAsk m = SLUIS__REVEAL_ASK__INIT;

	m.has_delivery_id = id != NULL;
	m.delivery_id     = message_borrow_bytes(id, ID_BYTES);
	m.has_what        = 1;
	m.what            = what;
	m.path            = path == NULL ? NULL : message_borrow(path);
	m.has_ground      = 1;
	m.ground          = ground;
	return m;
}

/* P asks M: the code of the answer is CODE. */
static void
asks(const struct person *p, Sluis__RevealAsk m, const char *code)
{
	Sluis__Head head;

	head_make(&region, p, question, &head);
	m.head = &head;
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, p, TYPE_REVEAL_ASK, &m.base);
	assert_string_equal(a->code, code);
}

static void
police_asks(const char *code)
{
	asks(&police, ask_of(delivery, IDENTITY, PATH, DANGER), code);
}

/* P decides VERDICT about the last question, with a box of N bytes for WHOM if N is not
 * 0; as the second desk if AGAIN. */
static void
decides(const struct person *p, Sluis__RevealVerdict verdict, size_t n,
    const struct person *whom, bool again, const char *code)
{
	static uint8_t      bytes[4096];
	Sluis__RevealDecide m   = SLUIS__REVEAL_DECIDE__INIT;
	Sluis__Sealed       box = SLUIS__SEALED__INIT;
	Sluis__Head         head;
	uint8_t             id[ID_BYTES];

	memset(bytes, 0x5b, sizeof bytes);
	head_make(&region, p, id, &head);
	m.head          = &head;
	m.has_reveal_id = 1;
	m.reveal_id     = message_borrow_bytes(question, ID_BYTES);
	m.has_verdict   = 1;
	m.verdict       = verdict;
	m.has_second    = again;
	m.second        = again;
	if (n != 0) {
		box.oin     = message_borrow(whom->oin);
		box.desk    = message_borrow(whom->desk);
		box.has_box = 1;
		box.box     = message_borrow_bytes(bytes, n);
		m.sealed    = &box;
	}
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, p, TYPE_REVEAL_DECIDE, &m.base);
	assert_string_equal(a->code, code);
}

static size_t
notices(const struct person *p)
{
	AUTO(letters_wipe) struct letters l = {0};
	letters_take(&region, p, false, &l);
	return l.n;
}

static size_t
tasks_of(const struct person *p)
{
	struct seat_id     who = {"", ""};
	struct task_filter f   = {.who = &who};
	struct task_row    rows[8];
	size_t             n = 0;

	memcpy(who.oin, p->oin, sizeof who.oin);
	memcpy(who.desk, p->desk, sizeof who.desk);
	must(store_list_tasks(region.broker.store, &f, 8, rows, &n));
	return n;
}

static size_t
asked(void)
{
	return leaves_of(&region, SLUIS__EVENT_KIND__EVENT_REVEAL_ASKED);
}

static size_t
decided(void)
{
	return leaves_of(&region, SLUIS__EVENT_KIND__EVENT_REVEAL_DECIDED);
}

/* --- who may not ask ------------------------------------------------------------- */

static void
nothing_was_asked(void)
{
	assert_int_equal(asked(), 0);
	assert_int_equal(notices(&town), 0);
}

static void
nobody_asks_about_a_copy_of_somebody_else(void **state)
{
	uint8_t other[ID_BYTES] = {1};

	(void)state;
	asks(&police, ask_of(of_care, IDENTITY, PATH, DANGER), "not_found");
	asks(&nla, ask_of(delivery, IDENTITY, PATH, DANGER), "not_found");
	asks(&town, ask_of(delivery, IDENTITY, PATH, DANGER), "not_found");
	asks(&police, ask_of(other, IDENTITY, PATH, DANGER), "not_found");
	asks(&police, ask_of(trace, IDENTITY, PATH, DANGER), "not_found");
	nothing_was_asked();
}

static void
a_notice_is_no_signal_to_ask_about(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};

	(void)state;
	police_asks("ok");
	letters_take(&region, &town, false, &l);
	asks(&town, ask_of(l.at[0].id, SOURCE, NULL, DANGER), "not_found");
}

static void
a_ground_that_the_convenant_does_not_give_is_refused_with_its_article(void **state)
{
	Sluis__RevealAsk m = ask_of(delivery, IDENTITY, PATH, REPORT);
	Sluis__Head      head;

	(void)state;
	head_make(&region, &police, question, &head);
	m.head = &head;
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, &police, TYPE_REVEAL_ASK, &m.base);
	assert_string_equal(a->code, "no_ground");
	assert_non_null(a->article);
	assert_non_null(a->change);
	asks(&police, ask_of(delivery, IDENTITY, PATH, NEED), "no_ground");
	asks(&care, ask_of(of_care, SOURCE, NULL, REPORT), "no_ground");
	nothing_was_asked();
}

static void
what_is_no_question_is_malformed(void **state)
{
	(void)state;
	asks(&police, ask_of(NULL, IDENTITY, PATH, DANGER), "malformed");
	asks(&police, ask_of(delivery, IDENTITY, NULL, DANGER), "malformed");
	asks(&police, ask_of(delivery, SOURCE, PATH, DANGER), "malformed");
	asks(&police, ask_of(delivery, IDENTITY, "Jansen", DANGER), "malformed");
	asks(&police, ask_of(delivery, IDENTITY, "persons[0]", DANGER), "malformed");
	asks(&police, ask_of(delivery, (Sluis__RevealWhat)0, PATH, DANGER), "malformed");
	asks(&police, ask_of(delivery, (Sluis__RevealWhat)9, PATH, DANGER), "malformed");
	asks(&police, ask_of(delivery, IDENTITY, PATH, (Sluis__RevealGround)0),
	    "malformed");
	asks(&police, ask_of(delivery, IDENTITY, PATH, (Sluis__RevealGround)99),
	    "malformed");
	nothing_was_asked();
}

static void
only_what_stands_there_as_a_pseudonym_is_asked(void **state)
{
	(void)state;
	asks(&police, ask_of(delivery, IDENTITY, "persons[0].residence.postcode", DANGER),
	    "not_found");
	asks(&police, ask_of(delivery, IDENTITY, "persons[0].role", DANGER), "not_found");
	asks(&police, ask_of(delivery, IDENTITY, "reporter.name", DANGER), "not_found");
	nothing_was_asked();
}

static void
what_has_to_be_destroyed_is_not_asked_about(void **state)
{
	(void)state;
	AUTO(message_destroy)
	Sluis__Answer *a =
	    recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_UNLAWFUL);
	assert_string_equal(a->code, "ok");
	police_asks("not_found");
	assert_int_equal(asked(), 0);
}

static void
another_desk_of_the_same_party_has_not_the_copy(void **state)
{
	struct person chief;

	(void)state;
	person_enrolled(&region, OIN_POLICE, "teamleiding", &chief);
	asks(&chief, ask_of(delivery, IDENTITY, PATH, DANGER), "not_found");
	person_wipe(&chief);
	nothing_was_asked();
}

static void
a_desk_has_only_so_many_questions_that_wait(void **state)
{
	struct reveal_row row = {.asker = {OIN_POLICE, "avim"},
	    .source                     = {OIN_MUNICIPALITY, "meldpunt"},
	    .what                       = SOURCE,
	    .ground                     = DANGER,
	    .convenant                  = "afstemming",
	    .layer                      = 1,
	    .until_ms                   = REGION_NOW_MS + DAY_MS};

	(void)state;
	must(store_begin(region.broker.store));
	for (uint8_t i = 0; i < 64; i++) {
		memset(row.id, i + 1, sizeof row.id);
		memset(row.delivery, i + 1, sizeof row.delivery);
		must(store_put_reveal(region.broker.store, &row));
	}
	must(store_commit(region.broker.store));
	police_asks("over_quota");
	must(store_begin(region.broker.store));
	must(store_end_reveal(region.broker.store, row.id));
	must(store_commit(region.broker.store));
	police_asks("ok");
}

static void
the_same_question_waits_once(void **state)
{
	(void)state;
	police_asks("ok");
	police_asks("waiting_for_consent");
	assert_int_equal(notices(&town), 1);
	asks(&police, ask_of(delivery, SOURCE, NULL, REPORT), "ok"); /* another one */
	assert_int_equal(asked(), 2);
}

static void
an_id_that_a_question_has_is_not_given_to_another(void **state)
{
	Sluis__RevealAsk m = ask_of(of_care, IDENTITY, PATH, NEED);
	Sluis__Head      head;
	uint8_t          id[ID_BYTES];

	(void)state;
	police_asks("ok");
	head_make(&region, &care, id, &head);
	head.request_id = message_borrow_bytes(question, ID_BYTES);
	m.head          = &head;
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, &care, TYPE_REVEAL_ASK, &m.base);
	assert_string_equal(a->code, "request_id_used_before");
	assert_int_equal(notices(&town), 1);
}

/* --- who may not decide ---------------------------------------------------------- */

static void
nobody_decides_but_the_desk_that_signalled(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&police, RELEASED, 100, &police, false, "not_found");
	decides(&nla, RELEASED, 100, &police, false, "not_found");
	decides(&care, RELEASED, 100, &police, false, "not_found");
	decides(&second, RELEASED, 100, &police, false, "not_found");
	decides(&nla, RELEASED, 0, NULL, true, "not_found");
	decides(&second, RELEASED, 0, NULL, true, "not_found"); /* not its turn */
	question[0] ^= 1;
	decides(&town, RELEASED, 100, &police, false, "not_found");
	assert_int_equal(decided(), 0);
	assert_int_equal(notices(&police), 0);
}

static void
a_box_that_is_too_large_or_for_another_reader_is_refused(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, BOX_MAX + 1, &police, false, "too_large");
	decides(&town, RELEASED, 100, &nla, false, "malformed");
	decides(&town, RELEASED, 100, &second, false, "malformed");
	decides(&town, RELEASED, 48, &police, false, "malformed");
	decides(&town, RELEASED, 0, NULL, false, "malformed");
	decides(&town, REFUSED, 100, &police, false, "malformed");
	decides(&town, (Sluis__RevealVerdict)0, 0, NULL, false, "malformed");
	decides(&town, (Sluis__RevealVerdict)7, 0, NULL, false, "malformed");
	assert_int_equal(decided(), 0);
	assert_int_equal(notices(&police), 0);
}

static void
the_same_desk_is_no_second_one(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, 0, NULL, true, "needs_another_desk");
	decides(&town, RELEASED, 100, &police, false, "ok");
	decides(&town, RELEASED, 0, NULL, true, "needs_another_desk");
	assert_int_equal(notices(&police), 0);
	decides(&second, RELEASED, 100, &police, true, "malformed"); /* its own box */
	assert_int_equal(notices(&police), 0);
}

static void
a_desk_that_may_be_second_is_not_its_own(void **state)
{
	const struct person                 *to[] = {&police, NULL};
	struct share                         s    = {.from = &second, .to = to};
	uint8_t                              own[ID_BYTES], mine[ID_BYTES];
	AUTO(message_destroy) Sluis__Answer *a = share(&region, &s, own);

	(void)state;
	assert_string_equal(a->code, "ok");
	take_id(&police, mine);
	asks(&police, ask_of(mine, IDENTITY, PATH, DANGER), "ok");
	decides(&second, RELEASED, 100, &police, false, "ok");
	decides(&second, RELEASED, 0, NULL, true, "needs_another_desk");
	decides(&town, RELEASED, 0, NULL, true, "not_found");
	assert_int_equal(notices(&police), 0);
	assert_int_equal(tasks_of(&second), 0);
}

/* Else it could see in the journal that the first desk did not refuse. */
static void
the_asker_is_not_named_before_it_is_decided(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, 100, &police, false, "ok");
	for (uint64_t i = 0; i < journal_size(region.broker.journal); i++) {
		AUTO(message_destroy) Sluis__Leaf *leaf = leaf_at(&region, i);
		if (leaf->kind == SLUIS__EVENT_KIND__EVENT_REVEAL_DECIDED)
			assert_null(leaf->recipient_oin);
	}
}

static void
there_is_one_answer(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, REFUSED, 0, NULL, false, "ok");
	decides(&town, RELEASED, 100, &police, false, "not_found");
	decides(&town, REFUSED, 0, NULL, false, "not_found");
	decides(&second, RELEASED, 0, NULL, true, "not_found");
	assert_int_equal(decided(), 1);
	assert_int_equal(notices(&police), 1);
}

static void
the_first_desk_does_not_decide_twice(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, 100, &police, false, "ok");
	decides(&town, REFUSED, 0, NULL, false, "not_found");
	decides(&town, RELEASED, 100, &police, false, "not_found");
	assert_int_equal(notices(&police), 0);
}

/* --- the answer ------------------------------------------------------------------ */

/* The police has an answer VERDICT, with a box of N bytes (0: none). */
static void
police_has(Sluis__RevealVerdict verdict, size_t n)
{
	AUTO(letters_wipe) struct letters l = {0};

	letters_take(&region, &police, true, &l);
	assert_int_equal(l.n, 1);
	const Sluis__Notice *got = l.at[0].notice;
	assert_int_equal(got->kind, SLUIS__NOTICE_KIND__NOTICE_REVEAL_DECIDED);
	assert_int_equal(got->reveal_verdict, verdict);
	assert_memory_equal(got->reveal_id.data, question, ID_BYTES);
	assert_memory_equal(got->about.data, delivery, ID_BYTES);
	assert_int_equal(got->n_sealed, n == 0 ? 0 : 1);
	if (n == 0) return;
	assert_string_equal(got->sealed[0]->oin, OIN_POLICE);
	assert_int_equal(got->sealed[0]->box.len, n);
}

/* The leaf of the decision stands before that of the notice that brings it. */
static void
the_journal_says_it_first(void)
{
	bool seen = false;

	for (uint64_t i = 0; i < journal_size(region.broker.journal); i++) {
		AUTO(message_destroy) Sluis__Leaf *leaf = leaf_at(&region, i);
		if (leaf->kind == SLUIS__EVENT_KIND__EVENT_REVEAL_DECIDED) seen = true;
		if (leaf->kind == SLUIS__EVENT_KIND__EVENT_NOTICE &&
		    strcmp(leaf->recipient_oin, OIN_POLICE) == 0)
			assert_true(seen);
	}
	assert_true(seen);
}

static void
the_source_hears_what_is_asked_by_whom_on_which_ground(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};

	(void)state;
	police_asks("ok");
	letters_take(&region, &town, true, &l);
	const Sluis__Notice *n = l.at[0].notice;
	assert_int_equal(n->kind, SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED);
	assert_memory_equal(n->about.data, trace, ID_BYTES);
	assert_string_equal(n->from_oin, OIN_POLICE);
	assert_string_equal(n->reveal_path, PATH);
	assert_int_equal(n->reveal_ground, DANGER);
	assert_memory_equal(n->seal_public.data, police.keys.seal_public, KEY_BYTES);
	assert_int_equal(n->task->kind, SLUIS__TASK_KIND__TASK_REVEAL);
	assert_int_equal(n->task->due_ms, REGION_NOW_MS + 7 * DAY_MS);
}

static void
two_desks_release_and_the_asker_gets_the_box(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, 300, &police, false, "ok");
	assert_int_equal(notices(&police), 0); /* it waits */
	AUTO(letters_wipe) struct letters l = {0};
	letters_take(&region, &second, true, &l);
	assert_int_equal(l.n, 1);
	assert_int_equal(
	    l.at[0].notice->task->kind, SLUIS__TASK_KIND__TASK_REVEAL_SECOND);
	assert_int_equal(l.at[0].notice->n_sealed, 0);
	assert_string_equal(l.at[0].notice->from_oin, OIN_POLICE); /* who asks */
	assert_string_equal(l.at[0].notice->contact_desk, "meldpunt");
	decides(&second, RELEASED, 0, NULL, true, "ok");
	the_journal_says_it_first();
	police_has(RELEASED, 300);
	assert_int_equal(decided(), 2);
}

static void
a_second_desk_that_refuses_keeps_the_box(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, 300, &police, false, "ok");
	decides(&second, REFUSED, 0, NULL, true, "ok");
	police_has(REFUSED, 0);
}

static void
a_second_desk_that_names_only_the_organisation_keeps_the_box(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, 300, &police, false, "ok");
	decides(&second, ORGANISATION, 0, NULL, true, "ok");
	police_has(ORGANISATION, 0);
}

static void
a_refusal_needs_nobody_else(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, REFUSED, 0, NULL, false, "ok");
	police_has(REFUSED, 0);
	assert_int_equal(notices(&second), 0);
}

static void
where_no_second_desk_is_asked_the_source_decides_alone(void **state)
{
	AUTO(letters_wipe) struct letters l = {0};

	(void)state;
	asks(&care, ask_of(of_care, IDENTITY, PATH, NEED), "ok");
	decides(&town, RELEASED, 100, &care, false, "ok");
	letters_take(&region, &care, true, &l);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.at[0].notice->n_sealed, 1);
}

/* --- time ------------------------------------------------------------------------ */

static void
a_question_that_nobody_answers_ends_as_refused(void **state)
{
	(void)state;
	police_asks("ok");
	assert_int_equal(tasks_of(&town), 1);
	region.broker.now_ms += 7 * DAY_MS;
	must(knowing_tick(&region.broker));
	assert_int_equal(notices(&police), 0);
	region.broker.now_ms += 20000;
	must(knowing_tick(&region.broker));
	police_has(REFUSED, 0);
	assert_int_equal(tasks_of(&town), 0);
	decides(&town, RELEASED, 100, &police, false, "not_found");
	region.broker.now_ms += 20000;
	must(knowing_tick(&region.broker));
	assert_int_equal(notices(&police), 0); /* once */
}

static void
a_box_that_waits_for_the_second_desk_ends_with_the_term(void **state)
{
	(void)state;
	police_asks("ok");
	decides(&town, RELEASED, 300, &police, false, "ok");
	region.broker.now_ms += 8 * DAY_MS;
	must(knowing_tick(&region.broker));
	decides(&second, RELEASED, 0, NULL, true, "not_found");
	police_has(REFUSED, 0);
	assert_int_equal(tasks_of(&second), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(nobody_asks_about_a_copy_of_somebody_else),
	    T(a_notice_is_no_signal_to_ask_about),
	    T(a_ground_that_the_convenant_does_not_give_is_refused_with_its_article),
	    T(what_is_no_question_is_malformed),
	    T(only_what_stands_there_as_a_pseudonym_is_asked),
	    T(what_has_to_be_destroyed_is_not_asked_about),
	    T(the_same_question_waits_once),
	    T(an_id_that_a_question_has_is_not_given_to_another),
	    T(nobody_decides_but_the_desk_that_signalled),
	    T(a_box_that_is_too_large_or_for_another_reader_is_refused),
	    T(the_same_desk_is_no_second_one),
	    T(there_is_one_answer),
	    T(another_desk_of_the_same_party_has_not_the_copy),
	    T(a_desk_has_only_so_many_questions_that_wait),
	    T(a_desk_that_may_be_second_is_not_its_own),
	    T(the_asker_is_not_named_before_it_is_decided),
	    T(the_first_desk_does_not_decide_twice),
	    T(the_source_hears_what_is_asked_by_whom_on_which_ground),
	    T(two_desks_release_and_the_asker_gets_the_box),
	    T(a_second_desk_that_refuses_keeps_the_box),
	    T(a_second_desk_that_names_only_the_organisation_keeps_the_box),
	    T(a_refusal_needs_nobody_else),
	    T(where_no_second_desk_is_asked_the_source_decides_alone),
	    T(a_question_that_nobody_answers_ends_as_refused),
	    T(a_box_that_waits_for_the_second_desk_ends_with_the_term),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
