/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * files.h - reading vectors: whole files and whole folders, for tests only.
 *
 * Anything that goes wrong fails the test at once.
 */
#ifndef SLUIS_TESTS_FILES_H
#define SLUIS_TESTS_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proto/bytes.h"

/* Append the file PATH to OUT. */
static inline void
read_file(const char *path, struct buf *out)
{
	FILE   *f = fopen(path, "rb");
	uint8_t part[4096];
	size_t  n;

	if (f == NULL) fail_msg("cannot read %s", path);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		assert_int_equal(buf_append(out, slice_of(part, n)), RC_OK);
	assert_int_equal(fclose(f), 0);
}

/* Call TAKE for every regular file below FOLDER; returns how many there were. */
static inline size_t
walk_files(const char *folder, void (*take)(const char *path, void *arg), void *arg)
{
	DIR           *d = opendir(folder);
	struct dirent *e;
	struct stat    st;
	size_t         n = 0;

	if (d == NULL) fail_msg("cannot open %s", folder);
	while ((e = readdir(d)) != NULL) {
		char path[1024];
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
		int length = snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		assert_true(length > 0 && (size_t)length < sizeof path);
		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			n += walk_files(path, take, arg);
		} else {
			take(path, arg);
			n++;
		}
	}
	(void)closedir(d);
	return n;
}

#endif
