/* SPDX-License-Identifier: EUPL-1.2 */
/* test_step.c - who may step where and when, and what a history says of a case. */
#include "policy/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof(a)[0])

/* --- one step -------------------------------------------------------------------- */

static const char *const      from[] = {"a", "b", NULL};
static const struct seat_info by[]   = {{"police", "avim"}, {"om", NULL}};
static const struct step_info step   = {.id = "w.on",
      .from                                 = from,
      .to                                   = "c",
      .n_by                                 = 2,
      .by                                   = by,
      .needs                                = CASE_ENRICHED | CASE_ALIGNED,
      .forbids                              = CASE_GATE_FAILED};

enum { ENOUGH = CASE_ENRICHED | CASE_ALIGNED };

static void
only_the_named_seats_may_step(void **state)
{
	(void)state;
	static const struct {
		const char *role, *desk;
		rc          code;
	} who[] = {{"police", "avim", RC_OK}, {"om", "beleid", RC_OK},
	    {"om", NULL, RC_OK}, {"police", "teamleiding", RC_NOT_YOUR_STEP},
	    {"police", NULL, RC_NOT_YOUR_STEP}, {"police", "", RC_NOT_YOUR_STEP},
	    {"police", "avi", RC_NOT_YOUR_STEP}, {"police", "avim2", RC_NOT_YOUR_STEP},
	    {"municipality", "avim", RC_NOT_YOUR_STEP}, {"", "avim", RC_NOT_YOUR_STEP},
	    {NULL, "avim", RC_NOT_YOUR_STEP}, {"nla", NULL, RC_NOT_YOUR_STEP}};
	for (size_t i = 0; i < N(who); i++) {
		unsigned missing = 99;
		assert_int_equal(
		    route_may(&step, "a", who[i].role, who[i].desk, ENOUGH, &missing),
		    who[i].code);
		assert_int_equal(missing, 0);
	}
}

static void
a_step_begins_only_where_the_route_says(void **state)
{
	(void)state;
	assert_int_equal(route_may(&step, "b", "om", NULL, ENOUGH, NULL), RC_OK);
	assert_int_equal(route_may(&step, "c", "om", NULL, ENOUGH, NULL), RC_NO_STEP);
	assert_int_equal(route_may(&step, "", "om", NULL, ENOUGH, NULL), RC_NO_STEP);
	assert_int_equal(route_may(&step, NULL, "om", NULL, ENOUGH, NULL), RC_NO_STEP);
	/* a stranger is told of the state first, and never what is missing */
	unsigned missing = 99;
	assert_int_equal(route_may(&step, "c", "nla", NULL, 0, &missing), RC_NO_STEP);
	assert_int_equal(
	    route_may(&step, "a", "nla", NULL, 0, &missing), RC_NOT_YOUR_STEP);
	assert_int_equal(missing, 0);
}

static void
what_is_missing_or_in_the_way_is_named(void **state)
{
	(void)state;
	unsigned missing = 0;
	assert_int_equal(route_may(&step, "a", "om", NULL, 0, &missing), RC_STEP_NEEDS);
	assert_int_equal(missing, ENOUGH);
	assert_int_equal(
	    route_may(&step, "a", "om", NULL, CASE_ALIGNED, &missing), RC_STEP_NEEDS);
	assert_int_equal(missing, CASE_ENRICHED);
	assert_int_equal(
	    route_may(&step, "a", "om", NULL, ENOUGH | CASE_GATE_FAILED, &missing),
	    RC_STEP_NEEDS);
	assert_int_equal(missing, CASE_GATE_FAILED);
	assert_int_equal(
	    route_may(&step, "a", "om", NULL, ENOUGH | CASE_SUSPECTED, &missing), RC_OK);
	assert_int_equal(missing, 0);
	assert_int_equal(route_may(&step, "a", "om", NULL, 0, NULL), RC_STEP_NEEDS);
}

