/* SPDX-License-Identifier: EUPL-1.2 */
/* json_auto.h - a JSON value that is ours: AUTO(json_release) json_t *j = NULL. */
#ifndef SLUIS_CERTS_JSON_AUTO_H
#define SLUIS_CERTS_JSON_AUTO_H

#include <jansson.h>

#include "proto/auto.h"

static inline void
json_release(json_t **jp)
{
	json_decref(*jp);
	*jp = NULL;
}

#endif
