/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * options.h - the words of the command line, by the tables of verbs.
 *
 *	sluis [global options] NOUN [VERB] [options] [arguments]
 *
 * Options may stand anywhere; `--` ends them; `--name=value` and `--name value` are
 * the same; a name may not be shortened.  Unknown nouns, verbs and options are
 * usage errors that name the nearest valid one.
 *
 * Not argp: it refuses -h, exits 64 on usage errors, and knows no nouns.
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_COMMAND_OPTIONS_H
#define SLUIS_CLIENT_COMMAND_OPTIONS_H

#include "client/command/cli.h"

/* Options that every verb takes. */
extern const struct option options_global[];

/* Fill CLI from ARGV.  RC_USAGE with the word in ERROR->where and why in ERROR->reason
 * (an untranslated msgid).  With --help or --version a verb may be absent (cli->verb
 * NULL). */
MUST rc options_parse(
    struct cli *cli, int argc, const char *const *argv, struct sluis_error *error);

#endif
