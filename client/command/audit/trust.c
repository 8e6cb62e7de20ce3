/* SPDX-License-Identifier: EUPL-1.2 */
/* trust.c - the key that heads are checked with, from an option or the party's region. */
#include "client/command/audit/trust.h"

#include "client/command/complain.h"
#include "client/folder.h"
#include "proto/auto.h"

static rc
region_key(struct cli *cli, struct note_verifier *ret)
{
	AUTO(folder_wipe) struct folder p = {.dir = ""};
	struct sluis_error              e;
	const char                     *dir = cli_party_dir(cli);

	if (dir == NULL) return RC_USAGE;
	rc code = folder_read_who(dir, &p, &e);
	if (code == RC_OK)
		*ret = p.region.verifier;
	else
		(void)complain(cli, &e);
	return code;
}

rc
trust_open(struct cli *cli, struct trust *ret)
{
	const char *key = cli_value(cli, "key");

	if (key == NULL) return region_key(cli, &ret->log);
	if (note_verifier_parse(&ret->log, key) == RC_OK) return RC_OK;
	(void)complain_code(cli, RC_USAGE, "--key", N_("this is not a verifier key"));
	return RC_USAGE;
}