static void
every_fact_has_one_name(void **state)
{
	(void)state;
	size_t n = 0;
	for (unsigned bit = 0; bit < 32; bit++) {
		const char    *name = case_fact_name((enum case_fact)(1u << bit));
		enum case_fact back;
		if (name == NULL) continue;
		n++;
		assert_true(case_fact_from_name(name, &back));
		assert_int_equal(back, 1u << bit);
	}
	assert_int_equal(n, 11);
	enum case_fact f = CASE_ALIGNED;
	assert_false(case_fact_from_name("", &f));
	assert_false(case_fact_from_name("Enriched", &f));
	assert_null(case_fact_name((enum case_fact)3));
	assert_null(case_fact_name((enum case_fact)0));
	assert_int_equal(f, CASE_ALIGNED);
}

/* --- histories ------------------------------------------------------------------- */

static char POLICE[] = "00000099000000020000", NLA[] = "00000099000000030000",
            avim[] = "avim", lead[] = "teamleiding";

static Sluis__CaseStep
act(Sluis__StepKind kind, char *oin, char *desk)
{
	Sluis__CaseStep s = SLUIS__CASE_STEP__INIT;
	s.has_kind        = 1;
	s.kind            = kind;
	s.by_oin          = oin;
	s.by_desk         = desk;
	return s;
}

static void
happens(struct case_facts *f, Sluis__StepKind kind)
{
	Sluis__CaseStep s = act(kind, POLICE, avim);
	case_facts_fold(f, &s);
}

static void
asks(struct case_facts *f, char *oin, char *desk)
{
	Sluis__Participant who = SLUIS__PARTICIPANT__INIT;
	Sluis__CaseStep    s   = act(SLUIS__STEP_KIND__STEP_ALIGN_ASKED, NLA, lead);
	who.oin                = oin;
	who.desk               = desk;
	s.whom                 = &who;
	case_facts_fold(f, &s);
}

static void
answers(struct case_facts *f, char *oin, char *desk, Sluis__AlignAnswer answer)
{
	Sluis__CaseStep s = act(SLUIS__STEP_KIND__STEP_ALIGN_ANSWERED, oin, desk);
	s.has_answer      = 1;
	s.answer          = answer;
	case_facts_fold(f, &s);
}

static void
says(struct case_facts *f, bool strengthened)
{
	Sluis__CaseStep s = act(SLUIS__STEP_KIND__STEP_VERDICT, POLICE, avim);
	s.strengthened    = strengthened;
	case_facts_fold(f, &s);
}

static void
judges(struct case_facts *f, char *oin, char *desk, size_t n, const bool *met)
{
	Sluis__CriterionJudgement all[4], *list[4];
	Sluis__CaseStep           s = act(SLUIS__STEP_KIND__STEP_GATE_JUDGED, oin, desk);
	for (size_t i = 0; i < n; i++) {
		sluis__criterion_judgement__init(&all[i]);
		all[i].has_met = 1;
		all[i].met     = met[i];
		list[i]        = &all[i];
	}
	s.n_judgements = n;
	s.judgements   = list;
	case_facts_fold(f, &s);
}

static const bool all_met[] = {true, true}, one_not[] = {true, false};

static void
nothing_follows_from_an_empty_history(void **state)
{
	(void)state;
	struct case_facts f = {0};
	assert_int_equal(f.facts, 0);
	happens(&f, SLUIS__STEP_KIND__STEP_OPENED);
	happens(&f, SLUIS__STEP_KIND__STEP_JOINED);
	happens(&f, SLUIS__STEP_KIND__STEP_SHARED); /* sharing is no enrichment */
	happens(&f, SLUIS__STEP_KIND__STEP_MOVED);
	happens(&f, SLUIS__STEP_KIND__STEP_FEEDBACK);
	assert_int_equal(f.facts, 0);
}

static void
an_enrichment_lasts_and_the_last_verdict_counts(void **state)
{
	(void)state;
	struct case_facts f = {0};
	says(&f, true);
	assert_int_equal(f.facts, CASE_STRENGTHENED);
	happens(&f, SLUIS__STEP_KIND__STEP_ENRICHED);
	says(&f, false);
	assert_int_equal(f.facts, CASE_ENRICHED | CASE_NOT_STRENGTHENED);
	happens(&f, SLUIS__STEP_KIND__STEP_MOVED);
	assert_int_equal(f.facts, CASE_ENRICHED | CASE_NOT_STRENGTHENED);
}

