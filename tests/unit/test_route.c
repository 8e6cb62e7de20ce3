/* SPDX-License-Identifier: EUPL-1.2 */
/* test_route.c - route files, gates, reveals and links: what is refused, what is read. */
#include "policy/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/diff.h"
#include "support/bundle.h"

#define RULE                                                              \
	"  - {id: r, article: A, recipients: [care], categories: [form]," \
	" action: release}\n"

/* Two open states and a closed one; every test changes one thing. */
static const char small[] =
    "route: w\n"
    "title: {nl: Weg, en: Way}\n"
    "article: Art. 2\n"
    "begin: a\n"
    "opens: [city/front, care]\n"
    "own_desks: [front, back]\n"
    "admits: [city]\n"
    "keep_days: 100\n"
    "extend_days: 20\n"
    "states:\n"
    "  - id: a\n"
    "    title: {nl: A, en: A}\n"
    "    in_force: {convenant: t, phase: '1', purpose: help}\n"
    "    due: [{task: enrich, by: [city/back], days: 5, article: X}]\n"
    "  - id: b\n"
    "    title: {nl: B, en: B}\n"
    "    in_force: {convenant: t, phase: '2', purpose: hunt}\n"
    "    gate: g\n"
    "    due:\n"
    "      - {task: release, by: sources}\n"
    "      - {task: act, by: assigned, days: 9}\n"
    "      - {task: align, by: asked}\n"
    "  - id: c\n"
    "    title: {nl: C, en: C}\n"
    "    closed: true\n"
    "    shields: true\n"
    "    keep_days: 7\n"
    "    recalls: {convenants: [t], ground: no_suspicion}\n"
    "steps:\n"
    "  - id: on\n"
    "    title: {nl: Door, en: On}\n"
    "    article: Y\n"
    "    from: [a]\n"
    "    to: b\n"
    "    by: [city/back, fuzz]\n"
    "    needs: [enriched, strengthened]\n"
    "    unless: [gate_failed]\n"
    "  - id: stop\n"
    "    title: {nl: Klaar, en: Stop}\n"
    "    article: Z\n"
    "    from: [a, b]\n"
    "    to: c\n"
    "    by: [city]\n"
    "    change: iets anders\n"
    "end: route w\n";

static const char tables[] =
    "gates:\n"
    "  - id: g\n"
    "    article: Q\n"
    "    claims_by: [everyone]\n"
    "    judges: [cops/vice, city]\n"
    "    criteria:\n"
    "      - {id: one, text: {nl: een, en: one}}\n"
    "      - {id: two, text: {nl: twee, en: two}}\n"
    "reveals:\n"
    "  - {id: v, article: R, what: source, grounds: [official_report, court_order],\n"
    "     by: [cops/vice], second: [city/back], days: 14}\n"
    "  - {id: w, article: R, what: identity, grounds: care_necessity, by: [care],\n"
    "     days: 3}\n"
    "links:\n"
    "  - {id: l, article: S, kinds: [bsn, address], with: [t], to: [everyone],\n"
    "     parties: true, controls: true, to_care: [care], care_under: [t]}\n"
    "  - {id: m, article: S, kinds: plate, with: t, to: [cops]}\n"
    "bars:\n";

static struct bundle *
world(void)
{
	struct bundle *b = bundle_small(NULL, RULE);
	bundle_edit(b, "t.yaml", "bars:\n", tables);
	bundle_add(b, "routes/w.yaml", small);
	return b;
}

/* The small route with TO in the place of FROM is refused, with a finding saying WHAT. */
static void
refused(const char *from, const char *to, const char *what)
{
	struct bundle *b = world();
	bundle_edit(b, "routes/w.yaml", from, to);
	bundle_is_refused(b, what);
}

static void
table_refused(const char *from, const char *to, const char *what)
{
	struct bundle *b = world();
	bundle_edit(b, "t.yaml", from, to);
	bundle_is_refused(b, what);
}

/* --- the head -------------------------------------------------------------------- */

