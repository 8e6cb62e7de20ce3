/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Properties of precedence, over random rule sets (seeded, so that a failure comes
 * back): a bar never widens, a withhold of equal rank never widens, the order of
 * the rules changes no action, and the tables agree with a naive reading of the
 * rule language that shares no code with them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

#define BIT(f) ((factset)1 << (f))

enum { RULES = 8, WORLDS = 60, SCENES = 12, RULE_TEXT = 320 };

enum {
	WITHHELD      = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDONYMISED = SLUIS__ACTION__ACTION_PSEUDONYMISE,
	GENERALISED   = SLUIS__ACTION__ACTION_GENERALISE,
	RELEASED      = SLUIS__ACTION__ACTION_RELEASE,
};

/* --- a generator that repeats itself --------------------------------------------- */

static uint64_t seed;

static unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

static const enum fact facts[] = {FACT_EMERGENCY, FACT_EMBARGO, FACT_URGENT, FACT_VICTIM,
    FACT_SUSPECT, FACT_MINOR, FACT_ADULT, FACT_CONSENT_CARE};

enum { N_FACTS = sizeof facts / sizeof facts[0] };

struct draft { /* a random rule, in a form that the naive reading can weigh */
	bool     bar, by_field, by_desk;
	int      action;
	factset  when, any, unless;
	unsigned phases;    /* bits */
	bool     only_care; /* as source */
};

static factset
some_facts(unsigned one_in)
{
	return below(one_in) == 0 ? BIT(facts[below(N_FACTS)]) : 0;
}

static struct draft
random_rule(bool bar)
{
	struct draft d = {
	    .bar = bar, .by_field = below(3) == 0, .by_desk = below(3) == 0};
	d.action    = bar ? WITHHELD : WITHHELD + (int)below(4);
	d.when      = some_facts(2);
	d.any       = some_facts(3) | some_facts(3);
	d.unless    = some_facts(3);
	d.phases    = below(2) == 0 ? 7 : 1 + below(7);
	d.only_care = !bar && below(5) == 0;
	return d;
}

/* --- as text --------------------------------------------------------------------- */

static void
put_facts(char *out, const char *key, factset set)
{
	const char *between = "";
	if (set == 0) return;
	sprintf(out + strlen(out), ", %s: [", key);
	for (size_t i = 0; i < N_FACTS; i++) {
		if ((set & BIT(facts[i])) == 0) continue;
		sprintf(out + strlen(out), "%s%s", between, fact_name(facts[i]));
		between = ", ";
	}
	strcat(out, "]");
}

static void
put_phases(char *out, unsigned phases)
{
	strcat(out, ", phases: [");
	for (unsigned i = 0, n = 0; i < 3; i++)
		if ((phases >> i & 1) != 0)
			sprintf(out + strlen(out), "%s'%u'", n++ ? ", " : "", i + 1);
	strcat(out, "]");
}

static void
put_rule(char *out, const struct draft *d, unsigned number)
{
	static const char *const actions[] = {
	    "", "withhold", "pseudonymise", "generalise, to: present", "release"};
	sprintf(out, "  - {id: %s%u, article: A, recipients: [%s], %s, action: %s",
	    d->bar ? "b" : "r", number, d->by_desk ? "cops/vice" : "cops",
	    d->by_field ? "fields: [persons.bsn]" : "categories: [bsn]",
	    actions[d->action]);
	put_facts(out, "when", d->when);
	put_facts(out, "when_any", d->any);
	put_facts(out, "unless", d->unless);
	put_phases(out, d->phases);
	if (d->only_care) strcat(out, ", sources: [care]");
	strcat(out, "}\n");
}

/* The form category is granted, so that every recipient of a scene is served. */
static struct policy *
world_of(const struct draft *rules, const unsigned *order, size_t n)
{
	static char bars[RULES * 2 * RULE_TEXT], text[RULES * 2 * RULE_TEXT];
	strcpy(bars,
	    "  - {id: b.never, article: A, action: withhold, when: [urgent, cie]}\n");
	strcpy(text, "  - {id: form, article: A, recipients: [everyone], categories: "
	             "[form], action: "
	             "release}\n");
	for (size_t i = 0; i < n; i++) {
		const struct draft *d  = &rules[order[i]];
		char               *to = d->bar ? bars : text;
		put_rule(to + strlen(to), d, order[i]);
	}
	return bundle_policy(bundle_small(bars, text));
}

/* --- scenes ---------------------------------------------------------------------- */

struct scene {
	factset  message, record;
	unsigned phase;
	bool     vice, from_care;
};

static struct scene
random_scene(void)
{
	struct scene s = {
	    .phase = below(3), .vice = below(2) == 0, .from_care = below(3) == 0};
	for (size_t i = 0; i < N_FACTS; i++) {
		if (below(2) == 0) continue;
		if ((BIT(facts[i]) & FACTS_MESSAGE) != 0)
			s.message |= BIT(facts[i]);
		else
			s.record |= BIT(facts[i]);
	}
	return s;
}

