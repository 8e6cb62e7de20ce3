/* SPDX-License-Identifier: EUPL-1.2 */
/* finding.c - collecting what a check has to say. */
#include "policy/finding.h"

#include <stdio.h>

#include "proto/text.h"

const char *
finding_tr(const struct findings *f, const char *text)
{
	return f == NULL || f->translate == NULL ? text : f->translate(text);
}

void
finding_add_va(struct findings *f, bool fatal, struct finding_place at,
    const char *format, va_list args)
{
	if (f == NULL || f->n >= FINDINGS_MAX) return;
	struct finding *new = &f->at[f->n++];
	*new = (struct finding){.line = at.line, .column = at.column, .fatal = fatal};
	(void)snprintf(new->file, sizeof new->file, "%s", at.file);
	(void)vsnprintf(new->text, sizeof new->text, finding_tr(f, format), args);
	text_make_plain(new->file);
	text_make_plain(new->text);
}

void
finding_add(
    struct findings *f, bool fatal, struct finding_place at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	finding_add_va(f, fatal, at, format, args);
	va_end(args);
}
