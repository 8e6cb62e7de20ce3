/* SPDX-License-Identifier: EUPL-1.2 */
/* trust_policy.c - reading a trust file line by line, and judging a checkpoint by it. */
#include "proto/trust_policy.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/cosignature.h"
#include "proto/text.h"

enum { NONE = -1, NAMES_MAX = TRUST_WITNESSES_MAX + TRUST_GROUPS_MAX, WORDS_MAX = 512 };

struct named { /* a witness or a group: what can be a member or the quorum */
	char   name[TRUST_NAME_MAX + 1];
	bool   group;
	bool   used;    /* it is a member of a group already */
	size_t witness; /* not a group: which of the witnesses */
	size_t k, n;    /* group: how many of its members */
	int    parent;  /* the group that it is a member of */
};

struct trust_policy {
	size_t               n_logs, n_witnesses, n_names, n_groups;
	struct note_verifier logs[TRUST_LOGS_MAX];
	struct note_verifier witnesses[TRUST_WITNESSES_MAX];
	size_t               name_of[TRUST_WITNESSES_MAX];
	struct named         names[NAMES_MAX]; /* in the order of the file */
	bool                 has_quorum;
	int                  quorum; /* index into names, or NONE */
};

struct words {
	size_t       n;
	struct slice at[WORDS_MAX];
};

/* --- one line --------------------------------------------------------------------------
 */

static bool
is_allowed(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (c == 0x7f || (c < 0x20 && c != '\t' && c != '\n')) return false;
	}
	return true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static rc
split_words(struct slice line, struct words *w)
{
	w->n = 0;
	for (size_t i = 0; i < line.n;) {
		size_t start = i;
		while (i < line.n && !is_blank(line.p[i])) i++;
		if (i != start) {
			if (w->n == WORDS_MAX) return RC_TOO_MANY;
			w->at[w->n++] = slice_of(line.p + start, i - start);
		}
		while (i < line.n && is_blank(line.p[i])) i++;
	}
	return RC_OK;
}

static bool
word_is(struct slice word, const char *text)
{
	return slice_equal(word, slice_str(text));
}

static int
find_name(const struct trust_policy *p, struct slice name)
{
	for (size_t i = 0; i < p->n_names; i++)
		if (word_is(name, p->names[i].name)) return (int)i;
	return NONE;
}

/* Read the vkey in WORD; what is wrong with it, NULL if nothing. */
static const char *
read_key(struct slice word, enum note_type type, struct note_verifier *ret)
{
	char vkey[NOTE_VKEY_MAX];

	if (word.n >= sizeof vkey) return "a verifier key is too long";
	memcpy(vkey, word.p, word.n);
	vkey[word.n] = '\0';
	return note_key_parse(ret, type, vkey) == RC_OK
	           ? NULL
	           : "not a verifier key of the right type";
}

static bool
is_among(const struct note_verifier *keys, size_t n, const struct note_verifier *key)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(keys[i].public_key, key->public_key, KEY_BYTES) == 0)
			return true;
	return false;
}

/* --- the four kinds of line: what is wrong with it, NULL if nothing ----------------- */

static const char *
read_log(struct trust_policy *p, const struct words *w)
{
	struct note_verifier key;

	if (w->n < 2 || w->n > 3) return "log takes a verifier key and perhaps a URL";
	if (p->n_logs == TRUST_LOGS_MAX) return "too many logs";
	const char *wrong = read_key(w->at[1], NOTE_ED25519, &key);
	if (wrong != NULL) return wrong;
	if (is_among(p->logs, p->n_logs, &key)) return "this log stands here already";
	p->logs[p->n_logs++] = key;
	return NULL;
}

/* Put NAME, new and usable, among the names. */
static const char *
add_name(struct trust_policy *p, struct slice name, struct named **ret)
{
	if (p->n_names == NAMES_MAX) return "too many names";
	if (name.n > TRUST_NAME_MAX) return "a name is too long";
	if (word_is(name, "none")) return "none is no name";
	if (find_name(p, name) != NONE) return "this name stands here already";
	struct named *n = &p->names[p->n_names++];
	*n              = (struct named){.parent = NONE};
	memcpy(n->name, name.p, name.n);
	*ret = n;
	return NULL;
}

