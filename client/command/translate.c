/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * translate.c - lookup in a compiled-in .mo file (GNU gettext manual, "The Format of
 * GNU MO Files"):
 *
 *	0  magic 0x950412de   4  revision   8  N   12  offset of the table of originals
 *	16 offset of the table of translations     each table: N times (length, offset)
 *
 * The originals are sorted, so a lookup is a binary search.  The file was made by
 * msgfmt on this machine for this machine's byte order, and is trusted.
 */
#include "client/command/translate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern const uint32_t catalogue_nl[]; /* generated from po/nl.po */

enum { MO_MAGIC = 0, MO_COUNT = 2, MO_ORIGINALS = 3, MO_TRANSLATIONS = 4 };

static bool dutch = true; /* set once, before the first message */

static bool
speaks_dutch(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (unsigned i = 0; i < sizeof variables / sizeof variables[0]; i++) {
		const char *value = getenv(variables[i]);
		if (value != NULL && value[0] != '\0')
			return strncmp(value, "nl", 2) == 0;
	}
	return true;
}

void
translate_choose(const char *language)
{
	dutch = language != NULL ? strcmp(language, "nl") == 0 : speaks_dutch();
}

bool
translate_is_dutch(void)
{
	return dutch;
}

/* The I-th string of the table that starts at word TABLE. */
static const char *
string_at(unsigned table, uint32_t i)
{
	const char     *file  = (const char *)catalogue_nl;
	const uint32_t *entry = catalogue_nl + catalogue_nl[table] / 4 + 2 * (size_t)i;

	return file + entry[1];
}

const char *
tr(const char *text)
{
	if (!dutch || text[0] == '\0') return text;
	uint32_t low = 0, high = catalogue_nl[MO_COUNT];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int      order  = strcmp(text, string_at(MO_ORIGINALS, middle));
		if (order == 0) return string_at(MO_TRANSLATIONS, middle);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return text;
}
