/* SPDX-License-Identifier: EUPL-1.2 */
/* region.h - what a load generator needs to know of a region: docs/client.md. */
#ifndef SLUIS_TESTS_BENCH_REGION_H
#define SLUIS_TESTS_BENCH_REGION_H

#include "certs/keys.h"
#include "proto/limits.h"

struct bench_region {
	char    origin[128], endpoint[128];
	uint8_t curve_public[KEY_BYTES];
};

struct bench_party {
	char        oin[OIN_DIGITS + 1], desk[DESK_MAX + 1];
	struct keys keys;
};

/* Both end the program when a file is missing or malformed. */
void bench_region_read(const char *dir, struct bench_region *ret);
void bench_party_read(const char *dir, const char *name, struct bench_party *ret);

#endif
