/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * erase.c - the agency's own choice to keep a thing no longer.
 *
 * Its terms are its own (a retention term, a request of the person): the broker is
 * neither asked nor told.  What was recalled is destroyed with destroy.c, which tells it.
 */
#include <stdlib.h>

#include "client/error.h"
#include "client/handle.h"
#include "client/kept.h"
#include "proto/auto.h"

static const struct {
	const char *box, *suffix;
} places[] = {
    {KEPT_DELIVERY},
    {KEPT_ACKNOWLEDGED},
    {KEPT_RECALLED},
    {KEPT_REQUEST},
    {KEPT_ACT},
    {KEPT_ANSWER},
    {KEPT_WAITING},
};

enum { N_PLACES = sizeof places / sizeof places[0] };

static bool
is_there(struct vault *v, const struct vault_name names[N_PLACES])
{
	for (size_t i = 0; i < N_PLACES; i++)
		if (vault_has(v, &names[i]) == RC_OK) return true;
	return false;
}

static rc
erase(struct sluis *s, const uint8_t *ids, size_t n)
{
	AUTO(vault_close) struct vault *v = NULL;
	AUTO(auto_free)
	struct vault_name *names = calloc(n + 1, N_PLACES * sizeof *names);

	if (names == NULL) return handle_fail(s, RC_NOMEM, NULL, NULL);
	rc code = vault_open(&v, s->folder.dir, false, &s->error);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	for (size_t i = 0; i < n; i++) {
		struct vault_name *one = names + i * N_PLACES;
		for (size_t k = 0; k < N_PLACES; k++)
			one[k] = (struct vault_name){.box = places[k].box,
			    .suffix                       = places[k].suffix,
			    .id                           = ids + i * ID_BYTES};
		if (v == NULL || !is_there(v, one))
			return handle_fail(s, RC_NOT_FOUND, "store",
			    N_("nothing is kept under this id"));
	}
	if (n == 0) return RC_OK;
	code = vault_erase(v, names, n * N_PLACES);
	return code == RC_OK ? RC_OK : handle_fail(s, code, "store", "cannot be erased");
}

enum sluis_code
sluis_erase(struct sluis *s, const uint8_t *ids, size_t n_ids)
{
	return code_out(erase(s, ids, n_ids));
}
