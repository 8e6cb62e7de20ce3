/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * numbered.h - rows that are kept in the order of their numbers, and found by them.
 *
 * Copies have ascending numbers, so what is kept of them is added behind the others and
 * stays in order by itself.
 *
 * Invariants: a row begins with its number, a uint64_t (who asks asserts it), and no two
 * rows of a list have the same.
 *
 * Owns: nothing.  Threads: values; no shared state.
 */
#ifndef SLUIS_BROKER_OUTBOX_NUMBERED_H
#define SLUIS_BROKER_OUTBOX_NUMBERED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The first of the N rows of SIZE bytes at ROWS whose number is at least NUMBER; N if
 * there is none. */
static inline size_t
numbered_from(const void *rows, size_t n, size_t size, uint64_t number)
{
	const uint8_t *at  = rows;
	size_t         low = 0, high = n;
	uint64_t       of;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		memcpy(&of, at + middle * size, sizeof of);
		if (of < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

#endif
