/* SPDX-License-Identifier: EUPL-1.2 */
/* disclosed.c - disclosures: made, signed, and made again to compare. */
#include "proto/disclosed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/hash.h"
#include "proto/message.h"

enum {
	DISCLOSURE_MAX = 1024,
	PAE_MAX        = DISCLOSURE_MAX + 128,
	SAID_BYTES     = 16,
	TREES_MAX = 256 << 20 /* bytes of those of one submission: 64 large ones fit */
};

_Static_assert((int)SIGNING_PLACES >= (int)RECIPIENTS_MAX, "each has a place");

struct to_one { /* what is said to one recipient */
	struct disclosure  *tree;
	struct slice        bytes; /* the Disclosure */
	struct signing_path path;  /* up to what is signed */
};

struct disclosed {
	size_t         n;
	struct to_one *list;
	struct signing signing;
	struct slice   sig; /* borrowed, once it is checked */
};

/* --- words ----------------------------------------------------------------------- */

struct words { /* what a Disclosure has besides the submission's own */
	uint8_t said[SAID_BYTES], corrects[SAID_BYTES];
};

/* The name that WHAT has between us and recipient OIN, of the request ID. */
static void
name_for(const ProtobufCBinaryData *id, const char *what, const char *oin,
    uint8_t ret[SAID_BYTES])
{
	const struct slice parts[] = {slice_str(what), slice_of("", 1), slice_str(oin)};
	uint8_t            key[KEY_BYTES] = {0}, whole[HASH_BYTES];

	memcpy(key, id->data, ID_BYTES);
	hmac_sha256(key, parts, 3, whole);
	memcpy(ret, whole, SAID_BYTES);
	sodium_memzero(key, sizeof key);
}

static void
choose_words(const Sluis__Submit *m, const char *oin, struct words *ret)
{
	const ProtobufCBinaryData *own = &m->head->request_id;

	name_for(own, "said", oin, ret->said);
	if (m->has_corrects)
		name_for(&m->corrects, "said", oin, ret->corrects);
	else
		name_for(own, "none", oin, ret->corrects);
}

/* Fill D with what M says by itself to everybody. */
static void
repeat_submission(const Sluis__Submit *m, Sluis__Disclosure *d)
{
	d->has_version    = 1;
	d->version        = DISCLOSURE_VERSION;
	d->broker_origin  = m->head->broker_origin;
	d->sender_oin     = m->head->sender_oin;
	d->sender_desk    = m->head->sender_desk;
	d->convenant      = m->convenant;
	d->phase          = m->phase;
	d->purpose        = m->purpose;
	d->has_created_ms = m->head->has_created_ms;
	d->created_ms     = m->head->created_ms;
	d->has_case_id    = m->has_case_id;
	d->case_id        = m->case_id;
	d->has_enriches   = m->has_case_id && m->enriches;
	d->enriches       = d->has_enriches;
}

/* The bytes that say ROOT to recipient TO of M, in MEM. */
static rc
spell(const Sluis__Submit *m, const Sluis__Recipient *to, const struct short_hash *root,
    struct scratch *mem, struct slice *ret)
{
	Sluis__Disclosure d = SLUIS__DISCLOSURE__INIT;
	struct words      w;

	choose_words(m, to->oin, &w);
	repeat_submission(m, &d);
	d.has_root = d.has_said = d.has_corrects = 1;
	d.root           = message_borrow_bytes(root->b, sizeof root->b);
	d.said           = message_borrow_bytes(w.said, sizeof w.said);
	d.corrects       = message_borrow_bytes(w.corrects, sizeof w.corrects);
	d.recipient_oin  = to->oin;
	d.recipient_desk = to->desk;
	return scratch_pack(mem, &d.base, DISCLOSURE_MAX, ret);
}

/* --- making it ------------------------------------------------------------------- */

static rc
tell_one(const Sluis__Submit *m, const Sluis__Recipient *to,
    const struct contents *contents, const uint8_t seed[KEY_BYTES], struct scratch *mem,
    struct to_one *ret)
{
	uint8_t own[KEY_BYTES];

	disclosure_seed(seed, to->oin, to->desk, own);
	rc code = disclosure_new(&ret->tree, contents, own, mem);
	sodium_memzero(own, sizeof own);
	TRY(code);
	const struct short_hash root = disclosure_root(ret->tree);
	return spell(m, to, &root, mem, &ret->bytes);
}

