/* SPDX-License-Identifier: EUPL-1.2 */
/* test_case.c - cases: who opens, sees, moves, joins, shares; and who is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/cover.h"
#include "broker/outbox/notice.h"
#include "broker/route/case_place.h"
#include "proto/message.h"
#include "proto/receipt.h"
#include "support/case_region.h"

static struct case_region c;
static uint8_t            id[ID_BYTES];

static int
make(void **state)
{
	(void)state;
	case_region_open(&c);
	return 0;
}

static int
make_opened(void **state)
{
	(void)make(state);
	case_opened(&c, id);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	case_region_close(&c);
	return 0;
}

/* --- helpers --------------------------------------------------------------------- */

static uint64_t
leaves(void)
{
	return journal_size(c.region.broker.journal);
}

static void
gives(Sluis__Answer *a, const char *code)
{
	if (strcmp(a->code, code) != 0)
		print_message("%s, not %s: %s\n", a->code, code,
		    a->change == NULL ? "" : a->change);
	assert_string_equal(a->code, code);
	message_destroy(&a);
}

/* The same, journalled and explained: rule, article and what would have to change. */
static void
denies(Sluis__Answer *a, const char *code)
{
	struct checkpoint k;

	assert_string_equal(a->code, code);
	assert_non_null(a->change);
	assert_int_equal(a->n_receipts, 1);
	must(receipt_verify(
	    a->receipts[0], journal_verifier(c.region.broker.journal), &k));
	Sluis__Leaf *leaf = sluis__leaf__unpack(
	    NULL, a->receipts[0]->leaf.len, a->receipts[0]->leaf.data);
	assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_REFUSED);
	assert_string_equal(leaf->code, code);
	message_destroy(&leaf);
	message_destroy(&a);
}

static Sluis__CaseView *
view_of(Sluis__Answer *a)
{
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_cases, 1);
	return a->cases[0];
}

static bool
takes_part(const Sluis__CaseView *v, const struct person *p)
{
	for (size_t i = 0; i < v->n_participants; i++)
		if (strcmp(v->participants[i]->oin, p->oin) == 0 &&
		    strcmp(v->participants[i]->desk, p->desk) == 0)
			return true;
	return false;
}

static void
state_is(const char *state)
{
	struct case_row row;

	must(store_get_case(c.region.broker.store, id, &row));
	assert_string_equal(row.state, state);
}

static size_t
tasks_of(const struct person *p, Sluis__TaskKind kind)
{
	Sluis__Answer *a = case_todo(&c, p, false);
	size_t         n = 0;

	for (size_t i = 0; i < a->n_tasks; i++) n += a->tasks[i]->kind == kind ? 1 : 0;
	message_destroy(&a);
	return n;
}

/* Everything of A but who asked, when and where it stands in the journal. */
static void
strip(Sluis__Answer *a, struct buf *out)
{
	free(a->request_id.data);
	a->request_id     = (ProtobufCBinaryData){0};
	a->has_request_id = 0;
	free(a->checkpoint);
	a->checkpoint = NULL;
	for (size_t i = 0; i < a->n_receipts; i++)
		sluis__receipt__free_unpacked(a->receipts[i], NULL);
	free(a->receipts);
	a->receipts   = NULL;
	a->n_receipts = 0;
	pack_message(&a->base, out);
}

static bool
same_answers(Sluis__Answer *a, Sluis__Answer *b)
{
	AUTO(buf_wipe) struct buf one = buf_init(ANSWER_MAX), two = buf_init(ANSWER_MAX);

	strip(a, &one);
	strip(b, &two);
	bool same = slice_equal(buf_slice(&one), buf_slice(&two));
	message_destroy(&a);
	message_destroy(&b);
	return same;
}

/* --- opening --------------------------------------------------------------------- */

static void
who_opens_a_case_sees_it_with_its_own_desks(void **state)
{
	Sluis__Answer   *a = case_read(&c, &c.meldpunt, id);
	Sluis__CaseView *v = view_of(a);
	(void)state;
	assert_memory_equal(v->case_id.data, id, ID_BYTES);
	assert_string_equal(v->route, "nijmegen");
	assert_string_equal(v->state, "ontvangen");
	assert_string_equal(v->convenant, "intern");
	assert_string_equal(v->owner_oin, c.meldpunt.oin);
	assert_true(takes_part(v, &c.meldpunt));
	assert_true(takes_part(v, &c.analist));
	assert_true(takes_part(v, &c.aandacht));
	assert_false(takes_part(v, &c.politie));
	assert_int_equal(v->n_steps, 1);
	assert_int_equal(v->steps[0]->kind, SLUIS__STEP_KIND__STEP_OPENED);
	assert_true(v->has_remove_ms);
	message_destroy(&a);
}

static void
the_first_state_gives_its_task_and_a_notice(void **state)
{
	AUTO(message_destroy) Sluis__Notice *n = NULL;
	(void)state;
	assert_int_equal(tasks_of(&c.analist, SLUIS__TASK_KIND__TASK_ENRICH), 1);
	assert_int_equal(tasks_of(&c.meldpunt, SLUIS__TASK_KIND__TASK_ENRICH), 0);
	assert_int_equal(notices(&c, &c.analist, SLUIS__NOTICE_KIND__NOTICE_TASK, &n), 1);
	assert_memory_equal(n->case_id.data, id, ID_BYTES);
	assert_int_equal(n->task->kind, SLUIS__TASK_KIND__TASK_ENRICH);
	assert_true(n->task->due_ms > c.region.broker.now_ms);
	assert_int_equal(
	    notices(&c, &c.analist, SLUIS__NOTICE_KIND__NOTICE_JOINED, NULL), 1);
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_TASK, NULL), 0);
}

static void
a_desk_that_may_not_open_is_told_why(void **state)
{
	uint8_t other[ID_BYTES];
	(void)state;
	denies(case_open(&c, &c.politie, "nijmegen", NULL, NULL, other),
	    "step_not_for_this_desk");
	denies(case_open(&c, &c.analist, "nijmegen", NULL, NULL, other),
	    "step_not_for_this_desk");
	denies(case_open(&c, &c.meldpunt, "nowhere", NULL, NULL, other), "no_such_route");
	denies(case_open(&c, &c.meldpunt, NULL, NULL, NULL, other), "no_such_route");
}

static void
a_case_starts_only_from_what_ones_own_desk_received_or_sent(void **state)
{
	struct release_ask s = {.convenant = "afstemming",
	    .phase                         = "1",
	    .purpose                       = "duiding",
	    .to                            = {&c.politie}};
	uint8_t            trace[ID_BYTES], other[ID_BYTES], random[ID_BYTES] = {9};
	(void)state;
	answered(case_share(&c, &c.meldpunt, &s, trace), "ok");
	gives(case_open(&c, &c.meldpunt, "nijmegen", NULL, random, other), "not_found");
	gives(case_open(&c, &c.meldpunt, "nijmegen", random, NULL, other), "not_found");
	gives(case_open(&c, &c.aandacht, "nijmegen", NULL, trace, other), "not_found");
	Sluis__Answer *a = case_receive(&c, &c.politie);
	assert_int_equal(a->n_deliveries, 1);
	gives(case_open(&c, &c.meldpunt, "nijmegen", a->deliveries[0]->delivery_id.data,
	          NULL, other),
	    "not_found");
	message_destroy(&a);
	gives(case_open(&c, &c.meldpunt, "nijmegen", NULL, trace, other), "ok");
}

