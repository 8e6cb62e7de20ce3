/* SPDX-License-Identifier: EUPL-1.2 */
/* test_table.c - aligning, judging and consenting: who may, once, and what follows. */
#include "broker/route/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/cover.h"
#include "broker/route/exchange.h"
#include "proto/message.h"
#include "support/case_region.h"

static struct case_region c;
static uint8_t            id[ID_BYTES];

static const char *const criteria[] = {"persoon", "leefgebieden", "overlast", "domeinen"};

enum { N_CRITERIA = 4, BOX = 100 };

static int
make(void **state)
{
	(void)state;
	case_region_open(&c);
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

static void
be_in(const char *state)
{
	case_put_state(&c, id, state);
}

static void
sit(const struct person *p, Sluis__ParticipantAs as)
{
	case_put_seat(&c, id, p, as, 1, 1);
}

/* --- asking and answering ---------------------------------------------------------- */

static void
align_ask(const struct person *by, const struct person *a, const struct person *b,
    const char *want)
{
	Sluis__CaseAlign  m      = SLUIS__CASE_ALIGN__INIT;
	Sluis__Recipient  one[2] = {SLUIS__RECIPIENT__INIT, SLUIS__RECIPIENT__INIT};
	Sluis__Recipient *list[] = {&one[0], &one[1]};
	struct ask_head   h;

	m.head        = head_of(&c, by, &h);
	m.has_case_id = 1;
	m.case_id     = id_bytes(id);
	one[0].oin    = message_borrow(a->oin);
	one[0].desk   = message_borrow(a->desk);
	one[1].oin    = b == NULL ? NULL : message_borrow(b->oin);
	one[1].desk   = b == NULL ? NULL : message_borrow(b->desk);
	m.n_ask       = b == NULL ? 1 : 2;
	m.ask         = list;
	answered(region_ask(&c.region, by, TYPE_CASE_ALIGN, &m.base), want);
}

static void
align_answer(const struct person *by, int what, const char *want)
{
	Sluis__CaseAlign m = SLUIS__CASE_ALIGN__INIT;
	struct ask_head  h;

	m.head        = head_of(&c, by, &h);
	m.has_case_id = 1;
	m.case_id     = id_bytes(id);
	m.has_answer  = 1;
	m.answer      = (Sluis__AlignAnswer)what;
	answered(region_ask(&c.region, by, TYPE_CASE_ALIGN, &m.base), want);
}

static size_t
tasks_of(const struct person *p, Sluis__TaskKind kind)
{
	Sluis__Answer *a = case_todo(&c, p, false);
	size_t         n = 0;

	for (size_t i = 0; i < a->n_tasks; i++) n += a->tasks[i]->kind == kind;
	message_destroy(&a);
	return n;
}

static void
partners_are_asked_where_the_route_says_so(void **state)
{
	(void)state;
	align_ask(&c.aandacht, &c.politie, NULL, "not_in_this_state");
	be_in("afstemming");
	align_ask(&c.meldpunt, &c.politie, NULL, "step_not_for_this_desk");
	align_ask(&c.politie, &c.nla, NULL, "not_found");
	align_ask(&c.aandacht, &c.aandacht, NULL, "malformed");
	align_ask(&c.aandacht, &c.politie, &c.politie, "malformed");
	align_ask(&c.aandacht, &c.auditor, NULL, "recipient_not_entitled");
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_ALIGN), 0);
	id[0] ^= 1;
	align_ask(&c.aandacht, &c.politie, NULL, "not_found");
	align_answer(&c.aandacht, 1, "not_found");
	id[0] ^= 1;
	align_ask(&c.aandacht, &c.politie, &c.nla, "ok");
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_ALIGN), 1);
	assert_int_equal(notices(&c, &c.nla, SLUIS__NOTICE_KIND__NOTICE_TASK, NULL), 1);
	align_ask(&c.aandacht, &c.politie, NULL, "step_needs_something_first");
	align_ask(&c.politie, &c.zorg, NULL, "step_not_for_this_desk");
}

