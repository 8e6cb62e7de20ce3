/* SPDX-License-Identifier: EUPL-1.2 */
/* scenarios_read(), scenario_rule() and scenario_cells(): questions as people write them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/scenario.h"
#include "support/bundle.h"

#define CITY "\"00000099000000000010\""
#define COPS "\"00000099000000000020\""
#define TAX "\"00000099000000000040\""

#define BASE "convenant: t, phase: '1', purpose: help"
#define ROLES BASE ", from: city, to: cops"
#define OINS BASE ", from: " CITY ", to: " COPS

static const char rules[] =
    "  - {id: r.form, article: A, recipients: [cops, care], categories: [form], action: "
    "release}\n"
    "  - {id: r.name, article: A, recipients: [cops/vice], categories: [identity], when: "
    "[victim], action: release}\n"
    "  - {id: r.anon, article: A, for: [non_signatory], recipients: [tax], categories: "
    "[sector], action: release}\n"
    "  - {id: r.case, article: A, recipients: [cops], categories: [indicator], when: "
    "[embargo], action: release}\n";

static const char bars[] =
    "  - {id: b.own, article: A, action: withhold, supplier_refuses: true}\n"
    "  - {id: b.cie, article: A, action: refuse, code: cie_information_refused, when: "
    "[cie]}\n";

struct asked { /* a what-if file, read */
	struct policy   *policy;
	struct findings  findings;
	struct scenarios s;
	rc               code;
};

static struct asked *
read_text_of(const char *text)
{
	struct asked *a = calloc(1, sizeof *a);
	assert_non_null(a);
	a->policy = bundle_policy(bundle_small(bars, rules));
	a->code   = scenarios_read(
	      a->policy, "what-if.yaml", slice_str(text), &a->s, &a->findings);
	return a;
}

static struct asked *
read_facts_of(const char *facts)
{
	char text[2048];
	snprintf(text, sizeof text, "facts: {%s}\nend: what-if\n", facts);
	return read_text_of(text);
}

static void
asked_destroy(struct asked **ap)
{
	scenarios_wipe(&(*ap)->s);
	policy_destroy(&(*ap)->policy);
	free(*ap);
}

/* FACTS are read, and recipient 0 is ruled CODE. */
static struct asked *
asks(const char *facts, rc code, struct ruling *ret)
{
	struct asked *a = read_facts_of(facts);
	if (a->code != RC_OK) print_message("%s\n", a->findings.at[0].text);
	assert_int_equal(a->code, RC_OK);
	assert_int_equal(a->s.n, 1);
	scenario_rule(a->policy, a->s.at, 0, ret);
	assert_int_equal(ret->code, code);
	return a;
}

static void
is_ruled(const char *facts, rc code)
{
	struct ruling                     r;
	AUTO(asked_destroy) struct asked *a = asks(facts, code, &r);
	assert_int_equal(a->findings.n, 0);
}

static void
demand_finding(struct asked *a, const char *what)
{
	bool found = false;
	assert_int_equal(a->code, RC_POLICY);
	for (size_t i = 0; i < a->findings.n; i++) {
		found = found || strstr(a->findings.at[i].text, what) != NULL;
		assert_string_equal(a->findings.at[i].file, "what-if.yaml");
	}
	if (!found && a->findings.n > 0) print_message("%s\n", a->findings.at[0].text);
	assert_true(found);
}

static void
is_refused(const char *facts, const char *what)
{
	AUTO(asked_destroy) struct asked *a = read_facts_of(facts);
	demand_finding(a, what);
	for (size_t i = 0; i < a->findings.n; i++)
		assert_true(a->findings.at[i].line > 0 && a->findings.at[i].column > 0);
}

static void
text_is_refused(const char *text, const char *what)
{
	AUTO(asked_destroy) struct asked *a = read_text_of(text);
	demand_finding(a, what);
}

static int
action(const struct asked *a, const struct ruling *r, const char *field)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	scenario_cells(a->s.at, r, cells);
	return cells[schema_find(field)->index].action;
}

/* --- what is asked --------------------------------------------------------------- */

static void
roles_are_ruled_as_roles(void **state)
{
	(void)state;
	struct ruling                     r;
	AUTO(asked_destroy) struct asked *a = asks(ROLES, RC_OK, &r);
	assert_false(a->s.at->by_parties);
	assert_int_equal(
	    action(a, &r, "exploitation.types"), SLUIS__ACTION__ACTION_RELEASE);
	assert_int_equal(
	    action(a, &r, "exploitation.sector"), SLUIS__ACTION__ACTION_WITHHOLD);
}

