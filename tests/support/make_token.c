/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * make_token.c - make-token pair:LABEL=HEX|root:LABEL=HEX ...
 *
 * A token with these keys where SOFTHSM2_CONF says, for end-to-end tests; exit 77 where
 * there is no SoftHSM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/bytes.h"
#include "token.h"

enum { KEYS_MAX = 16 };

static bool
read_key(char *word, struct token_key *ret)
{
	char *hex = strchr(word, '=');

	ret->pair = strncmp(word, "pair:", 5) == 0;
	if (hex == NULL || (!ret->pair && strncmp(word, "root:", 5) != 0)) return false;
	*hex       = '\0';
	ret->label = word + 5;
	return hex_decode(hex + 1, ret->secret, sizeof ret->secret) == RC_OK;
}

int
main(int argc, char **argv)
{
	struct token_key keys[KEYS_MAX];
	int              n = argc - 1;

	if (access(TOKEN_MODULE, R_OK) != 0) return 77;
	if (n > KEYS_MAX) return 2;
	for (int i = 0; i < n; i++)
		if (!read_key(argv[1 + i], &keys[i])) return 2;
	token_make(keys, (size_t)n);
	return 0;
}
