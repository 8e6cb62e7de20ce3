/* SPDX-License-Identifier: EUPL-1.2 */
/* share.c - what is shared, with whom, under what. */
#include "client/command/share.h"

#include <string.h>

#include "certs/file.h"
#include "client/command/complain.h"
#include "client/command/hint_text.h"

enum { SIGNAL_FILE_MAX = 1024 * 1024 };

void
share_wipe(struct share *h)
{
	errand_wipe(&h->e);
	buf_wipe(&h->text);
}

rc
share_signal(struct share *h, const char *path)
{
	h->text = buf_init(SIGNAL_FILE_MAX);
	rc code = file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, SIGNAL_FILE_MAX,
	    false, &h->text);
	if (code != RC_OK)
		(void)complain_code(
		    h->e.cli, code, path, N_("the signal cannot be read"));
	h->what.signal_json   = (const char *)h->text.p;
	h->what.signal_json_n = h->text.n;
	if (code == RC_OK)
		hints_show(h->e.cli, h->what.signal_json, h->what.signal_json_n);
	return code;
}

void
share_named(struct share *h)
{
	for (size_t i = 0; i < h->to.n; i++) {
		h->recipients[i].oin  = h->to.named[i].oin;
		h->recipients[i].desk = h->to.items[i].desk;
	}
	h->what.recipients   = h->recipients;
	h->what.n_recipients = h->to.n;
}

rc
share_to(struct share *h, const char *option, const char *list)
{
	TRY(desks_read(h->e.cli, h->e.s, option, list, &h->to));
	share_named(h);
	return RC_OK;
}

/* --- inside a case --------------------------------------------------------------- */

/* What option NAME says, else what the case has in FORCE. */
static rc
in_force(struct share *h, const char *name, const char *force, char out[DESK_MAX + 1],
    const char **ret)
{
	const char *asked = cli_value(h->e.cli, name);

	if (asked != NULL) {
		*ret = asked;
		return RC_OK;
	}
	if (force == NULL) {
		(void)complain_code(h->e.cli, RC_NOT_IN_STATE, name,
		    N_("in its present state nothing may be shared in this case"));
		return RC_NOT_IN_STATE;
	}
	(void)snprintf(out, DESK_MAX + 1, "%s", force);
	*ret = out;
	return RC_OK;
}

/* All of it is named already, as in work without a connection. */
static bool
is_told(struct share *h, const char *text)
{
	h->what.convenant = cli_value(h->e.cli, "convenant");
	h->what.phase     = cli_value(h->e.cli, "phase");
	h->what.purpose   = cli_value(h->e.cli, "purpose");
	return h->what.convenant != NULL && h->what.phase != NULL &&
	       h->what.purpose != NULL && id_parse(text, h->case_id);
}

rc
share_in_case(struct share *h, const char *text, const Sluis__CaseView **ret)
{
	const Sluis__CaseView *c = NULL;

	h->what.case_id = h->case_id;
	if (ret == NULL && is_told(h, text)) return RC_OK;
	TRY(errand_case(&h->e, text, h->case_id));
	TRY(errand_view(&h->e, h->case_id, &c));
	TRY(in_force(h, "convenant", c->convenant, h->convenant, &h->what.convenant));
	TRY(in_force(h, "phase", c->phase, h->phase, &h->what.phase));
	TRY(in_force(h, "purpose", c->purpose, h->purpose, &h->what.purpose));
	if (ret != NULL) *ret = c;
	return RC_OK;
}
