/* SPDX-License-Identifier: EUPL-1.2 */
/* jsonfile.c - strict reading and whole-file writing of small JSON files. */
#include "client/jsonfile.h"

#include <stdio.h>
#include <string.h>

#include "certs/file.h"

enum { JSON_FILE_MAX = 1024 * 1024 };

/* RC_CONFIG at "PATH: KEY" because of REASON. */
static rc
complain(struct sluis_error *e, const char *path, const char *key, const char *reason)
{
	char where[160];

	(void)snprintf(where, sizeof where, "%s: %s", path, key);
	return error_set(e, RC_CONFIG, where, reason);
}

rc
jsonfile_read(const char *path, json_t **ret, struct sluis_error *e)
{
	AUTO(buf_wipe) struct buf text = buf_init(JSON_FILE_MAX);
	json_error_t              error;
	char                      where[160];

	rc code = file_read(path, JSON_FILE_MAX, false, &text);
	if (code != RC_OK) return error_set(e, code, path, "cannot be read");
	json_t *json =
	    json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
	(void)snprintf(where, sizeof where, "%s:%d:%d", path, error.line, error.column);
	if (json == NULL) return error_set(e, RC_CONFIG, where, "is not JSON");
	if (!json_is_object(json)) {
		json_decref(json);
		return error_set(e, RC_CONFIG, path, "must hold one object");
	}
	*ret = json;
	return RC_OK;
}

rc
jsonfile_write(const char *path, const json_t *json, unsigned mode)
{
	AUTO(auto_free)
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (text == NULL) return RC_NOMEM;

	AUTO(buf_wipe) struct buf out = buf_init(JSON_FILE_MAX);
	TRY(buf_append(&out, slice_str(text)));
	TRY(buf_append(&out, slice_str("\n")));
	return file_write(path, buf_slice(&out), mode);
}

rc
jsonfile_string(const char *path, const json_t *object, const char *key, char *out,
    size_t size, struct sluis_error *e)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value)) return complain(e, path, key, "a string is needed");
	size_t n = json_string_length(value);
	if (n == 0 || n >= size || strlen(json_string_value(value)) != n)
		return complain(e, path, key, "is empty or too long");
	memcpy(out, json_string_value(value), n + 1);
	return RC_OK;
}
