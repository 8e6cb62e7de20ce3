/* SPDX-License-Identifier: EUPL-1.2 */
/* backup.c - making, checking and restoring. */
#include "broker/backup/backup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/backup/copy.h"
#include "broker/keys/keyring.h"
#include "broker/log.h"
#include "broker/store/snapshot.h"
#include "broker/store/wrapped.h"
#include "broker/why.h"
#include "certs/file.h"
#include "proto/auto.h"

enum { LEAF_ROOM = 4096 };

/* --- the whole of a state -------------------------------------------------------- */

/* The tree again, from the entries; it must be the last committed head. */
static rc
check_tree(struct store *s, struct manifest *ret)
{
	AUTO(buf_wipe) struct buf leaf     = buf_init(LEAF_ROOM);
	struct merkle_frontier    tree     = {0};
	uint64_t                  n        = 0;
	rc                        has_head = store_last_head(s, &ret->size, &ret->root);

	TRY(store_count_leaves(s, &n));
	if (has_head == RC_NOT_FOUND && n == 0) return RC_OK; /* never ran */
	TRY(has_head);
	if (n != ret->size) return RC_BAD_TREE;
	for (uint64_t i = 0; i < n; i++) {
		leaf.n  = 0;
		rc code = store_get_leaf(s, i, &leaf, NULL);
		if (code == RC_NOT_FOUND) return RC_BAD_TREE;
		TRY(code);
		struct hash h = merkle_leaf(buf_slice(&leaf));
		merkle_append(&tree, &h);
	}
	struct hash root = merkle_root(&tree);
	return hash_equal(&root, &ret->root) ? RC_OK : RC_BAD_TREE;
}

static rc
look_at(const char *dir, struct manifest *ret)
{
	AUTO(store_destroy) struct store *s = NULL;

	TRY(store_open(&s, dir));
	TRY(snapshot_check(s, &ret->waiting));
	return check_tree(s, ret);
}

static rc
look_at_all(const char *dir, struct manifest *ret)
{
	rc code = look_at(dir, ret);

	copy_remove_lock(dir);
	return code;
}

/* --- backup.json and the files --------------------------------------------------- */

static rc
digest_files(const char *dir, struct manifest *ret)
{
	for (size_t i = 0; i < 2; i++)
		TRY(copy_digest(dir, snapshot_files[i], &ret->digests[i]));
	return RC_OK;
}

static const char *
what_of_copy(rc code)
{
	if (code == RC_BAD_DIGEST)
		return "not as backup.json says: damaged; use another backup";
	return code == RC_NOT_FOUND ? "lacks in the backup; use another one"
	                            : "cannot be copied: no room, or not ours to read";
}

static rc
copy_files(const char *from, const char *to, const struct manifest *m)
{
	for (size_t i = 0; i < 2; i++) {
		struct hash digest;
		const char *name = snapshot_files[i];
		rc          code = copy_file(from, to, name, &digest);
		if (code == RC_OK && !hash_equal(&digest, &m->digests[i]))
			code = RC_BAD_DIGEST;
		TRY(why_tell(LOG_BACKUP_FAILED, code, name, what_of_copy(code)));
	}
	return RC_OK;
}

/* --- making ---------------------------------------------------------------------- */

static rc
fill(const struct config *c, const char *to, struct manifest *m)
{
	TRY(snapshot_take(c->state_dir, to));
	TRY(look_at_all(to, m));
	TRY(digest_files(to, m));
	TRY(file_sync_all(to));
	return manifest_write(to, m);
}

static const char *
what_of_making(rc code)
{
	if (code == RC_TIMEOUT) return "the broker wrote all the time; try again";
	return rc_kind(code) == RC_KIND_INTEGRITY
	           ? "the state itself does not hold: keep it, and look at the log"
	           : "no room, or state_dir is not ours to read";
}

rc
backup_make(const struct config *c, uint64_t now_ms, const char *to, struct manifest *ret)
{
	*ret = (struct manifest){.made_ms = now_ms};
	if (snprintf(ret->origin, sizeof ret->origin, "%s", c->origin) >=
	    (int)sizeof ret->origin)
		return why_tell(LOG_BACKUP_FAILED, RC_CONFIG, c->origin, "too long");
	if (mkdir(to, 0700) != 0)
		return why_tell(LOG_BACKUP_FAILED, errno == EEXIST ? RC_CONFIG : RC_DISK,
		    to,
		    errno == EEXIST ? "it is there; name a new folder" : strerror(errno));
	rc code = fill(c, to, ret);
	if (code != RC_OK) copy_remove(to);
	if (code == RC_NOT_FOUND)
		return why_tell(
		    LOG_BACKUP_FAILED, code, c->state_dir, "no state is there");
	return why_tell(LOG_BACKUP_FAILED, code, to, what_of_making(code));
}

/* --- bringing it back ------------------------------------------------------------ */

