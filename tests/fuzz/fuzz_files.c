/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_files.c - what a broker reads of its administrator: sluisd.yaml, the keys, a
 * backup's manifest.
 *
 * The first byte says which file the rest is: 'c', 'k' or 'm'.
 *
 * Target functions: config_load keyring_read manifest_read
 * Claims: a configuration that loads has every limit within its bounds and a reason if it
 * does not load; keys that load are whole; nothing that is refused leaves a key behind.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/backup/manifest.h"
#include "broker/config.h"
#include "broker/keys/keyring.h"
#include "certs/file.h"
#include "proto/auto.h"
#include "proto/limits.h"
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
	make_folder(folder, "fuzz-files");
	must(atexit(end) == 0);
	return 0;
}

static void
put(const char *name, struct slice s, char path[64])
{
	(void)snprintf(path, 64, "%s/%s", folder, name);
	must(file_write_later(path, s, 0600) == RC_OK);
}

static void
configuration(struct slice s)
{
	AUTO(config_destroy) struct config *c = NULL;
	AUTO(auto_free) struct findings    *f = calloc(1, sizeof *f);
	char                                path[64];

	must(f != NULL);
	put("sluisd.yaml", s, path);
	rc code = config_load(path, &c, f);
	must((c != NULL) == (code == RC_OK));
	if (code == RC_CONFIG) must(f->n > 0 || s.n == 0);
	if (c == NULL) return;
	must(c->origin != NULL && c->state_dir != NULL && c->keys_file != NULL);
	must(c->published_file != NULL);
	must(c->batch_max >= 1 && c->batch_max <= 4096 && c->queue_messages >= 1);
	must(c->freshness_s >= 1 && c->freshness_s <= FRESHNESS_MAX_S);
	must(c->sandbox == NULL || strcmp(c->sandbox, "required") == 0 ||
	     strcmp(c->sandbox, "available") == 0 || strcmp(c->sandbox, "off") == 0);
}

static void
keys(struct slice s)
{
	struct keyring k = {0};
	char           path[64];

	put("keys.json", s, path);
	if (keyring_read(path, &k) != RC_OK)
		must(sodium_is_zero((const uint8_t *)&k, sizeof k) == 1);
	keyring_wipe(&k);
}

static void
manifest(struct slice s)
{
	struct manifest m = {.size = 0};
	char            path[64];

	put("backup.json", s, path);
	if (manifest_read(folder, &m) == RC_OK)
		must(memchr(m.origin, '\0', sizeof m.origin) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n == 0) return 0;
	struct slice rest = slice_of(p + 1, n - 1);
	if (p[0] == 'c') configuration(rest);
	if (p[0] == 'k') keys(rest);
	if (p[0] == 'm') manifest(rest);
	return 0;
}
