/* SPDX-License-Identifier: EUPL-1.2 */
/* note.c - C2SP signed notes: key strings, signing, opening. */
#include "proto/note.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/text.h"

#define EM_DASH "\xe2\x80\x94 "

enum { KEY_ID_BYTES = NOTE_KEY_ID_BYTES };

/* --- keys ------------------------------------------------------------------------ */

static bool
name_is_valid(struct slice name)
{
	int32_t c;

	if (name.n == 0 || name.n > NOTE_NAME_MAX) return false;
	while (name.n != 0) {
		if (text_code_point(&name, &c) != RC_OK) return false;
		if (c == '+' || text_is_space(c) || text_is_control(c)) return false;
	}
	return true;
}

static void
derive_key_id(struct slice name, enum note_type type, const uint8_t public_key[KEY_BYTES],
    uint8_t out[KEY_ID_BYTES])
{
	const uint8_t            middle[2] = {'\n', (uint8_t)type};
	crypto_hash_sha256_state state;
	uint8_t                  digest[HASH_BYTES];

	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, name.p, name.n);
	(void)crypto_hash_sha256_update(&state, middle, sizeof middle);
	(void)crypto_hash_sha256_update(&state, public_key, KEY_BYTES);
	(void)crypto_hash_sha256_final(&state, digest);
	memcpy(out, digest, KEY_ID_BYTES);
}

static rc
init(struct note_verifier *v, enum note_type type, struct slice name,
    const uint8_t public_key[KEY_BYTES])
{
	struct note_verifier made = {0};

	if (!name_is_valid(name)) return RC_BAD_NOTE;
	memcpy(made.name, name.p, name.n);
	memcpy(made.public_key, public_key, KEY_BYTES);
	derive_key_id(name, type, public_key, made.key_id);
	*v = made;
	return RC_OK;
}

rc
note_key_init(struct note_verifier *v, enum note_type type, const char *name,
    const uint8_t public_key[KEY_BYTES])
{
	return init(v, type, slice_str(name), public_key);
}

rc
note_verifier_init(
    struct note_verifier *v, const char *name, const uint8_t public_key[KEY_BYTES])
{
	return note_key_init(v, NOTE_ED25519, name, public_key);
}

bool
note_verifier_has(const struct note_verifier *v, const uint8_t public_key[KEY_BYTES])
{
	bool has = memcmp(v->public_key, public_key, KEY_BYTES) == 0;

	for (size_t i = 0; i < v->n_also; i++)
		has = has || memcmp(v->also[i].public_key, public_key, KEY_BYTES) == 0;
	return has;
}

rc
note_verifier_also(struct note_verifier *v, const uint8_t public_key[KEY_BYTES])
{
	if (note_verifier_has(v, public_key)) return RC_OK;
	if (v->n_also == NOTE_ALSO_MAX) return RC_TOO_MANY;
	derive_key_id(
	    slice_str(v->name), NOTE_ED25519, public_key, v->also[v->n_also].key_id);
	memcpy(v->also[v->n_also].public_key, public_key, KEY_BYTES);
	v->n_also++;
	return RC_OK;
}

/* Split "name+hex+base64" without judging the name. */
static rc
split_vkey(const char *vkey, struct slice *name, uint8_t id[KEY_ID_BYTES],
    uint8_t key[1 + KEY_BYTES])
{
	struct slice rest                         = slice_str(vkey), hex;
	char         digits[2 * KEY_ID_BYTES + 1] = {0};

	TRY(text_cut(&rest, '+', name));
	TRY(text_cut(&rest, '+', &hex));
	if (hex.n != sizeof digits - 1) return RC_MALFORMED;
	memcpy(digits, hex.p, hex.n);
	TRY(hex_decode(digits, id, KEY_ID_BYTES));
	return text_base64(rest, key, 1 + KEY_BYTES);
}

rc
note_key_parse(struct note_verifier *v, enum note_type type, const char *vkey)
{
	struct note_verifier made;
	struct slice         name;
	uint8_t              id[KEY_ID_BYTES], key[1 + KEY_BYTES];

	if (strlen(vkey) >= NOTE_VKEY_MAX) return RC_BAD_NOTE;
	if (split_vkey(vkey, &name, id, key) != RC_OK || key[0] != type)
		return RC_BAD_NOTE;
	TRY(init(&made, type, name, key + 1));
	if (memcmp(made.key_id, id, KEY_ID_BYTES) != 0) return RC_BAD_NOTE;
	*v = made;
	return RC_OK;
}

rc
note_verifier_parse(struct note_verifier *v, const char *vkey)
{
	return note_key_parse(v, NOTE_ED25519, vkey);
}

rc
note_key_format(
    const struct note_verifier *v, enum note_type type, char out[NOTE_VKEY_MAX])
{
	uint8_t key[1 + KEY_BYTES] = {(uint8_t)type};
	char    id[2 * KEY_ID_BYTES + 1];
	char text[sodium_base64_ENCODED_LEN(sizeof key, sodium_base64_VARIANT_ORIGINAL)];

	memcpy(key + 1, v->public_key, KEY_BYTES);
	hex_encode(id, sizeof id, slice_of(v->key_id, KEY_ID_BYTES));
	(void)sodium_bin2base64(
	    text, sizeof text, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
	int n = snprintf(out, NOTE_VKEY_MAX, "%s+%s+%s", v->name, id, text);
	return n > 0 && n < NOTE_VKEY_MAX ? RC_OK : RC_INTERNAL;
}

rc
note_verifier_format(const struct note_verifier *v, char out[NOTE_VKEY_MAX])
{
	return note_key_format(v, NOTE_ED25519, out);
}

/* --- notes ----------------------------------------------------------------------- */

/* UTF-8 that ends in a newline, with no other ASCII control character. */
static bool
is_note_text(struct slice s)
{
	if (s.n == 0 || s.n > NOTE_MAX || s.p[s.n - 1] != '\n') return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && s.p[i] != '\n') return false;
	return text_is_utf8(s);
}

