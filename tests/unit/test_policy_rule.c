/* SPDX-License-Identifier: EUPL-1.2 */
/* policy_rule() and ruling_cells(): precedence, dates, sources, audiences, facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

#define BIT(f) ((factset)1 << (f))

#define CITY "00000099000000000010"
#define COPS "00000099000000000020"
#define CARE "00000099000000000030"
#define TAX "00000099000000000040"
#define GUEST "00000099000000000050"
#define CLERK "00000099000000000060"

enum {
	WITHHELD      = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDONYMISED = SLUIS__ACTION__ACTION_PSEUDONYMISE,
	GENERALISED   = SLUIS__ACTION__ACTION_GENERALISE,
	RELEASED      = SLUIS__ACTION__ACTION_RELEASE,
};

/* A question that is answered with RC_OK in the small world. */
static struct question
usual(void)
{
	return (struct question){.convenant = "t",
	    .phase                          = "1",
	    .purpose                        = "help",
	    .sender_oin                     = CITY,
	    .sender_desk                    = "front",
	    .recipient_oin                  = COPS,
	    .today                          = day("2025-06-01")};
}

static struct policy *
world(const char *bars, const char *rules)
{
	return bundle_policy(bundle_small(bars, rules));
}

static struct ruling
ask(const struct policy *p, struct question q)
{
	struct ruling r;
	policy_rule(p, &q, &r);
	return r;
}

static struct cell
cell_at(const struct ruling *r, factset record, const char *field)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	assert_non_null(schema_find(field));
	ruling_cells(r, record, cells);
	return cells[schema_find(field)->index];
}

static int
action_on(const struct policy *p, struct question q, factset record, const char *field)
{
	struct ruling r = ask(p, q);
	assert_int_equal(r.code, RC_OK);
	return cell_at(&r, record, field).action;
}

/* RULES decide persons.bsn for the cops as ACTION, by the rule called ID. */
static void
decides(const char *bars, const char *rules, factset record, int action, const char *id)
{
	AUTO(policy_destroy) struct policy *p = world(bars, rules);
	struct ruling                       r = ask(p, usual());
	assert_int_equal(r.code, RC_OK);
	struct cell c = cell_at(&r, record, "persons.bsn");
	assert_int_equal(c.action, action);
	const struct rule_info *info = policy_rule_info(p, c.rule);
	if (id == NULL)
		assert_null(info);
	else
		assert_string_equal(info == NULL ? "none" : info->id, id);
}

/* --- silence --------------------------------------------------------------------------
 */

#define FORM                                                                      \
	"  - {id: form, article: A, recipients: [everyone], categories: [form], " \
	"action: release}\n"

static void
silence_withholds_without_a_rule(void **state)
{
	(void)state;
	decides(NULL, FORM, 0, WITHHELD, NULL);
}

static void
one_rule_grants_its_fields_and_nothing_else(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct ruling                       r = ask(p, usual());
	struct cell                         cells[SCHEMA_FIELDS_MAX];
	ruling_cells(&r, 0, cells);
	for (unsigned i = 0; i < SCHEMA_FIELDS_MAX; i++) {
		bool form = i == schema_find("exploitation.types")->index;
		assert_int_equal(cells[i].action, form ? RELEASED : WITHHELD);
		assert_int_equal(cells[i].rule == RULE_NONE, !form);
	}
}

/* --- precedence ------------------------------------------------------------------ */

#define CAT(id, action, more)                                                       \
	"  - {id: " id                                                              \
	", article: A, recipients: [cops], categories: [bsn], action: " action more \
	"}\n"
#define FIELD(id, action, more)                                                         \
	"  - {id: " id                                                                  \
	", article: A, recipients: [cops], fields: [persons.bsn], action: " action more \
	"}\n"
#define CAT_DESK(id, action)                                                        \
	"  - {id: " id                                                              \
	", article: A, recipients: [cops/vice], categories: [bsn], action: " action \
	"}\n"
#define FIELD_DESK(id, action)                                                          \
	"  - {id: " id                                                                  \
	", article: A, recipients: [cops/vice], fields: [persons.bsn], action: " action \
	"}\n"

static void
field_beats_category_both_ways(void **state)
{
	(void)state;
	decides(
	    NULL, CAT("a", "withhold", "") FIELD("b", "release", ""), 0, RELEASED, "b");
	decides(
	    NULL, CAT("a", "release", "") FIELD("b", "withhold", ""), 0, WITHHELD, "b");
	decides(
	    NULL, FIELD("b", "withhold", "") CAT("a", "release", ""), 0, WITHHELD, "b");
}

