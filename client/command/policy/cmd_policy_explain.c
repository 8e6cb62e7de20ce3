/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_policy_explain.c - sluis policy explain: a made-up question, or a past decision of
 * an exported journal, explained per recipient and field.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/command/complain.h"
#include "client/command/policy/change.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/explanation.h"
#include "client/command/policy/past.h"
#include "client/command/shipped.h"
#include "client/command/tiles.h"
#include "policy/study/scenario.h"

enum { WHAT_IF_MAX = 1024 * 1024 };

const struct option options_policy_explain[] = {
    {"what-if", "FILE", N_("the facts to rule, as in a case file")},
    {"journal", "DIR", N_("an exported journal (sluis audit export) ...")},
    {"entry", "N", N_("... of which this decision")},
    {"key", "VKEY", N_("verify that export with this verifier key first")},
    {"field", "NAME", N_("only this category or field")},
    {NULL, NULL, NULL},
};

struct explain {
	struct cli          *cli;
	const struct policy *policy;
	struct fieldset      only;
	json_t              *list; /* NULL: for people */
	/* a past decision */
	uint64_t entry;
	rc       code; /* RC_NOT_FOUND until the entry is met */
};

/* --- what a recipient is told ---------------------------------------------------- */

static void
print_denial(const struct explain *x, const struct ruling *r)
{
	const struct rule_info *rule = policy_rule_info(x->policy, r->rule);
	char                    change[CHANGE_TEXT_MAX];
	(void)fprintf(x->cli->out, "  %s: %s", tr("not served"), rc_name(r->code));
	if (rule != NULL)
		(void)fprintf(x->cli->out, ", %s (%s)", rule->id, rule->article);
	if (r->change[0] != '\0')
		(void)fprintf(x->cli->out, "\n  %s %s", tr("given if:"),
		    change_translate(r->change, change));
	(void)fputc('\n', x->cli->out);
}

static void
print_obligations(const struct explain *x, const struct ruling *r)
{
	if (cli_value(x->cli, "field") != NULL) return;
	for (size_t i = 0; i < r->n_obligations; i++) {
		const struct obligation_info *o = r->obligations[i];
		(void)fprintf(x->cli->out, "%s %s: %s (%s)\n", tr("obligation"), o->id,
		    translate_is_dutch() ? o->text_nl : o->text_en, o->article);
	}
}

/* R as an object without its fields. */
static json_t *
ruling_json(const struct explain *x, const struct ruling *r, const char *to)
{
	const struct rule_info *rule        = policy_rule_info(x->policy, r->rule);
	json_t                 *obligations = json_array();
	for (size_t i = 0; i < r->n_obligations; i++)
		(void)json_array_append_new(
		    obligations, json_string(r->obligations[i]->id));
	return json_pack("{s:s, s:s, s:s*, s:s*, s:s, s:o}", "to", to, "code",
	    rc_name(r->code), "rule", rule == NULL ? NULL : rule->id, "article",
	    rule == NULL ? NULL : rule->article, "change", r->change, "obligations",
	    obligations);
}

static void
print_question(const struct explain *x, const char *convenant, const char *phase,
    const char *purpose, const char *from, const char *to)
{
	(void)fprintf(x->cli->out, "%s, %s %s, %s: %s -> %s\n", convenant, tr("phase"),
	    phase, purpose, from, to);
}

/* --- what if --------------------------------------------------------------------- */

static void
explain_recipient(
    const struct explain *x, const struct scenario *s, size_t to, json_t *recipients)
{
	struct ruling r;
	scenario_rule(x->policy, s, to, &r);
	struct explanation fields = {x->policy, &r, s->person, x->only};
	for (unsigned i = 0; i < schema_signal()->n_fields; i++)
		if (!scenario_asks(s, i)) fieldset_remove(&fields.asked, i);
	if (recipients != NULL) {
		json_t *o = ruling_json(x, &r, s->recipients[to].text);
		(void)json_object_set_new(o, "fields",
		    r.code == RC_OK ? explanation_json(&fields) : json_array());
		(void)json_array_append_new(recipients, o);
		return;
	}
	print_question(x, s->convenant, s->phase, s->purpose, s->sender.text,
	    s->recipients[to].text);
	if (r.code == RC_OK)
		explanation_print(x->cli, &fields);
	else
		print_denial(x, &r);
	print_obligations(x, &r);
	(void)fputc('\n', x->cli->out);
}