static void
an_alias_is_its_role(void **state)
{
	(void)state;
	struct ruling r;
	AUTO(asked_destroy)
	struct asked *a = asks(BASE ", from: city, to: fuzz/vice", RC_OK, &r);
	assert_string_equal(a->s.at->recipients[0].role, "cops");
	assert_string_equal(a->s.at->recipients[0].desk, "vice");
	assert_string_equal(a->s.at->recipients[0].text, "fuzz/vice");
}

static void
parties_are_ruled_on_their_date(void **state)
{
	(void)state;
	is_ruled(OINS ", on: 2025-06-01", RC_OK);
	is_ruled(OINS ", on: 2025-02-01", RC_NOT_ENTITLED); /* cops sign in March */
	is_ruled(OINS ", on: 2027-01-01", RC_CONVENANT_NOT_IN_FORCE);
	is_ruled(OINS, RC_NOT_ENTITLED); /* the convenant's first day */
}

static void
a_party_that_did_not_sign_is_a_non_signatory(void **state)
{
	(void)state;
	struct ruling r;
	AUTO(asked_destroy)
	struct asked *a =
	    asks(BASE ", from: " CITY ", to: " TAX ", on: 2025-06-01", RC_OK, &r);
	assert_int_equal(
	    action(a, &r, "exploitation.sector"), SLUIS__ACTION__ACTION_RELEASE);
	assert_int_equal(
	    action(a, &r, "exploitation.types"), SLUIS__ACTION__ACTION_WITHHOLD);
}

static void
roles_take_part_as_said(void **state)
{
	(void)state;
	is_ruled(BASE ", from: city, to: tax", RC_NOT_ENTITLED);
	is_ruled(BASE ", from: city, to: tax, as: non_signatory", RC_OK);
	is_ruled(ROLES ", as: incidental", RC_NOT_ENTITLED);
	is_ruled(ROLES ", as: expired, on: 2027-01-01", RC_CONVENANT_NOT_IN_FORCE);
}

static void
message_facts_hold_only_when_said(void **state)
{
	(void)state;
	struct ruling                     r;
	AUTO(asked_destroy) struct asked *a = asks(ROLES ", message: embargo", RC_OK, &r);
	assert_int_equal(
	    action(a, &r, "exploitation.indicators"), SLUIS__ACTION__ACTION_RELEASE);
	AUTO(asked_destroy) struct asked *b = asks(ROLES, RC_OK, &r);
	assert_int_equal(
	    action(b, &r, "exploitation.indicators"), SLUIS__ACTION__ACTION_WITHHOLD);
	is_ruled(ROLES ", message: [cie]", RC_CIE);
}

static void
fields_of_persons_are_asked_with_the_person(void **state)
{
	(void)state;
	unsigned      name = schema_find("persons.family_name")->index;
	struct ruling r;
	AUTO(asked_destroy)
	struct asked *a =
	    asks(BASE ", from: city, to: cops/vice, person: [victim, adult]", RC_OK, &r);
	assert_true(scenario_asks(a->s.at, name));
	assert_int_equal(
	    action(a, &r, "persons.family_name"), SLUIS__ACTION__ACTION_RELEASE);
	AUTO(asked_destroy)
	struct asked *b =
	    asks(BASE ", from: city, to: cops/vice, person: [suspect, adult]", RC_OK, &r);
	assert_int_equal(
	    action(b, &r, "persons.family_name"), SLUIS__ACTION__ACTION_WITHHOLD);
}

static void
without_a_person_no_field_of_persons_is_asked(void **state)
{
	(void)state;
	unsigned      name = schema_find("persons.family_name")->index;
	struct ruling r;
	AUTO(asked_destroy) struct asked *a = asks(ROLES, RC_OK, &r);
	assert_false(scenario_asks(a->s.at, name));
	assert_true(scenario_asks(a->s.at, schema_find("exploitation.types")->index));
	assert_int_equal(
	    action(a, &r, "persons.family_name"), SLUIS__ACTION__ACTION_WITHHOLD);
}

static void
what_the_supplier_refuses_is_withheld(void **state)
{
	(void)state;
	struct ruling r;
	struct cell   cells[SCHEMA_FIELDS_MAX];
	AUTO(asked_destroy)
	struct asked *a = asks(ROLES ", supplier_refuses: [form]", RC_OK, &r);
	scenario_cells(a->s.at, &r, cells);
	struct cell c = cells[schema_find("exploitation.types")->index];
	assert_int_equal(c.action, SLUIS__ACTION__ACTION_WITHHOLD);
	assert_string_equal(policy_rule_info(a->policy, c.rule)->id, "b.own");
}

