/* SPDX-License-Identifier: EUPL-1.2 */
/* rotate.c - new keys, enrolled before they take the place of the old ones. */
#include "client/command/rotate.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "client/command/issue.h"
#include "client/enrol.h"
#include "client/request.h"
#include "client/sealed.h"
#include "proto/auto.h"

enum { FILE_BYTES_MAX = 64 * 1024 };

static bool
exists(const char *dir, const char *name)
{
	char path[FILE_PATH_MAX];

	return path_join(path, dir, name) == RC_OK && access(path, F_OK) == 0;
}

static rc
move(const char *dir, const char *from, const char *to)
{
	char old[FILE_PATH_MAX], new[FILE_PATH_MAX];

	TRY(path_join(old, dir, from));
	TRY(path_join(new, dir, to));
	return rename(old, new) == 0 || errno == ENOENT ? RC_OK : RC_DISK;
}

static rc
drop(const char *dir, const char *name)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, name));
	return unlink(path) == 0 || errno == ENOENT ? RC_OK : RC_DISK;
}

static rc
read_bytes(const char *dir, const char *name, struct buf *out)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, name));
	return file_read(path, FILE_BYTES_MAX, false, out);
}

/* Write new keys and their binding as KEYS_NAME and BINDING_NAME; the keys last, so that
 * they are there only with a binding. */
static rc
make_pair(const char *dir, const char *origin, uint64_t sequence, const char *keys_name,
    const char *binding_name)
{
	AUTO(keys_wipe) struct keys keys    = {.sign_public = {0}};
	AUTO(buf_wipe) struct buf   binding = buf_init(FILE_BYTES_MAX);
	char                        path[FILE_PATH_MAX];

	TRY(keys_generate(&keys));
	TRY(issue_binding(dir, origin, &keys, sequence, &binding));
	TRY(path_join(path, dir, binding_name));
	TRY(file_write(path, buf_slice(&binding), 0644));
	TRY(path_join(path, dir, keys_name));
	return keys_write(path, &keys);
}

/* One more than this folder ever had; to take over, also more than any client that counts
 * like that can have reached. */
static uint64_t
next_sequence(uint64_t last, bool take_over)
{
	uint64_t now = unix_ms();

	return take_over && last < now ? now : last + 1;
}

/* Go on with the pair of a rotation that stopped, unless its term ended meanwhile or
 * other keys are to be outranked, which it does not. */
static rc
make_next(const struct sluis *s, bool take_over)
{
	struct binding old = {.sequence = 0}, next = {.sequence = 0};
	const char    *dir = s->folder.dir;

	if (exists(dir, "keys.json.next")) {
		rc code = issue_read_binding(dir, "binding.bin.next", &next);
		if (!take_over && code != RC_OK) return code;
		if (!take_over && next.not_after_ms > unix_ms()) return RC_OK;
		TRY(drop(dir, "keys.json.next")); /* first: no keys without a binding */
	}
	rc code = issue_read_binding(dir, "binding.bin", &old);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	uint64_t last = old.sequence > next.sequence ? old.sequence : next.sequence;
	return make_pair(dir, s->folder.region.origin, next_sequence(last, take_over),
	    "keys.json.next", "binding.bin.next");
}

static rc
enrol_next(struct sluis *s, unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(buf_wipe) struct buf binding = buf_init(FILE_BYTES_MAX);
	AUTO(buf_wipe) struct buf chain   = buf_init(FILE_BYTES_MAX);
	char                      path[FILE_PATH_MAX];

	TRY(path_join(path, s->folder.dir, "keys.json.next"));
	TRY(keys_read(path, &s->folder.keys));
	TRY(read_bytes(s->folder.dir, "binding.bin.next", &binding));
	TRY(read_bytes(s->folder.dir, "chain.pem", &chain));
	return enrol_binding(s, buf_slice(&binding), buf_slice(&chain), timeout_ms, ret);
}

/* An earlier rotation may have stopped between its two moves: then the next binding is
 * that of the keys we have.  A next binding of other keys is a leftover, and is written
 * over. */
static rc
finish_move(const struct sluis *s)
{
	const char    *dir = s->folder.dir;
	struct binding next;

	if (exists(dir, "keys.json.next") || !exists(dir, "binding.bin.next"))
		return RC_OK;
	if (issue_read_binding(dir, "binding.bin.next", &next) != RC_OK) return RC_OK;
	if (!slice_equal(slice_of(next.sign_public, KEY_BYTES),
	        slice_of(s->folder.keys.sign_public, KEY_BYTES)))
		return RC_OK;
	return move(dir, "binding.bin.next", "binding.bin");
}

rc
rotate_keys(const char *dir, bool take_over, unsigned timeout_ms,
    struct sluis_result **ret, struct sluis_error *e)
{
	AUTO(sluis_close) struct sluis *s = NULL;

	TRY(code_in(sluis_open(&s, dir, e)));
	TRY(finish_move(s));
	rc code = make_next(s, take_over);
	if (code != RC_OK) return error_set(e, code, dir, "no new keys could be made");
	code = sealed_keep_key(dir, &s->folder.keys);
	if (code != RC_OK) return error_set(e, code, dir, "the old key cannot be kept");
	code = enrol_next(s, timeout_ms, ret);
	if (code != RC_OK) {
		*e = s->error;
		return code;
	}
	code = move(dir, "keys.json.next", "keys.json");
	if (code == RC_OK) code = move(dir, "binding.bin.next", "binding.bin");
	return code == RC_OK
	           ? RC_OK
	           : error_set(e, code, dir, "the new keys are in keys.json.next");
}

rc
make_first_keys(const char *dir, struct sluis_error *e)
{
	AUTO(folder_wipe) struct folder p = {.dir = ""};

	TRY(folder_read_who(dir, &p, e));
	if (exists(dir, "keys.json"))
		return error_set(e, RC_CONFIG, dir, "has keys already");
	rc code = make_pair(dir, p.region.origin, 1, "keys.json", "binding.bin");
	return code == RC_OK ? RC_OK : error_set(e, code, dir, "no keys could be made");
}
