/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_view.h - a case as one participant may see it.
 *
 * What lies above the layer of its seat is as if it were not there: participants, steps,
 * tasks.  State, times and counts are of layer 1 only.
 */
#ifndef SLUIS_BROKER_ROUTE_CASE_VIEW_H
#define SLUIS_BROKER_ROUTE_CASE_VIEW_H

#include "broker/handler.h"
#include "broker/store/case.h"

struct viewer {
	const struct party *party;
	struct case_seat    seat;
	bool                history; /* with steps, tasks and keys: one case only */
	bool asked; /* has no seat, but was asked to release: sees its own tasks only */
};

/* Add what V may see of ROW to R's answer. */
MUST rc case_view_add(struct broker *b, struct reply *r, const struct case_row *row,
    const struct viewer *v);

/* The same of case ID for the desk that sent Q, if it may see it and R says ok. */
MUST rc case_view_answer(struct broker *b, const struct request *q, struct reply *r,
    const ProtobufCBinaryData *id);

#endif
