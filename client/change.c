/* SPDX-License-Identifier: EUPL-1.2 */
/* change.c - recognising the sentences of policy/rule.c, read_rules.c, read_convenant.c,
 * read_steps.c. */
#include "client/change.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "client/translate.h"

enum { HOLES_MAX = 3 };

/* A star stands for an id or a list of ids; translations keep the order. */
static const char *const sentences[] = {
    N_("a convenant that exists"),
    N_("a convenant that names the recipient's role"),
    N_("a sender and desk that parties.yaml names"),
    N_("another sender: no rule grants what this one may supply"),
    N_("nothing: this bar always holds"),
    N_("other facts, or fields that a rule grants: nothing of this signal would be left"),
    N_("convenant * is registered"),
    N_("its file names no registration"),
    N_("a date from * until *, when convenant * is in force"),
    N_("a phase of *: *"),
    N_("a purpose of *: *"),
    N_("a sender whose role and desk convenant * names"),
    N_("recipient signs convenant *"),
    N_("sender signs convenant *"),
    N_("recipient signs a confidentiality declaration for *"),
    N_("phase *"),
    N_("a step by *"),
    N_("no longer all of: *"),
    N_("all of: *"),
    N_("none of: *"),
    N_("one of: *"),
};

enum { N_SENTENCES = sizeof sentences / sizeof sentences[0] };

struct part { /* of a text; borrowed */
	const char *p;
	size_t      n;
};

/* Is TEXT this SENTENCE?  What stands in its holes goes to HOLES. */
static bool
fits(struct part text, const char *sentence, struct part holes[HOLES_MAX])
{
	size_t n = 0;

	for (;;) {
		size_t fixed = strcspn(sentence, "*");
		if (text.n < fixed || memcmp(text.p, sentence, fixed) != 0) return false;
		text = (struct part){text.p + fixed, text.n - fixed};
		if (sentence[fixed] == '\0') return text.n == 0;
		sentence += fixed + 1;
		size_t next = strcspn(sentence, "*"), skip = 0;
		while (next != 0 && skip + next <= text.n &&
		       memcmp(text.p + skip, sentence, next) != 0)
			skip++;
		if (next == 0) skip = text.n;
		if (skip > text.n || n == HOLES_MAX) return false;
		holes[n++] = (struct part){text.p, skip};
		text       = (struct part){text.p + skip, text.n - skip};
	}
}

static size_t
put(char out[CHANGE_TEXT_MAX], size_t used, struct part text)
{
	size_t room = CHANGE_TEXT_MAX - 1 - used;

	if (text.n > room) text.n = room;
	memcpy(out + used, text.p, text.n);
	out[used + text.n] = '\0';
	return used + text.n;
}

static size_t
put_part(char out[CHANGE_TEXT_MAX], size_t used, struct part text)
{
	struct part holes[HOLES_MAX] = {{NULL, 0}};
	size_t      i = 0, hole = 0;

	while (i < N_SENTENCES && !fits(text, sentences[i], holes)) i++;
	if (i == N_SENTENCES) return put(out, used, text);
	for (const char *s = tr(sentences[i]);; s++) {
		size_t fixed = strcspn(s, "*");
		used         = put(out, used, (struct part){s, fixed});
		s += fixed;
		if (*s == '\0' || hole == HOLES_MAX) return used;
		used = put(out, used, holes[hole++]);
	}
}

const char *
change_translate(const char *text, char out[CHANGE_TEXT_MAX])
{
	size_t used = 0;

	out[0] = '\0';
	for (;;) {
		const char *end = strstr(text, "; ");
		size_t      n   = end != NULL ? (size_t)(end - text) : strlen(text);
		used            = put_part(out, used, (struct part){text, n});
		if (end == NULL) return out;
		used = put(out, used, (struct part){"; ", 2});
		text = end + 2;
	}
}
