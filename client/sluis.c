/* SPDX-License-Identifier: EUPL-1.2 */
/* sluis.c - the handle: opening and closing a party folder, and the small questions. */
#include <pthread.h>
#include <sodium.h>
#include <zmq.h>

#include "client/handle.h"
#include "client/vault.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/schema.h"

#ifndef SLUIS_VERSION
#define SLUIS_VERSION "0"
#endif

const char *
sluis_version(void)
{
	return SLUIS_VERSION;
}

const char *
sluis_code_name(enum sluis_code code)
{
	return rc_name(code_in(code));
}

int
sluis_code_exit_status(enum sluis_code code)
{
	return rc_exit_status(code_in(code));
}

const char *
sluis_action_name(enum sluis_action a)
{
	switch (a) {
	case SLUIS_WITHHOLD:
		return "withhold";
	case SLUIS_PSEUDONYMISE:
		return "pseudonymise";
	case SLUIS_GENERALISE:
		return "generalise";
	case SLUIS_RELEASE:
		return "release";
	}
	return "unknown";
}

/* --- opening -------------------------------------------------------------------------
 */

static void
describe(const struct member *m, struct sluis_party *ret)
{
	ret->name         = m->name;
	ret->organisation = m->organisation;
	ret->oin          = m->oin;
	ret->role         = m->role;
	ret->desk         = m->desk;
}

static rc
describe_all(struct sluis *s)
{
	const struct region *region = &s->folder.region;

	describe(&s->folder.self, &s->self);
	s->parties = calloc(region->n_members + 1, sizeof *s->parties);
	if (s->parties == NULL) return RC_NOMEM;
	for (size_t i = 0; i < region->n_members; i++)
		describe(&region->members[i], &s->parties[i]);
	return RC_OK;
}

static void
build_schema(void)
{
	(void)schema_signal();
}

/* What must be made once a process, also when two threads open their handles at once. */
static rc
start_library(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (sodium_init() < 0) return RC_CRYPTO;
	return pthread_once(&once, build_schema) == 0 ? RC_OK : RC_INTERNAL;
}

/* A store that is there has to open; none yet is well. */
static rc
check_store(const char *dir, struct sluis_error *e)
{
	AUTO(vault_close) struct vault *v = NULL;

	rc code = vault_open(&v, dir, false, e);
	return code == RC_NOT_FOUND ? RC_OK : code;
}

static rc
open_folder(struct sluis **ret, const char *dir, struct sluis_error *e)
{
	AUTO(sluis_close) struct sluis *s = calloc(1, sizeof *s);
	if (s == NULL) return error_set(e, RC_NOMEM, NULL, NULL);

	rc code = start_library();
	if (code != RC_OK) return error_set(e, code, NULL, "no randomness");
	(void)sodium_mlock(&s->folder.keys, sizeof s->folder.keys);
	TRY(folder_read(dir, &s->folder, e));
	TRY(describe_all(s));
	TRY(check_store(s->folder.dir, e));
	code = seen_read(s->folder.dir, &s->folder.region.verifier, &s->seen);
	if (code != RC_OK)
		return error_set(e, code, "checkpoint", "is not signed by this region");
	*ret = TAKE(s);
	return RC_OK;
}

enum sluis_code
sluis_open(struct sluis **ret, const char *party_dir, struct sluis_error *reterr)
{
	if (party_dir == NULL || party_dir[0] == '\0')
		return code_out(error_set(reterr, RC_USAGE, NULL, "no party folder"));
	return code_out(open_folder(ret, party_dir, reterr));
}

void
sluis_close(struct sluis **sp)
{
	struct sluis *s = *sp;

	if (s == NULL) return;
	for (int i = 0; i < N_DOORS; i++) connection_destroy(&s->doors[i]);
	if (s->context != NULL) (void)zmq_ctx_term(s->context);
	free(s->parties);
	message_destroy(&s->known);
	trust_destroy(&s->trust);
	folder_wipe(&s->folder);
	(void)sodium_munlock(&s->folder.keys, sizeof s->folder.keys);
	sodium_memzero(s, sizeof *s);
	free(s);
	*sp = NULL;
}

/* --- questions -------------------------------------------------------------------------
 */

const struct sluis_error *
sluis_last_error(const struct sluis *s)
{
	return &s->error;
}

const struct sluis_party *
sluis_self(const struct sluis *s)
{
	return &s->self;
}

const char *
sluis_origin(const struct sluis *s)
{
	return s->folder.region.origin;
}

const struct sluis_party *
sluis_party_at(const struct sluis *s, size_t i)
{
	return i < s->folder.region.n_members ? &s->parties[i] : NULL;
}

const uint8_t *
sluis_last_trace_id(const struct sluis *s)
{
	return s->last_id;
}
