/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rotate_check.c - does the state still need a master key that is to be retired?
 *
 * Every key there that another one than the newest wrapped is tried, by a keeper of the
 * keys file, for a token may have the master keys.
 */
#include <stdio.h>

#include "broker/keeper/configured.h"
#include "broker/keys/rewrap.h"
#include "broker/keys/rotate.h"
#include "broker/log.h"
#include "broker/why.h"
#include "proto/auto.h"

struct looking {
	struct keeper       *keeper;
	uint64_t             needed; /* keys that the old one opens */
	struct wrapped_names lost;
};

static void
looking_wipe(struct looking *l)
{
	keeper_destroy(&l->keeper);
}

static rc
look_at_page(
    void *arg, enum wrapped_table table, const struct wrapped_row *page, size_t n)
{
	struct looking   *l = arg;
	struct rewrapping ask[WRAPPED_PAGE];

	TRY(rewrap_ask(keeper_line(l->keeper, 0), table, page, n, ask));
	for (size_t i = 0; i < n; i++)
		if (ask[i].code == RC_OK)
			l->needed++;
		else
			wrapped_names_add(&l->lost, table, page[i].id);
	return RC_OK;
}

static rc
refuse(uint64_t n, const char *why)
{
	LOG(LOG_CONFIG, .code = RC_CONFIG, .n = n, .detail = why);
	return RC_CONFIG;
}

/* As many are lost as the operator said, who knows what it means. */
static rc
check_lost(const struct wrapped_names *found, uint64_t lost)
{
	char text[WHY_MAX];

	if (found->n == 0 && lost == 0) return RC_OK;
	if (found->n == 0) return refuse(0, "--accept-loss: nothing is lost");
	(void)snprintf(text, sizeof text,
	    "no master key opens %s: put them back from a backup "
	    "(docs/administrator.md), or --accept-loss %llu",
	    found->text, (unsigned long long)found->n);
	if (found->n != lost) return refuse(found->n, text);
	(void)snprintf(text, sizeof text, "given up: %s", found->text);
	LOG(LOG_KEYS_UNREADABLE, .code = RC_CRYPTO, .n = found->n, .detail = text);
	return RC_OK;
}

rc
rotate_check_rewrapped(const struct config *c, const struct keyring *k, uint64_t lost)
{
	AUTO(looking_wipe) struct looking l = {0};

	TRY(keeper_configured(&l.keeper, c, 1, NULL));
	rc code = store_each_by_others(c->state_dir, k->master[0].id, look_at_page, &l);
	TRY(why_tell(LOG_CONFIG, code, c->state_dir,
	    code == RC_CONFIG ? "stop sluisd first: it has the state"
	                      : "the state cannot be read"));
	if (l.needed != 0)
		return refuse(l.needed,
		    "the old master key is needed still: start sluisd and wait for "
		    "MASTER-REWRAPPED");
	return check_lost(&l.lost, lost);
}
