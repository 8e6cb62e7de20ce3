/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * options.h - what sluisd is asked to do.
 *
 *	sluisd -c FILE                  run in the foreground
 *	sluisd -c FILE -t               check configuration, keys, policy and trust;
 *	                                touch nothing
 *	sluisd -c FILE --generate-keys  make the keys file if there is none
 *	sluisd -c FILE --show-keys      what others may know of it
 *	sluisd -c FILE --accept-gap SIZE   run, although the state lacks entries that were
 *	                                published up to SIZE; the journal says so for ever
 *	sluisd -c FILE --accept-lists   run, although crl_file is older than before
 *	sluisd -c FILE --backup DIR     copy the state of a running (or stopped) broker
 *	sluisd -c FILE --check-backup DIR  would it come back whole?
 *	sluisd -c FILE --restore DIR    make it the state, where there is none
 *	sluisd -c FILE --rotate KIND    a new key beside the old one (rotate.h)
 *	sluisd -c FILE --retire KIND    destroy the old one
 *	sluisd -c FILE --retire master --accept-loss N  although no key opens N others
 */
#ifndef SLUIS_BROKER_OPTIONS_H
#define SLUIS_BROKER_OPTIONS_H

#include <stdio.h>

#include "broker/broker.h"

enum task { RUN, TEST, GENERATE, SHOW, BACKUP, CHECK_BACKUP, RESTORE, ROTATE, RETIRE };

struct options { /* its texts are borrowed from the command line */
	const char *config;
	const char *dir; /* what the task is done with: a folder, a KIND */
	enum task   task;
	size_t      n_tasks; /* asked for: one at most */
	struct gap  gap;
	bool        accept_lists;
	uint64_t    lost; /* with RETIRE */
};

/* Read the command line into *O, which is all zero.  -1: go on; else what was asked is
 * done, or was explained on standard error, and this is the exit status.  VERSION is what
 * --version prints. */
int sluisd_options(int argc, char **argv, const char *version, struct options *o);

void sluisd_usage(FILE *out);

#endif