static rc
count_source(void *arg, const struct case_source *src)
{
	struct case_source *last = arg;
	*last                    = *src;
	return RC_OK;
}

static void
the_contributor_is_who_sent_the_delivery(void **state)
{
	struct release_ask s   = {.convenant = "afstemming",
	      .phase                         = "1",
	      .purpose                       = "duiding",
	      .to                            = {&c.meldpunt}};
	struct case_source src = {0};
	uint8_t            trace[ID_BYTES], mine[ID_BYTES];
	(void)state;
	answered(case_share(&c, &c.politie, &s, trace), "ok");
	Sluis__Answer *a = case_receive(&c, &c.meldpunt);
	assert_true(a->n_deliveries >= 1);
	answered(case_open(&c, &c.meldpunt, "nijmegen",
	             a->deliveries[0]->delivery_id.data, NULL, mine),
	    "ok");
	message_destroy(&a);
	must(store_each_source(c.region.broker.store, mine, 1, count_source, &src));
	assert_string_equal(src.who.oin, OIN_POLICE);
	assert_string_equal(src.convenant, "afstemming");
	assert_memory_equal(src.trace, trace, ID_BYTES);
	assert_false(src.own);
}

static void
an_act_asked_again_is_answered_the_same_and_done_once(void **state)
{
	AUTO(buf_wipe) struct buf one = buf_init(ANSWER_MAX), two = buf_init(ANSWER_MAX);
	Sluis__CaseOpen           m = SLUIS__CASE_OPEN__INIT;
	struct ask_head           h;
	(void)state;
	m.head  = head_of(&c, &c.meldpunt, &h);
	m.route = message_borrow("nijmegen");
	Sluis__Answer *first =
	    region_ask(&c.region, &c.meldpunt, TYPE_CASE_OPEN, &m.base);
	uint64_t size = leaves();
	c.region.broker.now_ms += (uint64_t)c.region.config->freshness_s * 2000;
	Sluis__Answer *again =
	    region_ask(&c.region, &c.meldpunt, TYPE_CASE_OPEN, &m.base);
	assert_int_equal(leaves(), size);
	again->broker_time_ms = first->broker_time_ms;
	for (size_t i = 0; i < again->cases[0]->n_tasks; i++)
		again->cases[0]->tasks[i]->overdue = 0;
	pack_message(&first->base, &one);
	pack_message(&again->base, &two);
	assert_true(slice_equal(buf_slice(&one), buf_slice(&two)));
	message_destroy(&first);
	message_destroy(&again);
}

static void
one_request_id_for_two_acts_is_refused(void **state)
{
	Sluis__CaseRead    read    = SLUIS__CASE_READ__INIT;
	Sluis__CaseDeclare declare = SLUIS__CASE_DECLARE__INIT;
	Sluis__CaseOpen    open    = SLUIS__CASE_OPEN__INIT;
	struct ask_head    h;
	(void)state;
	open.head  = head_of(&c, &c.meldpunt, &h);
	open.route = message_borrow("nijmegen");
	answered(region_ask(&c.region, &c.meldpunt, TYPE_CASE_OPEN, &open.base), "ok");
	declare.head        = open.head;
	declare.has_case_id = 1;
	declare.case_id     = id_bytes(id);
	gives(region_ask(&c.region, &c.meldpunt, TYPE_CASE_DECLARE, &declare.base),
	    "request_id_used_before");
	(void)read;
}

/* --- what is not there ----------------------------------------------------------- */

static void
somebody_elses_case_is_as_if_it_were_not_there(void **state)
{
	uint8_t random[ID_BYTES] = {1, 2, 3};
	(void)state;
	const struct person *out = &c.politie;
	assert_true(same_answers(case_read(&c, out, id), case_read(&c, out, random)));
	assert_true(same_answers(case_move(&c, out, id, "nijmegen.verrijkt"),
	    case_move(&c, out, random, "nijmegen.verrijkt")));
	assert_true(same_answers(
	    case_join(&c, out, id, out, SLUIS__PARTICIPANT_AS__PARTICIPANT, 1, false),
	    case_join(
	        &c, out, random, out, SLUIS__PARTICIPANT_AS__PARTICIPANT, 1, false)));
	assert_true(
	    same_answers(case_declare(&c, out, id), case_declare(&c, out, random)));
	struct release_ask s   = {.case_id = id,
	      .convenant                   = "intern",
	      .phase                       = "1",
	      .purpose                     = "verrijking",
	      .to                          = {&c.analist}};
	Sluis__Answer     *one = case_share(&c, out, &s, NULL);
	assert_string_equal(one->code, "not_found");
	s.case_id = random;
	assert_true(same_answers(one, case_share(&c, out, &s, NULL)));
	Sluis__Answer *all = case_read(&c, out, NULL);
	assert_string_equal(all->code, "ok");
	assert_int_equal(all->n_cases, 0);
	message_destroy(&all);
}

static void
a_case_id_of_another_size_is_malformed(void **state)
{
	Sluis__CaseRead m = SLUIS__CASE_READ__INIT;
	struct ask_head h;
	(void)state;
	m.head        = head_of(&c, &c.meldpunt, &h);
	m.has_case_id = 1;
	m.case_id     = message_borrow_bytes(id, 15);
	gives(region_ask(&c.region, &c.meldpunt, TYPE_CASE_READ, &m.base), "malformed");
}

static void
a_shielded_case_is_there_for_its_owner_only(void **state)
{
	struct case_row row;
	(void)state;
	must(store_begin(c.region.broker.store));
	must(store_get_case(c.region.broker.store, id, &row));
	row.shielded = true;
	must(store_set_case(c.region.broker.store, &row));
	must(store_commit(c.region.broker.store));
	gives(case_read(&c, &c.meldpunt, id), "ok");
	gives(case_read(&c, &c.analist, id), "not_found");
	gives(case_move(&c, &c.analist, id, "nijmegen.verrijkt"), "not_found");
	Sluis__Answer *all = case_read(&c, &c.analist, NULL);
	assert_int_equal(all->n_cases, 0);
	message_destroy(&all);
}

/* --- moving ---------------------------------------------------------------------- */

/* For every step of every route: every desk of the policy that its `by` does not name is
 * refused from a state that the step leaves. */
