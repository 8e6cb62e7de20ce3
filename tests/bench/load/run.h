/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * run.h - one round: warm up, measure, drain.
 *
 * Closed loop (rate 0): signals are sent as fast as the window has room, and no further
 * ahead of the slowest recipient than BACKLOG_WINDOWS windows.  Open loop: signals are
 * due at a steady rate, whether or not the broker keeps up; latency runs from when one
 * was due, so a broker that stalls pays for all that should have been sent meanwhile.
 *
 * Only what happens in the measured seconds counts, so neither connecting nor draining is
 * in the figures; what was sent must all have arrived when the round ends.
 */
#ifndef SLUIS_TESTS_BENCH_RUN_H
#define SLUIS_TESTS_BENCH_RUN_H

#include "histogram.h"
#include "load.h"
#include "usage.h"

struct round {
	double warm_s, measure_s;
	double rate;       /* signals a second; 0: closed loop */
	long   broker_pid; /* 0: its usage is not looked at    */
};

struct figures {
	double           seconds;
	uint64_t         signals;    /* accepted, and acknowledged by all recipients */
	uint64_t         deliveries; /* acknowledged, of all recipients              */
	uint64_t         sent;       /* with those before and after what is measured */
	struct histogram accept, deliver;
	double           broker_cpu_s, load_cpu_s;
	struct usage     broker;
};

/* Ends the program when anything is refused or lost. */
void round_run(const struct plan *p, const struct round *r, struct figures *ret);

#endif
