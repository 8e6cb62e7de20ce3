/* SPDX-License-Identifier: EUPL-1.2 */
/* cases_read() and case_holds(): what a policy is expected to answer, and coverage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/cases.h"
#include "support/bundle.h"

#define CITY "\"00000099000000000010\""
#define NOBODY "\"00000099000000000077\""

#define BASE "convenant: t, phase: '1', purpose: help"
#define ROLES BASE ", from: city, to: cops"
#define PERSON ROLES ", person: [victim, adult]"

static const char rules[] =
    "  - {id: r.form, article: A, recipients: [cops, care], categories: [form], action: "
    "release}\n"
    "  - {id: r.name, article: A, recipients: [cops], categories: [identity], when: "
    "[victim], action: release, obligations: [hush]}\n"
    "  - {id: r.year, article: A, recipients: [cops], fields: [persons.birth_date], "
    "action: generalise, to: year}\n"
    "  - {id: r.bsn, article: A, recipients: [cops], fields: [persons.bsn], action: "
    "pseudonymise}\n"
    "  - {id: r.sector, article: A, recipients: [care], categories: [sector], action: "
    "release}\n";

static const char bars[] =
    "  - {id: b.minor, article: A, action: withhold, categories: [identity], when: "
    "[minor]}\n"
    "  - {id: b.cie, article: A, action: refuse, code: cie_information_refused, when: "
    "[cie]}\n"
    "  - {id: b.own, article: A, action: withhold, supplier_refuses: true}\n";

struct tested { /* files of cases, read */
	struct policy    *policy;
	struct findings   findings;
	struct cases      cases;
	struct coverage   coverage;
	rc                code;
	size_t            n_differences;
	struct difference last;
	char              text[200]; /* what the last difference is about */
};

static struct tested *
read_files(const struct policy_text *texts, size_t n)
{
	struct tested *t = calloc(1, sizeof *t);
	assert_non_null(t);
	t->policy = bundle_policy(bundle_small(bars, rules));
	t->code   = cases_read(t->policy, texts, n, &t->cases, &t->findings);
	if (t->code == RC_OK)
		assert_int_equal(
		    coverage_init(t->policy, &t->cases.arena, &t->coverage), RC_OK);
	return t;
}

static struct tested *
read_one(const char *text)
{
	return read_files(&(struct policy_text){"t.cases.yaml", slice_str(text)}, 1);
}

static void
tested_destroy(struct tested **tp)
{
	cases_wipe(&(*tp)->cases);
	policy_destroy(&(*tp)->policy);
	free(*tp);
}

static struct tested *
read_case_of(const char *facts, const char *expect)
{
	char text[4096];
	snprintf(text, sizeof text,
	    "cases:\n  - id: c1\n    covers: [E3.1.form, 8A.2]\n    says: Een zin.\n"
	    "    facts: {%s}\n    expect: {%s}\nend: t.cases\n",
	    facts, expect);
	return read_one(text);
}

static void
note(void *arg, const struct difference *d)
{
	struct tested *t = arg;
	t->n_differences++;
	t->last = *d;
	snprintf(t->text, sizeof t->text, "%s %s", d->recipient->text,
	    d->expected != NULL ? d->expected->name : rc_name(d->ruling->code));
}

static struct tested *
run(const char *facts, const char *expect)
{
	struct tested *t = read_case_of(facts, expect);
	if (t->code != RC_OK) print_message("%s\n", t->findings.at[0].text);
	assert_int_equal(t->code, RC_OK);
	assert_int_equal(t->cases.n, 1);
	bool holds = case_holds(t->policy, t->cases.at, &t->coverage, note, t);
	assert_int_equal(holds, t->n_differences == 0);
	return t;
}

static void
holds(const char *facts, const char *expect)
{
	AUTO(tested_destroy) struct tested *t = run(facts, expect);
	if (t->n_differences > 0) print_message("%s: %s\n", expect, t->text);
	assert_int_equal(t->n_differences, 0);
}

