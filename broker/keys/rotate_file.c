/* SPDX-License-Identifier: EUPL-1.2 */
/* rotate_file.c - the keys file before and after, and what others have to be told. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/keys/rotate.h"
#include "broker/keys/show.h"
#include "broker/log.h"
#include "broker/store/wrapped.h"
#include "broker/why.h"
#include "certs/file.h"
#include "proto/auto.h"
#include "proto/trust_policy.h"

static void
auto_fd(const int *fd)
{
	if (*fd >= 0) (void)close(*fd);
}

static rc
complain(const struct config *c, rc code, const char *why)
{
	return why_tell(LOG_CONFIG, code, c->keys_file, why);
}

/* --- the file ----------------------------------------------------------------------- */

/* Overwrite what the file behind FD held; it has no name any more. */
static rc
overwrite(int fd, const struct stat *st)
{
	static const uint8_t zeros[4096];

	for (off_t at = 0; at < st->st_size; at += (off_t)sizeof zeros)
		if (pwrite(fd, zeros, sizeof zeros, at) != (ssize_t)sizeof zeros)
			return RC_DISK;
	return fsync(fd) == 0 ? RC_OK : RC_DISK;
}

/* Whether PATH is still the file of ST. */
static bool
is_file(const char *path, const struct stat *st)
{
	struct stat now;

	return stat(path, &now) == 0 && now.st_ino == st->st_ino &&
	       now.st_dev == st->st_dev;
}