rc
note_write_line(const struct note_verifier *v, struct slice signature, struct buf *out)
{
	AUTO(buf_wipe) struct buf blob = buf_init(NOTE_MAX);

	TRY(buf_append(&blob, slice_of(v->key_id, KEY_ID_BYTES)));
	TRY(buf_append(&blob, signature));
	TRY(buf_printf(out, EM_DASH "%s ", v->name));
	TRY(base64_encode(buf_slice(&blob), out));
	return buf_append(out, slice_str("\n"));
}

rc
note_sign(const struct note_verifier *v, const uint8_t secret_key[64], struct slice text,
    struct buf *out)
{
	uint8_t sig[SIG_BYTES];
	size_t  start = out->n;

	if (!is_note_text(text)) return RC_BAD_NOTE;
	/* libsodium keeps the public key behind the seed: sign only with V's own key */
	if (sodium_memcmp(secret_key + KEY_BYTES, v->public_key, KEY_BYTES) != 0)
		return RC_CRYPTO;
	if (crypto_sign_detached(sig, NULL, text.p, text.n, secret_key) != 0)
		return RC_CRYPTO;
	rc code = buf_append(out, text);
	if (code == RC_OK) code = buf_append(out, slice_str("\n"));
	if (code == RC_OK) code = note_write_line(v, slice_of(sig, sizeof sig), out);
	if (code != RC_OK) out->n = start;
	return code;
}

rc
note_split(struct slice note, struct slice *ret_text, struct slice *ret_lines)
{
	if (!is_note_text(note)) return RC_BAD_NOTE;
	/* The note ends in a newline, so the signatures of a split at I are not empty
	 * as long as I + 2 < note.n. */
	for (size_t i = note.n; i-- > 1;) {
		if (note.p[i] != '\n' || note.p[i - 1] != '\n') continue;
		*ret_text  = slice_of(note.p, i);
		*ret_lines = slice_of(note.p + i + 1, note.n - i - 1);
		return ret_lines->n != 0 ? RC_OK : RC_BAD_NOTE;
	}
	return RC_BAD_NOTE;
}

rc
note_read_line(struct slice line, struct slice *ret_name, struct buf *blob)
{
	struct slice name;

	if (!text_skip(&line, EM_DASH)) return RC_BAD_NOTE;
	if (text_cut(&line, ' ', &name) != RC_OK || !name_is_valid(name))
		return RC_BAD_NOTE;
	rc code = base64_decode(line, blob);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK || blob->n <= KEY_ID_BYTES) return RC_BAD_NOTE;
	*ret_name = name;
	return RC_OK;
}

bool
note_line_is_by(const struct note_verifier *v, struct slice name, const struct buf *blob)
{
	return slice_equal(name, slice_str(v->name)) &&
	       memcmp(blob->p, v->key_id, KEY_ID_BYTES) == 0;
}

/* The key of V that a line with BLOB is by, as far as the key id goes; NULL: none. */
static const uint8_t *
key_of_line(const struct note_verifier *v, struct slice name, const struct buf *blob)
{
	if (note_line_is_by(v, name, blob)) return v->public_key;
	for (size_t i = 0; i < v->n_also; i++)
		if (slice_equal(name, slice_str(v->name)) &&
		    memcmp(blob->p, v->also[i].key_id, KEY_ID_BYTES) == 0)
			return v->also[i].public_key;
	return NULL;
}

/* Judge one signature line; *VERIFIED becomes true if it is V's and good. */
static rc
take_signature(
    struct slice line, const struct note_verifier *v, struct slice text, bool *verified)
{
	AUTO(buf_wipe) struct buf blob = buf_init(NOTE_MAX);
	struct slice              name;

	TRY(note_read_line(line, &name, &blob));
	const uint8_t *key = key_of_line(v, name, &blob);
	if (key == NULL) return RC_OK;
	if (blob.n != KEY_ID_BYTES + SIG_BYTES) return RC_BAD_NOTE;
	if (crypto_sign_verify_detached(blob.p + KEY_ID_BYTES, text.p, text.n, key) != 0)
		return RC_BAD_NOTE;
	*verified = true;
	return RC_OK;
}

rc
note_open(struct slice note, const struct note_verifier *v, struct slice *ret_text)
{
	struct slice text, rest, line;
	unsigned     n        = 0;
	bool         verified = false;

	TRY(note_split(note, &text, &rest));
	while (rest.n != 0) {
		if (++n > NOTE_SIGNATURES_MAX) return RC_BAD_NOTE;
		if (text_line(&rest, &line) != RC_OK) return RC_BAD_NOTE;
		TRY(take_signature(line, v, text, &verified));
	}
	if (!verified) return RC_BAD_NOTE;
	*ret_text = text;
	return RC_OK;
}
