/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * envelope.h - signing and opening DSSE envelopes.
 *
 * The signature covers the DSSE v1 pre-authentication encoding
 *
 *	"DSSEv1" SP len(type) SP type SP len(payload) SP payload
 *
 * of the exact bytes received; they are verified first and parsed after, and
 * never serialised again (protobuf is not canonical).  The payload type separates
 * the domains: a signature for one kind of message is none for another.
 *
 * Ed25519 through libsodium everywhere: it is the strictest verifier there is,
 * and two verifiers would disagree on edge-case keys and signatures.
 *
 * Pure, but for sodium_init() having been called.
 * Source: DSSE protocol v1.0 (secure-systems-lab/dsse, protocol.md).
 */
#ifndef SLUIS_PROTO_ENVELOPE_H
#define SLUIS_PROTO_ENVELOPE_H

#include "proto/auto.h"
#include "proto/bytes.h"
#include "proto/limits.h"

enum { KEYID_DIGITS = 2 * HASH_BYTES };

#define TYPE_SUBMIT "application/vnd.sluis.submit.v1"
#define TYPE_SUBMIT_MANY "application/vnd.sluis.submit-many.v1"
#define TYPE_PREVIEW "application/vnd.sluis.preview.v1"
#define TYPE_RECEIVE "application/vnd.sluis.receive.v1"
#define TYPE_ACKNOWLEDGE "application/vnd.sluis.acknowledge.v1"
#define TYPE_EXPLAIN "application/vnd.sluis.explain.v1"
#define TYPE_SENT "application/vnd.sluis.sent.v1"
#define TYPE_CASE_OPEN "application/vnd.sluis.case-open.v1"
#define TYPE_CASE_READ "application/vnd.sluis.case-read.v1"
#define TYPE_CASE_MOVE "application/vnd.sluis.case-move.v1"
#define TYPE_CASE_JOIN "application/vnd.sluis.case-join.v1"
#define TYPE_CASE_DECLARE "application/vnd.sluis.case-declare.v1"
#define TYPE_CASE_ALIGN "application/vnd.sluis.case-align.v1"
#define TYPE_CASE_VERDICT "application/vnd.sluis.case-verdict.v1"
#define TYPE_CASE_GATE "application/vnd.sluis.case-gate.v1"
#define TYPE_CASE_EXCHANGE "application/vnd.sluis.case-exchange.v1"
#define TYPE_CASE_EXTEND "application/vnd.sluis.case-extend.v1"
#define TYPE_TODO "application/vnd.sluis.todo.v1"
#define TYPE_FEEDBACK "application/vnd.sluis.feedback.v1"
#define TYPE_RESPOND "application/vnd.sluis.respond.v1"
#define TYPE_RECALL "application/vnd.sluis.recall.v1"
#define TYPE_DESTROYED "application/vnd.sluis.destroyed.v1"
#define TYPE_REVEAL_ASK "application/vnd.sluis.reveal-ask.v1"
#define TYPE_REVEAL_DECIDE "application/vnd.sluis.reveal-decide.v1"
#define TYPE_LINK "application/vnd.sluis.link.v1"
#define TYPE_PLAN_CONTROL "application/vnd.sluis.plan-control.v1"
#define TYPE_COSIGN "application/vnd.sluis.cosign.v1"
#define TYPE_BINDING_READ "application/vnd.sluis.binding-read.v1"
#define TYPE_ERASE "application/vnd.sluis.erase.v1"
#define TYPE_SUBJECT_ASK "application/vnd.sluis.subject-ask.v1"
#define TYPE_SUBJECT_DECIDE "application/vnd.sluis.subject-decide.v1"
#define TYPE_SUBJECT_READ "application/vnd.sluis.subject-read.v1"
#define TYPE_DISCLOSURE "application/vnd.sluis.disclosure.v2"
#define TYPE_DISCLOSURE_1 "application/vnd.sluis.disclosure.v1" /* of kept copies */
#define TYPE_AUDIT_READ "application/vnd.sluis.audit-read.v1"
#define TYPE_PROVE "application/vnd.sluis.prove.v1"
#define TYPE_ENROL "application/vnd.sluis.enrol.v1"
#define TYPE_KEYBINDING "application/vnd.sluis.keybinding.v1"
#define TYPE_ENDORSEMENT "application/vnd.sluis.endorsement.v1"

/* An envelope with its outermost layer taken off.  Every slice points into the
 * bytes given to envelope_open() and lives as long as they do. */
struct envelope {
	struct slice payload;
	struct slice payload_type;
	struct slice sig;   /* 64 bytes for Ed25519; DER or PSS for a certificate */
	struct slice keyid; /* a hint which key to try, never trusted             */
};

/* Take WIRE apart without trusting any of it and without allocating.  RC_MALFORMED
 * unless it holds exactly one payload, one type and one signature (one sig, one
 * keyid) and nothing else, every tag and length in its shortest form. */
MUST rc envelope_open(struct slice wire, struct envelope *ret);

bool envelope_is_type(const struct envelope *e, const char *type);

/* Append the pre-authentication encoding of (TYPE, PAYLOAD) to OUT. */
MUST rc envelope_pae(struct slice type, struct slice payload, struct buf *out);

/* The keyid of KEY (a public key, or a certificate in DER): lower-case hex SHA-256. */
void envelope_keyid(struct slice key, char out[KEYID_DIGITS + 1]);

/* RC_BAD_SIGNATURE unless E is signed by PUBLIC_KEY and its keyid is that key's: so
 * no byte of an accepted envelope can be another. */
MUST rc envelope_verify(const struct envelope *e, const uint8_t public_key[KEY_BYTES]);

/* Sign PAYLOAD as TYPE and append the serialised envelope to OUT, which is unchanged
 * on failure.  SECRET_KEY is libsodium's 64 bytes (seed and public key). */
MUST rc envelope_sign(const char *type, struct slice payload,
    const uint8_t secret_key[64], struct buf *out);

/* Append an envelope around a signature made elsewhere (a certificate key). */
MUST rc envelope_wrap(const char *type, struct slice payload, struct slice sig,
    const char *keyid, struct buf *out);

#endif
