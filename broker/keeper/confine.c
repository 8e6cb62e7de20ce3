/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * confine.c - what the keeper gives up before its first answer.
 *
 * It answers with the system calls listed here: messages on its lines, memory,
 * randomness, its end.  Anything else ends it.  With the module of a token it may
 * use files too: a module that talks over a network does not work here.  A build without
 * a sandbox (sandbox/built.h) has no filter either.
 */
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "broker/keeper/process.h"
#include "broker/sandbox/built.h"
#include "broker/sandbox/privileges.h"

#if !SANDBOX_BUILT
bool
keeper_confine(const char *user, bool with_module, pid_t broker)
{
	(void)user, (void)with_module, (void)broker;
	return true;
}
#else

static const int allowed[] = {SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(recvfrom),
    SCMP_SYS(sendto), SCMP_SYS(close), SCMP_SYS(getrandom), SCMP_SYS(brk),
    SCMP_SYS(munmap), SCMP_SYS(madvise), SCMP_SYS(munlock), SCMP_SYS(futex),
    SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
    SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* What a module needs that keeps its keys in files, as SoftHSM does. */
static const int of_modules[] = {SCMP_SYS(openat), SCMP_SYS(read), SCMP_SYS(pread64),
    SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat),
    SCMP_SYS(access), SCMP_SYS(fcntl), SCMP_SYS(flock), SCMP_SYS(getdents64),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(mlock), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction)};

static bool
allow(scmp_filter_ctx filter, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

/* Memory, but none that can be executed. */
static bool
allow_memory(scmp_filter_ctx filter)
{
	static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};

	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1,
		        SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
			return false;
	return true;
}

static bool
filter_calls(bool with_module)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool            good   = filter != NULL &&
	            allow(filter, allowed, sizeof allowed / sizeof allowed[0]) &&
	            allow_memory(filter);

	if (with_module)
		good = good && allow(filter, of_modules,
		                   sizeof of_modules / sizeof of_modules[0]);
	good = good && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return good;
}

bool
keeper_confine(const char *user, bool with_module, pid_t broker)
{
	struct rlimit none = {0, 0}, all = {RLIM_INFINITY, RLIM_INFINITY};

	/* the keys lie in memory that is locked by itself; a limit may forbid the rest,
	 * and memory that must be locked and may not be is no memory at all */
	bool unlimited = setrlimit(RLIMIT_MEMLOCK, &all) == 0;
	(void)mlockall(unlimited ? MCL_CURRENT | MCL_FUTURE : MCL_CURRENT);
	ignore(privileges_become(user)); /* the broker becomes it next, or says why not */
	return privileges_drop() == RC_OK && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
	       setrlimit(RLIMIT_NPROC, &none) == 0 &&
	       prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && keeper_ends_with(broker) &&
	       filter_calls(with_module);
}
#endif