/* N differences, the last of them about WHAT. */
static void
fails(const char *facts, const char *expect, size_t n, const char *what)
{
	AUTO(tested_destroy) struct tested *t = run(facts, expect);
	assert_int_equal(t->n_differences, n);
	assert_string_equal(t->text, what);
}

static bool
covers(const struct tested *t, const char *rule)
{
	for (unsigned i = 0; i < t->coverage.n_rules; i++) {
		if (strcmp(policy_rule_info(t->policy, i)->id, rule) == 0)
			return t->coverage.rules[i];
	}
	fail_msg("no rule %s", rule);
	return false;
}

static void
demand_finding(const struct tested *t, const char *what)
{
	bool found = false;
	assert_int_equal(t->code, RC_POLICY);
	for (size_t i = 0; i < t->findings.n; i++)
		found = found || strstr(t->findings.at[i].text, what) != NULL;
	if (!found && t->findings.n > 0)
		print_message("not '%s' but '%s'\n", what, t->findings.at[0].text);
	assert_true(found);
}

static void
is_refused(const char *facts, const char *expect, const char *what)
{
	AUTO(tested_destroy) struct tested *t = read_case_of(facts, expect);
	demand_finding(t, what);
	for (size_t i = 0; i < t->findings.n; i++) {
		assert_string_equal(t->findings.at[i].file, "t.cases.yaml");
		assert_true(t->findings.at[i].line > 0 && t->findings.at[i].column > 0);
	}
}

static void
text_is_refused(const char *text, const char *what)
{
	AUTO(tested_destroy) struct tested *t = read_one(text);
	demand_finding(t, what);
}

/* --- cases that hold ------------------------------------------------------------- */

static void
a_case_holds_when_all_comes_out_as_expected(void **state)
{
	(void)state;
	holds(ROLES, "release: [form], withhold: [sector]");
	holds(ROLES, "release: exploitation.types");
	holds(BASE ", from: city, to: [cops, care]", "release: [form]");
	holds(PERSON, "release: [persons.family_name], pseudonymise: [persons.bsn]");
	holds(PERSON, "generalise: [persons.birth_date]");
	holds(PERSON, "generalise: {persons.birth_date: year}");
}

static void
a_case_holds_when_it_is_refused_as_expected(void **state)
{
	(void)state;
	holds(ROLES ", message: [cie]", "code: cie_information_refused");
	holds(ROLES ", message: [cie]", "code: cie_information_refused, rule: b.cie");
	holds(BASE ", from: city, to: tax", "code: recipient_not_entitled, rule: none");
}

static void
a_case_may_expect_a_rule(void **state)
{
	(void)state;
	holds(ROLES, "rule: {form: r.form, sector: none}");
	holds(ROLES ", person: [victim, minor]",
	    "withhold: [persons.family_name], rule: {persons.family_name: b.minor}");
	holds(
	    ROLES ", supplier_refuses: [form]", "withhold: [form], rule: {form: b.own}");
}

static void
a_case_may_expect_obligations(void **state)
{
	(void)state;
	holds(ROLES, "obligations: [keep], obligations_absent: [call]");
	holds(ROLES ", message: [embargo]", "obligations: [keep, call]");
}

static void
a_case_may_name_what_it_expects_not_to_exist(void **state)
{
	(void)state;
	holds("convenant: x, phase: '9', purpose: p, from: city, to: cops",
	    "code: no_such_convenant");
	holds("convenant: t, phase: '9', purpose: help, from: city, to: cops",
	    "code: no_such_phase");
	holds("convenant: t, phase: '1', purpose: tax, from: city, to: cops",
	    "code: purpose_not_covered");
	holds(BASE ", from: " CITY ", to: " NOBODY, "code: unknown_recipient");
	holds(BASE ", from: " NOBODY ", to: " CITY, "code: sender_not_allowed");
}

