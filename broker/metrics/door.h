/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * door.h - a Unix socket at which the numbers can be had.
 *
 * Whoever connects gets the text and the end of the file; nothing is read.  The socket is
 * a file of mode 0660: who may look is a matter of its group.
 *
 *	socat - UNIX-CONNECT:/run/sluis/metrics
 *
 * It never waits: what a reader does not take at once is lost for it.
 *
 * Owns: the socket and its file.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_METRICS_DOOR_H
#define SLUIS_BROKER_METRICS_DOOR_H

#include "proto/bytes.h"

struct metrics_door;

/* Bind PATH, which may be left over from a daemon that died.  RC_CONFIG. */
MUST rc metrics_door_open(struct metrics_door **ret, const char *path);
void    metrics_door_destroy(struct metrics_door **dp);

/* How many wait at the door; they are answered with metrics_door_answer(). */
bool metrics_door_is_knocked(struct metrics_door *d);

/* Give TEXT to one who waits. */
void metrics_door_answer(struct metrics_door *d, struct slice text);

#endif
