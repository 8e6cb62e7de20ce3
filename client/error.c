/* SPDX-License-Identifier: EUPL-1.2 */
/* error.c - what went wrong, in a struct that the caller of the library can read. */
#include "client/error.h"

#include <stdio.h>
#include <string.h>

#include "proto/text.h"

/* Copy TEXT (may be NULL) into OUT as plain text, cut to fit. */
static void
put(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text != NULL ? text : "");
	text_make_plain(out);
}

rc
error_set(struct sluis_error *e, rc code, const char *where, const char *reason)
{
	if (e == NULL) return code;
	memset(e, 0, sizeof *e);
	e->code = code_out(code);
	put(e->where, sizeof e->where, where);
	put(e->reason, sizeof e->reason, reason);
	return code;
}

rc
error_from_where(struct sluis_error *e, rc code, const struct where *w)
{
	return error_set(e, code, w->at, w->reason);
}

rc
error_from_answer(struct sluis_error *e, const Sluis__Answer *answer)
{
	rc code = answer->code != NULL ? rc_from_name(answer->code) : RC_MALFORMED;
	if (code == RC_OK || e == NULL) return code;
	ignore(error_set(e, code, answer->where, NULL));
	put(e->rule, sizeof e->rule, answer->rule);
	put(e->article, sizeof e->article, answer->article);
	return code;
}
