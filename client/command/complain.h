/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * complain.h - errors as people read them: what, where, why, and what to do next.
 *
 *	sluis: recipient_not_entitled: de ontvanger is niet bevoegd
 *	  plaats: persons[0].bsn
 *	  reden:  an eleven-test number is needed
 *	  grond:  zorg.identity.2 (Besluit WGS 2.24)
 *	  verder: sluis help exit
 *
 * The code is stable; the texts are translated.  Nothing here prints a value of a
 * signal: struct sluis_error holds none.
 */
#ifndef SLUIS_CLIENT_COMMAND_COMPLAIN_H
#define SLUIS_CLIENT_COMMAND_COMPLAIN_H

#include "client/command/cli.h"

/* Print E to stderr (as JSON with --json); returns the exit status of its code. */
int complain(struct cli *cli, const struct sluis_error *e);

/* The same about a denial, with what would have to CHANGE ("": unknown). */
int complain_denied(struct cli *cli, const struct sluis_error *e, const char *change);

/* The same from parts; REASON is a msgid or NULL. */
int complain_code(struct cli *cli, rc code, const char *where, const char *reason);

/* The same, with other ADVICE on what to do next than the code has: a msgid, "" for
 * none. */
int complain_advised(
    struct cli *cli, rc code, const char *where, const char *reason, const char *advice);

/* That TEXT names nothing here, because of REASON, or what E says when CODE is another
 * one than of id_find() for such a text. */
int complain_id(struct cli *cli, rc code, const struct sluis_error *e, const char *text,
    const char *reason);

/* What S's last call failed with. */
int complain_handle(struct cli *cli, const struct sluis *s);

/* What CODE means, and what to do about it ("" for nothing), as msgids. */
const char *code_meaning(rc code);
const char *code_advice(rc code);

/* A line of progress on stderr, only when that is a terminal; END ends it. */
void progress(struct cli *cli, const char *what, uint64_t done, uint64_t total);
void progress_end(struct cli *cli);

#endif
