/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rotate.h - new bound keys for a desk, without a moment in which it has none.
 *
 *	1  keys.json.next and binding.bin.next are written (sequence + 1)
 *	2  the broker enrols them; from now on it refuses the old ones
 *	3  keys.json.next becomes keys.json, then binding.bin.next binding.bin
 *
 * Whatever stops it half-way: doing it again goes on with the same .next files, and
 * enrolling the same binding twice has one effect.
 *
 * Another client of the desk may have enrolled meanwhile; then this one's keys are
 * refused however often it counts one further than its own folder.  Who wants it
 * nevertheless says so: the sequence is then the time in milliseconds, which no client
 * that counts reaches.
 */
#ifndef SLUIS_CLIENT_COMMAND_ROTATE_H
#define SLUIS_CLIENT_COMMAND_ROTATE_H

#include "client/handle.h"

/* Rotate the keys of the folder DIR; *RET is the enrolment's result.  RC_SUPERSEDED when
 * another client has the desk; with TAKE_OVER its keys end. */
MUST rc rotate_keys(const char *dir, bool take_over, unsigned timeout_ms,
    struct sluis_result **ret, struct sluis_error *e);

/* Make the first keys and binding of DIR (certificate and private key are there,
 * keys.json is not: RC_CONFIG if it is). */
MUST rc make_first_keys(const char *dir, struct sluis_error *e);

#endif
