/* SPDX-License-Identifier: EUPL-1.2 */
/* ready.c - what others may know of a running broker, as one JSON file. */
#include "broker/ready.h"

#include <inttypes.h>
#include <unistd.h>

#include "broker/keys/show.h"
#include "certs/file.h"
#include "proto/auto.h"

/* Where key I of the broker is served, as members of an object. */
static rc
add_channel(const struct broker *b, size_t i, struct buf *text)
{
	const struct curve_key *key = &keeper_facts(b->keeper)->curve[i];
	char                    z85[Z85_KEY_MAX];

	TRY(show_curve(key->public_key, z85));
	return buf_printf(text,
	    "\"agency\": \"%s\", \"audit\": \"%s\", \"enrol\": \"%s\",\n"
	    "  \"curve_public\": \"%s\"",
	    transport_endpoint(b->transport, key->place, DOOR_AGENCY),
	    transport_endpoint(b->transport, key->place, DOOR_AUDIT),
	    transport_endpoint(b->transport, key->place, DOOR_ENROL), z85);
}

/* The keys that come after those in force, while there are such. */
static rc
add_next(const struct broker *b, struct buf *text)
{
	const struct keeper_facts *k = keeper_facts(b->keeper);
	char                       vkey[NOTE_VKEY_MAX];

	if (k->n_curves > 1) {
		TRY(buf_printf(text, "  \"next\": {"));
		TRY(add_channel(b, 1, text));
		TRY(buf_printf(text, "},\n"));
	}
	if (k->n_checkpoints < 2) return RC_OK;
	TRY(show_verifier(b->config->origin, k->checkpoint[1], vkey));
	return buf_printf(text, "  \"verifier_next\": \"%s\",\n", vkey);
}

static rc
add_doors(const struct broker *b, struct buf *text)
{
	char vkey[NOTE_VKEY_MAX];

	TRY(note_verifier_format(journal_verifier(b->journal), vkey));
	TRY(buf_printf(text, "  \"pid\": %ld,\n  \"origin\": \"%s\",\n  ", (long)getpid(),
	    b->config->origin));
	TRY(add_channel(b, 0, text));
	TRY(buf_printf(text, ",\n  \"verifier\": \"%s\",\n", vkey));
	return add_next(b, text);
}

static rc
add_policy(const struct broker *b, struct buf *text)
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(policy_hash(b->policy)->b, HASH_BYTES));
	return buf_printf(text,
	    "  \"policy\": \"%s\",\n  \"policy_version\": %" PRIu64 ",\n"
	    "  \"policy_looks\": %" PRIu64 ",\n  \"policy_refused\": \"%s\"\n",
	    hex, b->policy_version, b->policy_looks, rc_name(b->policy_refused));
}

rc
ready_write(const struct broker *b)
{
	AUTO(buf_wipe) struct buf text = buf_init(4096);

	if (b->config->ready_file == NULL) return RC_OK;
	TRY(buf_printf(&text, "{\n"));
	TRY(add_doors(b, &text));
	TRY(add_policy(b, &text));
	TRY(buf_printf(&text, "}\n"));
	return file_write(b->config->ready_file, buf_slice(&text), 0644);
}
