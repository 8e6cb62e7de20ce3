/* SPDX-License-Identifier: EUPL-1.2 */
/* enrol.h - presenting a binding that is not (yet) the one of the party folder. */
#ifndef SLUIS_CLIENT_ENROL_H
#define SLUIS_CLIENT_ENROL_H

#include "client/handle.h"

/* Present BINDING, which binds the keys that S holds in memory, with its certificate
 * CHAIN. */
MUST rc enrol_binding(struct sluis *s, struct slice binding, struct slice chain,
    unsigned timeout_ms, struct sluis_result **ret);

#endif