static void
desk_beats_role_both_ways(void **state)
{
	(void)state;
	decides(
	    NULL, CAT("a", "withhold", "") CAT_DESK("b", "release"), 0, RELEASED, "b");
	decides(
	    NULL, CAT("a", "release", "") CAT_DESK("b", "withhold"), 0, WITHHELD, "b");
}

static void
field_for_the_role_beats_category_for_the_desk(void **state)
{
	(void)state;
	decides(
	    NULL, CAT_DESK("a", "release") FIELD("b", "withhold", ""), 0, WITHHELD, "b");
	decides(
	    NULL, CAT_DESK("a", "withhold") FIELD("b", "release", ""), 0, RELEASED, "b");
	decides(NULL, FIELD("a", "release", "") FIELD_DESK("b", "withhold"), 0, WITHHELD,
	    "b");
}

static void
between_equals_the_stricter_wins_whatever_the_order(void **state)
{
	(void)state;
	static const char *const actions[] = {
	    "withhold", "pseudonymise", "generalise, to: present", "release"};
	static const int codes[] = {WITHHELD, PSEUDONYMISED, GENERALISED, RELEASED};
	for (int a = 0; a < 4; a++) {
		for (int b = 0; b < 4; b++) {
			char rules[600];
			snprintf(rules, sizeof rules,
			    FORM CAT("a", "%s", "") CAT("b", "%s", ""), actions[a],
			    actions[b]);
			decides(NULL, rules, 0, codes[a < b ? a : b], a <= b ? "a" : "b");
		}
	}
}

static void
between_ways_to_generalise_the_one_that_tells_less_wins(void **state)
{
	(void)state;
	const char *rules = "  - {id: y, article: A, recipients: [cops], fields: "
	                    "[persons.birth_date], action: generalise, to: year}\n"
	                    "  - {id: p, article: A, recipients: [cops], fields: "
	                    "[persons.birth_date], action: generalise, to: present}\n";
	AUTO(policy_destroy) struct policy *p = world(NULL, rules);
	struct ruling                       r = ask(p, usual());
	struct cell                         c = cell_at(&r, 0, "persons.birth_date");
	assert_int_equal(c.action, GENERALISED);
	assert_int_equal(c.generalise, GENERALISE_PRESENT);
	assert_string_equal(policy_rule_info(p, c.rule)->id, "p");
}

static void
between_the_very_same_the_first_is_named(void **state)
{
	(void)state;
	decides(NULL, CAT("z", "release", "") CAT("a", "release", ""), 0, RELEASED, "z");
}

static void
a_more_specific_rule_that_does_not_hold_leaves_the_general_one(void **state)
{
	(void)state;
	decides(NULL, CAT("a", "release", "") FIELD("b", "withhold", ", when: [victim]"),
	    0, RELEASED, "a");
	decides(NULL, CAT("a", "release", "") FIELD("b", "withhold", ", when: [victim]"),
	    BIT(FACT_VICTIM), WITHHELD, "b");
}

/* --- bars ------------------------------------------------------------------------ */

static void
a_bar_beats_the_most_specific_grant(void **state)
{
	(void)state;
	decides("  - {id: bar, article: A, action: withhold, categories: [bsn]}\n",
	    FIELD_DESK("r", "release"), 0, WITHHELD, "bar");
}

static void
a_bar_holds_for_its_facts_only(void **state)
{
	(void)state;
	const char *bar = "  - {id: bar, article: A, action: withhold, categories: "
	                  "[bsn], when: [victim, "
	                  "minor], unless: [consent_care]}\n";
	factset     victim_minor = BIT(FACT_VICTIM) | BIT(FACT_MINOR);
	decides(bar, CAT("r", "release", ""), 0, RELEASED, "r");
	decides(bar, CAT("r", "release", ""), BIT(FACT_VICTIM), RELEASED, "r");
	decides(bar, CAT("r", "release", ""), victim_minor, WITHHELD, "bar");
	decides(bar, CAT("r", "release", ""), victim_minor | BIT(FACT_CONSENT_CARE),
	    RELEASED, "r");
}

