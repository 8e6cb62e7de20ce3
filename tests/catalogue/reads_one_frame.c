/* SPDX-License-Identifier: EUPL-1.2 */
/* reads_one_frame.c - a mutant: what follows the first frame is taken for the next
 * message. */
#include <zmq.h>

int __wrap_zmq_msg_more(const zmq_msg_t *m);
int __real_zmq_msg_more(const zmq_msg_t *m);

/* A route has more behind it; a payload never has. */
int
__wrap_zmq_msg_more(const zmq_msg_t *m)
{
	return zmq_msg_size(m) <= 5 ? __real_zmq_msg_more(m) : 0;
}
