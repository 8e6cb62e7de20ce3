/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * seat.h - a desk of a party, as a value.
 *
 * Pure.
 */
#ifndef SLUIS_BROKER_SEAT_H
#define SLUIS_BROKER_SEAT_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "case.pb-c.h"
#include "proto/limits.h"

struct seat_id {
	char oin[OIN_DIGITS + 1];
	char desk[DESK_MAX + 1];
};

/* Both are names that the policy, the store or a binding knows: they fit. */
static inline struct seat_id
seat_of(const char *oin, const char *desk)
{
	struct seat_id s = {.oin = ""};

	(void)snprintf(s.oin, sizeof s.oin, "%s", oin);
	(void)snprintf(s.desk, sizeof s.desk, "%s", desk);
	return s;
}

static inline bool
seat_equal(const struct seat_id *a, const struct seat_id *b)
{
	return strcmp(a->oin, b->oin) == 0 && strcmp(a->desk, b->desk) == 0;
}

enum { SEAT_BUCKETS = 256 };

/* The bucket of a desk, for tables of them.  Names are those of the policy, so nobody
 * chooses them to fall together; FNV-1a. */
static inline unsigned
seat_bucket(const char *oin, const char *desk)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *oin != '\0'; oin++) h = (h ^ (uint8_t)*oin) * 0x100000001b3u;
	for (; *desk != '\0'; desk++) h = (h ^ (uint8_t)*desk) * 0x100000001b3u;
	return (unsigned)((h ^ h >> 32) % SEAT_BUCKETS);
}

/* Whether BOX says that WHO may open it. */
static inline bool
seat_opens(const struct seat_id *who, const Sluis__Sealed *box)
{
	return box->oin != NULL && box->desk != NULL && strcmp(box->oin, who->oin) == 0 &&
	       strcmp(box->desk, who->desk) == 0;
}

#endif
