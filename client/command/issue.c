/* SPDX-License-Identifier: EUPL-1.2 */
/* issue.c - certificate, keys and binding of a new desk, as files. */
#include "client/command/issue.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "certs/ca.h"
#include "client/command/translate.h"
#include "client/request.h"
#include "client/witness.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { PEM_FILE_MAX = 64 * 1024, SKEW_S = 300 };

rc
dir_make(const char *path)
{
	if (mkdir(path, 0700) == 0) return RC_OK;
	return errno == EEXIST ? RC_CONFIG : RC_DISK;
}

static rc
write_in(const char *dir, const char *name, struct slice content, unsigned mode)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, name));
	return file_write(path, content, mode);
}

static rc
read_in(const char *dir, const char *name, bool secret, struct buf *out)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, name));
	return file_read(path, PEM_FILE_MAX, secret, out);
}

/* --- the certificate ------------------------------------------------------------- */

static rc
write_private_key(const char *dir, EVP_PKEY *key)
{
	AUTO(buf_wipe) struct buf pem = buf_init(PEM_FILE_MAX);

	TRY(cert_write_key(key, &pem));
	return write_in(dir, "private-key.pem", buf_slice(&pem), 0600);
}

static rc
write_certificate(const struct issue *what, struct ca *ca, EVP_PKEY *key)
{
	AUTO(buf_wipe) struct buf pem     = buf_init(PEM_FILE_MAX);
	struct subject            subject = {.oin = what->member->oin,
	               .organisation              = what->member->organisation,
	               .desk                      = what->member->desk,
	               .common_name               = NULL};
	int64_t                   now     = (int64_t)(unix_ms() / 1000);

	TRY(ca_issue(ca, &subject, key, now - SKEW_S,
	    now + (int64_t)CERTIFICATE_DAYS * DAY_S, &pem));
	TRY(write_in(what->dir, "certificate.pem", buf_slice(&pem), 0644));
	TRY(read_in(what->ca_dir, "ca.pem", false, &pem)); /* appended: the chain */
	return write_in(what->dir, "chain.pem", buf_slice(&pem), 0644);
}

static rc
make_certificate(const struct issue *what)
{
	AUTO(ca_destroy) struct ca *ca  = NULL;
	AUTO(key_destroy) EVP_PKEY *key = NULL;

	TRY(ca_open(&ca, what->ca_dir));
	TRY(key_generate(KEY_P256, &key));
	TRY(write_private_key(what->dir, key));
	return write_certificate(what, ca, key);
}

/* --- the binding ----------------------------------------------------------------- */

rc
issue_binding(const char *dir, const char *origin, const struct keys *keys,
    uint64_t sequence, struct buf *out)
{
	AUTO(key_destroy) EVP_PKEY *key  = NULL;
	AUTO(buf_wipe) struct buf   cert = buf_init(PEM_FILE_MAX);
	AUTO(buf_wipe) struct buf   pem  = buf_init(PEM_FILE_MAX);
	uint64_t                    now  = unix_ms();

	TRY(read_in(dir, "certificate.pem", false, &cert));
	TRY(read_in(dir, "private-key.pem", true, &pem));
	TRY(cert_read_key(buf_slice(&pem), &key));
	return binding_make(keys, buf_slice(&cert), key, origin, now - SKEW_S * 1000,
	    now + BINDING_DAYS * DAY_MS, sequence, out);
}

rc
issue_read_binding(const char *dir, const char *name, struct binding *ret)
{
	AUTO(buf_wipe) struct buf                bytes = buf_init(PEM_FILE_MAX);
	AUTO(message_destroy) Sluis__KeyBinding *m     = NULL;
	struct envelope                          e;

	TRY(read_in(dir, name, false, &bytes));
	TRY(envelope_open(buf_slice(&bytes), &e));
	TRY(guard_unpack(&sluis__key_binding__descriptor, e.payload, guard_wire,
	    (ProtobufCMessage **)&m));
	memset(ret, 0, sizeof *ret);
	(void)crypto_hash_sha256(ret->id.b, bytes.p, bytes.n);
	ret->not_before_ms = m->not_before_ms;
	ret->not_after_ms  = m->not_after_ms;
	ret->sequence      = m->sequence;
	if (m->ed25519_public.len == KEY_BYTES)
		memcpy(ret->sign_public, m->ed25519_public.data, KEY_BYTES);
	return RC_OK;
}

static rc
make_keys(const struct issue *what)
{
	AUTO(keys_wipe) struct keys keys    = {.sign_public = {0}};
	AUTO(buf_wipe) struct buf   binding = buf_init(PEM_FILE_MAX);
	char                        path[FILE_PATH_MAX];

	TRY(keys_generate(&keys));
	TRY(path_join(path, what->dir, "keys.json"));
	TRY(keys_write(path, &keys));
	TRY(issue_binding(what->dir, what->origin, &keys, 1, &binding));
	return write_in(what->dir, "binding.bin", buf_slice(&binding), 0644);
}

/* --- the folder ------------------------------------------------------------------ */

static rc
make_boxes(const char *dir)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "inbox"));
	TRY(dir_make(path));
	TRY(path_join(path, dir, "sent"));
	return dir_make(path);
}

/* Its key as a witness; a name that is none for a key makes no witness. */
static rc
make_witness(const struct issue *what)
{
	char vkey[NOTE_VKEY_MAX];

	rc code = witness_vkey(what->dir, what->origin, what->member->name, vkey);
	return code == RC_BAD_NOTE ? RC_OK : code;
}

rc
issue_party(const struct issue *what, struct sluis_error *e)
{
	rc code = dir_make(what->dir);

	if (code != RC_OK)
		return error_set(e, code, what->dir,
		    code == RC_CONFIG
		        ? "is there already"
		        : N_("cannot be made: is the folder above it there, and ours?"));
	if (code == RC_OK) code = make_boxes(what->dir);
	if (code == RC_OK) code = make_certificate(what);
	if (code == RC_OK) code = make_keys(what);
	if (code == RC_OK) code = folder_write(what->dir, what->member, what->region);
	if (code == RC_OK) code = make_witness(what);
	return code == RC_OK ? RC_OK : error_set(e, code, what->dir, "cannot be filled");
}
