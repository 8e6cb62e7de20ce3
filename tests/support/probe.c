/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * probe.c - what an attacker inside a running sluisd could do, tried from inside.
 *
 * Loaded before it (LD_PRELOAD).  SIGUSR2 tries everything in the file that PROBE_LIST
 * names, which was read at the start, and writes a line `probe NAME RESULT` for each to
 * stderr: "done" or the name of the error.  SIGWINCH starts a program, which ends the
 * process if it may not.  A line of the list is `verb path`: open a file for reading
 * (read), for appending (append), make a new one (make); or a word of probe_calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX = 8192, PAGE = 4096 };

static char list[LIST_MAX];

static void
tell(const char *what, const char *path, int failed)
{
	char line[1024];
	int  n = snprintf(line, sizeof line, "probe %s%s%s %s\n", what, *path ? " " : "",
	     path, failed == 0 ? "done" : strerrorname_np(failed));

	if (write(STDERR_FILENO, line, (size_t)n) != n) abort();
}

static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0) return errno;
	(void)close(fd);
	return 0;
}

static int
try_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd < 0) return errno;
	(void)close(fd);
	return 0;
}

static int
try_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	int                fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0) return 0;
	int failed = connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
	(void)close(fd);
	return failed;
}

static int
try_fast_open(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	int                fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0) return 0;
	ssize_t n = sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to);
	int     failed = n == 1 ? 0 : errno;
	(void)close(fd);
	return failed;
}

static int
try_code(void)
{
	void *p =
	    mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) return 0;
	int failed = mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
	(void)munmap(p, PAGE);
	return failed;
}

static int
try_new_code(void)
{
	void *p =
	    mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
try_call(const char *word)
{
	if (strcmp(word, "unix") == 0) return try_socket(AF_UNIX, SOCK_STREAM);
	if (strcmp(word, "netlink") == 0) return try_socket(AF_NETLINK, SOCK_RAW);
	if (strcmp(word, "packet") == 0) return try_socket(AF_PACKET, SOCK_RAW);
	if (strcmp(word, "udp") == 0) return try_socket(AF_INET, SOCK_DGRAM);
	if (strcmp(word, "udp6") == 0) return try_socket(AF_INET6, SOCK_DGRAM);
	if (strcmp(word, "raw") == 0) return try_socket(AF_INET, SOCK_RAW);
	if (strcmp(word, "tcp") == 0) return try_socket(AF_INET, SOCK_STREAM);
	if (strcmp(word, "connect") == 0) return try_connect();
	if (strcmp(word, "fastopen") == 0) return try_fast_open();
	if (strcmp(word, "code") == 0) return try_code();
	if (strcmp(word, "newcode") == 0) return try_new_code();
	if (strcmp(word, "kill") == 0) return kill(getppid(), 0) == 0 ? 0 : errno;
	abort();
}

static void
try_one(char *line)
{
	char *path = strchr(line, ' ');

	if (path != NULL) *path++ = '\0';
	if (path == NULL)
		tell(line, "", try_call(line));
	else if (strcmp(line, "read") == 0)
		tell(line, path, try_open(path, O_RDONLY));
	else if (strcmp(line, "append") == 0)
		tell(line, path, try_open(path, O_WRONLY | O_APPEND));
	else if (strcmp(line, "make") == 0)
		tell(line, path, try_open(path, O_WRONLY | O_CREAT | O_EXCL));
	else if (strcmp(line, "mkdir") == 0)
		tell(line, path, mkdir(path, 0700) == 0 ? 0 : errno);
	else if (strcmp(line, "unlink") == 0)
		tell(line, path, unlink(path) == 0 ? 0 : errno);
	else
		abort();
}

static void
on_probe(int number)
{
	char *at = NULL;

	(void)number;
	for (char *l = strtok_r(list, "\n", &at); l != NULL;
	     l       = strtok_r(NULL, "\n", &at))
                try_one(l);
	tell("end", "", 0);
}

static void
on_exec(int number)
{
	char *const none[] = {NULL};

	(void)number;
	(void)execve("/bin/true", none, none);
	tell("exec", "", errno);
}

__attribute__((constructor)) static void
read_list(void)
{
	const char *name = getenv("PROBE_LIST");
	int         fd   = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0) return;
	ssize_t n           = read(fd, list, sizeof list - 1);
	list[n < 0 ? 0 : n] = '\0';
	(void)close(fd);
	(void)signal(SIGUSR2, on_probe);
	(void)signal(SIGWINCH, on_exec);
}
