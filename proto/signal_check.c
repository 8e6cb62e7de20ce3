/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * signal_check.c - a walk over the whole signal, then what spans more than a field.
 *
 * The walk knows nothing of the subject: enums, UTF-8, lengths and counts, and for
 * fields in signal_forms.c their form.  The rules below it know Person, PoliceFact
 * and Handling.
 */
#include "proto/signal_check.h"

#include <string.h>

#include "proto/limits.h"
#include "proto/schema.h"
#include "proto/signal_forms.h"
#include "proto/text.h"
#include "proto/trail.h"
#include "proto/wire.h"

/* Where it stands is written down only for a signal that was refused: the same walk then
 * says where. */
struct check {
	bool          tells;
	struct trail  trail;
	struct where *reterr;
};

static rc
refuse(const struct check *k, const char *reason)
{
	if (!k->tells) return RC_INVALID_SIGNAL;
	return trail_fail(&k->trail, RC_INVALID_SIGNAL, reason, k->reterr);
}

/* Refuse field NAME of element INDEX of LIST. */
static rc
refuse_in(
    struct check *k, const char *list, size_t index, const char *name, const char *reason)
{
	(void)trail_enter(&k->trail, list, (long)index);
	(void)trail_enter(&k->trail, name, TRAIL_SINGULAR);
	return refuse(k, reason);
}

/* Refuse field NAME of where K stands. */
static rc
refuse_field(struct check *k, const char *name, const char *reason)
{
	(void)trail_enter(&k->trail, name, TRAIL_SINGULAR);
	return refuse(k, reason);
}

/* --- any field ------------------------------------------------------------------------
 */

static bool
is_narrative(const ProtobufCMessageDescriptor *desc)
{
	return desc == &sluis__narrative__descriptor;
}

/* Direction overrides make a reader see another text than the one that was signed. */
static bool
is_direction_control(int32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static rc
check_characters(const struct check *k, struct slice s, bool lines)
{
	int32_t c;

	while (s.n != 0) {
		if (s.p[0] >= 0x20 && s.p[0] < 0x7f) { /* most of any text */
			s = slice_of(s.p + 1, s.n - 1);
			continue;
		}
		if (text_code_point(&s, &c) != RC_OK) return refuse(k, "not UTF-8");
		if (lines && (c == '\n' || c == '\t')) continue;
		if (text_is_control(c) || is_direction_control(c))
			return refuse(k, "holds a control character");
	}
	return RC_OK;
}

static rc
check_string(const struct check *k, const ProtobufCMessage *m,
    const ProtobufCFieldDescriptor *f, const char *value)
{
	struct slice s     = slice_str(value);
	bool         story = is_narrative(m->descriptor);

	if (s.n == 0) return refuse(k, "empty: leave the field out");
	if (s.n > (story ? (size_t)SIGNAL_NARRATIVE_MAX : (size_t)SIGNAL_STRING_MAX))
		return refuse(k, "too long");
	TRY(check_characters(k, s, story));
	const char *expected = signal_form_missed(m, f, s);
	return expected == NULL ? RC_OK : refuse(k, expected);
}

static rc
check_enum(const struct check *k, const ProtobufCEnumDescriptor *e, int value)
{
	if (value == 0) return refuse(k, "unspecified: leave the field out");
	if (protobuf_c_enum_descriptor_get_value(e, value) == NULL)
		return refuse(k, "unknown enum value");
	return RC_OK;
}

static rc check_message(struct check *k, const ProtobufCMessage *m);

static rc
check_value(struct check *k, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    void *value)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return check_message(k, *(ProtobufCMessage **)value);
	case PROTOBUF_C_TYPE_STRING:
		return check_string(k, m, f, *(char **)value);
	case PROTOBUF_C_TYPE_ENUM:
		return check_enum(k, f->descriptor, (int)*(uint32_t *)value);
	default:
		return RC_OK;
	}
}

static rc
check_field(struct check *k, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	bool   repeated = f->label == PROTOBUF_C_LABEL_REPEATED;
	size_t n        = field_count(m, f);

	if (n > SIGNAL_RECORDS_MAX) return refuse_field(k, f->name, "too many elements");
	for (size_t i = 0; i < n; i++) {
		const long at   = repeated ? (long)i : TRAIL_SINGULAR;
		size_t     back = k->tells ? trail_enter(&k->trail, f->name, at) : 0;
		TRY(check_value(k, m, f, field_value(m, f, i)));
		if (k->tells) trail_leave(&k->trail, back);
	}
	return RC_OK;
}

/* The types of signal.proto do not recurse, and schema.h bounds their depth. */
static rc
check_message(struct check *k, const ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		TRY(check_field(k, m, &m->descriptor->fields[i]));
	return RC_OK;
}

/* --- rules of the subject -------------------------------------------------------- */

