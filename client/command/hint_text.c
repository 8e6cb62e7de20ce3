/* SPDX-License-Identifier: EUPL-1.2 */
/* hint_text.c - what each hint says, and when it is said. */
#include "client/command/hint_text.h"

#include <string.h>

#include "policy/hints.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/pbjson.h"

static const char alarm_id[] = "call_112";

static const struct {
	const char *id, *text;
} texts[] = {
    {"call_112",
        N_("URGENT: call 112 now if somebody is in danger. sluis is no emergency "
           "channel; report here afterwards.")},
    {"meldcode_veilig_thuis",
        N_("a victim is in view: weigh a report to Veilig Thuis (Meldcode)")},
    {"meldpunt_ondermijning", N_("no recognisable victim: this is for the meldpunt "
                                 "ondermijning")},
    {"cosm", N_("no residence status: shelter for victims without one is COSM; help "
                "never waits for a status")},
    {"reflection_period", N_("the reflection period ends within three months: discuss "
                             "it before its last day")},
    {"reporter_anonymous",
        N_("an anonymous report names no reporter: take those fields out")},
    {"effect_on_victim",
        N_("say what the intervention does to the victim (effect_on_victim)")},
};

const char *
hint_text(const char *id)
{
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(texts[i].id, id) == 0) return tr(texts[i].text);
	return NULL;
}

static void
say(struct cli *cli, const char *id)
{
	const char *text = hint_text(id);

	if (cli->json) return; /* the result has `hints` */
	if (strcmp(id, alarm_id) == 0)
		(void)fprintf(cli->err, "!!! %s\n", text);
	else if (!cli->quiet && text != NULL)
		(void)fprintf(cli->err, "%s: %s\n", tr("hint"), text);
}

static size_t
read_hints(const char *json, size_t n, const char *ids[HINTS_MAX])
{
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;

	if (pbjson_parse(&sluis__signal__descriptor, slice_of(json, n), &signal, NULL) !=
	    RC_OK)
		return 0;
	return hints_of_signal((const Sluis__Signal *)signal, ids);
}

void
hints_show(struct cli *cli, const char *json, size_t n)
{
	const char *ids[HINTS_MAX];

	n = read_hints(json, n, ids);
	for (size_t i = 0; i < n; i++) say(cli, ids[i]);
}

bool
hints_show_urgent(struct cli *cli, const char *json)
{
	const char *ids[HINTS_MAX];
	size_t      n = read_hints(json, strlen(json), ids);

	if (n == 0 || strcmp(ids[0], alarm_id) != 0) return false;
	say(cli, alarm_id);
	return true;
}
