/* SPDX-License-Identifier: EUPL-1.2 */
/* install.c - writing a policy folder, and swapping two. */
#include "client/command/install.h"

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

/* --- writing --------------------------------------------------------------------- */

static rc
write_one(const struct policy_file *f, const char *to)
{
	char target[FILE_PATH_MAX];

	TRY(path_join(target, to, f->name));
	return file_write(target, slice_of(f->bytes, f->n), MODE_PUBLIC);
}

/* The folder of routes, if F has any. */
static rc
make_routes(const struct policy_files *f, const char *to)
{
	char folder[FILE_PATH_MAX];
	bool any = false;

	for (size_t i = 0; i < f->n; i++) any = any || policy_is_route(f->files[i].name);
	if (!any) return RC_OK;
	TRY(path_join(folder, to, POLICY_ROUTES));
	return mkdir(folder, 0755) == 0 || errno == EEXIST ? RC_OK : RC_DISK;
}

static rc
write_texts(const struct policy_files *f, const char *to)
{
	TRY(make_routes(f, to));
	for (size_t i = 0; i < f->n; i++) TRY(write_one(&f->files[i], to));
	return RC_OK;
}

static rc
write_signatures(const struct install_bundle *b, const char *to)
{
	char folder[FILE_PATH_MAX];

	if (b->files->n_signatures == 0) return RC_OK;
	TRY(path_join(folder, to, "signatures"));
	if (mkdir(folder, 0755) != 0 && errno != EEXIST) return RC_DISK;
	for (size_t i = 0; i < b->files->n_signatures; i++)
		if (b->codes == NULL || b->codes[i] == RC_OK)
			TRY(write_one(&b->files->signatures[i], folder));
	return RC_OK;
}

static rc
write_bundle(const struct install_bundle *b, const char *to)
{
	TRY(write_texts(b->files, to));
	TRY(write_texts(b->cases, to));
	return write_signatures(b, to);
}

rc
install_copy(const char *from, const char *to)
{
	AUTO(policy_files_wipe) struct policy_files files = {0}, cases = {0};
	struct install_bundle b = {.files = &files, .cases = &cases};

	TRY(policy_files_read(from, true, &files, NULL));
	TRY(policy_cases_read(from, &cases, NULL));
	return write_bundle(&b, to);
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
fill(const struct install_bundle *b, const char *stage, mode_t mode)
{
	static const char *const inner[] = {"signatures", POLICY_ROUTES};
	char                     folder[FILE_PATH_MAX];

	TRY(write_bundle(b, stage));
	if (chmod(stage, mode & 07777) != 0) return RC_DISK;
	for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++) {
		TRY(path_join(folder, stage, inner[i]));
		if (access(folder, F_OK) == 0) TRY(sync_folder(folder));
	}
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
install_swap(const struct install_bundle *bundle, const char *at)
{
	char        stage[FILE_PATH_MAX], former[FILE_PATH_MAX];
	struct stat st;

	if (stat(at, &st) != 0 || !S_ISDIR(st.st_mode)) return RC_NOT_FOUND;
	TRY(beside(former, at, "former"));
	TRY(beside(stage, at, "XXXXXX"));
	if (mkdtemp(stage) == NULL) return RC_DISK;
	rc code = fill(bundle, stage, st.st_mode);
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