static const char *
read_witness(struct trust_policy *p, const struct words *w)
{
	struct note_verifier key;
	struct named        *n = NULL;

	if (w->n < 3 || w->n > 4)
		return "witness takes a name, a verifier key and perhaps a URL";
	if (p->n_witnesses == TRUST_WITNESSES_MAX) return "too many witnesses";
	const char *wrong = read_key(w->at[2], NOTE_COSIGNATURE, &key);
	if (wrong != NULL) return wrong;
	if (is_among(p->witnesses, p->n_witnesses, &key))
		return "this witness stands here already";
	wrong = add_name(p, w->at[1], &n);
	if (wrong != NULL) return wrong;
	n->witness                   = p->n_witnesses;
	p->name_of[p->n_witnesses]   = p->n_names - 1;
	p->witnesses[p->n_witnesses] = key;
	p->n_witnesses++;
	return NULL;
}

static const char *
read_threshold(struct slice word, size_t n, size_t *ret)
{
	uint64_t k = 0;

	if (word_is(word, "any"))
		k = 1;
	else if (word_is(word, "all"))
		k = n;
	else if (text_decimal(word, &k) != RC_OK)
		return "a group takes all, any or a number";
	if (k < 1 || k > n) return "the number is not from 1 to that of the members";
	*ret = (size_t)k;
	return NULL;
}

static const char *
add_members(struct trust_policy *p, const struct words *w, int group)
{
	for (size_t i = 3; i < w->n; i++) {
		int m = find_name(p, w->at[i]);
		if (m == NONE || m == group) return "a member was not defined above";
		if (p->names[m].used) return "a member is in a group already";
		p->names[m].used   = true;
		p->names[m].parent = group;
	}
	return NULL;
}

static const char *
read_group(struct trust_policy *p, const struct words *w)
{
	struct named *g = NULL;

	if (w->n < 4) return "group takes a name, all, any or a number, and members";
	if (p->n_groups == TRUST_GROUPS_MAX) return "too many groups";
	const char *wrong = add_name(p, w->at[1], &g);
	if (wrong != NULL) return wrong;
	g->group = true;
	g->n     = w->n - 3;
	p->n_groups++;
	wrong = read_threshold(w->at[2], g->n, &g->k);
	return wrong != NULL ? wrong : add_members(p, w, (int)p->n_names - 1);
}

static const char *
read_quorum(struct trust_policy *p, const struct words *w)
{
	if (w->n != 2) return "quorum takes one name";
	if (p->has_quorum) return "there is a quorum already";
	p->has_quorum = true;
	p->quorum     = NONE;
	if (word_is(w->at[1], "none")) return NULL;
	p->quorum = find_name(p, w->at[1]);
	return p->quorum == NONE ? "the quorum was not defined above" : NULL;
}

static const char *
read_line(struct trust_policy *p, struct slice line, struct words *w)
{
	static const struct {
		const char *keyword;
		const char *(*read)(struct trust_policy *p, const struct words *w);
	} kinds[] = {{"log", read_log}, {"witness", read_witness}, {"group", read_group},
	    {"quorum", read_quorum}};

	if (split_words(line, w) != RC_OK) return "too many words";
	if (w->n == 0 || w->at[0].p[0] == '#') return NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (word_is(w->at[0], kinds[i].keyword)) return kinds[i].read(p, w);
	return "a line begins with log, witness, group or quorum";
}

/* --- the file ------------------------------------------------------------------------
 */

static rc
fault(struct trust_fault *reterr, unsigned line, const char *what)
{
	if (reterr != NULL) *reterr = (struct trust_fault){.line = line, .what = what};
	return RC_MALFORMED;
}

rc
trust_policy_parse(
    struct slice text, struct trust_policy **ret, struct trust_fault *reterr)
{
	AUTO(trust_policy_destroy) struct trust_policy *p = calloc(1, sizeof *p);
	AUTO(auto_free) struct words                   *w = calloc(1, sizeof *w);
	struct slice                                    line;
	unsigned                                        n = 0;

