/* SPDX-License-Identifier: EUPL-1.2 */
/* reveal.c - the forms of a question and an answer. */
#include "broker/knowing/reveal.h"

#include <string.h>

#include "proto/message.h"

enum { INDEX_DIGITS = 3 };

/* Take "[12]" off the front of *TEXT; false if it is something else. */
static bool
skip_index(const char **text)
{
	size_t n = strspn(*text + 1, "0123456789");

	if (n == 0 || n > INDEX_DIGITS || (*text)[1 + n] != ']') return false;
	*text += n + 2;
	return true;
}

const struct schema_field *
reveal_field(const char *path)
{
	char   plain[REVEAL_PATH_MAX + 1];
	size_t n = 0;

	if (path == NULL || strlen(path) > REVEAL_PATH_MAX) return NULL;
	while (*path != '\0') {
		if (*path == '[') {
			if (!skip_index(&path)) return NULL;
			if (*path != '.' && *path != '\0') return NULL;
			continue;
		}
		plain[n++] = *path++;
	}
	plain[n] = '\0';
	return schema_find(plain);
}

bool
reveal_what_known(Sluis__RevealWhat what)
{
	return what == SLUIS__REVEAL_WHAT__REVEAL_SOURCE ||
	       what == SLUIS__REVEAL_WHAT__REVEAL_IDENTITY;
}

bool
reveal_ground_known(Sluis__RevealGround ground)
{
	return ground >= SLUIS__REVEAL_GROUND__OFFICIAL_REPORT &&
	       ground <= SLUIS__REVEAL_GROUND__COURT_ORDER;
}

const char *
reveal_verdict_name(Sluis__RevealVerdict verdict)
{
	switch (verdict) {
	case SLUIS__REVEAL_VERDICT__REVEAL_RELEASED:
		return "released";
	case SLUIS__REVEAL_VERDICT__REVEAL_REFUSED:
		return "refused";
	case SLUIS__REVEAL_VERDICT__REVEAL_ORGANISATION_ONLY:
		return "organisation_only";
	default:
		return NULL;
	}
}

Sluis__RevealVerdict
reveal_both(Sluis__RevealVerdict a, Sluis__RevealVerdict b)
{
	if (a == b) return a;
	if (a == SLUIS__REVEAL_VERDICT__REVEAL_RELEASED) return b;
	if (b == SLUIS__REVEAL_VERDICT__REVEAL_RELEASED) return a;
	return SLUIS__REVEAL_VERDICT__REVEAL_REFUSED;
}

void
reveal_describe(const struct reveal_row *r, Sluis__NoticeKind kind, Sluis__Notice *n)
{
	n->has_kind          = 1;
	n->kind              = kind;
	n->has_reveal_id     = 1;
	n->reveal_id         = message_borrow_bytes(r->id, sizeof r->id);
	n->has_reveal_what   = 1;
	n->reveal_what       = r->what;
	n->has_reveal_ground = 1;
	n->reveal_ground     = r->ground;
	n->reveal_path       = r->path[0] == '\0' ? NULL : message_borrow(r->path);
	n->convenant         = message_borrow(r->convenant);
	n->phase             = message_borrow(r->phase);
}

rc
reveal_check_box(
    const struct seat_id *asker, Sluis__RevealVerdict verdict, const Sluis__Sealed *box)
{
	if (box == NULL)
		return verdict == SLUIS__REVEAL_VERDICT__REVEAL_RELEASED ? RC_MALFORMED
		                                                         : RC_OK;
	if (verdict == SLUIS__REVEAL_VERDICT__REVEAL_REFUSED || !seat_opens(asker, box))
		return RC_MALFORMED;
	if (box->box.len > BOX_MAX) return RC_TOO_LARGE;
	return box->box.len <= SEAL_BYTES ? RC_MALFORMED : RC_OK;
}
