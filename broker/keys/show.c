/* SPDX-License-Identifier: EUPL-1.2 */
/* show.c - the public halves, and where they are to be had. */
#include "broker/keys/show.h"

#include <stdio.h>
#include <string.h>

#include "broker/keeper/configured.h"
#include "broker/log.h"
#include "broker/transport.h" /* z85 */
#include "broker/why.h"
#include "proto/auto.h"

rc
show_verifier(
    const char *origin, const uint8_t public_key[KEY_BYTES], char out[NOTE_VKEY_MAX])
{
	struct note_verifier v;

	TRY(note_verifier_init(&v, origin, public_key));
	return note_verifier_format(&v, out);
}

rc
show_curve(const uint8_t public_key[KEY_BYTES], char out[Z85_KEY_MAX])
{
	return zmq_z85_encode(out, public_key, KEY_BYTES) == NULL ? RC_INTERNAL : RC_OK;
}

rc
show_fill(const struct config *c, struct keyring *k)
{
	AUTO(keeper_destroy) struct keeper *keeper = NULL;
	bool                                away   = false;

	for (size_t i = 0; i < k->n_checkpoints; i++)
		away = away || k->checkpoint[i].hsm[0] != '\0';
	if (!away) return RC_OK;
	TRY(keeper_configured(&keeper, c, 1, NULL));
	const struct keeper_facts *facts = keeper_facts(keeper);
	if (facts->n_checkpoints != k->n_checkpoints) return RC_CONFIG;
	for (size_t i = 0; i < k->n_checkpoints; i++)
		memcpy(k->checkpoint[i].public_key, facts->checkpoint[i], KEY_BYTES);
	return RC_OK;
}

/* --- printing ----------------------------------------------------------------------- */

static rc
add_curve(const struct keyring *k, size_t i, struct buf *out)
{
	char z85[Z85_KEY_MAX];

	TRY(show_curve(k->curve[i].public_key, z85));
	return buf_printf(out, "\"curve_public\": \"%s\"", z85);
}

static rc
add_verifier(const struct config *c, const struct keyring *k, size_t i, struct buf *out)
{
	char vkey[NOTE_VKEY_MAX];

	TRY(show_verifier(c->origin, k->checkpoint[i].public_key, vkey));
	return buf_printf(
	    out, "\"%s\": \"%s\"", i == 0 ? "verifier" : "verifier_next", vkey);
}

static rc
describe(const struct config *c, const struct keyring *k, struct buf *out)
{
	TRY(buf_printf(out, "{\n  \"origin\": \"%s\",\n  ", c->origin));
	TRY(add_curve(k, 0, out));
	TRY(buf_printf(out, ",\n  "));
	TRY(add_verifier(c, k, 0, out));
	if (k->n_curves > 1) {
		TRY(buf_printf(out, ",\n  \"next\": {"));
		TRY(add_curve(k, 1, out));
		TRY(buf_printf(out, "}"));
	}
	if (k->n_checkpoints > 1) {
		TRY(buf_printf(out, ",\n  "));
		TRY(add_verifier(c, k, 1, out));
	}
	return buf_printf(out, "\n}\n");
}

static rc
read_keys(const struct config *c, struct keyring *ret)
{
	char why[WHY_MAX];

	rc code = keyring_read(c->keys_file, ret);
	if (code == RC_OK) return show_fill(c, ret);
	why_file(why, c->keys_file, true, "it is no keys file");
	LOG(LOG_CONFIG, .code = code, .detail = why);
	return code;
}

rc
show_keys(const struct config *c)
{
	AUTO(keyring_wipe) struct keyring k    = {0};
	AUTO(buf_wipe) struct buf         text = buf_init(4096);

	TRY(read_keys(c, &k));
	TRY(describe(c, &k, &text));
	if (fwrite(text.p, 1, text.n, stdout) != text.n) return RC_DISK;
	return fflush(stdout) == 0 ? RC_OK : RC_DISK;
}
