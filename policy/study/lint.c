/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lint.c - what is allowed to stand in a policy and still is probably a mistake: rules
 * that decide nothing, rules of equal rank that disagree, terms that end, signatures and
 * obligations without effect, convenants that nobody has to sign.
 *
 * Rules are judged by walking every place and every combination of facts (space.h).
 * Askers, purposes and audiences for whom the same candidates of a list remain are one
 * question; it is put once.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/finding.h"
#include "policy/study/lint_routes.h"
#include "policy/study/space.h"
#include "proto/auto.h"

enum { SEEN_MAX = 64, CANDIDATES_MAX = RULES_MAX };

struct allowed { /* the candidates of one list that one asker can meet */
	uint64_t bits[CANDIDATES_MAX / 64];
};

struct rule_use { /* what became of one rule */
	bool     decides;
	uint16_t beaten_by; /* a rule that came before it; RULE_NONE: it never held */
};

struct lint {
	const struct policy *p;
	struct findings     *f;
	struct rule_use     *uses; /* by rule number */
	uint8_t             *told; /* [stricter * n_rules + other]: a pair was reported */
	size_t               n_seen;
	struct allowed       seen[SEEN_MAX]; /* of the present row and list */
};

/* --- one question ---------------------------------------------------------------- */

static struct finding_place
place_of_rule(const struct rule *r)
{
	return finding_at(r->info.file, r->info.line, r->info.column);
}

/* FIRST decides; LATER, of equal rank, would have given something else. */
static void
tell_conflict(struct lint *l, const struct candidate *first,
    const struct candidate *later, const struct site *at, unsigned field)
{
	const struct rule *a = l->p->rules[first->rule], *b = l->p->rules[later->rule];
	uint8_t           *told = &l->told[first->rule * l->p->n_rules + later->rule];
	if (*told != 0) return;
	*told = 1;
	finding_add(l->f, false, place_of_rule(b),
	    "'%s' and '%s' rank equal and both speak of %s for %s; the stricter, '%s', "
	    "decides: make one of them more specific if that is not meant",
	    a->info.id, b->info.id, schema_signal()->fields[field].path,
	    l->p->roles[place_recipient(at)->role].info.id, a->info.id);
}

/* Note who decides, who holds in vain, and who disagrees. */
static void
weigh(struct lint *l, const struct site *at, unsigned field, factset facts,
    const struct candidate *from, const struct allowed *allowed, size_t n)
{
	const struct candidate *first = NULL;
	for (size_t i = 0; i < n; i++) {
		const struct candidate *c = &from[i];
		if ((allowed->bits[i / 64] >> (i % 64) & 1) == 0 ||
		    !facts_allow(c, facts, ~(factset)0))
			continue;
		if (first == NULL) {
			first                    = c;
			l->uses[c->rule].decides = true;
			continue;
		}
		l->uses[c->rule].beaten_by = first->rule;
		if (first->rank == c->rank && c->rank != RANK_BAR &&
		    openness(first->action, first->generalise) !=
		        openness(c->action, c->generalise))
			tell_conflict(l, first, c, at, field);
	}
}

/* Whether the same candidates of this list were weighed already; else note them. */
static bool
is_known(struct lint *l, const struct allowed *allowed)
{
	for (size_t i = 0; i < l->n_seen; i++) {
		if (memcmp(&l->seen[i], allowed, sizeof *allowed) == 0) return true;
	}
	if (l->n_seen < SEEN_MAX) l->seen[l->n_seen++] = *allowed;
	return false;
}

static factset
facts_named(const struct candidate *from, const struct allowed *allowed, size_t n)
{
	factset facts = 0;
	for (size_t i = 0; i < n; i++) {
		if ((allowed->bits[i / 64] >> (i % 64) & 1) != 0)
			facts |= from[i].when | from[i].when_any | from[i].unless;
	}
	return facts;
}

