/* SPDX-License-Identifier: EUPL-1.2 */
/* crosstab.c - axes grow as codes come. */
#include "client/command/audit/crosstab.h"

#include <stdio.h>
#include <string.h>

size_t
axis_find(const struct axis *axis, const char *code)
{
	size_t i = 0;

	while (i < axis->n && strcmp(axis->codes[i], code) != 0) i++;
	return i;
}

static size_t
axis_add(struct axis *axis, const char *code)
{
	(void)snprintf(axis->codes[axis->n], AXIS_CODE_MAX, "%s", code);
	return axis->n++;
}

size_t
axis_place(struct axis *axis, const char *code)
{
	if (code == NULL || code[0] == '\0') code = AXIS_UNKNOWN;
	size_t i = axis_find(axis, code);
	if (i < axis->n) return i;
	if (axis->n < TAB_MAX - 1) return axis_add(axis, code);
	i = axis_find(axis, AXIS_REST);
	return i < axis->n ? i : axis_add(axis, AXIS_REST);
}

void
axis_fix(struct axis *axis, const char *const *codes)
{
	axis->fixed = true;
	for (; *codes != NULL; codes++) (void)axis_place(axis, *codes);
}

void
family_init(struct family *f, const char *name, const char *const *tables)
{
	*f = (struct family){.name = name};
	(void)axis_place(&f->rows, NULL);
	for (; tables[f->n] != NULL; f->n++) {
		f->tables[f->n].name = tables[f->n];
		(void)axis_place(&f->tables[f->n].cols, NULL);
	}
}

void
family_count(struct family *f, size_t table, size_t row, const char *col)
{
	struct crosstab *t = &f->tables[table];

	t->count[row][axis_place(&t->cols, col)]++;
}

uint64_t
family_total(const struct family *f)
{
	const struct crosstab *t   = &f->tables[0];
	uint64_t               sum = 0;

	for (size_t row = 0; row < f->rows.n; row++)
		for (size_t col = 0; col < t->cols.n; col++) sum += t->count[row][col];
	return sum;
}
