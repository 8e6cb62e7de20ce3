/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cli.h - what every verb of the sluis command shares.
 *
 * A verb is a row of a table (noun, name, arguments, options, help) and a function
 * that reads its options from a struct cli and returns an exit status.  Help,
 * usage errors and completion come from the same rows.
 *
 * Data goes to stdout, everything else to stderr.  Nobody is ever asked a question.
 */
#ifndef SLUIS_CLIENT_COMMAND_CLI_H
#define SLUIS_CLIENT_COMMAND_CLI_H

#include <jansson.h>
#include <stdio.h>

#include "client/command/translate.h"
#include "client/error.h"

enum { CLI_ARGS_MAX = 256, CLI_OPTIONS_MAX = 16 };

struct option {
	const char *name; /* "convenant", without the dashes */
	const char *arg;  /* name of its value; NULL for a switch */
	const char *help; /* N_() text */
};

struct cli;

struct verb {
	const char          *noun, *name; /* name NULL: a noun that stands alone */
	const char          *arguments;   /* "FILE", for the help text */
	unsigned             min_args, max_args;
	const struct option *options; /* ends with a NULL name; NULL: none */
	const char          *help;    /* N_() text, one line */
	int (*run)(struct cli *cli);  /* returns the exit status */
};

struct cli {
	/* global options */
	const char *party; /* NULL: none given */
	const char *language;
	unsigned    timeout_ms;
	bool        json, help, version, quiet;
	/* what is asked */
	const struct verb *verb;
	size_t             n_args;
	const char        *args[CLI_ARGS_MAX]; /* borrowed from argv */
	const char *values[CLI_OPTIONS_MAX];   /* of verb->options; "" for a switch */
	/* where it goes */
	FILE *out, *err;
	bool  colour;   /* stdout may be coloured */
	bool  progress; /* stderr is a terminal */
};

/* The value of option NAME of this verb, NULL if not given. */
const char *cli_value(const struct cli *cli, const char *name);
bool        cli_flag(const struct cli *cli, const char *name);

/* The value as a whole number; RC_USAGE (complained about) when it is none.  Absent:
 * FALLBACK. */
MUST rc cli_number(struct cli *cli, const char *name, uint64_t fallback, uint64_t *ret);

/* Option NAME must be there: its value, or NULL after a complaint. */
const char *cli_required(struct cli *cli, const char *name);

/* Open the party folder of --party or SLUIS_PARTY; complains on failure. */
MUST rc     cli_open(struct cli *cli, struct sluis **ret);
const char *cli_party_dir(struct cli *cli); /* NULL after a complaint */

/* Print JSON (consumed) to stdout; the exit status for CODE. */
int cli_json(struct cli *cli, json_t *json, rc code);

/* The NULL-terminated NAMES as a list. */
json_t *cli_json_names(const char *const *names);

/* The tables of verbs, one a file. */
extern const struct verb verbs_signal[], verbs_inbox[], verbs_case[], verbs_feedback[],
    verbs_recall[], verbs_subject[], verbs_reveal[], verbs_link[], verbs_respond[],
    verbs_queue[], verbs_explain[], verbs_audit[], verbs_policy[], verbs_party[],
    verbs_key[], verbs_demo[], verbs_help[];

/* All of them in the order of the help text; NULL past the end. */
const struct verb *cli_verb_at(size_t i);

#endif
