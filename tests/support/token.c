/* SPDX-License-Identifier: EUPL-1.2 */
/* token.c - PKCS#11 calls that an administrator's tools would make. */
#include "token.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct token {
	CK_FUNCTION_LIST_PTR f;
	CK_SESSION_HANDLE    session;
};

static void
fine(CK_RV code)
{
	if (code == CKR_OK) return;
	(void)fprintf(stderr, "token: %lx\n", code);
	abort();
}

static void
create(struct token *t, CK_ATTRIBUTE *all, CK_ULONG n)
{
	CK_OBJECT_HANDLE made;

	fine(t->f->C_CreateObject(t->session, all, n, &made));
}

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static void
add_root(struct token *t, const char *label, const uint8_t secret[32])
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE  type     = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE all[]    = {{CKA_CLASS, &class, sizeof class},
	       {CKA_KEY_TYPE, &type, sizeof type}, {CKA_TOKEN, &yes, sizeof yes},
	       {CKA_PRIVATE, &yes, sizeof yes}, {CKA_SENSITIVE, &yes, sizeof yes},
	       {CKA_EXTRACTABLE, &no, sizeof no}, {CKA_SIGN, &yes, sizeof yes},
	       {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	       {CKA_VALUE, (void *)(uintptr_t)secret, 32}};
	create(t, all, sizeof all / sizeof all[0]);
}

/* Both halves: the point is a DER octet string. */
static void
add_pair(struct token *t, const char *label, const uint8_t seed[32])
{
	/* edwards25519, as a printable string (PKCS#11 v3.0) */
	CK_BYTE curve[] = {
	    0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
	CK_BYTE         point[34] = {0x04, 32};
	uint8_t         secret[64];
	CK_KEY_TYPE     type = CKK_EC_EDWARDS;
	CK_OBJECT_CLASS seen = CKO_PUBLIC_KEY, hidden = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE    half[] = {{CKA_CLASS, &seen, sizeof seen},
	       {CKA_KEY_TYPE, &type, sizeof type}, {CKA_TOKEN, &yes, sizeof yes},
	       {CKA_EC_PARAMS, curve, sizeof curve}, {CKA_VERIFY, &yes, sizeof yes},
	       {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	       {CKA_EC_POINT, point, sizeof point}};
	CK_ATTRIBUTE    rest[] = {{CKA_CLASS, &hidden, sizeof hidden},
	       {CKA_KEY_TYPE, &type, sizeof type}, {CKA_TOKEN, &yes, sizeof yes},
	       {CKA_PRIVATE, &yes, sizeof yes}, {CKA_SENSITIVE, &yes, sizeof yes},
	       {CKA_EXTRACTABLE, &no, sizeof no}, {CKA_SIGN, &yes, sizeof yes},
	       {CKA_EC_PARAMS, curve, sizeof curve},
	       {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	       {CKA_VALUE, (void *)(uintptr_t)seed, 32}};

	(void)crypto_sign_seed_keypair(point + 2, secret, seed);
	create(t, half, sizeof half / sizeof half[0]);
	create(t, rest, sizeof rest / sizeof rest[0]);
}

/* A token called TOKEN_NAME in the first slot, logged in. */
static void
begin(struct token *t)
{
	CK_RV (*list)(CK_FUNCTION_LIST_PTR_PTR);
	CK_SLOT_ID  slots[8];
	CK_ULONG    n = 8;
	CK_UTF8CHAR label[32], pin[] = TOKEN_PIN;

	void *symbol = dlsym(dlopen(TOKEN_MODULE, RTLD_NOW), "C_GetFunctionList");
	memcpy(&list, &symbol, sizeof list);
	fine(list(&t->f));
	fine(t->f->C_Initialize(NULL));
	fine(t->f->C_GetSlotList(CK_FALSE, slots, &n));
	memset(label, ' ', sizeof label);
	memcpy(label, TOKEN_NAME, strlen(TOKEN_NAME));
	fine(t->f->C_InitToken(slots[0], pin, sizeof pin - 1, label));
	fine(t->f->C_OpenSession(
	    slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->session));
	fine(t->f->C_Login(t->session, CKU_SO, pin, sizeof pin - 1));
	fine(t->f->C_InitPIN(t->session, pin, sizeof pin - 1));
	fine(t->f->C_Logout(t->session));
	fine(t->f->C_Login(t->session, CKU_USER, pin, sizeof pin - 1));
}

void
token_make(const struct token_key *keys, size_t n)
{
	struct token t = {NULL, 0};

	begin(&t);
	for (size_t i = 0; i < n; i++)
		(keys[i].pair ? add_pair : add_root)(&t, keys[i].label, keys[i].secret);
	fine(t.f->C_Finalize(NULL));
}
