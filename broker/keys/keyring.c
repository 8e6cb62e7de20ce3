/* SPDX-License-Identifier: EUPL-1.2 */
/* keyring.c - making, writing and reading the broker's keys. */
#include "broker/keys/keyring.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "certs/file.h"
#include "certs/json_auto.h"
#include "certs/keys.h"
#include "proto/auto.h"

enum { KEYRING_FILE_MAX = 16 * 1024, FORMAT = 2 };

static const char *const state_names[] = {NULL, "current", "overlap", "ended"};

void
keyring_wipe(struct keyring *k)
{
	sodium_memzero(k, sizeof *k);
}

size_t
keyring_current(const struct keyring *k)
{
	for (size_t i = 0; i < k->n_pseudonyms; i++)
		if (k->pseudonym[i].state == EPOCH_CURRENT) return i;
	return 0;
}

/* --- making ----------------------------------------------------------------------- */

/* A short word that needs no quoting anywhere. */
static bool
is_word(const char *text, size_t max)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
	size_t n = text == NULL ? 0 : strlen(text);

	return n != 0 && n <= max && strspn(text, letters) == n;
}

bool
keyring_is_epoch(const char *name)
{
	return is_word(name, EPOCH_MAX);
}

rc
keyring_make(struct keyring *ret, const char *epoch)
{
	*ret = (struct keyring){
	    .n_curves = 1, .n_checkpoints = 1, .n_pseudonyms = 1, .n_masters = 1};
	if (!is_word(epoch, EPOCH_MAX)) return RC_CONFIG;
	ret->pseudonym[0].state = EPOCH_CURRENT;
	memcpy(ret->pseudonym[0].epoch, epoch, strlen(epoch) + 1);
	ret->master[0].id = 1;
	randombytes_buf(ret->curve[0].secret, KEY_BYTES);
	randombytes_buf(ret->pseudonym[0].secret, KEY_BYTES);
	randombytes_buf(ret->master[0].secret, KEY_BYTES);
	randombytes_buf(ret->subject, KEY_BYTES);
	randombytes_buf(ret->repeat, KEY_BYTES);
	(void)crypto_sign_keypair(
	    ret->checkpoint[0].public_key, ret->checkpoint[0].secret);
	return crypto_scalarmult_base(ret->curve[0].public_key, ret->curve[0].secret) == 0
	           ? RC_OK
	           : RC_CRYPTO;
}

rc
keyring_create(const char *path, const char *epoch)
{
	AUTO(keyring_wipe) struct keyring k = {0};

	if (access(path, F_OK) == 0) return RC_CONFIG;
	TRY(keyring_make(&k, epoch));
	return keyring_write(path, &k);
}

/* --- writing ---------------------------------------------------------------------- */

/* `"NAME": "KEY"`, or the label of the token that keeps it. */
static rc
put_key(struct buf *out, const char *name, const uint8_t key[KEY_BYTES], const char *hsm)
{
	char hex[2 * KEY_BYTES + 1];

	if (hsm[0] != '\0') return buf_printf(out, "\"hsm\": \"%s\"", hsm);
	hex_encode(hex, sizeof hex, slice_of(key, KEY_BYTES));
	rc code = buf_printf(out, "\"%s\": \"%s\"", name, hex);
	sodium_memzero(hex, sizeof hex);
	return code;
}

static const char *
before(size_t i)
{
	return i == 0 ? "\n    {" : ",\n    {";
}

static rc
put_curves(struct buf *out, const struct keyring *k)
{
	TRY(buf_printf(out, "  \"curve\": ["));
	for (size_t i = 0; i < k->n_curves; i++) {
		TRY(buf_printf(out, "%s", before(i)));
		TRY(put_key(out, "secret", k->curve[i].secret, ""));
		TRY(buf_printf(out, ", \"place\": %u}", k->curve[i].place + 1));
	}
	return buf_printf(out, "],\n");
}

static rc
put_checkpoints(struct buf *out, const struct keyring *k)
{
	TRY(buf_printf(out, "  \"checkpoint\": ["));
	for (size_t i = 0; i < k->n_checkpoints; i++) {
		TRY(buf_printf(out, "%s", before(i)));
		TRY(put_key(out, "seed", k->checkpoint[i].secret, k->checkpoint[i].hsm));
		TRY(buf_printf(out, "}"));
	}
	return buf_printf(out, "],\n");
}

