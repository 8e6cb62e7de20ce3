/* SPDX-License-Identifier: EUPL-1.2 */
/* privileges.c - user, groups, capabilities, limits. */
#include "broker/sandbox/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/sandbox/built.h"
#include "proto/auto.h"

enum { ENTRY_MAX = 64 * 1024, CAP_LAST_POSSIBLE = 63 };

/* --- the user -------------------------------------------------------------------- */

static rc
change_to(const struct passwd *who)
{
	if (initgroups(who->pw_name, who->pw_gid) != 0) return RC_CONFIG;
	if (setresgid(who->pw_gid, who->pw_gid, who->pw_gid) != 0) return RC_CONFIG;
	if (setresuid(who->pw_uid, who->pw_uid, who->pw_uid) != 0) return RC_CONFIG;
	return setuid(0) != 0 && setgid(0) != 0 ? RC_OK : RC_CONFIG; /* no way back */
}

rc
privileges_become(const char *user)
{
	AUTO(auto_free) char *room = NULL;
	struct passwd         entry, *found = NULL;

	if (user == NULL) return RC_OK;
	if ((room = malloc(ENTRY_MAX)) == NULL) return RC_NOMEM;
	if (getpwnam_r(user, &entry, room, ENTRY_MAX, &found) != 0 || found == NULL)
		return RC_CONFIG;
	if (found->pw_uid == 0) return RC_CONFIG;
	if (geteuid() == 0) return change_to(found);
	return getuid() == found->pw_uid && geteuid() == found->pw_uid ? RC_OK
	                                                               : RC_CONFIG;
}

/* --- capabilities ---------------------------------------------------------------- */

static rc
empty_the_bounding_set(void)
{
	for (unsigned long cap = 0; cap <= CAP_LAST_POSSIBLE; cap++) {
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 1) continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0) continue;
		if (errno != EPERM) return RC_CONFIG; /* who has none needs none less */
	}
	return RC_OK;
}

static rc
drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct   none[2] = {{0}, {0}};

	TRY(empty_the_bounding_set());
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &head, none) == 0 ? RC_OK : RC_CONFIG;
}

/* --- limits ---------------------------------------------------------------------- */

static rc
forbid(void)
{
	static const __rlimit_resource_t none[] = {
	    RLIMIT_CORE, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_RTPRIO};
	static const struct rlimit zero = {0, 0};

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		if (setrlimit(none[i], &zero) != 0) return RC_CONFIG;
	return RC_OK;
}

rc
privileges_drop(void)
{
	TRY(forbid());
	TRY(drop_capabilities());
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return RC_CONFIG;
#if SANDBOX_BUILT /* a change of user made it dumpable again */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return RC_CONFIG;
#endif
	return RC_OK;
}
