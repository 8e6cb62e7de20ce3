/* SPDX-License-Identifier: EUPL-1.2 */
/* tiles.c - tiles to files, and folders of them checked. */
#include "client/command/tiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/command/policy/details.h"
#include "client/command/translate.h"
#include "client/folder.h"
#include "proto/auto.h"

/* --- writing --------------------------------------------------------------------- */

/* mkdir -p of every folder in PATH below its first ROOT bytes. */
static rc
make_parents(char *path, size_t root)
{
	for (char *slash = strchr(path + root + 1, '/'); slash != NULL;
	     slash       = strchr(slash + 1, '/')) {
		*slash     = '\0';
		int result = mkdir(path, 0755);
		*slash     = '/';
		if (result != 0 && errno != EEXIST) return RC_DISK;
	}
	return RC_OK;
}

static void
close_folder(DIR **dp)
{
	if (*dp != NULL) (void)closedir(*dp);
}

/* The partial tiles that the full one at PATH takes the place of. */
static void
drop_partial(const char *path)
{
	char                    dir[FILE_PATH_MAX], file[FILE_PATH_MAX];
	AUTO(close_folder) DIR *d = NULL;
	const struct dirent    *e;

	int n = snprintf(dir, sizeof dir, "%s.p", path);
	if (n < 0 || (size_t)n >= sizeof dir || (d = opendir(dir)) == NULL) return;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && path_join(file, dir, e->d_name) == RC_OK)
			(void)unlink(file);
	(void)rmdir(dir);
}

rc
tiles_write(void *arg, const struct tile *tile, struct slice bytes)
{
	const char *dir = arg;
	char        name[TILE_PATH_MAX], path[FILE_PATH_MAX];

	TRY(tile_path(tile, name));
	TRY(path_join(path, dir, name));
	TRY(make_parents(path, strlen(dir)));
	return file_write_later(path, bytes, MODE_PUBLIC);
}

/* The tile of LEVEL at the edge of a tree of SIZE entries, when it is full in LATER. */
static void
drop_edge(const char *dir, int level, uint64_t size, uint64_t later)
{
	char        name[TILE_PATH_MAX], path[FILE_PATH_MAX];
	unsigned    height = level == TILE_ENTRIES ? 0 : (unsigned)level;
	unsigned    shift  = TILE_HEIGHT * (height + 1);
	uint64_t    index  = shift >= 64 ? 0 : size >> shift;
	struct tile full   = {.level = level, .index = index, .width = TILE_WIDTH};

	if (tile_width_at(height, index, later) != TILE_WIDTH) return;
	if (tile_path(&full, name) == RC_OK && path_join(path, dir, name) == RC_OK)
		drop_partial(path);
}

void
tiles_drop_partial(const char *dir, uint64_t size, uint64_t later)
{
	for (int level = TILE_ENTRIES; level < TILE_LEVELS; level++)
		drop_edge(dir, level, size, later);
}

/* --- reading one ----------------------------------------------------------------- */

/*
 * Read TILE's file below DIR.  A partial tile may have been replaced by a fuller one:
 * then its first part is what is needed, and the caller cuts it.
 */
static rc
read_tile(
    const char *dir, const struct tile *tile, char path[FILE_PATH_MAX], struct buf *out)
{
	struct tile t = *tile;
	char        name[TILE_PATH_MAX];

	for (; t.width <= TILE_WIDTH; t.width++) {
		TRY(tile_path(&t, name));
		TRY(path_join(path, dir, name));
		rc code = file_read(path, BUNDLE_MAX, false, out);
		if (code != RC_NOT_FOUND) return code;
	}
	TRY(tile_path(tile, name));
	TRY(path_join(path, dir, name));
	return RC_NOT_FOUND;
}

rc
tiles_give(void *arg, const struct tile *tile, struct buf *out)
{
	char path[FILE_PATH_MAX];

	rc code = read_tile(arg, tile, path, out);
	return code == RC_NOT_FOUND ? RC_BAD_TREE : code;
}

/* --- checking -------------------------------------------------------------------- */

struct check {
	const struct tiles_check *what;
	struct sluis_error       *error;
	struct checkpoint         head;
	bool                      with_details;
	struct gone               gone; /* owned */
};

/* How many of BYTES, those of TILE, its first WIDTH hashes or entries are. */
static size_t
bytes_of(const struct tile *tile, struct slice bytes, unsigned width)
{
	struct slice rest = bytes, entry;

	if (tile->level != TILE_ENTRIES) return (size_t)width * HASH_BYTES;
	for (unsigned i = 0; i < width; i++)
		if (tile_next_entry(&rest, &entry) != RC_OK) return bytes.n;
	return bytes.n - rest.n;
}

/* Whether NAME is that of a partial tile of fewer than WIDTH; which. */
static bool
is_narrower(const char *name, unsigned width, unsigned *ret)
{
	size_t n = strlen(name);

	if (n == 0 || n > 3 || strspn(name, "0123456789") != n || name[0] == '0')
		return false;
	*ret = (unsigned)strtoul(name, NULL, 10);
	return *ret < width;
}

