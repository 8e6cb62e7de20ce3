/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_prove.c - sluis audit prove: receipts as files that need nobody to check.
 *
 *	sluis audit prove ID        what is kept of a request or delivery
 *	sluis audit prove INDEX     one entry of the journal
 *	sluis audit prove policy    the entry of the policy in force
 *
 * One receipt goes to --out FILE, or to stdout; several go to a folder, one file each.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "certs/file.h"
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/receipts.h"
#include "client/command/complain.h"
#include "client/command/names.h"
#include "client/jsonfile.h"
#include "client/kept.h"
#include "proto/auto.h"

const struct option options_audit_prove[] = {
    {"out", "FILE", N_("where it goes; a folder for more than one")},
    {"witnessed", NULL, N_("with the cosignatures of witnesses, once there are enough")},
    {"detail", NULL, N_("with what was withheld and why: not for every reader")},
    {NULL, NULL, NULL},
};

enum { KIND_INDEX, KIND_ID, KIND_POLICY };

struct wanted {
	int      kind;
	uint64_t index;
	uint8_t  id[ID_BYTES];
};

/* --- what is asked --------------------------------------------------------------- */

static bool
is_index(const char *text, uint64_t *ret)
{
	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) return false;
	errno = 0;
	*ret  = strtoull(text, NULL, 10);
	return errno == 0 && strlen(text) < ID_BYTES * 2;
}

/* An id in full, or the beginning of one that is kept here. */
static rc
find_id(const char *dir, const char *text, struct sluis_error *e, uint8_t id[ID_BYTES])
{
	rc code = id_find(text, dir, KEPT_REQUEST, e, id);

	if (code == RC_NOT_FOUND) code = id_find(text, dir, KEPT_ACT, e, id);
	if (code == RC_NOT_FOUND) code = id_find(text, dir, KEPT_DELIVERY, e, id);
	return code;
}

static rc
read_wanted(struct cli *cli, struct wanted *ret)
{
	const char        *text  = cli->args[0];
	struct sluis_error fault = {.where = ""};

	ret->kind = KIND_POLICY;
	if (strcmp(text, "policy") == 0) return RC_OK;
	ret->kind = KIND_INDEX;
	if (is_index(text, &ret->index)) return RC_OK;
	ret->kind = KIND_ID;
	rc code   = find_id(cli_party_dir(cli), text, &fault, ret->id);
	if (code != RC_OK)
		(void)complain_id(cli, code, &fault, text,
		    N_("this is neither an id that is kept here nor the number of an "
		       "entry"));
	return code;
}

/* --- where it comes from --------------------------------------------------------- */

static rc
ask(struct cli *cli, struct sluis *s, const struct wanted *w, struct receipts *p)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	uint64_t index = w->kind == KIND_POLICY ? SLUIS_POLICY_IN_FORCE : w->index;

	rc code = code_in(w->kind == KIND_ID
	                      ? sluis_explain(s, w->id, cli->timeout_ms, &r)
	                      : sluis_explain_entry(s, index, cli->timeout_ms, &r));
	return code == RC_OK ? receipts_of(p, s, r) : code;
}

static rc
gather(struct cli *cli, struct sluis *s, const struct wanted *w, struct receipts *p)
{
	rc code = w->kind == KIND_ID ? receipts_kept(p, s, w->id) : RC_NOT_FOUND;

	if (code == RC_NOT_FOUND) code = ask(cli, s, w, p);
	if (code == RC_OK && p->n == 0) code = RC_NOT_FOUND;
	if (code == RC_NOT_FOUND)
		(void)complain_code(cli, code, cli->args[0],
		    N_("there is no such entry, or it is not for this desk to see"));
	else if (code != RC_OK)
		(void)complain_handle(cli, s);
	return code;
}

static rc
add_witnesses(struct cli *cli, struct sluis *s, struct receipts *p)
{
	if (!cli_flag(cli, "witnessed")) return RC_OK;
	rc code = receipts_witness(p, s, cli->timeout_ms);
	if (code == RC_NOT_FOUND)
		(void)complain_code(cli, code, cli->args[0],
		    N_("not enough witnesses have cosigned a head that holds it: try "
		       "again "
		       "later"));
	else if (code != RC_OK)
		(void)complain_handle(cli, s);
	return code;
}

/* --- where it goes --------------------------------------------------------------- */

