/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fact_text.c - words for facts.
 *
 * Neighbours of one frame share it: "the person is a suspect, a witness or somebody
 * else".  In Dutch the verb comes last, so a frame is a text with a place in it.
 */
#include "client/command/policy/fact_text.h"

#include <string.h>

#include "client/command/translate.h"

static const char person[]  = N_("the person is %s");
static const char secrecy[] = N_("%s lifts secrecy");
static const char agrees[]  = N_("the person consents to sharing %s");
static const char embargo[] = N_("the embargo %s");
static const char alone[]   = "%s";

static const struct text {
	enum fact   fact;
	const char *frame, *words;
} texts[] = {
    {FACT_CIE, alone, N_("it is marked as criminal intelligence (CIE)")},
    {FACT_LAYER_2, alone, N_("it belongs to part 2 of the consultation")},
    {FACT_EMERGENCY, alone, N_("there is acute need")},
    {FACT_EMBARGO, alone, N_("there is an embargo")},
    {FACT_CONSENT_SECRECY, secrecy, N_("consent")},
    {FACT_STATUTORY_DUTY, secrecy, N_("a statutory duty")},
    {FACT_GOOD_CARE, alone, N_("good care makes it necessary")},
    {FACT_TRAFFICKING, alone, N_("a form of exploitation is named")},
    {FACT_CRIMINAL_DATA, alone, N_("the signal holds police or judicial data")},
    {FACT_URGENT, alone, N_("it is urgent")},
    {FACT_CASE, alone, N_("the signal belongs to a case")},
    {FACT_CASE_MEMBER, alone, N_("the recipient takes part in that case")},
    {FACT_EMBARGO_INCOMPLETE, embargo, N_("lacks a contact desk or review date")},
    {FACT_EMBARGO_OVERDUE, embargo, N_("is past its review date")},
    {FACT_SAME_PARTY, alone, N_("the recipient is a desk of the sender itself")},
    {FACT_PARTNERS_AGREED, alone, N_("the partners of the case agreed")},
    {FACT_ANONYMOUS_REPORT, alone, N_("it came from an anonymous report")},
    {FACT_REPORTER_NAMED, alone, N_("it tells who reported")},
    {FACT_ADDRESS_SIGNAL, alone, N_("it came from a check of address quality")},
    {FACT_PERSONS_NAMED, alone, N_("it holds records of persons")},
    {FACT_INTERVENTION, alone, N_("it holds a planned intervention")},
    {FACT_EFFECT_NAMED, alone,
        N_("every planned intervention names its effect on the victim")},
    {FACT_ADMINISTRATIVE_REPORT, alone,
        N_("it holds an administrative report of the police")},
    {FACT_SHELTER_REQUEST, alone, N_("it asks for shelter")},
    {FACT_TRANSFER, alone, N_("it hands somebody over to another region")},
    {FACT_RECIPIENT_SIGNED, alone, N_("the recipient signed")},
    {FACT_SENDER_SIGNED, alone, N_("the sender signed")},
    {FACT_DECLARED, alone, N_("the recipient declared confidentiality")},
    {FACT_EXPIRED, alone, N_("the convenant has ended")},
    {FACT_VICTIM, person, N_("a victim")},
    {FACT_SUSPECT, person, N_("a suspect")},
    {FACT_WITNESS, person, N_("a witness")},
    {FACT_RELATIVE, person, N_("a relative or guardian")},
    {FACT_OTHER_PERSON, person, N_("somebody else")},
    {FACT_MINOR, person, N_("a minor")},
    {FACT_ADULT, person, N_("known to be an adult")},
    {FACT_CONSENT_CARE, agrees, N_("in the care chain")},
    {FACT_CONSENT_ENFORCEMENT, agrees, N_("with enforcement")},
    {FACT_CONSENT_REGISTRATION, alone,
        N_("the person consents to being registered as a victim")},
    {FACT_NATIONALITY_NEEDED, alone, N_("the person cannot be identified without it")},
};

static struct text
text_of(unsigned f)
{
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if ((unsigned)texts[i].fact == f) return texts[i];
	}
	const char *name = fact_name((enum fact)f);
	return (struct text){(enum fact)f, alone, name != NULL ? name : "?"};
}

/* The facts of FACTS from F on that share its frame without another in between. */
static factset
neighbours(factset facts, unsigned f)
{
	const char *frame = text_of(f).frame;
	factset     set   = 0;

	for (; f < 64; f++) {
		if ((facts >> f & 1) == 0) continue;
		if (set != 0 && (frame == alone || text_of(f).frame != frame)) break;
		set |= (factset)1 << f;
	}
	return set;
}

static void
say_separator(FILE *to, bool first, bool last, const char *and_or)
{
	if (first) return;
	if (last)
		(void)fprintf(to, " %s ", and_or);
	else
		(void)fputs(", ", to);
}

static void
say_framed(FILE *to, factset set, const char *and_or)
{
	unsigned    f     = (unsigned)__builtin_ctzll(set);
	const char *frame = text_of(f).frame == alone ? alone : tr(text_of(f).frame);
	const char *gap   = strstr(frame, "%s");
	bool        first = true;

	(void)fwrite(frame, 1, gap != NULL ? (size_t)(gap - frame) : 0, to);
	for (factset rest = set; rest != 0; rest &= rest - 1) {
		say_separator(to, first, (rest & (rest - 1)) == 0, and_or);
		(void)fputs(tr(text_of((unsigned)__builtin_ctzll(rest)).words), to);
		first = false;
	}
	(void)fputs(gap != NULL ? gap + 2 : frame, to);
}

void
fact_list(FILE *to, factset facts, const char *and_or)
{
	bool first = true;

	for (factset rest = facts; rest != 0;) {
		factset set = neighbours(rest, (unsigned)__builtin_ctzll(rest));
		rest &= ~set;
		say_separator(to, first, rest == 0, and_or);
		say_framed(to, set, and_or);
		first = false;
	}
}
