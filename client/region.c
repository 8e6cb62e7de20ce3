/* SPDX-License-Identifier: EUPL-1.2 */
/* region.c - reading and writing region.json. */
#include "client/region.h"

#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "certs/file.h"
#include "client/jsonfile.h"
#include "proto/trust_policy.h"

enum { MEMBERS_MAX = 4096 };

rc
path_join(char out[FILE_PATH_MAX], const char *dir, const char *name)
{
	int n = name[0] == '/' ? snprintf(out, FILE_PATH_MAX, "%s", name)
	                       : snprintf(out, FILE_PATH_MAX, "%s/%s", dir, name);
	return n >= 0 && n < FILE_PATH_MAX ? RC_OK : RC_CONFIG;
}

rc
region_beside(const struct region *r, const char *name, char out[FILE_PATH_MAX])
{
	char        dir[FILE_PATH_MAX];
	const char *slash = strrchr(r->file, '/');
	int         n = slash == NULL ? 1 : (int)(slash - r->file) + (slash == r->file);

	(void)snprintf(dir, sizeof dir, "%.*s", n, slash == NULL ? "." : r->file);
	return path_join(out, dir, name);
}

bool
oin_is_valid(const char *text)
{
	return strlen(text) == OIN_DIGITS && strspn(text, "0123456789") == OIN_DIGITS;
}

rc
z85_read(const char *text, uint8_t key[KEY_BYTES])
{
	/* zmq_z85_decode() of 4.3.4 wants a length divisible by 5 and valid digits */
	if (strlen(text) != Z85_KEY_CHARS) return RC_CONFIG;
	return zmq_z85_decode(key, text) != NULL ? RC_OK : RC_CONFIG;
}

rc
member_read(
    const char *path, const json_t *object, struct member *ret, struct sluis_error *e)
{
	struct member m;

	TRY(jsonfile_string(path, object, "name", m.name, sizeof m.name, e));
	TRY(jsonfile_string(
	    path, object, "organisation", m.organisation, sizeof m.organisation, e));
	TRY(jsonfile_string(path, object, "oin", m.oin, sizeof m.oin, e));
	TRY(jsonfile_string(path, object, "role", m.role, sizeof m.role, e));
	TRY(jsonfile_string(path, object, "desk", m.desk, sizeof m.desk, e));
	if (!oin_is_valid(m.oin))
		return error_set(e, RC_CONFIG, path, "oin must be 20 digits");
	*ret = m;
	return RC_OK;
}

json_t *
member_json(const struct member *m)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", m->name, "organisation",
	    m->organisation, "oin", m->oin, "role", m->role, "desk", m->desk);
}

static rc
read_members(
    const char *path, const json_t *json, struct region *r, struct sluis_error *e)
{
	const json_t *list = json_object_get(json, "parties");

	if (!json_is_array(list) || json_array_size(list) > MEMBERS_MAX)
		return error_set(e, RC_CONFIG, path, "parties must be a list");
	r->members = calloc(json_array_size(list) + 1, sizeof *r->members);
	if (r->members == NULL) return RC_NOMEM;
	for (size_t i = 0; i < json_array_size(list); i++) {
		TRY(member_read(path, json_array_get(list, i), &r->members[i], e));
		r->n_members++;
	}
	return RC_OK;
}

/* One more place of R, which the object JSON names. */
static rc
read_place(const char *path, const json_t *json, struct region *r, struct sluis_error *e)
{
	struct site *p = &r->sites[r->n_sites];
	char         z85[Z85_KEY_CHARS + 1];

	TRY(jsonfile_string(path, json, "endpoint", p->endpoint, sizeof p->endpoint, e));
	TRY(jsonfile_string(path, json, "endpoint_audit", p->endpoint_audit,
	    sizeof p->endpoint_audit, e));
	TRY(jsonfile_string(path, json, "endpoint_enrol", p->endpoint_enrol,
	    sizeof p->endpoint_enrol, e));
	TRY(jsonfile_string(path, json, "broker_curve_public", z85, sizeof z85, e));
	if (z85_read(z85, p->curve_public) != RC_OK)
		return error_set(
		    e, RC_CONFIG, path, "broker_curve_public must be 40 Z85 characters");
	r->n_sites++;
	return RC_OK;
}

/* Absent, or null, unless the broker's CURVE key changes. */
static rc
read_next(const char *path, const json_t *json, struct region *r, struct sluis_error *e)
{
	const json_t *next = json_object_get(json, "next");

	if (next == NULL || json_is_null(next)) return RC_OK;
	if (!json_is_object(next))
		return error_set(e, RC_CONFIG, path, "next must be an object");
	return read_place(path, next, r, e);
}

static rc
read_keys(const char *path, const json_t *json, struct region *r, struct sluis_error *e)
{
	char vkey[NOTE_VKEY_MAX];

	TRY(jsonfile_string(path, json, "verifier", vkey, sizeof vkey, e));
	if (note_verifier_parse(&r->verifier, vkey) != RC_OK)
		return error_set(e, RC_CONFIG, path, "verifier is not a verifier key");
	if (strcmp(r->verifier.name, r->origin) != 0)
		return error_set(e, RC_CONFIG, path, "verifier is of another origin");
	return RC_OK;
}

