/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_sandbox.c - each part of the sandbox by itself, in a child that is given up.
 *
 * What a whole broker can still do is in tests/e2e/test_sandbox.py.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

#include "broker/keeper/process.h"
#include "broker/sandbox/built.h"
#include "broker/sandbox/calls.h"
#include "broker/sandbox/files.h"
#include "broker/sandbox/privileges.h"

enum { NOT_TRUE = 99 };

/* Its wait status after BODY in a child; BODY says true or false. */
static int
in_a_child(bool (*body)(void))
{
	int   status = 0;
	pid_t pid    = fork();

	assert_true(pid >= 0);
	if (pid == 0) _exit(body() ? 0 : NOT_TRUE);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
holds(bool (*body)(void))
{
	int status = in_a_child(body);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("wait status %x", (unsigned)status);
}

/* --- calls ----------------------------------------------------------------------- */

static bool
begins_a_process(void)
{
	if (calls_restrict(false) != RC_OK) return false;
	return fork() < 0;
}

static bool
traces(void)
{
	if (calls_restrict(false) != RC_OK) return false;
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0;
}

static bool
makes_a_ring(void)
{
	if (calls_restrict(false) != RC_OK) return false;
	return syscall(SYS_io_uring_setup, 1, NULL) != 0;
}

static bool
changes_root(void)
{
	if (calls_restrict(false) != RC_OK) return false;
	return chroot("/") != 0;
}

static bool
becomes_root(void)
{
	if (calls_restrict(false) != RC_OK) return false;
	return setuid(0) != 0;
}

static void
what_no_broker_does_ends_it(void **state)
{
	static bool (*const deeds[])(void) = {
	    begins_a_process, traces, makes_a_ring, changes_root, becomes_root};
	(void)state;
	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
		int status = in_a_child(deeds[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

/* --- the keeper ------------------------------------------------------------------- */

static bool
keeps(void)
{
	if (!keeper_confine(NULL, false, getppid())) return false;
	void *p =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p, 4096, PROT_READ) != 0) return false;
	return munmap(p, 4096) == 0;
}

static bool
maps_a_program(void)
{
	if (!keeper_confine(NULL, false, getppid())) return false;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	           0) == MAP_FAILED;
}

static bool
makes_data_a_program(void)
{
	void *p =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || !keeper_confine(NULL, true, getppid())) return false;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) != 0;
}

static bool
is_nobodys_keeper(void)
{
	return !keeper_ends_with(getpid()) && keeper_ends_with(getppid());
}

static bool
opens_a_file(void)
{
	if (!keeper_confine(NULL, false, getppid())) return false;
	return open("/dev/null", O_RDONLY | O_CLOEXEC) < 0;
}

static bool
makes_a_socket(void)
{
	if (!keeper_confine(NULL, true, getppid())) return false;
	return socket(AF_INET, SOCK_STREAM, 0) < 0;
}

static bool
writes_to_standard_error(void)
{
	if (!keeper_confine(NULL, true, getppid())) return false;
	return write(STDERR_FILENO, "", 0) < 0;
}

static void
what_no_keeper_does_ends_it(void **state)
{
	static bool (*const deeds[])(void) = {maps_a_program, makes_data_a_program,
	    opens_a_file, makes_a_socket, writes_to_standard_error};
	(void)state;
	holds(keeps);
	holds(is_nobodys_keeper);
	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
		int status = in_a_child(deeds[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

/* --- the rest --------------------------------------------------------------------- */

static bool
is_refused_the_rest(void)
{
	struct rlimit none = {0, 0};

	if (calls_restrict(false) != RC_OK) return false;
	if (mkdir("/tmp/sluis-test-sandbox", 0700) == 0 || errno != EPERM) return false;
	if (kill(getppid(), 0) == 0 || errno != EPERM) return false;
	if (setrlimit(RLIMIT_NOFILE, &none) == 0 || errno != EPERM) return false;
	if (socket(AF_UNIX, SOCK_DGRAM, 0) >= 0 || errno != EPERM) return false;
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 || errno != EPERM) return false;
	if (syscall(SYS_memfd_create, "x", 0) >= 0 || errno != EPERM) return false;
	if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS) return false;
	return syscall(SYS_tgkill, getppid(), getppid(), 0) != 0 && errno == EPERM;
}

static void
what_is_not_listed_fails(void **state)
{
	(void)state;
	holds(is_refused_the_rest);
}

static bool
notifies(void)
{
	if (calls_restrict(true) != RC_OK) return false;
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM) return false;
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0;
}

