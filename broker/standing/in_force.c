/* SPDX-License-Identifier: EUPL-1.2 */
/* in_force.c - the row of the policy in force, held against the journal. */
#include "broker/standing/in_force.h"

#include <string.h>

#include "proto/auto.h"
#include "proto/message.h"

/* The policy that LEAF names as in force; RC_NOT_FOUND: it names none. */
static rc
read_name(struct slice bytes, struct hash *ret)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	TRY(message_unpack(&sluis__leaf__descriptor, bytes, RC_BAD_TREE, &leaf));

	const ProtobufCBinaryData *name = leaf->kind == SLUIS__EVENT_KIND__EVENT_POLICY
	                                      ? &leaf->subject_digest
	                                      : &leaf->bundle_hash;
	if (name->len == 0) return RC_NOT_FOUND;
	if (name->len != HASH_BYTES) return RC_BAD_TREE;
	memcpy(ret->b, name->data, HASH_BYTES);
	return RC_OK;
}

/* The policy that leaf INDEX of the tree names. */
static rc
name_at(struct journal *j, uint64_t index, struct hash *ret)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(2 * LEAF_MAX);
	Sluis__Receipt                    r   = SLUIS__RECEIPT__INIT;

	rc code = journal_receipt(j, &(struct receipt_wanted){.index = index}, &mem, &r);
	if (code == RC_NOT_FOUND) return RC_BAD_TREE;
	TRY(code);
	return read_name(message_slice(&r.leaf), ret);
}

/* The policy in force by the journal alone; the newest leaves name it. */
static rc
newest_name(struct journal *j, struct hash *ret)
{
	for (uint64_t i = journal_size(j); i-- > 0;) {
		rc code = name_at(j, i, ret);
		if (code != RC_NOT_FOUND) return code;
	}
	return RC_NOT_FOUND;
}

/* Whether row and journal agree: both NOT_FOUND, or both found and the same. */
static rc
compare(rc row, const struct hash *hash, rc named, const struct hash *name)
{
	if (row != RC_OK && row != RC_NOT_FOUND) return row;
	if (named != RC_OK && named != RC_NOT_FOUND) return named;
	if (row != named) return RC_BAD_TREE;
	return row == RC_NOT_FOUND || hash_equal(hash, name) ? row : RC_BAD_TREE;
}

/* The entry of ROW says that this very bundle took effect. */
static rc
check_entry(struct journal *j, const struct policy_row *row)
{
	AUTO(scratch_wipe) struct scratch  mem  = scratch_init(2 * LEAF_MAX);
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	Sluis__Receipt                     r    = SLUIS__RECEIPT__INIT;

	rc code =
	    journal_receipt(j, &(struct receipt_wanted){.index = row->leaf}, &mem, &r);
	TRY(code == RC_NOT_FOUND ? RC_BAD_TREE : code);
	TRY(message_unpack(
	    &sluis__leaf__descriptor, message_slice(&r.leaf), RC_BAD_TREE, &leaf));
	if (leaf == NULL || leaf->kind != SLUIS__EVENT_KIND__EVENT_POLICY ||
	    !slice_equal(slice_of(leaf->subject_digest.data, leaf->subject_digest.len),
	        slice_of(row->hash.b, HASH_BYTES)))
		return RC_BAD_TREE;
	return RC_OK;
}

rc
in_force_find(struct store *s, struct journal *j, struct policy_row *ret)
{
	struct hash name = {0};

	rc row = store_last_policy(s, ret);
	TRY(compare(row, &ret->hash, newest_name(j, &name), &name));
	return check_entry(j, ret);
}

static rc
take_name(void *arg, struct slice leaf)
{
	return read_name(leaf, arg);
}

rc
in_force_peek(const char *dir, struct policy_row *ret)
{
	struct hash name = {0};

	rc row = store_peek_policy(dir, ret);
	return compare(row, &ret->hash, store_peek_leaves(dir, take_name, &name), &name);
}
