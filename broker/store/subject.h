/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * subject.h - tables subject_token and subject: in which submissions a person has a
 * record, and requests about her that wait.
 *
 * Who she is stands here as a keyed token only (knowing/subject.h).  Rows go with the
 * details of their submission, and when their time is over.
 */
#ifndef SLUIS_BROKER_STORE_SUBJECT_H
#define SLUIS_BROKER_STORE_SUBJECT_H

#include "broker/decision/pseudonym.h"
#include "broker/store/case.h"
#include "wire.pb-c.h"

enum { SUBJECT_TOKEN = 16 };

struct subject_row {
	uint64_t       seq; /* set by the store: grows with the submission */
	uint8_t        token[TOKEN_BYTES];
	struct seat_id who; /* the sender */
	char           convenant[DESK_MAX + 1];
	uint8_t        trace[ID_BYTES];
	uint64_t       first, n;  /* its leaves */
	uint32_t       record;    /* which person of the signal */
	uint64_t       hidden_ms; /* not told before this; 0: no such term */
	uint64_t       until_ms;
};

/* Add R; the same token of the same record once.  Those of a submission come together:
 * they are one row, written before anything is read and at the commit.  Only the first
 * SUBJECT_TOKEN bytes are kept. */
MUST rc store_put_subject(struct store *s, const struct subject_row *r);

/* Rows with TOKEN after number AFTER, oldest first, at most MAX. */
MUST rc store_subjects_like(struct store *s, const uint8_t token[TOKEN_BYTES],
    uint64_t after, size_t max, struct subject_row *ret, size_t *ret_n);

/* The details of submission TRACE of WHO are gone. */
MUST rc store_forget_subjects(
    struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES]);

/* So are those of all leaves before LEAF. */
MUST rc store_forget_subjects_before(struct store *s, uint64_t leaf);

/* What was put aside until NOW_MS is over. */
MUST rc store_end_subjects(struct store *s, uint64_t now_ms);

enum subject_state { SUBJECT_WAITS, SUBJECT_AGREED, SUBJECT_DECLINED };

struct inquiry {                          /* a contact point asks */
	uint8_t             id[ID_BYTES]; /* request id of the question */
	struct seat_id      asker, second;
	uint8_t             token[TOKEN_BYTES];
	Sluis__SubjectRight right;
	uint64_t            from_ms, to_ms; /* to 0: no end */
	uint64_t            leaf;           /* EVENT_SUBJECT_ASKED */
	uint64_t            until_ms;
	enum subject_state  state;
};

MUST rc store_put_inquiry(struct store *s, const struct inquiry *q);
MUST rc store_get_inquiry(
    struct store *s, const uint8_t id[ID_BYTES], struct inquiry *ret);
MUST rc store_decide_inquiry(
    struct store *s, const uint8_t id[ID_BYTES], enum subject_state state);
MUST rc store_end_inquiry(struct store *s, const uint8_t id[ID_BYTES]);

/* One whose time was over at NOW_MS; RC_NOT_FOUND. */
MUST rc store_inquiry_over(struct store *s, uint64_t now_ms, struct inquiry *ret);

#endif
