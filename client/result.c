/* SPDX-License-Identifier: EUPL-1.2 */
/* result.c - answers as plain structs, in memory that is wiped. */
#include "client/result.h"

#include <sodium.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/message.h"

/* --- the pool -------------------------------------------------------------------- */

struct block {
	struct block *next;
	size_t        n;
	_Alignas(max_align_t) uint8_t bytes[];
};

void *
result_alloc(struct sluis_result *r, size_t n)
{
	struct block *b = calloc(1, sizeof *b + n);

	if (b == NULL) return NULL;
	b->n    = n;
	b->next = r->pool;
	r->pool = b;
	return b->bytes;
}

const char *
result_text(struct sluis_result *r, const char *text)
{
	if (text == NULL || text[0] == '\0') return "";
	char *copy = result_alloc(r, strlen(text) + 1);
	if (copy == NULL) return "";
	memcpy(copy, text, strlen(text) + 1);
	return copy;
}

rc
result_new(struct sluis_result **ret, const uint8_t trace_id[ID_BYTES])
{
	struct sluis_result *r = calloc(1, sizeof *r);

	if (r == NULL) return RC_NOMEM;
	memcpy(r->trace_id, trace_id, sizeof r->trace_id);
	*ret = r;
	return RC_OK;
}

static void
destroy_pool(struct block **pool)
{
	while (*pool != NULL) {
		struct block *b = *pool;
		*pool           = b->next;
		sodium_memzero(b->bytes, b->n);
		free(b);
	}
}

void
sluis_result_destroy(struct sluis_result **rp)
{
	struct sluis_result *r = *rp;

	if (r == NULL) return;
	message_destroy(&r->answer);
	destroy_pool(&r->pool);
	if (r->json != NULL) sodium_memzero(r->json, strlen(r->json));
	free(r->json);
	free(r->deliveries);
	free(r->entries);
	sodium_memzero(r, sizeof *r);
	free(r);
	*rp = NULL;
}

/* --- accessors ------------------------------------------------------------------- */

const uint8_t *
sluis_result_trace_id(const struct sluis_result *r)
{
	return r->trace_id;
}

const char *
sluis_result_change(const struct sluis_result *r)
{
	return r->answer != NULL && r->answer->change != NULL ? r->answer->change : "";
}

const uint8_t *
sluis_result_confirmation(const struct sluis_result *r)
{
	return r->answer != NULL && r->answer->confirmation.len == HASH_BYTES
	           ? r->answer->confirmation.data
	           : NULL;
}

const char *
sluis_result_bundle(const struct sluis_result *r)
{
	return r->answer != NULL && r->answer->bundle != NULL ? r->answer->bundle : "";
}

size_t
sluis_result_n_outcomes(const struct sluis_result *r)
{
	return r->n_outcomes;
}

const struct sluis_outcome *
sluis_result_outcome(const struct sluis_result *r, size_t i)
{
	return i < r->n_outcomes ? &r->outcomes[i] : NULL;
}

size_t
sluis_result_n_deliveries(const struct sluis_result *r)
{
	return r->n_deliveries;
}

const struct sluis_delivery *
sluis_result_delivery(const struct sluis_result *r, size_t i)
{
	return i < r->n_deliveries ? &r->deliveries[i] : NULL;
}

size_t
sluis_result_n_entries(const struct sluis_result *r)
{
	return r->n_entries;
}

const struct sluis_entry *
sluis_result_entry(const struct sluis_result *r, size_t i)
{
	return i < r->n_entries ? &r->entries[i] : NULL;
}

const char *
sluis_result_checkpoint(const struct sluis_result *r)
{
	return r->answer != NULL && r->answer->checkpoint != NULL ? r->answer->checkpoint
	                                                          : "";
}

uint64_t
sluis_result_tree_size(const struct sluis_result *r)
{
	return r->head.size;
}

size_t
sluis_result_n_proof(const struct sluis_result *r)
{
	return r->answer != NULL ? r->answer->n_proof : 0;
}

const uint8_t *
sluis_result_proof(const struct sluis_result *r, size_t i)
{
	return i < sluis_result_n_proof(r) ? r->answer->proof[i].data : NULL;
}
