/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sluis.h - libsluis: an agency's program talks to the lock.
 *
 *	struct sluis        *s = NULL;
 *	struct sluis_result *r = NULL;
 *	struct sluis_error   e;
 *
 *	if (sluis_open(&s, "/srv/sluis/parties/meldpunt", &e) != SLUIS_OK) ...
 *	if (sluis_send(s, &submission, 10000, &r) != SLUIS_OK)
 *		complain(sluis_last_error(s));
 *	for (size_t i = 0; i < sluis_result_n_outcomes(r); i++)
 *		show(sluis_result_outcome(r, i));
 *	sluis_result_destroy(&r);
 *	sluis_close(&s);
 *
 * A handle stands for one desk of one party in one region, and is opened from its
 * party folder (docs/client.md): party.json, keys.json, chain.pem, binding.bin,
 * checkpoint, and store.db with store.key: what this desk sent and received, sealed.
 *
 * What this library promises
 *  - A receipt that is handed out was checked on arrival: its entry stands in the
 *    journal that the region's key signed, it is about this desk and this
 *    request, and the copy is the one that the entry commits to.  What does not
 *    hold comes back as a code of kind SLUIS_KIND_INTEGRITY: stop, and alarm.
 *  - Every call ends within its timeout.  A request that may have arrived is
 *    repeated with the same bytes, which the broker answers with the same result.
 *  - A copy is acknowledged (and so erased at the broker) only after it is on the
 *    disk of this side.
 *
 * Units: times in milliseconds since 1970-01-01 UTC, timeouts in milliseconds,
 * ids 16 raw bytes, hashes 32 raw bytes, text UTF-8.
 *
 * Ownership: what a function returns as `const` pointer belongs to the handle or the
 * result that it came from and lives as long as that.  Two types are destroyed by
 * the caller: struct sluis with sluis_close(), struct sluis_result with
 * sluis_result_destroy().  Both accept NULL and clear the pointer.  Results hold
 * personal data and are wiped when destroyed; they may outlive their handle.
 *
 * Errors: every call returns a code.  0 is success; sluis_last_error() says more.
 * The names of the codes are a contract; the numbers are fixed too.
 *
 * Threads: one handle is used by one thread at a time; different handles may be
 * used by different threads at once.
 *
 * Needs nothing but the C library's own headers.
 */
#ifndef SLUIS_H
#define SLUIS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUIS_API __attribute__((visibility("default")))

enum { SLUIS_ID_BYTES = 16, SLUIS_HASH_BYTES = 32, SLUIS_KEY_BYTES = 32 };

/* --- codes -----------------------------------------------------------------------------
 */

enum sluis_kind {
	SLUIS_KIND_OK        = 0,
	SLUIS_KIND_PEER      = 1, /* this side is wrong: message, keys, certificate   */
	SLUIS_KIND_DENY      = 2, /* the convenant says no; see rule and article      */
	SLUIS_KIND_BUSY      = 3, /* the broker is full: the same call again, later   */
	SLUIS_KIND_LOCAL     = 4, /* disk, memory, configuration failed               */
	SLUIS_KIND_INTEGRITY = 5, /* proof, digest or history does not hold: alarm    */
	SLUIS_KIND_REMOTE    = 6, /* no broker, or no answer in time                  */
};

/* The kind is code >> 8.  sluis_code_name() gives the stable name. */
enum sluis_code {
	SLUIS_OK = 0,

	SLUIS_MALFORMED = 0x101,
	SLUIS_TOO_LARGE,
	SLUIS_TOO_DEEP,
	SLUIS_TOO_MANY,
	SLUIS_UNKNOWN_TYPE,
	SLUIS_BAD_FRAMES,
	SLUIS_BAD_SIGNATURE,
	SLUIS_WRONG_SENDER,
	SLUIS_WRONG_BROKER,
	SLUIS_WRONG_DOOR,
	SLUIS_STALE,
	SLUIS_FUTURE,
	SLUIS_REPLAYED,
	SLUIS_INVALID_SIGNAL,
	SLUIS_NOT_ENROLLED,
	SLUIS_NOT_YET_VALID,
	SLUIS_EXPIRED,
	SLUIS_REVOKED,
	SLUIS_SUPERSEDED,
	SLUIS_BAD_CERTIFICATE,
	SLUIS_CRL_MISSING,
	SLUIS_CRL_STALE,
	SLUIS_BAD_BINDING,
	SLUIS_IDENTITY_SET,
	SLUIS_USAGE,
	SLUIS_NOT_FOUND,
	SLUIS_LEAF_TOO_LARGE,
	SLUIS_BAD_DISCLOSURE,
	SLUIS_ERASED,