static void
every_step_is_refused_to_every_desk_that_it_does_not_name(void **state)
{
	const struct policy *p = c.region.broker.policy;
	struct person *all[] = {&c.meldpunt, &c.analist, &c.aandacht, &c.politie, &c.nla,
	    &c.zorg, &c.veiligthuis};
	unsigned       refused = 0;
	(void)state;
	c.region.broker.now_ms += 3600 * 1000;
	for (size_t i = 0; i < 7; i++)
		case_put_seat(&c, id, all[i], SLUIS__PARTICIPANT_AS__PARTICIPANT, 1, 1);
	const struct route_info *r = policy_route(p, "nijmegen");
	for (size_t k = 0; k < r->n_steps; k++) {
		const struct step_info *step = &r->steps[k];
		case_put_state(&c, id, step->from[0]);
		for (size_t i = 0; i < 7; i++) {
			const struct party *party = policy_party(p, all[i]->oin);
			if (seat_among(step->n_by, step->by, party->role, all[i]->desk))
				continue;
			c.region.broker.now_ms += 60 * 1000;
			denies(case_move(&c, all[i], id, step->id),
			    "step_not_for_this_desk");
			state_is(step->from[0]);
			refused++;
		}
	}
	assert_true(refused > 50);
}

static void
enrich(void)
{
	struct release_ask s = {.case_id = id,
	    .enriches                    = true,
	    .convenant                   = "intern",
	    .phase                       = "1",
	    .purpose                     = "verrijking",
	    .to                          = {&c.meldpunt, &c.aandacht}};

	answered(case_share(&c, &c.analist, &s, NULL), "ok");
}

static void
a_step_needs_what_it_needs(void **state)
{
	(void)state;
	denies(case_move(&c, &c.analist, id, "nijmegen.verrijkt"),
	    "step_needs_something_first");
	denies(case_move(&c, &c.analist, id, "nijmegen.versterkt"),
	    "no_such_step_from_here");
	gives(
	    case_move(&c, &c.analist, id, "nijmegen.nowhere"), "no_such_step_from_here");
	state_is("ontvangen");
	enrich();
	gives(case_move(&c, &c.analist, id, "nijmegen.verrijkt"), "ok");
	state_is("verrijkt");
}

static void
moving_ends_the_old_tasks_and_gives_the_new_and_tells_everybody(void **state)
{
	(void)state;
	enrich();
	assert_int_equal(tasks_of(&c.analist, SLUIS__TASK_KIND__TASK_ENRICH), 0);
	Sluis__Answer   *a = case_move(&c, &c.analist, id, "nijmegen.verrijkt");
	Sluis__CaseView *v = view_of(a);
	assert_string_equal(v->state, "verrijkt");
	assert_int_equal(v->n_steps, 3);
	assert_int_equal(v->steps[1]->kind, SLUIS__STEP_KIND__STEP_ENRICHED);
	assert_string_equal(v->steps[2]->transition, "nijmegen.verrijkt");
	message_destroy(&a);
	assert_int_equal(tasks_of(&c.analist, SLUIS__TASK_KIND__TASK_DECIDE), 1);
	assert_int_equal(tasks_of(&c.aandacht, SLUIS__TASK_KIND__TASK_DECIDE), 1);
	assert_int_equal(
	    notices(&c, &c.meldpunt, SLUIS__NOTICE_KIND__NOTICE_MOVED, NULL), 1);
	assert_int_equal(
	    notices(&c, &c.analist, SLUIS__NOTICE_KIND__NOTICE_MOVED, NULL), 0);
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_MOVED, NULL), 0);
}

/* From `vermoeden`, where afstemming is in force, to a table of another convenant. */
static void
at_the_tracks(void)
{
	case_put_seat(&c, id, &c.politie, SLUIS__PARTICIPANT_AS__ADVISER, 1, 1);
	case_put_seat(&c, id, &c.zorg, SLUIS__PARTICIPANT_AS__ADVISER, 1, 1);
	case_put_state(&c, id, "vermoeden");
}

static const struct step_info *
step_to(const char *to)
{
	const struct route_info *r = policy_route(c.region.broker.policy, "nijmegen");

	for (size_t i = 0; i < r->n_steps; i++)
		if (strcmp(r->steps[i].to, to) == 0 &&
		    strcmp(r->steps[i].from[0], "vermoeden") == 0)
			return &r->steps[i];
	fail();
	return NULL;
}

static void
another_convenant_takes_a_fresh_confirmation(void **state)
{
	const struct step_info *step = step_to("zorg");
	uint8_t                 old[HASH_BYTES];
	Sluis__CaseMove         m = SLUIS__CASE_MOVE__INIT;
	struct ask_head         h;
	(void)state;
	at_the_tracks();
	assert_true(step->confirm);
	denies(case_move(&c, &c.aandacht, id, step->id), "change_not_confirmed");
	m.head              = head_of(&c, &c.aandacht, &h);
	m.has_case_id       = 1;
	m.case_id           = id_bytes(id);
	m.transition        = message_borrow(step->id);
	m.has_only_ask      = 1;
	m.only_ask          = 1;
	uint64_t       size = leaves();
	Sluis__Answer *a    = region_ask(&c.region, &c.aandacht, TYPE_CASE_MOVE, &m.base);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_receipts, 0);
	assert_int_equal(leaves(), size);
	assert_int_equal(a->confirmation.len, HASH_BYTES);
	memcpy(old, a->confirmation.data, HASH_BYTES);
	message_destroy(&a);
	state_is("vermoeden");

	/* somebody joined in between */
	case_put_seat(&c, id, &c.nla, SLUIS__PARTICIPANT_AS__ADVISER, 1, 1);
	m.head             = head_of(&c, &c.aandacht, &h);
	m.has_only_ask     = 0;
	m.only_ask         = 0;
	m.has_confirmation = 1;
	m.confirmation     = message_borrow_bytes(old, HASH_BYTES);
	denies(region_ask(&c.region, &c.aandacht, TYPE_CASE_MOVE, &m.base),
	    "change_not_confirmed");
	state_is("vermoeden");
	answered(case_confirmed(&c, &c.aandacht, id, step->id), "ok");
	state_is("zorg");
}

static void
who_has_no_place_under_the_new_convenant_leaves(void **state)
{
	(void)state;
	at_the_tracks();
	answered(case_confirmed(&c, &c.aandacht, id, step_to("zorg")->id), "ok");
	gives(case_read(&c, &c.politie, id), "not_found");
	AUTO(message_destroy) Sluis__Notice *left = NULL;
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_LEFT, &left), 1);
	assert_null(left->state); /* where it went on to is no matter of theirs */
	assert_null(left->convenant);
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_MOVED, NULL), 0);
	gives(case_read(&c, &c.meldpunt, id), "ok");
	/* who was only asked takes part from now on */
	struct case_seat seat;
	must(store_get_seat(c.region.broker.store, id,
	    &(struct seat_id){OIN_CARE, "zorgcoordinator"}, &seat));
	assert_int_equal(seat.as, SLUIS__PARTICIPANT_AS__PARTICIPANT);
}

static void
the_sources_are_asked_to_release_anew(void **state)
{
	(void)state;
	enrich();
	at_the_tracks();
	answered(case_confirmed(&c, &c.aandacht, id, step_to("zorg")->id), "ok");
	assert_int_equal(tasks_of(&c.analist, SLUIS__TASK_KIND__TASK_RELEASE), 1);
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_RELEASE), 0);
}

