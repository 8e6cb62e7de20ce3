/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * payload.h - the signals that are sent, made ahead by tests/bench/signals.py.
 *
 * A file of records: four bytes of length, big-endian, then a serialised sluis.Signal.
 * All brokers carry these same bytes; each signal is about other persons, so that no
 * memory of an earlier one helps.  Signal N is record N modulo their number.
 */
#ifndef SLUIS_TESTS_BENCH_PAYLOAD_H
#define SLUIS_TESTS_BENCH_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

struct payload {
	uint8_t        *file; /* owned */
	size_t          n, bytes, longest;
	const uint8_t **at; /* owned; n pointers into file */
	size_t         *len;
};

/* Read PATH; ends the program unless it holds at least one record. */
struct payload payload_read(const char *path);
void           payload_free(struct payload *p);

/* Mean length of a signal. */
double payload_mean(const struct payload *p);

#endif