	SLUIS_NO_CONVENANT = 0x201,
	SLUIS_CONVENANT_NOT_IN_FORCE,
	SLUIS_NO_PHASE,
	SLUIS_WRONG_PURPOSE,
	SLUIS_EMPTY_AUDIENCE,
	SLUIS_UNKNOWN_RECIPIENT,
	SLUIS_NOT_ENTITLED,
	SLUIS_SENDER_NOT_ALLOWED,
	SLUIS_CIE,
	SLUIS_BARRED,
	SLUIS_NOBODY_SERVED,
	SLUIS_EMBARGO,
	SLUIS_NOT_YOUR_STEP,
	SLUIS_NO_STEP,
	SLUIS_STEP_NEEDS,
	SLUIS_NOT_IN_STATE,
	SLUIS_NOT_CONFIRMED,
	SLUIS_WAITING,
	SLUIS_OBJECTED,
	SLUIS_NO_ROUTE,
	SLUIS_NO_PARTICIPANT,
	SLUIS_NO_DECLARATION,
	SLUIS_CASE_CLOSED,
	SLUIS_NO_GROUND,
	SLUIS_SECOND_DESK,
	SLUIS_REPORTER_NAMED,
	SLUIS_NO_EFFECT_NAMED,
	SLUIS_NO_COVER,

	SLUIS_QUEUE_FULL = 0x301,
	SLUIS_OVER_QUOTA,
	SLUIS_STOPPING,
	SLUIS_ALONE,
	SLUIS_IN_USE,

	SLUIS_NOMEM = 0x401,
	SLUIS_DISK,
	SLUIS_CRYPTO,
	SLUIS_CONFIG,
	SLUIS_POLICY,
	SLUIS_INTERNAL,
	SLUIS_SOCKET,
	SLUIS_NOT_APPROVED,
	SLUIS_NOT_NEWER,
	SLUIS_OLD_STATE,
	SLUIS_DISK_FULL,
	SLUIS_CLOCK_AHEAD,
	SLUIS_CLOCK_BACK,

	SLUIS_BAD_PROOF = 0x501,
	SLUIS_BAD_NOTE,
	SLUIS_BAD_DIGEST,
	SLUIS_BAD_TREE,
	SLUIS_FORKED,
	SLUIS_NOT_SIGNED,
	SLUIS_NO_QUORUM,

	SLUIS_UNREACHABLE = 0x601,
	SLUIS_TIMEOUT,
	SLUIS_HANDSHAKE, /* the broker refused our CURVE key, or has another one itself */
};

/* "ok", "not_enrolled", ...: never translated, never NULL. */
SLUIS_API const char *sluis_code_name(enum sluis_code code);

/* What a command that ends with CODE should exit with; 0 only for SLUIS_OK. */
SLUIS_API int sluis_code_exit_status(enum sluis_code code);

struct sluis_error {
	enum sluis_code code;
	char where[160];   /* file:line, field path or message part; never a value */
	char reason[240];  /* what was expected, in English, or "" */
	char rule[40];     /* the rule that denied, or "" */
	char article[160]; /* the law or convenant behind it, or "" */
};

/* "0.1.0" */
SLUIS_API const char *sluis_version(void);

/* --- a handle -------------------------------------------------------------------- */

struct sluis;

/* Open PARTY_DIR.  Works on its files only (inbox/ and sent/ of an older version are
 * taken into the store); the connection is made by the first call that needs it.
 * SLUIS_NOT_FOUND; SLUIS_CONFIG (a file is malformed, keys.json is readable by others,
 * store.key is not that of the store, or gone); SLUIS_BAD_DIGEST (the store is damaged);
 * *RETERR (may be NULL) says which.  *RET is set on success only. */