static void
a_source_that_the_new_convenant_has_nothing_for_hears_nothing(void **state)
{
	struct release_ask s = {.convenant = "afstemming",
	    .phase                         = "1",
	    .purpose                       = "duiding",
	    .to                            = {&c.meldpunt}};
	(void)state;
	answered(case_share(&c, &c.politie, &s, NULL), "ok");
	Sluis__Answer *a = case_receive(&c, &c.meldpunt);
	answered(case_open(&c, &c.meldpunt, "nijmegen",
	             a->deliveries[a->n_deliveries - 1]->delivery_id.data, NULL, id),
	    "ok");
	message_destroy(&a);
	case_put_state(&c, id, "vermoeden");
	answered(case_confirmed(&c, &c.aandacht, id, step_to("zorg")->id), "ok");
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_RELEASE), 0);
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_TASK, NULL), 0);
	gives(case_read(&c, &c.politie, id), "not_found");
}

static void
a_source_without_a_seat_that_is_asked_sees_only_that(void **state)
{
	struct release_ask s = {.convenant = "afstemming",
	    .phase                         = "1",
	    .purpose                       = "duiding",
	    .to                            = {&c.meldpunt}};
	(void)state;
	answered(case_share(&c, &c.zorg, &s, NULL), "ok");
	Sluis__Answer *a = case_receive(&c, &c.meldpunt);
	answered(case_open(&c, &c.meldpunt, "nijmegen",
	             a->deliveries[a->n_deliveries - 1]->delivery_id.data, NULL, id),
	    "ok");
	message_destroy(&a);
	gives(case_read(&c, &c.zorg, id), "not_found");
	case_put_state(&c, id, "vermoeden");
	answered(case_confirmed(&c, &c.aandacht, id, step_to("zorg")->id), "ok");
	assert_int_equal(tasks_of(&c.zorg, SLUIS__TASK_KIND__TASK_RELEASE), 1);
	a                  = case_read(&c, &c.zorg, id);
	Sluis__CaseView *v = view_of(a);
	assert_string_equal(v->convenant, "zorg");
	assert_int_equal(v->n_participants, 0);
	assert_int_equal(v->n_steps, 0);
	assert_int_equal(v->n_transitions, 0);
	assert_int_equal(v->n_tasks, 1);
	message_destroy(&a);
	gives(case_move(&c, &c.zorg, id, "nijmegen.verrijkt"), "not_found");
	s = (struct release_ask){.case_id = id,
	    .convenant                    = "zorg",
	    .phase                        = "1",
	    .purpose                      = "hulpverlening",
	    .to                           = {&c.aandacht}};
	answered(case_share(&c, &c.zorg, &s, NULL), "ok");
	gives(case_read(&c, &c.zorg, id), "not_found");
}

static void
a_move_of_layer_2_is_malformed_at_once(void **state)
{
	Sluis__CaseMove m = SLUIS__CASE_MOVE__INIT;
	struct ask_head h;
	(void)state;
	m.head        = head_of(&c, &c.analist, &h);
	m.has_case_id = 1;
	m.case_id     = id_bytes(id);
	m.transition  = message_borrow("nijmegen.verrijkt");
	m.has_layer   = 1;
	m.layer       = 2;
	gives(region_ask(&c.region, &c.analist, TYPE_CASE_MOVE, &m.base), "malformed");
	assert_int_equal(veil_waiting(c.region.broker.veil), 0);
}

/* --- seats ----------------------------------------------------------------------- */

static void
only_who_admits_gives_seats_and_only_to_who_belongs_there(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	(void)state;
	denies(case_join(&c, &c.meldpunt, id, &c.politie, as, 1, false),
	    "step_not_for_this_desk");
	denies(case_join(&c, &c.analist, id, &c.politie, as, 1, false),
	    "step_not_for_this_desk");
	denies(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false),
	    "recipient_not_entitled"); /* intern is for the own desks */
	case_put_state(&c, id, "tafel_riec");
	gives(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false), "ok");
	gives(case_read(&c, &c.politie, id), "ok");
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_JOINED, NULL), 1);
	assert_int_equal(
	    notices(&c, &c.meldpunt, SLUIS__NOTICE_KIND__NOTICE_JOINED, NULL), 1);
	denies(case_join(&c, &c.politie, id, &c.nla, as, 1, false),
	    "step_not_for_this_desk");
	gives(case_join(&c, &c.aandacht, id, &c.auditor, as, 1, false),
	    "recipient_not_entitled");
	gives(case_join(
	          &c, &c.aandacht, id, &c.nla, SLUIS__PARTICIPANT_AS__ADVISER, 1, false),
	    "malformed");
	gives(case_join(&c, &c.aandacht, id, &c.nla, as, 3, false), "malformed");
}

static void
a_closed_case_takes_nobody_in(void **state)
{
	struct case_row row;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	must(store_begin(c.region.broker.store));
	must(store_get_case(c.region.broker.store, id, &row));
	row.closed_ms = 1;
	must(store_set_case(c.region.broker.store, &row));
	must(store_commit(c.region.broker.store));
	denies(case_join(&c, &c.aandacht, id, &c.politie,
	           SLUIS__PARTICIPANT_AS__PARTICIPANT, 1, false),
	    "case_closed");
	struct release_ask s = {.case_id = id,
	    .convenant                   = "riec",
	    .phase                       = "2",
	    .purpose                     = "casusoverleg",
	    .to                          = {&c.politie}};
	denies(case_share(&c, &c.meldpunt, &s, NULL), "case_closed");
}

static void
a_desk_may_leave_but_not_the_owner_nor_for_another(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	answered(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false), "ok");
	denies(case_join(&c, &c.politie, id, &c.analist, as, 1, true),
	    "step_not_for_this_desk");
	denies(case_join(&c, &c.aandacht, id, &c.meldpunt, as, 1, true),
	    "step_not_for_this_desk");
	denies(
	    case_join(&c, &c.aandacht, id, &c.nla, as, 1, true), "recipient_not_in_case");
	gives(case_join(&c, &c.politie, id, &c.politie, as, 1, true), "ok");
	gives(case_read(&c, &c.politie, id), "not_found");
	gives(case_read(&c, &c.analist, id), "ok");
}

static void
a_third_party_counts_for_nothing_before_its_declaration(void **state)
{
	Sluis__ParticipantAs third = SLUIS__PARTICIPANT_AS__THIRD_PARTY;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	gives(case_join(&c, &c.aandacht, id, &c.nla, third, 1, false), "ok");
	assert_int_equal(tasks_of(&c.nla, SLUIS__TASK_KIND__TASK_DECLARE), 1);
	denies(case_read(&c, &c.nla, id), "no_declaration");
	struct release_ask s = {.case_id = id,
	    .convenant                   = "riec",
	    .phase                       = "2",
	    .purpose                     = "casusoverleg",
	    .to                          = {&c.meldpunt}};
	denies(case_share(&c, &c.nla, &s, NULL), "no_declaration");
	denies(case_declare(&c, &c.meldpunt, id), "step_not_for_this_desk");
	gives(case_declare(&c, &c.nla, id), "ok");
	assert_int_equal(tasks_of(&c.nla, SLUIS__TASK_KIND__TASK_DECLARE), 0);
	gives(case_read(&c, &c.nla, id), "ok");
	denies(case_declare(&c, &c.nla, id), "step_not_for_this_desk");
}

