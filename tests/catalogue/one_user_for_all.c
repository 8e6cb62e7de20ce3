/* SPDX-License-Identifier: EUPL-1.2 */
/* one_user_for_all.c - a mutant: who once spoke is taken for whoever speaks next. */
#include <stdio.h>
#include <string.h>
#include <zmq.h>

const char *__real_zmq_msg_gets(const zmq_msg_t *m, const char *property);
const char *__wrap_zmq_msg_gets(const zmq_msg_t *m, const char *property);

const char *
__wrap_zmq_msg_gets(const zmq_msg_t *m, const char *property)
{
	enum { HONEST = 100 }; /* a region has to come up first */
	static char first[256];
	static int  times;
	const char *value = __real_zmq_msg_gets(m, property);

	if (strcmp(property, "User-Id") != 0 || ++times < HONEST) return value;
	if (first[0] == '\0' && value != NULL)
		(void)snprintf(first, sizeof first, "%s", value);
	return first[0] == '\0' ? value : first;
}
