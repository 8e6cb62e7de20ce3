/* SPDX-License-Identifier: EUPL-1.2 */
/* rc.c - the catalogue of result codes, looked up both ways. */
#include "proto/rc.h"

#include <stddef.h>
#include <string.h>

struct entry {
	rc          code;
	int         exit_status;
	const char *name;
};

#define ENTRY(symbol, kind, n, status, name) {symbol, status, name},

static const struct entry catalogue[] = {RC_LIST(ENTRY)};

enum { N_CODES = sizeof catalogue / sizeof catalogue[0] };

static const struct entry *
find(rc code)
{
	for (size_t i = 0; i < N_CODES; i++)
		if (catalogue[i].code == code) return &catalogue[i];
	return NULL;
}

const char *
rc_name(rc code)
{
	if (code == RC_OK) return "ok";
	const struct entry *e = find(code);
	return e != NULL ? e->name : "internal_error";
}

rc
rc_from_name(const char *name)
{
	if (strcmp(name, "ok") == 0) return RC_OK;
	for (size_t i = 0; i < N_CODES; i++)
		if (strcmp(catalogue[i].name, name) == 0) return catalogue[i].code;
	return RC_INTERNAL;
}

int
rc_exit_status(rc code)
{
	if (code == RC_OK) return 0;
	const struct entry *e = find(code);
	return e != NULL ? e->exit_status : 1;
}

rc
rc_at(unsigned n)
{
	return n < N_CODES ? catalogue[n].code : RC_OK;
}
