/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * export_as.c - sluis audit export FILE --as FORM: entries as lines, told when all of
 * them verified.
 *
 * Lines wait in a file without a name until then, so that memory does not depend on how
 * many there are, and nothing that does not hold is ever handed on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/filter.h"
#include "client/command/audit/lines.h"
#include "client/command/complain.h"
#include "client/handle.h"
#include "proto/auto.h"
#include "proto/trust_policy.h"

enum { COPY_BYTES = 64 * 1024 };

static const struct lines_form *const forms[] = {&lines_csv, &lines_ldv, &lines_nen};

enum { N_FORMS = sizeof forms / sizeof forms[0] };

struct exporting {
	const struct lines_form *form;
	struct filter            filter; /* owned */
	struct lines             lines;  /* owned, with its stream */
	char                     origin[NOTE_NAME_MAX + 1];
	uint64_t                 n;
};

static void
exporting_wipe(struct exporting *x)
{
	filter_wipe(&x->filter);
	lines_wipe(&x->lines);
	if (x->lines.to != NULL) (void)fclose(x->lines.to);
}

static const char *
form_at(const void *arg, size_t i)
{
	(void)arg;
	return i < N_FORMS ? forms[i]->name : NULL;
}

static rc
find_form(struct cli *cli, const struct lines_form **ret)
{
	const char *name = cli_value(cli, "as");

	for (size_t i = 0; i < N_FORMS; i++)
		if (strcmp(forms[i]->name, name) == 0) {
			*ret = forms[i];
			return RC_OK;
		}
	return known_complain(cli, NULL, "as", name, form_at, NULL);
}

static rc
take(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct exporting *x     = arg;
	bool              taken = false;

	(void)size;
	TRY(filter_take(&x->filter, e, &taken));
	if (!taken) return RC_OK;
	x->n++;
	return x->form->entry(&x->lines, e);
}

/* All that stands in FROM, to TO. */
static rc
copy(FILE *from, FILE *to)
{
	AUTO(auto_free) char *bytes = malloc(COPY_BYTES);
	size_t                n;

	if (bytes == NULL) return RC_NOMEM;
	if (fflush(from) != 0) return RC_DISK;
	rewind(from);
	while ((n = fread(bytes, 1, COPY_BYTES, from)) != 0)
		if (fwrite(bytes, 1, n, to) != n) return RC_DISK;
	return ferror(from) != 0 || fflush(to) != 0 ? RC_DISK : RC_OK;
}

/* Into a new file that only its owner reads: what was withheld stands in it. */
static rc
deliver(struct cli *cli, const char *path, FILE *from)
{
	if (strcmp(path, "-") == 0) return copy(from, cli->out);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) return errno == EEXIST ? RC_CONFIG : RC_DISK;
	FILE *to = fdopen(fd, "wb");
	if (to == NULL) {
		(void)close(fd);
		return RC_DISK;
	}
	rc code = copy(from, to);
	if (code == RC_OK && fsync(fd) != 0) code = RC_DISK;
	if (fclose(to) != 0 && code == RC_OK) code = RC_DISK;
	if (code != RC_OK) (void)unlink(path);
	return code;
}

static int
finish(struct cli *cli, const struct source *src, const struct exporting *x)
{
	const char *path = cli->args[0];
	rc          code = deliver(cli, path, x->lines.to);

	if (code != RC_OK)
		return complain_code(cli, code, path,
		    code == RC_CONFIG ? N_("there is a file of this name already")
		                      : N_("the lines cannot be written"));
	if (strcmp(path, "-") != 0) return print_verified(cli, &src->head, NULL);
	return 0;
}

/* The region's name, of the party or of the key that a folder is verified with. */
static void
set_origin(struct exporting *x, const struct source *src)
{
	const struct vouch         *t = &src->trust;
	const struct note_verifier *log =
	    t->policy != NULL ? trust_policy_log(t->policy, 0) : NULL;
	const char *key = log != NULL ? log->name : t->log.name;

	(void)snprintf(x->origin, sizeof x->origin, "%s",
	    src->s != NULL ? sluis_origin(src->s) : key);
	x->lines.origin = x->origin;
}

int
run_export_as(struct cli *cli)
{
	AUTO(source_wipe) struct source       src = {0};
	AUTO(exporting_wipe) struct exporting x   = {0};

	rc code = find_form(cli, &x.form);
	if (code == RC_OK) code = source_open(cli, &src);
	if (code == RC_OK) code = filter_read(&x.filter, &src);
	if (code != RC_OK) return rc_exit_status(code);
	x.lines.policy = x.filter.policy;
	x.lines.to     = tmpfile();
	if (x.lines.to == NULL)
		return complain_code(cli, RC_DISK, NULL,
		    N_("no room for the lines while they are verified"));
	set_origin(&x, &src);
	if (x.form->begin != NULL) x.form->begin(&x.lines);
	code = source_walk(&src, take, &x);
	if (code == RC_OK) code = filter_end(&x.filter);
	return code == RC_OK ? finish(cli, &src, &x) : rc_exit_status(code);
}
