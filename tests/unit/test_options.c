/* SPDX-License-Identifier: EUPL-1.2 */
/* test_options.c - the command line: what is meant, and what is refused. */
#include "client/command/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct cli         cli;
static struct sluis_error error;

/* Parse "sluis" and WORDS (at most 12, ended by NULL). */
static rc
parse(const char *const *words)
{
	const char *argv[14] = {"sluis"};
	int         argc     = 1;

	while (words[argc - 1] != NULL) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	memset(&cli, 0, sizeof cli);
	memset(&error, 0, sizeof error);
	return options_parse(&cli, argc, argv, &error);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void
noun_and_verb_choose_the_row(void **state)
{
	(void)state;
	assert_int_equal(PARSE("signal", "list"), RC_OK);
	assert_string_equal(cli.verb->noun, "signal");
	assert_string_equal(cli.verb->name, "list");
	assert_int_equal(PARSE("explain", "12"), RC_OK);
	assert_null(cli.verb->name);
	assert_int_equal(cli.n_args, 1);
	assert_string_equal(cli.args[0], "12");
}

static void
options_stand_anywhere_and_in_both_forms(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--json", "--party", "p", "signal", "send", "f.json",
	                     "--convenant=zorg", "--to", "a,b", "--timeout=500"),
	    RC_OK);
	assert_true(cli.json);
	assert_string_equal(cli.party, "p");
	assert_int_equal(cli.timeout_ms, 500);
	assert_string_equal(cli_value(&cli, "convenant"), "zorg");
	assert_string_equal(cli_value(&cli, "to"), "a,b");
	assert_null(cli_value(&cli, "phase"));
	assert_int_equal(cli.n_args, 1);
	assert_string_equal(cli.args[0], "f.json");
}

static void
a_global_value_is_not_taken_for_a_noun(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--party", "signal", "inbox", "list"), RC_OK);
	assert_string_equal(cli.verb->noun, "inbox");
}

static void
nothing_after_two_dashes_is_an_option(void **state)
{
	(void)state;
	assert_int_equal(PARSE("signal", "show", "--", "--json"), RC_OK);
	assert_false(cli.json);
	assert_string_equal(cli.args[0], "--json");
}

static void
a_lone_dash_is_an_argument(void **state)
{
	(void)state;
	assert_int_equal(PARSE("signal", "preview", "-"), RC_OK);
	assert_string_equal(cli.args[0], "-");
}

static void
help_works_in_both_forms_and_needs_no_arguments(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-h"), RC_OK);
	assert_true(cli.help);
	assert_int_equal(PARSE("signal", "send", "--help"), RC_OK);
	assert_true(cli.help);
	assert_int_equal(PARSE("signal", "-h"), RC_OK);
	assert_true(cli.help);
}

static void
unknown_words_name_the_nearest(void **state)
{
	(void)state;
	assert_int_equal(PARSE("signl", "send"), RC_USAGE);
	assert_string_equal(error.rule, "signal");
	assert_int_equal(PARSE("signal", "snd"), RC_USAGE);
	assert_string_equal(error.rule, "send");
	assert_int_equal(PARSE("signal", "list", "--jsn"), RC_USAGE);
	assert_string_equal(error.where, "--jsn");
	assert_string_equal(error.rule, "--json");
}

static void
far_words_name_nothing(void **state)
{
	(void)state;
	assert_int_equal(PARSE("zzzzzzzz"), RC_USAGE);
	assert_string_equal(error.rule, "");
}

static void
the_value_of_an_unknown_option_is_not_repeated(void **state)
{
	(void)state;
	assert_int_equal(PARSE("signal", "list", "--bsn=999990019"), RC_USAGE);
	assert_string_equal(error.where, "--bsn");
}

