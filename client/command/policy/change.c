/* SPDX-License-Identifier: EUPL-1.2 */
/* change.c - recognising the sentences of policy/rule.c, read_rules.c, read_convenant.c,
 * read_steps.c. */
#include "client/command/policy/change.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "client/command/translate.h"

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
    /* of the broker, about acts in a case */
    N_("a case that is open"),
    N_("a claim that this desk has to judge and has not judged yet"),
    N_("a confirmation of what changes now for whom: ask first, then confirm"),
    N_("a convenant or phase that gives this desk anything, or another desk"),
    N_("a convenant that lets this desk tell of its controls"),
    N_("a convenant that still lets this desk ask"),
    N_("it can be refused"),
    N_("a criterion that was judged not met"),
    N_("a decision of another desk of the source"),
    N_("a declaration of confidentiality by this desk"),
    N_("a desk that gives seats on this route"),
    N_("a desk that gives seats, or your own seat"),
    N_("a desk that may open a case on this route"),
    N_("a desk that the route lets give seats"),
    N_("a desk that was asked and did not vote yet"),
    N_("a judgement of every criterion of the gate"),
    N_("a participant that may bring a matter to this gate"),
    N_("a partner that the convenant in force lets take part"),
    N_("a policy that has the route and state of this case"),
    N_("a question to this desk that it has not answered yet"),
    N_("a route of the policy"),
    N_("a route whose convenant knows a longer term"),
    N_("a seat as incidental third party that has not declared yet"),
    N_("a seat as participant"),
    N_("a seat at that layer"),
    N_("a seat at that layer of the case"),
    N_("a seat in the case for everybody it is with"),
    N_("a seat in the case for who is assigned"),
    N_("a seat that it does not have yet"),
    N_("a seat that layer 1 of the case knows of"),
    N_("a seat to leave"),

    N_("a state in which a convenant is in force"),
    N_("a state of the route in which a verdict decides the next step"),
    N_("a state of the route in which partners are asked"),
    N_("a state of the route in which something may be shared"),
    N_("a state of the route that has this gate"),
    N_("an answer of yes or no: that more is needed was said"),
    N_("an answer to the same question, which waits"),
    N_("an exchange that was agreed to under what is in force now"),
    N_("an explanation for each who judges and sits in the case, and for nobody else"),
    N_("an explanation of every criterion of the gate"),
    N_("another desk of the source that may agree"),
    N_("the desk that the policy names as contact point for persons"),
    N_("the second desk that the policy names decides"),
    N_("the second desk that the policy names has to agree"),
    N_("another desk: this one was given a seat eight times"),
    N_("another ground, or a desk that the convenant lets ask this"),
    N_("another owner: the owner stays"),
    N_("another party in the case that signed the convenant"),
    N_("another case: the history of this one is full"),
    N_("another question: one partner objected to this exchange"),
    N_("feedback by a participant of the case, or by a desk that its route names for it"),
    N_("less that waits for this desk: send to it again, later"),
    N_("somebody in the case who judges this gate"),
    N_("the answer of who was asked before"),
    N_("the answer to one of the eight questions that are open"),
    N_("the answer to the same question, asked before"),
    N_("the consent of every other party in the case that signed"),
    N_("the convenant, phase and purpose that the case's state has in force"),
    N_("the desk that opened the case asks for it"),
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one sentence on two lines */
    N_("the seat as it is: what a desk takes part as does not change while it sits "
       "there"),
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one sentence on two lines */
    N_("the last year of the term, in a case that is open or was closed less than a year "
       "before its end"),
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