static rc
put_pseudonyms(struct buf *out, const struct keyring *k)
{
	TRY(buf_printf(out, "  \"pseudonym\": ["));
	for (size_t i = 0; i < k->n_pseudonyms; i++) {
		const struct pseudonym_key *p = &k->pseudonym[i];
		TRY(buf_printf(out, "%s\"epoch\": \"%s\", \"state\": \"%s\"", before(i),
		    p->epoch, state_names[p->state]));
		if (p->state != EPOCH_ENDED) {
			TRY(buf_printf(out, ", "));
			TRY(put_key(out, "secret", p->secret, p->hsm));
		}
		TRY(buf_printf(out, "}"));
	}
	return buf_printf(out, "],\n");
}

static rc
put_masters(struct buf *out, const struct keyring *k)
{
	TRY(buf_printf(out, "  \"master\": ["));
	for (size_t i = 0; i < k->n_masters; i++) {
		TRY(buf_printf(out, "%s\"id\": %u, ", before(i), k->master[i].id));
		TRY(put_key(out, "secret", k->master[i].secret, k->master[i].hsm));
		TRY(buf_printf(out, "}"));
	}
	return buf_printf(out, "],\n  ");
}

/* One that is not in a list. */
static rc
put_single(
    struct buf *out, const char *name, const uint8_t key[KEY_BYTES], const char *hsm)
{
	if (hsm[0] != '\0')
		return buf_printf(out, "\"%s\": {\"hsm\": \"%s\"}", name, hsm);
	return put_key(out, name, key, "");
}

rc
keyring_write(const char *path, const struct keyring *k)
{
	AUTO(buf_wipe) struct buf text = buf_init(KEYRING_FILE_MAX);

	TRY(buf_printf(&text, "{\n  \"format\": %d,\n", FORMAT));
	TRY(put_curves(&text, k));
	TRY(put_checkpoints(&text, k));
	TRY(put_pseudonyms(&text, k));
	TRY(put_masters(&text, k));
	TRY(put_single(&text, "subject", k->subject, k->subject_hsm));
	TRY(buf_printf(&text, ",\n  "));
	TRY(put_single(&text, "repeat", k->repeat, k->repeat_hsm));
	TRY(buf_printf(&text, "\n}\n"));
	return file_write(path, buf_slice(&text), 0600);
}

/* --- reading ---------------------------------------------------------------------- */

struct seed {
	uint8_t b[KEY_BYTES];
};

static void
seed_wipe(struct seed *s)
{
	sodium_memzero(s, sizeof *s);
}

static rc
take_key(const json_t *root, const char *name, uint8_t out[KEY_BYTES])
{
	const char *hex = json_string_value(json_object_get(root, name));
	if (hex == NULL || hex_decode(hex, out, KEY_BYTES) != RC_OK) return RC_CONFIG;
	return RC_OK;
}

static rc
take_word(const json_t *root, const char *name, size_t max, char *out)
{
	const char *text = json_string_value(json_object_get(root, name));

	if (!is_word(text, max)) return RC_CONFIG;
	memcpy(out, text, strlen(text) + 1);
	return RC_OK;
}

/* A secret called NAME, or the label of one that a token keeps. */
static rc
take_secret(const json_t *o, const char *name, uint8_t out[KEY_BYTES], char *hsm)
{
	if (json_object_get(o, "hsm") != NULL)
		return take_word(o, "hsm", HSM_LABEL_MAX, hsm);
	return take_key(o, name, out);
}

static rc
take_curve(const json_t *o, const char *name, struct curve_key *ret)
{
	TRY(take_key(o, name, ret->secret));
	return crypto_scalarmult_base(ret->public_key, ret->secret) == 0 ? RC_OK
	                                                                 : RC_CRYPTO;
}

