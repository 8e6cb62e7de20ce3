/* SPDX-License-Identifier: EUPL-1.2 */
/* seen.c - the last proven head of the journal, on disk. */
#include "client/seen.h"

#include "certs/file.h"
#include "client/folder.h"
#include "proto/auto.h"

rc
seen_read(const char *dir, const struct note_verifier *v, struct seen *ret)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	struct seen               seen = {.known = true};
	char                      path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "checkpoint"));
	rc code = file_read(path, NOTE_MAX, false, &note);
	if (code == RC_NOT_FOUND) {
		*ret = (struct seen){.known = false};
		return RC_OK;
	}
	TRY(code);
	TRY(checkpoint_open(buf_slice(&note), v, &seen.head));
	*ret = seen;
	return RC_OK;
}

rc
seen_compare(const struct seen *seen, const struct checkpoint *head)
{
	if (!seen->known || seen->head.size != head->size) return RC_OK;
	return hash_equal(&seen->head.root, &head->root) ? RC_OK : RC_FORKED;
}

rc
seen_continues(const struct seen *seen, const struct checkpoint *head,
    const struct merkle_proof *proof)
{
	if (!seen->known || seen->head.size == 0) return RC_OK;
	if (head->size < seen->head.size) return RC_FORKED;
	if (head->size == seen->head.size) return seen_compare(seen, head);
	return merkle_verify_consistency(
	    proof, seen->head.size, head->size, &seen->head.root, &head->root);
}

rc
seen_keep(
    struct seen *seen, const char *dir, struct slice note, const struct checkpoint *head)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "checkpoint"));
	TRY(file_write(path, note, 0600));
	*seen = (struct seen){.known = true, .head = *head};
	return RC_OK;
}
