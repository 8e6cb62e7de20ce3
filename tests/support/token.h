/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * token.h - makes a PKCS#11 token (SoftHSM) with given keys, for tests.
 *
 * The module keeps state for its process, so this is for a process that does nothing
 * else.  Whatever fails ends it.
 */
#ifndef SLUIS_TESTS_TOKEN_H
#define SLUIS_TESTS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define TOKEN_NAME "sluis"
#define TOKEN_PIN "1234"

struct token_key {
	const char *label;
	bool        pair;       /* Ed25519, by its seed; else a secret of HMACs */
	uint8_t     secret[32]; /* not extractable once it is there */
};

/* Where SOFTHSM2_CONF says. */
void token_make(const struct token_key *keys, size_t n);

#endif