static void
several_questions_stand_in_one_file(void **state)
{
	(void)state;
	AUTO(asked_destroy)
	struct asked *a = read_text_of(
	    "what_if:\n  - {" ROLES "}\n  - {" BASE ", from: city, to: [cops, care]}\n"
	    "end: what-if\n");
	assert_int_equal(a->code, RC_OK);
	assert_int_equal(a->s.n, 2);
	assert_int_equal(a->s.at[1].n_recipients, 2);
	assert_int_equal(a->s.at[1].line, 3);
}

/* --- what is refused ------------------------------------------------------------- */

static void
unknown_names_are_refused_with_the_nearest(void **state)
{
	(void)state;
	is_refused("convenant: tt, phase: '1', purpose: help, from: city, to: cops",
	    "no convenant called 'tt'");
	is_refused("convenant: t, phase: '4', purpose: help, from: city, to: cops",
	    "no phase called '4'");
	is_refused("convenant: t, phase: '1', purpose: halp, from: city, to: cops",
	    "no purpose called 'halp'; did you mean 'help'?");
	is_refused(BASE ", from: citty, to: cops", "did you mean 'city'?");
	is_refused(BASE ", from: city, to: [cops, crae]", "did you mean 'care'?");
	is_refused(BASE ", from: city, to: cops/vise", "did you mean 'vice'?");
	is_refused(BASE ", from: \"00000099000000000011\", to: " COPS,
	    "no party called '00000099000000000011'; did you mean");
	is_refused(BASE ", from: \"00000099000000000010/vice\", to: " COPS,
	    "no desk called 'vice'");
	is_refused(ROLES ", message: [embarog]", "did you mean 'embargo'?");
	is_refused(ROLES ", person: [victm, adult]", "did you mean 'victim'?");
	is_refused(ROLES ", as: signatary", "did you mean 'signatory'?");
	is_refused(ROLES ", supplier_refuses: [compony]", "did you mean 'company'?");
	is_refused(
	    OINS ", region: hier", "no region called 'hier'; did you mean 'here'?");
}

static void
unknown_keys_are_refused_with_the_nearest(void **state)
{
	(void)state;
	is_refused(ROLES ", persoon: [victim]", "did you mean 'person'?");
	is_refused(ROLES ", recipient: cops", "recipient");
	is_refused(ROLES ", as: signatory, as: expired", "twice");
}

static void
a_missing_key_is_named(void **state)
{
	(void)state;
	is_refused("phase: '1', purpose: help, from: city, to: cops", "'convenant'");
	is_refused("convenant: t, purpose: help, from: city, to: cops", "'phase'");
	is_refused("convenant: t, phase: '1', from: city, to: cops", "'purpose'");
	is_refused(BASE ", to: cops", "'from' is missing");
	is_refused(BASE ", from: city", "'to' is missing");
}

static void
roles_and_oins_do_not_mix(void **state)
{
	(void)state;
	is_refused(BASE ", from: city, to: " COPS, "must all be roles, or all be OINs");
	is_refused(
	    BASE ", from: " CITY ", to: cops", "must all be roles, or all be OINs");
	is_refused(BASE ", from: city, to: [cops, " TAX "]", "all be roles");
}

static void
what_belongs_to_roles_is_not_said_of_oins(void **state)
{
	(void)state;
	is_refused(OINS ", as: signatory", "'as' is for roles");
	is_refused(ROLES ", region: here", "'region' is for OINs");
}

static void
a_date_fits_what_the_roles_are(void **state)
{
	(void)state;
	is_refused(ROLES ", on: 2025-01-09", "not in force then");
	is_refused(ROLES ", on: 2026-12-21", "not in force then");
	is_refused(ROLES ", as: expired, on: 2026-12-20", "has not ended then");
	is_refused(ROLES ", on: 2026-02-30", "there is no such day");
	is_refused(ROLES ", as: Getekend", "no audience called 'Getekend'; there is: ");
	is_refused(BASE ", from: Stad, to: cops", "did you mean 'city'?");
	is_refused(ROLES ", on: [2026-02-03]", "must be a date");
	is_ruled(ROLES ", on: 2025-01-10", RC_OK);
	is_ruled(ROLES ", on: 2026-12-20", RC_OK);
}

static void
facts_that_cannot_hold_together_are_refused(void **state)
{
	(void)state;
	is_refused(ROLES ", person: [victim, suspect]", "victim, suspect");
	is_refused(ROLES ", person: [victim, minor, adult]", "minor, adult");
	is_refused(ROLES ", person: [adult]", "one of these must hold: victim, suspect");
	is_refused(ROLES ", message: [embargo_overdue]", "embargo_overdue");
	is_refused(ROLES ", message: [case_member]", "not without another fact");
	is_refused(
	    ROLES ", message: [secrecy_consent, statutory_duty]", "statutory_duty");
}

