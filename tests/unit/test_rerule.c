/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * policy/study/rerule.h: past decisions come out as they would have, what is said for
 * sure without the facts is so with them, and a decision that no policy gave is seen.
 */
#include "policy/study/rerule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

#define BIT(f) ((factset)1 << (f))

enum { TEXT_MAX = 4096, PAIRS = 60, GROUPS_MAX = 64, RECORDS = 3 };

enum {
	WITHHELD      = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDONYMISED = SLUIS__ACTION__ACTION_PSEUDONYMISE,
	GENERALISED   = SLUIS__ACTION__ACTION_GENERALISE,
	RELEASED      = SLUIS__ACTION__ACTION_RELEASE,
};

#define CITY "00000099000000000010"
#define COPS "00000099000000000020"
#define CARE "00000099000000000030"

/* --- decisions, as a broker makes them ------------------------------------------- */

struct made {
	struct decided        d;
	struct decided_record records[RECORDS];
	struct decided_group  groups[GROUPS_MAX];
	struct fieldset       held_back;
};

static const char *const present[] = {
    "persons.bsn", "persons.family_name", "persons.birth_date", "persons.contact.phone"};

static void
put_record(struct made *m, size_t i, factset facts)
{
	m->records[i] = (struct decided_record){.facts = facts};
	for (size_t f = 0; i + 1 < RECORDS && f < 4; f++)
		fieldset_add(&m->records[i].fields, schema_find(present[f])->index);
	if (i + 1 == RECORDS) {
		fieldset_add(&m->records[i].fields, schema_find("meta.urgent")->index);
		fieldset_add(&m->records[i].fields, schema_find("meta.origin")->index);
	}
}

/* Two persons with these facts, and the rest, to RECIPIENT. */
static void
question(struct made *m, const char *recipient, factset message, factset a, factset b)
{
	*m                      = (struct made){0};
	m->d.question           = (struct question){.convenant = "t",
	              .phase                                   = "2",
	              .purpose                                 = "help",
	              .sender_oin                              = CITY,
	              .sender_desk                             = "front",
	              .recipient_oin                           = recipient,
	              .today                                   = day("2025-06-01"),
	              .message                                 = message};
	m->d.question.held_back = &m->held_back;
	m->d.weighed            = true;
	m->d.complete           = true;
	m->d.n_records          = RECORDS;
	m->d.records            = m->records;
	m->d.groups             = m->groups;
	put_record(m, 0, a);
	put_record(m, 1, b);
	put_record(m, 2, 0);
}

static void
note(struct made *m, uint8_t action, const char *rule, unsigned field)
{
	for (size_t i = 0; i < m->d.n_groups; i++) {
		struct decided_group *g = &m->groups[i];
		bool same = g->rule == NULL || rule == NULL ? g->rule == rule
		                                            : strcmp(g->rule, rule) == 0;
		if (g->action != action || !same) continue;
		fieldset_add(&g->fields, field);
		return;
	}
	assert_true(m->d.n_groups < GROUPS_MAX);
	m->groups[m->d.n_groups] = (struct decided_group){.action = action, .rule = rule};
	fieldset_add(&m->groups[m->d.n_groups++].fields, field);
}

static const char *
id_of(const struct policy *p, unsigned rule)
{
	const struct rule_info *info = policy_rule_info(p, rule);
	return info == NULL ? NULL : info->id;
}

/* What P decides is written into M, as broker/decision/decision.c does. */
static void
decide(struct made *m, const struct policy *p)
{
	struct cell   cells[SCHEMA_FIELDS_MAX];
	struct ruling r;
	bool          any = false;

	policy_rule(p, &m->d.question, &r);
	m->d.code = r.code;
	m->d.rule = id_of(p, r.rule);
	if (r.code != RC_OK) return;
	for (size_t i = 0; i < RECORDS; i++) {
		ruling_cells(&r, m->records[i].facts, cells);
		for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
			if (!fieldset_has(&m->records[i].fields, f)) continue;
			note(m, cells[f].action, id_of(p, cells[f].rule), f);
			any = any || cells[f].action != WITHHELD;
		}
	}
	if (any) return;
	m->d.code = RC_NOT_ENTITLED; /* entitled, but to nothing that is there */
	m->d.rule = NULL;
}

/* The same entry as an older broker wrote it. */
static struct decided
unweighed(const struct made *m)
{
	struct decided d     = m->d;
	d.weighed            = false;
	d.n_records          = 0;
	d.records            = NULL;
	d.question.message   = 0;
	d.question.held_back = NULL;
	return d;
}

/* --- random policies ------------------------------------------------------------- */

static uint64_t seed = 1234567891011u;

static unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

static const enum fact facts[] = {
    FACT_VICTIM, FACT_SUSPECT, FACT_MINOR, FACT_ADULT, FACT_URGENT, FACT_EMBARGO};

static void
put_fact(char *out, const char *key, unsigned one_in, unsigned from)
{
	if (below(one_in) == 0)
		sprintf(out + strlen(out), ", %s: [%s]", key,
		    fact_name(facts[from + below(6 - from)]));
}

static struct policy *
random_policy(void)
{
	static const char *const what[] = {"categories: [bsn]", "fields: [persons.bsn]",
	    "categories: [identity]", "fields: [meta.urgent]", "categories: [contact]"};
	static const char *const actions[] = {
	    "release", "generalise, to: present", "withhold"};
	char rules[TEXT_MAX] = "", bars[TEXT_MAX] = "";

	strcpy(bars,
	    "  - {id: b.never, article: A, action: withhold, when: [cie, layer_2]}\n");
	if (below(2) == 0) {
		strcat(bars,
		    "  - {id: b.x, article: A, action: exclude, recipients: [cops]");
		put_fact(bars, "when", 1, 4);
		strcat(bars, "}\n");
	}
	if (below(3) == 0) {
		strcat(bars, "  - {id: b.y, article: A, action: refuse");
		put_fact(bars, "when", 1, 4);
		strcat(bars, "}\n");
	}
	if (below(2) == 0)
		strcat(bars, "  - {id: b.s, article: A, action: withhold, "
		             "supplier_refuses: true}\n");
	for (unsigned i = 0, n = 1 + below(5); i < n; i++) {
		sprintf(rules + strlen(rules),
		    "  - {id: r%u, article: A, recipients: [%s], %s, action: %s", i,
		    below(2) ? "cops" : "everyone", what[below(5)], actions[below(3)]);
		put_fact(rules, "when", 2, 0);
		put_fact(rules, "unless", 3, 0);
		strcat(rules, "}\n");
	}
	return bundle_policy(bundle_small(bars, rules));
}

static factset
random_person(void)
{
	static const factset role[] = {
	    BIT(FACT_VICTIM), BIT(FACT_SUSPECT), BIT(FACT_WITNESS)};
	static const factset age[] = {0, BIT(FACT_MINOR), BIT(FACT_ADULT)};
	return role[below(3)] | age[below(3)];
}

static void
random_question(struct made *m)
{
	factset message = (below(3) == 0 ? BIT(FACT_URGENT) : 0) |
	                  (below(3) == 0 ? BIT(FACT_EMBARGO) : 0);
	question(
	    m, below(3) == 0 ? CARE : COPS, message, random_person(), random_person());
	if (below(4) == 0)
		fieldset_add(&m->held_back, schema_find("persons.family_name")->index);
}

/* --- properties ------------------------------------------------------------------ */

static bool
within(const struct fieldset *a, const struct fieldset *b, const struct fieldset *c)
{
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX / 64; i++)
		if ((a->bits[i] & ~(b->bits[i] | c->bits[i])) != 0) return false;
	return true;
}

/* What NEW gives for M, decided anew, in short. */
static void
check_against_truth(
    struct made *m, const struct policy *old, const struct policy *new, unsigned pair)
{
	static const struct fieldset none = {{0}};
	struct rerule                known, guess;
	struct decided               less = unweighed(m);

	if (!rerule_holds(&m->d, old)) fail_msg("pair %u: does not hold", pair);
	if (!rerule_holds(&less, old)) fail_msg("pair %u: does not hold unweighed", pair);
	rerule(&m->d, old, new, &known);
	rerule(&less, old, new, &guess);
	struct made again          = *m;
	again.d.records            = again.records;
	again.d.groups             = again.groups;
	again.d.n_groups           = 0;
	again.d.question.held_back = &again.held_back;
	decide(&again, new);
	assert_int_equal(known.code[0], m->d.code);
	assert_int_equal(known.code[1], again.d.code);
	assert_false(rerule_may_differ(&known));
	/* what is sure is so; what is so was at least possible */
	if (!within(&guess.wider, &known.wider, &none) ||
	    !within(&guess.narrower, &known.narrower, &none))
		fail_msg("pair %u: surer than it can be", pair);
	if (m->d.n_groups != 0 &&
	    (!within(&known.wider, &guess.wider, &guess.maybe_wider) ||
	        !within(&known.narrower, &guess.narrower, &guess.maybe_narrower)))
		fail_msg("pair %u: a change is not even possible", pair);
	if (rerule_differs(&known) && known.n_lost + known.n_gained == 0 &&
	    !rerule_differs(&guess) && !rerule_may_differ(&guess))
		fail_msg("pair %u: overlooked", pair);
}

