/* SPDX-License-Identifier: EUPL-1.2 */
/* manifest.c - backup.json, written and read. */
#include "broker/backup/manifest.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "certs/file.h"
#include "certs/json_auto.h"
#include "proto/auto.h"

enum { MANIFEST_MAX = 4096, FORMAT = 1 };

static rc
path_of(const char *dir, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/backup.json", dir) < PATH_MAX ? RC_OK
	                                                                  : RC_CONFIG;
}

/* --- writing --------------------------------------------------------------------- */

rc
manifest_write(const char *dir, const struct manifest *m)
{
	AUTO(buf_wipe) struct buf text = buf_init(MANIFEST_MAX);
	AUTO(buf_wipe) struct buf root = buf_init(MANIFEST_MAX);
	char path[PATH_MAX], first[2 * HASH_BYTES + 1], second[2 * HASH_BYTES + 1];

	TRY(path_of(dir, path));
	TRY(base64_encode(slice_of(m->root.b, HASH_BYTES), &root));
	hex_encode(first, sizeof first, slice_of(m->digests[0].b, HASH_BYTES));
	hex_encode(second, sizeof second, slice_of(m->digests[1].b, HASH_BYTES));
	TRY(buf_printf(&text,
	    "{\n  \"format\": %d,\n  \"origin\": \"%s\",\n  \"made_ms\": %" PRIu64
	    ",\n  \"size\": %" PRIu64 ",\n  \"root\": \"%.*s\",\n  \"waiting\": %" PRIu64
	    ",\n  \"sha256\": [\"%s\", \"%s\"]\n}\n",
	    FORMAT, m->origin, m->made_ms, m->size, (int)root.n, (const char *)root.p,
	    m->waiting, first, second));
	return file_write(path, buf_slice(&text), MODE_SECRET);
}

/* --- reading --------------------------------------------------------------------- */

static rc
read_number(const json_t *j, const char *key, uint64_t *ret)
{
	const json_t *v = json_object_get(j, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0) return RC_CONFIG;
	*ret = (uint64_t)json_integer_value(v);
	return RC_OK;
}

static rc
read_root(const json_t *j, struct hash *ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(HASH_BYTES);
	const char               *text  = json_string_value(json_object_get(j, "root"));

	if (text == NULL || base64_decode(slice_str(text), &bytes) != RC_OK ||
	    bytes.n != HASH_BYTES)
		return RC_CONFIG;
	memcpy(ret->b, bytes.p, HASH_BYTES);
	return RC_OK;
}

static rc
read_digests(const json_t *j, struct hash ret[2])
{
	const json_t *list = json_object_get(j, "sha256");

	if (json_array_size(list) != 2) return RC_CONFIG;
	for (size_t i = 0; i < 2; i++) {
		const char *hex = json_string_value(json_array_get(list, i));
		if (hex == NULL || hex_decode(hex, ret[i].b, HASH_BYTES) != RC_OK)
			return RC_CONFIG;
	}
	return RC_OK;
}

static rc
read_origin(const json_t *j, char ret[NOTE_NAME_MAX + 1])
{
	const char *text = json_string_value(json_object_get(j, "origin"));

	if (text == NULL || strlen(text) > NOTE_NAME_MAX) return RC_CONFIG;
	memcpy(ret, text, strlen(text) + 1);
	return RC_OK;
}

rc
manifest_read(const char *dir, struct manifest *ret)
{
	AUTO(buf_wipe) struct buf  text = buf_init(MANIFEST_MAX);
	AUTO(json_release) json_t *j    = NULL;
	uint64_t                   format;
	char                       path[PATH_MAX];

	TRY(path_of(dir, path));
	TRY(file_read(path, MANIFEST_MAX, false, &text));
	j = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (j == NULL) return RC_CONFIG;
	TRY(read_number(j, "format", &format));
	if (format != FORMAT) return RC_CONFIG;
	TRY(read_origin(j, ret->origin));
	TRY(read_number(j, "made_ms", &ret->made_ms));
	TRY(read_number(j, "size", &ret->size));
	TRY(read_root(j, &ret->root));
	TRY(read_number(j, "waiting", &ret->waiting));
	return read_digests(j, ret->digests);
}
