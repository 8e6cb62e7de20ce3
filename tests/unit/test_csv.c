/* SPDX-License-Identifier: EUPL-1.2 */
/* test_csv.c - a spreadsheet that opens our CSV runs nothing. */
#include "client/command/policy/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* CELL alone in a row. */
static char *
row_of(const char *cell)
{
	char  *text = NULL;
	size_t n;
	FILE  *f = open_memstream(&text, &n);

	assert_non_null(f);
	csv_row(f, &cell, 1);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
assert_row(const char *cell, const char *expected)
{
	char *row = row_of(cell);

	assert_string_equal(row, expected);
	free(row);
}

static void
cells_are_quoted(void **state)
{
	(void)state;
	assert_row("a,b", "\"a,b\"\r\n");
	assert_row("", "\"\"\r\n");
	assert_row("say \"no\"", "\"say \"\"no\"\"\"\r\n");
	assert_row("two\nlines", "\"two\nlines\"\r\n");
}

static void
formulas_are_neutralised(void **state)
{
	static const char starts[] = "=+-@\t\r";

	(void)state;
	for (const char *c = starts; *c != '\0'; c++) {
		char cell[8] = {*c, '1', '\0'}, expected[16];
		(void)snprintf(expected, sizeof expected, "\"'%c1\"\r\n", *c);
		assert_row(cell, expected);
	}
	assert_row("a=1", "\"a=1\"\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cells_are_quoted),
	    cmocka_unit_test(formulas_are_neutralised),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