/* Before its declaration it hears that there is one to make, and nothing of the case. */
static void
who_did_not_declare_hears_no_route_and_no_state(void **state)
{
	Sluis__ParticipantAs                 third = SLUIS__PARTICIPANT_AS__THIRD_PARTY;
	AUTO(message_destroy) Sluis__Notice *n     = NULL;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	gives(case_join(&c, &c.aandacht, id, &c.nla, third, 1, false), "ok");
	assert_int_equal(notices(&c, &c.nla, SLUIS__NOTICE_KIND__NOTICE_TASK, &n), 1);
	assert_null(n->route);
	assert_null(n->state);
}

static void
a_seat_that_is_there_already_is_not_given_again(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	gives(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false), "ok");
	denies(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false),
	    "step_needs_something_first");
	assert_int_equal(
	    notices(&c, &c.meldpunt, SLUIS__NOTICE_KIND__NOTICE_JOINED, NULL), 1);
}

static void
coming_and_going_has_an_end(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	for (int i = 0; i < 8; i++) {
		gives(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false), "ok");
		gives(case_join(&c, &c.aandacht, id, &c.politie, as, 1, true), "ok");
	}
	denies(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false),
	    "step_needs_something_first");
}

/* The owner's seat neither. */
static void
what_a_desk_takes_part_as_is_not_changed_by_another(void **state)
{
	Sluis__ParticipantAs as    = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	Sluis__ParticipantAs third = SLUIS__PARTICIPANT_AS__THIRD_PARTY;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	gives(case_join(&c, &c.aandacht, id, &c.politie, as, 1, false), "ok");
	denies(case_join(&c, &c.aandacht, id, &c.politie, third, 1, false),
	    "step_not_for_this_desk");
	denies(case_join(&c, &c.aandacht, id, &c.meldpunt, third, 1, false),
	    "step_not_for_this_desk");
	gives(case_read(&c, &c.politie, id), "ok");
	gives(case_read(&c, &c.meldpunt, id), "ok");
}

/* --- sharing --------------------------------------------------------------------- */

static void
a_signal_in_a_case_goes_under_what_its_state_has_in_force(void **state)
{
	struct release_ask s = {.case_id = id,
	    .convenant                   = "afstemming",
	    .phase                       = "1",
	    .purpose                     = "duiding",
	    .to                          = {&c.politie}};
	(void)state;
	denies(case_share(&c, &c.meldpunt, &s, NULL), "not_in_this_state");
	case_put_state(&c, id, "geen_vermoeden");
	denies(case_share(&c, &c.meldpunt, &s, NULL), "not_in_this_state");
	case_put_state(&c, id, "vermoeden");
	/* right state, but the police take no part in it */
	Sluis__Answer *a = case_share(&c, &c.meldpunt, &s, NULL);
	assert_string_equal(a->code, "recipient_not_entitled");
	message_destroy(&a);
	case_put_seat(&c, id, &c.politie, SLUIS__PARTICIPANT_AS__ADVISER, 1, 1);
	gives(case_share(&c, &c.meldpunt, &s, NULL), "ok");
}

static void
a_copy_says_in_which_case_it_was_released(void **state)
{
	(void)state;
	enrich();
	Sluis__Answer *a    = case_receive(&c, &c.meldpunt);
	Sluis__Copy   *copy = sluis__copy__unpack(
	      NULL, a->deliveries[0]->copy.len, a->deliveries[0]->copy.data);
	assert_memory_equal(copy->case_id.data, id, ID_BYTES);
	assert_true(copy->enriches);
	message_destroy(&copy);
	message_destroy(&a);
}

static void
the_term_of_a_case_begins_with_the_first_release_to_another_party(void **state)
{
	struct case_row row;
	(void)state;
	enrich();
	must(store_get_case(c.region.broker.store, id, &row));
	assert_int_equal(row.joint_ms, 0);
	case_put_state(&c, id, "vermoeden");
	case_put_seat(&c, id, &c.politie, SLUIS__PARTICIPANT_AS__ADVISER, 1, 1);
	struct release_ask s = {.case_id = id,
	    .convenant                   = "afstemming",
	    .phase                       = "1",
	    .purpose                     = "duiding",
	    .to                          = {&c.politie}};
	answered(case_share(&c, &c.meldpunt, &s, NULL), "ok");
	must(store_get_case(c.region.broker.store, id, &row));
	assert_int_equal(row.joint_ms, c.region.broker.now_ms);
	assert_true(row.remove_ms == row.joint_ms + 1826ull * 86400000);
}

static void
a_correction_names_the_copy_that_it_replaces(void **state)
{
	struct release_ask s = {.convenant = "afstemming",
	    .phase                         = "1",
	    .purpose                       = "duiding",
	    .to                            = {&c.politie}};
	uint8_t            trace[ID_BYTES], random[ID_BYTES] = {7};
	(void)state;
	answered(case_share(&c, &c.meldpunt, &s, trace), "ok");
	Sluis__Answer *a = case_receive(&c, &c.politie);
	assert_int_equal(a->n_deliveries, 1);
	s.corrects = random;
	gives(case_share(&c, &c.meldpunt, &s, NULL), "not_found");
	s.corrects = trace;
	gives(case_share(&c, &c.aandacht, &s, NULL), "not_found");
	gives(case_share(&c, &c.meldpunt, &s, NULL), "ok");
	Sluis__Answer         *b    = case_receive(&c, &c.politie);
	const Sluis__Delivery *last = b->deliveries[b->n_deliveries - 1];
	Sluis__Copy *copy = sluis__copy__unpack(NULL, last->copy.len, last->copy.data);
	assert_int_equal(copy->corrects.len, ID_BYTES);
	assert_memory_equal(
	    copy->corrects.data, a->deliveries[0]->delivery_id.data, ID_BYTES);
	message_destroy(&copy);
	message_destroy(&a);
	message_destroy(&b);
}

static void
what_belongs_to_a_case_is_malformed_without_one(void **state)
{
	struct release_ask s = {.enriches = true,
	    .convenant                    = "afstemming",
	    .phase                        = "1",
	    .purpose                      = "duiding",
	    .to                           = {&c.politie}};
	(void)state;
	gives(case_share(&c, &c.meldpunt, &s, NULL), "malformed");
}

/* --- layers ---------------------------------------------------------------------- */

