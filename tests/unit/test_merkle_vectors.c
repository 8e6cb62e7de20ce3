/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_merkle_vectors.c - every public vector comes out as its wantErr says.
 *
 * The length checks that tests/vectors/README.md speaks of stand here, where the
 * JSON is parsed: a hash of an inclusion or inside a proof is 32 bytes; a root of a
 * consistency case may be shorter (one valid case has 12) and is then filled up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "../support/files.h"
#include "proto/auto.h"
#include "proto/merkle.h"

#define VECTORS SOURCE_DIR "/tests/vectors/rfc6962/"

static bool
parse_hash(const json_t *text, bool exact, struct hash *ret)
{
	AUTO(buf_wipe) struct buf b = buf_init(4096);

	*ret = (struct hash){{0}};
	if (!json_is_string(text)) return false;
	if (base64_decode(slice_str(json_string_value(text)), &b) != RC_OK) return false;
	if (b.n > HASH_BYTES || (exact && b.n != HASH_BYTES)) return false;
	if (b.n != 0) memcpy(ret->b, b.p, b.n);
	return true;
}

static bool
parse_proof(const json_t *list, struct merkle_proof *ret)
{
	ret->n = json_array_size(list); /* null: no hashes */
	if (ret->n > MERKLE_PROOF_MAX) return false;
	for (size_t i = 0; i < ret->n; i++)
		if (!parse_hash(json_array_get(list, i), true, &ret->hashes[i]))
			return false;
	return true;
}

static uint64_t
number(const json_t *json, const char *key)
{
	const json_t *v = json_object_get(json, key);
	if (json_is_string(v)) return UINT64_MAX; /* see load() */
	assert_true(json_is_integer(v));
	return (uint64_t)json_integer_value(v);
}

static bool
inclusion_holds(const json_t *json)
{
	struct merkle_proof proof;
	struct hash         leaf, root;

	return parse_proof(json_object_get(json, "proof"), &proof) &&
	       parse_hash(json_object_get(json, "leafHash"), true, &leaf) &&
	       parse_hash(json_object_get(json, "root"), true, &root) &&
	       merkle_verify_inclusion(&proof, number(json, "leafIdx"),
	           number(json, "treeSize"), &leaf, &root) == RC_OK;
}

static bool
consistency_holds(const json_t *json)
{
	struct merkle_proof proof;
	struct hash         old, root;

	return parse_proof(json_object_get(json, "proof"), &proof) &&
	       parse_hash(json_object_get(json, "root1"), false, &old) &&
	       parse_hash(json_object_get(json, "root2"), false, &root) &&
	       merkle_verify_consistency(&proof, number(json, "size1"),
	           number(json, "size2"), &old, &root) == RC_OK;
}

/* Two files hold 2^64 - 1, which jansson has no integer for: read it as a string. */
static json_t *
load(const char *path)
{
	static const char         big[] = ": 18446744073709551615,";
	AUTO(buf_wipe) struct buf b     = buf_init(65536);

	read_file(path, &b);
	uint8_t *at = memmem(b.p, b.n, big, sizeof big - 1);
	if (at != NULL) memcpy(at, ": \"184467440737095516\",", sizeof big - 1);
	return json_loadb((char *)b.p, b.n, 0, NULL);
}

struct tally {
	bool (*holds)(const json_t *json);
	size_t valid, invalid;
};

static void
take(const char *path, void *arg)
{
	struct tally *t    = arg;
	json_t       *json = load(path);
	const json_t *want;

	assert_non_null(json);
	want = json_object_get(json, "wantErr");
	assert_true(json_is_boolean(want));
	if (t->holds(json) == json_is_true(want)) fail_msg("%s", path);
	if (json_is_true(want))
		t->invalid++;
	else
		t->valid++;
	json_decref(json);
}

static void
inclusion_vectors_come_out_as_they_say(void **state)
{
	struct tally t = {.holds = inclusion_holds};
	(void)state;

	assert_int_equal(walk_files(VECTORS "inclusion", take, &t), 98);
	assert_int_equal(t.valid, 6);
	assert_int_equal(t.invalid, 92);
}

static void
consistency_vectors_come_out_as_they_say(void **state)
{
	struct tally t = {.holds = consistency_holds};
	(void)state;

	assert_int_equal(walk_files(VECTORS "consistency", take, &t), 98);
	assert_int_equal(t.valid, 6);
	assert_int_equal(t.invalid, 92);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(inclusion_vectors_come_out_as_they_say),
	    cmocka_unit_test(consistency_vectors_come_out_as_they_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
