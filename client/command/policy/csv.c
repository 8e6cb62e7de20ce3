/* SPDX-License-Identifier: EUPL-1.2 */
/* csv.c - quoting and neutralising cells. */
#include "client/command/policy/csv.h"

#include <string.h>

static void
cell(FILE *to, const char *text)
{
	(void)fputc('"', to);
	if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL) (void)fputc('\'', to);
	for (; *text != '\0'; text++) {
		if (*text == '"') (void)fputc('"', to);
		(void)fputc(*text, to);
	}
	(void)fputc('"', to);
}

void
csv_row(FILE *to, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i != 0) (void)fputc(',', to);
		cell(to, cells[i]);
	}
	(void)fputs("\r\n", to);
}
