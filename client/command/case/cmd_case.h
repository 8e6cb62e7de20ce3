/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_case.h - the verbs of `sluis case`, one file a kind; cmd_case.c has their table.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_CMD_CASE_H
#define SLUIS_CLIENT_COMMAND_CASE_CMD_CASE_H

#include "client/command/case/errand.h"

enum { STEP_ID_MAX = 80 };

int case_open(struct cli *cli);     /* cmd_case_list.c */
int case_list(struct cli *cli);     /* the same */
int case_show(struct cli *cli);     /* cmd_case_show.c */
int case_enrich(struct cli *cli);   /* cmd_case_share.c */
int case_release(struct cli *cli);  /* cmd_case_release.c */
int case_align(struct cli *cli);    /* cmd_case_seat.c */
int case_join(struct cli *cli);     /* the same */
int case_extend(struct cli *cli);   /* the same */
int case_exchange(struct cli *cli); /* cmd_case_exchange.c */
int case_gate(struct cli *cli);     /* cmd_case_gate.c */
int case_decide(struct cli *cli);   /* cmd_case_move.c */
int case_move(struct cli *cli);     /* the same */
int case_close(struct cli *cli);    /* the same */

/* Who gains and who loses which categories; nothing for no shifts.  show_shifts.c */
void show_shifts(struct errand *e, size_t n, Sluis__Shift *const *shifts);

/* What waits in a case or for a desk: everybody's with WITH_WHO.  show_tasks.c */
void show_tasks(struct errand *e, size_t n, Sluis__Task *const *tasks, bool with_who);

/* What this desk has of the case ID field by field: printed, or put into INTO as
 * "dossier"; the exit status.  show_dossier.c */
int show_dossier(struct errand *e, const uint8_t id[ID_BYTES], json_t *into);

#endif
