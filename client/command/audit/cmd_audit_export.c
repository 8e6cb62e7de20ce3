/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_export.c - sluis audit export DIR: the journal as static files.
 *
 * A folder that holds an older export of the same journal is continued: its right edge
 * has to give the root that was signed then, and only what came after it is read.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "certs/file.h"
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/filter.h"
#include "client/command/audit/source.h"
#include "client/command/complain.h"
#include "client/command/policy/details.h"
#include "client/command/tiles.h"
#include "client/folder.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/message.h"

const struct option options_audit_export[] = {
    {"public", NULL, N_("without details: nothing in it that not everybody may read")},
    {"as", "FORM",
        N_("instead: a file of lines (-: stdout) as csv, ldv or nen7513, of ...")},
    FILTER_OPTIONS,
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

struct export
{
	struct cli   *cli;
	const char   *dir;
	bool          with_details;
	bool          continues;
	struct tiler *tiler; /* owned */
	/* The newest head that enough witnesses cosigned, and its root; NULL without. */
	struct sluis_result *witnessed; /* owned */
};

static void
export_wipe(struct export *x)
{
	tiler_destroy(&x->tiler);
	sluis_result_destroy(&x->witnessed);
}

/* Complain that CODE happened to X's folder because of REASON; returns CODE. */
static rc
refuse(const struct export *x, rc code, const char *reason)
{
	(void)complain_code(x->cli, code, x->dir, reason);
	return code;
}

/* --- the folder ------------------------------------------------------------------ */

static bool
has(const struct export *x, const char *name)
{
	char        path[FILE_PATH_MAX];
	struct stat st;

	return path_join(path, x->dir, name) == RC_OK && stat(path, &st) == 0;
}

static rc
make_folder(const struct export *x)
{
	char path[FILE_PATH_MAX];

	if (mkdir(x->dir, x->with_details ? 0700 : 0755) != 0 && errno != EEXIST)
		return refuse(x, RC_DISK, N_("the export cannot be written"));
	if (has(x, "tile") || has(x, "details"))
		return refuse(x, RC_CONFIG,
		    N_("a new or empty folder is needed, or an older export"));
	if (!x->with_details) return RC_OK;
	TRY(path_join(path, x->dir, "details"));
	return mkdir(path, 0700) == 0
	           ? RC_OK
	           : refuse(x, RC_DISK, N_("the export cannot be written"));
}

/* The head of the older export, signed by the region that S belongs to. */
static rc
read_older(const struct export *x, const struct sluis *s, struct checkpoint *ret)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	char                      path[FILE_PATH_MAX];

	TRY(path_join(path, x->dir, "checkpoint"));
	rc code = file_read(path, NOTE_MAX, false, &note);
	if (code == RC_OK)
		code = checkpoint_open(buf_slice(&note), &s->folder.region.verifier, ret);
	return code == RC_OK
	           ? RC_OK
	           : refuse(x, code, N_("the older export is not of this journal"));
}

static rc
continue_older(struct export *x, struct source *src)
{
	struct checkpoint old;

	if (!x->with_details && has(x, "details"))
		return refuse(x, RC_CONFIG, N_("the older export holds details"));
	x->with_details = has(x, "details");
	TRY(read_older(x, src->s, &old));
	rc code = tiler_resume(x->tiler, old.size, tiles_give, (void *)(uintptr_t)x->dir);
	struct hash root = tiler_root(x->tiler);
	if (code == RC_OK && !hash_equal(&root, &old.root)) code = RC_BAD_TREE;
	if (code != RC_OK)
		return refuse(
		    x, code, N_("the older export is damaged: begin a new one"));
	src->start = tiler_frontier(x->tiler);
	return RC_OK;
}

static rc
open_export(struct export *x, struct source *src)
{
	x->continues = has(x, "checkpoint");
	TRY(tiler_new(&x->tiler, tiles_write, (void *)(uintptr_t)x->dir));
	return x->continues ? continue_older(x, src) : make_folder(x);
}

/* --- what witnesses saw ---------------------------------------------------------- */

/* Before the entries are read, so that these reach as far.  Without one it is an export
 * that nobody witnessed. */
static void
ask_witnessed(struct export *x, struct source *src)
{
	ignore(
	    code_in(sluis_prove_witnessed(src->s, 0, x->cli->timeout_ms, &x->witnessed)));
}

