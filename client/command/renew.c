/* SPDX-License-Identifier: EUPL-1.2 */
/* renew.c - sign the next list, and name the file that is in the way of it. */
#include "client/command/renew.h"

#include <stdio.h>
#include <string.h>

#include "certs/ca.h"
#include "certs/file.h"
#include "client/command/complain.h"
#include "client/command/show.h"
#include "client/folder.h"
#include "client/request.h"
#include "proto/auto.h"

enum { CA_FILE_MAX = 4 * 1024 * 1024 };

/* --- what is wrong --------------------------------------------------------------- */

static const struct {
	const char *name;
	bool        secret;
	const char *absent;
} files[] = {
    {"ca.pem", false, N_("no authority is there")},
    {"ca-key.pem", true,
        N_("its key is not here: the list comes from who has it, as the certificates "
           "do")},
    {"serial", false,
        N_("it is gone: brokers refuse a list with a lower number; put it back from a "
           "copy")},
    {"revoked", false,
        N_("it is gone: a list without it would let back in who was revoked; put it back "
           "from a copy")},
    {"crl.pem", false,
        N_("it is gone, and with it who is on it: put it back from a copy, or from a "
           "broker")},
};

/* What the first file of DIR that cannot be read has; NULL if all can. */
static const char *
unreadable(const char *dir, char where[FILE_PATH_MAX])
{
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		AUTO(buf_wipe) struct buf content = buf_init(CA_FILE_MAX);
		if (path_join(where, dir, files[i].name) != RC_OK) return NULL;
		rc code = file_read(where, CA_FILE_MAX, files[i].secret, &content);
		if (code == RC_NOT_FOUND) return files[i].absent;
		if (code == RC_CONFIG)
			return N_(
			    "it is no file that only its owner may use (mode 0600)");
		if (code != RC_OK) return N_("it cannot be read");
	}
	return NULL;
}

const char *
renew_obstacle(rc code, const char *dir, char where[FILE_PATH_MAX])
{
	const char *why = unreadable(dir, where);

	if (why != NULL || code != RC_OLD_STATE) return why;
	if (path_join(where, dir, "revoked") != RC_OK) return NULL;
	return N_("it lacks somebody who is on the list beside it, crl.pem: put it back "
	          "from a copy");
}

/* What CODE came of when every file can be read, and in WHICH of them. */
static const char *
damaged(rc code, bool opened, const char **which)
{
	*which = opened ? code == RC_CONFIG ? "revoked" : "crl.pem" : "ca-key.pem";
	if (!opened)
		return N_("it is not the key of ca.pem, or one of the two is damaged");
	return code == RC_CONFIG
	           ? N_("it, or serial or crl.pem beside it, is damaged: put it "
	                "back from a copy")
	           : N_("it could not be written; the list of before stands");
}

const char *
renew_fault(rc code, const char *dir, bool opened, char where[FILE_PATH_MAX])
{
	const char *which, *why = NULL;

	where[0] = '\0';
	if (code != RC_IN_USE) why = renew_obstacle(code, dir, where);
	if (code != RC_IN_USE && why == NULL) {
		why = damaged(code, opened, &which);
		if (path_join(where, dir, which) != RC_OK) where[0] = '\0';
	}
	if (where[0] == '\0') (void)snprintf(where, FILE_PATH_MAX, "%s", dir);
	return why;
}

/* Say which file is in the way, and why. */
static int
complain_of(struct cli *cli, rc code, const char *dir, bool opened)
{
	char        where[FILE_PATH_MAX];
	const char *why = renew_fault(code, dir, opened, where);

	return complain_advised(cli, code, where, why, code == RC_OLD_STATE ? "" : NULL);
}

/* --- public ---------------------------------------------------------------------- */

static int
tell(struct cli *cli, const char *dir, const struct ca_list *list)
{
	char     path[FILE_PATH_MAX], until[TIME_TEXT_MAX];
	uint64_t until_ms = (uint64_t)list->until_s * 1000;

	rc code = path_join(path, dir, "crl.pem");
	if (code != RC_OK) return complain_code(cli, code, dir, NULL);
	if (cli->json)
		return cli_json(cli,
		    json_pack("{s:s, s:s, s:I, s:I, s:I}", "ca", dir, "list", path,
		        "number", (json_int_t)list->number, "revoked",
		        (json_int_t)list->n_revoked, "until_ms", (json_int_t)until_ms),
		    RC_OK);
	(void)fprintf(cli->out, tr("renewed %s: number %llu, %llu revoked, until %s UTC"),
	    path, (unsigned long long)list->number, (unsigned long long)list->n_revoked,
	    show_time(until_ms, until));
	(void)fputc('\n', cli->out);
	if (!cli->quiet)
		(void)fprintf(cli->err, "%s\n",
		    tr("install the new crl.pem at the broker and send sluisd SIGHUP"));
	return 0;
}

int
renew_list(struct cli *cli, const char *dir)
{
	AUTO(ca_destroy) struct ca *ca   = NULL;
	struct ca_list              list = {0};

	rc code = ca_open(&ca, dir);
	if (code == RC_OK)
		code = ca_refresh_crl(ca, (int64_t)(unix_ms() / 1000), CRL_DAYS, &list);
	if (code != RC_OK) return complain_of(cli, code, dir, ca != NULL);
	return tell(cli, dir, &list);
}
