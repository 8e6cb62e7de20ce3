/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * binding.c - making and checking key bindings.
 *
 * Both ways lead through check_claims(): what is made is what would be accepted.
 * Nothing of the payload is looked at before the certificate's signature over it holds.
 */
#include "certs/binding.h"

#include <sodium.h>
#include <string.h>

#include "certs/openssl_auto.h"
#include "certs/statement.h"
#include "proto/message.h"
#include "wire.pb-c.h"

enum { PAYLOAD_MAX = 1024 };

static const uint64_t life_max_ms = (uint64_t)BINDING_DAYS_MAX * 24 * 60 * 60 * 1000;

/* --- the three keys -------------------------------------------------------------- */

/* X25519 ignores the top bit and takes numbers modulo p = 2^255 - 19, so one key could be
 * spelt twice; a registry compares spellings. */
static bool
is_reduced(const uint8_t key[KEY_BYTES])
{
	if (key[31] != 0x7f) return key[31] < 0x7f;
	for (int i = 30; i > 0; i--) /* p is ed ff .. ff 7f */
		if (key[i] != 0xff) return true;
	return key[0] < 0xed;
}

/* A low-order point multiplied by any X25519 scalar is zero, which libsodium reports. */
static bool
is_sound_x25519(const uint8_t key[KEY_BYTES])
{
	static const uint8_t scalar[KEY_BYTES] = {1};
	uint8_t              product[KEY_BYTES];

	return is_reduced(key) && crypto_scalarmult(product, scalar, key) == 0;
}

static bool
is_same(const uint8_t a[KEY_BYTES], const uint8_t b[KEY_BYTES])
{
	return memcmp(a, b, KEY_BYTES) == 0; /* public keys */
}

static bool
has_sound_keys(const struct binding *b)
{
	return crypto_core_ed25519_is_valid_point(b->sign_public) == 1 &&
	       is_sound_x25519(b->curve_public) && is_sound_x25519(b->seal_public) &&
	       !is_same(b->sign_public, b->curve_public) &&
	       !is_same(b->sign_public, b->seal_public) &&
	       !is_same(b->curve_public, b->seal_public);
}

/* --- what a binding says, and whether its certificate allows that ---------------- */

static rc
take_text(const char *text, char *out, size_t max)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n == 0 || n > max) return RC_BAD_BINDING;
	memcpy(out, text, n + 1);
	return RC_OK;
}

static rc
take_key(protobuf_c_boolean has, const ProtobufCBinaryData *key, uint8_t out[KEY_BYTES])
{
	if (!has || key->len != KEY_BYTES) return RC_BAD_BINDING;
	memcpy(out, key->data, KEY_BYTES);
	return RC_OK;
}

static rc
take_claims(const Sluis__KeyBinding *m, struct binding *b)
{
	TRY(take_text(m->oin, b->oin, OIN_DIGITS));
	TRY(take_text(m->desk, b->desk, DESK_MAX));
	TRY(take_text(m->broker_origin, b->origin, ORIGIN_MAX));
	TRY(take_key(m->has_ed25519_public, &m->ed25519_public, b->sign_public));
	TRY(take_key(m->has_curve_public, &m->curve_public, b->curve_public));
	TRY(take_key(m->has_x25519_public, &m->x25519_public, b->seal_public));
	if (!m->has_not_before_ms || !m->has_not_after_ms || !m->has_sequence)
		return RC_BAD_BINDING;
	b->not_before_ms = m->not_before_ms;
	b->not_after_ms  = m->not_after_ms;
	b->sequence      = m->sequence;
	return RC_OK;
}

static rc
check_life(const struct binding *b, const struct holder *holder)
{
	if (b->not_before_ms >= b->not_after_ms) return RC_BAD_BINDING;
	if (b->not_after_ms - b->not_before_ms > life_max_ms) return RC_BAD_BINDING;
	if (holder->not_after_s < 0) return RC_BAD_BINDING;
	if (b->not_after_ms > (uint64_t)holder->not_after_s * 1000) return RC_BAD_BINDING;
	return RC_OK;
}

/* All that does not depend on who asks and when. */
static rc
check_claims(const struct binding *b, const struct holder *holder)
{
	if (strcmp(b->oin, holder->oin) != 0) return RC_BAD_BINDING;
	if (strcmp(b->desk, holder->desk) != 0) return RC_BAD_BINDING;
	if (!has_sound_keys(b)) return RC_BAD_BINDING;
	return check_life(b, holder);
}

/* --- making ---------------------------------------------------------------------- */

