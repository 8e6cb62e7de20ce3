/* SPDX-License-Identifier: EUPL-1.2 */
/* policy/study/matrix.h: the table shows what a ruling does. */
#include "policy/study/matrix.h"

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

/* --- every cell agrees with a ruling --------------------------------------------- */

static const struct party *
party_at_seat(const struct matrix_cell *at)
{
	for (size_t i = 0; i < policy_n_parties(policy); i++) {
		const struct party *p = policy_party_at(policy, i);
		if (strcmp(p->role, at->recipient_role) == 0) return p;
	}
	return NULL;
}

static const struct party *
party_of_role(const char *role)
{
	struct matrix_cell at = {.recipient_role = role};
	return party_at_seat(&at);
}

struct tally {
	size_t             compared, served;
	factset            message;
	struct matrix_cell last; /* what the cells below were asked for */
	rc                 code;
	unsigned           rule;
	bool               is_signed;
	struct cell        cells[SCHEMA_FIELDS_MAX];
};

static bool
same_cell(const struct matrix_cell *at, const struct cell *cells)
{
	for (size_t i = 0; i < schema_signal()->n_fields; i++) {
		const struct schema_field *f = &schema_signal()->fields[i];
		if (strcmp(policy_category(policy, f), at->category) != 0) continue;
		if ((strncmp(f->path, "persons.", 8) == 0) != at->of->person) continue;
		if (at->field != NULL && at->field != f) continue;
		if (cells[i].action != at->cell.action ||
		    cells[i].rule != at->cell.rule ||
		    cells[i].generalise != at->cell.generalise)
			return false;
	}
	return true;
}

/* Without a desk the question means the first; in riec that of the NLA has its own rules.
 */
static bool
has_its_own_seat(const struct matrix_cell *at, const char *desk)
{
	return at->recipient_desk == NULL && strcmp(desk, "opsporing") == 0 &&
	       strcmp(at->recipient_role, "nla") == 0 &&
	       strcmp(at->convenant->id, "riec") == 0;
}

static bool
same_question(const struct matrix_cell *a, const struct matrix_cell *b)
{
	return a->convenant == b->convenant && a->phase == b->phase && a->of == b->of &&
	       a->sender_role == b->sender_role &&
	       a->recipient_role == b->recipient_role &&
	       a->recipient_desk == b->recipient_desk && a->audience == b->audience;
}

/* Ask the ruling that AT tells of, unless the last one was that. */
static void
ask(struct tally *t, const struct matrix_cell *at, const struct party *from,
    const struct party *to)
{
	struct ruling   r;
	struct question q = {.convenant = at->convenant->id,
	    .phase                      = at->phase,
	    .purpose                    = at->convenant->purposes[0],
	    .sender_oin                 = from->oin,
	    .sender_desk                = from->desks[0],
	    .recipient_oin              = to->oin,
	    .recipient_desk             = at->recipient_desk,
	    .today                      = day("2026-11-21"),
	    .message                    = t->message};
	if (same_question(&t->last, at)) return;
	policy_rule(policy, &q, &r);
	ruling_cells(&r, at->of == NULL ? 0 : at->of->record, t->cells);
	t->last      = *at;
	t->code      = r.code;
	t->rule      = r.rule;
	t->is_signed = (r.message & BIT(FACT_RECIPIENT_SIGNED)) != 0;
}

static rc
compare(void *arg, const struct matrix_cell *at)
{
	struct tally       *t    = arg;
	const struct party *from = party_of_role(at->sender_role);
	const struct party *to   = party_at_seat(at);
	if (from == NULL || to == NULL) return RC_OK; /* no such party in this region */
	if (from == to) return RC_OK; /* its own desks: same_party is a fact of that */
	if (has_its_own_seat(at, to->desks[0]))
		return RC_OK; /* what others of the role get */
	ask(t, at, from, to);
	if (t->code == RC_SENDER_NOT_ALLOWED) return RC_OK; /* kmar has signed nothing */
	if (t->is_signed != (strcmp(at->audience, "signatory") == 0)) return RC_OK;
	if (at->code != RC_OK) {
		assert_int_equal(t->code, at->code);
		assert_int_equal(t->rule, at->cell.rule);
		assert_null(at->category);
		return RC_OK;
	}
	if (t->code == RC_NOT_ENTITLED) return RC_OK; /* nla under zvh: not declared */
	assert_int_equal(t->code, RC_OK);
	assert_true(same_cell(at, t->cells));
	t->compared++;
	t->served += at->cell.action != SLUIS__ACTION__ACTION_WITHHOLD ? 1 : 0;
	return RC_OK;
}

