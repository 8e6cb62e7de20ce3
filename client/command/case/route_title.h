/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * route_title.h - what the shipped policy says of routes, where people read it.
 *
 * The broker decides by its own policy; this one is for titles and for finding the step
 * that is meant.  Without a policy at hand ids are shown instead.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_ROUTE_TITLE_H
#define SLUIS_CLIENT_COMMAND_CASE_ROUTE_TITLE_H

#include "client/command/cli.h"
#include "policy/route.h"

/* The policy that --policy or the shipped folder holds; NULL, without a word, if there is
 * none that can be read.  policy_destroy() it. */
struct policy *route_policy(struct cli *cli);

/* For struct telling.title; ARG is a struct policy or NULL. */
const char *route_title(const void *arg, const char *route, const char *state);

/* The title of STEP ("nijmegen.verrijkt") in the reader's language; NULL if unknown. */
const char *route_step_title(const struct policy *p, const char *route, const char *step);

/* Does STEP of ROUTE change who gets what, so that it is to be confirmed? */
bool route_step_confirms(const struct policy *p, const char *route, const char *step);

/* Does STEP of ROUTE end in a closed state? */
bool route_step_closes(const struct policy *p, const char *route, const char *step);

#endif
