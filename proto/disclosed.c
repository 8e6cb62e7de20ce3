/* SPDX-License-Identifier: EUPL-1.2 */
/* disclosed.c - disclosures: made, signed, and made again to compare. */
#include "proto/disclosed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { DISCLOSURE_MAX = 1024, PAE_MAX = DISCLOSURE_MAX + 128 };

static const struct guard_limits disclosure_limits = {
    .max_depth = 1, .max_elements = 16, .max_bytes = DISCLOSURE_MAX};

/* The bytes that say ROOT to recipient I of M. */
static rc
spell(const Sluis__Submit *m, size_t i, const struct short_hash *root, struct buf *out)
{
	Sluis__Disclosure d = SLUIS__DISCLOSURE__INIT;

	d.has_version    = 1;
	d.version        = DISCLOSURE_VERSION;
	d.has_root       = 1;
	d.root           = message_borrow_bytes(root->b, sizeof root->b);
	d.broker_origin  = m->head->broker_origin;
	d.sender_oin     = m->head->sender_oin;
	d.sender_desk    = m->head->sender_desk;
	d.recipient_oin  = m->recipients[i]->oin;
	d.recipient_desk = m->recipients[i]->desk;
	d.convenant      = m->convenant;
	d.phase          = m->phase;
	d.purpose        = m->purpose;
	d.has_created_ms = m->head->has_created_ms;
	d.created_ms     = m->head->created_ms;
	d.has_case_id    = m->has_case_id;
	d.case_id        = m->case_id;
	return message_pack(&d.base, out);
}

/* --- signing --------------------------------------------------------------------- */

static rc
sign_bytes(struct slice bytes, const uint8_t secret_key[64], uint8_t sig[SIG_BYTES])
{
	AUTO(buf_wipe) struct buf pae = buf_init(PAE_MAX);

	TRY(envelope_pae(slice_str(TYPE_DISCLOSURE), bytes, &pae));
	return crypto_sign_detached(sig, NULL, pae.p, pae.n, secret_key) == 0 ? RC_OK
	                                                                      : RC_CRYPTO;
}

static rc
root_for(const Sluis__Recipient *to, const ProtobufCMessage *signal,
    const uint8_t seed[KEY_BYTES], struct short_hash *ret)
{
	AUTO(disclosure_destroy) struct disclosure *tree = NULL;
	uint8_t                                     own[KEY_BYTES];

	disclosure_seed(seed, to->oin, to->desk, own);
	rc code = disclosure_new(&tree, signal, own);
	sodium_memzero(own, sizeof own);
	TRY(code);
	*ret = disclosure_root(tree);
	return RC_OK;
}

static rc
sign_one(const Sluis__Submit *m, size_t i, const struct short_hash *root,
    const uint8_t secret_key[64], Sluis__SignedDisclosure *ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(DISCLOSURE_MAX);
	uint8_t                   sig[SIG_BYTES];

	TRY(spell(m, i, root, &bytes));
	TRY(sign_bytes(buf_slice(&bytes), secret_key, sig));
	TRY(message_bytes(&ret->has_disclosure, &ret->disclosure, buf_slice(&bytes)));
	return message_bytes(&ret->has_sig, &ret->sig, slice_of(sig, sizeof sig));
}

static rc
add_one(const Sluis__Submit *m, size_t i, const ProtobufCMessage *signal,
    const uint8_t secret_key[64], struct disclosed *d)
{
	struct short_hash        root;
	Sluis__SignedDisclosure *one = message_add(&d->n, &d->list, sizeof *one);

	if (one == NULL) return RC_NOMEM;
	sluis__signed_disclosure__init(one);
	TRY(root_for(m->recipients[i], signal, d->seed, &root));
	return sign_one(m, i, &root, secret_key, one);
}

