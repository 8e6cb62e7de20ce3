/* SPDX-License-Identifier: EUPL-1.2 */
/* payload.c - the signals that are sent. */
#include "payload.h"

#include <stdio.h>
#include <stdlib.h>

#include "load.h"

enum { LENGTH_BYTES = 4, RECORD_MAX = 1 << 20 };

static void
read_file(const char *path, struct payload *p)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL || fseek(f, 0, SEEK_END) != 0) die_of("no signals", path);
	long bytes = ftell(f);
	if (bytes <= 0 || fseek(f, 0, SEEK_SET) != 0) die_of("no signals", path);
	p->bytes = (size_t)bytes;
	p->file  = malloc(p->bytes);
	if (p->file == NULL || fread(p->file, 1, p->bytes, f) != p->bytes)
		die_of("cannot be read", path);
	(void)fclose(f);
}

static size_t
length_at(const struct payload *p, size_t at)
{
	const uint8_t *b = p->file + at;

	if (p->bytes - at < LENGTH_BYTES) die("signals: cut short");
	size_t n = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
	if (n == 0 || n > RECORD_MAX || n > p->bytes - at - LENGTH_BYTES)
		die("signals: cut short");
	return n;
}

struct payload
payload_read(const char *path)
{
	struct payload p = {.n = 0};

	read_file(path, &p);
	for (size_t at = 0; at < p.bytes; at += LENGTH_BYTES + length_at(&p, at)) p.n++;
	p.at  = calloc(p.n, sizeof *p.at);
	p.len = calloc(p.n, sizeof *p.len);
	if (p.at == NULL || p.len == NULL) die("memory");
	for (size_t i = 0, at = 0; i < p.n; at += LENGTH_BYTES + p.len[i++]) {
		p.len[i] = length_at(&p, at);
		p.at[i]  = p.file + at + LENGTH_BYTES;
		if (p.len[i] > p.longest) p.longest = p.len[i];
	}
	return p;
}

void
payload_free(struct payload *p)
{
	free(p->file);
	free(p->at);
	free(p->len);
	*p = (struct payload){.n = 0};
}

double
payload_mean(const struct payload *p)
{
	return (double)(p->bytes - p->n * LENGTH_BYTES) / (double)p->n;
}