static void
a_case_may_expect_nothing_else(void **state)
{
	(void)state;
	holds(ROLES, "release: [form], nothing_else: true");
	holds(PERSON ", supplier_refuses: [identity]",
	    "release: [form], pseudonymise: [bsn], nothing_else: true");
	holds(ROLES ", supplier_refuses: [form]", "nothing_else: true");
}

/* --- cases that fail ------------------------------------------------------------- */

static void
another_action_is_a_difference(void **state)
{
	(void)state;
	fails(ROLES, "withhold: [form]", 1, "cops form");
	fails(ROLES, "release: [sector]", 1, "cops sector");
	fails(ROLES, "pseudonymise: [form]", 1, "cops form");
	fails(PERSON, "release: [persons.birth_date]", 1, "cops persons.birth_date");
	fails(PERSON, "generalise: {persons.birth_date: month}", 1,
	    "cops persons.birth_date");
	fails(PERSON, "release: [form], withhold: [persons.family_name, sector]", 1,
	    "cops persons.family_name");
}

static void
one_field_of_a_category_is_enough_to_differ(void **state)
{
	(void)state;
	AUTO(tested_destroy) struct tested *t = run(PERSON, "release: [identity]");
	assert_int_equal(t->n_differences, 1);
	assert_int_equal(t->last.n_fields, 1);
	assert_string_equal(t->last.field->path, "persons.birth_date");
	assert_int_equal(t->last.cell.action, SLUIS__ACTION__ACTION_GENERALISE);
	assert_string_equal(policy_rule_info(t->policy, t->last.cell.rule)->id, "r.year");
}

static void
one_recipient_is_enough_to_differ(void **state)
{
	(void)state;
	fails(BASE ", from: city, to: [care, cops]", "release: [form, sector]", 1,
	    "cops sector");
	fails(BASE ", from: city, to: [cops, tax]", "release: [form]", 1,
	    "tax recipient_not_entitled");
	fails(BASE ", from: city, to: [tax, cops]", "code: recipient_not_entitled", 1,
	    "cops ok");
}

static void
something_else_is_a_difference(void **state)
{
	(void)state;
	fails(ROLES, "nothing_else: true", 1, "cops nothing_else");
	fails(BASE ", from: city, to: care", "release: [form], nothing_else: true", 1,
	    "care nothing_else");
	fails(PERSON, "release: [form], nothing_else: true", 1, "cops nothing_else");
	AUTO(tested_destroy)
	struct tested *t =
	    run(BASE ", from: city, to: care", "release: [form], nothing_else: true");
	assert_string_equal(t->last.field->path, "exploitation.sector");
	assert_int_equal(t->last.n_fields, 1);
}

static void
another_refusal_is_a_difference(void **state)
{
	(void)state;
	fails(ROLES, "code: recipient_not_entitled", 1, "cops ok");
	fails(ROLES ", message: [cie]", "code: recipient_not_entitled", 1,
	    "cops cie_information_refused");
	fails(ROLES ", message: [cie]", "withhold: [form]", 1,
	    "cops cie_information_refused");
	fails(ROLES ", message: [cie]", "code: cie_information_refused, rule: none", 1,
	    "cops cie_information_refused");
	fails(BASE ", from: city, to: tax", "code: recipient_not_entitled, rule: b.cie",
	    1, "tax recipient_not_entitled");
}

static void
another_rule_is_a_difference(void **state)
{
	(void)state;
	fails(ROLES, "rule: {form: r.sector}", 1, "cops form");
	fails(ROLES, "rule: {form: none}", 1, "cops form");
	fails(ROLES, "withhold: [sector], rule: {sector: b.minor}", 1, "cops sector");
}

static void
an_obligation_too_few_or_too_many_is_a_difference(void **state)
{
	(void)state;
	fails(ROLES, "obligations: [call]", 1, "cops call");
	fails(ROLES, "obligations_absent: [keep]", 1, "cops keep");
	fails(ROLES ", message: [embargo]", "obligations_absent: [call]", 1, "cops call");
}

/* --- coverage -------------------------------------------------------------------- */

