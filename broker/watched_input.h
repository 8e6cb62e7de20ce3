/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * watched_input.h - how many descriptors watched_input.c knows.
 *
 * sluisd takes no more than that (RLIMIT_NOFILE, main.c), so none is beyond.
 */
#ifndef SLUIS_BROKER_WATCHED_INPUT_H
#define SLUIS_BROKER_WATCHED_INPUT_H

enum { WATCHED_MAX = 65536 };

#endif
