/* SPDX-License-Identifier: EUPL-1.2 */
/* choice.c - words for coded answers. */
#include "client/command/case/choice.h"

#include <string.h>

#include "case.pb-c.h"
#include "client/command/complain.h"
#include "signal.pb-c.h"

const struct choice choices_yes_no[] = {
    {1, "yes", N_("yes")},
    {0, "no", N_("no")},
    {0, NULL, NULL},
};

const struct choice choices_align[] = {
    {SLUIS__ALIGN_ANSWER__ALIGN_YES, "yes", N_("yes, reason enough for a case table")},
    {SLUIS__ALIGN_ANSWER__ALIGN_NO, "no", N_("no, no reason for a case table")},
    {SLUIS__ALIGN_ANSWER__ALIGN_MORE, "more", N_("more is needed to judge")},
    {0, NULL, NULL},
};

const struct choice choices_as[] = {
    {SLUIS__PARTICIPANT_AS__PARTICIPANT, "participant", N_("participant")},
    {SLUIS__PARTICIPANT_AS__ADVISER, "adviser", N_("adviser (alignment)")},
    {SLUIS__PARTICIPANT_AS__THIRD_PARTY, "third-party", N_("incidental third party")},
    {0, NULL, NULL},
};

const struct choice choices_assessment[] = {
    {SLUIS__ASSESSMENT__ASSESSED_RIGHT, "right", N_("your assessment was right")},
    {SLUIS__ASSESSMENT__ASSESSED_PARTLY, "partly",
        N_("your assessment was partly right")},
    {SLUIS__ASSESSMENT__ASSESSED_WRONG, "wrong", N_("your assessment was not right")},
    {SLUIS__ASSESSMENT__ASSESSED_UNKNOWN, "unknown",
        N_("it is not known whether your assessment was right")},
    {0, NULL, NULL},
};

const struct choice choices_no_action[] = {
    {SLUIS__NO_ACTION_REASON__ALREADY_KNOWN, "known", N_("it was known already")},
    {SLUIS__NO_ACTION_REASON__TOO_LITTLE, "too-little", N_("it is too little to act on")},
    {SLUIS__NO_ACTION_REASON__NO_CAPACITY, "no-capacity", N_("there is no capacity")},
    {SLUIS__NO_ACTION_REASON__OUTSIDE_TASK, "outside-task", N_("it is not our task")},
    {SLUIS__NO_ACTION_REASON__HANDLED_BY_OTHERS, "others", N_("others deal with it")},
    {0, NULL, NULL},
};

const struct choice choices_disposition[] = {
    {SLUIS__ADDRESS_DISPOSITION__ADMINISTRATIVE_RESEARCH, "research",
        N_("administrative research")},
    {SLUIS__ADDRESS_DISPOSITION__HOUSE_VISIT, "house-visit", N_("house visit")},
    {SLUIS__ADDRESS_DISPOSITION__COOPERATION, "cooperation",
        N_("taken up with other partners")},
    {0, NULL, NULL},
};

const struct choice choices_measure[] = {
    {SLUIS__REPORT_MEASURE__PERMIT_REFUSED, "permit-refused", N_("permit refused")},
    {SLUIS__REPORT_MEASURE__PERMIT_WITHDRAWN, "permit-withdrawn", N_("permit withdrawn")},
    {SLUIS__REPORT_MEASURE__PREMISES_CLOSED, "closed", N_("premises closed")},
    {SLUIS__REPORT_MEASURE__PENALTY_IMPOSED, "penalty", N_("penalty imposed")},
    {SLUIS__REPORT_MEASURE__WARNING_GIVEN, "warning", N_("warning given")},
    {SLUIS__REPORT_MEASURE__NO_MEASURE, "none", N_("no measure")},
    {0, NULL, NULL},
};

const struct choice choices_registration[] = {
    {SLUIS__REGISTRATION_STATE__REGISTERED, "registered", N_("registered")},
    {SLUIS__REGISTRATION_STATE__ALREADY_REGISTERED, "already",
        N_("was registered already")},
    {SLUIS__REGISTRATION_STATE__REGISTRATION_REFUSED, "refused", N_("not registered")},
    {0, NULL, NULL},
};

const struct choice choices_shelter[] = {
    {SLUIS__SHELTER_OFFER__PLACE_AVAILABLE, "place", N_("there is a place")},
    {SLUIS__SHELTER_OFFER__NO_PLACE, "none", N_("there is no place")},
    {SLUIS__SHELTER_OFFER__WAITING_LIST, "waiting-list", N_("on the waiting list")},
    {0, NULL, NULL},
};

