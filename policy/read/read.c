/* SPDX-License-Identifier: EUPL-1.2 */
/* read.c - typed values out of YAML mappings, and complaints about them. */
#include "policy/read/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/read/suggest.h"

/* --- saying what is wrong -------------------------------------------------------- */

void
read_complain(struct reader *r, const struct yaml_node *at, const char *format, ...)
{
	char    text[FINDING_TEXT_MAX];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, finding_tr(r->findings, format), args);
	va_end(args);
	rc code = yaml_complain(r->findings, at, "%s", text);
	if (r->status == RC_OK) r->status = code;
}

void
read_unknown(struct reader *r, const struct yaml_node *at, const char *kind,
    name_at names, const void *arg)
{
	read_unknown_word(r, at, kind, yaml_text(at), names, arg);
}

void
read_unknown_word(struct reader *r, const struct yaml_node *at, const char *kind,
    const char *word, name_at names, const void *arg)
{
	const struct policy *p    = r->policy != NULL ? r->policy : r->made;
	const char          *near = suggest(p, word, names, arg);
	char                 all[160];
	kind = finding_tr(r->findings, kind);
	if (near != NULL)
		read_complain(
		    r, at, "no %s called '%.60s'; did you mean '%s'?", kind, word, near);
	else if (suggest_all(names, arg, all, sizeof all))
		read_complain(
		    r, at, "no %s called '%.60s'; there is: %s", kind, word, all);
	else
		read_complain(r, at, "no %s called '%.60s'", kind, word);
}

/* --- memory ---------------------------------------------------------------------- */

void *
read_alloc(struct reader *r, size_t n, size_t size)
{
	void *p = arena_alloc(r->arena, n, size);
	if (p == NULL) r->status = RC_NOMEM;
	return p;
}

const char *
read_printf(struct reader *r, const char *format, ...)
{
	char    text[512];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	const char *copy = arena_copy(r->arena, text, strlen(text));
	if (copy == NULL) r->status = RC_NOMEM;
	return copy != NULL ? copy : "";
}

/* --- values ---------------------------------------------------------------------- */

const struct yaml_node *
read_needed(struct reader *r, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node == NULL) read_complain(r, map, "'%s' is missing here", key);
	return node;
}

static bool
has_entries(struct reader *r, const struct yaml_node *node, const char *key, size_t max)
{
	size_t n = yaml_length(node);
	if (n == 0)
		read_complain(r, node, "'%s' is empty", key);
	else if (n > max)
		read_complain(r, node,
		    yaml_is_map(node)
		        ? N_("'%s' has more than %zu entries; a comma in a text? put it "
		             "between quotes")
		        : N_("'%s' has more than %zu entries"),
		    key, max);
	return n > 0 && n <= max;
}

static const struct yaml_node *
read_map(struct reader *r, const struct yaml_node *map, const char *key, size_t max)
{
	const struct yaml_node *node = read_needed(r, map, key);
	if (node == NULL || !read_is_map(r, node, key)) return NULL;
	return has_entries(r, node, key, max) ? node : NULL;
}

const struct yaml_node *
read_list(struct reader *r, const struct yaml_node *map, const char *key, size_t max)
{
	const struct yaml_node *node = read_needed(r, map, key);
	if (node == NULL) return NULL;
	if (!yaml_is_list(node)) {
		read_complain(r, node, "'%s' must be a list", key);
		return NULL;
	}
	return has_entries(r, node, key, max) ? node : NULL;
}

bool
read_is_map(struct reader *r, const struct yaml_node *node, const char *what)
{
	if (yaml_is_map(node)) return true;
	read_complain(r, node, "%s must be a mapping", finding_tr(r->findings, what));
	return false;
}

static const char *
text_of(struct reader *r, const struct yaml_node *node, const char *key, size_t max)
{
	const char *text = yaml_text(node);
	if (text == NULL)
		read_complain(r, node, "'%s' must be one text", key);
	else if (*text == '\0')
		read_complain(r, node, "'%s' is empty", key);
	else if (strlen(text) > max)
		read_complain(r, node, "'%s' is longer than %zu bytes", key, max);
	else
		return read_printf(r, "%s", text);
	return "";
}

const char *
read_text(struct reader *r, const struct yaml_node *map, const char *key, size_t max)
{
	const struct yaml_node *node = read_needed(r, map, key);
	return node == NULL ? "" : text_of(r, node, key, max);
}