rc
disclosed_sign(const Sluis__Submit *m, const ProtobufCMessage *signal,
    const uint8_t secret_key[64], const uint8_t seed[KEY_BYTES], struct disclosed *ret)
{
	AUTO(disclosed_wipe) struct disclosed d = {.n = 0};

	*ret = d;
	memcpy(d.seed, seed, sizeof d.seed);
	for (size_t i = 0; i < m->n_recipients; i++)
		TRY(add_one(m, i, signal, secret_key, &d));
	*ret = d;
	d    = (struct disclosed){.n = 0};
	return RC_OK;
}

void
disclosed_wipe(struct disclosed *d)
{
	for (size_t i = 0; i < d->n; i++) message_destroy(&d->list[i]);
	free(d->list);
	sodium_memzero(d, sizeof *d);
}

/* --- inside a submission --------------------------------------------------------- */

void
disclosed_attach(Sluis__Submit *m, const struct disclosed *d)
{
	for (unsigned i = 0; i < m->base.descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->base.descriptor->fields[i];
		if (strncmp(f->name, "disclosure", 10) == 0) field_clear(&m->base, f);
	}
	m->has_disclosure_seed = 1;
	m->disclosure_seed     = message_borrow_bytes(d->seed, sizeof d->seed);
	m->n_disclosures       = d->n;
	m->disclosures         = d->list;
}

void
disclosed_detach(Sluis__Submit *m)
{
	m->has_disclosure_seed = 0;
	m->disclosure_seed     = (ProtobufCBinaryData){0};
	m->n_disclosures       = 0;
	m->disclosures         = NULL;
}

/* --- checking -------------------------------------------------------------------- */

rc
disclosed_verify(
    struct slice disclosure, struct slice sig, const uint8_t public_key[KEY_BYTES])
{
	AUTO(buf_wipe) struct buf pae = buf_init(PAE_MAX);

	if (disclosure.n > DISCLOSURE_MAX || sig.n != SIG_BYTES) return RC_BAD_SIGNATURE;
	TRY(envelope_pae(slice_str(TYPE_DISCLOSURE), disclosure, &pae));
	return crypto_sign_verify_detached(sig.p, pae.p, pae.n, public_key) == 0
	           ? RC_OK
	           : RC_BAD_SIGNATURE;
}

/* The root that the bytes at WIRE speak of, if they are a Disclosure at all. */
static rc
root_in(struct slice wire, struct short_hash *ret)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(guard_unpack(&sluis__disclosure__descriptor, wire, disclosure_limits, &m));
	const Sluis__Disclosure *d = (const Sluis__Disclosure *)(const void *)m;
	if (!d->has_root || d->root.len != sizeof ret->b) return RC_BAD_DISCLOSURE;
	memcpy(ret->b, d->root.data, sizeof ret->b);
	return RC_OK;
}

static rc
check_one(const Sluis__Submit *m, size_t i, const uint8_t public_key[KEY_BYTES],
    struct short_hash *ret_root)
{
	const Sluis__SignedDisclosure *one = m->disclosures[i];
	struct slice wire = slice_of(one->disclosure.data, one->disclosure.len);
	AUTO(buf_wipe) struct buf again = buf_init(DISCLOSURE_MAX);

	TRY(root_in(wire, ret_root));
	TRY(spell(m, i, ret_root, &again));
	if (!slice_equal(wire, buf_slice(&again))) return RC_BAD_DISCLOSURE;
	return disclosed_verify(wire, slice_of(one->sig.data, one->sig.len), public_key);
}

rc
disclosed_check(const Sluis__Submit *m, size_t i, const uint8_t public_key[KEY_BYTES],
    struct short_hash *ret_root, uint8_t ret_seed[KEY_BYTES])
{
	const Sluis__Recipient *to = m->recipients[i];

	if (m->n_disclosures != m->n_recipients || m->disclosure_seed.len != KEY_BYTES)
		return RC_BAD_DISCLOSURE;
	rc code = check_one(m, i, public_key, ret_root);
	if (code != RC_OK && rc_kind(code) != RC_KIND_LOCAL) code = RC_BAD_DISCLOSURE;
	TRY(code);
	disclosure_seed(m->disclosure_seed.data, to->oin, to->desk, ret_seed);
	return RC_OK;
}