/* K in place of what is there; the owner stays the same, and the old content goes. */
static rc
replace(const struct config *c, const struct keyring *k)
{
	AUTO(auto_fd) int fd = open(c->keys_file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct stat       st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return complain(c, RC_DISK, "cannot be opened for writing");
	rc code = keyring_write(c->keys_file, k);
	if (code != RC_OK)
		return complain(c, code,
		    is_file(c->keys_file, &st)
		        ? "cannot be written: nothing changed"
		        : "is the new one, but a power cut may bring back the old: "
		          "look at the disk");
	if ((st.st_uid != geteuid() || st.st_gid != getegid()) &&
	    chown(c->keys_file, st.st_uid, st.st_gid) != 0)
		return complain(c, RC_DISK, "has another owner now: give it back");
	if (overwrite(fd, &st) != RC_OK)
		return complain(
		    c, RC_DISK, "was replaced; the old one may be on the disk");
	return RC_OK;
}

/* With the public keys of KIND, which are told of. */
static rc
read_keys(const struct config *c, enum key_kind kind, struct keyring *ret)
{
	rc code = keyring_read(c->keys_file, ret);

	if (code != RC_OK) return complain(c, code, "cannot be read");
	return kind == KIND_CHECKPOINT ? show_fill(c, ret) : RC_OK;
}

/* --- what to tell ------------------------------------------------------------------- */

static rc
print_verifier(const struct config *c, const struct keyring *k)
{
	char vkey[NOTE_VKEY_MAX];

	for (size_t i = 0; i < k->n_checkpoints; i++) {
		TRY(show_verifier(c->origin, k->checkpoint[i].public_key, vkey));
		printf("%s\"%s\"", i == 0 ? "" : ", ", vkey);
	}
	return RC_OK;
}

static rc
print_channel(const struct keyring *k)
{
	char z85[Z85_KEY_MAX];

	for (size_t i = 0; i < k->n_curves; i++) {
		TRY(show_curve(k->curve[i].public_key, z85));
		printf("%s{\"curve_public\": \"%s\", \"place\": %u}", i == 0 ? "" : ", ",
		    z85, k->curve[i].place + 1);
	}
	return RC_OK;
}

static void
print_epochs(const struct keyring *k)
{
	static const char *const states[] = {"", "current", "overlap", "ended"};

	for (size_t i = 0; i < k->n_pseudonyms; i++)
		printf("%s{\"epoch\": \"%s\", \"state\": \"%s\"}", i == 0 ? "" : ", ",
		    k->pseudonym[i].epoch, states[k->pseudonym[i].state]);
}

/* What there is of KIND now; nothing secret. */
static rc
print_keys(const struct config *c, const struct keyring *k, enum key_kind kind)
{
	rc code = RC_OK;

	printf("{\"%s\": [", key_kind_name(kind));
	if (kind == KIND_CHECKPOINT) code = print_verifier(c, k);
	if (kind == KIND_CURVE) code = print_channel(k);
	if (kind == KIND_PSEUDONYM) print_epochs(k);
	for (size_t i = 0; kind == KIND_MASTER && i < k->n_masters; i++)
		printf("%s%u", i == 0 ? "" : ", ", (unsigned)k->master[i].id);
	printf("], \"next\": \"start sluisd again\"}\n");
	return code;
}

/* --- both steps --------------------------------------------------------------------- */

rc
rotate_keys(const struct config *c, enum key_kind kind, const char *name)
{
	AUTO(keyring_wipe) struct keyring k   = {0};
	const char                       *why = "";

	if (kind == KIND_CURVE && c->second_agency == NULL)
		return complain(c, RC_CONFIG,
		    "second_agency, second_audit and second_enrol must say where the new "
		    "key is served");
	TRY(read_keys(c, kind, &k));
	rc code = rotate_begin(&k, kind, name, &why);
	if (code != RC_OK) return complain(c, code, why);
	TRY(replace(c, &k));
	return print_keys(c, &k, kind);
}

/* Who checks heads by the trust file would not know the key that is left, nor would
 * sluisd start with it. */
static rc
check_trusted(const struct config *c, const struct keyring *k)
{
	AUTO(trust_policy_destroy) struct trust_policy *p    = NULL;
	AUTO(buf_wipe) struct buf                       text = buf_init(TRUST_FILE_MAX);
	struct note_verifier                            fresh;
	char vkey[NOTE_VKEY_MAX], why[NOTE_VKEY_MAX + 64];

	TRY(note_verifier_init(&fresh, c->origin, k->checkpoint[1].public_key));
	TRY(note_verifier_format(&fresh, vkey));
	if (c->trust_file == NULL) return RC_OK;
	rc code = file_read(c->trust_file, TRUST_FILE_MAX, false, &text);
	if (code == RC_OK) code = trust_policy_parse(buf_slice(&text), &p, NULL);
	for (size_t i = 0; p != NULL && i < trust_policy_n_logs(p); i++)
		if (note_verifier_has(&fresh, trust_policy_log(p, i)->public_key))
			return RC_OK;
	if (p != NULL && trust_policy_n_logs(p) == 0) return RC_OK;
	(void)snprintf(why, sizeof why, "trust_file %s the line: log %s",
	    code == RC_OK ? "lacks" : "cannot be read, and needs", vkey);
	return complain(c, RC_CONFIG, why);
}

rc
retire_keys(const struct config *c, enum key_kind kind, uint64_t lost)
{
	AUTO(keyring_wipe) struct keyring k   = {0};
	const char                       *why = "";

	TRY(read_keys(c, kind, &k));
	if (kind == KIND_MASTER && k.n_masters == 2)
		TRY(rotate_check_rewrapped(c, &k, lost));
	if (kind == KIND_CHECKPOINT && k.n_checkpoints == 2) TRY(check_trusted(c, &k));
	if (kind == KIND_CURVE && k.n_curves == 2) TRY(rotate_check_served(c, &k));
	rc code = rotate_end(&k, kind, &why);
	if (code != RC_OK) return complain(c, code, why);
	TRY(replace(c, &k));
	if (lost != 0)
		TRY(why_tell(LOG_CONFIG,
		    store_give_up_by_others(c->state_dir, k.master[0].id), c->state_dir,
		    "the key is retired; what was given up will be named once more"));
	return print_keys(c, &k, kind);
}
