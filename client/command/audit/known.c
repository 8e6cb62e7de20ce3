/* SPDX-License-Identifier: EUPL-1.2 */
/* known.c - what there is, and saying so. */
#include "client/command/audit/known.h"

#include <string.h>

#include "client/command/case/phrase.h"
#include "client/command/complain.h"
#include "policy/read/suggest.h"

enum { LISTED_MAX = 40 };

void
known_wipe(struct known *k)
{
	for (size_t i = 0; i < k->n; i++) free(k->names[i]);
	k->n = 0;
}

rc
known_add(struct known *k, const char *name)
{
	if (name == NULL || name[0] == '\0') return RC_OK;
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->names[i], name) == 0) return RC_OK;
	if (k->n == KNOWN_MAX) return RC_OK;
	k->names[k->n] = strdup(name);
	if (k->names[k->n] == NULL) return RC_NOMEM;
	k->n++;
	return RC_OK;
}

const char *
known_at(const void *known, size_t i)
{
	const struct known *k = known;

	return i < k->n ? k->names[i] : NULL;
}

/* "  known:  afstemming, zorg, zvh" */
static void
say_known(struct cli *cli, name_at names, const void *arg)
{
	if (names(arg, 0) == NULL || cli->json) return;
	(void)fprintf(cli->err, "  %-7s ", tr("known:"));
	for (size_t i = 0; names(arg, i) != NULL; i++) {
		if (i == LISTED_MAX) {
			(void)fputs(", ...", cli->err);
			break;
		}
		(void)fputs(i == 0 ? "" : ", ", cli->err);
		phrase_put(cli->err, names(arg, i));
	}
	(void)fputc('\n', cli->err);
}

rc
known_complain(struct cli *cli, const struct policy *p, const char *name,
    const char *value, name_at names, const void *arg)
{
	struct sluis_error e;
	char               where[160], all[120];
	const char        *near = suggest(p, value, names, arg);

	if (cli->json && suggest_all(names, arg, all, sizeof all))
		(void)snprintf(where, sizeof where, "--%s %.24s (%s)", name, value, all);
	else
		(void)snprintf(where, sizeof where, "--%s %.120s", name, value);
	ignore(error_set(&e, RC_USAGE, where, N_("nothing here is called that")));
	if (near != NULL) (void)snprintf(e.rule, sizeof e.rule, "%s", near);
	(void)complain(cli, &e);
	say_known(cli, names, arg);
	return RC_USAGE;
}
