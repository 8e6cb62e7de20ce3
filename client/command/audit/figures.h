/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * figures.h - what stats and report tell of a year, and from which number on.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_FIGURES_H
#define SLUIS_CLIENT_COMMAND_AUDIT_FIGURES_H

#include "client/command/audit/count.h"
#include "client/command/audit/release.h"
#include "client/command/cli.h"

/* The threshold of --threshold; RC_USAGE (complained about) below the least there is. */
MUST rc figure_threshold(struct cli *cli, uint64_t *ret);

/* How it stands with year Y, in a sentence.  Of a running year only a number that was
 * reached, in whole MIN_THRESHOLDs: it does not depend on THRESHOLD but for being told.
 */
enum { FIGURE_STATE_MAX = 256 };
const char *figure_state(
    const struct counted_year *y, uint64_t threshold, char out[FIGURE_STATE_MAX]);

/* What was reached in Y; 0: less than THRESHOLD. */
uint64_t figure_reached(const struct counted_year *y, uint64_t threshold);

/* Y as JSON; ROOM is for one family.  NULL without memory. */
json_t *figure_year_json(
    const struct counted_year *y, uint64_t threshold, struct released *room);

#endif
