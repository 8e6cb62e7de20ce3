/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit.h - the verbs of `sluis audit`, a file each; cmd_audit.c has their table.
 *
 * Each reads its options from CLI, prints, and returns the exit status.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_CMD_AUDIT_H
#define SLUIS_CLIENT_COMMAND_AUDIT_CMD_AUDIT_H

#include "client/command/cli.h"
#include "proto/checkpoint.h"

extern const struct option options_audit_list[];
int                        run_audit_list(struct cli *cli);

extern const struct option options_audit_show[];
int                        run_audit_show(struct cli *cli);

extern const struct option options_audit_prove[];
int                        run_audit_prove(struct cli *cli);

extern const struct option options_audit_why[];
int                        run_audit_why(struct cli *cli);

extern const struct option options_audit_verify[];
int                        run_audit_verify(struct cli *cli);

/* With --as: entries as lines.  export_as.c */
int run_export_as(struct cli *cli);

extern const struct option options_audit_export[];
int                        run_audit_export(struct cli *cli);

extern const struct option options_audit_stats[];
int                        run_audit_stats(struct cli *cli);

int run_audit_receipts(struct cli *cli);

extern const struct option options_audit_gossip[];
int                        run_audit_gossip(struct cli *cli);

extern const struct option options_audit_anomalies[];
int                        run_audit_anomalies(struct cli *cli);

extern const struct option options_audit_report[];
int                        run_audit_report(struct cli *cli);

/* What was computed again is what HEAD says, for which BY vouches (NULL: not known); the
 * exit status.  cmd_audit_verify.c */
struct vouched;
int print_verified(
    struct cli *cli, const struct checkpoint *head, const struct vouched *by);

#endif
