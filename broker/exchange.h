/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * exchange.h - exchange outside the meeting: only with the recorded consent of the
 * partners.
 */
#ifndef SLUIS_BROKER_EXCHANGE_H
#define SLUIS_BROKER_EXCHANGE_H

#include "broker/broker.h"
#include "broker/store_case.h"

/* Whether the partners of CASE agreed to exchange EXCHANGE_ID (ID_BYTES), and TO is one
 * of those it is with. */
MUST rc exchange_agreed(struct broker *b, const uint8_t case_id[ID_BYTES],
    const uint8_t exchange_id[ID_BYTES], const struct seat_id *to, bool *ret);

#endif
