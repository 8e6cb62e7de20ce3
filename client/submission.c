/* SPDX-License-Identifier: EUPL-1.2 */
/* submission.c - reading a signal, and drawing its outline. */
#include "client/submission.h"

#include "policy/facts.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "proto/signal_check.h"

enum { FACTS_MAX = 64, PATHS_MAX = 4096 };

rc
submission_signal(struct slice json, Sluis__Signal **ret, struct sluis_error *e)
{
	AUTO(message_destroy) Sluis__Signal *signal = NULL;
	struct where                         where  = {.at = ""};

	rc code = pbjson_parse(
	    &sluis__signal__descriptor, json, (ProtobufCMessage **)&signal, &where);
	if (code != RC_OK) return error_from_where(e, RC_INVALID_SIGNAL, &where);
	code = signal_check(signal, &where);
	if (code != RC_OK) return error_from_where(e, code, &where);
	*ret = TAKE(signal);
	return RC_OK;
}

rc
submission_recipients(const struct sluis_submission *what, Sluis__Recipient ***ret)
{
	size_t n = what->n_recipients;

	/* one block: the pointers, then what they point at */
	Sluis__Recipient **list = calloc(n + 1, sizeof *list + sizeof **list);
	if (list == NULL) return RC_NOMEM;
	Sluis__Recipient *room = (Sluis__Recipient *)(void *)(list + n + 1);
	for (size_t i = 0; i < n; i++) {
		sluis__recipient__init(&room[i]);
		room[i].oin  = message_borrow(what->recipients[i].oin);
		room[i].desk = message_borrow(what->recipients[i].desk);
		list[i]      = &room[i];
	}
	*ret = list;
	return RC_OK;
}

/* --- the outline ----------------------------------------------------------------- */

static rc
put_paths(const struct fieldset *set, Sluis__PreviewRecord *record)
{
	const struct schema      *schema = schema_signal();
	AUTO(buf_wipe) struct buf paths  = buf_init(PATHS_MAX);

	for (size_t i = 0; i < schema->n_fields; i++)
		if (fieldset_has(set, (unsigned)i))
			TRY(schema_pack(&schema->fields[i], &paths));
	record->has_paths  = 1;
	record->paths.len  = paths.n;
	record->paths.data = TAKE(paths.p);
	return RC_OK;
}

/* The names of FACTS, which are constants of the program. */
static rc
put_facts(factset facts, Sluis__PreviewRecord *record)
{
	record->facts = calloc(FACTS_MAX, sizeof *record->facts);
	if (record->facts == NULL) return RC_NOMEM;
	for (unsigned bit = 0; bit < FACTS_MAX; bit++) {
		const char *name = fact_name((enum fact)bit);
		if ((facts >> bit & 1) != 0 && name != NULL)
			record->facts[record->n_facts++] = message_borrow(name);
	}
	return RC_OK;
}

static rc
outline_person(const Sluis__Person *person, int32_t today, Sluis__PreviewRecord *record)
{
	struct fieldset set = {{0}};

	schema_mark_filled(schema_person(), &person->base, true, &set);
	TRY(put_facts(facts_of_person(person, today), record));
	return put_paths(&set, record);
}

static rc
outline_rest(const Sluis__Signal *signal, Sluis__PreviewRecord *record)
{
	struct fieldset set = {{0}};

	schema_mark_filled(schema_signal()->root, &signal->base, false, &set);
	/* the one message fact that follows from a value and not from its presence */
	TRY(put_facts(facts_of_signal(signal, 0) & FACTS_OF_VALUES, record));
	return put_paths(&set, record);
}

rc
submission_outline(const Sluis__Signal *signal, int32_t today,
    Sluis__PreviewRecord ***ret, size_t *ret_n)
{
	size_t n    = signal->n_persons + 1;
	rc     code = RC_OK;

	Sluis__PreviewRecord **records = calloc(n, sizeof *records);
	for (size_t i = 0; i < n && records != NULL && code == RC_OK; i++) {
		records[i] = calloc(1, sizeof **records);
		if (records[i] == NULL) {
			code = RC_NOMEM;
			break;
		}
		sluis__preview_record__init(records[i]);
		code = i + 1 < n ? outline_person(signal->persons[i], today, records[i])
		                 : outline_rest(signal, records[i]);
	}
	if (records == NULL || code != RC_OK) {
		submission_free_outline(records, n);
		return code != RC_OK ? code : RC_NOMEM;
	}
	*ret   = records;
	*ret_n = n;
	return RC_OK;
}

void
submission_free_outline(Sluis__PreviewRecord **records, size_t n)
{
	for (size_t i = 0; i < n && records != NULL; i++) {
		if (records[i] == NULL) continue;
		free(records[i]->facts);
		free(records[i]->paths.data);
		free(records[i]);
	}
	free(records);
}
