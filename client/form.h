/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * form.h - the form of what a broker says, before anybody believes or prints it.
 *
 * An id of another size than ids have overruns whoever makes room for an id, and a text
 * with control characters steers the terminal of whoever reads it.  Neither gets further
 * than here; a broker that sends them is broken or means harm.
 */
#ifndef SLUIS_CLIENT_FORM_H
#define SLUIS_CLIENT_FORM_H

#include <protobuf-c/protobuf-c.h>

#include "proto/rc.h"

/* Every id that M, which stands no deeper than its guard let it, holds has the size of an
 * id: else RC_MALFORMED.  All its texts are plain after (proto/text.h). */
MUST rc form_check(ProtobufCMessage *m);

#endif