SLUIS_API enum sluis_code sluis_open(
    struct sluis **ret, const char *party_dir, struct sluis_error *reterr);

/* Close the sockets without waiting and wipe the keys. */
SLUIS_API void sluis_close(struct sluis **sp);

/* About the last call that failed; code SLUIS_OK when none did. */
SLUIS_API const struct sluis_error *sluis_last_error(const struct sluis *s);

struct sluis_party {
	const char *name;         /* short name inside the region: "politie" */
	const char *organisation; /* "Politie Rivierenland" */
	const char *oin;          /* 20 digits */
	const char *role;         /* "police" */
	const char *desk;         /* "avim" */
};

/* Who this handle is, and what its region is called ("sluis.example/rivierenland"). */
SLUIS_API const struct sluis_party *sluis_self(const struct sluis *s);
SLUIS_API const char               *sluis_origin(const struct sluis *s);

/* The parties that region.json names; NULL past the end. */
SLUIS_API const struct sluis_party *sluis_party_at(const struct sluis *s, size_t i);

/* --- results --------------------------------------------------------------------- */

struct sluis_result;

SLUIS_API void sluis_result_destroy(struct sluis_result **rp);

/* The whole result as one JSON object (docs/client.md); NULL when memory is out. */
SLUIS_API const char *sluis_result_json(struct sluis_result *r);

/* The request's id, which is the trace id of what it caused: 16 bytes. */
SLUIS_API const uint8_t *sluis_result_trace_id(const struct sluis_result *r);

/* What would have to change for another outcome, as the policy says it; "" without. */
SLUIS_API const char *sluis_result_change(const struct sluis_result *r);

/* What a case-move that only asked would change, as 32 bytes to confirm it with; NULL. */
SLUIS_API const uint8_t *sluis_result_confirmation(const struct sluis_result *r);

/* Hex hash of the policy that the broker answered from; "" if it did not say. */
SLUIS_API const char *sluis_result_bundle(const struct sluis_result *r);

enum sluis_action {
	SLUIS_WITHHOLD     = 1,
	SLUIS_PSEUDONYMISE = 2,
	SLUIS_GENERALISE   = 3,
	SLUIS_RELEASE      = 4,
};

/* "withhold", "pseudonymise", "generalise", "release". */
SLUIS_API const char *sluis_action_name(enum sluis_action a);

struct sluis_field {
	const char       *path; /* "persons.residence.postcode" */
	enum sluis_action action;
	const char       *rule;    /* rule id; "" where no rule names the field */
	const char       *article; /* "" where unknown */
};

struct sluis_obligation {
	const char *id, *text, *article;
	uint64_t    until_ms; /* 0: no term */
};

enum { SLUIS_NO_ENTRY = -1 };

struct sluis_outcome { /* one recipient of a submission */
	const char                    *oin, *desk;
	enum sluis_code                code; /* SLUIS_OK: served; a DENY code: not */
	const char                    *rule, *article; /* behind a denial, or "" */
	const char                    *change; /* what would have to change, or "" */
	size_t                         n_fields;
	const struct sluis_field      *fields; /* every field of the signal */
	size_t                         n_obligations;
	const struct sluis_obligation *obligations;
	int64_t entry_index; /* its journal entry, checked; SLUIS_NO_ENTRY in a preview */
	int     lost;        /* the broker can no longer say what was withheld, and why */
};

SLUIS_API size_t sluis_result_n_outcomes(const struct sluis_result *r);
SLUIS_API const struct sluis_outcome *sluis_result_outcome(
    const struct sluis_result *r, size_t i);

struct sluis_statement {          /* what the broker says instead of a withheld value */
	const char       *path;   /* "persons[0].bsn" */
	enum sluis_action action; /* SLUIS_PSEUDONYMISE or SLUIS_GENERALISE */
	const char       *kind, *value;
	int former; /* a pseudonym of the key epoch that ends: the other of this path is
	               the same person's from now on */
};

