/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * errand.h - a request on behalf of a verb: open the folder, find what is meant, ask, and
 * say what came of it.
 *
 *	AUTO(errand_wipe) struct errand e = {.cli = cli};
 *	TRY_STATUS(errand_open(&e));
 *	TRY_STATUS(errand_case(&e, cli->args[0], id));
 *	TRY_STATUS(errand_ask(&e, TYPE_CASE_EXTEND, &body.base));
 *	return errand_end(&e, tr("extended"));
 *
 * Each complains for itself, so that a verb only hands the status on.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_ERRAND_H
#define SLUIS_CLIENT_COMMAND_CASE_ERRAND_H

#include "client/command/case/desks.h"
#include "client/command/case/telling.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"

struct errand {
	struct cli          *cli;    /* borrowed */
	struct sluis        *s;      /* owned */
	struct sluis_result *r;      /* owned; of the last errand_ask() */
	struct policy       *policy; /* owned; for titles, NULL until asked and where
	                                there is none */
	bool policy_sought;
};

void errand_wipe(struct errand *e);

/* Hand a failure on as an exit status. */
#define TRY_STATUS(expr)                                              \
	do {                                                          \
		rc status_ = (expr);                                  \
		if (status_ != RC_OK) return rc_exit_status(status_); \
	} while (0)

/* Open the party folder. */
MUST rc errand_open(struct errand *e);

/* Ask BODY, whose head is filled in, as TYPE.  On success E->r is its result.  A refusal
 * is explained: rule, article, and what would have to change. */
MUST rc errand_ask(struct errand *e, const char *type, const ProtobufCMessage *body);

/* The same without a word; E->r is set on a refusal too. */
MUST rc errand_try(struct errand *e, const char *type, const ProtobufCMessage *body);

/* Complain about what errand_try() returned; the exit status. */
int errand_complain(struct errand *e, rc code);

/* Done: the result with --json, otherwise DONE with the entries of the journal. */
int errand_end(struct errand *e, const char *done);

/* The case TEXT: 32 hex digits, or the first four or more of one of ours. */
MUST rc errand_case(struct errand *e, const char *text, uint8_t id[ID_BYTES]);

/* Read the case ID; *RET is E->r's. */
MUST rc errand_view(
    struct errand *e, const uint8_t id[ID_BYTES], const Sluis__CaseView **ret);

/* An own submission, or a delivery to us, by its first digits. */
MUST rc errand_trace(struct errand *e, const char *text, uint8_t id[ID_BYTES]);
MUST rc errand_delivery(struct errand *e, const char *text, uint8_t id[ID_BYTES]);

/* What sentences need: to stdout, names of the region, titles of the shipped policy. */
struct telling errand_telling(struct errand *e, const char *route);

/* ID as a bytes field of a message that is only read. */
ProtobufCBinaryData errand_id(const uint8_t id[ID_BYTES]);

#endif
