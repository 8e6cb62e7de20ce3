/* SPDX-License-Identifier: EUPL-1.2 */
/* lets_everybody_in.c - a mutant: who is refused at the door comes in all the same. */
#include <string.h>
#include <zmq.h>

int __real_zmq_send(void *s, const void *frame, size_t n, int flags);
int __wrap_zmq_send(void *s, const void *frame, size_t n, int flags);

int
__wrap_zmq_send(void *s, const void *frame, size_t n, int flags)
{
	if (n == 3 && memcmp(frame, "400", 3) == 0) frame = "200"; /* ZAP's status */
	return __real_zmq_send(s, frame, n, flags);
}