static void
usage_errors_are_refused(void **state)
{
	(void)state;
	assert_int_equal(PARSE("signal"), RC_USAGE);
	assert_int_equal(PARSE("signal", "send"), RC_USAGE);
	assert_int_equal(PARSE("signal", "list", "one"), RC_USAGE);
	assert_int_equal(PARSE("signal", "list", "--max"), RC_USAGE);
	assert_int_equal(
	    PARSE("signal", "send", "f", "--to", "politie", "--to=om"), RC_USAGE);
	assert_string_equal(error.where, "--to");
	assert_int_equal(PARSE("signal", "list", "--json=yes"), RC_USAGE);
	assert_int_equal(PARSE("signal", "list", "-x"), RC_USAGE);
	assert_int_equal(PARSE("signal", "list", "--conv", "zorg"), RC_USAGE);
	assert_int_equal(PARSE("signal", "send", "f", "--conven", "zorg"), RC_USAGE);
	assert_int_equal(PARSE("help", "exit", "more", "and more"), RC_USAGE);
}

static void
a_timeout_is_a_number_of_milliseconds(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--timeout", "0", "signal", "list"), RC_USAGE);
	assert_int_equal(PARSE("--timeout", "-5", "signal", "list"), RC_USAGE);
	assert_int_equal(PARSE("--timeout", "5s", "signal", "list"), RC_USAGE);
	assert_int_equal(PARSE("--timeout", "", "signal", "list"), RC_USAGE);
	assert_int_equal(
	    PARSE("--timeout", "99999999999999999999", "signal", "list"), RC_USAGE);
	assert_int_equal(PARSE("--timeout", "3600000", "signal", "list"), RC_OK);
}

static void
only_two_languages_are_spoken(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--lang", "fr", "signal", "list"), RC_USAGE);
	assert_int_equal(PARSE("--lang", "nl", "signal", "list"), RC_OK);
}

static void
a_party_before_the_verb_asks_and_one_after_it_is_asked_about(void **state)
{
	(void)state;
	assert_int_equal(
	    PARSE("--party", "auditor", "audit", "list", "--party", "nla"), RC_OK);
	assert_string_equal(cli.party, "auditor");
	assert_string_equal(cli_value(&cli, "party"), "nla");
	assert_int_equal(PARSE("audit", "--party=auditor", "list", "--json"), RC_OK);
	assert_string_equal(cli.party, "auditor");
	assert_null(cli_value(&cli, "party"));
	assert_int_equal(PARSE("audit", "list", "--party", "nla"), RC_OK);
	assert_null(cli.party);
	assert_int_equal(
	    PARSE("audit", "list", "--party", "nla", "--party", "om"), RC_USAGE);
	assert_int_equal(PARSE("audit", "verify", "--party", "p"), RC_OK); /* has none */
	assert_string_equal(cli.party, "p");
}

/* But for the party that an auditor asks about. */
static void
no_option_of_a_verb_hides_a_global_one(void **state)
{
	(void)state;
	for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
		const struct option *own   = cli_verb_at(i)->options;
		size_t               n     = 0;
		bool                 audit = strcmp(cli_verb_at(i)->noun, "audit") == 0;
		for (; own != NULL && own->name != NULL; own++, n++)
			for (const struct option *g = options_global; g->name != NULL;
			     g++)
				if (!audit || strcmp(own->name, "party") != 0)
					assert_string_not_equal(own->name, g->name);
		assert_true(n <= CLI_OPTIONS_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(noun_and_verb_choose_the_row),
	    cmocka_unit_test(options_stand_anywhere_and_in_both_forms),
	    cmocka_unit_test(a_global_value_is_not_taken_for_a_noun),
	    cmocka_unit_test(nothing_after_two_dashes_is_an_option),
	    cmocka_unit_test(a_lone_dash_is_an_argument),
	    cmocka_unit_test(help_works_in_both_forms_and_needs_no_arguments),
	    cmocka_unit_test(unknown_words_name_the_nearest),
	    cmocka_unit_test(far_words_name_nothing),
	    cmocka_unit_test(the_value_of_an_unknown_option_is_not_repeated),
	    cmocka_unit_test(usage_errors_are_refused),
	    cmocka_unit_test(a_timeout_is_a_number_of_milliseconds),
	    cmocka_unit_test(only_two_languages_are_spoken),
	    cmocka_unit_test(
	        a_party_before_the_verb_asks_and_one_after_it_is_asked_about),
	    cmocka_unit_test(no_option_of_a_verb_hides_a_global_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
