/* SPDX-License-Identifier: EUPL-1.2 */
/* histogram.c - exact below 64 us; above, the top six bits of a value after its first. */
#include "histogram.h"

#include <stddef.h>

static size_t
class_of(uint64_t us)
{
	size_t shift = 0;

	if (us < HISTOGRAM_SUB) return (size_t)us;
	while (us >> shift >= (uint64_t)2 * HISTOGRAM_SUB) shift++;
	size_t class =
	    (shift + 1) * HISTOGRAM_SUB + (size_t)((us >> shift) - HISTOGRAM_SUB);
	return class < HISTOGRAM_CLASSES ? class : HISTOGRAM_CLASSES - 1;
}

/* The middle of a class. */
static double
value_of(size_t class)
{
	if (class < HISTOGRAM_SUB) return (double)class;
	size_t shift = class / HISTOGRAM_SUB - 1;
	return ((double)(class % HISTOGRAM_SUB + HISTOGRAM_SUB) + 0.5) *
	       (double)((uint64_t)1 << shift);
}

void
histogram_add(struct histogram *h, uint64_t us)
{
	h->count[class_of(us)]++;
	h->n++;
}

void
histogram_merge(struct histogram *h, const struct histogram *other)
{
	for (size_t i = 0; i < HISTOGRAM_CLASSES; i++) h->count[i] += other->count[i];
	h->n += other->n;
}

double
histogram_ms(const struct histogram *h, double q)
{
	uint64_t below = 0;

	for (size_t i = 0; i < HISTOGRAM_CLASSES; i++) {
		below += h->count[i];
		if (h->n != 0 && (double)below >= q * (double)h->n)
			return value_of(i) / 1000.0;
	}
	return 0;
}
