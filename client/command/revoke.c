/* SPDX-License-Identifier: EUPL-1.2 */
/* revoke.c - put a certificate on the CA's list, and tell the demo's broker. */
#include "client/command/revoke.h"

#include <limits.h>
#include <stdlib.h>

#include "certs/ca.h"
#include "client/command/complain.h"
#include "client/command/daemon.h"
#include "client/command/renew.h"
#include "client/folder.h"
#include "client/request.h"
#include "proto/auto.h"

enum { PEM_FILE_MAX = 64 * 1024 };

const struct option options_revoke[] = {
    {"ca", "DIR",
        N_("the authority that issued the certificate (default: that of --demo)")},
    {"demo", "D", N_("a demo region whose broker is told at once")},
    {NULL, NULL, NULL},
};

static rc
revoke(const char *ca_dir, const char *dir)
{
	AUTO(ca_destroy) struct ca *ca  = NULL;
	AUTO(buf_wipe) struct buf   pem = buf_init(PEM_FILE_MAX);
	char                        path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "certificate.pem"));
	TRY(file_read(path, PEM_FILE_MAX, false, &pem));
	TRY(ca_open(&ca, ca_dir));
	return ca_revoke(ca, buf_slice(&pem), (int64_t)(unix_ms() / 1000), CRL_DAYS);
}

/* Let the broker of the demo region in DEMO read the list now. */
static rc
tell_broker(const char *demo)
{
	char real[PATH_MAX], config[FILE_PATH_MAX], pid[FILE_PATH_MAX];

	if (realpath(demo, real) == NULL) return RC_NOT_FOUND;
	TRY(path_join(config, real, "broker/sluisd.yaml"));
	TRY(path_join(pid, real, "sluisd.pid"));
	struct daemon d = {.config = config, .pid_file = pid};
	return daemon_reload(&d);
}

int
revoke_folder(struct cli *cli, const char *dir)
{
	const char *ca = cli_value(cli, "ca"), *demo = cli_value(cli, "demo");
	char        demo_ca[FILE_PATH_MAX], where[FILE_PATH_MAX];

	if (ca == NULL && demo == NULL)
		return complain_code(cli, RC_USAGE, "--ca",
		    N_("name the authority with --ca DIR, or a demo region with --demo "
		       "D"));
	rc code = RC_OK;
	if (ca == NULL) {
		code = path_join(demo_ca, demo, "ca");
		ca   = demo_ca;
	}
	if (code == RC_OK) code = revoke(ca, dir);
	if (code == RC_IN_USE) return complain_code(cli, code, ca, NULL);
	const char *why = code == RC_OK ? NULL : renew_obstacle(code, ca, where);
	if (why != NULL) return complain_advised(cli, code, where, why, "");
	if (code != RC_OK)
		return complain_code(
		    cli, code, dir, N_("the certificate could not be revoked"));
	if (demo != NULL) code = tell_broker(demo);
	if (code != RC_OK)
		return complain_code(cli, code, demo,
		    N_("revoked, but the broker was not told: send it SIGHUP"));
	if (cli->json) return cli_json(cli, json_pack("{s:s}", "revoked", dir), RC_OK);
	(void)fprintf(cli->out, "%s %s\n", tr("revoked"), dir);
	if (demo == NULL && !cli->quiet)
		(void)fprintf(cli->err, "%s\n",
		    tr("install the new crl.pem at the broker and send sluisd SIGHUP"));
	return 0;
}
