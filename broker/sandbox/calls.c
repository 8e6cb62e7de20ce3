/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * calls.c - the list.
 *
 * Made from what a broker under every test was seen to do, by what it does it for; not
 * by name of a library.  A name that an architecture lacks is passed over.
 */
#include "broker/sandbox/calls.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/auto.h"

static void
release(const scmp_filter_ctx *filter)
{
	if (*filter != NULL) seccomp_release(*filter);
}

/* --- without a condition --------------------------------------------------------- */

static const int allowed[] = {
    /* waiting */
    SCMP_SYS(futex),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(eventfd2),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(membarrier),
    /* the time, who we are, what there is */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrandom),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    /* descriptors */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    /* files; which ones is not decided here */
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(lseek),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64),
    SCMP_SYS(flock),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(fchmod),
    SCMP_SYS(umask),
    /* connections that others made */
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(mlock2),
    SCMP_SYS(munlock),
    /* threads, signals, the end */
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(wait4), /* for the keeper, when all is over */
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* --- never ----------------------------------------------------------------------- */

static const int deadly[] = {
    /* another program, another process */
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    /* another user, another root, another namespace */
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(setfsuid),
    SCMP_SYS(setfsgid),
    SCMP_SYS(capset),
    SCMP_SYS(chroot),
    SCMP_SYS(pivot_root),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(personality),
    /* the kernel */
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
};

static rc
add_all(scmp_filter_ctx f, uint32_t action, const int *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(f, action, numbers[i], 0) != 0) return RC_CONFIG;
	return RC_OK;
}

/* --- with a condition ------------------------------------------------------------ */

enum {
	TYPE_MASK = 0xf, /* of the second argument of socket(): the rest are flags */
	TCP       = SOCK_STREAM,
	DATAGRAM  = SOCK_DGRAM,
};

/* The N-th argument is VALUE. */
static struct scmp_arg_cmp
is(unsigned n, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){.arg = n, .op = SCMP_CMP_EQ, .datum_a = value};
}

/* The bits of MASK in the N-th argument are VALUE. */
static struct scmp_arg_cmp
has(unsigned n, scmp_datum_t mask, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){
	    .arg = n, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

static rc
allow_if(scmp_filter_ctx f, int number, struct scmp_arg_cmp condition)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, number, 1, condition) == 0 ? RC_OK
	                                                                      : RC_CONFIG;
}

static rc
allow_socket(scmp_filter_ctx f, int family, int type)
{
	int done = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
	    is(0, (scmp_datum_t)family), has(1, TYPE_MASK, (scmp_datum_t)type));

	return done == 0 ? RC_OK : RC_CONFIG;
}

/* libzmq asks for the names of network cards before it binds an address, and takes only
 * this error for an answer.  MSG_FASTOPEN makes a connection without connect(). */
static rc
add_sockets(scmp_filter_ctx f, bool notifies)
{
	TRY(allow_socket(f, AF_INET, TCP));
	TRY(allow_socket(f, AF_INET6, TCP));
	if (notifies) TRY(allow_socket(f, AF_UNIX, DATAGRAM));
	if (seccomp_rule_add(f, SCMP_ACT_ERRNO(EOPNOTSUPP), SCMP_SYS(socket), 1,
	        is(0, AF_NETLINK)) != 0)
		return RC_CONFIG;
	TRY(allow_if(f, SCMP_SYS(sendto), has(3, MSG_FASTOPEN, 0)));
	return allow_if(f, SCMP_SYS(sendmsg), has(2, MSG_FASTOPEN, 0));
}

/* Memory is never code. */
static rc
add_memory(scmp_filter_ctx f)
{
	TRY(allow_if(f, SCMP_SYS(mmap), has(2, PROT_EXEC, 0)));
	return allow_if(f, SCMP_SYS(mprotect), has(2, PROT_EXEC, 0));
}

/* A thread with the priority of others, never a process.  clone3() has its flags in
 * memory, where no filter looks: the C library falls back. */
static rc
add_threads(scmp_filter_ctx f)
{
	if (seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0)
		return RC_CONFIG;
	if (seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
	        has(0, CLONE_THREAD, 0)) != 0)
		return RC_CONFIG;
	/* libzmq sets the priority that a thread has, and aborts if it may not */
	TRY(allow_if(
	    f, SCMP_SYS(sched_setscheduler), is(1, (scmp_datum_t)sched_getscheduler(0))));
	return allow_if(f, SCMP_SYS(clone), has(0, CLONE_THREAD, CLONE_THREAD));
}

/* To itself (abort), what it is called, what its limits are, whether a descriptor is a
 * terminal or has something to read. */
static rc
add_rest(scmp_filter_ctx f)
{
	TRY(allow_if(f, SCMP_SYS(tgkill), is(0, (scmp_datum_t)getpid())));
	TRY(allow_if(f, SCMP_SYS(prctl), is(0, PR_SET_NAME)));
	TRY(allow_if(f, SCMP_SYS(prlimit64), is(2, 0)));
	TRY(allow_if(f, SCMP_SYS(ioctl), is(1, TCGETS)));
	TRY(allow_if(f, SCMP_SYS(ioctl), is(1, FIONREAD)));
	return allow_if(f, SCMP_SYS(ioctl), is(1, FIONBIO));
}

static rc
fill(scmp_filter_ctx f, bool notifies)
{
	TRY(add_all(f, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof allowed[0]));
	TRY(add_all(f, SCMP_ACT_KILL_PROCESS, deadly, sizeof deadly / sizeof deadly[0]));
	TRY(add_sockets(f, notifies));
	TRY(add_memory(f));
	TRY(add_threads(f));
	return add_rest(f);
}

rc
calls_restrict(bool notifies)
{
	AUTO(release) scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (f == NULL) return RC_NOMEM;
	if (seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) != 0) return RC_CONFIG;
	(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
	TRY(fill(f, notifies));
	return seccomp_load(f) == 0 ? RC_OK : RC_CONFIG;
}