static void
a_bar_holds_for_its_recipients_only(void **state)
{
	(void)state;
	decides("  - {id: bar, article: A, action: withhold, recipients: [care]}\n",
	    CAT("r", "release", ""), 0, RELEASED, "r");
	decides(
	    "  - {id: bar, article: A, action: withhold, except_recipients: [care]}\n",
	    CAT("r", "release", ""), 0, WITHHELD, "bar");
	decides(
	    "  - {id: bar, article: A, action: withhold, except_recipients: [cops]}\n",
	    CAT("r", "release", ""), 0, RELEASED, "r");
	decides(
	    "  - {id: bar, article: A, action: withhold, recipients: [cops/traffic]}\n",
	    CAT("r", "release", ""), 0, RELEASED, "r");
	decides("  - {id: bar, article: A, action: withhold, recipients: [cops/vice]}\n",
	    CAT("r", "release", ""), 0, WITHHELD, "bar");
}

static void
a_bar_without_fields_hits_all_and_spares_its_exceptions(void **state)
{
	(void)state;
	decides("  - {id: bar, article: A, action: withhold}\n",
	    FIELD("r", "release", ""), 0, WITHHELD, "bar");
	decides(
	    "  - {id: bar, article: A, action: withhold, except_categories: [form]}\n",
	    FIELD("r", "release", ""), 0, WITHHELD, "bar");
	decides(
	    "  - {id: bar, article: A, action: withhold, except_fields: [persons.bsn]}\n",
	    FIELD("r", "release", ""), 0, RELEASED, "r");
}

static void
a_bar_hits_non_signatories_too(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    world("  - {id: bar, article: A, action: withhold, categories: [sector]}\n",
	        "  - {id: r, article: A, for: [non_signatory], recipients: [tax], "
	        "categories: [form, "
	        "sector], action: release}\n");
	struct question q = usual();
	q.recipient_oin   = TAX;
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
	assert_int_equal(action_on(p, q, 0, "exploitation.sector"), WITHHELD);
}

static void
a_refusing_bar_refuses_the_whole_signal_with_its_code(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    world("  - {id: cie, article: A, action: refuse, when: [cie], code: "
	          "cie_information_refused}\n"
	          "  - {id: two, article: A, action: refuse, when: [layer_2]}\n",
	        FORM);
	struct question q = usual();
	q.message         = BIT(FACT_CIE);
	struct ruling r   = ask(p, q);
	assert_int_equal(r.code, RC_CIE);
	assert_true(r.refused);
	assert_string_equal(policy_rule_info(p, r.rule)->id, "cie");
	assert_string_equal(r.change, "no longer all of: cie");
	q.message = BIT(FACT_LAYER_2);
	r         = ask(p, q);
	assert_int_equal(r.code, RC_BARRED);
	assert_true(r.refused);
}

static void
a_refusing_bar_comes_before_every_other_check(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world("  - {id: cie, article: A, action: refuse, when: [cie], "
	                         "code: cie_information_refused}\n",
	    FORM);
	struct question q = {.convenant = "t", .message = BIT(FACT_CIE)};
	struct ruling   r = ask(p, q);
	assert_int_equal(r.code, RC_CIE);
	assert_true(r.refused);
}

static void
an_excluding_bar_denies_one_recipient_and_not_the_signal(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world("  - {id: x, article: A, action: exclude, recipients: "
	                           "[cops], when: [layer_2], code: "
	                           "recipient_not_entitled}\n",
	     FORM);
	struct question q = usual();
	q.message         = BIT(FACT_LAYER_2);
	struct ruling r   = ask(p, q);
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	assert_false(r.refused);
	assert_string_equal(policy_rule_info(p, r.rule)->id, "x");
	q.recipient_oin = CARE;
	assert_int_equal(ask(p, q).code, RC_OK);
	q.recipient_oin = COPS;
	q.message       = 0;
	assert_int_equal(ask(p, q).code, RC_OK);
}

/* --- conditions ------------------------------------------------------------------ */

#define HARD                                                                         \
	CAT("r", "release",                                                          \
	    ", when: [victim, adult], when_any: [consent_care, emergency], unless: " \
	    "[embargo, "                                                             \
	    "layer_2]")

