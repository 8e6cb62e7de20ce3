/* SPDX-License-Identifier: EUPL-1.2 */
/* statement.c - signing with a certificate's key, and checking who did. */
#include "certs/statement.h"

#include "certs/openssl_auto.h"
#include "certs/pem.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { PAYLOAD_MAX = 4096, PAE_MAX = PAYLOAD_MAX + 256 };

rc
statement_own(struct slice cert_pem, EVP_PKEY *key, struct holder *ret)
{
	AUTO(auto_x509) X509 *cert = NULL;

	rc code = pem_read_first(cert_pem, &cert);
	if (code != RC_OK) return code == RC_NOMEM ? code : RC_BAD_CERTIFICATE;
	if (X509_check_private_key(cert, key) != 1) return RC_CONFIG;
	return holder_read(cert, ret);
}

rc
statement_sign(const char *type, struct slice payload, EVP_PKEY *key,
    const struct holder *holder, struct buf *out)
{
	AUTO(buf_wipe) struct buf pae = buf_init(PAE_MAX), sig = buf_init(PAE_MAX);
	char                      keyid[KEYID_DIGITS + 1];

	TRY(envelope_pae(slice_str(type), payload, &pae));
	TRY(cert_sign(key, buf_slice(&pae), &sig));
	hex_encode(keyid, sizeof keyid, slice_of(holder->fingerprint.b, HASH_BYTES));
	return envelope_wrap(type, payload, buf_slice(&sig), keyid, out);
}

static rc
check_signature(const struct envelope *e, X509 *leaf, const struct hash *fingerprint)
{
	AUTO(buf_wipe) struct buf pae = buf_init(PAE_MAX);
	char                      keyid[KEYID_DIGITS + 1];

	TRY(envelope_pae(e->payload_type, e->payload, &pae));
	TRY(cert_verify(leaf, buf_slice(&pae), e->sig));
	hex_encode(keyid, sizeof keyid, slice_of(fingerprint->b, HASH_BYTES));
	return slice_equal(e->keyid, slice_str(keyid)) ? RC_OK : RC_BAD_SIGNATURE;
}

rc
statement_check(const struct envelope *e, const char *type, struct slice chain_pem,
    const struct trust *trust, int64_t now_s, struct holder *ret)
{
	struct holder         holder;
	AUTO(auto_x509) X509 *leaf = NULL;

	if (!envelope_is_type(e, type)) return RC_MALFORMED;
	TRY(trust_check(trust, chain_pem, now_s, &holder, &leaf));
	TRY(check_signature(e, leaf, &holder.fingerprint));
	*ret = holder;
	return RC_OK;
}

/*
 * A field twice, a number longer than it need be, or a NUL that ends a string early: in
 * all of them the message packs into fewer bytes than it came in.
 */
rc
statement_unpack(
    const ProtobufCMessageDescriptor *desc, struct slice payload, ProtobufCMessage **ret)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(guard_unpack(desc, payload, guard_wire, &m));
	if (m->n_unknown_fields != 0) return RC_MALFORMED;
	if (protobuf_c_message_get_packed_size(m) != payload.n) return RC_MALFORMED;
	*ret = TAKE(m);
	return RC_OK;
}
