/* SPDX-License-Identifier: EUPL-1.2 */
/* near.c - edit distance, and the nearest name. */
#include "policy/read/near.h"

#include <string.h>

enum { WORD_MAX = 96 }; /* the longest field path; longer words get no suggestion */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Three rows of the usual table are enough; A and B are at most WORD_MAX long. */
static size_t
distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t rows[3][WORD_MAX + 1];
	for (size_t j = 0; j <= n_b; j++) rows[0][j] = j;
	for (size_t i = 1; i <= n_a; i++) {
		size_t *row = rows[i % 3], *up = rows[(i + 2) % 3],
		       *up2 = rows[(i + 1) % 3];
		row[0]      = i;
		for (size_t j = 1; j <= n_b; j++) {
			size_t change = up[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
			row[j]        = least(change, least(up[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], up2[j - 2] + 1);
		}
	}
	return rows[n_a % 3][n_b];
}

const char *
nearest(const char *word, name_at at, const void *arg)
{
	const char *best = NULL, *name;
	size_t      n    = strlen(word);
	if (n == 0 || n > WORD_MAX) return NULL;
	size_t within = (n / 3 > 2 ? n / 3 : 2) + 1;
	for (size_t i = 0; (name = at(arg, i)) != NULL; i++) {
		size_t n_name = strlen(name);
		if (n_name > WORD_MAX) continue;
		size_t d = distance(word, n, name, n_name);
		if (d >= within || d >= n_name) continue;
		best   = name;
		within = d;
	}
	return best;
}
