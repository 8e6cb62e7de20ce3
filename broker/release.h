/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * release.h - a submission that was just written, for what follows from it.
 *
 * Everything is borrowed during the call, inside the open transaction, after the leaves
 * and copies of all recipients.
 */
#ifndef SLUIS_BROKER_RELEASE_H
#define SLUIS_BROKER_RELEASE_H

#include "broker/decision/decision.h"
#include "broker/route/act.h"

struct released {                        /* what became of one recipient */
	const struct decision *decision; /* recipient_oin, desk, ruling, cut */
	uint64_t               leaf;
	bool                   served;
	uint8_t                delivery[ID_BYTES]; /* if served */
};

struct release {
	struct act *act; /* me, row, seat: in_case says whether it was in a case */
	const Sluis__Submit   *submit; /* head->request_id is its trace */
	const Sluis__Signal   *signal;
	unsigned               layer;
	size_t                 n;
	const struct released *to;
	const uint8_t *corrects; /* ID_BYTES: trace of the own submission it replaces */
};

#endif
