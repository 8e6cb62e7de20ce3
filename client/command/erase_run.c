/* SPDX-License-Identifier: EUPL-1.2 */
/* erase_run.c - sluis inbox erase, sluis signal erase: whole ids only, all or none. */
#include "client/command/erase_run.h"

#include "client/command/complain.h"
#include "client/command/names.h"
#include "proto/auto.h"

int
erase_run(struct cli *cli)
{
	AUTO(sluis_close) struct sluis *s = NULL;
	uint8_t                         ids[CLI_ARGS_MAX][ID_BYTES];

	for (size_t i = 0; i < cli->n_args; i++)
		if (!id_parse(cli->args[i], ids[i]))
			return complain_code(cli, RC_USAGE, cli->args[i],
			    N_("what is erased is named by all 32 digits"));
	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	if (sluis_erase(s, ids[0], cli->n_args) != SLUIS_OK)
		return complain_handle(cli, s);
	if (cli->json)
		return cli_json(
		    cli, json_pack("{s:i}", "erased", (int)cli->n_args), RC_OK);
	(void)fprintf(cli->out, "%s: %zu\n", tr("erased"), cli->n_args);
	return 0;
}