	if (p == NULL || w == NULL) return RC_NOMEM;
	if (text.n > TRUST_FILE_MAX) return fault(reterr, 0, "the file is too large");
	if (!is_allowed(text)) return fault(reterr, 0, "it holds a control character");
	while (text.n != 0) {
		n++;
		if (text_line(&text, &line) != RC_OK)
			return fault(reterr, n, "the last line does not end");
		const char *wrong = read_line(p, line, w);
		if (wrong != NULL) return fault(reterr, n, wrong);
	}
	if (!p->has_quorum) return fault(reterr, 0, "there is no quorum");
	*ret = TAKE(p);
	return RC_OK;
}

void
trust_policy_destroy(struct trust_policy **pp)
{
	free(*pp);
	*pp = NULL;
}

size_t
trust_policy_n_logs(const struct trust_policy *p)
{
	return p->n_logs;
}

size_t
trust_policy_n_witnesses(const struct trust_policy *p)
{
	return p->n_witnesses;
}

const struct note_verifier *
trust_policy_log(const struct trust_policy *p, size_t i)
{
	return &p->logs[i];
}

const struct note_verifier *
trust_policy_witness(const struct trust_policy *p, size_t i, const char **ret_name)
{
	if (ret_name != NULL) *ret_name = p->names[p->name_of[i]].name;
	return &p->witnesses[i];
}

rc
trust_policy_also(const struct trust_policy *p, struct note_verifier *v)
{
	for (size_t i = 0; i < p->n_logs; i++)
		if (strcmp(p->logs[i].name, v->name) == 0)
			TRY(note_verifier_also(v, p->logs[i].public_key));
	return RC_OK;
}

/* --- judging -------------------------------------------------------------------------
 */

bool
trust_policy_quorum(const struct trust_policy *p, const bool *cosigned)
{
	size_t count[NAMES_MAX] = {0}; /* members that witnessed */

	if (p->quorum == NONE) return true;
	/* A group stands behind its members, so one pass is enough. */
	for (size_t i = 0; i < p->n_names; i++) {
		const struct named *n = &p->names[i];
		bool witnessed = n->group ? count[i] >= n->k : cosigned[n->witness];
		if ((int)i == p->quorum) return witnessed;
		if (witnessed && n->parent != NONE) count[n->parent]++;
	}
	return false;
}

rc
trust_policy_line(const struct trust_policy *p, struct slice line, struct slice text,
    size_t *ret_witness, uint64_t *ret_time_s)
{
	for (size_t i = 0; i < p->n_witnesses; i++) {
		rc code = cosignature_check(line, &p->witnesses[i], text, ret_time_s);
		if (code == RC_NOT_FOUND) continue;
		if (code == RC_OK) *ret_witness = i;
		return code;
	}
	return RC_NOT_FOUND;
}

/* Which log signed NOTE, whose origin it then must name. */
static rc
find_log(const struct trust_policy *p, struct slice note, struct trust_verdict *v)
{
	for (size_t i = 0; i < p->n_logs; i++) {
		rc code = checkpoint_open(note, &p->logs[i], &v->head);
		if (code == RC_NOMEM) return code;
		if (code != RC_OK) continue;
		v->log = i;
		return RC_OK;
	}
	return RC_BAD_NOTE;
}

static void
take_cosignature(struct trust_verdict *v, size_t witness, uint64_t time_s)
{
	if (!v->cosigned[witness]) v->n_cosigned++;
	v->cosigned[witness] = true;
	if (time_s > v->time_s[witness]) v->time_s[witness] = time_s;
}

rc
trust_policy_judge(
    const struct trust_policy *p, struct slice note, struct trust_verdict *ret)
{
	struct trust_verdict v = {0};
	struct slice         text, rest, line;
	size_t               witness = 0;
	uint64_t             time_s  = 0;

	TRY(find_log(p, note, &v)); /* which also bounds the number of lines */
	TRY(note_split(note, &text, &rest));
	while (rest.n != 0) {
		if (text_line(&rest, &line) != RC_OK) return RC_BAD_NOTE;
		rc code = trust_policy_line(p, line, text, &witness, &time_s);
		if (code == RC_NOT_FOUND) continue;
		TRY(code);
		take_cosignature(&v, witness, time_s);
	}
	v.quorum = trust_policy_quorum(p, v.cosigned);
	*ret     = v;
	return RC_OK;
}
