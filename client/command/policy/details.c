/* SPDX-License-Identifier: EUPL-1.2 */
/* details.c - details on disk, and against their entries. */
#include "client/command/policy/details.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/folder.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/receipt.h"

static rc
path_of(char out[FILE_PATH_MAX], const char *dir, uint64_t index)
{
	int n = snprintf(out, FILE_PATH_MAX, "%s/details/%" PRIu64, dir, index);

	return n > 0 && n < FILE_PATH_MAX ? RC_OK : RC_CONFIG;
}

rc
detail_write(const char *dir, uint64_t index, struct slice detail)
{
	char path[FILE_PATH_MAX];

	TRY(path_of(path, dir, index));
	return file_write(path, detail, 0600);
}

rc
detail_remove(const char *dir, uint64_t index)
{
	char path[FILE_PATH_MAX];

	TRY(path_of(path, dir, index));
	return unlink(path) == 0 || errno == ENOENT ? RC_OK : RC_DISK;
}

rc
detail_read(const char *dir, uint64_t index, struct buf *out)
{
	char path[FILE_PATH_MAX];

	TRY(path_of(path, dir, index));
	return file_read(path, DETAIL_FILE_MAX, false, out);
}

rc
detail_fits(struct slice leaf, struct slice detail)
{
	AUTO(message_destroy) Sluis__Leaf *l = sluis__leaf__unpack(NULL, leaf.n, leaf.p);

	if (l == NULL) return RC_BAD_TREE;
	bool fits = detail.n == 0 ? !l->has_detail_digest : receipt_commits(l, detail);
	return fits ? RC_OK : RC_BAD_DIGEST;
}

rc
detail_check(const char *dir, uint64_t index, struct slice leaf, struct gone *g,
    struct buf *out, struct sluis_error *e)
{
	char path[FILE_PATH_MAX];

	TRY(path_of(path, dir, index));
	rc code = file_read(path, DETAIL_FILE_MAX, false, out);
	if (code != RC_OK && code != RC_NOT_FOUND)
		return error_set(e, RC_BAD_DIGEST, path, "cannot be read");
	if (code == RC_OK && out->n == 0)
		return error_set(e, RC_BAD_DIGEST, path, "is empty");
	code = gone_take(g, index, leaf, buf_slice(out));
	return code == RC_OK
	           ? RC_OK
	           : error_set(e, code, path, "is not what the journal entry says");
}

rc
detail_missing(const char *dir, const struct gone *g, struct sluis_error *e)
{
	char     path[FILE_PATH_MAX];
	uint64_t index;

	if (!gone_first(g, &index)) return RC_OK;
	TRY(path_of(path, dir, index));
	return error_set(
	    e, RC_BAD_DIGEST, path, "is missing, and no entry says that it was erased");
}