static void
a_head_that_is_wrong_is_refused(void **state)
{
	(void)state;
	refused("route: w", "route: x", "route 'x' must stand in a file of that name");
	refused("route: w", "route: W", "'W' is no id");
	refused("route: w\n", "", "'route' is missing");
	refused("title: {nl: Weg, en: Way}\n", "title: {nl: Weg}\n", "'en' is missing");
	refused("article: Art. 2\n", "", "'article' is missing");
	refused("begin: a\n", "", "'begin' is missing");
	refused("begin: a", "begin: z", "begins in state 'z', which is none");
	refused("begin: a", "begin: c", "begins in state 'c', which is closed");
	refused("opens: [city/front, care]\n", "", "'opens' is missing");
	refused("city/front, care", "city/frnt", "did you mean 'front'");
	refused("opens: [city/front", "opens: [cityy/front", "no role or group");
	refused("opens: [city/front, care]", "opens: []", "must name 1 to");
	refused("own_desks: [front", "own_desks: [frnt",
	    "no desk of who may open called 'frnt'; did you mean 'front'");
	refused("own_desks: [front, back]", "own_desks: [back, back]", "here twice");
	refused("own_desks: [front, back]", "own_desks: [vice]", "no desk of who may");
	refused("admits: [city]\n", "", "'admits' is missing");
	refused("keep_days: 100\n", "", "'keep_days' is missing");
	refused("keep_days: 100", "keep_days: 0", "whole number from 1");
	refused("keep_days: 100", "keep_days: 99999", "whole number from 1");
	refused("extend_days: 20", "extend_days: -1", "whole number");
	refused("keep_days: 100", "keep_dais: 100", "unknown key 'keep_dais'");
	refused("end: route w\n", "", "was the file cut short");
	refused("end: route w", "end: w", "was the file cut short");
}

/* --- states ---------------------------------------------------------------------- */

static void
a_state_that_is_wrong_is_refused(void **state)
{
	(void)state;
	refused("- id: b\n", "- id: a\n", "state 'a' stands here twice");
	refused("    title: {nl: B, en: B}\n", "", "'title' is missing");
	refused("convenant: t, phase: '2'", "convenant: tt, phase: '2'",
	    "no convenant called 'tt'");
	refused("phase: '2'", "phase: '9'", "no phase called '9'; there is: 1, 2, 3");
	refused("purpose: hunt", "purpose: hund", "did you mean 'hunt'");
	refused(", purpose: hunt", "", "'purpose' is missing");
	refused("convenant: t, phase: '2'", "phase: '2'", "'convenant' is missing");
	refused("purpose: hunt}", "purpose: hunt, more: 1}", "unknown key 'more'");
	refused("in_force: {convenant: t, phase: '2', purpose: hunt}", "in_force: t",
	    "'in_force' must be a mapping");
	refused("gate: g", "gate: gg", "no gate called 'gg'; there is: g");
	refused("gate: g", "gate: [g]", "a gate must be one name");
	refused("task: enrich", "task: enrish", "did you mean 'enrich'");
	refused("task: enrich", "task: unspecified", "no task called");
	refused("task: enrich", "task: TASK_ENRICH", "no task called");
	refused("task: enrich, ", "", "'task' is missing");
	refused("by: [city/back], days: 5", "days: 5", "'by' is missing");
	refused("by: [city/back], days: 5", "by: source, days: 5", "no role or group");
	refused("by: [city/back], days: 5", "by: [city/bakc], days: 5", "did you mean");
	refused("days: 5", "days: 0", "whole number from 1");
	refused("days: 5", "dais: 5", "unknown key 'dais'");
	refused("closed: true", "closed: yes", "must be true or false");
	refused("    closed: true\n", "", "only a closed state shields");
	refused("    shields: true\n    keep_days: 7\n    recalls",
	    "    keep_days: 99999\n    recalls", "whole number");
	refused(
	    "    gate: g\n", "    keep_days: 3\n", "only a closed state has 'keep_days'");
	refused("ground: no_suspicion", "ground: no_suspision", "did you mean");
	refused(", ground: no_suspicion", "", "'ground' is missing");
	refused(
	    "convenants: [t], ground", "convenants: [u], ground", "no convenant called");
	refused(
	    "convenants: [t], ground", "convenants: [], ground", "'convenants' is empty");
}

/* --- steps ----------------------------------------------------------------------- */

