/* SPDX-License-Identifier: EUPL-1.2 */
/* client/command/case/cmd_case.h: what is due and what a step changes, as people read it.
 */
#include "client/command/case/cmd_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define POLICE (char *)"00000099000000020000"
#define CARE (char *)"00000099000000040000"

static uint8_t    id_bytes[16] = {0xab, 0xcd, 0xef, 0x01};
static char      *said;
static size_t     said_n;
static struct cli cli;

static struct errand
listen(const char *language)
{
	free(said);
	said = NULL;
	cli  = (struct cli){.out = open_memstream(&said, &said_n), .err = stderr};
	assert_non_null(cli.out);
	translate_choose(language);
	return (struct errand){.cli = &cli, .policy_sought = true}; /* ids, no titles */
}

static void
hear(void)
{
	assert_int_equal(fclose(cli.out), 0);
	translate_choose("en");
}

static int
forget(void **state)
{
	(void)state;
	free(said);
	said = NULL;
	return 0;
}

static size_t
lines(void)
{
	size_t n = 0;
	for (const char *p = said; (p = strchr(p, '\n')) != NULL; p++) n++;
	return n;
}

/* --- what is due ----------------------------------------------------------------- */

static Sluis__Task
task_of(Sluis__TaskKind kind, bool overdue)
{
	Sluis__Task t = SLUIS__TASK__INIT;

	t.kind        = kind;
	t.oin         = POLICE;
	t.desk        = (char *)"avim";
	t.has_case_id = 1;
	t.case_id     = (ProtobufCBinaryData){16, id_bytes};
	t.about       = t.case_id;
	t.since_ms    = 1795000000000;
	t.due_ms      = 1795698243668;
	t.overdue     = overdue;
	return t;
}

static void
what_is_late_says_so_and_how_to_do_it(void **state)
{
	(void)state;
	Sluis__Task   late  = task_of(SLUIS__TASK_KIND__TASK_ALIGN, true);
	Sluis__Task   time  = task_of(SLUIS__TASK_KIND__TASK_ENRICH, false);
	Sluis__Task  *all[] = {&late, &time};
	struct errand e     = listen("nl");

	show_tasks(&e, 2, all, false);
	hear();
	assert_int_equal(lines(), 3);
	assert_non_null(strstr(said, "2026-11-26 TE LAAT"));
	assert_null(strstr(strstr(said, "TE LAAT") + 1, "TE LAAT"));
	assert_non_null(strstr(said, "sluis case align abcdef01 --answer yes|no|more"));
	assert_null(strstr(said, "\033"));
}

static void
colour_is_for_terminals(void **state)
{
	(void)state;
	Sluis__Task   late  = task_of(SLUIS__TASK_KIND__TASK_ALIGN, true);
	Sluis__Task  *all[] = {&late};
	struct errand e     = listen("en");

	cli.colour = true;
	show_tasks(&e, 1, all, false);
	hear();
	assert_non_null(strstr(said, "OVERDUE"));
	assert_non_null(strstr(said, "\033["));
}

static void
a_task_without_a_term_or_case_has_a_dash(void **state)
{
	(void)state;
	Sluis__Task   t     = task_of(SLUIS__TASK_KIND__TASK_DESTROY, false);
	Sluis__Task  *all[] = {&t};
	struct errand e     = listen("en");

	t.due_ms      = 0;
	t.case_id.len = 0;
	show_tasks(&e, 1, all, true);
	hear();
	assert_non_null(strstr(said, "00000099000000020000/avim"));
	assert_non_null(strstr(said, "  -"));
	assert_null(strstr(said, "1970"));
}

static void
an_agreement_counts_its_votes(void **state)
{
	(void)state;
	Sluis__Task   t     = task_of(SLUIS__TASK_KIND__TASK_AGREE, false);
	Sluis__Task  *all[] = {&t};
	struct errand e     = listen("nl");

	t.has_have = t.has_need = 1;
	t.have                  = 2;
	t.need                  = 4;
	show_tasks(&e, 1, all, false);
	hear();
	assert_non_null(strstr(said, "wacht op akkoord 2/4"));
}

