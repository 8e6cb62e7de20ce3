/* SPDX-License-Identifier: EUPL-1.2 */
/* test_links.c - two parties that know the same hear so where a rule of both lets them,
 * and nobody hears anything else. */
#include "broker/knowing/linked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/knowing/knowing.h"
#include "broker/knowing/link.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "support/exchange.h"
#include "support/logged.h"

#define META                                                                          \
	"\"meta\":{\"municipality\":\"9901\"},\"exploitation\":{\"types\":[\"FORCED_" \
	"LABOUR\"]}"
#define VICTIM                                                                        \
	"{\"role\":\"VICTIM\",\"minor\":false,\"birth_date\":\"1990-01-01\",\"bsn\":" \
	"\"999990019\",\"family_name\":\"Verzonnen\",\"given_names\":\"Ada\"}"
#define ONE_VICTIM "{" META ",\"persons\":[" VICTIM "]}"

static struct region region;
static struct person town, second, police, nla, care, tax;

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
	person_enrolled(&region, OIN_TAX, "riec", &tax);
	return 0;
}

static int
drop(void **state)
{
	struct person *all[] = {&town, &second, &police, &nla, &care, &tax};

	(void)state;
	for (size_t i = 0; i < 6; i++) person_wipe(all[i]);
	region_close(&region);
	return 0;
}

/* --- signals ---------------------------------------------------------------------- */

struct sent {
	const char *json, *convenant, *region;
};

static Sluis__Answer *
submit(const struct person *from, const struct person *to, struct sent what,
    uint8_t trace[ID_BYTES])
{
	AUTO(buf_wipe) struct buf signal = buf_init(SIGNAL_MAX);
	Sluis__Submit             m      = SLUIS__SUBMIT__INIT;
	Sluis__Recipient          one = SLUIS__RECIPIENT__INIT, *list[] = {&one};
	Sluis__Head               head;
	const char               *purpose =
            strcmp(what.convenant, "afstemming") == 0 ? "duiding" : "casusoverleg";

	signal_from_json(what.json, &signal);
	head_make(&region, from, trace, &head);
	one.oin        = message_borrow(to->oin);
	one.desk       = message_borrow(to->desk);
	m.head         = &head;
	m.n_recipients = 1;
	m.recipients   = list;
	m.convenant    = message_borrow(what.convenant);
	m.phase        = message_borrow("1");
	m.purpose      = message_borrow(purpose);
	m.region       = message_borrow(what.region);
	m.has_signal   = 1;
	m.signal       = message_borrow_bytes(signal.p, signal.n);
	return region_ask(&region, from, TYPE_SUBMIT, &m.base);
}

static void
sends(const struct person *from, const struct person *to, const char *json,
    const char *convenant, uint8_t trace[ID_BYTES])
{
	struct sent                          what = {json, convenant, NULL};
	AUTO(message_destroy) Sluis__Answer *a    = submit(from, to, what, trace);
	assert_string_equal(a->code, "ok");
}

/* Time passes: what was put aside is compared. */
static void
passes(void)
{
	for (int i = 0; i < 4; i++) {
		region.broker.now_ms += 20000;
		must(knowing_tick(&region.broker));
	}
}

/* How many link notices P has; the last goes to *RET if that is not NULL. */
static size_t
hears(const struct person *p, Sluis__Notice **ret)
{
	AUTO(letters_wipe) struct letters l = {0};
	size_t                            n = 0;

	letters_take(&region, p, true, &l);
	for (size_t i = 0; i < l.n; i++) {
		if (l.at[i].notice == NULL ||
		    l.at[i].notice->kind != SLUIS__NOTICE_KIND__NOTICE_LINK)
			continue;
		n++;
		if (ret == NULL) continue;
		message_destroy(ret);
		*ret           = l.at[i].notice;
		l.at[i].notice = NULL;
	}
	return n;
}

static size_t
tokens(void)
{
	struct link_row row;
	rc              code = store_next_link(region.broker.store, &row);
	struct link_row rows[LINK_TOKENS_MAX];
	size_t          n = 0;

	if (code == RC_NOT_FOUND) return 0;
	must(code);
	must(store_links_of(region.broker.store, &row.who, row.trace,
	    region.broker.now_ms, LINK_TOKENS_MAX, rows, &n));
	return n;
}

