/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_past.c - any leaf and detail as a past decision: client/command/policy/past.c
 * past_read(), then policy/study/rerule.c under the shipped policy.
 *
 * Two bytes say how long the leaf is; the rest is its detail, which is made to fit.  Put
 * to one policy twice, nothing may come out differently.
 */
#include <sodium.h>
#include <stdlib.h>

#include "client/command/policy/past.h"
#include "fuzz/support/grow.h"
#include "proto/auto.h"
#include "proto/message.h"

enum { LEAF_HEAD = 2, MANY_GROUPS = 6 };

static struct policy *policy;

int    LLVMFuzzerInitialize(int *argc, char ***argv);
int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	return grow_pair(LEAF_HEAD, &sluis__leaf__descriptor, &sluis__detail__descriptor,
	    p, n, max, seed);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	if (sodium_init() < 0) abort();
	if (policy_load(SOURCE_DIR "/policy", &policy, NULL) != RC_OK) abort();
	return 0;
}

/* The leaf in LEAF with the digest of DETAIL, serialised. */
static bool
fitting(struct slice leaf, struct slice detail, struct buf *out)
{
	AUTO(message_destroy) Sluis__Leaf *l = sluis__leaf__unpack(NULL, leaf.n, leaf.p);
	uint8_t                            digest[HASH_BYTES];

	if (l == NULL) return false;
	(void)crypto_hash_sha256(digest, detail.p, detail.n);
	free(l->detail_digest.data);
	l->detail_digest.data = NULL;
	l->has_detail_digest  = 0;
	if (message_bytes(&l->has_detail_digest, &l->detail_digest,
	        slice_of(digest, sizeof digest)) != RC_OK)
		return false;
	return message_pack(&l->base, out) == RC_OK;
}

static void
rule_again(const struct past *p)
{
	struct rerule r;

	if (p->kind != PAST_DECISION) return;
	/* what was not weighed is searched for: a few groups are enough here */
	if (!p->decided.weighed && p->decided.n_groups > MANY_GROUPS) return;
	(void)rerule_holds(&p->decided, policy);
	rerule(&p->decided, policy, policy, &r);
	if (rerule_differs(&r) && p->decided.weighed) abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO(buf_wipe) struct buf   bytes = buf_init(1 << 16);
	AUTO(past_wipe) struct past p     = {0};

	if (n < LEAF_HEAD) return 0;
	size_t len = (size_t)data[0] << 8 | data[1];
	if (len > n - LEAF_HEAD) len = n - LEAF_HEAD;
	struct slice detail = slice_of(data + LEAF_HEAD + len, n - LEAF_HEAD - len);
	if (!fitting(slice_of(data + LEAF_HEAD, len), detail, &bytes)) return 0;
	if (past_read(1, buf_slice(&bytes), detail, &p) == RC_OK) rule_again(&p);
	return 0;
}