struct sluis_signature {           /* under a copy, by its sender; checked */
	const char    *oin, *desk; /* whose key binding it is */
	uint64_t       made_ms;    /* when it was signed, as the sender says */
	uint64_t       not_before_ms, not_after_ms; /* of the key */
	const uint8_t *binding;     /* 32 bytes, SHA-256 of the key binding */
	const uint8_t *certificate; /* 32 bytes, SHA-256 of the certificate behind it */
};

struct sluis_delivery { /* one received copy */
	uint8_t        id[SLUIS_ID_BYTES];
	const char    *signal_json; /* the signal as it reached us, indented JSON */
	const uint8_t *signal;      /* the same, serialised protobuf sluis.Signal */
	size_t         signal_n;
	const char    *sender_oin, *sender_desk, *convenant, *phase, *purpose;
	uint64_t       released_ms;
	unsigned       attempt; /* 1 for the first time; the same may come again */
	size_t         n_grounds;
	const struct sluis_field *grounds; /* every field received, by rule and article */
	size_t                    n_statements;
	const struct sluis_statement  *statements;
	size_t                         n_obligations;
	const struct sluis_obligation *obligations;
	int64_t                        entry_index;
	const char *notice_json; /* a Notice as JSON; "" when it is a signal, whose
	                            members above are "", NULL and 0 for a notice */
	const uint8_t *case_id;  /* the case it was released in, or NULL */
	const uint8_t *corrects; /* our own earlier delivery that it replaces, or NULL */
	int            enriches; /* not 0: an enrichment of that case */
	int            recalled; /* not 0: kept here, and to be destroyed */
	/* NULL for a notice, and for what was kept here before senders signed what they
	 * send: all of that is the broker's word.  Else every field of the signal is
	 * signed by it; what statements say, rules, articles and obligations are the
	 * broker's word. */
	const struct sluis_signature *signature;
};

SLUIS_API size_t sluis_result_n_deliveries(const struct sluis_result *r);
SLUIS_API const struct sluis_delivery *sluis_result_delivery(
    const struct sluis_result *r, size_t i);

struct sluis_entry { /* one entry of the journal */
	uint64_t    index;
	const char *kind; /* "ruling", "not_served", "refused", "acknowledged", ... */
	uint64_t    time_ms;
	const char *sender_oin, *sender_desk, *recipient_oin, *recipient_desk;
	const char *convenant, *phase, *purpose;
	const char *code, *rule;
	int64_t     refers_to; /* SLUIS_NO_ENTRY */
	const uint8_t
	      *trace_id; /* 16 bytes from the detail; NULL where we may not see it */
	size_t n_fields;
	const struct sluis_field
	              *fields; /* the released ones, and the withheld ones of a detail */
	const uint8_t *leaf;   /* the exact bytes */
	size_t         leaf_n;
	const uint8_t *detail; /* NULL without one */
	size_t         detail_n;
	const char    *bundle; /* hex, the policy in force then; "" without one */
	const char *subject;   /* hex, what the entry is about (docs/wire.md 7.4) or "" */
	const uint8_t *case_id; /* 16 bytes from the detail; NULL where there is none */
	const char    *user;    /* who acted, from the detail; "" where unknown */
	uint64_t count; /* how many it speaks of (docs/journal.md); 0: it does not say */
};

SLUIS_API size_t                    sluis_result_n_entries(const struct sluis_result *r);
SLUIS_API const struct sluis_entry *sluis_result_entry(
    const struct sluis_result *r, size_t i);

/* The signed head that came with the result (C2SP tlog-checkpoint); "" without one. */
SLUIS_API const char *sluis_result_checkpoint(const struct sluis_result *r);
SLUIS_API uint64_t    sluis_result_tree_size(const struct sluis_result *r);

/* The hashes of a proof, 32 bytes each. */
SLUIS_API size_t         sluis_result_n_proof(const struct sluis_result *r);
SLUIS_API const uint8_t *sluis_result_proof(const struct sluis_result *r, size_t i);

/* --- sharing --------------------------------------------------------------------- */

struct sluis_recipient {
	const char *oin;
	const char *desk; /* NULL: the desk that the region names for this party */
};

