/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * disk.h - a disk in memory, as an SQLite VFS, that fails when it is told to.
 *
 * After disk_install() every database that this process opens lies here.  Three kinds of
 * misfortune:
 *
 *	faults     the n-th operation of some kinds fails, or all from the n-th on
 *	           until disk_heal(): an I/O error, a full disk (half of the write gets
 *	           through), a file system that became read-only
 *	death      disk_die(): nothing works any more, so that what is closed writes
 *	           nothing
 *	power cut  disk_record() keeps a tape of what is written and synced;
 *	           disk_cut_power() puts the disk in a state that could be found after
 *	           the power failed at any moment of it: what was synced is there, of
 *	           every later write all, nothing, or some of its sectors of 512 bytes
 *
 * Locks and shared memory are those of one process.  Owns everything; what goes wrong
 * here itself aborts.  Threads: one.
 */
#ifndef SLUIS_TESTS_FAULT_DISK_H
#define SLUIS_TESTS_FAULT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_op {
	DISK_READ     = 1 << 0,
	DISK_WRITE    = 1 << 1,
	DISK_SYNC     = 1 << 2,
	DISK_TRUNCATE = 1 << 3,
	DISK_OPEN     = 1 << 4,
	DISK_DELETE   = 1 << 5,
	DISK_ALL      = (1 << 6) - 1,
};

enum disk_why { DISK_IO_ERROR, DISK_FULL, DISK_READ_ONLY };

/* Be the standard VFS from now on. */
void disk_install(void);

/* --- faults ---------------------------------------------------------------------- */

/* The NTH operation (1: the next) of the kinds OPS fails because of WHY; if LASTING, so
 * do all such operations after it. */
void disk_fail(unsigned ops, uint64_t nth, bool lasting, enum disk_why why);

/* Whether that happened, and how often. */
uint64_t disk_failed(void);

/* The cause is gone. */
void disk_heal(void);

/* Nothing works while DEAD: the process has ended, as far as the disk knows. */
void disk_die(bool dead);

/* --- images ---------------------------------------------------------------------- */

struct disk_image;

struct disk_image *disk_take(void); /* a copy of all files; disk_drop() it */
void               disk_put(const struct disk_image *image);
void               disk_drop(struct disk_image **image);

/* --- the tape -------------------------------------------------------------------- */

/* Begin a tape: what is there now is durable. */
void disk_record(void);

/* How many operations stand on it. */
size_t disk_tape_length(void);

/* Stop recording. */
void disk_stop(void);

/* Of what was written and not synced when the power failed... */
enum disk_luck { DISK_NOTHING_KEPT, DISK_ALL_KEPT, DISK_CHANCE };

/* The disk after the power failed when N operations of the tape had been done.  SEED is
 * for DISK_CHANCE. */
void disk_cut_power(size_t n, enum disk_luck luck, uint32_t seed);

#endif
