/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The shipped invariants: the shipped policy meets them, each of them can fail, and where
 * one bar alone keeps an invariant, a policy without that bar has a counterexample.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/model.h"
#include "policy/study/prove.h"
#include "support/bundle.h"

static unsigned
invariant_called(const struct policy *p, const char *id)
{
	unsigned i = 0;
	while (i < p->n_invariants && strcmp(p->invariants[i].info.id, id) != 0) i++;
	if (i == p->n_invariants) fail_msg("no invariant %s", id);
	return i;
}

static enum verdict
verdict_of(const struct policy *p, unsigned i)
{
	struct proof proof;
	policy_prove(p, i, &proof);
	return proof.verdict;
}

/* --- as shipped ------------------------------------------------------------------ */

static void
the_shipped_policy_meets_every_invariant(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p       = bundle_policy(bundle_shipped());
	uint64_t                            covered = 0;
	assert_true(p->n_invariants >= 30);
	for (size_t i = 0; i < p->n_invariants; i++) {
		struct proof proof;
		policy_prove(p, i, &proof);
		covered += proof.covered;
		if (proof.verdict == VERDICT_REFUTED || proof.verdict == VERDICT_NO_CASE)
			fail_msg("%s: %d", p->invariants[i].info.id, (int)proof.verdict);
	}
	assert_true(covered > 1000 * 1000 * 1000);
}

static void
one_wrong_consent_breaks_one_invariant(void **state)
{
	(void)state;
	struct bundle *b = bundle_shipped();
	bundle_add_file(b, "pilot.yaml", "tests/policies/bad-health/pilot.yaml");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	for (unsigned i = 0; i < p->n_invariants; i++) {
		bool health =
		    strcmp(p->invariants[i].info.id, "no-health-to-police") == 0;
		if (health != (verdict_of(p, i) == VERDICT_REFUTED))
			fail_msg("%s", p->invariants[i].info.id);
	}
}

/* --- each can fail --------------------------------------------------------------- */

static void
name_facts(FILE *to, const char *key, factset facts)
{
	const char *between = "";
	if (facts == 0) return;
	(void)fprintf(to, ", %s: [", key);
	for (unsigned bit = 0; bit < 64; bit++) {
		if ((facts >> bit & 1) == 0) continue;
		(void)fprintf(to, "%s%s", between, fact_name((enum fact)bit));
		between = ", ";
	}
	(void)fputc(']', to);
}

static void
name_recipients(FILE *to, const struct policy *p, struct seat_list only)
{
	(void)fprintf(to, ", recipients: [");
	for (size_t i = 0; i < (only.n > 0 ? only.n : p->n_roles); i++)
		(void)fprintf(to, "%s%s", i == 0 ? "" : ", ",
		    p->roles[only.n > 0 ? only.at[i].role : i].info.id);
	(void)fputc(']', to);
}

/* A rule that gives, coarsely, what X speaks of to whom it speaks of, and no bars. */
static char *
rule_against(const struct policy *p, const struct invariant *x)
{
	char  *text = NULL;
	size_t size;
	FILE  *to       = open_memstream(&text, &size);
	bool   is_first = true;
	(void)fprintf(to,
	    "\nbars:\n  - {id: zz-b, article: A, action: withhold, fields: "
	    "[reporter.name], when: [cie, urgent, layer_2]}\nrules:\n"
	    "  - {id: zz-r, article: A, action: generalise, to: present, for: "
	    "[signatory, non_signatory, incidental, expired]");
	name_recipients(to, p, x->recipients);
	name_facts(to, "when", x->when | x->with);
	name_facts(to, "when_any", x->when_any);
	name_facts(to, "unless", x->unless | x->instead_of);
	(void)fprintf(to, ", fields: [");
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!fieldset_has(&x->fields, f)) continue;
		(void)fprintf(
		    to, "%s%s", is_first ? "" : ", ", schema_signal()->fields[f].path);
		is_first = false;
	}
	(void)fprintf(to, "]}\n");
	(void)fclose(to);
	return text;
}

/* The shipped policy with this in the place of FILE's bars, before its rules. */
static struct policy *
broken(const char *file, const char *instead)
{
	struct bundle *b     = bundle_shipped();
	const char    *text  = bundle_text(b, file);
	const char    *begin = strstr(text, "\nbars:"), *end = strstr(text, "\nrules:\n");
	assert_non_null(begin);
	assert_non_null(end);
	char *cut = strndup(begin, (size_t)(end - begin) + strlen("\nrules:\n"));
	bundle_edit(b, file, cut, instead);
	free(cut);
	return bundle_policy(b);
}