static void
a_full_history_takes_no_more_but_the_case_can_go_on(void **state)
{
	(void)state;
	be_in("afstemming");
	align_ask(&c.aandacht, &c.politie, NULL, "ok");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_YES, "ok");
	must(store_begin(c.region.broker.store));
	for (int i = 0; i < 4096; i++)
		must(store_put_step(c.region.broker.store, id, 1, slice_of(NULL, 0)));
	must(store_commit(c.region.broker.store));
	align_ask(&c.aandacht, &c.politie, NULL, "too_many_elements");
	answered(case_move(&c, &c.aandacht, id, "nijmegen.vermoeden"), "ok");
}

static void
each_answers_once_and_more_once_before(void **state)
{
	(void)state;
	be_in("afstemming");
	align_ask(&c.aandacht, &c.politie, NULL, "ok");
	align_answer(&c.analist, 1, "step_not_for_this_desk");
	align_answer(&c.nla, 1, "not_found");
	align_answer(&c.politie, 0, "malformed");
	align_answer(&c.politie, 4, "malformed");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_MORE, "ok");
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_ALIGN), 1);
	assert_int_equal(
	    notices(&c, &c.aandacht, SLUIS__NOTICE_KIND__NOTICE_ALIGNED, NULL), 1);
	align_answer(
	    &c.politie, SLUIS__ALIGN_ANSWER__ALIGN_MORE, "step_needs_something_first");
	answered(case_move(&c, &c.aandacht, id, "nijmegen.vermoeden"),
	    "step_needs_something_first");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_YES, "ok");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_NO, "step_not_for_this_desk");
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_ALIGN), 0);
	assert_int_equal(
	    notices(&c, &c.aandacht, SLUIS__NOTICE_KIND__NOTICE_ALIGNED, NULL), 2);
	answered(case_move(&c, &c.aandacht, id, "nijmegen.vermoeden"), "ok");
	align_ask(&c.aandacht, &c.nla, NULL, "not_in_this_state");
}

static void
who_was_asked_again_may_say_more_again(void **state)
{
	(void)state;
	be_in("afstemming");
	align_ask(&c.aandacht, &c.politie, NULL, "ok");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_MORE, "ok");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_NO, "ok");
	align_ask(&c.aandacht, &c.politie, NULL, "ok");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_MORE, "ok");
	align_answer(&c.politie, SLUIS__ALIGN_ANSWER__ALIGN_YES, "ok");
}

static void
who_sits_unseen_asks_and_judges_nothing_at_layer_1(void **state)
{
	Sluis__CaseAlign m = SLUIS__CASE_ALIGN__INIT;
	struct ask_head  h;
	(void)state;
	be_in("afstemming");
	case_put_seat(&c, id, &c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 2);
	m.head          = head_of(&c, &c.politie, &h);
	m.has_case_id   = 1;
	m.case_id       = id_bytes(id);
	m.has_answer    = 1;
	m.answer        = SLUIS__ALIGN_ANSWER__ALIGN_YES;
	uint64_t before = journal_size(c.region.broker.journal);
	assert_null(region_ask(&c.region, &c.politie, TYPE_CASE_ALIGN, &m.base));
	assert_int_equal(journal_size(c.region.broker.journal), before);
	assert_int_equal(veil_waiting(c.region.broker.veil), 1);
}

static size_t n_ok, n_answers;

static void
take(void *arg, struct reply *r)
{
	(void)arg;
	n_answers++;
	n_ok += strcmp(r->answer->code, "ok") == 0;
}

