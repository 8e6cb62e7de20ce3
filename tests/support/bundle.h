/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * bundle.h - policy files in memory for tests: the shipped ones, or a small world
 * with rules of the test's own; edited, cut, and compiled.
 *
 * Every function here fails the running test when it cannot do its work.
 */
#ifndef SLUIS_TESTS_BUNDLE_H
#define SLUIS_TESTS_BUNDLE_H

#include "policy/policy.h"
#include "proto/auto.h"

enum { BUNDLE_MAX = 32 };

struct bundle { /* owns its names and texts */
	size_t          n;
	char           *names[BUNDLE_MAX], *texts[BUNDLE_MAX];
	struct findings findings; /* of the last bundle_compile() */
};

/* The files of the policy folder of this source tree. */
struct bundle *bundle_shipped(void);

/*
 * The shipped categories, a world of a few parties, and one convenant t.yaml:
 * phases 1, 2, 3; purposes help, hunt; in force 2025-01-10 .. 2026-12-20.
 *
 *	role   OIN ends  desks         signed t
 *	city   ..10      front, back   2025-01-10 .. 2026-12-20
 *	cops   ..20      vice, traffic 2025-03-01 .. 2026-06-30   (aliases fuzz, law)
 *	care   ..30      help          2025-01-10 .. 2026-12-20
 *	tax    ..40      office        never
 *	guest  ..50      guest         never, but declared 2025-01-10 .. 2026-12-20
 *	clerk  ..60      clerk         2025-01-10 .. 2026-12-20, named nowhere
 *
 * BARS and RULES are the lines below `bars:` and `rules:`; NULL for BARS is one bar
 * that never holds.
 */
struct bundle *bundle_small(const char *bars, const char *rules);

void bundle_destroy(struct bundle **bp);

/* How many of the files are convenants. */
size_t bundle_convenants(const struct bundle *b);

/* The text of FILE, to be read or shortened. */
char *bundle_text(struct bundle *b, const char *file);

/* Put TO in the place of the first FROM in FILE; FROM must occur. */
void bundle_edit(struct bundle *b, const char *file, const char *from, const char *to);

/* One more file, with a copy of TEXT. */
void bundle_add(struct bundle *b, const char *file, const char *text);

/* One more file, which PATH of the source tree is a copy of. */
void bundle_add_file(struct bundle *b, const char *file, const char *path);

/* As bundle_add(), in the place of a file of that name if there is one. */
void bundle_put(struct bundle *b, const char *file, const char *text);

/* Put TO at the end of FILE. */
void bundle_append(struct bundle *b, const char *file, const char *to);

rc bundle_compile(struct bundle *b, struct policy **ret);

/* Compile and destroy; the test fails unless it compiles. */
struct policy *bundle_policy(struct bundle *b);

/* The test fails unless compiling B is refused with a finding that contains WHAT. */
void bundle_is_refused(struct bundle *b, const char *what);

/* "2025-03-01" as days. */
int32_t day(const char *date);

#endif
