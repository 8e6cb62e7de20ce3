/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * signal_forms.h - which string field of a signal has which form.
 *
 * By message type and field name, so that an Address has one form wherever it
 * stands.  A string field without a row is free text or a name.
 */
#ifndef SLUIS_PROTO_SIGNAL_FORMS_H
#define SLUIS_PROTO_SIGNAL_FORMS_H

#include <protobuf-c/protobuf-c.h>

#include "proto/bytes.h"

/* What field F of M should have been ("expected a date ..."), or NULL if VALUE is that,
 * or if F may hold any text, as the postcode of an address in another country does. */
const char *signal_form_missed(
    const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, struct slice value);

#endif
