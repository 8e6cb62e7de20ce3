/* SPDX-License-Identifier: EUPL-1.2 */
/* cosignature.c - what a witness signs, and checking it. */
#include "proto/cosignature.h"

#include <inttypes.h>
#include <sodium.h>

#include "proto/auto.h"
#include "proto/text.h"

enum {
	TIME_BYTES = 8,
	BLOB_BYTES = NOTE_KEY_ID_BYTES + TIME_BYTES + SIG_BYTES,
	SIGNED_MAX = NOTE_MAX + 64
};

static rc
signed_bytes(struct slice text, uint64_t time_s, struct buf *out)
{
	TRY(buf_printf(out, "cosignature/v1\ntime %" PRIu64 "\n", time_s));
	return buf_append(out, text);
}

rc
cosignature_make(const struct note_verifier *w, const uint8_t secret_key[64],
    struct slice note, uint64_t time_s, struct buf *out)
{
	AUTO(buf_wipe) struct buf message = buf_init(SIGNED_MAX);
	uint8_t                   blob[TIME_BYTES + SIG_BYTES];
	struct slice              text, lines;
	size_t                    start = out->n;

	TRY(note_split(note, &text, &lines));
	if (time_s > INT64_MAX) return RC_BAD_NOTE;
	/* libsodium keeps the public key behind the seed: sign only with W's own key */
	if (sodium_memcmp(secret_key + KEY_BYTES, w->public_key, KEY_BYTES) != 0)
		return RC_CRYPTO;
	TRY(signed_bytes(text, time_s, &message));
	put_u64_be(blob, time_s);
	if (crypto_sign_detached(
	        blob + TIME_BYTES, NULL, message.p, message.n, secret_key) != 0)
		return RC_CRYPTO;
	rc code = note_write_line(w, slice_of(blob, sizeof blob), out);
	if (code != RC_OK) out->n = start;
	return code;
}

rc
cosignature_check(struct slice line, const struct note_verifier *w, struct slice text,
    uint64_t *ret_time_s)
{
	AUTO(buf_wipe) struct buf blob    = buf_init(NOTE_MAX);
	AUTO(buf_wipe) struct buf message = buf_init(SIGNED_MAX);
	struct slice              name;

	TRY(note_read_line(line, &name, &blob));
	if (!note_line_is_by(w, name, &blob)) return RC_NOT_FOUND;
	if (blob.n != BLOB_BYTES) return RC_BAD_NOTE;
	uint64_t time_s = get_u64_be(blob.p + NOTE_KEY_ID_BYTES);
	if (time_s > INT64_MAX) return RC_BAD_NOTE;
	TRY(signed_bytes(text, time_s, &message));
	if (crypto_sign_verify_detached(blob.p + NOTE_KEY_ID_BYTES + TIME_BYTES,
	        message.p, message.n, w->public_key) != 0)
		return RC_BAD_NOTE;
	*ret_time_s = time_s;
	return RC_OK;
}

rc
cosignature_find(struct slice note, const struct note_verifier *w, uint64_t *ret_time_s)
{
	struct slice text, rest, line;
	uint64_t     latest = 0, time_s = 0;
	unsigned     n     = 0;
	bool         found = false;

	TRY(note_split(note, &text, &rest));
	while (rest.n != 0) {
		if (++n > NOTE_SIGNATURES_MAX) return RC_BAD_NOTE;
		if (text_line(&rest, &line) != RC_OK) return RC_BAD_NOTE;
		rc code = cosignature_check(line, w, text, &time_s);
		if (code == RC_NOT_FOUND) continue;
		TRY(code);
		found = true;
		if (time_s > latest) latest = time_s;
	}
	if (!found) return RC_NOT_FOUND;
	*ret_time_s = latest;
	return RC_OK;
}
