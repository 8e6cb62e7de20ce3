/* SPDX-License-Identifier: EUPL-1.2 */
/* policy/study/grid.h: the folded table says what every cell of the long one says. */
#include "policy/study/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

#define BIT(f) ((factset)1 << (f))

static struct policy *policy;

static int
load(void **state)
{
	(void)state;
	policy = bundle_policy(bundle_shipped());
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	policy_destroy(&policy);
	return 0;
}

/* --- reading a grid as a person would -------------------------------------------- */

static bool
is_seat(const struct grid_seat *s, const char *role, const char *desk)
{
	return strcmp(s->role, role) == 0 &&
	       (desk == NULL ? s->desk == NULL
	                     : s->desk != NULL && strcmp(s->desk, desk) == 0);
}

static size_t
column_of(const struct grid *g, const char *role, const char *desk)
{
	for (size_t i = 0; i < g->n_columns; i++) {
		for (size_t k = 0; k < g->columns[i].n; k++) {
			if (is_seat(&g->columns[i].seats[k], role, desk)) return i;
		}
	}
	return SIZE_MAX;
}

static size_t
row_of(const struct grid *g, const struct schema_field *f)
{
	for (size_t i = 0; i < g->n_rows; i++) {
		for (size_t k = 0; k < g->rows[i].n_fields; k++) {
			if (g->rows[i].fields[k] == f) return i;
		}
	}
	return SIZE_MAX;
}

static unsigned
sender_of(const struct grid *g, const char *role, const char *desk)
{
	for (unsigned i = 0; i < g->n_senders; i++) {
		if (is_seat(&g->senders[i], role, desk)) return i;
	}
	fail_msg("no sender %s/%s", role, desk != NULL ? desk : "");
	return 0;
}

static bool
concerns(const struct grid_restriction *r, const char *role, const char *desk)
{
	for (size_t i = 0; i < r->n_seats; i++) {
		if (is_seat(&r->seats[i], role, desk)) return true;
	}
	return r->kind == RESTRICTION_REFUSES;
}

static bool
leaves(const struct grid_restriction *r, const char *category, const char *path)
{
	for (size_t i = 0; i < r->n_left; i++) {
		if (strcmp(r->left[i], category) == 0 || strcmp(r->left[i], path) == 0)
			return true;
	}
	return false;
}

/* The first restriction that holds at SPOT: on the whole message (F NULL), or on F. */
static const struct grid_restriction *
restricted(const struct grid *g, const struct grid_seat *to, struct spot spot,
    const struct schema_field *f)
{
	for (size_t i = 0; i < g->n_restrictions; i++) {
		const struct grid_restriction *r       = &g->restrictions[i];
		bool                           narrows = r->kind == RESTRICTION_NARROWS;
		if (r->kind == RESTRICTION_SUPPLIER || narrows != (f != NULL) ||
		    !concerns(r, to->role, to->desk) ||
		    clause_at(&r->clause, 1, spot) == NULL)
			continue;
		if (f == NULL || !leaves(r, policy_category(policy, f), f->path))
			return r;
	}
	return NULL;
}

static bool
is_person(const struct schema_field *f)
{
	return strncmp(f->path, "persons.", 8) == 0;
}

struct reading {
	const struct grid *grid;
	size_t             rows[SCHEMA_FIELDS_MAX];
	size_t             compared, given;
};

static void
begin(struct reading *x, const struct grid *g)
{
	x->grid = g;
	for (size_t i = 0; i < schema_signal()->n_fields; i++)
		x->rows[i] = row_of(g, &schema_signal()->fields[i]);
}

