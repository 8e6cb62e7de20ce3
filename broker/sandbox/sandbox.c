/* SPDX-License-Identifier: EUPL-1.2 */
/* sandbox.c - the parts in their order, and what is said of them. */
#include "broker/sandbox/sandbox.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "broker/log.h"
#include "broker/sandbox/built.h"
#include "broker/sandbox/calls.h"
#include "broker/sandbox/files.h"
#include "broker/sandbox/privileges.h"
#include "broker/why.h"

enum { LANDLOCK_ENOUGH = 3 /* before it, truncation was free */ };

static bool
is_set_to(const struct config *c, const char *word)
{
	return c->sandbox != NULL && strcmp(c->sandbox, word) == 0;
}

/* A part is missing: RC_CONFIG where it is required, else it is said. */
static rc
lack(const struct config *c, const char *what)
{
	LOG(LOG_SANDBOX_WEAK, .detail = what);
	return is_set_to(c, "required") ? RC_CONFIG : RC_OK;
}

/* --- files ----------------------------------------------------------------------- */

/* The folder in which PATH stands; "." if it names none. */
static void
folder_of(const char *path, char out[PATH_MAX])
{
	size_t n = path == NULL ? 0 : strlen(path);

	while (n > 1 && path[n - 1] == '/') n--; /* of "policy/", too */
	while (n > 0 && path[n - 1] != '/') n--;
	while (n > 1 && path[n - 1] == '/') n--;
	(void)snprintf(out, PATH_MAX, "%.*s", n == 0 ? 1 : (int)n, n == 0 ? "." : path);
}

/* Whether PATH stands in FOLDER or beneath it, both as they really are. */
static bool
is_beneath(const char *path, const char *folder)
{
	char a[PATH_MAX], b[PATH_MAX];

	if (realpath(path, a) == NULL || realpath(folder, b) == NULL) return false;
	size_t n = strlen(b);
	return strncmp(a, b, n) == 0 && (a[n] == '/' || a[n] == '\0' || n == 1);
}

enum { N_RULES = 8 };

struct folders {
	char              published[PATH_MAX], ready[PATH_MAX], anchors[PATH_MAX];
	char              policy[PATH_MAX];
	char              crl[PATH_MAX], trust[PATH_MAX];
	struct files_rule rules[N_RULES];
};

static void
set_rules(struct folders *f, const struct config *c)
{
	folder_of(c->published_file, f->published);
	folder_of(c->ready_file, f->ready);
	folder_of(c->anchors_file, f->anchors);
	folder_of(c->crl_file, f->crl);
	folder_of(c->trust_file, f->trust);
	folder_of(c->policy_dir, f->policy); /* a new one is put in its place */
	const struct files_rule rules[N_RULES] = {
	    {c->state_dir, FILES_WRITE, false}, {f->published, FILES_WRITE, false},
	    {c->ready_file == NULL ? NULL : f->ready, FILES_WRITE, false},
	    {f->anchors, FILES_READ, false}, {f->crl, FILES_READ, false},
	    {c->trust_file == NULL ? NULL : f->trust, FILES_READ, true},
	    {f->policy, FILES_READ, true},
	    {"/dev/urandom", FILES_READ,
	        true}, /* SQLite opens it when it first needs to */
	};
	memcpy(f->rules, rules, sizeof rules);
}

/* Secrets in a folder that stays reachable are worth a word; it is no reason to stay
 * down, for the file permissions stand, too. */
static void
warn_of_wide(const struct folders *f, const struct config *c)
{
	char text[256];

	for (size_t i = 0; i < N_RULES; i++) {
		const struct files_rule *r = &f->rules[i];
		if (r->path == NULL || !is_beneath(c->keys_file, r->path)) continue;
		(void)snprintf(
		    text, sizeof text, "keys_file stands beneath %.160s", r->path);
		LOG(LOG_SANDBOX_WEAK, .detail = text);
		return;
	}
}

/* Which of them is not there, or not ours to reach. */
static rc
blame_folder(const struct folders *f, rc code)
{
	struct stat st;

	for (size_t i = 0; i < N_RULES; i++) {
		const struct files_rule *r = &f->rules[i];
		if (r->path == NULL || stat(r->path, &st) == 0) continue;
		if (errno == ENOENT && r->may_be_absent) continue;
		return why_tell(LOG_CONFIG, code, r->path,
		    errno == ENOENT ? "the configuration names this folder, and it is "
		                      "not there"
		                    : strerror(errno));
	}
	return why_tell(
	    LOG_CONFIG, code, "sandbox", "this kernel does not confine files");
}

static rc
restrict_files(const struct config *c, bool signals_kept)
{
	struct folders f       = {.published = {0}};
	int            version = files_version();

	if (mkdir(c->state_dir, 0700) != 0 && errno != EEXIST)
		return why_tell(LOG_CONFIG, RC_DISK, c->state_dir, strerror(errno));
	if (version < LANDLOCK_ENOUGH)
		TRY(lack(c, "this kernel does not confine files (Landlock 3)"));
	if (version == 0) return RC_OK;
	set_rules(&f, c);
	warn_of_wide(&f, c);
	rc code = files_restrict(f.rules, N_RULES, signals_kept);
	return code == RC_OK ? RC_OK : blame_folder(&f, code);
}

/* --- in order -------------------------------------------------------------------- */

static rc
become(const struct config *c)
{
	char text[256];

	rc code = privileges_become(c->user);
	if (code == RC_OK) return RC_OK;
	(void)snprintf(text, sizeof text, "user: cannot become '%.64s'", c->user);
	LOG(LOG_CONFIG, .code = code, .detail = text);
	return code;
}

bool
sandbox_begin(const struct config *c)
{
	return SANDBOX_BUILT && !is_set_to(c, "off") && files_keep_signals();
}

rc
sandbox_enter(const struct config *c, bool begun)
{
	TRY(become(c));
	if (is_set_to(c, "off")) return lack(c, "switched off by the configuration");
	TRY(privileges_drop());
	if (!SANDBOX_BUILT) return lack(c, "not in this build");
	return restrict_files(c, begun);
}

rc
sandbox_close(const struct config *c)
{
	char text[128];

	if (!SANDBOX_BUILT || is_set_to(c, "off")) return RC_OK;
	int version = files_version(); /* after the next line it cannot be asked */
	rc  code    = calls_restrict(getenv("NOTIFY_SOCKET") != NULL);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK) return lack(c, "this kernel does not filter system calls");
	(void)snprintf(
	    text, sizeof text, "calls filtered, files confined (Landlock %d)", version);
	LOG(LOG_SANDBOX, .detail = text);
	return RC_OK;
}
