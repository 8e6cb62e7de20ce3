/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * log.h - what the daemon tells its administrator.
 *
 * A line is a stable id and key=value pairs.  An event is a struct, not a format
 * string, and it has no room for free text from outside: a payload, a name or a
 * key cannot be passed by accident.  Every id stands in LOG_LIST; dashboards and
 * tests match on them.  The sharing log is the journal and never goes this way.
 *
 * Lines that peers or a failing disk cause are bounded (log_limit.h).
 *
 * Where stderr is the system journal, lines carry its level prefix (sd-daemon(3)).
 * Threads: one line is one write(2).
 */
#ifndef SLUIS_BROKER_LOG_H
#define SLUIS_BROKER_LOG_H

#include <stdint.h>

#include "proto/rc.h"

/* symbol, id, syslog level, meaning */
#define LOG_LIST(X)                                                                      \
	X(LOG_STARTED, "BROKER-STARTED", 6, "sockets are bound, n journal entries")      \
	X(LOG_STOPPING, "BROKER-STOPPING", 6, "a signal asked for it; draining")         \
	X(LOG_STOPPED, "BROKER-STOPPED", 6, "state is closed")                           \
	X(LOG_CONFIG, "CONFIG-REFUSED", 3, "configuration: detail names file and place") \
	X(LOG_POLICY, "POLICY-REFUSED", 3, "policy: detail names file and place")        \
	X(LOG_POLICY_WARNING, "POLICY-WARNING", 4,                                       \
	    "policy: detail names file and place")                                       \
	X(LOG_POLICY_IN_FORCE, "POLICY-IN-FORCE", 6,                                     \
	    "version n of the policy took effect")                                       \
	X(LOG_POLICY_KEPT, "POLICY-KEPT", 4,                                             \
	    "the candidate was refused, the old one stands")                             \
	X(LOG_POLICY_SIGNATURE, "POLICY-SIGNATURE-REFUSED", 4,                           \
	    "the signature file in detail does not count")                               \
	X(LOG_POLICY_UNREADABLE, "POLICY-UNREADABLE", 3,                                 \
	    "this sluisd cannot read the policy in force, version n")                    \
	X(LOG_POLICY_STATE, "POLICY-STATE-CHANGED", 2,                                   \
	    "the state holds another policy than the journal says is in force")          \
	X(LOG_REWRAPPED, "MASTER-REWRAPPED", 5,                                          \
	    "nothing needs the former master key any more: n keys are wrapped anew")     \
	X(LOG_KEYS_UNREADABLE, "KEYS-UNREADABLE", 3,                                     \
	    "no master key opens n wrapped keys: what they seal is lost")                \
	X(LOG_RELOADED, "TRUST-RELOADED", 6, "anchors and revocation list are new")      \
	X(LOG_RELOADING, "RELOADING", 6,                                                 \
	    "a signal asked for it; detail says what is not")                            \
	X(LOG_RELOAD_FAILED, "TRUST-KEPT", 4,                                            \
	    "the new ones were refused, the old stand")                                  \
	X(LOG_RELOAD_WAITS, "RELOAD-WAITS", 4,                                           \
	    "the disk is full: it is done when there is room; new lists count already")  \
	X(LOG_LISTS_ACCEPTED, "OLDER-LISTS-ACCEPTED", 4,                                 \
	    "revocation lists older than before are in force: the operator said so")     \
	X(LOG_CRL_SOON, "CRL-EXPIRES", 4, "n hours until nothing is accepted any more")  \
	X(LOG_LIST_ENDS, "LIST-ENDS", 4, "the revocation list in detail: n days left")   \
	X(LOG_ANCHOR_ENDS, "ANCHOR-ENDS", 4,                                             \
	    "the CA certificate in detail: n days left")                                 \
	X(LOG_ZAP_REFUSED, "GATE-REFUSED", 5, "a connection's key was refused")          \
	X(LOG_REFUSED, "INTAKE-REFUSED", 5, "a message was refused, see code")           \
	X(LOG_UNATTRIBUTED, "INTAKE-UNKNOWN", 5, "a message without a known sender")     \
	X(LOG_ENROLLED, "ENROLLED", 6, "a key binding was accepted")                     \
	X(LOG_BATCH_FAILED, "STORE-FAILED", 3, "a batch was rolled back, nothing acked") \
	X(LOG_BATCH_WORKS, "STORE-WORKS", 5, "again, n messages were refused meanwhile") \
	X(LOG_STORAGE, "STORAGE-FAILED", 3,                                              \
	    "detail names the database and what failed; once until it works again")      \
	X(LOG_CLOCK_HELD, "CLOCK-NOT-BELIEVED", 2,                                       \
	    "it is n seconds off; the time goes on by the steady clock. SIGUSR1: it is " \
	    "right")                                                                     \
	X(LOG_CLOCK_FREE, "CLOCK-BELIEVED", 5, "again, n seconds off what was held")     \
	X(LOG_EXPIRED, "OUTBOX-EXPIRED", 4, "n copies passed their term unread")         \
	X(LOG_COPY_UNREADABLE, "COPY-UNREADABLE", 3,                                     \
	    "copy n was changed, or its key is gone: it is not handed out")              \
	X(LOG_COVER_LEFT_OUT, "COVER-LEFT-OUT", 3,                                       \
	    "a work of the cover turn met a row that does not hold: it waits, alone")    \
	X(LOG_WORK_LEFT_OUT, "WORK-LEFT-OUT", 3,                                         \
	    "what time brings met a row that does not hold: that work waits, alone")     \
	X(LOG_ROW_DAMAGED, "ROW-DAMAGED", 3,                                             \
	    "a row of the state was changed: detail names table and column")             \
	X(LOG_DETAIL_UNREADABLE, "DETAIL-UNREADABLE", 3,                                 \
	    "details from entry n on open no more: they are left out")                   \
	X(LOG_REMINDED, "TASKS-OVERDUE", 6,                                              \
	    "n tasks passed their term: reminders went out")                             \
	X(LOG_CASE_REMOVED, "CASE-REMOVED", 6,                                           \
	    "a case was removed: its term had passed")                                   \
	X(LOG_NOTICE_LOST, "NOTICE-LOST", 4,                                             \
	    "a desk that is no more, or fetches nothing, was to hear of something")      \
	X(LOG_NOTICE_UNREADABLE, "NOTICE-UNREADABLE", 3,                                 \
	    "waiting notice n of layer 2 was changed: its desk does not hear of it")     \
	X(LOG_LINKS_FULL, "LINKS-FULL", 4,                                               \
	    "n identifiers are not compared: too many of a signal, or of a party's day") \
	X(LOG_OLD_STATE, "STATE-OLDER-THAN-PUBLISHED", 2,                                \
	    "the journal does not continue a head of n entries that it signed")          \
	X(LOG_GAP_ACCEPTED, "GAP-ACCEPTED", 4,                                           \
	    "the journal goes on without n entries, and says so")                        \
	X(LOG_NO_PUBLISHED, "PUBLISHED-MISSING", 4,                                      \
	    "no head was published of n entries, or it was lost: a gap is not seen "     \
	    "here")                                                                      \
	X(LOG_BACKUP_FAILED, "BACKUP-FAILED", 3,                                         \
	    "nothing was made or restored: detail says where")                           \
	X(LOG_WITNESSED, "WITNESSED", 6,                                                 \
	    "enough witnesses cosigned the head of n entries")                           \
	X(LOG_WITNESSES, "WITNESSES-REFUSED", 3,                                         \
	    "the trust file cannot be used: detail says why")                            \
	X(LOG_SANDBOX, "SANDBOX", 6, "from here on detail holds")                        \
	X(LOG_SANDBOX_WEAK, "SANDBOX-WEAK", 4,                                           \
	    "the broker could do more than it should: detail says what")                 \
	X(LOG_REPLY_DROPPED, "REPLY-DROPPED", 5, "the asker was gone or too slow")       \
	X(LOG_CUT_OFF, "CUT-OFF", 5,                                                     \
	    "n connections took their answers too slowly, or not at all")                \
	X(LOG_LEAF_REFUSED, "LEAF-REFUSED", 2,                                           \
	    "an entry of kind n was not as docs/journal.md says: nothing was written")   \
	X(LOG_LEFT_OUT, "LOG-LEFT-OUT", 5,                                               \
	    "n lines of the kind in detail were too many for their time")                \
	X(LOG_KEEPER_HANGS, "KEEPER-HANGS", 2,                                           \
	    "the keeper did not answer for n seconds: the broker ends")                  \
	X(LOG_FATAL, "BROKER-FATAL", 2, "the daemon cannot go on")

#define LOG_ENUM_(symbol, id, level, meaning) symbol,

enum log_id { LOG_LIST(LOG_ENUM_) };

struct log_event {
	const char *oin, *desk; /* who, where known */
	rc          code;       /* why, where something was refused */
	uint64_t    n;          /* how many; printed when not 0 */
	const char *detail; /* text of our own making: a path, a place; never a payload */
};

void log_write(enum log_id id, struct log_event event);

#define LOG(id, ...) log_write((id), (struct log_event){__VA_ARGS__})

#endif