struct sluis_submission { /* all borrowed during the call */
	const char                   *convenant, *phase, *purpose;
	const struct sluis_recipient *recipients;
	size_t                        n_recipients;
	const char *signal_json; /* a sluis.Signal as JSON text, tests/signals */
	size_t      signal_json_n;
	const char *region; /* where the matter lies; NULL: the region of this party */
	/* Inside a case; ids of SLUIS_ID_BYTES, NULL where it does not apply. */
	const uint8_t *case_id;     /* convenant, phase, purpose: those of its state */
	int            enriches;    /* not 0: it adds to what the case has */
	const uint8_t *corrects;    /* trace id of an own submission that it replaces */
	const uint8_t *exchange_id; /* the exchange that the partners agreed to */
	const uint8_t *hands_over;  /* delivery id: what was received goes on */
};

/*
 * What would each recipient get?  Nothing is shared or journalled, and no value of the
 * signal leaves this machine: only which fields it has and the facts a ruling weighs.
 * SLUIS_INVALID_SIGNAL with the field path when the signal is not well-formed.
 */
SLUIS_API enum sluis_code sluis_preview(struct sluis *s,
    const struct sluis_submission *what, unsigned timeout_ms, struct sluis_result **ret);

/*
 * Share.  SLUIS_OK when at least one recipient is served: look at every outcome.  On a
 * DENY code *RET is set too, and says why for whom.  The signed request is kept in
 * the store before it leaves and the answer with its receipts after, both on disk.
 * After SLUIS_TIMEOUT or SLUIS_UNREACHABLE it is not known whether it arrived:
 * sluis_resend() asks with the same bytes.
 */
SLUIS_API enum sluis_code sluis_send(struct sluis *s, const struct sluis_submission *what,
    unsigned timeout_ms, struct sluis_result **ret);

/*
 * Send the N in WHAT, as many in one request as fit (SLUIS_MANY_MAX at most): one
 * signature and one answer for all of these.  Each is kept, ruled and answered by itself:
 * RET[i] and CODE[i] are what sluis_send() would give for what[i], and sluis_resend()
 * repeats it alone. The last error is that of the last one that failed.  SLUIS_OK if
 * every CODE[i] is.
 */
enum { SLUIS_MANY_MAX = 64 };
SLUIS_API enum sluis_code sluis_send_many(struct sluis *s,
    const struct sluis_submission *what, size_t n, unsigned timeout_ms,
    struct sluis_result **ret, enum sluis_code *code);

/* Repeat the request kept as TRACE_ID (a submission or an act); the same outcome, no
 * second effect.  The broker takes a request it has not seen only while it is fresh (five
 * minutes): SLUIS_STALE. */
SLUIS_API enum sluis_code sluis_resend(struct sluis *s,
    const uint8_t trace_id[SLUIS_ID_BYTES], unsigned timeout_ms,
    struct sluis_result **ret);

/* The id of the last sluis_send() or sluis_act(), also of one that failed; 16 bytes. */
SLUIS_API const uint8_t *sluis_last_trace_id(const struct sluis *s);

/*
 * A request about a case or an earlier release.  TYPE is its name in the payload type
 * (docs/wire.md): "case-open", "case-move", "todo", "feedback", "respond", "recall",
 * "destroyed", "reveal-ask", "reveal-decide", "link", "plan-control", ...  The body is
 * the N bytes of JSON at BODY_JSON, with the names of its message and without `head`;
 * ids are hex.
 *
 *	sluis_act(s, "case-open", "{\"route\": \"nijmegen\"}", 21, 10000, &r);
 *
 * What comes back (cases, tasks, shifts, links, hints) stands in sluis_result_json().
 * An act that changes something is kept before it leaves, its receipts are checked
 * against this desk and this request, and the answer is kept: sluis_resend() goes on
 * after a time-out.  On a DENY code *RET is set too.  SLUIS_USAGE: no such type;
 * SLUIS_MALFORMED with the place.
 */
SLUIS_API enum sluis_code sluis_act(struct sluis *s, const char *type,
    const char *body_json, size_t n, unsigned timeout_ms, struct sluis_result **ret);

