/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * share.h - a signal that is about to be shared: read from the command line, shown with
 * its reach, sent.  For `signal preview`, `signal send` and `case enrich`.
 */
#ifndef SLUIS_CLIENT_COMMAND_SHARE_H
#define SLUIS_CLIENT_COMMAND_SHARE_H

#include "client/command/case/errand.h"

enum { STATUS_PARTLY = 8 }; /* some were refused */

struct share { /* everything that a submission borrows from; wiped by share_wipe() */
	struct errand           e;
	struct buf              text; /* the signal as JSON */
	struct desks            to;
	struct sluis_recipient  recipients[NAMED_MAX]; /* the same */
	struct sluis_submission what;
	char    convenant[DESK_MAX + 1], phase[DESK_MAX + 1], purpose[DESK_MAX + 1];
	uint8_t case_id[ID_BYTES], corrects[ID_BYTES];
	uint8_t exchange_id[ID_BYTES], hands_over[ID_BYTES];
};

void share_wipe(struct share *h);

/* The signal in PATH ("-": stdin) becomes what is shared; complains. */
MUST rc share_signal(struct share *h, const char *path);

/* The desks in LIST, the value of OPTION, become who gets it; complains. */
MUST rc share_to(struct share *h, const char *option, const char *list);

/* Whoever H->to names becomes who gets it. */
void share_named(struct share *h);

/* It is shared inside the case TEXT, under what its state puts in force, unless another
 * convenant, phase or purpose was asked for.  *RET (may be NULL: then all of them and the
 * whole id need no broker) is H->e.r's. */
MUST rc share_in_case(struct share *h, const char *text, const Sluis__CaseView **ret);

/* Show the reach first if PREVIEW, send, print what came of it; the exit status. */
int share_send(struct share *h, bool preview);

/* Send the signals in all files of the command line at once, to H's desks under H's
 * words; the exit status. */
int share_send_many(struct share *h, bool preview);

/* STATUS, unless the journal does not continue what was seen of it: that is an alarm, and
 * its own status.  A broker that cannot say is none. */
int share_check_history(struct share *h, int status);

/* Send again what is kept as ID, print what came of it; the exit status. */
int share_again(struct share *h, const uint8_t id[ID_BYTES]);

/* The exit status of a submission's or preview's result. */
int share_status(const struct sluis_result *r, rc code);

#endif
