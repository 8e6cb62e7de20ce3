/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read.h - from a YAML tree to the model: what the readers of all kinds of
 * file share.
 *
 * Readers do not stop at the first mistake: each reports what is wrong where it
 * stands, leaves a harmless value and goes on, so that one run shows everything.
 * The reader's status is then not RC_OK and nothing that was read is used.
 */
#ifndef SLUIS_POLICY_READ_H
#define SLUIS_POLICY_READ_H

#include "policy/finding.h"
#include "policy/model.h"
#include "policy/read/near.h"
#include "policy/read/yaml.h"

struct reader {
	struct policy *policy; /* borrowed: under construction; NULL once it is made */
	const struct policy
	             *made;  /* borrowed: where policy is NULL, whose titles are known */
	struct arena *arena; /* borrowed: what is read lives there */
	struct findings *findings; /* borrowed, may be NULL */
	rc               status;   /* RC_OK until something is wrong */
};

/* --- saying what is wrong ------------------------------------------------------------
 */

__attribute__((format(printf, 3, 4))) void read_complain(
    struct reader *r, const struct yaml_node *at, const char *format, ...);

/* "no KIND called 'x'; did you mean 'y'?", or else what may stand there (suggest.h). */
void read_unknown(struct reader *r, const struct yaml_node *at, const char *kind,
    name_at names, const void *arg);

/* The same where WORD is only a part of what stands at AT. */
void read_unknown_word(struct reader *r, const struct yaml_node *at, const char *kind,
    const char *word, name_at names, const void *arg);

/* --- memory: NULL and RC_NOMEM in the status on failure -------------------------- */

void *read_alloc(struct reader *r, size_t n, size_t size);
__attribute__((format(printf, 2, 3))) const char *read_printf(
    struct reader *r, const char *format, ...);

/* --- values ---------------------------------------------------------------------- */

/* The value of KEY in MAP; complains and returns NULL if it is not there. */
const struct yaml_node *read_needed(
    struct reader *r, const struct yaml_node *map, const char *key);

/* The value of KEY as a list with 1 to MAX entries; NULL after a complaint. */
const struct yaml_node *read_list(
    struct reader *r, const struct yaml_node *map, const char *key, size_t max);

/* Complain unless NODE is a mapping. */
bool read_is_map(struct reader *r, const struct yaml_node *node, const char *what);

/* The text of KEY, not empty, at most MAX bytes; "" after a complaint. */
const char *read_text(
    struct reader *r, const struct yaml_node *map, const char *key, size_t max);

/* NODE itself as an id: lower-case letters, digits and ._- up to 32 bytes; "" after a
 * complaint. */
const char *read_id_of(struct reader *r, const struct yaml_node *node);
const char *read_id(struct reader *r, const struct yaml_node *map, const char *key);

/* {nl: ..., en: ...} under KEY. */
void read_title(struct reader *r, const struct yaml_node *map, const char *key,
    const char **ret_nl, const char **ret_en);

/* A whole number MIN..MAX; MIN after a complaint. */
uint32_t read_number(struct reader *r, const struct yaml_node *map, const char *key,
    uint32_t min, uint32_t max);

/* `true` or `false`; false where KEY is absent. */
bool read_bool(struct reader *r, const struct yaml_node *map, const char *key);

/* The date under KEY, days since 1970-01-01; 0 after a complaint. */
int32_t read_date(struct reader *r, const struct yaml_node *map, const char *key);

/* `from` and `until`, both dates, in this order. */
void read_term(
    struct reader *r, const struct yaml_node *map, int32_t *ret_from, int32_t *ret_until);

/* The facts named under KEY (a list or one name); 0 where KEY is absent.  Only facts
 * inside ALLOWED. */
factset read_facts(
    struct reader *r, const struct yaml_node *map, const char *key, factset allowed);

/* A list node as its entries, one scalar as a list of one. */
size_t                  read_count(const struct yaml_node *node);
const struct yaml_node *read_entry(const struct yaml_node *node, size_t i);

/* The last key of ROOT must be `end` and say NAME: so a file that was cut short, and
 * lost a condition or a bar with it, is refused. */
void read_end(struct reader *r, const struct yaml_node *root, const char *name);

/* Complain about every key that no reader asked for. */
void read_no_more(struct reader *r, const struct yaml_node *map);

/* The regions under KEY `regions` of MAP, each known to the policy, NULL-terminated. */
const char *const *read_regions(struct reader *r, const struct yaml_node *map);

/* The numbers of the purposes under `purposes`, as a mask; all where it is absent. */
uint16_t read_purposes(
    struct reader *r, const struct yaml_node *map, const struct convenant *c);

