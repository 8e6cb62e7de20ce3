/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * main.c - sluisd: signals, and what it can be asked to do.
 *
 * What that is says options.h.  Exit status: 0 done, 1 failed, 2 usage or configuration
 * refused, 6 what was signed or published does not hold: an older or changed state, a
 * damaged backup.
 */
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "broker/backup/backup.h"
#include "broker/broker.h"
#include "broker/keys/rotate.h"
#include "broker/keys/show.h"
#include "broker/log.h"
#include "broker/options.h"
#include "broker/watched_input.h"
#include "broker/why.h"
#include "proto/auto.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1 /* the leak checker must be able to trace the process */
#endif
#endif

static volatile sig_atomic_t stop, reload, clock_right;

static void
on_signal(int number)
{
	if (number == SIGHUP)
		reload = 1;
	else if (number == SIGUSR1)
		clock_right = 1;
	else
		stop = 1;
}

static void
catch_signals(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	sigemptyset(&act.sa_mask);
	(void)sigaction(SIGTERM, &act, NULL);
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGHUP, &act, NULL);
	(void)sigaction(SIGUSR1, &act, NULL);
	act.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &act, NULL);
}

/* No core file may ever hold a signal or a key. */
static void
forbid_cores(void)
{
	struct rlimit none = {0, 0};
	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef SANITIZED
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	(void)umask(0077);
}

/* Frames come and go by the hundreds of kilobytes.  Giving their pages back to the kernel
 * and having them zeroed and mapped again costs more than holding them: they are zero. */
static void
keep_heap(void)
{
	enum { KEPT = 16 * 1024 * 1024, LARGE = 8 * 1024 * 1024 };

	(void)mallopt(M_TRIM_THRESHOLD, KEPT);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
}

/* As many connections as the administrator lets it have, and as can be watched. */
static void
raise_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
	files.rlim_cur = files.rlim_max < WATCHED_MAX ? files.rlim_max : WATCHED_MAX;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

static rc
load_config(const char *path, struct config **ret)
{
	AUTO(auto_free) struct findings *f = calloc(1, sizeof *f);
	char                             text[FINDING_TEXT_MAX + 128], file[WHY_MAX];

	if (f == NULL) return RC_NOMEM;
	rc code = config_load(path, ret, f);
	for (size_t i = 0; i < f->n; i++) {
		(void)snprintf(text, sizeof text, "%s:%u:%u: %s", f->at[i].file,
		    f->at[i].line, f->at[i].column, f->at[i].text);
		LOG(LOG_CONFIG, .detail = text);
	}
	if (code == RC_OK || f->n != 0) return code;
	why_file(file, path, false, "it cannot be read");
	LOG(LOG_CONFIG, .code = code, .detail = file);
	return code;
}

static rc
create_keys(const struct config *c)
{
	rc code = keyring_create(c->keys_file, "1");

	return why_tell(LOG_CONFIG, code, c->keys_file,
	    code == RC_CONFIG ? "it is there already, and stays as it is"
	                      : "it cannot be written: is its folder there, and ours?");
}

/* Make the keys file and print what others may know of it. */
static rc
generate_keys(const struct config *c)
{
	TRY(create_keys(c));
	return show_keys(c);
}

/* --- changing keys ------------------------------------------------------------------ */

/* KIND or KIND=NAME, as in rotate.h. */
static rc
change_keys(const struct options *o, const struct config *c)
{
	const char   *equals = strchr(o->dir, '=');
	enum key_kind kind   = N_KINDS;
	char          word[16];
	int           n = equals == NULL ? (int)strlen(o->dir) : (int)(equals - o->dir);

	(void)snprintf(word, sizeof word, "%.*s", n, o->dir);
	rc code = key_kind_read(word, &kind);
	if (code == RC_OK && o->task == RETIRE && equals != NULL) code = RC_USAGE;
	if (code == RC_OK && o->lost != 0 && kind != KIND_MASTER) code = RC_USAGE;
	if (code != RC_OK) {
		(void)fprintf(stderr, "sluisd: no such KIND here: %s\n", o->dir);
		sluisd_usage(stderr);
		return code;
	}
	if (o->task == RETIRE) return retire_keys(c, kind, o->lost);
	return rotate_keys(c, kind, equals == NULL ? NULL : equals + 1);
}

/* --- a backup --------------------------------------------------------------------- */

static rc
print_manifest(rc code, const struct manifest *m)
{
	TRY(code);
	printf("{\n  \"origin\": \"%s\",\n  \"size\": %llu,\n  \"waiting\": %llu\n}\n",
	    m->origin, (unsigned long long)m->size, (unsigned long long)m->waiting);
	return RC_OK;
}

static rc
keep_state(const struct options *o, const struct config *c)
{
	struct manifest m;
	struct timespec now;

	if (o->task == CHECK_BACKUP)
		return print_manifest(backup_check(c, o->dir, &m), &m);
	if (o->task == RESTORE) return print_manifest(backup_restore(c, o->dir, &m), &m);
	clock_gettime(CLOCK_REALTIME, &now);
	return print_manifest(
	    backup_make(c, (uint64_t)now.tv_sec * 1000, o->dir, &m), &m);
}

/* --- what was asked --------------------------------------------------------------- */

static rc
serve(const struct options *o, const struct config *c)
{
	AUTO(broker_close)
	struct broker b = {
	    .gap = o->gap, .accept_lists = o->accept_lists, .clock_right = &clock_right};

	TRY(broker_open(&b, c));
	rc code = broker_run(&b, &stop, &reload);
	if (code == RC_OK)
		LOG(LOG_STOPPED, .n = journal_size(b.journal));
	else
		LOG(LOG_FATAL, .code = code);
	return code;
}

static rc
test(const struct config *c)
{
	AUTO(broker_close) struct broker b = {0};

	return broker_check(&b, c);
}

static rc
run(const struct options *o, const struct config *c)
{
	switch (o->task) {
	case RUN:
		return serve(o, c);
	case TEST:
		return test(c);
	case GENERATE:
		return generate_keys(c);
	case SHOW:
		return show_keys(c);
	case ROTATE:
	case RETIRE:
		return change_keys(o, c);
	default:
		return keep_state(o, c);
	}
}

/* What the administrator got wrong is 2; what is damaged or older than it may be is 6. */
static int
exit_status(const struct options *o, rc code)
{
	if (code == RC_OK) return 0;
	if (code == RC_OLD_STATE || rc_kind(code) == RC_KIND_INTEGRITY)
		return rc_exit_status(code);
	return o->task == TEST || code == RC_CONFIG || code == RC_POLICY ||
	               code == RC_NOT_APPROVED || code == RC_NOT_FOUND || code == RC_USAGE
	           ? 2
	           : 1;
}

int
main(int argc, char **argv)
{
	AUTO(config_destroy) struct config *c = NULL;
	struct options                      o = {0};

	int status = sluisd_options(argc, argv, SLUIS_VERSION, &o);
	if (status >= 0) return status;
	forbid_cores();
	raise_files();
	keep_heap();
	catch_signals();
	if (sodium_init() < 0) return 1;
	rc code = load_config(o.config, &c);
	if (code == RC_OK) code = run(&o, c);
	return exit_status(&o, code);
}
