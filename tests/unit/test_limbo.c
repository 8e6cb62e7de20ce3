/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_limbo.c - path validation against the cases of x509-limbo.
 *
 * tests/vectors/limbo/cases.txt says of each how it departs from a sound chain, what
 * x509-limbo expects and what sluis says.  Where these differ the case says why:
 * "stricter", or "laxer", which is to be read as a claim that nothing is let in by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/plan.h"

#define CASES SOURCE_DIR "/tests/vectors/limbo/cases.txt"

enum { CASES_MAX = 256, LINE_BYTES = 512 };

struct expected {
	char id[96];
	char limbo[16];                 /* "-": ours */
	char broker[32], recipient[32]; /* the name of a code; "-": not asked */
	char differs[16], why[256];
};

static struct counts {
	unsigned of_limbo, agree, stricter, laxer, ours, wrong;
} n;

static char   seen[CASES_MAX][96];
static size_t n_seen;

/* --- one case -------------------------------------------------------------------- */

/* "", "stricter" or "laxer". */
static const char *
difference(const struct expected *e)
{
	bool asked = strcmp(e->recipient, "-") != 0;
	bool let_in =
	    strcmp(e->broker, "ok") == 0 || (asked && strcmp(e->recipient, "ok") == 0);
	bool refused =
	    strcmp(e->broker, "ok") != 0 || (asked && strcmp(e->recipient, "ok") != 0);

	if (strcmp(e->limbo, "FAILURE") == 0 && let_in) return "laxer";
	if (strcmp(e->limbo, "SUCCESS") == 0 && refused) return "stricter";
	return "";
}

static void
count(const struct expected *e)
{
	const char *d = difference(e);

	if (strcmp(d, e->differs) != 0 || (*d != '\0' && *e->why == '\0'))
		fail_msg("%s: is it %s, and why?", e->id, *d == '\0' ? "the same" : d);
	for (size_t i = 0; i < n_seen; i++)
		if (strcmp(seen[i], e->id) == 0) fail_msg("%s: twice", e->id);
	assert_true(n_seen < CASES_MAX);
	memcpy(seen[n_seen++], e->id, sizeof e->id);
	if (strcmp(e->limbo, "-") == 0) {
		n.ours++;
		return;
	}
	n.of_limbo++;
	if (*d == '\0') n.agree++;
	if (*d == 's') n.stricter++;
	if (*d == 'l') n.laxer++;
}

static void
expect(const char *id, const char *whose, const char *expected, rc code)
{
	if (strcmp(expected, rc_name(code)) == 0) return;
	print_error("%s: %s says %s, not %s\n", id, whose, rc_name(code), expected);
	n.wrong++;
}

static void
judge(const struct expected *e, struct plan *p)
{
	if (*e->id == '\0') return;
	if (*e->limbo == '\0' || *e->broker == '\0' || *e->recipient == '\0')
		fail_msg("%s: what is expected?", e->id);
	count(e);
	plan_make(p);
	expect(e->id, "a broker", e->broker, plan_broker(p));
	if (strcmp(e->recipient, "-") != 0)
		expect(e->id, "a recipient", e->recipient, plan_recipient(p));
	plan_end(p);
}

/* --- the file -------------------------------------------------------------------- */

static void
read_line(struct expected *e, struct plan *p, const char *line)
{
	char        word[16];
	int         at = 0;
	const char *d  = e->differs;

	if (sscanf(line, "%15s %n", word, &at) != 1) return;
	if (strcmp(word, "limbo") == 0)
		assert_int_equal(sscanf(line + at, "%15s", e->limbo), 1);
	else if (strcmp(word, "sluis") == 0)
		assert_int_equal(
		    sscanf(line + at, "%31s %31s", e->broker, e->recipient), 2);
	else if (strcmp(word, "stricter") == 0 || strcmp(word, "laxer") == 0) {
		assert_string_equal(d, "");
		(void)snprintf(e->differs, sizeof e->differs, "%s", word);
		(void)snprintf(e->why, sizeof e->why, "%s", line + at);
	} else {
		plan_line(p, line);
	}
}

static void
every_case_comes_out_as_expected(void **state)
{
	FILE           *f = fopen(CASES, "re");
	char            line[LINE_BYTES];
	struct expected e = {0};
	struct plan     p;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '\0' || *line == '#') continue;
		if (*line == '\t') {
			read_line(&e, &p, line + 1);
			continue;
		}
		judge(&e, &p);
		e = (struct expected){0};
		(void)snprintf(e.id, sizeof e.id, "%.95s", line);
		plan_start(&p);
	}
	judge(&e, &p);
	(void)fclose(f);
	assert_int_equal(n.wrong, 0);
}

/* A case that goes, or turns, is noticed here; so do people by tests/vectors/README.md.
 */
static void
the_figures_are_those_that_are_told(void **state)
{
	(void)state;
	assert_int_equal(n.of_limbo, 141);
	assert_int_equal(n.agree, 121);
	assert_int_equal(n.stricter, 11);
	assert_int_equal(n.laxer, 9);
	assert_int_equal(n.ours, 24);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_case_comes_out_as_expected),
	    cmocka_unit_test(the_figures_are_those_that_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