static void
only_what_is_mentioned_is_covered(void **state)
{
	(void)state;
	AUTO(tested_destroy) struct tested *t = run(PERSON, "release: [form]");
	assert_true(covers(t, "r.form"));
	assert_false(covers(t, "r.name"));
	assert_false(covers(t, "r.year"));
	assert_int_equal(coverage_rules(&t->coverage), 1);
	assert_int_equal(coverage_obligations(&t->coverage), 0);
}

static void
bars_and_refusals_are_covered(void **state)
{
	(void)state;
	AUTO(tested_destroy)
	struct tested *t = run(ROLES ", message: [cie]", "code: cie_information_refused");
	assert_true(covers(t, "b.cie"));
	AUTO(tested_destroy)
	struct tested *u =
	    run(ROLES ", person: [victim, minor]", "withhold: [persons.family_name]");
	assert_true(covers(u, "b.minor"));
	assert_false(covers(u, "r.name"));
}

static void
an_expectation_that_is_not_met_covers_nothing(void **state)
{
	(void)state;
	AUTO(tested_destroy) struct tested *t = run(ROLES, "withhold: [form]");
	assert_int_equal(coverage_rules(&t->coverage), 0);
	AUTO(tested_destroy)
	struct tested *u = run(ROLES ", message: [cie]", "code: recipient_not_entitled");
	assert_int_equal(coverage_rules(&u->coverage), 0);
	AUTO(tested_destroy) struct tested *v = run(ROLES, "obligations_absent: [keep]");
	assert_int_equal(coverage_obligations(&v->coverage), 0);
}

static void
silence_covers_no_rule(void **state)
{
	(void)state;
	AUTO(tested_destroy)
	struct tested *t =
	    run(BASE ", from: city, to: tax", "code: recipient_not_entitled");
	assert_int_equal(coverage_rules(&t->coverage), 0);
	AUTO(tested_destroy) struct tested *u = run(ROLES, "withhold: [sector]");
	assert_int_equal(coverage_rules(&u->coverage), 0);
}

static void
an_obligation_is_covered_when_it_is_there_and_named(void **state)
{
	(void)state;
	AUTO(tested_destroy)
	struct tested *t = run(ROLES, "obligations: [keep], obligations_absent: [call]");
	assert_int_equal(coverage_obligations(&t->coverage), 1);
}

static void
what_is_not_mentioned_one_by_one_is_not_covered(void **state)
{
	(void)state;
	AUTO(tested_destroy)
	struct tested *t = run(ROLES
	    ", person: [victim, minor], supplier_refuses: [form]",
	    "pseudonymise: [bsn], generalise: [persons.birth_date], nothing_else: true");
	assert_true(covers(t, "r.bsn"));
	assert_false(covers(t, "b.own"));
	assert_false(covers(t, "b.minor"));
}

static void
references_are_known(void **state)
{
	(void)state;
	AUTO(tested_destroy) struct tested *t = run(ROLES, "release: [form]");
	assert_true(cases_cover(&t->cases, "E3.1.form"));
	assert_true(cases_cover(&t->cases, "8A.2"));
	assert_false(cases_cover(&t->cases, "8A"));
	assert_false(cases_cover(&t->cases, "8A.20"));
	assert_false(cases_cover(&t->cases, ""));
}

/* --- what is refused ------------------------------------------------------------- */

static void
unknown_names_are_refused_with_the_nearest(void **state)
{
	(void)state;
	is_refused(ROLES, "release: [fomr]", "did you mean 'form'?");
	is_refused(
	    ROLES, "release: [exploitation.type]", "did you mean 'exploitation.types'?");
	is_refused(ROLES, "rule: {form: r.from}", "did you mean 'r.form'?");
	is_refused(ROLES, "rule: {fomr: r.form}", "did you mean 'form'?");
	is_refused(ROLES, "code: recipient_not_entitlde",
	    "did you mean 'recipient_not_entitled'?");
	is_refused(ROLES, "code: cie_information_refused, rule: b.cei", "'b.cie'?");
	is_refused(ROLES, "obligations: [kepe]", "did you mean 'keep'?");
	is_refused(PERSON, "generalise: {persons.birth_date: yaer}", "'year'?");
	is_refused(ROLES, "releases: [form]", "did you mean 'release'?");
}

