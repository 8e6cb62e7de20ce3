/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rc.h - the one result type that every fallible function returns.
 *
 * The KIND says who must act, and the broker's reaction depends on the kind
 * alone (broker/intake.c).  The NAME is the stable code that people, scripts,
 * journal leaves and the wire see: it is never translated and never changes
 * its meaning.  The EXIT is what the sluis command ends with (sluis help exit).
 *
 * Add a code at the end of its kind; the table in RC_LIST is all there is.
 */
#ifndef SLUIS_PROTO_RC_H
#define SLUIS_PROTO_RC_H

#include <stdbool.h>

#define MUST __attribute__((warn_unused_result))

enum rc_kind {
	RC_KIND_OK        = 0,
	RC_KIND_PEER      = 1, /* the sender is wrong: refuse, count, never echo    */
	RC_KIND_DENY      = 2, /* policy said no: refuse and journal the refusal    */
	RC_KIND_BUSY      = 3, /* a bounded thing is full: try again later          */
	RC_KIND_LOCAL     = 4, /* we failed (disk, memory, configuration): no ack   */
	RC_KIND_INTEGRITY = 5, /* a proof, digest or history does not hold: alarm   */
	RC_KIND_REMOTE    = 6, /* seen by clients: no broker, no answer in time     */
};

/* symbol, kind, number within the kind, exit status, stable name */
#define RC_LIST(X)                                                           \
	X(RC_MALFORMED, PEER, 1, 2, "malformed")                             \
	X(RC_TOO_LARGE, PEER, 2, 2, "too_large")                             \
	X(RC_TOO_DEEP, PEER, 3, 2, "too_deep")                               \
	X(RC_TOO_MANY, PEER, 4, 2, "too_many_elements")                      \
	X(RC_UNKNOWN_TYPE, PEER, 5, 2, "unknown_message_type")               \
	X(RC_BAD_FRAMES, PEER, 6, 2, "wrong_number_of_frames")               \
	X(RC_BAD_SIGNATURE, PEER, 7, 4, "bad_signature")                     \
	X(RC_WRONG_SENDER, PEER, 8, 4, "sender_is_not_the_key_holder")       \
	X(RC_WRONG_BROKER, PEER, 9, 4, "addressed_to_another_broker")        \
	X(RC_WRONG_DOOR, PEER, 10, 4, "not_at_this_endpoint")                \
	X(RC_STALE, PEER, 11, 4, "stale")                                    \
	X(RC_FUTURE, PEER, 12, 4, "clock_ahead")                             \
	X(RC_REPLAYED, PEER, 13, 2, "request_id_used_before")                \
	X(RC_INVALID_SIGNAL, PEER, 14, 2, "invalid_signal")                  \
	X(RC_NOT_ENROLLED, PEER, 15, 4, "not_enrolled")                      \
	X(RC_NOT_YET_VALID, PEER, 16, 4, "not_yet_valid")                    \
	X(RC_EXPIRED, PEER, 17, 4, "expired")                                \
	X(RC_REVOKED, PEER, 18, 4, "revoked")                                \
	X(RC_SUPERSEDED, PEER, 19, 4, "superseded")                          \
	X(RC_BAD_CERTIFICATE, PEER, 20, 4, "certificate_refused")            \
	X(RC_CRL_MISSING, PEER, 21, 4, "no_revocation_list")                 \
	X(RC_CRL_STALE, PEER, 22, 4, "revocation_list_expired")              \
	X(RC_BAD_BINDING, PEER, 23, 4, "key_binding_refused")                \
	X(RC_IDENTITY_SET, PEER, 24, 4, "routing_id_refused")                \
	X(RC_USAGE, PEER, 25, 2, "usage")                                    \
	X(RC_NOT_FOUND, PEER, 26, 5, "not_found")                            \
	X(RC_LEAF_TOO_LARGE, PEER, 27, 2, "too_many_fields_for_one_leaf")    \
	X(RC_BAD_DISCLOSURE, PEER, 28, 2, "disclosure_refused")              \
	X(RC_ERASED, PEER, 29, 5, "erased")                                  \
	X(RC_NO_CONVENANT, DENY, 1, 3, "no_such_convenant")                  \
	X(RC_CONVENANT_NOT_IN_FORCE, DENY, 2, 3, "convenant_not_in_force")   \
	X(RC_NO_PHASE, DENY, 3, 3, "no_such_phase")                          \
	X(RC_WRONG_PURPOSE, DENY, 4, 3, "purpose_not_covered")               \
	X(RC_EMPTY_AUDIENCE, DENY, 5, 3, "no_recipients_named")              \
	X(RC_UNKNOWN_RECIPIENT, DENY, 6, 3, "unknown_recipient")             \
	X(RC_NOT_ENTITLED, DENY, 7, 3, "recipient_not_entitled")             \
	X(RC_SENDER_NOT_ALLOWED, DENY, 8, 3, "sender_not_allowed")           \
	X(RC_CIE, DENY, 9, 3, "cie_information_refused")                     \
	X(RC_BARRED, DENY, 10, 3, "barred")                                  \
	X(RC_NOBODY_SERVED, DENY, 11, 3, "no_recipient_entitled")            \
	X(RC_EMBARGO, DENY, 12, 3, "embargo_incomplete")                     \
	X(RC_NOT_YOUR_STEP, DENY, 13, 3, "step_not_for_this_desk")           \
	X(RC_NO_STEP, DENY, 14, 3, "no_such_step_from_here")                 \
	X(RC_STEP_NEEDS, DENY, 15, 3, "step_needs_something_first")          \
	X(RC_NOT_IN_STATE, DENY, 16, 3, "not_in_this_state")                 \
	X(RC_NOT_CONFIRMED, DENY, 17, 3, "change_not_confirmed")             \
	X(RC_WAITING, DENY, 18, 3, "waiting_for_consent")                    \
	X(RC_OBJECTED, DENY, 19, 3, "a_partner_objects")                     \
	X(RC_NO_ROUTE, DENY, 20, 3, "no_such_route")                         \
	X(RC_NO_PARTICIPANT, DENY, 21, 3, "recipient_not_in_case")           \
	X(RC_NO_DECLARATION, DENY, 22, 3, "no_declaration")                  \
	X(RC_CASE_CLOSED, DENY, 23, 3, "case_closed")                        \
	X(RC_NO_GROUND, DENY, 24, 3, "no_ground")                            \
	X(RC_SECOND_DESK, DENY, 25, 3, "needs_another_desk")                 \
	X(RC_REPORTER_NAMED, DENY, 26, 3, "reporter_may_not_be_named")       \
	X(RC_NO_EFFECT_NAMED, DENY, 27, 3, "effect_on_victim_missing")       \
	X(RC_NO_COVER, DENY, 28, 3, "no_cover_for_layer_2")                  \
	X(RC_QUEUE_FULL, BUSY, 1, 7, "queue_full")                           \
	X(RC_OVER_QUOTA, BUSY, 2, 7, "over_quota")                           \
	X(RC_STOPPING, BUSY, 3, 7, "stopping")                               \
	X(RC_ALONE, BUSY, 4, 7, "send_it_alone")                             \
	X(RC_IN_USE, BUSY, 5, 7, "in_use_by_another")                        \
	X(RC_NOMEM, LOCAL, 1, 1, "out_of_memory")                            \
	X(RC_DISK, LOCAL, 2, 1, "storage_failed")                            \
	X(RC_CRYPTO, LOCAL, 3, 1, "crypto_failed")                           \
	X(RC_CONFIG, LOCAL, 4, 2, "configuration_refused")                   \
	X(RC_POLICY, LOCAL, 5, 2, "policy_refused")                          \
	X(RC_INTERNAL, LOCAL, 6, 1, "internal_error")                        \
	X(RC_SOCKET, LOCAL, 7, 1, "socket_failed")                           \
	X(RC_NOT_APPROVED, LOCAL, 8, 3, "policy_not_approved")               \
	X(RC_NOT_NEWER, LOCAL, 9, 3, "policy_not_newer")                     \
	X(RC_OLD_STATE, LOCAL, 10, 6, "state_older_than_published")          \
	X(RC_DISK_FULL, LOCAL, 11, 7, "storage_full")                        \
	X(RC_CLOCK_AHEAD, LOCAL, 12, 7, "clock_jumped_ahead")                \
	X(RC_CLOCK_BACK, LOCAL, 13, 7, "clock_jumped_back")                  \
	X(RC_BAD_PROOF, INTEGRITY, 1, 6, "proof_does_not_verify")            \
	X(RC_BAD_NOTE, INTEGRITY, 2, 6, "signed_note_refused")               \
	X(RC_BAD_DIGEST, INTEGRITY, 3, 6, "digest_does_not_match")           \
	X(RC_BAD_TREE, INTEGRITY, 4, 6, "journal_does_not_match_checkpoint") \
	X(RC_FORKED, INTEGRITY, 5, 6, "history_forked")                      \
	X(RC_NOT_SIGNED, INTEGRITY, 6, 6, "not_signed_by_the_sender")        \
	X(RC_NO_QUORUM, INTEGRITY, 7, 6, "too_few_witnesses")                \
	X(RC_UNREACHABLE, REMOTE, 1, 7, "broker_unreachable")                \
	X(RC_TIMEOUT, REMOTE, 2, 7, "timed_out")                             \
	X(RC_HANDSHAKE, REMOTE, 3, 4, "broker_refused_our_key")

