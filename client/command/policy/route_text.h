/* SPDX-License-Identifier: EUPL-1.2 */
/* route_text.h - a route as text for people, and as JSON: cmd_policy_route.c. */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_ROUTE_TEXT_H
#define SLUIS_CLIENT_COMMAND_POLICY_ROUTE_TEXT_H

#include <stdio.h>

#include <jansson.h>

#include "policy/route.h"

/* R with its states, who may step where, and what is due. */
void route_print(FILE *to, const struct policy *p, const struct route_info *r);

/* The same as {id, title, begin, states: [...], steps: [...]}; NULL without memory. */
json_t *route_json(const struct route_info *r);

#endif