static void
all_of_when_any_of_when_any_none_of_unless(void **state)
{
	(void)state;
	factset base = BIT(FACT_VICTIM) | BIT(FACT_ADULT);
	decides(NULL, HARD, base | BIT(FACT_CONSENT_CARE), RELEASED, "r");
	decides(NULL, HARD, base, WITHHELD, NULL);
	decides(NULL, HARD, BIT(FACT_VICTIM) | BIT(FACT_CONSENT_CARE), WITHHELD, NULL);
	AUTO(policy_destroy) struct policy *p = world(NULL, HARD FORM);
	struct question                     q = usual();
	q.message                             = BIT(FACT_EMERGENCY);
	assert_int_equal(action_on(p, q, base, "persons.bsn"), RELEASED);
	q.message = BIT(FACT_EMERGENCY) | BIT(FACT_EMBARGO);
	assert_int_equal(action_on(p, q, base, "persons.bsn"), WITHHELD);
	q.message = BIT(FACT_EMERGENCY) | BIT(FACT_LAYER_2);
	assert_int_equal(action_on(p, q, base, "persons.bsn"), WITHHELD);
}

static void
two_records_in_one_signal_are_ruled_apart(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL, CAT("v", "release", ", when: [victim]")
	                                   CAT("s", "pseudonymise", ", when: [suspect]"));
	struct ruling  r = ask(p, usual());
	assert_int_equal(cell_at(&r, BIT(FACT_VICTIM), "persons.bsn").action, RELEASED);
	assert_int_equal(
	    cell_at(&r, BIT(FACT_SUSPECT), "persons.bsn").action, PSEUDONYMISED);
	assert_int_equal(cell_at(&r, BIT(FACT_WITNESS), "persons.bsn").action, WITHHELD);
	assert_int_equal(cell_at(&r, 0, "persons.bsn").action, WITHHELD);
}

static void
a_record_cannot_state_facts_of_the_message(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL, CAT("r", "release", ", when: [emergency]") FORM);
	struct ruling  r = ask(p, usual());
	assert_int_equal(
	    cell_at(&r, BIT(FACT_EMERGENCY), "persons.bsn").action, WITHHELD);
}

static void
a_question_cannot_state_facts_of_a_record_or_of_the_engine(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL,
	     CAT("r", "release",
	         ", when: [victim]") "  - {id: n, article: A, recipients: [tax, guest], "
	                              "for: [signatory, incidental], "
	                              "categories: [bsn], action: release}\n" FORM);
	struct question q = usual();
	q.message         = BIT(FACT_VICTIM);
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	q.recipient_oin = TAX;
	q.message =
	    BIT(FACT_RECIPIENT_SIGNED) | BIT(FACT_DECLARED) | BIT(FACT_SENDER_SIGNED);
	assert_int_equal(ask(p, q).code, RC_NOT_ENTITLED);
}

/* --- phases ---------------------------------------------------------------------- */

static void
phases_add_up_from_the_one_named(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, FORM CAT("two", "release", ", from_phase: 2"));
	struct question q = usual();
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	q.phase = "2";
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
	q.phase = "3";
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
}

static void
phases_that_are_listed_are_only_those(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, FORM CAT("two", "release", ", phases: [1, 3]"));
	struct question q = usual();
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
	q.phase = "2";
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	q.phase = "3";
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
}

static void
an_unknown_phase_or_purpose_is_denied_with_the_known_ones(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct question                     q = usual();
	q.phase                               = "4";
	struct ruling r                       = ask(p, q);
	assert_int_equal(r.code, RC_NO_PHASE);
	assert_string_equal(r.change, "a phase of t: 1, 2, 3");
	q.phase   = "1";
	q.purpose = "profit";
	r         = ask(p, q);
	assert_int_equal(r.code, RC_WRONG_PURPOSE);
	assert_string_equal(r.change, "a purpose of t: help, hunt");
	q.purpose = NULL;
	assert_int_equal(ask(p, q).code, RC_WRONG_PURPOSE);
	q.phase = NULL;
	assert_int_equal(ask(p, q).code, RC_NO_PHASE);
	q.convenant = NULL;
	assert_int_equal(ask(p, q).code, RC_NO_CONVENANT);
	q.convenant = "u";
	assert_int_equal(ask(p, q).code, RC_NO_CONVENANT);
}

static void
a_recipient_of_a_later_phase_is_told_which(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL, CAT("r", "release", ", from_phase: 2"));
	struct ruling  r = ask(p, usual());
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	assert_string_equal(r.change, "phase 2");
}

/* --- purposes and sources -------------------------------------------------------- */

static void
a_rule_for_one_purpose_is_silent_for_another(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, FORM CAT("r", "release", ", purposes: [hunt]"));
	struct question q = usual();
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	q.purpose = "hunt";
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
}

