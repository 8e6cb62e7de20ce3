/* SPDX-License-Identifier: EUPL-1.2 */
/* published.c - comparing the journal with what was published of it. */
#include "broker/journal/published.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "broker/journal/event.h"
#include "broker/log.h"
#include "broker/store/witness.h"
#include "certs/file.h"
#include "proto/auto.h"

rc
published_continues(const struct broker *b, const struct checkpoint *head, bool *ret)
{
	struct hash root;

	*ret = false;
	if (head->size > journal_signed_size(b->journal)) return RC_OK;
	TRY(journal_root_at(b->journal, head->size, &root));
	*ret = hash_equal(&root, &head->root);
	return RC_OK;
}

/* --- at start -------------------------------------------------------------------------
 */

static rc
complain(const struct broker *b, rc code, const char *what, uint64_t size)
{
	char text[256];

	(void)snprintf(text, sizeof text, "published_file: %s (%llu entries, here %llu)",
	    what, (unsigned long long)size, (unsigned long long)journal_size(b->journal));
	LOG(LOG_OLD_STATE, .code = code, .n = size, .detail = text);
	return code;
}

/* The published head; RC_NOT_FOUND when there is none.  Not checked by our key, which may
 * have been replaced: it is our own file. */
static rc
read_published(const struct broker *b, struct checkpoint *ret)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);

	TRY(file_read(b->config->published_file, NOTE_MAX, false, &note));
	rc code = checkpoint_peek(buf_slice(&note), ret);
	if (code == RC_BAD_NOTE) return RC_CONFIG;
	TRY(code);
	return strcmp(ret->origin, b->config->origin) == 0 ? RC_OK : RC_CONFIG;
}

/* What is missing between this journal and HEAD, as far as can be known: where they part,
 * we know only of a journal that is shorter, or that went on from a shorter one. */
static rc
measure_gap(struct broker *b, const struct checkpoint *head)
{
	uint64_t restored = journal_size(b->journal), first = 0;

	if (restored >= head->size) {
		rc code = store_first_gap(b->store, &first);
		if (code != RC_NOT_FOUND) TRY(code);
		restored = code == RC_OK && first < head->size ? first : head->size - 1;
	}
	b->gap.there    = true;
	b->gap.restored = restored;
	b->gap.missing  = head->size - restored;
	b->gap.root     = head->root;
	return RC_OK;
}

static rc
check_head(struct broker *b, const struct checkpoint *head)
{
	struct gap_row gap;
	bool           continues = false;

	TRY(published_continues(b, head, &continues));
	if (!continues) {
		rc code = store_find_gap(b->store, head->size, &gap);
		if (code != RC_OK && code != RC_NOT_FOUND) return code;
		continues = code == RC_OK; /* accepted before */
	}
	if (continues)
		return !b->gap.asked ? RC_OK
		                     : complain(b, RC_CONFIG, "there is no gap to accept",
		                           b->gap.size);
	if (!b->gap.asked)
		return complain(b, RC_OLD_STATE,
		    "this state does not continue the published head; restore a newer "
		    "one, or see --accept-gap",
		    head->size);
	if (b->gap.size != head->size)
		return complain(b, RC_CONFIG,
		    "--accept-gap must name the lost head's size", head->size);
	return measure_gap(b, head);
}

/* Before its first minute a journal has none; later, somebody took it away. */
static rc
warn_of_none(const struct broker *b)
{
	if (journal_size(b->journal) != 0)
		LOG(LOG_NO_PUBLISHED, .n = journal_size(b->journal),
		    .detail = b->config->published_file);
	return RC_OK;
}

rc
published_check(struct broker *b)
{
	struct checkpoint head;

	rc code = read_published(b, &head);
	if (code == RC_NOT_FOUND && !b->gap.asked) return warn_of_none(b);
	if (code == RC_NOT_FOUND)
		return complain(b, RC_CONFIG, "there is no gap to accept", b->gap.size);
	if (code != RC_OK)
		return complain(b, code, "cannot be read, or is of another journal", 0);
	return check_head(b, &head);
}

rc
published_append_gap(struct broker *b)
{
	struct event   e   = {.kind = SLUIS__EVENT_KIND__EVENT_RESTORED,
	        .in_force           = true,
	        .has_refers_to      = true,
	        .refers_to          = b->gap.restored,
	        .count              = b->gap.missing,
	        .subject            = &b->gap.root};
	struct gap_row row = {
	    .restored = b->gap.restored, .missing = b->gap.missing, .root = b->gap.root};

	if (!b->gap.there) return RC_OK;
	TRY(event_append(b, &e, &row.leaf));
	return store_put_gap(b->store, &row);
}

rc
published_write(const struct broker *b, struct slice note)
{
	return file_write(b->config->published_file, note, 0644);
}

/* --- while it runs -------------------------------------------------------------------
 */

rc
published_stop(struct broker *b, struct slice note)
{
	struct checkpoint head;

	if (b->old_state) return RC_OK;
	b->old_state = true;
	TRY(checkpoint_peek(note, &head));
	LOG(LOG_OLD_STATE, .code = RC_OLD_STATE, .n = head.size,
	    .detail = "a client holds a head of ours that this state does not continue");
	(void)sd_notify(0, "STATUS=state_older_than_published: serves proofs only");
	return published_write(b, note);
}
