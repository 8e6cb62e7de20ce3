/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * demo.h - a whole fictional region in one folder (docs/client.md).
 *
 *	D/region.json, D/anchors.pem, D/trust, D/parties/NAME/, D/ca/, D/broker/
 *	D/sluisd.pid
 *
 * Who takes part stands in policy/parties.yaml; here they only get short names.
 */
#ifndef SLUIS_CLIENT_COMMAND_DEMO_H
#define SLUIS_CLIENT_COMMAND_DEMO_H

#include "client/command/cli.h"
#include "client/command/daemon.h"
#include "client/folder.h"
#include "policy/policy.h"

enum { READY_MS = 30000, STOP_MS = 15000 };

struct demo {
	struct cli *cli;
	char        dir[FILE_PATH_MAX / 2]; /* absolute */
	char        policy[FILE_PATH_MAX], sluisd[FILE_PATH_MAX];
	char        config[FILE_PATH_MAX], log[FILE_PATH_MAX], ready[FILE_PATH_MAX],
	    pid[FILE_PATH_MAX];
	struct region region; /* its cover_s is for the broker, too */
	struct daemon daemon;
	bool          made_dir; /* ours to remove again */
};

/* Fill in the paths of D->dir and D->daemon. */
MUST rc demo_paths(struct demo *d);

/* Does the folder hold a demo region?  Nothing at all? */
bool demo_is_one(const struct demo *d);
bool demo_is_empty(const struct demo *d);

/* From an empty folder to a running region with all parties enrolled. */
MUST rc demo_build(struct demo *d, const struct policy *p, struct sluis_error *e);

/* Start the region that is there, unless it runs. */
MUST rc demo_restart(struct demo *d, struct sluis_error *e);

/* Take back what a failed demo_build() made in a folder that was empty before. */
void demo_clean_up(const struct demo *d);

#endif
