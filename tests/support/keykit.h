/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keykit.h - keepers inside the test program, with the keys that a test wants.
 *
 * Each lives until 32 others were made; the same keys have the same line, but for those
 * that sign: these end when the next with their keys begins.
 */
#ifndef SLUIS_TESTS_KEYKIT_H
#define SLUIS_TESTS_KEYKIT_H

#include "broker/decision/pseudonym.h"

/* A line to a keeper of journal ORIGIN that signs with SECRET and wraps with MASTER
 * (either may be NULL: new ones). */
struct keeper_line *kit_line(
    const char *origin, const uint8_t *secret, const uint8_t *master);

/* A pseudonymiser with ROOT in EPOCH; pseudonymiser_destroy() it. */
MUST rc kit_pseudonymiser(
    struct pseudonymiser **ret, const uint8_t root[KEY_BYTES], const char *epoch);

#endif
