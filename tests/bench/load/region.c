/* SPDX-License-Identifier: EUPL-1.2 */
/* region.c - region.json and the folders of parties. */
#include "region.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "load.h"
#include "proto/rc.h"

enum { PATH_BYTES = 1024 };

static json_t *
read_json(const char *path)
{
	json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);

	if (j == NULL) die_of("cannot be read", path);
	return j;
}

static void
text_of(const json_t *object, const char *key, char *out, size_t size)
{
	const char *s = json_string_value(json_object_get(object, key));

	if (s == NULL || strlen(s) >= size) die_of("is missing", key);
	memcpy(out, s, strlen(s) + 1);
}

void
bench_region_read(const char *dir, struct bench_region *ret)
{
	char path[PATH_BYTES], z85[64];

	(void)snprintf(path, sizeof path, "%s/region.json", dir);
	json_t *j = read_json(path);
	text_of(j, "origin", ret->origin, sizeof ret->origin);
	text_of(j, "endpoint", ret->endpoint, sizeof ret->endpoint);
	text_of(j, "broker_curve_public", z85, sizeof z85);
	if (zmq_z85_decode(ret->curve_public, z85) == NULL)
		die_of("is no key", "broker_curve_public");
	json_decref(j);
}

void
bench_party_read(const char *dir, const char *name, struct bench_party *ret)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof path, "%s/parties/%s/party.json", dir, name);
	json_t *j = read_json(path);
	text_of(j, "oin", ret->oin, sizeof ret->oin);
	text_of(j, "desk", ret->desk, sizeof ret->desk);
	json_decref(j);
	(void)snprintf(path, sizeof path, "%s/parties/%s/keys.json", dir, name);
	rc code = keys_read(path, &ret->keys);
	if (code != RC_OK) die_of(path, rc_name(code));
}
