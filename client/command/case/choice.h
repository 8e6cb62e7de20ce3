/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * choice.h - the coded answers of case.proto: the word that is typed, and what it says.
 *
 * Every value of each of these enumerations has a row (tests/unit/test_route_text.c).
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_CHOICE_H
#define SLUIS_CLIENT_COMMAND_CASE_CHOICE_H

#include "client/command/cli.h"

struct choice {
	int         value; /* of the enumeration */
	const char *word;  /* what is typed; NULL ends the list */
	const char *text;  /* N_() text */
};

extern const struct choice choices_align[], choices_assessment[], choices_no_action[],
    choices_disposition[], choices_measure[], choices_registration[], choices_shelter[],
    choices_recall[], choices_reveal_what[], choices_reveal_ground[],
    choices_reveal_verdict[], choices_as[], choices_yes_no[], choices_shelter_kind[];

/* What VALUE says, translated; "?" for a value that this build does not know. */
const char *choice_text(const struct choice *list, int value);

/* The name of a ShelterKind in signal.proto ("CRISIS_SHELTER"), as requests spell it, and
 * what that name says; the name itself if unknown. */
const char *shelter_kind_name(int value);
const char *shelter_kind_text(const char *name);

/* The value of option NAME among LIST: *RET_GIVEN false and *RET untouched when it was
 * not given; RC_USAGE (complained about, with the words there are) when it is none. */
MUST rc choice_read(struct cli *cli, const char *name, const struct choice *list,
    int *ret, bool *ret_given);

/* WORD among LIST, given as WHERE. */
MUST rc choice_find(struct cli *cli, const char *where, const char *word,
    const struct choice *list, int *ret);

#endif