static void
explain_scenario(const struct explain *x, const struct scenario *s)
{
	json_t *recipients = x->list == NULL ? NULL : json_array();
	for (size_t i = 0; i < s->n_recipients; i++)
		explain_recipient(x, s, i, recipients);
	if (x->list != NULL)
		(void)json_array_append_new(
		    x->list, json_pack("{s:s, s:s, s:s, s:s, s:o}", "convenant",
		                 s->convenant, "phase", s->phase, "purpose", s->purpose,
		                 "from", s->sender.text, "recipients", recipients));
}

/* The scenarios of --what-if; complains. */
static rc
read_what_if(
    struct cli *cli, const char *path, const struct policy *p, struct scenarios *s)
{
	AUTO(buf_wipe) struct buf        text     = buf_init(WHAT_IF_MAX);
	AUTO(auto_free) struct findings *findings = calloc(1, sizeof *findings);
	rc                               code =
            findings == NULL ? RC_NOMEM : file_read(path, WHAT_IF_MAX, false, &text);
	if (code == RC_OK) {
		findings->translate = tr;
		code = scenarios_read(p, path, buf_slice(&text), s, findings);
	}
	if (code == RC_OK) return RC_OK;
	(void)complain_advised(cli, code, path, NULL, code == RC_POLICY ? "" : NULL);
	if (findings != NULL && !cli->json) findings_print(cli, cli->err, findings);
	return code;
}

static int
explain_what_if(struct explain *x, const char *path)
{
	AUTO(scenarios_wipe) struct scenarios s = {0};
	rc code = read_what_if(x->cli, path, x->policy, &s);
	if (code != RC_OK) return rc_exit_status(code);
	for (size_t i = 0; i < s.n; i++) explain_scenario(x, &s.at[i]);
	return x->list == NULL
	           ? 0
	           : cli_json(x->cli, json_pack("{s:O}", "what_if", x->list), RC_OK);
}

/* --- a past decision ------------------------------------------------------------- */

/* The facts of RECORD as a title: "victim, adult"; "" for what is no person. */
static const char *
record_title(factset record, char out[200])
{
	size_t n = 0;
	out[0]   = '\0';
	for (unsigned bit = FACTS_RECORD_FROM; bit < 64 && n < 160; bit++) {
		if ((record >> bit & 1) == 0) continue;
		int more = snprintf(out + n, 200 - n, "%s%s", n == 0 ? "" : ", ",
		    fact_name((enum fact)bit));
		n += more > 0 ? (size_t)more : 0;
	}
	return out;
}

static void
explain_record(const struct explain *x, const struct ruling *r,
    const struct decided_record *record, json_t *records)
{
	char               title[200];
	struct explanation fields = {x->policy, r, record->facts, record->fields};
	for (unsigned i = 0; i < schema_signal()->n_fields; i++)
		if (!fieldset_has(&x->only, i)) fieldset_remove(&fields.asked, i);
	if (fieldset_is_empty(&fields.asked)) return;
	(void)record_title(record->facts, title);
	if (records != NULL) {
		(void)json_array_append_new(
		    records, json_pack("{s:s, s:o}", "record", title, "fields",
		                 explanation_json(&fields)));
		return;
	}
	(void)fprintf(x->cli->out, "%s\n",
	    title[0] != '\0' ? title : tr("the signal itself, without its persons"));
	explanation_print(x->cli, &fields);
}

/* Whether the policy at hand is the one that decided, and gives what it gave then. */
static const char *
said_of(const struct explain *x, const struct past *p)
{
	bool same = memcmp(&p->bundle, policy_hash(x->policy), sizeof p->bundle) == 0;
	if (rerule_holds(&p->decided, x->policy))
		return same ? N_("this policy decided it, and still decides it so")
		            : N_("another policy decided it; this one decides the same");
	return same ? N_("ALARM: this policy is named, but does not decide it so")
	            : N_("another policy decided it; this one decides otherwise");
}