static struct cell
ruled(const struct policy *p, const struct scene *s)
{
	static const char *const phases[] = {"1", "2", "3"};
	struct question          q        = {.convenant = "t",
	                    .phase                      = phases[s->phase],
	                    .purpose                    = "help",
	                    .sender_oin = s->from_care ? "00000099000000000030" : "00000099000000000010",
	                    .sender_desk    = s->from_care ? "help" : "front",
	                    .recipient_oin  = "00000099000000000020",
	                    .recipient_desk = s->vice ? "vice" : "traffic",
	                    .today          = day("2025-06-01"),
	                    .message        = s->message};
	struct cell              cells[SCHEMA_FIELDS_MAX];
	struct ruling            r;
	policy_rule(p, &q, &r);
	assert_int_equal(r.code, RC_OK);
	ruling_cells(&r, s->record, cells);
	return cells[schema_find("persons.bsn")->index];
}

/* --- the naive reading ----------------------------------------------------------- */

static bool
draft_holds(const struct draft *d, const struct scene *s)
{
	factset f = s->message | s->record;
	return (d->phases >> s->phase & 1) != 0 && (!d->by_desk || s->vice) &&
	       (!d->only_care || s->from_care) && (f & d->when) == d->when &&
	       (d->any == 0 || (f & d->any) != 0) && (f & d->unless) == 0;
}

static int
naive(const struct draft *rules, size_t n, const struct scene *s)
{
	int best_rank = -1, action = WITHHELD;
	for (size_t i = 0; i < n; i++) {
		if (!draft_holds(&rules[i], s)) continue;
		if (rules[i].bar) return WITHHELD;
		int rank = (rules[i].by_field ? 2 : 0) + (rules[i].by_desk ? 1 : 0);
		if (rank > best_rank || (rank == best_rank && rules[i].action < action))
			action = rules[i].action;
		if (rank > best_rank) best_rank = rank;
	}
	return action;
}

/* --- the properties -------------------------------------------------------------- */

static void
new_world(struct draft *rules, unsigned *order, unsigned number)
{
	seed = 0x9e3779b97f4a7c15u * (number + 1);
	for (unsigned i = 0; i < RULES; i++) {
		rules[i] = random_rule(below(6) == 0);
		order[i] = i;
	}
}

static void
the_tables_agree_with_a_naive_reading(void **state)
{
	(void)state;
	struct draft rules[RULES];
	unsigned     order[RULES];
	size_t       grants = 0;
	for (unsigned w = 0; w < WORLDS; w++) {
		new_world(rules, order, w);
		AUTO(policy_destroy) struct policy *p = world_of(rules, order, RULES);
		for (int i = 0; i < SCENES * 4; i++) {
			struct scene s    = random_scene();
			int          want = naive(rules, RULES, &s);
			if (ruled(p, &s).action != want)
				fail_msg("world %u scene %d", w, i);
			grants += want != WITHHELD ? 1 : 0;
		}
	}
	assert_true(grants > WORLDS * SCENES / 4); /* the worlds are no desert */
}

static void
the_order_of_rules_changes_no_action(void **state)
{
	(void)state;
	struct draft rules[RULES];
	unsigned     order[RULES], mixed[RULES];
	for (unsigned w = 0; w < WORLDS; w++) {
		new_world(rules, order, w);
		memcpy(mixed, order, sizeof mixed);
		for (unsigned i = RULES - 1; i > 0; i--) {
			unsigned k = below(i + 1), swap = mixed[i];
			mixed[i] = mixed[k];
			mixed[k] = swap;
		}
		AUTO(policy_destroy) struct policy *p = world_of(rules, order, RULES);
		AUTO(policy_destroy) struct policy *q = world_of(rules, mixed, RULES);
		for (int i = 0; i < SCENES; i++) {
			struct scene s = random_scene();
			assert_int_equal(ruled(p, &s).action, ruled(q, &s).action);
		}
	}
}

static void
adding_a_bar_never_widens(void **state)
{
	(void)state;
	struct draft rules[RULES + 1];
	unsigned     order[RULES + 1];
	for (unsigned w = 0; w < WORLDS; w++) {
		new_world(rules, order, w);
		rules[RULES]                          = random_rule(true);
		order[RULES]                          = RULES;
		AUTO(policy_destroy) struct policy *p = world_of(rules, order, RULES);
		AUTO(policy_destroy) struct policy *q = world_of(rules, order, RULES + 1);
		for (int i = 0; i < SCENES; i++) {
			struct scene s = random_scene();
			assert_true(ruled(q, &s).action <= ruled(p, &s).action);
		}
	}
}

