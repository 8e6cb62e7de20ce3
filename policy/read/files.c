/* SPDX-License-Identifier: EUPL-1.2 */
/* files.c - a folder of policy files; the only file of policy/ that opens any. */
#include "policy/read/files.h"

#include "policy/finding.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/auto.h"

enum { NAME_BYTES = 64 }; /* bytes with the NUL */

static void
close_dir(DIR **dir)
{
	if (*dir != NULL) closedir(*dir);
}

static void
close_fd(const int *fd)
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

static bool
is_cases_file(const char *name)
{
	return name[0] != '.' && ends_with(name, ".cases.yaml");
}

/* Meant for a policy file, a reader would think, and it is none. */
static bool
is_stray(const char *name)
{
	const char *dot = strrchr(name, '.');
	return name[0] != '.' && dot != NULL &&
	       (strcasecmp(dot, ".yml") == 0 || strcasecmp(dot, ".yaml") == 0) &&
	       strcmp(dot, ".yaml") != 0;
}

/* Names go into findings, log lines and pages. */
static bool
is_sound(const char *name)
{
	static const char sound[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	return strlen(name) < NAME_BYTES && name[strspn(name, sound)] == '\0';
}

static bool
is_signature_file(const char *name)
{
	return name[0] != '.' && ends_with(name, ".sig") && is_sound(name);
}

bool
policy_is_route(const char *name)
{
	size_t n = strlen(POLICY_ROUTES "/");
	return strncmp(name, POLICY_ROUTES "/", n) == 0 && is_policy_file(name + n) &&
	       is_sound(name + n);
}

static void
say(struct findings *f, const char *file, const char *text)
{
	finding_add(f, true, finding_at(file, 0, 0), "%s", finding_tr(f, text));
}

/* --- files in memory ------------------------------------------------------------- */

static void
file_wipe(struct policy_file *f)
{
	free(f->name);
	free(f->bytes);
	*f = (struct policy_file){0};
}

void
policy_files_wipe(struct policy_files *f)
{
	for (size_t i = 0; i < f->n; i++) file_wipe(&f->files[i]);
	for (size_t i = 0; i < f->n_signatures; i++) file_wipe(&f->signatures[i]);
	f->n = f->n_signatures = 0;
}

static size_t
bytes_of_texts(const struct policy_files *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) n += f->files[i].n;
	return n;
}

rc
policy_files_add(
    struct policy_files *f, bool signature, const char *name, struct slice bytes)
{
	size_t             *n = signature ? &f->n_signatures : &f->n;
	struct policy_file *to =
	    signature ? &f->signatures[f->n_signatures] : &f->files[f->n];

	if (*n == (signature ? POLICY_SIGNATURES_MAX : POLICY_FILES_MAX))
		return RC_TOO_MANY;
	if (bytes.n > (signature ? POLICY_SIG_BYTES : POLICY_FILE_BYTES))
		return RC_TOO_LARGE;
	if (!signature && bytes.n > POLICY_BUNDLE_BYTES - bytes_of_texts(f))
		return RC_TOO_LARGE;
	struct policy_file copy = {
	    .name = strdup(name), .bytes = malloc(bytes.n + 1), .n = bytes.n};
	if (copy.name == NULL || copy.bytes == NULL) {
		file_wipe(&copy);
		return RC_NOMEM;
	}
	if (bytes.n > 0) memcpy(copy.bytes, bytes.p, bytes.n);
	*to = copy;
	(*n)++;
	return RC_OK;
}

size_t
policy_files_texts(
    const struct policy_files *f, struct policy_text texts[POLICY_FILES_MAX])
{
	for (size_t i = 0; i < f->n; i++)
		texts[i] = (struct policy_text){
		    f->files[i].name, slice_of(f->files[i].bytes, f->files[i].n)};
	return f->n;
}

rc
policy_files_compile(
    const struct policy_files *f, struct policy **ret, struct findings *findings)
{
	struct policy_text texts[POLICY_FILES_MAX];
	return policy_compile(texts, policy_files_texts(f, texts), ret, findings);
}

rc
policy_files_hash(const struct policy_files *f, struct hash *ret)
{
	struct policy_text texts[POLICY_FILES_MAX];
	return policy_texts_hash(texts, policy_files_texts(f, texts), ret);
}

/* --- files on disk --------------------------------------------------------------- */

/* At most one byte over MAX is read, so that a larger file is noticed. */
static rc
read_whole(int fd, size_t max, struct buf *out)
{
	uint8_t chunk[16 * 1024];
	while (out->n <= max) {
		ssize_t got = read(fd, chunk, sizeof chunk);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return RC_DISK;
		if (got == 0) break;
		TRY(buf_append(out, slice_of(chunk, (size_t)got)));
	}
	return RC_OK;
}

/* RC_DISK if NAME cannot be read, RC_POLICY if it is no plain file: a link, a pipe. */
static rc
read_file(int dir, const char *name, size_t max, struct buf *out)
{
	struct stat st;
	AUTO(close_fd)
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0 && errno == ELOOP) return RC_POLICY;
	if (fd < 0 || fstat(fd, &st) != 0) return RC_DISK;
	if (!S_ISREG(st.st_mode)) return RC_POLICY;
	return read_whole(fd, max, out);
}

