/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * text.h - taking text apart: lines, decimals, UTF-8.
 *
 * What the readers of notes, checkpoints, proofs and signals share.  All but the last
 * looks at slices and copies nothing.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_TEXT_H
#define SLUIS_PROTO_TEXT_H

#include "proto/bytes.h"

/* Take the line in front of *REST, without its newline.  RC_MALFORMED if there is no
 * newline any more; *REST is unchanged then. */
MUST rc text_line(struct slice *rest, struct slice *ret_line);

/* If *S begins with PREFIX, take that off. */
bool text_skip(struct slice *s, const char *prefix);

/* Take S up to the first byte C off the front of *REST, and C too.  RC_MALFORMED if
 * there is none; *REST is unchanged then. */
MUST rc text_cut(struct slice *rest, char c, struct slice *ret_front);

/* The whole of S as a decimal without sign or leading zeros; else RC_MALFORMED. */
MUST rc text_decimal(struct slice s, uint64_t *ret);

/* The whole of S as base64 of exactly N bytes; else RC_MALFORMED, OUT untouched. */
MUST rc text_base64(struct slice s, uint8_t *out, size_t n);

/* Take one code point off the front of *REST, which must not be empty.  RC_MALFORMED
 * for anything but shortest-form UTF-8 of a scalar value. */
MUST rc text_code_point(struct slice *rest, int32_t *ret);

/* Whether TEXT may name who acts: 1 to USER_MAX letters (ASCII), digits, '.', '_', '-'.
 */
bool text_is_user(const char *text);

/* Valid UTF-8 throughout. */
bool text_is_utf8(struct slice s);

/* Unicode white space (property White_Space), as key names may not have. */
bool text_is_space(int32_t code_point);

/* Unicode category Cc: U+0000 to U+001F and U+007F to U+009F. */
bool text_is_control(int32_t code_point);

/* What a line for people may hold: no control character, no line or paragraph separator
 * (U+2028, U+2029), and none of the marks that turn the direction of what follows
 * (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069). */
bool text_is_plain(int32_t code_point);

/* Put a question mark for everything in TEXT that is not plain, or not UTF-8, and drop a
 * character that is cut off at the end.  TEXT gets no longer. */
void text_make_plain(char *text);

/* Equal texts; an absent one (NULL) equals an empty one. */
bool text_same(const char *a, const char *b);

#endif
