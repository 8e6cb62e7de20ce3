/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_convenant.c - the head of a convenant file: term, phases, purposes, senders
 * and obligations.  The rules are read by read_rules.c.
 */
#include <string.h>

#include "policy/read/read.h"

/* The ids under KEY as a NULL-terminated array. */
static const char *const *
read_ids(struct reader *r, const struct yaml_node *root, const char *key, size_t max,
    size_t *ret_n)
{
	static const char *const none[] = {NULL};
	const struct yaml_node  *list   = read_list(r, root, key, max);
	*ret_n                          = list == NULL ? 0 : yaml_length(list);
	const char **ids                = read_alloc(r, *ret_n + 1, sizeof *ids);
	if (ids == NULL || list == NULL) {
		*ret_n = 0;
		return none;
	}
	for (size_t i = 0; i < *ret_n; i++) {
		ids[i] = read_id_of(r, yaml_item(list, i));
		for (size_t j = 0; j < i; j++) {
			if (strcmp(ids[i], ids[j]) == 0)
				read_complain(r, yaml_item(list, i),
				    "'%s' stands here twice", ids[i]);
		}
	}
	return ids;
}

/* --- obligations ----------------------------------------------------------------- */

static void
read_obligation(struct reader *r, const struct yaml_node *node, const struct convenant *c,
    const struct groups *groups, struct obligation *o)
{
	o->info = (struct obligation_info){
	    .id = "", .text_nl = "", .text_en = "", .article = ""};
	if (!read_is_map(r, node, "an obligation")) return;
	o->line         = yaml_line(node);
	o->column       = yaml_column(node);
	o->info.id      = read_id(r, node, "id");
	o->info.article = read_text(r, node, "article", 200);
	read_title(r, node, "text", &o->info.text_nl, &o->info.text_en);
	if (yaml_get(node, "term_days") != NULL)
		o->info.term_days = read_number(r, node, "term_days", 1, 36525);
	o->every_copy = read_bool(r, node, "every_copy");
	o->purposes   = read_purposes(r, node, c);
	o->recipients = read_seats(r, node, "recipients", groups, &o->n_recipients);
	o->when       = read_facts(r, node, "when", FACTS_MESSAGE);
	o->when_any   = read_facts(r, node, "when_any", FACTS_MESSAGE);
	o->unless     = read_facts(r, node, "unless", FACTS_MESSAGE);
	read_no_more(r, node);
}

static void
read_obligations(struct reader *r, const struct yaml_node *root, struct convenant *c,
    const struct groups *groups)
{
	if (yaml_get(root, "obligations") == NULL) return;
	const struct yaml_node *list =
	    read_list(r, root, "obligations", RULING_OBLIGATIONS_MAX);
	if (list == NULL) return;
	c->obligations = read_alloc(r, yaml_length(list), sizeof *c->obligations);
	for (size_t i = 0; c->obligations != NULL && i < yaml_length(list); i++) {
		read_obligation(r, yaml_item(list, i), c, groups, &c->obligations[i]);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(c->obligations[j].info.id,
			        c->obligations[i].info.id) == 0)
				read_complain(r, yaml_item(list, i),
				    "obligation '%s' stands here twice",
				    c->obligations[i].info.id);
		}
		c->n_obligations++;
	}
}

/* --- what would have to change --------------------------------------------------- */

static const char *
joined(struct reader *r, const char *const *ids)
{
	const char *text = ids[0] == NULL ? "" : ids[0];
	for (size_t i = 1; ids[0] != NULL && ids[i] != NULL; i++)
		text = read_printf(r, "%s, %s", text, ids[i]);
	return text;
}

