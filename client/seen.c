/* SPDX-License-Identifier: EUPL-1.2 */
/* seen.c - the last proven head of the journal, on disk. */
#include "client/seen.h"

#include <inttypes.h>

#include "certs/file.h"
#include "client/folder.h"
#include "proto/auto.h"
#include "proto/text.h"

enum { TIME_FILE_MAX = 64 };

/* "SIZE MS\n": when the head of SIZE was proven; 0 when nobody can say. */
static uint64_t
read_time(const char *dir, uint64_t size)
{
	AUTO(buf_wipe) struct buf text = buf_init(TIME_FILE_MAX);
	char                      path[FILE_PATH_MAX], begin[TIME_FILE_MAX];
	struct slice              line;
	uint64_t                  ms = 0;

	(void)snprintf(begin, sizeof begin, "%" PRIu64 " ", size);
	if (path_join(path, dir, "checkpoint.time") != RC_OK ||
	    file_read(path, TIME_FILE_MAX, false, &text) != RC_OK)
		return 0;
	struct slice rest = buf_slice(&text);
	if (!text_skip(&rest, begin) || text_line(&rest, &line) != RC_OK ||
	    text_decimal(line, &ms) != RC_OK)
		return 0;
	return ms;
}

static rc
write_time(const char *dir, uint64_t size, uint64_t ms)
{
	char path[FILE_PATH_MAX], text[TIME_FILE_MAX];

	(void)snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64 "\n", size, ms);
	TRY(path_join(path, dir, "checkpoint.time"));
	return file_write(path, slice_str(text), 0600);
}

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
	seen.at_ms = read_time(dir, seen.head.size);
	*ret       = seen;
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
seen_keep(struct seen *seen, const char *dir, struct slice note,
    const struct checkpoint *head, uint64_t at_ms)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "checkpoint"));
	TRY(file_write(path, note, 0600));
	*seen = (struct seen){.known = true, .head = *head, .at_ms = at_ms};
	return write_time(dir, head->size, at_ms);
}
