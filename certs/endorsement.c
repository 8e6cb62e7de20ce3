/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * endorsement.c - signing a policy bundle, and reading who did.
 *
 * Both ways lead through check_claims(): what is made is what would be accepted.
 */
#include "certs/endorsement.h"

#include <sodium.h>
#include <string.h>

#include "certs/openssl_auto.h"
#include "certs/statement.h"
#include "proto/message.h"
#include "wire.pb-c.h"

enum { PAYLOAD_MAX = 2048, SKEW_MS = 300 * 1000 };

/* --- what an endorsement may say ------------------------------------------------- */

static bool
is_oin(const char *text)
{
	return text != NULL && strlen(text) == OIN_DIGITS &&
	       strspn(text, "0123456789") == OIN_DIGITS;
}

static bool
is_desk(const char *text)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";

	return text[strspn(text, letters)] == '\0';
}

/* Whether entry I of the behalf list is an OIN that was not named before. */
static bool
is_sound_behalf(const struct endorsement *e, size_t i)
{
	if (!is_oin(e->behalf[i]) || strcmp(e->behalf[i], e->oin) == 0) return false;
	for (size_t j = 0; j < i; j++)
		if (strcmp(e->behalf[i], e->behalf[j]) == 0) return false;
	return true;
}

static rc
check_dates(const struct endorsement *e, const struct holder *holder)
{
	uint64_t at_s = e->signed_ms / 1000;

	if (holder->not_before_s > 0 && at_s < (uint64_t)holder->not_before_s)
		return RC_NOT_YET_VALID;
	if (holder->not_after_s < 0 || at_s > (uint64_t)holder->not_after_s)
		return RC_EXPIRED;
	return RC_OK;
}

/* All that does not depend on who asks and when; OTHERWISE is for a bad behalf. */
static rc
check_claims(const struct endorsement *e, const struct holder *holder, rc otherwise)
{
	if (strcmp(e->oin, holder->oin) != 0 || strcmp(e->desk, holder->desk) != 0)
		return RC_WRONG_SENDER;
	for (size_t i = 0; i < e->n_behalf; i++)
		if (!is_sound_behalf(e, i)) return otherwise;
	return check_dates(e, holder);
}

static void
set_holder(struct endorsement *e, const struct holder *holder)
{
	memcpy(e->oin, holder->oin, sizeof e->oin);
	memcpy(e->desk, holder->desk, sizeof e->desk);
	memcpy(e->organisation, holder->organisation, sizeof e->organisation);
}

/* --- making ---------------------------------------------------------------------- */

/* BEHALF has room for E's list; borrows from E. */
static rc
pack_claims(const struct endorsement *e, struct buf *out)
{
	Sluis__Endorsement m = SLUIS__ENDORSEMENT__INIT;
	char              *behalf[BEHALF_MAX];

	for (size_t i = 0; i < e->n_behalf; i++) behalf[i] = message_borrow(e->behalf[i]);
	m.has_bundle_hash = m.has_version = m.has_signed_ms = 1;
	m.bundle_hash    = message_borrow_bytes(e->bundle.b, HASH_BYTES);
	m.version        = e->version;
	m.oin            = message_borrow(e->oin);
	m.desk           = message_borrow(e->desk);
	m.n_on_behalf_of = e->n_behalf;
	m.on_behalf_of   = behalf;
	m.signed_ms      = e->signed_ms;
	return message_pack(&m.base, out);
}

static rc
pack_file(struct slice envelope, struct slice chain_pem, struct buf *out)
{
	Sluis__PolicySignature m = SLUIS__POLICY_SIGNATURE__INIT;

	m.has_endorsement = m.has_chain_pem = 1;
	m.endorsement = message_borrow_bytes(envelope.p, envelope.n);
	m.chain_pem   = message_borrow_bytes(chain_pem.p, chain_pem.n);
	return message_pack(&m.base, out);
}

rc
endorsement_make(
    struct endorsement *e, struct slice chain_pem, EVP_PKEY *key, struct buf *out)
{
	QUIET;
	struct holder             holder;
	AUTO(buf_wipe) struct buf payload  = buf_init(PAYLOAD_MAX);
	AUTO(buf_wipe) struct buf envelope = buf_init(2 * PAYLOAD_MAX);
	AUTO(buf_wipe) struct buf file     = buf_init(ENDORSEMENT_MAX);

	TRY(statement_own(chain_pem, key, &holder));
	set_holder(e, &holder);
	if (e->n_behalf > BEHALF_MAX) return RC_USAGE;
	TRY(check_claims(e, &holder, RC_USAGE));
	TRY(pack_claims(e, &payload));
	TRY(statement_sign(
	    TYPE_ENDORSEMENT, buf_slice(&payload), key, &holder, &envelope));
	TRY(pack_file(buf_slice(&envelope), chain_pem, &file));
	(void)crypto_hash_sha256(e->id.b, file.p, file.n);
	return buf_append(out, buf_slice(&file));
}

