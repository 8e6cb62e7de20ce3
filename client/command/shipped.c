/* SPDX-License-Identifier: EUPL-1.2 */
/* shipped.c - finding the policy and the daemon. */
#include "client/command/shipped.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/command/complain.h"
#include "proto/auto.h"

#ifndef SLUIS_POLICY_INSTALLED
#define SLUIS_POLICY_INSTALLED "/usr/share/sluis/policy"
#endif
#ifndef SLUIS_POLICY_SOURCE
#define SLUIS_POLICY_SOURCE "policy"
#endif

static bool
is_there(const char *dir, const char *name)
{
	char path[FILE_PATH_MAX];

	return path_join(path, dir, name) == RC_OK && access(path, R_OK) == 0;
}

static rc
copy_path(char out[FILE_PATH_MAX], const char *path)
{
	return snprintf(out, FILE_PATH_MAX, "%s", path) < FILE_PATH_MAX ? RC_OK
	                                                                : RC_CONFIG;
}

bool
shipped_policy_quietly(struct cli *cli, char out[FILE_PATH_MAX])
{
	const char *asked = cli_value(cli, "policy");

	if (asked == NULL) asked = getenv("SLUIS_POLICY_DIR");
	if (asked != NULL && asked[0] != '\0') return copy_path(out, asked) == RC_OK;
	if (is_there(SLUIS_POLICY_INSTALLED, "parties.yaml"))
		return copy_path(out, SLUIS_POLICY_INSTALLED) == RC_OK;
	return is_there(SLUIS_POLICY_SOURCE, "parties.yaml") &&
	       copy_path(out, SLUIS_POLICY_SOURCE) == RC_OK;
}

rc
shipped_policy(struct cli *cli, char out[FILE_PATH_MAX])
{
	if (shipped_policy_quietly(cli, out)) return RC_OK;
	(void)complain_code(cli, RC_NOT_FOUND, "--policy",
	    N_("name the policy folder, or set SLUIS_POLICY_DIR"));
	return RC_NOT_FOUND;
}

/* --- sluisd ---------------------------------------------------------------------------
 */

/* NAME beside our own program. */
static bool
find_beside(const char *name, char out[FILE_PATH_MAX])
{
	char    self[FILE_PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0) return false;
	self[n]     = '\0';
	char *slash = strrchr(self, '/');
	if (slash == NULL) return false;
	*slash = '\0';
	if (path_join(out, self, name) != RC_OK || access(out, X_OK) != 0) return false;
	char real[PATH_MAX];
	return realpath(out, real) != NULL && copy_path(out, real) == RC_OK;
}

static bool
find_in_path(const char *name, char out[FILE_PATH_MAX])
{
	char        dir[FILE_PATH_MAX];
	const char *path = getenv("PATH");

	while (path != NULL && path[0] != '\0') {
		size_t n = strcspn(path, ":");
		if (n != 0 && n < sizeof dir) {
			memcpy(dir, path, n);
			dir[n] = '\0';
			if (path_join(out, dir, name) == RC_OK && access(out, X_OK) == 0)
				return true;
		}
		path += n + (path[n] == ':' ? 1 : 0);
	}
	return false;
}

rc
shipped_sluisd(struct cli *cli, char out[FILE_PATH_MAX])
{
	const char *asked = cli_value(cli, "sluisd");

	if (asked == NULL) asked = getenv("SLUIS_SLUISD");
	if (asked != NULL && asked[0] != '\0') {
		char real[PATH_MAX];
		if (realpath(asked, real) != NULL && access(real, X_OK) == 0)
			return copy_path(out, real);
		(void)complain_code(cli, RC_NOT_FOUND, asked,
		    N_("this is not a program that can be run"));
		return RC_NOT_FOUND;
	}
	if (find_beside("sluisd", out) || find_beside("../broker/sluisd", out) ||
	    find_in_path("sluisd", out))
		return RC_OK;
	(void)complain_code(cli, RC_NOT_FOUND, "sluisd",
	    N_("build it, install it, or name it with --sluisd"));
	return RC_NOT_FOUND;
}

/* --- the policy ------------------------------------------------------------------ */

void
findings_print(struct cli *cli, FILE *to, const struct findings *f)
{
	(void)cli;
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->at[i];
		if (x->file[0] != '\0') (void)fprintf(to, "%s:", x->file);
		if (x->line != 0) (void)fprintf(to, "%u:%u:", x->line, x->column);
		(void)fprintf(to, "%s%s%s\n", x->file[0] != '\0' ? " " : "",
		    x->fatal ? "" : tr("warning: "), x->text);
	}
}

json_t *
findings_json(const struct findings *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:i, s:i, s:b, s:s}", "file", f->at[i].file,
		              "line", (int)f->at[i].line, "column", (int)f->at[i].column,
		              "fatal", f->at[i].fatal ? 1 : 0, "text", f->at[i].text));
	return list;
}

rc
policy_read(const char *dir, struct policy **ret, struct findings *findings)
{
	struct stat st;
	rc          code = policy_load(dir, ret, findings);

	if (code != RC_DISK) return code;
	if (access(dir, F_OK) != 0) return RC_NOT_FOUND;
	return stat(dir, &st) == 0 && !S_ISDIR(st.st_mode) ? RC_USAGE : code;
}

rc
policy_open(struct cli *cli, const char *dir, struct policy **ret)
{
	AUTO(auto_free) struct findings *findings = calloc(1, sizeof *findings);
	if (findings == NULL) return RC_NOMEM;
	findings->translate = tr;

	rc code = policy_read(dir, ret, findings);
	if (code == RC_OK) return RC_OK;
	(void)complain_code(cli, code, dir, NULL);
	if (!cli->json) findings_print(cli, cli->err, findings);
	return code;
}

const char *
role_lookup(void *arg, const char *text)
{
	struct role_lookup *l = arg;
	char                dir[FILE_PATH_MAX];

	if (l->policy == NULL) {
		if (shipped_policy(l->cli, dir) != RC_OK) return NULL;
		if (policy_load(dir, &l->policy, NULL) != RC_OK) return NULL;
	}
	return policy_role(l->policy, text);
}
