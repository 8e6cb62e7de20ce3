/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * random.h - random bytes, taken from the kernel a block at a time.
 *
 * A signal takes some twenty nonces, salts and ids: each by itself is a system call.  A
 * thread draws RANDOM_BLOCK bytes at once; each byte is given out once and wiped as it
 * goes, so what lies here belongs to nothing yet.  A forked process begins with a block
 * of its own.  Keys that last are drawn from the kernel directly (keyring.c, rotate.c).
 *
 * Owns: a block a thread.  Threads: any.
 */
#ifndef SLUIS_BROKER_RANDOM_H
#define SLUIS_BROKER_RANDOM_H

#include <stddef.h>

enum { RANDOM_BLOCK = 4096 };

/* Fill OUT with N random bytes; more than a block at once are the kernel's own. */
void random_fill(void *out, size_t n);

#endif