static rc
check_persons(struct check *k, const Sluis__Signal *s)
{
	for (size_t i = 0; i < s->n_persons; i++)
		if (!s->persons[i]->has_role)
			return refuse_in(k, "persons", i, "role",
			    "a person needs a role: who a field is about decides who may "
			    "see it");
	return RC_OK;
}

/* The list that facts of ARTICLE belong in. */
static const char *
list_of(Sluis__WpgArticle article)
{
	switch (article) {
	case SLUIS__WPG_ARTICLE__WPG_8:
	case SLUIS__WPG_ARTICLE__WPG_13:
		return "police_8_13";
	case SLUIS__WPG_ARTICLE__WPG_9:
	case SLUIS__WPG_ARTICLE__WPG_10_1_A:
	case SLUIS__WPG_ARTICLE__WPG_10_1_C:
		return "police_9_10";
	case SLUIS__WPG_ARTICLE__WPG_10_1_B:
		return "police_10_1_b";
	default:
		return "";
	}
}

static rc
check_police(struct check *k, const char *list, Sluis__PoliceFact *const *facts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!facts[i]->has_wpg_article)
			return refuse_in(k, list, i, "wpg_article",
			    "a police fact needs its Wpg article");
		if (strcmp(list_of(facts[i]->wpg_article), list) != 0)
			return refuse_in(k, list, i, "wpg_article",
			    "this Wpg article belongs in another list of police facts");
	}
	return RC_OK;
}

static rc
check_handling(struct check *k, const Sluis__Handling *h)
{
	if (h == NULL || !h->has_layer || h->layer == 1 || h->layer == 2) return RC_OK;
	return refuse_field(k, "handling.layer", "a layer is 1 or 2");
}

/* A signal of address quality is about a dwelling (Wet BRP): whoever lives there is in
 * none. That a report is anonymous is the policy's to hold to
 * (reporter_may_not_be_named). */
static rc
check_address_signal(struct check *k, const Sluis__Signal *s)
{
	if (s->meta == NULL || !s->meta->has_origin || s->n_persons == 0 ||
	    s->meta->origin != SLUIS__ORIGIN__ADDRESS_QUALITY)
		return RC_OK;
	return refuse_field(k, "persons", "a signal of address quality holds no persons");
}

static bool
holds_a_value(const ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		for (size_t v = 0, n = field_count(m, f); v < n; v++) {
			if (f->type != PROTOBUF_C_TYPE_MESSAGE) return true;
			if (holds_a_value(*(ProtobufCMessage **)field_value(m, f, v)))
				return true;
		}
	}
	return false;
}

/* Meta and handling are about the signal; something else must be in it. */
static rc
check_says_something(const struct check *k, const Sluis__Signal *s)
{
	Sluis__Signal rest = *s;

	rest.meta     = NULL;
	rest.handling = NULL;
	if (holds_a_value(&rest.base)) return RC_OK;
	return refuse(k, "the signal says nothing but meta and handling");
}

static rc
check_all(struct check *k, const Sluis__Signal *s)
{
	TRY(check_message(k, &s->base));
	TRY(check_persons(k, s));
	TRY(check_police(k, "police_8_13", s->police_8_13, s->n_police_8_13));
	TRY(check_police(k, "police_9_10", s->police_9_10, s->n_police_9_10));
	TRY(check_police(k, "police_10_1_b", s->police_10_1_b, s->n_police_10_1_b));
	TRY(check_handling(k, s->handling));
	TRY(check_address_signal(k, s));
	return check_says_something(k, s);
}

rc
signal_check(const Sluis__Signal *signal, struct where *reterr)
{
	struct check quick = {.tells = false}, k = {.tells = true, .reterr = reterr};

	if (check_all(&quick, signal) == RC_OK) return RC_OK;
	return check_all(&k, signal);
}

/* --- the layer -------------------------------------------------------------------- */

static uint32_t
number_of(const ProtobufCMessageDescriptor *desc, const char *name)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(desc, name);

	return f == NULL ? 0 : f->id;
}

/* Whether HANDLING names any other layer than 1. */
static bool
names_layer_2(struct slice handling)
{
	uint32_t          layer = number_of(&sluis__handling__descriptor, "layer");
	struct wire_field f;

	while (handling.n != 0 && wire_next(&handling, &f) == RC_OK)
		if (f.number == layer &&
		    (f.type != WIRE_VARINT || f.body.n != 1 || f.body.p[0] != 1))
			return true;
	return false;
}

unsigned
signal_layer(struct slice signal)
{
	uint32_t          handling = number_of(&sluis__signal__descriptor, "handling");
	struct wire_field f;

	while (signal.n != 0 && wire_next(&signal, &f) == RC_OK)
		if (f.number == handling && f.type == WIRE_BYTES && names_layer_2(f.body))
			return 2;
	return 1;
}
