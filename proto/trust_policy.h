/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * trust_policy.h - whose word about a log counts (C2SP tlog-policy): the region's trust
 * file.
 *
 *	log <vkey> [<url>]
 *	witness <name> <vkey> [<url>]
 *	group <name> all|any|<k> <name>...
 *	quorum <name>|none
 *
 * A checkpoint is good when one of the logs signed it and as many witnesses cosigned it
 * as the quorum says.  The rest is as the specification has it: names are octets, each
 * name is a member of at most one group, one key stands on one line only, nothing is
 * used before it is defined, exactly one quorum line.
 *
 * Owns: what it read.  Pure.  Source: C2SP/C2SP tlog-policy.md.
 */
#ifndef SLUIS_PROTO_TRUST_POLICY_H
#define SLUIS_PROTO_TRUST_POLICY_H

#include "proto/checkpoint.h"

enum {
	TRUST_FILE_MAX      = 256 * 1024, /* bytes */
	TRUST_LOGS_MAX      = 64,
	TRUST_WITNESSES_MAX = 256,
	TRUST_GROUPS_MAX    = 128,
	TRUST_NAME_MAX      = 128, /* bytes of the name of a witness or group */
};

struct trust_policy;

struct trust_fault {      /* where reading stopped */
	unsigned    line; /* from 1; 0: the file as a whole */
	const char *what; /* English, static */
};

/* Read TEXT.  RC_MALFORMED with *RETERR (may be NULL); RC_NOMEM. */
MUST rc trust_policy_parse(
    struct slice text, struct trust_policy **ret, struct trust_fault *reterr);
void trust_policy_destroy(struct trust_policy **pp);

size_t trust_policy_n_logs(const struct trust_policy *p);
size_t trust_policy_n_witnesses(const struct trust_policy *p);

/* The I-th key, borrowed; a witness's own name in the file to *RET_NAME (may be NULL). */
const struct note_verifier *trust_policy_log(const struct trust_policy *p, size_t i);
const struct note_verifier *trust_policy_witness(
    const struct trust_policy *p, size_t i, const char **ret_name);

/* V may have been signed with other keys before: every log of P with V's name is V's. */
MUST rc trust_policy_also(const struct trust_policy *p, struct note_verifier *v);

/* The number of the witness whose line LINE (its newline taken off) is, checked against
 * TEXT; when it cosigned to *RET_TIME_S.  RC_NOT_FOUND: of nobody we know; RC_BAD_NOTE.
 */
MUST rc trust_policy_line(const struct trust_policy *p, struct slice line,
    struct slice text, size_t *ret_witness, uint64_t *ret_time_s);

struct trust_verdict {
	struct checkpoint head;
	size_t            log;        /* which one signed it */
	size_t            n_cosigned; /* witnesses we know */
	bool              cosigned[TRUST_WITNESSES_MAX];
	uint64_t          time_s[TRUST_WITNESSES_MAX]; /* when, of those */
	bool              quorum;
};

/* Judge NOTE, a checkpoint with any number of cosignatures.  RC_BAD_NOTE when it is
 * malformed, no log of P signed it, or a line of somebody we know does not hold; a
 * missing quorum is no error but says so in *RET.  Times are not judged: we have no
 * clock. */
MUST rc trust_policy_judge(
    const struct trust_policy *p, struct slice note, struct trust_verdict *ret);

/* Whether the witnesses of COSIGNED (one for each of P's) are the quorum. */
bool trust_policy_quorum(const struct trust_policy *p, const bool *cosigned);

#endif