/* File NAME of folder DIR, which is called UNDER + NAME in the bundle. */
static rc
add_text(int dir, const char *under, const char *name, struct policy_files *f,
    struct findings *findings)
{
	char                      called[2 * NAME_BYTES];
	AUTO(buf_wipe) struct buf text = buf_init(POLICY_FILE_BYTES + 32 * 1024);
	if (f->n == POLICY_FILES_MAX) {
		say(findings, name, "more than 64 files");
		return RC_POLICY;
	}
	if (!is_sound(name) || strlen(under) + strlen(name) >= NAME_BYTES) {
		say(findings, name,
		    "no policy file name: letters, digits, '.', '_' and '-', at most 63");
		return RC_POLICY;
	}
	(void)snprintf(called, sizeof called, "%s%s", under, name);
	rc code = read_file(dir, name, POLICY_FILE_BYTES, &text);
	if (code == RC_OK) code = policy_files_add(f, false, called, buf_slice(&text));
	if (code == RC_DISK) say(findings, called, "the file cannot be read");
	if (code == RC_POLICY) say(findings, called, "no plain file");
	if (code == RC_TOO_LARGE)
		say(findings, called,
		    text.n > POLICY_FILE_BYTES
		        ? N_("larger than 1 MiB")
		        : N_("the files together are larger than 2 MiB"));
	return code == RC_TOO_LARGE ? RC_POLICY : code;
}

static rc
read_texts(DIR *dir, const char *under, bool (*wanted)(const char *name),
    struct policy_files *f, struct findings *findings)
{
	for (;;) {
		errno                = 0;
		struct dirent *entry = readdir(dir);
		if (entry == NULL) break;
		if (wanted(entry->d_name))
			TRY(add_text(dirfd(dir), under, entry->d_name, f, findings));
	}
	if (errno == 0) return RC_OK;
	say(findings, "", "the policy folder cannot be read");
	return RC_DISK;
}

/* No folder of routes is no route.  One that cannot be read is not the same. */
static rc
read_routes(int parent, struct policy_files *f, struct findings *findings)
{
	int fd = openat(
	    parent, POLICY_ROUTES, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) return RC_OK;
	AUTO(close_dir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir != NULL)
		return read_texts(dir, POLICY_ROUTES "/", is_policy_file, f, findings);
	if (fd >= 0) (void)close(fd);
	say(findings, POLICY_ROUTES, "is no folder that can be read");
	return RC_POLICY;
}

static void
warn_of_strays(DIR *dir, struct findings *findings)
{
	rewinddir(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (is_stray(e->d_name))
			finding_add(findings, false, finding_at(e->d_name, 0, 0),
			    "is not read: a policy file ends in .yaml");
}

static rc
add_signature(int dir, const char *name, struct policy_files *f)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(2 * POLICY_SIG_BYTES);
	rc                        code  = read_file(dir, name, POLICY_SIG_BYTES, &bytes);
	if (code == RC_OK) code = policy_files_add(f, true, name, buf_slice(&bytes));
	return code == RC_NOMEM ? code : RC_OK; /* one less, whatever is wrong with it */
}

struct names { /* the first by name, in order */
	size_t n;
	bool   more;
	char   at[POLICY_SIGNATURES_MAX][NAME_BYTES];
};

static void
names_add(struct names *names, const char *name)
{
	size_t at = names->n;

	while (at > 0 && strcmp(names->at[at - 1], name) > 0) at--;
	if (names->n == POLICY_SIGNATURES_MAX) {
		names->more = true;
		if (at == names->n) return;
		names->n--; /* the last one goes */
	}
	memmove(names->at[at + 1], names->at[at], (names->n - at) * NAME_BYTES);
	(void)snprintf(names->at[at], NAME_BYTES, "%s", name);
	names->n++;
}

/* No folder of signatures is no signature. */
static rc
read_signatures(int parent, struct policy_files *f, struct findings *findings)
{
	struct names names = {.n = 0};
	int          fd =
	    openat(parent, "signatures", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) return RC_OK;
	AUTO(close_dir) DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		(void)close(fd);
		return RC_NOMEM;
	}
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (is_signature_file(e->d_name)) names_add(&names, e->d_name);
	for (size_t i = 0; i < names.n; i++)
		TRY(add_signature(dirfd(dir), names.at[i], f));
	if (names.more)
		finding_add(findings, false, finding_at("signatures", 0, 0), "%s",
		    finding_tr(findings,
		        N_("more than 256 files: those after them are not read")));
	return RC_OK;
}

/* opendir() failed. */
static void
say_not_opened(struct findings *f)
{
	if (errno == ENOTDIR)
		say(f, "", "this is a file: give the folder, not a file");
	else
		say(f, "", "the policy folder cannot be opened");
}

rc
policy_files_read(
    const char *path, bool signatures, struct policy_files *f, struct findings *findings)
{
	AUTO(close_dir) DIR *dir = opendir(path);
	if (dir == NULL) {
		say_not_opened(findings);
		return RC_DISK;
	}
	TRY(read_texts(dir, "", is_policy_file, f, findings));
	warn_of_strays(dir, findings);
	TRY(read_routes(dirfd(dir), f, findings));
	if (!signatures) return RC_OK;
	return read_signatures(dirfd(dir), f, findings);
}

rc
policy_cases_read(const char *path, struct policy_files *f, struct findings *findings)
{
	AUTO(close_dir) DIR *dir = opendir(path);
	if (dir != NULL) return read_texts(dir, "", is_cases_file, f, findings);
	say_not_opened(findings);
	return RC_DISK;
}

rc
policy_load(const char *dir, struct policy **ret, struct findings *findings)
{
	AUTO(policy_files_wipe) struct policy_files f = {0};
	TRY(policy_files_read(dir, false, &f, findings));
	return policy_files_compile(&f, ret, findings);
}
