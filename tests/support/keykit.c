/* SPDX-License-Identifier: EUPL-1.2 */
/* keykit.c - keepers for tests. */
#include "support/keykit.h"

#include <sodium.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"

enum { KEEPERS = 32 };

static struct made {
	char           origin[64], epoch[EPOCH_MAX + 1];
	uint8_t        secret[64], master[KEY_BYTES], root[KEY_BYTES];
	struct keeper *keeper;
	uint64_t       last_use;
} all[KEEPERS];
static size_t   n_all;
static uint64_t uses;

static void
end_all(void)
{
	while (n_all > 0) keeper_destroy(&all[--n_all].keeper);
}

/* Where M is, or will be. */
static struct made *
find(const struct made *m)
{
	for (size_t i = 0; i < n_all; i++)
		if (memcmp(&all[i], m, offsetof(struct made, keeper)) == 0)
			return &all[i];
	if (n_all == 0 && atexit(end_all) != 0) abort();
	struct made *at = &all[n_all < KEEPERS ? n_all++ : 0];
	for (size_t i = 0; n_all == KEEPERS && i < n_all; i++)
		if (all[i].last_use < at->last_use) at = &all[i];
	keeper_destroy(&at->keeper);
	*at = *m;
	return at;
}

static struct keeper *
make(const struct made *m)
{
	AUTO(keyring_wipe) struct keyring k = {0};

	struct made *at = find(m);
	at->last_use    = ++uses;
	bool signs      = !sodium_is_zero(m->secret, sizeof m->secret);
	if (at->keeper != NULL && !signs) return at->keeper;
	/* one that signs is new: another journal of this size has another root */
	keeper_destroy(&at->keeper);
	if (sodium_init() < 0 || keyring_make(&k, m->epoch) != RC_OK) abort();
	if (signs) {
		memcpy(k.checkpoint[0].secret, m->secret, sizeof m->secret);
		memcpy(k.checkpoint[0].public_key, m->secret + KEY_BYTES, KEY_BYTES);
	}
	memcpy(k.master[0].secret, m->master, KEY_BYTES);
	memcpy(k.pseudonym[0].secret, m->root, KEY_BYTES);
	if (keeper_local(&at->keeper, &k, m->origin, 1) != RC_OK) abort();
	return at->keeper;
}

struct keeper_line *
kit_line(const char *origin, const uint8_t *secret, const uint8_t *master)
{
	struct made m;

	memset(&m, 0, sizeof m);
	(void)strncpy(m.origin, origin, sizeof m.origin - 1);
	(void)strcpy(m.epoch, "1");
	if (secret != NULL) memcpy(m.secret, secret, sizeof m.secret);
	if (master != NULL) memcpy(m.master, master, sizeof m.master);
	return keeper_line(make(&m), 0);
}

rc
kit_pseudonymiser(
    struct pseudonymiser **ret, const uint8_t root[KEY_BYTES], const char *epoch)
{
	struct made m;

	memset(&m, 0, sizeof m);
	(void)strcpy(m.origin, "kit.example");
	(void)strncpy(m.epoch, epoch, sizeof m.epoch - 1);
	memcpy(m.root, root, KEY_BYTES);
	return pseudonymiser_new(ret, keeper_line(make(&m), 0), 0);
}
