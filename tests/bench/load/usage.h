/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * usage.h - what a broker with all its processes has used: /proc.
 *
 * A broker is a session (setsid) of its own, so all of it is found by that number: the
 * keeper of sluisd, the helpers of the Erlang machine.
 */
#ifndef SLUIS_TESTS_BENCH_USAGE_H
#define SLUIS_TESTS_BENCH_USAGE_H

struct usage {
	double cpu_s;             /* user and system, of all threads                    */
	long   now_kib, peak_kib; /* resident now; the most since usage_forget_peak()   */
	int    processes;
};

/* Of the processes of the session in which process PID is, or of PID alone when it leads
 * none of its own.  Ends the program when there is none. */
struct usage usage_of(long pid);

/* Let the peak begin again at what is resident now, where the kernel allows it. */
void usage_forget_peak(long pid);

double usage_own_cpu_s(void);

#endif
