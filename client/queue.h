/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * queue.h - what could not be sent waits here, in order, until the broker is there.
 *
 * A request in the queue is one that is kept already (sent/<id>.request or .act): signed,
 * as bytes.  The queue itself only says which of them wait.  Flushing asks the oldest
 * first:
 *
 *	answered, also with a denial    out of the queue
 *	stale                           signed anew, same id, time of now; asked once more
 *	no broker, no time, busy,       stays, and everything behind it
 *	we are not let in, alarm
 *
 * Only a stale request is signed anew, because only then it is known that the broker has
 * not handled it.  Whatever happens in between, the id stays, and so there is one effect.
 */
#ifndef SLUIS_CLIENT_QUEUE_H
#define SLUIS_CLIENT_QUEUE_H

#include "client/handle.h"

/* Let the kept request ID wait, as sluis_queue_add(). */
MUST rc queue_add(struct sluis *s, const uint8_t id[ID_BYTES]);

/* Does a request that ended with CODE stay in the queue?  Pure. */
bool queue_stays(rc code);

#endif