static void
alignment_waits_for_everybody_who_was_asked(void **state)
{
	(void)state;
	const Sluis__AlignAnswer YES  = SLUIS__ALIGN_ANSWER__ALIGN_YES;
	const Sluis__AlignAnswer NO   = SLUIS__ALIGN_ANSWER__ALIGN_NO;
	const Sluis__AlignAnswer MORE = SLUIS__ALIGN_ANSWER__ALIGN_MORE;
	struct case_facts        f    = {0};
	answers(&f, POLICE, avim, YES); /* nobody asked */
	assert_int_equal(f.facts, 0);
	asks(&f, POLICE, avim);
	asks(&f, NLA, lead);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED);
	answers(&f, POLICE, lead, YES); /* another desk */
	assert_int_equal(f.facts, CASE_ALIGN_ASKED);
	answers(&f, POLICE, avim, YES);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_SUSPECTED);
	answers(&f, NLA, lead, MORE); /* is no answer yet */
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_SUSPECTED);
	answers(&f, NLA, lead, NO);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_SUSPECTED | CASE_ALIGNED);
	answers(&f, POLICE, avim, NO); /* thought better of it */
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_ALIGNED);
	asks(&f, POLICE, avim); /* asked again, once */
	assert_int_equal(f.facts, CASE_ALIGN_ASKED);
	answers(&f, POLICE, avim, YES);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_SUSPECTED | CASE_ALIGNED);
}

static void
who_leaves_without_an_answer_is_not_waited_for(void **state)
{
	(void)state;
	struct case_facts f = {0};
	asks(&f, POLICE, avim);
	happens(&f, SLUIS__STEP_KIND__STEP_LEFT);
	assert_int_equal(f.facts, 0); /* nobody is asked now: that is no agreement */
	asks(&f, POLICE, avim);
	asks(&f, NLA, lead);
	answers(&f, NLA, lead, SLUIS__ALIGN_ANSWER__ALIGN_NO);
	happens(&f, SLUIS__STEP_KIND__STEP_LEFT);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_ALIGNED);
	/* whoever answered and left has answered */
	Sluis__CaseStep left = act(SLUIS__STEP_KIND__STEP_LEFT, NLA, lead);
	case_facts_fold(&f, &left);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_ALIGNED);
}

static void
more_voices_than_can_be_kept_never_agree(void **state)
{
	(void)state;
	struct case_facts f        = {0};
	char              desk[32] = "d00";
	for (int i = 0; i < CASE_VOICES_MAX + 1; i++) {
		desk[1] = (char)('0' + i / 10);
		desk[2] = (char)('0' + i % 10);
		asks(&f, NLA, desk);
		answers(&f, NLA, desk, SLUIS__ALIGN_ANSWER__ALIGN_YES);
	}
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_SUSPECTED);
}

static void
a_gate_is_met_when_all_who_judge_find_so(void **state)
{
	(void)state;
	struct case_facts f = {.judges = 2};
	judges(&f, POLICE, avim, 2, all_met); /* nothing was claimed */
	assert_int_equal(f.facts, 0);
	happens(&f, SLUIS__STEP_KIND__STEP_GATE_CLAIMED);
	assert_int_equal(f.facts, CASE_GATE_CLAIMED);
	judges(&f, POLICE, avim, 2, all_met);
	judges(&f, POLICE, avim, 2, all_met); /* twice is still one */
	assert_int_equal(f.facts, CASE_GATE_CLAIMED);
	judges(&f, NLA, lead, 0, NULL); /* judges nothing */
	assert_int_equal(f.facts, CASE_GATE_CLAIMED);
	judges(&f, NLA, lead, 2, all_met);
	assert_int_equal(f.facts, CASE_GATE_CLAIMED | CASE_GATE_MET);
	judges(&f, NLA, lead, 2, one_not);
	assert_int_equal(f.facts, CASE_GATE_CLAIMED | CASE_GATE_FAILED);
	happens(&f, SLUIS__STEP_KIND__STEP_GATE_CLAIMED); /* explained anew: judge anew */
	assert_int_equal(f.facts, CASE_GATE_CLAIMED);
}

