/* SPDX-License-Identifier: EUPL-1.2 */
/* install.c - copying and swapping policy folders. */
#include "client/install.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/file.h"
#include "proto/auto.h"

enum { TEXT_MAX = 1024 * 1024 + 1 };

static void
close_folder(DIR **dir)
{
	if (*dir != NULL) (void)closedir(*dir);
}

/* --- copying --------------------------------------------------------------------- */

static bool
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return name[0] != '.' && n > m && strcmp(name + n - m, end) == 0;
}

static rc
copy_file(const char *from, const char *to, const char *name)
{
	AUTO(buf_wipe) struct buf text = buf_init(TEXT_MAX);
	char                      source[FILE_PATH_MAX], target[FILE_PATH_MAX];

	TRY(path_join(source, from, name));
	TRY(path_join(target, to, name));
	TRY(file_read(source, TEXT_MAX, false, &text));
	return file_write(target, buf_slice(&text), MODE_PUBLIC);
}

static rc
copy_files(const char *from, const char *to, const char *end)
{
	AUTO(close_folder) DIR *folder = opendir(from);

	if (folder == NULL) return errno == ENOENT ? RC_NOT_FOUND : RC_DISK;
	for (struct dirent *e; (e = readdir(folder)) != NULL;)
		if (ends_with(e->d_name, end)) TRY(copy_file(from, to, e->d_name));
	return RC_OK;
}

rc
install_copy(const char *from, const char *to)
{
	char signed_by[FILE_PATH_MAX], target[FILE_PATH_MAX];

	TRY(path_join(signed_by, from, "signatures"));
	TRY(path_join(target, to, "signatures"));
	TRY(copy_files(from, to, ".yaml"));
	if (access(signed_by, F_OK) != 0) return RC_OK;
	if (mkdir(target, 0755) != 0 && errno != EEXIST) return RC_DISK;
	return copy_files(signed_by, target, ".sig");
}

/* --- swapping -------------------------------------------------------------------- */

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static void
remove_folder(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static rc
sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) return RC_DISK;
	int failed = fsync(fd);
	(void)close(fd);
	return failed == 0 ? RC_OK : RC_DISK;
}

static rc
sync_parent(const char *path)
{
	char parent[FILE_PATH_MAX + 4];

	(void)snprintf(parent, sizeof parent, "%s/..", path);
	return sync_folder(parent);
}

/* "AT.WHAT" */
static rc
beside(char out[FILE_PATH_MAX], const char *at, const char *what)
{
	int n = snprintf(out, FILE_PATH_MAX, "%s.%s", at, what);

	return n > 0 && n < FILE_PATH_MAX ? RC_OK : RC_CONFIG;
}

/* Swap two folders.  In one step where the file system can (overlays cannot always);
 * else AT is missing for a moment, which a broker refuses to take for a policy. */
static rc
exchange(const char *at, const char *other)
{
	char aside[FILE_PATH_MAX];

	if (renameat2(AT_FDCWD, at, AT_FDCWD, other, RENAME_EXCHANGE) == 0) return RC_OK;
	if (errno != EINVAL && errno != ENOSYS && errno != EXDEV) return RC_DISK;
	TRY(beside(aside, at, "aside"));
	if (rename(at, aside) != 0) return RC_DISK;
	if (rename(other, at) == 0) {
		if (rename(aside, other) == 0) return RC_OK;
		(void)rename(at, other);
	}
	return rename(aside, at) == 0 ? RC_DISK : RC_INTERNAL;
}

static rc
fill(const char *from, const char *stage, mode_t mode)
{
	char signed_by[FILE_PATH_MAX];

	TRY(install_copy(from, stage));
	if (chmod(stage, mode & 07777) != 0) return RC_DISK;
	TRY(path_join(signed_by, stage, "signatures"));
	if (access(signed_by, F_OK) == 0) TRY(sync_folder(signed_by));
	return sync_folder(stage);
}

/* STAGE takes the place of AT, and AT becomes FORMER. */
static rc
put(const char *stage, const char *at, const char *former)
{
	TRY(exchange(at, stage));
	remove_folder(former);
	if (rename(stage, former) != 0) {
		ignore(exchange(at, stage));
		return RC_DISK;
	}
	return sync_parent(at);
}

rc
install_swap(const char *from, const char *at)
{
	char        stage[FILE_PATH_MAX], former[FILE_PATH_MAX];
	struct stat st;

	if (stat(at, &st) != 0 || !S_ISDIR(st.st_mode)) return RC_NOT_FOUND;
	TRY(beside(former, at, "former"));
	TRY(beside(stage, at, "XXXXXX"));
	if (mkdtemp(stage) == NULL) return RC_DISK;
	rc code = fill(from, stage, st.st_mode);
	if (code == RC_OK) code = put(stage, at, former);
	if (code != RC_OK) remove_folder(stage);
	return code;
}

rc
install_undo(const char *at)
{
	char former[FILE_PATH_MAX], refused[FILE_PATH_MAX];

	TRY(beside(former, at, "former"));
	TRY(beside(refused, at, "refused"));
	if (access(former, F_OK) != 0) return RC_NOT_FOUND;
	TRY(exchange(at, former));
	remove_folder(refused);
	if (rename(former, refused) != 0) return RC_DISK;
	return sync_parent(at);
}
