/* SPDX-License-Identifier: EUPL-1.2 */
/* proof_text.c - proofs and counterexamples, as people read them and as JSON. */
#include "client/command/policy/proof_text.h"

#include <string.h>

#include "client/command/policy/fact_text.h"
#include "client/command/show.h"

enum { LABEL = 10, DIGITS_MAX = 32 };

/* --- words ----------------------------------------------------------------------- */

/* 1658880000 as "1 658 880 000". */
static const char *
grouped(uint64_t n, char out[DIGITS_MAX])
{
	char plain[DIGITS_MAX];
	int  digits = snprintf(plain, sizeof plain, "%llu", (unsigned long long)n);
	int  to     = 0;
	for (int i = 0; i < digits; i++) {
		if (i > 0 && (digits - i) % 3 == 0) out[to++] = ' ';
		out[to++] = plain[i];
	}
	out[to] = '\0';
	return out;
}

static const struct {
	const char *name, *word, *why;
} verdicts[] = {
    [VERDICT_PROVED]   = {"proved", N_("proved"), ""},
    [VERDICT_REFUTED]  = {"refuted", N_("NOT SO"), ""},
    [VERDICT_NO_PLACE] = {"no_place", N_("nobody"),
        N_("Nobody that it names can receive or send here: no rule names them.")},
    [VERDICT_NO_CASE]  = {"no_case", N_("EMPTY"),
         N_("It says nothing: no field fits, or no combination of facts ever does.")},
};

static const char *
text_of(const struct invariant_info *x)
{
	return translate_is_dutch() ? x->text_nl : x->text_en;
}

static void
label(FILE *to, const char *text)
{
	(void)fprintf(to, "    %-*s ", LABEL, text);
}

/* --- one counterexample ---------------------------------------------------------- */

static void
print_seat(FILE *to, const char *role, const char *desk)
{
	(void)fprintf(
	    to, "%s%s%s", role, desk != NULL ? "/" : "", desk != NULL ? desk : "");
}

static void
print_outcome(const struct cli *cli, const struct policy *p, const struct outcome_of *o)
{
	const struct rule_info *rule = policy_rule_info(p, o->cell.rule);
	(void)fprintf(cli->out, "%s", show_action((enum sluis_action)o->cell.action));
	if (o->cell.generalise != GENERALISE_NONE)
		(void)fprintf(cli->out, " %s",
		    generalise_name((enum generalise)o->cell.generalise));
	if (o->code != RC_OK) (void)fprintf(cli->out, ", %s", rc_name(o->code));
	if (rule == NULL)
		(void)fprintf(cli->out, ": %s\n", tr("no rule"));
	else
		(void)fprintf(cli->out, ": %s, %s (%s:%u)\n", rule->id, rule->article,
		    rule->file, rule->line);
}

static void
print_facts(FILE *to, factset facts)
{
	if (facts == 0)
		(void)fprintf(to, "%s", tr("always"));
	else
		fact_list(to, facts, tr("and"));
	(void)fputc('\n', to);
}

static void
print_place(FILE *to, const struct counterexample *c)
{
	label(to, tr("where"));
	(void)fprintf(
	    to, tr("%s, phase %s, purpose %s\n"), c->convenant->id, c->phase, c->purpose);
	label(to, tr("from"));
	print_seat(to, c->sender, c->sender_desk);
	(void)fputc('\n', to);
	label(to, tr("to"));
	print_seat(to, c->recipient, c->recipient_desk);
	(void)fprintf(to, " (%s)\n", audience_name(c->audience));
}

static void
print_counterexample(struct cli *cli, const struct policy *p, const struct proof *proof)
{
	const struct counterexample *c = &proof->first;
	char                         n[DIGITS_MAX];

	print_place(cli->out, c);
	label(cli->out, tr("field"));
	(void)fprintf(
	    cli->out, "%s (%s)\n", c->field->path, policy_category(p, c->field));
	label(cli->out, tr("if"));
	print_facts(cli->out, c->needed);
	label(cli->out, tr("outcome"));
	print_outcome(cli, p, &c->found);
	if (c->inside != NULL) {
		label(cli->out, "");
		(void)fprintf(
		    cli->out, tr("inside the pseudonym of %s\n"), c->inside->path);
	}
	if (proof->compared) {
		factset added = c->without.facts & ~c->found.facts;
		label(cli->out, tr("not if"));
		print_facts(cli->out, c->found.facts & ~c->without.facts);
		if (added != 0) label(cli->out, tr("but if"));
		if (added != 0) print_facts(cli->out, added);
		label(cli->out, tr("outcome"));
		print_outcome(cli, p, &c->without);
	}
	label(cli->out, "");
	(void)fprintf(
	    cli->out, tr("and so in %s combinations\n"), grouped(proof->failing, n));
}

/* --- one line -------------------------------------------------------------------- */

static void
print_proof(struct cli *cli, const struct policy *p, const struct invariant_info *x,
    const struct proof *proof)
{
	char n[DIGITS_MAX];

	(void)fprintf(cli->out, "%-9s %-32s ", tr(verdicts[proof->verdict].word), x->id);
	(void)fprintf(cli->out, tr("%16s combinations\n"), grouped(proof->covered, n));
	if (proof->verdict == VERDICT_PROVED) return;
	(void)fprintf(cli->out, "    %s\n    %s%s%s:%u\n", text_of(x), x->article,
	    x->article[0] != '\0' ? ", " : "", x->file, x->line);
	if (proof->verdict == VERDICT_REFUTED)
		print_counterexample(cli, p, proof);
	else
		(void)fprintf(cli->out, "    %s\n", tr(verdicts[proof->verdict].why));
}