static rc
compare_narrower(
    struct check *c, const struct tile *tile, unsigned width, struct slice bytes)
{
	AUTO(buf_wipe) struct buf file = buf_init(BUNDLE_MAX);
	struct tile               part = *tile;
	char                      name[TILE_PATH_MAX], path[FILE_PATH_MAX];

	part.width = width;
	TRY(tile_path(&part, name));
	TRY(path_join(path, c->what->dir, name));
	rc code = file_read(path, BUNDLE_MAX, false, &file);
	if (code == RC_OK && slice_equal(buf_slice(&file),
	                         slice_of(bytes.p, bytes_of(tile, bytes, width))))
		return RC_OK;
	return error_set(c->error, RC_BAD_TREE, path, "does not agree with the entries");
}

/* What is left of TILE from when there were fewer entries, which a reader with a head of
 * then may get: it begins these BYTES. */
static rc
compare_older(struct check *c, const struct tile *tile, struct slice bytes)
{
	struct tile full = *tile;
	char        name[TILE_PATH_MAX], at[FILE_PATH_MAX], dir[FILE_PATH_MAX];
	AUTO(close_folder) DIR *d = NULL;
	const struct dirent    *e;
	unsigned                width;

	full.width = TILE_WIDTH;
	TRY(tile_path(&full, name));
	TRY(path_join(at, c->what->dir, name));
	int n = snprintf(dir, sizeof dir, "%s.p", at);
	if (n < 0 || (size_t)n >= sizeof dir || (d = opendir(dir)) == NULL) return RC_OK;
	while ((e = readdir(d)) != NULL)
		if (is_narrower(e->d_name, tile->width, &width))
			TRY(compare_narrower(c, tile, width, bytes));
	return RC_OK;
}

/* Does the file of TILE begin with these BYTES (and hold nothing else if it is that
 * wide), and do those of before begin them? */
static rc
compare_tile(void *arg, const struct tile *tile, struct slice bytes)
{
	struct check             *c    = arg;
	AUTO(buf_wipe) struct buf file = buf_init(BUNDLE_MAX);
	char                      path[FILE_PATH_MAX], name[TILE_PATH_MAX];

	rc code = read_tile(c->what->dir, tile, path, &file);
	if (code != RC_OK) return error_set(c->error, RC_BAD_TREE, path, "is missing");
	TRY(tile_path(tile, name));
	bool exact = strcmp(path + strlen(path) - strlen(name), name) == 0;
	if ((exact ? file.n != bytes.n : file.n < bytes.n) ||
	    !slice_equal(slice_of(file.p, bytes.n), bytes))
		return error_set(
		    c->error, RC_BAD_TREE, path, "does not agree with the entries");
	return compare_older(c, tile, bytes);
}

/* Hand the entries of the bundle that starts at entry FROM to TAKE. */
static rc
read_bundle(struct check *c, uint64_t from, entry_taker take, void *arg)
{
	AUTO(buf_wipe) struct buf file  = buf_init(BUNDLE_MAX);
	uint64_t                  left  = c->head.size - from;
	unsigned                  width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
	struct tile               tile  = {
	                   .level = TILE_ENTRIES, .index = from / TILE_WIDTH, .width = width};
	char path[FILE_PATH_MAX];

	if (read_tile(c->what->dir, &tile, path, &file) != RC_OK)
		return error_set(c->error, RC_BAD_TREE, path, "is missing");
	struct slice rest = buf_slice(&file), entry;
	for (unsigned i = 0; i < width; i++) {
		if (tile_next_entry(&rest, &entry) != RC_OK)
			return error_set(c->error, RC_BAD_TREE, path, "is cut short");
		TRY(take(arg, from + i, entry));
	}
	return RC_OK;
}

struct entries_check {
	struct check *check;
	struct tiler *tiler;
	bool          forked; /* the older head is of another history than the entries */
};

/* At the size of the older head, its root. */
static void
look_at_older(struct entries_check *x)
{
	const struct checkpoint *older = x->check->what->older;

	if (older == NULL || tiler_size(x->tiler) != older->size) return;
	struct hash root = tiler_root(x->tiler);
	x->forked        = !hash_equal(&root, &older->root);
}

/* That all entries give the root that was signed; then the older head is judged by them:
 * under a changed entry neither holds, and nobody signed two histories. */
static rc
check_roots(const struct entries_check *x)
{
	const struct check *c    = x->check;
	struct hash         root = tiler_root(x->tiler);

	if (!hash_equal(&root, &c->head.root))
		return error_set(c->error, RC_BAD_TREE, c->what->dir,
		    "the entries do not give the root that was signed");
	if (!x->forked) return RC_OK;
	return error_set(c->error, RC_FORKED, c->what->dir,
	    "the journal does not continue the one seen before");
}

