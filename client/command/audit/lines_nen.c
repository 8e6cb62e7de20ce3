/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lines_nen.c - entries in the fields of NEN 7513, one JSON object a line.
 *
 * The norm wants to know who did what, when, with which file, on whose behalf and by
 * which permission.  Who: the user that the acting party named, in its own numbering, and
 * its desk and OIN.  The file: the signal or act by its trace id; the patient stands in
 * the file of the source and is not in the journal.
 */
#include <string.h>

#include "client/command/audit/lines.h"
#include "client/command/show.h"

/* Create, read, update, delete, execute. */
static const struct {
	const char *kind, *action;
} actions[] = {
    {"ruling", "E"},
    {"acknowledged", "R"},
    {"audit_read", "R"},
    {"subject_read", "R"},
    {"undelivered", "D"},
    {"withdrawn", "D"},
    {"destroyed", "D"},
    {"removed", "D"},
    {"erased", "D"},
    {"revoked", "D"},
    {"enrolled", "C"},
    {"opened", "C"},
    {"policy", "U"},
    {"case", "U"},
};

static const char *
action_of(const char *kind)
{
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (strcmp(actions[i].kind, kind) == 0) return actions[i].action;
	return "E";
}

/* "2026-11-21T16:06:02.123Z" */
static void
moment(uint64_t ms, char out[TIME_TEXT_MAX + 8])
{
	char text[TIME_TEXT_MAX];

	(void)snprintf(out, TIME_TEXT_MAX + 8, "%s.%03uZ", show_time(ms, text),
	    (unsigned)(ms % 1000));
	if (out[10] == ' ') out[10] = 'T';
}

static json_t *
user_json(const char *user, const char *oin, const char *desk, const char *purpose,
    bool requestor)
{
	return json_pack("{s:s*, s:s, s:b, s:s, s:s*}", "userID",
	    user[0] != '\0' ? user : NULL, "alternateUserID", oin, "userIsRequestor",
	    requestor ? 1 : 0, "roleIDCode", desk, "purposeOfUse",
	    purpose[0] != '\0' ? purpose : NULL);
}

/* Who acted first; who only has a part in it after that. */
static json_t *
users(const struct sluis_entry *e)
{
	json_t *list     = json_array();
	bool    by_other = e->sender_oin[0] == '\0';

	if (!by_other)
		(void)json_array_append_new(list,
		    user_json(e->user, e->sender_oin, e->sender_desk, e->purpose, true));
	if (e->recipient_oin[0] != '\0')
		(void)json_array_append_new(
		    list, user_json(by_other ? e->user : "", e->recipient_oin,
		              e->recipient_desk, "",
		              by_other && strcmp(e->kind, "acknowledged") == 0));
	return list;
}

static json_t *
objects(const struct lines *l, const struct sluis_entry *e)
{
	char        trace[ID_BYTES * 2 + 1], in_case[ID_BYTES * 2 + 1];
	json_t     *list   = json_array();
	const char *folder = lines_hex(e->case_id, ID_BYTES, in_case);

	if (e->trace_id == NULL && e->n_fields == 0) return list;
	(void)json_array_append_new(list,
	    json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:o}",
	        "participantObjectTypeCode", "2", "participantObjectIDTypeCode",
	        "sluis-trace", "participantObjectID",
	        lines_hex(e->trace_id, ID_BYTES, trace), "participantObjectName",
	        folder[0] != '\0' ? folder : NULL, "participantObjectPermissionPolicySet",
	        e->bundle[0] != '\0' ? e->bundle : NULL, "participantObjectDescription",
	        e->convenant[0] != '\0' ? e->convenant : NULL, "participantObjectDetail",
	        lines_fields(l, e)));
	return list;
}

static rc
entry(struct lines *l, const struct sluis_entry *e)
{
	char        when[TIME_TEXT_MAX + 8];
	const char *site = e->sender_oin[0] != '\0' ? e->sender_oin : e->recipient_oin;

	moment(e->time_ms, when);
	return lines_put(l,
	    json_pack("{s:s, s:s, s:s, s:s, s:s*, s:o, s:o, s:s*, s:s, s:s*, s:s, s:I}",
	        "EventID", e->kind, "EventActionCode", action_of(e->kind),
	        "EventDateTime", when, "EventOutcomeIndicator",
	        e->code[0] == '\0' ? "0" : "4", "EventTypeCode",
	        e->code[0] != '\0' ? e->code : NULL, "users", users(e), "participants",
	        objects(l, e), "autorisatieProtocol", e->rule[0] != '\0' ? e->rule : NULL,
	        "AuditSourceID", l->origin, "AuditEnterpriseSiteID",
	        site[0] != '\0' ? site : NULL, "AuditSourceTypeCode", "4", "sluisEntry",
	        (json_int_t)e->index));
}

const struct lines_form lines_nen = {"nen7513", NULL, entry};