static rc
tell_all(const Sluis__Submit *m, const struct contents *contents,
    const uint8_t seed[KEY_BYTES], struct scratch *mem, struct disclosed *d)
{
	struct short_hash said[SIGNING_PLACES];
	unsigned levels = d->n > 1U << SIGNING_SMALL ? SIGNING_LARGE : SIGNING_SMALL;

	for (size_t i = 0; i < d->n; i++) {
		TRY(tell_one(m, m->recipients[i], contents, seed, mem, &d->list[i]));
		said[i] = signing_said(d->list[i].bytes);
	}
	signing_tree(&d->signing, levels, seed, said, d->n);
	for (size_t i = 0; i < d->n; i++) signing_climb(&d->signing, i, &d->list[i].path);
	return RC_OK;
}

/* Whether M has what a Disclosure is made of. */
static bool
can_be_said(const Sluis__Submit *m)
{
	return m->head != NULL && m->head->request_id.len == ID_BYTES &&
	       (!m->has_corrects || m->corrects.len == ID_BYTES);
}

rc
disclosed_new(struct disclosed **ret, const Sluis__Submit *m,
    const struct contents *contents, const uint8_t seed[KEY_BYTES], struct scratch *mem)
{
	if (!can_be_said(m)) return RC_BAD_DISCLOSURE;
	if (m->n_recipients > SIGNING_PLACES) return RC_TOO_MANY;
	struct disclosed *d = scratch_alloc(mem, 1, sizeof *d);
	if (d == NULL) return RC_NOMEM;
	d->list = scratch_alloc(mem, m->n_recipients, sizeof *d->list);
	if (d->list == NULL) return RC_NOMEM;
	d->n = m->n_recipients;
	TRY(tell_all(m, contents, seed, mem, d));
	*ret = d;
	return RC_OK;
}

struct short_hash
disclosed_root(const struct disclosed *d)
{
	return signing_root(&d->signing);
}

const struct disclosure *
disclosed_tree(const struct disclosed *d, size_t i)
{
	return d->list[i].tree;
}

/* --- signing --------------------------------------------------------------------- */

rc
disclosed_sign(const Sluis__Submit *m, const ProtobufCMessage *signal,
    const uint8_t secret_key[64], const uint8_t seed[KEY_BYTES], struct avowal *ret)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(TREES_MAX);
	struct contents                  *contents;
	struct disclosed                 *d;

	TRY(contents_list(signal, &mem, &contents));
	TRY(disclosed_new(&d, m, contents, seed, &mem));
	ret->root = disclosed_root(d);
	TRY(signing_sign(&ret->root, secret_key, ret->sig));
	memcpy(ret->seed, seed, sizeof ret->seed);
	return RC_OK;
}

void
disclosed_attach(Sluis__Submit *m, const struct avowal *a)
{
	for (unsigned i = 0; i < m->base.descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->base.descriptor->fields[i];
		if (strncmp(f->name, "disclosure", 10) == 0) field_clear(&m->base, f);
	}
	m->has_disclosure_seed = m->has_disclosure_sig = 1;
	m->disclosure_seed = message_borrow_bytes(a->seed, sizeof a->seed);
	m->disclosure_sig  = message_borrow_bytes(a->sig, sizeof a->sig);
}

void
disclosed_detach(Sluis__Submit *m)
{
	m->has_disclosure_seed = m->has_disclosure_sig = 0;
	m->disclosure_seed = m->disclosure_sig = (ProtobufCBinaryData){0};
}

/* --- checking -------------------------------------------------------------------- */

static rc
refused(rc code)
{
	return code == RC_BAD_SIGNATURE ? RC_BAD_DISCLOSURE : code;
}

/* The path goes on from the root of this submission. */
static void
go_on(struct signing_path *path, const struct signing_path *outer)
{
	memcpy(path->hashes + path->n, outer->hashes, outer->n * sizeof outer->hashes[0]);
	path->place |= outer->place << path->n;
	path->n += outer->n;
}

static rc
check_jointly(const Sluis__Submit *m, const struct joint *jointly, struct disclosed *d)
{
	const struct short_hash root = disclosed_root(d);

	if (m->has_disclosure_sig || memcmp(root.b, jointly->said.b, sizeof root.b) != 0)
		return RC_BAD_DISCLOSURE;
	for (size_t i = 0; i < d->n; i++) go_on(&d->list[i].path, &jointly->path);
	d->sig = jointly->sig;
	return RC_OK;
}

static rc
check_alone(
    const Sluis__Submit *m, const uint8_t public_key[KEY_BYTES], struct disclosed *d)
{
	const struct short_hash root = disclosed_root(d);

	d->sig = message_slice(&m->disclosure_sig);
	return refused(signing_verify(&root, d->sig, public_key));
}

rc
disclosed_check(const Sluis__Submit *m, const struct contents *contents,
    const uint8_t public_key[KEY_BYTES], const struct joint *jointly, struct scratch *mem,
    struct disclosed **ret)
{
	struct disclosed *d;