static void
nobody_hears(void)
{
	passes();
	assert_int_equal(hears(&town, NULL), 0);
	assert_int_equal(hears(&police, NULL), 0);
	assert_int_equal(hears(&nla, NULL), 0);
	assert_int_equal(hears(&care, NULL), 0);
	assert_int_equal(hears(&tax, NULL), 0);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_LINK), 0);
}

/* --- who hears nothing ------------------------------------------------------------ */

static void
one_party_alone_hears_nothing_of_itself(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	nobody_hears();
}

static void
other_people_are_no_link(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	sends(&police, &town,
	    "{" META ",\"persons\":[{\"role\":\"VICTIM\",\"minor\":false,"
	    "\"bsn\":\"999991012\",\"family_name\":\"Verzonnen\"}]}",
	    "afstemming", trace);
	nobody_hears();
}

static void
convenants_without_a_rule_between_them_tell_nothing(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	sends(&police, &town, ONE_VICTIM, "riec", trace);
	nobody_hears();
}

static void
a_desk_that_no_rule_names_is_not_told_and_not_told_of(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	sends(&care, &police, ONE_VICTIM, "afstemming", trace);
	nobody_hears();
}

/* How many tokens the signal JSON makes under CONVENANT. */
static size_t
n_tokens(const char *json, const char *convenant)
{
	AUTO(buf_wipe) struct buf         wire   = buf_init(SIGNAL_MAX);
	AUTO(scratch_wipe) struct scratch mem    = scratch_init(INTAKE_MAX);
	Sluis__Signal                    *signal = NULL;
	struct link_names                 names;

	signal_from_json(json, &wire);
	must(guard_unpack_in(&mem, &sluis__signal__descriptor, buf_slice(&wire),
	    guard_signal, (ProtobufCMessage **)(void *)&signal));
	must(link_names_of(region.broker.policy, identities_new(&mem), signal, convenant,
	    date_of_ms(REGION_NOW_MS), &names));
	return names.n;
}

static void
layer_2_makes_no_token(void **state)
{
	static const char *const hidden[] = {"{" META ",\"persons\":[" VICTIM
	                                     "],\"handling\":{\"layer\":2}}",
	    "{" META ",\"persons\":[" VICTIM "],\"handling\":{\"cie\":true}}",
	    "{" META ",\"persons\":[" VICTIM
	    "],\"handling\":{\"embargo\":{\"contact_desk\":\"avim\","
	    "\"review_on\":\"2027-06-01\"}}}",
	    "{" META ",\"persons\":[" VICTIM
	    "],\"handling\":{\"refusals\":[{\"categories\":[\"identity\",\"bsn\"],"
	    "\"ground\":\"OWN_TASK\"}]}}",
	    "{" META ",\"persons\":[{\"role\":\"WITNESS\",\"bsn\":\"999990019\"}]}",
	    "{" META ",\"reporter\":{\"phone\":\"0612345678\"}}"};

	(void)state;
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (n_tokens(hidden[i], "afstemming") != 0)
			fail_msg("a token of %s", hidden[i]);
	assert_int_equal(n_tokens(ONE_VICTIM, "afstemming"), 2); /* bsn, person */
	/* no rule compares what care knows */
	assert_int_equal(n_tokens(ONE_VICTIM, "zorg"), 0);
	/* the same person twice is one, and another value makes a third */
	assert_int_equal(
	    n_tokens("{" META ",\"persons\":[" VICTIM "," VICTIM "]}", "afstemming"), 2);
}

static void
a_signal_that_served_nobody_makes_no_token(void **state)
{
	uint8_t                              trace[ID_BYTES];
	struct person                        auditor = {0};
	struct sent                          what    = {ONE_VICTIM, "afstemming", NULL};
	AUTO(message_destroy) Sluis__Answer *a       = NULL;

	(void)state;
	(void)snprintf(auditor.oin, sizeof auditor.oin, "%s", OIN_AUDITOR);
	(void)snprintf(auditor.desk, sizeof auditor.desk, "auditor");
	a = submit(&town, &auditor, what, trace);
	assert_string_equal(a->code, "recipient_not_entitled");
	assert_int_equal(tokens(), 0);
}

static void
a_matter_of_another_region_is_no_link(void **state)
{
	uint8_t     trace[ID_BYTES];
	struct sent what                       = {ONE_VICTIM, "afstemming", "hoogland"};
	AUTO(message_destroy) Sluis__Answer *a = NULL;

	(void)state;
	sends(&police, &town, ONE_VICTIM, "afstemming", trace);
	a = submit(&town, &police, what, trace);
	assert_string_equal(a->code, "ok");
	nobody_hears();
}

