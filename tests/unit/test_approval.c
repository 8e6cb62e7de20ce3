/* SPDX-License-Identifier: EUPL-1.2 */
/* test_approval.c - who has to sign a bundle, and that the bundle itself cannot say less.
 */
#include "policy/approval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

#define CITY "00000099000000000010"
#define COPS "00000099000000000020"
#define CARE "00000099000000000030"
#define TAX "00000099000000000040"

#define RULE                                                              \
	"  - {id: r, article: A, recipients: [care], categories: [form]," \
	" action: release}\n"

#define TWO_OF_THREE \
	"  - {convenant: t, needed: 2, of: ['" CITY "', '" COPS "', '" CARE "']}\n"

/* --- help ------------------------------------------------------------------------ */

/* A bundle of VERSION with these lines below `approval:`; NULL: no list at all. */
static struct bundle *
bundle_with(unsigned version, const char *approval)
{
	struct bundle *b = bundle_small(NULL, RULE);
	char           head[1024];

	(void)snprintf(head, sizeof head, "region: here\nversion: %u\n%s%s", version,
	    approval == NULL ? "" : "approval:\n", approval == NULL ? "" : approval);
	bundle_edit(b, "parties.yaml", "region: here\n", head);
	return b;
}

static struct policy *
policy_with(unsigned version, const char *approval)
{
	return bundle_policy(bundle_with(version, approval));
}

/* The same with a second convenant u, approved by TAX alone. */
static struct policy *
policy_of_two(unsigned version)
{
	struct bundle *b = bundle_with(
	    version, TWO_OF_THREE "  - {convenant: u, needed: 1, of: ['" TAX "']}\n");
	char *u = strdup(bundle_text(b, "t.yaml"));

	assert_non_null(u);
	bundle_add(b, "u.yaml", u);
	free(u);
	bundle_edit(b, "u.yaml", "convenant: t", "convenant: u");
	bundle_edit(b, "u.yaml", "end: t", "end: u");
	bundle_edit(b, "u.yaml", "id: r,", "id: r.u,");
	bundle_edit(b, "u.yaml", "id: b.never", "id: b.u");
	bundle_edit(b, "u.yaml", "REG-1", "REG-2");
	return bundle_policy(b);
}

/* What is said of CANDIDATE after OLD (both destroyed) with these signers. */
static rc
judge(struct policy *old, struct policy *candidate, size_t n, struct signer *signers)
{
	struct approval_case c    = {.in_force = old,
	       .version                        = old == NULL ? 0 : policy_version(old),
	       .candidate                      = candidate,
	       .n                              = n,
	       .signers                        = signers,
	       .today                          = day("2026-05-01")};
	rc                   code = approval_judge(&c);

	policy_destroy(&old);
	policy_destroy(&candidate);
	return code;
}

static struct signer city = {.oin = CITY}, cops = {.oin = COPS}, care = {.oin = CARE},
                     tax = {.oin = TAX};

#define JUDGE(old, candidate, ...)                                        \
	judge(old, candidate,                                             \
	    sizeof(struct signer[]){__VA_ARGS__} / sizeof(struct signer), \
	    (struct signer[]){__VA_ARGS__})

/* --- the first policy ------------------------------------------------------------ */

static void
a_first_policy_needs_what_its_own_list_says(void **state)
{
	(void)state;
	assert_int_equal(JUDGE(NULL, policy_with(1, TWO_OF_THREE), city, cops), RC_OK);
	assert_int_equal(
	    JUDGE(NULL, policy_with(1, TWO_OF_THREE), city, cops, care), RC_OK);
	assert_int_equal(
	    JUDGE(NULL, policy_with(1, TWO_OF_THREE), city), RC_NOT_APPROVED);
	assert_int_equal(
	    judge(NULL, policy_with(1, TWO_OF_THREE), 0, NULL), RC_NOT_APPROVED);
}

static void
who_signs_twice_counts_once(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(NULL, policy_with(1, TWO_OF_THREE), city, city, city), RC_NOT_APPROVED);
}

static void
who_is_on_no_list_does_not_count(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(NULL, policy_with(1, TWO_OF_THREE), city, tax), RC_NOT_APPROVED);
}

static void
a_convenant_without_a_list_is_approved_by_nobody(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(NULL, policy_with(1, NULL), city, cops, care, tax), RC_NOT_APPROVED);
}

static void
a_policy_without_a_version_is_not_newer_than_nothing(void **state)
{
	struct bundle *b = bundle_with(1, TWO_OF_THREE);

	(void)state;
	bundle_edit(b, "parties.yaml", "version: 1\n", "");
	assert_int_equal(JUDGE(NULL, bundle_policy(b), city, cops, care), RC_NOT_NEWER);
}

/* --- the next one ---------------------------------------------------------------- */

static void
the_next_version_needs_both_lists(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_with(8, TWO_OF_THREE), cops, care),
	    RC_OK);
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_with(9, TWO_OF_THREE), care),
	    RC_NOT_APPROVED);
}

