/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * knowing.h - what the broker keeps so that parties may come to know of each other:
 * tables link_token, link_told, known_day (link.c), reveal (reveal.c), control
 * (control.c).
 *
 * Whom or what it is about stands here as a keyed token only, and nothing of it leaves
 * the broker; an answer about a source or a person as a box that only the asker's own key
 * opens.  Everything is written inside the batch's open transaction, and is gone when its
 * time is over (secure_delete).
 */
#ifndef SLUIS_BROKER_STORE_KNOWING_H
#define SLUIS_BROKER_STORE_KNOWING_H

#include "broker/decision/pseudonym.h"
#include "broker/store/case.h"

enum { KIND_MAX = 32 };

/* --- tokens of released signals ------------------------------------------------------
 */

struct link_row {
	uint8_t        token[TOKEN_BYTES];
	char           kind[KIND_MAX + 1];
	struct seat_id who; /* the sender */
	char           convenant[DESK_MAX + 1];
	char           region[REGION_MAX + 1]; /* where the matter lies */
	uint8_t        trace[ID_BYTES];
	uint64_t       leaf; /* of its submission: the first of its rulings */
	uint64_t       until_ms;
	bool           secret; /* not compared with another convenant */
};

/* Add R, not looked at yet; the same token of the same submission once. */
MUST rc store_put_link(struct store *s, const struct link_row *r);

/* The oldest submission whose tokens were not looked at: one row of it.  RC_NOT_FOUND. */
MUST rc store_next_link(struct store *s, struct link_row *ret);

/* The tokens of submission TRACE of WHO were looked at. */
MUST rc store_links_seen(
    struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES]);

/* The tokens of submission TRACE of WHO that count at NOW_MS, at most MAX. */
MUST rc store_links_of(struct store *s, const struct seat_id *who,
    const uint8_t trace[ID_BYTES], uint64_t now_ms, size_t max, struct link_row *ret,
    size_t *ret_n);

/* Who else has R's token in R's region at NOW_MS: the newest row of each desk of other
 * parties and convenant, newest first, at most MAX. */
MUST rc store_links_like(struct store *s, const struct link_row *r, uint64_t now_ms,
    size_t max, struct link_row *ret, size_t *ret_n);

/* WHO was told that party OTHER has TOKEN too; *RET_NEW says whether for the first time.
 */
MUST rc store_link_told(struct store *s, const uint8_t token[TOKEN_BYTES],
    const struct seat_id *who, const char *other, bool *ret_new);

/* The submission is not there any more. */
MUST rc store_forget_links(
    struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES]);

/* Tokens whose time was over at NOW_MS are gone, and who was told of them. */
MUST rc store_end_links(struct store *s, uint64_t now_ms);

/* Count N more things of kind WHAT that party OIN did on DAY; *RET_OK is false, and
 * nothing is counted, when that would be more than MOST.  Other days are forgotten. */
MUST rc store_take_of_day(struct store *s, const char *what, const char *oin,
    uint64_t day, uint64_t n, uint64_t most, bool *ret_ok);

/* --- questions about a source or a person
 * -----------------------------------------------
 */

enum { REVEAL_PATH_MAX = 96, BOX_MAX = 2048 };

struct reveal_row {
	uint8_t              id[ID_BYTES]; /* request id of the question */
	struct seat_id       asker, source;
	Sluis__RevealWhat    what;
	Sluis__RevealGround  ground;
	char                 path[REVEAL_PATH_MAX + 1]; /* in the asker's copy, or "" */
	uint8_t              delivery[ID_BYTES];        /* the asker's */
	uint8_t              trace[ID_BYTES];           /* the source's submission */
	char                 convenant[DESK_MAX + 1], phase[DESK_MAX + 1];
	bool                 in_case;
	uint8_t              case_id[ID_BYTES];
	unsigned             layer;
	uint64_t             leaf; /* EVENT_REVEAL_ASKED */
	uint64_t             until_ms;
	Sluis__RevealVerdict first; /* the source's, while its second desk has to agree */
};

MUST rc store_put_reveal(struct store *s, const struct reveal_row *r);
MUST rc store_get_reveal(
    struct store *s, const uint8_t id[ID_BYTES], struct reveal_row *ret);

/* The source's verdict is FIRST, and BOX (may be empty) waits for the second desk. */
MUST rc store_first_verdict(struct store *s, const uint8_t id[ID_BYTES],
    Sluis__RevealVerdict first, struct slice box);

/* Append the box that waits to OUT; nothing if there is none. */
MUST rc store_get_box(struct store *s, const uint8_t id[ID_BYTES], struct buf *out);

/* It was answered, or its time is over: row and box are gone. */
MUST rc store_end_reveal(struct store *s, const uint8_t id[ID_BYTES]);

/* How many questions of ASKER wait; and whether the same as R is among them. */
MUST rc store_count_reveals(
    struct store *s, const struct reveal_row *r, uint64_t *ret_n, bool *ret_same);

/* Questions about layer 2, or about layer 1, whose time was over at NOW_MS, at most MAX.
 */
MUST rc store_reveals_over(struct store *s, uint64_t now_ms, bool layer_2, size_t max,
    struct reveal_row *ret, size_t *ret_n);

/* --- planned controls
 * ---------------------------------------------------------------------
 */

struct control_row {
	uint8_t        id[ID_BYTES]; /* request id of the plan */
	struct seat_id who;
	char           convenant[DESK_MAX + 1];
	char           region[REGION_MAX + 1];
	char           contact[DESK_MAX + 1]; /* whom to call */
	int32_t        day;                   /* since 1970-01-01 */
	bool           has_token;
	uint8_t        token[TOKEN_BYTES]; /* of the address */
	uint64_t       places;             /* care was told of so many */
	uint64_t       leaf;               /* EVENT_CONTROL */
};

MUST rc store_put_control(struct store *s, const struct control_row *c);
MUST rc store_get_control(
    struct store *s, const uint8_t id[ID_BYTES], struct control_row *ret);
MUST rc store_end_control(struct store *s, const uint8_t id[ID_BYTES]);

/* Controls of other parties than C's at its address, at most DAYS away; at most MAX. */
MUST rc store_controls_near(struct store *s, const struct control_row *c, int32_t days,
    size_t max, struct control_row *ret, size_t *ret_n);

/* Controls that were planned for a day before DAY are forgotten. */
MUST rc store_end_controls(struct store *s, int32_t day);

#endif
