/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rotate_served.c - was the second CURVE key served, before the first one is retired?
 *
 * Where it is served is known only when it is (a port may be the system's choice), and no
 * region file can have named it before.  The journal says of every start which keys are
 * served (journal/epoch.h): the newest one is looked at, back to its beginning.
 */
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/keys/rotate.h"
#include "broker/log.h"
#include "broker/store/store.h"
#include "broker/why.h"
#include "proto/auto.h"
#include "proto/message.h"

static bool
is_served_by(const Sluis__Leaf *l, const uint8_t digest[HASH_BYTES])
{
	return l->kind == SLUIS__EVENT_KIND__EVENT_EPOCH && l->purpose != NULL &&
	       strcmp(l->purpose, "channel_next") == 0 &&
	       slice_equal(slice_of(l->subject_digest.data, l->subject_digest.len),
	           slice_of(digest, HASH_BYTES));
}

/* Whether the newest start of S had the key of DIGEST as its next one. */
static rc
look_back(struct store *s, const uint8_t digest[HASH_BYTES], bool *ret)
{
	uint64_t n     = 0;
	bool     begun = false;

	TRY(store_count_leaves(s, &n));
	for (*ret = false; n > 0 && !*ret && !begun; n--) {
		AUTO(buf_wipe) struct buf          bytes = buf_init(LEAF_MAX);
		AUTO(message_destroy) Sluis__Leaf *leaf  = NULL;
		TRY(store_get_leaf(s, n - 1, &bytes, NULL));
		TRY(message_unpack(
		    &sluis__leaf__descriptor, buf_slice(&bytes), RC_BAD_TREE, &leaf));
		*ret  = is_served_by(leaf, digest);
		begun = leaf->kind == SLUIS__EVENT_KIND__EVENT_OPENED;
	}
	return RC_OK;
}

static rc
ask_state(const struct config *c, const uint8_t digest[HASH_BYTES], bool *ret)
{
	AUTO(store_destroy) struct store *s = NULL;
	char                              path[PATH_MAX];

	*ret = false;
	if (snprintf(path, sizeof path, "%s/sluis.db", c->state_dir) >= (int)sizeof path)
		return RC_DISK;
	/* opening a state that is not there would make one */
	if (access(path, F_OK) != 0 && errno == ENOENT) return RC_OK;
	TRY(store_open(&s, c->state_dir));
	return look_back(s, digest, ret);
}

rc
rotate_check_served(const struct config *c, const struct keyring *k)
{
	uint8_t digest[HASH_BYTES];
	bool    served = false;

	(void)crypto_hash_sha256(digest, k->curve[1].public_key, KEY_BYTES);
	rc code = ask_state(c, digest, &served);
	TRY(why_tell(LOG_CONFIG, code, c->state_dir,
	    code == RC_CONFIG ? "stop sluisd first: it has the state"
	                      : "the state cannot be read"));
	if (served) return RC_OK;
	return why_tell(LOG_CONFIG, RC_CONFIG, c->keys_file,
	    "the new key was not served yet: start sluisd with both first, so that "
	    "clients "
	    "can learn it");
}