static void
a_datum_counts_only_from_its_lawful_source(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, FORM CAT("r", "release", ", sources: [care]"));
	struct question q = usual();
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	q.sender_oin  = CARE;
	q.sender_desk = "help";
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
}

static void
an_excepted_source_counts_not(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    world(NULL, FORM CAT("r", "release", ", except_sources: [city]"));
	struct question q = usual();
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	q.sender_oin  = CARE;
	q.sender_desk = "help";
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
}

static void
a_bar_may_be_about_one_suppliers_data_only(void **state)
{
	(void)state;
	const char *const bars[] = {
	    "  - {id: bar, article: A, action: withhold, sources: [care], unless: "
	    "[consent_care]}\n",
	    "  - {id: bar, article: A, action: withhold, except_sources: [city], unless: "
	    "[consent_care]}\n",
	    "  - {id: bar, article: A, action: withhold, sources: [care/help], unless: "
	    "[consent_care]}\n"};
	for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++) {
		AUTO(policy_destroy)
		struct policy  *p = world(bars[i], CAT("r", "release", ""));
		struct question q = usual();
		assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
		q.sender_oin  = CARE;
		q.sender_desk = "help";
		assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
		assert_int_equal(
		    action_on(p, q, BIT(FACT_CONSENT_CARE), "persons.bsn"), RELEASED);
	}
}

static void
when_only_the_source_is_wrong_the_answer_says_so(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL, CAT("r", "release", ", sources: [care]"));
	struct ruling  r = ask(p, usual());
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	assert_non_null(strstr(r.change, "another sender"));
}

/* --- dates ----------------------------------------------------------------------- */

static rc
code_on(const struct policy *p, struct question q, const char *date)
{
	q.today = day(date);
	return ask(p, q).code;
}

static void
a_convenant_is_in_force_from_its_first_to_its_last_day(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct question                     q = usual();
	q.recipient_oin                       = CARE;
	assert_int_equal(code_on(p, q, "2025-01-09"), RC_CONVENANT_NOT_IN_FORCE);
	assert_int_equal(code_on(p, q, "2025-01-10"), RC_OK);
	assert_int_equal(code_on(p, q, "2026-12-20"), RC_OK);
	assert_int_equal(code_on(p, q, "2026-12-21"), RC_CONVENANT_NOT_IN_FORCE);
	q.today = day("2027-01-01");
	assert_string_equal(ask(p, q).change,
	    "a date from 2025-01-10 until 2026-12-20, when convenant t is in force");
}

static void
an_expired_convenant_serves_non_signatories_no_more_either(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, "  - {id: n, article: A, for: [non_signatory], "
	                                 "recipients: [tax], categories: [form], "
	                                 "action: release}\n");
	struct question q = usual();
	q.recipient_oin   = TAX;
	assert_int_equal(code_on(p, q, "2026-12-20"), RC_OK);
	assert_int_equal(code_on(p, q, "2026-12-21"), RC_CONVENANT_NOT_IN_FORCE);
}

static void
a_convenant_without_registration_is_never_in_force(void **state)
{
	(void)state;
	struct bundle *b = bundle_small(NULL, FORM);
	bundle_edit(b, "t.yaml", "registration: REG-1\n", "");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	struct ruling                       r = ask(p, usual());
	assert_int_equal(r.code, RC_CONVENANT_NOT_IN_FORCE);
	assert_non_null(strstr(r.change, "registration"));
}

static void
a_signature_counts_from_its_first_to_its_last_day(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct question                     q = usual();
	assert_int_equal(code_on(p, q, "2025-02-28"), RC_NOT_ENTITLED);
	assert_int_equal(code_on(p, q, "2025-03-01"), RC_OK);
	assert_int_equal(code_on(p, q, "2026-06-30"), RC_OK);
	assert_int_equal(code_on(p, q, "2026-07-01"), RC_NOT_ENTITLED);
	q.today = day("2026-07-01");
	assert_string_equal(ask(p, q).change, "recipient signs convenant t");
}

static void
a_sender_whose_signature_ended_may_not_send(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct question                     q = usual();
	q.sender_oin                          = COPS;
	q.sender_desk                         = "vice";
	q.recipient_oin                       = CARE;
	assert_int_equal(code_on(p, q, "2026-06-30"), RC_OK);
	assert_int_equal(code_on(p, q, "2026-07-01"), RC_SENDER_NOT_ALLOWED);
	q.today = day("2026-07-01");
	assert_string_equal(ask(p, q).change, "sender signs convenant t");
}

