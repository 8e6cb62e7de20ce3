/* SPDX-License-Identifier: EUPL-1.2 */
/* lines.c - what the forms of lines share. */
#include "client/command/audit/lines.h"

#include <stdlib.h>

#include "client/jsonfile.h"
#include "proto/auto.h"
#include "proto/bytes.h"
#include "proto/schema.h"

void
lines_wipe(struct lines *l)
{
	free(l->spans);
	l->spans = NULL;
}

const char *
lines_hex(const uint8_t *id, size_t n, char *out)
{
	out[0] = '\0';
	if (id != NULL) hex_encode(out, n * 2 + 1, slice_of(id, n));
	return out;
}

const char *
lines_category(const struct lines *l, const char *path)
{
	const struct schema_field *f = schema_find(path);
	const char                *c =
            l->policy != NULL && f != NULL ? policy_category(l->policy, f) : NULL;

	return c != NULL ? c : "";
}

rc
lines_put(struct lines *l, json_t *json)
{
	AUTO(json_release) json_t *owned = json;

	if (owned == NULL) return RC_NOMEM;
	if (json_dumpf(owned, l->to, JSON_COMPACT | JSON_PRESERVE_ORDER) != 0 ||
	    fputc('\n', l->to) == EOF)
		return RC_DISK;
	return RC_OK;
}

json_t *
lines_fields(const struct lines *l, const struct sluis_entry *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->n_fields; i++) {
		const struct sluis_field *f = &e->fields[i];
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "path", f->path,
		              "category", lines_category(l, f->path), "action",
		              sluis_action_name(f->action), "rule", f->rule, "article",
		              f->article));
	}
	return list;
}