/* --- checking -------------------------------------------------------------------- */

static rc
take_text(const char *text, char *out, size_t max)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n == 0 || n > max) return RC_MALFORMED;
	memcpy(out, text, n + 1);
	return RC_OK;
}

static rc
take_claims(const Sluis__Endorsement *m, struct endorsement *e)
{
	if (!m->has_bundle_hash || m->bundle_hash.len != HASH_BYTES) return RC_MALFORMED;
	if (!m->has_version || !m->has_signed_ms) return RC_MALFORMED;
	if (m->n_on_behalf_of > BEHALF_MAX) return RC_MALFORMED;
	TRY(take_text(m->oin, e->oin, OIN_DIGITS));
	TRY(take_text(m->desk, e->desk, DESK_MAX));
	for (size_t i = 0; i < m->n_on_behalf_of; i++)
		TRY(take_text(m->on_behalf_of[i], e->behalf[i], OIN_DIGITS));
	memcpy(e->bundle.b, m->bundle_hash.data, HASH_BYTES);
	e->version   = m->version;
	e->signed_ms = m->signed_ms;
	e->n_behalf  = m->n_on_behalf_of;
	return RC_OK;
}

/* What is wrong with the form of a signature file is one thing to whoever reads it. */
static rc
form(rc code)
{
	return rc_kind(code) == RC_KIND_PEER ? RC_MALFORMED : code;
}

static rc
read_claims(struct slice payload, struct endorsement *e)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(form(statement_unpack(&sluis__endorsement__descriptor, payload, &m)));
	return take_claims((const Sluis__Endorsement *)m, e);
}

static rc
check_file(const Sluis__PolicySignature *m, const struct trust *trust, uint64_t now_ms,
    struct endorsement *e)
{
	struct envelope envelope;
	struct holder   holder;

	if (!m->has_endorsement || !m->has_chain_pem) return RC_MALFORMED;
	TRY(form(
	    envelope_open(slice_of(m->endorsement.data, m->endorsement.len), &envelope)));
	TRY(statement_check(&envelope, TYPE_ENDORSEMENT,
	    slice_of(m->chain_pem.data, m->chain_pem.len), trust,
	    (int64_t)(now_ms / 1000), &holder));
	TRY(read_claims(envelope.payload, e));
	TRY(check_claims(e, &holder, RC_MALFORMED));
	set_holder(e, &holder);
	return e->signed_ms > now_ms + SKEW_MS ? RC_FUTURE : RC_OK;
}

rc
endorsement_check(struct slice file, const struct trust *trust, uint64_t now_ms,
    struct endorsement *ret)
{
	QUIET;
	AUTO(message_destroy) ProtobufCMessage *m = NULL;
	struct endorsement                      e = {.version = 0};

	if (file.n > ENDORSEMENT_MAX) return RC_MALFORMED;
	TRY(form(statement_unpack(&sluis__policy_signature__descriptor, file, &m)));
	errno = 0;
	TRY(unless_memory(
	    check_file((const Sluis__PolicySignature *)m, trust, now_ms, &e)));
	(void)crypto_hash_sha256(e.id.b, file.p, file.n);
	*ret = e;
	return RC_OK;
}

rc
endorsement_peek(struct slice file, struct endorsement *ret)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;
	struct endorsement                      e = {.version = 0};
	struct envelope                         envelope;

	if (file.n > ENDORSEMENT_MAX) return RC_MALFORMED;
	TRY(form(statement_unpack(&sluis__policy_signature__descriptor, file, &m)));
	const Sluis__PolicySignature *s = (const Sluis__PolicySignature *)m;
	if (!s->has_endorsement || !s->has_chain_pem) return RC_MALFORMED;
	TRY(form(
	    envelope_open(slice_of(s->endorsement.data, s->endorsement.len), &envelope)));
	TRY(read_claims(envelope.payload, &e));
	if (!is_oin(e.oin) || !is_desk(e.desk)) return RC_MALFORMED;
	for (size_t i = 0; i < e.n_behalf; i++)
		if (!is_sound_behalf(&e, i)) return RC_MALFORMED;
	(void)crypto_hash_sha256(e.id.b, file.p, file.n);
	*ret = e;
	return RC_OK;
}

rc
endorsement_of(struct slice file, const struct trust *trust, uint64_t now_ms,
    const struct hash *bundle, uint64_t version, struct endorsement *ret)
{
	struct endorsement e;

	TRY(endorsement_check(file, trust, now_ms, &e));
	if (!hash_equal(&e.bundle, bundle) || e.version != version) return RC_BAD_DIGEST;
	*ret = e;
	return RC_OK;
}
