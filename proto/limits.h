/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * limits.h - the fixed sizes of the contract.
 *
 * What an administrator may choose stands in the configuration; these are the
 * sizes that both ends of the wire and every verifier must agree on.
 */
#ifndef SLUIS_PROTO_LIMITS_H
#define SLUIS_PROTO_LIMITS_H

#include <stdint.h>

/* A day in the unit of all times; wide, so that a term of years fits. */
#define DAY_MS UINT64_C(86400000)
#define HOUR_MS UINT64_C(3600000)

enum { DAY_S = 86400 }; /* for the dates of X.509 and people, in seconds */

enum {
	OIN_DIGITS           = 20,   /* an OIN is exactly this many digits           */
	DESK_MAX             = 32,   /* bytes of a desk, role, convenant or phase id  */
	RULE_ID_MAX          = 32,   /* bytes of a rule id                            */
	HASH_BYTES           = 32,   /* SHA-256                                       */
	NONCE_BYTES          = 32,   /* leaf nonce, salts                             */
	ID_BYTES             = 16,   /* request, trace and delivery ids               */
	KEY_BYTES            = 32,   /* Ed25519, CURVE and X25519 keys, public or seed */
	SIG_BYTES            = 64,   /* Ed25519 signature                             */
	LEAF_MAX             = 1024, /* bytes of a journal leaf                       */
	DETAIL_MAX           = 64 * 1024,  /* bytes of its detail                      */
	SIGNAL_MAX           = 64 * 1024,  /* bytes of a serialised Signal             */
	FRAME_MAX            = 96 * 1024,  /* bytes of any frame to the broker         */
	COPY_MAX             = 256 * 1024, /* bytes of a copy: its largest class      */
	ANSWER_MAX           = 4 * 1024 * 1024, /* bytes of any frame to a client     */
	SCHEMA_DEPTH_MAX     = 6,    /* message nesting of signal.proto               */
	SCHEMA_FIELDS_MAX    = 256,  /* leaf fields of signal.proto                   */
	SIGNAL_RECORDS_MAX   = 64,   /* elements of one repeated message in a signal  */
	SIGNAL_ELEMENTS_MAX  = 1024, /* fields on the wire of one signal, all levels  */
	SIGNAL_STRING_MAX    = 2000, /* bytes of one string, the narrative excepted   */
	SIGNAL_NARRATIVE_MAX = 16 * 1024,
	RECIPIENTS_MAX       = 64, /* recipients of one submission                  */
	BINDING_DAYS_MAX     = 90, /* life of a key binding                         */
	USER_MAX             = 64, /* bytes of who acts, in the sender's numbering  */
	/* between a request and its entry, by two clocks; more is a client's alarm */
	DATED_WITHIN_S = 10 * 60,
	/* so a broker takes no older request: a minute is left until its entry */
	FRESHNESS_MAX_S = 9 * 60,
};

#endif
