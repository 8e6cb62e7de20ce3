/* SPDX-License-Identifier: EUPL-1.2 */
/* client/command/policy/condition_text.h: what a cell says, in sentences that say nothing
 * else. */
#include "client/command/policy/condition_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/command/policy/grid_text.h"
#include "client/command/translate.h"
#include "support/bundle.h"

/* --- the sentence of one cell ---------------------------------------------------- */

struct wanted {
	const char *path;
	char       *text, *words, *above;
};

static bool
has_field(const struct grid_row *row, const char *path)
{
	for (size_t i = 0; i < row->n_fields; i++) {
		if (strcmp(row->fields[i]->path, path) == 0) return true;
	}
	return false;
}

static rc
take_text(void *arg, const struct grid *g)
{
	struct wanted *w = arg;
	if (strcmp(g->audience, "signatory") != 0) return RC_OK;
	assert_int_equal(g->n_columns, 1);
	for (size_t i = 0; i < g->n_rows; i++) {
		if (!has_field(&g->rows[i], w->path)) continue;
		w->text  = cell_condition(g, grid_at(g, i, 0), false);
		w->words = cell_words(grid_at(g, i, 0));
	}
	if (g->n_restrictions != 0)
		w->above = restriction_words(g, &g->restrictions[0], false);
	return RC_OK;
}

static struct wanted
read_cell(const char *bars, const char *rules, const char *path)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_small(bars, rules));
	struct grid_query q = {.convenant = "t", .phase = "1", .recipient = "cops"};
	struct wanted     w = {.path = path};
	translate_choose("en");
	assert_int_equal(policy_grids(p, &q, take_text, &w), RC_OK);
	assert_non_null(w.text);
	return w;
}

static void
forget(struct wanted *w)
{
	free(w->text);
	free(w->words);
	free(w->above);
}

/* The condition of persons.bsn under these BARS and RULES is TEXT. */
static void
says(const char *bars, const char *rules, const char *text)
{
	struct wanted w = read_cell(bars, rules, "persons.bsn");
	assert_string_equal(w.text, text);
	forget(&w);
}

#define BAR(id, more) \
	"  - {id: " id ", article: A, action: withhold, categories: [bsn]" more "}\n"
#define RULE(id, action, more)                                                      \
	"  - {id: " id                                                              \
	", article: A, recipients: [cops], categories: [bsn], action: " action more \
	"}\n"
#define FIELD(id, action, more)                                                         \
	"  - {id: " id                                                                  \
	", article: A, recipients: [cops], fields: [persons.bsn], action: " action more \
	"}\n"

/* --- what is said ---------------------------------------------------------------- */

static void
of_what_is_always_given_nothing_is_said(void **state)
{
	(void)state;
	says(NULL, RULE("r", "release", ""), "");
	says(BAR("b", ", when: [victim], unless: [victim, minor]"), /* never holds */
	    RULE("r", "release", ""), "");
}

static void
of_what_is_never_given_nothing_is_said(void **state)
{
	(void)state;
	struct wanted w =
	    read_cell(BAR("b", ""), RULE("r", "release", ""), "persons.bsn");
	assert_string_equal(w.text, "");
	assert_string_equal(w.words, "barred");
	forget(&w);
	w = read_cell(NULL, RULE("r", "release", ""), "vehicles.plate");
	assert_string_equal(w.words, "nothing");
	forget(&w);
}

static void
one_grant_is_said_with_only(void **state)
{
	(void)state;
	says(NULL, RULE("r", "release", ", when: [victim]"),
	    "only if the person is a victim");
	says(NULL, RULE("r", "release", ", when: [victim, trafficking]"),
	    "only if a form of exploitation is named and the person is a victim");
	says(NULL, RULE("r", "release", ", when_any: [victim, emergency]"),
	    "only if there is acute need or the person is a victim");
	says(NULL, RULE("r", "release", ", unless: [minor]"),
	    "not if the person is a minor");
	says(NULL, RULE("r", "release", ", when: [victim], unless: [minor]"),
	    "only if the person is a victim, unless the person is a minor");
}

