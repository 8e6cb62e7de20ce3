/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tape.c - recording what is written, and playing it back as a power cut would leave it.
 *
 * Two sets of files are played: what is durable, and what is not yet.  A sync of a file
 * makes the first like the second.  At the cut every write since then is kept, lost, or
 * torn sector by sector; an operation before another one may be lost and that one kept.
 */
#include "fault/tape.h"

#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512 };

/* --- files ----------------------------------------------------------------------- */

void (*fault_pause)(bool pause);

void
fault_of_test(bool begins)
{
	if (fault_pause != NULL) fault_pause(begins);
}

/* The disk has its own memory: the broker's may have run out. */
static void *
room(void *p, size_t n)
{
	fault_of_test(true);
	p = realloc(p, n);
	fault_of_test(false);
	if (p == NULL) abort();
	return p;
}

static char *
copy_text(const char *text)
{
	size_t n = strlen(text) + 1;

	return memcpy(room(NULL, n), text, n);
}

struct file *
files_find(struct files *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->at[i].path != NULL && strcmp(f->at[i].path, path) == 0)
			return &f->at[i];
	return NULL;
}

struct file *
files_add(struct files *f, const char *path)
{
	struct file *file = NULL;

	for (size_t i = 0; i < f->n && file == NULL; i++)
		if (f->at[i].path == NULL) file = &f->at[i];
	if (file == NULL && f->n == FILES_MAX) abort();
	if (file == NULL) file = &f->at[f->n++];
	free(file->p);
	*file = (struct file){.path = copy_text(path)};
	return file;
}

void
files_remove(struct files *f, const char *path)
{
	struct file *file = files_find(f, path);

	if (file == NULL) return;
	free(file->path);
	file->path = NULL;
}

void
files_wipe(struct files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->at[i].path);
		free(f->at[i].p);
	}
	memset(f, 0, sizeof *f);
}

void
files_copy(struct files *to, const struct files *from)
{
	files_wipe(to);
	for (size_t i = 0; i < from->n; i++) {
		const struct file *file = &from->at[i];
		if (file->path == NULL) continue;
		struct file *copy = files_add(to, file->path);
		file_put(copy, file->p, file->n, 0);
		copy->known = file->known;
	}
}

static void
grow(struct file *f, size_t n)
{
	if (n > f->cap) {
		f->cap = n * 2 + 4096;
		f->p   = room(f->p, f->cap);
	}
	if (n > f->n) {
		memset(f->p + f->n, 0, n - f->n);
		f->n = n;
	}
}

void
file_put(struct file *f, const void *p, size_t n, size_t at)
{
	if (n == 0) return;
	grow(f, at + n);
	memcpy(f->p + at, p, n);
}

void
file_cut(struct file *f, size_t n)
{
	grow(f, n);
	f->n = n;
}

/* --- the tape -------------------------------------------------------------------- */

static void
forget(struct tape *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->ops[i].path);
		free(t->ops[i].p);
	}
	t->n = 0;
}

void
tape_begin(struct tape *t, const struct files *start)
{
	forget(t);
	files_copy(&t->start, start);
	for (size_t i = 0; i < t->start.n; i++) t->start.at[i].known = true;
	t->recording = true;
}

void
tape_add(struct tape *t, const char *path, const struct tape_op *op, const void *p)
{
	if (!t->recording) return;
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 1024 : t->cap * 2;
		t->ops = room(t->ops, t->cap * sizeof *t->ops);
	}
	struct tape_op *to = &t->ops[t->n++];
	*to                = *op;
	to->path           = copy_text(path);
	to->p              = NULL;
	if (p != NULL && op->n != 0) {
		to->p = room(NULL, op->n);
		memcpy(to->p, p, op->n);
	}
}

/* --- playing --------------------------------------------------------------------- */

static uint32_t
chance(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static struct file *
reach(struct files *f, const char *path)
{
	struct file *file = files_find(f, path);
	return file != NULL ? file : files_add(f, path);
}

/* OP happens to F as a whole. */
static void
apply(struct files *f, const struct tape_op *op)
{
	switch (op->kind) {
	case DISK_WRITE:
		file_put(reach(f, op->path), op->p, op->n, op->at);
		break;
	case DISK_TRUNCATE:
		file_cut(reach(f, op->path), op->n);
		break;
	case DISK_DELETE:
		files_remove(f, op->path);
		break;
	default:
		break;
	}
}

static void
tear(struct files *f, const struct tape_op *op, uint32_t *seed)
{
	struct file *file = reach(f, op->path);

	for (size_t i = 0; i < op->n; i += SECTOR) {
		size_t n = op->n - i < SECTOR ? op->n - i : SECTOR;
		if (chance(seed) & 1) file_put(file, op->p + i, n, op->at + i);
	}
}

/* What was not synced of OP's file, at the cut. */
static void
maybe(struct files *f, const struct tape_op *op, enum disk_luck luck, uint32_t *seed)
{
	uint32_t dice = luck == DISK_CHANCE ? chance(seed) % 4 : 0;

	if (luck == DISK_NOTHING_KEPT || dice == 1) return;
	if (dice == 2 && op->kind == DISK_WRITE)
		tear(f, op, seed);
	else
		apply(f, op);
}

struct last { /* of each path: how many operations until its last sync */
	size_t      n;
	const char *path[FILES_MAX];
	size_t      at[FILES_MAX];
};

static size_t *
last_of(struct last *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->path[i], path) == 0) return &l->at[i];
	if (l->n == FILES_MAX) abort();
	l->path[l->n] = path;
	return &l->at[l->n++];
}

void
tape_play(
    const struct tape *t, size_t n, enum disk_luck luck, uint32_t seed, struct files *ret)
{
	uint32_t    dice = seed * 2654435761u + 1;
	struct last last = {0};

	for (size_t i = 0; i < n; i++)
		if (t->ops[i].kind == DISK_SYNC || t->ops[i].kind == DISK_DELETE)
			*last_of(&last, t->ops[i].path) = i + 1;
	files_copy(ret, &t->start);
	for (size_t i = 0; i < n; i++) {
		const struct tape_op *op = &t->ops[i];
		if (op->kind == DISK_DELETE || i < *last_of(&last, op->path))
			apply(ret, op);
		else
			maybe(ret, op, luck, &dice);
	}
}
