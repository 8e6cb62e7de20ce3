/* SPDX-License-Identifier: EUPL-1.2 */
/* sealed.h - the keys that sealed words open with, also after they were replaced. */
#ifndef SLUIS_CLIENT_SEALED_H
#define SLUIS_CLIENT_SEALED_H

#include "client/handle.h"

/* Keep the X25519 key of KEYS in the store of DIR: what was sealed to it still comes. */
MUST rc sealed_keep_key(const char *dir, const struct keys *keys);

#endif
