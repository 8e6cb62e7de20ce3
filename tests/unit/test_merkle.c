/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_merkle.c - hashes and proofs by construction.
 *
 * The reference is RFC 6962's definition of MTH written down once more as plain
 * recursion, which shares no line with merkle.c or prove.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/merkle.h"

enum { N = 300 };

static struct hash leaves[N];
static struct hash roots[N + 1];
static struct hash perfect[9][N]; /* [level][index], by mth() */

static struct hash
mth(size_t start, size_t n)
{
	size_t k = 1;

	if (n == 0) return merkle_empty();
	if (n == 1) return leaves[start];
	while (k * 2 < n) k *= 2;
	struct hash l = mth(start, k), r = mth(start + k, n - k);
	return merkle_node(&l, &r);
}

static int
plant(void **state)
{
	(void)state;
	for (size_t i = 0; i < N; i++) {
		uint8_t text[2] = {(uint8_t)(i >> 8), (uint8_t)i};
		leaves[i]       = merkle_leaf(slice_of(text, 2));
	}
	for (size_t n = 0; n <= N; n++) roots[n] = mth(0, n);
	for (unsigned level = 0; level < 9; level++)
		for (size_t i = 0; (i + 1) << level <= N; i++)
			perfect[level][i] = mth(i << level, (size_t)1 << level);
	return 0;
}

/* A store of N leaves that refuses to be asked for what is not a perfect subtree. */
static rc
node_at(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	uint64_t size = *(uint64_t *)arg;

	assert_true((index + 1) << level <= size);
	*ret = perfect[level][index];
	return RC_OK;
}

static rc
no_node(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	(void)arg, (void)level, (void)index, (void)ret;
	return RC_DISK;
}

static void
assert_hash(struct hash h, const char *hex)
{
	uint8_t want[HASH_BYTES];
	assert_int_equal(hex_decode(hex, want, HASH_BYTES), RC_OK);
	assert_memory_equal(h.b, want, HASH_BYTES);
}

