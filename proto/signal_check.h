/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * signal_check.h - is this Signal one that may be ruled at all?
 *
 * Shape beyond what protobuf says: known enum values, no empty string, valid UTF-8
 * without control or direction characters (the narrative may have lines and tabs),
 * lengths and counts within limits.h, codes and dates well-formed (signal_forms.c
 * says which), every person with a role, police facts in the list of their Wpg
 * article, layer 1 or 2, something to say beyond meta and handling.  Unknown fields
 * are let be: redaction drops them.  The sender stays responsible
 * for the facts (Besluit WGS 1.5); this catches what would otherwise be shared
 * under the wrong category.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_SIGNAL_CHECK_H
#define SLUIS_PROTO_SIGNAL_CHECK_H

#include "proto/pbjson.h"
#include "signal.pb-c.h"

/* RC_OK or RC_INVALID_SIGNAL with the field path and the reason in *RETERR (may be
 * NULL); never a value. */
MUST rc signal_check(const Sluis__Signal *signal, struct where *reterr);

/* The layer that the serialised SIGNAL is for, without unpacking it: handling.layer, 1
 * when there is none.  Says 2 rather than 1 of bytes that no Signal is made of. */
unsigned signal_layer(struct slice signal);

#endif