/* At the size of the head that they cosigned, the entries have to give its root. */
static rc
check_witnessed(struct export *x)
{
	const struct checkpoint *head = x->witnessed != NULL ? &x->witnessed->head : NULL;

	if (head == NULL || tiler_size(x->tiler) != head->size) return RC_OK;
	struct hash root = tiler_root(x->tiler);
	if (hash_equal(&root, &head->root)) return RC_OK;
	return RC_FORKED;
}

static rc
begin_witnessed(struct export *x, struct source *src)
{
	ask_witnessed(x, src);
	rc code = check_witnessed(x);
	return code == RC_OK ? RC_OK
	                     : refuse(x, code, N_("witnesses cosigned another history"));
}

/* An older one stands until this export reaches further. */
static rc
write_witnessed(const struct export *x, uint64_t begun_at)
{
	char path[FILE_PATH_MAX];

	if (x->witnessed == NULL || x->witnessed->head.size < begun_at ||
	    x->witnessed->head.size > tiler_size(x->tiler))
		return RC_OK;
	TRY(path_join(path, x->dir, CHECKPOINT_WITNESSED));
	return file_write(
	    path, slice_str(sluis_result_checkpoint(x->witnessed)), MODE_PUBLIC);
}

/* --- what was erased ------------------------------------------------------------- */

/* An entry says that the details of others are gone: so they are here. */
static rc
forget_erased(const struct export *x, const struct sluis_entry *e)
{
	AUTO(message_destroy)
	Sluis__Leaf *leaf = sluis__leaf__unpack(NULL, e->leaf_n, e->leaf);

	if (leaf == NULL) return RC_BAD_TREE;
	if (leaf->kind != SLUIS__EVENT_KIND__EVENT_ERASED || !leaf->has_refers_to)
		return RC_OK;
	uint64_t n = leaf->has_count ? leaf->count : 1;
	for (uint64_t i = 0; i < n && leaf->refers_to + i < e->index; i++)
		TRY(detail_remove(x->dir, leaf->refers_to + i));
	return RC_OK;
}

/* --- the entries ----------------------------------------------------------------- */

static rc
export_entry(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct export *x = arg;

	(void)size;
	if (x->with_details && e->detail != NULL)
		TRY(detail_write(x->dir, e->index, slice_of(e->detail, e->detail_n)));
	if (x->with_details) TRY(forget_erased(x, e));
	TRY(tiler_append(x->tiler, slice_of(e->leaf, e->leaf_n)));
	return check_witnessed(x);
}

/* The checkpoint last: without it the folder is no journal, or still the older one. */
static rc
finish_export(struct export *x, const struct source *src)
{
	char path[FILE_PATH_MAX];

	TRY(tiler_finish(x->tiler));
	TRY(file_sync_all(x->dir));
	TRY(write_witnessed(x, src->start.size));
	TRY(path_join(path, x->dir, "checkpoint"));
	TRY(file_write(path, slice_str(src->note), MODE_PUBLIC));
	tiles_drop_partial(x->dir, src->start.size, tiler_size(x->tiler));
	return RC_OK;
}

/* Is there an option that only lines have? */
static bool
asks_for_lines(const struct cli *cli)
{
	for (const struct option *o = options_audit_export; o->name != NULL; o++)
		if (strcmp(o->name, "public") != 0 && cli_flag(cli, o->name)) return true;
	return false;
}

int
run_audit_export(struct cli *cli)
{
	AUTO(source_wipe) struct source src = {0};
	AUTO(export_wipe)
	struct export x = {
	    .cli = cli, .dir = cli->args[0], .with_details = !cli_flag(cli, "public")};

	if (cli_flag(cli, "as") && x.with_details) return run_export_as(cli);
	if (asks_for_lines(cli))
		return complain_code(cli, RC_USAGE, "--as",
		    N_("a choice of entries is exported as lines: --as csv, ldv or "
		       "nen7513"));
	rc code = source_open(cli, &src);
	if (code == RC_OK) code = open_export(&x, &src);
	if (code == RC_OK) code = begin_witnessed(&x, &src);
	if (code == RC_OK) code = source_walk(&src, export_entry, &x);
	if (code != RC_OK) return rc_exit_status(code);
	code = finish_export(&x, &src);
	if (code != RC_OK)
		return complain_code(
		    cli, code, x.dir, N_("the export cannot be written"));
	return print_verified(cli, &src.head, NULL);
}