static void
facts_are_read_as_strictly(void **state)
{
	(void)state;
	is_refused(BASE ", from: city, to: copps", "release: [form]", "'cops'?");
	is_refused("convenant: x, phase: '1', purpose: help, from: city, to: cops",
	    "release: [form]", "no convenant");
	is_refused(BASE ", from: " CITY ", to: " NOBODY, "release: [form]", "no party");
	is_refused(BASE ", from: city, to: " CITY, "release: [form]", "all be roles");
}

static void
only_the_expected_absence_may_be_unknown(void **state)
{
	(void)state;
	is_refused("convenant: x, phase: '1', purpose: help, from: city, to: cops",
	    "code: no_such_phase", "no convenant");
	is_refused("convenant: t, phase: '9', purpose: help, from: city, to: cops",
	    "code: purpose_not_covered", "no phase");
	is_refused(
	    BASE ", from: " NOBODY ", to: " CITY, "code: unknown_recipient", "no party");
	is_refused(BASE ", from: city, to: nobody", "code: unknown_recipient", "no role");
}

static void
a_field_of_persons_needs_a_person(void **state)
{
	(void)state;
	is_refused(ROLES, "withhold: [persons.bsn]", "is about persons");
	is_refused(ROLES, "withhold: [identity]", "is about persons");
	is_refused(ROLES, "rule: {identity: none}", "is about persons");
}

static void
expectations_that_contradict_are_refused(void **state)
{
	(void)state;
	is_refused(ROLES, "release: [form], withhold: [form]",
	    "two different things are expected of 'exploitation.types'");
	is_refused(ROLES, "release: [exploitation.types], withhold: [form]",
	    "two different things");
	is_refused(PERSON, "generalise: [identity], pseudonymise: [persons.birth_date]",
	    "two different things");
	is_refused(ROLES, "rule: {form: r.form, exploitation.types: none}",
	    "two different things");
	is_refused(ROLES, "obligations: [keep], obligations_absent: [keep]",
	    "two different things are expected of 'keep'");
}

static void
a_refusal_is_expected_alone(void **state)
{
	(void)state;
	is_refused(ROLES, "code: recipient_not_entitled, release: [form]", "with 'code'");
	is_refused(
	    ROLES, "code: recipient_not_entitled, nothing_else: true", "with 'code'");
	is_refused(
	    ROLES, "code: recipient_not_entitled, obligations: [keep]", "with 'code'");
	is_refused(
	    ROLES, "code: recipient_not_entitled, rule: {form: r.form}", "one rule id");
	is_refused(ROLES, "rule: r.form", "must say of which fields");
}

static void
only_refusals_can_be_expected(void **state)
{
	(void)state;
	is_refused(ROLES, "code: ok", "no refusal called 'ok'");
	is_refused(ROLES, "code: storage_failed", "no refusal");
	is_refused(ROLES, "code: internal_error", "no refusal");
	is_refused(ROLES, "code: [barred]", "'code' must be one name");
}

static void
something_must_be_expected(void **state)
{
	(void)state;
	is_refused(ROLES, "", "nothing is expected");
	is_refused(ROLES, "release: []", "'release' is empty");
	is_refused(ROLES, "release: {}", "'release' is empty");
	is_refused(ROLES, "obligations: []", "'obligations' is empty");
	is_refused(ROLES, "rule: {}", "must say of which fields");
	is_refused(ROLES, "release: {form: year}", "one category or field");
	is_refused(ROLES, "release: [[form]]", "one category or field");
	is_refused(PERSON, "generalise: {persons.birth_date: [year]}", "one way");
	is_refused(ROLES, "nothing_else: false", "can only be true");
	is_refused(ROLES, "nothing_else: yes", "must be true or false");
	is_refused(ROLES, "nothing_else: [true]", "must be true or false");
	is_refused(ROLES, "obligations: [[keep]]", "one obligation");
}

