/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_case.c - sluis case: from first signal to the right table and back.
 *
 * A case is named by its id or by four or more of its first hex digits.
 */
#include "client/command/case/cmd_case.h"

#define OPTION_POLICY                                                              \
	{                                                                          \
		"policy", "DIR",                                                   \
		    N_("where role names come from (default: the shipped policy)") \
	}

static const struct option options_open[] = {
    {"route", "NAME", N_("the way that it goes: nijmegen, riec, zvh, ijsselstreek")},
    {"delivery", "ID,..", N_("received signals that it starts from")},
    {"trace", "ID,..", N_("own signals that it starts from")},
    {"region", "NAME", N_("where the matter lies (default: the region of this party)")},
    {NULL, NULL, NULL},
};
static const struct option options_show[] = {
    {"dossier", NULL, N_("what came in field by field, with its source and time")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_enrich[] = {
    {"to", "A,B", N_("recipients (default: the other desks of this party at the table)")},
    {"verdict", "strengthened|not", N_("instead: does the enrichment strengthen it?")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_align[] = {
    {"ask", "A,B", N_("whether there is reason for a case table")},
    {"answer", "yes|no|more", N_("when asked: is there?")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_decide[] = {
    {"confirm", NULL, N_("do it; without this it only shows who gains and loses what")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_move[] = {
    {"assign", "A,B", N_("who gets the task that the new state gives")},
    {"layer", "2", N_("as an act of layer 2 of the table")},
    {"confirm", NULL, N_("agree to what it changes in who gets what")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_release[] = {
    {"trace", "TRACE", N_("only this own signal (default: all of the case)")},
    {"to", "A,B", N_("only to these (default: everybody at the table)")},
    {"dry-run", NULL, N_("only show what would be released")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_join[] = {
    {"who", "A,B", N_("who gets a seat")},
    {"as", "participant|adviser|third-party", N_("as what (default: participant)")},
    {"layer", "1|2", N_("up to which layer they see (default: 1)")},
    {"leave", "A,B", N_("instead: whose seat ends")},
    {"declare", NULL, N_("instead: declare, as third party, to keep it confidential")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_gate[] = {
    {"claim", NULL, N_("explain: CRITERION=TEXT.., or CRITERION=@FILE")},
    {"judge", NULL, N_("judge: CRITERION=met or CRITERION=not ..")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_exchange[] = {
    {"with", "A,B", N_("ask the partners to agree to an exchange with these")},
    {"agree", "ID", N_("agree to an exchange")},
    {"object", "ID", N_("object to it")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};
static const struct option options_close[] = {
    {"confirm", NULL, N_("agree to what it changes in who gets what")},
    OPTION_POLICY,
    {NULL, NULL, NULL},
};

const struct verb verbs_case[] = {
    {"case", "open", "", 0, 0, options_open,
        N_("these signals belong together: begin a case on a route"), case_open},
    {"case", "list", "", 0, 0, NULL, N_("the cases in which this desk has a seat"),
        case_list},
    {"case", "show", "CASE", 1, 1, options_show,
        N_("its state, who sits there, what happened, what waits, what you may do"),
        case_show},
    {"case", "enrich", "CASE [FILE]", 1, 2, options_enrich,
        N_("add what your own sources say, or judge whether that strengthens it"),
        case_enrich},
    {"case", "align", "CASE", 1, 1, options_align,
        N_("ask partners whether there is reason for a case table, or answer"),
        case_align},
    {"case", "decide", "CASE STEP", 2, 2, options_decide,
        N_("choose the track: first see who gains and loses what, then --confirm"),
        case_decide},
    {"case", "move", "CASE STEP", 2, 2, options_move,
        N_("make a step of the route, named as `case show` names it"), case_move},
    {"case", "release", "CASE", 1, 1, options_release,
        N_("release your own further fields for the phase it is in"), case_release},
    {"case", "join", "CASE", 1, 1, options_join,
        N_("give seats at the table, end them, or declare confidentiality"), case_join},
    {"case", "gate", "CASE [GATE] [C=..]", 1, 20, options_gate,
        N_("the criteria for coming in: see, explain or judge them"), case_gate},
    {"case", "exchange", "CASE", 1, 1, options_exchange,
        N_("exchange outside the meeting: see, ask, agree, object"), case_exchange},
    {"case", "close", "CASE [STEP]", 1, 2, options_close,
        N_("end the case by the step that closes it"), case_close},
    {"case", "extend", "CASE", 1, 1, NULL,
        N_("keep the case longer (Besluit WGS 1.16(2))"), case_extend},
    {.noun = NULL},
};