static void
senders_and_purposes_are_said_by_the_shorter_side(void **state)
{
	(void)state;
	says(NULL, RULE("r", "release", ", sources: [city]"), "only from city");
	says(NULL, RULE("r", "release", ", except_sources: [city]"), "not from city");
	says(NULL, RULE("r", "release", ", purposes: [help]"),
	    "only for the purpose help");
}

static void
bars_are_said_with_what_they_bar(void **state)
{
	(void)state;
	says(BAR("b", ", when: [minor]"), RULE("r", "release", ", when: [victim]"),
	    "only if the person is a victim, unless the person is a minor");
	says(BAR("b", ", unless: [adult]"), RULE("r", "release", ", when: [victim]"),
	    "only if the person is a victim and known to be an adult");
	says(BAR("b", ", when: [minor]") BAR("c", ", when: [witness]"),
	    RULE("r", "release", ""), "not if the person is a witness or a minor");
}

static void
a_bar_with_an_exception_keeps_it(void **state)
{
	(void)state;
	says(BAR("b", ", when: [minor], unless: [emergency]"), RULE("r", "release", ""),
	    "not if the person is a minor, unless there is acute need");
	says(BAR("b", ", when: [minor], unless: [emergency]"),
	    RULE("r", "release", ", when: [victim]"),
	    "not if the person is a minor, unless there is acute need; only if the "
	    "person "
	    "is a victim");
}

static void
a_bar_on_some_senders_keeps_its_exception(void **state)
{
	(void)state;
	says(BAR("b", ", sources: [city], unless: [emergency]"), RULE("r", "release", ""),
	    "not from city, unless there is acute need");
	says(BAR("b", ", except_sources: [city], unless: [emergency]"),
	    RULE("r", "release", ", when: [victim]"),
	    "not from everybody but city, unless there is acute need; only if the person "
	    "is "
	    "a victim");
}

static void
a_bar_that_needs_two_facts_is_not_said_of_one(void **state)
{
	(void)state;
	says(BAR("b", ", when: [minor, embargo]"), RULE("r", "release", ""),
	    "not if there is an embargo and the person is a minor");
}

static void
several_outcomes_are_told_in_their_order(void **state)
{
	(void)state;
	says(NULL,
	    RULE("r", "release", "") FIELD("s", "pseudonymise", ", unless: [suspect]"),
	    "in full if the person is a suspect; otherwise pseudonym");
	says(NULL,
	    RULE("r", "release", ", when: [victim]")
	        FIELD("s", "pseudonymise", ", when: [suspect]"),
	    "pseudonym if the person is a suspect; otherwise in full if the person is a "
	    "victim; otherwise nothing");
	says(BAR("b", ", when: [minor]"),
	    RULE("r", "release", "") FIELD("s", "pseudonymise", ", unless: [suspect]"),
	    "not if the person is a minor; in full if the person is a suspect; otherwise "
	    "pseudonym");
}

static void
a_choice_says_its_exceptions(void **state)
{
	(void)state;
	says(NULL,
	    RULE("r", "release", ", when: [victim]")
	        FIELD("s", "pseudonymise", ", unless: [suspect], sources: [city]"),
	    "pseudonym from city, unless the person is a suspect; otherwise in full if "
	    "the "
	    "person is a victim; otherwise nothing");
}

static void
a_rule_that_withholds_stands_between_what_is_given(void **state)
{
	(void)state;
	says(NULL,
	    RULE("r", "release", "") FIELD("w", "withhold", ", when: [witness]")
	        FIELD("s", "pseudonymise", ", when: [suspect]"),
	    "not if the person is a witness; pseudonym if the person is a suspect; "
	    "otherwise in full");
}

static void
two_rules_that_give_the_same_are_one_sentence(void **state)
{
	(void)state;
	says(NULL,
	    RULE("r", "release", ", when: [victim]")
	        RULE("s", "release", ", when: [suspect]"),
	    "only if the person is a victim or a suspect");
	/* ... but not when one of them asks for more */
	says(NULL,
	    RULE("r", "release", ", when: [victim, emergency]")
	        RULE("s", "release", ", when: [suspect]"),
	    "in full if there is acute need and the person is a victim; otherwise in "
	    "full "
	    "if the person is a suspect; otherwise nothing");
}

