/* SPDX-License-Identifier: EUPL-1.2 */
/* result_json.c - a result as one JSON object; keys and codes are never translated. */

#include "client/jsonfile.h"
#include "client/result.h"

static json_t *
hex_json(const uint8_t *p, size_t n)
{
	AUTO(auto_free) char *text = calloc(n * 2 + 1, 1);

	if (text == NULL) return NULL;
	hex_encode(text, n * 2 + 1, slice_of(p, n));
	return json_string(text);
}

static json_t *
base64_json(struct slice s)
{
	AUTO(buf_wipe) struct buf text = buf_init(ANSWER_MAX * 2);

	if (base64_encode(s, &text) != RC_OK) return NULL;
	return json_stringn((const char *)text.p, text.n);
}

/* Set KEY unless TEXT is empty. */
static void
set_text(json_t *o, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		(void)json_object_set_new(o, key, json_string(text));
}

static void
set_index(json_t *o, const char *key, int64_t index)
{
	if (index >= 0) (void)json_object_set_new(o, key, json_integer(index));
}

static json_t *
fields_json(size_t n, const struct sluis_field *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_pack("{s:s, s:s}", "path", f[i].path, "action",
		    sluis_action_name(f[i].action));
		set_text(o, "rule", f[i].rule);
		set_text(o, "article", f[i].article);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
obligations_json(size_t n, const struct sluis_obligation *from)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *o =
		    json_pack("{s:s, s:s}", "id", from[i].id, "text", from[i].text);
		set_text(o, "article", from[i].article);
		if (from[i].until_ms != 0)
			(void)json_object_set_new(
			    o, "until_ms", json_integer((json_int_t)from[i].until_ms));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
outcome_json(const struct sluis_outcome *from)
{
	json_t *o = json_pack("{s:s, s:s, s:s}", "oin", from->oin, "desk", from->desk,
	    "code", sluis_code_name(from->code));

	set_text(o, "rule", from->rule);
	set_text(o, "article", from->article);
	set_text(o, "change", from->change);
	set_index(o, "entry", from->entry_index);
	(void)json_object_set_new(o, "fields", fields_json(from->n_fields, from->fields));
	(void)json_object_set_new(
	    o, "obligations", obligations_json(from->n_obligations, from->obligations));
	if (from->lost) (void)json_object_set_new(o, "lost", json_true());
	return o;
}

static json_t *
statements_json(size_t n, const struct sluis_statement *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "path", s[i].path, "action",
		    sluis_action_name(s[i].action), "kind", s[i].kind, "value",
		    s[i].value);
		if (s[i].former) (void)json_object_set_new(o, "former", json_true());
		(void)json_array_append_new(list, o);
	}
	return list;
}

/* Set KEY to the JSON in TEXT unless that is empty. */
static void
set_loaded(json_t *o, const char *key, const char *text)
{
	if (text[0] != '\0') (void)json_object_set_new(o, key, json_loads(text, 0, NULL));
}

static json_t *
signature_json(const struct sluis_signature *from)
{
	json_t *o = json_pack("{s:s, s:s, s:I, s:I, s:I}", "oin", from->oin, "desk",
	    from->desk, "made_ms", (json_int_t)from->made_ms, "not_before_ms",
	    (json_int_t)from->not_before_ms, "not_after_ms",
	    (json_int_t)from->not_after_ms);

	(void)json_object_set_new(o, "binding", hex_json(from->binding, HASH_BYTES));
	(void)json_object_set_new(
	    o, "certificate", hex_json(from->certificate, HASH_BYTES));
	return o;
}

