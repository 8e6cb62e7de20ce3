/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_tree.c - the files of a journal's copy: entry bundles, hash tiles, trust files.
 *
 * The first byte says what the rest is: 'e' an entry bundle, 'h' hashes of a tile, 'p' a
 * place in a tree (level, index, size), 't' a trust file and, after its empty line, a
 * checkpoint to be judged by it.
 *
 * Target functions: tile_next_entry tile_put_entry tile_path tile_width_at
 * tile_tree_append tile_tree_node trust_policy_parse trust_policy_judge trust_policy_line
 * trust_policy_also trust_policy_quorum cosignature_find checkpoint_peek
 * Claims: entries that come off a bundle make the same bundle; a tile's own hashes come
 * back, and its root is the tree's; a tile that exists has a path; nothing is judged
 * good, for nobody has a key, and a quorum of nobody is only there when none is asked.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/cosignature.h"
#include "proto/merkle.h"
#include "proto/tile.h"
#include "proto/trust_policy.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool claim)
{
	if (!claim) abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	must(sodium_init() >= 0);
	return 0;
}

static void
entries(struct slice bundle)
{
	AUTO(buf_wipe) struct buf again = buf_init(bundle.n);
	struct slice              rest  = bundle, entry;

	while (tile_next_entry(&rest, &entry) == RC_OK)
		must(tile_put_entry(entry, &again) == RC_OK);
	must(again.n + rest.n == bundle.n);
	must(again.n == 0 || memcmp(again.p, bundle.p, again.n) == 0);
}

static void
hashes(struct slice s)
{
	static struct tile_tree t; /* large */
	struct merkle_frontier  tree = {0};
	struct hash             h, got;

	memset(&t, 0, sizeof t);
	for (; s.n >= HASH_BYTES && t.width < TILE_WIDTH; s.p += HASH_BYTES) {
		memcpy(h.b, s.p, HASH_BYTES);
		s.n -= HASH_BYTES;
		must(tile_tree_node(&t, 0, t.width, &got) == RC_NOT_FOUND);
		tile_tree_append(&t, &h);
		merkle_append(&tree, &h);
		must(tile_tree_node(&t, 0, t.width - 1, &got) == RC_OK);
		must(hash_equal(&h, &got));
	}
	rc code = tile_tree_node(&t, TILE_HEIGHT, 0, &got);
	must((code == RC_OK) == (t.width == TILE_WIDTH));
	if (code == RC_OK) {
		h = merkle_root(&tree);
		must(hash_equal(&h, &got));
	}
}

static void
place(struct slice s)
{
	uint64_t    n[3] = {0};
	char        path[TILE_PATH_MAX];
	struct tile t;

	memcpy(n, s.p, s.n < sizeof n ? s.n : sizeof n);
	t.level = (int)(n[0] % 512) - 256;
	t.index = n[1];
	t.width = (unsigned)(n[0] >> 32);
	rc code = tile_path(&t, path);
	if (code == RC_OK) must(strlen(path) < sizeof path);
	if (t.level < 0 || t.level >= TILE_LEVELS) return;
	t.width = tile_width_at((unsigned)t.level, n[1], n[2]);
	must(t.width <= TILE_WIDTH);
	if (t.width != 0) must(tile_path(&t, path) == RC_OK);
}

/* Where the trust file ends and the note begins. */
static void
cut(struct slice *file, struct slice *note)
{
	const uint8_t *at = file->n == 0 ? NULL : memmem(file->p, file->n, "\n\n", 2);

	*note = slice_of(NULL, 0);
	if (at == NULL) return;
	size_t n = (size_t)(at - file->p) + 1;
	*note    = slice_of(file->p + n + 1, file->n - n - 1);
	file->n  = n;
}

static void
trust(struct slice file)
{
	AUTO(trust_policy_destroy) struct trust_policy *p = NULL;
	static const bool                               nobody[TRUST_WITNESSES_MAX];
	static struct trust_verdict                     verdict; /* large */
	static const uint8_t                            key[KEY_BYTES] = {1};
	struct trust_fault                              fault          = {0};
	struct note_verifier                            v;
	struct checkpoint                               head;
	struct slice                                    note;
	uint64_t                                        time_s;
	size_t                                          who;

	cut(&file, &note);
	ignore(checkpoint_peek(note, &head));
	must(note_verifier_init(&v, "sluis.example/fuzz", key) == RC_OK);
	must(cosignature_find(note, &v, &time_s) != RC_OK);
	if (trust_policy_parse(file, &p, &fault) != RC_OK) {
		must(fault.what != NULL);
		return;
	}
	must(trust_policy_n_logs(p) <= TRUST_LOGS_MAX);
	must(trust_policy_n_witnesses(p) <= TRUST_WITNESSES_MAX);
	must(trust_policy_judge(p, note, &verdict) != RC_OK || verdict.n_cosigned == 0);
	must(trust_policy_line(p, note, file, &who, &time_s) != RC_OK);
	(void)trust_policy_quorum(p, nobody);
	ignore(trust_policy_also(p, &v));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n == 0) return 0;
	struct slice rest = slice_of(p + 1, n - 1);
	if (p[0] == 'e') entries(rest);
	if (p[0] == 'h') hashes(rest);
	if (p[0] == 'p') place(rest);
	if (p[0] == 't') trust(rest);
	return 0;
}
