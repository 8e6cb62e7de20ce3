/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fault_nth.c - the n-th operation fails, for every n of every step of a representative
 * run.
 *
 *	fault_nth KIND once|lasting [STRIDE [FIRST]]
 *
 * KIND is read, write, sync, truncate, open, delete, any, full, readonly or memory.  Each
 * step of the story is made from the same disk with its first, second, ... operation
 * failing, until it passes untouched; those before FIRST (0 is the first) only pass.
 * Each time:
 *	- the answer, or what the process ends with, names a fault of the broker's own
 *	- when the cause is gone the process goes on, or starts again if it had ended,
 *	  with everything that it promised and nothing by halves (world.h)
 *	- who asks again with the same bytes gets an answer
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault/alloc.h"
#include "fault/story.h"
#include "fault/tape.h"

enum { SKIPPED = 77 }; /* fault.cmake: memory cannot fail here (alloc.h) */

struct kind {
	const char   *name;
	unsigned      ops; /* 0: memory */
	enum disk_why why;
};

static const struct kind kinds[] = {
    {"read", DISK_READ, DISK_IO_ERROR},
    {"write", DISK_WRITE, DISK_IO_ERROR},
    {"sync", DISK_SYNC, DISK_IO_ERROR},
    {"truncate", DISK_TRUNCATE, DISK_IO_ERROR},
    {"open", DISK_OPEN, DISK_IO_ERROR},
    {"delete", DISK_DELETE, DISK_IO_ERROR},
    {"any", DISK_ALL, DISK_IO_ERROR},
    {"full", DISK_WRITE, DISK_FULL},
    {"readonly", DISK_WRITE | DISK_TRUNCATE | DISK_DELETE | DISK_OPEN, DISK_READ_ONLY},
    {"memory", 0, DISK_IO_ERROR},
};

static struct world       w;
static struct story       story;
static const struct kind *kind;
static bool               lasting;
static uint64_t           tried, ended, said[256];
static uint64_t           growth; /* entries that the step makes without a fault */

/* --- the cause ------------------------------------------------------------------- */

static void
arm(uint64_t n)
{
	if (kind->ops != 0)
		disk_fail(kind->ops, n, lasting, kind->why);
	else
		alloc_fail(n, lasting);
}

static uint64_t
struck(void)
{
	return kind->ops != 0 ? disk_failed() : alloc_failed();
}

static void
heal(void)
{
	disk_heal();
	alloc_heal();
}

/* --- one fault ------------------------------------------------------------------- */

/* What may be told of a fault of our own. */
static bool
is_honest(rc code)
{
	return code == RC_OK || rc_kind(code) == RC_KIND_LOCAL;
}

static void
restart(uint64_t n)
{
	world_kill(&w);
	rc code = world_begin(&w);
	if (code != RC_OK) (void)fprintf(stderr, "restart: %s\n", rc_name(code));
	demand(code == RC_OK, "it does not start when the cause is gone", n);
}

/* Started while the cause lasts, it must not get by with less. */
static void
try_to_start(uint64_t n)
{
	heal();
	world_kill(&w);
	arm(1);
	rc code = world_begin(&w);
	heal();
	demand(
	    is_honest(code), "what a start said while the cause lasted", (uint64_t)code);
	(void)n;
}

static void
strike(size_t step, uint64_t n, rc code)
{
	if (!is_honest(code))
		(void)fprintf(stderr, "%s, %s %s %llu: %s\n", story_name(step),
		    kind->name, lasting ? "lasting" : "once", (unsigned long long)n,
		    rc_name(code));
	demand(is_honest(code), "what was said of the fault", (uint64_t)code);
	said[(unsigned)code & 255]++;
	tried++;
	if (w.dead) ended++;
	if (getenv("FAULT_TRACE") != NULL)
		(void)fprintf(stderr, "# %s, %s %llu: %s%s\n", story_name(step),
		    kind->name, (unsigned long long)n, rc_name(code),
		    w.dead ? ", ended" : "");
	if (w.dead && lasting) try_to_start(n);
	if (w.dead) restart(n);
	world_check(&w, SIZE_MAX);
	rc again = story_step(&story, step);
	if (again != RC_OK && again != RC_NOT_FOUND)
		(void)fprintf(stderr, "%s, %s %llu: again %s\n", story_name(step),
		    kind->name, (unsigned long long)n, rc_name(again));
	demand(again == RC_OK || again == RC_NOT_FOUND, "asked again", n);
	world_check(&w, SIZE_MAX);
}

