/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * show.h - results as people read them.
 */
#ifndef SLUIS_CLIENT_COMMAND_SHOW_H
#define SLUIS_CLIENT_COMMAND_SHOW_H

#include <jansson.h>

#include "client/command/cli.h"

/* Fields down, recipients across, the action and rule in each cell; then each recipient's
 * outcome, what would change it, its obligations; then every rule with its article. */
void show_outcomes(struct cli *cli, const struct sluis *s, const struct sluis_result *r);

/* One line for each recipient: served or not, and why. */
void show_verdicts(struct cli *cli, const struct sluis *s, const struct sluis_result *r);

/* Field by field what came, with rule and article; the broker's statements; obligations.
 */
void show_delivery(
    struct cli *cli, const struct sluis *s, const struct sluis_delivery *d);

/* The same, with who says so: each field signed by the sender or stated by the broker,
 * whose signature that is, and what it does not tell. */
void show_delivery_verified(
    struct cli *cli, const struct sluis *s, const struct sluis_delivery *d);

/* {signed, fields: [{path, said_by: "sender" or "broker"}], not_checked}; the caller
 * decrefs. */
json_t *verified_json(const struct sluis_delivery *d);

/* The same of a delivery that is a notice: its sentence, and the command that answers it.
 */
void show_notice(struct cli *cli, const struct sluis *s, const struct sluis_delivery *d);

/* The sentence alone; free() it; NULL for a signal.  P (may be NULL) gives titles. */
struct policy;
char *notice_line(
    const struct sluis *s, const struct policy *p, const struct sluis_delivery *d);

/* The hash of the policy that took effect, was signed or was refused; "" for other
 * entries. */
const char *show_bundle(const struct sluis_entry *e);

/* A journal entry in full. */
void show_entry(struct cli *cli, const struct sluis *s, const struct sluis_entry *e);

/* Say so where E commits to a detail that is not here. */
void show_lack_of_detail(struct cli *cli, const struct sluis_entry *e);

/* "2026-11-21 06:20" (UTC) into OUT. */
enum { TIME_TEXT_MAX = 32 };
const char *show_time(uint64_t ms, char out[TIME_TEXT_MAX]);

/* The word for an action, translated, and its colour. */
const char *show_action(enum sluis_action a);
const char *show_colour(enum sluis_action a);

/* The words for a kind of entry (event_name()), translated. */
const char *show_kind(const char *kind);

/* What entry E says happened, translated: where its code decides that, by its code. */
const char *show_event(const struct sluis_entry *e);

/* How many recipients were not served. */
size_t count_refused(const struct sluis_result *r);

#endif
