/* SPDX-License-Identifier: EUPL-1.2 */
/* words.c - sealing and opening what people write to each other. */
#include "client/command/case/words.h"

#include <sodium.h>
#include <string.h>

#include "certs/file.h"
#include "client/error.h"

rc
words_seal(struct slice public_key, struct slice text, struct buf *box)
{
	uint8_t sealed[SLUIS_SEALED_MAX];
	char    words[WORDS_MAX + 1];
	size_t  n = 0;

	if (public_key.n != SLUIS_KEY_BYTES) return RC_MALFORMED;
	if (text.n > WORDS_MAX) return RC_TOO_LARGE;
	if (text.n != 0) memcpy(words, text.p, text.n);
	words[text.n] = '\0';
	rc code       = code_in(sluis_seal(public_key.p, words, sealed, &n));
	sodium_memzero(words, sizeof words);
	return code == RC_OK ? buf_append(box, slice_of(sealed, n)) : code;
}

rc
words_open(struct sluis *s, struct slice box, struct buf *out)
{
	char words[WORDS_MAX + 1];

	rc code = code_in(sluis_unseal(s, box.p, box.n, words));
	if (code == RC_OK) code = buf_append(out, slice_str(words));
	sodium_memzero(words, sizeof words);
	return code;
}

rc
words_read(const char *path, struct buf *out)
{
	size_t before = out->n;

	TRY(file_read(
	    strcmp(path, "-") == 0 ? "/dev/stdin" : path, WORDS_MAX + 1, false, out));
	if (out->n > before && out->p[out->n - 1] == '\n') out->n--;
	if (out->n == before || memchr(out->p + before, '\0', out->n - before) != NULL)
		return RC_MALFORMED;
	return out->n - before > WORDS_MAX ? RC_TOO_LARGE : RC_OK;
}