static rc
check_entry(void *arg, uint64_t index, struct slice entry)
{
	struct entries_check     *x      = arg;
	const struct tiles_check *what   = x->check->what;
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_FILE_MAX);

	look_at_older(x);
	if (x->check->with_details)
		TRY(detail_check(
		    what->dir, index, entry, &x->check->gone, &detail, x->check->error));
	TRY(tiler_append(x->tiler, entry));
	return what->visit == NULL ? RC_OK
	                           : what->visit(what->arg, index, entry,
	                                 buf_slice(&detail), x->check->head.size);
}

static rc
check_entries(struct check *c)
{
	AUTO(tiler_destroy) struct tiler *t = NULL;

	TRY(tiler_new(&t, compare_tile, c));
	struct entries_check x = {.check = c, .tiler = t};
	while (tiler_size(t) < c->head.size) {
		TRY(read_bundle(c, tiler_size(t), check_entry, &x));
		if (c->what->progress != NULL)
			c->what->progress(c->what->arg, tiler_size(t), c->head.size);
	}
	look_at_older(&x);
	TRY(check_roots(&x));
	return tiler_finish(t);
}

static rc
open_by_key(void *arg, struct slice note, struct checkpoint *ret)
{
	return checkpoint_open(note, arg, ret);
}

static rc
open_unsigned(void *arg, struct slice note, struct checkpoint *ret)
{
	(void)arg;
	return checkpoint_peek(note, ret);
}

static const char *
head_fault(const struct check *c, rc code)
{
	if (c->what->unsigned_head) return N_("is no checkpoint");
	return code == RC_NO_QUORUM ? N_("is not cosigned by enough witnesses")
	                            : N_("is not signed by this key");
}

static rc
check_head(struct check *c)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	struct note_verifier      v;
	char                      path[FILE_PATH_MAX];
	head_opener               open = c->what->open;
	void                     *arg  = c->what->open_arg;

	if (open == NULL) {
		open = c->what->unsigned_head ? open_unsigned : open_by_key;
		arg  = &v;
	}
	if (open == open_by_key && note_verifier_parse(&v, c->what->vkey) != RC_OK)
		return error_set(
		    c->error, RC_USAGE, "--key", "this is not a verifier key");
	TRY(c->what->checkpoint != NULL ? path_join(path, ".", c->what->checkpoint)
	                                : path_join(path, c->what->dir, "checkpoint"));
	rc code = file_read(path, NOTE_MAX, false, &note);
	if (code != RC_OK) return error_set(c->error, code, path, "cannot be read");
	code = open(arg, buf_slice(&note), &c->head);
	return code == RC_OK ? RC_OK
	                     : error_set(c->error, code, path, head_fault(c, code));
}

static void
check_wipe(struct check *c)
{
	gone_wipe(&c->gone);
}

rc
tiles_verify(
    const struct tiles_check *what, struct checkpoint *ret, struct sluis_error *e)
{
	AUTO(check_wipe) struct check c = {.what = what, .error = e};
	char                          path[FILE_PATH_MAX];
	struct stat                   st;

	TRY(check_head(&c));
	if (what->older != NULL && what->older->size > c.head.size)
		return error_set(
		    e, RC_FORKED, what->dir, "the journal is shorter than it was before");
	TRY(path_join(path, what->dir, "details"));
	c.with_details = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	TRY(check_entries(&c));
	/* under an older head, what erased it may stand behind that */
	if (what->checkpoint == NULL) TRY(detail_missing(what->dir, &c.gone, e));
	*ret = c.head;
	return RC_OK;
}

/* --- reading --------------------------------------------------------------------- */

/* The size on the second line of a checkpoint. */
static bool
size_of(struct slice note, uint64_t *ret)
{
	const uint8_t *line = note.n == 0 ? NULL : memchr(note.p, '\n', note.n);
	char           text[24];

	if (line == NULL) return false;
	size_t left = note.n - (size_t)(line + 1 - note.p), n = 0;
	while (n < left && n + 1 < sizeof text && line[1 + n] != '\n') n++;
	memcpy(text, line + 1, n);
	text[n] = '\0';
	errno   = 0;
	*ret    = strtoull(text, NULL, 10);
	return n != 0 && strspn(text, "0123456789") == n && errno == 0;
}

rc
tiles_read(const char *dir, entry_taker take, void *arg, struct sluis_error *e)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	struct tiles_check        what = {.dir = dir};
	struct check              c    = {.what = &what, .error = e};
	char                      path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "checkpoint"));
	rc code = file_read(path, NOTE_MAX, false, &note);
	if (code != RC_OK) return error_set(e, code, path, "cannot be read");
	if (!size_of(buf_slice(&note), &c.head.size))
		return error_set(e, RC_BAD_NOTE, path, "is no checkpoint");
	for (uint64_t from = 0; from < c.head.size; from += TILE_WIDTH)
		TRY(read_bundle(&c, from, take, arg));
	return RC_OK;
}