const struct choice choices_shelter_kind[] = {
    {SLUIS__SHELTER_KIND__REGULAR_SHELTER, "regular", N_("regular shelter")},
    {SLUIS__SHELTER_KIND__MENS_SHELTER, "mens", N_("shelter for men")},
    {SLUIS__SHELTER_KIND__COSM, "cosm", N_("shelter without residence status (COSM)")},
    {SLUIS__SHELTER_KIND__OMM, "omm", N_("shelter for multiple problems (OMM)")},
    {SLUIS__SHELTER_KIND__CRISIS_SHELTER, "crisis", N_("crisis shelter")},
    {SLUIS__SHELTER_KIND__YOUTH_SHELTER, "youth", N_("youth shelter")},
    {0, NULL, NULL},
};

const struct choice choices_recall[] = {
    {SLUIS__RECALL_GROUND__RECALL_CORRECTED, "corrected",
        N_("it was corrected; a better version follows or has come")},
    {SLUIS__RECALL_GROUND__RECALL_NO_SUSPICION, "no-suspicion",
        N_("there is no suspicion of human trafficking (Besluit WGS 1.16(1)(b))")},
    {SLUIS__RECALL_GROUND__RECALL_PRE_CASE, "pre-case",
        N_("a case began; what came before it is released anew")},
    {SLUIS__RECALL_GROUND__RECALL_CONSENT_WITHDRAWN, "consent",
        N_("consent was withdrawn")},
    {SLUIS__RECALL_GROUND__RECALL_UNLAWFUL, "unlawful",
        N_("it should not have been supplied (Besluit WGS 1.6)")},
    {SLUIS__RECALL_GROUND__RECALL_RETENTION, "retention",
        N_("the term for keeping it has passed (WGS 1.8(7))")},
    {SLUIS__RECALL_GROUND__RECALL_SUBJECT, "subject",
        N_("the person asked for it (AVG 16, 17)")},
    {0, NULL, NULL},
};

const struct choice choices_reveal_what[] = {
    {SLUIS__REVEAL_WHAT__REVEAL_SOURCE, "source", N_("the source")},
    {SLUIS__REVEAL_WHAT__REVEAL_IDENTITY, "identity", N_("the identity")},
    {0, NULL, NULL},
};

const struct choice choices_reveal_ground[] = {
    {SLUIS__REVEAL_GROUND__OFFICIAL_REPORT, "report", N_("for an official report")},
    {SLUIS__REVEAL_GROUND__ACUTE_DANGER_TO_LIFE, "danger",
        N_("because of acute danger to life")},
    {SLUIS__REVEAL_GROUND__CARE_NECESSITY, "care", N_("because care makes it necessary")},
    {SLUIS__REVEAL_GROUND__COURT_ORDER, "court", N_("by order of a court")},
    {0, NULL, NULL},
};

const struct choice choices_reveal_verdict[] = {
    {SLUIS__REVEAL_VERDICT__REVEAL_RELEASED, "release", N_("released")},
    {SLUIS__REVEAL_VERDICT__REVEAL_REFUSED, "refuse", N_("refused")},
    {SLUIS__REVEAL_VERDICT__REVEAL_ORGANISATION_ONLY, "organisation",
        N_("only the organisation is named")},
    {0, NULL, NULL},
};

const char *
choice_text(const struct choice *list, int value)
{
	for (; list->word != NULL; list++)
		if (list->value == value) return tr(list->text);
	return "?";
}

const char *
shelter_kind_name(int value)
{
	const ProtobufCEnumValue *v =
	    protobuf_c_enum_descriptor_get_value(&sluis__shelter_kind__descriptor, value);

	return v != NULL ? v->name : "";
}

const char *
shelter_kind_text(const char *name)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(
	    &sluis__shelter_kind__descriptor, name);

	return v != NULL && v->value != 0 ? choice_text(choices_shelter_kind, v->value)
	                                  : name;
}

static void
name_words(const struct choice *list, char *out, size_t size)
{
	size_t used = (size_t)snprintf(out, size, "%s ", tr("one of these is needed:"));

	for (size_t i = 0; list[i].word != NULL && used < size; i++)
		used += (size_t)snprintf(
		    out + used, size - used, "%s%s", i == 0 ? "" : ", ", list[i].word);
}

rc
choice_find(struct cli *cli, const char *where, const char *word,
    const struct choice *list, int *ret)
{
	char reason[200];

	for (size_t i = 0; list[i].word != NULL; i++) {
		if (strcmp(list[i].word, word) != 0) continue;
		*ret = list[i].value;
		return RC_OK;
	}
	name_words(list, reason, sizeof reason);
	(void)complain_code(cli, RC_USAGE, where, reason);
	return RC_USAGE;
}

rc
choice_read(struct cli *cli, const char *name, const struct choice *list, int *ret,
    bool *ret_given)
{
	const char *word = cli_value(cli, name);
	char        where[64];

	*ret_given = word != NULL;
	if (word == NULL) return RC_OK;
	(void)snprintf(where, sizeof where, "--%s", name);
	return choice_find(cli, where, word, list, ret);
}