static void
what_is_recalled_makes_no_link(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	AUTO(message_destroy)
	Sluis__Answer *a =
	    recall_ask(&region, &town, trace, SLUIS__RECALL_GROUND__RECALL_UNLAWFUL);
	assert_string_equal(a->code, "ok");
	assert_int_equal(tokens(), 0);
	sends(&police, &town, ONE_VICTIM, "afstemming", trace);
	nobody_hears();
}

static void
a_token_ends_with_the_term_of_what_was_shared(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	passes();
	region.broker.now_ms += 43 * DAY_MS; /* the convenant says 42 */
	person_wipe(&police);
	person_make(&region, OIN_POLICE, "avim", 2, &police);
	struct link_row rows[4], row;
	size_t          n = 0;
	must(store_begin(region.broker.store));
	must(store_end_links(region.broker.store, region.broker.now_ms));
	store_rollback(region.broker.store);
	memset(&row, 0, sizeof row);
	must(store_links_of(region.broker.store,
	    &(struct seat_id){OIN_MUNICIPALITY, "meldpunt"}, trace, region.broker.now_ms,
	    4, rows, &n));
	assert_int_equal(n, 0);
}

/* Nobody can read it: links wait, and what is old is forgotten all the same. */
static void
a_damaged_token_ends_with_its_term_and_nothing_else_waits_for_it(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE link_token SET oin = hex(zeroblob(500))");
	must(region_begin(&region));
	passes();
	assert_int_not_equal(logged[LOG_WORK_LEFT_OUT], 0);
	region.broker.now_ms += 43 * DAY_MS; /* the convenant says 42 */
	passes();
	assert_int_equal(tokens(), 0);
}

static void
a_party_that_tries_many_names_gets_no_more_tokens_that_day(void **state)
{
	int64_t *most = (int64_t *)(uintptr_t)&region.config->link_tokens_per_day;
	uint8_t  trace[ID_BYTES];

	(void)state;
	*most = 3; /* one victim is two */
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	assert_int_equal(tokens(), 2);
	passes();
	assert_int_equal(logged[LOG_LINKS_FULL], 0);
	sends(&town, &police, ONE_VICTIM, "afstemming", trace); /* works, without */
	assert_int_equal(tokens(), 0);
	assert_int_equal(logged[LOG_LINKS_FULL], 1);
	sends(&police, &town, ONE_VICTIM, "afstemming", trace); /* has its own share */
	assert_int_equal(tokens(), 2);
}

static void
what_one_signal_has_too_many_of_is_left_out_and_told(void **state)
{
	enum { PERSONS = LINK_TOKENS_MAX + 1, JSON_MAX = 16 * 1024 };
	AUTO(buf_wipe) struct buf json = buf_init(JSON_MAX);
	uint8_t                   trace[ID_BYTES];
	size_t                    before = logged[LOG_LINKS_FULL];

	(void)state;
	for (int n = LINK_TOKENS_MAX; n <= PERSONS; n++) {
		json.n = 0;
		must(buf_printf(&json, "{" META ",\"persons\":["));
		for (int i = 0; i < n; i++)
			must(buf_printf(&json,
			    "%s{\"role\":\"VICTIM\",\"minor\":false,\"birth_date\":"
			    "\"1990-01-01\",\"family_name\":\"Verzonnen%c\","
			    "\"given_names\":\"Ada%c\"}",
			    i == 0 ? "" : ",", 'a' + i % 26, 'a' + i / 26));
		must(buf_append(&json, slice_of("]}", 3)));
		sends(&town, &police, (const char *)json.p, "afstemming", trace);
		assert_int_equal(tokens(), LINK_TOKENS_MAX);
		passes();
		assert_int_equal(logged[LOG_LINKS_FULL] - before, n == PERSONS);
	}
}