/* CELL, which the engine says, is what the grid says of F for TO at SPOT. */
static void
same(struct reading *x, const struct grid_seat *to, size_t column, struct spot spot,
    const struct schema_field *f, struct cell cell)
{
	const struct grid_cell *at = grid_at(x->grid, x->rows[f->index], column);
	const struct clause    *c  = clause_at(at->clauses, at->n, spot);
	x->compared++;
	if (c == NULL || c->action == SLUIS__ACTION__ACTION_WITHHOLD ||
	    restricted(x->grid, to, spot, f) != NULL) {
		assert_int_equal(cell.action, SLUIS__ACTION__ACTION_WITHHOLD);
		return;
	}
	x->given++;
	assert_int_equal(cell.action, c->action);
	assert_int_equal(cell.generalise, c->generalise);
	assert_int_equal(cell.rule, c->rule);
}

static factset
facts_of(const char *audience)
{
	if (strcmp(audience, "signatory") == 0) return BIT(FACT_RECIPIENT_SIGNED);
	if (strcmp(audience, "incidental") == 0) return BIT(FACT_DECLARED);
	return strcmp(audience, "expired") == 0 ? BIT(FACT_EXPIRED) : 0;
}

/* --- every cell of the matrix ---------------------------------------------------- */

struct comparison {
	struct reading reading;
	factset        message;
};

static rc
compare(void *arg, const struct matrix_cell *at)
{
	struct comparison *x  = arg;
	const struct grid *g  = x->reading.grid;
	struct grid_seat   to = {at->recipient_role, at->recipient_desk};
	factset            all =
	    x->message | facts_of(at->audience) | (at->of == NULL ? 0 : at->of->record);
	struct spot spot = {
	    .sender = sender_of(g, at->sender_role, at->sender_desk), .facts = all};
	if (strcmp(at->audience, g->audience) != 0) return RC_OK;
	const struct grid_restriction *r = restricted(g, &to, spot, NULL);
	assert_int_equal(r != NULL ? r->code : RC_OK, at->code);
	size_t column = column_of(g, to.role, to.desk);
	for (size_t i = 0; r == NULL && i < schema_signal()->n_fields; i++) {
		const struct schema_field *f = &schema_signal()->fields[i];
		if (at->field != NULL && at->field != f) continue;
		if (strcmp(policy_category(policy, f), at->category) == 0 &&
		    is_person(f) == at->of->person)
			same(&x->reading, &to, column, spot, f, at->cell);
	}
	return RC_OK;
}

static rc
compare_grid(void *arg, const struct grid *g)
{
	struct comparison  *x = arg;
	struct matrix_query q = {
	    .convenant = g->convenant->id, .phase = g->phase, .message = x->message};
	begin(&x->reading, g);
	return policy_matrix(policy, &q, compare, x);
}

static void
the_grid_says_what_every_cell_of_the_matrix_says(void **state)
{
	(void)state;
	static const factset messages[] = {
	    0, BIT(FACT_EMBARGO) | BIT(FACT_TRAFFICKING) | BIT(FACT_CRIMINAL_DATA)};
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		struct comparison x = {.message = messages[i]};
		struct grid_query q = {0};
		assert_int_equal(policy_grids(policy, &q, compare_grid, &x), RC_OK);
		assert_true(x.reading.compared > 100000);
		assert_true(x.reading.given > 1000);
	}
}

/* --- rulings --------------------------------------------------------------------- */

struct questions {
	struct reading reading;
	uint64_t       random;
	size_t         n, refused, due;
	bool           by_duty;
};

static unsigned
draw(struct questions *x, unsigned n)
{
	x->random = x->random * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(x->random >> 33) % n;
}