/* A new rule can widen only where no rule of its rank or above holds. */
static void
adding_a_rule_never_widens_what_an_equal_one_denies(void **state)
{
	(void)state;
	struct draft rules[RULES + 1];
	unsigned     order[RULES + 1];
	for (unsigned w = 0; w < WORLDS; w++) {
		new_world(rules, order, w);
		rules[RULES]                          = random_rule(false);
		order[RULES]                          = RULES;
		AUTO(policy_destroy) struct policy *p = world_of(rules, order, RULES);
		AUTO(policy_destroy) struct policy *q = world_of(rules, order, RULES + 1);
		for (int i = 0; i < SCENES; i++) {
			struct scene s     = random_scene();
			bool         equal = false;
			for (size_t k = 0; k < RULES; k++)
				equal = equal ||
				        (draft_holds(&rules[k], &s) && !rules[k].bar &&
				            rules[k].by_field == rules[RULES].by_field &&
				            rules[k].by_desk == rules[RULES].by_desk);
			if (equal)
				assert_true(ruled(q, &s).action <= ruled(p, &s).action);
		}
	}
}

static void
adding_a_withhold_never_widens_at_any_rank(void **state)
{
	(void)state;
	struct draft rules[RULES + 1];
	unsigned     order[RULES + 1];
	for (unsigned w = 0; w < WORLDS; w++) {
		new_world(rules, order, w);
		rules[RULES]                          = random_rule(false);
		rules[RULES].action                   = WITHHELD;
		order[RULES]                          = RULES;
		AUTO(policy_destroy) struct policy *p = world_of(rules, order, RULES);
		AUTO(policy_destroy) struct policy *q = world_of(rules, order, RULES + 1);
		for (int i = 0; i < SCENES; i++) {
			struct scene s = random_scene();
			assert_true(ruled(q, &s).action <= ruled(p, &s).action);
		}
	}
}

/* --- mutilated files ------------------------------------------------------------- */

static size_t
grants_in(const struct policy *p)
{
	size_t n = 0;
	for (size_t c = 0; c < policy_n_convenants(p); c++) {
		const struct convenant_info *info = policy_convenant_at(p, c);
		for (size_t to = 0; to < policy_n_parties(p); to++) {
			struct ruling   r;
			struct cell     cells[SCHEMA_FIELDS_MAX];
			struct question q = {.convenant = info->id,
			    .phase                      = info->phases[0],
			    .purpose                    = info->purposes[0],
			    .sender_oin                 = "00000099000000010000",
			    .sender_desk                = "meldpunt",
			    .recipient_oin              = policy_party_at(p, to)->oin,
			    .today                      = day("2026-11-21")};
			policy_rule(p, &q, &r);
			ruling_cells(&r, BIT(FACT_VICTIM), cells);
			for (size_t i = 0; i < schema_signal()->n_fields; i++)
				n += cells[i].action != WITHHELD ? 1 : 0;
		}
	}
	return n;
}

/* A rule or bar that lost one of its keys: refused, or no wider.  The keys that only
 * narrow are the exception that shows why the files are signed; they are counted. */
static void
a_file_that_lost_one_of_its_lines_seldom_loads(void **state)
{
	(void)state;
	struct bundle                      *whole = bundle_shipped();
	AUTO(policy_destroy) struct policy *full  = bundle_policy(bundle_shipped());
	size_t      wider = 0, loaded = 0, lines = 0, all = grants_in(full);
	const char *riec = bundle_text(whole, "riec.yaml");
	for (const char *at = riec; *at != '\0'; at += strcspn(at, "\n") + 1) {
		struct bundle *b  = bundle_shipped();
		struct policy *p  = NULL;
		size_t         n  = strcspn(at, "\n") + 1;
		char          *to = bundle_text(b, "riec.yaml") + (at - riec);
		if (at[strspn(at, " ")] == '#' || *at == '\n') {
			bundle_destroy(&b);
			continue;
		}
		memmove(to, to + n, strlen(to + n) + 1);
		lines++;
		if (bundle_compile(b, &p) == RC_OK) {
			loaded++;
			wider += grants_in(p) > all ? 1 : 0;
			policy_destroy(&p);
		}
		bundle_destroy(&b);
	}
	assert_true(lines > 200);
	assert_true(loaded < lines / 3);
	assert_true(wider < lines / 20);
	bundle_destroy(&whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_tables_agree_with_a_naive_reading),
	    cmocka_unit_test(the_order_of_rules_changes_no_action),
	    cmocka_unit_test(adding_a_bar_never_widens),
	    cmocka_unit_test(adding_a_rule_never_widens_what_an_equal_one_denies),
	    cmocka_unit_test(adding_a_withhold_never_widens_at_any_rank),
	    cmocka_unit_test(a_file_that_lost_one_of_its_lines_seldom_loads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
