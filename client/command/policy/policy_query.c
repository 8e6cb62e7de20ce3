/* SPDX-License-Identifier: EUPL-1.2 */
/* policy_query.c - reading filters, and saying which of them is wrong. */
#include "client/command/policy/policy_query.h"

#include <string.h>

#include "client/command/complain.h"
#include "policy/read/suggest.h"

/* --- reading --------------------------------------------------------------------- */

/* "role/desk" apart, in TEXT; RC_USAGE after a complaint. */
static rc
take_seat(struct cli *cli, const char *option, char text[128], const char **role,
    const char **desk)
{
	const char *value = cli_value(cli, option);
	char       *slash;

	if (value == NULL) return RC_OK;
	int n = snprintf(text, 128, "%s", value);
	slash = strchr(text, '/');
	if (n < 0 || n >= 128 || (slash != NULL && slash[1] == '\0')) {
		(void)complain_code(cli, RC_USAGE, value,
		    N_("a role or role/desk is needed, as the policy names them"));
		return RC_USAGE;
	}
	if (slash != NULL) {
		*slash = '\0';
		*desk  = slash + 1;
	}
	*role = text;
	return RC_OK;
}

rc
policy_query_read(struct cli *cli, struct policy_query *ret)
{
	*ret = (struct policy_query){.grid = {.convenant = cli_value(cli, "convenant"),
	                                 .phase          = cli_value(cli, "phase"),
	                                 .class_name     = cli_value(cli, "class"),
	                                 .audience       = cli_value(cli, "audience")}};
	TRY(take_seat(cli, "from", ret->from, &ret->grid.sender, &ret->grid.sender_desk));
	return take_seat(
	    cli, "to", ret->to, &ret->grid.recipient, &ret->grid.recipient_desk);
}

/* --- complaining ----------------------------------------------------------------- */

static const char *
convenant_at(const void *policy, size_t i)
{
	const struct convenant_info *c = policy_convenant_at(policy, i);
	return c == NULL ? NULL : c->id;
}

static const char *
role_at(const void *policy, size_t i)
{
	const struct role_info *r = policy_role_at(policy, i);
	return r == NULL ? NULL : r->id;
}

static const char *
class_at(const void *arg, size_t i)
{
	(void)arg;
	return matrix_class_at(i) == NULL ? NULL : matrix_class_at(i)->name;
}

static const char *
phase_at(const void *convenant, size_t i)
{
	const struct convenant_info *c = convenant;
	return c->phases[i];
}

static const char *
audience_at(const void *arg, size_t i)
{
	(void)arg;
	return i < 4 ? audience_name((enum audience)(1U << i)) : NULL;
}

static bool
is_role(const struct policy *p, const char *value)
{
	char role[128];

	(void)snprintf(role, sizeof role, "%.*s", (int)strcspn(value, "/"), value);
	return policy_role(p, role) != NULL;
}

static bool
is_among(name_at names, const void *arg, const char *value)
{
	for (size_t i = 0; names(arg, i) != NULL; i++)
		if (strcmp(names(arg, i), value) == 0) return true;
	return false;
}

static int
not_found(struct cli *cli, const struct policy *p, const char *option, const char *value,
    const char *reason, name_at names, const void *arg)
{
	struct sluis_error e;
	char               where[160];
	char               all[120];
	const char        *near = names == NULL ? NULL : suggest(p, value, names, arg);

	if (names != NULL && near == NULL && suggest_all(names, arg, all, sizeof all))
		(void)snprintf(
		    where, sizeof where, "--%s %.32s (%s)", option, value, all);
	else
		(void)snprintf(where, sizeof where, "--%s %s", option, value);
	ignore(error_set(&e, RC_NOT_FOUND, where, reason));
	if (near != NULL) (void)snprintf(e.rule, sizeof e.rule, "%s", near);
	return complain(cli, &e);
}

int
policy_query_complain(struct cli *cli, const struct policy *p, rc code)
{
	const char *convenant = cli_value(cli, "convenant"),
	           *from = cli_value(cli, "from"), *to = cli_value(cli, "to"),
	           *class    = cli_value(cli, "class"),
	           *audience = cli_value(cli, "audience"),
	           *phase    = cli_value(cli, "phase");
	const char *no_role  = N_("the policy has no such role or desk");

	if (code != RC_NOT_FOUND) return complain_code(cli, code, cli->args[0], NULL);
	if (convenant != NULL && policy_convenant(p, convenant) == NULL)
		return not_found(cli, p, "convenant", convenant,
		    N_("the policy has no such convenant"), convenant_at, p);
	if (from != NULL && !is_role(p, from))
		return not_found(cli, p, "from", from, no_role, role_at, p);
	if (to != NULL && !is_role(p, to))
		return not_found(cli, p, "to", to, no_role, role_at, p);
	if (class != NULL && !is_among(class_at, NULL, class))
		return not_found(cli, p, "class", class,
		    N_("there is no such kind of record"), class_at, NULL);
	if (audience != NULL && !is_among(audience_at, NULL, audience))
		return not_found(cli, p, "audience", audience,
		    N_("there is no such audience"), audience_at, NULL);
	if (from != NULL && strchr(from, '/') != NULL)
		return not_found(cli, p, "from", from, no_role, NULL, NULL);
	if (to != NULL && strchr(to, '/') != NULL)
		return not_found(cli, p, "to", to, no_role, NULL, NULL);
	const struct convenant_info *c =
	    convenant == NULL ? NULL : policy_convenant(p, convenant);
	return not_found(cli, p, "phase", phase != NULL ? phase : "",
	    N_("the convenant has no such phase"), c == NULL ? NULL : phase_at, c);
}
