/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * handle.h - what a struct sluis is made of; for the files of the library only.
 *
 * Owns everything in it.  One thread at a time.
 */
#ifndef SLUIS_CLIENT_HANDLE_H
#define SLUIS_CLIENT_HANDLE_H

#include "certs/trust.h"
#include "client/check.h"
#include "client/connection.h"
#include "client/error.h"
#include "client/folder.h"

/* The broker's doors: agencies or auditors (by our role), and enrolment. */
enum door { DOOR_MAIN, DOOR_ENROL, N_DOORS };

/* Whether it was asked if the journal only grew (history.h). */
enum history_state { HISTORY_UNASKED, HISTORY_BUSY, HISTORY_ASKED, HISTORY_LEFT };

struct sluis {
	struct folder       folder;
	struct sluis_party  self;    /* points into folder */
	struct sluis_party *parties; /* point into folder.region */
	struct seen         seen;
	void               *context;        /* ZeroMQ, made by the first request */
	unsigned            site;           /* of the region's, where these are: */
	struct connection  *doors[N_DOORS]; /* NULL until used */
	struct trust       *trust;          /* the region's anchors; NULL until used */
	Sluis__Answer
	    *known; /* with the sender's binding of the last delivery, or NULL */
	enum history_state history;
	uint64_t           history_ms; /* when, by the clock that never goes back */
	uint8_t            last_id[ID_BYTES];
	struct sluis_error error;
};

/* Remember CODE at WHERE because of REASON as S's last error; returns CODE. */
static inline rc
handle_fail(struct sluis *s, rc code, const char *where, const char *reason)
{
	return error_set(&s->error, code, where, reason);
}

/* Unix time in milliseconds. */
uint64_t unix_ms(void);

/* What S's receipts are checked with, now; borrows S. */
static inline struct checker
handle_checker(struct sluis *s)
{
	return (struct checker){.verifier = &s->folder.region.verifier,
	    .seen                         = &s->seen,
	    .self                         = &s->folder.self,
	    .now_ms                       = unix_ms(),
	    .delay_ms                     = (uint64_t)s->folder.region.cover_s * 1000,
	    .error                        = &s->error};
}

#endif
