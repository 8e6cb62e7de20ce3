/* SPDX-License-Identifier: EUPL-1.2 */
/* files.c - Landlock by its system calls: kernel documentation, userspace-api/landlock.
 */
#include "broker/sandbox/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proto/auto.h"

enum { /* of linux/landlock.h */
	CREATE_RULESET_VERSION = 1,
	RULE_PATH_BENEATH      = 1,
	SINCE_REFER            = 2,
	SINCE_TRUNCATE         = 3,
	SINCE_NET              = 4,
	SINCE_IOCTL_DEV        = 5,
	SINCE_SCOPE            = 6,
};

#define WRITE_FILE (UINT64_C(1) << 1)
#define READ_FILE (UINT64_C(1) << 2)
#define READ_DIR (UINT64_C(1) << 3)
#define REMOVE_FILE (UINT64_C(1) << 5)
#define MAKE_REG (UINT64_C(1) << 8)
#define FS_FIRST ((UINT64_C(1) << 13) - 1) /* all of version 1 */
#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL (UINT64_C(1) << 15)
#define NET_CONNECT (UINT64_C(1) << 1)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

#define OF_A_FILE (READ_FILE | WRITE_FILE | FS_TRUNCATE) /* the others are of folders */

struct ruleset {
	uint64_t fs, net, scoped; /* what is forbidden unless a rule allows it */
};

struct path_beneath {
	uint64_t allowed;
	int32_t  parent;
} __attribute__((packed));

static void
close_one(const int *fd)
{
	if (*fd >= 0) (void)close(*fd);
}

int
files_version(void)
{
	long version =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	return version < 0 ? 0 : (int)version;
}

/* All that VERSION can forbid. */
static struct ruleset
all_of(int version)
{
	struct ruleset r = {.fs = FS_FIRST};

	if (version >= SINCE_REFER) r.fs |= FS_REFER;
	if (version >= SINCE_TRUNCATE) r.fs |= FS_TRUNCATE;
	if (version >= SINCE_IOCTL_DEV) r.fs |= FS_IOCTL;
	if (version >= SINCE_NET) r.net = NET_CONNECT;
	if (version >= SINCE_SCOPE) r.scoped = SCOPE_SIGNAL;
	return r;
}

/* A kernel refuses more bytes of a ruleset than it knows, unless they are zero. */
static size_t
size_of(int version)
{
	if (version >= SINCE_SCOPE) return sizeof(struct ruleset);
	return version >= SINCE_NET ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

static rc
allow(int set, const struct ruleset *all, const struct files_rule *rule)
{
	uint64_t            wanted = READ_FILE | READ_DIR;
	struct stat         st;
	AUTO(close_one) int at = open(rule->path, O_PATH | O_CLOEXEC);

	if (at < 0) return errno == ENOENT && rule->may_be_absent ? RC_OK : RC_CONFIG;
	if (fstat(at, &st) != 0) return RC_CONFIG;
	if (rule->access == FILES_WRITE)
		wanted |= WRITE_FILE | REMOVE_FILE | MAKE_REG | FS_TRUNCATE;
	if (!S_ISDIR(st.st_mode)) wanted &= OF_A_FILE;
	struct path_beneath beneath = {.allowed = wanted & all->fs, .parent = at};
	long done = syscall(SYS_landlock_add_rule, set, RULE_PATH_BENEATH, &beneath, 0);
	return done == 0 ? RC_OK : RC_CONFIG;
}

bool
files_keep_signals(void)
{
	struct ruleset signals = {.scoped = SCOPE_SIGNAL};

	if (files_version() < SINCE_SCOPE) return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
	AUTO(close_one)
	int set = (int)syscall(SYS_landlock_create_ruleset, &signals, sizeof signals, 0);
	return set >= 0 && syscall(SYS_landlock_restrict_self, set, 0) == 0;
}

rc
files_restrict(const struct files_rule *rules, size_t n, bool signals_kept)
{
	int            version = files_version();
	struct ruleset all     = all_of(version);

	if (signals_kept) all.scoped = 0;
	AUTO(close_one)
	int set = (int)syscall(SYS_landlock_create_ruleset, &all, size_of(version), 0);

	if (set < 0) return RC_CONFIG;
	for (size_t i = 0; i < n; i++)
		if (rules[i].path != NULL) TRY(allow(set, &all, &rules[i]));
	return syscall(SYS_landlock_restrict_self, set, 0) == 0 ? RC_OK : RC_CONFIG;
}