static bool
can_fail_in(const struct policy *p, unsigned i, size_t convenant)
{
	char        file[64];
	const char *id   = p->convenants[convenant].info.id;
	char       *text = rule_against(p, &p->invariants[i]);
	(void)snprintf(file, sizeof file, "%s.yaml", id);
	AUTO(policy_destroy) struct policy *q = broken(file, text);
	free(text);
	return verdict_of(q, i) == VERDICT_REFUTED;
}

static void
every_invariant_can_fail(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_shipped());
	for (unsigned i = 0; i < p->n_invariants; i++) {
		bool failed = false;
		for (size_t c = 0; c < p->n_convenants && !failed; c++)
			failed = (p->invariants[i].convenants >> c & 1) != 0 &&
			         can_fail_in(p, i, c);
		if (!failed)
			fail_msg("%s is proved of anything", p->invariants[i].info.id);
	}
}

/* --- one bar ---------------------------------------------------------------------- */

/* Take the bar ID out of FILE. */
static void
drop_bar(struct bundle *b, const char *file, const char *id)
{
	char head[64];
	(void)snprintf(head, sizeof head, "\n  - id: %s\n", id);
	const char *begin = strstr(bundle_text(b, file), head);
	if (begin == NULL) fail_msg("no bar %s", id);
	const char *end = begin + strlen(head);
	while (strncmp(end, "    ", 4) == 0) end += strcspn(end, "\n") + 1;
	char *cut = strndup(begin, (size_t)(end - begin));
	bundle_edit(b, file, cut, "\n");
	free(cut);
}

/* Without the bar the invariant has a counterexample.  (Other bars stand before doors
 * that no rule opens: of those the test above shows that opening the door is noticed.) */
static const struct {
	const char *file, *bar, *invariant;
} keepers[] = {
    {"afstemming.yaml", "afs-cie", "cie-gives-nothing"},
    {"afstemming.yaml", "afs-case", "case-members-only"},
    {"afstemming.yaml", "afs-sus", "care-learns-of-no-suspect"},
    {"afstemming.yaml", "afs-emi", "unclear-embargo-only-care"},
    {"cobo.yaml", "cobo-cie", "cie-gives-nothing"},
    {"cobo.yaml", "cobo-case", "case-members-only"},
    {"cobo.yaml", "cobo-emi", "unclear-embargo-only-care"},
    {"opsporing.yaml", "ops-cie", "cie-gives-nothing"},
    {"opsporing.yaml", "ops-emb0", "unclear-embargo-only-care"},
    {"opsporing.yaml", "ops-case", "case-members-only"},
    {"opsporing.yaml", "ops-min", "sexual-behaviour-of-adults-only"},
    {"riec.yaml", "riec-cie", "cie-gives-nothing"},
    {"riec.yaml", "riec-emb0", "unclear-embargo-only-care"},
    {"riec.yaml", "riec-case", "case-members-only"},
    {"riec.yaml", "riec-layer", "layer-2-not-for-care-coordinator"},
    {"riec.yaml", "riec-min", "sexual-behaviour-of-adults-only"},
    {"zorg.yaml", "zorg-cie", "cie-gives-nothing"},
    {"zorg.yaml", "zorg-case", "case-members-only"},
    {"zorg.yaml", "zorg-emi", "unclear-embargo-only-care"},
    {"zvh.yaml", "zvh-cie", "cie-gives-nothing"},
    {"zvh.yaml", "zvh-case", "case-members-only"},
    {"zvh.yaml", "zvh-circle", "zvh-circle"},
    {"zvh.yaml", "zvh-secret", "bound-by-secrecy"},
    {"zvh.yaml", "zvh-secret2", "bound-by-secrecy"},
    {"zvh.yaml", "zvh-emi", "unclear-embargo-only-care"},
};

static void
without_a_bar_that_keeps_it_an_invariant_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++) {
		struct bundle *b = bundle_shipped();
		drop_bar(b, keepers[i].file, keepers[i].bar);
		AUTO(policy_destroy) struct policy *p = bundle_policy(b);
		unsigned n = invariant_called(p, keepers[i].invariant);
		if (verdict_of(p, n) != VERDICT_REFUTED)
			fail_msg(
			    "%s does not need %s", keepers[i].invariant, keepers[i].bar);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_shipped_policy_meets_every_invariant),
	    cmocka_unit_test(one_wrong_consent_breaks_one_invariant),
	    cmocka_unit_test(every_invariant_can_fail),
	    cmocka_unit_test(without_a_bar_that_keeps_it_an_invariant_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