static void
every_cell_is_what_a_ruling_says(void **state)
{
	(void)state;
	static const factset messages[] = {0, BIT(FACT_EMBARGO), BIT(FACT_EMERGENCY),
	    BIT(FACT_LAYER_2) | BIT(FACT_CASE) | BIT(FACT_CASE_MEMBER),
	    BIT(FACT_TRAFFICKING) | BIT(FACT_CRIMINAL_DATA)};
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		struct matrix_query q = {.message = messages[i]};
		struct tally        t = {.message = messages[i]};
		assert_int_equal(policy_matrix(policy, &q, compare, &t), RC_OK);
		assert_true(t.compared > 5000);
		assert_true(t.served > 300);
	}
}

/* --- what is visited ------------------------------------------------------------- */

static rc
count(void *arg, const struct matrix_cell *at)
{
	/* whom a bar excludes has no fields: that line stands under every class */
	if (at->category != NULL) (*(size_t *)arg)++;
	return RC_OK;
}

static size_t
cells_of(struct matrix_query q)
{
	size_t n = 0;
	assert_int_equal(policy_matrix(policy, &q, count, &n), RC_OK);
	return n;
}

static void
filters_divide_the_table_and_lose_nothing(void **state)
{
	(void)state;
	size_t all = cells_of((struct matrix_query){0}), by_convenant = 0, by_class = 0;
	for (size_t i = 0; i < policy_n_convenants(policy); i++)
		by_convenant += cells_of((struct matrix_query){
		    .convenant = policy_convenant_at(policy, i)->id});
	for (size_t i = 0; matrix_class_at(i) != NULL; i++)
		by_class += cells_of(
		    (struct matrix_query){.class_name = matrix_class_at(i)->name});
	assert_int_equal(all, by_convenant);
	assert_int_equal(all, by_class);
	assert_true(all > 10000);
}

static void
roles_may_be_asked_by_alias(void **state)
{
	(void)state;
	size_t by_id = cells_of(
	    (struct matrix_query){.recipient_role = "nla", .sender_role = "police"});
	size_t by_alias = cells_of(
	    (struct matrix_query){.recipient_role = "siod", .sender_role = "politie"});
	assert_true(by_id > 0);
	assert_int_equal(by_id, by_alias);
}

static void
what_does_not_exist_is_not_found(void **state)
{
	(void)state;
	static const struct matrix_query bad[] = {{.convenant = "reic"}, {.phase = "9"},
	    {.convenant = "zvh", .phase = "2"}, {.sender_role = "mafia"},
	    {.recipient_role = ""}, {.class_name = "hero"}};
	size_t                           n     = 0;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(policy_matrix(policy, &bad[i], count, &n), RC_NOT_FOUND);
	assert_int_equal(n, 0);
}

static rc
stop_at_three(void *arg, const struct matrix_cell *at)
{
	(void)at;
	return ++*(size_t *)arg == 3 ? RC_STOPPING : RC_OK;
}

static void
the_visitor_may_stop_the_walk(void **state)
{
	(void)state;
	size_t              n = 0;
	struct matrix_query q = {0};
	assert_int_equal(policy_matrix(policy, &q, stop_at_three, &n), RC_STOPPING);
	assert_int_equal(n, 3);
}

static rc
only_refusals(void *arg, const struct matrix_cell *at)
{
	(*(size_t *)arg)++;
	assert_int_equal(at->code, RC_CIE);
	assert_null(at->category);
	return RC_OK;
}

static void
under_cie_the_table_is_one_refusal_a_row(void **state)
{
	(void)state;
	size_t              n = 0;
	struct matrix_query q = {.message = BIT(FACT_CIE)};
	assert_int_equal(policy_matrix(policy, &q, only_refusals, &n), RC_OK);
	assert_true(n > 50);
}

static rc
no_auditor(void *arg, const struct matrix_cell *at)
{
	(void)arg;
	assert_string_not_equal(at->recipient_role, "auditor");
	return RC_OK;
}

static void
the_auditor_has_no_seat(void **state)
{
	(void)state;
	struct matrix_query q = {0};
	assert_int_equal(policy_matrix(policy, &q, no_auditor, NULL), RC_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_cell_is_what_a_ruling_says),
	    cmocka_unit_test(filters_divide_the_table_and_lose_nothing),
	    cmocka_unit_test(roles_may_be_asked_by_alias),
	    cmocka_unit_test(what_does_not_exist_is_not_found),
	    cmocka_unit_test(the_visitor_may_stop_the_walk),
	    cmocka_unit_test(under_cie_the_table_is_one_refusal_a_row),
	    cmocka_unit_test(the_auditor_has_no_seat),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