static void
the_service_manager_is_told_by_datagram_only(void **state)
{
	(void)state;
	holds(notifies);
}

static void *
with_its_priority(void *arg)
{
	struct sched_param param;
	bool              *good = arg;
	int                policy;

	*good = pthread_getschedparam(pthread_self(), &policy, &param) == 0 &&
	        pthread_setschedparam(pthread_self(), policy, &param) == 0 &&
	        prctl(PR_SET_NAME, "x") == 0;
	return NULL;
}

static bool
begins_a_thread(void)
{
	pthread_t thread;
	bool      good = false;

	if (calls_restrict(false) != RC_OK) return false;
	if (pthread_create(&thread, NULL, with_its_priority, &good) != 0) return false;
	return pthread_join(thread, NULL) == 0 && good;
}

static void
a_thread_may_begin_with_the_priority_it_has(void **state)
{
	(void)state;
	holds(begins_a_thread);
}

/* A thread that was there before. */
struct waiting {
	int ends[2], result;
};

static void *
makes_a_folder(void *arg)
{
	struct waiting *w = arg;
	char            c;

	if (read(w->ends[0], &c, 1) != 1) return NULL;
	w->result = mkdir("/tmp/sluis-test-sandbox", 0700) == 0 ? 0 : errno;
	return NULL;
}

static bool
reaches_older_threads(void)
{
	struct waiting w = {.result = -1};
	pthread_t      thread;

	if (pipe(w.ends) != 0) return false;
	if (pthread_create(&thread, NULL, makes_a_folder, &w) != 0) return false;
	if (calls_restrict(false) != RC_OK) return false;
	if (write(w.ends[1], "x", 1) != 1) return false;
	return pthread_join(thread, NULL) == 0 && w.result == EPERM;
}

static void
threads_that_were_there_are_inside(void **state)
{
	(void)state;
	holds(reaches_older_threads);
}

/* libzmq aborts if it is told EPERM here. */
static bool
opens_a_door(void)
{
	void *context = zmq_ctx_new();
	void *first   = zmq_socket(context, ZMQ_ROUTER);

	if (calls_restrict(false) != RC_OK) return false;
	void *second = zmq_socket(context, ZMQ_ROUTER);
	return zmq_bind(first, "tcp://127.0.0.1:*") == 0 &&
	       zmq_bind(second, "tcp://127.0.0.1:*") == 0;
}

static void
another_door_can_be_opened(void **state)
{
	(void)state;
	holds(opens_a_door);
}

/* --- files ----------------------------------------------------------------------- */

static char inside[] = "/tmp/sluis-in-XXXXXX", outside[] = "/tmp/sluis-out-XXXXXX";

static int
try_to(const char *folder, const char *name, int flags)
{
	char path[96];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0) return errno;
	(void)close(fd);
	return 0;
}

static bool signals_kept; /* files_keep_signals() did */

static bool
confine(enum files_access access)
{
	struct files_rule rules[] = {{inside, access, false}, {NULL, FILES_WRITE, false},
	    {"/nowhere/at/all", FILES_READ, true}};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       files_restrict(rules, sizeof rules / sizeof rules[0], signals_kept) ==
	           RC_OK;
}

static bool
writes_where_it_may(void)
{
	char from[96], to[96];

	if (!confine(FILES_WRITE)) return false;
	if (try_to(inside, "new", O_WRONLY | O_CREAT | O_EXCL) != 0) return false;
	if (try_to(inside, "new", O_RDWR | O_TRUNC) != 0) return false;
	(void)snprintf(from, sizeof from, "%s/new", inside);
	(void)snprintf(to, sizeof to, "%s/newer", inside);
	if (rename(from, to) != 0) return false;
	(void)snprintf(from, sizeof from, "%s/taken", outside);
	if (rename(to, from) == 0) return false;
	if (mkdir(from, 0700) == 0 || symlink("x", from) == 0) return false;
	return unlink(to) == 0;
}

static bool
reads_where_it_may(void)
{
	if (!confine(FILES_READ)) return false;
	return try_to(inside, "there", O_RDONLY) == 0 &&
	       try_to(inside, "there", O_WRONLY) == EACCES &&
	       try_to(inside, "there", O_RDONLY | O_TRUNC) == EACCES &&
	       try_to(inside, "new", O_WRONLY | O_CREAT) == EACCES &&
	       try_to(outside, "there", O_RDONLY) == EACCES &&
	       try_to(outside, "there", O_WRONLY) == EACCES &&
	       try_to(inside, "../../etc/passwd", O_RDONLY) == EACCES;
}