/* Message facts, most of them false, and a person. */
static factset
some_facts(struct questions *x)
{
	static const enum fact flags[]   = {FACT_EMERGENCY, FACT_TRAFFICKING,
	      FACT_CRIMINAL_DATA, FACT_URGENT, FACT_CASE, FACT_CONSENT_CARE,
	      FACT_CONSENT_ENFORCEMENT, FACT_NATIONALITY_NEEDED};
	static const factset   secrecy[] = {
	      0, BIT(FACT_CONSENT_SECRECY), BIT(FACT_STATUTORY_DUTY), BIT(FACT_GOOD_CARE)};
	static const factset ages[] = {0, BIT(FACT_MINOR), BIT(FACT_ADULT)};
	factset              facts  = BIT(FACT_VICTIM + draw(x, 5)) | ages[draw(x, 3)];
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		facts |= draw(x, 2) == 0 ? BIT(flags[i]) : 0;
	facts |= secrecy[draw(x, 4)];
	facts |= draw(x, 4) == 0 ? BIT(FACT_EMBARGO) : 0;
	facts |= (facts & BIT(FACT_EMBARGO)) != 0 && draw(x, 4) == 0
	             ? BIT(FACT_EMBARGO_INCOMPLETE)
	             : 0;
	facts |= draw(x, 8) == 0 ? BIT(FACT_LAYER_2) : 0;
	for (unsigned f = FACT_ANONYMOUS_REPORT; f <= FACT_TRANSFER; f++)
		facts |= f != FACT_EFFECT_NAMED && draw(x, 8) == 0 ? BIT(f) : 0;
	return facts | (draw(x, 16) == 0 ? BIT(FACT_CIE) : 0);
}

/* Whether O travels with a copy under these facts and for this purpose. */
static bool
travels(const struct grid_obligation *o, factset facts, unsigned purpose)
{
	return (o->when & ~facts) == 0 && (o->unless & facts) == 0 &&
	       (o->when_any == 0 || (o->when_any & facts) != 0) &&
	       (o->purposes >> purpose & 1) != 0;
}

static bool
rules_due(const struct ruling *r, const struct obligation_info *o)
{
	for (size_t i = 0; i < r->n_obligations; i++) {
		if (r->obligations[i] == o) return true;
	}
	return false;
}

static bool
tells_due(const struct grid_column *c, const struct obligation_info *o, factset facts,
    unsigned purpose)
{
	for (size_t i = 0; i < c->n_obligations; i++) {
		if (c->obligations[i].info == o)
			return travels(&c->obligations[i], facts, purpose);
	}
	return false;
}

/* What is due by the ruling is told by the column, and what the column says of every copy
 * is due by the ruling. */
static void
same_duties(struct questions *x, const struct grid_column *c, const struct ruling *r,
    struct spot spot)
{
	for (size_t i = 0; i < r->n_obligations; i++, x->due++)
		assert_true(tells_due(c, r->obligations[i], spot.facts, spot.purpose));
	for (size_t i = 0; i < c->n_obligations; i++) {
		const struct grid_obligation *o = &c->obligations[i];
		if (o->every_copy && travels(o, spot.facts, spot.purpose))
			assert_true(rules_due(r, o->info));
	}
}

static void
ask(struct questions *x, size_t column, const struct grid_seat *to, unsigned sender,
    unsigned purpose)
{
	const struct grid *g     = x->reading.grid;
	factset            facts = some_facts(x);
	struct ruling      r;
	struct cell        person[SCHEMA_FIELDS_MAX], other[SCHEMA_FIELDS_MAX];
	enum audience      audience;
	assert_true(audience_from_name(g->audience, &audience));
	struct role_question q    = {.convenant = g->convenant->id,
	       .phase                           = g->phase,
	       .purpose                         = g->convenant->purposes[purpose],
	       .sender                          = g->senders[sender].role,
	       .sender_desk                     = g->senders[sender].desk,
	       .recipient                       = to->role,
	       .recipient_desk                  = to->desk,
	       .audience                        = (uint8_t)audience,
	       .message                         = facts & FACTS_MESSAGE};
	struct spot          spot = {sender, purpose, facts | facts_of(g->audience)};
	policy_rule_roles(policy, &q, &r);
	const struct grid_restriction *bar = restricted(g, to, spot, NULL);
	x->n++;
	x->refused += bar != NULL ? 1 : 0;
	if (bar != NULL) assert_int_equal(r.code, bar->code);
	if (bar != NULL) return;
	assert_true(r.code == RC_OK || r.code == RC_NOT_ENTITLED);
	if (x->by_duty && r.code == RC_OK) same_duties(x, &g->columns[column], &r, spot);
	ruling_cells(&r, facts, person);
	ruling_cells(&r, 0, other);
	for (size_t i = 0; i < schema_signal()->n_fields; i++) {
		const struct schema_field *f  = &schema_signal()->fields[i];
		struct spot                at = spot;
		if (!is_person(f)) at.facts &= FACTS_MESSAGE;
		same(&x->reading, to, column, at, f, is_person(f) ? person[i] : other[i]);
	}
}

