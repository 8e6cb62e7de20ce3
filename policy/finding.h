/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * finding.h - what a check has to say, with its place and in the reader's language.
 *
 * Formats are English and stand in the code as msgids; struct findings may bring a
 * function that translates them.  What comes from a file,
 * and its name, is made plain text (proto/text.h).
 *
 * Pure.
 */
#ifndef SLUIS_POLICY_FINDING_H
#define SLUIS_POLICY_FINDING_H

#include <stdarg.h>

#include "policy/policy.h"

/* Mark a text for xgettext where it is a constant. */
#define N_(text) text

struct finding_place {
	const char *file;         /* "" for the folder as a whole */
	unsigned    line, column; /* 1-based; 0: the file as a whole */
};

static inline struct finding_place
finding_at(const char *file, unsigned line, unsigned column)
{
	return (struct finding_place){file, line, column};
}

/* TEXT in the reader's language; TEXT itself where nobody translates. */
__attribute__((format_arg(2))) const char *finding_tr(
    const struct findings *f, const char *text);

/* Add one, if somebody listens (F not NULL) and there is room. */
__attribute__((format(printf, 4, 5))) void finding_add(
    struct findings *f, bool fatal, struct finding_place at, const char *format, ...);
__attribute__((format(printf, 4, 0))) void finding_add_va(struct findings *f, bool fatal,
    struct finding_place at, const char *format, va_list args);

#endif
