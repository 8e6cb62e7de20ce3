/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * histogram.h - latencies, counted in classes that are each 1.6 % wide.
 *
 * Constant memory however long a round takes; one per thread, merged at the end.
 */
#ifndef SLUIS_TESTS_BENCH_HISTOGRAM_H
#define SLUIS_TESTS_BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_SUB = 64, HISTOGRAM_CLASSES = 40 * HISTOGRAM_SUB };

struct histogram {
	uint64_t n, count[HISTOGRAM_CLASSES];
};

void histogram_add(struct histogram *h, uint64_t us);
void histogram_merge(struct histogram *h, const struct histogram *other);

/* The value in milliseconds that a fraction Q of all are at or below; 0 without any. */
double histogram_ms(const struct histogram *h, double q);

#endif