/* Telling everybody takes more entries than a turn has; the act itself does not. */
static void
an_act_of_layer_2_fits_however_many_sit_there(void **state)
{
	const struct person *all[] = {
	    &c.politie, &c.nla, &c.zorg, &c.veiligthuis, &c.meldpunt};
	uint64_t before;
	size_t   told = 0;
	(void)state;
	c.region.config->cover_leaves = 4;
	for (size_t i = 0; i < 4; i++)
		case_put_seat(&c, id, all[i], SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 2);
	case_put_seat(&c, id, &c.aandacht, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 1);
	assert_null(case_join(&c, &c.aandacht, id, &c.analist,
	    SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, false));
	n_answers = n_ok = 0;
	before           = journal_size(c.region.broker.journal);
	for (uint64_t turn = 1; turn <= 3; turn++) {
		must(cover_turn(&c.region.broker, take, NULL));
		assert_int_equal(
		    journal_size(c.region.broker.journal), before + 4 * turn);
	}
	assert_int_equal(n_answers, 1);
	assert_int_equal(n_ok, 1);
	for (size_t i = 0; i < 5; i++)
		told += notices(&c, all[i], SLUIS__NOTICE_KIND__NOTICE_JOINED, NULL);
	assert_true(told >= 5);
}

/* --- the verdict ---------------------------------------------------------------------
 */

static void
verdict(const struct person *by, int strengthened, const char *want)
{
	Sluis__CaseVerdict m = SLUIS__CASE_VERDICT__INIT;
	struct ask_head    h;

	m.head             = head_of(&c, by, &h);
	m.has_case_id      = 1;
	m.case_id          = id_bytes(id);
	m.has_strengthened = strengthened >= 0;
	m.strengthened     = strengthened > 0;
	answered(region_ask(&c.region, by, TYPE_CASE_VERDICT, &m.base), want);
}

static void
a_verdict_is_for_who_may_make_the_step(void **state)
{
	(void)state;
	verdict(&c.analist, 1, "not_in_this_state");
	be_in("verrijkt");
	verdict(&c.meldpunt, 1, "step_not_for_this_desk");
	verdict(&c.politie, 1, "not_found");
	verdict(&c.analist, -1, "malformed");
	answered(case_move(&c, &c.analist, id, "nijmegen.versterkt"),
	    "step_needs_something_first");
	verdict(&c.analist, 1, "ok");
	verdict(&c.aandacht, 0, "ok");
	answered(case_confirmed(&c, &c.analist, id, "nijmegen.versterkt"),
	    "step_needs_something_first");
	verdict(&c.analist, 1, "ok");
	answered(case_confirmed(&c, &c.analist, id, "nijmegen.versterkt"), "ok");
}

/* --- the gate ------------------------------------------------------------------------
 */

struct claim {                            /* what is wrong with it; zero: nothing */
	const char          *gate, *last; /* another gate; the last criterion's id */
	size_t               n, box;      /* criteria, bytes of a box */
	const struct person *extra;
	bool                 none; /* no box for the police */
};

static size_t
add_box(Sluis__Sealed *box, const struct person *p, size_t n)
{
	static uint8_t bytes[4096] = {7};

	sluis__sealed__init(box);
	box->oin     = message_borrow(p->oin);
	box->desk    = message_borrow(p->desk);
	box->has_box = 1;
	box->box     = (ProtobufCBinaryData){n, bytes};
	return 1;
}

static void
claim(const struct person *by, struct claim w, const char *want)
{
	Sluis__CaseGate       m = SLUIS__CASE_GATE__INIT;
	Sluis__CriterionClaim claims[N_CRITERIA], *list[N_CRITERIA];
	Sluis__Sealed         boxes[N_CRITERIA][2], *words[N_CRITERIA][2];
	struct ask_head       h;

	m.head        = head_of(&c, by, &h);
	m.has_case_id = 1;
	m.case_id     = id_bytes(id);
	m.gate        = message_borrow(w.gate == NULL ? "zvh-casus" : w.gate);
	m.n_claims    = w.n == 0 ? N_CRITERIA : w.n;
	m.claims      = list;
	for (size_t i = 0; i < m.n_claims; i++) {
		sluis__criterion_claim__init(list[i] = &claims[i]);
		claims[i].criterion   = message_borrow(criteria[i]);
		claims[i].explanation = words[i];
		words[i][0]           = &boxes[i][0];
		words[i][1]           = &boxes[i][1];
		size_t n =
		    w.none ? 0
		           : add_box(&boxes[i][0], &c.politie, w.box == 0 ? BOX : w.box);
		if (w.extra != NULL) n += add_box(&boxes[i][n], w.extra, BOX);
		claims[i].n_explanation = n;
	}
	if (w.last != NULL) claims[m.n_claims - 1].criterion = message_borrow(w.last);
	answered(region_ask(&c.region, by, TYPE_CASE_GATE, &m.base), want);
}

