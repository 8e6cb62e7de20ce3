/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_region.c - region.json, on which everything of a client rests.
 *
 * Target functions: jsonfile_read region_read region_write
 * Claims: what is read is written, and reads as the same; what is refused has a place
 * and a reason.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/region.h"
#include "proto/auto.h"
#include "support/folder.h"

static char folder[FOLDER_MAX];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool claim)
{
	if (!claim) abort();
}

static void
end(void)
{
	remove_folder(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	must(sodium_init() >= 0);
	make_folder(folder, "fuzz-region");
	must(atexit(end) == 0);
	return 0;
}

static void
same_place(const struct site *a, const struct site *b)
{
	must(strcmp(a->endpoint, b->endpoint) == 0);
	must(strcmp(a->endpoint_audit, b->endpoint_audit) == 0);
	must(strcmp(a->endpoint_enrol, b->endpoint_enrol) == 0);
	must(memcmp(a->curve_public, b->curve_public, KEY_BYTES) == 0);
}

static void
same(const struct region *a, const struct region *b)
{
	must(strcmp(a->origin, b->origin) == 0);
	must(a->n_sites == b->n_sites && a->n_sites >= 1 && a->n_sites <= SITES_MAX);
	for (size_t i = 0; i < a->n_sites; i++) same_place(&a->sites[i], &b->sites[i]);
	must(strcmp(a->anchors, b->anchors) == 0 && strcmp(a->trust, b->trust) == 0);
	must(a->cover_s == b->cover_s && a->n_members == b->n_members);
	for (size_t i = 0; i < a->n_members; i++) {
		must(strcmp(a->members[i].name, b->members[i].name) == 0);
		must(strcmp(a->members[i].oin, b->members[i].oin) == 0);
		must(strcmp(a->members[i].desk, b->members[i].desk) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO(region_wipe) struct region r = {.n_members = 0}, again = {.n_members = 0};
	struct sluis_error              e = {0};
	char                            path[64];

	(void)snprintf(path, sizeof path, "%s/region.json", folder);
	must(file_write_later(path, slice_of(p, n), 0644) == RC_OK);
	if (region_read(path, &r, &e) != RC_OK) {
		must(e.code != RC_OK);
		return 0;
	}
	must(r.cover_s <= COVER_MAX_S);
	must(region_write(path, &r) == RC_OK);
	must(region_read(path, &again, &e) == RC_OK);
	same(&r, &again);
	return 0;
}
