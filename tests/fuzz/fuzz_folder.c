/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_folder.c - the files of a party folder: who one is, and one's keys.
 *
 * The first byte says which file the rest is: 'p' party.json, 'k' keys.json, 'w'
 * witness.json; the others are good ones.
 *
 * Target functions: folder_read_who keys_read witness_key_open
 * Claims: who is read is written, and reads as the same; what is refused has a reason;
 * keys that are read have both halves and are written as the same, and of keys that are
 * refused nothing is left.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/folder.h"
#include "client/witness.h"
#include "proto/auto.h"
#include "proto/text.h"
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

static const char *
path_of(const char *name)
{
	static char path[FOLDER_MAX + 32];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void
put(const char *name, struct slice s)
{
	must(file_write_later(path_of(name), s, 0600) == RC_OK);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char source[] = SOURCE_DIR "/tests/fuzz/corpus/fuzz_region/demo";
	AUTO(buf_wipe) struct buf region = buf_init(64 * 1024);

	(void)argc, (void)argv;
	must(sodium_init() >= 0);
	make_folder(folder, "fuzz-folder");
	must(atexit(end) == 0);
	must(unsetenv("SLUIS_USER") == 0);
	must(file_read(source, 64 * 1024, false, &region) == RC_OK);
	put("region.json", buf_slice(&region));
	return 0;
}

/* --- who one is ------------------------------------------------------------------ */

static void
party(struct slice s)
{
	AUTO(folder_wipe) struct folder who = {.dir = ""}, again = {.dir = ""};
	struct sluis_error              e = {0};

	put("party.json", s);
	if (folder_read_who(folder, &who, &e) != RC_OK) {
		must(e.code != RC_OK);
		return;
	}
	must(who.user[0] == '\0' || text_is_user(who.user));
	must(folder_write(folder, &who.self, "region.json") == RC_OK);
	must(folder_read_who(folder, &again, &e) == RC_OK);
	must(strcmp(who.self.name, again.self.name) == 0);
	must(strcmp(who.self.oin, again.self.oin) == 0);
	must(strcmp(who.self.desk, again.self.desk) == 0);
}

/* --- keys ------------------------------------------------------------------------ */

static void
keys(struct slice s)
{
	AUTO(keys_wipe) struct keys k = {.sign_public = {0}}, again = k;
	uint8_t                     public_key[KEY_BYTES];

	put("keys.json", s);
	if (keys_read(path_of("keys.json"), &k) != RC_OK) {
		must(sodium_is_zero((const uint8_t *)&k, sizeof k) == 1);
		return;
	}
	must(crypto_scalarmult_base(public_key, k.curve_secret) == 0);
	must(memcmp(public_key, k.curve_public, KEY_BYTES) == 0);
	must(crypto_scalarmult_base(public_key, k.seal_secret) == 0);
	must(memcmp(public_key, k.seal_public, KEY_BYTES) == 0);
	must(memcmp(k.sign_secret + KEY_BYTES, k.sign_public, KEY_BYTES) == 0);
	must(keys_write(path_of("keys.json"), &k) == RC_OK);
	must(keys_read(path_of("keys.json"), &again) == RC_OK);
	must(memcmp(&k, &again, sizeof k) == 0);
}

static void
witness(struct slice s)
{
	AUTO(witness_key_wipe) struct witness_key k = {.secret = {0}};
	char                                      vkey[NOTE_VKEY_MAX];

	put("witness.json", s);
	if (witness_key_open(folder, "sluis.example", "somebody", &k) == RC_OK) {
		must(note_key_format(&k.key, NOTE_COSIGNATURE, vkey) == RC_OK);
		return;
	}
	must(sodium_is_zero(k.secret, sizeof k.secret) == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n == 0) return 0;
	struct slice rest = slice_of(p + 1, n - 1);

	if (p[0] == 'p') party(rest);
	if (p[0] == 'k') keys(rest);
	if (p[0] == 'w') witness(rest);
	return 0;
}