static void
explain_past(struct explain *x, const struct past *p)
{
	const struct question *q       = &p->decided.question;
	json_t                *records = x->list == NULL ? NULL : json_array();
	const char            *said    = said_of(x, p);
	struct ruling          r;
	policy_rule(x->policy, q, &r);
	if (strncmp(said, "ALARM", 5) == 0) x->code = RC_BAD_DIGEST;
	if (x->list == NULL) {
		print_question(x, q->convenant, q->phase, q->purpose, q->sender_desk,
		    q->recipient_oin);
		(void)fprintf(x->cli->out, "%s\n", tr(said));
		if (r.code != RC_OK) print_denial(x, &r);
	}
	for (size_t i = 0; r.code == RC_OK && i < p->decided.n_records; i++)
		explain_record(x, &r, &p->decided.records[i], records);
	if (x->list == NULL) {
		print_obligations(x, &r);
		return;
	}
	json_t *o = ruling_json(x, &r, q->recipient_oin);
	(void)json_object_set_new(o, "said", json_string(said));
	(void)json_object_set_new(o, "records", records);
	(void)json_array_append_new(x->list, o);
}

static rc
visit_entry(void *arg, const struct past *p)
{
	struct explain *x = arg;
	if (p->index != x->entry) return RC_OK;
	x->code = p->kind != PAST_DECISION ? RC_USAGE
	          : !p->decided.weighed    ? RC_NOT_FOUND
	                                   : RC_OK;
	if (x->code == RC_OK) explain_past(x, p);
	return RC_OK;
}

/* Its entries and details must give its head, which must be signed if a key is named. */
static rc
check_export(struct cli *cli, const char *dir)
{
	struct tiles_check what = {.dir = dir, .vkey = cli_value(cli, "key")};
	struct checkpoint  head;
	struct sluis_error e = {0};

	what.unsigned_head = what.vkey == NULL;
	rc code            = tiles_verify(&what, &head, &e);
	if (code != RC_OK) (void)complain(cli, &e);
	return code;
}

static int
show_past(const struct explain *x)
{
	bool verified = cli_flag(x->cli, "key");
	if (x->list != NULL)
		return cli_json(x->cli,
		    json_pack(
		        "{s:b, s:O}", "verified", verified ? 1 : 0, "decisions", x->list),
		    x->code);
	if (!verified)
		(void)fprintf(x->cli->out, "%s\n",
		    tr("The export was taken as it is: verify it with --key."));
	return rc_exit_status(x->code);
}

static int
explain_journal(struct explain *x, const char *dir)
{
	struct sluis_error e     = {0};
	const char        *entry = cli_value(x->cli, "entry");
	char              *end   = NULL;
	errno                    = 0;
	x->entry                 = entry == NULL ? 0 : strtoull(entry, &end, 10);
	if (entry == NULL || end == entry || *end != '\0' || errno != 0)
		return complain_code(x->cli, RC_USAGE, entry,
		    N_("name the entry: --entry N, as sluis audit list shows it"));
	x->code = check_export(x->cli, dir);
	if (x->code != RC_OK) return rc_exit_status(x->code);
	x->code = RC_NOT_FOUND;
	if (past_walk(dir, visit_entry, x, &e) != RC_OK) return complain(x->cli, &e);
	if (x->code == RC_USAGE)
		return complain_code(x->cli, x->code, entry,
		    N_("that entry is no decision for one recipient"));
	if (x->code == RC_NOT_FOUND)
		return complain_code(x->cli, x->code, entry,
		    N_("there is no such entry, or its detail was not exported"));
	return show_past(x);
}

/* --- the command ----------------------------------------------------------------- */

int
run_policy_explain(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p       = NULL;
	const char                         *only    = cli_value(cli, "field");
	const char                         *what_if = cli_value(cli, "what-if");
	const char                         *journal = cli_value(cli, "journal");
	struct explain                      x = {.cli = cli, .only = fieldset_all()};

	if ((what_if == NULL) == (journal == NULL))
		return complain_code(cli, RC_USAGE, NULL,
		    N_("name the facts: --what-if FILE, or --journal DIR with --entry "
		       "N"));
	if (journal == NULL && cli_flag(cli, "key"))
		return complain_code(
		    cli, RC_USAGE, "--key", N_("--key belongs to --journal"));
	rc code = policy_open(cli, cli->args[0], &p);
	if (code != RC_OK) return rc_exit_status(code);
	x.policy = p;
	if (only != NULL && !policy_fields(p, only, &x.only))
		return complain_code(cli, RC_NOT_FOUND, only,
		    N_("the policy has no such category or field"));
	x.list = cli->json ? json_array() : NULL;
	int status =
	    what_if != NULL ? explain_what_if(&x, what_if) : explain_journal(&x, journal);
	json_decref(x.list);
	return status;
}