/* From IMAGE again, as the process that wrote it. */
static void
go_back(const struct disk_image *image, size_t promises)
{
	world_kill(&w);
	disk_put(image);
	w.n = promises;
	restart(0);
}

/* Failed or not, asked once or twice: what a request does it does once, and all of it. */
static void
check_growth(size_t step, uint64_t before)
{
	uint64_t now = journal_size(w.region.broker.journal);

	if (story_says_more(step)) return;
	now -= w.starts * WORLD_START_LEAVES;
	if (now != before + growth)
		(void)fprintf(stderr, "%s: %llu entries, not %llu\n", story_name(step),
		    (unsigned long long)(now - before), (unsigned long long)growth);
	demand(now == before + growth, "an effect is missing, or there twice", step);
}

static uint64_t
begin_growth(void)
{
	w.starts = 0;
	return journal_size(w.region.broker.journal);
}

/* A step of many thousand operations (reading a policy) is sampled more thinly. */
static uint64_t
after(uint64_t n, uint64_t stride)
{
	enum { MANY = 4096, THINNER = 16 };
	return n + (n > MANY && stride > 1 ? THINNER * stride : stride);
}

/* STEP with each of its operations failing; then untouched. */
static void
try_step(size_t step, uint64_t stride)
{
	struct disk_image *image    = disk_take();
	size_t             promises = w.n;

	story_prepare(&story, step);
	uint64_t before = begin_growth();
	demand(story_step(&story, step) == RC_OK, story_name(step), step);
	growth = journal_size(w.region.broker.journal) - before;
	go_back(image, promises);
	for (uint64_t n = 1 + step % stride;; n = after(n, stride)) {
		before = begin_growth();
		arm(n);
		rc   code = story_step(&story, step);
		bool hit  = struck() != 0;
		heal();
		if (!hit && code != RC_OK)
			(void)fprintf(
			    stderr, "%s: %s\n", story_name(step), rc_name(code));
		demand(hit || code == RC_OK, "a step without a fault", step);
		if (!hit) break;
		strike(step, n, code);
		check_growth(step, before);
		go_back(image, promises);
	}
	disk_drop(&image);
}

static void
pass_step(size_t step)
{
	story_prepare(&story, step);
	demand(story_step(&story, step) == RC_OK, story_name(step), step);
}

int
main(int argc, char **argv)
{
	uint64_t stride = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	size_t   first  = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;

	for (size_t i = 0; argc > 2 && i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(argv[1], kinds[i].name) == 0) kind = &kinds[i];
	if (kind == NULL || stride == 0) return 2;
	lasting = strcmp(argv[2], "lasting") == 0;
	if (kind->ops == 0 && !alloc_can_fail()) return SKIPPED;
	fault_pause = alloc_pause;
	disk_install();
	world_open(&w);
	story.w = &w;
	world_kill(&w);
	must(world_begin(&w));
	for (size_t i = 0; i < story_steps && i < first; i++) pass_step(i);
	for (size_t i = first; i < story_steps; i++) try_step(i, stride);
	world_check(&w, SIZE_MAX);
	printf("%s %s: %llu faults, the process ended in %llu, out of memory %llu times, "
	       "storage %llu times\n",
	    kind->name, lasting ? "lasting" : "once", (unsigned long long)tried,
	    (unsigned long long)ended, (unsigned long long)said[RC_NOMEM & 255],
	    (unsigned long long)said[RC_DISK & 255]);
	story_wipe(&story);
	world_close(&w);
	return 0;
}
