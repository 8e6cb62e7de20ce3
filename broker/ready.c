/* SPDX-License-Identifier: EUPL-1.2 */
/* ready.c - what others may know of a running broker, as one JSON file. */
#include "broker/ready.h"

#include <inttypes.h>
#include <unistd.h>

#include "certs/file.h"
#include "proto/auto.h"

static rc
add_doors(const struct broker *b, struct buf *text)
{
	char vkey[NOTE_VKEY_MAX], z85[41];

	TRY(note_verifier_format(journal_verifier(b->journal), vkey));
	if (zmq_z85_encode(
	        z85, keeper_facts(b->keeper)->curve[0].public_key, KEY_BYTES) == NULL)
		return RC_INTERNAL;
	return buf_printf(text,
	    "  \"pid\": %ld,\n  \"origin\": \"%s\",\n  \"agency\": \"%s\",\n"
	    "  \"audit\": \"%s\",\n  \"enrol\": \"%s\",\n  \"curve_public\": \"%s\",\n"
	    "  \"verifier\": \"%s\",\n",
	    (long)getpid(), b->config->origin,
	    transport_endpoint(b->transport, 0, DOOR_AGENCY),
	    transport_endpoint(b->transport, 0, DOOR_AUDIT),
	    transport_endpoint(b->transport, 0, DOOR_ENROL), z85, vkey);
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
