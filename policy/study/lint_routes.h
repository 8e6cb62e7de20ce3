/* SPDX-License-Identifier: EUPL-1.2 */
/* lint_routes.h - the part of policy_lint() that is about routes. */
#ifndef SLUIS_POLICY_LINT_ROUTES_H
#define SLUIS_POLICY_LINT_ROUTES_H

#include "policy/model.h"

void lint_routes(const struct policy *p, struct findings *f);

#endif