#define CASE(id)                                                    \
	"  - {id: " id ", covers: [8A.1], says: S., facts: {" ROLES \
	"}, expect: {release: [form]}}\n"

static void
ids_are_unique_over_all_files(void **state)
{
	(void)state;
	text_is_refused("cases:\n" CASE("a") CASE("a") "end: t.cases\n",
	    "case 'a' stands in t.cases.yaml line 2 already");
	struct policy_text two[] = {
	    {"b.cases.yaml", slice_str("cases:\n" CASE("a") "end: b.cases\n")},
	    {"a.cases.yaml", slice_str("cases:\n" CASE("a") "end: a.cases\n")}};
	AUTO(tested_destroy) struct tested *t = read_files(two, 2);
	demand_finding(t, "case 'a' stands in a.cases.yaml line 2 already");
	assert_string_equal(t->findings.at[0].file, "b.cases.yaml");
}

static void
every_key_of_a_case_is_needed_and_no_other(void **state)
{
	(void)state;
	static const char *const keys[] = {"id: a", "covers: [x]", "says: S.",
	    "facts: {" ROLES "}", "expect: {release: [form]}"};
	for (size_t without = 0; without < 5; without++) {
		char   text[1024] = "cases:\n  - {", name[16] = "'";
		size_t n = strlen(text);
		for (size_t i = 0; i < 5; i++) {
			if (i == without) continue;
			n += (size_t)snprintf(text + n, sizeof text - n, "%s, ", keys[i]);
		}
		snprintf(text + n - 2, sizeof text - n + 2, "}\nend: t.cases\n");
		snprintf(name + 1, sizeof name - 1, "%.*s'",
		    (int)strcspn(keys[without], ":"), keys[without]);
		text_is_refused(text, name);
	}
	text_is_refused("cases:\n  - {id: a, covers: [x], says: S., facts: {" ROLES
	                "}, expect: {release: [form]}, note: x}\nend: t.cases\n",
	    "unknown key 'note'");
}

static void
words_are_well_formed(void **state)
{
	(void)state;
	text_is_refused("cases:\n" CASE("A") "end: t.cases\n", "one word");
	text_is_refused("cases:\n" CASE("'a b'") "end: t.cases\n", "one word");
	text_is_refused("cases:\n" CASE("'a/b'") "end: t.cases\n", "one word");
	text_is_refused("cases:\n" CASE("''") "end: t.cases\n", "one word");
	text_is_refused(
	    "cases:\n" CASE(
	        "a123456789b123456789c123456789d123456789e12345678") "end: t.cases\n",
	    "one word of at most 48");
	text_is_refused("cases:\n  - {id: a, covers: [], says: S., facts: {" ROLES
	                "}, expect: {release: [form]}}\nend: t.cases\n",
	    "'covers' is empty");
	text_is_refused("cases:\n  - {id: a, covers: ['8A 1'], says: S., facts: {" ROLES
	                "}, expect: {release: [form]}}\nend: t.cases\n",
	    "'covers': one word");
	text_is_refused("cases:\n  - {id: a, covers: [x], says: '', facts: {" ROLES
	                "}, expect: {release: [form]}}\nend: t.cases\n",
	    "'says' is empty");
}

static void
files_are_read_strictly(void **state)
{
	(void)state;
	text_is_refused("cases:\n" CASE("a"), "the last line must be 'end: t.cases'");
	text_is_refused("cases:\n" CASE("a") "end: x.cases\n", "the last line must be");
	text_is_refused("cases: []\nend: t.cases\n", "'cases' is empty");
	text_is_refused("cases: {a: b}\nend: t.cases\n", "must be a list");
	text_is_refused("cases: [a]\nend: t.cases\n", "a case must be a mapping");
	text_is_refused("end: t.cases\n", "'cases' is missing");
	text_is_refused("- cases\n", "must be a mapping");
	text_is_refused("cases:\n" CASE("a") "more: 1\nend: t.cases\n", "unknown key");
	struct policy_text other = {"t.yaml", slice_str("cases:\n" CASE("a") "end: t\n")};
	AUTO(tested_destroy) struct tested *t = read_files(&other, 1);
	demand_finding(t, "must be called NAME.cases.yaml");
}

