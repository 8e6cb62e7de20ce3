/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * error.h - filling a struct sluis_error, and codes across the library's border.
 *
 * Texts are English, marked by N_() for the command, which translates.
 *
 * enum sluis_code and enum rc hold the same numbers (tests/unit/test_sluis_codes.c);
 * inside the library we speak rc.
 *
 * Nothing that is written here may hold a value of a signal.
 */
#ifndef SLUIS_CLIENT_ERROR_H
#define SLUIS_CLIENT_ERROR_H

#include "client/sluis.h"
#include "proto/pbjson.h"
#include "proto/rc.h"
#include "wire.pb-c.h"

/* Mark a text for xgettext where it is a constant; tr() it where it is printed. */
#define N_(text) text

static inline enum sluis_code
code_out(rc code)
{
	return (enum sluis_code)code;
}

static inline rc
code_in(enum sluis_code code)
{
	return (rc)code;
}

/* Set *E (may be NULL) to CODE at WHERE because of REASON (either may be NULL); returns
 * CODE. */
rc error_set(struct sluis_error *e, rc code, const char *where, const char *reason);

/* The same from a converter's complaint. */
rc error_from_where(struct sluis_error *e, rc code, const struct where *w);

/* The code that ANSWER carries, with its place, rule and article in *E. */
rc error_from_answer(struct sluis_error *e, const Sluis__Answer *answer);

#endif
