/* SPDX-License-Identifier: EUPL-1.2 */
/* sign.c - reading certificate and key, signing, writing the file. */
#include "client/command/policy/sign.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "certs/file.h"
#include "client/command/translate.h"
#include "client/request.h"
#include "proto/auto.h"

enum { PEM_FILE_MAX = 64 * 1024 };

static rc
claim(const struct sign *what, struct endorsement *e)
{
	*e = (struct endorsement){.bundle = *policy_hash(what->policy),
	    .version                      = policy_version(what->policy),
	    .signed_ms                    = unix_ms(),
	    .n_behalf                     = what->n_behalf};
	if (what->n_behalf > BEHALF_MAX) return RC_TOO_MANY;
	for (size_t i = 0; i < what->n_behalf; i++)
		(void)snprintf(e->behalf[i], sizeof e->behalf[i], "%s", what->behalf[i]);
	return RC_OK;
}

static rc
read_key(const char *path, EVP_PKEY **ret, struct sluis_error *e)
{
	AUTO(buf_wipe) struct buf pem = buf_init(PEM_FILE_MAX);

	rc code = file_read(path, PEM_FILE_MAX, true, &pem);
	if (code == RC_OK) code = cert_read_key(buf_slice(&pem), ret);
	return code == RC_OK
	           ? RC_OK
	           : error_set(e, code, path, N_("the private key cannot be used"));
}

/* What PATH says until now. */
static rc
read_former(const char *path, struct endorsement *ret)
{
	AUTO(buf_wipe) struct buf old = buf_init(ENDORSEMENT_MAX);

	*ret    = (struct endorsement){.version = 0};
	rc code = file_read(path, ENDORSEMENT_MAX, false, &old);
	if (code == RC_OK) code = endorsement_peek(buf_slice(&old), ret);
	return code == RC_NOMEM ? code : RC_OK; /* no signature then */
}

static rc
write_file(const struct sign *what, const struct endorsement *by, struct slice content,
    struct endorsement *ret_former)
{
	char dir[FILE_PATH_MAX], name[OIN_DIGITS + 8], path[FILE_PATH_MAX];

	TRY(path_join(dir, what->dir, "signatures"));
	if (mkdir(dir, 0755) != 0 && errno != EEXIST) return RC_DISK;
	(void)snprintf(name, sizeof name, "%s.sig", by->oin);
	TRY(path_join(path, dir, name));
	TRY(read_former(path, ret_former));
	return file_write(path, content, MODE_PUBLIC);
}

rc
sign_policy(const struct sign *what, struct endorsement *ret,
    struct endorsement *ret_former, struct sluis_error *e)
{
	AUTO(key_destroy) EVP_PKEY *key   = NULL;
	AUTO(buf_wipe) struct buf   chain = buf_init(PEM_FILE_MAX);
	AUTO(buf_wipe) struct buf   file  = buf_init(ENDORSEMENT_MAX);

	rc code = claim(what, ret);
	if (code != RC_OK) return error_set(e, code, "--on-behalf-of", NULL);
	code = file_read(what->chain_file, PEM_FILE_MAX, false, &chain);
	if (code != RC_OK) return error_set(e, code, what->chain_file, NULL);
	TRY(read_key(what->key_file, &key, e));
	code = endorsement_make(ret, buf_slice(&chain), key, &file);
	if (code == RC_USAGE)
		return error_set(
		    e, code, "--on-behalf-of", N_("OINs of other parties, each once"));
	if (code != RC_OK)
		return error_set(e, code, what->chain_file,
		    N_("no signature can be made with this certificate and key"));
	code = write_file(what, ret, buf_slice(&file), ret_former);
	return code == RC_OK ? RC_OK : error_set(e, code, what->dir, NULL);
}