const char *
read_id_of(struct reader *r, const struct yaml_node *node)
{
	const char *id = text_of(r, node, "id", RULE_ID_MAX);
	if (strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(id))
		return id;
	read_complain(
	    r, node, "'%s' is no id: lower-case letters, digits and ._- only", id);
	return "";
}

const char *
read_id(struct reader *r, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = read_needed(r, map, key);
	return node == NULL ? "" : read_id_of(r, node);
}

void
read_title(struct reader *r, const struct yaml_node *map, const char *key,
    const char **ret_nl, const char **ret_en)
{
	const struct yaml_node *title = read_map(r, map, key, 2);
	*ret_nl = title == NULL ? "" : read_text(r, title, "nl", 400);
	*ret_en = title == NULL ? "" : read_text(r, title, "en", 400);
	if (title != NULL) read_no_more(r, title);
}

uint32_t
read_number(struct reader *r, const struct yaml_node *map, const char *key, uint32_t min,
    uint32_t max)
{
	const struct yaml_node *node = read_needed(r, map, key);
	const char             *text = node == NULL ? NULL : yaml_text(node);
	uint64_t                v    = 0;
	if (node == NULL) return min;
	bool ok = text != NULL && *text != '\0' && strlen(text) <= 10;
	for (const char *c = text; ok && *c != '\0'; c++) {
		ok = *c >= '0' && *c <= '9';
		v  = v * 10 + (uint64_t)(*c - '0');
	}
	if (ok && v >= min && v <= max) return (uint32_t)v;
	read_complain(
	    r, node, "'%s' must be a whole number from %u to %u", key, min, max);
	return min;
}

bool
read_bool(struct reader *r, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node == NULL) return false;
	const char *text = yaml_text(node);
	if (text != NULL && strcmp(text, "true") == 0) return true;
	if (text == NULL || strcmp(text, "false") != 0)
		read_complain(r, node, "'%s' must be true or false", key);
	return false;
}

static bool
looks_like_date(const char *text)
{
	static const char shape[] = "dddd-dd-dd";
	size_t            i       = 0;
	for (; text != NULL && text[i] != '\0' && i < sizeof shape - 1; i++) {
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9'
		                    : text[i] != shape[i])
			return false;
	}
	return i == sizeof shape - 1 && text[i] == '\0';
}

int32_t
read_date(struct reader *r, const struct yaml_node *map, const char *key)
{
	int32_t                 days = 0;
	const struct yaml_node *node = read_needed(r, map, key);
	const char             *text = node == NULL ? NULL : yaml_text(node);
	if (node == NULL || date_parse(text, &days)) return days;
	if (looks_like_date(text))
		read_complain(r, node, "there is no such day: %s", text);
	else
		read_complain(r, node, "'%s' must be a date, written 2025-03-01", key);
	return days;
}

void
read_term(
    struct reader *r, const struct yaml_node *map, int32_t *ret_from, int32_t *ret_until)
{
	*ret_from                     = read_date(r, map, "from");
	*ret_until                    = read_date(r, map, "until");
	const struct yaml_node *until = yaml_get(map, "until");
	if (until != NULL && *ret_from > *ret_until)
		read_complain(r, until, "'until' lies before 'from'");
}

static const char *
fact_at(const void *arg, size_t i)
{
	const factset *allowed = arg;
	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = fact_name((enum fact)bit);
		if (name == NULL || (*allowed >> bit & 1) == 0) continue;
		if (i-- == 0) return name;
	}
	return NULL;
}

factset
read_facts(
    struct reader *r, const struct yaml_node *map, const char *key, factset allowed)
{
	const struct yaml_node *node  = yaml_get(map, key);
	factset                 facts = 0;
	if (node == NULL) return 0;
	if (read_count(node) == 0)
		read_complain(r, node, "'%s' is empty: leave it out", key);
	for (size_t i = 0; i < read_count(node); i++) {
		const struct yaml_node *entry = read_entry(node, i);
		enum fact               f;
		if (yaml_text(entry) == NULL)
			read_complain(r, entry, "a fact must be one name");
		else if (!fact_from_name(yaml_text(entry), &f) ||
		         (fact_bit(f) & ~allowed) != 0)
			read_unknown(
			    r, entry, N_("fact that may stand here"), fact_at, &allowed);
		else
			facts |= fact_bit(f);
	}
	return facts;
}

