/* SPDX-License-Identifier: EUPL-1.2 */
/* checkpoint.c - three lines of text inside a signed note. */
#include "proto/checkpoint.h"

#include <inttypes.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/text.h"

enum { TEXT_MAX = NOTE_NAME_MAX + 128 };

rc
checkpoint_text(const struct note_verifier *v, uint64_t size, const struct hash *root,
    struct buf *out)
{
	TRY(buf_printf(out, "%s\n%" PRIu64 "\n", v->name, size));
	TRY(base64_encode(slice_of(root->b, HASH_BYTES), out));
	return buf_append(out, slice_str("\n"));
}

rc
checkpoint_sign(const struct note_verifier *v, const uint8_t secret_key[64],
    uint64_t size, const struct hash *root, struct buf *out)
{
	AUTO(buf_wipe) struct buf text = buf_init(TEXT_MAX);

	TRY(checkpoint_text(v, size, root, &text));
	return note_sign(v, secret_key, buf_slice(&text), out);
}

static rc
parse(struct slice text, struct slice *ret_origin, struct checkpoint *ret)
{
	struct slice line;

	TRY(text_line(&text, ret_origin));
	TRY(text_line(&text, &line));
	TRY(text_decimal(line, &ret->size));
	TRY(text_line(&text, &line));
	TRY(text_base64(line, ret->root.b, HASH_BYTES));
	while (text.n != 0) { /* extension lines are not ours, but they are not empty */
		TRY(text_line(&text, &line));
		if (line.n == 0) return RC_MALFORMED;
	}
	return RC_OK;
}

rc
checkpoint_open(struct slice note, const struct note_verifier *v, struct checkpoint *ret)
{
	struct checkpoint c = {0};
	struct slice      text, origin;

	TRY(note_open(note, v, &text));
	rc code = parse(text, &origin, &c);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK || !slice_equal(origin, slice_str(v->name))) return RC_BAD_NOTE;
	memcpy(c.origin, v->name, sizeof c.origin);
	*ret = c;
	return RC_OK;
}

rc
checkpoint_peek(struct slice note, struct checkpoint *ret)
{
	struct checkpoint c    = {0};
	const uint8_t    *end  = note.n == 0 ? NULL : memmem(note.p, note.n, "\n\n", 2);
	struct slice      text = {0}, origin;

	if (end == NULL) return RC_BAD_NOTE;
	text    = slice_of(note.p, (size_t)(end + 1 - note.p));
	rc code = parse(text, &origin, &c);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK || origin.n == 0 || origin.n > NOTE_NAME_MAX)
		return RC_BAD_NOTE;
	memcpy(c.origin, origin.p, origin.n);
	*ret = c;
	return RC_OK;
}
