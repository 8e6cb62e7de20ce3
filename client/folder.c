/* SPDX-License-Identifier: EUPL-1.2 */
/* folder.c - reading a party folder. */
#include "client/folder.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/error.h"
#include "client/jsonfile.h"
#include "proto/text.h"

/* Who acts: of the environment, else of party.json; it is no name of a person. */
static rc
read_user(
    const char *path, const json_t *json, char out[USER_MAX + 1], struct sluis_error *e)
{
	const char   *where = "SLUIS_USER", *user = getenv(where);
	const json_t *kept = json_object_get(json, "user");

	if (user == NULL || user[0] == '\0') {
		if (kept == NULL) return RC_OK;
		where = path;
		user  = json_string_value(kept);
	}
	if (user == NULL || !text_is_user(user))
		return error_set(e, RC_CONFIG, where,
		    N_("a user is 1 to 64 letters, digits, '.', '_' and '-': a number "
		       "of your own, no name"));
	(void)snprintf(out, USER_MAX + 1, "%s", user);
	return RC_OK;
}

/* party.json, and the region.json that it points at. */
static rc
read_who(struct folder *p, struct sluis_error *e)
{
	AUTO(json_release) json_t *json = NULL;
	char                       path[FILE_PATH_MAX], region[FILE_PATH_MAX / 2];

	TRY(path_join(path, p->dir, "party.json"));
	rc code = jsonfile_read(path, &json, e);
	if (code == RC_NOT_FOUND)
		return error_set(e, code, path, N_("this is no party folder"));
	if (code != RC_OK) return code;
	TRY(member_read(path, json, &p->self, e));
	TRY(read_user(path, json, p->user, e));
	TRY(jsonfile_string(path, json, "region", region, sizeof region, e));
	TRY(path_join(path, p->dir, region));
	return region_read(path, &p->region, e);
}

static rc
read_keys(struct folder *p, struct sluis_error *e)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, p->dir, "keys.json"));
	rc code = keys_read(path, &p->keys);
	if (code == RC_OK) return RC_OK;
	return error_set(e, code, path,
	    code == RC_NOT_FOUND ? "no keys yet"
	                         : N_("must be whole, and readable by its owner only"));
}

rc
folder_read_who(const char *dir, struct folder *ret, struct sluis_error *e)
{
	AUTO(folder_wipe) struct folder p = {.dir = ""};

	if (snprintf(p.dir, sizeof p.dir, "%s", dir) >= (int)sizeof p.dir)
		return error_set(
		    e, RC_CONFIG, NULL, "the path of the party folder is too long");
	TRY(read_who(&p, e));
	*ret             = p;
	p.region.members = NULL;
	return RC_OK;
}

rc
folder_read(const char *dir, struct folder *ret, struct sluis_error *e)
{
	AUTO(folder_wipe) struct folder p = {.dir = ""};

	TRY(folder_read_who(dir, &p, e));
	TRY(read_keys(&p, e));
	*ret             = p;
	p.region.members = NULL;
	return RC_OK;
}

void
folder_wipe(struct folder *p)
{
	keys_wipe(&p->keys);
	region_wipe(&p->region);
	sodium_memzero(p, sizeof *p);
}

rc
folder_write(const char *dir, const struct member *m, const char *region)
{
	char                       path[FILE_PATH_MAX];
	AUTO(json_release) json_t *json = member_json(m);

	if (json == NULL || json_object_set_new(json, "region", json_string(region)) != 0)
		return RC_NOMEM;
	TRY(path_join(path, dir, "party.json"));
	return jsonfile_write(path, json, 0644);
}
