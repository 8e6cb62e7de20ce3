/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * room.h - a list that grows: room for one element more.
 *
 * Most lists are filled one by one and nobody knows how long they get.  Such a list is
 * three members of its owner: the elements, how many there are, and for how many there
 * is room.
 *
 * Invariants: the room doubles, so that an element is moved once or twice on average;
 * moving is realloc()'s, which wipes the old place in sluisd (broker/wiping_free.c).
 *
 * Owns: nothing; the list stays the caller's.  Threads: values; no shared state.
 */
#ifndef SLUIS_PROTO_ROOM_H
#define SLUIS_PROTO_ROOM_H

#include <stddef.h>

#include "proto/rc.h"

/* *LIST, of *CAP elements of SIZE bytes, holds N and has room for one more; LIST is the
 * address of a pointer to any object, NULL as long as *CAP is 0.  What is added has no
 * value yet.  RC_NOMEM: nothing changed. */
MUST rc room_for_one(void *list, size_t n, size_t *cap, size_t size);

#endif
