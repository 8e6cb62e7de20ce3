/* SPDX-License-Identifier: EUPL-1.2 */
/* policy/read/yaml.h: only plain mappings, lists and texts, each with its place. */
#include "policy/read/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/read/near.h"
#include "proto/auto.h"

static struct findings findings;

static rc
parse(const char *text, struct yaml_file **ret)
{
	findings.n = 0;
	return yaml_parse("f.yaml", slice_str(text), ret, &findings);
}

static struct yaml_file *
good(const char *text)
{
	struct yaml_file *f = NULL;
	assert_int_equal(parse(text, &f), RC_OK);
	return f;
}

static void
refused_at(const char *text, const char *what, unsigned line, unsigned column)
{
	struct yaml_file *f = NULL;
	assert_int_equal(parse(text, &f), RC_POLICY);
	assert_null(f);
	assert_int_equal(findings.n, 1);
	if (strstr(findings.at[0].text, what) == NULL)
		fail_msg("'%s' says nothing of '%s'", findings.at[0].text, what);
	assert_string_equal(findings.at[0].file, "f.yaml");
	assert_true(findings.at[0].fatal);
	if (findings.at[0].line != line || findings.at[0].column != column)
		fail_msg("'%s' is at %u:%u", findings.at[0].text, findings.at[0].line,
		    findings.at[0].column);
}

/* --- what may stand in a file ---------------------------------------------------- */

static void
mappings_lists_and_texts_are_read_in_order(void **state)
{
	(void)state;
	AUTO(yaml_destroy)
	struct yaml_file *f = good("a: one\nb: [x, 'y z', \"q\"]\nc:\n  d: 2025-01-01\n");
	const struct yaml_node *root = yaml_root(f);
	assert_true(yaml_is_map(root));
	assert_false(yaml_is_list(root));
	assert_int_equal(yaml_length(root), 3);
	assert_string_equal(yaml_text(yaml_get(root, "a")), "one");
	assert_string_equal(yaml_text(yaml_item(yaml_get(root, "b"), 1)), "y z");
	assert_null(yaml_item(yaml_get(root, "b"), 3));
	assert_string_equal(yaml_text(yaml_get(yaml_get(root, "c"), "d")), "2025-01-01");
	assert_string_equal(yaml_key(root, 2), "c");
	assert_null(yaml_key(root, 3));
	assert_null(yaml_value(root, 3));
}

static void
every_node_knows_its_line_and_column(void **state)
{
	(void)state;
	AUTO(yaml_destroy)
	struct yaml_file       *f = good("a: 1\nlong_key:\n  - x\n  -   y\n");
	const struct yaml_node *y = yaml_item(yaml_get(yaml_root(f), "long_key"), 1);
	assert_int_equal(yaml_line(y), 4);
	assert_int_equal(yaml_column(y), 7);
	assert_string_equal(yaml_name(y), "f.yaml");
}

static void
a_scalar_is_text_whatever_it_looks_like(void **state)
{
	(void)state;
	AUTO(yaml_destroy)
	struct yaml_file *f = good("a: yes\nb: 012\nc: ~\nd:\ne: 1e3\n");
	assert_string_equal(yaml_text(yaml_get(yaml_root(f), "a")), "yes");
	assert_string_equal(yaml_text(yaml_get(yaml_root(f), "b")), "012");
	assert_string_equal(yaml_text(yaml_get(yaml_root(f), "c")), "~");
	assert_string_equal(yaml_text(yaml_get(yaml_root(f), "d")), "");
	assert_string_equal(yaml_text(yaml_get(yaml_root(f), "e")), "1e3");
}

static void
asking_a_list_or_text_for_a_key_gives_nothing(void **state)
{
	(void)state;
	AUTO(yaml_destroy) struct yaml_file *f    = good("a: [1]\n");
	const struct yaml_node              *list = yaml_get(yaml_root(f), "a");
	assert_null(yaml_get(list, "x"));
	assert_null(yaml_get(yaml_item(list, 0), "x"));
	assert_null(yaml_get(NULL, "x"));
	assert_null(yaml_text(list));
	assert_int_equal(yaml_length(yaml_item(list, 0)), 0);
}

/* --- what may not ---------------------------------------------------------------- */

static void
an_anchor_refuses_the_file(void **state)
{
	(void)state;
	refused_at("a: &x 1\n", "anchors", 1, 4);
	refused_at("a: &x [1]\n", "anchors", 1, 4);
	refused_at("a: &x {b: 1}\n", "anchors", 1, 4);
}

static void
an_alias_refuses_the_file(void **state)
{
	(void)state;
	refused_at("a: *x\n", "aliases", 1, 4);
}

