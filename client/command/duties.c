/* SPDX-License-Identifier: EUPL-1.2 */
/* duties.c - obligations, one a line, in the reader's language where that can be. */
#include "client/command/duties.h"

#include "client/command/case/route_title.h"
#include "client/command/show.h"

struct policy *
duties_policy(struct cli *cli, size_t n, const struct sluis_obligation *list)
{
	for (size_t i = 0; i < n && !translate_is_dutch(); i++)
		if (list[i].text[0] != '\0') return route_policy(cli);
	return NULL;
}

static const char *
text_of(const struct policy *p, const struct sluis_obligation *o)
{
	const struct obligation_info *known =
	    p != NULL ? policy_obligation(p, o->id, o->text) : NULL;

	return known != NULL ? known->text_en : o->text;
}

void
duties_show(struct cli *cli, const struct policy *p, const char *indent, size_t n,
    const struct sluis_obligation *list)
{
	char when[TIME_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct sluis_obligation *o = &list[i];
		(void)fprintf(cli->out, "%s%s %s%s%s", indent, tr("obligation"), o->id,
		    o->text[0] != '\0' ? ": " : "", text_of(p, o));
		if (o->until_ms != 0)
			(void)fprintf(cli->out, ", %s %.10s", tr("until"),
			    show_time(o->until_ms, when));
		if (o->article[0] != '\0') (void)fprintf(cli->out, " (%s)", o->article);
		(void)fputc('\n', cli->out);
	}
}
