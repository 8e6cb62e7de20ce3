/* SPDX-License-Identifier: EUPL-1.2 */
/* step_text.c - steps in words. */
#include "client/command/policy/step_text.h"

#include <stdio.h>
#include <string.h>

#include "client/command/translate.h"

/* --- facts ----------------------------------------------------------------------- */

static const struct {
	const char *dimension;
	const char *texts[6]; /* by value */
} dimensions[] = {
    {"role",
        {N_("the person is a victim"), N_("the person is a suspect or facilitator"),
            N_("the person is a witness"), N_("the person is a relative or guardian"),
            N_("the person is somebody else")}},
    {"age", {N_("the age is not stated"), N_("the person is a minor"),
                N_("the person is known to be an adult")}},
    {"consent_care", {N_("no consent to sharing inside the care chain"),
                         N_("this person consents to sharing inside the care chain")}},
    {"consent_enforcement",
        {N_("no consent to sharing with enforcement"),
            N_("this person consents to sharing care data with enforcement")}},
    {"nationality_needed",
        {N_("the person can be identified without the nationality"),
            N_("the person cannot be identified without the nationality")}},
    {"consent_registration",
        {N_("no consent to being registered"),
            N_("this person consents to being registered as a victim")}},
    {"cie", {N_("no criminal intelligence"), N_("marked as criminal intelligence")}},
    {"layer_2", {N_("in layer 1 of the table"), N_("in layer 2 of the table")}},
    {"emergency", {N_("no emergency"), N_("acute necessity, recorded")}},
    {"embargo", {N_("no embargo"), N_("an embargo with contact and review date"),
                    N_("an embargo without contact or review date"),
                    N_("an embargo whose review date has passed"),
                    N_("an embargo without contact, whose review date has passed")}},
    {"secrecy",
        {N_("no ground that lifts secrecy"), N_("secrecy lifted by explicit consent"),
            N_("secrecy lifted by a statutory duty"),
            N_("secrecy lifted by good-care necessity")}},
    {"trafficking", {N_("no form of exploitation is named"),
                        N_("the signal names a form of exploitation")}},
    {"criminal_data", {N_("no police or judicial data in the signal"),
                          N_("the signal holds police or judicial data")}},
    {"urgent", {N_("not urgent"), N_("marked urgent")}},
    {"case", {N_("outside a case"), N_("in a case that the recipient takes no part in"),
                 N_("in a case that the recipient takes part in")}},
    {"same_party",
        {N_("the recipient is another party"), N_("the recipient is an own desk")}},
    {"partners_agreed", {N_("the partners of the case did not agree"),
                            N_("the partners of the case agreed")}},
    {"anonymous_report", {N_("no anonymous report"), N_("an anonymous report")}},
    {"reporter_named", {N_("the reporter is not named"), N_("the reporter is named")}},
    {"address_signal",
        {N_("no signal of address quality"), N_("a signal of address quality")}},
    {"persons_named", {N_("no persons in the signal"), N_("persons in the signal")}},
    {"intervention", {N_("no planned intervention"),
                         N_("an intervention without its effect on the victim"),
                         N_("interventions that name their effect on the victim")}},
    {"administrative_report",
        {N_("no administrative report"), N_("an administrative report")}},
    {"shelter_request", {N_("no request for shelter"), N_("a request for shelter")}},
    {"transfer", {N_("no handover"), N_("a handover")}},
};

static const char *
fact_text(const struct step *s)
{
	for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++) {
		if (strcmp(dimensions[i].dimension, s->dimension) == 0 && s->value < 6 &&
		    dimensions[i].texts[s->value] != NULL)
			return tr(dimensions[i].texts[s->value]);
	}
	return s->dimension;
}

/* --- the other steps ------------------------------------------------------------- */

static const char *
audience_text(enum audience from, enum audience to)
{
	switch (to) {
	case AUDIENCE_SIGNATORY:
		return from == AUDIENCE_EXPIRED ? tr("the convenant is renewed")
		                                : tr("the recipient signs the convenant");
	case AUDIENCE_INCIDENTAL:
		return tr("the recipient signs a declaration of confidentiality");
	case AUDIENCE_NON_SIGNATORY:
		return tr("the recipient's signature ends");
	case AUDIENCE_EXPIRED:
		break;
	}
	return tr("the convenant ends");
}

static void
seat_name(const struct step *s, char out[STEP_TEXT_MAX])
{
	(void)snprintf(out, STEP_TEXT_MAX, "%s%s%s", s->id, s->desk == NULL ? "" : "/",
	    s->desk == NULL ? "" : s->desk);
}

static const char *
step_text(const struct step *s, char out[STEP_TEXT_MAX])
{
	char name[STEP_TEXT_MAX];
	switch (s->kind) {
	case STEP_FACTS:
		return fact_text(s);
	case STEP_AUDIENCE:
		return audience_text(s->from, s->to);
	case STEP_PHASE:
		(void)snprintf(out, STEP_TEXT_MAX, tr("phase %s"), s->id);
		return out;
	case STEP_PURPOSE:
		(void)snprintf(out, STEP_TEXT_MAX, tr("purpose %s"), s->id);
		return out;
	case STEP_RECIPIENT:
		seat_name(s, name);
		(void)snprintf(out, STEP_TEXT_MAX, tr("to %.100s"), name);
		return out;
	case STEP_SENDER:
		seat_name(s, name);
		(void)snprintf(out, STEP_TEXT_MAX, tr("supplied by %.100s"), name);
		return out;
	}
	return "";
}

/* --- changes --------------------------------------------------------------------- */

const char *
change_text(const struct change *c, char out[STEP_TEXT_MAX])
{
	size_t n = 0;
	out[0]   = '\0';
	for (size_t i = 0; i < c->n && n < STEP_TEXT_MAX - 1; i++) {
		char one[STEP_TEXT_MAX];
		int  more = snprintf(out + n, STEP_TEXT_MAX - n, "%s%s",
                    i == 0 ? "" : tr(", and: "), step_text(&c->steps[i], one));
		n += more > 0 ? (size_t)more : 0;
	}
	return out;
}

const char *
step_name(enum step_kind kind)
{
	static const char *const names[] = {
	    "facts", "phase", "purpose", "audience", "recipient", "sender"};
	return names[kind];
}

static const char *
fact_ids(factset facts, char out[STEP_TEXT_MAX])
{
	size_t n = 0;
	(void)snprintf(out, STEP_TEXT_MAX, "none");
	for (unsigned bit = 0; bit < 64 && n < STEP_TEXT_MAX / 2; bit++) {
		if ((facts >> bit & 1) == 0) continue;
		int more = snprintf(out + n, STEP_TEXT_MAX - n, "%s%s", n == 0 ? "" : "+",
		    fact_name((enum fact)bit));
		n += more > 0 ? (size_t)more : 0;
	}
	return out;
}

const char *
step_value(const struct step *s, char out[STEP_TEXT_MAX])
{
	switch (s->kind) {
	case STEP_FACTS:
		return fact_ids(s->facts, out);
	case STEP_AUDIENCE:
		return audience_name(s->to);
	case STEP_PHASE:
	case STEP_PURPOSE:
		return s->id;
	case STEP_RECIPIENT:
	case STEP_SENDER:
		seat_name(s, out);
		return out;
	}
	return "";
}
