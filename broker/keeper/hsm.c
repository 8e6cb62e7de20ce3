/* SPDX-License-Identifier: EUPL-1.2 */
/* hsm.c - one session with a PKCS#11 token. */
#include "broker/keeper/hsm.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <string.h>

#include "certs/file.h"
#include "proto/auto.h"

enum { PIN_MAX = 256, SLOTS_MAX = 64 };

struct hsm {
	void                *library;
	CK_FUNCTION_LIST_PTR f; /* NULL until it is initialised */
	CK_SESSION_HANDLE    session;
};

static rc
of(CK_RV code)
{
	return code == CKR_OK ? RC_OK : RC_CRYPTO;
}

/* --- opening ---------------------------------------------------------------------- */

static rc
load(struct hsm *h, const char *module)
{
	CK_FUNCTION_LIST_PTR f = NULL;
	CK_RV (*list)(CK_FUNCTION_LIST_PTR_PTR);

	h->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	if (h->library == NULL) return RC_CONFIG;
	void *symbol = dlsym(h->library, "C_GetFunctionList");
	if (symbol == NULL) return RC_CONFIG;
	memcpy(&list, &symbol, sizeof list);
	if (list(&f) != CKR_OK || f == NULL || f->C_Initialize(NULL) != CKR_OK)
		return RC_CONFIG;
	h->f = f;
	return RC_OK;
}

/* Labels of tokens are 32 bytes, padded with spaces. */
static bool
is_called(const CK_TOKEN_INFO *info, const char *name)
{
	size_t n = strlen(name);

	if (n > sizeof info->label || memcmp(info->label, name, n) != 0) return false;
	for (size_t i = n; i < sizeof info->label; i++)
		if (info->label[i] != ' ') return false;
	return true;
}

static rc
open_session(struct hsm *h, const char *token)
{
	CK_SLOT_ID    slots[SLOTS_MAX];
	CK_ULONG      n = SLOTS_MAX;
	CK_TOKEN_INFO info;

	if (h->f->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK) return RC_CONFIG;
	for (CK_ULONG i = 0; i < n; i++) {
		if (h->f->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    !is_called(&info, token))
			continue;
		return h->f->C_OpenSession(slots[i], CKF_SERIAL_SESSION, NULL, NULL,
		           &h->session) == CKR_OK
		           ? RC_OK
		           : RC_CONFIG;
	}
	return RC_CONFIG;
}

static rc
log_in(struct hsm *h, const char *pin_file)
{
	AUTO(buf_wipe) struct buf pin = buf_init(PIN_MAX);

	TRY(file_read(pin_file, PIN_MAX, true, &pin));
	while (pin.n > 0 && (pin.p[pin.n - 1] == '\n' || pin.p[pin.n - 1] == '\r'))
		pin.n--;
	return h->f->C_Login(h->session, CKU_USER, pin.p, pin.n) == CKR_OK ? RC_OK
	                                                                   : RC_CONFIG;
}

rc
hsm_open(struct hsm **ret, const struct hsm_options *options)
{
	AUTO(hsm_close) struct hsm *h = calloc(1, sizeof *h);

	if (h == NULL) return RC_NOMEM;
	if (options->token == NULL || options->pin_file == NULL) return RC_CONFIG;
	TRY(load(h, options->module));
	TRY(open_session(h, options->token));
	TRY(log_in(h, options->pin_file));
	*ret = TAKE(h);
	return RC_OK;
}

void
hsm_close(struct hsm **hp)
{
	struct hsm *h = *hp;

	if (h == NULL) return;
	if (h->f != NULL) (void)h->f->C_Finalize(NULL);
	if (h->library != NULL) (void)dlclose(h->library);
	free(h);
	*hp = NULL;
}

/* --- keys ------------------------------------------------------------------------- */

/* The one object of this class, type and label. */
static rc
find(struct hsm *h, CK_OBJECT_CLASS class, CK_KEY_TYPE type, const char *label,
    CK_OBJECT_HANDLE *ret)
{
	char             name[128];
	CK_OBJECT_HANDLE found[2];
	CK_ULONG         n      = 0;
	CK_ATTRIBUTE     want[] = {{CKA_CLASS, &class, sizeof class},
	        {CKA_KEY_TYPE, &type, sizeof type}, {CKA_LABEL, name, strlen(label)}};

	if (strlen(label) >= sizeof name) return RC_CONFIG;
	memcpy(name, label, strlen(label) + 1);
	if (h->f->C_FindObjectsInit(h->session, want, 3) != CKR_OK) return RC_CONFIG;
	CK_RV code = h->f->C_FindObjects(h->session, found, 2, &n);
	(void)h->f->C_FindObjectsFinal(h->session);
	*ret = found[0];
	return code == CKR_OK && n == 1 ? RC_OK : RC_CONFIG;
}

/* CKA_EC_POINT is a DER octet string; of some modules its content. */
static rc
read_point(struct hsm *h, CK_OBJECT_HANDLE key, uint8_t ret[KEY_BYTES])
{
	uint8_t      point[2 + KEY_BYTES];
	CK_ATTRIBUTE a = {CKA_EC_POINT, point, sizeof point};

	if (h->f->C_GetAttributeValue(h->session, key, &a, 1) != CKR_OK) return RC_CONFIG;
	if (a.ulValueLen == KEY_BYTES) {
		memcpy(ret, point, KEY_BYTES);
		return RC_OK;
	}
	if (a.ulValueLen != sizeof point || point[0] != 0x04 || point[1] != KEY_BYTES)
		return RC_CONFIG;
	memcpy(ret, point + 2, KEY_BYTES);
	return RC_OK;
}

rc
hsm_find_pair(
    struct hsm *h, const char *label, hsm_key *ret, uint8_t public_key[KEY_BYTES])
{
	CK_OBJECT_HANDLE key = 0;

	TRY(find(h, CKO_PUBLIC_KEY, CKK_EC_EDWARDS, label, &key));
	TRY(read_point(h, key, public_key));
	TRY(find(h, CKO_PRIVATE_KEY, CKK_EC_EDWARDS, label, &key));
	*ret = key;
	return RC_OK;
}

rc
hsm_find_root(struct hsm *h, const char *label, hsm_key *ret)
{
	CK_OBJECT_HANDLE key = 0;

	TRY(find(h, CKO_SECRET_KEY, CKK_GENERIC_SECRET, label, &key));
	*ret = key;
	return RC_OK;
}

/* --- using them ------------------------------------------------------------------- */

/* Sign or authenticate TEXT; the result has exactly N bytes. */
static rc
compute(struct hsm *h, CK_MECHANISM_TYPE how, hsm_key key, struct slice text,
    uint8_t *ret, size_t n)
{
	CK_MECHANISM mechanism = {how, NULL, 0};
	CK_ULONG     got       = n;
	CK_BYTE     *in        = (CK_BYTE *)(uintptr_t)text.p; /* it is only read */

	TRY(of(h->f->C_SignInit(h->session, &mechanism, key)));
	TRY(of(h->f->C_Sign(h->session, in, text.n, ret, &got)));
	return got == n ? RC_OK : RC_CRYPTO;
}

rc
hsm_sign(struct hsm *h, hsm_key key, struct slice text, uint8_t ret[SIG_BYTES])
{
	return compute(h, CKM_EDDSA, key, text, ret, SIG_BYTES);
}

rc
hsm_hmac(struct hsm *h, hsm_key key, struct slice text, uint8_t ret[HASH_BYTES])
{
	return compute(h, CKM_SHA256_HMAC, key, text, ret, HASH_BYTES);
}
