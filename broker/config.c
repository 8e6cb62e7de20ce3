/* SPDX-License-Identifier: EUPL-1.2 */
/* config.c - the table of options, and reading a file by it. */
#include "broker/config.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "policy/read/yaml.h"
#include "proto/auto.h"
#include "proto/limits.h"
#include "proto/note.h"

enum kind { TEXT, OPTIONAL_TEXT, PATH, OPTIONAL_PATH, NUMBER };

struct option {
	const char *key;
	enum kind   kind;
	size_t      offset;
	int64_t     min, max, standard; /* NUMBER */
};

#define AT(member) offsetof(struct config, member)

static const struct option options[] = {
    {"origin", TEXT, AT(origin), 0, 0, 0},
    {"endpoint_agency", TEXT, AT(endpoint_agency), 0, 0, 0},
    {"endpoint_audit", TEXT, AT(endpoint_audit), 0, 0, 0},
    {"endpoint_enrol", TEXT, AT(endpoint_enrol), 0, 0, 0},
    {"second_agency", OPTIONAL_TEXT, AT(second_agency), 0, 0, 0},
    {"second_audit", OPTIONAL_TEXT, AT(second_audit), 0, 0, 0},
    {"second_enrol", OPTIONAL_TEXT, AT(second_enrol), 0, 0, 0},
    {"state_dir", PATH, AT(state_dir), 0, 0, 0},
    {"policy_dir", PATH, AT(policy_dir), 0, 0, 0},
    {"anchors_file", PATH, AT(anchors_file), 0, 0, 0},
    {"crl_file", PATH, AT(crl_file), 0, 0, 0},
    {"keys_file", PATH, AT(keys_file), 0, 0, 0},
    {"hsm_module", OPTIONAL_PATH, AT(hsm_module), 0, 0, 0},
    {"hsm_token", OPTIONAL_TEXT, AT(hsm_token), 0, 0, 0},
    {"hsm_pin_file", OPTIONAL_PATH, AT(hsm_pin_file), 0, 0, 0},
    {"ready_file", OPTIONAL_PATH, AT(ready_file), 0, 0, 0},
    {"trust_file", OPTIONAL_PATH, AT(trust_file), 0, 0, 0},
    {"published_file", OPTIONAL_PATH, AT(published_file), 0, 0, 0},
    {"metrics_socket", OPTIONAL_PATH, AT(metrics_socket), 0, 0, 0},
    {"user", OPTIONAL_TEXT, AT(user), 0, 0, 0},
    {"sandbox", OPTIONAL_TEXT, AT(sandbox), 0, 0, 0},
};

static const struct option limits[] = {
    {"batch_max", NUMBER, AT(batch_max), 1, 4096, 256},
    {"batch_ms", NUMBER, AT(batch_ms), 0, 1000, 10},
    {"workers", NUMBER, AT(workers), 0, 32, 1},
    {"freshness_s", NUMBER, AT(freshness_s), 1, FRESHNESS_MAX_S, 300},
    {"wait_max_ms", NUMBER, AT(wait_max_ms), 0, 600000, 60000},
    {"waiters_max", NUMBER, AT(waiters_max), 1, 100000, 4096},
    {"lease_max_ms", NUMBER, AT(lease_max_ms), 1, 3600000, 300000},
    {"leases_max", NUMBER, AT(leases_max), 1, 100000, 4096},
    {"outbox_max", NUMBER, AT(outbox_max), 1, 100000000, 1000000},
    {"outbox_desk_max", NUMBER, AT(outbox_desk_max), 1, 100000000, 200000},
    {"notices_max", NUMBER, AT(notices_max), 1, 100000000, 1000000},
    {"notices_desk_max", NUMBER, AT(notices_desk_max), 1, 100000000, 100000},
    {"notices_per_day", NUMBER, AT(notices_per_day), 1, 100000000, 20000},
    {"requests_per_minute", NUMBER, AT(requests_per_minute), 1, 100000000, 3000000},
    {"refusals_per_minute", NUMBER, AT(refusals_per_minute), 1, 1000000, 6000},
    {"audit_read_max", NUMBER, AT(audit_read_max), 1, 4096, 512},
    {"handshake_ms", NUMBER, AT(handshake_ms), 100, 60000, 3000},
    {"queue_messages", NUMBER, AT(queue_messages), 1, 100000, 256},
    {"unread_bytes", NUMBER, AT(unread_bytes), 1048576, 1073741824, 16777216},
    {"unread_all_bytes", NUMBER, AT(unread_all_bytes), 1048576, 1099511627776, 268435456},
    {"erase_ms", NUMBER, AT(erase_ms), 10, 60000, 1000},
    {"clock_jump_s", NUMBER, AT(clock_jump_s), 0, 86400, 600},
    {"clock_gap_days", NUMBER, AT(clock_gap_days), 0, 366, 14},
    {"details_days", NUMBER, AT(details_days), 1, 3660, 1827},
    {"expiry_s", NUMBER, AT(expiry_s), 1, 3600, 10},
    {"links_s", NUMBER, AT(links_s), 1, 3600, 10},
    {"link_tokens_per_day", NUMBER, AT(link_tokens_per_day), 0, 1000000, 500},
    {"controls_per_day", NUMBER, AT(controls_per_day), 0, 100000, 50},
    {"control_days", NUMBER, AT(control_days), 0, 31, 3},
    {"witness_s", NUMBER, AT(witness_s), 1, 86400, 60},
    {"witness_wait_s", NUMBER, AT(witness_wait_s), 1, 30 * 86400, 3600},
    {"cover_s", NUMBER, AT(cover_s), 0, 3600, 60},
    {"cover_leaves", NUMBER, AT(cover_leaves), 4, 4096, 8},
    {"cover_max", NUMBER, AT(cover_max), 1, 4096, 256},
};

