/* SPDX-License-Identifier: EUPL-1.2 */
/* phrase.c - filling holes. */
#include "client/phrase.h"

#include <stdbool.h>
#include <string.h>

void
phrase_put(FILE *to, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0; /* U+0080.. */
		(void)fputc(*p < 0x20 || *p == 0x7f || c1 ? '?' : *p, to);
		if (c1) p++;
	}
}

void
phrase_say(FILE *to, const char *text, phrase_hole fill, void *arg)
{
	char name[HOLE_MAX];

	while (*text != '\0') {
		size_t n = strcspn(text, "{");
		(void)fwrite(text, 1, n, to);
		text += n;
		if (*text == '\0') return;
		size_t end = strcspn(text, "}");
		size_t len = end - 1;
		if (text[end] == '\0' || len >= sizeof name) return;
		memcpy(name, text + 1, len);
		name[len] = '\0';
		fill(arg, to, name);
		text += end + 1;
	}
}
