/* SPDX-License-Identifier: EUPL-1.2 */
/* rotate.c - a second key of a kind, and one again. */
#include "broker/keys/rotate.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "proto/text.h"

static const char *const names[N_KINDS] = {"curve", "checkpoint", "pseudonym", "master"};

const char *
key_kind_name(enum key_kind kind)
{
	return kind < N_KINDS ? names[kind] : "?";
}

rc
key_kind_read(const char *name, enum key_kind *ret)
{
	for (unsigned i = 0; i < N_KINDS; i++)
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum key_kind)i;
			return RC_OK;
		}
	return RC_USAGE;
}

static rc
refuse(const char **ret_why, const char *why)
{
	*ret_why = why;
	return RC_CONFIG;
}

/* --- a second key ----------------------------------------------------------------- */

static rc
begin_curve(struct keyring *k, const char **ret_why)
{
	struct curve_key *fresh = &k->curve[1];

	if (k->n_curves != 1) return refuse(ret_why, "two keys are served already");
	*fresh = (struct curve_key){.place = 1 - k->curve[0].place};
	randombytes_buf(fresh->secret, KEY_BYTES);
	k->n_curves = 2;
	return crypto_scalarmult_base(fresh->public_key, fresh->secret) == 0 ? RC_OK
	                                                                     : RC_CRYPTO;
}

static rc
begin_checkpoint(struct keyring *k, const char **ret_why)
{
	struct checkpoint_key *fresh = &k->checkpoint[1];

	if (k->n_checkpoints != 1) return refuse(ret_why, "two keys sign already");
	if (k->checkpoint[0].hsm[0] != '\0')
		return refuse(ret_why, "a token keeps it: name the new one in the file");
	*fresh = (struct checkpoint_key){.hsm = ""};
	(void)crypto_sign_keypair(fresh->public_key, fresh->secret);
	k->n_checkpoints = 2;
	return RC_OK;
}

/* The name of the next epoch: NAME, or one more than the greatest number there is. */
static rc
name_epoch(const struct keyring *k, const char *name, char out[EPOCH_MAX + 1])
{
	uint64_t greatest = 0, n = 0;

	for (size_t i = 0; i < k->n_pseudonyms; i++) {
		const char *epoch = k->pseudonym[i].epoch;
		if (name != NULL && strcmp(name, epoch) == 0) return RC_CONFIG;
		if (text_decimal(slice_str(epoch), &n) == RC_OK && n > greatest)
			greatest = n;
	}
	if (name == NULL)
		(void)snprintf(out, EPOCH_MAX + 1, "%" PRIu64, greatest + 1);
	else if (!keyring_is_epoch(name))
		return RC_CONFIG;
	else
		(void)snprintf(out, EPOCH_MAX + 1, "%s", name);
	return RC_OK;
}

/* Room for one more: the name that ended first is forgotten. */
static void
make_room(struct keyring *k)
{
	size_t i = 0;

	if (k->n_pseudonyms < KEYRING_EPOCHS) return;
	while (i < k->n_pseudonyms - 1 && k->pseudonym[i].state != EPOCH_ENDED) i++;
	k->n_pseudonyms--;
	memmove(&k->pseudonym[i], &k->pseudonym[i + 1],
	    (k->n_pseudonyms - i) * sizeof k->pseudonym[0]);
}

static rc
begin_pseudonym(struct keyring *k, const char *name, const char **ret_why)
{
	struct pseudonym_key fresh = {.state = EPOCH_CURRENT};

	for (size_t i = 0; i < k->n_pseudonyms; i++)
		if (k->pseudonym[i].state == EPOCH_OVERLAP)
			return refuse(ret_why, "an epoch is in overlap already");
	if (k->pseudonym[keyring_current(k)].hsm[0] != '\0')
		return refuse(ret_why, "a token keeps it: name the new one in the file");
	if (name_epoch(k, name, fresh.epoch) != RC_OK)
		return refuse(ret_why, "an epoch has a new name: letters, digits, . _ -");
	k->pseudonym[keyring_current(k)].state = EPOCH_OVERLAP;
	make_room(k);
	randombytes_buf(fresh.secret, KEY_BYTES);
	k->pseudonym[k->n_pseudonyms++] = fresh;
	sodium_memzero(&fresh, sizeof fresh);
	return RC_OK;
}

static rc
begin_master(struct keyring *k, const char **ret_why)
{
	if (k->n_masters != 1)
		return refuse(ret_why, "the one before is not retired yet");
	if (k->master[0].id == UINT32_MAX) return refuse(ret_why, "no number is left");
	if (k->master[0].hsm[0] != '\0')
		return refuse(ret_why, "a token keeps it: name the new one in the file");
	k->master[1]    = k->master[0];
	k->master[0].id = k->master[1].id + 1;
	randombytes_buf(k->master[0].secret, KEY_BYTES);
	k->n_masters = 2;
	return RC_OK;
}

rc
rotate_begin(
    struct keyring *k, enum key_kind kind, const char *name, const char **ret_why)
{
	if (name != NULL && kind != KIND_PSEUDONYM)
		return refuse(ret_why, "only an epoch of pseudonyms has a name");
	switch (kind) {
	case KIND_CURVE:
		return begin_curve(k, ret_why);
	case KIND_CHECKPOINT:
		return begin_checkpoint(k, ret_why);
	case KIND_PSEUDONYM:
		return begin_pseudonym(k, name, ret_why);
	case KIND_MASTER:
		return begin_master(k, ret_why);
	default:
		return RC_INTERNAL;
	}
}

/* --- one again -------------------------------------------------------------------- */

static rc
end_pseudonym(struct keyring *k, const char **ret_why)
{
	for (size_t i = 0; i < k->n_pseudonyms; i++) {
		struct pseudonym_key *p = &k->pseudonym[i];
		if (p->state != EPOCH_OVERLAP) continue;
		p->state = EPOCH_ENDED;
		sodium_memzero(p->secret, sizeof p->secret);
		sodium_memzero(p->hsm, sizeof p->hsm);
		return RC_OK;
	}
	return refuse(ret_why, "no epoch is in overlap");
}

/* Of the keys ALL of SIZE bytes, the one at FROM is the only one. */
static rc
keep_one(void *all, size_t size, size_t from, size_t *n, const char **ret_why)
{
	uint8_t *first = all;

	if (*n != 2) return refuse(ret_why, "there is no old key");
	if (from != 0) memcpy(first, first + from * size, size);
	sodium_memzero(first + size, size);
	*n = 1;
	return RC_OK;
}

rc
rotate_end(struct keyring *k, enum key_kind kind, const char **ret_why)
{
	switch (kind) {
	case KIND_CURVE:
		return keep_one(k->curve, sizeof k->curve[0], 1, &k->n_curves, ret_why);
	case KIND_CHECKPOINT:
		return keep_one(k->checkpoint, sizeof k->checkpoint[0], 1,
		    &k->n_checkpoints, ret_why);
	case KIND_PSEUDONYM:
		return end_pseudonym(k, ret_why);
	case KIND_MASTER:
		return keep_one(
		    k->master, sizeof k->master[0], 0, &k->n_masters, ret_why);
	default:
		return RC_INTERNAL;
	}
}
