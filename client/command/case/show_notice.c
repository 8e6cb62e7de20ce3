/* SPDX-License-Identifier: EUPL-1.2 */
/* show_notice.c - what the broker brings word of, in a sentence and a command. */
#include <stdio.h>

#include "client/command/case/notices.h"
#include "client/command/case/route_title.h"
#include "client/command/show.h"

char *
notice_line(const struct sluis *s, const struct policy *p, const struct sluis_delivery *d)
{
	AUTO(message_destroy) Sluis__Notice *n = notice_of(d);
	struct telling t    = {.region = s, .title = route_title, .arg = p};
	char          *text = NULL;
	size_t         size;

	if (n == NULL || (t.to = open_memstream(&text, &size)) == NULL) return NULL;
	tell_notice(&t, n);
	(void)fclose(t.to);
	return text;
}

void
show_notice(struct cli *cli, const struct sluis *s, const struct sluis_delivery *d)
{
	AUTO(policy_destroy) struct policy  *p    = route_policy(cli);
	AUTO(message_destroy) Sluis__Notice *n    = notice_of(d);
	AUTO(auto_free) char                *line = notice_line(s, p, d);
	AUTO(auto_free) char                *how  = NULL;
	char                                 id[ID_BYTES * 2 + 1], when[TIME_TEXT_MAX];
	size_t                               size;
	FILE                                *to = open_memstream(&how, &size);

	if (n == NULL || line == NULL || to == NULL) return;
	tell_notice_command(to, n);
	(void)fclose(to);
	hex_encode(id, sizeof id, slice_of(d->id, sizeof d->id));
	(void)fprintf(cli->out, "%s %s, %s, %s %lld\n%s\n", tr("notice"), id,
	    show_time(n->time_ms, when), tr("entry"), (long long)d->entry_index, line);
	if (how[0] != '\0') (void)fprintf(cli->out, "  %s\n", how);
}
