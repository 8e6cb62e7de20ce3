/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * evidence.h - a kept delivery as files that others can check without us.
 *
 * How: docs/verify.md.
 *
 *	DIR/delivery    the Delivery (wire.proto) as it came: copy, salt, receipt
 *	DIR/binding     the sender's signed key binding that its entry names
 *	DIR/chain.pem   the certificates that the binding was checked by
 *
 * They hold personal data: the folder gets mode 0700, what is in it 0600.
 */
#ifndef SLUIS_CLIENT_COMMAND_EVIDENCE_H
#define SLUIS_CLIENT_COMMAND_EVIDENCE_H

#include "client/command/cli.h"
#include "proto/limits.h"

/* Write delivery ID of the party folder PARTY into DIR, which is made if need be.
 * RC_NOT_FOUND unless it and its sender's binding are kept there; RC_DISK. */
MUST rc evidence_write(const char *party, const uint8_t id[ID_BYTES], const char *dir);

#endif