static void
what_asks_for_different_things_is_not_one_sentence(void **state)
{
	(void)state;
	says(NULL,
	    RULE("r", "release", ", when: [victim], unless: [minor]")
	        RULE("s", "release", ", when: [suspect]"),
	    "in full if the person is a victim, unless the person is a minor; otherwise "
	    "in "
	    "full if the person is a suspect; otherwise nothing");
	says(BAR("b", ", unless: [adult, emergency]"),
	    RULE("r", "release", ", when: [victim]"),
	    "only if there is acute need or the person is known to be an adult, only if "
	    "the "
	    "person is a victim");
}

static void
what_is_made_coarser_says_how(void **state)
{
	(void)state;
	struct wanted both = read_cell(NULL,
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.birth_date],"
	    " action: generalise, to: year, when: [victim]}\n"
	    "  - {id: s, article: A, recipients: [cops], categories: [identity],"
	    " action: generalise, to: present}\n",
	    "persons.birth_date");
	assert_string_equal(both.text,
	    "only the year if the person is a victim; otherwise only that there is one");
	forget(&both);
	struct wanted w = read_cell(NULL,
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.birth_date],"
	    " action: generalise, to: year, when: [victim]}\n",
	    "persons.birth_date");
	assert_string_equal(w.words, "coarser");
	assert_string_equal(w.text, "only the year, only if the person is a victim");
	forget(&w);
}

static void
what_stands_above_says_for_whom_and_what_is_left(void **state)
{
	(void)state;
	struct wanted w = read_cell(
	    "  - {id: b, article: A, action: withhold, except_categories: [meta],"
	    " when: [embargo]}\n",
	    RULE("r", "release", ""), "persons.bsn");
	assert_string_equal(w.text, "");
	assert_string_equal(
	    w.above, "if there is an embargo: only Process data, coarse for everybody");
	forget(&w);
	w = read_cell(
	    "  - {id: b, article: A, action: refuse, code: cie_information_refused,"
	    " when: [cie]}\n",
	    RULE("r", "release", ""), "persons.bsn");
	assert_string_equal(w.above,
	    "if it is marked as criminal intelligence (CIE): the "
	    "whole signal is refused, for everybody");
	forget(&w);
}

static void
dutch_puts_the_verb_last(void **state)
{
	(void)state;
	AUTO(policy_destroy)
	struct policy    *p = bundle_policy(bundle_small(BAR("b", ", unless: [adult]"),
	       RULE("r", "release", ", when_any: [victim, suspect]")));
	struct grid_query q = {.convenant = "t", .phase = "1", .recipient = "cops"};
	struct wanted     w = {.path = "persons.bsn"};
	translate_choose("nl");
	assert_int_equal(policy_grids(p, &q, take_text, &w), RC_OK);
	assert_string_equal(w.text,
	    "alleen als de persoon zeker meerderjarig is, en als de "
	    "persoon slachtoffer of verdachte is");
	forget(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_what_is_always_given_nothing_is_said),
	    cmocka_unit_test(of_what_is_never_given_nothing_is_said),
	    cmocka_unit_test(one_grant_is_said_with_only),
	    cmocka_unit_test(senders_and_purposes_are_said_by_the_shorter_side),
	    cmocka_unit_test(bars_are_said_with_what_they_bar),
	    cmocka_unit_test(a_bar_with_an_exception_keeps_it),
	    cmocka_unit_test(a_bar_on_some_senders_keeps_its_exception),
	    cmocka_unit_test(a_bar_that_needs_two_facts_is_not_said_of_one),
	    cmocka_unit_test(several_outcomes_are_told_in_their_order),
	    cmocka_unit_test(a_choice_says_its_exceptions),
	    cmocka_unit_test(a_rule_that_withholds_stands_between_what_is_given),
	    cmocka_unit_test(two_rules_that_give_the_same_are_one_sentence),
	    cmocka_unit_test(what_asks_for_different_things_is_not_one_sentence),
	    cmocka_unit_test(what_is_made_coarser_says_how),
	    cmocka_unit_test(what_stands_above_says_for_whom_and_what_is_left),
	    cmocka_unit_test(dutch_puts_the_verb_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