static void
what_a_gate_found_stays_in_its_state(void **state)
{
	(void)state;
	struct case_facts f = {0};
	happens(&f, SLUIS__STEP_KIND__STEP_GATE_CLAIMED);
	judges(&f, POLICE, avim, 1, all_met);
	assert_int_equal(f.facts, CASE_GATE_CLAIMED | CASE_GATE_MET);
	happens(&f, SLUIS__STEP_KIND__STEP_MOVED);
	assert_int_equal(f.facts, 0);
	judges(&f, POLICE, avim, 1, all_met);
	assert_int_equal(f.facts, 0);
}

static void
a_claim_is_void_when_who_had_to_judge_it_was_removed(void **state)
{
	(void)state;
	struct case_facts f   = {0};
	char              g[] = "zvh-casus";
	happens(&f, SLUIS__STEP_KIND__STEP_GATE_CLAIMED);
	judges(&f, POLICE, avim, 1, all_met);
	happens(&f, SLUIS__STEP_KIND__STEP_LEFT); /* somebody who had not to judge */
	assert_int_equal(f.facts, CASE_GATE_CLAIMED | CASE_GATE_MET);
	Sluis__CaseStep left = act(SLUIS__STEP_KIND__STEP_LEFT, NLA, lead);
	left.gate            = g;
	case_facts_fold(&f, &left);
	assert_int_equal(f.facts, 0);
}

static void
acts_of_layer_2_say_nothing(void **state)
{
	(void)state;
	struct case_facts f = {0};
	for (int kind = SLUIS__STEP_KIND__STEP_OPENED;
	     kind <= SLUIS__STEP_KIND__STEP_REMOVED; kind++) {
		Sluis__CaseStep s = act((Sluis__StepKind)kind, POLICE, avim);
		s.has_layer       = 1;
		s.layer           = 2;
		s.strengthened    = 1;
		case_facts_fold(&f, &s);
	}
	assert_int_equal(f.facts, 0);
}

static void
names_that_are_too_long_or_missing_break_nothing(void **state)
{
	(void)state;
	struct case_facts f = {0};
	char              longest[100];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	asks(&f, longest, longest);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED); /* and never aligned */
	asks(&f, POLICE, avim);
	answers(&f, POLICE, avim, SLUIS__ALIGN_ANSWER__ALIGN_YES);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_SUSPECTED);
	answers(&f, NULL, NULL, SLUIS__ALIGN_ANSWER__ALIGN_YES);
	Sluis__CaseStep nobody = act(SLUIS__STEP_KIND__STEP_ALIGN_ASKED, NULL, NULL);
	case_facts_fold(&f, &nobody);
	nobody.kind = SLUIS__STEP_KIND__STEP_LEFT;
	case_facts_fold(&f, &nobody);
	assert_int_equal(f.facts, CASE_ALIGN_ASKED | CASE_SUSPECTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_the_named_seats_may_step),
	    cmocka_unit_test(a_step_begins_only_where_the_route_says),
	    cmocka_unit_test(what_is_missing_or_in_the_way_is_named),
	    cmocka_unit_test(every_fact_has_one_name),
	    cmocka_unit_test(nothing_follows_from_an_empty_history),
	    cmocka_unit_test(an_enrichment_lasts_and_the_last_verdict_counts),
	    cmocka_unit_test(alignment_waits_for_everybody_who_was_asked),
	    cmocka_unit_test(who_leaves_without_an_answer_is_not_waited_for),
	    cmocka_unit_test(more_voices_than_can_be_kept_never_agree),
	    cmocka_unit_test(a_gate_is_met_when_all_who_judge_find_so),
	    cmocka_unit_test(what_a_gate_found_stays_in_its_state),
	    cmocka_unit_test(a_claim_is_void_when_who_had_to_judge_it_was_removed),
	    cmocka_unit_test(acts_of_layer_2_say_nothing),
	    cmocka_unit_test(names_that_are_too_long_or_missing_break_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
