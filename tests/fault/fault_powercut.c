/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fault_powercut.c - the power fails at every moment of a representative run.
 *
 *	fault_powercut [STRIDE [SEEDS]]     every STRIDE-th moment (1: all)
 *
 * One run is taped (disk.h): what is written, synced, and when which promise left the
 * house.  Then for each moment the disk is put in a state that could be found after it:
 * nothing of what was not synced, all of it, or a part of it with torn sectors.  The
 * broker must start from that by itself, with all it promised until then and nothing by
 * halves; and those who got no answer ask again with the same bytes and get theirs.
 *
 * With synchronous=NORMAL this fails: see mutant_normal.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault/story.h"

enum { REPLAY_EVERY = 16 };

static struct world w;
static struct story story;
static size_t       ends[STEPS_MAX]; /* on the tape: where each step was done */

static void
run_once(void)
{
	disk_record();
	must(world_begin(&w));
	for (size_t i = 0; i < story_steps; i++) {
		rc code = story_step(&story, i);
		if (code != RC_OK)
			(void)fprintf(stderr, "%s: %s\n", story_name(i), rc_name(code));
		demand(code == RC_OK, story_name(i), i);
		ends[i] = disk_tape_length();
	}
	world_check(&w, disk_tape_length());
}

/* Who had no answer asks again; who had one gets the same. */
static void
go_on(size_t at)
{
	size_t promised = w.n;

	for (size_t i = 0; i < story_steps; i++) {
		rc code = story_step(&story, i);
		/* what was recalled meanwhile is not received a second time */
		demand(code == RC_OK || code == RC_NOT_FOUND || code == RC_ERASED,
		    story_name(i), (uint64_t)code);
	}
	world_check(&w, at);
	w.n = promised;
}

static void
cut_at(size_t at, enum disk_luck luck, uint32_t seed, bool replay)
{
	world_kill(&w);
	disk_cut_power(at, luck, seed);
	rc code = world_begin(&w);
	if (code != RC_OK)
		(void)fprintf(stderr, "cut at %zu, luck %d, seed %u: %s\n", at, luck,
		    seed, rc_name(code));
	demand(code == RC_OK, "it does not start after a power cut", at);
	world_check(&w, at);
	if (replay) go_on(at);
}

int
main(int argc, char **argv)
{
	size_t stride = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	size_t seeds  = argc > 2 ? strtoul(argv[2], NULL, 10) : 2;
	size_t cuts   = 0;

	disk_install();
	world_open(&w);
	world_kill(&w);
	struct disk_image *nothing = disk_take();
	story.w                    = &w;
	run_once();
	disk_stop();
	size_t n = disk_tape_length();
	for (size_t at = 0; at <= n; at += stride) {
		bool replay = at / stride % REPLAY_EVERY == 0;
		cut_at(at, DISK_NOTHING_KEPT, 0, false);
		cut_at(at, DISK_ALL_KEPT, 0, replay);
		for (uint32_t k = 0; k < seeds; k++)
			cut_at(at, DISK_CHANCE, (uint32_t)at * 31 + k, false);
		cuts += 2 + seeds;
	}
	printf("%zu moments, %zu power cuts, %zu promises kept\n", n + 1, cuts, w.n);
	disk_drop(&nothing);
	story_wipe(&story);
	world_close(&w);
	return 0;
}