static void
write_changes(struct reader *r, struct convenant *c, const char *from, const char *until)
{
	const char *id = c->info.id;
	c->change_force =
	    c->info.registration == NULL
	        ? read_printf(
	              r, "convenant %s is registered; its file names no registration", id)
	        : read_printf(r, "a date from %s until %s, when convenant %s is in force",
	              from, until, id);
	c->change_phase =
	    read_printf(r, "a phase of %s: %s", id, joined(r, c->info.phases));
	c->change_purpose =
	    read_printf(r, "a purpose of %s: %s", id, joined(r, c->info.purposes));
	c->change_sign        = read_printf(r, "recipient signs convenant %s", id);
	c->change_sender_sign = read_printf(r, "sender signs convenant %s", id);
	c->change_sender =
	    read_printf(r, "a sender whose role and desk convenant %s names", id);
	c->change_declare =
	    read_printf(r, "recipient signs a confidentiality declaration for %s", id);
	c->change_to_phase = read_alloc(r, c->n_phases, sizeof *c->change_to_phase);
	for (size_t i = 0; c->change_to_phase != NULL && i < c->n_phases; i++)
		c->change_to_phase[i] = read_printf(r, "phase %s", c->info.phases[i]);
}

/* --- the head -------------------------------------------------------------------- */

static const char *
stem_of(struct reader *r, const char *file)
{
	size_t n = strlen(file);
	return n > 5 ? read_printf(r, "%.*s", (int)(n - 5), file) : "";
}

static void
read_identity(struct reader *r, const struct yaml_node *root, struct convenant *c)
{
	const char *stem = stem_of(r, yaml_name(root));
	c->info.id       = read_id(r, root, "convenant");
	c->file          = read_printf(r, "%s", yaml_name(root));
	if (strcmp(c->info.id, stem) != 0)
		read_complain(r, root, "convenant '%s' must stand in a file of that name",
		    c->info.id);
	read_title(r, root, "title", &c->info.title, &c->info.title_en);
	c->info.article = read_text(r, root, "article", 200);
	if (yaml_get(root, "registration") != NULL)
		c->info.registration = read_text(r, root, "registration", 100);
	else
		yaml_warn(r->findings, root,
		    "no 'registration': convenant '%s' is not in force", c->info.id);
	read_term(r, root, &c->info.from, &c->info.until);
	c->deliver_days   = read_number(r, root, "deliver_days", 1, DELIVER_DAYS_MAX);
	c->info.warn_days = yaml_get(root, "warn_days") == NULL
	                        ? WARN_DAYS
	                        : read_number(r, root, "warn_days", 1, 3650);
	if (yaml_get(root, "regions") != NULL) c->info.regions = read_regions(r, root);
	c->info.phases   = read_ids(r, root, "phases", PHASES_MAX, &c->n_phases);
	c->info.purposes = read_ids(r, root, "purposes", PURPOSES_MAX, &c->n_purposes);
}

static const char *
text_or_nothing(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	const char             *text = node == NULL ? NULL : yaml_text(node);
	return text == NULL ? "" : text;
}

void
read_convenant(struct reader *r, const struct yaml_node *root, struct convenant *c)
{
	if (!read_is_map(r, root, "a convenant")) return;
	read_identity(r, root, c);
	write_changes(
	    r, c, text_or_nothing(root, "from"), text_or_nothing(root, "until"));
	const struct groups *groups = read_groups(r, root);
	c->senders = read_seats(r, root, "senders", groups, &c->n_senders);
	if (c->n_senders == 0) read_complain(r, root, "no 'senders': nobody may submit");
	read_obligations(r, root, c, groups);
	read_rules(r, root, c, groups);
	for (size_t i = 0; i < c->n_rules; i++)
		c->info.after_end = c->info.after_end ||
		                    (c->rules[i].bar == BAR_NONE &&
		                        (c->rules[i].audience & AUDIENCE_EXPIRED) != 0);
	c->groups                        = groups;
	static const char *const later[] = {"gates", "reveals", "links"};
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
		(void)yaml_get(root, later[i]); /* compile.c has them read */
	read_end(r, root, c->info.id);
	read_no_more(r, root);
}
