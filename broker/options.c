/* SPDX-License-Identifier: EUPL-1.2 */
/* options.c - taking the command line of sluisd apart. */
#include "broker/options.h"

#include <getopt.h>

#include "proto/text.h"

void
sluisd_usage(FILE *out)
{
	(void)fputs(
	    "usage: sluisd -c FILE [-t | --generate-keys | --show-keys |\n"
	    "                       --accept-gap SIZE | --accept-lists | --backup DIR |\n"
	    "                       --check-backup DIR | --restore DIR |\n"
	    "                       --rotate KIND | --retire KIND\n"
	    "                       [--accept-loss N]]\n"
	    "  -c, --config FILE     configuration (sluisd.yaml)\n"
	    "  -t, --test            check configuration and policy, touch nothing\n"
	    "      --generate-keys   make the keys file if there is none\n"
	    "      --show-keys       print the public keys of the keys file again\n"
	    "      --accept-gap SIZE run on a restored state that lacks entries up to "
	    "SIZE,\n"
	    "                        the size of the head that was lost; journalled\n"
	    "      --accept-lists    run with revocation lists older than those before; "
	    "journalled\n"
	    "      --backup DIR      copy the state to the new folder DIR; the broker "
	    "may "
	    "run\n"
	    "      --check-backup DIR  examine all of a backup\n"
	    "      --restore DIR     make that backup the state; there may be none yet\n"
	    "      --rotate KIND     a new key beside the old one: curve, checkpoint, "
	    "master,\n"
	    "                        pseudonym or pseudonym=EPOCH; start sluisd again "
	    "then\n"
	    "      --retire KIND     destroy the old one of these\n"
	    "      --accept-loss N   with --retire master: although no key opens N "
	    "wrapped keys\n"
	    "  -V, --version         print the version\n"
	    "  -h, --help            print this\n"
	    "\n"
	    "Without one of these it serves, in the foreground, and logs to stderr.\n"
	    "Signals: TERM, INT  answer what has arrived, then end\n"
	    "         HUP        read anchors, revocation lists, trust file and policy "
	    "again\n"
	    "         USR1       the clock is right: believe it\n"
	    "Exit status: 0 done, 1 failed, 2 usage or configuration refused,\n"
	    "             6 the state or a backup is damaged, or older than was "
	    "published\n"
	    "Settings, lines of the log and what to do: docs/settings.md\n",
	    out);
}

enum { LONG_OPTION = 1000 }; /* and the task */

static const struct option known_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"test", no_argument, NULL, 't'},
    {"generate-keys", no_argument, NULL, LONG_OPTION + GENERATE},
    {"show-keys", no_argument, NULL, LONG_OPTION + SHOW},
    {"backup", required_argument, NULL, LONG_OPTION + BACKUP},
    {"check-backup", required_argument, NULL, LONG_OPTION + CHECK_BACKUP},
    {"restore", required_argument, NULL, LONG_OPTION + RESTORE},
    {"rotate", required_argument, NULL, LONG_OPTION + ROTATE},
    {"retire", required_argument, NULL, LONG_OPTION + RETIRE},
    {"accept-gap", required_argument, NULL, 'g'},
    {"accept-lists", no_argument, NULL, 'l'},
    {"accept-loss", required_argument, NULL, 'n'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static void
ask_for(struct options *o, enum task task)
{
	o->task = task;
	o->dir  = optarg;
	o->n_tasks++;
}

/* One option; -1: go on, else the exit status. */
static int
take_option(int c, const char *version, struct options *o)
{
	switch (c) {
	case 'c':
		o->config = optarg;
		return -1;
	case 't':
		ask_for(o, TEST);
		return -1;
	case 'g':
		ask_for(o, RUN);
		o->gap.asked = true;
		if (text_decimal(slice_str(optarg), &o->gap.size) == RC_OK) return -1;
		break;
	case 'l':
		ask_for(o, RUN);
		o->accept_lists = true;
		return -1;
	case 'n':
		if (text_decimal(slice_str(optarg), &o->lost) == RC_OK && o->lost != 0)
			return -1;
		break;
	case 'V':
		printf("sluisd %s\n", version);
		return 0;
	case 'h':
		sluisd_usage(stdout);
		return 0;
	default:
		if (c < LONG_OPTION) break;
		ask_for(o, (enum task)(c - LONG_OPTION));
		return -1;
	}
	sluisd_usage(stderr);
	return 2;
}

int
sluisd_options(int argc, char **argv, const char *version, struct options *o)
{
	int c, status;

	while ((c = getopt_long(argc, argv, "c:thV", known_options, NULL)) != -1)
		if ((status = take_option(c, version, o)) != -1) return status;
	if (o->config != NULL && optind == argc && o->n_tasks <= 1 &&
	    (o->lost == 0 || o->task == RETIRE))
		return -1;
	sluisd_usage(stderr);
	return 2;
}