static void
anchors_aliases_and_tags_are_refused(void **state)
{
	(void)state;
	text_is_refused("cases:\n  - &a {id: a}\nend: t.cases\n", "anchor");
	text_is_refused("cases: [*a]\nend: t.cases\n", "alias");
	text_is_refused("cases:\n  - {<<: {id: a}}\nend: t.cases\n", "merge");
	text_is_refused("cases: !x []\nend: t.cases\n", "tag");
}

static void
a_file_cut_anywhere_is_refused(void **state)
{
	(void)state;
	static const char whole[] =
	    "cases:\n  - id: a\n    covers: [x]\n    says: S.\n    facts:\n"
	    "      convenant: t\n      phase: '1'\n      purpose: help\n      from: "
	    "city\n"
	    "      to: cops\n    expect:\n      release: [form]\nend: t.cases\n";
	char part[sizeof whole];
	for (size_t n = 0; n + 2 < sizeof whole; n++) {
		snprintf(part, sizeof part, "%.*s", (int)n, whole);
		AUTO(tested_destroy) struct tested *t = read_one(part);
		assert_int_equal(t->code, RC_POLICY);
		assert_true(t->findings.n > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_case_holds_when_all_comes_out_as_expected),
	    cmocka_unit_test(a_case_holds_when_it_is_refused_as_expected),
	    cmocka_unit_test(a_case_may_expect_a_rule),
	    cmocka_unit_test(a_case_may_expect_obligations),
	    cmocka_unit_test(a_case_may_name_what_it_expects_not_to_exist),
	    cmocka_unit_test(a_case_may_expect_nothing_else),
	    cmocka_unit_test(something_else_is_a_difference),
	    cmocka_unit_test(what_is_not_mentioned_one_by_one_is_not_covered),
	    cmocka_unit_test(another_action_is_a_difference),
	    cmocka_unit_test(one_field_of_a_category_is_enough_to_differ),
	    cmocka_unit_test(one_recipient_is_enough_to_differ),
	    cmocka_unit_test(another_refusal_is_a_difference),
	    cmocka_unit_test(another_rule_is_a_difference),
	    cmocka_unit_test(an_obligation_too_few_or_too_many_is_a_difference),
	    cmocka_unit_test(only_what_is_mentioned_is_covered),
	    cmocka_unit_test(bars_and_refusals_are_covered),
	    cmocka_unit_test(an_expectation_that_is_not_met_covers_nothing),
	    cmocka_unit_test(silence_covers_no_rule),
	    cmocka_unit_test(an_obligation_is_covered_when_it_is_there_and_named),
	    cmocka_unit_test(references_are_known),
	    cmocka_unit_test(unknown_names_are_refused_with_the_nearest),
	    cmocka_unit_test(facts_are_read_as_strictly),
	    cmocka_unit_test(only_the_expected_absence_may_be_unknown),
	    cmocka_unit_test(a_field_of_persons_needs_a_person),
	    cmocka_unit_test(expectations_that_contradict_are_refused),
	    cmocka_unit_test(a_refusal_is_expected_alone),
	    cmocka_unit_test(only_refusals_can_be_expected),
	    cmocka_unit_test(something_must_be_expected),
	    cmocka_unit_test(ids_are_unique_over_all_files),
	    cmocka_unit_test(every_key_of_a_case_is_needed_and_no_other),
	    cmocka_unit_test(words_are_well_formed),
	    cmocka_unit_test(files_are_read_strictly),
	    cmocka_unit_test(anchors_aliases_and_tags_are_refused),
	    cmocka_unit_test(a_file_cut_anywhere_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