static void
every_decision_is_ruled_again_as_it_would_be(void **state)
{
	unsigned served = 0, denied = 0;
	(void)state;
	for (unsigned i = 0; i < PAIRS; i++) {
		struct policy *old = random_policy(), *new = random_policy();
		for (unsigned k = 0; k < 12; k++) {
			struct made m;
			random_question(&m);
			decide(&m, old);
			served += m.d.code == RC_OK;
			denied += m.d.code != RC_OK;
			check_against_truth(&m, old, new, i);
			check_against_truth(&m, old, old, i);
		}
		policy_destroy(&old);
		policy_destroy(&new);
	}
	assert_true(served > 50 && denied > 50);
}

static void
under_the_same_policy_nothing_differs(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PAIRS; i++) {
		struct policy *p = random_policy();
		struct made    m;
		struct rerule  r;
		random_question(&m);
		decide(&m, p);
		rerule(&m.d, p, p, &r);
		assert_false(rerule_differs(&r) || rerule_may_differ(&r));
		struct decided less = unweighed(&m);
		rerule(&less, p, p, &r);
		assert_false(rerule_differs(&r));
		assert_false(rerule_may_differ(&r));
		policy_destroy(&p);
	}
}

/* --- by hand --------------------------------------------------------------------- */

static const char bars[] = "  - {id: b.cie, article: A, action: refuse, when: [cie]}\n";
static const char grant[] =
    "  - {id: r.a, article: A, recipients: [cops], categories: [bsn], action: release, "
    "when: [victim]}\n  - {id: r.f, article: A, recipients: [cops], fields: "
    "[meta.origin], "
    "action: release}\n";

static struct policy *
granting(const char *more)
{
	char rules[TEXT_MAX];
	snprintf(rules, sizeof rules, "%s%s", grant, more);
	return bundle_policy(bundle_small(bars, rules));
}

static void
what_was_not_given_is_seen(void **state)
{
	struct policy *p = granting("");
	struct made    m;
	(void)state;
	question(&m, COPS, 0, BIT(FACT_VICTIM), BIT(FACT_SUSPECT));
	decide(&m, p);
	assert_int_equal(m.d.code, RC_OK);
	assert_true(rerule_holds(&m.d, p));
	struct made worse = m; /* another rule than the one that gives it */
	for (size_t i = 0; i < worse.d.n_groups; i++)
		if (m.groups[i].rule != NULL && strcmp(m.groups[i].rule, "r.a") == 0)
			m.groups[i].rule = "r.f";
	assert_false(rerule_holds(&m.d, p));
	m.groups[0].action = PSEUDONYMISED;
	assert_false(rerule_holds(&m.d, p));
	policy_destroy(&p);
}

static void
one_field_too_many_or_too_few_is_seen(void **state)
{
	struct policy *p = granting("");
	struct made    m;
	(void)state;
	question(&m, COPS, 0, BIT(FACT_VICTIM), BIT(FACT_VICTIM));
	decide(&m, p);
	struct made more = m;
	more.d.groups    = more.groups;
	more.d.records   = more.records;
	fieldset_add(&more.groups[0].fields, schema_find("persons.gender")->index);
	assert_false(rerule_holds(&more.d, p));
	struct made less = m;
	less.d.groups    = less.groups;
	less.d.records   = less.records;
	less.d.n_groups--;
	assert_false(rerule_holds(&less.d, p));
	policy_destroy(&p);
}

static void
a_denial_that_is_none_is_seen(void **state)
{
	struct policy *p = granting("");
	struct made    m;
	(void)state;
	question(&m, COPS, 0, BIT(FACT_VICTIM), BIT(FACT_VICTIM));
	m.d.code = RC_NOT_ENTITLED;
	assert_false(rerule_holds(&m.d, p));
	m.d.code = RC_CIE;
	m.d.rule = "b.cie";
	assert_false(rerule_holds(&m.d, p));
	question(&m, CARE, 0, BIT(FACT_VICTIM), BIT(FACT_VICTIM));
	m.d.code     = RC_OK;
	m.d.n_groups = 0;
	assert_false(rerule_holds(&m.d, p));
	policy_destroy(&p);
}