/* --- without a broker
 *--------------------------------------------------------------------
 *
 * What could not be sent (SLUIS_UNREACHABLE, SLUIS_TIMEOUT) can wait here, in order:
 *
 *	code = sluis_send(s, &submission, 10000, &r);
 *	if (code == SLUIS_UNREACHABLE) code = sluis_queue_add(s, sluis_last_trace_id(s));
 *	...
 *	code = sluis_queue_flush(s, 60000, &r);
 */

enum { SLUIS_QUEUE_MAX = 1000 };

/* Let the request kept as TRACE_ID wait; SLUIS_OK also when it does.  SLUIS_NOT_FOUND: no
 * such request here; SLUIS_QUEUE_FULL: SLUIS_QUEUE_MAX wait already. */
SLUIS_API enum sluis_code sluis_queue_add(
    struct sluis *s, const uint8_t trace_id[SLUIS_ID_BYTES]);

/* Sign and keep a submission or an act without sending it, and let it wait:
 * sluis_last_trace_id() names it.  What only reads cannot wait (SLUIS_NOT_FOUND). */
SLUIS_API enum sluis_code sluis_queue_send(
    struct sluis *s, const struct sluis_submission *what);
SLUIS_API enum sluis_code sluis_queue_act(
    struct sluis *s, const char *type, const char *body_json, size_t n);

/* Let it wait no longer; the request stays kept.  SLUIS_NOT_FOUND: it does not wait. */
SLUIS_API enum sluis_code sluis_queue_drop(
    struct sluis *s, const uint8_t trace_id[SLUIS_ID_BYTES]);

/* What waits, oldest first; sluis_result_json():
 *
 *	{"sent": [], "waiting": [{"trace_id", "type", "created_ms", "queued_ms"}]}
 */
SLUIS_API enum sluis_code sluis_queue_list(struct sluis *s, struct sluis_result **ret);

/*
 * Send what waits, the oldest first, with the same bytes: what did arrive has its one
 * effect. A request that the broker calls stale it has not handled; that one is signed
 * anew with the same id and the time of now.  What was answered, denials too, waits no
 * longer and stands in `sent` ("trace_id", "code", and what its call would have given).
 * The first that cannot be answered stops it: its code is returned, it and all behind it
 * wait on, and *RET is set.
 */
SLUIS_API enum sluis_code sluis_queue_flush(
    struct sluis *s, unsigned timeout_ms, struct sluis_result **ret);

/* --- receiving ------------------------------------------------------------------- */

enum { SLUIS_KEEP = 1 }; /* flag: write every delivery to the store */

struct sluis_receive {
	unsigned       wait_ms;  /* answer empty only after this long; below timeout_ms */
	unsigned       max;      /* deliveries at most; 0: the broker's own bound */
	unsigned       lease_ms; /* hide them from other calls this long; 0: just look */
	const uint8_t *id;       /* only this delivery (16 bytes), or NULL */
	unsigned       flags;    /* SLUIS_KEEP or 0 */
};

/* Get what waits for this desk: signals, and notices of what others did or wait for
 * (notice_json).  SLUIS_OK with no deliveries when nothing came in time.
 */
SLUIS_API enum sluis_code sluis_receive(struct sluis *s, const struct sluis_receive *how,
    unsigned timeout_ms, struct sluis_result **ret);

/* The delivery kept here as ID, checked again; no network, unless the sender's key
 * binding is not kept with it.  One kept before senders signed has no signature. */
SLUIS_API enum sluis_code sluis_kept(
    struct sluis *s, const uint8_t id[SLUIS_ID_BYTES], struct sluis_result **ret);

enum { SLUIS_KEPT_ELSEWHERE = 1 }; /* flag: the caller has them on its own disk */

/*
 * Tell the broker that N_IDS deliveries (N_IDS * 16 bytes at IDS) are safe here, so that
 * it erases its copies.  Each must be kept here (see SLUIS_KEEP), unless
 * SLUIS_KEPT_ELSEWHERE is set.  SLUIS_NOT_FOUND for the whole call if one is unknown.
 */
SLUIS_API enum sluis_code sluis_acknowledge(struct sluis *s, const uint8_t *ids,
    size_t n_ids, unsigned flags, unsigned timeout_ms, struct sluis_result **ret);