static void
nothing_due_prints_nothing(void **state)
{
	(void)state;
	struct errand e = listen("en");

	show_tasks(&e, 0, NULL, false);
	hear();
	assert_int_equal(said_n, 0);
}

/* --- what a step changes ----------------------------------------------------------- */

static char *facts_adult[] = {(char *)"victim", (char *)"adult"};
static char *facts_minor[] = {(char *)"victim", (char *)"minor"};

static Sluis__Shift
shift_of(char *oin, char **facts, Sluis__Action before, Sluis__Action after)
{
	Sluis__Shift s = SLUIS__SHIFT__INIT;

	s.oin      = oin;
	s.desk     = (char *)"desk";
	s.category = (char *)"address";
	s.n_facts  = facts != NULL ? 2 : 0;
	s.facts    = facts;
	s.before   = before;
	s.after    = after;
	s.rule     = (char *)"zvh-adr";
	s.article  = (char *)"WGS 2.30";
	return s;
}

#define WITHHOLD SLUIS__ACTION__ACTION_WITHHOLD
#define RELEASE SLUIS__ACTION__ACTION_RELEASE

static void
shifts_that_differ_in_who_or_about_whom_share_a_row(void **state)
{
	(void)state;
	Sluis__Shift  a     = shift_of(POLICE, facts_adult, WITHHOLD, RELEASE);
	Sluis__Shift  b     = shift_of(POLICE, facts_minor, WITHHOLD, RELEASE);
	Sluis__Shift  c     = shift_of(CARE, facts_adult, WITHHOLD, RELEASE);
	Sluis__Shift  d     = shift_of(CARE, facts_minor, WITHHOLD, RELEASE);
	Sluis__Shift *all[] = {&a, &b, &c, &d};
	struct errand e     = listen("en");

	show_shifts(&e, 4, all);
	hear();
	assert_int_equal(lines(), 3); /* headings, one row, the last sentence */
	assert_non_null(strstr(said, "gains"));
	assert_non_null(
	    strstr(said, "00000099000000020000/desk, 00000099000000040000/desk"));
	assert_non_null(strstr(said, "victim, minor victim"));
}

static void
rows_that_do_not_say_the_same_stay_apart(void **state)
{
	(void)state;
	Sluis__Shift  a     = shift_of(POLICE, facts_adult, WITHHOLD, RELEASE);
	Sluis__Shift  b     = shift_of(CARE, facts_minor, WITHHOLD, RELEASE);
	Sluis__Shift  c     = shift_of(CARE, facts_adult, RELEASE, WITHHOLD);
	Sluis__Shift  d     = shift_of(CARE, facts_adult, WITHHOLD, RELEASE);
	Sluis__Shift *all[] = {&a, &b, &c, &d};
	struct errand e     = listen("en");

	d.rule = (char *)"zvh-soc";
	show_shifts(&e, 4, all);
	hear();
	assert_int_equal(lines(), 6);
	assert_non_null(strstr(said, "loses"));
}

static void
a_shift_that_says_little_is_shown(void **state)
{
	(void)state;
	Sluis__Shift  s     = SLUIS__SHIFT__INIT;
	Sluis__Shift *all[] = {&s, &s};
	char         *odd[] = {(char *)"no_such_fact"};
	struct errand e     = listen("nl");

	s.n_facts = 1;
	s.facts   = odd;
	show_shifts(&e, 2, all);
	hear();
	assert_non_null(strstr(said, "geen persoon"));
	e = listen("nl");
	show_shifts(&e, 0, NULL);
	hear();
	assert_string_equal(said, "Door deze stap krijgt of verliest niemand iets.\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_late_says_so_and_how_to_do_it),
	    cmocka_unit_test(colour_is_for_terminals),
	    cmocka_unit_test(a_task_without_a_term_or_case_has_a_dash),
	    cmocka_unit_test(an_agreement_counts_its_votes),
	    cmocka_unit_test(nothing_due_prints_nothing),
	    cmocka_unit_test(shifts_that_differ_in_who_or_about_whom_share_a_row),
	    cmocka_unit_test(rows_that_do_not_say_the_same_stay_apart),
	    cmocka_unit_test(a_shift_that_says_little_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, forget);
}
