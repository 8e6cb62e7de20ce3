/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * telling.h - what happened in a case, what waits for whom, and what the broker brings
 * word of, in plain sentences.
 *
 * Each kind of step, task and notice of case.proto has its sentence, in a table of its
 * own file: case_step_text.c, task_text.c, notice_text.c.  Sentences have no end of line.
 *
 * Everything is borrowed during the call.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_TELLING_H
#define SLUIS_CLIENT_COMMAND_CASE_TELLING_H

#include <stdio.h>

#include "case.pb-c.h"
#include "client/command/names.h"

struct telling {
	FILE               *to;
	const struct sluis *region; /* for short names; NULL: OINs are printed */
	/* Gives the title of STATE on ROUTE, NULL if unknown; may be NULL itself. */
	const char *(*title)(const void *arg, const char *route, const char *state);
	const void *arg;
	const char *route; /* of the case; NULL: unknown */
};

/* The names of desks and states as people know them. */
void tell_desk(const struct telling *t, const char *oin, const char *desk);
void tell_state(const struct telling *t, const char *state);
void tell_id(FILE *to, const ProtobufCBinaryData *id); /* its first 8 hex digits */
void tell_day(FILE *to, uint64_t ms);                  /* 2026-11-21 */

/* "politie antwoordt: ja, reden genoeg voor een casustafel" */
void tell_step(const struct telling *t, const Sluis__CaseStep *step);

/* "verrijk het signaal": what has to be done; and the command that does it. */
const char *task_text(Sluis__TaskKind kind);
void        tell_task_command(FILE *to, const Sluis__Task *task);
/* "wacht op akkoord 2/4": nothing for other tasks. */
void tell_agreed(FILE *to, const Sluis__Task *task);

/* "opgepakt, inschatting juist"; "?" for an empty one. */
void tell_feedback(FILE *to, const Sluis__Feedback *f);
void tell_response(FILE *to, const Sluis__Response *r);
void tell_link(const struct telling *t, const Sluis__LinkHit *hit);

/* A notice in one sentence, and the command that answers it (nothing without one). */
void tell_notice(const struct telling *t, const Sluis__Notice *n);
void tell_notice_command(FILE *to, const Sluis__Notice *n);

/* The texts themselves, as msgids, for the tests; NULL for an unknown kind. */
const char *step_sentence(Sluis__StepKind kind);
const char *task_sentence(Sluis__TaskKind kind);
const char *notice_sentence(Sluis__NoticeKind kind);

#endif