static rc
ask_grid(void *arg, const struct grid *g)
{
	struct questions *x = arg;
	begin(&x->reading, g);
	for (size_t i = 0; i < g->n_columns; i++) {
		const struct grid_column *c = &g->columns[i];
		for (size_t k = 0; k < c->n * g->n_senders * 10; k++) {
			size_t purposes = 0;
			while (g->convenant->purposes[purposes] != NULL) purposes++;
			ask(x, i, &c->seats[k / 10 % c->n], (unsigned)(k / 10 / c->n),
			    draw(x, (unsigned)purposes));
		}
	}
	return RC_OK;
}

static void
the_grid_says_what_rulings_say_under_any_facts(void **state)
{
	(void)state;
	struct questions  x = {.random = 20261121};
	struct grid_query q = {0};
	assert_int_equal(policy_grids(policy, &q, ask_grid, &x), RC_OK);
	assert_true(x.n > 3000);
	assert_true(x.refused > 100);
	assert_true(x.reading.given > 10000);
}

static void
what_a_grid_says_is_due_is_what_rulings_say(void **state)
{
	(void)state;
	struct questions  x = {.random = 19, .by_duty = true};
	struct grid_query q = {.by_duty = true};
	assert_int_equal(policy_grids(policy, &q, ask_grid, &x), RC_OK);
	assert_true(x.due > 3000);
}

/* --- small policies -------------------------------------------------------------- */

struct wanted {
	const char       *role, *path;
	struct grid_query q;
	/* found */
	size_t        n_columns, n_restrictions, n;
	struct clause clauses[8];
};

static rc
take_cell(void *arg, const struct grid *g)
{
	struct wanted *w = arg;
	if (strcmp(g->audience, "signatory") != 0) return RC_OK;
	size_t row    = row_of(g, schema_find(w->path)),
	       column = column_of(g, w->role, NULL);
	assert_true(row != SIZE_MAX && column != SIZE_MAX);
	const struct grid_cell *cell = grid_at(g, row, column);
	w->n_columns                 = g->n_columns;
	w->n_restrictions            = g->n_restrictions;
	w->n                         = cell->n;
	assert_true(cell->n <= 8);
	for (size_t i = 0; i < cell->n; i++) w->clauses[i] = cell->clauses[i];
	return RC_OK;
}

/* The cell of PATH for ROLE under the small policy with these BARS and RULES. */
static struct wanted
cell_of(const char *bars, const char *rules, const char *role, const char *path,
    const char *sender)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_small(bars, rules));
	struct wanted                       w = {.role = role, .path = path};
	w.q.convenant                         = "t";
	w.q.phase                             = "1";
	w.q.sender                            = sender;
	assert_int_equal(policy_grids(p, &w.q, take_cell, &w), RC_OK);
	return w;
}

#define TO_COPS "recipients: [cops], action: release"

static void
a_condition_that_changes_nothing_is_not_told(void **state)
{
	(void)state;
	struct wanted w = cell_of("  - {id: b, article: a, action: withhold,"
	                          " categories: [health], when: [suspect]}\n",
	    "  - {id: r, article: a, " TO_COPS
	    ", categories: [health], when: [victim]}\n",
	    "cops", "persons.health.pregnant", NULL);
	assert_int_equal(w.n, 1); /* who is a victim is no suspect */
	assert_int_equal(w.clauses[0].when, BIT(FACT_VICTIM));
	assert_int_equal(w.clauses[0].unless, 0);
}

