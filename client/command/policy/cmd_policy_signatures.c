/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy_signatures.c - sluis policy signatures: who signed, and who is missing. */
#include <stdio.h>
#include <string.h>

#include "client/command/brokerfile.h"
#include "client/command/complain.h"
#include "client/command/daemon.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/signatures.h"
#include "proto/auto.h"

const struct option options_policy_signatures[] = {
    {"broker", "D", N_("the broker it is for: its sluisd.yaml, or the folder of that")},
    {"anchors", "FILE",
        N_("the authorities whose certificates count (default: those of --broker)")},
    {"crl", "FILE", N_("revocation lists (default: crl.pem beside the authorities)")},
    {"in-force", "DIR", N_("the policy in force (default: that of --broker)")},
    {"all", NULL, N_("every party that is asked, and what it did")},
    {NULL, NULL, NULL},
};

/* crl.pem in the folder of ANCHORS. */
static rc
crl_beside(const char *anchors, char out[FILE_PATH_MAX])
{
	const char *slash = strrchr(anchors, '/');
	int         n     = slash == NULL ? 0 : (int)(slash - anchors + 1);
	int         m     = snprintf(out, FILE_PATH_MAX, "%.*scrl.pem", n, anchors);

	return m > 0 && m < FILE_PATH_MAX ? RC_OK : RC_CONFIG;
}

/* What is in force at the broker of B, as far as it can be known. */
static void
ask_broker(const struct brokerfile *b, struct signatures_ask *ask)
{
	struct daemon_state state;
	bool                runs =
	    b->ready_file[0] != '\0' && daemon_state(b->ready_file, &state) == RC_OK;

	ask->in_force = brokerfile_in_force(b, runs ? &state : NULL);
	ask->version  = runs ? state.version : 0;
}

/* Fill ASK from the options; its strings live in B and CRL. */
static rc
read_options(struct cli *cli, struct signatures_ask *ask, struct brokerfile *b,
    char crl[FILE_PATH_MAX])
{
	struct sluis_error e;
	const char        *broker = cli_value(cli, "broker");
	const char        *lists  = cli_value(cli, "crl");

	*ask = (struct signatures_ask){.dir = cli->args[0],
	    .anchors                        = cli_value(cli, "anchors"),
	    .crl                            = lists,
	    .in_force                       = cli_value(cli, "in-force")};
	if (broker == NULL && ask->anchors == NULL) {
		(void)complain_code(cli, RC_USAGE, "--broker",
		    N_("name the broker with --broker D, or the authorities with "
		       "--anchors FILE"));
		return RC_USAGE;
	}
	rc code = broker == NULL ? RC_OK : brokerfile_read(broker, b, &e);
	if (code != RC_OK) {
		(void)complain(cli, &e);
		return code;
	}
	if (broker != NULL && ask->in_force == NULL) ask_broker(b, ask);
	if (broker != NULL && lists == NULL && ask->anchors == NULL)
		ask->crl = b->crl_file;
	if (broker != NULL && ask->anchors == NULL) ask->anchors = b->anchors_file;
	if (ask->crl != NULL) return RC_OK;
	ask->crl = crl;
	return crl_beside(ask->anchors, crl);
}

int
run_policy_signatures(struct cli *cli)
{
	AUTO(signatures_destroy) struct signatures *s = NULL;
	struct signatures_ask                       ask;
	struct brokerfile                           broker;
	char                                        crl[FILE_PATH_MAX];

	rc code = read_options(cli, &ask, &broker, crl);
	if (code == RC_OK) code = signatures_read(cli, &ask, &s);
	if (code != RC_OK) return rc_exit_status(code);
	if (cli->json) return cli_json(cli, signatures_json(s), s->code);
	signatures_print(cli, s, cli_flag(cli, "all"));
	if (s->code != RC_OK) return complain_code(cli, s->code, cli->args[0], NULL);
	(void)fprintf(cli->out, "%s\n", tr("Enough parties have signed."));
	return 0;
}
