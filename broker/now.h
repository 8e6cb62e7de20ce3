/* SPDX-License-Identifier: EUPL-1.2 */
/* now.h - what a clock of the machine says. */
#ifndef SLUIS_BROKER_NOW_H
#define SLUIS_BROKER_NOW_H

#include <stdint.h>
#include <time.h>

static inline uint64_t
now_us(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static inline uint64_t
now_ms(clockid_t clock)
{
	return now_us(clock) / 1000;
}

#endif