static void
weigh_all_facts(struct lint *l, const struct site *at, unsigned field)
{
	const struct row       *row     = place_row(at);
	const struct seat      *s       = place_sender(at);
	size_t                  list    = row->list_of[field];
	const struct candidate *from    = row->candidates + row->starts[list];
	size_t                  n       = row->starts[list + 1] - row->starts[list];
	struct allowed          allowed = {{0}};
	struct asker who = {s->role, source_desks_of(at->convenant, s->role, s->desk),
	    at->purpose, audience_of(place_facts(at))};
	for (size_t i = 0; i < n; i++) {
		if (asker_allowed(&from[i], who))
			allowed.bits[i / 64] |= (uint64_t)1 << (i % 64);
	}
	if (is_known(l, &allowed)) return;
	struct facts_walk w;
	facts_walk_begin(&w, facts_named(from, &allowed, n), field_of_person(field));
	while (facts_walk_next(&w))
		weigh(l, at, field, w.facts | place_facts(at), from, &allowed, n);
}

/* --- rows ------------------------------------------------------------------------ */

/* All who may ask at one row for one field. */
static void
weigh_field(struct lint *l, const struct site *row_place, unsigned field)
{
	static const enum audience all[] = {AUDIENCE_SIGNATORY, AUDIENCE_INCIDENTAL,
	    AUDIENCE_NON_SIGNATORY, AUDIENCE_EXPIRED};
	struct site                at    = *row_place;
	l->n_seen                        = 0;
	for (at.asker = 0; at.asker < at.convenant->n_askers; at.asker++) {
		for (at.purpose = 0; at.purpose < at.convenant->n_purposes;
		     at.purpose++) {
			for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
				at.audience = all[i];
				weigh_all_facts(l, &at, field);
			}
		}
	}
}

/* One field of each list, of a person and not. */
static void
weigh_row(struct lint *l, const struct site *at)
{
	const struct row *row                        = place_row(at);
	bool              done[2][SCHEMA_FIELDS_MAX] = {{false}};
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		bool *d = &done[field_of_person(f)][row->list_of[f]];
		if (!*d) weigh_field(l, at, f);
		*d = true;
	}
	for (size_t i = 0; i < row->n_excludes; i++)
		l->uses[row->excludes[i].rule].decides = true;
	for (size_t i = 0; i < row->n_refusals; i++)
		l->uses[row->refusals[i].rule].decides = true;
}

static void
weigh_rules(struct lint *l, const struct convenant *c)
{
	struct site at = {.policy = l->p, .convenant = c};
	for (at.phase = 0; at.phase < c->n_phases; at.phase++) {
		for (at.recipient = 0; at.recipient < c->n_seats; at.recipient++)
			weigh_row(l, &at);
	}
	for (size_t i = 0; i < c->n_refuse; i++)
		l->uses[c->refuse[i].rule].decides = true;
}

static void
tell_idle(struct lint *l)
{
	for (unsigned i = 0; i < l->p->n_rules; i++) {
		const struct rule     *r   = l->p->rules[i];
		const struct rule_use *use = &l->uses[i];
		if (use->decides) continue;
		if (use->beaten_by == RULE_NONE)
			finding_add(l->f, false, place_of_rule(r),
			    "'%s' never holds: no sender, recipient, purpose and facts "
			    "fit it together; correct it or take it out",
			    r->info.id);
		else
			finding_add(l->f, false, place_of_rule(r),
			    "'%s' never decides: '%s' comes before it wherever it holds; "
			    "take one of them out",
			    r->info.id, l->p->rules[use->beaten_by]->info.id);
	}
}

/* --- convenants ------------------------------------------------------------------ */

static void
tell_term(struct lint *l, const struct convenant *c, int32_t today)
{
	struct finding_place at   = {c->file, 1, 1};
	int32_t              left = c->info.until - today;
	if (today < c->info.from)
		finding_add(l->f, false, at, "convenant '%s' begins in %d days",
		    c->info.id, c->info.from - today);
	else if (left < 0 && c->info.after_end)
		finding_add(l->f, false, at,
		    "convenant '%s' ended %d days ago: only its rules for 'expired' "
		    "hold; agree on a new term",
		    c->info.id, -left);
	else if (left < 0)
		finding_add(l->f, false, at,
		    "convenant '%s' ended %d days ago: it refuses everything; agree on "
		    "a new term",
		    c->info.id, -left);
	else if (left <= (int32_t)c->info.warn_days)
		finding_add(l->f, false, at,
		    "convenant '%s' ends in %d days; agree on a new term", c->info.id,
		    left);
}