static void
a_value_without_a_coarse_form_was_withheld_by_the_rule_that_makes_it_coarse(void **state)
{
	struct policy *p =
	    granting("  - {id: r.y, article: A, recipients: [cops], fields: "
	             "[persons.birth_date], action: generalise, to: year}\n");
	struct made m;
	(void)state;
	question(&m, COPS, 0, BIT(FACT_VICTIM), BIT(FACT_VICTIM));
	decide(&m, p);
	for (size_t i = 0; i < m.d.n_groups; i++)
		if (m.groups[i].action == GENERALISED) m.groups[i].action = WITHHELD;
	assert_true(rerule_holds(&m.d, p));
	for (size_t i = 0; i < m.d.n_groups; i++) /* but nothing else was */
		if (m.groups[i].action == RELEASED) m.groups[i].action = WITHHELD;
	assert_false(rerule_holds(&m.d, p));
	policy_destroy(&p);
}

static void
obligations_are_compared_where_both_serve(void **state)
{
	struct policy *old = granting("");
	struct bundle *b   = bundle_small(bars, grant);
	struct made    m;
	struct rerule  r;
	(void)state;
	bundle_edit(b, "t.yaml", "every_copy: true, term_days: 10", "term_days: 10");
	struct policy *new = bundle_policy(b);
	question(&m, COPS, 0, BIT(FACT_VICTIM), BIT(FACT_VICTIM));
	decide(&m, old);
	rerule(&m.d, old, new, &r);
	assert_true(rerule_differs(&r));
	assert_int_equal(r.n_lost, 1);
	assert_string_equal(r.lost[0], "keep");
	rerule(&m.d, new, old, &r);
	assert_int_equal(r.n_gained, 1);
	policy_destroy(&old);
	policy_destroy(&new);
}

static void
a_date_after_the_new_term_is_not_served(void **state)
{
	struct policy *old = granting("");
	struct bundle *b   = bundle_small(bars, grant);
	struct made    m;
	struct rerule  r;
	(void)state;
	bundle_edit(b, "t.yaml", "from: 2025-01-10", "from: 2025-07-01");
	struct policy *new = bundle_policy(b);
	question(&m, COPS, 0, BIT(FACT_VICTIM), BIT(FACT_VICTIM));
	decide(&m, old);
	rerule(&m.d, old, new, &r);
	assert_int_equal(r.code[1], RC_CONVENANT_NOT_IN_FORCE);
	assert_true(fieldset_has(&r.narrower, schema_find("persons.bsn")->index));
	policy_destroy(&old);
	policy_destroy(&new);
}

static void
the_own_party_gets_no_pseudonyms_under_either(void **state)
{
	struct policy *old = granting("  - {id: r.o, article: A, recipients: [city], "
	                              "fields: [meta.origin], action: "
	                              "release}\n");
	struct policy *new = granting("  - {id: r.o, article: A, recipients: [city], "
	                              "fields: [meta.origin], action: "
	                              "release}\n  - {id: r.p, article: A, recipients: "
	                              "[city], fields: [persons.bsn], "
	                              "action: pseudonymise}\n");
	struct made   m;
	struct rerule r;
	(void)state;
	question(&m, CITY, 0, BIT(FACT_VICTIM), BIT(FACT_VICTIM));
	m.d.own = true;
	decide(&m, old);
	assert_true(rerule_holds(&m.d, old));
	rerule(&m.d, old, new, &r);
	assert_false(rerule_differs(&r));
	m.d.own = false;
	rerule(&m.d, old, new, &r);
	assert_true(fieldset_has(&r.wider, schema_find("persons.bsn")->index));
	policy_destroy(&old);
	policy_destroy(&new);
}

static void
a_bar_stays_only_with_its_conditions(void **state)
{
	struct policy *a = granting("");
	struct policy *b = bundle_policy(bundle_small(
	    "  - {id: b.cie, article: A, action: refuse, when: [cie, urgent]}\n", grant));
	(void)state;
	assert_true(rerule_bar_stays(a, a, "b.cie"));
	assert_false(rerule_bar_stays(a, b, "b.cie"));
	assert_false(rerule_bar_stays(a, a, "b.other"));
	policy_destroy(&a);
	policy_destroy(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_decision_is_ruled_again_as_it_would_be),
	    cmocka_unit_test(under_the_same_policy_nothing_differs),
	    cmocka_unit_test(what_was_not_given_is_seen),
	    cmocka_unit_test(one_field_too_many_or_too_few_is_seen),
	    cmocka_unit_test(a_denial_that_is_none_is_seen),
	    cmocka_unit_test(
	        a_value_without_a_coarse_form_was_withheld_by_the_rule_that_makes_it_coarse),
	    cmocka_unit_test(obligations_are_compared_where_both_serve),
	    cmocka_unit_test(a_date_after_the_new_term_is_not_served),
	    cmocka_unit_test(the_own_party_gets_no_pseudonyms_under_either),
	    cmocka_unit_test(a_bar_stays_only_with_its_conditions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