/* The numbers in NAMES of what stands under KEY, as a mask; complains about others.
 * IF_ABSENT where KEY is not there. */
uint16_t read_mask(struct reader *r, const struct yaml_node *map, const char *key,
    const char *kind, name_at names, const void *arg, uint16_t if_absent);

/* Add the fields of the categories, or the fields, that stand under KEY to INTO; false
 * where KEY is absent.  read_fields.c */
bool read_categories_in(struct reader *r, const struct yaml_node *map, const char *key,
    struct fieldset *into);
bool read_fields_in(struct reader *r, const struct yaml_node *map, const char *key,
    struct fieldset *into);

/* The I-th of a NULL-terminated array of names, as a name_at. */
const char *name_in_array(const void *array, size_t i);

/* An OIN: 20 digits between quotes; "" after a complaint. */
const char *read_oin(struct reader *r, const struct yaml_node *node);

/* The fields that NODE, a category or field path of P, stands for; false after a
 * complaint.  read_scenario.c */
bool read_fields_of(struct reader *r, const struct policy *p,
    const struct yaml_node *node, struct fieldset *ret);

/* --- the kinds of file ----------------------------------------------------------- */

void read_categories(struct reader *r, const struct yaml_node *root);

/* parties.yaml comes in two steps: convenants name roles, signatures name convenants. */
void read_roles(struct reader *r, const struct yaml_node *root);
void read_parties(struct reader *r, const struct yaml_node *root);
void read_subjects(struct reader *r, const struct yaml_node *root); /* part of it */

/* `signed` and `declared` of the party NODE into M; and, when all parties are read, the
 * signatures on behalf of others to those others.  read_signatures.c */
void read_signatures(struct reader *r, const struct yaml_node *node, struct member *m);
void join_signatures(struct reader *r, const struct yaml_node *root);

/* `version` and `approval` of parties.yaml.  read_approvals.c */
void read_approvals(struct reader *r, const struct yaml_node *root);

void read_convenant(struct reader *r, const struct yaml_node *root, struct convenant *c);

const struct groups *read_groups(struct reader *r, const struct yaml_node *root);

/* Roles, role/desk pairs and groups under KEY as seats; *RET_N == 0 where KEY is absent.
 */
struct seat *read_seats(struct reader *r, const struct yaml_node *map, const char *key,
    const struct groups *groups, size_t *ret_n);

/* The same as what route.h shows, their desks held against parties.yaml, which is read;
 * NULL and 0 where KEY is absent. */
const struct seat_info *read_seat_infos(struct reader *r, const struct yaml_node *map,
    const char *key, const struct groups *groups, size_t *ret_n);

/* Complain of a desk that no party has; LINE where the seat knows no line.  desks.c */
void demand_desk(
    struct reader *r, const struct seat *seat, const char *file, unsigned line);
void demand_desks(struct reader *r); /* of all convenants and invariants */

/* The value of enum DESC that NODE names, in small letters and without PREFIX: "enrich"
 * for TASK_ENRICH.  0 after a complaint that there is no such KIND.  read_enum.c */
int read_enum(struct reader *r, const struct yaml_node *node,
    const ProtobufCEnumDescriptor *desc, const char *prefix, const char *kind);

/* `rules` and `bars` of ROOT into C, whose phases, purposes and obligations are read. */
void read_rules(struct reader *r, const struct yaml_node *root, struct convenant *c,
    const struct groups *groups);

/* invariants.yaml, when all convenants are read; ROOT NULL: there is none. */
void read_invariants(struct reader *r, const struct yaml_node *root);

/* `gates`, `reveals`, `links` of a convenant file, when all convenants and parties are
 * read. */
void read_gates(struct reader *r, const struct yaml_node *root, struct convenant *c);
void read_reveals(struct reader *r, const struct yaml_node *root, struct convenant *c);
void read_links(struct reader *r, const struct yaml_node *root, struct convenant *c);

/* A route, when everything else is read: read_route.c, its states and steps in files of
 * their own, and what has to hold of all of it in route_check.c. */
void read_route(struct reader *r, const struct yaml_node *root, struct route_info *route);
void read_states(
    struct reader *r, const struct yaml_node *root, struct route_info *route);
void read_steps(struct reader *r, const struct yaml_node *root, struct route_info *route);
void check_route(
    struct reader *r, const struct yaml_node *root, const struct route_info *route);

/* Convenant names as a name_at; ARG is the policy. */
const char *convenant_at(const void *policy, size_t i);

/* Why RULE cannot be carried out on field F, in words; NULL if it can.  feasible.c */
const char *rule_obstacle(
    const struct policy *p, const struct rule *rule, const struct schema_field *f);

#endif
