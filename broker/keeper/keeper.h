/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keeper.h - the process that alone has the pseudonym, checkpoint and master keys.
 *
 * sluisd starts it before its first thread and its first socket.  It reads the keys file
 * (keyring.h), gives up everything but its lines (process.c) and answers on them; it ends
 * when the last is closed.  The broker never has those keys, and asks:
 *
 *	evaluate   HMACs of identifiers in their domains: pseudonyms and tokens
 *	fresh      new record keys, each with its wrapped form
 *	unwrap     record keys from their wrapped form
 *	sign       the head of a journal, one root per size
 *
 * A line is one end of a socket pair, for one thread; whoever has another thread takes
 * another line.  A question and its answer are one message each, so callers ask for many
 * things in one call; what does not fit into a message goes as several, and the line
 * takes new record keys KEEPER_POOL at a time.  It remembers, until keeper_forget(), the
 * keys of wrapped forms that it saw; evaluations stay with what they are of (identity.h).
 *
 * When the keeper ended, answers nonsense, or does not answer for KEEPER_HANGS_S seconds,
 * every call on that line is RC_CRYPTO from then on, and the broker ends.  The broker
 * may not send signals (sandbox/calls.c); the system kills the keeper when the broker is
 * no more (process.h), one that was stopped too.
 *
 * keeper_local() is the same without a process, for tests and tools.
 *
 * Threads: keeper_start() before there are any; a line belongs to one thread; what
 * keeper_facts() points to is read-only.
 */
#ifndef SLUIS_BROKER_KEEPER_KEEPER_H
#define SLUIS_BROKER_KEEPER_KEEPER_H

#include <sys/types.h>

#include "broker/keeper/hsm.h"
#include "broker/keys/keyring.h"
#include "broker/seal.h"

enum {
	KEEPER_LINES     = 64,
	KEEPER_HANGS_S   = 10, /* without an answer: less than the watchdog's (dist/) */
	KEEPER_POOL      = 256,
	EVALUATED_BYTES  = 2 + 32, /* key id, HMAC */
	EPOCH_MARK_BYTES = 32,
};

struct keeper;      /* owns the process and the lines */
struct keeper_line; /* one of them; belongs to the keeper */

/* --- what the broker may know ----------------------------------------------------- */

struct epoch_fact {
	enum epoch_state state;
	char             epoch[EPOCH_MAX + 1];
	uint8_t          mark[EPOCH_MARK_BYTES]; /* evaluate_mark(); zero: ended */
};

/* In the order of the keys file. */
struct keeper_facts {
	size_t           n_curves, n_checkpoints, n_epochs, n_masters;
	struct curve_key curve[KEYRING_CURVES]; /* secret: the sockets are the broker's */
	uint8_t          checkpoint[KEYRING_CHECKPOINTS][KEY_BYTES]; /* public */
	struct epoch_fact epoch[KEYRING_EPOCHS];
	uint8_t           current;                 /* the epoch that is */
	uint32_t          master[KEYRING_MASTERS]; /* ids */
	uint8_t           repeat[KEY_BYTES];       /* keyring.h; secret */
};

/* --- life ------------------------------------------------------------------------- */

struct keeper_options {
	const char *keys_file;  /* read by the new process alone */
	const char *origin;     /* heads of this journal are signed, and nothing else */
	unsigned    n_lines;    /* 1 .. KEEPER_LINES */
	const char *user;       /* whom it becomes when it has its keys; NULL: stay */
	struct hsm_options hsm; /* for keys that a token keeps */
};

/* Start the process and wait until it is ready: what keyring_read() says; RC_NOMEM,
 * RC_CRYPTO.  The caller has one thread. */
MUST rc keeper_start(struct keeper **ret, const struct keeper_options *options);

/* The same with a copy of KEYS, in this process. */
MUST rc keeper_local(struct keeper **ret, const struct keyring *keys, const char *origin,
    unsigned n_lines);

/* Close the lines and wait until it ended; what it gave the broker is wiped. */
void keeper_destroy(struct keeper **kp);

const struct keeper_facts *keeper_facts(const struct keeper *k);

/* Line I of those it was started with, from 0. */
struct keeper_line *keeper_line(struct keeper *k, unsigned i);

/* The facts again, from a line. */
const struct keeper_facts *keeper_line_facts(const struct keeper_line *line);

/* Whether nobody answers there any more: RC_CRYPTO says nothing then of what was asked.
 */
bool keeper_line_failed(const struct keeper_line *line);

/* Of its process; 0: it has none. */
pid_t keeper_pid(const struct keeper *k);

/* RC_CRYPTO if the process ended or a line failed. */
MUST rc keeper_check(struct keeper *k);

/* --- asking ----------------------------------------------------------------------- */

enum evaluate {
	EVALUATE_PSEUDONYM = 1, /* under the root of EPOCH; domain of five elements */
	EVALUATE_TOKEN     = 2, /* under the root of EPOCH; domain is the kind alone */
	EVALUATE_SUBJECT   = 3, /* under the root of subjects; domain is the kind alone */
};

struct evaluation {
	enum evaluate what;
	uint8_t       epoch;         /* place in facts; 0 for subjects */
	struct slice  domain, input; /* borrowed; TLV as in pseudonym.h, without the label
	                                and the epoch, which the keeper adds */
	uint8_t ret[EVALUATED_BYTES]; /* out; a pseudonym has 2 + 20 bytes, then zero */
};

/* Evaluate all N.  RC_CRYPTO also for what has no such form; RC_NOT_FOUND for an epoch
 * that ended. */
MUST rc keeper_evaluate(struct keeper_line *line, struct evaluation *all, size_t n);

/* A new random record key and its wrapped form. */
MUST rc keeper_fresh_key(
    struct keeper_line *line, uint8_t key[KEY_BYTES], uint8_t wrapped[WRAPPED_BYTES]);

struct unwrapping {
	uint64_t     key_id;         /* matters for the old form (seal.h) */
	struct slice wrapped;        /* borrowed */
	uint8_t      key[KEY_BYTES]; /* out */
	rc           code;           /* out: RC_CRYPTO if it is not our work */
};

/* Unwrap all N, each with a code of its own. */
MUST rc keeper_unwrap(struct keeper_line *line, struct unwrapping *all, size_t n);

/* One of them. */
MUST rc keeper_unwrap_key(struct keeper_line *line, uint64_t key_id, struct slice wrapped,
    uint8_t key[KEY_BYTES]);

struct rewrapping {
	uint64_t     key_id;
	struct slice wrapped;            /* borrowed */
	uint8_t      ret[WRAPPED_BYTES]; /* out: the same key by the first master key */
	rc           code;               /* out */
};

/* Wrap all N again; no key leaves the keeper. */
MUST rc keeper_rewrap(struct keeper_line *line, struct rewrapping *all, size_t n);

/* Sign TEXT, the text of a checkpoint of our origin, with checkpoint key I of the facts.
 * RC_CRYPTO for another text, RC_FORKED for another root of the greatest size that it
 * signed. */
MUST rc keeper_sign(
    struct keeper_line *line, unsigned i, struct slice text, uint8_t ret[SIG_BYTES]);

/* Digests of DATA as request rows of before format 2 have them, BLAKE2b under each master
 * key; DATA has at most FRAME_MAX bytes. */
MUST rc keeper_old_digests(struct keeper_line *line, struct slice data,
    uint8_t ret[KEYRING_MASTERS][HASH_BYTES]);

/* Wipe what the line remembers: keys that it saw.  New keys stay. */
void keeper_forget(struct keeper_line *line);

#endif
