/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_export.c - sluis audit export DIR: the journal as static files.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "certs/file.h"
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/source.h"
#include "client/command/complain.h"
#include "client/command/policy/details.h"
#include "client/command/tiles.h"
#include "client/folder.h"
#include "proto/auto.h"

struct export
{
	const char   *dir;
	struct tiler *tiler;
};

static rc
export_entry(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct export *x = arg;

	(void)size;
	if (e->detail != NULL)
		TRY(detail_write(x->dir, e->index, slice_of(e->detail, e->detail_n)));
	return tiler_append(x->tiler, slice_of(e->leaf, e->leaf_n));
}

static rc
make_export_folder(const char *dir)
{
	char path[FILE_PATH_MAX];

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) return RC_DISK;
	TRY(path_join(path, dir, "details"));
	return mkdir(path, 0700) == 0 ? RC_OK
	                              : RC_CONFIG; /* never into an older export */
}

/* The checkpoint last: without it the folder is no journal. */
static rc
finish_export(struct export *x, const struct source *src)
{
	char path[FILE_PATH_MAX];

	TRY(tiler_finish(x->tiler));
	TRY(path_join(path, x->dir, "checkpoint"));
	return file_write(path, slice_str(src->note), 0644);
}

int
run_audit_export(struct cli *cli)
{
	AUTO(source_wipe) struct source   src   = {0};
	AUTO(tiler_destroy) struct tiler *tiler = NULL;
	struct export x                         = {.dir = cli->args[0]};

	rc code = source_open(cli, &src);
	if (code != RC_OK) return rc_exit_status(code);
	code = make_export_folder(x.dir);
	if (code == RC_OK)
		code = tiler_new(&tiler, tiles_write, (void *)(uintptr_t)x.dir);
	if (code != RC_OK)
		return complain_code(
		    cli, code, x.dir, N_("a new or empty folder is needed"));
	x.tiler = tiler;
	code    = source_walk(&src, export_entry, &x);
	if (code != RC_OK) return rc_exit_status(code);
	code = finish_export(&x, &src);
	if (code != RC_OK)
		return complain_code(
		    cli, code, x.dir, N_("the export cannot be written"));
	return print_verified(cli, &src.head);
}
