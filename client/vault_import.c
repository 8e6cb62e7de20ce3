/* SPDX-License-Identifier: EUPL-1.2 */
/* vault_import.c - from files to entries, one by one. */
#include "client/vault_import.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/folder.h"
#include "proto/auto.h"

static const struct old_kind {
	const char *box, *suffix;
} old_kinds[] = {
    {"inbox", "delivery"},
    {"inbox", "acknowledged"},
    {"inbox", "recalled"},
    {"sent", "request"},
    {"sent", "act"},
    {"sent", "answer"},
};

enum { N_KINDS = sizeof old_kinds / sizeof old_kinds[0] };

static const char *const boxes[] = {"inbox", "sent"};

bool
vault_import_waits(const char *dir)
{
	char path[FILE_PATH_MAX];

	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
		if (path_join(path, dir, boxes[i]) == RC_OK && access(path, F_OK) == 0)
			return true;
	return false;
}

/* Is FILE "<32 hex>.SUFFIX", or what an interrupted write of that left (".XXXXXX")? */
static const struct old_kind *
kind_of(const char *box, const char *file, uint8_t id[ID_BYTES], bool *ret_whole)
{
	char hex[ID_BYTES * 2 + 1];

	if (strlen(file) < sizeof hex || file[ID_BYTES * 2] != '.') return NULL;
	memcpy(hex, file, ID_BYTES * 2);
	hex[ID_BYTES * 2] = '\0';
	if (hex_decode(hex, id, ID_BYTES) != RC_OK) return NULL;
	const char *suffix = file + sizeof hex;
	for (size_t i = 0; i < N_KINDS; i++) {
		size_t n = strlen(old_kinds[i].suffix);
		if (strcmp(box, old_kinds[i].box) != 0 ||
		    strncmp(suffix, old_kinds[i].suffix, n) != 0)
			continue;
		*ret_whole = suffix[n] == '\0';
		if (*ret_whole || suffix[n] == '.') return &old_kinds[i];
	}
	return NULL;
}

static rc
take_in(struct vault *v, const char *path, const struct vault_name *name)
{
	AUTO(buf_wipe) struct buf content = buf_init(ANSWER_MAX);

	rc code = vault_has(v, name);
	if (code != RC_NOT_FOUND) return code;
	TRY(file_read(path, ANSWER_MAX, true, &content));
	return vault_put(v, name, NULL, buf_slice(&content));
}

static rc
import_file(struct vault *v, const char *folder, const char *box, const char *file)
{
	char    path[FILE_PATH_MAX];
	uint8_t id[ID_BYTES];
	bool    whole = false;

	const struct old_kind *kind = kind_of(box, file, id, &whole);
	if (kind == NULL) return RC_OK;
	TRY(path_join(path, folder, file));
	struct vault_name name = {.box = box, .suffix = kind->suffix, .id = id};
	rc                code = whole ? take_in(v, path, &name) : RC_OK;
	if (code == RC_NOT_FOUND) return RC_OK; /* another process took it */
	if (code == RC_OK && unlink(path) != 0 && errno != ENOENT) code = RC_DISK;
	return code;
}

static void
auto_closedir(DIR **dp)
{
	if (*dp != NULL) (void)closedir(*dp);
}

static rc
import_box(struct vault *v, const char *dir, const char *box)
{
	char folder[FILE_PATH_MAX];

	TRY(path_join(folder, dir, box));
	AUTO(auto_closedir) DIR *d = opendir(folder);
	if (d == NULL) return errno == ENOENT ? RC_OK : RC_DISK;
	const struct dirent *entry;
	while ((entry = readdir(d)) != NULL)
		TRY(import_file(v, folder, box, entry->d_name));
	(void)rmdir(folder); /* stays where it holds something else */
	return RC_OK;
}

rc
vault_import(struct vault *v, const char *dir)
{
	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
		TRY(import_box(v, dir, boxes[i]));
	return RC_OK;
}