bool
proofs_passed(const struct proofs *all)
{
	return all->n_refuted == 0 && all->n_no_case == 0;
}

void
proofs_print_sum(struct cli *cli, const struct proofs *all)
{
	char n[DIGITS_MAX], tried[DIGITS_MAX];

	(void)fprintf(cli->out,
	    tr("%zu proved, %zu not so, %zu about nobody, %zu empty\n"), all->n_proved,
	    all->n_refuted, all->n_no_place, all->n_no_case);
	(void)fprintf(cli->out,
	    tr("%s combinations, by trying %s that differ, in %llu ms\n"),
	    grouped(all->covered, n), grouped(all->tried, tried),
	    (unsigned long long)all->ms);
}

/* --- JSON ------------------------------------------------------------------------ */

static json_t *
facts_json(factset facts)
{
	json_t *list = json_array();

	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = fact_name((enum fact)bit);
		if ((facts >> bit & 1) != 0 && name != NULL)
			(void)json_array_append_new(list, json_string(name));
	}
	return list;
}

static json_t *
outcome_json(const struct policy *p, const struct outcome_of *o)
{
	const struct rule_info *rule = policy_rule_info(p, o->cell.rule);
	json_t *j = json_pack("{s:s, s:s, s:o}", "code", rc_name(o->code), "action",
	    sluis_action_name((enum sluis_action)o->cell.action), "facts",
	    facts_json(o->facts));

	if (o->cell.generalise != GENERALISE_NONE)
		(void)json_object_set_new(j, "to",
		    json_string(generalise_name((enum generalise)o->cell.generalise)));
	if (rule != NULL)
		(void)json_object_set_new(j, "rule",
		    json_pack("{s:s, s:s, s:s, s:i}", "id", rule->id, "article",
		        rule->article, "file", rule->file, "line", (int)rule->line));
	return j;
}

static json_t *
seat_json(const char *role, const char *desk)
{
	return json_pack("{s:s, s:s*}", "role", role, "desk", desk);
}

static json_t *
counterexample_json(const struct policy *p, const struct proof *proof)
{
	const struct counterexample *c = &proof->first;
	json_t *j = json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s*, s:o, s:o}",
	    "convenant", c->convenant->id, "phase", c->phase, "purpose", c->purpose,
	    "from", seat_json(c->sender, c->sender_desk), "to",
	    seat_json(c->recipient, c->recipient_desk), "as", audience_name(c->audience),
	    "field", c->field->path, "category", policy_category(p, c->field), "inside",
	    c->inside != NULL ? c->inside->path : NULL, "needed", facts_json(c->needed),
	    "outcome", outcome_json(p, &c->found));

	if (proof->compared)
		(void)json_object_set_new(j, "without", outcome_json(p, &c->without));
	return j;
}

static json_t *
proof_json(
    const struct policy *p, const struct invariant_info *x, const struct proof *proof)
{
	json_t *j = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:s, s:i, s:I, s:I, s:I}",
	    "id", x->id, "verdict", verdicts[proof->verdict].name, "article", x->article,
	    "text", "nl", x->text_nl, "en", x->text_en, "file", x->file, "line",
	    (int)x->line, "covered", (json_int_t)proof->covered, "failing",
	    (json_int_t)proof->failing, "tried", (json_int_t)proof->tried);

	if (proof->verdict == VERDICT_REFUTED)
		(void)json_object_set_new(
		    j, "counterexample", counterexample_json(p, proof));
	return j;
}

json_t *
proofs_json(struct proofs *all)
{
	char    hex[HASH_BYTES * 2 + 1];
	json_t *list = all->list;

	all->list = NULL;
	hex_encode(hex, sizeof hex, slice_of(policy_hash(all->policy)->b, HASH_BYTES));
	return json_pack("{s:b, s:s, s:I, s:I, s:I, s:o}", "proved",
	    proofs_passed(all) ? 1 : 0, "bundle", hex, "covered",
	    (json_int_t)all->covered, "tried", (json_int_t)all->tried, "ms",
	    (json_int_t)all->ms, "invariants", list);
}

/* --- all of them ----------------------------------------------------------------- */

void
proofs_add(struct cli *cli, struct proofs *all, const struct invariant_info *x,
    const struct proof *proof)
{
	all->n++;
	all->n_proved += proof->verdict == VERDICT_PROVED ? 1 : 0;
	all->n_refuted += proof->verdict == VERDICT_REFUTED ? 1 : 0;
	all->n_no_place += proof->verdict == VERDICT_NO_PLACE ? 1 : 0;
	all->n_no_case += proof->verdict == VERDICT_NO_CASE ? 1 : 0;
	all->covered += proof->covered;
	all->tried += proof->tried;
	if (all->list != NULL)
		(void)json_array_append_new(all->list, proof_json(all->policy, x, proof));
	else
		print_proof(cli, all->policy, x, proof);
}