static void
a_merge_key_refuses_the_file(void **state)
{
	(void)state;
	refused_at("a:\n  <<: {b: 1}\n", "merge", 2, 3);
}

static void
a_mistake_against_yaml_is_told_in_plain_words(void **state)
{
	(void)state;
	refused_at("a:\n\tb: 1\n", "a tab stands here; use spaces", 2, 1);
	refused_at("a:\n  b: 1\n\tc: 2\n", "a tab stands here", 3, 1);
	refused_at("a: b: c\n", "put the text between quotes", 1, 5);
	refused_at("a:\n  - x\n  y: 1\n", "indented otherwise", 3, 3);
	refused_at("a:\n  b: 1\n c: 2\n", "indented otherwise", 3, 2);
	refused_at("a: [x, y\nb: 1\n", "not closed", 2, 2);
	refused_at("a: 'x\n", "never closed", 2, 1);
	refused_at("a: 1\nb\nc: 2\n", "a key without", 3, 1);
	refused_at("a: \"\\q\"\n", "not YAML: ", 1, 5);
}

static void
a_tag_refuses_the_file(void **state)
{
	(void)state;
	refused_at("a: !!str 1\n", "tags", 1, 4);
	refused_at("a: !x [1]\n", "tags", 1, 4);
	refused_at("a: !x {b: 1}\n", "tags", 1, 4);
	refused_at("a: ! 1\n", "tags", 1, 4);
}

static void
a_directive_refuses_the_file(void **state)
{
	(void)state;
	refused_at("%TAG ! tag:x,2000:\n---\na: 1\n", "directives", 1, 1);
	refused_at("%YAML 1.1\n---\na: 1\n", "directives", 1, 1);
}

static void
a_second_document_refuses_the_file(void **state)
{
	(void)state;
	refused_at("a: 1\n---\nb: 2\n", "second document", 2, 1);
}

static void
a_repeated_key_refuses_the_file_and_names_both_places(void **state)
{
	(void)state;
	refused_at("a: 1\nb: 2\na: 3\n", "line 1", 3, 1);
	refused_at("x:\n  - {k: 1, k: 1}\n", "'k' stands here twice", 2, 12);
}

static void
a_key_that_is_no_word_refuses_the_file(void **state)
{
	(void)state;
	refused_at("? [a]\n: 1\n", "plain word", 1, 3);
	refused_at("? {a: b}\n: 1\n", "plain word", 1, 3);
}

static void
control_characters_refuse_the_file(void **state)
{
	(void)state;
	refused_at("a: \"x\\0y\"\n", "control character", 1, 4);
	refused_at("a: \"x\\e[2J\"\n", "control character", 1, 4);
	refused_at("a: \"x\\ty\"\n", "control character", 1, 4);
	refused_at("a: \"x\\u009b31m\"\n", "control character", 1, 4);
}

static void
a_line_end_in_a_text_refuses_the_file(void **state)
{
	(void)state;
	refused_at("a: \"x\\ny\"\n", "line end", 1, 4);
	refused_at("a: 'x\n\n  y'\n", "line end", 1, 4);
	refused_at("a: \"x\\u2028y\"\n", "line end", 1, 4);
	refused_at("a: \"x\\u2029y\"\n", "line end", 1, 4);
	refused_at("\"x\\ny\": 1\n", "line end", 1, 1);
}

static void
a_mark_that_turns_the_direction_refuses_the_file(void **state)
{
	static const char *const marks[] = {"061c", "200e", "200f", "202a", "202b",
	    "202c", "202d", "202e", "2066", "2067", "2068", "2069"};
	char                     text[40];
	(void)state;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		snprintf(text, sizeof text, "a: \"x\\u%sy\"\n", marks[i]);
		refused_at(text, "mark of direction", 1, 4);
	}
}

static void
a_block_text_is_one_line(void **state)
{
	(void)state;
	AUTO(yaml_destroy)
	struct yaml_file       *f = good("a: |\n  x\n  y\nb: >-\n  x\n\n  y\nc: |\n  \n");
	const struct yaml_node *root = yaml_root(f);
	assert_string_equal(yaml_text(yaml_get(root, "a")), "x y");
	assert_string_equal(yaml_text(yaml_get(root, "b")), "x y");
	assert_string_equal(yaml_text(yaml_get(root, "c")), "");
	refused_at("a: |\n  x\xe2\x80\xaey\n", "mark of direction", 1, 4);
}

static void
letters_of_every_language_stay(void **state)
{
	(void)state;
	AUTO(yaml_destroy)
	struct yaml_file *f = good("a: Co\xc3\xb6rdinator \xd7\xa9\xe2\x82\xac\n");
	assert_string_equal(yaml_text(yaml_get(yaml_root(f), "a")),
	    "Co\xc3\xb6rdinator \xd7\xa9\xe2\x82\xac");
}