static void
only_who_signs_a_convenant_in_force_is_compared(void **state)
{
	const struct policy *p     = region.broker.policy;
	int32_t              today = date_of_ms(REGION_NOW_MS);

	(void)state;
	assert_true(link_stands(p, "riec", OIN_POLICE, today));
	assert_true(
	    link_stands(p, "riec", "00000099000000100000", today)); /* mede namens */
	assert_false(link_stands(p, "riec", OIN_KMAR, today));
	assert_false(link_stands(p, "riec", OIN_CARE, today));
	assert_false(link_stands(p, "riec", "00000099000000990000", today));
	assert_false(link_stands(p, "nergens", OIN_POLICE, today));
	assert_false(link_stands(p, "riec", OIN_POLICE, today + 3 * 366));
	assert_false(link_stands(p, "riec", OIN_POLICE, today - 3 * 366));
}

/* --- who hears -------------------------------------------------------------------- */

static void
both_hear_how_many_others_and_no_more(void **state)
{
	uint8_t                              mine[ID_BYTES], theirs[ID_BYTES];
	AUTO(message_destroy) Sluis__Notice *n = NULL;

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", mine);
	sends(&police, &town, ONE_VICTIM, "afstemming", theirs);
	assert_int_equal(hears(&town, NULL), 0); /* not at once */
	passes();
	assert_int_equal(hears(&town, &n), 1);
	assert_memory_equal(n->about.data, mine, ID_BYTES);
	assert_int_equal(n->n_links, 2);
	assert_int_equal(n->links[0]->others, 1);
	assert_null(n->links[0]->convenant);
	assert_int_equal(n->links[0]->n_oins, 0);
	assert_null(n->from_oin);
	assert_false(n->has_case_id);
	assert_int_equal(hears(&police, &n), 1);
	assert_memory_equal(n->about.data, theirs, ID_BYTES);
	assert_int_equal(leaves_of(&region, SLUIS__EVENT_KIND__EVENT_LINK), 2);
}

static void
nobody_hears_the_same_twice(void **state)
{
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	sends(&police, &town, ONE_VICTIM, "afstemming", trace);
	passes();
	assert_int_equal(hears(&town, NULL), 1);
	assert_int_equal(hears(&police, NULL), 1);
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	sends(&police, &town, ONE_VICTIM, "afstemming", trace);
	passes();
	assert_int_equal(hears(&town, NULL), 0);
	assert_int_equal(hears(&police, NULL), 0);
}

static void
a_third_party_makes_two(void **state)
{
	uint8_t                              trace[ID_BYTES];
	AUTO(message_destroy) Sluis__Notice *n = NULL;

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	sends(&police, &town, ONE_VICTIM, "afstemming", trace);
	passes();
	(void)hears(&town, NULL);
	sends(&nla, &town, ONE_VICTIM, "afstemming", trace);
	passes();
	assert_int_equal(hears(&town, &n), 1);
	assert_int_equal(n->links[0]->others, 2);
	assert_int_equal(hears(&nla, &n), 1);
	assert_int_equal(n->links[0]->others, 2);
}

static void
between_two_partnerships_they_hear_which_participants(void **state)
{
	uint8_t                              trace[ID_BYTES];
	AUTO(message_destroy) Sluis__Notice *n = NULL;

	(void)state;
	sends(&town, &police, ONE_VICTIM, "riec", trace);
	sends(&police, &town, ONE_VICTIM, "zvh", trace);
	passes();
	assert_int_equal(hears(&town, &n), 1);
	assert_string_equal(n->links[0]->convenant, "zvh");
	assert_int_equal(n->links[0]->n_oins, 1);
	assert_string_equal(n->links[0]->oins[0], OIN_POLICE);
	assert_int_equal(hears(&police, &n), 1);
	assert_string_equal(n->links[0]->convenant, "riec");
}

static void
between_two_partnerships_nothing_under_professional_secrecy_is_compared(void **state)
{
	static const char ill[] =
	    "{" META ",\"persons\":[{\"role\":\"VICTIM\",\"minor\":false,"
	    "\"bsn\":\"999990019\",\"health\":{\"addiction\":true}}]}";
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, ONE_VICTIM, "riec", trace);
	sends(&police, &town, ill, "zvh", trace);
	nobody_hears();
}

static void
between_two_partnerships_an_address_is_not_compared(void **state)
{
	static const char there[] =
	    "{" META ",\"places\":[{\"role\":\"EXPLOITATION_PLACE\",\"kind\":"
	    "\"DWELLING\",\"municipality\":\"9901\",\"address\":{\"postcode\":"
	    "\"6599 LD\",\"house_number\":\"48\"}}]}";
	uint8_t trace[ID_BYTES];

	(void)state;
	sends(&town, &police, there, "riec", trace);
	sends(&police, &town, there, "zvh", trace);
	nobody_hears();
	sends(&police, &town, there, "riec", trace); /* but inside one it is */
	passes();
	assert_int_equal(hears(&town, NULL), 1);
}

