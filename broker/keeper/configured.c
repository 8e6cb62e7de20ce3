/* SPDX-License-Identifier: EUPL-1.2 */
/* configured.c - starting the keeper of a configuration, and why it does not start. */
#include "broker/keeper/configured.h"

#include "broker/why.h"

static void
complain_of_keys(const struct config *c, rc code)
{
	char text[WHY_MAX];

	if (code == RC_NOT_FOUND)
		why_text(text, c->keys_file,
		    "it is not there; sluisd --generate-keys makes that of a new region");
	else
		why_file(text, c->keys_file, true,
		    c->hsm_module == NULL ? "it is no keys file that this sluisd can use"
		                          : "it, or the token of hsm_module, hsm_token "
		                            "and hsm_pin_file, cannot "
		                            "be used");
	LOG(LOG_CONFIG, .code = code, .detail = text);
}

rc
keeper_configured(
    struct keeper **ret, const struct config *c, unsigned n_lines, const char *user)
{
	struct keeper_options o = {.keys_file = c->keys_file,
	    .origin                           = c->origin,
	    .n_lines                          = n_lines,
	    .user                             = user,
	    .hsm                              = {.module = c->hsm_module,
	                                     .token      = c->hsm_token,
	                                     .pin_file   = c->hsm_pin_file}};

	rc code = keeper_start(ret, &o);
	if (code != RC_OK) complain_of_keys(c, code);
	return code;
}
