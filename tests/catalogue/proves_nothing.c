/* SPDX-License-Identifier: EUPL-1.2 */
/* proves_nothing.c - a mutant: a proof of growth without its last hash. */
#include "proto/merkle.h"

rc __real_merkle_prove_consistency(merkle_node_at node_at, void *arg, uint64_t old,
    uint64_t size, struct merkle_proof *ret);
rc __wrap_merkle_prove_consistency(merkle_node_at node_at, void *arg, uint64_t old,
    uint64_t size, struct merkle_proof *ret);

rc
__wrap_merkle_prove_consistency(merkle_node_at node_at, void *arg, uint64_t old,
    uint64_t size, struct merkle_proof *ret)
{
	rc code = __real_merkle_prove_consistency(node_at, arg, old, size, ret);

	if (code == RC_OK && ret->n != 0) ret->n--;
	return code;
}