	if (m->disclosure_seed.len != KEY_BYTES) return RC_BAD_DISCLOSURE;
	TRY(disclosed_new(&d, m, contents, m->disclosure_seed.data, mem));
	TRY(jointly != NULL ? check_jointly(m, jointly, d)
	                    : check_alone(m, public_key, d));
	*ret = d;
	return RC_OK;
}

rc
joint_check(const Sluis__SubmitMany *m, const uint8_t public_key[KEY_BYTES],
    struct joint list[JOINT_MAX])
{
	const size_t      n = m->n_submissions;
	struct short_hash said[JOINT_MAX], root;
	struct signing    tree;

	if (n == 0 || n > JOINT_MAX || m->n_said != n) return RC_MALFORMED;
	if (m->disclosure_seed.len != KEY_BYTES) return RC_BAD_DISCLOSURE;
	for (size_t i = 0; i < n; i++) {
		if (m->said[i].len != sizeof said[i].b) return RC_MALFORMED;
		memcpy(said[i].b, m->said[i].data, sizeof said[i].b);
	}
	signing_tree(&tree, SIGNING_OUTER, m->disclosure_seed.data, said, n);
	root = signing_root(&tree);
	TRY(refused(
	    signing_verify(&root, message_slice(&m->disclosure_sig), public_key)));
	for (size_t i = 0; i < n; i++) {
		list[i] = (struct joint){
		    .said = said[i], .sig = message_slice(&m->disclosure_sig)};
		signing_climb(&tree, i, &list[i].path);
	}
	return RC_OK;
}

rc
joint_sign(const struct short_hash *said, size_t n, const uint8_t secret_key[64],
    const uint8_t seed[KEY_BYTES], uint8_t ret_sig[SIG_BYTES])
{
	struct signing tree;

	if (n == 0 || n > JOINT_MAX) return RC_TOO_MANY;
	signing_tree(&tree, SIGNING_OUTER, seed, said, n);
	const struct short_hash root = signing_root(&tree);
	return signing_sign(&root, secret_key, ret_sig);
}

void
disclosed_evidence(const struct disclosed *d, size_t i, Sluis__Evidence *evidence)
{
	const struct to_one *one = &d->list[i];

	evidence->has_disclosure = evidence->has_sig = 1;
	evidence->has_path = evidence->has_place = 1;
	evidence->disclosure = message_borrow_bytes(one->bytes.p, one->bytes.n);
	evidence->sig        = message_borrow_bytes(d->sig.p, d->sig.n);
	evidence->path       = message_borrow_bytes(
	          one->path.hashes[0].b, one->path.n * DISCLOSURE_HASH_BYTES);
	evidence->place = one->path.place;
}

/* The path in EVIDENCE: of one of the lengths that there are, a place for each level. */
static rc
read_path(const Sluis__Evidence *evidence, struct signing_path *ret)
{
	size_t n = evidence->path.len / DISCLOSURE_HASH_BYTES;

	if (evidence->path.len % DISCLOSURE_HASH_BYTES != 0 ||
	    (n != SIGNING_SMALL && n != SIGNING_LARGE &&
	        n != SIGNING_SMALL + SIGNING_OUTER && n != SIGNING_PATH_MAX) ||
	    evidence->place >> n != 0)
		return RC_BAD_SIGNATURE;
	*ret = (struct signing_path){.n = n, .place = evidence->place};
	memcpy(ret->hashes, evidence->path.data, evidence->path.len);
	return RC_OK;
}

/* As it was before: each signed by itself. */
static rc
verify_alone(const Sluis__Evidence *evidence, const uint8_t public_key[KEY_BYTES])
{
	AUTO(buf_wipe) struct buf pae = buf_init(PAE_MAX);

	if (evidence->path.len != 0 || evidence->sig.len != SIG_BYTES ||
	    evidence->disclosure.len > DISCLOSURE_MAX)
		return RC_BAD_SIGNATURE;
	TRY(envelope_pae(
	    slice_str(TYPE_DISCLOSURE_1), message_slice(&evidence->disclosure), &pae));
	return crypto_sign_verify_detached(
	           evidence->sig.data, pae.p, pae.n, public_key) == 0
	           ? RC_OK
	           : RC_BAD_SIGNATURE;
}

rc
disclosed_verify(const Sluis__Evidence *evidence, uint32_t version,
    const uint8_t public_key[KEY_BYTES])
{
	struct signing_path path;

	if (version != DISCLOSURE_VERSION) return verify_alone(evidence, public_key);
	TRY(read_path(evidence, &path));
	const struct short_hash said = signing_said(message_slice(&evidence->disclosure)),
	                        root = signing_follow(&said, &path);
	return signing_verify(&root, message_slice(&evidence->sig), public_key);
}