static void
an_empty_file_is_refused(void **state)
{
	(void)state;
	refused_at("", "empty", 0, 0);
	refused_at("# only a comment\n", "empty", 0, 0);
}

static void
broken_yaml_is_refused_with_its_place(void **state)
{
	(void)state;
	struct yaml_file *f = NULL;
	assert_int_equal(parse("a: [1\nb: 2\n", &f), RC_POLICY);
	assert_true(findings.at[0].line >= 1);
	assert_int_equal(parse("a: 'x\n", &f), RC_POLICY);
	assert_int_equal(parse("a: \xff\xfe\n", &f), RC_POLICY);
	assert_int_equal(parse("\ta: 1\n", &f), RC_POLICY);
	assert_null(f);
}

static char *
repeated(const char *piece, size_t times)
{
	size_t n    = strlen(piece);
	char  *text = calloc(1, n * times + 1);
	for (size_t i = 0; i < times; i++) memcpy(text + i * n, piece, n);
	return text;
}

static void
thirty_two_levels_pass_and_thirty_three_do_not(void **state)
{
	(void)state;
	AUTO(auto_free) char *ok   = repeated("[", 32);
	AUTO(auto_free) char *deep = repeated("[", 33);
	AUTO(auto_free) char *end  = repeated("]", 33);
	char                  text[80];
	snprintf(text, sizeof text, "%s%s", ok, end + 1);
	AUTO(yaml_destroy) struct yaml_file *f = good(text);
	assert_int_equal(yaml_length(yaml_root(f)), 1);
	snprintf(text, sizeof text, "%s%s", deep, end);
	refused_at(text, "32 levels", 1, 33);
}

static void
a_hundred_thousand_opening_brackets_are_refused(void **state)
{
	(void)state;
	AUTO(auto_free) char *text = repeated("[", 100000);
	struct yaml_file     *f    = NULL;
	assert_int_equal(parse(text, &f), RC_POLICY);
}

static void
more_than_a_hundred_thousand_nodes_are_refused(void **state)
{
	(void)state;
	AUTO(auto_free) char *text = repeated("- a\n", 100001);
	struct yaml_file     *f    = NULL;
	assert_int_equal(parse(text, &f), RC_POLICY);
	assert_non_null(strstr(findings.at[0].text, "nodes"));
}

static void
a_text_of_more_than_four_kilobytes_is_refused(void **state)
{
	(void)state;
	AUTO(auto_free) char *text = repeated("a", 4097);
	refused_at(text, "4,096", 1, 1);
}

/* --- unknown keys ---------------------------------------------------------------------
 */

static void
a_key_that_nobody_asked_for_is_named_with_the_nearest_one(void **state)
{
	(void)state;
	AUTO(yaml_destroy)
	struct yaml_file       *f    = good("article: x\nobligatoins: y\nzzzzzz: z\n");
	const struct yaml_node *root = yaml_root(f);
	findings.n                   = 0;
	assert_non_null(yaml_get(root, "article"));
	assert_null(yaml_get(root, "obligations"));
	assert_int_equal(yaml_no_more_keys(root, &findings), RC_POLICY);
	assert_int_equal(findings.n, 2);
	assert_non_null(strstr(findings.at[0].text, "did you mean 'obligations'?"));
	assert_int_equal(findings.at[0].line, 2);
	assert_null(strstr(findings.at[1].text, "did you mean"));
}

static void
a_map_of_which_every_key_was_asked_for_is_fine(void **state)
{
	(void)state;
	AUTO(yaml_destroy) struct yaml_file *f = good("a: 1\nb: 2\n");
	assert_non_null(yaml_get(yaml_root(f), "a"));
	assert_string_equal(yaml_key(yaml_root(f), 1), "b");
	assert_int_equal(yaml_no_more_keys(yaml_root(f), &findings), RC_OK);
}

static void
findings_beyond_the_hundredth_are_dropped_but_still_refuse(void **state)
{
	(void)state;
	AUTO(yaml_destroy) struct yaml_file *f = good("a: 1\n");
	findings.n                             = 0;
	for (int i = 0; i < FINDINGS_MAX + 5; i++)
		assert_int_equal(
		    yaml_complain(&findings, yaml_root(f), "no %d", i), RC_POLICY);
	assert_int_equal(findings.n, FINDINGS_MAX);
	assert_int_equal(yaml_complain(NULL, yaml_root(f), "nobody listens"), RC_POLICY);
}

