/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * facts.h - what a ruling weighs, as named yes/no facts.
 *
 * A rule's `when` and `unless` lists name facts; at ruling time they are one mask
 * test each.  Message facts hold for the whole signal and one recipient; record
 * facts hold for one person record, so that a victim and a suspect in one signal,
 * or an adult and a minor, are ruled apart.
 *
 * A fact that cannot be established is false when it would widen sharing and true
 * when it would narrow it: consent without a date is no consent; a person whose
 * age is not stated is no minor by that silence, but `adult` is false too.
 *
 * Pure: the date is an argument.
 */
#ifndef SLUIS_POLICY_FACTS_H
#define SLUIS_POLICY_FACTS_H

#include <stdint.h>

#include "proto/schema.h"
#include "signal.pb-c.h"

/* symbol, bit, name in policy files, scope (M message, R record), meaning */
#define FACT_LIST(X)                                                                     \
	X(FACT_CIE, 0, "cie", M, "the signal is marked as criminal intelligence")        \
	X(FACT_LAYER_2, 1, "layer_2", M, "part 2 of a layered table")                    \
	X(FACT_EMERGENCY, 2, "emergency", M, "acute necessity, recorded by the sender")  \
	X(FACT_EMBARGO, 3, "embargo", M, "an investigation interest is marked")          \
	X(FACT_CONSENT_SECRECY, 4, "secrecy_consent", M,                                 \
	    "secrecy lifted by explicit consent")                                        \
	X(FACT_STATUTORY_DUTY, 5, "statutory_duty", M,                                   \
	    "secrecy lifted by a statutory duty")                                        \
	X(FACT_GOOD_CARE, 6, "good_care_necessity", M,                                   \
	    "secrecy lifted by good-care necessity")                                     \
	X(FACT_TRAFFICKING, 7, "trafficking", M,                                         \
	    "the signal names a form of exploitation")                                   \
	X(FACT_CRIMINAL_DATA, 8, "criminal_data", M,                                     \
	    "the signal holds police or judicial data")                                  \
	X(FACT_URGENT, 9, "urgent", M, "marked urgent")                                  \
	X(FACT_CASE, 10, "case", M, "the signal belongs to a case")                      \
	X(FACT_CASE_MEMBER, 11, "case_member", M,                                        \
	    "the recipient takes part in that case")                                     \
	X(FACT_EMBARGO_INCOMPLETE, 12, "embargo_incomplete", M,                          \
	    "an embargo without contact desk or review date")                            \
	X(FACT_EMBARGO_OVERDUE, 13, "embargo_overdue", M,                                \
	    "an embargo whose review date has passed")                                   \
	X(FACT_SAME_PARTY, 14, "same_party", M,                                          \
	    "the recipient is a desk of the sending party")                              \
	X(FACT_PARTNERS_AGREED, 15, "partners_agreed", M,                                \
	    "the partners of the case agreed to this exchange")                          \
	X(FACT_RECIPIENT_SIGNED, 16, "recipient_signed", M,                              \
	    "recipient signed, on this date")                                            \
	X(FACT_SENDER_SIGNED, 17, "sender_signed", M, "sender signed, on this date")     \
	X(FACT_DECLARED, 18, "declared", M,                                              \
	    "recipient signed a confidentiality declaration")                            \
	X(FACT_EXPIRED, 19, "expired", M, "the convenant has ended")                     \
	X(FACT_ANONYMOUS_REPORT, 20, "anonymous_report", M,                              \
	    "it came from an anonymous report")                                          \
	X(FACT_REPORTER_NAMED, 21, "reporter_named", M, "it tells who reported")         \
	X(FACT_ADDRESS_SIGNAL, 22, "address_signal", M,                                  \
	    "it came from a check of address quality")                                   \
	X(FACT_PERSONS_NAMED, 23, "persons_named", M, "it holds records of persons")     \
	X(FACT_INTERVENTION, 24, "intervention", M, "it holds a planned intervention")   \
	X(FACT_EFFECT_NAMED, 25, "effect_named", M,                                      \
	    "every planned intervention names its effect on the victim")                 \
	X(FACT_ADMINISTRATIVE_REPORT, 26, "administrative_report", M,                    \
	    "it holds an administrative report of the police")                           \
	X(FACT_SHELTER_REQUEST, 27, "shelter_request", M, "it asks for shelter")         \
	X(FACT_TRANSFER, 28, "transfer", M, "it hands somebody over to another region")  \
	X(FACT_VICTIM, 32, "victim", R, "the record is about a victim")                  \
	X(FACT_SUSPECT, 33, "suspect", R,                                                \
	    "the record is about a suspect or facilitator")                              \
	X(FACT_WITNESS, 34, "witness", R, "the record is about a witness")               \
	X(FACT_RELATIVE, 35, "relative", R,                                              \
	    "the record is about a relative or guardian")                                \
	X(FACT_OTHER_PERSON, 36, "other_person", R, "the record is about somebody else") \
	X(FACT_MINOR, 37, "minor", R, "younger than 18, or stated to be")                \
	X(FACT_ADULT, 38, "adult", R, "18 or older, or stated to be")                    \
	X(FACT_CONSENT_CARE, 39, "consent_care", R,                                      \
	    "this person consents to sharing inside the care chain")                     \
	X(FACT_CONSENT_ENFORCEMENT, 40, "consent_enforcement", R,                        \
	    "this person consents to sharing care data with enforcement")                \
	X(FACT_NATIONALITY_NEEDED, 41, "nationality_needed", R,                          \
	    "not to be identified without the nationality")                              \
	X(FACT_CONSENT_REGISTRATION, 42, "consent_registration", R,                      \
	    "this person consents to being registered as a victim")