static void
facts_stand_where_they_belong(void **state)
{
	(void)state;
	is_refused(ROLES ", message: [victim]", "no fact that may stand here");
	is_refused(ROLES ", person: [embargo]", "no fact that may stand here");
	is_refused(ROLES ", message: [recipient_signed]", "no fact that may stand here");
	is_refused(ROLES ", message: [declared]", "no fact that may stand here");
	is_refused(ROLES ", message: [expired]", "no fact that may stand here");
}

static void
wrong_types_are_refused(void **state)
{
	(void)state;
	is_refused("convenant: [t], phase: '1', purpose: help, from: city, to: cops",
	    "'convenant' must be one text");
	is_refused(BASE ", from: [city], to: cops", "one role, role/desk, or OIN");
	is_refused(BASE ", from: city, to: {role: cops}", "one role, role/desk, or OIN");
	is_refused(BASE ", from: city, to: []", "'to' must name");
	is_refused(ROLES ", message: []", "'message' is empty");
	is_refused(ROLES ", person: []", "'person' is empty");
	is_refused(ROLES ", person: {victim: true}", "a fact must be one name");
	is_refused(ROLES ", supplier_refuses: []", "is empty");
	is_refused(ROLES ", supplier_refuses: [[form]]", "one category or field");
	is_refused(ROLES ", as: [signatory]", "'as' must be one name");
}

static void
files_are_read_strictly(void **state)
{
	(void)state;
	text_is_refused("facts: {" ROLES "}\n", "the last line must be 'end: what-if'");
	text_is_refused(
	    "end: what-if\n", "'facts' is missing here (or a list, 'what_if')");
	text_is_refused("what_if: []\nend: what-if\n", "'what_if' is empty");
	text_is_refused("what_if: {" ROLES "}\nend: what-if\n", "must be a list");
	text_is_refused("what_if: [city]\nend: what-if\n", "facts must be a mapping");
	text_is_refused("facts: {" ROLES "}\nwhat_if: [{" ROLES "}]\nend: what-if\n",
	    "either 'facts' or 'what_if'");
	text_is_refused("facts: {" ROLES "}\nfact: x\nend: what-if\n", "fact");
	text_is_refused("- facts\n", "must be a mapping");
	text_is_refused("", "empty");
}

static void
anchors_aliases_and_tags_are_refused(void **state)
{
	(void)state;
	text_is_refused("facts: &a {" ROLES "}\nend: what-if\n", "anchor");
	text_is_refused("what_if: [&a {" ROLES "}, *a]\nend: what-if\n", "anchor");
	text_is_refused("facts: !x {" ROLES "}\nend: what-if\n", "tag");
}

static void
a_file_cut_anywhere_is_refused(void **state)
{
	(void)state;
	static const char whole[] =
	    "facts:\n  convenant: t\n  phase: '1'\n  purpose: help\n"
	    "  from: city\n  to: cops\n  message: [embargo]\n"
	    "end: what-if\n";
	char part[sizeof whole];
	for (size_t n = 0; n + 2 < sizeof whole; n++) {
		snprintf(part, sizeof part, "%.*s", (int)n, whole);
		AUTO(asked_destroy) struct asked *a = read_text_of(part);
		assert_int_equal(a->code, RC_POLICY);
		assert_true(a->findings.n > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(roles_are_ruled_as_roles),
	    cmocka_unit_test(an_alias_is_its_role),
	    cmocka_unit_test(parties_are_ruled_on_their_date),
	    cmocka_unit_test(a_party_that_did_not_sign_is_a_non_signatory),
	    cmocka_unit_test(roles_take_part_as_said),
	    cmocka_unit_test(message_facts_hold_only_when_said),
	    cmocka_unit_test(fields_of_persons_are_asked_with_the_person),
	    cmocka_unit_test(without_a_person_no_field_of_persons_is_asked),
	    cmocka_unit_test(what_the_supplier_refuses_is_withheld),
	    cmocka_unit_test(several_questions_stand_in_one_file),
	    cmocka_unit_test(unknown_names_are_refused_with_the_nearest),
	    cmocka_unit_test(unknown_keys_are_refused_with_the_nearest),
	    cmocka_unit_test(a_missing_key_is_named),
	    cmocka_unit_test(roles_and_oins_do_not_mix),
	    cmocka_unit_test(what_belongs_to_roles_is_not_said_of_oins),
	    cmocka_unit_test(a_date_fits_what_the_roles_are),
	    cmocka_unit_test(facts_that_cannot_hold_together_are_refused),
	    cmocka_unit_test(facts_stand_where_they_belong),
	    cmocka_unit_test(wrong_types_are_refused),
	    cmocka_unit_test(files_are_read_strictly),
	    cmocka_unit_test(anchors_aliases_and_tags_are_refused),
	    cmocka_unit_test(a_file_cut_anywhere_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