static void
the_published_hashes_come_out(void **state)
{
	(void)state;

	assert_hash(merkle_empty(),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_hash(merkle_leaf(slice_str("")),
	    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	struct hash leaf = merkle_leaf(slice_str("L123456"));
	assert_int_equal(leaf.b[0], 0x39);
	assert_int_equal(leaf.b[1], 0x5a);
	assert_int_equal(leaf.b[31], 0x56);
}

static void
the_well_known_tree_of_eight_comes_out(void **state)
{
	static const struct {
		const char *p;
		size_t      n;
	} data[] = {{"", 0}, {"\0", 1}, {"\x10", 1}, {"\x20\x21", 2}, {"\x30\x31", 2},
	    {"\x40\x41\x42\x43", 4}, {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
	    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
	struct merkle_frontier f = {0};
	(void)state;

	for (size_t i = 0; i < 8; i++) {
		struct hash h = merkle_leaf(slice_of(data[i].p, data[i].n));
		merkle_append(&f, &h);
	}
	assert_hash(merkle_root(&f),
	    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

static void
leaves_and_nodes_cannot_be_mistaken(void **state)
{
	uint8_t     both[2 * HASH_BYTES];
	struct hash a = leaves[0], b = leaves[1];
	(void)state;

	memcpy(both, a.b, HASH_BYTES);
	memcpy(both + HASH_BYTES, b.b, HASH_BYTES);
	struct hash leaf   = merkle_leaf(slice_of(both, sizeof both)),
	            node   = merkle_node(&a, &b);
	struct hash turned = merkle_node(&b, &a);
	assert_false(hash_equal(&leaf, &node));
	assert_false(hash_equal(&turned, &node));
}

static void
the_frontier_has_the_root_of_every_size(void **state)
{
	struct merkle_frontier f = {0};
	(void)state;

	for (size_t n = 0; n <= N; n++) {
		struct hash root = merkle_root(&f);
		assert_int_equal(f.size, n);
		assert_true(hash_equal(&root, &roots[n]));
		if (n < N) merkle_append(&f, &leaves[n]);
	}
}

static void
stored_nodes_give_the_root_of_every_size(void **state)
{
	struct hash root;
	(void)state;

	for (uint64_t n = 0; n <= N; n++) {
		assert_int_equal(merkle_root_at(node_at, &n, n, &root), RC_OK);
		assert_true(hash_equal(&root, &roots[n]));
	}
}

static void
every_inclusion_verifies_and_for_nothing_else(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= N; n++) {
		for (uint64_t i = 0; i < n; i++) {
			struct merkle_proof p;
			assert_int_equal(
			    merkle_prove_inclusion(node_at, &n, i, n, &p), RC_OK);
			assert_int_equal(
			    merkle_verify_inclusion(&p, i, n, &leaves[i], &roots[n]),
			    RC_OK);
			assert_int_equal(merkle_verify_inclusion(
			                     &p, i, n, &leaves[(i + 1) % N], &roots[n]),
			    RC_BAD_PROOF);
			assert_int_equal(
			    merkle_verify_inclusion(&p, i, n, &leaves[i], &roots[n - 1]),
			    RC_BAD_PROOF);
			if (n > 1)
				assert_int_equal(merkle_verify_inclusion(&p, (i + 1) % n,
				                     n, &leaves[i], &roots[n]),
				    RC_BAD_PROOF);
		}
	}
}

static void
every_consistency_verifies(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= N; n++) {
		for (uint64_t m = 1; m <= n; m++) {
			struct merkle_proof p;
			assert_int_equal(
			    merkle_prove_consistency(node_at, &n, m, n, &p), RC_OK);
			assert_int_equal(
			    merkle_verify_consistency(&p, m, n, &roots[m], &roots[n]),
			    RC_OK);
			assert_int_equal(m == n ? 0 : 1, p.n != 0);
		}
	}
}

/* Any one bit of any proof, of M < N: which bit is walked through over the pairs, and
 * for small trees it is all of them. */
static void
a_changed_bit_breaks_every_proof(void **state)
{
	size_t turn = 0;
	(void)state;

	for (uint64_t n = 2; n <= N; n++) {
		for (uint64_t m = 1; m < n; m++) {
			struct merkle_proof c, i;
			assert_int_equal(
			    merkle_prove_consistency(node_at, &n, m, n, &c), RC_OK);
			assert_int_equal(
			    merkle_prove_inclusion(node_at, &n, m, n, &i), RC_OK);
			for (size_t h = 0; h < c.n; h++) {
				uint8_t *b = &c.hashes[h].b[turn / 8 % HASH_BYTES];
				*b ^= (uint8_t)(1 << turn % 8);
				assert_int_equal(merkle_verify_consistency(
				                     &c, m, n, &roots[m], &roots[n]),
				    RC_BAD_PROOF);
				*b ^= (uint8_t)(1 << turn++ % 8);
			}
			for (size_t h = 0; h < i.n; h++) {
				uint8_t *b = &i.hashes[h].b[turn / 8 % HASH_BYTES];
				*b ^= (uint8_t)(1 << turn % 8);
				assert_int_equal(merkle_verify_inclusion(
				                     &i, m, n, &leaves[m], &roots[n]),
				    RC_BAD_PROOF);
				*b ^= (uint8_t)(1 << turn++ % 8);
			}
		}
	}
	assert_true(turn > 500000);
}

static void
all_bits_of_all_proofs_matter_in_a_tree_of_13(void **state)
{
	uint64_t n = 13;
	(void)state;

	for (uint64_t m = 1; m < n; m++) {
		struct merkle_proof p;
		assert_int_equal(merkle_prove_consistency(node_at, &n, m, n, &p), RC_OK);
		for (size_t bit = 0; bit < p.n * HASH_BYTES * 8; bit++) {
			uint8_t *b = &p.hashes[bit / 256].b[bit % 256 / 8];
			*b ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(
			    merkle_verify_consistency(&p, m, n, &roots[m], &roots[n]),
			    RC_BAD_PROOF);
			*b ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void
a_longer_or_shorter_proof_is_refused(void **state)
{
	(void)state;
	for (uint64_t n = 2; n <= 64; n++) {
		for (uint64_t m = 1; m < n; m++) {
			struct merkle_proof p;
			assert_int_equal(
			    merkle_prove_consistency(node_at, &n, m, n, &p), RC_OK);
			p.hashes[p.n++] = leaves[0];
			assert_int_equal(
			    merkle_verify_consistency(&p, m, n, &roots[m], &roots[n]),
			    RC_BAD_PROOF);
			p.n -= 2;
			assert_int_equal(
			    merkle_verify_consistency(&p, m, n, &roots[m], &roots[n]),
			    RC_BAD_PROOF);
			assert_int_equal(
			    merkle_prove_inclusion(node_at, &n, m, n, &p), RC_OK);
			p.hashes[p.n++] = leaves[0];
			assert_int_equal(
			    merkle_verify_inclusion(&p, m, n, &leaves[m], &roots[n]),
			    RC_BAD_PROOF);
			p.n -= 2;
			assert_int_equal(
			    merkle_verify_inclusion(&p, m, n, &leaves[m], &roots[n]),
			    RC_BAD_PROOF);
		}
	}
}

static void
impossible_questions_are_refused(void **state)
{
	struct merkle_proof p = {.n = 0}, out = {.n = 7};
	uint64_t            n = 5;
	(void)state;

	assert_int_equal(merkle_prove_inclusion(node_at, &n, 5, 5, &out), RC_NOT_FOUND);
	assert_int_equal(merkle_prove_inclusion(node_at, &n, 0, 0, &out), RC_NOT_FOUND);
	assert_int_equal(merkle_prove_consistency(node_at, &n, 0, 5, &out), RC_NOT_FOUND);
	assert_int_equal(merkle_prove_consistency(node_at, &n, 6, 5, &out), RC_NOT_FOUND);
	assert_int_equal(out.n, 7);
	assert_int_equal(
	    merkle_verify_inclusion(&p, 1, 1, &leaves[0], &leaves[0]), RC_BAD_PROOF);
	assert_int_equal(
	    merkle_verify_inclusion(&p, 0, 0, &leaves[0], &leaves[0]), RC_BAD_PROOF);
	assert_int_equal(
	    merkle_verify_consistency(&p, 0, 0, &roots[0], &roots[0]), RC_BAD_PROOF);
	assert_int_equal(
	    merkle_verify_consistency(&p, 0, 5, &roots[0], &roots[5]), RC_BAD_PROOF);
	assert_int_equal(
	    merkle_verify_consistency(&p, 6, 5, &roots[5], &roots[5]), RC_BAD_PROOF);
	assert_int_equal(
	    merkle_verify_consistency(&p, 5, 5, &roots[5], &roots[5]), RC_OK);
	assert_int_equal(
	    merkle_verify_consistency(&p, 5, 5, &roots[4], &roots[5]), RC_BAD_PROOF);
	p.n = MERKLE_PROOF_MAX + 1; /* never read that far */
	assert_int_equal(
	    merkle_verify_inclusion(&p, 0, UINT64_MAX, &leaves[0], &roots[5]),
	    RC_BAD_PROOF);
	assert_int_equal(
	    merkle_verify_consistency(&p, 1, UINT64_MAX, &roots[1], &roots[5]),
	    RC_BAD_PROOF);
}

static void
a_failing_store_fails_the_proof(void **state)
{
	struct merkle_proof p = {.n = 7};
	struct hash         h = leaves[3];
	(void)state;

	assert_int_equal(merkle_prove_inclusion(no_node, NULL, 1, 5, &p), RC_DISK);
	assert_int_equal(merkle_prove_consistency(no_node, NULL, 1, 5, &p), RC_DISK);
	assert_int_equal(merkle_root_at(no_node, NULL, 5, &h), RC_DISK);
	assert_int_equal(p.n, 7);
	assert_true(hash_equal(&h, &leaves[3]));
}

/* The largest trees: every perfect subtree of one level has one and the same hash. */
static rc
uniform_node(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	(void)arg, (void)index;
	*ret = leaves[0];
	while (level-- > 0) *ret = merkle_node(ret, ret);
	return RC_OK;
}

static void
proofs_hold_up_to_64_bits(void **state)
{
	static const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63,
	    (UINT64_C(1) << 63) + 1, UINT64_C(0xaaaaaaaaaaaaaaaa)};
	(void)state;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct merkle_proof p;
		struct hash         root, old;
		uint64_t            n = sizes[i], m = n / 2 + 1;
		assert_int_equal(merkle_root_at(uniform_node, NULL, n, &root), RC_OK);
		assert_int_equal(merkle_root_at(uniform_node, NULL, m, &old), RC_OK);
		assert_int_equal(
		    merkle_prove_inclusion(uniform_node, NULL, n - 1, n, &p), RC_OK);
		assert_int_equal(
		    merkle_verify_inclusion(&p, n - 1, n, &leaves[0], &root), RC_OK);
		assert_int_equal(
		    merkle_prove_consistency(uniform_node, NULL, m, n, &p), RC_OK);
		assert_int_equal(merkle_verify_consistency(&p, m, n, &old, &root), RC_OK);
		assert_int_equal(
		    merkle_verify_consistency(&p, m, n, &root, &root), RC_BAD_PROOF);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_published_hashes_come_out),
	    cmocka_unit_test(the_well_known_tree_of_eight_comes_out),
	    cmocka_unit_test(leaves_and_nodes_cannot_be_mistaken),
	    cmocka_unit_test(the_frontier_has_the_root_of_every_size),
	    cmocka_unit_test(stored_nodes_give_the_root_of_every_size),
	    cmocka_unit_test(every_inclusion_verifies_and_for_nothing_else),
	    cmocka_unit_test(every_consistency_verifies),
	    cmocka_unit_test(a_changed_bit_breaks_every_proof),
	    cmocka_unit_test(all_bits_of_all_proofs_matter_in_a_tree_of_13),
	    cmocka_unit_test(a_longer_or_shorter_proof_is_refused),
	    cmocka_unit_test(impossible_questions_are_refused),
	    cmocka_unit_test(a_failing_store_fails_the_proof),
	    cmocka_unit_test(proofs_hold_up_to_64_bits),
	};
	return cmocka_run_group_tests(tests, plant, NULL);
}