static void
an_older_or_equal_version_is_refused_whoever_signed(void **state)
{
	(void)state;
	for (unsigned version = 5; version <= 7; version++)
		assert_int_equal(
		    JUDGE(policy_with(7, TWO_OF_THREE),
		        policy_with(version, TWO_OF_THREE), city, cops, care),
		    RC_NOT_NEWER);
}

static void
a_bundle_cannot_lower_its_own_threshold(void **state)
{
	static const char one[] =
	    "  - {convenant: t, needed: 1, of: ['" CITY "', '" COPS "', '" CARE "']}\n";

	(void)state;
	assert_int_equal(JUDGE(policy_with(7, TWO_OF_THREE), policy_with(8, one), city),
	    RC_NOT_APPROVED);
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_with(8, one), city, care), RC_OK);
	/* and from then on one is enough */
	assert_int_equal(JUDGE(policy_with(8, one), policy_with(9, one), care), RC_OK);
}

static void
a_bundle_cannot_put_others_on_its_list(void **state)
{
	static const char strangers[] =
	    "  - {convenant: t, needed: 1, of: ['" TAX "']}\n";

	(void)state;
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_with(8, strangers), tax),
	    RC_NOT_APPROVED);
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_with(8, strangers), city, cops),
	    RC_NOT_APPROVED); /* nor can they take part unasked */
	assert_int_equal(JUDGE(policy_with(7, TWO_OF_THREE), policy_with(8, strangers),
	                     city, cops, tax),
	    RC_OK);
}

static void
a_list_cannot_be_emptied(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_with(8, NULL), city, cops, care),
	    RC_NOT_APPROVED);
}

static void
a_convenant_cannot_be_taken_away_without_its_parties(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(policy_of_two(7), policy_with(8, TWO_OF_THREE), city, cops, care),
	    RC_NOT_APPROVED);
	assert_int_equal(
	    JUDGE(policy_of_two(7), policy_with(8, TWO_OF_THREE), city, cops, tax),
	    RC_OK);
}

static void
a_new_convenant_needs_its_own_parties(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_of_two(8), city, cops, care),
	    RC_NOT_APPROVED);
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), policy_of_two(8), city, cops, tax),
	    RC_OK);
}

static void
what_cannot_be_read_any_more_still_has_its_version(void **state)
{
	struct policy       *p       = policy_with(7, TWO_OF_THREE);
	struct signer        both[2] = {city, cops};
	struct approval_case c = {.version = 7, .candidate = p, .n = 2, .signers = both};

	(void)state;
	assert_int_equal(approval_judge(&c), RC_NOT_NEWER);
	c.version = 6;
	assert_int_equal(approval_judge(&c), RC_OK);
	policy_destroy(&p);
}

static void
texts_that_changed_after_signing_are_not_approved_before_they_are_not_newer(void **state)
{
	struct policy       *p       = policy_with(7, TWO_OF_THREE);
	struct signer        both[2] = {city, cops};
	struct approval_case c       = {
	          .version = 7, .candidate = p, .n = 1, .signers = both, .n_unfit = 1};

	(void)state;
	assert_int_equal(approval_judge(&c), RC_NOT_APPROVED);
	c.n_unfit = 0; /* nobody signed something else: only the version can be said */
	assert_int_equal(approval_judge(&c), RC_NOT_NEWER);
	c.n_unfit = 3; /* enough signed these very texts: the others do not matter */
	c.n       = 2;
	assert_int_equal(approval_judge(&c), RC_NOT_NEWER);
	c.version = 6;
	assert_int_equal(approval_judge(&c), RC_OK);
	policy_destroy(&p);
}

static void
a_policy_of_another_region_is_none_for_this_one(void **state)
{
	struct bundle *b = bundle_with(8, TWO_OF_THREE);

	(void)state;
	bundle_edit(b, "parties.yaml", "region: here\n", "region: there\n");
	assert_int_equal(
	    JUDGE(policy_with(7, TWO_OF_THREE), bundle_policy(b), city, cops),
	    RC_WRONG_BROKER);
}

/* --- on behalf of others --------------------------------------------------------- */

/* A policy in which CITY signs t for CARE too, from 2025-01-10 to UNTIL. */
static struct policy *
policy_mandated(unsigned version, const char *until)
{
	struct bundle *b = bundle_with(version, TWO_OF_THREE);
	char           to[200];

	(void)snprintf(to, sizeof to, "until: %s, on_behalf_of: ['" CARE "']}]}", until);
	bundle_edit(b, "parties.yaml", "until: 2026-12-20}]}", to);
	return bundle_policy(b);
}

static struct signer
for_another(const char *oin, const char *other)
{
	static char behalf[8][1][OIN_DIGITS + 1];
	static int  next;

	next = (next + 1) % 8;
	memcpy(behalf[next][0], other, OIN_DIGITS + 1);
	return (struct signer){.oin = oin, .n_behalf = 1, .behalf = behalf[next]};
}

