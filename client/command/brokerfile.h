/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * brokerfile.h - what the command has to know of a sluisd.yaml.
 *
 * The broker reads its own configuration and is strict about it; here only the paths are
 * taken that somebody needs who brings it a policy.
 */
#ifndef SLUIS_CLIENT_COMMAND_BROKERFILE_H
#define SLUIS_CLIENT_COMMAND_BROKERFILE_H

#include "client/command/daemon.h"
#include "client/folder.h"

struct brokerfile { /* paths, absolute or as seen from here */
	char config[FILE_PATH_MAX];
	char policy_dir[FILE_PATH_MAX];
	char anchors_file[FILE_PATH_MAX];
	char crl_file[FILE_PATH_MAX];
	char ready_file[FILE_PATH_MAX]; /* "" if the broker writes none */
};

/* Read PATH: a sluisd.yaml, a folder that holds one, or a demo region. */
MUST rc brokerfile_read(const char *path, struct brokerfile *ret, struct sluis_error *e);

/*
 * The folder of the policy in force: policy_dir, unless it cannot be read, or holds what
 * the broker that runs (STATE; NULL: none does) refused or has not looked at.  NULL then:
 * only the broker itself has its texts.
 */
const char *brokerfile_in_force(
    const struct brokerfile *b, const struct daemon_state *state);

#endif
