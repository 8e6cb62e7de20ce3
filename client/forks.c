/* SPDX-License-Identifier: EUPL-1.2 */
/* forks.c - evidence on disk. */
#include "client/forks.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/error.h"
#include "client/region.h"
#include "proto/auto.h"

#define SUFFIX ".checkpoint"

enum { ROOT_DIGITS = 16 };

struct kept {
	const char *size; /* "SIZE-" */
	unsigned    n, n_of_size;
};

static rc
count(void *arg, const char *path)
{
	struct kept *k    = arg;
	const char  *name = strrchr(path, '/') + 1;

	k->n++;
	if (strncmp(name, k->size, strlen(k->size)) == 0) k->n_of_size++;
	return RC_OK;
}

static rc
check_room(const char *dir, uint64_t size)
{
	char        prefix[24];
	struct kept k = {.size = prefix};

	(void)snprintf(prefix, sizeof prefix, "%" PRIu64 "-", size);
	TRY(forks_each(dir, count, &k));
	return k.n < FORKS_MAX && k.n_of_size < FORKS_OF_ONE_SIZE ? RC_OK : RC_TOO_MANY;
}

rc
forks_keep(const char *dir, struct slice note)
{
	struct checkpoint head;
	char              path[FILE_PATH_MAX], name[128], root[ROOT_DIGITS + 1];

	if (note.n > NOTE_MAX) return RC_TOO_LARGE;
	TRY(checkpoint_peek(note, &head));
	TRY(path_join(path, dir, "forks"));
	if (mkdir(path, 0700) != 0 && errno != EEXIST) return RC_DISK;
	hex_encode(root, sizeof root, slice_of(head.root.b, ROOT_DIGITS / 2));
	(void)snprintf(name, sizeof name, "forks/%" PRIu64 "-%s" SUFFIX, head.size, root);
	TRY(path_join(path, dir, name));
	if (access(path, F_OK) == 0) return RC_OK;
	TRY(check_room(dir, head.size));
	return file_write(path, note, 0600);
}

const char *
forks_reason(rc code)
{
	if (code != RC_TOO_MANY) return N_("the evidence cannot be kept");
	return N_("forks/ holds all the evidence that it may, and nothing was added: "
	          "move it elsewhere, and keep it");
}

static bool
is_ours(const char *name)
{
	size_t n = strlen(name), m = strlen(SUFFIX);

	return n > m && strcmp(name + n - m, SUFFIX) == 0;
}

static void
close_folder(DIR **d)
{
	if (*d != NULL) (void)closedir(*d);
}

rc
forks_each(const char *dir, rc (*each)(void *arg, const char *path), void *arg)
{
	AUTO(close_folder) DIR *d = NULL;
	char                    folder[FILE_PATH_MAX], path[FILE_PATH_MAX];

	TRY(path_join(folder, dir, "forks"));
	d = opendir(folder);
	if (d == NULL) return errno == ENOENT ? RC_OK : RC_DISK;
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		if (!is_ours(e->d_name)) continue;
		TRY(path_join(path, folder, e->d_name));
		TRY(each(arg, path));
	}
	return RC_OK;
}