/* Absent from the file of a region without layer 2. */
static rc
read_cover(const char *path, const json_t *json, struct region *r, struct sluis_error *e)
{
	const json_t *value = json_object_get(json, "cover_s");

	if (value == NULL) return RC_OK;
	json_int_t s = json_integer_value(value);
	if (!json_is_integer(value) || s < 0 || s > COVER_MAX_S)
		return error_set(e, RC_CONFIG, path, "cover_s must be from 0 to 3600");
	r->cover_s = (unsigned)s;
	return RC_OK;
}

/* The name of a file beside region.json; absent from the file of an older region. */
static rc
read_file_name(const char *path, const json_t *json, const char *key,
    char out[REGION_FILE_MAX + 1], struct sluis_error *e)
{
	if (json_object_get(json, key) == NULL) return RC_OK;
	return jsonfile_string(path, json, key, out, REGION_FILE_MAX + 1, e);
}

/* The keys that the journal was signed with before: the trust file names them still, and
 * what was proven by them stays proven.  Without such a file there are none; a wrong one
 * is told to whoever needs its witnesses. */
static rc
take_former_keys(struct region *r)
{
	AUTO(trust_policy_destroy) struct trust_policy *p    = NULL;
	AUTO(buf_wipe) struct buf                       text = buf_init(TRUST_FILE_MAX);
	char                                            path[FILE_PATH_MAX];

	if (r->trust[0] == '\0' || region_beside(r, r->trust, path) != RC_OK)
		return RC_OK;
	if (file_read(path, TRUST_FILE_MAX, false, &text) != RC_OK) return RC_OK;
	rc code = trust_policy_parse(buf_slice(&text), &p, NULL);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK) return RC_OK;
	code = trust_policy_also(p, &r->verifier);
	return code == RC_TOO_MANY ? RC_OK : code;
}

rc
region_read(const char *path, struct region *ret, struct sluis_error *e)
{
	AUTO(json_release) json_t      *json = NULL;
	AUTO(region_wipe) struct region r    = {.n_members = 0};

	if (snprintf(r.file, sizeof r.file, "%s", path) >= (int)sizeof r.file)
		return error_set(
		    e, RC_CONFIG, NULL, "the path of region.json is too long");
	TRY(jsonfile_read(path, &json, e));
	TRY(jsonfile_string(path, json, "origin", r.origin, sizeof r.origin, e));
	TRY(read_place(path, json, &r, e));
	TRY(read_next(path, json, &r, e));
	TRY(read_keys(path, json, &r, e));
	TRY(read_cover(path, json, &r, e));
	TRY(read_file_name(path, json, "anchors", r.anchors, e));
	TRY(read_file_name(path, json, "trust", r.trust, e));
	TRY(read_members(path, json, &r, e));
	TRY(take_former_keys(&r));
	*ret      = r;
	r.members = NULL;
	return RC_OK;
}

void
region_wipe(struct region *r)
{
	free(r->members);
	r->members   = NULL;
	r->n_members = 0;
}

static json_t *
place_json(const struct site *p)
{
	char z85[Z85_KEY_CHARS + 1];

	(void)zmq_z85_encode(z85, p->curve_public, KEY_BYTES);
	return json_pack("{s:s, s:s, s:s, s:s}", "endpoint", p->endpoint,
	    "endpoint_audit", p->endpoint_audit, "endpoint_enrol", p->endpoint_enrol,
	    "broker_curve_public", z85);
}

/* Where R's broker is, as members of JSON. */
static rc
add_places(const struct region *r, json_t *json)
{
	AUTO(json_release) json_t *now = place_json(&r->sites[0]);

	if (now == NULL || json_object_update(json, now) != 0) return RC_NOMEM;
	if (r->n_sites < 2) return RC_OK;
	return json_object_set_new(json, "next", place_json(&r->sites[1])) == 0
	           ? RC_OK
	           : RC_NOMEM;
}

rc
region_write(const char *path, const struct region *r)
{
	char vkey[NOTE_VKEY_MAX];

	TRY(note_verifier_format(&r->verifier, vkey));
	AUTO(json_release)
	json_t *json = json_pack("{s:s}", "origin", r->origin);
	if (json == NULL) return RC_NOMEM;
	TRY(add_places(r, json));
	AUTO(json_release)
	json_t *rest = json_pack(
	    "{s:s, s:i, s:[]}", "verifier", vkey, "cover_s", (int)r->cover_s, "parties");
	if (rest == NULL || json_object_update(json, rest) != 0) return RC_NOMEM;
	if (r->anchors[0] != '\0' &&
	    json_object_set_new(json, "anchors", json_string(r->anchors)) != 0)
		return RC_NOMEM;
	if (r->trust[0] != '\0' &&
	    json_object_set_new(json, "trust", json_string(r->trust)) != 0)
		return RC_NOMEM;
	for (size_t i = 0; i < r->n_members; i++)
		if (json_array_append_new(json_object_get(json, "parties"),
		        member_json(&r->members[i])) != 0)
			return RC_NOMEM;
	return jsonfile_write(path, json, 0644);
}
