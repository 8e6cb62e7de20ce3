/* SPDX-License-Identifier: EUPL-1.2 */
/* phrase.c - filling holes. */
#include "client/command/case/phrase.h"

#include <string.h>

#include "proto/auto.h"
#include "proto/text.h"

void
phrase_put(FILE *to, const char *text)
{
	struct slice rest = slice_str(text);

	while (rest.n != 0) {
		const uint8_t *at = rest.p;
		int32_t        c;
		if (text_code_point(&rest, &c) != RC_OK) {
			rest = slice_of(at + 1, rest.n - 1);
			(void)fputc('?', to);
		} else if (text_is_plain(c))
			(void)fwrite(at, 1, (size_t)(rest.p - at), to);
		else
			(void)fputc('?', to);
	}
}

void
phrase_put_lines(FILE *to, const char *before, struct slice text)
{
	AUTO(buf_wipe) struct buf line = buf_init(text.n + 1);

	while (text.n != 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t         n   = end != NULL ? (size_t)(end - text.p) : text.n;
		buf_wipe(&line);
		if (buf_append(&line, slice_of(text.p, n)) != RC_OK ||
		    buf_append(&line, slice_of("", 1)) != RC_OK)
			return;
		(void)fputs(before, to);
		phrase_put(to, (const char *)line.p);
		(void)fputc('\n', to);
		n += end != NULL ? 1 : 0;
		text = slice_of(text.p + n, text.n - n);
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
