/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * link.h - do others know whom or what I signalled?  What a token is made of, and who
 * may be told.
 *
 * Of a released signal the broker keeps, for a time, a keyed token of each identifier
 * (pseudonym.h) that a link rule of the policy names.  Two parties with the same token
 * know the same person, address, vehicle or company; a rule of the convenant under
 * which somebody signalled says whether its desk may hear so, and what.
 *
 * No token is made
 *	- in a convenant that no link rule names, or of a kind that none names;
 *	- of layer 2, of criminal intelligence, under an embargo: hearing that there
 *	  is something would tell what they hide;
 *	- of a person but a victim or suspect;
 *	- of a field that its supplier refuses to everybody (WGS 1.5(1)).
 *
 * What may be under professional secrecy, a person with health data or a signal on a
 * ground that lifts it, is never compared between convenants (Besluit WGS 1.10(2)).
 *
 * Pure; the pseudonymiser holds the key.
 */
#ifndef SLUIS_BROKER_KNOWING_LINK_H
#define SLUIS_BROKER_KNOWING_LINK_H

#include "broker/decision/pseudonym.h"
#include "policy/route.h"

enum { LINK_TOKENS_MAX = 32 }; /* of one signal; the rest is left out, and counted */

struct link_named { /* an identifier that others may know too */
	struct identity *of;
	bool             secret; /* stays inside its convenant */
};

struct link_names {
	size_t            n, left_out; /* each time that it stands in the signal */
	struct link_named at[LINK_TOKENS_MAX];
};

/* What of SIGNAL, released under CONVENANT on TODAY, gets a token (pseudonym_token_of()),
 * each once; ALL are the identifiers of SIGNAL. */
MUST rc link_names_of(const struct policy *p, struct identities *all,
    const Sluis__Signal *signal, const char *convenant, int32_t today,
    struct link_names *ret);

/* The token of an address; HOUSE is number and letter.  RC_INVALID_SIGNAL. */
MUST rc link_address(const struct pseudonymiser *key, const char *postcode,
    const char *house, uint8_t ret[TOKEN_BYTES]);

struct link_side { /* a desk that signalled under a convenant */
	const char *convenant, *role, *desk;
	bool        secret;
};

/* The rule by which MINE hears that KIND stands in a signal of OTHER; NULL: none, or none
 * by which OTHER would hear of MINE.  So nobody is found out who is not told. */
const struct link_info *link_between(const struct policy *p, const char *kind,
    const struct link_side *mine, const struct link_side *other);

/* The rule by which a desk (ROLE, DESK) that signalled under MINE hears that KIND stands
 * in a signal under OTHERS; NULL: none.  A rule that also tells the parties comes first.
 */
const struct link_info *link_rule(const struct policy *p, const char *mine,
    const char *others, const char *kind, const char *role, const char *desk);

/* The rule of CONVENANT that lets a desk (ROLE, DESK) tell of its controls; NULL: none.
 */
const struct link_info *link_control_rule(
    const struct policy *p, const char *convenant, const char *role, const char *desk);

/* The desk of PARTY that hears, by RULE, how many places a control needs; NULL: none. */
const char *link_care_desk(const struct policy *p, const struct link_info *rule,
    const struct party *party, int32_t today);

/* Whether CONVENANT is in force on TODAY and OIN signed it then, or somebody for it. */
bool link_stands(
    const struct policy *p, const char *convenant, const char *oin, int32_t today);

#endif
