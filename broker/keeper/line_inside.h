/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * line_inside.h - what line.c, line_evaluate.c and line_keys.c share: the line.
 *
 * begin, put into the question, ask, use the answer, finish: which wipes both.  Where
 * many are asked for, the last three are line_collect().
 */
#ifndef SLUIS_BROKER_KEEPER_LINE_INSIDE_H
#define SLUIS_BROKER_KEEPER_LINE_INSIDE_H

#include "broker/keeper/line.h"

enum {
	SEEN      = 1024, /* record keys remembered; a power of two */
	WAYS      = 8,    /* places where one may be */
	ASKED_MAX = 1024, /* things in one question */
	USED_MAX  = 256,  /* places that are wiped one by one; more: all of them */
};

struct record_key {
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES];
};

struct used { /* places that hold something, since they were last wiped */
	size_t   n;
	uint16_t at[USED_MAX];
};

struct keeper_line {
	int                        fd;       /* owned; -1: inside */
	struct inside             *inside;   /* borrowed */
	const struct keeper_facts *facts;    /* borrowed */
	_Atomic bool               failed;   /* the loop asks while a thread works */
	unsigned                   patience; /* seconds */
	struct buf                 question, answer; /* in the two below */
	uint8_t           question_bytes[LINE_BYTES + 8], answer_bytes[LINE_BYTES + 8];
	size_t            n_pool;
	struct record_key pool[KEEPER_POOL];
	size_t            n_asked;
	void             *asked[ASKED_MAX]; /* whom the answers are for */
	struct used       seen_used;
	size_t            turn;       /* whose place is taken when all are */
	struct record_key seen[SEEN]; /* wrapped zero: none */
};

/* Note that place AT holds something. */
void used_add(struct used *u, size_t at);

/* An empty question, to which its arguments are appended. */
void line_begin(struct keeper_line *line, enum operation what);

/* Ask it; *RET is the result, until line_finish(). */
MUST rc line_ask(struct keeper_line *line, struct slice *ret);

/* Wipe question and answer; the code that a caller gets for CODE. */
MUST rc line_finish(struct keeper_line *line, rc code);

/* Give each of those asked for its part of the answer; line_nonsense() if it is no such
 * answer. */
typedef rc line_take(struct keeper_line *line, struct slice answer);

/* Ask for what was put into the question, TAKE the answer, and finish; RC_OK if nothing
 * was put there. */
MUST rc line_collect(struct keeper_line *line, line_take *take);

/* The other side did not answer what was asked: the line failed. */
MUST rc line_nonsense(struct keeper_line *line);

#endif
