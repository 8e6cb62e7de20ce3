/* SPDX-License-Identifier: EUPL-1.2 */
/* usage.c - what a broker with all its processes has used. */
#include "usage.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

struct one {
	long   session;
	double cpu_s;
};

/* False when PID is gone. */
static bool
read_stat(long pid, struct one *ret)
{
	char          path[64], line[1024];
	unsigned long user = 0, system = 0;

	(void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	FILE *f = fopen(path, "r");
	if (f == NULL) return false;
	bool        read  = fgets(line, sizeof line, f) != NULL;
	const char *after = read ? strrchr(line, ')') : NULL;
	(void)fclose(f);
	if (after == NULL ||
	    sscanf(after, ") %*c %*d %*d %ld %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	        &ret->session, &user, &system) != 3)
		return false;
	ret->cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	return true;
}

static long
memory_kib(long pid, const char *key)
{
	char path[64], line[256];
	long kib = 0;

	(void)snprintf(path, sizeof path, "/proc/%ld/status", pid);
	FILE *f = fopen(path, "r");
	if (f == NULL) return 0;
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			kib = strtol(line + strlen(key), NULL, 10);
	(void)fclose(f);
	return kib;
}

static void
for_each(long pid, void (*see)(long pid, const struct one *, void *), void *with)
{
	struct one lead, other;
	DIR       *proc = opendir("/proc");

	if (proc == NULL || !read_stat(pid, &lead)) die("the broker is gone");
	bool leads = lead.session == pid;
	for (struct dirent *e; (e = readdir(proc)) != NULL;) {
		long id = strtol(e->d_name, NULL, 10);
		if (id <= 0 || !read_stat(id, &other)) continue;
		if (id == pid || (leads && other.session == pid)) see(id, &other, with);
	}
	(void)closedir(proc);
}

static void
add(long pid, const struct one *one, void *with)
{
	struct usage *u = with;

	u->cpu_s += one->cpu_s;
	u->now_kib += memory_kib(pid, "VmRSS:");
	u->peak_kib += memory_kib(pid, "VmHWM:");
	u->processes++;
}

struct usage
usage_of(long pid)
{
	struct usage u = {.processes = 0};

	for_each(pid, add, &u);
	return u;
}

static void
forget(long pid, const struct one *one, void *with)
{
	char path[64];

	(void)one;
	(void)with;
	(void)snprintf(path, sizeof path, "/proc/%ld/clear_refs", pid);
	FILE *f = fopen(path, "w");
	if (f == NULL) return;
	(void)fputs("5", f);
	(void)fclose(f);
}

void
usage_forget_peak(long pid)
{
	for_each(pid, forget, NULL);
}

double
usage_own_cpu_s(void)
{
	struct rusage r;

	if (getrusage(RUSAGE_SELF, &r) != 0) return 0;
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}
