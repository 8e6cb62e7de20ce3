/* SPDX-License-Identifier: EUPL-1.2 */
/* code_text.c - what each result code means to a person, and what to do about it. */
#include "client/command/complain.h"

struct code_text {
	rc          code;
	const char *meaning, *advice;
};

static const struct code_text texts[] = {
    {RC_MALFORMED, N_("the message is not well-formed"),
        N_("both sides must run the same version: sluis --version")},
    {RC_TOO_LARGE, N_("it is too large"), N_("split the signal")},
    {RC_TOO_DEEP, N_("it is nested too deeply"), ""},
    {RC_TOO_MANY, N_("it holds too many elements"), N_("split the signal")},
    {RC_UNKNOWN_TYPE, N_("the broker does not know this request"),
        N_("both sides must run the same version: sluis --version")},
    {RC_BAD_FRAMES, N_("the message has the wrong number of frames"), ""},
    {RC_BAD_SIGNATURE, N_("the signature does not verify"),
        N_("enrol the keys of this folder: sluis key enrol")},
    {RC_WRONG_SENDER, N_("the sender is not the holder of the key"),
        N_("see who you are: sluis key show")},
    {RC_WRONG_BROKER, N_("this was meant for another region"),
        N_("check region.json: sluis key show")},
    {RC_WRONG_DOOR, N_("this request is not taken at this endpoint"),
        N_("auditors use the audit endpoint, all others the agency endpoint")},
    {RC_STALE, N_("the message is too old"),
        N_("check the clock of this machine, then send again")},
    {RC_FUTURE, N_("the message is from the future"),
        N_("check the clock of this machine")},
    {RC_REPLAYED, N_("this request id was used before for something else"),
        N_("send it as a new request")},
    {RC_INVALID_SIGNAL, N_("the signal is not valid"),
        N_("correct the file and try: sluis signal preview")},
    {RC_NOT_ENROLLED, N_("the broker does not know these keys"), N_("sluis key enrol")},
    {RC_NOT_YET_VALID, N_("not valid yet"), N_("check the clock of this machine")},
    {RC_EXPIRED, N_("no longer valid"), N_("sluis key rotate")},
    {RC_REVOKED, N_("the certificate was revoked"),
        N_("ask the region for a new certificate")},
    {RC_SUPERSEDED, N_("newer keys have taken the place of these"),
        N_("use the newest party folder, or end its keys: sluis key rotate "
           "--take-over")},
    {RC_BAD_CERTIFICATE, N_("the certificate is not accepted"),
        N_("ask the region for a certificate with OIN and desk")},
    {RC_CRL_MISSING, N_("the broker has no revocation list"),
        N_("the broker's administrator must install one")},
    {RC_CRL_STALE, N_("the broker's revocation list has expired"),
        N_("the broker's administrator must renew it")},
    {RC_BAD_BINDING, N_("the key binding is not accepted"), N_("sluis key rotate")},
    {RC_IDENTITY_SET, N_("a routing id was set, which is not allowed"), ""},
    {RC_USAGE, N_("this is not how the command is used"), N_("sluis --help")},
    {RC_NOT_FOUND, N_("not found"), ""},
    {RC_BAD_DISCLOSURE, N_("what was signed for a recipient does not fit the signal"),
        N_("both sides must run the same version: sluis --version")},
    {RC_ERASED, N_("it was erased"), ""},
    {RC_NO_CONVENANT, N_("there is no such convenant"),
        N_("see which there are: sluis policy check DIR")},
    {RC_CONVENANT_NOT_IN_FORCE, N_("the convenant is not in force on this date"), ""},
    {RC_NO_PHASE, N_("the convenant has no such phase"),
        N_("see the phases: sluis signal preview")},
    {RC_WRONG_PURPOSE, N_("the convenant does not cover this purpose"),
        N_("see the purposes: sluis signal preview")},
    {RC_EMPTY_AUDIENCE, N_("no recipients were named"),
        N_("name them: --to politie,zorgcoordinator")},
    {RC_UNKNOWN_RECIPIENT, N_("the recipient is not known"),
        N_("see who takes part: sluis party list")},
    {RC_NOT_ENTITLED, N_("the recipient is not entitled to this"),
        N_("see why: sluis signal preview")},
    {RC_SENDER_NOT_ALLOWED, N_("the convenant does not let this sender share"),
        N_("see who may: sluis policy matrix DIR")},
    {RC_CIE, N_("criminal intelligence is never shared through sluis"), ""},
    {RC_BARRED, N_("a bar of the convenant forbids it"),
        N_("see why: sluis signal preview")},
    {RC_NOBODY_SERVED, N_("none of the recipients is entitled to this"),
        N_("see why: sluis signal preview")},
    {RC_EMBARGO,
        N_("an embargo needs a contact desk and a review date that has not passed"),
        N_("fill in handling.embargo of the signal")},
    {RC_NOT_YOUR_STEP, N_("this desk may not make this step"),
        N_("see who may: sluis case show CASE")},
    {RC_NO_STEP, N_("the route has no such step from here"),
        N_("see which there are: sluis case show CASE")},
    {RC_STEP_NEEDS, N_("something has to be done before this step"),
        N_("see what is open: sluis case show CASE")},
    {RC_NOT_IN_STATE, N_("the case does not allow this in its present state"),
        N_("see its state: sluis case show CASE")},
    {RC_NOT_CONFIRMED, N_("this changes who gets what, and was not confirmed"),
        N_("look at the changes and confirm: sluis case move CASE STEP --confirm")},
    {RC_WAITING, N_("not all partners have agreed yet"),
        N_("see who is waited for: sluis case show CASE")},
    {RC_OBJECTED, N_("a partner of the convenant objects"), ""},
    {RC_NO_ROUTE, N_("there is no such route"), ""},
    {RC_NO_PARTICIPANT, N_("the recipient takes no part in this case"),
        N_("see who does: sluis case show CASE")},
    {RC_NO_DECLARATION, N_("a third party has to declare confidentiality first"),
        N_("it does so with: sluis case join CASE --declare")},
    {RC_CASE_CLOSED, N_("the case is closed"), ""},
    {RC_NO_GROUND, N_("the convenant knows no such ground for this desk"), ""},
    {RC_SECOND_DESK, N_("another desk has to decide this too"), ""},
    {RC_REPORTER_NAMED, N_("an anonymous report may not name who reported"),
        N_("take `reporter` out of the signal")},
    {RC_NO_EFFECT_NAMED, N_("an intervention must name its effect on the victim"),
        N_("fill in planned_interventions.effect_on_victim")},
    {RC_NO_COVER, N_("this broker has no cover for layer 2"),
        N_("its administrator sets cover_s and cover_leaves")},
    {RC_QUEUE_FULL, N_("the broker's queue is full; nothing was lost"),
        N_("try again later")},
    {RC_OVER_QUOTA, N_("more requests than this party may make"), N_("try again later")},
    {RC_STOPPING, N_("the broker is stopping"), N_("try again later")},
    {RC_ALONE, N_("this signal cannot be sent together with others"),
        N_("send it by itself")},
    {RC_IN_USE, N_("another process has this folder in use"), N_("try again later")},
    {RC_NOMEM, N_("out of memory"), ""},
    {RC_DISK, N_("reading or writing a file failed"),
        N_("check the disk and who owns the files")},
    {RC_CRYPTO, N_("a cryptographic operation failed"), ""},
    {RC_CONFIG, N_("a file or setting is not as it should be"), ""},
    {RC_POLICY, N_("the policy is not accepted"), N_("sluis policy check DIR")},
    {RC_INTERNAL, N_("an error inside sluis"), N_("report it, with this message")},
    {RC_SOCKET, N_("the network socket failed"), ""},
    {RC_NOT_APPROVED, N_("not enough parties have signed this policy"),
        N_("see who is missing: sluis policy signatures DIR --broker D")},
    {RC_DISK_FULL, N_("the disk of the broker is full: nothing happened"),
        N_("ask again later: the same request is not done twice")},
    {RC_CLOCK_AHEAD, N_("the wall clock of the broker jumped ahead and is not believed"),
        NULL},
    {RC_CLOCK_BACK, N_("the wall clock of the broker jumped back and is not believed"),
        NULL},
    {RC_OLD_STATE, N_("the state is older than what was published from it"),
        N_("a restored backup goes on only with: sluisd --accept-gap")},
    {RC_NOT_NEWER, N_("the policy in force has this version already, or a higher one"),
        N_("raise `version` in parties.yaml and have it signed")},
    {RC_LEAF_TOO_LARGE, N_("the journal entry would be too large"),
        N_("split the signal")},
    {RC_BAD_PROOF, N_("ALARM: the proof does not verify"),
        N_("stop, keep this folder, and tell the auditor")},
    {RC_BAD_NOTE, N_("ALARM: the signed head of the journal is not genuine"),
        N_("stop, keep this folder, and tell the auditor")},
    {RC_BAD_DIGEST, N_("ALARM: the content is not what the journal says"),
        N_("stop, keep this folder, and tell the auditor")},
    {RC_BAD_TREE, N_("ALARM: the journal does not match its signed head"),
        N_("stop, keep what you have, and tell the auditor")},
    {RC_NOT_SIGNED, N_("ALARM: the sender did not sign what arrived"),
        N_("use nothing of it, keep it, and call the region and the sender")},
    {RC_NO_QUORUM, N_("ALARM: too few witnesses have signed this head of the journal"),
        N_("who has signed it: sluis audit gossip")},
    {RC_FORKED, N_("ALARM: the history of the journal was rewritten"),
        N_("stop, keep this folder, and tell the auditor")},
    {RC_UNREACHABLE, N_("nobody answers at the broker's address"),
        N_("is sluisd running? check region.json, try again later")},
    {RC_TIMEOUT, N_("no answer in time"),
        N_("it may have arrived; ask again: sluis signal list")},
    {RC_HANDSHAKE,
        N_("the broker refused the key of this folder, or has another key itself"),
        N_("sluis key enrol; then check broker_curve_public in region.json")},
};

enum { N_TEXTS = sizeof texts / sizeof texts[0] };

static const struct code_text *
find(rc code)
{
	for (unsigned i = 0; i < N_TEXTS; i++)
		if (texts[i].code == code) return &texts[i];
	return NULL;
}

const char *
code_meaning(rc code)
{
	if (code == RC_OK) return N_("done");
	const struct code_text *t = find(code);
	return t != NULL ? t->meaning : rc_name(code);
}

const char *
code_advice(rc code)
{
	const struct code_text *t = find(code);
	return t != NULL ? t->advice : "";
}
