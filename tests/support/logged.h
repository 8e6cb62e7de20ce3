/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * logged.h - how often the broker logged what.
 *
 * For one test program, linked with -Wl,--wrap=log_write.  Threads: none.
 */
#ifndef SLUIS_TESTS_LOGGED_H
#define SLUIS_TESTS_LOGGED_H

#include <stddef.h>

#include "broker/log.h"

#define LOGGED_ONE(symbol, id, level, meaning) +1

static size_t logged[LOG_LIST(LOGGED_ONE)]; /* by enum log_id */

void __real_log_write(enum log_id id, struct log_event event);
void __wrap_log_write(enum log_id id, struct log_event event);

void
__wrap_log_write(enum log_id id, struct log_event event)
{
	logged[id]++;
	__real_log_write(id, event);
}

#endif