static rc
write_one(const struct receipt_out *o, const char *path)
{
	return file_write(
	    path, buf_slice(&o->text), o->has_detail ? MODE_SECRET : MODE_PUBLIC);
}

/* DIR/<index>.tlog-proof */
static rc
name_in(const char *dir, const struct receipt_out *o, char out[FILE_PATH_MAX])
{
	int n = snprintf(
	    out, FILE_PATH_MAX, "%s/%llu.tlog-proof", dir, (unsigned long long)o->index);

	return n > 0 && n < FILE_PATH_MAX ? RC_OK : RC_CONFIG;
}

static rc
write_all(const struct receipts *p, const char *dir)
{
	char path[FILE_PATH_MAX];

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) return RC_DISK;
	for (size_t i = 0; i < p->n; i++) {
		TRY(name_in(dir, &p->at[i], path));
		TRY(write_one(&p->at[i], path));
	}
	return RC_OK;
}

static json_t *
as_json(const struct receipts *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n; i++) {
		const struct receipt_out *o = &p->at[i];
		(void)json_array_append_new(
		    list, json_pack("{s:I, s:I, s:b, s:b, s:s%}", "index",
		              (json_int_t)o->index, "size", (json_int_t)o->size, "detail",
		              (int)o->has_detail, "witnessed", (int)o->witnessed, "proof",
		              (const char *)o->text.p, o->text.n));
	}
	return json_pack("{s:o}", "receipts", list);
}

/* One receipt is a file called OUT, more are files in that folder; so is one where OUT is
 * a folder. */
static bool
is_file(const struct receipts *p, const char *out)
{
	struct stat st;

	return p->n == 1 && (stat(out, &st) != 0 || !S_ISDIR(st.st_mode));
}

/* Say so where a detail was asked for and is not there. */
static void
tell_details(struct cli *cli, const struct receipts *p)
{
	for (size_t i = 0; i < p->n && cli_flag(cli, "detail") && !cli->quiet; i++)
		if (!p->at[i].has_detail)
			(void)fprintf(cli->err, "%s %llu: %s\n", tr("entry"),
			    (unsigned long long)p->at[i].index,
			    tr("without detail: it has none, it was erased, or it is not "
			       "for this desk"));
}

/* What lies where now, for people. */
static void
tell(struct cli *cli, const struct receipts *p, const char *out, bool file)
{
	for (size_t i = 0; i < p->n; i++) {
		char path[FILE_PATH_MAX];
		if (file)
			(void)snprintf(path, sizeof path, "%s", out);
		else if (name_in(out, &p->at[i], path) != RC_OK)
			continue;
		(void)fprintf(cli->out, "%s: %s %llu, %s %llu\n", path, tr("entry"),
		    (unsigned long long)p->at[i].index,
		    tr("proven to be in the journal of size"),
		    (unsigned long long)p->at[i].size);
	}
}

static int
hand_out(struct cli *cli, const struct receipts *p)
{
	const char *out  = cli_value(cli, "out");
	bool        file = out != NULL && is_file(p, out);
	rc          code = RC_OK;

	if (out != NULL) code = file ? write_one(&p->at[0], out) : write_all(p, out);
	if (code != RC_OK)
		return complain_code(cli, code, out, N_("the proof cannot be written"));
	tell_details(cli, p);
	if (cli->json) return cli_json(cli, as_json(p), RC_OK);
	if (out == NULL && p->n != 1)
		return complain_code(cli, RC_USAGE, "--out",
		    N_("there is more than one entry: name a folder"));
	if (out != NULL)
		tell(cli, p, out, file);
	else
		(void)fwrite(p->at[0].text.p, 1, p->at[0].text.n, cli->out);
	return 0;
}

int
run_audit_prove(struct cli *cli)
{
	AUTO(sluis_close) struct sluis         *s = NULL;
	AUTO(receipts_destroy) struct receipts *p = receipts_new(cli_flag(cli, "detail"));
	struct wanted                           w = {.index = 0};

	if (p == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	rc code = cli_open(cli, &s);
	if (code == RC_OK) code = read_wanted(cli, &w);
	if (code == RC_OK) code = gather(cli, s, &w, p);
	if (code == RC_OK) code = add_witnesses(cli, s, p);
	return code == RC_OK ? hand_out(cli, p) : rc_exit_status(code);
}