#define FACT_BIT_(symbol, bit, name, scope, meaning) symbol = bit,

enum fact { FACT_LIST(FACT_BIT_) };

typedef uint64_t factset; /* bit FACT_x is set when the fact holds */

enum { FACTS_RECORD_FROM = 32 }; /* bits from here on are record facts */

#define FACTS_RECORD (~(factset)0 << FACTS_RECORD_FROM)
#define FACTS_MESSAGE (~FACTS_RECORD)

/* Message facts that follow from a value and not from which fields are there: the client
 * states them in a preview, which holds no values. */
#define FACTS_OF_VALUES                                                           \
	((factset)1 << FACT_URGENT | (factset)1 << FACT_ANONYMOUS_REPORT |        \
	    (factset)1 << FACT_ADDRESS_SIGNAL | (factset)1 << FACT_EFFECT_NAMED | \
	    (factset)1 << FACT_ADMINISTRATIVE_REPORT)

/* Facts that the place of a question settles: who signed, and whether it has ended.  A
 * caller's claim to them is dropped, but that somebody declared in a case (policy.h). */
#define FACTS_OF_PLACE                                                            \
	((factset)1 << FACT_RECIPIENT_SIGNED | (factset)1 << FACT_SENDER_SIGNED | \
	    (factset)1 << FACT_DECLARED | (factset)1 << FACT_EXPIRED)

static inline factset
fact_bit(enum fact f)
{
	return (factset)1 << f;
}

/* Whole days since 1970-01-01 of the UTC date in MS since the epoch. */
int32_t date_of_ms(uint64_t ms);

/* Days since 1970-01-01 of "YYYY-MM-DD" with a real month and day; false otherwise. */
bool date_parse(const char *text, int32_t *ret_days);

/* The same day as text again. */
void date_write(int32_t days, char ret[11]);

/* The fact called NAME; false if there is none. */
bool fact_from_name(const char *name, enum fact *ret);

/* The name of F in policy files; NULL for a bit without a fact. */
const char *fact_name(enum fact f);

/* The message facts that SIGNAL itself states on the date TODAY, days since 1970-01-01
 * (not the signatory facts and same_party, which policy_rule() adds, nor the case facts
 * and partners_agreed, which the broker knows). */
factset facts_of_signal(const Sluis__Signal *signal, int32_t today);

/* The parts of it for a preview, which holds no signal: what HANDLING (may be NULL)
 * states, and what the presence of fields alone tells. */
factset facts_of_handling(const Sluis__Handling *handling, int32_t today);
factset facts_of_fields(const struct fieldset *present);

/* The record facts of one PERSON on the date TODAY (days since 1970-01-01). */
factset facts_of_person(const Sluis__Person *person, int32_t today);

#endif
