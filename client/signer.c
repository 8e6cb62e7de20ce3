/* SPDX-License-Identifier: EUPL-1.2 */
/* signer.c - key bindings by their id: kept here, or asked once. */
#include "client/signer.h"

#include <sodium.h>
#include <string.h>

#include "certs/file.h"
#include "client/check_signed.h"
#include "client/error.h"
#include "client/kept.h"
#include "client/request.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"

enum { ASK_MS = 10000 };

static rc
not_signed(struct sluis *s, const char *where, const char *reason)
{
	return handle_fail(s, RC_NOT_SIGNED, where, reason);
}

/* --- the anchors ------------------------------------------------------------------- */

static rc
load_anchors(struct sluis *s)
{
	AUTO(buf_wipe) struct buf pem = buf_init(PEM_MAX);
	char                      path[FILE_PATH_MAX];

	if (s->trust != NULL) return RC_OK;
	if (s->folder.region.anchors[0] == '\0')
		return handle_fail(s, RC_CONFIG, s->folder.region.file,
		    N_("names no anchors: who signed what came cannot be checked"));
	TRY(region_beside(&s->folder.region, s->folder.region.anchors, path));
	rc code = file_read(path, PEM_MAX, false, &pem);
	if (code == RC_OK) code = trust_load_anchors(buf_slice(&pem), &s->trust);
	if (code == RC_OK) return RC_OK;
	return handle_fail(s, code == RC_NOMEM ? code : RC_CONFIG, path,
	    N_("must hold the CA certificates of the region"));
}

/* --- the binding -------------------------------------------------------------------- */

/* A binding as it is kept: the answer that brought it, and nothing else of that. */
static rc
keep(struct sluis *s, const uint8_t *id, const Sluis__Answer *from)
{
	AUTO(buf_wipe) struct buf bytes  = buf_init(ANSWER_MAX);
	Sluis__Answer             answer = SLUIS__ANSWER__INIT;

	answer.has_binding   = from->has_binding;
	answer.binding       = from->binding;
	answer.has_chain_pem = from->has_chain_pem;
	answer.chain_pem     = from->chain_pem;
	TRY(message_pack(&answer.base, &bytes));
	return kept_write(s->folder.dir, KEPT_BINDING, id, buf_slice(&bytes));
}

static rc
read_kept(struct sluis *s, const uint8_t *id, Sluis__Answer **ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);

	TRY(kept_read(s->folder.dir, KEPT_BINDING, id, &bytes));
	return answer_read(buf_slice(&bytes), ret);
}

static rc
ask(struct sluis *s, const ProtobufCBinaryData *id, Sluis__Answer **ret)
{
	AUTO(request_wipe) struct request    r      = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer *answer = NULL;
	Sluis__BindingRead                   body   = SLUIS__BINDING_READ__INIT;
	Sluis__Head                          head;

	TRY(request_head(s, &r, &head));
	body.head           = &head;
	body.has_binding_id = 1;
	body.binding_id     = *id;
	TRY(request_sign(s, &r, TYPE_BINDING_READ, &body.base));
	TRY(request_ask(s, DOOR_MAIN, &r, patience_of(ASK_MS), &answer));
	rc code = error_from_answer(&s->error, answer);
	if (code == RC_NOT_FOUND)
		return not_signed(
		    s, "binding", N_("the region does not know who signed"));
	TRY(code);
	*ret = TAKE(answer);
	return RC_OK;
}

/* Does ANSWER hold the binding that ID is the digest of? */
static bool
holds(const Sluis__Answer *answer, const ProtobufCBinaryData *id)
{
	struct hash digest;

	(void)crypto_hash_sha256(digest.b, answer->binding.data, answer->binding.len);
	return slice_equal(slice_of(digest.b, HASH_BYTES), slice_of(id->data, id->len));
}

/* Is the binding in ANSWER one by somebody of this region, good at AT_MS? */
static rc
check(struct sluis *s, const Sluis__Answer *answer, uint64_t at_ms, struct binding *ret)
{
	struct slice envelope = slice_of(answer->binding.data, answer->binding.len),
	             chain    = slice_of(answer->chain_pem.data, answer->chain_pem.len);

	rc code =
	    binding_check(envelope, chain, s->trust, s->folder.region.origin, at_ms, ret);
	if (code == RC_OK || code == RC_NOMEM) return code;
	return not_signed(s, "binding",
	    code == RC_EXPIRED || code == RC_NOT_YET_VALID
	        ? N_("was not valid when that was signed")
	        : N_("no authority of this region vouches for the key"));
}

/* Ask for the binding ID, and keep it if it is good. */
static rc
fetch(struct sluis *s, const ProtobufCBinaryData *id, uint64_t at_ms, struct binding *ret)
{
	AUTO(message_destroy) Sluis__Answer *answer = NULL;

	TRY(ask(s, id, &answer));
	if (!holds(answer, id))
		return not_signed(
		    s, "binding", N_("is not the one that the entry names"));
	TRY(check(s, answer, at_ms, ret));
	rc code = keep(s, id->data, answer);
	if (code != RC_OK)
		return handle_fail(s, code, "keys", N_("the binding cannot be kept"));
	message_destroy(&s->known);
	s->known = TAKE(answer);
	return RC_OK;
}

/* The binding ID as it was at AT_MS: the one of the last delivery, one that is kept here,
 * or asked.  What is kept and does not hold (any more) is asked again. */
static rc
find(struct sluis *s, const ProtobufCBinaryData *id, uint64_t at_ms, struct binding *ret)
{
	if (id->len != HASH_BYTES)
		return not_signed(
		    s, "receipt.leaf.binding_id", N_("the entry names no key"));
	TRY(load_anchors(s));
	if (s->known == NULL || !holds(s->known, id)) {
		message_destroy(&s->known);
		if (read_kept(s, id->data, &s->known) != RC_OK || !holds(s->known, id))
			return fetch(s, id, at_ms, ret);
	}
	return check(s, s->known, at_ms, ret) == RC_OK ? RC_OK : fetch(s, id, at_ms, ret);
}

/* --- the whole ---------------------------------------------------------------------- */

rc
signer_check(struct sluis *s, const Sluis__Delivery *d, const Sluis__Copy *copy,
    struct signature *ret)
{
	AUTO(message_destroy) Sluis__Leaf       *leaf       = NULL;
	AUTO(message_destroy) Sluis__Disclosure *disclosure = NULL;
	struct checker                           c          = handle_checker(s);
	struct signature                         signature  = {.made_ms = 0};

	if (receipt_leaf(d->receipt, &leaf) != RC_OK)
		return handle_fail(
		    s, RC_BAD_PROOF, "receipt.leaf", "the entry cannot be read");
	const struct signed_copy what = {.leaf = leaf, .copy = copy};
	TRY(check_disclosure(&c, &what, &disclosure));
	TRY(find(s, &leaf->binding_id, disclosure->created_ms, &signature.signer));
	TRY(check_signature(&c, &what, disclosure, &signature.signer));
	TRY(check_root(&c, &what, disclosure));
	signature.made_ms = disclosure->created_ms;
	memcpy(signature.root.b, disclosure->root.data, sizeof signature.root.b);
	*ret = signature;
	return RC_OK;
}
