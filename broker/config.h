/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * config.h - sluisd.yaml: where things are, and every limit there is.
 *
 * One row of the table in config.c per option: key, kind, bounds, default.  Unknown
 * and repeated keys are refused with file:line:column; secrets are only ever named
 * by path.  Relative paths are relative to the file's own folder.
 *
 * The result is read-only.
 */
#ifndef SLUIS_BROKER_CONFIG_H
#define SLUIS_BROKER_CONFIG_H

#include "policy/policy.h"

struct config {
	/* where: owned strings, absolute or as given */
	char *origin; /* name of the journal, of its checkpoints and of this broker */
	char *endpoint_agency; /* tcp://address:port, port * lets the system choose */
	char *endpoint_audit;
	char *endpoint_enrol;
	char *second_agency; /* the other place, for while the CURVE key changes; */
	char *second_audit;  /* absent: then it cannot */
	char *second_enrol;
	char *state_dir;
	char *policy_dir;
	char *anchors_file; /* CA certificates, PEM */
	char *crl_file;     /* revocation lists, PEM */
	char *keys_file;    /* keyring.h */
	char *hsm_module;   /* PKCS#11 module for keys that say "hsm"; may be absent */
	char *hsm_token;    /* label of its token */
	char *hsm_pin_file; /* mode 0600 */
	char *ready_file;   /* written when the sockets are bound; may be absent */
	char *
	    trust_file; /* witnesses and their quorum (C2SP tlog-policy); may be absent */
	char
	    *published_file; /* published.h; default: "published-head" beside keys_file */

	/* what a broker that was taken over cannot do (sandbox/sandbox.h) */
	char *user;    /* whom it becomes when root starts it; may be absent */
	char *sandbox; /* "required", "available" or "off"; absent: available */

	char *metrics_socket; /* metrics/door.h; may be absent */

	/* how much, how long */
	int64_t batch_max;   /* messages in one commit */
	int64_t batch_ms;    /* how long messages are collected before it */
	int64_t workers;     /* threads beside the loop that prepare messages (wave.h) */
	int64_t freshness_s; /* how far a sender's clock may differ; FRESHNESS_MAX_S */
	int64_t wait_max_ms; /* longest Receive */
	int64_t waiters_max; /* parked Receives, all desks */
	int64_t lease_max_ms;
	int64_t leases_max;          /* leased deliveries of one desk */
	int64_t outbox_max;          /* copies of signals that wait, all desks */
	int64_t outbox_desk_max;     /* copies of signals that wait for one desk */
	int64_t notices_max;         /* notices that wait, all desks */
	int64_t notices_desk_max;    /* notices that wait for one desk: more are lost */
	int64_t notices_per_day;     /* notices that the acts of one party may cause */
	int64_t requests_per_minute; /* of one desk */
	int64_t refusals_per_minute; /* of one desk: more are not journalled */
	int64_t audit_read_max;      /* entries of one AuditRead */
	int64_t handshake_ms;        /* a connection without one is closed */
	int64_t queue_messages;      /* ZeroMQ high-water marks */
	int64_t unread_bytes;     /* of answers that one key does not read (unread.h) */
	int64_t unread_all_bytes; /* of all of them together */
	int64_t erase_ms;         /* how soon keys of finished copies are gone */
	int64_t clock_jump_s;     /* how far the wall clock may step in a day; 0: any way
	                             (clock.h) */
	int64_t clock_gap_days;   /* how long the broker may have been down */
	int64_t details_days;     /* how long details of entries are kept (erasure.h) */
	int64_t expiry_s;         /* how often overdue copies are looked for */
	int64_t links_s;          /* how often signals are compared (linked.h) */
	int64_t link_tokens_per_day; /* identifiers of one party that are kept for it */
	int64_t controls_per_day;    /* controls that one party may plan */
	int64_t control_days;        /* plans this far apart meet */
	int64_t witness_s;           /* how often witnesses get a new head, at most */
	int64_t witness_wait_s;      /* how long one waits for its quorum, at most */
	int64_t cover_s;      /* between two cover turns (cover.h); 0: no layer 2 */
	int64_t cover_leaves; /* entries that each of them appends, exactly */
	int64_t cover_max;    /* requests that wait for one */
};

/* Read PATH.  RC_CONFIG with FINDINGS, RC_NOT_FOUND, RC_DISK. */
MUST rc config_load(const char *path, struct config **ret, struct findings *findings);
void    config_destroy(struct config **cp);

#endif