static void
tell_obligations(struct lint *l, const struct convenant *c)
{
	uint16_t named = 0;
	for (size_t i = 0; i < c->n_rules; i++) named |= c->rules[i].obligations;
	for (size_t i = 0; i < c->n_obligations; i++) {
		const struct obligation *o = &c->obligations[i];
		if (o->every_copy || (named >> i & 1) != 0) continue;
		finding_add(l->f, false, finding_at(c->file, o->line, o->column),
		    "obligation '%s' goes with no copy: name it in a rule, or write "
		    "every_copy: true",
		    o->info.id);
	}
}

static void
tell_approval(struct lint *l, const struct convenant *c)
{
	for (size_t i = 0; i < l->p->n_approvals; i++) {
		if (strcmp(l->p->approvals[i].convenant, c->info.id) == 0) return;
	}
	finding_add(l->f, false, finding_at("parties.yaml", 1, 1),
	    "nobody has to sign for convenant '%s': add it to 'approval'", c->info.id);
}

/* --- parties --------------------------------------------------------------------- */

static bool
names_role(const struct convenant *c, unsigned role)
{
	for (size_t i = 0; i < c->n_senders; i++) {
		if (c->senders[i].role == role) return true;
	}
	for (size_t i = 0; i < c->n_seats; i++) {
		if (c->seats[i].role == role) return true;
	}
	return false;
}

static void
tell_signatures(struct lint *l, const struct member *m, int32_t today)
{
	struct finding_place at = {"parties.yaml", m->party.line, m->party.column};
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct signature *s = &m->signatures[i];
		const struct convenant *c = convenant_find(l->p, s->convenant);
		if (c == NULL) continue;
		int32_t left = s->until - today;
		if (!names_role(c, m->role))
			finding_add(l->f, false, at,
			    "%s signed '%s', which names its role '%s' nowhere",
			    m->party.name, c->info.id, m->party.role);
		else if (left >= 0 && left <= (int32_t)c->info.warn_days &&
		         s->until < c->info.until)
			finding_add(l->f, false, at,
			    "the signature of %s under '%s' ends in %d days",
			    m->party.name, c->info.id, left);
	}
}

/* Whether anybody signed C at any time, declarations apart. */
static bool
has_signatory(const struct policy *p, const struct convenant *c)
{
	for (size_t i = 0; i < p->n_members; i++) {
		const struct member *m = &p->members[i];
		for (size_t k = 0; k < m->n_signatures; k++) {
			if (!m->signatures[k].declaration &&
			    strcmp(m->signatures[k].convenant, c->info.id) == 0)
				return true;
		}
	}
	return false;
}

static void
tell_unsigned(struct lint *l, const struct convenant *c)
{
	if (has_signatory(l->p, c)) return;
	finding_add(l->f, false, finding_at(c->file, 1, 1),
	    "nobody has signed convenant '%s': everybody is a non-signatory", c->info.id);
}

/* --- all of it ------------------------------------------------------------------- */

static void
lint_free(struct lint *l)
{
	free(l->uses);
	free(l->told);
}

rc
policy_lint(const struct policy *p, int32_t today, struct findings *f)
{
	AUTO(lint_free) struct lint l = {.p = p, .f = f};
	l.uses                        = calloc(p->n_rules + 1, sizeof *l.uses);
	l.told                        = calloc(p->n_rules * p->n_rules + 1, 1);
	if (l.uses == NULL || l.told == NULL) return RC_NOMEM;
	for (size_t i = 0; i < p->n_rules; i++) l.uses[i].beaten_by = RULE_NONE;
	if (p->version == 0)
		finding_add(f, false, finding_at("parties.yaml", 1, 1),
		    "no 'version': a bundle without one cannot replace another");
	for (size_t i = 0; i < p->n_convenants; i++) {
		tell_term(&l, &p->convenants[i], today);
		tell_approval(&l, &p->convenants[i]);
		tell_unsigned(&l, &p->convenants[i]);
		tell_obligations(&l, &p->convenants[i]);
		weigh_rules(&l, &p->convenants[i]);
	}
	tell_idle(&l);
	for (size_t i = 0; i < p->n_members; i++)
		tell_signatures(&l, &p->members[i], today);
	lint_routes(p, f);
	return RC_OK;
}