static void
a_step_that_is_wrong_is_refused(void **state)
{
	(void)state;
	refused("- id: stop\n", "- id: on\n", "step 'w.on' stands here twice");
	refused(
	    "- id: stop\n", "- id: abcdefghijklmnopqrstuvwxyz-01234\n", "longer than");
	refused("from: [a]", "from: [x]", "no state called 'x'");
	refused("from: [a]", "from: []", "must name 1 to");
	refused("from: [a, b]", "from: [a, a, b]", "'a' stands here twice");
	refused("    from: [a]\n", "", "'from' is missing");
	refused("to: b", "to: [b]", "a state must be one name");
	refused("    to: b\n", "", "'to' is missing");
	refused("    by: [city]\n", "", "'by' is missing");
	refused("by: [city/back, fuzz]", "by: [city/bakk]", "did you mean 'back'");
	refused("by: [city/back, fuzz]", "by: [mayor]", "no role or group called");
	refused("needs: [enriched,", "needs: [enrichd,",
	    "no fact of a case called 'enrichd'; did you mean 'enriched'");
	refused("needs: [enriched,", "needs: [victim,", "no fact of a case called");
	refused("unless: [gate_failed]", "unless: [enriched]", "as well");
	refused("unless: [gate_failed]", "unless: []", "leave it out");
	refused("    article: Y\n", "", "'article' is missing");
	refused("    article: Y\n", "    article: Y\n    confirm: false\n",
	    "must be confirmed");
	refused("    article: Y\n", "    article: Y\n    confrim: true\n", "unknown key");
	refused("change: iets anders", "change: ''", "'change' is empty");
}

/* --- the whole ------------------------------------------------------------------- */

static void
a_way_that_leads_nowhere_is_refused(void **state)
{
	(void)state;
	refused("from: [a, b]", "from: [a]", "no step leads out of state 'b'");
	refused("    to: b\n", "    to: a\n", "no step leads to state 'b'");
	refused("    to: b\n", "    to: c\n", "no step leads to state 'b'");
	refused("from: [a, b]", "from: [a, b, c]", "is closed, and a step leads out");
	refused("    closed: true\n    shields: true\n    keep_days: 7\n", "",
	    "no state is 'closed'");
	/* two states that lead only to each other */
	refused("    from: [a, b]\n    to: c\n", "    from: [b]\n    to: a\n",
	    "no way leads from state 'a' to a closed one");
}

static void
one_step_id_means_one_step_of_all_routes(void **state)
{
	(void)state;
	struct bundle *b = world();
	bundle_add(b, "routes/w.on.yaml", small);
	bundle_edit(b, "routes/w.on.yaml", "route: w\n", "route: w.on\n");
	bundle_edit(b, "routes/w.on.yaml", "end: route w\n", "end: route w.on\n");
	bundle_edit(b, "routes/w.yaml", "- id: on\n", "- id: on.on\n");
	bundle_is_refused(b, "step 'w.on.on' stands here twice");
}

static void
a_route_cut_short_is_refused_wherever_it_is_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n + 1 < sizeof small - 1; n++) {
		struct bundle *b                   = world();
		struct policy *p                   = NULL;
		bundle_text(b, "routes/w.yaml")[n] = '\0';
		if (bundle_compile(b, &p) != RC_POLICY) fail_msg("cut at %zu", n);
		bundle_destroy(&b);
	}
}

static void
files_in_other_folders_are_no_part_of_a_policy(void **state)
{
	(void)state;
	static const char *const names[] = {"roads/w.yaml", "routes/x/w.yaml",
	    "../routes/w.yaml", "routes/.w.yaml", "/w.yaml"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct bundle *b = world();
		assert_false(policy_is_route(names[i]));
		bundle_add(b, names[i], small);
		bundle_is_refused(b, "");
	}
	assert_true(policy_is_route("routes/w.yaml"));
	assert_false(policy_is_route("routes/w.cases.yaml"));
	assert_false(policy_is_route("riec.yaml"));
}

static void
a_complaint_says_where(void **state)
{
	(void)state;
	struct bundle *b = world();
	struct policy *p = NULL;
	bundle_edit(b, "routes/w.yaml", "task: enrich", "task: enrish");
	assert_int_equal(bundle_compile(b, &p), RC_POLICY);
	assert_int_equal(b->findings.n, 1);
	assert_string_equal(b->findings.at[0].file, "routes/w.yaml");
	assert_int_equal(b->findings.at[0].line, 14);
	assert_int_equal(b->findings.at[0].column, 18);
	bundle_destroy(&b);
}

/* --- gates, reveals, links ------------------------------------------------------- */

