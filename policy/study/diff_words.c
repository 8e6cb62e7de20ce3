/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_words.c - dates and lists as words, and which way from one to the other. */
#include <string.h>

#include "policy/study/diff_internal.h"

/* --- words ----------------------------------------------------------------------- */

const char *
date_words(struct arena *a, int32_t days)
{
	char text[11];

	date_write(days, text);
	return arena_printf(a, "%s", text);
}

const char *
and_also(struct arena *a, const char *words, const char *between, const char *more)
{
	if (words == NULL) return more;
	return arena_printf(a, "%s%s%s", words, between, more == NULL ? "" : more);
}

const char *
list_words(struct arena *a, const char *const *names)
{
	const char *words = NULL;
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		words = and_also(a, words, ", ", names[i]);
	return words;
}

/* --- which way ------------------------------------------------------------------- */

static bool
has_name(const char *const *names, const char *name)
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0) return true;
	return false;
}

/* Whether every name of A is in B; NULL holds every name. */
static bool
within(const char *const *a, const char *const *b)
{
	if (b == NULL) return true;
	if (a == NULL) return false;
	for (size_t i = 0; a[i] != NULL; i++)
		if (!has_name(b, a[i])) return false;
	return true;
}

enum way
way_of_sets(const char *const *old, const char *const *new)
{
	return (enum way)(
	    (within(new, old) ? 0 : WAY_WIDER) | (within(old, new) ? 0 : WAY_NARROWER));
}

bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

rc
diff_add_unless_same(struct diff *d, struct diff_term t)
{
	return same_text(t.old, t.new) ? RC_OK : diff_add_term(d, &t);
}