/*
 * Destroy what was recalled: ask the journal for the recalls, erase the N_IDS deliveries
 * (N_IDS * 16 bytes at IDS) here, then tell the broker.  SLUIS_NOT_FOUND for the whole
 * call when no recall of one of them was received, an integrity failure when the journal
 * holds none.  After SLUIS_UNREACHABLE or SLUIS_TIMEOUT they may be erased or not; the
 * same call again does and tells the rest.
 */
SLUIS_API enum sluis_code sluis_destroy(struct sluis *s, const uint8_t *ids, size_t n_ids,
    unsigned timeout_ms, struct sluis_result **ret);

/*
 * Erase what is kept here under the N_IDS ids (N_IDS * 16 bytes at IDS) for good: a
 * delivery, or a request with its answer.  Nobody is told: for the agency's own terms.
 * SLUIS_NOT_FOUND for the whole call when nothing is kept under one of them.
 */
SLUIS_API enum sluis_code sluis_erase(struct sluis *s, const uint8_t *ids, size_t n_ids);

/* --- a case, from what is kept here
 * ------------------------------------------------------
 */

/*
 * What this desk knows of a case, from its own store: received and sent signals of the
 * case merged field by field, with who said it, from which register and when.
 * sluis_result_json():
 *
 *	{"case_id", "copies": [{"id", "way": "received" or "sent", "sender_oin",
 *	  "sender_desk", "time_ms", "enriches"}],
 *	 "fields": [{"path": "persons[0].bsn", "conflict", "list",
 *	   "values": [{"value", "action", "sources": [a copy, "register",
 * "obtained_on"]}]}]}
 *
 * Values that differ stand beside each other, the newest last.  What was recalled or
 * corrected is left out.  No network.
 */
SLUIS_API enum sluis_code sluis_dossier(
    struct sluis *s, const uint8_t case_id[SLUIS_ID_BYTES], struct sluis_result **ret);

struct sluis_release { /* all borrowed during the call; NULL and 0: everything */
	const struct sluis_recipient *to; /* else: who takes part in the case */
	size_t                        n_to;
	const uint8_t *trace_id; /* only this submission; else: all of ours in the case */
	int            only_preview; /* not 0: say what would happen, send nothing */
};

/*
 * Release our own further fields in the case CASE_ID, under the convenant and phase that
 * are in force there now: each signal that this desk sent in it (or that it began with),
 * to every participant that gains a field by it.  The data comes from the store here;
 * what a participant has already under this convenant is not sent again.  HOW may be
 * NULL.  sluis_result_json():
 *
 *	{"case_id", "convenant", "phase", "purpose",
 *	 "released": [{"of": trace id, "gained": [{"oin", "desk", "fields": [path]}],
 *	   and, once sent, what sluis_send() gives: "trace_id", "code", "outcomes", ...}],
 *	 "unchanged": [trace id],
 *	 "denied": [as released: nobody may have it from us now]}
 *
 * SLUIS_OK when somebody was served or nothing was to be released; a DENY code when all
 * were denied.  SLUIS_EMPTY_AUDIENCE: this desk sees nobody in the case who may have
 * it (a source without a seat there names them in HOW).  SLUIS_NOT_IN_STATE: nothing may
 * be shared in this state; SLUIS_NOT_FOUND: no such case for this desk, or nothing of it
 * was sent from here.
 */
SLUIS_API enum sluis_code sluis_release(struct sluis *s,
    const uint8_t case_id[SLUIS_ID_BYTES], const struct sluis_release *how,
    unsigned timeout_ms, struct sluis_result **ret);

/* --- asking back ----------------------------------------------------------------- */

/* Why was each field of this submission treated so?  For its sender, and auditors. */
SLUIS_API enum sluis_code sluis_explain(struct sluis *s,
    const uint8_t trace_id[SLUIS_ID_BYTES], unsigned timeout_ms,
    struct sluis_result **ret);

/* Instead of an index: the entry of the policy in force. */
#define SLUIS_POLICY_IN_FORCE UINT64_MAX

/* The same about one journal entry: its sender sees what was withheld, its recipient
 * what was released; what concerns everybody (the policy, the keys and authorities of
 * the region, the openings of the journal) everybody sees. */