static void
judge(const struct person *by, size_t n, bool last, const char *want)
{
	Sluis__CaseGate           m = SLUIS__CASE_GATE__INIT;
	Sluis__CriterionJudgement items[N_CRITERIA], *list[N_CRITERIA];
	struct ask_head           h;

	m.head         = head_of(&c, by, &h);
	m.has_case_id  = 1;
	m.case_id      = id_bytes(id);
	m.gate         = message_borrow("zvh-casus");
	m.n_judgements = n;
	m.judgements   = list;
	for (size_t i = 0; i < n; i++) {
		sluis__criterion_judgement__init(list[i] = &items[i]);
		items[i].criterion = message_borrow(criteria[i]);
		items[i].has_met   = 1;
		items[i].met       = i + 1 < n || last;
	}
	answered(region_ask(&c.region, by, TYPE_CASE_GATE, &m.base), want);
}

static void
a_claim_explains_every_criterion_to_every_judge(void **state)
{
	(void)state;
	claim(&c.aandacht, (struct claim){0}, "not_in_this_state");
	be_in("zorg_straf");
	claim(&c.politie, (struct claim){0}, "not_found");
	claim(&c.aandacht, (struct claim){0}, "step_needs_something_first");
	sit(&c.politie, SLUIS__PARTICIPANT_AS__ADVISER);
	claim(&c.aandacht, (struct claim){0}, "step_needs_something_first");
	claim(&c.politie, (struct claim){0}, "step_not_for_this_desk");
	sit(&c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	claim(&c.aandacht, (struct claim){.gate = "riec-signaal"}, "not_in_this_state");
	claim(&c.aandacht, (struct claim){.gate = "nergens"}, "not_in_this_state");
	claim(&c.aandacht, (struct claim){.n = 3}, "step_needs_something_first");
	claim(&c.aandacht, (struct claim){.last = "persoon"}, "malformed");
	claim(&c.aandacht, (struct claim){.last = "weer"}, "malformed");
	claim(&c.aandacht, (struct claim){.none = true}, "step_needs_something_first");
	claim(&c.aandacht, (struct claim){.extra = &c.nla}, "step_needs_something_first");
	claim(&c.aandacht, (struct claim){.extra = &c.politie},
	    "step_needs_something_first");
	claim(&c.aandacht, (struct claim){.box = 48}, "malformed");
	claim(&c.aandacht, (struct claim){.box = 2049}, "too_large");
	assert_int_equal(
	    notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_GATE, NULL), 0);
	claim(&c.aandacht, (struct claim){.extra = &c.meldpunt}, "ok");
}

static void
a_judge_reads_its_own_words_only(void **state)
{
	AUTO(message_destroy) Sluis__Notice *n = NULL;
	(void)state;
	be_in("zorg_straf");
	sit(&c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	claim(&c.aandacht, (struct claim){.extra = &c.meldpunt}, "ok");
	assert_int_equal(notices(&c, &c.politie, SLUIS__NOTICE_KIND__NOTICE_GATE, &n), 1);
	assert_int_equal(n->n_claims, N_CRITERIA);
	for (size_t i = 0; i < N_CRITERIA; i++) {
		assert_int_equal(n->claims[i]->n_explanation, 1);
		assert_string_equal(n->claims[i]->explanation[0]->oin, OIN_POLICE);
		assert_string_equal(n->claims[i]->criterion, criteria[i]);
	}
	assert_int_equal(
	    notices(&c, &c.meldpunt, SLUIS__NOTICE_KIND__NOTICE_GATE, NULL), 0);
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_JUDGE_GATE), 1);
	assert_int_equal(tasks_of(&c.meldpunt, SLUIS__TASK_KIND__TASK_JUDGE_GATE), 0);
}

