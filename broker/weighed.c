/* SPDX-License-Identifier: EUPL-1.2 */
/* weighed.c - the records of a Detail: facts and paths per person. */
#include "broker/weighed.h"

#include <stdlib.h>

#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/schema.h"

enum {
	FACT_BITS = 64,
	PATHS_MAX = SCHEMA_FIELDS_MAX * (SCHEMA_DEPTH_MAX + 1),
};

/* --- facts and paths ------------------------------------------------------------- */

rc
weighed_facts(factset facts, size_t *ret_n, char ***ret)
{
	for (unsigned bit = 0; bit < FACT_BITS; bit++) {
		const char *name = fact_name((enum fact)bit);
		if ((facts >> bit & 1) == 0 || name == NULL) continue;
		if (*ret == NULL) *ret = calloc(FACT_BITS, sizeof **ret);
		if (*ret == NULL) return RC_NOMEM;
		TRY(message_text(&(*ret)[*ret_n], name));
		(*ret_n)++;
	}
	return RC_OK;
}

rc
weighed_paths(
    const struct fieldset *fields, protobuf_c_boolean *has, ProtobufCBinaryData *ret)
{
	const struct schema      *s     = schema_signal();
	AUTO(buf_wipe) struct buf paths = buf_init(PATHS_MAX);

	for (unsigned i = 0; i < s->n_fields; i++)
		if (fieldset_has(fields, i)) TRY(schema_pack(&s->fields[i], &paths));
	return message_bytes(has, ret, buf_slice(&paths));
}

/* --- records --------------------------------------------------------------------- */

static rc
add_counted(Sluis__RuledRecord *r, const struct counted *counted)
{
	if (counted->n == 0) return RC_OK;
	r->counted = calloc(counted->n, sizeof *r->counted);
	if (r->counted == NULL) return RC_NOMEM;
	for (; r->n_counted < counted->n; r->n_counted++)
		TRY(message_text(
		    &r->counted[r->n_counted], counted->codes[r->n_counted]));
	return RC_OK;
}

static rc
add_record(Sluis__Detail *detail, factset facts, const struct fieldset *fields,
    const struct counted *counted)
{
	Sluis__RuledRecord *r =
	    message_add(&detail->n_records, &detail->records, sizeof *r);
	if (r == NULL) return RC_NOMEM;
	sluis__ruled_record__init(r);
	TRY(weighed_facts(facts, &r->n_facts, &r->facts));
	TRY(add_counted(r, counted));
	return weighed_paths(fields, &r->has_paths, &r->paths);
}

static rc
add_person(
    Sluis__Detail *detail, const Sluis__Signal *signal, size_t index, int32_t today)
{
	const Sluis__Person *person = signal->persons[index];
	struct fieldset      fields = {{0}};
	struct counted       counted;

	schema_mark_filled(schema_person(), &person->base, true, &fields);
	counted_person(signal, index, today, &counted);
	return add_record(detail, facts_of_person(person, today), &fields, &counted);
}

rc
weighed_records(
    const Sluis__Signal *signal, enum counted_as as, int32_t today, struct buf *out)
{
	AUTO(message_destroy) Sluis__Detail *detail = calloc(1, sizeof *detail);
	struct fieldset                      rest   = {{0}};
	struct counted                       counted;

	if (detail == NULL) return RC_NOMEM;
	sluis__detail__init(detail);
	for (size_t i = 0; i < signal->n_persons; i++)
		TRY(add_person(detail, signal, i, today));
	schema_mark_filled(schema_signal()->root, &signal->base, false, &rest);
	counted_signal(signal, as, &counted);
	TRY(add_record(detail, 0, &rest, &counted));
	return message_pack(&detail->base, out);
}
