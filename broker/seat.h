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

/* Whether BOX says that WHO may open it. */
static inline bool
seat_opens(const struct seat_id *who, const Sluis__Sealed *box)
{
	return box->oin != NULL && box->desk != NULL && strcmp(box->oin, who->oin) == 0 &&
	       strcmp(box->desk, who->desk) == 0;
}

#endif
