/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit.c - the verbs of sluis audit.
 *
 * Reading is itself journalled.  Everything can also be checked without the broker,
 * from an export, with the region's verifier key alone.
 */
#include "client/command/audit/cmd_audit.h"

const struct verb verbs_audit[] = {
    {"audit", "list", "", 0, 0, options_audit_list, N_("entries of the journal"),
        run_audit_list},
    {"audit", "verify", "[FILE]", 0, 1, options_audit_verify,
        N_("compute the whole journal again and compare it with its signed head, or "
           "check "
           "one receipt"),
        run_audit_verify},
    {"audit", "show", "INDEX", 1, 1, options_audit_show, N_("one entry, with its proof"),
        run_audit_show},
    {"audit", "prove", "ID", 1, 1, options_audit_prove,
        N_("receipts as files that anybody can check: of a request, a delivery, an entry "
           "by its number, or `policy`"),
        run_audit_prove},
    {"audit", "receipts", "", 0, 0, NULL,
        N_("is every receipt that is kept here part of the journal as it is now?"),
        run_audit_receipts},
    {"audit", "export", "DIR", 1, 1, options_audit_export,
        N_("the journal as static files (C2SP tlog-tiles), to verify elsewhere; an older "
           "export is continued"),
        run_audit_export},
    {"audit", "stats", "", 0, 0, options_audit_stats,
        N_("figures of years that have ended, to be published: nothing small can be "
           "told from them"),
        run_audit_stats},
    {"audit", "anomalies", "", 0, 0, options_audit_anomalies,
        N_("what stands out, with the numbers and the entries to read"),
        run_audit_anomalies},
    {"audit", "report", "[FILE]", 0, 1, options_audit_report,
        N_("one page for the privacy audit, that stands on its own (-: stdout)"),
        run_audit_report},
    {"audit", "why", "", 0, 0, options_audit_why,
        N_("what a party got about a case or by a signal, and why, in plain sentences"),
        run_audit_why},
    {"audit", "gossip", "[FILE]...", 0, CLI_ARGS_MAX, options_audit_gossip,
        N_("whether the heads of this folder, of others and of the broker are one "
           "history"),
        run_audit_gossip},
    {.noun = NULL},
};