static void
layer_1_sees_nothing_of_who_and_what_is_at_layer_2(void **state)
{
	struct case_seat seat;
	struct task_row  task = {
	     .kind = SLUIS__TASK_KIND__TASK_REVIEW, .in_case = true, .layer = 2};
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	case_put_seat(&c, id, &c.zorg, SLUIS__PARTICIPANT_AS__PARTICIPANT, 1, 1);
	Sluis__Answer *before = case_read(&c, &c.zorg, id);
	assert_string_equal(before->code, "ok");

	case_put_seat(&c, id, &c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 2);
	must(store_get_seat(
	    c.region.broker.store, id, &(struct seat_id){OIN_POLICE, "avim"}, &seat));
	memcpy(task.case_id, id, ID_BYTES);
	task.who = seat.who;
	must(store_begin(c.region.broker.store));
	must(store_put_task(c.region.broker.store, &task));
	must(store_put_step(c.region.broker.store, id, 2, slice_str("\x08\x06")));
	must(store_commit(c.region.broker.store));

	assert_true(same_answers(before, case_read(&c, &c.zorg, id)));
	Sluis__Answer *a = case_read(&c, &c.politie, id);
	assert_true(takes_part(view_of(a), &c.politie));
	assert_true(takes_part(view_of(a), &c.zorg));
	message_destroy(&a);
}

static void
what_happened_at_layer_2_lets_nobody_move_at_layer_1(void **state)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(256);
	Sluis__CaseStep           step  = SLUIS__CASE_STEP__INIT;
	(void)state;
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_ENRICHED;
	pack_message(&step.base, &bytes);
	must(store_begin(c.region.broker.store));
	must(store_put_step(c.region.broker.store, id, 2, buf_slice(&bytes)));
	must(store_commit(c.region.broker.store));
	denies(case_move(&c, &c.analist, id, "nijmegen.verrijkt"),
	    "step_needs_something_first");
}

static void
who_only_advises_moves_nothing(void **state)
{
	(void)state;
	enrich();
	case_put_seat(&c, id, &c.analist, SLUIS__PARTICIPANT_AS__ADVISER, 1, 1);
	denies(
	    case_move(&c, &c.analist, id, "nijmegen.verrijkt"), "step_not_for_this_desk");
	state_is("ontvangen");
}

/* `ingreep` by the police, who name who gets the work. */
static Sluis__Answer *
assign(const struct person *who)
{
	Sluis__CaseMove   m    = SLUIS__CASE_MOVE__INIT;
	Sluis__Recipient  one  = SLUIS__RECIPIENT__INIT;
	Sluis__Recipient *list = &one;
	struct ask_head   h;

	m.head         = head_of(&c, &c.politie, &h);
	m.has_case_id  = 1;
	m.case_id      = id_bytes(id);
	m.transition   = message_borrow("nijmegen.ingreep");
	m.has_only_ask = 1;
	m.only_ask     = 1;
	one.oin        = message_borrow(who->oin);
	one.desk       = message_borrow(who->desk);
	m.n_assigned   = 1;
	m.assigned     = &list;
	return region_ask(&c.region, &c.politie, TYPE_CASE_MOVE, &m.base);
}

static void
work_is_assigned_to_who_is_seen_to_sit_there(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	case_put_seat(&c, id, &c.politie, as, 1, 1);
	Sluis__Answer *nobody = assign(&c.nla);
	assert_string_equal(nobody->code, "recipient_not_in_case");
	case_put_seat(&c, id, &c.nla, as, 2, 2);
	Sluis__Answer *unseen = assign(&c.nla);
	assert_true(same_answers(nobody, unseen));
	case_put_seat(&c, id, &c.nla, as, 1, 1);
	gives(assign(&c.nla), "ok");
	gives(case_move(&c, &c.politie, id, "nijmegen.ingreep"),
	    "step_needs_something_first");
}

static void
who_sits_unseen_gets_no_work_of_layer_1(void **state)
{
	uint8_t one[ID_BYTES];
	(void)state;
	case_opened(&c, one);
	case_put_state(&c, one, "zorg");
	case_put_seat(&c, one, &c.zorg, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 2);
	answered(case_move(&c, &c.aandacht, one, "nijmegen.naar_zorg"), "ok");
	assert_int_equal(tasks_of(&c.zorg, SLUIS__TASK_KIND__TASK_REVIEW), 0);
}

static void
two_acts_of_the_same_bytes_are_two_acts(void **state)
{
	Sluis__CaseDeclare declare = SLUIS__CASE_DECLARE__INIT;
	Sluis__CaseExtend  extend  = SLUIS__CASE_EXTEND__INIT;
	struct ask_head    h;
	(void)state;
	declare.head = extend.head = head_of(&c, &c.meldpunt, &h);
	declare.has_case_id = extend.has_case_id = 1;
	declare.case_id = extend.case_id = id_bytes(id);
	denies(region_ask(&c.region, &c.meldpunt, TYPE_CASE_DECLARE, &declare.base),
	    "step_not_for_this_desk");
	gives(region_ask(&c.region, &c.meldpunt, TYPE_CASE_EXTEND, &extend.base),
	    "request_id_used_before");
}

static void
joining_layer_2_waits_for_the_cover_turn(void **state)
{
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	case_put_seat(&c, id, &c.aandacht, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 1);
	uint64_t size = leaves();
	assert_null(case_join(&c, &c.aandacht, id, &c.politie,
	    SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, false));
	assert_int_equal(leaves(), size);
	gives(case_read(&c, &c.politie, id), "not_found");
}

/* Hold the cover turn: the code of the last answer in it. */
static void
take_code(void *arg, struct reply *r)
{
	const char **code = arg;
	*code             = rc_name(rc_from_name(r->answer->code));
}

static const char *
covered(Sluis__Answer *parked)
{
	const char *code = NULL;

	assert_null(parked);
	must(cover_turn(&c.region.broker, take_code, &code));
	assert_non_null(code);
	return code;
}

static struct case_seat
seat_of_person(const struct person *p)
{
	struct seat_id   who = {0};
	struct case_seat seat;

	memcpy(who.oin, p->oin, sizeof who.oin);
	memcpy(who.desk, p->desk, sizeof who.desk);
	must(store_get_seat(c.region.broker.store, id, &who, &seat));
	return seat;
}

static void
a_seat_at_layer_2_is_given_by_who_sits_there_and_seen_there_only(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	struct case_row      before, after;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	case_put_seat(&c, id, &c.politie, as, 1, 1);
	/* the desk that gives seats sits at layer 1 */
	denies(case_join(&c, &c.aandacht, id, &c.nla, as, 2, false),
	    "step_not_for_this_desk");
	case_put_seat(&c, id, &c.aandacht, as, 2, 1);
	must(store_get_case(c.region.broker.store, id, &before));
	Sluis__Answer *seen = case_read(&c, &c.analist, id);
	c.region.broker.now_ms += 1000;
	assert_string_equal(
	    covered(case_join(&c, &c.aandacht, id, &c.nla, as, 2, false)), "ok");
	assert_string_equal(
	    covered(case_join(&c, &c.aandacht, id, &c.politie, as, 2, false)), "ok");
	c.region.broker.now_ms -= 1000;
	assert_true(same_answers(seen, case_read(&c, &c.analist, id)));
	must(store_get_case(c.region.broker.store, id, &after));
	assert_true(before.changed_ms == after.changed_ms);
	assert_int_equal(seat_of_person(&c.nla).shown, 2);
	assert_int_equal(seat_of_person(&c.nla).layer, 2);
	assert_int_equal(seat_of_person(&c.politie).shown, 1);
	assert_int_equal(seat_of_person(&c.politie).layer, 2);
	/* at layer 1 there is nobody to leave, and what is told does not differ */
	case_put_seat(&c, id, &c.zorg, as, 1, 1);
	denies(case_join(&c, &c.zorg, id, &c.nla, as, 1, true), "step_not_for_this_desk");
	denies(
	    case_join(&c, &c.aandacht, id, &c.nla, as, 1, true), "recipient_not_in_case");
}

