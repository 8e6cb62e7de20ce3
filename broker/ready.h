/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ready.h - the ready file: that the sockets are bound, where, and what is in force.
 *
 *	{ "pid": 4711, "origin": "sluis.example/rivierenland",
 *	  "agency": "tcp://...", "audit": "tcp://...", "enrol": "tcp://...",
 *	  "curve_public": "<40 characters Z85>", "verifier": "<vkey>",
 *	  "policy": "<bundle hash, hex>", "policy_version": 7,
 *	  "policy_looks": 3, "policy_refused": "policy_not_approved" }
 *
 * Written again whenever policy_dir was looked at: policy_looks counts that, and
 * policy_refused says why the candidate there was refused; "ok" if it was not.
 */
#ifndef SLUIS_BROKER_READY_H
#define SLUIS_BROKER_READY_H

#include "broker/broker.h"

/* Does nothing where no ready file is configured. */
MUST rc ready_write(const struct broker *b);

#endif
