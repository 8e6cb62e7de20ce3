/* SPDX-License-Identifier: EUPL-1.2 */
/* alloc.c - the allocator of the C library, behind a counter. */
#include "fault/alloc.h"

#include <errno.h>
#include <stddef.h>

static struct {
	bool     armed, lasting;
	int      paused; /* so many times, one within another */
	uint64_t left, times;
} fault;

void
alloc_fail(uint64_t nth, bool lasting)
{
	fault.left    = nth;
	fault.times   = 0;
	fault.lasting = lasting;
	fault.armed   = true;
}

void
alloc_heal(void)
{
	fault.armed = false;
}

void
alloc_pause(bool pause)
{
	fault.paused += pause ? 1 : -1;
}

uint64_t
alloc_failed(void)
{
	return fault.times;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED

bool
alloc_can_fail(void)
{
	return false;
}

#else

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);
void *reallocarray(void *p, size_t n, size_t size);

bool
alloc_can_fail(void)
{
	return true;
}

static bool
strikes(void)
{
	if (!fault.armed || fault.paused > 0) return false;
	if (fault.left > 1) {
		fault.left--;
		return false;
	}
	if (fault.left == 0 && !fault.lasting) return false;
	fault.left = 0;
	fault.times++;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t n)
{
	return strikes() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return strikes() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return strikes() ? NULL : __libc_realloc(p, n);
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t all = 0;

	if (__builtin_mul_overflow(n, size, &all) || strikes()) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(p, all);
}

#endif