/* What a join at layer 1 answers and writes, for somebody who may sit there unseen. */
static uint64_t
joins_at_layer_1(bool unseen, Sluis__ParticipantAs as, Sluis__Answer **ret)
{
	case_opened(&c, id);
	case_put_state(&c, id, "tafel_zvh"); /* asks something of the care coordinator */
	if (unseen) case_put_seat(&c, id, &c.zorg, as, 2, 2);
	c.region.broker.now_ms += 5000;
	uint64_t before = leaves();
	answered(case_join(&c, &c.aandacht, id, &c.zorg, as, 1, false), "ok");
	uint64_t wrote = leaves() - before;
	*ret           = case_read(&c, &c.analist, id);
	return wrote;
}

static void
who_sat_there_unseen_joins_layer_1_like_anybody(void **state)
{
	Sluis__ParticipantAs as[] = {
	    SLUIS__PARTICIPANT_AS__PARTICIPANT, SLUIS__PARTICIPANT_AS__THIRD_PARTY};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		Sluis__Answer *one, *two;
		uint64_t       a = joins_at_layer_1(false, as[i], &one);
		uint64_t       b = joins_at_layer_1(true, as[i], &two);
		assert_int_equal(a, b);
		Sluis__CaseView *v = view_of(one), *w = view_of(two);
		assert_int_equal(v->n_participants, w->n_participants);
		assert_int_equal(v->n_tasks, w->n_tasks);
		assert_int_equal(v->n_steps, w->n_steps);
		size_t last = v->n_participants - 1;
		assert_true(v->participants[last]->since_ms == v->changed_ms);
		assert_true(w->participants[last]->since_ms == w->changed_ms);
		assert_int_equal(
		    v->participants[last]->declared, w->participants[last]->declared);
		message_destroy(&one);
		message_destroy(&two);
	}
}

static void
leaving_layer_2_leaves_what_layer_1_sees(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	struct case_seat     seat;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	case_put_seat(&c, id, &c.politie, as, 2, 1);
	case_put_seat(&c, id, &c.nla, as, 2, 2);
	Sluis__Answer *seen = case_read(&c, &c.analist, id);
	assert_string_equal(
	    covered(case_join(&c, &c.politie, id, &c.politie, as, 2, true)), "ok");
	assert_string_equal(
	    covered(case_join(&c, &c.nla, id, &c.nla, as, 2, true)), "ok");
	assert_int_equal(seat_of_person(&c.politie).layer, 1);
	assert_int_equal(store_get_seat(c.region.broker.store, id,
	                     &(struct seat_id){OIN_NLA, "opsporing"}, &seat),
	    RC_NOT_FOUND);
	assert_true(same_answers(seen, case_read(&c, &c.analist, id)));
}

static void
a_seat_at_layer_2_keeps_what_layer_1_sees_of_it(void **state)
{
	Sluis__ParticipantAs as    = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	Sluis__ParticipantAs third = SLUIS__PARTICIPANT_AS__THIRD_PARTY;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	case_put_seat(&c, id, &c.politie, as, 1, 1);
	case_put_seat(&c, id, &c.nla, third, 1, 1); /* did not declare yet */
	case_put_seat(&c, id, &c.aandacht, as, 2, 1);
	Sluis__Answer *seen = case_read(&c, &c.analist, id);
	assert_string_equal(
	    covered(case_join(&c, &c.aandacht, id, &c.politie, third, 2, false)),
	    "step_not_for_this_desk");
	assert_string_equal(covered(case_join(&c, &c.aandacht, id, &c.nla, as, 2, false)),
	    "step_not_for_this_desk");
	assert_string_equal(
	    covered(case_join(&c, &c.aandacht, id, &c.nla, third, 2, false)), "ok");
	assert_int_equal(tasks_of(&c.nla, SLUIS__TASK_KIND__TASK_DECLARE), 0);
	assert_true(same_answers(seen, case_read(&c, &c.analist, id)));
}

static const char layer_2_signal[] =
    "{\"meta\":{\"observed_on\":\"2026-11-16\",\"municipality\":\"9903\"},"
    "\"exploitation\":{\"types\":[\"SEXUAL_EXPLOITATION\"]},"
    "\"handling\":{\"layer\":2}}";

static void
a_signal_of_layer_2_takes_a_seat_there_and_changes_nothing_of_layer_1(void **state)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	struct release_ask   s  = {.case_id = id,
	       .convenant                   = "riec",
	       .phase                       = "2",
	       .purpose                     = "casusoverleg",
	       .signal                      = layer_2_signal,
	       .to                          = {&c.nla}};
	struct case_row      row, before;
	(void)state;
	case_put_state(&c, id, "tafel_riec");
	case_put_seat(&c, id, &c.politie, as, 1, 1);
	case_put_seat(&c, id, &c.nla, as, 2, 1);
	Sluis__Answer *seen = case_read(&c, &c.analist, id);
	denies(case_share(&c, &c.politie, &s, NULL), "recipient_not_in_case");
	case_put_seat(&c, id, &c.politie, as, 2, 1);
	must(store_get_case(c.region.broker.store, id, &before));
	case_put_seat(&c, id, &c.nla, as, 1, 1); /* who sits at layer 1 gets nothing */
	assert_string_equal(
	    covered(case_share(&c, &c.politie, &s, NULL)), "recipient_not_entitled");
	case_put_seat(&c, id, &c.nla, as, 2, 1);
	const char *code = covered(case_share(&c, &c.politie, &s, NULL));
	if (strcmp(code, "ok") != 0) print_message("%s\n", code);
	must(store_get_case(c.region.broker.store, id, &row));
	assert_int_equal(row.joint_ms, 0);
	/* it has a term all the same, from its opening on */
	assert_true(row.remove_ms != 0 && row.remove_ms == before.remove_ms);
	assert_true(same_answers(seen, case_read(&c, &c.analist, id)));
	assert_string_equal(code, "ok");
}

/* Entries that a move from `zorg_straf` writes, with or without somebody at layer 2. */
static uint64_t
leaves_of_a_move(bool hidden)
{
	uint8_t one[ID_BYTES];

	case_opened(&c, one);
	case_put_state(&c, one, "vermoeden");
	if (hidden)
		case_put_seat(
		    &c, one, &c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 2);
	uint64_t before = leaves();
	answered(case_confirmed(&c, &c.aandacht, one, step_to("zorg")->id), "ok");
	return leaves() - before;
}