static void
a_bar_that_matters_is_told_before_what_it_bars(void **state)
{
	(void)state;
	struct wanted w = cell_of("  - {id: b, article: a, action: withhold,"
	                          " categories: [health], when: [minor]}\n",
	    "  - {id: r, article: a, " TO_COPS
	    ", categories: [health], when: [victim]}\n",
	    "cops", "persons.health.pregnant", NULL);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.clauses[0].action, SLUIS__ACTION__ACTION_WITHHOLD);
	assert_int_equal(w.clauses[0].when, BIT(FACT_MINOR));
}

static void
silence_and_a_bar_are_told_apart(void **state)
{
	(void)state;
	const char *bar =
	    "  - {id: b, article: a, action: withhold, categories: [health]}\n";
	const char   *rule = "  - {id: r, article: a, " TO_COPS ", categories: [form]}\n";
	struct wanted w    = cell_of(bar, rule, "cops", "persons.health.pregnant", NULL);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.clauses[0].action, SLUIS__ACTION__ACTION_WITHHOLD);
	w = cell_of(bar, rule, "cops", "vehicles.plate", NULL);
	assert_int_equal(w.n, 0);
}

static rc
take_rule(void *arg, const struct grid *g)
{
	size_t                  row  = row_of(g, schema_find("persons.health.pregnant"));
	const struct grid_cell *cell = grid_at(g, row, column_of(g, "cops", NULL));
	assert_int_equal(cell->n, 1);
	*(const char **)arg = policy_rule_info(g->policy, cell->clauses[0].rule)->id;
	return RC_OK;
}

static void
the_bar_that_always_holds_is_the_one_that_is_named(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy *p =
	    bundle_policy(bundle_small("  - {id: sometimes, article: a, action: withhold,"
	                               " categories: [health], when: [minor]}\n"
	                               "  - {id: always, article: a, action: withhold,"
	                               " categories: [health]}\n",
	        "  - {id: r, article: a, " TO_COPS ", categories: [health]}\n"));
	struct grid_query q = {.convenant = "t", .phase = "1", .audience = "signatory"};
	const char       *rule = "";
	assert_int_equal(policy_grids(p, &q, take_rule, &rule), RC_OK);
	assert_string_equal(rule, "always");
}

static void
a_fact_of_a_person_opens_nothing_outside_persons(void **state)
{
	(void)state;
	struct wanted w = cell_of(NULL,
	    "  - {id: r, article: a, " TO_COPS
	    ", categories: [finance], when: [victim]}\n"
	    "  - {id: s, article: a, " TO_COPS ", categories: [form]}\n",
	    "cops", "accounts.iban", NULL);
	assert_int_equal(w.n, 0);
}

static void
of_one_sender_nothing_is_said_about_senders(void **state)
{
	(void)state;
	const char *rule = "  - {id: r, article: a, " TO_COPS
	                   ", categories: [vehicle], sources: [city]}\n";
	struct wanted w = cell_of(NULL, rule, "cops", "vehicles.plate", NULL);
	assert_int_equal(w.n, 1);
	uint64_t all = w.clauses[0].senders;
	assert_int_equal(__builtin_popcountll(all), 1);
	w = cell_of(NULL, rule, "cops", "vehicles.plate", "city");
	assert_int_equal(w.n, 1);
	assert_int_equal(w.clauses[0].senders, all);
	w = cell_of(NULL, rule, "cops", "vehicles.plate", "care");
	assert_int_equal(w.n, 0);
}