static rc
take_checkpoint(const json_t *o, const char *name, struct checkpoint_key *ret)
{
	AUTO(seed_wipe) struct seed seed = {{0}};

	TRY(take_secret(o, name, seed.b, ret->hsm));
	if (ret->hsm[0] == '\0')
		(void)crypto_sign_seed_keypair(ret->public_key, ret->secret, seed.b);
	return RC_OK;
}

static rc
read_curve(const json_t *o, void *arg)
{
	struct curve_key *ret   = arg;
	const json_t     *place = json_object_get(o, "place");
	json_int_t        n     = place == NULL ? 1 : json_integer_value(place);

	if (json_object_size(o) != (place == NULL ? 1 : 2) || n < 1 || n > 2)
		return RC_CONFIG;
	ret->place = (unsigned)n - 1;
	return take_curve(o, "secret", ret);
}

static rc
read_checkpoint(const json_t *o, void *ret)
{
	if (json_object_size(o) != 1) return RC_CONFIG;
	return take_checkpoint(o, "seed", ret);
}

static rc
read_pseudonym(const json_t *o, void *arg)
{
	struct pseudonym_key *ret   = arg;
	const char           *state = json_string_value(json_object_get(o, "state"));

	for (enum epoch_state s = EPOCH_CURRENT; state != NULL && s <= EPOCH_ENDED; s++)
		if (strcmp(state, state_names[s]) == 0) ret->state = s;
	if (ret->state == 0) return RC_CONFIG;
	if (json_object_size(o) != (ret->state == EPOCH_ENDED ? 2 : 3)) return RC_CONFIG;
	TRY(take_word(o, "epoch", EPOCH_MAX, ret->epoch));
	return ret->state == EPOCH_ENDED
	           ? RC_OK
	           : take_secret(o, "secret", ret->secret, ret->hsm);
}

static rc
read_master(const json_t *o, void *arg)
{
	struct master_key *ret = arg;
	json_int_t         id  = json_integer_value(json_object_get(o, "id"));

	if (json_object_size(o) != 2 || id < 1 || id > UINT32_MAX) return RC_CONFIG;
	ret->id = (uint32_t)id;
	return take_secret(o, "secret", ret->secret, ret->hsm);
}

/* A key by itself, or {"hsm": LABEL}. */
static rc
take_single(const json_t *root, const char *name, uint8_t out[KEY_BYTES], char *hsm)
{
	const json_t *o = json_object_get(root, name);

	if (!json_is_object(o)) return take_key(root, name, out);
	return json_object_size(o) == 1 ? take_word(o, "hsm", HSM_LABEL_MAX, hsm)
	                                : RC_CONFIG;
}

/* From 1 to MAX elements of SIZE bytes. */
static rc
read_list(const json_t *root, const char *name, rc (*read)(const json_t *, void *),
    size_t max, size_t size, void *ret, size_t *ret_n)
{
	const json_t *list = json_object_get(root, name);
	size_t        n    = json_array_size(list);

	if (n == 0 || n > max) return RC_CONFIG;
	for (size_t i = 0; i < n; i++)
		TRY(read(json_array_get(list, i), (uint8_t *)ret + i * size));
	*ret_n = n;
	return RC_OK;
}

/* One current epoch, and one in overlap at most; no name, no id twice. */
static rc
check_lists(const struct keyring *k)
{
	size_t current = 0, overlap = 0;

	for (size_t i = 0; i < k->n_pseudonyms; i++) {
		current += k->pseudonym[i].state == EPOCH_CURRENT;
		overlap += k->pseudonym[i].state == EPOCH_OVERLAP;
		for (size_t j = 0; j < i; j++)
			if (strcmp(k->pseudonym[i].epoch, k->pseudonym[j].epoch) == 0)
				return RC_CONFIG;
	}
	if (k->n_curves == 2 && k->curve[0].place == k->curve[1].place) return RC_CONFIG;
	for (size_t i = 0; i < k->n_masters; i++)
		for (size_t j = 0; j < i; j++)
			if (k->master[i].id == k->master[j].id) return RC_CONFIG;
	return current == 1 && overlap <= 1 ? RC_OK : RC_CONFIG;
}