static void
a_gate_that_is_wrong_is_refused(void **state)
{
	(void)state;
	table_refused("- id: g\n", "- id: G\n", "is no id");
	table_refused("    article: Q\n", "", "'article' is missing");
	table_refused("    claims_by: [everyone]\n", "", "'claims_by' is missing");
	table_refused("    judges: [cops/vice, city]\n", "", "'judges' is missing");
	table_refused("judges: [cops/vice", "judges: [cops/vise", "did you mean 'vice'");
	table_refused("{id: two, text", "{id: one, text", "'one' stands here twice");
	table_refused("{id: two, text: {nl: twee, en: two}}", "two", "must be a mapping");
	table_refused("text: {nl: een, en: one}", "text: {nl: een}", "'en' is missing");
	table_refused("    article: Q\n", "    article: Q\n    more: 1\n", "unknown key");
	table_refused("reveals:\n",
	    "  - {id: g, article: Q, claims_by: [city], judges: [city], criteria: [{id: "
	    "x, "
	    "text: {nl: x, en: x}}]}\nreveals:\n",
	    "there is a gate 'g' already");
	table_refused("reveals:\n", "reveals: []\nx:\n", "'reveals' is empty");
}

static void
a_reveal_or_link_that_is_wrong_is_refused(void **state)
{
	(void)state;
	table_refused("what: source", "what: sauce", "did you mean 'source'");
	table_refused("what: source, ", "", "'what' is missing");
	table_refused("grounds: [official_report,", "grounds: [oficial_report,",
	    "did you mean 'official_report'");
	table_refused(", second: [city/back]", ", second: [city/bakk]", "did you mean");
	table_refused(", days: 14}", "}", "'days' is missing");
	table_refused(", days: 14}", ", days: 0}", "whole number from 1");
	table_refused("{id: w, article: R", "{id: v, article: R", "a reveal 'v' already");
	table_refused(
	    "kinds: [bsn, address]", "kinds: [bns, address]", "did you mean 'bsn'");
	table_refused("kinds: [bsn, address]", "kinds: [bsn, bsn]", "here twice");
	table_refused("kinds: [bsn, address]", "kinds: [bsn]", "asks for kind 'address'");
	table_refused("with: [t], ", "with: [u], ", "no convenant called 'u'");
	table_refused("with: [t], ", "", "'with' is missing");
	table_refused("to: [cops]", "to: [copz]", "did you mean 'cops'");
	table_refused("{id: m, article: S", "{id: l, article: S", "a link 'l' already");
	table_refused("parties: true", "parties: maybe", "must be true or false");
	table_refused("to_care: [care]", "to_care: [caree]", "did you mean 'care'");
	table_refused("controls: true, to_care", "to_care", "'to_care' asks for");
	table_refused(", care_under: [t]", "", "'care_under' is missing");
	table_refused("care_under: [t]", "care_under: [u]", "no convenant called 'u'");
	table_refused("to_care: [care], ", "", "unknown key");
}

/* --- what is read ---------------------------------------------------------------- */

static void
a_route_is_read_as_it_stands(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(world());
	const struct route_info            *r = policy_route(p, "w");
	assert_int_equal(policy_n_routes(p), 1);
	assert_ptr_equal(policy_route_at(p, 0), r);
	assert_null(policy_route_at(p, 1));
	assert_null(policy_route(p, "v"));
	assert_null(policy_route(p, NULL));
	assert_string_equal(r->title_en, "Way");
	assert_int_equal(r->keep_days, 100);
	assert_int_equal(r->extend_days, 20);
	assert_int_equal(r->n_opens, 2);
	assert_null(r->opens[1].desk);
	assert_string_equal(r->own_desks[1], "back");
	assert_null(r->own_desks[2]);
	const struct state_info *a = route_state(r, "a"), *b = route_state(r, "b"),
	                        *c = route_state(r, "c");
	assert_null(route_state(r, "d"));
	assert_string_equal(a->phase, "1");
	assert_int_equal(a->dues[0].kind, SLUIS__TASK_KIND__TASK_ENRICH);
	assert_int_equal(a->dues[0].days, 5);
	assert_string_equal(a->dues[0].by[0].desk, "back");
	assert_null(a->gate);
	assert_string_equal(b->gate, "g");
	assert_true(b->dues[0].sources && !b->dues[0].assigned);
	assert_true(b->dues[1].assigned);
	assert_true(!b->dues[2].assigned && !b->dues[2].sources && b->dues[2].n_by == 0);
	assert_null(b->recalls[0]);
	assert_true(c->closed && c->shields && c->convenant == NULL);
	assert_int_equal(c->keep_days, 7);
	assert_string_equal(c->recalls[0], "t");
	assert_null(c->recalls[1]);
	assert_int_equal(c->recall_ground, SLUIS__RECALL_GROUND__RECALL_NO_SUSPICION);
}