static void
what_bars_nearly_everything_stands_above_the_table(void **state)
{
	(void)state;
	struct wanted w = cell_of("  - {id: b, article: a, action: withhold,"
	                          " except_categories: [meta], when: [embargo]}\n",
	    "  - {id: r, article: a, " TO_COPS ", categories: [vehicle, meta]}\n", "cops",
	    "vehicles.plate", NULL);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.n_restrictions, 1);
}

static void
a_bar_of_another_phase_is_not_told(void **state)
{
	(void)state;
	const char   *rule = "  - {id: r, article: a, " TO_COPS ", categories: [meta]}\n";
	struct wanted w =
	    cell_of("  - {id: b, article: a, action: refuse, when: [embargo],"
	            " code: barred, phases: [\"2\"]}\n",
	        rule, "cops", "meta.strength", NULL);
	assert_int_equal(w.n_restrictions, 0);
	w = cell_of("  - {id: b, article: a, action: refuse, when: [embargo],"
	            " code: barred, phases: [\"1\"]}\n",
	    rule, "cops", "meta.strength", NULL);
	assert_int_equal(w.n_restrictions, 1);
}

static void
of_what_is_given_the_rule_is_kept(void **state)
{
	(void)state;
	struct wanted w = cell_of(NULL,
	    "  - {id: r, article: a, " TO_COPS ", categories: [health], when: [victim]}\n"
	    "  - {id: s, article: a, " TO_COPS ", categories: [health]}\n",
	    "cops", "persons.health.pregnant", NULL);
	assert_int_equal(
	    w.n, 2); /* who answers for it differs, though the outcome does not */
	assert_int_not_equal(w.clauses[0].rule, w.clauses[1].rule);
}

static void
recipients_that_get_the_same_share_a_column(void **state)
{
	(void)state;
	struct wanted w = cell_of(NULL,
	    "  - {id: r, article: a, recipients: [cops, care, city], action: release,"
	    " categories: [vehicle]}\n"
	    "  - {id: s, article: a, recipients: [city], action: release,"
	    " categories: [form]}\n",
	    "care", "vehicles.plate", NULL);
	assert_int_equal(w.n_columns, 2);
}

static rc
none(void *arg, const struct grid *g)
{
	(void)g;
	++*(size_t *)arg;
	return RC_OK;
}

static void
a_grid_of_what_does_not_exist_is_not_found(void **state)
{
	(void)state;
	static const struct grid_query bad[] = {{.convenant = "reic"}, {.phase = "9"},
	    {.convenant = "zvh", .phase = "2"}, {.sender = "mafia"}, {.recipient = ""},
	    {.sender = "nla", .sender_desk = "cellar"},
	    {.recipient = "police", .recipient_desk = "meldpunt"}, {.class_name = "hero"},
	    {.audience = "everybody"}};
	size_t                         n     = 0;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(policy_grids(policy, &bad[i], none, &n), RC_NOT_FOUND);
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_grid_says_what_every_cell_of_the_matrix_says),
	    cmocka_unit_test(the_grid_says_what_rulings_say_under_any_facts),
	    cmocka_unit_test(what_a_grid_says_is_due_is_what_rulings_say),
	    cmocka_unit_test(a_condition_that_changes_nothing_is_not_told),
	    cmocka_unit_test(a_bar_that_matters_is_told_before_what_it_bars),
	    cmocka_unit_test(silence_and_a_bar_are_told_apart),
	    cmocka_unit_test(the_bar_that_always_holds_is_the_one_that_is_named),
	    cmocka_unit_test(a_fact_of_a_person_opens_nothing_outside_persons),
	    cmocka_unit_test(of_one_sender_nothing_is_said_about_senders),
	    cmocka_unit_test(what_bars_nearly_everything_stands_above_the_table),
	    cmocka_unit_test(a_bar_of_another_phase_is_not_told),
	    cmocka_unit_test(of_what_is_given_the_rule_is_kept),
	    cmocka_unit_test(recipients_that_get_the_same_share_a_column),
	    cmocka_unit_test(a_grid_of_what_does_not_exist_is_not_found),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
