/* SPDX-License-Identifier: EUPL-1.2 */
/* kept.c - entries of the party folder's store. */
#include "client/kept.h"

#include "proto/auto.h"

static struct vault_name
name_of(const char *box, const char *suffix, const uint8_t *id)
{
	return (struct vault_name){.box = box, .suffix = suffix, .id = id};
}

rc
kept_write_case(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], const uint8_t *case_id, struct slice content)
{
	AUTO(vault_close) struct vault *v    = NULL;
	struct vault_name               name = name_of(box, suffix, id);

	TRY(vault_open(&v, dir, true, NULL));
	return vault_put(v, &name, case_id, content);
}

rc
kept_write(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct slice content)
{
	return kept_write_case(dir, box, suffix, id, NULL, content);
}

rc
kept_read(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct buf *out)
{
	AUTO(vault_close) struct vault *v    = NULL;
	struct vault_name               name = name_of(box, suffix, id);

	TRY(vault_open(&v, dir, false, NULL));
	return vault_get(v, &name, out);
}

rc
kept_erase(
    const char *dir, const char *box, const char *suffix, const uint8_t *ids, size_t n)
{
	AUTO(vault_close) struct vault    *v     = NULL;
	AUTO(auto_free) struct vault_name *names = calloc(n + 1, sizeof *names);

	if (names == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		names[i] = name_of(box, suffix, ids + i * ID_BYTES);
	rc code = vault_open(&v, dir, false, NULL);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	return vault_erase(v, names, n);
}

rc
kept_remove(
    const char *dir, const char *box, const char *suffix, const uint8_t id[ID_BYTES])
{
	AUTO(vault_close) struct vault *v    = NULL;
	struct vault_name               name = name_of(box, suffix, id);

	rc code = vault_open(&v, dir, false, NULL);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	return vault_remove(v, &name);
}

rc
kept_exists(const char *dir, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], struct sluis_error *e, bool *ret)
{
	AUTO(vault_close) struct vault *v    = NULL;
	struct vault_name               name = name_of(box, suffix, id);

	*ret    = false;
	rc code = vault_open(&v, dir, false, e);
	if (code != RC_OK) return code == RC_NOT_FOUND ? RC_OK : code;
	code = vault_has(v, &name);
	*ret = code == RC_OK;
	return *ret || code == RC_NOT_FOUND ? RC_OK : vault_fault(dir, code, e);
}

/* The store is closed again before the first visit: a visitor may write to it. */
static rc
list(const char *dir, const char *box, const char *suffix, struct sluis_error *e,
    struct vault_head **ret, size_t *ret_n)
{
	AUTO(vault_close) struct vault *v = NULL;

	rc code = vault_open(&v, dir, false, e);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	return vault_fault(dir, vault_list(v, box, suffix, NULL, ret, ret_n), e);
}

rc
kept_each(const char *dir, const char *box, const char *suffix, struct sluis_error *e,
    kept_visitor visit, void *arg)
{
	AUTO(auto_free) struct vault_head *heads = NULL;
	size_t                             n     = 0;

	TRY(list(dir, box, suffix, e, &heads, &n));
	for (size_t i = 0; i < n; i++) TRY(visit(arg, heads[i].id));
	return RC_OK;
}