static void
steps_are_read_as_they_stand(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p  = bundle_policy(world());
	const struct route_info            *r  = policy_route(p, "w");
	const struct step_info             *on = route_step(r, "w.on");
	assert_null(route_step(r, "on"));
	assert_non_null(on);
	assert_int_equal(on->needs, CASE_ENRICHED | CASE_STRENGTHENED);
	assert_int_equal(on->forbids, CASE_GATE_FAILED);
	assert_string_equal(on->by[1].role, "cops"); /* an alias means the role */
	assert_true(on->confirm);                    /* another phase */
	assert_string_equal(on->change,
	    "a step by city/back, cops; all of: enriched, strengthened; none of: "
	    "gate_failed");
	assert_false(route_step(r, "w.stop")->confirm);
	assert_string_equal(route_step(r, "w.stop")->change, "iets anders");
	assert_string_equal(on->file, "routes/w.yaml");
	assert_int_equal(on->line, 30);
}

static void
gates_reveals_and_links_are_read_as_they_stand(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(world());
	const struct gate_info             *g = policy_gate(p, "g");
	assert_string_equal(g->convenant, "t");
	assert_int_equal(g->n_claims_by, 5);
	assert_int_equal(g->n_judges, 2);
	assert_int_equal(g->n_criteria, 2);
	assert_string_equal(g->criteria[1].text_nl, "twee");
	assert_null(policy_gate(p, "h"));
	const Sluis__RevealWhat   SOURCE   = SLUIS__REVEAL_WHAT__REVEAL_SOURCE;
	const Sluis__RevealWhat   IDENTITY = SLUIS__REVEAL_WHAT__REVEAL_IDENTITY;
	const Sluis__RevealGround REPORT   = SLUIS__REVEAL_GROUND__OFFICIAL_REPORT;
	const Sluis__RevealGround DANGER   = SLUIS__REVEAL_GROUND__ACUTE_DANGER_TO_LIFE;
	const Sluis__RevealGround CARE     = SLUIS__REVEAL_GROUND__CARE_NECESSITY;
	assert_string_equal(
	    policy_reveal(p, "t", "cops", "vice", SOURCE, REPORT)->id, "v");
	assert_string_equal(
	    policy_reveal(p, "t", "care", "help", IDENTITY, CARE)->id, "w");
	assert_null(policy_reveal(p, "t", "cops", "traffic", SOURCE, REPORT));
	assert_null(policy_reveal(p, "t", "cops", "vice", SOURCE, DANGER));
	assert_null(policy_reveal(p, "t", "cops", "vice", IDENTITY, REPORT));
	assert_null(policy_reveal(p, "t", "care", "help", SOURCE, REPORT));
	assert_null(policy_reveal(p, "u", "cops", "vice", SOURCE, REPORT));
	assert_null(policy_reveal(p, "t", NULL, NULL, SOURCE, REPORT));
	assert_null(
	    policy_reveal(p, "t", "cops", "vice", SOURCE, (Sluis__RevealGround)99));
	assert_int_equal(policy_n_links(p), 2);
	assert_string_equal(policy_link_at(p, 1)->kinds[0], "plate");
	assert_true(policy_link_at(p, 0)->parties && policy_link_at(p, 0)->controls);
	assert_false(policy_link_at(p, 1)->parties || policy_link_at(p, 1)->controls);
	assert_int_equal(policy_link_at(p, 0)->n_to_care, 1);
	assert_string_equal(policy_link_at(p, 0)->to_care[0].role, "care");
	assert_string_equal(policy_link_at(p, 0)->care_under[0], "t");
	assert_int_equal(policy_link_at(p, 1)->n_to_care, 0);
	assert_null(policy_link_at(p, 1)->care_under[0]);
	assert_null(policy_link_at(p, 2));
}

/* --- the bundle ------------------------------------------------------------------ */

