/* SPDX-License-Identifier: EUPL-1.2 */
/* figure_text.c - words for codes. */
#include "client/command/audit/figure_text.h"

#include <stdio.h>
#include <string.h>

#include "client/command/translate.h"

struct word {
	const char *of; /* table or family; NULL: everywhere */
	const char *code, *text;
};

static const struct word titles[] = {
    {"signals", "sector", N_("Signals by form of exploitation and sector")},
    {"signals", "place", N_("Signals by form of exploitation and municipality")},
    {"signals", "source", N_("Signals by form of exploitation and who sent them")},
    {"signals", "origin", N_("Signals by form of exploitation and where they came from")},
    {"signals", "outcome", N_("Signals by form of exploitation and what became of them")},
    {"victims", "sex", N_("Possible victims by form of exploitation and sex")},
    {"victims", "age", N_("Possible victims by form of exploitation and age")},
    {"victims", "residence",
        N_("Possible victims by form of exploitation and place of residence")},
    {"deliveries", "convenant", N_("Deliveries by recipient and convenant")},
    {"deliveries", "state", N_("Deliveries by recipient and what became of them")},
    {"deliveries", "feedback", N_("Deliveries by recipient and feedback")},
    {NULL, NULL, NULL},
};
static const struct word headings[] = {
    {NULL, "signals", N_("Form")},
    {NULL, "victims", N_("Form")},
    {NULL, "deliveries", N_("Recipient")},
    {NULL, NULL, NULL},
};
static const struct word families[] = {
    {NULL, "signals", N_("Signals")},
    {NULL, "victims", N_("Possible victims")},
    {NULL, "deliveries", N_("Deliveries")},
    {NULL, NULL, NULL},
};
static const struct word forms[] = {
    {NULL, "sexual", N_("sexual exploitation")},
    {NULL, "labour", N_("labour exploitation")},
    {NULL, "criminal", N_("criminal exploitation")},
    {NULL, "organs", N_("organs and surrogacy")},
    {NULL, "several", N_("several forms")},
    {NULL, "other", N_("another form")},
    {NULL, NULL, NULL},
};
static const struct word columns[] = {
    {NULL, AXIS_UNKNOWN, N_("unknown")},
    {NULL, AXIS_REST, N_("taken together")},
    {"sector", "agriculture", N_("agriculture and horticulture")},
    {"sector", "industry", N_("construction, transport and industry")},
    {"sector", "services", N_("hospitality and services")},
    {"sector", "sex_licensed", N_("licensed prostitution")},
    {"sector", "sex_hidden", N_("sex work out of sight")},
    {"sector", "crime", N_("drugs, theft and fraud")},
    {"sector", "other", N_("another sector")},
    {"origin", "own", N_("own observation or control")},
    {"origin", "report", N_("report by a citizen, or anonymous")},
    {"origin", "care", N_("care contact")},
    {"origin", "registers", N_("registration and address quality")},
    {"origin", "partner", N_("police or partner")},
    {"outcome", "not_served", N_("nobody was served")},
    {"outcome", "no_feedback", N_("no feedback yet")},
    {"outcome", "feedback", N_("feedback, nothing of a follow-up")},
    {"outcome", "not_followed_up", N_("not followed up")},
    {"outcome", "followed_up", N_("followed up")},
    {"outcome", "investigation", N_("investigation started")},
    {"sex", "female", N_("woman")},
    {"sex", "male", N_("man")},
    {"sex", "other", N_("otherwise")},
    {"age", "under_18", N_("under 18")},
    {"age", "18_to_23", N_("18 to 23")},
    {"age", "from_24", N_("24 and older")},
    {"residence", "same", N_("lives where it happened")},
    {"residence", "elsewhere", N_("lives elsewhere")},
    {"state", "waiting", N_("still waiting")},
    {"state", "taken", N_("taken")},
    {"state", "not_taken", N_("not taken in time")},
    {"state", "withdrawn", N_("withdrawn before it was taken")},
    {"feedback", "given", N_("feedback given")},
    {"feedback", "none", N_("no feedback")},
    {NULL, NULL, NULL},
};

const char *const figure_notes[] = {
    N_("Registered: what agencies sent to each other by this broker. It is no "
       "representative sample, and says as much of the effort of those who look as of "
       "what there is."),
    N_("A signal counts once, however many got it; somebody who stands in two signals "
       "counts twice. How it stood when the year ended."),
    NULL,
};

const char *
figure_legend(uint64_t threshold, char out[FIGURE_LEGEND_MAX])
{
	(void)snprintf(out, FIGURE_LEGEND_MAX,
	    tr("x: not told. It, or a cell that could be computed from it, is below "
	       "%llu; a "
	       "zero too. 'taken together': groups that total less, with the smallest "
	       "others; groups that total nothing are left out."),
	    (unsigned long long)threshold);
	return out;
}

static const char *
find(const struct word *words, const char *of, const char *code)
{
	for (; words->code != NULL; words++)
		if (strcmp(words->code, code) == 0 &&
		    (words->of == NULL || (of != NULL && strcmp(words->of, of) == 0)))
			return tr(words->text);
	return NULL;
}

const char *
figure_title(const char *family, const char *table)
{
	const char *text = find(titles, family, table);

	return text != NULL ? text : table;
}

const char *
figure_family(const char *family)
{
	const char *text = find(families, NULL, family);

	return text != NULL ? text : family;
}

const char *
figure_row_heading(const char *family)
{
	const char *text = find(headings, NULL, family);

	return text != NULL ? text : family;
}

/* The name of a party, or what stands for several. */
static const char *
party(const struct sluis *s, const char *oin, char out[FIGURE_LABEL_MAX])
{
	const char *text = find(columns, NULL, oin);

	if (text != NULL) return text;
	for (size_t i = 0; s != NULL && sluis_party_at(s, i) != NULL; i++)
		if (strcmp(sluis_party_at(s, i)->oin, oin) == 0)
			return sluis_party_at(s, i)->organisation;
	(void)snprintf(out, FIGURE_LABEL_MAX, "%s", oin);
	return out;
}

const char *
figure_row(const struct sluis *s, const char *family, const char *code,
    char out[FIGURE_LABEL_MAX])
{
	if (strcmp(family, "deliveries") == 0) return party(s, code, out);
	const char *text = find(forms, NULL, code);
	return text != NULL ? text : party(NULL, code, out);
}

const char *
figure_col(const struct sluis *s, const char *table, const char *code,
    char out[FIGURE_LABEL_MAX])
{
	const char *text = find(columns, table, code);

	if (text != NULL) return text;
	return party(strcmp(table, "source") == 0 ? s : NULL, code, out);
}