/* --- senders --------------------------------------------------------------------- */

static void
only_named_senders_send(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct question                     q = usual();
	q.recipient_oin                       = CARE;
	static const struct {
		const char *oin, *desk;
		rc          code;
	} senders[] = {{CITY, "front", RC_OK}, {CITY, "back", RC_OK},
	    {COPS, "vice", RC_OK}, {COPS, "traffic", RC_SENDER_NOT_ALLOWED},
	    {CITY, "vice", RC_SENDER_NOT_ALLOWED}, {CITY, NULL, RC_SENDER_NOT_ALLOWED},
	    {CLERK, "clerk", RC_SENDER_NOT_ALLOWED},
	    {TAX, "office", RC_SENDER_NOT_ALLOWED}, {"1", "front", RC_SENDER_NOT_ALLOWED},
	    {NULL, NULL, RC_SENDER_NOT_ALLOWED}};
	for (size_t i = 0; i < sizeof senders / sizeof senders[0]; i++) {
		q.sender_oin  = senders[i].oin;
		q.sender_desk = senders[i].desk;
		assert_int_equal(ask(p, q).code, senders[i].code);
	}
}

/* --- recipients ------------------------------------------------------------------ */

static void
an_unknown_recipient_or_desk_is_named_as_such(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct question                     q = usual();
	q.recipient_desk                      = "kitchen";
	assert_int_equal(ask(p, q).code, RC_UNKNOWN_RECIPIENT);
	q.recipient_desk = "";
	assert_int_equal(ask(p, q).code, RC_UNKNOWN_RECIPIENT);
	q.recipient_desk = NULL;
	q.recipient_oin  = "00000000000000000000";
	assert_int_equal(ask(p, q).code, RC_UNKNOWN_RECIPIENT);
	q.recipient_oin = NULL;
	assert_int_equal(ask(p, q).code, RC_UNKNOWN_RECIPIENT);
}

static void
without_a_desk_the_first_one_is_meant(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, FORM CAT_DESK("vice", "release"));
	struct question q = usual();
	struct ruling   r = ask(p, q);
	assert_string_equal(r.desk, "vice");
	assert_string_equal(r.recipient->oin, COPS);
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), RELEASED);
	q.recipient_desk = "traffic";
	r                = ask(p, q);
	assert_string_equal(r.desk, "traffic");
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
}

static void
a_role_that_no_rule_names_is_not_entitled_though_it_signed(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	struct question                     q = usual();
	q.recipient_oin                       = CLERK;
	struct ruling r                       = ask(p, q);
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	assert_non_null(strstr(r.change, "names the recipient's role"));
	assert_int_equal(r.rule, RULE_NONE);
}

static void
a_rule_that_only_withholds_serves_nobody(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, CAT("r", "withhold", ""));
	assert_int_equal(ask(p, usual()).code, RC_NOT_ENTITLED);
}

static void
non_signatories_get_what_is_for_them_and_nothing_else(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    world(NULL, "  - {id: all, article: A, recipients: [everyone], categories: "
	                "[form, bsn], action: release}\n"
	                "  - {id: non, article: A, for: non_signatory, recipients: "
	                "[everyone], categories: [sector], "
	                "action: release}\n");
	struct question q = usual();
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
	assert_int_equal(action_on(p, q, 0, "exploitation.sector"), WITHHELD);
	q.recipient_oin = TAX;
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), WITHHELD);
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	assert_int_equal(action_on(p, q, 0, "exploitation.sector"), RELEASED);
	q.recipient_oin = COPS; /* whose signature has ended */
	q.today         = day("2026-07-01");
	assert_int_equal(action_on(p, q, 0, "persons.bsn"), WITHHELD);
	assert_int_equal(action_on(p, q, 0, "exploitation.sector"), RELEASED);
}

static void
an_incidental_third_party_needs_its_declaration(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, "  - {id: inc, article: A, for: incidental, "
	                                 "recipients: [everyone], categories: [form], "
	                                 "action: release}\n");
	struct question q = usual();
	q.recipient_oin   = GUEST;
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
	assert_int_equal(code_on(p, q, "2025-01-10"), RC_OK);
	q.recipient_oin = TAX;
	struct ruling r = ask(p, q);
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	assert_string_equal(
	    r.change, "recipient signs a confidentiality declaration for t");
	q.recipient_oin = COPS; /* signed, so no incidental third party */
	assert_int_equal(ask(p, q).code, RC_NOT_ENTITLED);
}