static void
the_hash_of_a_bundle_covers_its_routes(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *with = bundle_policy(world());
	struct bundle                      *b = world(), *without = world();
	bundle_edit(b, "routes/w.yaml", "keep_days: 7", "keep_days: 8");
	AUTO(policy_destroy) struct policy *other = bundle_policy(b);
	assert_false(hash_equal(policy_hash(with), policy_hash(other)));
	without->n--; /* the route stands last */
	AUTO(policy_destroy) struct policy *none = NULL;
	assert_int_equal(bundle_compile(without, &none), RC_OK);
	assert_false(hash_equal(policy_hash(with), policy_hash(none)));
	assert_int_equal(policy_n_routes(none), 0);
	without->n++;
	bundle_destroy(&without);
}

/* --- what a change of it changes ---------------------------------------------------- */

/* The one difference that comes of putting TO for FROM in FILE; not one cell. */
static void
differs(const char *file, const char *from, const char *to, enum term what, enum way way)
{
	AUTO(policy_destroy) struct policy *old = bundle_policy(world());
	struct bundle                      *b   = world();
	AUTO(diff_destroy) struct diff     *d   = NULL;
	struct diff_query                   all = {.convenant = NULL};

	bundle_edit(b, file, from, to);
	AUTO(policy_destroy) struct policy *new = bundle_policy(b);
	assert_int_equal(policy_diff(old, new, &all, &d), RC_OK);
	if (diff_n_terms(d) != 1) fail_msg("%s: %zu terms", to, diff_n_terms(d));
	const struct diff_term *t = diff_term_at(d, 0);
	if (t->what != what || t->way != way)
		fail_msg("%s: %d, way %d", to, (int)t->what, (int)t->way);
	assert_int_equal(diff_n_lines(d), 0);
	assert_false(diff_is_empty(d));
}

static void
no_change_of_a_route_goes_unseen(void **state)
{
	(void)state;
	static const char *const w = "routes/w.yaml";
	differs(
	    w, "opens: [city/front, care]", "opens: [city/front]", TERM_ROUTE, WAY_BOTH);
	differs(w, "admits: [city]", "admits: [care]", TERM_ROUTE, WAY_BOTH);
	differs(w, "keep_days: 100", "keep_days: 101", TERM_ROUTE, WAY_BOTH);
	differs(w, "own_desks: [front, back]", "own_desks: [back]", TERM_ROUTE, WAY_BOTH);
}

static void
no_change_of_a_state_or_step_goes_unseen(void **state)
{
	(void)state;
	static const char *const w = "routes/w.yaml";
	differs(w, "purpose: hunt", "purpose: help", TERM_STATE, WAY_OTHER);
	differs(w, "    gate: g\n", "", TERM_STATE, WAY_OTHER);
	differs(w, "    shields: true\n", "", TERM_STATE, WAY_OTHER);
	differs(w, "keep_days: 7", "keep_days: 8", TERM_STATE, WAY_OTHER);
	differs(w, "ground: no_suspicion", "ground: unlawful", TERM_STATE, WAY_OTHER);
	differs(w, "days: 5", "days: 6", TERM_STATE, WAY_OTHER);
	differs(w, "by: assigned", "by: sources", TERM_STATE, WAY_OTHER);
	differs(w, "by: [city/back, fuzz]", "by: [city/back]", TERM_STEP, WAY_BOTH);
	differs(
	    w, "needs: [enriched,", "needs: [aligned, enriched,", TERM_STEP, WAY_BOTH);
	differs(w, "    unless: [gate_failed]\n", "", TERM_STEP, WAY_BOTH);
	differs(w, "    from: [a, b]\n", "    confirm: true\n    from: [a, b]\n",
	    TERM_STEP, WAY_BOTH);
	differs(w, "end: route w",
	    "  - {id: more, title: {nl: m, en: m}, article: Z, from: b, to: c, by: "
	    "[tax]}\n"
	    "end: route w",
	    TERM_STEP, WAY_WIDER);
}

