/* SPDX-License-Identifier: EUPL-1.2 */
/* epoch.c - an entry for each of the broker's own keys. */
#include "broker/journal/epoch.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

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

/* Each key of the pseudonyms by what has become of it; one that ended has no mark. */
static rc
note_epochs(struct broker *b, const struct keeper_facts *k)
{
	static const char *const purposes[] = {
	    "", "pseudonym", "pseudonym_overlap", "pseudonym_ended"};

	for (size_t i = 0; i < k->n_epochs; i++) {
		const struct epoch_fact *e    = &k->epoch[i];
		struct hash              mark = {{0}};
		memcpy(mark.b, e->mark, sizeof mark.b);
		TRY(note(b, purposes[e->state], e->epoch, &mark));
	}
	return RC_OK;
}

static rc
note_public(struct broker *b, const char *purpose, const uint8_t public_key[KEY_BYTES])
{
	struct hash digest = digest_of(public_key);

	return note(b, purpose, NULL, &digest);
}

/* A key that wraps has nothing that others could know it by but its number. */
static rc
note_master(struct broker *b, const char *purpose, uint32_t id)
{
	char        name[16];
	struct hash digest;

	(void)snprintf(name, sizeof name, "%u", (unsigned)id);
	(void)crypto_hash_sha256(digest.b, (const uint8_t *)name, strlen(name));
	return note(b, purpose, name, &digest);
}

rc
epoch_note_rewrapped(struct broker *b, bool all)
{
	return note_master(b, all ? "master_rewrapped" : "master_unreadable",
	    keeper_facts(b->keeper)->master[0]);
}

rc
epoch_note(struct broker *b)
{
	const struct keeper_facts *k = keeper_facts(b->keeper);

	TRY(note_epochs(b, k));
	for (size_t i = 0; i < k->n_checkpoints; i++)
		TRY(note_public(
		    b, i == 0 ? "checkpoint" : "checkpoint_next", k->checkpoint[i]));
	for (size_t i = 0; i < k->n_curves; i++)
		TRY(note_public(
		    b, i == 0 ? "channel" : "channel_next", k->curve[i].public_key));
	/* the first of all wraps from the beginning: nobody has to notice it */
	for (size_t i = 0; i < k->n_masters && k->master[0] != 1; i++)
		TRY(note_master(b, i == 0 ? "master" : "master_former", k->master[i]));
	return RC_OK;
}
