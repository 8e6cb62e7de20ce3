/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * note.h - C2SP signed notes with Ed25519, and their key strings.
 *
 *	<text ending in newline>
 *	<empty line>
 *	U+2014 SP <key name> SP base64(key id[4] || signature[64]) newline
 *	...
 *
 * key id = first 4 bytes of SHA-256(name || 0x0A || 0x01 || public key)
 * verifier key ("vkey") = name "+" hex(key id) "+" base64(0x01 || public key)
 *
 * The text may hold empty lines: the signatures begin after the last one.
 * Signature lines of unknown keys are ignored (a name or an id alone is unknown),
 * but must be well-formed; a line of the known key whose signature fails refuses
 * the whole note.
 *
 * A key serves one signature type: 0x01 here, 0x04 for the cosignatures of witnesses
 * (cosignature.h), which has its own key ids, so that neither passes for the other.
 *
 * Pure.  Source: C2SP/C2SP signed-note.md.
 */
#ifndef SLUIS_PROTO_NOTE_H
#define SLUIS_PROTO_NOTE_H

#include "proto/bytes.h"
#include "proto/limits.h"

enum {
	NOTE_NAME_MAX = 128,
	NOTE_VKEY_MAX = 256,
	NOTE_MAX      = 64 * 1024, /* bytes: 16 signatures of the post-quantum kind */
	NOTE_SIGNATURES_MAX = 64,
};

enum note_type { /* the byte that tells signature types apart */
	NOTE_ED25519     = 0x01,
	NOTE_COSIGNATURE = 0x04,
};

enum { NOTE_KEY_ID_BYTES = 4 };

enum { NOTE_ALSO_MAX = 15 };

struct note_verifier {
	char    name[NOTE_NAME_MAX + 1];
	uint8_t key_id[NOTE_KEY_ID_BYTES];
	uint8_t public_key[KEY_BYTES];
	/* keys that the same signer had before, or has as well: note_open() takes any */
	size_t n_also;
	struct {
		uint8_t key_id[NOTE_KEY_ID_BYTES];
		uint8_t public_key[KEY_BYTES];
	} also[NOTE_ALSO_MAX];
};

/* NAME may hold no space of any kind, no '+', no control character and must not be
 * empty or over NOTE_NAME_MAX bytes; else RC_BAD_NOTE. */
MUST rc note_verifier_init(
    struct note_verifier *v, const char *name, const uint8_t public_key[KEY_BYTES]);

/* PUBLIC_KEY, of the same name, is V's too; the one it has already changes nothing.
 * RC_TOO_MANY. */
MUST rc note_verifier_also(struct note_verifier *v, const uint8_t public_key[KEY_BYTES]);

bool note_verifier_has(
    const struct note_verifier *v, const uint8_t public_key[KEY_BYTES]);

/* Parse a vkey string; RC_BAD_NOTE if it is malformed, of another algorithm, or its
 * key id does not belong to its name and key. */
MUST rc note_verifier_parse(struct note_verifier *v, const char *vkey);

/* Write the vkey string with its NUL; OUT holds NOTE_VKEY_MAX bytes. */
MUST rc note_verifier_format(const struct note_verifier *v, char out[NOTE_VKEY_MAX]);

/* Append TEXT (which must end in a newline) and its signature line to OUT, which is
 * unchanged on failure.  RC_BAD_NOTE if TEXT cannot be a note's, RC_CRYPTO if
 * SECRET_KEY is not V's. */
MUST rc note_sign(const struct note_verifier *v, const uint8_t secret_key[64],
    struct slice text, struct buf *out);

/* Check NOTE and point *RET_TEXT at its text (final newline included) inside it.
 * RC_BAD_NOTE unless it is well-formed UTF-8 and signed by V, or by one of V->also. */
MUST rc note_open(
    struct slice note, const struct note_verifier *v, struct slice *ret_text);

/* --- for the other signature type (cosignature.c, trust_policy.c) ---------------- */

/* As note_verifier_init(), _parse() and _format(), for a key of TYPE. */
MUST rc note_key_init(struct note_verifier *v, enum note_type type, const char *name,
    const uint8_t public_key[KEY_BYTES]);
MUST rc note_key_parse(struct note_verifier *v, enum note_type type, const char *vkey);
MUST rc note_key_format(
    const struct note_verifier *v, enum note_type type, char out[NOTE_VKEY_MAX]);

/* Split NOTE at its last empty line into slices of it: the text with its final newline,
 * and the signature lines.  RC_BAD_NOTE if it has not the form of a note. */
MUST rc note_split(struct slice note, struct slice *ret_text, struct slice *ret_lines);

/* One signature line, its newline taken off: who signed, and key id || signature appended
 * to BLOB.  RC_BAD_NOTE if it is malformed. */
MUST rc note_read_line(struct slice line, struct slice *ret_name, struct buf *blob);

/* Whether a line with this NAME and BLOB claims to be by V. */
bool note_line_is_by(
    const struct note_verifier *v, struct slice name, const struct buf *blob);

/* Append the line of V with SIGNATURE to OUT. */
MUST rc note_write_line(
    const struct note_verifier *v, struct slice signature, struct buf *out);

#endif