static void
an_act_of_layer_1_leaves_the_same_whoever_sits_at_layer_2(void **state)
{
	(void)state;
	assert_int_equal(leaves_of_a_move(false), leaves_of_a_move(true));
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_LEFT, NULL), 0);
	bool did = false;
	must(store_begin(c.region.broker.store));
	c.region.broker.covered = true;
	must(notice_send_veiled(&c.region.broker, &did));
	c.region.broker.covered = false;
	must(journal_seal_batch(c.region.broker.journal));
	must(store_commit(c.region.broker.store));
	must(journal_commit(c.region.broker.journal));
	assert_true(did);
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_LEFT, NULL), 1);
}

static void
a_task_of_layer_1_survives_an_act_of_layer_2(void **state)
{
	struct broker  *b = &c.region.broker;
	struct act      a = {.b = b, .layer = 2};
	struct task_row row;
	size_t          n;
	(void)state;
	memcpy(a.row.id, id, ID_BYTES);
	struct task_filter f = {.case_id = id, .kind = SLUIS__TASK_KIND__TASK_ENRICH};
	must(store_begin(b->store));
	must(act_end_tasks(&a, SLUIS__TASK_KIND__TASK_ENRICH, NULL));
	must(store_list_tasks(b->store, &f, 1, &row, &n));
	assert_int_equal(n, 1);
	a.layer = 1;
	must(act_end_tasks(&a, SLUIS__TASK_KIND__TASK_ENRICH, NULL));
	must(store_list_tasks(b->store, &f, 1, &row, &n));
	assert_int_equal(n, 0);
	must(store_commit(b->store));
}

/* --- what is due ----------------------------------------------------------------- */

static void
what_others_owe_is_told_to_whom_it_is_owed(void **state)
{
	(void)state;
	Sluis__Answer *a = case_todo(&c, &c.meldpunt, true);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_tasks, 1);
	assert_string_equal(a->tasks[0]->desk, "analist");
	message_destroy(&a);
	a = case_todo(&c, &c.aandacht, true);
	assert_int_equal(a->n_tasks, 0);
	message_destroy(&a);
}

static void
a_denied_act_is_denied_the_same_when_asked_again(void **state)
{
	AUTO(buf_wipe) struct buf one = buf_init(ANSWER_MAX), two = buf_init(ANSWER_MAX);
	Sluis__CaseMove           m = SLUIS__CASE_MOVE__INIT;
	struct ask_head           h;
	(void)state;
	m.head               = head_of(&c, &c.analist, &h);
	m.has_case_id        = 1;
	m.case_id            = id_bytes(id);
	m.transition         = message_borrow("nijmegen.verrijkt");
	Sluis__Answer *first = region_ask(&c.region, &c.analist, TYPE_CASE_MOVE, &m.base);
	assert_string_equal(first->code, "step_needs_something_first");
	assert_string_equal(first->rule, "nijmegen.verrijkt");
	assert_non_null(first->article);
	assert_non_null(first->change);
	enrich(); /* now it might, but that was another question */
	uint64_t       size  = leaves();
	Sluis__Answer *again = region_ask(&c.region, &c.analist, TYPE_CASE_MOVE, &m.base);
	assert_int_equal(leaves(), size);
	pack_message(&first->base, &one);
	pack_message(&again->base, &two);
	assert_true(slice_equal(buf_slice(&one), buf_slice(&two)));
	message_destroy(&first);
	message_destroy(&again);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_opened, drop)
#define EMPTY(f) cmocka_unit_test_setup_teardown(f, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(who_opens_a_case_sees_it_with_its_own_desks),
	    T(the_first_state_gives_its_task_and_a_notice),
	    EMPTY(a_desk_that_may_not_open_is_told_why),
	    EMPTY(a_case_starts_only_from_what_ones_own_desk_received_or_sent),
	    EMPTY(the_contributor_is_who_sent_the_delivery),
	    EMPTY(an_act_asked_again_is_answered_the_same_and_done_once),
	    T(one_request_id_for_two_acts_is_refused),
	    T(somebody_elses_case_is_as_if_it_were_not_there),
	    T(a_case_id_of_another_size_is_malformed),
	    T(a_shielded_case_is_there_for_its_owner_only),
	    T(every_step_is_refused_to_every_desk_that_it_does_not_name),
	    T(a_step_needs_what_it_needs),
	    T(moving_ends_the_old_tasks_and_gives_the_new_and_tells_everybody),
	    T(another_convenant_takes_a_fresh_confirmation),
	    T(who_has_no_place_under_the_new_convenant_leaves),
	    T(the_sources_are_asked_to_release_anew),
	    EMPTY(a_source_that_the_new_convenant_has_nothing_for_hears_nothing),
	    EMPTY(a_source_without_a_seat_that_is_asked_sees_only_that),
	    T(a_move_of_layer_2_is_malformed_at_once),
	    T(only_who_admits_gives_seats_and_only_to_who_belongs_there),
	    T(a_closed_case_takes_nobody_in),
	    T(a_desk_may_leave_but_not_the_owner_nor_for_another),
	    T(a_third_party_counts_for_nothing_before_its_declaration),
	    T(a_signal_in_a_case_goes_under_what_its_state_has_in_force),
	    T(a_copy_says_in_which_case_it_was_released),
	    T(the_term_of_a_case_begins_with_the_first_release_to_another_party),
	    EMPTY(a_correction_names_the_copy_that_it_replaces),
	    EMPTY(what_belongs_to_a_case_is_malformed_without_one),
	    T(layer_1_sees_nothing_of_who_and_what_is_at_layer_2),
	    T(what_happened_at_layer_2_lets_nobody_move_at_layer_1),
	    T(who_only_advises_moves_nothing),
	    T(work_is_assigned_to_who_is_seen_to_sit_there),
	    EMPTY(who_sits_unseen_gets_no_work_of_layer_1),
	    T(two_acts_of_the_same_bytes_are_two_acts),
	    T(joining_layer_2_waits_for_the_cover_turn),
	    EMPTY(an_act_of_layer_1_leaves_the_same_whoever_sits_at_layer_2),
	    T(a_seat_at_layer_2_is_given_by_who_sits_there_and_seen_there_only),
	    EMPTY(who_sat_there_unseen_joins_layer_1_like_anybody),
	    T(leaving_layer_2_leaves_what_layer_1_sees),
	    T(a_seat_at_layer_2_keeps_what_layer_1_sees_of_it),
	    T(who_did_not_declare_hears_no_route_and_no_state),
	    T(a_seat_that_is_there_already_is_not_given_again),
	    T(coming_and_going_has_an_end),
	    T(what_a_desk_takes_part_as_is_not_changed_by_another),
	    T(a_signal_of_layer_2_takes_a_seat_there_and_changes_nothing_of_layer_1),
	    T(a_task_of_layer_1_survives_an_act_of_layer_2),
	    T(what_others_owe_is_told_to_whom_it_is_owed),
	    T(a_denied_act_is_denied_the_same_when_asked_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