static void
a_finding_cannot_write_to_the_terminal_what_the_file_says(void **state)
{
	(void)state;
	AUTO(yaml_destroy) struct yaml_file *f = good("a: 1\n");
	findings.n                             = 0;
	yaml_complain(&findings, yaml_root(f), "%s", "x\x1b[2Jy\n");
	assert_string_equal(findings.at[0].text, "x?[2Jy?");
	yaml_complain(&findings, yaml_root(f), "%s", "x\xc2\x9by\xe2\x80\xae\xffz");
	assert_string_equal(findings.at[1].text, "x?y??z");
}

static void
a_finding_cannot_write_to_the_terminal_what_its_file_is_called(void **state)
{
	(void)state;
	struct yaml_file *f = NULL;
	findings.n          = 0;
	assert_int_equal(
	    yaml_parse("a\nsluis \x1b[31m\xff.yaml", slice_str("x: ["), &f, &findings),
	    RC_POLICY);
	assert_string_equal(findings.at[0].file, "a?sluis ?[31m?.yaml");
}

static void
a_finding_is_cut_between_characters(void **state)
{
	(void)state;
	AUTO(yaml_destroy) struct yaml_file *f    = good("a: 1\n");
	AUTO(auto_free) char                *text = repeated("\xe2\x82\xac", 100);
	findings.n                                = 0;
	yaml_complain(&findings, yaml_root(f), "x%s", text);
	assert_int_equal(strlen(findings.at[0].text), 1 + 79 * 3);
	assert_string_equal(findings.at[0].text + 1 + 78 * 3, "\xe2\x82\xac");
}

/* --- near names -----------------------------------------------------------------------
 */

static const char *
word_at(const void *arg, size_t i)
{
	return ((const char *const *)arg)[i];
}

static void
the_nearest_name_is_found_within_a_third(void **state)
{
	(void)state;
	static const char *const words[] = {"identity", "indicator", "bsn", NULL};
	assert_string_equal(nearest("identiyt", word_at, words), "identity");
	assert_string_equal(nearest("indicatr", word_at, words), "indicator");
	assert_string_equal(nearest("bns", word_at, words), "bsn");
	assert_null(nearest("vehicle", word_at, words));
	assert_null(nearest("", word_at, words));
	assert_null(nearest("x", word_at, words));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mappings_lists_and_texts_are_read_in_order),
	    cmocka_unit_test(every_node_knows_its_line_and_column),
	    cmocka_unit_test(a_scalar_is_text_whatever_it_looks_like),
	    cmocka_unit_test(asking_a_list_or_text_for_a_key_gives_nothing),
	    cmocka_unit_test(an_anchor_refuses_the_file),
	    cmocka_unit_test(an_alias_refuses_the_file),
	    cmocka_unit_test(a_merge_key_refuses_the_file),
	    cmocka_unit_test(a_mistake_against_yaml_is_told_in_plain_words),
	    cmocka_unit_test(a_tag_refuses_the_file),
	    cmocka_unit_test(a_directive_refuses_the_file),
	    cmocka_unit_test(a_second_document_refuses_the_file),
	    cmocka_unit_test(a_repeated_key_refuses_the_file_and_names_both_places),
	    cmocka_unit_test(a_key_that_is_no_word_refuses_the_file),
	    cmocka_unit_test(control_characters_refuse_the_file),
	    cmocka_unit_test(a_line_end_in_a_text_refuses_the_file),
	    cmocka_unit_test(a_mark_that_turns_the_direction_refuses_the_file),
	    cmocka_unit_test(a_block_text_is_one_line),
	    cmocka_unit_test(letters_of_every_language_stay),
	    cmocka_unit_test(an_empty_file_is_refused),
	    cmocka_unit_test(broken_yaml_is_refused_with_its_place),
	    cmocka_unit_test(thirty_two_levels_pass_and_thirty_three_do_not),
	    cmocka_unit_test(a_hundred_thousand_opening_brackets_are_refused),
	    cmocka_unit_test(more_than_a_hundred_thousand_nodes_are_refused),
	    cmocka_unit_test(a_text_of_more_than_four_kilobytes_is_refused),
	    cmocka_unit_test(a_key_that_nobody_asked_for_is_named_with_the_nearest_one),
	    cmocka_unit_test(a_map_of_which_every_key_was_asked_for_is_fine),
	    cmocka_unit_test(findings_beyond_the_hundredth_are_dropped_but_still_refuse),
	    cmocka_unit_test(a_finding_cannot_write_to_the_terminal_what_the_file_says),
	    cmocka_unit_test(
	        a_finding_cannot_write_to_the_terminal_what_its_file_is_called),
	    cmocka_unit_test(a_finding_is_cut_between_characters),
	    cmocka_unit_test(the_nearest_name_is_found_within_a_third),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
