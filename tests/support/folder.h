/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * folder.h - a folder of one test's own below /tmp, and its end with all that is in it.
 *
 * For unit tests and fuzz targets; what goes wrong ends the program.
 */
#ifndef SLUIS_TESTS_FOLDER_H
#define SLUIS_TESTS_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FOLDER_MAX = 48 };

/* A new, empty folder; NAME is part of its path, which goes to DIR. */
static inline void
make_folder(char dir[FOLDER_MAX], const char *name)
{
	int n = snprintf(dir, FOLDER_MAX, "/tmp/sluis-%s-XXXXXX", name);

	if (n < 0 || n >= FOLDER_MAX || mkdtemp(dir) == NULL) abort();
}

static inline int
remove_one_(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

/* DIR and what is in it is no more; links are not followed. */
static inline void
remove_folder(const char *dir)
{
	(void)nftw(dir, remove_one_, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
