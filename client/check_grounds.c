/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * check_grounds.c - the rules and obligations in a copy are those of its entry.
 *
 * Why a field was given, and what it binds to, is the broker's word.  It must be the same
 * word as in the journal: there an auditor holds it against the policy.
 */
#include <string.h>

#include "client/check.h"
#include "client/error.h"
#include "proto/text.h"

static rc
differs(const struct checker *c, const char *where)
{
	return error_set(
	    c->error, RC_BAD_DIGEST, where, N_("says other than its journal entry"));
}

/* But for the article, which a leaf has no room for. */
static bool
same_group(const Sluis__RuleGroup *a, const Sluis__RuleGroup *b)
{
	return a->action == b->action && text_same(a->rule, b->rule) &&
	       slice_equal(slice_of(a->paths.data, a->paths.len),
	           slice_of(b->paths.data, b->paths.len));
}

rc
check_grounds(const struct checker *c, const Sluis__Leaf *leaf, const Sluis__Copy *copy)
{
	if (leaf->n_released != copy->n_grounds) return differs(c, "copy.grounds");
	for (size_t i = 0; i < copy->n_grounds; i++)
		if (!same_group(leaf->released[i], copy->grounds[i]))
			return differs(c, "copy.grounds");
	if (leaf->n_obligations != copy->n_obligations)
		return differs(c, "copy.obligations");
	for (size_t i = 0; i < copy->n_obligations; i++)
		if (!text_same(leaf->obligations[i], copy->obligations[i]->id))
			return differs(c, "copy.obligations");
	return RC_OK;
}