static json_t *
delivery_json(const struct sluis_delivery *d)
{
	json_t *o = json_object();

	(void)json_object_set_new(o, "id", hex_json(d->id, sizeof d->id));
	set_text(o, "sender_oin", d->sender_oin);
	set_text(o, "sender_desk", d->sender_desk);
	set_text(o, "convenant", d->convenant);
	set_text(o, "phase", d->phase);
	set_text(o, "purpose", d->purpose);
	(void)json_object_set_new(
	    o, "released_ms", json_integer((json_int_t)d->released_ms));
	(void)json_object_set_new(o, "attempt", json_integer((json_int_t)d->attempt));
	set_index(o, "entry", d->entry_index);
	if (d->case_id != NULL)
		(void)json_object_set_new(o, "case_id", hex_json(d->case_id, ID_BYTES));
	if (d->corrects != NULL)
		(void)json_object_set_new(o, "corrects", hex_json(d->corrects, ID_BYTES));
	if (d->enriches != 0) (void)json_object_set_new(o, "enriches", json_true());
	if (d->recalled != 0) (void)json_object_set_new(o, "recalled", json_true());
	set_loaded(o, "notice", d->notice_json);
	set_loaded(o, "signal", d->signal_json);
	(void)json_object_set_new(
	    o, "statements", statements_json(d->n_statements, d->statements));
	(void)json_object_set_new(o, "fields", fields_json(d->n_grounds, d->grounds));
	(void)json_object_set_new(
	    o, "obligations", obligations_json(d->n_obligations, d->obligations));
	if (d->signature != NULL)
		(void)json_object_set_new(o, "signature", signature_json(d->signature));
	return o;
}

json_t *
entry_to_json(const struct sluis_entry *e)
{
	json_t *o = json_pack("{s:I, s:s, s:I}", "index", (json_int_t)e->index, "kind",
	    e->kind, "time_ms", (json_int_t)e->time_ms);

	set_text(o, "sender_oin", e->sender_oin);
	set_text(o, "sender_desk", e->sender_desk);
	set_text(o, "recipient_oin", e->recipient_oin);
	set_text(o, "recipient_desk", e->recipient_desk);
	set_text(o, "convenant", e->convenant);
	set_text(o, "phase", e->phase);
	set_text(o, "purpose", e->purpose);
	set_text(o, "code", e->code);
	set_text(o, "rule", e->rule);
	set_text(o, "bundle", e->bundle);
	set_text(o, "subject", e->subject);
	set_index(o, "refers_to", e->refers_to);
	if (e->count != 0)
		(void)json_object_set_new(o, "count", json_integer((json_int_t)e->count));
	if (e->trace_id != NULL)
		(void)json_object_set_new(o, "trace_id", hex_json(e->trace_id, ID_BYTES));
	if (e->case_id != NULL)
		(void)json_object_set_new(o, "case_id", hex_json(e->case_id, ID_BYTES));
	set_text(o, "user", e->user);
	if (e->n_fields != 0)
		(void)json_object_set_new(
		    o, "fields", fields_json(e->n_fields, e->fields));
	(void)json_object_set_new(o, "leaf", base64_json(slice_of(e->leaf, e->leaf_n)));
	return o;
}

/* Lists are always there, so that a script may count them. */
#define LIST(name, count, items, to_json)                                        \
	{                                                                        \
		json_t *list = json_array();                                     \
		for (size_t i = 0; i < (count); i++)                             \
			(void)json_array_append_new(list, to_json(&(items)[i])); \
		(void)json_object_set_new(o, name, list);                        \
	}

json_t *
result_to_json(const struct sluis_result *r)
{
	json_t *o = json_object();

	set_text(o, "code", rc_name(r->code));
	(void)json_object_set_new(
	    o, "trace_id", hex_json(r->trace_id, sizeof r->trace_id));
	set_text(o, "bundle", sluis_result_bundle(r));
	if (r->answer != NULL) {
		set_text(o, "where", r->answer->where);
		set_text(o, "rule", r->answer->rule);
		set_text(o, "article", r->answer->article);
	}
	if (r->answer != NULL) result_case_json(r->answer, o);
	LIST("outcomes", r->n_outcomes, r->outcomes, outcome_json)
	LIST("deliveries", r->n_deliveries, r->deliveries, delivery_json)
	LIST("entries", r->n_entries, r->entries, entry_to_json)
	if (sluis_result_n_proof(r) != 0) {
		json_t *list = json_array();
		for (size_t i = 0; i < r->answer->n_proof; i++)
			(void)json_array_append_new(
			    list, base64_json(slice_of(r->answer->proof[i].data,
			              r->answer->proof[i].len)));
		(void)json_object_set_new(o, "proof", list);
	}
	set_text(o, "checkpoint", sluis_result_checkpoint(r));
	return o;
}

const char *
sluis_result_json(struct sluis_result *r)
{
	if (r->json != NULL) return r->json;
	json_t *o = result_to_json(r);
	r->json = o != NULL ? json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
	json_decref(o);
	return r->json;
}