/* --- asking ----------------------------------------------------------------------- */

static Sluis__Answer *
asks(const struct person *p, const uint8_t *trace)
{
	Sluis__Link m = SLUIS__LINK__INIT;
	Sluis__Head head;
	uint8_t     id[ID_BYTES];

	head_make(&region, p, id, &head);
	m.head         = &head;
	m.has_trace_id = trace != NULL;
	m.trace_id     = message_borrow_bytes(trace, trace == NULL ? 0 : ID_BYTES);
	return region_ask(&region, p, TYPE_LINK, &m.base);
}

static void
a_desk_asks_about_its_own_submission_only(void **state)
{
	uint8_t                              mine[ID_BYTES], theirs[ID_BYTES];
	AUTO(message_destroy) Sluis__Answer *a = NULL;

	(void)state;
	sends(&town, &police, ONE_VICTIM, "afstemming", mine);
	sends(&police, &town, ONE_VICTIM, "afstemming", theirs);
	a = asks(&town, theirs);
	assert_string_equal(a->code, "not_found");
	assert_int_equal(a->n_links, 0);
	message_destroy(&a);
	a = asks(&second, mine); /* another desk of the same party */
	assert_string_equal(a->code, "not_found");
	message_destroy(&a);
	a = asks(&nla, mine);
	assert_string_equal(a->code, "not_found");
	message_destroy(&a);
	a = asks(&town, NULL);
	assert_string_equal(a->code, "malformed");
	message_destroy(&a);
	a = asks(&town, mine);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_links, 2);
	assert_int_equal(a->n_receipts, 1);
}

static void
who_asks_hears_no_more_than_a_notice_says(void **state)
{
	uint8_t                              mine[ID_BYTES], theirs[ID_BYTES];
	AUTO(message_destroy) Sluis__Answer *a = NULL;

	(void)state;
	sends(&care, &police, ONE_VICTIM, "afstemming", theirs);
	sends(&town, &police, ONE_VICTIM, "afstemming", mine);
	a = asks(&town, mine);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_links, 0);
	message_destroy(&a);
	a = asks(&care, theirs);
	assert_int_equal(a->n_links, 0);
}

/* The answer to a submission and the journal under it are the same with and without a
 * match: the match is found later. */
static void
an_answer_does_not_tell_a_match(void **state)
{
	uint8_t  trace[ID_BYTES];
	uint64_t before, alone, matched;

	(void)state;
	before = journal_size(region.broker.journal);
	sends(&town, &police, ONE_VICTIM, "afstemming", trace);
	alone  = journal_size(region.broker.journal) - before;
	before = journal_size(region.broker.journal);
	sends(&police, &town, ONE_VICTIM, "afstemming", trace);
	matched = journal_size(region.broker.journal) - before;
	assert_int_equal(alone, matched);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(one_party_alone_hears_nothing_of_itself),
	    T(other_people_are_no_link),
	    T(convenants_without_a_rule_between_them_tell_nothing),
	    T(a_desk_that_no_rule_names_is_not_told_and_not_told_of),
	    T(layer_2_makes_no_token),
	    T(a_signal_that_served_nobody_makes_no_token),
	    T(a_matter_of_another_region_is_no_link),
	    T(what_is_recalled_makes_no_link),
	    T(a_token_ends_with_the_term_of_what_was_shared),
	    T(a_damaged_token_ends_with_its_term_and_nothing_else_waits_for_it),
	    T(a_party_that_tries_many_names_gets_no_more_tokens_that_day),
	    T(what_one_signal_has_too_many_of_is_left_out_and_told),
	    T(only_who_signs_a_convenant_in_force_is_compared),
	    T(both_hear_how_many_others_and_no_more),
	    T(nobody_hears_the_same_twice),
	    T(a_third_party_makes_two),
	    T(between_two_partnerships_they_hear_which_participants),
	    T(between_two_partnerships_nothing_under_professional_secrecy_is_compared),
	    T(between_two_partnerships_an_address_is_not_compared),
	    T(a_desk_asks_about_its_own_submission_only),
	    T(who_asks_hears_no_more_than_a_notice_says),
	    T(an_answer_does_not_tell_a_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
