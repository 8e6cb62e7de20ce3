/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tape.h - files in memory, and a tape of what was done to them (disk.h).
 *
 * A file stays at its address until the files are wiped; a removed one is only forgotten
 * by its name, so that an open handle outlives it.
 */
#ifndef SLUIS_TESTS_FAULT_TAPE_H
#define SLUIS_TESTS_FAULT_TAPE_H

#include "fault/disk.h"

/* What the test does for itself while a fault is armed does not fail: FAULT_PAUSE (NULL:
 * nothing to call) hears when that begins and ends, also one within another. */
extern void (*fault_pause)(bool pause);
void fault_of_test(bool begins);

enum { FILES_MAX = 64 };

struct file {
	char    *path; /* NULL: removed */
	uint8_t *p;
	size_t   n, cap;
	bool     known; /* its name is durable: it was synced once */
};

struct files {
	size_t      n;
	struct file at[FILES_MAX];
};

struct file *files_find(struct files *f, const char *path);
struct file *files_add(struct files *f, const char *path);
void         files_remove(struct files *f, const char *path);
void         files_wipe(struct files *f);
void         files_copy(struct files *to, const struct files *from);

/* Write N bytes at AT; a hole is zeros. */
void file_put(struct file *f, const void *p, size_t n, size_t at);
void file_cut(struct file *f, size_t n);

struct tape_op {
	enum disk_op kind;
	size_t       at, n; /* DISK_WRITE; n of DISK_TRUNCATE is the new size */
	char        *path;  /* owned */
	uint8_t     *p;     /* owned */
};

struct tape {
	bool            recording;
	struct files    start;
	size_t          n, cap;
	struct tape_op *ops;
};

void tape_begin(struct tape *t, const struct files *start);

/* Add OP on PATH, with a copy of its N bytes at P, if T is recording. */
void tape_add(struct tape *t, const char *path, const struct tape_op *op, const void *p);

/* What the files can be after the power failed behind operation N. */
void tape_play(const struct tape *t, size_t n, enum disk_luck luck, uint32_t seed,
    struct files *ret);

#endif