SLUIS_API enum sluis_code sluis_explain_entry(
    struct sluis *s, uint64_t index, unsigned timeout_ms, struct sluis_result **ret);

/* This desk's own submissions, newest first, at most MAX entries (0: the broker's bound).
 */
SLUIS_API enum sluis_code sluis_sent(
    struct sluis *s, unsigned max, unsigned timeout_ms, struct sluis_result **ret);

/* --- the journal ----------------------------------------------------------------- */

/* Entries [FROM, FROM + MAX) and the head before this read; auditors only.  The entries
 * carry no proofs: recompute the root (`sluis audit verify` does). */
SLUIS_API enum sluis_code sluis_audit_read(struct sluis *s, uint64_t from, unsigned max,
    unsigned timeout_ms, struct sluis_result **ret);

/* Proof that the entry INDEX stands in the current tree. */
SLUIS_API enum sluis_code sluis_prove_inclusion(
    struct sluis *s, uint64_t index, unsigned timeout_ms, struct sluis_result **ret);

/* The same in the newest tree that enough witnesses cosigned: sluis_result_checkpoint()
 * carries their lines.  SLUIS_NOT_FOUND: there is none yet that holds the entry. */
SLUIS_API enum sluis_code sluis_prove_witnessed(
    struct sluis *s, uint64_t index, unsigned timeout_ms, struct sluis_result **ret);

/* Proof that the tree of OLD_SIZE entries is the start of the current one. */
SLUIS_API enum sluis_code sluis_prove_consistency(
    struct sluis *s, uint64_t old_size, unsigned timeout_ms, struct sluis_result **ret);

/*
 * Check that the journal only grew since this folder last saw it, and remember its head
 * (file `checkpoint`).  SLUIS_FORKED or SLUIS_BAD_PROOF: history was rewritten.
 */
SLUIS_API enum sluis_code sluis_check_history(struct sluis *s, unsigned timeout_ms);

/* DONE of TOTAL steps. */
typedef void (*sluis_progress)(void *arg, size_t done, size_t total);

/*
 * The same, and check that every receipt which is kept here is part of the journal as it
 * is now: of what was sent, received and acknowledged.  SLUIS_FORKED with the entry of
 * the store: what was proven once was dropped, moved or changed since.  *RET_N: how many.
 * PROGRESS may be NULL.
 */
SLUIS_API enum sluis_code sluis_check_receipts(struct sluis *s, unsigned timeout_ms,
    sluis_progress progress, void *arg, size_t *ret_n);

/* --- words for one desk ----------------------------------------------------------------
 *
 * What people explain to each other (why a criterion is met, who the source is) travels
 * sealed to the reader's key, which stands in `participants[].seal_public` of a case and
 * in `seal_public` of a notice.  The broker cannot open it.
 */

enum {
	SLUIS_SEALED_MAX = 2048,
	SLUIS_SEAL_EXTRA = 48,
	SLUIS_WORDS_MAX  = SLUIS_SEALED_MAX - SLUIS_SEAL_EXTRA,
};

/* Seal TEXT to the desk whose key is KEY; *RET_N bytes of BOX are it.  SLUIS_TOO_LARGE
 * beyond SLUIS_WORDS_MAX bytes, SLUIS_MALFORMED when it is not UTF-8. */
SLUIS_API enum sluis_code sluis_seal(const uint8_t key[SLUIS_KEY_BYTES], const char *text,
    uint8_t box[SLUIS_SEALED_MAX], size_t *ret_n);

/* Open the N bytes at BOX with this desk's own key, or one that `sluis key rotate`
 * replaced, into TEXT, NUL-terminated.  SLUIS_BAD_DIGEST: not for this desk, or changed.
 */
SLUIS_API enum sluis_code sluis_unseal(
    struct sluis *s, const uint8_t *box, size_t n, char text[SLUIS_WORDS_MAX + 1]);

/* --- keys ------------------------------------------------------------------------ */

/* Present this folder's key binding (binding.bin, chain.pem) at the enrolment endpoint.
 */
SLUIS_API enum sluis_code sluis_enrol(
    struct sluis *s, unsigned timeout_ms, struct sluis_result **ret);

#ifdef __cplusplus
}
#endif
#endif
