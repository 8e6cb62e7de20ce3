/* SPDX-License-Identifier: EUPL-1.2 */
/* room.c - the room doubles when it is full. */
#include "proto/room.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 16 };

rc
room_for_one(void *list, size_t n, size_t *cap, size_t size)
{
	void *at, *moved;

	if (n < *cap) return RC_OK;
	if (*cap > PTRDIFF_MAX / size / 2) return RC_NOMEM; /* no object is that large */
	size_t more = *cap == 0 ? FIRST : *cap * 2;
	memcpy(&at, list, sizeof at); /* whatever it points to */
	moved = reallocarray(at, more, size);
	if (moved == NULL) return RC_NOMEM;
	memcpy(list, &moved, sizeof moved);
	*cap = more;
	return RC_OK;
}
