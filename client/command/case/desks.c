/* SPDX-License-Identifier: EUPL-1.2 */
/* desks.c - names of desks to Recipients. */
#include "client/command/case/desks.h"

#include "client/command/complain.h"
#include "client/command/shipped.h"
#include "proto/auto.h"
#include "proto/message.h"

static void
lookup_wipe(struct role_lookup *l)
{
	policy_destroy(&l->policy);
}

/* Let the I-th message say what the I-th name does. */
static void
point(struct desks *a, size_t i)
{
	sluis__recipient__init(&a->items[i]);
	a->items[i].oin = a->named[i].oin;
	if (a->named[i].desk[0] != '\0') a->items[i].desk = a->named[i].desk;
	a->list[i] = &a->items[i];
}

rc
desks_read(struct cli *cli, const struct sluis *s, const char *where, const char *list,
    struct desks *ret)
{
	AUTO(lookup_wipe) struct role_lookup lookup = {.cli = cli, .policy = NULL};
	struct directory   d = {.region = s, .role = role_lookup, .arg = &lookup};
	struct sluis_error e;

	ret->n  = 0;
	rc code = list != NULL
	              ? names_resolve(&d, list, ret->named, &ret->n, &e)
	              : error_set(&e, RC_USAGE, where, N_("this option must be given"));
	if (code == RC_EMPTY_AUDIENCE)
		(void)snprintf(e.where, sizeof e.where, "%s", where);
	if (code != RC_OK) (void)complain(cli, &e);
	for (size_t i = 0; code == RC_OK && i < ret->n; i++) point(ret, i);
	return code;
}

rc
desks_add(struct desks *a, const char *oin, const char *desk)
{
	if (a->n == NAMED_MAX) return RC_TOO_MANY;
	struct named *n = &a->named[a->n];
	(void)snprintf(n->oin, sizeof n->oin, "%s", oin);
	(void)snprintf(n->desk, sizeof n->desk, "%s", desk != NULL ? desk : "");
	point(a, a->n++);
	return RC_OK;
}
