/* SPDX-License-Identifier: EUPL-1.2 */
/* epoch.c - an entry for each of the broker's own keys. */
#include "broker/journal/epoch.h"

#include <sodium.h>

#include "broker/journal/event.h"

static rc
note(struct broker *b, const char *purpose, const char *name, const struct hash *mark)
{
	struct event e     = {.kind = SLUIS__EVENT_KIND__EVENT_EPOCH,
	        .in_force           = true,
	        .purpose            = purpose,
	        .phase              = name,
	        .subject            = mark};
	uint64_t     index = 0;

	return event_append(b, &e, &index);
}

static struct hash
digest_of(const uint8_t public_key[KEY_BYTES])
{
	struct hash h;

	(void)crypto_hash_sha256(h.b, public_key, KEY_BYTES);
	return h;
}

rc
epoch_note(struct broker *b)
{
	const struct keeper_facts *k          = keeper_facts(b->keeper);
	struct hash                checkpoint = digest_of(k->checkpoint[0]);
	struct hash                channel    = digest_of(k->curve[0].public_key);
	struct hash                pseudonym;

	pseudonym_mark(b->pseudonymiser, pseudonym.b);
	TRY(note(b, "pseudonym", k->epoch[k->current].epoch, &pseudonym));
	TRY(note(b, "checkpoint", NULL, &checkpoint));
	return note(b, "channel", NULL, &channel);
}
