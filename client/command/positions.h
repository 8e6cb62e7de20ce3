/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * positions.h - every value of a signal in JSON, with the position that it stands at.
 */
#ifndef SLUIS_CLIENT_COMMAND_POSITIONS_H
#define SLUIS_CLIENT_COMMAND_POSITIONS_H

#include <jansson.h>

enum { POSITION_MAX = 192 };

/* POSITION is "persons[0].aliases[1]"; VALUE is neither object nor list. */
typedef void (*position_visitor)(void *arg, const char *position, const json_t *value);

/* Visit every value of SIGNAL, which is no deeper than the schema. */
void positions_each(const json_t *signal, position_visitor visit, void *arg);

#endif