enum {
	N_OPTIONS  = sizeof options / sizeof options[0],
	N_LIMITS   = sizeof limits / sizeof limits[0],
	CONFIG_MAX = 64 * 1024,
};

static char **
text_at(struct config *c, const struct option *o)
{
	return (char **)(void *)((char *)c + o->offset);
}

static int64_t *
number_at(struct config *c, const struct option *o)
{
	return (int64_t *)(void *)((char *)c + o->offset);
}

static bool
is_path(const struct option *o)
{
	return o->kind == PATH || o->kind == OPTIONAL_PATH;
}

static bool
is_optional(const struct option *o)
{
	return o->kind == OPTIONAL_TEXT || o->kind == OPTIONAL_PATH;
}

/* TEXT as an owned string; relative to FOLDER (which ends in '/') if it is a path. */
static rc
set_text(char **slot, const struct option *o, const char *folder, const char *text)
{
	bool   relative = is_path(o) && text[0] != '/';
	size_t n        = strlen(text) + (relative ? strlen(folder) : 0) + 1;
	char  *value    = malloc(n);

	if (value == NULL) return RC_NOMEM;
	(void)snprintf(value, n, "%s%s", relative ? folder : "", text);
	*slot = value;
	return RC_OK;
}

static rc
read_number(const struct option *o, const struct yaml_node *node, int64_t *ret,
    struct findings *f)
{
	const char *text = yaml_text(node);
	char       *end  = NULL;

	errno       = 0;
	long long v = text == NULL ? 0 : strtoll(text, &end, 10);
	if (text == NULL || end == text || *end != '\0' || errno != 0)
		return yaml_complain(f, node, "%s must be a whole number", o->key);
	if (v < o->min || v > o->max)
		return yaml_complain(f, node, "%s must be from %lld to %lld", o->key,
		    (long long)o->min, (long long)o->max);
	*ret = v;
	return RC_OK;
}

static rc
read_option(struct config *c, const struct option *o, const char *folder,
    const struct yaml_node *map, struct findings *f)
{
	const struct yaml_node *node = map == NULL ? NULL : yaml_get(map, o->key);

	if (o->kind == NUMBER) {
		*number_at(c, o) = o->standard;
		return node == NULL ? RC_OK : read_number(o, node, number_at(c, o), f);
	}
	if (node == NULL && is_optional(o)) return RC_OK;
	if (node == NULL) return yaml_complain(f, map, "%s is missing", o->key);
	const char *text = yaml_text(node);
	if (text == NULL || text[0] == '\0')
		return yaml_complain(f, node, "%s must be a text", o->key);
	return set_text(text_at(c, o), o, folder, text);
}

/* A word that is not known is a mistake, and never the weakest of those that are. */
static rc
check_sandbox(const struct config *c, const struct yaml_node *root, struct findings *f)
{
	static const char *const words[] = {"required", "available", "off"};

	if (c->sandbox == NULL) return RC_OK;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(c->sandbox, words[i]) == 0) return RC_OK;
	return yaml_complain(
	    f, yaml_get(root, "sandbox"), "sandbox must be required, available or off");
}

/* tcp://ADDRESS:PORT, the port from 1 to 65535 or *. */
static bool
is_endpoint(const char *text)
{
	const char *port = strrchr(text, ':');
	char       *end  = NULL;

	if (strncmp(text, "tcp://", 6) != 0 || port < text + 7) return false;
	if (strcmp(++port, "*") == 0) return true;
	if (*port < '0' || *port > '9') return false;
	unsigned long n = strtoul(port, &end, 10);
	return *end == '\0' && n >= 1 && n <= 65535;
}

