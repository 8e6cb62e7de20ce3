/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_verify.c - sluis audit verify: the whole journal computed again, from the
 * broker or from a folder, and compared with its signed head.
 */
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/source.h"
#include "client/command/complain.h"
#include "client/jsonfile.h"
#include "proto/auto.h"

const struct option options_audit_verify[] = {
    SOURCE_OPTIONS,
    {"checkpoint", "FILE", N_("another head than DIR/checkpoint")},
    {NULL, NULL, NULL},
};

int
print_verified(struct cli *cli, const struct checkpoint *head)
{
	AUTO(buf_wipe) struct buf root = buf_init(128);

	progress_end(cli);
	if (base64_encode(slice_of(head->root.b, HASH_BYTES), &root) != RC_OK ||
	    buf_append(&root, slice_of("", 1)) != RC_OK)
		return complain_code(cli, RC_NOMEM, NULL, NULL);
	if (cli->json)
		return cli_json(cli,
		    json_pack("{s:b, s:s, s:I, s:s}", "verified", 1, "origin",
		        head->origin, "size", (json_int_t)head->size, "root",
		        (const char *)root.p),
		    RC_OK);
	(void)fprintf(cli->out, "%s %s, %llu %s, %s %s\n", tr("verified:"), head->origin,
	    (unsigned long long)head->size, tr("entries"), tr("root"),
	    (const char *)root.p);
	return 0;
}

int
run_audit_verify(struct cli *cli)
{
	AUTO(source_wipe) struct source src = {0};

	rc code = source_open(cli, &src);
	if (code == RC_OK) code = source_walk(&src, NULL, NULL);
	return code == RC_OK ? print_verified(cli, &src.head) : rc_exit_status(code);
}
