/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * phrase.h - sentences with named holes: "{by} asked {whom} to judge with it".
 *
 * Word order differs between languages, so a sentence is one text with its holes in it,
 * and a translation puts them where they belong.  Texts that people typed or a broker
 * sent fill holes; they are printed without control characters, so none of them steers
 * a terminal.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_PHRASE_H
#define SLUIS_CLIENT_COMMAND_CASE_PHRASE_H

#include <stdio.h>

#include "proto/bytes.h"

enum { HOLE_MAX = 24 };

/* Print what belongs in the hole NAME. */
typedef void (*phrase_hole)(void *arg, FILE *to, const char *name);

/* Print TEXT (translated already) with its holes filled. */
void phrase_say(FILE *to, const char *text, phrase_hole fill, void *arg);

/* Print TEXT; what is no plain character (proto/text.h) becomes a question mark. */
void phrase_put(FILE *to, const char *text);

/* The same of every line of TEXT, each on a line of its own behind BEFORE. */
void phrase_put_lines(FILE *to, const char *before, struct slice text);

#endif