/* Borrows from B. */
static Sluis__KeyBinding
message_of(const struct binding *b)
{
	Sluis__KeyBinding m = SLUIS__KEY_BINDING__INIT;

	m.oin                = message_borrow(b->oin);
	m.desk               = message_borrow(b->desk);
	m.broker_origin      = message_borrow(b->origin);
	m.has_ed25519_public = m.has_curve_public = m.has_x25519_public = 1;
	m.ed25519_public    = message_borrow_bytes(b->sign_public, KEY_BYTES);
	m.curve_public      = message_borrow_bytes(b->curve_public, KEY_BYTES);
	m.x25519_public     = message_borrow_bytes(b->seal_public, KEY_BYTES);
	m.has_not_before_ms = m.has_not_after_ms = m.has_sequence = 1;
	m.not_before_ms                                           = b->not_before_ms;
	m.not_after_ms                                            = b->not_after_ms;
	m.sequence                                                = b->sequence;
	return m;
}

static rc
pack(const struct binding *b, struct buf *out)
{
	Sluis__KeyBinding m = message_of(b);

	return message_pack(&m.base, out);
}

static void
set_keys(struct binding *b, const struct keys *keys)
{
	memcpy(b->sign_public, keys->sign_public, KEY_BYTES);
	memcpy(b->curve_public, keys->curve_public, KEY_BYTES);
	memcpy(b->seal_public, keys->seal_public, KEY_BYTES);
}

rc
binding_make(const struct keys *keys, struct slice cert_pem, EVP_PKEY *cert_key,
    const char *origin, uint64_t not_before_ms, uint64_t not_after_ms, uint64_t sequence,
    struct buf *out)
{
	QUIET;
	struct holder             holder;
	struct binding            b       = {.not_before_ms = not_before_ms,
	                     .not_after_ms                  = not_after_ms,
	                     .sequence                      = sequence};
	AUTO(buf_wipe) struct buf payload = buf_init(PAYLOAD_MAX);

	TRY(statement_own(cert_pem, cert_key, &holder));
	TRY(take_text(holder.oin, b.oin, OIN_DIGITS));
	TRY(take_text(holder.desk, b.desk, DESK_MAX));
	TRY(take_text(origin, b.origin, ORIGIN_MAX));
	set_keys(&b, keys);
	TRY(check_claims(&b, &holder));
	TRY(pack(&b, &payload));
	return statement_sign(
	    TYPE_KEYBINDING, buf_slice(&payload), cert_key, &holder, out);
}

/* --- checking -------------------------------------------------------------------- */

/* What is wrong with the form of a binding is one thing to its sender. */
static rc
form(rc code)
{
	return rc_kind(code) == RC_KIND_PEER ? RC_BAD_BINDING : code;
}

static rc
read_claims(struct slice payload, struct binding *b)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(form(statement_unpack(&sluis__key_binding__descriptor, payload, &m)));
	return take_claims((const Sluis__KeyBinding *)m, b);
}

static rc
check_now(const struct binding *b, const char *origin, uint64_t now_ms)
{
	if (strcmp(b->origin, origin) != 0) return RC_WRONG_BROKER;
	if (now_ms < b->not_before_ms) return RC_NOT_YET_VALID;
	return now_ms < b->not_after_ms ? RC_OK : RC_EXPIRED;
}

static rc
check_envelope(const struct envelope *e, struct slice chain_pem,
    const struct trust *trust, uint64_t now_ms, struct binding *b)
{
	struct holder holder;

	rc code = statement_check(
	    e, TYPE_KEYBINDING, chain_pem, trust, (int64_t)(now_ms / 1000), &holder);
	if (code == RC_MALFORMED || code == RC_TOO_LARGE) return RC_BAD_BINDING;
	TRY(code);
	TRY(read_claims(e->payload, b));
	TRY(check_claims(b, &holder));
	b->certificate             = holder.fingerprint;
	b->certificate_not_after_s = holder.not_after_s;
	return RC_OK;
}

rc
binding_check(struct slice envelope, struct slice chain_pem, const struct trust *trust,
    const char *origin, uint64_t now_ms, struct binding *ret)
{
	QUIET;
	struct envelope e;
	struct binding  b = {0};

	errno = 0;
	TRY(form(envelope_open(envelope, &e)));
	TRY(unless_memory(check_envelope(&e, chain_pem, trust, now_ms, &b)));
	TRY(check_now(&b, origin, now_ms));
	(void)crypto_hash_sha256(b.id.b, envelope.p, envelope.n);
	*ret = b;
	return RC_OK;
}

rc
binding_read(struct slice envelope, struct binding *ret)
{
	struct envelope e;
	struct binding  b = {0};

	TRY(form(envelope_open(envelope, &e)));
	if (!envelope_is_type(&e, TYPE_KEYBINDING)) return RC_BAD_BINDING;
	TRY(read_claims(e.payload, &b));
	(void)crypto_hash_sha256(b.id.b, envelope.p, envelope.n);
	*ret = b;
	return RC_OK;
}
