/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * auto.h - scope-bound ownership.
 *
 * Every destructor has the shape void x_destroy(struct x **xp): it accepts NULL
 * and half-built objects and clears the caller's pointer.  That is exactly what
 * the cleanup attribute calls, so no wrappers are needed:
 *
 *	AUTO(journal_destroy) struct journal *j = NULL;
 *	TRY(journal_open(&j, store));
 *	...
 *	*ret = TAKE(j);		// success: ownership leaves this scope
 *
 * Values with contents have x_wipe(struct x *), called the same way.  Wrappers
 * for foreign types stand in the one file that uses them.
 */
#ifndef SLUIS_PROTO_AUTO_H
#define SLUIS_PROTO_AUTO_H

#include <stdlib.h>

#define AUTO(destroy) __attribute__((cleanup(destroy)))

/* Hand P over: its value, with P itself set to NULL. */
#define TAKE(p)                             \
	(__extension__({                    \
		__typeof__(p) take_ = (p);  \
		(p)                 = NULL; \
		take_;                      \
	}))

/* For AUTO(auto_free) char *s: plain malloc memory without secrets. */
static inline void
auto_free(void *pp)
{
	void **p = pp;
	free(*p);
	*p = NULL;
}

#endif
