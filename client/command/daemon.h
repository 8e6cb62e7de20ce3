/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * daemon.h - starting sluisd in the background, finding it again, ending it.
 *
 * A pid in a file may be stale and belong to anybody by now.  So before any signal
 * goes out, /proc/PID/cmdline must show that it is sluisd running with that very
 * configuration file; otherwise nothing is touched.
 */
#ifndef SLUIS_CLIENT_COMMAND_DAEMON_H
#define SLUIS_CLIENT_COMMAND_DAEMON_H

#include <sys/types.h>

#include "client/region.h"

struct daemon {              /* borrowed paths, absolute */
	const char *program; /* sluisd; NULL when only found or ended */
	const char *config;  /* sluisd.yaml */
	const char *log_file;
	const char *ready_file; /* written by sluisd when it listens */
	const char *pid_file;
};

/* Is it running?  Its pid, or 0. */
pid_t daemon_find(const struct daemon *d);

/* Start it, wait until it listens (at most TIMEOUT_MS), fill the region's addresses and
 * keys from its ready file.  On failure it is ended again. */
MUST rc daemon_start(const struct daemon *d, unsigned timeout_ms, struct region *ret,
    struct sluis_error *e);

/* SIGTERM, wait, SIGKILL after TIMEOUT_MS.  RC_NOT_FOUND when it is not running. */
MUST rc daemon_stop(const struct daemon *d, unsigned timeout_ms);

/* Tell it to read its lists again. */
MUST rc daemon_reload(const struct daemon *d);

/* What a running sluisd says of itself in its ready file (broker/ready.h). */
struct daemon_state {
	pid_t    pid;
	char     policy[2 * HASH_BYTES + 1]; /* hash of the bundle in force, hex */
	uint64_t version, looks;
	rc       refused; /* why the candidate it saw last was refused */
};

/* RC_NOT_FOUND when there is no such file, or no sluisd with that pid any more. */
MUST rc daemon_state(const char *ready_file, struct daemon_state *ret);

/* SIGHUP, and wait until it has looked at its policy folder.  RC_NOT_FOUND; RC_TIMEOUT.
 */
MUST rc daemon_look(
    const char *ready_file, unsigned timeout_ms, struct daemon_state *ret);

/* Run `sluisd -c CONFIG --generate-keys` to its end. */
MUST rc daemon_generate_keys(const struct daemon *d, struct sluis_error *e);

#endif
