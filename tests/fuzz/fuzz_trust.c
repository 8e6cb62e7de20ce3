/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_trust.c - certificates and revocation lists as files, from whoever made them.
 *
 * The first byte says what the rest is: 'a' anchors, beside a good list; 'c' lists,
 * beside a good anchor; 'b' both in one.  DER is changed where it is DER: inside the
 * base64 of a PEM block, and the block is written again.
 *
 * Target functions: trust_load trust_load_anchors, and pem.c below them
 * Claims: the same bytes load or do not load twice; what loads has digests.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/ca.h"
#include "certs/file.h"
#include "certs/trust.h"
#include "proto/auto.h"
#include "support/folder.h"

enum { PEM_ROOM = 64 * 1024, NOW_S = 1800000000 };

static struct buf anchors, lists;

int    LLVMFuzzerInitialize(int *argc, char ***argv);
int    LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

static void
must(bool claim)
{
	if (!claim) abort();
}

static void
read_from(const char *dir, const char *name, struct buf *out)
{
	char path[128];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	*out = buf_init(PEM_ROOM);
	must(file_read(path, PEM_ROOM, false, out) == RC_OK);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char dir[FOLDER_MAX];

	(void)argc, (void)argv;
	must(sodium_init() >= 0);
	make_folder(dir, "fuzz-trust");
	must(ca_create(dir, "Fuzz CA", NOW_S, 30) == RC_OK);
	read_from(dir, "ca.pem", &anchors);
	read_from(dir, "crl.pem", &lists);
	remove_folder(dir);
	return 0;
}

/* --- changing what stands inside a PEM block --------------------------------------- */

/* The first block in the N bytes at P: where its base64 begins, and how long it is. */
static bool
find_block(const uint8_t *p, size_t n, size_t *ret_at, size_t *ret_n)
{
	const uint8_t *end   = p + n;
	const uint8_t *begin = memmem(p, n, "-----BEGIN ", 11);

	if (begin == NULL) return false;
	begin = memchr(begin, '\n', (size_t)(end - begin));
	if (begin == NULL) return false;
	begin++;
	const uint8_t *last = memmem(begin, (size_t)(end - begin), "-----END ", 9);
	if (last == NULL) return false;
	*ret_at = (size_t)(begin - p);
	*ret_n  = (size_t)(last - begin);
	return true;
}

/* DER as lines of base64. */
static size_t
write_base64(const uint8_t *der, size_t n, char *out, size_t size)
{
	AUTO(auto_free) char *flat = malloc(n * 2 + 8);
	size_t                used = 0;

	must(flat != NULL);
	must(sodium_bin2base64(flat, n * 2 + 8, der, n, sodium_base64_VARIANT_ORIGINAL) !=
	     NULL);
	for (const char *p = flat; *p != '\0' && used + 66 < size;) {
		size_t line = strlen(p) < 64 ? strlen(p) : 64;
		memcpy(out + used, p, line);
		used += line;
		out[used++] = '\n';
		p += line;
	}
	return used;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	static uint8_t der[PEM_ROOM];
	static char    text[2 * PEM_ROOM];
	size_t         at, len, m = 0;

	if (seed % 4 == 0 || !find_block(p, n, &at, &len) ||
	    sodium_base642bin(der, sizeof der / 2, (char *)p + at, len, "\n\r ", &m, NULL,
	        sodium_base64_VARIANT_ORIGINAL) != 0)
		return LLVMFuzzerMutate(p, n, max);
	m             = LLVMFuzzerMutate(der, m, sizeof der / 2);
	size_t now    = write_base64(der, m, text, sizeof text);
	size_t behind = n - at - len;
	if (at + now + behind > max) return LLVMFuzzerMutate(p, n, max);
	memmove(p + at + now, p + at + len, behind);
	memcpy(p + at, text, now);
	return at + now + behind;
}

/* --- the target -------------------------------------------------------------------- */

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO(trust_destroy) struct trust *t = NULL, *again = NULL, *bare = NULL;

	if (n == 0) return 0;
	struct slice rest = slice_of(p + 1, n - 1);
	struct slice a    = p[0] == 'c' ? buf_slice(&anchors) : rest;
	struct slice c    = p[0] == 'a' ? buf_slice(&lists) : rest;
	rc           code = trust_load(a, c, &t);
	must(trust_load(a, c, &again) == code);
	must((t != NULL) == (code == RC_OK));
	ignore(trust_load_anchors(a, &bare));
	if (t == NULL) return 0;
	must(hash_equal(trust_anchors_digest(t), trust_anchors_digest(again)));
	must(hash_equal(trust_crl_digest(t), trust_crl_digest(again)));
	must(trust_crl_until_s(t) == trust_crl_until_s(again));
	return 0;
}