#define RC_NUMBER_(kind, n) ((RC_KIND_##kind << 8) | (n))
#define RC_ENUM_(symbol, kind, n, status, name) symbol = RC_NUMBER_(kind, n),

typedef enum rc { RC_OK = 0, RC_LIST(RC_ENUM_) } rc;

static inline enum rc_kind
rc_kind(rc code)
{
	return (enum rc_kind)((unsigned)code >> 8);
}

/* The stable name, "ok" for RC_OK; "internal_error" for a number we do not know. */
const char *rc_name(rc code);

/* The code with this stable NAME, or RC_INTERNAL when there is none. */
rc rc_from_name(const char *name);

/* The exit status of a command that ends with CODE (0 only for RC_OK). */
int rc_exit_status(rc code);

/* The N-th code (0 based) of the catalogue, RC_OK past its end: for documentation and
 * tests. */
rc rc_at(unsigned n);

/* Discard a result on purpose; gcc warns through a (void) cast. */
static inline void
ignore(rc code)
{
	(void)code;
}

/* Return from the calling function if EXPR fails.  A hidden return: everything the caller
 * holds must be AUTO.  TRY_STATUS() of the command's verbs is the other one. */
#define TRY(expr)                                     \
	do {                                          \
		rc try_rc_ = (expr);                  \
		if (try_rc_ != RC_OK) return try_rc_; \
	} while (0)

#endif
