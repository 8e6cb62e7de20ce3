/* SPDX-License-Identifier: EUPL-1.2 */
/* kept.c - files named by id, in the party folder. */
#include "client/kept.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/folder.h"
#include "proto/auto.h"

static rc
path_of(char out[FILE_PATH_MAX], const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES])
{
	char hex[ID_BYTES * 2 + 1];

	hex_encode(hex, slice_of(id, ID_BYTES));
	int n = snprintf(out, FILE_PATH_MAX, "%s/%s/%s.%s", dir, box, hex, suffix);
	return n > 0 && n < FILE_PATH_MAX ? RC_OK : RC_CONFIG;
}

rc
kept_write(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct slice content)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, box));
	if (mkdir(path, 0700) != 0 && errno != EEXIST) return RC_DISK;
	TRY(path_of(path, dir, box, suffix, id));
	return file_write(path, content, 0600);
}

rc
kept_read(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct buf *out)
{
	char path[FILE_PATH_MAX];

	TRY(path_of(path, dir, box, suffix, id));
	return file_read(path, ANSWER_MAX, true, out);
}

rc
kept_erase(
    const char *dir, const char *box, const char *suffix, const uint8_t id[ID_BYTES])
{
	char path[FILE_PATH_MAX];

	TRY(path_of(path, dir, box, suffix, id));
	return unlink(path) == 0 || errno == ENOENT ? RC_OK : RC_DISK;
}

bool
kept_exists(
    const char *dir, const char *box, const char *suffix, const uint8_t id[ID_BYTES])
{
	char path[FILE_PATH_MAX];

	return path_of(path, dir, box, suffix, id) == RC_OK && access(path, F_OK) == 0;
}

/* The id in NAME, when NAME is "<32 hex>.SUFFIX". */
static bool
id_of(const char *name, const char *suffix, uint8_t id[ID_BYTES])
{
	char hex[ID_BYTES * 2 + 1];

	if (strlen(name) < sizeof hex || name[ID_BYTES * 2] != '.') return false;
	if (strcmp(name + ID_BYTES * 2 + 1, suffix) != 0) return false;
	memcpy(hex, name, ID_BYTES * 2);
	hex[ID_BYTES * 2] = '\0';
	return hex_decode(hex, id, ID_BYTES) == RC_OK;
}

struct names {
	struct dirent **at;
	int             n;
};

static void
names_free(struct names *names)
{
	for (int i = 0; i < names->n; i++) free(names->at[i]);
	free(names->at);
}

rc
kept_each(
    const char *dir, const char *box, const char *suffix, kept_visitor visit, void *arg)
{
	AUTO(names_free) struct names names = {NULL, 0};
	char                          path[FILE_PATH_MAX];

	TRY(path_join(path, dir, box));
	int n = scandir(path, &names.at, NULL, alphasort);
	if (n < 0) return errno == ENOENT ? RC_OK : RC_DISK;
	names.n = n;
	for (int i = 0; i < n; i++) {
		uint8_t id[ID_BYTES];
		if (id_of(names.at[i]->d_name, suffix, id)) TRY(visit(arg, id));
	}
	return RC_OK;
}
