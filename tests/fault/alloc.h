/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * alloc.h - memory that runs out: the n-th allocation of this process fails.
 *
 * Linked into a program, malloc() and its kin are these, for every library in it.  Not
 * under sanitizers, which have their own: there alloc_can_fail() says no.
 */
#ifndef SLUIS_TESTS_FAULT_ALLOC_H
#define SLUIS_TESTS_FAULT_ALLOC_H

#include <stdbool.h>
#include <stdint.h>

bool alloc_can_fail(void);

/* The NTH allocation (1: the next) fails; if LASTING, all after it too. */
void     alloc_fail(uint64_t nth, bool lasting);
void     alloc_heal(void);
void     alloc_pause(bool pause); /* what the test does for itself does not fail */
uint64_t alloc_failed(void);      /* how often */

#endif