static void
a_party_signs_for_another_if_the_policy_lets_it(void **state)
{
	struct signer both = for_another(CITY, CARE);

	(void)state;
	assert_int_equal(JUDGE(NULL, policy_mandated(1, "2026-12-20"), both), RC_OK);
	/* not if nothing in the policy says so, or about somebody else */
	assert_int_equal(
	    JUDGE(NULL, policy_with(1, TWO_OF_THREE), both), RC_NOT_APPROVED);
	assert_int_equal(
	    JUDGE(NULL, policy_mandated(1, "2026-12-20"), for_another(CITY, COPS)),
	    RC_NOT_APPROVED);
	assert_int_equal(
	    JUDGE(NULL, policy_mandated(1, "2026-12-20"), for_another(CARE, CITY)),
	    RC_NOT_APPROVED);
}

static void
a_party_that_does_not_say_so_signs_for_itself_alone(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(NULL, policy_mandated(1, "2026-12-20"), city), RC_NOT_APPROVED);
}

static void
a_mandate_ends(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGE(NULL, policy_mandated(1, "2026-05-01"), for_another(CITY, CARE)),
	    RC_OK);
	assert_int_equal(
	    JUDGE(NULL, policy_mandated(1, "2026-04-30"), for_another(CITY, CARE)),
	    RC_NOT_APPROVED);
}

static void
a_bundle_cannot_bring_the_mandate_it_needs(void **state)
{
	(void)state;
	assert_int_equal(JUDGE(policy_with(7, TWO_OF_THREE),
	                     policy_mandated(8, "2026-12-20"), for_another(CITY, CARE)),
	    RC_NOT_APPROVED);
	assert_int_equal(JUDGE(policy_mandated(7, "2026-12-20"),
	                     policy_mandated(8, "2026-12-20"), for_another(CITY, CARE)),
	    RC_OK);
}

static void
a_party_counts_once_if_it_signed_and_another_signed_for_it(void **state)
{
	struct policy       *p          = policy_mandated(1, "2026-12-20");
	struct signer        signers[2] = {for_another(CITY, CARE), care};
	struct approval_case c          = {
	             .candidate = p, .n = 2, .signers = signers, .today = day("2026-05-01")};

	(void)state;
	struct approval a = approval_at(&c, 0);
	assert_int_equal(a.got, 2);
	assert_string_equal(approval_by(&c, &a, CARE), CARE);
	c.n = 1;
	a   = approval_at(&c, 0);
	assert_string_equal(approval_by(&c, &a, CARE), CITY);
	assert_null(approval_by(&c, &a, COPS));
	policy_destroy(&p);
}

/* --- the shipped policy ---------------------------------------------------------- */

/* A convenant without a list would keep every broker from taking the policy. */
static void
every_shipped_convenant_has_a_list_that_can_be_met(void **state)
{
	struct policy       *p = bundle_policy(bundle_shipped());
	struct approval_case c = {.candidate = p};

	(void)state;
	assert_true(policy_version(p) > 0);
	assert_int_equal(approval_count(&c), policy_n_convenants(p));
	for (size_t i = 0; i < approval_count(&c); i++) {
		struct approval a = approval_at(&c, i);
		if (a.n_of < a.needed || a.needed < 2)
			fail_msg("%s: %u of %zu", a.convenant, a.needed, a.n_of);
	}
	policy_destroy(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_first_policy_needs_what_its_own_list_says),
	    cmocka_unit_test(who_signs_twice_counts_once),
	    cmocka_unit_test(who_is_on_no_list_does_not_count),
	    cmocka_unit_test(a_convenant_without_a_list_is_approved_by_nobody),
	    cmocka_unit_test(a_policy_without_a_version_is_not_newer_than_nothing),
	    cmocka_unit_test(the_next_version_needs_both_lists),
	    cmocka_unit_test(an_older_or_equal_version_is_refused_whoever_signed),
	    cmocka_unit_test(a_bundle_cannot_lower_its_own_threshold),
	    cmocka_unit_test(a_bundle_cannot_put_others_on_its_list),
	    cmocka_unit_test(a_list_cannot_be_emptied),
	    cmocka_unit_test(a_convenant_cannot_be_taken_away_without_its_parties),
	    cmocka_unit_test(a_new_convenant_needs_its_own_parties),
	    cmocka_unit_test(
	        texts_that_changed_after_signing_are_not_approved_before_they_are_not_newer),
	    cmocka_unit_test(a_policy_of_another_region_is_none_for_this_one),
	    cmocka_unit_test(what_cannot_be_read_any_more_still_has_its_version),
	    cmocka_unit_test(a_party_signs_for_another_if_the_policy_lets_it),
	    cmocka_unit_test(a_party_that_does_not_say_so_signs_for_itself_alone),
	    cmocka_unit_test(a_mandate_ends),
	    cmocka_unit_test(a_bundle_cannot_bring_the_mandate_it_needs),
	    cmocka_unit_test(a_party_counts_once_if_it_signed_and_another_signed_for_it),
	    cmocka_unit_test(every_shipped_convenant_has_a_list_that_can_be_met),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