static void
no_change_of_a_gate_reveal_or_link_goes_unseen(void **state)
{
	(void)state;
	static const char *const t = "t.yaml";
	differs(t, "judges: [cops/vice, city]", "judges: [city]", TERM_GATE, WAY_BOTH);
	differs(t, "{nl: een, en: one}", "{nl: iets, en: one}", TERM_GATE, WAY_BOTH);
	differs(
	    t, "by: [cops/vice], second", "by: [cops], second", TERM_REVEAL, WAY_BOTH);
	differs(t, ", second: [city/back]", "", TERM_REVEAL, WAY_BOTH);
	differs(
	    t, "[official_report, court_order]", "court_order", TERM_REVEAL, WAY_BOTH);
	differs(t, "days: 3}", "days: 4}", TERM_REVEAL, WAY_BOTH);
	differs(t, "kinds: plate", "kinds: [plate, kvk]", TERM_LINK, WAY_BOTH);
	differs(
	    t, "parties: true, controls: true", "controls: true", TERM_LINK, WAY_BOTH);
	differs(t, "to_care: [care]", "to_care: [care/help]", TERM_LINK, WAY_BOTH);
	differs(t, ", to_care: [care], care_under: [t]", "", TERM_LINK, WAY_BOTH);
	differs(t, "  - {id: m, article: S, kinds: plate, with: t, to: [cops]}\n", "",
	    TERM_LINK, WAY_NARROWER);
}

/* --- warnings -------------------------------------------------------------------- */

static bool
warned(const char *from, const char *to, const char *what)
{
	struct bundle  *b     = world();
	struct findings f     = {0};
	bool            found = false;
	if (from != NULL) bundle_edit(b, "routes/w.yaml", from, to);
	bundle_edit(b, "parties.yaml", "  - {id: guest,",
	    "  - {id: ghost, title: {nl: Spook, en: Ghost}}\n  - {id: guest,");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	assert_int_equal(policy_lint(p, day("2025-06-01"), &f), RC_OK);
	for (size_t i = 0; i < f.n; i++)
		found =
		    found || (strncmp(f.at[i].file, "routes/", 7) == 0 &&
		                 !f.at[i].fatal && strstr(f.at[i].text, what) != NULL);
	return found;
}

static void
what_nobody_can_do_is_warned_of(void **state)
{
	(void)state;
	assert_true(warned("opens: [city/front", "opens: [ghost, city/front",
	    "'opens' names ghost, which no party is"));
	assert_true(warned("admits: [city]", "admits: [ghost]", "'admits' names ghost"));
	assert_true(
	    warned("by: [city/back, fuzz]", "by: [ghost/x]", "no party may make"));
	assert_true(warned(
	    "by: [city/back, fuzz]", "by: [fuzz, ghost]", "step 'w.on' names ghost"));
	assert_true(warned("needs: [enriched,", "needs: [gate_met,",
	    "needs a gate, and state 'a' has none"));
	assert_true(
	    warned("needs: [enriched,", "needs: [not_strengthened,", "two verdicts"));
	assert_true(
	    warned("by: [city/back], days", "by: [ghost], days", "due from nobody"));
	/* `assigned` where no step says who */
	assert_true(warned(NULL, NULL, "state 'b' is due from nobody"));
	assert_false(warned("needs: [enriched,", "needs: [assigned, enriched,", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_head_that_is_wrong_is_refused),
	    cmocka_unit_test(a_state_that_is_wrong_is_refused),
	    cmocka_unit_test(a_step_that_is_wrong_is_refused),
	    cmocka_unit_test(a_way_that_leads_nowhere_is_refused),
	    cmocka_unit_test(one_step_id_means_one_step_of_all_routes),
	    cmocka_unit_test(a_route_cut_short_is_refused_wherever_it_is_cut),
	    cmocka_unit_test(files_in_other_folders_are_no_part_of_a_policy),
	    cmocka_unit_test(a_complaint_says_where),
	    cmocka_unit_test(a_gate_that_is_wrong_is_refused),
	    cmocka_unit_test(a_reveal_or_link_that_is_wrong_is_refused),
	    cmocka_unit_test(a_route_is_read_as_it_stands),
	    cmocka_unit_test(steps_are_read_as_they_stand),
	    cmocka_unit_test(gates_reveals_and_links_are_read_as_they_stand),
	    cmocka_unit_test(the_hash_of_a_bundle_covers_its_routes),
	    cmocka_unit_test(no_change_of_a_route_goes_unseen),
	    cmocka_unit_test(no_change_of_a_state_or_step_goes_unseen),
	    cmocka_unit_test(no_change_of_a_gate_reveal_or_link_goes_unseen),
	    cmocka_unit_test(what_nobody_can_do_is_warned_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
