/* SPDX-License-Identifier: EUPL-1.2 */
/* html_policy.c - who there is, what they signed, and by which rules. */
#include <stdlib.h>
#include <string.h>

#include "client/command/policy/grid_text.h"
#include "client/command/policy/html.h"

/* --- tables ---------------------------------------------------------------------- */

static void
begin_table(FILE *to, const char *id, const char *caption, const char *const *headings)
{
	(void)fprintf(to,
	    "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"%s\">\n"
	    "<table>\n<caption id=\"%s\">",
	    id, id);
	html_text(to, caption);
	(void)fputs("</caption>\n<thead><tr>", to);
	for (; *headings != NULL; headings++) {
		(void)fputs("<th scope=\"col\">", to);
		html_text(to, *headings);
		(void)fputs("</th>", to);
	}
	(void)fputs("</tr></thead>\n<tbody>\n", to);
}

static void
end_table(FILE *to)
{
	(void)fputs("</tbody>\n</table>\n</div>\n", to);
}

static void
cell(FILE *to, const char *text)
{
	(void)fputs("<td>", to);
	html_text(to, text);
	(void)fputs("</td>", to);
}

/* --- parties --------------------------------------------------------------------- */

static void
list(FILE *to, const char *const *names)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		if (i != 0) (void)fputs(", ", to);
		html_text(to, names[i]);
	}
}

static void
signature(FILE *to, const struct policy *p, const struct signature_info *s)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX];

	(void)fputs("<li>", to);
	html_text(to, s->convenant);
	(void)fprintf(to, ": %s - %s", say_day(s->from, from), say_day(s->until, until));
	if (s->declaration) {
		(void)fputs(", ", to);
		html_text(to, tr("declaration of confidentiality only"));
	}
	if (s->regions != NULL) {
		(void)fputs(", ", to);
		html_text(to, tr("region"));
		(void)fputc(' ', to);
		list(to, s->regions);
	}
	for (size_t i = 0; i < s->n_on_behalf; i++) {
		const struct party *other = policy_party(p, s->on_behalf_of[i]);
		(void)fputs(", ", to);
		html_text(to, tr("also for"));
		(void)fputc(' ', to);
		html_text(to, other != NULL ? other->name : s->on_behalf_of[i]);
	}
	(void)fputs("</li>", to);
}

static void
signatures(FILE *to, const struct policy *p, const struct party *party)
{
	struct signature_info s;

	(void)fputs("<td>", to);
	if (!policy_signature_at(p, party->oin, 0, &s)) html_text(to, tr("nothing"));
	for (size_t i = 0; policy_signature_at(p, party->oin, i, &s); i++) {
		if (i == 0) (void)fputs("<ul>", to);
		signature(to, p, &s);
	}
	if (policy_signature_at(p, party->oin, 0, &s)) (void)fputs("</ul>", to);
	(void)fputs("</td>", to);
}

static void
party_row(FILE *to, const struct policy *p, const struct party *party)
{
	(void)fputs("<tr><th scope=\"row\">", to);
	html_text(to, party->name);
	(void)fputs("</th>", to);
	cell(to, party->oin);
	(void)fputs("<td>", to);
	html_text(to, role_title(p, party->role));
	(void)fputs(" <span class=\"id\">", to);
	html_text(to, party->role);
	(void)fputs("</span></td><td>", to);
	list(to, party->desks);
	(void)fputs("</td>", to);
	cell(to, party->region != NULL ? party->region : "");
	signatures(to, p, party);
	(void)fputs("</tr>\n", to);
}

void
html_parties(FILE *to, const struct policy *p)
{
	const char *headings[] = {tr("Party"), "OIN", tr("Role"), tr("Desks"),
	    tr("Region"), tr("Signed"), NULL};

	(void)fputs("<section id=\"parties\">\n", to);
	html_element(to, "h2", NULL, tr("Parties and what they signed"));
	begin_table(to, "parties-table", tr("Parties and what they signed"), headings);
	for (size_t i = 0; i < policy_n_parties(p); i++)
		party_row(to, p, policy_party_at(p, i));
	end_table(to);
	(void)fputs("</section>\n", to);
}

/* --- rules ----------------------------------------------------------------------- */

static void
rule_row(FILE *to, const struct rule_info *r)
{
	(void)fputs("<tr id=\"r-", to);
	html_text(to, r->id);
	(void)fputs("\"><th scope=\"row\" class=\"id\">", to);
	html_text(to, r->id);
	(void)fputs("</th>", to);
	cell(to, r->bar ? tr("bar") : tr("rule"));
	cell(to, r->article);
	cell(to,
	    r->inferred ? tr("our reading: to be confirmed") : tr("follows the text"));
	(void)fputs("<td class=\"id\">", to);
	html_text(to, r->file);
	(void)fprintf(to, ":%u</td></tr>\n", r->line);
}

void
html_rules(FILE *to, const struct policy *p, const struct convenant_info *c)
{
	const char *headings[] = {tr("Rule"), tr("Kind"), tr("Article"), tr("Reading"),
	    tr("Where it stands"), NULL};
	char        id[64], caption[160];

	(void)snprintf(id, sizeof id, "rules-%s", c->id);
	(void)snprintf(caption, sizeof caption, tr("Rules and bars of %s"), c->id);
	(void)fprintf(to, "<section id=\"%s\">\n", id);
	html_element(to, "h3", NULL, caption);
	(void)snprintf(id, sizeof id, "rules-%s-table", c->id);
	begin_table(to, id, caption, headings);
	for (unsigned i = 0; i < policy_n_rules(p); i++) {
		const struct rule_info *r = policy_rule_info(p, i);
		if (strcmp(r->convenant, c->id) == 0) rule_row(to, r);
	}
	end_table(to);
	(void)fputs("</section>\n", to);
}
