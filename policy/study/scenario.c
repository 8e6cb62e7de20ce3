/* SPDX-License-Identifier: EUPL-1.2 */
/* scenario.c - asking what a scenario asks, and reading what-if files. */
#include "policy/study/scenario.h"

#include "policy/read/read.h"
#include "policy/study/space.h"
#include "proto/auto.h"

enum { WHAT_IF_BYTES = 16 * 1024 * 1024, WHAT_IF_MAX = 1000 };

/* --- asking ---------------------------------------------------------------------- */

static void
rule_parties(const struct policy *p, const struct scenario *s,
    const struct scenario_side *to, struct ruling *ret)
{
	const struct party *sender = policy_party(p, s->sender.oin);
	const char         *desk   = s->sender.desk;
	if (desk == NULL && sender != NULL) desk = sender->desks[0];
	struct question q = {.convenant = s->convenant,
	    .phase                      = s->phase,
	    .purpose                    = s->purpose,
	    .sender_oin                 = s->sender.oin,
	    .sender_desk                = desk,
	    .recipient_oin              = to->oin,
	    .recipient_desk             = to->desk,
	    .today                      = s->on,
	    .region                     = s->region,
	    .message                    = s->message,
	    .held_back                  = &s->held_back};
	policy_rule(p, &q, ret);
}

static void
rule_roles(const struct policy *p, const struct scenario *s,
    const struct scenario_side *to, struct ruling *ret)
{
	struct role_question q = {.convenant = s->convenant,
	    .phase                           = s->phase,
	    .purpose                         = s->purpose,
	    .sender                          = s->sender.role,
	    .sender_desk                     = s->sender.desk,
	    .recipient                       = to->role,
	    .recipient_desk                  = to->desk,
	    .audience                        = (uint8_t)s->audience,
	    .message                         = s->message,
	    .held_back                       = &s->held_back};
	policy_rule_roles(p, &q, ret);
}

void
scenario_rule(
    const struct policy *p, const struct scenario *s, size_t to, struct ruling *ret)
{
	(s->by_parties ? rule_parties : rule_roles)(p, s, &s->recipients[to], ret);
}

bool
scenario_asks(const struct scenario *s, unsigned field)
{
	return s->has_person || !field_of_person(field);
}

void
scenario_cells(const struct scenario *s, const struct ruling *r,
    struct cell cells[SCHEMA_FIELDS_MAX])
{
	struct cell of_person[SCHEMA_FIELDS_MAX];
	ruling_cells(r, 0, cells);
	ruling_cells(r, s->person, of_person);
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!field_of_person(f)) continue;
		cells[f] = of_person[f];
		if (!s->has_person)
			cells[f] = (struct cell){
			    SLUIS__ACTION__ACTION_WITHHOLD, GENERALISE_NONE, RULE_NONE};
	}
}

/* --- what-if files --------------------------------------------------------------- */

/* One under `facts`, or a list under `what_if`. */
static const struct yaml_node *
scenarios_node(struct reader *r, const struct yaml_node *root)
{
	const struct yaml_node *one  = yaml_get(root, "facts");
	const struct yaml_node *many = yaml_get(root, "what_if");
	if (one != NULL && many != NULL) {
		read_complain(r, many, "either 'facts' or 'what_if'");
		return NULL;
	}
	if (one == NULL && many == NULL)
		read_complain(r, root, "'facts' is missing here (or a list, 'what_if')");
	if (one != NULL || many == NULL) return one;
	return read_list(r, root, "what_if", WHAT_IF_MAX);
}

rc
scenarios_read(const struct policy *p, const char *name, struct slice text,
    struct scenarios *s, struct findings *findings)
{
	AUTO(yaml_destroy) struct yaml_file *file = NULL;
	*s              = (struct scenarios){.arena = arena_init(WHAT_IF_BYTES)};
	struct reader r = {.made = p, .arena = &s->arena, .findings = findings};
	TRY(yaml_parse(name, text, &file, findings));
	const struct yaml_node *root = yaml_root(file);
	if (!read_is_map(&r, root, "a what-if file")) return r.status;
	const struct yaml_node *list = scenarios_node(&r, root);
	size_t                  n    = list == NULL ? 0 : read_count(list);
	s->at                        = read_alloc(&r, n, sizeof *s->at);
	for (size_t i = 0; s->at != NULL && i < n; i++) {
		rc code = scenario_read(
		    p, read_entry(list, i), 0, &s->arena, findings, &s->at[s->n++]);
		if (r.status == RC_OK) r.status = code;
	}
	read_end(&r, root, "what-if");
	read_no_more(&r, root);
	return r.status;
}

void
scenarios_wipe(struct scenarios *s)
{
	arena_wipe(&s->arena);
	s->n  = 0;
	s->at = NULL;
}