/* How often LABEL stands in K. */
static size_t
count_label(const struct keyring *k, const char *label)
{
	size_t n = (size_t)(strcmp(k->subject_hsm, label) == 0) +
	           (size_t)(strcmp(k->repeat_hsm, label) == 0);

	for (size_t i = 0; i < k->n_checkpoints; i++)
		n += strcmp(k->checkpoint[i].hsm, label) == 0;
	for (size_t i = 0; i < k->n_pseudonyms; i++)
		n += strcmp(k->pseudonym[i].hsm, label) == 0;
	for (size_t i = 0; i < k->n_masters; i++)
		n += strcmp(k->master[i].hsm, label) == 0;
	return n;
}

/* What signs, or ends, is nothing else too. */
static rc
check_labels(const struct keyring *k)
{
	for (size_t i = 0; i < k->n_checkpoints; i++)
		if (k->checkpoint[i].hsm[0] != '\0' &&
		    count_label(k, k->checkpoint[i].hsm) != 1)
			return RC_CONFIG;
	for (size_t i = 0; i < k->n_pseudonyms; i++)
		if (k->pseudonym[i].hsm[0] != '\0' &&
		    count_label(k, k->pseudonym[i].hsm) != 1)
			return RC_CONFIG;
	return RC_OK;
}

#define READ_LIST(root, k, name, read, kind, count)                       \
	read_list(root, name, read, sizeof(k)->kind / sizeof(k)->kind[0], \
	    sizeof(k)->kind[0], (k)->kind, &(k)->count)

static rc
read_format_2(const json_t *root, struct keyring *k)
{
	if (json_object_size(root) != 7) return RC_CONFIG;
	TRY(READ_LIST(root, k, "curve", read_curve, curve, n_curves));
	TRY(READ_LIST(root, k, "checkpoint", read_checkpoint, checkpoint, n_checkpoints));
	TRY(READ_LIST(root, k, "pseudonym", read_pseudonym, pseudonym, n_pseudonyms));
	TRY(READ_LIST(root, k, "master", read_master, master, n_masters));
	TRY(take_single(root, "subject", k->subject, k->subject_hsm));
	TRY(take_single(root, "repeat", k->repeat, k->repeat_hsm));
	TRY(check_lists(k));
	return check_labels(k);
}

static void
derive(const struct keyring *k, const char *label, uint8_t out[KEY_BYTES])
{
	(void)crypto_generichash(out, KEY_BYTES, (const uint8_t *)label, strlen(label),
	    k->master[0].secret, KEY_BYTES);
}

static rc
read_format_1(const json_t *root, struct keyring *k)
{
	if (json_object_size(root) != 5) return RC_CONFIG;
	k->n_curves = k->n_checkpoints = k->n_pseudonyms = k->n_masters = 1;
	TRY(take_curve(root, "curve_secret", &k->curve[0]));
	if (json_object_get(root, "hsm") != NULL) return RC_CONFIG;
	TRY(take_checkpoint(root, "checkpoint_seed", &k->checkpoint[0]));
	TRY(take_key(root, "pseudonym_key", k->pseudonym[0].secret));
	TRY(take_word(root, "pseudonym_epoch", EPOCH_MAX, k->pseudonym[0].epoch));
	TRY(take_key(root, "master_key", k->master[0].secret));
	k->pseudonym[0].state = EPOCH_CURRENT;
	k->master[0].id       = 1;
	derive(k, "sluis-subject-token/1", k->subject);
	derive(k, "sluis-repeat/1", k->repeat);
	return RC_OK;
}

rc
keyring_read(const char *path, struct keyring *ret)
{
	AUTO(keyring_wipe) struct keyring k    = {0};
	AUTO(buf_wipe) struct buf         text = buf_init(KEYRING_FILE_MAX);
	AUTO(json_release) json_t        *root = NULL;

	TRY(file_read(path, KEYRING_FILE_MAX, true, &text));
	keys_wipe_json();
	root = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root)) return RC_CONFIG;
	const json_t *format = json_object_get(root, "format");
	if (format == NULL)
		TRY(read_format_1(root, &k));
	else if (json_integer_value(format) == FORMAT)
		TRY(read_format_2(root, &k));
	else
		return RC_CONFIG;
	*ret = k;
	return RC_OK;
}