static void
each_judge_judges_once_and_not_for_another(void **state)
{
	(void)state;
	be_in("zorg_straf");
	sit(&c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	judge(&c.politie, N_CRITERIA, true, "step_not_for_this_desk");
	claim(&c.aandacht, (struct claim){0}, "ok");
	claim(&c.aandacht, (struct claim){0}, "step_needs_something_first");
	judge(&c.meldpunt, N_CRITERIA, true, "step_not_for_this_desk");
	judge(&c.aandacht, N_CRITERIA, true, "step_not_for_this_desk");
	judge(&c.politie, N_CRITERIA - 1, true, "step_needs_something_first");
	answered(case_move(&c, &c.aandacht, id, "nijmegen.naar_zvh"),
	    "step_needs_something_first");
	judge(&c.politie, N_CRITERIA, true, "ok");
	judge(&c.politie, N_CRITERIA, false, "step_not_for_this_desk");
	assert_int_equal(
	    notices(&c, &c.aandacht, SLUIS__NOTICE_KIND__NOTICE_GATE, NULL), 1);
	answered(case_move(&c, &c.aandacht, id, "nijmegen.naar_zvh"), "ok");
}

static void
after_a_criterion_was_not_met_it_may_be_claimed_anew(void **state)
{
	(void)state;
	be_in("zorg_straf");
	sit(&c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	claim(&c.aandacht, (struct claim){0}, "ok");
	judge(&c.politie, N_CRITERIA, false, "ok");
	answered(case_move(&c, &c.aandacht, id, "nijmegen.naar_zvh"),
	    "step_needs_something_first");
	claim(&c.aandacht, (struct claim){0}, "ok");
	judge(&c.politie, N_CRITERIA, true, "ok");
	answered(case_move(&c, &c.aandacht, id, "nijmegen.naar_zvh"), "ok");
}

/* --- exchange ---------------------------------------------------------------------- */

/* An exchange asked by BY with WITH; its id goes to X. */
static void
exchange_ask(
    const struct person *by, const struct person *with, uint8_t *x, const char *want)
{
	Sluis__CaseExchange m    = SLUIS__CASE_EXCHANGE__INIT;
	Sluis__Recipient    one  = SLUIS__RECIPIENT__INIT;
	Sluis__Recipient   *list = &one;
	struct ask_head     h;

	m.head        = head_of(&c, by, &h);
	m.has_case_id = 1;
	m.case_id     = id_bytes(id);
	one.oin       = message_borrow(with->oin);
	one.desk      = message_borrow(with->desk);
	m.n_with      = 1;
	m.with        = &list;
	if (x != NULL) memcpy(x, h.id, ID_BYTES);
	answered(region_ask(&c.region, by, TYPE_CASE_EXCHANGE, &m.base), want);
}

static void
vote(const struct person *by, const uint8_t x[ID_BYTES], int agree, const char *want)
{
	Sluis__CaseExchange m = SLUIS__CASE_EXCHANGE__INIT;
	struct ask_head     h;

	m.head            = head_of(&c, by, &h);
	m.has_case_id     = 1;
	m.case_id         = id_bytes(id);
	m.has_exchange_id = 1;
	m.exchange_id     = id_bytes(x);
	m.has_agree       = agree >= 0;
	m.agree           = agree > 0;
	answered(region_ask(&c.region, by, TYPE_CASE_EXCHANGE, &m.base), want);
}

static rc
check(const struct person *from, const uint8_t x[ID_BYTES], struct where *w)
{
	struct case_row row;
	struct seat_id  who = {0};

	memcpy(who.oin, from->oin, sizeof who.oin);
	memcpy(who.desk, from->desk, sizeof who.desk);
	must(store_get_case(c.region.broker.store, id, &row));
	return exchange_check(&c.region.broker, &row, &who, x, w);
}

static bool
agreed(
    const uint8_t case_id[ID_BYTES], const uint8_t x[ID_BYTES], const struct person *to)
{
	struct seat_id who = {0};
	bool           yes = false;

	memcpy(who.oin, to->oin, sizeof who.oin);
	memcpy(who.desk, to->desk, sizeof who.desk);
	must(exchange_agreed(&c.region.broker, case_id, x, &who, &yes));
	return yes;
}

/* Police, care coordinator and Veilig Thuis at the table of the ZVH. */
static void
sit_down(void)
{
	be_in("tafel_zvh");
	sit(&c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	sit(&c.veiligthuis, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	sit(&c.zorg, SLUIS__PARTICIPANT_AS__PARTICIPANT);
}

static void
an_exchange_is_asked_by_a_participant_with_others_in_the_case(void **state)
{
	(void)state;
	be_in("tafel_zvh");
	exchange_ask(&c.aandacht, &c.aandacht, NULL, "malformed");
	exchange_ask(&c.aandacht, &c.politie, NULL, "recipient_not_in_case");
	exchange_ask(&c.politie, &c.aandacht, NULL, "not_found");
	sit(&c.nla, SLUIS__PARTICIPANT_AS__ADVISER);
	exchange_ask(&c.nla, &c.aandacht, NULL, "step_not_for_this_desk");
	exchange_ask(&c.aandacht, &c.nla, NULL, "step_needs_something_first");
	sit(&c.zorg, SLUIS__PARTICIPANT_AS__THIRD_PARTY); /* did not declare */
	exchange_ask(&c.aandacht, &c.zorg, NULL, "recipient_not_in_case");
	be_in("gesloten");
	exchange_ask(&c.aandacht, &c.nla, NULL, "not_in_this_state");
}

static void
all_other_partners_agree_once_each(void **state)
{
	struct where w = {0};
	uint8_t      x[ID_BYTES], other[ID_BYTES] = {9};
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	assert_int_equal(check(&c.aandacht, x, &w), RC_WAITING);
	assert_int_equal(strncmp(w.at, "0 of ", 5), 0);
	assert_int_equal(check(&c.zorg, x, &w), RC_NOT_FOUND);
	assert_int_equal(check(&c.aandacht, other, &w), RC_NOT_FOUND);
	vote(&c.aandacht, x, 1, "step_not_for_this_desk");
	vote(&c.meldpunt, x, 1, "step_not_for_this_desk");
	vote(&c.nla, x, 1, "not_found");
	vote(&c.politie, other, 1, "not_found");
	vote(&c.politie, x, -1, "malformed");
	vote(&c.politie, x, 1, "ok");
	vote(&c.politie, x, 1, "step_not_for_this_desk");
	assert_int_equal(check(&c.aandacht, x, &w), RC_WAITING);
	assert_int_equal(strncmp(w.at, "1 of ", 5), 0);
	assert_false(agreed(id, x, &c.politie));
	vote(&c.veiligthuis, x, 1, "ok");
	if (tasks_of(&c.zorg, SLUIS__TASK_KIND__TASK_AGREE) != 0)
		vote(&c.zorg, x, 1, "ok");
	assert_int_equal(check(&c.aandacht, x, &w), RC_OK);
	assert_int_equal(check(&c.politie, x, &w), RC_OK);
	assert_true(agreed(id, x, &c.politie));
	assert_true(
	    notices(&c, &c.aandacht, SLUIS__NOTICE_KIND__NOTICE_EXCHANGE, NULL) > 1);
}

static void
an_agreement_is_for_its_case_its_recipients_and_its_convenant(void **state)
{
	struct where w = {0};
	uint8_t      x[ID_BYTES], first[ID_BYTES];
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	vote(&c.politie, x, 1, "ok");
	vote(&c.veiligthuis, x, 1, "ok");
	if (tasks_of(&c.zorg, SLUIS__TASK_KIND__TASK_AGREE) != 0)
		vote(&c.zorg, x, 1, "ok");
	assert_true(agreed(id, x, &c.politie));
	assert_false(agreed(id, x, &c.veiligthuis));
	memcpy(first, id, ID_BYTES);
	case_opened(&c, id);
	sit_down();
	assert_false(agreed(id, x, &c.politie));
	assert_int_equal(check(&c.aandacht, x, &w), RC_NOT_FOUND);
	memcpy(id, first, ID_BYTES);
	be_in("tafel_riec");
	assert_false(agreed(id, x, &c.politie));
	assert_int_equal(check(&c.aandacht, x, &w), RC_NOT_IN_STATE);
}

static void
one_objection_ends_it(void **state)
{
	struct where w = {0};
	uint8_t      x[ID_BYTES], y[ID_BYTES];
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	exchange_ask(&c.aandacht, &c.veiligthuis, y, "ok");
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_AGREE), 2);
	vote(&c.veiligthuis, x, 1, "ok");
	vote(&c.politie, x, 0, "ok");
	assert_int_equal(check(&c.aandacht, x, &w), RC_OBJECTED);
	vote(&c.politie, x, 1, "a_partner_objects");
	vote(&c.veiligthuis, x, 1, "a_partner_objects");
	assert_false(agreed(id, x, &c.politie));
	assert_int_equal(tasks_of(&c.politie, SLUIS__TASK_KIND__TASK_AGREE), 1);
	assert_int_equal(check(&c.aandacht, y, &w), RC_WAITING);
}

static void
removed(const struct person *whom, bool back)
{
	Sluis__ParticipantAs as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	answered(case_join(&c, &c.aandacht, id, whom, as, 1, true), "ok");
	if (back) answered(case_join(&c, &c.aandacht, id, whom, as, 1, false), "ok");
}

/* Nobody gets a consent by removing who might refuse it. */
static void
who_is_removed_before_it_spoke_did_not_agree(void **state)
{
	struct where w = {0};
	uint8_t      x[ID_BYTES];
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	vote(&c.politie, x, 1, "ok");
	removed(&c.veiligthuis, true);
	assert_int_equal(check(&c.aandacht, x, &w), RC_OBJECTED);
	assert_int_equal(tasks_of(&c.zorg, SLUIS__TASK_KIND__TASK_AGREE), 0);
	vote(&c.veiligthuis, x, 1, "a_partner_objects");
	assert_false(agreed(id, x, &c.politie));
}

static void
who_agreed_and_is_removed_agreed(void **state)
{
	struct where w = {0};
	uint8_t      x[ID_BYTES];
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	vote(&c.politie, x, 1, "ok");
	vote(&c.veiligthuis, x, 1, "ok");
	removed(&c.veiligthuis, true);
	if (tasks_of(&c.zorg, SLUIS__TASK_KIND__TASK_AGREE) != 0)
		vote(&c.zorg, x, 1, "ok");
	assert_int_equal(check(&c.aandacht, x, &w), RC_OK);
}

static void
a_question_is_not_asked_again_while_it_is_open(void **state)
{
	uint8_t x[ID_BYTES];
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	exchange_ask(&c.aandacht, &c.politie, NULL, "step_needs_something_first");
	exchange_ask(&c.veiligthuis, &c.politie, NULL, "ok");
	vote(&c.politie, x, 0, "ok");
	exchange_ask(&c.aandacht, &c.politie, NULL, "ok");
}

static void
a_judge_that_is_removed_makes_no_gate_met(void **state)
{
	(void)state;
	be_in("zorg_straf");
	sit(&c.politie, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	claim(&c.aandacht, (struct claim){0}, "ok");
	removed(&c.politie, true);
	answered(case_move(&c, &c.aandacht, id, "nijmegen.naar_zvh"),
	    "step_needs_something_first");
	judge(&c.politie, N_CRITERIA, true, "step_not_for_this_desk");
	claim(&c.aandacht, (struct claim){0}, "ok");
	judge(&c.politie, N_CRITERIA, true, "ok");
	answered(case_move(&c, &c.aandacht, id, "nijmegen.naar_zvh"), "ok");
}

/* One party has one voice, however many of its desks sit there; who sits unseen has none.
 */
static void
who_sits_unseen_has_no_voice(void **state)
{
	uint8_t x[ID_BYTES];
	(void)state;
	sit_down();
	case_put_seat(&c, id, &c.veiligthuis, SLUIS__PARTICIPANT_AS__PARTICIPANT, 2, 2);
	exchange_ask(&c.aandacht, &c.veiligthuis, NULL, "recipient_not_in_case");
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	assert_int_equal(tasks_of(&c.veiligthuis, SLUIS__TASK_KIND__TASK_AGREE), 0);
}

/* A small municipality for which another one signed has a voice of its own. */
static void
who_did_not_sign_itself_has_a_voice_too(void **state)
{
	struct person   small = {.oin = "00000099000000100000", .desk = "meldpunt"};
	struct exchange one, two;
	uint8_t         x[ID_BYTES], y[ID_BYTES];
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	sit(&small, SLUIS__PARTICIPANT_AS__PARTICIPANT);
	exchange_ask(&c.aandacht, &c.veiligthuis, y, "ok");
	must(exchange_read(&c.region.broker, id, x, &one));
	must(exchange_read(&c.region.broker, id, y, &two));
	assert_int_equal(two.waiting, one.waiting + 1);
}

static void
a_submission_waits_for_consent(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a      = NULL;
	AUTO(buf_wipe) struct buf            signal = buf_init(SIGNAL_MAX);
	Sluis__Submit                        m      = SLUIS__SUBMIT__INIT;
	Sluis__Recipient                     to = SLUIS__RECIPIENT__INIT, *list = &to;
	struct ask_head                      h;
	uint8_t                              x[ID_BYTES];
	(void)state;
	sit_down();
	exchange_ask(&c.aandacht, &c.politie, x, "ok");
	signal_from_file("03-forced-to-steal.json", &signal);
	m.head            = head_of(&c, &c.aandacht, &h);
	m.convenant       = message_borrow("zvh");
	m.phase           = message_borrow("1");
	m.purpose         = message_borrow("casusoverleg");
	m.has_case_id     = 1;
	m.case_id         = id_bytes(id);
	m.has_exchange_id = 1;
	m.exchange_id     = id_bytes(x);
	m.n_recipients    = 1;
	m.recipients      = &list;
	to.oin            = message_borrow(c.politie.oin);
	to.desk           = message_borrow(c.politie.desk);
	m.has_signal      = 1;
	m.signal          = message_borrow_bytes(signal.p, signal.n);
	a                 = region_ask(&c.region, &c.aandacht, TYPE_SUBMIT, &m.base);
	assert_string_equal(a->code, "waiting_for_consent");
	assert_int_equal(strncmp(a->where, "0 of ", 5), 0);
	vote(&c.politie, x, 0, "ok");
	m.head = head_of(&c, &c.aandacht, &h);
	answered(region_ask(&c.region, &c.aandacht, TYPE_SUBMIT, &m.base),
	    "a_partner_objects");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(partners_are_asked_where_the_route_says_so),
	    TEST(a_full_history_takes_no_more_but_the_case_can_go_on),
	    TEST(each_answers_once_and_more_once_before),
	    TEST(who_was_asked_again_may_say_more_again),
	    TEST(who_sits_unseen_asks_and_judges_nothing_at_layer_1),
	    TEST(an_act_of_layer_2_fits_however_many_sit_there),
	    TEST(a_verdict_is_for_who_may_make_the_step),
	    TEST(a_claim_explains_every_criterion_to_every_judge),
	    TEST(a_judge_reads_its_own_words_only),
	    TEST(each_judge_judges_once_and_not_for_another),
	    TEST(after_a_criterion_was_not_met_it_may_be_claimed_anew),
	    TEST(an_exchange_is_asked_by_a_participant_with_others_in_the_case),
	    TEST(all_other_partners_agree_once_each),
	    TEST(an_agreement_is_for_its_case_its_recipients_and_its_convenant),
	    TEST(one_objection_ends_it),
	    TEST(who_is_removed_before_it_spoke_did_not_agree),
	    TEST(who_agreed_and_is_removed_agreed),
	    TEST(a_question_is_not_asked_again_while_it_is_open),
	    TEST(a_judge_that_is_removed_makes_no_gate_met),
	    TEST(who_sits_unseen_has_no_voice),
	    TEST(who_did_not_sign_itself_has_a_voice_too),
	    TEST(a_submission_waits_for_consent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
