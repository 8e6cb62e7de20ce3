/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wiping_free.c - what this process gives back to the heap is zero.
 *
 * Our own code wipes what it frees, but a value also passes through memory that libzmq,
 * SQLite, protobuf-c and the C library allocate and free as they were: frames, pages,
 * text.  A program's own free() takes the place of the C library's for all of them, so
 * that no copy of a signal outlives its use, wherever it lay.
 *
 * Holds for the program that this file is linked into, sluisd, and for nothing else; the
 * sanitizers bring an allocator of their own and leave it out.  free() and realloc()
 * only: malloc() stays what it was, and new memory holds nothing of anybody's.
 *
 * Threads: any.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* The C library's own, exported for programs that replace the public name. */
extern void __libc_free(void *p); /* NOLINT: its name */

void
free(void *p)
{
	if (p == NULL) return;
	explicit_bzero(p, malloc_usable_size(p));
	__libc_free(p);
}

/* In place where it fits and not much is left over; else moved, and the old one wiped. */
void *
realloc(void *p, size_t n)
{
	if (p == NULL) return malloc(n);
	if (n == 0) {
		free(p);
		return NULL;
	}
	size_t room = malloc_usable_size(p);
	if (n <= room && n >= room / 2) return p;
	void *moved = malloc(n);
	if (moved == NULL) return NULL;
	memcpy(moved, p, n < room ? n : room);
	free(p);
	return moved;
}
