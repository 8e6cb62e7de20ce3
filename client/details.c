/* SPDX-License-Identifier: EUPL-1.2 */
/* details.c - details on disk, and against their entries. */
#include "client/details.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "certs/file.h"
#include "client/folder.h"
#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/merkle.h"
#include "proto/message.h"

enum { DETAIL_MAX = 1024 * 1024 };

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
detail_fits(struct slice leaf, struct slice detail)
{
	AUTO(message_destroy) Sluis__Leaf *l = sluis__leaf__unpack(NULL, leaf.n, leaf.p);
	struct hash                        digest;

	if (l == NULL) return RC_BAD_TREE;
	if (!l->has_detail_digest) return detail.n == 0 ? RC_OK : RC_BAD_DIGEST;
	if (detail.n == 0) return RC_BAD_DIGEST;
	(void)crypto_hash_sha256(digest.b, detail.p, detail.n);
	return slice_equal(slice_of(l->detail_digest.data, l->detail_digest.len),
	           slice_of(digest.b, sizeof digest.b))
	           ? RC_OK
	           : RC_BAD_DIGEST;
}

rc
detail_check(const char *dir, uint64_t index, struct slice leaf, struct sluis_error *e)
{
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);
	char                      path[FILE_PATH_MAX];

	TRY(path_of(path, dir, index));
	rc code = file_read(path, DETAIL_MAX, false, &detail);
	if (code != RC_OK && code != RC_NOT_FOUND)
		return error_set(e, RC_BAD_DIGEST, path, "cannot be read");
	code = detail_fits(leaf, buf_slice(&detail));
	return code == RC_OK
	           ? RC_OK
	           : error_set(e, code, path, "is not what the journal entry says");
}
