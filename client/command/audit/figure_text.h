/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * figure_text.h - what the codes of count.h are called.
 *
 * Texts are translated.  Parties have no name here but what the region gives them, and
 * municipalities their CBS code.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_FIGURE_TEXT_H
#define SLUIS_CLIENT_COMMAND_AUDIT_FIGURE_TEXT_H

#include "client/command/audit/release.h"
#include "client/sluis.h"

/* "Signals by form and sector"; "Deliveries by recipient and what became of them". */
const char *figure_title(const char *family, const char *table);

/* "Signals", "Possible victims", "Deliveries". */
const char *figure_family(const char *family);

/* What the rows of FAMILY are: "form", "recipient". */
const char *figure_row_heading(const char *family);

/* Row, or column of TABLE, CODE of FAMILY; constant, or in OUT. */
enum { FIGURE_LABEL_MAX = 96 };
const char *figure_row(const struct sluis *s, const char *family, const char *code,
    char out[FIGURE_LABEL_MAX]);
const char *figure_col(const struct sluis *s, const char *table, const char *code,
    char out[FIGURE_LABEL_MAX]);

/* What everybody has to know who reads figures: one sentence each, ended by NULL. */
extern const char *const figure_notes[];

/* What FIGURE_HIDDEN and the like mean. */
enum { FIGURE_LEGEND_MAX = 512 };
const char *figure_legend(uint64_t threshold, char out[FIGURE_LEGEND_MAX]);

#define FIGURE_HIDDEN "x"

#endif