static void
when_facts_are_missing_the_answer_names_them(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL, CAT("r", "release",
	                                   ", when: [urgent], when_any: [emergency, "
	                                   "statutory_duty], unless: [embargo]"));
	struct ruling  r = ask(p, usual());
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	assert_string_equal(r.change,
	    "all of: urgent; one of: emergency, statutory_duty; none of: embargo");
}

static void
a_grant_that_hangs_on_a_record_entitles(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(NULL,
	    CAT("r", "release", ", when: [victim], when_any: [consent_care, emergency]"));
	assert_int_equal(ask(p, usual()).code, RC_OK);
}

/* --- obligations ----------------------------------------------------------------- */

static bool
obliged(const struct ruling *r, const char *id)
{
	for (size_t i = 0; i < r->n_obligations; i++) {
		if (strcmp(r->obligations[i]->id, id) == 0) return true;
	}
	return false;
}

/* Who signs its declaration for one case is known to the broker only; outside a case a
 * question's claim is worth nothing, and who signed the convenant is no third party. */
static void
a_declaration_may_be_for_one_case(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world(NULL, "  - {id: inc, article: A, for: incidental, "
	                                 "recipients: [everyone], categories: [form], "
	                                 "action: release}\n");
	struct question q = usual();
	q.recipient_oin   = TAX;
	q.message         = BIT(FACT_DECLARED);
	assert_int_equal(ask(p, q).code, RC_NOT_ENTITLED);
	q.message = BIT(FACT_CASE);
	assert_int_equal(ask(p, q).code, RC_NOT_ENTITLED);
	q.message = BIT(FACT_DECLARED) | BIT(FACT_CASE);
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
	q.recipient_oin = COPS;
	assert_int_equal(ask(p, q).code, RC_NOT_ENTITLED);
}

static void
the_same_party_is_found_and_not_claimed(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy  *p = world("  - {id: own, article: A, action: exclude, "
	                           "unless: [same_party]}\n",
	     "  - {id: r, article: A, recipients: [everyone], categories: [form], "
	      "action: release}\n");
	struct question q = usual();
	q.message         = BIT(FACT_SAME_PARTY);
	assert_int_equal(ask(p, q).code, RC_BARRED);
	q.recipient_oin = "00000099000000999999";
	assert_int_equal(ask(p, q).code, RC_UNKNOWN_RECIPIENT);
	q.recipient_oin = CITY;
	q.message       = 0;
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
	q.recipient_desk = "back";
	assert_int_equal(action_on(p, q, 0, "exploitation.types"), RELEASED);
}

static void
obligations_travel_by_convenant_by_rule_and_by_fact(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p = world(
	    NULL, FORM CAT("r", "release", ", obligations: [hush], when: [urgent]"));
	struct question q = usual();
	struct ruling   r = ask(p, q);
	assert_int_equal(r.n_obligations, 1);
	assert_true(obliged(&r, "keep"));
	assert_int_equal(r.obligations[0]->term_days, 10);
	q.message = BIT(FACT_EMBARGO);
	r         = ask(p, q);
	assert_true(obliged(&r, "keep") && obliged(&r, "call") && !obliged(&r, "hush"));
	q.message = BIT(FACT_URGENT);
	r         = ask(p, q);
	assert_true(obliged(&r, "keep") && !obliged(&r, "call") && obliged(&r, "hush"));
	assert_int_equal(r.deliver_days, 14);
}

/* --- a denial releases nothing --------------------------------------------------- */

static void
a_denied_ruling_withholds_every_field(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM CAT("r", "release", ""));
	struct question                     q = usual();
	q.recipient_oin                       = CLERK;
	struct ruling r                       = ask(p, q);
	struct cell   cells[SCHEMA_FIELDS_MAX];
	memset(cells, 0xff, sizeof cells);
	ruling_cells(&r, ~(factset)0, cells);
	for (unsigned i = 0; i < SCHEMA_FIELDS_MAX; i++)
		assert_int_equal(cells[i].action, WITHHELD);
}

