/* SPDX-License-Identifier: EUPL-1.2 */
/* main.c - sluis: read the command line, run the verb, end with its status. */
#include <locale.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client/command/complain.h"
#include "client/command/help.h"
#include "client/command/options.h"

enum { TIMEOUT_MS = 10000 };

static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) == 1 && (no == NULL || no[0] == '\0');
}

/* Everything printed must have arrived: a full disk is no success. */
static int
finish(struct cli *cli, int status)
{
	if (fflush(cli->out) == 0 && !ferror(cli->out)) return status;
	return status != 0 ? status : complain_code(cli, RC_DISK, "stdout", NULL);
}

static int
run(struct cli *cli)
{
	if (cli->version) {
		(void)fprintf(cli->out, "sluis %s\n", sluis_version());
		return 0;
	}
	if (cli->help) return help_print(cli);
	if (cli->verb == NULL) {
		(void)help_print_to(cli, cli->err);
		return rc_exit_status(RC_USAGE);
	}
	return cli->verb->run(cli);
}

/* Signals pass through JSON on their way to the reader; leave none of it in memory. */
static void
wiping_free(void *p)
{
	if (p != NULL) explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* No core file, no remnants. */
static void
keep_private(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	json_set_alloc_funcs(malloc, wiping_free);
}

int
main(int argc, char **argv)
{
	struct sluis_error error;
	struct cli         cli = {.timeout_ms = TIMEOUT_MS, .out = stdout, .err = stderr};

	keep_private();
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* 2>&1 keeps the order of lines */
	(void)setlocale(
	    LC_CTYPE, "C.UTF-8"); /* texts are UTF-8 whatever the terminal says */
	cli.colour   = wants_colour();
	cli.progress = isatty(STDERR_FILENO) == 1;
	rc code      = options_parse(&cli, argc, (const char *const *)argv, &error);
	translate_choose(cli.language);
	if (code != RC_OK) return complain(&cli, &error);
	if (sodium_init() < 0) return complain_code(&cli, RC_CRYPTO, NULL, NULL);
	return finish(&cli, run(&cli));
}