/* What backup FROM says of itself, if it is of this region. */
static rc
read_manifest(const struct config *c, const char *from, struct manifest *ret)
{
	char what[2 * NOTE_NAME_MAX + 64];

	rc code = manifest_read(from, ret);
	TRY(why_tell(LOG_BACKUP_FAILED, code, from,
	    code == RC_NOT_FOUND ? "no backup.json is in it: no backup, or one cut off"
	                         : "backup.json is damaged, or of a newer sluisd"));
	if (strcmp(ret->origin, c->origin) == 0) return RC_OK;
	(void)snprintf(
	    what, sizeof what, "a backup of %s, and this is %s", ret->origin, c->origin);
	return why_tell(LOG_BACKUP_FAILED, RC_CONFIG, from, what);
}

/* A backup of before a master key was retired opens with that key only.  Where the keys
 * are not at hand nothing can be said, and the state is whole without them. */
static void
warn_of_keys(const struct config *c, const char *dir)
{
	AUTO(keyring_wipe) struct keyring k = {0};
	uint64_t                          n = 0;
	char                              text[WHY_MAX];

	if (keyring_read(c->keys_file, &k) != RC_OK || k.n_masters != 1) return;
	if (store_count_by_others(dir, k.master[0].id, &n) != RC_OK || n == 0) return;
	why_text(text, c->keys_file,
	    "lacks their master key: put back the file of when the backup was made");
	LOG(LOG_KEYS_UNREADABLE, .code = RC_CRYPTO, .n = n, .detail = text);
}

/* Whether the copy in TO of backup FROM is what its manifest M says; durable then. */
static rc
look_at_copy(
    const struct config *c, const char *from, const char *to, const struct manifest *m)
{
	struct manifest found = {0};

	rc code = look_at_all(to, &found);
	if (code == RC_OK && (found.size != m->size || found.waiting != m->waiting ||
	                         !hash_equal(&found.root, &m->root)))
		code = RC_BAD_TREE;
	if (code == RC_OK) warn_of_keys(c, to);
	TRY(why_tell(LOG_BACKUP_FAILED, code, from,
	    rc_kind(code) == RC_KIND_INTEGRITY
	        ? "what is in it does not hold; use another backup"
	        : "it cannot be opened"));
	return why_tell(
	    LOG_BACKUP_FAILED, file_sync_all(to), to, "it cannot be made durable");
}

/* A whole state made of backup FROM in the new folder TO; without one on failure. */
static rc
unfold(const struct config *c, const char *from, const char *to, struct manifest *ret)
{
	TRY(read_manifest(c, from, ret));
	copy_remove(to); /* of an attempt that was cut off */
	if (mkdir(to, 0700) != 0)
		return why_tell(LOG_BACKUP_FAILED, RC_DISK, to, strerror(errno));
	rc code = copy_files(from, to, ret);
	if (code == RC_OK) code = look_at_copy(c, from, to, ret);
	if (code != RC_OK) copy_remove(to);
	return code;
}

static rc
beside(const char *dir, const char *suffix, char path[PATH_MAX])
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/') n--;
	return snprintf(path, PATH_MAX, "%.*s%s", (int)n, dir, suffix) < PATH_MAX
	           ? RC_OK
	           : RC_CONFIG;
}

rc
backup_check(const struct config *c, const char *from, struct manifest *ret)
{
	char scratch[PATH_MAX];

	TRY(beside(from, ".checking", scratch));
	rc code = unfold(c, from, scratch, ret);
	copy_remove(scratch);
	return code;
}

/* The folder itself may be there, as long as nothing is in it but a lock. */
static rc
make_way(const char *state_dir)
{
	if (copy_has_state(state_dir))
		return why_tell(LOG_BACKUP_FAILED, RC_CONFIG, state_dir,
		    "a state is there; move it away");
	copy_remove_lock(state_dir);
	if (rmdir(state_dir) == 0 || errno == ENOENT) return RC_OK;
	return why_tell(LOG_BACKUP_FAILED, RC_CONFIG, state_dir, strerror(errno));
}

rc
backup_restore(const struct config *c, const char *from, struct manifest *ret)
{
	char scratch[PATH_MAX];

	TRY(beside(c->state_dir, ".restoring", scratch));
	if (copy_has_state(c->state_dir))
		return why_tell(LOG_BACKUP_FAILED, RC_CONFIG, c->state_dir,
		    "a state is there; move it away");
	TRY(unfold(c, from, scratch, ret));
	rc code = make_way(c->state_dir);
	if (code == RC_OK && rename(scratch, c->state_dir) != 0)
		code =
		    why_tell(LOG_BACKUP_FAILED, RC_DISK, c->state_dir, strerror(errno));
	if (code == RC_OK)
		code = why_tell(LOG_BACKUP_FAILED, file_sync_all(c->state_dir),
		    c->state_dir, "it cannot be made durable");
	if (code != RC_OK) copy_remove(scratch);
	return code;
}
