/* SPDX-License-Identifier: EUPL-1.2 */
/* load.c - a folder of policy files; the only file of policy/ that opens any. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/model.h"
#include "proto/auto.h"

struct folder { /* owns the names and texts that it was filled with */
	size_t n;
	char  *names[FILES_MAX];
	char  *texts[FILES_MAX];
	size_t sizes[FILES_MAX];
};

static void
folder_wipe(struct folder *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->names[i]);
		free(f->texts[i]);
	}
	f->n = 0;
}

static void
close_dir(DIR **dir)
{
	if (*dir != NULL) closedir(*dir);
}

static void
close_fd(int *fd)
{
	if (*fd >= 0) close(*fd);
}

static bool
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n > m && strcmp(name + n - m, end) == 0;
}

static bool
is_policy_file(const char *name)
{
	return name[0] != '.' && ends_with(name, ".yaml") &&
	       !ends_with(name, ".cases.yaml");
}

static void
say(struct findings *f, const char *file, const char *text)
{
	if (f == NULL || f->n >= FINDINGS_MAX) return;
	struct finding *at = &f->at[f->n++];
	*at                = (struct finding){.fatal = true};
	(void)snprintf(at->file, sizeof at->file, "%s", file);
	(void)snprintf(at->text, sizeof at->text, "%s", text);
}

/* At most one byte over the limit is read, so that a larger file is noticed. */
static rc
read_whole(int fd, char **ret, size_t *ret_n)
{
	AUTO(auto_free) char *text = malloc(FILE_BYTES_MAX + 1);
	size_t                n    = 0;
	if (text == NULL) return RC_NOMEM;
	while (n <= FILE_BYTES_MAX) {
		ssize_t got = read(fd, text + n, FILE_BYTES_MAX + 1 - n);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return RC_DISK;
		if (got == 0) break;
		n += (size_t)got;
	}
	char *fitted = realloc(text, n + 1);
	if (fitted != NULL) text = fitted;
	*ret   = TAKE(text);
	*ret_n = n;
	return RC_OK;
}

static rc
add_file(int dir, const char *name, struct folder *f, struct findings *findings)
{
	struct stat        st;
	AUTO(close_fd) int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->n == FILES_MAX) {
		say(findings, name, "more than 64 files");
		return RC_POLICY;
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		say(findings, name, "the file cannot be opened");
		return RC_DISK;
	}
	if (!S_ISREG(st.st_mode)) {
		say(findings, name, "no plain file");
		return RC_POLICY;
	}
	AUTO(auto_free) char *copy = strdup(name);
	if (copy == NULL) return RC_NOMEM;
	rc code = read_whole(fd, &f->texts[f->n], &f->sizes[f->n]);
	if (code != RC_OK) {
		say(findings, name, "the file cannot be read");
		return code;
	}
	f->names[f->n++] = TAKE(copy);
	return RC_OK;
}

static rc
read_folder(const char *path, struct folder *f, struct findings *findings)
{
	AUTO(close_dir) DIR *dir = opendir(path);
	if (dir == NULL) {
		say(findings, "", "the policy folder cannot be opened");
		return RC_DISK;
	}
	for (;;) {
		errno                = 0;
		struct dirent *entry = readdir(dir);
		if (entry == NULL) break;
		if (is_policy_file(entry->d_name))
			TRY(add_file(dirfd(dir), entry->d_name, f, findings));
	}
	if (errno == 0) return RC_OK;
	say(findings, "", "the policy folder cannot be read");
	return RC_DISK;
}

rc
policy_load(const char *dir, struct policy **ret, struct findings *findings)
{
	AUTO(folder_wipe) struct folder f = {0};
	struct policy_text              texts[FILES_MAX];
	TRY(read_folder(dir, &f, findings));
	for (size_t i = 0; i < f.n; i++)
		texts[i] =
		    (struct policy_text){f.names[i], slice_of(f.texts[i], f.sizes[i])};
	return policy_compile(texts, f.n, ret, findings);
}
