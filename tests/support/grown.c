/* SPDX-License-Identifier: EUPL-1.2 */
/* grown.c - fates from what is left. */
#include "support/grown.h"

#include <stdlib.h>
#include <string.h>

#include "proto/message.h"

enum { MUCH = 64 << 20 };

rc
grown_new(
    struct grown *ret, const ProtobufCMessage *signal, const uint8_t seed[KEY_BYTES])
{
	*ret    = (struct grown){.mem = scratch_init(MUCH)};
	rc code = contents_list(signal, &ret->mem, &ret->contents);
	if (code == RC_OK)
		code = disclosure_new(&ret->tree, ret->contents, seed, &ret->mem);
	if (code != RC_OK) grown_wipe(ret);
	return code;
}

void
grown_wipe(struct grown *g)
{
	scratch_wipe(&g->mem);
	*g = (struct grown){0};
}

/* F of M has FATE, and had none yet. */
static rc
mark(const struct grown *g, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    enum fate fate, uint8_t *fates)
{
	const struct contents *c = g->contents;

	for (size_t i = 0; i < c->n_fields; i++) {
		if (c->messages[c->fields[i].in].m != m || c->fields[i].leaf->desc != f)
			continue;
		if (fates[i] != FATE_GONE && fates[i] != fate) return RC_INTERNAL;
		fates[i] = (uint8_t)fate;
		return RC_OK;
	}
	return RC_INTERNAL;
}

static rc
mark_given(const struct grown *g, const ProtobufCMessage *m, uint8_t *fates)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		size_t                          n = field_count(m, f);
		if (n != 0 && f->type != PROTOBUF_C_TYPE_MESSAGE) {
			TRY(mark(g, m, f, FATE_GIVEN, fates));
			continue;
		}
		for (size_t k = 0; k < n; k++)
			TRY(mark_given(
			    g, *(ProtobufCMessage **)field_value(m, f, k), fates));
	}
	return RC_OK;
}

/* What lies in a scratch, as a message owns it. */
static rc
own(protobuf_c_boolean *has, ProtobufCBinaryData *part)
{
	return *has ? message_bytes(has, part, message_slice(part)) : RC_OK;
}

rc
grown_evidence(struct grown *g, const ProtobufCMessage *signal,
    const struct stated *stated, size_t n, Sluis__Evidence *evidence)
{
	struct remains  left;
	Sluis__Evidence e = SLUIS__EVIDENCE__INIT;

	TRY(remains_new(&left, g->contents, &g->mem));
	TRY(mark_given(g, signal, left.fates));
	for (size_t i = 0; i < n; i++)
		TRY(mark(g, stated[i].message, stated[i].field, FATE_STATED, left.fates));
	remains_settle(&left);
	TRY(disclosure_evidence(g->tree, &left, &g->mem, &e));
	TRY(own(&e.has_slots, &e.slots));
	TRY(own(&e.has_salts, &e.salts));
	TRY(own(&e.has_veiled, &e.veiled));
	TRY(own(&e.has_siblings, &e.siblings));
	*evidence = e;
	return RC_OK;
}
