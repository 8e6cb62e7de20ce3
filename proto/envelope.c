/* SPDX-License-Identifier: EUPL-1.2 */
/* envelope.c - the outermost layer: taken apart by hand, signed and verified. */
#include "proto/envelope.h"

#include <sodium.h>
#include <string.h>

#include "proto/hash.h"
#include "proto/wire.h"

/* The field numbers of Envelope and Signature in wire.proto. */
enum { PAYLOAD = 1, PAYLOAD_TYPE = 2, SIGNATURES = 3, SIG = 1, KEYID = 2 };

enum { PAE_EXTRA = 64 }; /* "DSSEv1", two numbers, four spaces */

/* Fill OUT[k - 1] with the content of field k, for k from 1 to N: each exactly once,
 * each a length-delimited field, and nothing else. */
static rc
take_fields(struct slice wire, struct slice *out, unsigned n)
{
	unsigned seen = 0;

	while (wire.n != 0) {
		struct wire_field field;
		TRY(wire_next(&wire, &field));
		if (field.type != WIRE_BYTES || !field.minimal) return RC_MALFORMED;
		if (field.number > n || (seen >> field.number & 1) != 0)
			return RC_MALFORMED;
		seen |= 1U << field.number;
		out[field.number - 1] = field.body;
	}
	return seen == (2U << n) - 2 ? RC_OK : RC_MALFORMED;
}

rc
envelope_open(struct slice wire, struct envelope *ret)
{
	struct slice outer[SIGNATURES], inner[KEYID];

	TRY(take_fields(wire, outer, SIGNATURES));
	TRY(take_fields(outer[SIGNATURES - 1], inner, KEYID));
	*ret = (struct envelope){
	    .payload      = outer[PAYLOAD - 1],
	    .payload_type = outer[PAYLOAD_TYPE - 1],
	    .sig          = inner[SIG - 1],
	    .keyid        = inner[KEYID - 1],
	};
	return RC_OK;
}

bool
envelope_is_type(const struct envelope *e, const char *type)
{
	return slice_equal(e->payload_type, slice_str(type));
}

static rc
append_pae(struct slice type, struct slice payload, struct buf *out)
{
	TRY(buf_printf(out, "DSSEv1 %zu ", type.n));
	TRY(buf_append(out, type));
	TRY(buf_printf(out, " %zu ", payload.n));
	return buf_append(out, payload);
}

rc
envelope_pae(struct slice type, struct slice payload, struct buf *out)
{
	size_t start = out->n;
	rc     code  = append_pae(type, payload, out);

	if (code != RC_OK) out->n = start;
	return code;
}

void
envelope_keyid(struct slice key, char out[KEYID_DIGITS + 1])
{
	uint8_t digest[HASH_BYTES];

	sha256(key, digest);
	hex_encode(out, KEYID_DIGITS + 1, slice_of(digest, sizeof digest));
}

rc
envelope_verify(const struct envelope *e, const uint8_t public_key[KEY_BYTES])
{
	AUTO(buf_wipe)
	struct buf pae = buf_init(e->payload_type.n + e->payload.n + PAE_EXTRA);
	char       keyid[KEYID_DIGITS + 1];

	envelope_keyid(slice_of(public_key, KEY_BYTES), keyid);
	if (e->sig.n != SIG_BYTES) return RC_BAD_SIGNATURE;
	if (!slice_equal(e->keyid, slice_str(keyid))) return RC_BAD_SIGNATURE;
	TRY(envelope_pae(e->payload_type, e->payload, &pae));
	if (crypto_sign_verify_detached(e->sig.p, pae.p, pae.n, public_key) != 0)
		return RC_BAD_SIGNATURE;
	return RC_OK;
}

rc
envelope_sign(
    const char *type, struct slice payload, const uint8_t secret_key[64], struct buf *out)
{
	struct slice              kind = slice_str(type);
	AUTO(buf_wipe) struct buf pae  = buf_init(kind.n + payload.n + PAE_EXTRA);
	uint8_t                   sig[SIG_BYTES];
	char                      keyid[KEYID_DIGITS + 1];

	TRY(envelope_pae(kind, payload, &pae));
	if (crypto_sign_detached(sig, NULL, pae.p, pae.n, secret_key) != 0)
		return RC_CRYPTO;
	/* libsodium keeps the public key behind the seed */
	envelope_keyid(slice_of(secret_key + KEY_BYTES, KEY_BYTES), keyid);
	return envelope_wrap(type, payload, slice_of(sig, sizeof sig), keyid, out);
}

static rc
append_envelope(
    const char *type, struct slice payload, struct slice signature, struct buf *out)
{
	TRY(wire_put_bytes(PAYLOAD, payload, out));
	TRY(wire_put_bytes(PAYLOAD_TYPE, slice_str(type), out));
	return wire_put_bytes(SIGNATURES, signature, out);
}

rc
envelope_wrap(const char *type, struct slice payload, struct slice sig, const char *keyid,
    struct buf *out)
{
	size_t n = wire_bytes_size(sig.n) + wire_bytes_size(strlen(keyid));
	AUTO(buf_wipe) struct buf signature = buf_init(n);
	size_t                    start     = out->n;

	TRY(wire_put_bytes(SIG, sig, &signature));
	TRY(wire_put_bytes(KEYID, slice_str(keyid), &signature));
	rc code = append_envelope(type, payload, buf_slice(&signature), out);
	if (code != RC_OK) out->n = start;
	return code;
}