static bool
signals_nobody(void)
{
	return confine(FILES_READ) && kill(getppid(), 0) != 0 && errno == EPERM;
}

/* What it starts from then on it may signal, under what comes later too, and nobody
 * else. */
static bool
signals_what_it_started(void)
{
	if (!files_keep_signals()) return false;
	pid_t child = fork();
	if (child == 0) (void)pause();
	signals_kept = true;
	return signals_nobody() && kill(child, SIGKILL) == 0;
}

static void
files_are_those_of_the_rules(void **state)
{
	(void)state;
	if (files_version() < 3) skip();
	holds(writes_where_it_may);
	holds(reads_where_it_may);
	if (files_version() < 6) return;
	holds(signals_nobody);
	holds(signals_what_it_started);
}

static bool
needs_a_folder(void)
{
	struct files_rule rule = {"/nowhere/at/all", FILES_READ, false};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       files_restrict(&rule, 1, false) == RC_CONFIG &&
	       try_to(outside, "there", O_RDONLY) == 0;
}

static void
a_folder_that_is_not_there_is_refused_and_nothing_changes(void **state)
{
	(void)state;
	if (files_version() < 1) skip();
	holds(needs_a_folder);
}

/* --- privileges ------------------------------------------------------------------ */

static bool
becomes_nobody(void)
{
	return privileges_become("nobody") == RC_OK && getuid() != 0 && geteuid() != 0 &&
	       getgid() != 0 && getegid() != 0 && setuid(0) != 0 && seteuid(0) != 0 &&
	       setgid(0) != 0 && privileges_become("nobody") == RC_OK &&
	       privileges_become("daemon") == RC_CONFIG;
}

static void
a_user_is_become_for_good(void **state)
{
	(void)state;
	assert_int_equal(privileges_become(NULL), RC_OK);
	assert_int_equal(privileges_become("no-such-user-here"), RC_CONFIG);
	assert_int_equal(privileges_become("root"), RC_CONFIG);
	if (geteuid() != 0) skip();
	holds(becomes_nobody);
	assert_int_equal(geteuid(), 0);
}

static bool
drops(void)
{
	struct rlimit core = {1, 1};

	if (privileges_drop() != RC_OK) return false;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return false;
	if (SANDBOX_BUILT && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return false;
	for (unsigned long cap = 0; cap <= 63; cap++)
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1) return false;
	if (setrlimit(RLIMIT_CORE, &core) == 0) return false;
	if (chown(outside, 1, 1) == 0 || chroot("/") == 0) return false;
	return privileges_drop() == RC_OK; /* a second time changes nothing */
}

static void
powers_do_not_come_back(void **state)
{
	(void)state;
	if (geteuid() != 0) skip();
	holds(drops);
}

/* --------------------------------------------------------------------------------- */

static int
make_folders(void **state)
{
	(void)state;
	if (mkdtemp(inside) == NULL || mkdtemp(outside) == NULL) return -1;
	return try_to(inside, "there", O_WRONLY | O_CREAT) +
	       try_to(outside, "there", O_WRONLY | O_CREAT);
}

static int
remove_folders(void **state)
{
	char path[96];
	(void)state;
	(void)snprintf(path, sizeof path, "%s/there", inside);
	(void)unlink(path);
	(void)snprintf(path, sizeof path, "%s/there", outside);
	(void)unlink(path);
	return rmdir(inside) + rmdir(outside);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_no_broker_does_ends_it),
	    cmocka_unit_test(what_no_keeper_does_ends_it),
	    cmocka_unit_test(what_is_not_listed_fails),
	    cmocka_unit_test(the_service_manager_is_told_by_datagram_only),
	    cmocka_unit_test(a_thread_may_begin_with_the_priority_it_has),
	    cmocka_unit_test(threads_that_were_there_are_inside),
	    cmocka_unit_test(another_door_can_be_opened),
	    cmocka_unit_test(files_are_those_of_the_rules),
	    cmocka_unit_test(a_folder_that_is_not_there_is_refused_and_nothing_changes),
	    cmocka_unit_test(a_user_is_become_for_good),
	    cmocka_unit_test(powers_do_not_come_back),
	};
#if !SANDBOX_BUILT
	if (getenv("SLUIS_SANDBOX_ANYWAY") == NULL) return 0; /* see built.h */
#endif
	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
