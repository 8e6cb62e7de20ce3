/* SPDX-License-Identifier: EUPL-1.2 */
/* daemon.c - one background sluisd and nobody else. */
#include "client/command/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/connection.h"
#include "client/jsonfile.h"

enum { STEP_MS = 20, CMDLINE_MAX = 8192, PID_TEXT_MAX = 32 };

static void
sleep_step(void)
{
	struct timespec t = {.tv_sec = 0, .tv_nsec = STEP_MS * 1000000L};

	(void)nanosleep(&t, NULL);
}

/* --- whose process is it? -------------------------------------------------------- */

/* Read /proc/PID/NAME into OUT; the number of bytes, 0 when there is none. */
static size_t
read_proc(pid_t pid, const char *name, char *out, size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return 0;
	ssize_t n = read(fd, out, size - 1);
	(void)close(fd);
	if (n <= 0) return 0;
	out[n] = '\0';
	return (size_t)n;
}

/* Has PID ended (a zombie has, too)? */
static bool
is_gone(pid_t pid)
{
	char stat[512];

	if (kill(pid, 0) != 0 && errno == ESRCH) return true;
	if (read_proc(pid, "stat", stat, sizeof stat) == 0) return true;
	const char *end = strrchr(stat, ')'); /* the state follows the name in brackets */
	return end != NULL && end[1] == ' ' && (end[2] == 'Z' || end[2] == 'X');
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Is PID "sluisd ... -c CONFIG ..." ? */
static bool
is_ours(const struct daemon *d, pid_t pid)
{
	char   line[CMDLINE_MAX];
	size_t n = read_proc(pid, "cmdline", line, sizeof line);

	if (n == 0 || strcmp(base_name(line), "sluisd") != 0) return false;
	const char *before = "";
	for (const char *word = line; word < line + n; word += strlen(word) + 1) {
		if (strcmp(before, "-c") == 0 && strcmp(word, d->config) == 0)
			return true;
		before = word;
	}
	return false;
}

static pid_t
pid_in_file(const char *path)
{
	AUTO(buf_wipe) struct buf text = buf_init(PID_TEXT_MAX);
	char                      digits[PID_TEXT_MAX + 1];

	if (file_read(path, PID_TEXT_MAX, false, &text) != RC_OK) return 0;
	(void)snprintf(digits, sizeof digits, "%.*s", (int)text.n, (const char *)text.p);
	long pid = strtol(digits, NULL, 10);
	return pid > 1 ? (pid_t)pid : 0;
}

pid_t
daemon_find(const struct daemon *d)
{
	pid_t pid = pid_in_file(d->pid_file);

	return pid != 0 && is_ours(d, pid) && !is_gone(pid) ? pid : 0;
}

/* --- ending ---------------------------------------------------------------------- */

/* Wait until PID has ended; false after TIMEOUT_MS.  CHILD: it is ours to reap. */
static bool
wait_gone(pid_t pid, unsigned timeout_ms, bool child)
{
	uint64_t deadline = monotonic_ms() + timeout_ms;

	for (;;) {
		if (child) (void)waitpid(pid, NULL, WNOHANG);
		if (is_gone(pid)) return true;
		if (monotonic_ms() >= deadline) return false;
		sleep_step();
	}
}

static rc
end(pid_t pid, unsigned timeout_ms, bool child)
{
	enum { AFTER_KILL_MS = 5000 };

	if (kill(pid, SIGTERM) != 0 && errno != ESRCH) return RC_INTERNAL;
	if (wait_gone(pid, timeout_ms, child)) return RC_OK;
	if (kill(pid, SIGKILL) != 0 && errno != ESRCH) return RC_INTERNAL;
	return wait_gone(pid, AFTER_KILL_MS, child) ? RC_OK : RC_TIMEOUT;
}

rc
daemon_stop(const struct daemon *d, unsigned timeout_ms)
{
	pid_t pid = daemon_find(d);

	if (pid != 0) TRY(end(pid, timeout_ms, false));
	(void)unlink(d->pid_file);
	return pid != 0 ? RC_OK : RC_NOT_FOUND;
}

rc
daemon_reload(const struct daemon *d)
{
	pid_t pid = daemon_find(d);

	if (pid == 0) return RC_NOT_FOUND;
	return kill(pid, SIGHUP) == 0 ? RC_OK : RC_INTERNAL;
}

/* --- what it says of itself ------------------------------------------------------ */

static bool
is_sluisd(pid_t pid)
{
	char   line[CMDLINE_MAX];
	size_t n = read_proc(pid, "cmdline", line, sizeof line);

	return n != 0 && strcmp(base_name(line), "sluisd") == 0 && !is_gone(pid);
}

static rc
read_state(const char *path, struct daemon_state *ret)
{
	AUTO(json_release) json_t *json = NULL;
	struct sluis_error         e;
	char                       refused[64];

	TRY(jsonfile_read(path, &json, &e));
	ret->pid = (pid_t)json_integer_value(json_object_get(json, "pid"));
	TRY(jsonfile_string(path, json, "policy", ret->policy, sizeof ret->policy, &e));
	TRY(jsonfile_string(path, json, "policy_refused", refused, sizeof refused, &e));
	ret->version =
	    (uint64_t)json_integer_value(json_object_get(json, "policy_version"));
	ret->looks = (uint64_t)json_integer_value(json_object_get(json, "policy_looks"));
	ret->refused = strcmp(refused, "ok") == 0 ? RC_OK : rc_from_name(refused);
	return RC_OK;
}

rc
daemon_state(const char *ready_file, struct daemon_state *ret)
{
	TRY(read_state(ready_file, ret));
	return ret->pid > 1 && is_sluisd(ret->pid) ? RC_OK : RC_NOT_FOUND;
}

rc
daemon_look(const char *ready_file, unsigned timeout_ms, struct daemon_state *ret)
{
	uint64_t deadline = monotonic_ms() + timeout_ms;

	TRY(daemon_state(ready_file, ret));
	uint64_t before = ret->looks;
	if (kill(ret->pid, SIGHUP) != 0) return RC_CONFIG;
	do {
		TRY(daemon_state(ready_file, ret));
		if (ret->looks > before) return RC_OK;
		sleep_step();
	} while (monotonic_ms() < deadline);
	return RC_TIMEOUT;
}

/* --- starting -------------------------------------------------------------------- */

/* In the child: become sluisd, with stdin from nowhere and all output to the log. */
static void
become(const struct daemon *d, bool stay, const char *extra)
{
	int null = open("/dev/null", O_RDONLY);
	int log  = open(d->log_file, O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (null < 0 || log < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(127);
	if (close_range(STDERR_FILENO + 1, ~0U, 0) != 0 || chdir("/") != 0) _exit(127);
	if (stay) (void)setsid();
	(void)execl(d->program, "sluisd", "-c", d->config, extra, (char *)NULL);
	_exit(127);
}

static pid_t
spawn(const struct daemon *d, bool stay, const char *extra)
{
	pid_t pid = fork();

	if (pid == 0) become(d, stay, extra);
	return pid;
}

rc
daemon_generate_keys(const struct daemon *d, struct sluis_error *e)
{
	int   status = 0;
	pid_t pid    = spawn(d, false, "--generate-keys");

	if (pid < 0) return error_set(e, RC_INTERNAL, d->program, "cannot be started");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) return error_set(e, RC_INTERNAL, d->program, NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return RC_OK;
	return error_set(
	    e, RC_CONFIG, d->log_file, "sluisd made no keys; its log says why");
}

static rc
read_pid(const json_t *json, pid_t *ret)
{
	*ret = (pid_t)json_integer_value(json_object_get(json, "pid"));
	return *ret > 1 ? RC_OK : RC_CONFIG;
}

/* Where one of its CURVE keys is served, from the ready file's OBJECT. */
static rc
read_place(
    const char *path, const json_t *object, struct site *ret, struct sluis_error *e)
{
	char z85[Z85_KEY_CHARS + 1];

	TRY(jsonfile_string(
	    path, object, "agency", ret->endpoint, sizeof ret->endpoint, e));
	TRY(jsonfile_string(
	    path, object, "audit", ret->endpoint_audit, sizeof ret->endpoint_audit, e));
	TRY(jsonfile_string(
	    path, object, "enrol", ret->endpoint_enrol, sizeof ret->endpoint_enrol, e));
	TRY(jsonfile_string(path, object, "curve_public", z85, sizeof z85, e));
	return z85_read(z85, ret->curve_public);
}

/* The ready file, once PID has written it whole. */
static rc
read_ready(const struct daemon *d, pid_t pid, struct region *r, struct sluis_error *e)
{
	AUTO(json_release) json_t *json = NULL;
	const char                *path = d->ready_file;
	char                       vkey[NOTE_VKEY_MAX];
	pid_t                      writer;

	TRY(jsonfile_read(path, &json, e));
	TRY(read_pid(json, &writer));
	if (writer != pid) return RC_NOT_FOUND; /* an older one */
	TRY(jsonfile_string(path, json, "origin", r->origin, sizeof r->origin, e));
	TRY(read_place(path, json, &r->sites[0], e));
	r->n_sites = 1;
	if (json_object_get(json, "next") != NULL) {
		TRY(read_place(path, json_object_get(json, "next"), &r->sites[1], e));
		r->n_sites = 2;
	}
	TRY(jsonfile_string(path, json, "verifier", vkey, sizeof vkey, e));
	return note_verifier_parse(&r->verifier, vkey);
}

static rc
wait_ready(const struct daemon *d, pid_t pid, unsigned timeout_ms, struct region *r,
    struct sluis_error *e)
{
	uint64_t deadline = monotonic_ms() + timeout_ms;

	for (;;) {
		if (access(d->ready_file, R_OK) == 0 && read_ready(d, pid, r, e) == RC_OK)
			return RC_OK;
		if (waitpid(pid, NULL, WNOHANG) == pid || is_gone(pid))
			return error_set(
			    e, RC_CONFIG, d->log_file, "sluisd ended; its log says why");
		if (monotonic_ms() >= deadline)
			return error_set(
			    e, RC_TIMEOUT, d->log_file, "sluisd is not ready in time");
		sleep_step();
	}
}

static rc
write_pid(const struct daemon *d, pid_t pid)
{
	AUTO(buf_wipe) struct buf text = buf_init(PID_TEXT_MAX);

	TRY(buf_printf(&text, "%ld\n", (long)pid));
	return file_write(d->pid_file, buf_slice(&text), 0644);
}

rc
daemon_start(const struct daemon *d, unsigned timeout_ms, struct region *ret,
    struct sluis_error *e)
{
	enum { STOP_MS = 5000 };

	(void)unlink(d->ready_file);
	pid_t pid = spawn(d, true, NULL);
	if (pid < 0) return error_set(e, RC_INTERNAL, d->program, "cannot be started");
	rc code = write_pid(d, pid);
	if (code == RC_OK) code = wait_ready(d, pid, timeout_ms, ret, e);
	if (code == RC_OK) return RC_OK;
	ignore(end(pid, STOP_MS, true));
	(void)unlink(d->pid_file);
	return code;
}