static void
categories_generalisations_and_groups_have_names(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = world(NULL, FORM);
	assert_string_equal(policy_category(p, schema_find("persons.bsn")), "bsn");
	assert_string_equal(generalise_name(GENERALISE_YEAR), "year");
	assert_string_equal(generalise_name(GENERALISE_POSTCODE4), "postcode4");
	assert_string_equal(generalise_name(GENERALISE_PRESENT), "present");
	assert_null(generalise_name(GENERALISE_NONE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(silence_withholds_without_a_rule),
	    cmocka_unit_test(one_rule_grants_its_fields_and_nothing_else),
	    cmocka_unit_test(field_beats_category_both_ways),
	    cmocka_unit_test(desk_beats_role_both_ways),
	    cmocka_unit_test(field_for_the_role_beats_category_for_the_desk),
	    cmocka_unit_test(between_equals_the_stricter_wins_whatever_the_order),
	    cmocka_unit_test(between_ways_to_generalise_the_one_that_tells_less_wins),
	    cmocka_unit_test(between_the_very_same_the_first_is_named),
	    cmocka_unit_test(
	        a_more_specific_rule_that_does_not_hold_leaves_the_general_one),
	    cmocka_unit_test(a_bar_beats_the_most_specific_grant),
	    cmocka_unit_test(a_bar_holds_for_its_facts_only),
	    cmocka_unit_test(a_bar_holds_for_its_recipients_only),
	    cmocka_unit_test(a_bar_without_fields_hits_all_and_spares_its_exceptions),
	    cmocka_unit_test(a_bar_hits_non_signatories_too),
	    cmocka_unit_test(a_refusing_bar_refuses_the_whole_signal_with_its_code),
	    cmocka_unit_test(a_refusing_bar_comes_before_every_other_check),
	    cmocka_unit_test(an_excluding_bar_denies_one_recipient_and_not_the_signal),
	    cmocka_unit_test(all_of_when_any_of_when_any_none_of_unless),
	    cmocka_unit_test(two_records_in_one_signal_are_ruled_apart),
	    cmocka_unit_test(a_record_cannot_state_facts_of_the_message),
	    cmocka_unit_test(a_question_cannot_state_facts_of_a_record_or_of_the_engine),
	    cmocka_unit_test(phases_add_up_from_the_one_named),
	    cmocka_unit_test(phases_that_are_listed_are_only_those),
	    cmocka_unit_test(an_unknown_phase_or_purpose_is_denied_with_the_known_ones),
	    cmocka_unit_test(a_recipient_of_a_later_phase_is_told_which),
	    cmocka_unit_test(a_rule_for_one_purpose_is_silent_for_another),
	    cmocka_unit_test(a_datum_counts_only_from_its_lawful_source),
	    cmocka_unit_test(an_excepted_source_counts_not),
	    cmocka_unit_test(a_bar_may_be_about_one_suppliers_data_only),
	    cmocka_unit_test(when_only_the_source_is_wrong_the_answer_says_so),
	    cmocka_unit_test(a_convenant_is_in_force_from_its_first_to_its_last_day),
	    cmocka_unit_test(an_expired_convenant_serves_non_signatories_no_more_either),
	    cmocka_unit_test(a_convenant_without_registration_is_never_in_force),
	    cmocka_unit_test(a_signature_counts_from_its_first_to_its_last_day),
	    cmocka_unit_test(a_sender_whose_signature_ended_may_not_send),
	    cmocka_unit_test(only_named_senders_send),
	    cmocka_unit_test(an_unknown_recipient_or_desk_is_named_as_such),
	    cmocka_unit_test(without_a_desk_the_first_one_is_meant),
	    cmocka_unit_test(a_role_that_no_rule_names_is_not_entitled_though_it_signed),
	    cmocka_unit_test(a_rule_that_only_withholds_serves_nobody),
	    cmocka_unit_test(non_signatories_get_what_is_for_them_and_nothing_else),
	    cmocka_unit_test(an_incidental_third_party_needs_its_declaration),
	    cmocka_unit_test(a_declaration_may_be_for_one_case),
	    cmocka_unit_test(the_same_party_is_found_and_not_claimed),
	    cmocka_unit_test(when_facts_are_missing_the_answer_names_them),
	    cmocka_unit_test(a_grant_that_hangs_on_a_record_entitles),
	    cmocka_unit_test(obligations_travel_by_convenant_by_rule_and_by_fact),
	    cmocka_unit_test(a_denied_ruling_withholds_every_field),
	    cmocka_unit_test(categories_generalisations_and_groups_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