size_t
read_count(const struct yaml_node *node)
{
	return yaml_is_list(node) ? yaml_length(node) : 1;
}

const struct yaml_node *
read_entry(const struct yaml_node *node, size_t i)
{
	return yaml_is_list(node) ? yaml_item(node, i) : node;
}

/* What stands last in MAP, however deep. */
static const struct yaml_node *
last_node(const struct yaml_node *node)
{
	while (yaml_length(node) > 0) {
		size_t last = yaml_length(node) - 1;
		node = yaml_is_map(node) ? yaml_value(node, last) : yaml_item(node, last);
	}
	return node;
}

void
read_end(struct reader *r, const struct yaml_node *root, const char *name)
{
	const struct yaml_node *end  = yaml_get(root, "end");
	size_t                  n    = yaml_length(root);
	const char             *text = end == NULL ? NULL : yaml_text(end);
	if (text == NULL || strcmp(text, name) != 0 || yaml_value(root, n - 1) != end)
		read_complain(r, end != NULL ? end : last_node(root),
		    "the last line must be 'end: %s'; was the file cut short?", name);
}

void
read_no_more(struct reader *r, const struct yaml_node *map)
{
	rc code = yaml_no_more_keys(map, r->findings);
	if (r->status == RC_OK) r->status = code;
}

/* --- sets of names --------------------------------------------------------------- */

const char *
name_in_array(const void *array, size_t i)
{
	const char *const *names = array;
	return names[i];
}

const char *
convenant_at(const void *policy, size_t i)
{
	const struct policy *p = policy;
	return i < p->n_convenants ? p->convenants[i].info.id : NULL;
}

uint16_t
read_mask(struct reader *r, const struct yaml_node *map, const char *key,
    const char *kind, name_at names, const void *arg, uint16_t if_absent)
{
	const struct yaml_node *node = yaml_get(map, key);
	uint16_t                mask = 0;
	if (node == NULL) return if_absent;
	if (read_count(node) == 0)
		read_complain(r, node, "'%s' is empty: leave it out", key);
	for (size_t k = 0; k < read_count(node); k++) {
		const struct yaml_node *entry = read_entry(node, k);
		const char             *word  = yaml_text(entry), *name;
		unsigned                i     = 0;
		if (word == NULL) {
			read_complain(r, entry, "a %s must be one name",
			    finding_tr(r->findings, kind));
			continue;
		}
		for (; (name = names(arg, i)) != NULL && strcmp(name, word) != 0;) i++;
		if (name == NULL)
			read_unknown(r, entry, kind, names, arg);
		else
			mask = (uint16_t)(mask | 1u << i);
	}
	return mask;
}

uint16_t
read_purposes(struct reader *r, const struct yaml_node *map, const struct convenant *c)
{
	return read_mask(r, map, "purposes", N_("purpose"), name_in_array,
	    c->info.purposes, UINT16_MAX);
}

const char *const *
read_regions(struct reader *r, const struct yaml_node *map)
{
	static const char *const none[] = {NULL};
	const struct yaml_node  *list   = read_list(r, map, "regions", REGIONS_MAX);
	size_t                   n      = list == NULL ? 0 : yaml_length(list);
	const char             **all    = read_alloc(r, n + 1, sizeof *all);
	if (all == NULL) return none;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *entry = yaml_item(list, i);
		const char             *name  = read_id_of(r, entry);
		size_t                  k     = 0;
		all[i]                        = name;
		while (
		    k < r->policy->n_regions && strcmp(r->policy->regions[k], name) != 0)
			k++;
		if (k == r->policy->n_regions && *name != '\0')
			read_unknown(
			    r, entry, N_("region"), name_in_array, r->policy->regions);
	}
	return all;
}

const char *
read_oin(struct reader *r, const struct yaml_node *node)
{
	const char *oin = node == NULL ? NULL : yaml_text(node);
	if (oin != NULL && strlen(oin) == OIN_DIGITS &&
	    strspn(oin, "0123456789") == OIN_DIGITS)
		return read_printf(r, "%s", oin);
	if (node != NULL)
		read_complain(
		    r, node, "an OIN has %d digits, between quotes", OIN_DIGITS);
	return "";
}
