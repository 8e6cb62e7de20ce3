/* SPDX-License-Identifier: EUPL-1.2 */
/* why.c - asking a file what is wrong with it. */
#include "broker/why.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
why_text(char out[WHY_MAX], const char *path, const char *what)
{
	(void)snprintf(out, WHY_MAX, "%.256s: %s", path, what);
}

rc
why_tell(enum log_id id, rc code, const char *path, const char *what)
{
	char text[WHY_MAX];

	if (code == RC_OK) return RC_OK;
	why_text(text, path, what);
	LOG(id, .code = code, .detail = text);
	return code;
}

/* What its mode and owner say; false if nothing is wrong with them. */
static bool
is_for_others(char what[128], const struct stat *st)
{
	if ((st->st_mode & (S_IRWXG | S_IRWXO)) == 0) return false;
	(void)snprintf(what, 128, "others may use it (mode %04o): chmod 600",
	    (unsigned)(st->st_mode & 07777));
	return true;
}

void
why_file(char out[WHY_MAX], const char *path, bool secret, const char *otherwise)
{
	char        what[128];
	struct stat st = {0};
	int         found;

	found = secret ? lstat(path, &st) : stat(path, &st);
	if (found != 0) {
		why_text(
		    out, path, errno == ENOENT ? "it is not there" : strerror(errno));
	} else if (S_ISLNK(st.st_mode)) {
		why_text(out, path, "it is a link; a secret stands there itself");
	} else if (!S_ISREG(st.st_mode)) {
		why_text(out, path, "it is no file");
	} else if (secret && is_for_others(what, &st)) {
		why_text(out, path, what);
	} else if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0) {
		(void)snprintf(what, sizeof what,
		    "user %u may not read it (mode %04o of user %u)", (unsigned)geteuid(),
		    (unsigned)(st.st_mode & 07777), (unsigned)st.st_uid);
		why_text(out, path, what);
	} else {
		why_text(out, path, otherwise);
	}
}
