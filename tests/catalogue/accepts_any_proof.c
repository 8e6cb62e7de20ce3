/* SPDX-License-Identifier: EUPL-1.2 */
/* accepts_any_proof.c - a mutant: whoever shows a proof is believed. */
#include "proto/merkle.h"

rc __wrap_merkle_verify_inclusion(const struct merkle_proof *proof, uint64_t index,
    uint64_t size, const struct hash *leaf, const struct hash *root);
rc __wrap_merkle_verify_consistency(const struct merkle_proof *proof, uint64_t old,
    uint64_t size, const struct hash *old_root, const struct hash *root);

rc
__wrap_merkle_verify_inclusion(const struct merkle_proof *proof, uint64_t index,
    uint64_t size, const struct hash *leaf, const struct hash *root)
{
	(void)proof, (void)index, (void)size, (void)leaf, (void)root;
	return RC_OK;
}

rc
__wrap_merkle_verify_consistency(const struct merkle_proof *proof, uint64_t old,
    uint64_t size, const struct hash *old_root, const struct hash *root)
{
	(void)proof, (void)old, (void)size, (void)old_root, (void)root;
	return RC_OK;
}
