/* SPDX-License-Identifier: EUPL-1.2 */
/* brokerfile.c - finding a sluisd.yaml, and the paths in it. */
#include "client/command/brokerfile.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/command/translate.h"
#include "policy/read/yaml.h"
#include "proto/auto.h"

enum { CONFIG_MAX = 64 * 1024 };

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static rc
find(const char *path, char out[FILE_PATH_MAX])
{
	static const char *const names[] = {"sluisd.yaml", "broker/sluisd.yaml"};

	if (is_file(path))
		return snprintf(out, FILE_PATH_MAX, "%s", path) < FILE_PATH_MAX
		           ? RC_OK
		           : RC_CONFIG;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		TRY(path_join(out, path, names[i]));
		if (is_file(out)) return RC_OK;
	}
	return RC_NOT_FOUND;
}

/* TEXT as a path, relative to the folder of CONFIG, without slashes at its end. */
static rc
resolve(const char *config, const char *text, char out[FILE_PATH_MAX])
{
	const char *slash = strrchr(config, '/');
	int         n = text[0] == '/' || slash == NULL ? 0 : (int)(slash - config + 1);
	int         m = snprintf(out, FILE_PATH_MAX, "%.*s%s", n, config, text);

	if (m <= 0 || m >= FILE_PATH_MAX) return RC_CONFIG;
	while (m > 1 && out[m - 1] == '/') out[--m] = '\0';
	return RC_OK;
}

static rc
take_path(const struct yaml_node *root, const char *key, const char *config,
    char out[FILE_PATH_MAX], struct sluis_error *e)
{
	const struct yaml_node *node = yaml_get(root, key);
	const char             *text = node == NULL ? NULL : yaml_text(node);

	if (text == NULL || text[0] == '\0') return error_set(e, RC_CONFIG, key, NULL);
	if (resolve(config, text, out) != RC_OK)
		return error_set(e, RC_CONFIG, key, NULL);
	return RC_OK;
}

static rc
read_root(const struct yaml_node *root, struct brokerfile *b, struct sluis_error *e)
{
	TRY(take_path(root, "policy_dir", b->config, b->policy_dir, e));
	TRY(take_path(root, "anchors_file", b->config, b->anchors_file, e));
	TRY(take_path(root, "crl_file", b->config, b->crl_file, e));
	b->ready_file[0] = '\0';
	if (yaml_get(root, "ready_file") == NULL) return RC_OK;
	return take_path(root, "ready_file", b->config, b->ready_file, e);
}

rc
brokerfile_read(const char *path, struct brokerfile *ret, struct sluis_error *e)
{
	AUTO(buf_wipe) struct buf            text = buf_init(CONFIG_MAX);
	AUTO(yaml_destroy) struct yaml_file *file = NULL;

	rc code = find(path, ret->config);
	if (code == RC_OK) code = file_read(ret->config, CONFIG_MAX, false, &text);
	if (code == RC_OK) code = yaml_parse(ret->config, buf_slice(&text), &file, NULL);
	if (code != RC_OK)
		return error_set(e, code == RC_POLICY ? RC_CONFIG : code, path,
		    N_("this is no sluisd.yaml and holds none"));
	return read_root(yaml_root(file), ret, e);
}

const char *
brokerfile_in_force(const struct brokerfile *b, const struct daemon_state *state)
{
	AUTO(policy_destroy) struct policy *p = NULL;
	char                                hex[2 * HASH_BYTES + 1];

	if (policy_load(b->policy_dir, &p, NULL) != RC_OK) return NULL;
	hex_encode(hex, sizeof hex, slice_of(policy_hash(p)->b, HASH_BYTES));
	return state == NULL || strcmp(hex, state->policy) == 0 ? b->policy_dir : NULL;
}
