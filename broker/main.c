/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * main.c - sluisd: options, signals, and the three things it can be asked to do.
 *
 *	sluisd -c FILE                  run in the foreground
 *	sluisd -c FILE -t               check configuration, keys, policy and trust;
 *	                                touch nothing
 *	sluisd -c FILE --generate-keys  make the keys file if there is none
 *	sluisd -c FILE --accept-gap SIZE   run, although the state lacks entries that were
 *	                                published up to SIZE; the journal says so for ever
 *
 * Exit status: 0 done, 1 failed, 2 usage or configuration refused, 6 the state is older
 * than what was published of it.
 */
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "broker/broker.h"
#include "broker/log.h"
#include "proto/auto.h"
#include "proto/text.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1 /* the leak checker must be able to trace the process */
#endif
#endif

static volatile sig_atomic_t stop, reload;

static void
on_signal(int number)
{
	if (number == SIGHUP)
		reload = 1;
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

static void
usage(FILE *out)
{
	(void)fputs(
	    "usage: sluisd -c FILE [-t | --generate-keys | --accept-gap SIZE]\n"
	    "  -c, --config FILE     configuration (sluisd.yaml)\n"
	    "  -t, --test            check configuration and policy, touch nothing\n"
	    "      --generate-keys   make the keys file if there is none\n"
	    "      --accept-gap SIZE run on a restored state that lacks entries up to "
	    "SIZE,\n"
	    "                        the size of the head that was lost; journalled\n"
	    "  -V, --version         print the version\n"
	    "  -h, --help            print this\n",
	    out);
}

struct options {
	const char *config;
	bool        test, generate;
	struct gap  gap;
};

enum { GENERATE = 1000, ACCEPT_GAP };

/* -1: go on; else the exit status. */
static int
parse_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"test", no_argument, NULL, 't'},
	    {"generate-keys", no_argument, NULL, GENERATE},
	    {"accept-gap", required_argument, NULL, ACCEPT_GAP},
	    {"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:thV", known, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 't':
			o->test = true;
			break;
		case GENERATE:
			o->generate = true;
			break;
		case ACCEPT_GAP:
			o->gap.asked = true;
			if (text_decimal(slice_str(optarg), &o->gap.size) == RC_OK) break;
			usage(stderr);
			return 2;
		case 'V':
			puts("sluisd " SLUIS_VERSION);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (o->config != NULL && optind == argc &&
	    (o->test ? 1 : 0) + (o->generate ? 1 : 0) + (o->gap.asked ? 1 : 0) <= 1)
		return -1;
	usage(stderr);
	return 2;
}

static rc
load_config(const char *path, struct config **ret)
{
	AUTO(auto_free) struct findings *f = calloc(1, sizeof *f);
	char                             text[FINDING_TEXT_MAX + 128];

	if (f == NULL) return RC_NOMEM;
	rc code = config_load(path, ret, f);
	for (size_t i = 0; i < f->n; i++) {
		(void)snprintf(text, sizeof text, "%s:%u:%u: %s", f->at[i].file,
		    f->at[i].line, f->at[i].column, f->at[i].text);
		LOG(LOG_CONFIG, .detail = text);
	}
	if (code != RC_OK && f->n == 0) LOG(LOG_CONFIG, .code = code, .detail = path);
	return code;
}

/* Make the keys file and print what others may know of it. */
static rc
generate_keys(const struct config *c)
{
	AUTO(keyring_wipe) struct keyring k = {0};
	struct note_verifier              v;
	char                              vkey[NOTE_VKEY_MAX], z85[41];

	rc code = keyring_create(c->keys_file, "1");
	if (code != RC_OK) LOG(LOG_CONFIG, .code = code, .detail = c->keys_file);
	TRY(code);
	TRY(keyring_read(c->keys_file, &k));
	TRY(note_verifier_init(&v, c->origin, k.checkpoint_secret + KEY_BYTES));
	TRY(note_verifier_format(&v, vkey));
	if (zmq_z85_encode(z85, k.curve_public, KEY_BYTES) == NULL) return RC_INTERNAL;
	printf("{\n  \"origin\": \"%s\",\n  \"curve_public\": \"%s\",\n  \"verifier\": "
	       "\"%s\"\n}\n",
	    c->origin, z85, vkey);
	return RC_OK;
}

static rc
run(const struct options *o, const struct config *c)
{
	AUTO(broker_close) struct broker b = {.gap = o->gap};

	if (o->generate) return generate_keys(c);
	if (o->test) return broker_check(&b, c);
	TRY(broker_open(&b, c));
	rc code = broker_run(&b, &stop, &reload);
	if (code == RC_OK)
		LOG(LOG_STOPPED, .n = journal_size(b.journal));
	else
		LOG(LOG_FATAL, .code = code);
	return code;
}

int
main(int argc, char **argv)
{
	AUTO(config_destroy) struct config *c = NULL;
	struct options                      o = {0};

	int status = parse_options(argc, argv, &o);
	if (status >= 0) return status;
	forbid_cores();
	catch_signals();
	if (sodium_init() < 0) return 1;
	rc code = load_config(o.config, &c);
	if (code == RC_OK) code = run(&o, c);
	if (code == RC_OK) return 0;
	if (code == RC_OLD_STATE) return rc_exit_status(code);
	return o.test || code == RC_CONFIG || code == RC_POLICY || code == RC_NOT_FOUND
	           ? 2
	           : 1;
}
