/* SPDX-License-Identifier: EUPL-1.2 */
/* test_metrics.c - numbers as Prometheus reads them, and no names. */
#include "broker/metrics/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *
text_of(const struct metrics *m)
{
	struct buf out = buf_init(METRICS_TEXT_MAX);

	assert_int_equal(RC_OK, metrics_text(m, &out));
	char *text = strndup((const char *)out.p, out.n);
	assert_non_null(text);
	buf_wipe(&out);
	return text;
}

static void
says(const struct metrics *m, const char *line)
{
	char *text = text_of(m);

	if (strstr(text, line) == NULL) fail_msg("%s not in\n%s", line, text);
	free(text);
}

static void
every_refusal_counts_under_its_own_code(void **state)
{
	struct counts  c = {0};
	struct metrics m = {.counts = &c};
	(void)state;
	for (unsigned i = 0; rc_at(i) != RC_OK; i++)
		for (unsigned k = 0; k <= i; k++) counts_message(&c, rc_at(i));
	for (unsigned i = 0; rc_at(i) != RC_OK; i++) {
		char line[160];
		(void)snprintf(line, sizeof line,
		    "\nsluis_refusals_total{code=\"%s\"} %u\n", rc_name(rc_at(i)), i + 1);
		says(&m, line);
	}
}

static void
what_was_served_is_no_refusal(void **state)
{
	struct counts  c = {0};
	struct metrics m = {.counts = &c};
	(void)state;
	counts_message(&c, RC_OK);
	says(&m, "\nsluis_messages_total 1\n");
	char *text = text_of(&m);
	assert_null(strstr(text, "code="));
	free(text);
}

static void
handshakes_are_counted_apart(void **state)
{
	struct counts  c = {0};
	struct metrics m = {.counts = &c};
	(void)state;
	counts_turned_away(&c, RC_REVOKED);
	says(&m, "\nsluis_handshakes_refused_total{code=\"revoked\"} 1\n");
	says(&m, "\nsluis_messages_total 0\n");
}

static void
a_commit_is_told_in_seconds_and_the_longest_is_kept(void **state)
{
	struct counts  c = {0};
	struct metrics m = {.counts = &c};
	(void)state;
	counts_commit(&c, 2000001);
	counts_commit(&c, 30);
	says(&m, "\nsluis_commits_total 2\n");
	says(&m, "\nsluis_commit_seconds_total 2.000031\n");
	says(&m, "\nsluis_commit_seconds_max 2.000001\n");
}

static void
each_level_of_health_falls_by_itself(void **state)
{
	struct counts  c = {0};
	struct metrics m = {.counts = &c, .can_journal = true, .trust_valid = true};
	(void)state;
	says(&m, "\nsluis_health{level=\"alive\"} 1\n");
	says(&m, "\nsluis_health{level=\"can_journal\"} 1\n");
	says(&m, "\nsluis_health{level=\"trust_valid\"} 1\n");
	says(&m, "\nsluis_health{level=\"policy_valid\"} 0\n");
}

/* name, one space, number; or a comment; each family announced before its lines */
static void
every_line_is_one_of_the_format(void **state)
{
	struct counts  c = {0};
	struct metrics m = {.counts = &c, .crl_until_s = INT64_MAX, .journal_entries = 7};
	(void)state;
	counts_message(&c, RC_STALE);
	char *text = text_of(&m), *rest = text, *line;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		if (strncmp(line, "# HELP sluis_", 13) == 0 ||
		    strncmp(line, "# TYPE sluis_", 13) == 0)
			continue;
		assert_int_equal(0, strncmp(line, "sluis_", 6));
		const char *space = strrchr(line, ' ');
		assert_non_null(space);
		assert_int_equal(strlen(space + 1), strspn(space + 1, "0123456789."));
	}
	assert_non_null(line);
	assert_null(rest); /* ends with a line's end */
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_refusal_counts_under_its_own_code),
	    cmocka_unit_test(what_was_served_is_no_refusal),
	    cmocka_unit_test(handshakes_are_counted_apart),
	    cmocka_unit_test(a_commit_is_told_in_seconds_and_the_longest_is_kept),
	    cmocka_unit_test(each_level_of_health_falls_by_itself),
	    cmocka_unit_test(every_line_is_one_of_the_format),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