static rc
check_endpoints(struct config *c, const struct yaml_node *root, struct findings *f)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct option *o    = &options[i];
		const char          *text = *text_at(c, o);
		if (strncmp(o->key, "endpoint_", 9) != 0 &&
		    strncmp(o->key, "second_", 7) != 0)
			continue;
		if (text == NULL || is_endpoint(text)) continue;
		return yaml_complain(f, yaml_get(root, o->key),
		    "%s must be tcp://ADDRESS:PORT, the port from 1 to 65535 or *",
		    o->key);
	}
	return RC_OK;
}

/* It becomes the name of a signing key: what such a name may be, and no longer. */
static rc
check_origin(const struct config *c, const struct yaml_node *root, struct findings *f)
{
	static const uint8_t any[KEY_BYTES] = {0};
	struct note_verifier v;

	if (note_verifier_init(&v, c->origin, any) == RC_OK) return RC_OK;
	return yaml_complain(f, yaml_get(root, "origin"),
	    "origin must be a name of at most %d letters without space and plus",
	    NOTE_NAME_MAX);
}

static rc
check_hsm(const struct config *c, const struct yaml_node *root, struct findings *f)
{
	int n =
	    (c->hsm_module != NULL) + (c->hsm_token != NULL) + (c->hsm_pin_file != NULL);

	if (n == 0 || n == 3) return RC_OK;
	return yaml_complain(
	    f, root, "hsm_module, hsm_token and hsm_pin_file go together");
}

static rc
check_texts(struct config *c, const struct yaml_node *root, struct findings *f)
{
	TRY(check_sandbox(c, root, f));
	TRY(check_origin(c, root, f));
	TRY(check_endpoints(c, root, f));
	return check_hsm(c, root, f);
}

static rc
read_file(struct config *c, const char *folder, const struct yaml_node *root,
    struct findings *f)
{
	if (!yaml_is_map(root))
		return yaml_complain(f, root, "a mapping of options is expected");
	for (size_t i = 0; i < N_OPTIONS; i++)
		TRY(read_option(c, &options[i], folder, root, f));
	TRY(check_texts(c, root, f));

	const struct yaml_node *map = yaml_get(root, "limits");
	if (map != NULL && !yaml_is_map(map))
		return yaml_complain(f, map, "limits must be a mapping");
	for (size_t i = 0; i < N_LIMITS; i++)
		TRY(read_option(c, &limits[i], folder, map, f));
	if (map != NULL) TRY(yaml_no_more_keys(map, f));
	int seconds = (c->second_agency != NULL) + (c->second_audit != NULL) +
	              (c->second_enrol != NULL);
	if (seconds != 0 && seconds != 3)
		return yaml_complain(f, root, "a second place has all three doors");
	return yaml_no_more_keys(root, f);
}

/* Where it stands if nothing is said: apart from the state, which may be restored. */
static rc
set_published(struct config *c)
{
	static const char name[] = "published-head";
	const char       *slash  = strrchr(c->keys_file, '/');
	size_t            n      = slash == NULL ? 0 : (size_t)(slash - c->keys_file + 1);

	if (c->published_file != NULL) return RC_OK;
	c->published_file = malloc(n + sizeof name);
	if (c->published_file == NULL) return RC_NOMEM;
	memcpy(c->published_file, c->keys_file, n);
	memcpy(c->published_file + n, name, sizeof name);
	return RC_OK;
}

rc
config_load(const char *path, struct config **ret, struct findings *findings)
{
	AUTO(config_destroy) struct config  *c    = calloc(1, sizeof *c);
	AUTO(yaml_destroy) struct yaml_file *file = NULL;
	AUTO(buf_wipe) struct buf            text = buf_init(CONFIG_MAX);
	char                                 folder[PATH_MAX];
	const char                          *slash = strrchr(path, '/');

	if (c == NULL) return RC_NOMEM;
	if (snprintf(folder, sizeof folder, "%.*s",
	        slash == NULL ? 0 : (int)(slash - path + 1), path) >= (int)sizeof folder)
		return RC_CONFIG;
	TRY(file_read(path, CONFIG_MAX, false, &text));
	rc code = yaml_parse(path, buf_slice(&text), &file, findings);
	if (code == RC_OK) code = read_file(c, folder, yaml_root(file), findings);
	if (code == RC_POLICY) return RC_CONFIG;
	TRY(code);
	TRY(set_published(c));
	*ret = TAKE(c);
	return RC_OK;
}

void
config_destroy(struct config **cp)
{
	struct config *c = *cp;
	if (c == NULL) return;
	for (size_t i = 0; i < N_OPTIONS; i++) free(*text_at(c, &options[i]));
	free(c);
	*cp = NULL;
}
