/* SPDX-License-Identifier: EUPL-1.2 */
/* signal_forms.c - the table of forms. */
#include "proto/signal_forms.h"

#include <string.h>

#include "proto/forms.h"
#include "proto/limits.h"
#include "proto/normalise.h"
#include "proto/schema.h"
#include "signal.pb-c.h"

#define N_(text) text /* for client/po/extract.sh */

/* --- forms ----------------------------------------------------------------------- */

/* What can be normalised can be matched and pseudonymised; nothing else may pass. */
static bool
normalises(enum identifier kind, struct slice s)
{
	struct buf unused = buf_init(20 * 1024);
	rc         code   = normalise(kind, s, &unused);

	buf_wipe(&unused);
	return code == RC_OK;
}

static bool
is_bsn(struct slice s)
{
	return normalises(IDENTIFIER_BSN, s);
}

static bool
is_v_number(struct slice s)
{
	return normalises(IDENTIFIER_V_NUMBER, s);
}

static bool
is_document(struct slice s)
{
	return normalises(IDENTIFIER_DOCUMENT, s);
}

static bool
is_phone(struct slice s)
{
	return normalises(IDENTIFIER_PHONE, s);
}

static bool
is_email(struct slice s)
{
	return normalises(IDENTIFIER_EMAIL, s);
}

static bool
is_plate(struct slice s)
{
	return normalises(IDENTIFIER_PLATE, s);
}

static bool
is_kvk(struct slice s)
{
	return normalises(IDENTIFIER_KVK, s);
}

static bool
is_iban(struct slice s)
{
	return normalises(IDENTIFIER_IBAN, s);
}

static bool
is_postcode(struct slice s)
{
	return s.n == 7 && form_is_postcode(s);
}

static bool
is_country(struct slice s)
{
	return form_fits(s, "AA");
}

static bool
is_municipality(struct slice s)
{
	return form_fits(s, "9999");
}

/* A source is one of a field of a signal; anything else would be free text. */
static bool
is_field_path(struct slice s)
{
	char path[SIGNAL_STRING_MAX + 1];

	if (s.n > SIGNAL_STRING_MAX) return false;
	memcpy(path, s.p, s.n);
	path[s.n] = '\0';
	return schema_find(path) != NULL;
}

/* --- the table ------------------------------------------------------------------- */

struct form {
	bool (*holds)(struct slice s);
	const char *expected;
};

static const struct form date = {
    form_is_date, N_("expected a date, YYYY-MM-DD, 00 where unknown")};
static const struct form bsn = {
    is_bsn, N_("expected a BSN: nine digits that pass the eleven test")};
static const struct form v_number = {is_v_number, N_("expected a V-number: digits only")};
static const struct form document = {is_document, N_("expected a document number")};
static const struct form phone    = {
       is_phone, N_("expected a telephone number, +31612345678")};
static const struct form email = {is_email, N_("expected an e-mail address")};
static const struct form plate = {is_plate, N_("expected a number plate")};
static const struct form kvk   = {is_kvk, N_("expected a KvK number: eight digits")};
static const struct form iban  = {
     is_iban, N_("expected an IBAN that passes its own test")};
static const struct form postcode = {is_postcode, N_("expected a postcode, 1234 AB")};
static const struct form country  = {
     is_country, N_("expected a country code: two capitals")};
static const struct form municipality = {
    is_municipality, N_("expected a CBS municipality code: four digits")};
static const struct form field_path = {
    is_field_path, N_("expected the path of a field of a signal, without positions")};

struct row {
	const ProtobufCMessageDescriptor *desc;
	const char                       *field;
	const struct form                *form;
};

static const struct row rows[] = {
    {&sluis__meta__descriptor, "observed_on", &date},
    {&sluis__meta__descriptor, "received_on", &date},
    {&sluis__meta__descriptor, "municipality", &municipality},
    {&sluis__person__descriptor, "birth_date", &date},
    {&sluis__person__descriptor, "bsn", &bsn},
    {&sluis__person__descriptor, "document_number", &document},
    {&sluis__person__descriptor, "nationality", &country},
    {&sluis__person__descriptor, "v_number", &v_number},
    {&sluis__contact__descriptor, "phone", &phone},
    {&sluis__contact__descriptor, "email", &email},
    {&sluis__address__descriptor, "postcode", &postcode},
    {&sluis__address__descriptor, "country", &country},
    {&sluis__registration__descriptor, "registered_since", &date},
    {&sluis__residence_status__descriptor, "reflection_ends_on", &date},
    {&sluis__residence_status__descriptor, "permit_valid_until", &date},
    {&sluis__residence_status__descriptor, "reflection_started_on", &date},
    {&sluis__residence_status__descriptor, "permit_received_on", &date},
    {&sluis__shelter_request__descriptor, "from_on", &date},
    {&sluis__victim_registration__descriptor, "country_of_origin", &country},
    {&sluis__victim_registration__descriptor, "municipality", &municipality},
    {&sluis__field_source__descriptor, "path", &field_path},
    {&sluis__field_source__descriptor, "obtained_on", &date},
    {&sluis__transfer__descriptor, "on", &date},
    {&sluis__care__descriptor, "guardian_phone", &phone},
    {&sluis__ban__descriptor, "until", &date},
    {&sluis__consent__descriptor, "given_on", &date},
    {&sluis__consent__descriptor, "valid_until", &date},
    {&sluis__consent__descriptor, "withdrawn_on", &date},
    {&sluis__place__descriptor, "municipality", &municipality},
    {&sluis__organisation__descriptor, "kvk_number", &kvk},
    {&sluis__organisation__descriptor, "phone", &phone},
    {&sluis__vehicle__descriptor, "plate", &plate},
    {&sluis__account__descriptor, "iban", &iban},
    {&sluis__permit__descriptor, "decided_on", &date},
    {&sluis__supervision_fact__descriptor, "on", &date},
    {&sluis__police_fact__descriptor, "on", &date},
    {&sluis__judicial_fact__descriptor, "on", &date},
    {&sluis__intervention__descriptor, "planned_on", &date},
    {&sluis__reporter__descriptor, "phone", &phone},
    {&sluis__reporter__descriptor, "email", &email},
    {&sluis__embargo__descriptor, "review_on", &date},
};

/* A signal may come from, or point, abroad: other countries write postcodes otherwise. */
static bool
lies_abroad(const ProtobufCMessage *m)
{
	if (m->descriptor != &sluis__address__descriptor) return false;
	const char *where = ((const Sluis__Address *)m)->country;
	return where != NULL && strcmp(where, "NL") != 0;
}

const char *
signal_form_missed(
    const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, struct slice value)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		if (r->desc != m->descriptor || strcmp(r->field, f->name) != 0) continue;
		if (r->form == &postcode && lies_abroad(m)) return NULL;
		return r->form->holds(value) ? NULL : r->form->expected;
	}
	return NULL;
}
